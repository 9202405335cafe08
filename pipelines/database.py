"""Opening our SQLite files, the archive and the crawl store: whose a file is, its schema, its transactions.

In: a path, and which of our files is meant (a `FileKind`). Out: a Database with everything set that SQLite
leaves off and the present schema, or a read-only connection. Raises the errors of pipelines/errors.py and
never repairs or deletes anything.

A schema is a folder of numbered scripts (`0001_archive.sql`), never edited after a release. What a file lacks
of them is applied in one transaction; the last one's number stands in the file (`user_version`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import ForeignArchiveError, NewerArchiveError, StorageError


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file of ours."""

    application_id: int
    """In SQLite's header, so that a foreign file is known before it is touched."""
    scripts: Path
    """The folder of its migrations."""
    busy_ms: int
    """How long a connection waits for another's transaction."""
    no_database: str
    """What is said of a file that SQLite cannot read."""
    foreign: str
    """What is said of another program's file."""
    advice: tuple[tuple[str, str], ...]
    """What SQLite says when something fails, and what is said of it: `{error}` is SQLite's own words. What
    matches nothing is our own mistake."""
    is_recorded: bool = False
    """Whether it has a list of its scripts (sqlite-utils' record) besides the number in its header."""
    on_migrated: Callable[[sqlite3.Connection, Sequence[str], bool], None] = lambda _, __, ___: None
    """What else a file needs that now has these scripts (True: it is new), in the same transaction."""
    before_commit: Callable[[sqlite3.Connection], None] = lambda _: None
    """What each transaction does last."""


class Database:
    """One connection that may write."""

    def __init__(
        self, conn: sqlite3.Connection, before_commit: Callable[[sqlite3.Connection], None] = lambda _: None
    ) -> None:
        self.conn = conn
        self._before_commit = before_commit

    @contextmanager
    def atomic(self) -> Iterator[sqlite3.Connection]:
        """A transaction; a part of it that can be undone by itself inside one.

        It takes the right to write when it begins, and waits its turn for that. One that read first and wrote
        later would fail at once where another wrote in between, however long it would wait
        (SQLITE_BUSY_SNAPSHOT): a crawl and a removal write to one archive.
        """
        inside = self.conn.in_transaction
        self.conn.execute("SAVEPOINT part" if inside else "BEGIN IMMEDIATE")
        try:
            yield self.conn
            if not inside:
                self._before_commit(self.conn)
            self.conn.execute("RELEASE part" if inside else "COMMIT")
        except BaseException:
            if self.conn.in_transaction:  # the error itself may have ended it
                self.conn.execute("ROLLBACK TO part" if inside else "ROLLBACK")
            raise

    def close(self) -> None:
        """Closes the file; the last connection folds the write-ahead log into it."""
        self.conn.close()


def store_path(archive_path: Path | str) -> Path:
    """Where an archive's raw pages and frontier live: archive.db -> archive-pages.db beside it."""
    archive = Path(archive_path)
    return archive.with_name(f"{archive.stem}-pages{archive.suffix or '.db'}")


def path_of(connection: sqlite3.Connection) -> Path:
    """The file that a connection has open; `.` for one in memory."""
    return next(Path(row[2]) for row in connection.execute("PRAGMA database_list") if row[1] == "main")


def open_file(path: Path, kind: FileKind) -> Database:
    """The file at `path`, migrated to the present schema, made where it is missing.

    Raises:
        StorageError: it cannot be written, or is damaged.
        ForeignArchiveError: it is not one of ours.
        NewerArchiveError: a newer parknews wrote it.
    """
    with storage_errors(path, kind):
        database = connect(path, kind)
        try:
            _refuse_foreign(database.conn, path, kind)
            _refuse_newer(database.conn, path, kind)
            lacks_scripts = is_older(database.conn, kind)
            if _is_dumped(database.conn, kind):
                database.conn.execute(f"PRAGMA application_id = {kind.application_id}")
                database.conn.execute(f"PRAGMA user_version = {_version(database.conn)[0]}")
            if lacks_scripts:  # first, so that a new file which a kill leaves empty is known as ours
                database.conn.execute(f"PRAGMA application_id = {kind.application_id}")
            database.conn.execute("PRAGMA journal_mode = WAL")
            if lacks_scripts:
                _migrate(database, kind)
        except BaseException:
            database.close()
            raise
    return database


