"""The crawl store's file, beside the archive: a connection for each thread that uses it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import zstandard

from pipelines import database
from pipelines.errors import StorageError


def _note_orders(connection: sqlite3.Connection, _: Sequence[str], is_new: bool) -> None:
    """A file made new holds nothing from before the orders that were given so far."""
    path = database.path_of(connection)
    ledger = path.with_name(f"{path.stem.removesuffix('-pages')}-removals.jsonl")
    if is_new and ledger.exists():
        length = ledger.read_bytes().count(b"\n")
        connection.execute("INSERT INTO orders_known VALUES (?)", (length,))


STORE = database.FileKind(
    application_id=0x706B6E63,  # pknc
    scripts=Path(__file__).with_name("migrations"),
    busy_ms=60_000,  # transactions take milliseconds, a file made anew by a removal longer
    no_database="not an SQLite file; name another archive with --db",
    foreign="an SQLite file, but not a parknews crawl store; name another archive with --db",
    advice=(
        (
            "malformed",
            "the crawl store is damaged ({error}); `parknews restore` a backup, or move the file away:"
            " articles stay, and the next crawl fetches pages again",
        ),
        (
            "",
            "cannot read or write the crawl store ({error}); free space, mend its permissions, or name"
            " another archive with --db",
        ),
    ),
    on_migrated=_note_orders,
)


class StoreFile:
    """One SQLite file, usable from any thread; closed as a whole.

    Raises:
        ForeignArchiveError: the file is something else.
        NewerArchiveError: a newer parknews wrote it.
        StorageError: the disk is full or not writable, or the file is damaged (from any method).
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        if not self.path.exists() and not self.path.parent.is_dir():
            raise StorageError(f"{self.path.parent}: no such directory for the crawl store; create it")
        database.open_file(self.path, STORE).close()
        self._opened: list[database.Database] = []
        self._own = _Own(self.path, self._opened)

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection."""
        with database.storage_errors(self.path, STORE):
            yield self._own.database.conn

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a question."""
        with self.reading() as connection:
            return connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[object] = ()) -> Any:
        """The first row of a question; None where there is none."""
        with self.reading() as connection:
            return connection.execute(sql, values).fetchone()

    def know_orders(self, length: int) -> None:
        """Notes how much of the ledger of removals was applied to this file."""
        if self.row("SELECT max(length) FROM orders_known")[0] != length:
            with self.writing() as connection:
                connection.execute("DELETE FROM orders_known")
                connection.execute("INSERT INTO orders_known VALUES (?)", (length,))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, in a transaction."""
        with database.storage_errors(self.path, STORE), self._own.database.atomic() as connection:
            yield connection

    def change(self, sql: str, values: Sequence[object] = ()) -> int:
        """One statement in a transaction of its own; how many rows it changed."""
        with self.writing() as connection:
            return connection.execute(sql, values).rowcount

    def change_each(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """The same statement for each of these values, in one transaction."""
        with self.writing() as connection:
            connection.executemany(sql, values)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is written within is seen within, and taken back at the end."""
        with suppress(_TakenBack), self.writing():
            yield
            raise _TakenBack

    def packed(self, body: bytes) -> bytes:
        """A body as the store keeps it."""
        return self._own.packer.compress(body)

    def unpacked(self, body: bytes) -> bytes:
        """A body as it came."""
        return self._own.unpacker.decompress(body)


class _TakenBack(Exception):  # noqa: N818  # no error
    """Ends a trial."""


class _Own(threading.local):
    """What each thread has for itself, made when it first asks."""

    def __init__(self, path: Path, opened: list[database.Database]) -> None:
        with database.storage_errors(path, STORE):
            self.database = database.connect(path, STORE, any_thread=True)
        opened.append(self.database)
        self.packer = zstandard.ZstdCompressor(level=3)
        self.unpacker = zstandard.ZstdDecompressor()
