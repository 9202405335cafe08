"""Opening an archive: one writer, many readers; migrations; whose file it is.

In: a path. Out: a sqlite-utils Database with everything set that SQLite leaves off, or a read-only
connection. Raises the errors of pipelines/errors.py and never repairs or deletes anything.

Copying several SQLite files as they are at one moment, while others write to them.

In: files and where their copies go. Out: the copies. No one may write for the instant in which each
copy's view of its file begins; after that writers go on.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.kept_out.ledger import refuse_behind
from pipelines.archive.rules import put_rules
from pipelines.errors import ConfigurationError, ForeignArchiveError, NewerArchiveError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlite_utils import Database, Migrations


APPLICATION_ID = 0x504B4E57
"""`PKNW`, in SQLite's header, so that a foreign file is known before it is touched."""

BUSY_TIMEOUT_MS = 30_000
"""A reader's long query or a backup may hold the file; half a minute outlasts either."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_SET = "parknews"
_NOT_SQLITE = "file is not a database"


def open_for_writing(path: Path, *, create: bool = True, replaying: bool = False) -> Database:
    """The archive at `path`, migrated to the present schema, made where it is missing.

    An archive behind its ledger of removals (an older state that was put back) is opened for `replaying`
    only.

    Raises:
        RefusedError: it is behind its ledger.
        StorageError: the folder or file cannot be written, or the file is corrupt.
        ConfigurationError: the file is missing.
        ForeignArchiveError: the file is not an archive of ours.
        NewerArchiveError: a newer parknews wrote it.
    """
    from pipelines.archive.exclusive import ExclusiveDatabase  # noqa: PLC0415  # its library loads pandas: 0.3 s

    if not path.exists() and not create:
        raise missing(path)
    _refuse_folder(path)
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        _refuse_foreign(connection, path)
        database = ExclusiveDatabase(connection)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _migrate(database, path)
        if not replaying:
            refuse_behind(connection, path)
    return database


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; rows are `sqlite3.Row`. An older archive is migrated first.

    Raises:
        RefusedError: the archive is behind its ledger of removals.
        StorageError: the file is unreadable or corrupt.
        ConfigurationError: it is missing.
        ForeignArchiveError: the file is not an archive of ours.
        NewerArchiveError: a newer parknews wrote it.
    """
    if not path.exists():
        raise missing(path)
    _refuse_folder(path)
    connection = _open_read_only(path)
    if _is_older(connection):
        connection.close()
        open_for_writing(path, create=False).close()
        connection = _open_read_only(path)
    return connection


def _open_read_only(path: Path) -> sqlite3.Connection:
    with storage_errors(path):
        connection = _connect_read_only(path)
        connection.row_factory = sqlite3.Row
        _refuse_foreign(connection, path)
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise ForeignArchiveError(f"{path}: an empty file, not an archive; name one with --db")
        _refuse_newer(connection, path)
        refuse_behind(connection, path)
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Reads a file in a folder that cannot be written too, where SQLite cannot make its -shm beside it."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000)
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


def missing(path: Path) -> ConfigurationError:
    """The error for an archive that is not there: a path that was meant otherwise."""
    what = "there is no archive here; name one with --db, or run `parknews crawl`"
    return ConfigurationError(f"{path}: {what}")


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's and the system's storage failures into one clear line about `path`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise storage_error(error, path) from error
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}; free some space or mend the rights"
        ) from error


def storage_error(error: sqlite3.DatabaseError, path: Path) -> Exception:
    """What a user can do about an SQLite failure; the error itself where it is our own mistake."""
    text = str(error)
    if _NOT_SQLITE in text:
        return ForeignArchiveError(f"{path}: not an SQLite file; name the archive with --db")
    for sign, advice in _ADVICE:
        if sign in text:
            return StorageError(f"{path}: {text}; {advice}")
    return error


_ADVICE = (
    ("disk is full", "free some space and run the same command again: nothing is lost"),
    ("readonly", "the file or its folder cannot be written: mend its rights"),
    ("unable to open", "the folder is missing or cannot be written"),
    ("disk I/O error", "the disk failed or is full; run the same command again once it is mended"),
    ("malformed", "the file is damaged: restore a backup"),
    ("locked", "another program has been writing to it for half a minute: end that one"),
)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise ForeignArchiveError(f"{path}: a folder, not an archive; name the file in it with --db")


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application_id != APPLICATION_ID and (tables or application_id):
        raise ForeignArchiveError(f"{path}: an SQLite file, but not a parknews archive; name one with --db")


def _migrations() -> Migrations:
    from sqlite_utils import Migrations  # noqa: PLC0415  # as above

    migrations = Migrations(_SET)
    for file in sorted(_MIGRATIONS.glob("[0-9]*.sql")):
        migrations(name=file.stem)(_script(file.read_text(encoding="utf-8")))
    return migrations


def _script(sql: str) -> Callable[[Database], None]:
    """A migration that runs each statement by itself: `executescript` would commit in between."""

    def apply(database: Database) -> None:
        statement = ""
        for line in sql.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                database.conn.execute(statement)
                statement = ""

    apply.__name__ = "apply"
    return apply


def _applied(connection: sqlite3.Connection) -> set[str]:
    table = "SELECT 1 FROM sqlite_schema WHERE name = '_sqlite_migrations'"
    if connection.execute(table).fetchone() is None:
        return set()
    sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"
    return {row[0] for row in connection.execute(sql, (_SET,))}


def _known() -> set[str]:
    return {file.stem for file in _MIGRATIONS.glob("[0-9]*.sql")}


def _is_older(connection: sqlite3.Connection) -> bool:
    return bool(_known() - _applied(connection))


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    newer = _applied(connection) - _known()
    if newer:
        raise NewerArchiveError(f"{path}: written by a newer parknews ({max(newer)}); install that version")


def _migrate(database: Database, path: Path) -> None:
    _refuse_newer(database.conn, path)
    migrations = _migrations()
    if not migrations.pending(database):
        return
    is_new = not _applied(database.conn)
    with database.atomic():
        database.conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        migrations.apply(database)
        database.conn.execute("INSERT OR IGNORE INTO meta VALUES ('salt', ?)", (secrets.token_hex(16),))
        if is_new:
            put_rules(database.conn)


_WAIT_S = 60


def copy_together(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Copies each first file to the second; raises sqlite3.Error and OSError as they come."""
    with ExitStack() as stack:

        def opened(path: Path) -> sqlite3.Connection:
            connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S)
            return stack.enter_context(closing(connection))

        holding = [opened(path) for path, _ in pairs]
        views = [opened(path) for path, _ in pairs]
        for connection in holding:
            connection.execute("BEGIN IMMEDIATE")
        for view in views:
            view.execute("BEGIN")
            view.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for connection in holding:
            connection.execute("ROLLBACK")
        for view, (_, target) in zip(views, pairs, strict=True):
            view.backup(opened(target))
