"""The crawl store's file: opening it safely, its migrations, a connection for each thread."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Self

import zstandard

from pipelines.errors import ForeignArchiveError, NewerArchiveError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION_ID = 0x706B6E63  # "pknc"
_BUSY_S = 60.0
"""How long a thread waits for another's transaction; these take milliseconds."""


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
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._prepare()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._open:
                connection.close()
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
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            with self._lock:
                self._open.append(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")  # a removal finds nothing left in free pages
            self._local.connection = connection
        opened: sqlite3.Connection = self._local.connection
        return opened

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            yield self.connection()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            db = self.connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{self.path}: cannot read or write the crawl store ({error});"
                " free space, mend its permissions, or name another archive with --db"
            ) from error

    def _refuse_foreign(self) -> None:
        try:
            with self._errors():
                db = self.connection()
                application_id = db.execute("PRAGMA application_id").fetchone()[0]
                version = db.execute("PRAGMA user_version").fetchone()[0]
                tables = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        except StorageError as error:
            if isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            if "not a database" not in str(error):
                raise StorageError(
                    f"{self.path}: the crawl store is damaged ({error.__cause__}); `parknews restore` a"
                    " backup, or move the file away: articles stay, and the next crawl fetches pages again"
                ) from error
            raise ForeignArchiveError(
                f"{self.path}: not an SQLite file; name another archive with --db"
            ) from error
        if application_id != APPLICATION_ID and tables:
            raise ForeignArchiveError(
                f"{self.path}: an SQLite file, but not a parknews crawl store; name another archive with --db"
            )
        newest = _migrations()[-1][0]
        if application_id == APPLICATION_ID and version > newest:
            raise NewerArchiveError(
                f"{self.path}: written by a newer parknews (schema {version}, this one knows"
                f" {newest}); install that version"
            )

    def _prepare(self) -> None:
        if self.path.exists() and self.path.stat().st_size > 0:
            self._refuse_foreign()
        elif not self.path.parent.is_dir():
            raise StorageError(f"{self.path.parent}: no such directory for the crawl store; create it")
        with self._errors():
            self.connection().execute("PRAGMA journal_mode = WAL")
        with self.writing() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            for number, script in _migrations():
                if number > version:
                    for statement in script.split(";\n"):
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {number}")
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _migrations() -> list[tuple[int, str]]:
    """The numbered scripts, in their order; never edited after a release."""
    folder = files("pipelines.store") / "migrations"
    scripts = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda e: e.name
    )
    return [(int(script.name[:4]), script.read_text(encoding="utf-8")) for script in scripts]
