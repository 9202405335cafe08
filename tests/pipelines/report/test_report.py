"""The report opens from disk: whole, in two languages, with its data, and with nothing from elsewhere."""

from __future__ import annotations

import csv
import re
import string
from datetime import date
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive import read_only
from pipelines.archive.read.figures import Figures
from pipelines.normalise import plain
from pipelines.records import StrippedKind
from pipelines.report import svg
from pipelines.report.comparison import compared
from pipelines.report.page import write_report
from pipelines.report.svg import Band, Row, Series
from pipelines.report.words import LANGUAGES, words
from tests.readings import Fill, Told

TEXT = (
    "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻。"
    "园区负责人说,三期厂房总建筑面积九万平方米。"
)


@pytest.fixture
def folder(fill: Fill, tmp_path: Path) -> Path:
    path = fill(
        [
            Told("https://park.example/a", "=cmd|' /C calc'!A0 <b>", TEXT, date(2026, 1, 2)),
            Told("https://copier.example/a", "副本", TEXT, date(2026, 1, 3)),
        ]
    )
    connection = read_only(path)
    write_report(Figures(connection), tmp_path / "out", "2026-03-01 10:00 UTC")
    connection.close()
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("file", "question"), [("index.html", "谁转载谁"), ("index.en.html", "Who copies whom?")]
)
def test_the_report_has_a_page_in_each_language(folder: Path, file: str, question: str) -> None:
    html = (folder / file).read_text(encoding="utf-8")
    assert question in html
    assert html.count("<svg") >= 5
    assert "&lt;b&gt;" in html
    assert "<script" not in html


def test_everything_that_the_report_loads_is_in_its_folder(folder: Path) -> None:
    for page in folder.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<link[^>]*href="([^"]+)"|src="([^"]+)"', html)
        linked = re.findall(r'<a href="([^":]+)"', html)
        assert all((folder / name).exists() for pair in loaded for name in pair if name)
        assert all((folder / name).exists() for name in linked)


def test_the_data_behind_a_picture_opens_safely_in_a_spreadsheet(folder: Path) -> None:
    with (folder / "spreads.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][0].startswith("'=cmd")


def test_an_empty_archive_makes_a_report_too(fill: Fill, tmp_path: Path) -> None:
    connection = read_only(fill([]))
    files = write_report(Figures(connection), tmp_path / "out", "now")
    connection.close()
    assert {"index.html", "index.en.html", "report.css"} <= {file.name for file in files}


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 10**7)), max_size=12))
def test_bars_are_well_formed_whatever_the_labels_and_values(entries: list[tuple[str, int]]) -> None:
    rows = [Row(_printable(label), (value,)) for label, value in entries]
    ET.fromstring(svg.bars("t", rows, [Series("<&>", "#000000")]))


@given(
    st.lists(
        st.tuples(st.sampled_from('甲乙丙<&"'), st.sampled_from("甲丁戊"), st.integers(1, 999)), max_size=20
    )
)
def test_bands_keep_within_the_picture(entries: list[tuple[str, str, int]]) -> None:
    drawing = ET.fromstring(svg.ribbons("t", [Band(a, b, n, "") for a, b, n in entries], ("from", "by")))
    height = float(drawing.attrib["viewBox"].split()[3])
    boxes = [e.attrib for e in drawing.iter() if e.tag.endswith("rect")]
    assert all(float(b["y"]) >= 0 and float(b["y"]) + float(b["height"]) <= height + 1 for b in boxes)


@given(st.dictionaries(st.integers(2000, 2040).map(str), st.integers(1, 10**6), min_size=1))
def test_columns_are_as_high_as_their_counts(counts: dict[str, int]) -> None:
    drawing = ET.fromstring(
        svg.columns("t", sorted(counts), [Series("s", "#000")], {(p, "s"): n for p, n in counts.items()}, "n")
    )
    heights = {e[0].text: float(e.attrib["height"]) for e in drawing.iter() if e.tag.endswith("rect")}
    most = max(counts.values())
    tallest = heights[f"{max(counts, key=lambda p: counts[p])} · s: {most:,}"]
    for period, count in counts.items():
        assert heights[f"{period} · s: {count:,}"] == pytest.approx(
            max(tallest * count / most, 0.5), abs=0.51
        )


@given(st.text(alphabet="园區区产業ab ", max_size=60), st.text(alphabet="园區区产業ab ", max_size=60))
def test_a_comparison_holds_both_texts_whole(first: str, second: str) -> None:
    pieces = compared(first, second)
    assert plain("".join(p.text for p in pieces if p.kind != "second")) == plain(first)
    assert "".join(p.text for p in pieces if p.kind != "first") == second


def test_another_script_is_no_difference() -> None:
    assert [piece.kind for piece in compared("产业园区启用厂房", "產業園區启用廠房了")] == ["same", "second"]


def test_a_rewritten_sentence_is_one_change() -> None:
    pieces = compared(TEXT, TEXT.replace("园区负责人说", "据园区有关方面介绍"))
    assert [piece.kind for piece in pieces].count("same") == 2


def test_every_text_has_the_same_places_in_every_language() -> None:
    places = [
        {
            name: {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for name, text in one.texts.items()
        }
        for one in map(words, LANGUAGES)
    ]
    assert places[0] == places[1]


def test_every_kind_of_stripped_has_a_label_and_no_other_has_one() -> None:
    labelled = {name.partition(".")[2] for name in words("zh").texts if name.startswith("stripped.")}
    assert labelled == set(get_args(StrippedKind))


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
