"""A part of a crawl store, fetched elsewhere: what goes with it, what comes back, and what is not taken."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import WorkersError
from pipelines.store import CrawlStore
from pipelines.store.parts import Changes, changes, cut, merge
from tests.pipelines.store.storing import BODY, HOST, begin, entries, fetched, link, queue
from tests.readings import rows

QUERIES = (
    "SELECT url, source, host, kind, state, priority, depth, status, etag, reason FROM urls ORDER BY url",
    "SELECT u.url, f.url FROM urls u JOIN urls f ON u.found_on = f.url_id ORDER BY u.url",
    "SELECT url, source, kind, body, sha256, article, ingested FROM pages ORDER BY url",
    "SELECT url, reason FROM rejected ORDER BY url",
    "SELECT source, fetched, articles, failed, found, lists, leased_until FROM crawls",
    "SELECT host, until FROM rests",
)


@pytest.fixture
def store(tmp_path: Path) -> CrawlStore:
    """A list that was fetched, two articles that wait, and another source that has nothing to do with it."""
    with CrawlStore(tmp_path / "pages.db") as opened:
        crawl_id = begin(opened)
        start = queue(opened, link("/", "start", 0))["/"]
        opened.commits.page(
            crawl_id, start, fetched("/", article=False, news=(link("/1.html"), link("/2.html")))
        )
        opened.pages.put("http://y.cn/1.html", "y.cn", "y.cn", fetched("/y"))
        yield opened


def go_on(store: CrawlStore) -> None:
    """What a crawl would do next: an article with a link, a failure, rest that the host asks for."""
    crawl_id = store.frontier.aside(HOST, now=1001.0).crawl_id
    first, second = entries(store)
    store.commits.page(crawl_id, first, fetched("/1.html", body=BODY * 2, news=(link("/3.html"),)))
    store.commits.failure(crawl_id, second, "failed", "HTTP 500", 500, now=1001.0)
    store.sources.put_rest(HOST, 4e9)


def says(path: Path) -> list[Any]:
    return [rows(path, query) for query in QUERIES]


def holds(source: str, host: str) -> bool:
    return source == host


def brought(store: CrawlStore, tmp_path: Path) -> Changes:
    part = cut(store, [HOST], lambda host: host == HOST)
    (tmp_path / "part.db").write_bytes(part)
    with CrawlStore(tmp_path / "part.db") as there:
        go_on(there)
    return changes(part, tmp_path / "part.db")


def test_what_was_done_elsewhere_leaves_what_doing_it_here_would(store: CrawlStore, tmp_path: Path) -> None:
    came = brought(store, tmp_path)
    (tmp_path / "here.db").write_bytes(b"")
    with sqlite3.connect(store.path) as db, sqlite3.connect(tmp_path / "here.db") as copy:
        db.backup(copy)
    with CrawlStore(tmp_path / "here.db") as here:
        go_on(here)
    merge(store, came, [HOST], holds, lambda _: False)
    assert says(store.path) == says(tmp_path / "here.db")


def test_no_page_and_nothing_of_another_source_goes_with_a_part(store: CrawlStore, tmp_path: Path) -> None:
    (tmp_path / "part.db").write_bytes(cut(store, [HOST], lambda host: host == HOST))
    found = rows(tmp_path / "part.db", "SELECT url, body, headers FROM pages")
    sources = rows(tmp_path / "part.db", "SELECT DISTINCT source FROM urls")
    assert (found, sources) == ([(f"http://{HOST}/", b"", "[]")], [(HOST,)])


def test_what_was_removed_meanwhile_is_not_written(store: CrawlStore, tmp_path: Path) -> None:
    removed = {f"http://{HOST}/1.html", f"http://{HOST}/3.html"}
    merge(store, brought(store, tmp_path), [HOST], holds, removed.__contains__)
    urls, _, pages, *_ = says(store.path)
    assert {row[0] for row in pages} == {f"http://{HOST}/", "http://y.cn/1.html"}
    assert [row[4] for row in urls if row[0] in removed] == ["queued"]


def test_nothing_is_known_of_a_host_that_was_removed_meanwhile(store: CrawlStore, tmp_path: Path) -> None:
    merge(store, brought(store, tmp_path), [HOST], holds, lambda url: f"//{HOST}/" in url)
    assert says(store.path)[-1] == []


def test_what_leads_to_a_removed_address_does_not_name_it(store: CrawlStore, tmp_path: Path) -> None:
    gone, came = f"http://{HOST}/gone.html", brought(store, tmp_path)
    said = {"urls": {"asks": gone, "reason": f"redirected to {gone}"}, "crawls": {"last_error": f"<{gone}>"}}
    with sqlite3.connect(store.path) as db:
        for table, values in said.items():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            quoting = [
                tuple({**dict(zip(columns, row, strict=True)), **values}.values()) for row in came[table][0]
            ]
            came = {**came, table: (quoting, came[table][1])}
    merge(store, came, [HOST], holds, gone.__eq__)
    with sqlite3.connect(store.path) as db:
        assert [line for line in db.iterdump() if gone in line] == []


def test_a_part_that_comes_twice_changes_nothing_but_counts_nothing_twice(
    store: CrawlStore, tmp_path: Path
) -> None:
    came = brought(store, tmp_path)
    merge(store, came, [HOST], holds, lambda _: False)
    crawls = says(store.path)[4]
    merge(store, {**came, "pages": ((), ()), "rejected": ((), ())}, [HOST], holds, lambda _: False)
    assert says(store.path)[4] == crawls


FORGED: dict[str, Any] = {
    "another source's address": ("urls", {"source": "y.cn"}),
    "an address of a host that is none of the source's": ("urls", {"url": "http://z.cn/", "host": "z.cn"}),
    "an address that says another host than it has": ("urls", {"url": "http://z.cn/9"}),
    "a state that is none": ("urls", {"state": "free"}),
    "a number where text belongs": ("urls", {"kind": 7}),
    "more digits than a file holds": ("urls", {"depth": 2**70}),
    "a page under another digest": ("pages", {"sha256": b"0" * 32}),
    "a page that unpacks to more than it says": ("pages", {"body_bytes": 1}),
    "a page whose bytes are no such thing": ("pages", {"body": b"x"}),
    "headers that are none": ("pages", {"headers": "{"}),
    "a rest of a host that is none of the source's": ("rests", {"host": "y.cn"}),
    "another source's round": ("crawls", {"source": "y.cn"}),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_is_no_such_part_is_refused_and_nothing_of_it_written(
    store: CrawlStore, tmp_path: Path, what: str
) -> None:
    table, forged = FORGED[what]
    came = brought(store, tmp_path)
    columns = [row[1] for row in rows(store.path, f"PRAGMA table_info({table})")]
    wrong = tuple({**dict(zip(columns, came[table][0][-1], strict=True)), **forged}.values())
    before = says(store.path)
    with pytest.raises(WorkersError, match="no part of a crawl store"):
        merge(store, {**came, table: ([*came[table][0], wrong], [])}, [HOST], holds, lambda _: False)
    assert says(store.path) == before


@pytest.mark.parametrize("came", [{}, {"urls": ((), ())}, 7, None])
def test_what_has_another_shape_is_refused(store: CrawlStore, came: Any) -> None:
    with pytest.raises(WorkersError, match="no part of a crawl store"):
        merge(store, came, [HOST], holds, lambda _: False)
