"""What articles count under is what a count from scratch gives, whatever happened to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.archive import Archive, read_only
from pipelines.archive.read.figures import Figures
from pipelines.archive.read.selection import Selection, counts
from pipelines.forget.verbs import remove, restore_hidden
from pipelines.places import division_names, region_range
from pipelines.records import Source
from tests.pipelines.archive.older import make_older
from tests.pipelines.forget.test_removal import LETTER, WHOLE_PARK
from tests.pipelines.forget.worlds import PARK, build, small_pages
from tests.readings import NOW, Fill, Told, rows

STORY = (
    "苏州工业园区与江苏省昆山市、北京市海淀区昨日签约，比亚迪入驻三期厂房，总投资十二亿元。园区负责人说，"
    "三期厂房总建筑面积9万平方米，配有共享检测中心与职工公寓，预计明年投产后新增岗位1600个。"
)
OTHER = "武汉市上月完成集装箱吞吐四万标箱，冷链仓库利用率创下新高。港务部门说，湖北省新开的航线很受欢迎。"


@pytest.fixture
def path(fill: Fill) -> Path:
    return fill(
        [
            Told("https://park.example/a", "厂房", STORY, date(2026, 1, 2), "名park.example"),
            Told("https://copier.example/a", "厂房", STORY, date(2026, 1, 3)),
            Told("https://daily.example/a", "厂房", STORY + "（完）", date(2026, 1, 5)),
            Told("https://daily.example/b", "港口", OTHER, date(2026, 2, 1), "海沧晚报"),
            Told("https://copier.example/c", "港口", OTHER),
        ]
    )


SCANS = {
    "language": "SELECT language, count(*) FROM copies WHERE kept GROUP BY 1",
    "credited": "SELECT credited_source, count(*) FROM copies WHERE kept AND credited_source IS NOT NULL"
    " GROUP BY 1",
    "held": "SELECT ifnull(substr(published_day, 1, 7), '') || ' ' || source, count(*) FROM copies WHERE kept"
    " GROUP BY 1",
    "park": "SELECT entity, count(DISTINCT article_id) FROM mentions JOIN copies USING (text_id)"
    " WHERE kind = 'park' AND kept GROUP BY 1",
    "alone": "SELECT source, count(*) FROM copies WHERE article_id IN (SELECT article_id FROM copies"
    " GROUP BY 1 HAVING count(*) = 1) GROUP BY 1",
}
NAMED = (
    "SELECT count(DISTINCT article_id) FROM mentions JOIN copies USING (text_id)"
    " WHERE kind = 'region' AND kept AND code BETWEEN ? AND ?"
)
FLOWS = "SELECT from_name, to_name, count(*) FROM reprints GROUP BY 1, 2"


def assert_true(path: Path) -> None:
    """Holds the tallies against scans of copies and mentions, and against the view of reprints."""
    with closing(read_only(path)) as connection:
        told = {kind: _tallied(connection, kind) for kind in SCANS}
        assert told == {kind: dict(connection.execute(sql).fetchall()) for kind, sql in SCANS.items()}
        regions = _tallied(connection, "province")
        for code in (code for code in division_names() if code.endswith("0000")):
            [n] = connection.execute(NAMED, region_range(code)).fetchone()
            assert regions.get(code, 0) == n
        flows = {(flow.origin, flow.by): flow.articles for flow in Figures(connection).flows}
        assert flows == {(row[0], row[1]): row[2] for row in connection.execute(FLOWS)}
        assert connection.execute("SELECT * FROM uncounted").fetchall() == []


def _tallied(connection: sqlite3.Connection, kind: str) -> dict[str, int]:
    return dict(connection.execute("SELECT key, n FROM tallies WHERE kind = ?", (kind,)).fetchall())


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path) as opened:
        yield opened


def test_what_was_read_is_counted(path: Path) -> None:
    assert_true(path)
    with closing(read_only(path)) as connection:
        found = counts(connection, Selection(), 12)
    assert (found.total, found.facets["region"], found.facets["park"]) == (
        2,
        [("110000", 1), ("320000", 1), ("420000", 1)],
        [("苏州工业园区", 1)],
    )


def test_what_people_say_is_counted(archive: Archive, path: Path) -> None:
    correction = archive.correct("https://park.example/a", "published", "2025-12-30", "错", NOW)
    archive.correct("https://daily.example/b", "credited_source", "江岸日报", "错", NOW)
    assert_true(path)
    archive.withdraw_correction(correction, NOW)
    split = archive.split("https://copier.example/a", "别的事", NOW)
    archive.join("https://park.example/a", "https://daily.example/b", "一回事", NOW)
    assert_true(path)
    archive.withdraw_decision(split, NOW)
    archive.reject("https://daily.example/a", "栏目页", NOW)
    assert_true(path)


def test_what_is_read_again_is_counted(archive: Archive, path: Path) -> None:
    """Another text, the same text with other mentions, and another source's name."""
    changed = Told("https://park.example/a", "厂房", OTHER + STORY, date(2026, 3, 2))
    archive.ingest([changed.reading(9)], NOW)
    assert_true(path)
    archive.put_sources([Source("copier.example", "名park.example")])
    archive.put_sources([Source("park.example", "另一个名字")])
    assert_true(path)
    for _ in archive.rejoin(NOW):
        assert_true(path)


def test_what_another_program_changed_is_counted_with_the_next_change(archive: Archive, path: Path) -> None:
    rows(path, "UPDATE copies SET language = 'en' WHERE kept")
    rows(path, "DELETE FROM mentions WHERE kind = 'park'")
    archive.remember("a word", "any")
    assert_true(path)


def test_a_batch_that_fails_counts_nothing(archive: Archive, path: Path) -> None:
    before = rows(path, "SELECT * FROM tallies")
    rows(path, "CREATE TRIGGER full BEFORE INSERT ON tallies BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    with pytest.raises(Exception, match="disk is full"):
        archive.ingest(
            [Told("https://park.example/z", "新", OTHER + STORY, date(2027, 1, 1)).reading(7)], NOW
        )
    assert rows(path, "SELECT * FROM tallies") == before
    assert len(rows(path, "SELECT url FROM copies WHERE url LIKE '%/z'")) == 0


def test_a_removal_its_undoing_and_its_deed_are_counted(tmp_path: Path) -> None:
    world = build(tmp_path / "archive.db", small_pages())
    before = rows(world.path, "SELECT * FROM tallies")
    hidden = remove(world.path, WHOLE_PARK, replace(LETTER, hide_only=True))
    assert_true(world.path)
    assert rows(world.path, f"SELECT 1 FROM tallies WHERE instr(key, '{PARK}')") == []
    restore_hidden(world.path, hidden.removal.id, "counter-notice")
    assert rows(world.path, "SELECT * FROM tallies") == before != []
    assert remove(world.path, WHOLE_PARK, LETTER).trouble == ""
    assert_true(world.path)


def test_an_older_archive_is_counted_when_it_is_opened(path: Path) -> None:
    before = rows(path, "SELECT * FROM tallies")
    triggers = rows(path, "SELECT name FROM sqlite_schema WHERE name LIKE '%\\_uncounted' ESCAPE '\\'")
    make_older(
        path,
        37,
        *(f"DROP TABLE {name}" for name in ("counted", "tallies", "uncounted")),
        *(f"DROP TRIGGER {name}" for (name,) in triggers),
        "DROP INDEX articles_by_copies",
    )
    assert_true(path)
    assert rows(path, "SELECT * FROM tallies") == before != []
