"""The figures and views that analysts read, on archives whose answers are known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.archive import Archive, RunCounts, read_only
from pipelines.archive.read import figures as reprints
from pipelines.archive.read.articles import of_article
from pipelines.archive.read.figures import Figures, Flow, SourceShare
from pipelines.archive.read.selection import (
    Days,
    Selection,
    count_left_out_undated,
    count_selected,
    facet,
    select_ids,
)
from pipelines.export.rows import columns_of, export_batches
from pipelines.records import Right, SourceRun
from tests.readings import NOW, Fill, Told, make_reading

PLANT = (
    "青岚湖科技园昨日启用第三期标准厂房,首批12家装备企业签约入驻。园区负责人说,三期厂房总建筑面积9万平方米,"
    "配有共享检测中心与职工公寓。\n入驻企业以精密传动和工业视觉为主,预计明年投产后新增岗位1600个。"
)
HARBOUR = "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高。港务部门说,新开的航线很受欢迎。"
SCHOOL = (
    "学校与企业共建的产业学院本周迎来首批新生,课程由车间技师与教师共同讲授,学生每周有两天在生产线上实习。"
)


@pytest.fixture
def path(fill: Fill) -> Path:
    return fill(
        [
            Told("https://park.example/a", "厂房", PLANT, date(2026, 1, 2), "名park.example"),
            Told("https://copier.example/a", "厂房", PLANT, date(2026, 1, 3)),
            Told("https://daily.example/a", "厂房", PLANT, date(2026, 1, 5)),
            Told("https://daily.example/b", "港口", HARBOUR, date(2026, 2, 1), "海沧晚报"),
            Told("https://daily.example/c", "学院", SCHOOL),
        ]
    )


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    opened = read_only(path)
    yield opened
    opened.close()


def test_originals_and_copies_are_counted_by_source(connection: sqlite3.Connection) -> None:
    assert set(Figures(connection).shares) == {
        SourceShare("park.example", "名park.example", alone=0, first=1, reprints=0, unknown=0),
        SourceShare("copier.example", "名copier.example", alone=0, first=0, reprints=1, unknown=0),
        SourceShare("daily.example", "名daily.example", alone=2, first=0, reprints=1, unknown=0),
    }


def test_who_copies_whom_comes_from_kept_copies_and_from_credits(connection: sqlite3.Connection) -> None:
    assert Figures(connection).flows == (
        Flow("名park.example", "名copier.example", 1, 0, 1.0),
        Flow("名park.example", "名daily.example", 1, 0, 3.0),
        Flow("海沧晚报", "名daily.example", 1, 1, None),
    )


def test_figures_leave_no_transaction_open(connection: sqlite3.Connection) -> None:
    Figures(connection)
    assert not connection.in_transaction


def test_what_has_no_date_stands_beside_the_figures(connection: sqlite3.Connection) -> None:
    everything, january = Figures(connection).total, Figures(connection, Days("2026-01", "2026-01")).total
    assert (everything.articles, everything.copies, everything.undated_articles) == (3, 5, 1)
    assert (january.articles, january.copies, january.undated_articles) == (1, 3, 1)


def test_the_fastest_article_is_counted_by_days_after_its_first(connection: sqlite3.Connection) -> None:
    (spread,) = Figures(connection).spreads
    assert (spread.title, spread.on_first_day, spread.within_two_days, spread.within_week) == (
        "厂房",
        1,
        2,
        3,
    )
    view = connection.execute("SELECT on_first_day, within_two_days, within_week FROM spread").fetchall()
    assert [tuple(row) for row in view] == [(1, 2, 3)]


def test_the_fastest_are_the_views_however_few_are_looked_at(
    fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article with most copies may be slow, and faster ones with fewer copies stand before it."""
    monkeypatch.setattr(reprints, "_FASTEST", 2)
    monkeypatch.setattr(reprints, "_LOOKED_AT_FIRST", 2)
    spans = [(0, 30, 60, 90), (0, 40, 80), (0, 1), (0, 0), (0, 0, 50)]
    path = fill(
        [
            Told(
                f"https://s{copy}.example/{number}",
                f"标题{number}",
                _story(number),
                date(2026, 1, 1 + number) + timedelta(lag),
            )
            for number, lags in enumerate(spans)
            for copy, lag in enumerate(lags)
        ]
    )
    connection = read_only(path)
    view = connection.execute(
        "SELECT article_id, within_two_days FROM spread"
        " ORDER BY within_two_days DESC, within_week DESC, dated_sources DESC, first_day DESC LIMIT 2"
    ).fetchall()
    found = [(spread.article_id, spread.within_two_days) for spread in Figures(connection).spreads]
    connection.close()
    assert found == [tuple(row) for row in view]
    assert [count for _, count in found] == [2, 2]


