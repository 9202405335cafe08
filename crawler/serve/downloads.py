"""Downloads: the export of a selection, and the archive's file where the operator offers it.

In: an instance of ours and a request. Out: a response that streams a file which has no name any more, so
that nothing stays behind whatever happens to the connection. Two are made at a time: each takes a core.
A few lie on the disk, until they are fetched or nobody has taken any of them for a while; who comes when
all are in use is asked to come later.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from datasette.database import QueryInterrupted
from datasette.utils import InvalidSql
from datasette.utils.asgi import Base400, Forbidden, NotFound, Response
from datasette.views.base import DatasetteError

from crawler.serve.visitor import selection_of
from pipelines.archive.file import reader
from pipelines.catalogue import WHATS
from pipelines.export.file import ExportRequest, stream_export
from pipelines.export.formats import FORMATS, typed
from pipelines.utc import now_utc

_AT_ONCE = asyncio.Semaphore(2)
_CHUNK_BYTES = 1 << 18
_PLACES = 6
"""Downloads that wait, are made or are being fetched."""
_STALLED_S = 30
"""A visitor who takes no piece for so long is gone."""
_FETCHED_S = 1_800
"""A download that is not fetched by then is given up, however slowly it goes on."""
_FREE_SHARE = 0.1
"""Of the disk that downloads leave free."""
_ROWS_MAX = 100_000
"""Of an answer; its bytes are bounded too (`crawler.serve.clerk.ANSWER_BYTES_MAX`)."""
_taken: set[object] = set()


class BusyError(Exception):
    """All places are taken, or the disk is too full."""


class _Place:
    """A place in the queue, from the request until the file is sent."""

    def __init__(self, bytes_wanted: int) -> None:
        disk = shutil.disk_usage(tempfile.gettempdir())
        if len(_taken) >= _PLACES or disk.free - bytes_wanted < disk.total * _FREE_SHARE:
            raise BusyError
        _taken.add(self)

    def leave(self) -> None:
        _taken.discard(self)


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file as an answer."""

    file: IO[bytes]
    name: str
    content_type: str
    place: _Place

    async def asgi_send(self, send: Callable[..., Any]) -> None:
        """Sends the file in pieces, closes it and leaves its place."""
        try:
            await asyncio.wait_for(self._sent(send), _FETCHED_S)
        finally:
            self.place.leave()

    async def _sent(self, send: Callable[..., Any]) -> None:
        with self.file:
            size = self.file.seek(0, 2)
            self.file.seek(0)
            headers = [
                [b"content-type", self.content_type.encode()],
                [b"content-length", str(size).encode()],
                *([key.encode(), value.encode()] for key, value in _attached(self.name).items()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while chunk := await asyncio.to_thread(self.file.read, _CHUNK_BYTES):
                piece = {"type": "http.response.body", "body": chunk, "more_body": True}
                await asyncio.wait_for(send(piece), _STALLED_S)
            await send({"type": "http.response.body", "body": b""})


def _attached(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


async def export(datasette: Any, request: Any) -> FileAnswer | Response:
    """The selection in the address as a file: articles, or with `what=copies` their copies."""
    wanted = request.url_vars["format"]
    what = request.args.get("what") or "articles"
    if wanted not in FORMATS or what not in WHATS:
        raise NotFound("no such export")
    asked = ExportRequest(
        wanted, what, selection_of(request.args), show_contacts=datasette.parknews.show_contacts
    )
    path = datasette.parknews.path
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    name = f"parknews-{what}-{day}.{wanted}"
    return await _made(request, path, lambda: _exported(path, asked), name, FORMATS[wanted].media_type)


async def rows(datasette: Any, request: Any) -> FileAnswer | Response:
    """The rows of a visitor's question as a file, with the same guard as on the page, and more of them."""
    wanted = request.url_vars["format"]
    if wanted not in FORMATS:
        raise NotFound("no such export")
    given = {name: request.args[name] for name in request.args if name != "sql"}
    try:
        found = await datasette.get_database("archive").rows_of(
            request.args.get("sql") or "", given, _ROWS_MAX
        )
    except QueryInterrupted as error:
        raise DatasetteError("", title="SQL Interrupted", status=400) from error
    except (sqlite3.Error, InvalidSql) as error:
        raise Base400(str(error)) from error
    columns, typed_rows = typed(found.columns, found.rows)
    name = f"parknews-rows-{datetime.now(UTC).strftime('%Y-%m-%d')}.{wanted}"

    def make() -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
        FORMATS[wanted].write(
            file, [("rows", columns, [typed_rows] if typed_rows else [])], [("SQL", request.args["sql"])]
        )
        return file

    return await _made(request, datasette.parknews.path, make, name, FORMATS[wanted].media_type)


async def archive_file(datasette: Any, request: Any) -> FileAnswer | Response:
    """The archive as it is now, whole."""
    if not datasette.parknews.allow_download:
        raise Forbidden("the archive's file is not offered here")
    path = datasette.parknews.path
    return await _made(request, path, lambda: _copied(path), "archive.db", "application/vnd.sqlite3")


async def _made(
    request: Any, path: Path, make: Callable[[], IO[bytes]], name: str, media_type: str
) -> FileAnswer | Response:
    if request.method == "HEAD":  # whoever looks whether a link is alive has no file made
        return Response("", headers=_attached(name), content_type=media_type)
    place = _Place(path.stat().st_size)  # a compressed or narrowed export is smaller than the archive
    try:
        async with _AT_ONCE:
            return FileAnswer(await asyncio.to_thread(make), name, media_type, place)
    except BaseException:
        place.leave()
        raise


def _exported(path: Path, asked: ExportRequest) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    with reader(path) as connection:
        stream_export(connection, file, asked, made_at=now_utc())
    return file


def _copied(path: Path) -> IO[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "archive.db"
        with reader(path) as source, closing(sqlite3.connect(copy)) as target:
            target.execute("PRAGMA journal_mode = OFF")  # makes the file, and needs no second one
            file = copy.open("rb")
            copy.unlink()  # a server that ends meanwhile leaves nothing behind
            source.backup(target)
        return file
