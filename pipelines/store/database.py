"""The crawl store's file: a connection for each thread, and one for all that is wrong with it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import zstandard

from pipelines import database
from pipelines.errors import StorageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

KIND = database.Kind(
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
)


class Database:
    """One SQLite file with a connection for each thread that uses it; closed as a whole.

    Raises:
        ForeignArchiveError: the file is something else.
        NewerArchiveError: a newer parknews wrote it.
        StorageError: the disk is full or not writable, or the file is damaged (from any method).
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._local = threading.local()
        self._open: list[database.Database] = []
        self._lock = threading.Lock()
        if not self.path.exists() and not self.path.parent.is_dir():
            raise StorageError(f"{self.path.parent}: no such directory for the crawl store; create it")
        database.open_for_writing(self.path, KIND).close()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for opened in self._open:
                opened.close()
            self._open.clear()
            self._local = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def compressor(self) -> zstandard.ZstdCompressor:
        if not hasattr(self._local, "compressor"):
            self._local.compressor = zstandard.ZstdCompressor(level=3)
        compressor: zstandard.ZstdCompressor = self._local.compressor
        return compressor

    def decompressor(self) -> zstandard.ZstdDecompressor:
        if not hasattr(self._local, "decompressor"):
            self._local.decompressor = zstandard.ZstdDecompressor()
        decompressor: zstandard.ZstdDecompressor = self._local.decompressor
        return decompressor

    def connection(self) -> sqlite3.Connection:
        """This thread's own."""
        return self._opened().conn

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with database.storage_errors(self.path, KIND):
            yield self._opened().conn

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with database.storage_errors(self.path, KIND), self._opened().atomic() as connection:
            yield connection

    def _opened(self) -> database.Database:
        if not hasattr(self._local, "opened"):
            self._local.opened = database.connect(self.path, KIND, any_thread=True)
            with self._lock:
                self._open.append(self._local.opened)
        opened: database.Database = self._local.opened
        return opened