def _story(number: int) -> str:
    kinds = ("精密传动", "冷链仓储", "生物试剂", "光学镜片", "船舶配件")
    return "".join(
        f"{kinds[number]}企业第{chr(0x4E00 + number * 500 + place * 37)}车间今日开工。" for place in range(12)
    )


def test_figures_agree_with_the_views_of_the_same_name(connection: sqlite3.Connection) -> None:
    view = connection.execute("SELECT from_name, to_name, count(*) FROM reprints GROUP BY 1, 2").fetchall()
    flows = {(f.origin, f.by): f.articles for f in Figures(connection).flows}
    assert {(row[0], row[1]): row[2] for row in view} == flows


def test_reprints_never_accuse_the_first_publisher_whoevers_text_is_kept(
    connection: sqlite3.Connection,
) -> None:
    first = "名copier.example"
    path = Path(connection.execute("PRAGMA database_list").fetchone()["file"])
    writable = sqlite3.connect(path)
    with writable:
        writable.execute(
            "UPDATE articles SET first_publisher = ?, first_publisher_status = 'likely' WHERE copies = 3",
            (first,),
        )
        writable.execute("UPDATE articles SET first_publisher_status = 'disputed' WHERE copies = 1")
    writable.close()
    with Archive(path) as archive:
        archive.remember("a word", "so that what changed is counted")
    found = connection.execute("SELECT from_name, from_source, to_name, lag_days FROM reprints").fetchall()
    assert sorted(map(tuple, found)) == [
        (first, "copier.example", "名daily.example", 2),
        (first, "copier.example", "名park.example", -1),
    ]
    assert {(f.origin, f.by) for f in Figures(connection).flows} == {(row[0], row[2]) for row in found}


def test_the_news_counts_articles_once_against_as_many_days_before(fill: Fill) -> None:
    park, other = (
        "苏州工业园区昨日签约",
        "无锡高新区项目开工，总投资三十亿元，注册资本五亿元。企业年内投产，园区配备服务小组。",
    )
    path = fill(
        [
            Told("https://park.example/a", "传动", park + _story(0) + "总投资十二亿元。", date(2026, 3, 3)),
            Told("https://daily.example/a", "传动", park + _story(0) + "总投资十二亿元。", date(2026, 3, 4)),
            Told("https://park.example/b", "仓储", park + _story(1), date(2026, 3, 9)),
            Told("https://park.example/c", "试剂", park + _story(2), date(2026, 2, 9)),
            Told("https://park.example/d", "开工", other + _story(3), date(2026, 2, 10)),
        ]
    )
    connection = read_only(path)
    found = Figures(connection, Days("2026-03", "2026-03")).news
    connection.close()
    assert found.before == Days("2026-01-29", "2026-02-28")
    assert [(one.name, one.articles, one.before) for one in found.named["park"]] == [("苏州工业园区", 2, 1)]
    assert [(one.title, one.written, one.value) for one in found.amounts] == [("传动", "十二亿元", 1.2e9)]
    assert found.invested == (1.2e9, 3e9)


def test_coverage_has_a_row_a_source_and_day(path: Path) -> None:
    with Archive(path) as archive:
        for at, sources in (
            ("2026-03-01T09:00:00Z", [_run("park.example", 5), _run("daily.example", 0, failed=3)]),
            ("2026-03-03T09:00:00Z", [_run("park.example", 2), _run("copier.example", 0, down=True)]),
        ):
            run_id = archive.start_run(at, "test")
            archive.finish_run(run_id, "done", RunCounts(), at, sources)
    connection = read_only(path)
    rows = connection.execute("SELECT source, day, state FROM coverage ORDER BY source, day").fetchall()
    total = Figures(connection).total
    connection.close()
    assert [tuple(row) for row in rows] == [
        ("copier.example", "2026-03-01", "not due"),
        ("copier.example", "2026-03-02", "not due"),
        ("copier.example", "2026-03-03", "failed"),
        ("daily.example", "2026-03-01", "failed"),
        ("daily.example", "2026-03-02", "not due"),
        ("daily.example", "2026-03-03", "not due"),
        ("park.example", "2026-03-01", "fetched"),
        ("park.example", "2026-03-02", "not due"),
        ("park.example", "2026-03-03", "fetched"),
    ]
    assert total.failed_sources == ("名copier.example", "名daily.example")


def test_an_archive_without_runs_has_no_coverage(connection: sqlite3.Connection) -> None:
    assert connection.execute("SELECT count(*) FROM coverage").fetchone()[0] == 0


