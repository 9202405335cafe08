"""What a large archive is asked often stands in an index: nothing is sorted or read row by row for it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.archive.file import read_only
from pipelines.archive.read.selection import Selection, select_ids
from pipelines.archive.write import runs, writer
from pipelines.records import Page
from tests.pipelines.forget.worlds import make_text
from tests.readings import HOSTS, NOW, make_reading

COOKBOOK = (Path(__file__).parents[3] / "docs" / "cookbook.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## (\d+)\. .*?```sql\n(.*?)```", COOKBOOK, re.M | re.S))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("size") / "archive.db"
    Archive(path).close()
    with closing(read_only(path)) as connection:
        yield connection


def plan_of(connection: sqlite3.Connection, sql: str, *values: object) -> str:
    rows = connection.execute(
        f"EXPLAIN QUERY PLAN {sql}", values or dict.fromkeys(("host", "run_id", "gone", "found"))
    )
    return "\n".join(row[3] for row in rows)


def asked(connection: sqlite3.Connection, question: Callable[[], Iterable[object]]) -> str:
    """The plan of the one statement that a question asks."""
    said: list[str] = []
    connection.set_trace_callback(said.append)
    list(question())
    connection.set_trace_callback(None)
    return plan_of(connection, said[-1])


def test_the_newest_articles_are_listed_without_sorting_all(empty: sqlite3.Connection) -> None:
    plan = asked(empty, lambda: select_ids(empty, Selection(), limit=20))
    assert "copies_newest" in plan
    assert "TEMP B-TREE" not in plan


def test_what_a_run_brought_is_counted_without_what_was_there(empty: sqlite3.Connection) -> None:
    plan = plan_of(empty, runs._YIELD)
    assert plan.count("readings_by_source (source=? AND first_fetched_at>?)") == 2
    assert "rejections_by_source (source=? AND at>?)" in plan


@pytest.mark.parametrize(
    ("number", "index"), [("2", "articles_by_day"), ("3", "articles_by_day"), ("7", "sources_by_name")]
)
def test_a_question_of_the_cookbook_reads_no_texts(
    empty: sqlite3.Connection, number: str, index: str
) -> None:
    assert f"COVERING INDEX {index}" in plan_of(empty, RECIPES[number])


def test_pairs_are_asked_first_whatever_sqlite_knows_of_the_archive(empty: sqlite3.Connection) -> None:
    assert plan_of(empty, RECIPES["22"]).startswith("SCAN pairs")


def test_statistics_are_renewed_while_the_archive_grows(
    archive: Archive, rows: Callable[..., list[tuple[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_ANALYSED_FROM", 2)
    known = []
    for number in range(6):
        reading = make_reading(f"https://{HOSTS[0]}/{number}", make_text(number), page_id=number + 1)
        archive.ingest([reading], "2026-01-01T00:00:00Z")
        stat = rows("SELECT stat FROM sqlite_stat1 WHERE tbl = 'text_rows' AND idx = 'texts_by_node'")
        known.append(int(stat[0][0].split()[0]) if stat else 0)
    assert known == [0, 0, 0, 4, 4, 4]


GROWING = (
    "articles copies readings text_rows unshown_texts versions mentions nodes node_keys pairs counted tallies"
    " template_pages stripped_pieces attachments other_words rejections changes"
).split()


def test_no_table_that_grows_is_gone_through_for_a_page(archive: Archive) -> None:
    """Neither where it is new nor where it is read again, which one such question made ten times slower."""
    connection = archive._database.conn
    said: set[str] = set()
    archive.ingest([make_reading(f"https://{host}/0", make_text(0)) for host in HOSTS], NOW)
    connection.set_trace_callback(said.add)
    for number in range(4):
        url = f"https://{HOSTS[0]}/{number}"
        archive.ingest([make_reading(url, make_text(number // 2), page_id=number + 1)], NOW)
        page = Page(number + 1, HOSTS[0], url, url, 200, (), b"", datetime.now(UTC))
        archive.read_by_template([page])
        archive.said_before(url)
        archive.no_article(url)
        archive.line_words(url)
        archive.redacted(page)
    connection.set_trace_callback(None)
    plans = {
        statement: plan_of(connection, statement)
        for statement in said
        if statement.split(None, 1)[0] in {"SELECT", "WITH", "UPDATE", "DELETE"}
    }
    assert len(plans) > 50
    gone_through = re.compile(rf"^SCAN (?:main\.)?(?:{'|'.join(GROWING)})\b", re.M)
    assert [statement for statement, plan in plans.items() if gone_through.search(plan)] == []
