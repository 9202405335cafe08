"""Lists leave the archive once the pages that they show are known, whatever came first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest

from pipelines.archive import Archive
from pipelines.archive.write.lists import REASON
from pipelines.records import Reading, Shown
from pipelines.urls import address_key
from tests.pipelines.archive.sample_texts import HARBOUR, PARK
from tests.readings import NOW, make_reading

Rows = Callable[..., list[tuple[object, ...]]]


SITE = "https://park.example"
LIST = f"{SITE}/columns/7"


def _reading(path: str, text: str, page_id: int, *leads: str, named: str = "") -> Reading:
    made = make_reading(f"{SITE}{path}", text, page_id=page_id, title=f"标题 {path}")
    shows = tuple(Shown(address_key(f"{SITE}{lead}"), is_item=False) for lead in leads)
    return replace(made, story=replace(made.story, shows=shows), announced_by=named)


ARTICLES = [_reading("/1", PARK, 1), _reading("/2", HARBOUR, 2)]
BOTH = _reading("/columns/7", f"{PARK}\n{HARBOUR}", 3, "/1", "/2", "/3")


def _state(rows: Rows) -> tuple[list[tuple[object, ...]], ...]:
    return (
        rows("SELECT url, title, kept FROM copies ORDER BY url"),
        rows("SELECT url, copies FROM articles ORDER BY url"),
        rows("SELECT url, reason FROM rejections"),
        rows("SELECT node_id FROM nodes ORDER BY node_id"),
        rows("SELECT node_a, node_b FROM pairs"),
    )


@pytest.mark.parametrize("order", list(permutations([*ARTICLES, BOTH])))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_list_leaves_with_its_joins_whatever_came_first(
    archive: Archive, rows: Rows, order: tuple[Reading, ...], at_once: bool
) -> None:
    for batch in [order] if at_once else [[reading] for reading in order]:
        archive.ingest(batch, NOW)
    copies, articles, rejections, nodes, pairs = _state(rows)
    assert copies == [(f"{SITE}/1", "标题 /1", 1), (f"{SITE}/2", "标题 /2", 1)]
    assert articles == [(f"{SITE}/1", 1), (f"{SITE}/2", 1)]
    assert (rejections, len(nodes), pairs) == ([(LIST, REASON)], 2, [])


def test_a_list_stays_while_the_pages_that_it_shows_are_unknown(archive: Archive, rows: Rows) -> None:
    archive.ingest([BOTH, ARTICLES[0]], NOW)
    assert rows("SELECT url FROM copies ORDER BY url") == [(f"{SITE}/1",), (LIST,)]


def test_a_page_that_says_something_else_comes_back(archive: Archive, rows: Rows) -> None:
    archive.ingest([*ARTICLES, BOTH], NOW)
    own = "园区本周没有新闻，编辑部去了邻县的种子公司，看他们怎样把六个品种种到三百亩地里，回来写成这一篇。"
    changed = make_reading(LIST, own * 3, page_id=9, minutes=60, title="去邻县")
    archive.ingest([changed], NOW)
    assert rows("SELECT url, title FROM copies WHERE url = ?", LIST) == [(LIST, "去邻县")]
    assert rows("SELECT url FROM rejections") == []


def test_a_list_that_is_read_again_stays_one(archive: Archive, rows: Rows) -> None:
    archive.ingest([*ARTICLES, BOTH], NOW)
    before = _state(rows)
    archive.ingest([replace(BOTH, page_id=9, fetched_at=BOTH.fetched_at.replace(hour=20))], NOW)
    assert _state(rows) == before


def test_what_a_feed_names_is_no_list(archive: Archive, rows: Rows) -> None:
    archive.ingest([*ARTICLES, replace(BOTH, announced_by="feed")], NOW)
    assert (LIST,) in rows("SELECT url FROM copies")


def test_a_page_that_is_forgotten_is_not_known_by_its_key(archive: Archive, rows: Rows) -> None:
    archive.ingest([*ARTICLES, BOTH], NOW)
    with archive._database.conn as connection:  # as a removal does it
        connection.execute("DELETE FROM copies WHERE url = ?", (f"{SITE}/1",))
        connection.execute("DELETE FROM readings WHERE page_url = ?", (f"{SITE}/1",))
    assert (address_key(f"{SITE}/1"),) not in rows("SELECT address FROM shown_pages")