def test_articles_whose_copies_differ_in_numbers_are_disputed(fill: Fill) -> None:
    other = PLANT.replace("12家", "21家").replace("9万平方米", "8万平方米")
    path = fill(
        [
            Told("https://park.example/a", "厂房", PLANT, date(2026, 1, 2)),
            Told("https://copier.example/a", "厂房", PLANT, date(2026, 1, 3)),
        ]
    )
    with sqlite3.connect(path) as writer:
        kept, copy = (row[0] for row in writer.execute("SELECT id FROM copies ORDER BY kept DESC"))
        row = (1, copy, 1, kept, "figure", "首批…家装备企业", "12", other[other.index("首批") + 2 :][:2])
        writer.execute("INSERT INTO differences VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection = read_only(path)
    rows = connection.execute("SELECT article_id, numbers_differ, names_differ FROM disputed").fetchall()
    assert ([tuple(row) for row in rows], Figures(connection).total.disputed_articles) == ([(1, 1, 0)], 1)
    assert [(d["kept_value"], d["copy_value"]) for d in of_article(connection, "differences", 1)] == [
        ("12", "21")
    ]
    connection.close()


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(), [2, 1, 3]),
        (Selection(query="园区"), [1]),
        (Selection(query="园区 厂房"), [1]),
        (Selection(query="。"), [2, 1, 3]),
        (Selection(query='"'), []),
        (Selection(sources=("daily.example",)), [2, 3]),
        (Selection(carried_by=("daily.example",)), [2, 1, 3]),
        (Selection(credited_sources=("海沧晚报",)), [2]),
        (Selection(query="source:copier.example"), [1]),
        (Selection(query="source:名daily NOT 港口"), [1, 3]),
        (Selection(query="NOT source:copier.example"), [2, 3]),
        (Selection(query="credited:海沧"), [2]),
        (Selection(languages=("en",)), []),
        (Selection(since="2026-01-03"), [2]),
        (Selection(until="2026-01"), [1]),
        (Selection(since="2026", until="2026"), [2, 1]),
        (Selection(copies_at_least=3), [1]),
        (Selection(copies_at_least=4), []),
        (Selection(undated=True), [3]),
    ],
)
def test_a_selection_narrows_by_each_of_its_fields(
    connection: sqlite3.Connection, selection: Selection, ids: list[int]
) -> None:
    assert list(select_ids(connection, selection)) == ids
    assert sorted(select_ids(connection, selection, order="rank")) == sorted(ids)
    assert count_selected(connection, selection) == len(ids)


def test_articles_are_selected_by_what_is_signalled_about_rights_in_them(archive: Archive) -> None:
    said = ((Right("noai", origin="meta"),), (Right("tdm-reservation", value="0", origin="header"),), ())
    texts = enumerate(zip((PLANT, HARBOUR, SCHOOL), said, strict=True), 1)
    made = [
        (make_reading(f"https://park.example/{n}", text, page_id=n), rights) for n, (text, rights) in texts
    ]
    archive.ingest([replace(one, story=replace(one.story, rights=rights)) for one, rights in made], NOW)
    with closing(read_only(archive.path)) as connection:
        found = [
            list(select_ids(connection, Selection(**{field: (signal,)})))
            for field in ("rights", "without_rights")
            for signal in ("noai", "tdm-reservation")
        ]
        columns = columns_of("copies", signature=False)
        [batch] = export_batches(connection, "copies", columns, Selection(), masked=True)
        exported = [dict(zip((c.name for c in columns), row, strict=True))["rights"] for row in batch]
        at = connection.execute("SELECT DISTINCT at FROM rights").fetchall()
    assert found == [[1], [], [3, 2], [3, 2, 1]]
    assert exported == ["noai (meta)", "tdm-reservation 0 (header)", None]
    assert [row[0] for row in at] == ["2026-01-05T08:00:00Z"]


def test_articles_that_a_time_leaves_out_for_want_of_a_date_are_counted(
    connection: sqlite3.Connection,
) -> None:
    assert count_left_out_undated(connection, Selection(since="2026-01")) == 1
    assert count_left_out_undated(connection, Selection(until="2026-12")) == 1
    assert count_left_out_undated(connection, Selection(since="2026-01", query="园区")) == 0
    assert count_left_out_undated(connection, Selection()) == 0


def test_facets_count_what_is_selected(connection: sqlite3.Connection) -> None:
    assert facet(connection, Selection(), "source") == [("daily.example", 2), ("park.example", 1)]
    assert facet(connection, Selection(), "month") == [("2026-02", 1), ("2026-01", 1), (None, 1)]


def _run(host: str, fetched: int, *, failed: int = 0, down: bool = False) -> SourceRun:
    return SourceRun(host, fetched, failed=failed, down=down, last_error="no answer" if down else "")


def test_a_run_leaves_sqlite_knowing_what_stands_behind_its_indexes(path: Path) -> None:
    with Archive(path) as archive:
        run_id = archive.start_run("2026-03-01T09:00:00Z", "test")
        archive.finish_run(run_id, "done", RunCounts(), "2026-03-01T09:00:00Z", [])
    connection = read_only(path)
    (said,) = connection.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'copies_by_source'").fetchone()
    connection.close()
    assert said.split()[0] == "5"
