"""Answers are tagged by the archive's state and packed; what changed is made anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawler.serve.conftest import Get


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


def test_a_host_that_is_not_ours_gets_no_answer_from_a_tag(get: Get) -> None:
    tag = get("/").headers["etag"]
    assert get("/", if_none_match=tag, host="evil.example").status_code == 421