def connect(path: Path, kind: FileKind, *, any_thread: bool = False) -> Database:
    """A connection to a file that has been opened for writing before; raises sqlite3.Error."""
    connection = sqlite3.connect(
        path, timeout=kind.busy_ms / 1000, isolation_level=None, check_same_thread=not any_thread
    )
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a removal finds nothing left in free pages
    return Database(connection, kind.before_commit)


def open_read_only(path: Path, kind: FileKind) -> sqlite3.Connection:
    """A connection that cannot write; rows are `sqlite3.Row`. The schema is as old as the file.

    Raises:
        StorageError: the file is unreadable or damaged.
        ForeignArchiveError: it is not one of ours.
        NewerArchiveError: a newer parknews wrote it.
    """
    with storage_errors(path, kind):
        connection = _connect_read_only(path, kind)
        connection.row_factory = sqlite3.Row
        _refuse_foreign(connection, path, kind)
        _refuse_newer(connection, path, kind)
    return connection


def is_older(connection: sqlite3.Connection, kind: FileKind) -> bool:
    """Whether a file lacks scripts of the present schema."""
    return _version(connection)[0] < _scripts(kind)[-1][0]


@contextmanager
def storage_errors(path: Path, kind: FileKind) -> Iterator[None]:
    """Turns SQLite's and the system's storage failures into one clear line about `path`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise storage_error(error, path, kind) from error
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}; free some space or mend the rights"
        ) from error


def storage_error(error: sqlite3.DatabaseError, path: Path, kind: FileKind) -> Exception:
    """What a user can do about an SQLite failure; the error itself where it is our own mistake."""
    if "file is not a database" in str(error):
        return ForeignArchiveError(f"{path}: {kind.no_database}")
    for sign, says in kind.advice:
        if sign in str(error):
            return StorageError(f"{path}: {says.format(error=error)}")
    return error


def _connect_read_only(path: Path, kind: FileKind) -> sqlite3.Connection:
    """Reads a file in a folder that cannot be written too, where SQLite cannot make its -shm beside it."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=kind.busy_ms / 1000)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if os.access(path.parent, os.W_OK) or not os.access(path, os.R_OK):
            raise
        if log.exists() and log.stat().st_size:  # somebody is writing: the file alone is not all there is
            raise
        connection.close()
        connection = sqlite3.connect(f"{uri}&immutable=1", uri=True)
    return connection


def _refuse_foreign(connection: sqlite3.Connection, path: Path, kind: FileKind) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    is_ours = application_id == kind.application_id or _is_dumped(connection, kind)
    if not is_ours and (tables or application_id):
        raise ForeignArchiveError(f"{path}: {kind.foreign}")


def _is_dumped(connection: sqlite3.Connection, kind: FileKind) -> bool:
    """Whether a file was made from a `.dump` of one of ours: that leaves out what stands in the header."""
    [application_id] = connection.execute("PRAGMA application_id").fetchone()
    return kind.is_recorded and not application_id and bool(_version(connection)[1])


def _refuse_newer(connection: sqlite3.Connection, path: Path, kind: FileKind) -> None:
    version, called = _version(connection)
    newest = _scripts(kind)[-1][0]
    if version > newest:
        called = called or f"schema {version}, this one knows {newest}"
        raise NewerArchiveError(f"{path}: written by a newer parknews ({called}); install that version")


def _version(connection: sqlite3.Connection) -> tuple[int, str]:
    """The number of the last script that a file has; its name where an archive's list of them says it."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = '_sqlite_migrations'").fetchone():
        names = "SELECT max(name) FROM _sqlite_migrations WHERE migration_set = 'parknews'"
        [name] = connection.execute(names).fetchone()
        if name and int(name[:4]) > version:
            return int(name[:4]), name
    return version, ""


def _scripts(kind: FileKind) -> list[tuple[int, Path]]:
    """The numbered scripts, in their order."""
    return [(int(path.name[:4]), path) for path in sorted(kind.scripts.glob("[0-9]*.sql"))]


def _migrate(database: Database, kind: FileKind) -> None:
    with database.atomic() as connection:
        version, _ = _version(connection)  # another process may have been faster
        for number, path in _scripts(kind):
            if number > version:
                for statement in _statements(path.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
        kind.on_migrated(connection, [path.stem for _, path in _scripts(kind)], version == 0)


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
