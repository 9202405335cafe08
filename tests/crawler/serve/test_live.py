"""The site while others write: a crawl's articles appear, and nothing of ours stands in a removal's way."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from crawler.serve import site as site_module
from crawler.serve.site import build_site
from pipelines.archive import Archive
from tests.readings import Told

NEW = "云岚软件园本周举行开园十周年活动,园内企业展示了工业软件与数字孪生的新成果,三千名工程师参加了开放日。"


def test_articles_of_a_crawl_under_way_appear(archive_path: Path) -> None:
    async def visit() -> tuple[str, str, int]:
        site = build_site(archive_path)
        await site.invoke_startup()
        before = (await site.client.get("/search?q=软件园")).text
        front = (await site.client.get("/")).text
        with Archive(archive_path) as archive:
            page = Told("https://daily.example/new", "软件园十周年", NEW, date(2026, 2, 2)).reading(9)
            archive.ingest([page], "2026-03-02T00:00:00Z")
            during = (await site.client.get("/search?q=软件园")).text
            table = (await site.client.get("/archive/articles.json?_shape=array&_search=软件园")).json()
        after = (await site.client.get("/")).text
        return before, during, len(table) + (front != after)

    before, during, seen = asyncio.run(visit())
    assert "十周年" not in before
    assert "十周年" in during
    assert seen == 2


def test_a_removal_can_make_the_files_forget_while_the_site_is_up(archive_path: Path) -> None:
    async def visit() -> tuple[list[Any], str]:
        site = build_site(archive_path)
        await site.invoke_startup()
        for path in (
            "/",
            "/search?q=园区",
            "/article/1",
            "/archive/articles",
            "/archive/texts",
            "/export.csv",
        ):
            assert (await site.client.get(path)).status_code == 200
        with sqlite3.connect(archive_path, isolation_level=None) as writer:
            writer.execute("PRAGMA secure_delete = ON")
            writer.execute("DELETE FROM copies WHERE source = 'daily.example'")
            checkpoint = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            writer.execute("VACUUM")
        return list(checkpoint), (await site.client.get("/search?source=daily.example")).text

    checkpoint, page = asyncio.run(visit())
    assert checkpoint[0] == 0
    assert "物流园吞吐创新高" not in page


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("sent", "is_answered"),
    [
        (b"", False),
        (GET, False),
        (GET.replace(b"GET", b"POST") + b"Content-Length: 9\r\n\r\nabc", False),
        (GET + b"\r\n", True),
    ],
)
def test_who_sends_no_whole_request_loses_the_connection_and_a_long_answer_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, sent: bytes, is_answered: bool
) -> None:
    monkeypatch.setattr(site_module, "_SILENT_S", 0.05)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})

    async def talk() -> bytes:
        async with _answering(app) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            answer = b""
            with suppress(ConnectionError):
                answer = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return answer

    assert (b"here" in asyncio.run(talk())) == is_answered


@asynccontextmanager
async def _answering(app: Any) -> AsyncIterator[int]:
    """The port at which an application answers as the site does."""
    config = uvicorn.Config(app, lifespan="off")
    config.load()
    made = site_module._impatient(config.http_protocol_class)
    server = await asyncio.get_running_loop().create_server(
        lambda: made(config=config, server_state=ServerState(), app_state={}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()


_PIECE, _PIECES = b"x" * 65_536, 200


@pytest.mark.parametrize(("takes", "is_cut"), [(False, True), (True, False)])
def test_who_takes_nothing_of_a_long_answer_loses_it_and_who_takes_it_slowly_has_it(
    monkeypatch: pytest.MonkeyPatch, takes: bool, is_cut: bool
) -> None:
    monkeypatch.setattr(site_module, "_SILENT_S", 1.0)
    gone = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(_PIECES):
            await send({"type": "http.response.body", "body": _PIECE, "more_body": True})
        if (await receive())["type"] == "http.disconnect":
            gone.set()

    async def talk() -> bool:
        async with _answering(app) as port:
            with socket.socket() as asking:
                asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
                asking.connect(("127.0.0.1", port))
                asking.sendall(GET + b"\r\n")
                asking.setblocking(False)
                for _ in range(60 if takes else 300):  # three seconds, or longer where it must come sooner
                    if takes:
                        with suppress(BlockingIOError):
                            asking.recv(8_192)
                    if gone.is_set():
                        break
                    await asyncio.sleep(0.05)
                return gone.is_set()

    assert asyncio.run(talk()) == is_cut
