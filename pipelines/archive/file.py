"""Opening an archive: one writer, many readers; copies of several files as they are at one moment.

In: a path. Out: a Database, or a read-only connection. What is said of a file that cannot be opened, and what
an archive needs beside its schema, stands here; how files are opened, in pipelines/database.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from hashlib import blake2b
from pathlib import Path

from pipelines import database
from pipelines.archive.kept_out.agreement import refuse_disagreement
from pipelines.archive.kept_out.rekeyed import erase_rest, rekey
from pipelines.archive.own_tables import let_rows_go
from pipelines.archive.rules import put_rules
from pipelines.archive.searched import fill
from pipelines.archive.tallies import count_changed
from pipelines.errors import ConfigurationError, ForeignArchiveError

BUSY_TIMEOUT_MS = 30_000
"""A reader's long query or a backup may hold the file; half a minute outlasts either."""


def _complete(connection: sqlite3.Connection, scripts: Sequence[str], is_new: bool) -> None:
    """The rules of a new archive, the key of an old one; its scripts in sqlite-utils' record of them."""
    if is_new:
        put_rules(connection)
    elif connection.execute("SELECT 1 FROM articles_fts_docsize").fetchone() is None:
        fill(connection)  # a script made the index anew
    rekey(connection, database.path_of(connection))
    from sqlite_utils import Database, Migrations  # noqa: PLC0415  # it loads pandas, .3 s: for new schemas only

    record = Migrations("parknews")
    for script in scripts:
        record(name=script)(lambda _: None)  # its statements ran in this transaction
    record.apply(Database(connection))


ARCHIVE = database.FileKind(
    application_id=0x504B4E57,  # PKNW
    scripts=Path(__file__).with_name("migrations"),
    busy_ms=BUSY_TIMEOUT_MS,
    no_database="not an SQLite file; name the archive with --db",
    foreign="an SQLite file, but not a parknews archive; name one with --db",
    advice=(
        ("disk is full", "{error}; free some space and run the same command again: nothing is lost"),
        ("readonly", "{error}; the file or its folder cannot be written: mend its rights"),
        ("unable to open", "{error}; the folder is missing or cannot be written"),
        ("disk I/O", "{error}; the disk failed or is full; run the same command again once it is mended"),
        ("malformed", "{error}; the file is damaged: restore a backup"),
        ("locked", "{error}; another program has been writing to it for half a minute: end that one"),
    ),
    is_recorded=True,
    on_migrated=_complete,
    before_commit=count_changed,
)


def open_for_writing(path: Path, *, create: bool = True, replaying: bool = False) -> database.Database:
    """The archive at `path`, migrated to the present schema, made where it is missing.

    An archive behind its ledger of removals (an older state that was put back), or whose crawl store is, is
    opened for `replaying` only.

    Raises:
        RefusedError: archive, crawl store, ledger and key do not belong to one state (kept_out/agreement.py).
        StorageError: the folder or file cannot be written, or the file is corrupt.
        ConfigurationError: the file is missing.
        ForeignArchiveError: the file is not an archive of ours.
        NewerArchiveError: a newer parknews wrote it.
    """
    if not path.exists() and not create:
        raise missing(path)
    _refuse_folder(path)
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = database.open_file(path, ARCHIVE)
        try:
            erase_rest(opened.conn)
            let_rows_go(opened.conn)
            refuse_disagreement(opened.conn, path, writing=True, replaying=replaying)
        except BaseException:
            opened.close()
            raise
    return opened


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; rows are `sqlite3.Row`.

    An older archive is migrated first, and one whose making was interrupted is completed.

    Raises:
        RefusedError: archive, crawl store, ledger and key do not belong to one state (kept_out/agreement.py).
        StorageError: the file is unreadable or corrupt.
        ConfigurationError: it is missing.
        ForeignArchiveError: the file is not an archive of ours.
        NewerArchiveError: a newer parknews wrote it.
    """
    if not path.exists():
        raise missing(path)
    _refuse_folder(path)
    connection = database.open_read_only(path, ARCHIVE)
    with storage_errors(path):
        [application_id] = connection.execute("PRAGMA application_id").fetchone()
        [is_empty] = connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()
        if application_id != ARCHIVE.application_id and is_empty:
            raise ForeignArchiveError(
                f"{path}: an empty file, not an archive; name one with --db, or delete it"
            )
        if database.is_older(connection, ARCHIVE):
            connection.close()
            open_for_writing(path, create=False).close()
            connection = database.open_read_only(path, ARCHIVE)
        try:
            refuse_disagreement(connection, path, writing=False)
        except BaseException:
            connection.close()
            raise
    connection.create_function("drawn", 2, _drawn, deterministic=True)
    return connection


@contextmanager
def reader(path: Path) -> Iterator[sqlite3.Connection]:
    """A `read_only` connection, closed at the end."""
    with closing(read_only(path)) as connection:
        yield connection


def _drawn(number: int, seed: int) -> int:
    """Where an article stands in the order of a seed: the first of it are a sample.

    A number's place depends on nothing else, so that a sample stays as it is while the archive grows, but for
    new articles that come before some of it (bottom-k sampling, Cohen and Kaplan 2007).
    """
    return int.from_bytes(blake2b(f"{seed}:{number}".encode(), digest_size=7).digest(), "big")


def missing(path: Path) -> ConfigurationError:
    """The error for an archive that is not there: a path that was meant otherwise."""
    what = "there is no archive here; name one with --db, or run `parknews crawl`"
    return ConfigurationError(f"{path}: {what}")


def storage_errors(path: Path) -> AbstractContextManager[None]:
    """Turns SQLite's and the system's storage failures into one clear line about `path`."""
    return database.storage_errors(path, ARCHIVE)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise ForeignArchiveError(f"{path}: a folder, not an archive; name the file in it with --db")


_WAIT_S = 60


def copy_together(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Copies each first file to the second; raises sqlite3.Error and OSError as they come.

    No one may write for the instant in which each copy's view of its file begins; after that writers go on.
    """
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
