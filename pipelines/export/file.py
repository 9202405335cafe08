"""An export as a whole: rows of one state of the archive into a file, its manifest and schema beside it.

In: a read-only connection, what is wanted and where. Out: the file (whole or not at all: it is written
under another name first), `FILE.manifest.json`, `FILE.rows.csv`, `FILE.schema.json`. And the other way
round: a manifest in, every row that came, went or changed since, with the reason.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from pipelines.archive.read.selection import Selection
from pipelines.catalogue import What
from pipelines.database import path_of
from pipelines.errors import ConfigurationError, StorageError
from pipelines.export.formats import FORMATS, Sheet, Written
from pipelines.export.manifest import (
    MANIFEST_VERSION,
    Manifest,
    changed_columns,
    check_of,
    exports_key,
    hashes,
    key_of,
    noted,
    read_manifest,
    read_row_notes,
    write_manifest,
)
from pipelines.export.rows import Columns, columns_of, export_batches, export_state, json_schema


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is wanted."""

    format: str
    """One of FORMATS."""
    what: What = "articles"
    selection: Selection = field(default_factory=Selection)
    signature: bool = False
    show_contacts: bool = False


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that is not as it was exported."""

    id: int
    change: Literal["gained", "lost", "changed"]
    reason: str
    """What happened: `new`, `matches now`, `joined into 7`, `no longer matches`, `gone`, or columns."""


def write_export(
    connection: sqlite3.Connection, path: Path, request: ExportRequest, *, made_at: str, version: str
) -> Manifest:
    """Writes the file and what stands beside it; gives the manifest.

    Raises:
        StorageError: the folder cannot be written, or the disk is full; no file of that name is left behind.
    """
    columns = columns_of(request.what, signature=request.signature)
    key = exports_key(path_of(connection))
    partial = path.with_name(path.name + ".partial")
    try:
        with _snapshot(connection):
            run, highest = export_state(connection)
            with (
                partial.open("wb") as file,
                _beside(path, "rows.csv").open("w", encoding="utf-8", newline="") as rows,
            ):
                written = _write_rows(connection, file, request, columns, (rows, key), made_at=made_at)
        digest = _sha256(partial)
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise StorageError(
            f"{path}: {error.strerror or error}; free some space or name another file"
        ) from error
    manifest = Manifest(
        manifest_version=MANIFEST_VERSION,
        export_id=secrets.token_hex(8),
        parknews=version,
        made_at=made_at,
        format=request.format,
        what=request.what,
        file=path.name,
        sha256=digest,
        rows=written.rows,
        left_out=written.left_out,
        complete=written.left_out == 0 and written.shortened == 0,
        selection=request.selection.described(),
        columns=tuple(column.name for column in columns),
        last_run=run,
        last_article=highest,
        contacts_masked=not request.show_contacts,
        shortened=written.shortened,
        key_check=check_of(key),
    )
    write_manifest(_beside(path, "manifest.json"), manifest)
    schema = json.dumps(json_schema(request.what, columns), ensure_ascii=False, indent=2)
    _beside(path, "schema.json").write_text(schema + "\n", encoding="utf-8")
    return manifest


def stream_export(
    connection: sqlite3.Connection, file: IO[bytes], request: ExportRequest, *, made_at: str = ""
) -> int:
    """Writes the rows of one state of the archive and nothing beside them; how many there are."""
    columns = columns_of(request.what, signature=request.signature)
    with _snapshot(connection):
        return _write_rows(connection, file, request, columns, None, made_at=made_at).rows


def _write_rows(
    connection: sqlite3.Connection,
    file: IO[bytes],
    request: ExportRequest,
    columns: Columns,
    notes: tuple[IO[str], bytes] | None,
    *,
    made_at: str,
) -> Written:
    """The rows in the wanted format; where it has room for sheets, articles' copies and the method too."""
    batches = _rows(connection, request.what, columns, request)
    sheets: list[Sheet] = [(request.what, columns, noted(notes[0], batches, notes[1]) if notes else batches)]
    if request.what == "articles":
        copies = columns_of("copies", signature=False)
        sheets.append(("copies", copies, _rows(connection, "copies", copies, request)))
    return FORMATS[request.format].write(file, sheets, _method(request, made_at))


def compare_export(connection: sqlite3.Connection, manifest_path: Path) -> Iterator[RowChange]:
    """Every row that the same export would gain, lose or have changed today, by number.

    Raises:
        ConfigurationError: not a manifest, its list of rows is gone, or it is of parts of copies.
    """
    manifest = read_manifest(manifest_path)
    if manifest.what not in ("articles", "copies"):
        raise ConfigurationError(f"{manifest_path}: exports of {manifest.what} cannot be compared")
    key = key_of(manifest, path_of(connection))
    before = read_row_notes(manifest_path.with_name(manifest.file + ".rows.csv"))
    request = _request_of(manifest)
    with _snapshot(connection):
        columns = columns_of(request.what, signature=request.signature)
        for batch in _rows(connection, request.what, columns, request):
            for row in batch:
                now = hashes(row, key)
                old = before.pop(row[0], None)
                if old is None:
                    yield RowChange(row[0], "gained", _why_gained(manifest, row))
                elif old[0] != now[0]:
                    names = changed_columns(old[1], now[1], manifest.columns)
                    yield RowChange(row[0], "changed", ", ".join(names) or "a value")
        for number in sorted(before):
            yield RowChange(number, "lost", _why_lost(connection, request.what, number))


def _rows(
    connection: sqlite3.Connection, what: What, columns: Columns, request: ExportRequest
) -> Iterator[list[tuple[Any, ...]]]:
    masked = not request.show_contacts
    return export_batches(connection, what, columns, request.selection, masked=masked)


def _request_of(manifest: Manifest) -> ExportRequest:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in manifest.selection.items()
    }
    return ExportRequest(
        format=manifest.format,
        what=manifest.what,  # type: ignore[arg-type]  # written by us
        selection=Selection(**values),
        signature="signature" in manifest.columns,
        show_contacts=not manifest.contacts_masked,
    )


def _why_gained(manifest: Manifest, row: tuple[Any, ...]) -> str:
    article = row[0] if manifest.what == "articles" else row[1]
    return "new" if article > manifest.last_article else "matches now"


def _why_lost(connection: sqlite3.Connection, what: What, number: int) -> str:
    table = "articles" if what == "articles" else "copies"
    if connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (number,)).fetchone():
        return "no longer matches"
    forward = None
    if what == "articles":
        forward = connection.execute("SELECT new_id FROM forwards WHERE old_id = ?", (number,)).fetchone()
    return "gone" if forward is None else f"joined into {forward[0]}"


def _method(request: ExportRequest, made_at: str) -> list[tuple[str, str]]:
    selection = request.selection.described()
    return [
        ("made at", made_at),
        ("rows", f"{request.what}; one row each"),
        ("selection", json.dumps(selection, ensure_ascii=False) if selection else "everything"),
        ("article", "one distinct piece of news; its text is that of its kept copy"),
        ("copy", "one URL at which an article was seen, with that page's own title and date"),
        (
            "dates",
            "as pages say, in the source's own zone; empty where a page says nothing that can be believed",
        ),
        ("credited_source", "the origin that the page itself names, whether or not it is crawled"),
        ("rights", "the articles belong to their authors and sources"),
        *((column.name, column.meaning) for column in columns_of("copies", signature=False)),
    ]


@contextlib.contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """All questions inside see one state of the archive, whatever a crawl writes meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
