"""What programs ask the browser's server for: JSON, feeds, changes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import feedparser

from pipelines.archive.write.kept import add_search
from tests.crawler.serve.conftest import Get


def test_any_query_is_an_atom_feed_with_publishers_and_copies(get: Get) -> None:
    response = get("/search.atom?q=厂房")
    feed = feedparser.parse(response.text)
    [entry] = feed.entries
    assert (response.headers["content-type"], feed.bozo) == ("application/atom+xml; charset=utf-8", False)
    assert (entry.title, entry.author, entry.link) == (
        "三期标准厂房启用",
        "青岚湖科技园",
        "http://localhost/article/1",
    )
    assert [link.href for link in entry.links if link.rel == "via"] == [
        "https://park.example/a.html",
        "https://copier.example/b.html",
    ]


def test_a_feed_is_well_formed_whatever_an_address_holds(get: Get, archive_path: Path) -> None:
    with sqlite3.connect(archive_path) as connection:
        connection.execute("UPDATE copies SET url = 'https://copier.example/\x1b' WHERE NOT kept")
    assert not feedparser.parse(get("/search.atom?q=厂房").text).bozo


def test_a_kept_search_is_a_json_feed_under_its_name(get: Get, archive_path: Path) -> None:
    add_search(archive_path, "halls", "厂房", "2026-03-02T08:00:00Z")
    feed = get("/searches/halls.feed.json").json()
    assert (feed["version"], feed["title"]) == ("https://jsonfeed.org/version/1.1", "parknews: halls")
    [item] = feed["items"]
    assert (item["authors"], len(item["_parknews"]["copies"])) == ([{"name": "青岚湖科技园"}], 2)
    assert get("/searches/none.atom").status_code == 404


def test_a_search_and_an_article_are_json(get: Get) -> None:
    found = get("/search.json?q=厂房&since=2026").json()
    [hit] = found["articles"]
    assert (found["found"], hit["permalink"]) == (1, "http://localhost/article/1")
    shown = get("/article/1.json").json()
    assert [copy["kept"] for copy in shown["copies"]] == [True, False]
    assert "0512-62881234" not in json.dumps(shown)  # what was stripped is not in it
    assert get("/article/99.json").status_code == 404


def test_changes_are_lines_of_json(get: Get) -> None:
    lines = [json.loads(line) for line in get("/changes.jsonl").text.splitlines()]
    assert [(line["id"], line["change"]) for line in lines] == [(1, "new"), (2, "new")]
    assert get(f"/changes.jsonl?since={lines[-1]['seq']}").text == ""
