"""Exports are whole, safe to open, and can say later what has changed."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pytest

from pipelines.archive import Archive, RunCounts, read_only
from pipelines.archive.read.selection import Selection
from pipelines.errors import ConfigurationError, StorageError
from pipelines.export import formats
from pipelines.export.file import ExportRequest, RowChange, compare_export, write_export
from pipelines.export.formats import CELL_MAX, FORMATS, _shortened, safe_cell, typed, write_csv
from pipelines.export.manifest import exports_key, exports_key_path
from pipelines.export.masking import mask_contacts
from pipelines.forget.snapshot import back_up, restore
from pipelines.records import SourceRun, Stripped
from tests.readings import Fill, Told

AT = "2026-03-02T00:00:00Z"
FIRST = "=1+1 看似公式的正文。青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻,\n第二段。"
SECOND = (
    "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高。\u2028港务部门表示,\U00020000两条航线。"
)
THIRD = "学校与企业共建的产业学院本周迎来首批新生,课程由车间技师与教师共同讲授,学生每周有两天在生产线上实习。"
LONG = "园区长文" * 10_000


@pytest.fixture
def path(fill: Fill) -> Path:
    phone = Stripped("contact", "phone", "电话 0512-62881234")
    return fill(
        [
            Told("https://park.example/a", "=HYPERLINK(1)", FIRST, date(2026, 1, 2), "新华社", (phone,)),
            Told("https://copier.example/b", "副本", FIRST, date(2026, 1, 3)),
            Told("https://daily.example/c", "物流园", SECOND),
        ]
    )


def _write(path: Path, target: Path, **request: Any) -> Any:
    wanted = ExportRequest(target.suffix[1:], **request)  # type: ignore[arg-type]
    connection = read_only(path)
    manifest = write_export(connection, target, wanted, made_at=AT, version="test")
    connection.close()
    return manifest


def _articles(path: Path) -> list[tuple[Any, ...]]:
    connection = read_only(path)
    rows = connection.execute(
        "SELECT id, title, text, published_day, copies FROM articles ORDER BY id"
    ).fetchall()
    connection.close()
    return [tuple(row) for row in rows]


def test_parquet_reads_back_equal_in_pandas_and_duckdb(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    manifest = _write(path, target, signature=True)
    names = ["id", "title", "text", "published_day", "copies"]
    frame = pandas.read_parquet(target)[names]
    found = [tuple(None if pandas.isna(value) else value for value in row) for row in frame.values.tolist()]
    dated = [(*row[:3], row[3] and date.fromisoformat(row[3]), *row[4:]) for row in _articles(path)]
    assert found == dated
    assert duckdb.sql(f"SELECT {', '.join(names)} FROM '{target}' ORDER BY id").fetchall() == dated
    assert duckdb.sql(f"SELECT count(signature) FROM '{target}'").fetchall() == [(manifest.rows,)]


def test_csv_and_jsonl_read_back_equal_in_duckdb_and_csv_in_pandas(path: Path, tmp_path: Path) -> None:
    names = ["id", "title", "text", "published_day", "copies"]
    expected = [tuple("" if value is None else str(value) for value in row) for row in _articles(path)]
    table, lines = tmp_path / "a.csv", tmp_path / "a.jsonl"
    _write(path, table)
    _write(path, lines)
    safe = [tuple(safe_cell(value) for value in row) for row in expected]
    frame = pandas.read_csv(table, dtype=str, usecols=names, keep_default_na=False)[names]
    assert list(frame.itertuples(index=False, name=None)) == safe
    chosen = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in names)
    sources = {f"read_csv('{table}', all_varchar=true, header=true)": safe, f"read_json('{lines}')": expected}
    for source, rows in sources.items():
        assert duckdb.sql(f"SELECT {chosen} FROM {source} ORDER BY id").fetchall() == rows


def test_jsonl_has_a_row_a_line_that_its_schema_describes(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "c.jsonl"
    _write(path, target, what="copies")
    rows = [json.loads(line) for line in target.read_bytes().decode().split("\n") if line]
    schema = json.loads((tmp_path / "c.jsonl.schema.json").read_text(encoding="utf-8"))
    assert {row["url"]: row["kept"] for row in rows} == {
        "https://park.example/a": True,
        "https://copier.example/b": False,
        "https://daily.example/c": True,
    }
    assert all(list(row) == list(schema["properties"]) for row in rows)


def test_csv_opens_rightly_in_a_spreadsheet_and_runs_no_formula(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    _write(path, target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"] for row in rows] == ["'=HYPERLINK(1)", "物流园"]
    assert [row["text"].lstrip("'") for row in rows] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "text", ["=1", " =1", "+1", "-1+1", "@SUM(1)", "\t=1", "\uff1d1", "\ufeff=1", "\x00=1", "\n=1"]
)
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")


@pytest.mark.parametrize("text", ["园区=示范", "5%", "a-b", "", "2026-01-02"])
def test_ordinary_text_stays(text: str) -> None:
    assert safe_cell(text) == text


def test_a_workbook_has_articles_copies_and_method(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    _write(path, target)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["articles", "copies", "method"]
    assert [row[0] for row in book["articles"].iter_rows(min_row=2, max_col=2, values_only=True)] == [1, 2]
    title = book["articles"]["B2"]
    assert (title.value, title.data_type) == ("=HYPERLINK(1)", "s")
    assert book["copies"].max_row == 4


def test_a_cell_that_is_too_long_is_cut_and_says_so() -> None:
    cell, cut = _shortened(LONG)
    assert cut
    assert len(cell) <= CELL_MAX
    assert cell.endswith("a cell has no room for them]")
    assert _shortened("园" * CELL_MAX) == ("园" * CELL_MAX, False)


def test_a_workbook_gives_back_what_its_cells_were_given() -> None:
    columns, rows = typed(
        ["n", "share", "=1+1", "said"],
        [
            (2**53, 0.1, 1, " <b>&amp;\n园 "),
            (-1, 1e300, 0, "a\x00b\x1fc\r_x0041_"),
            (None, None, None, "\uffff=1+1"),
        ],
    )
    made = io.BytesIO()
    assert FORMATS["xlsx"].write(made, [("rows", columns, [rows])], []).rows == 3
    sheet = openpyxl.load_workbook(made)["rows"]
    assert sheet["C1"].data_type == "s"
    assert list(sheet.iter_rows(values_only=True)) == [
        ("n", "share", "=1+1", "said"),
        (2**53, 0.1, 1, " <b>&amp;\n园 "),
        (-1, 1e300, 0, "a_x0000_b_x001F_c_x000D__x005F_x0041_"),
        (None, None, None, "_xFFFF_=1+1"),
    ]


def test_names_of_columns_run_no_more_than_values_do() -> None:
    made = io.BytesIO()
    write_csv(made, ["=1+1"], [("=2",)])
    assert made.getvalue().decode("utf-8-sig").split() == ["'=1+1", "'=2"]


def test_infinity_is_text_in_json() -> None:
    columns, rows = typed(["n"], [(float("-inf"),)])
    made = io.BytesIO()
    FORMATS["jsonl"].write(made, [("rows", columns, [rows])], [])
    assert json.loads(made.getvalue(), parse_constant=pytest.fail) == {"n": "-inf"}


def test_numbers_that_a_workbook_has_not_are_text() -> None:
    columns, rows = typed(["n"], [(float("inf"),), (1.5,)])
    made = io.BytesIO()
    FORMATS["xlsx"].write(made, [("rows", columns, [rows])], [])
    assert [cell.value for (cell,) in openpyxl.load_workbook(made)["rows"].iter_rows()] == ["n", "inf", 1.5]


def test_rows_for_which_a_sheet_has_no_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_SHEET_BYTES_MAX", 300)
    columns, rows = typed(["n"], [(number,) for number in range(30)])
    made = io.BytesIO()
    written = FORMATS["xlsx"].write(made, [("rows", columns, [rows[:10], rows[10:20], rows[20:]])], [])
    assert (written.rows, written.left_out) == (10, 20)


def test_filters_narrow_an_export_as_they_narrow_a_search(path: Path, tmp_path: Path) -> None:
    for selection, rows in (
        (Selection(query="标准厂房"), 1),
        (Selection(since="2026-01"), 1),
        (Selection(undated=True), 1),
        (Selection(carried_by=("copier.example",)), 1),
        (Selection(copies_at_least=2), 1),
        (Selection(query="没有"), 0),
    ):
        assert _write(path, tmp_path / "a.parquet", selection=selection).rows == rows


def test_contacts_in_stripped_text_are_masked_unless_asked_for(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "s.csv"
    _write(path, target, what="stripped")
    assert "62881234" not in target.read_text(encoding="utf-8")
    _write(path, target, what="stripped", show_contacts=True)
    assert "62881234" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("咨询热线:400-123-4567", "123"),
        ("手机 13812345678", "1381"),
        ("电话(0512)6288 8888", "6288"),
        ("传真:+86-512-62881234", "62881234"),
        ("邮箱:someone@park.example", "someone"),
        ("联系人:张小明", "张小明"),
        ("微信:abc_123", "abc_123"),
        ("电话：０５１２－６２８８１２３４", "６２８８"),
    ],
)
def test_what_one_could_ring_or_write_to_is_masked(text: str, hidden: str) -> None:
    assert hidden not in mask_contacts(text)
    assert len(mask_contacts(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "日期:2016-3-22",
        "发布于20230927",
        "苏ICP备12345678号",
        "本文共635字",
        "https://a.example/20230412/12345678.html",
    ],
)
def test_dates_and_registrations_are_no_telephone_numbers(text: str) -> None:
    assert mask_contacts(text) == text


@pytest.mark.parametrize(
    "piece", ["0", "a", "0-", "a.", "a@", "a@b.", "0 ", "0123456 ", "+", "微信", "联系人", "０"]
)
def test_a_page_that_is_all_numbers_is_masked_as_fast_as_any(piece: str) -> None:
    began = time.process_time()
    mask_contacts(piece * (200_000 // len(piece)))
    assert time.process_time() - began < 2  # some .1 s; square, it would be minutes


def test_a_manifest_explains_what_came_went_and_changed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    _write(path, target, selection=Selection(since="2026-01"))
    with Archive(path) as archive:
        changed = Told("https://park.example/a", "新标题", FIRST, date(2026, 1, 2), "新华社").reading(1)
        dated = Told("https://daily.example/c", "物流园", SECOND, date(2026, 1, 5)).reading(3)
        new = Told("https://daily.example/d", "学院", THIRD, date(2026, 1, 6)).reading(4)
        archive.ingest([changed, dated, new], AT)
    connection = read_only(path)
    changes = list(compare_export(connection, tmp_path / "a.parquet.manifest.json"))
    assert changes == [
        RowChange(1, "changed", "title"),
        RowChange(2, "gained", "matches now"),
        RowChange(3, "gained", "new"),
    ]
    connection.execute("SELECT 1")
    connection.close()


def test_the_list_of_rows_confirms_no_guess_without_the_key(path: Path, tmp_path: Path) -> None:
    _write(path, tmp_path / "a.csv")
    connection = read_only(path)
    (row,) = connection.execute("SELECT * FROM articles WHERE id = 1")
    listed = (tmp_path / "a.csv.rows.csv").read_text()
    unkeyed = [hashlib.blake2b(repr(value).encode(), digest_size=8).hexdigest()[:4] for value in row if value]
    held = listed.splitlines()[1].split(",")[2]
    columns = {held[at : at + 4] for at in range(0, len(held), 4)}
    assert len(columns & set(unkeyed)) < 2  # by chance
    path.with_name(f"{path.stem}-exports.key").unlink()
    with pytest.raises(ConfigurationError, match="cannot be compared"):
        list(compare_export(connection, tmp_path / "a.csv.manifest.json"))
    connection.close()


def test_a_key_that_found_no_room_leaves_nothing_and_is_made_by_a_later_export(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    before = set(path.parent.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        lost = exports_key(path)
    assert set(path.parent.iterdir()) == before
    kept = exports_key(path)
    assert (exports_key(path), kept == lost, exports_key_path(path).stat().st_mode & 0o777) == (
        kept,
        False,
        0o600,
    )


def test_an_export_is_compared_also_with_an_archive_that_was_restored_elsewhere(
    path: Path, tmp_path: Path
) -> None:
    _write(path, tmp_path / "a.csv")
    back_up(path, tmp_path / "backup")
    restored = tmp_path / "elsewhere" / "archive.db"
    restore(tmp_path / "backup", restored)
    with closing(read_only(restored)) as connection:
        assert list(compare_export(connection, tmp_path / "a.csv.manifest.json")) == []


def test_a_row_that_no_longer_matches_is_told_from_one_that_is_gone(path: Path, tmp_path: Path) -> None:
    _write(path, tmp_path / "a.csv", selection=Selection(until="2026"))
    with Archive(path) as archive:
        undated = [
            Told("https://park.example/a", "无日期", FIRST).reading(1),
            Told("https://copier.example/b", "副本", FIRST).reading(2),
        ]
        archive.ingest(undated, AT)
    connection = read_only(path)
    assert list(compare_export(connection, tmp_path / "a.csv.manifest.json")) == [
        RowChange(1, "lost", "no longer matches")
    ]
    connection.close()


def test_what_is_no_manifest_is_refused_by_name(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    connection = read_only(path)
    with pytest.raises(ConfigurationError, match=r"other\.json"):
        list(compare_export(connection, other))
    connection.close()


def test_a_manifest_of_a_newer_version_is_refused(path: Path, tmp_path: Path) -> None:
    connection = read_only(path)
    write_export(connection, tmp_path / "a.csv", ExportRequest("csv"), made_at="x", version="0")
    beside = tmp_path / "a.csv.manifest.json"
    beside.write_text(beside.read_text("utf-8").replace('"manifest_version": 1', '"manifest_version": 99'))
    with pytest.raises(ConfigurationError, match="written by a newer parknews"):
        list(compare_export(connection, beside))
    connection.close()


def test_a_failed_export_leaves_no_file_of_that_name(path: Path, tmp_path: Path) -> None:
    connection = read_only(path)
    with pytest.raises(StorageError):
        write_export(connection, tmp_path / "no" / "a.csv", ExportRequest("csv"), made_at=AT, version="test")
    connection.close()
    assert not (tmp_path / "no").exists()


@pytest.fixture
def disputed(fill: Fill) -> Path:
    """Two copies that differ in a figure and name a park; the first was another text before."""
    text = "苏州工业园区昨日启用标准厂房，总建筑面积九万平方米，总投资三十亿元。" + FIRST
    other = text.replace("九万平方米", "十九万平方米")
    path = fill(
        [
            Told("https://park.example/a", "启用", text, date(2026, 1, 2)),
            Told("https://copier.example/b", "启用", other, date(2026, 1, 4), "名park.example"),
        ]
    )
    with Archive(path) as archive:
        counts = SourceRun("park.example", fetched=5)
        run = archive.start_run("2026-03-01T09:00:00Z", "test")
        archive.finish_run(run, "done", RunCounts(), "2026-03-01T09:00:00Z", [counts])
    return path


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        (
            "mentions",
            "SELECT article_id, kind, m.name, m.value FROM mentions m JOIN copies USING (text_id) WHERE kept",
        ),
        ("differences", "SELECT article_id, kind, kept_value, copy_value FROM differences"),
        (
            "versions",
            "SELECT article_id, v.title, text FROM versions v JOIN copies USING (reading_id) JOIN texts"
            " ON texts.id = v.text_id",
        ),
        ("reprints", "SELECT article_id, from_name, to_name, from_day, lag_days FROM reprints"),
        ("coverage", "SELECT source, day, state, fetched FROM coverage"),
    ],
)
def test_what_belongs_to_articles_and_sources_is_exported_as_the_archive_has_it(
    disputed: Path, tmp_path: Path, what: Any, sql: str
) -> None:
    connection = read_only(disputed)
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    known = sorted(map(repr, (tuple(row) for row in cursor)))
    connection.close()
    _write(disputed, tmp_path / "x.jsonl", what=what)
    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(repr(tuple(row[name] for name in names)) for row in rows) == known != []
    none = Selection(sources=("nobody.example",))
    assert _write(disputed, tmp_path / "none.parquet", what=what, selection=none).rows == 0


def test_parquet_has_days_times_and_truths(disputed: Path, tmp_path: Path) -> None:
    _write(disputed, tmp_path / "c.parquet", what="copies")
    _write(disputed, tmp_path / "d.parquet", what="coverage")
    kinds = duckdb.sql(
        f"DESCRIBE SELECT published_day, fetched_at, kept FROM '{tmp_path}/c.parquet'"
    ).fetchall()
    assert [kind[1] for kind in kinds] == ["DATE", "TIMESTAMP WITH TIME ZONE", "BOOLEAN"]
    found = duckdb.sql(f"SELECT source, day FROM '{tmp_path}/d.parquet' WHERE fetched = 5").fetchall()
    assert found == [("park.example", date(2026, 3, 1))]
