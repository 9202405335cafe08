"""Sets in the browser: everybody reads them, and writes to them where the operator allows it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from crawler.serve.site import ServeOptions, build_site
from pipelines.archive.write.kept import put_in_set
from tests.crawler.serve.conftest import Get

WRITES = ServeOptions(edit_sets=True)
NOTE = "<b>see</b> the plant"


def _post(
    path: Path,
    options: ServeOptions,
    *,
    token: bool = True,
    headers: dict[str, str] | None = None,
    **fields: str,
) -> Any:
    """What a visitor's browser gets who opens an article and sends its form."""

    async def visit() -> Any:
        site = build_site(path, options)
        await site.invoke_startup()
        page = await site.client.get("/article/1", headers={"accept-language": "en"})
        found = re.search(r'name="csrftoken" value="([^"]+)"', page.text)
        given = {"csrftoken": found[1]} if found and token else {}
        sent = {"data": {**given, **fields}, "cookies": page.cookies, "headers": headers}
        return await site.client.post("/sets", **sent)

    return asyncio.run(visit())


def test_an_article_is_kept_changed_and_taken_out_in_the_browser(get: Get, archive_path: Path) -> None:
    sent = _post(archive_path, WRITES, name="cases", article="1", label="fire", note=NOTE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/article/1#in-sets")
    page = get("/article/1").text
    assert ("&lt;b&gt;see&lt;/b&gt; the plant" in page, "csrftoken" in page) == (True, False)
    assert re.search(
        r'<a href="/article/1">三期标准厂房启用</a> <a class="badge"[^>]*>fire</a>',
        get("/sets?name=cases").text,
    )
    assert "三期标准厂房启用" in get("/search?q=label:fire").text
    _post(archive_path, WRITES, name="cases", article="1", remove="1", back="sets")
    assert "There is no set yet" in get("/sets").text


@pytest.mark.parametrize(
    ("options", "token", "fields", "status"),
    [
        (ServeOptions(), True, {"name": "cases", "article": "1"}, 405),
        (WRITES, False, {"name": "cases", "article": "1"}, 403),
        (WRITES, True, {"name": "two words", "article": "1"}, 400),
        (WRITES, True, {"name": "cases", "article": "99"}, 404),
        (WRITES, True, {"name": "cases", "article": "1", "note": "长" * 5000}, 405),
    ],
)
def test_what_is_not_allowed_or_wrong_is_not_kept(
    get: Get, archive_path: Path, options: ServeOptions, token: bool, fields: dict[str, str], status: int
) -> None:
    assert _post(archive_path, options, token=token, **fields).status_code == status
    assert "There is no set yet" in get("/sets").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_another_sites_page_has_no_browser_write(
    archive_path: Path, headers: dict[str, str], status: int
) -> None:
    sent = _post(archive_path, WRITES, headers=headers, name="cases", article="1")
    assert sent.status_code == status


def test_a_note_is_not_read_by_sql_and_not_handed_out(get: Get, archive_path: Path) -> None:
    put_in_set(archive_path, "cases", [1], "2026-03-02T08:00:00Z", label="fire", note="mine alone")
    rows = get("/archive.json?sql=select+*+from+sets&_shape=array").json()
    assert (rows[0]["label"], rows[0]["note"]) == ("fire", None)


@pytest.mark.parametrize("answer", [{"body": b"name=\xff", "more_body": False}, None])
def test_a_form_that_is_broken_or_whose_sender_left_is_a_400(archive_path: Path, answer: Any) -> None:
    sent: list[Any] = []
    headers = [(b"host", b"localhost"), (b"content-length", b"6")]
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))

    async def visit() -> None:
        async def receive() -> Any:
            return {"type": "http.request", **answer} if answer else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        site = build_site(archive_path, WRITES)
        await site.invoke_startup()
        scope = {"type": "http", "method": "POST", "path": "/sets", "raw_path": b"/sets", "query_string": b""}
        await site.app()({**scope, "headers": headers, "scheme": "http"}, receive, send)

    asyncio.run(visit())
    assert sent[0]["status"] == 400
