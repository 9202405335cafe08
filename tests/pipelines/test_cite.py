"""An article is cited by its first publisher's own page, in four styles, whatever its words hold."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date

import pytest

from pipelines.archive.file import read_only
from pipelines.cite import STYLES, Reference, cite
from pipelines.show import ShownArticle, show
from tests.readings import Fill, Told

TEXT = "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻,预计明年投产后新增岗位一千六百个。" * 3


@pytest.fixture
def article(fill: Fill) -> ShownArticle:
    path = fill(
        [
            Told("https://copier.example/b", "厂房启用了", TEXT, date(2026, 1, 4), "名park.example"),
            Told("https://park.example/a", "厂房启用", TEXT, date(2026, 1, 2)),
        ]
    )
    with closing(read_only(path)) as connection:
        found = show(connection, "1")
    assert isinstance(found, ShownArticle)
    return found


def test_the_first_publishers_page_is_cited_as_it_was_fetched(article: ShownArticle) -> None:
    accessed = article.copies[0].fetched_at[:10]
    assert cite(article, "gbt7714") == (
        f"名park.example. 厂房启用[EB/OL]. (2026-01-02)[{accessed}]. https://park.example/a."
    )


ODD = Reference(
    7, "50% of {A_B} & more", "Li, Wei", "Park & Co", "2026-03-09", "2026-04-01", "https://x.cn/a{b}", "en"
)
UNDATED = Reference(8, "题", "", "报", "", "2026-04-01", "https://x.cn/", "zh-Hans")


def test_each_style_writes_author_publisher_day_and_access() -> None:
    assert STYLES["gbt7714"].write(ODD) == (
        "Li, Wei. 50% of {A_B} & more[EB/OL]. Park & Co, 2026(2026-03-09)[2026-04-01]. https://x.cn/a{b}."
    )
    bibtex = STYLES["bibtex"].write(ODD)
    assert r"title = {{50\% of \{A\_B\} \& more}}" in bibtex
    assert "url = {https://x.cn/a%7Bb%7D}" in bibtex
    assert bibtex.count("{") - bibtex.count(r"\{") == bibtex.count("}") - bibtex.count(r"\}")
    ris = dict(line.split("  - ", 1) for line in STYLES["ris"].write(ODD).splitlines())
    assert (ris["AU"], ris["PB"], ris["DA"], ris["Y2"]) == (
        "Li, Wei",
        "Park & Co",
        "2026/03/09/",
        "2026/04/01/",
    )
    (item,) = json.loads(STYLES["csl-json"].write(ODD))
    assert (item["issued"], item["accessed"]) == (
        {"date-parts": [[2026, 3, 9]]},
        {"date-parts": [[2026, 4, 1]]},
    )


def test_a_page_without_author_and_day_is_its_publishers(article: ShownArticle) -> None:
    assert STYLES["gbt7714"].write(UNDATED) == "报. 题[EB/OL]. [2026-04-01]. https://x.cn/."
    assert "year" not in STYLES["bibtex"].write(UNDATED)
    assert "issued" not in json.loads(STYLES["csl-json"].write(UNDATED))[0]
