"""Answers are tagged by the archive's state and packed; what changed is made anew."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.serve import cached, pages
from crawler.serve.search_page import search_page
from crawler.serve.site import build_site
from pipelines.archive import Archive
from tests.crawler.serve.conftest import Get
from tests.readings import NOW


@pytest.mark.parametrize(
    "path", ["/", "/search?q=厂房", "/article/1", "/coverage", "/archive/articles", "/search.json"]
)
def test_an_answer_that_a_browser_has_is_not_made_again(get: Get, path: str) -> None:
    first = get(path)
    again = get(path, if_none_match=f'"other", {first.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["x-content-type-options"] == "nosniff"


def test_a_write_another_query_and_another_language_are_other_answers(get: Get, archive_path: Path) -> None:
    tag = get("/search?q=厂房").headers["etag"]
    assert get("/search?q=园区", if_none_match=tag).status_code == 200
    assert get("/search?q=厂房", if_none_match=tag, accept_language="zh").status_code == 200
    with closing(sqlite3.connect(archive_path)) as connection, connection:
        connection.execute("UPDATE sources SET name = '别名' WHERE host = 'park.example'")
    assert get("/search?q=厂房", if_none_match=tag).status_code == 200


def test_a_choice_of_language_is_always_answered(get: Get) -> None:
    assert "etag" not in get("/?_lang=zh").headers
    assert "etag" not in get("/article/99").headers


def test_text_is_packed_and_downloads_go_out_as_they_are(get: Get) -> None:
    page, plain = get("/", accept_encoding="gzip"), get("/", accept_encoding="identity")
    assert page.headers["content-encoding"] == "gzip"
    assert page.text == plain.text  # httpx unpacks
    assert int(page.headers["content-length"]) < len(plain.content) / 3
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in get("/export.csv", accept_encoding="gzip").headers


@pytest.mark.parametrize(
    ("taken", "packed"),
    [("gzip;q=0", False), ("br, gzip; q=0.0", False), ("gzip;q=0.5, br", True), ("br;q=1.0, gzip", True)],
)
def test_who_does_not_take_gzip_gets_none(get: Get, taken: str, packed: bool) -> None:
    assert ("content-encoding" in get("/", accept_encoding=taken).headers) == packed


def test_a_host_that_is_not_ours_gets_no_answer_from_a_tag(get: Get) -> None:
    tag = get("/").headers["etag"]
    assert get("/", if_none_match=tag, host="evil.example").status_code == 421


def test_an_answer_is_made_once_a_state_and_a_change_has_it_made_anew(
    archive_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def seen(*arguments: Any) -> dict[str, Any]:
        made.append(arguments[1]["q"])
        return search_page(*arguments)

    async def visit() -> list[Any]:
        site = build_site(archive_path, None)
        await site.invoke_startup()
        got = [await site.client.get("/search?q=厂房", headers={"accept-language": "en"}) for _ in range(2)]
        got.append(await site.client.get("/search?q=厂房", headers={"accept-language": "zh"}))
        with Archive(archive_path) as archive:
            for url in ("https://park.example/a.html", "https://copier.example/b.html"):
                archive.reject(url, "栏目页", NOW)
        return [*got, await site.client.get("/search?q=厂房", headers={"accept-language": "en"})]

    monkeypatch.setattr(pages, "search_page", seen)
    first, second, chinese, after = asyncio.run(visit())
    assert (second.text, sorted(second.headers)) == (first.text, sorted(first.headers))
    assert made == ["厂房"] * 3
    assert chinese.text != first.text
    assert ("三期标准" in first.text, "三期标准" in after.text) == (True, False)


def test_of_kept_answers_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "_KEPT_BYTES", 10)
    kept = cached.Kept()
    for name in (b"a", b"b", b"a", b"c"):
        if kept.get((name, False)) is None:
            kept.put(None, (name, False), ({}, name * 5))
    assert [kept.get((name, False)) is not None for name in (b"a", b"b", b"c")] == [True, False, True]


def test_nothing_is_kept_of_an_earlier_state() -> None:
    kept = cached.Kept()
    kept.only(1)
    kept.put(1, (b"a", False), ({}, b"text"))
    kept.only(2)
    kept.put(1, (b"b", False), ({}, b"a late answer"))
    assert [kept.get((name, False)) for name in (b"a", b"b")] == [None, None]
