"""The files of an archive, open for a removal: the archive and its crawl store, and one removal at a time.

In: an archive's path. Out: both files open, and transactions that take the right to write when they begin.
No lock of a crawl is needed: a crawl may go on meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.archive.file import open_for_writing, storage_errors
from pipelines.archive.own_tables import own_triggers
from pipelines.archive.write.join_index import SqliteJoinIndex
from pipelines.database import Database
from pipelines.errors import LockedError, RefusedError, StorageError
from pipelines.join import Joiner
from pipelines.store import CrawlStore, store_path


class _TakenBackError(Exception):
    """Ends a transaction of which nothing is to stay."""


@dataclass(frozen=True, slots=True)
class Files:
    """An archive and its crawl store, open for a removal."""

    path: Path
    """The archive's."""
    store: CrawlStore
    joiner: Joiner
    """What joins texts in the archive, and forgets them."""
    database: Database

    @property
    def archive(self) -> sqlite3.Connection:
        """The archive's connection, for reading between transactions."""
        return self.database.conn

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction of the archive: all of it is done, or nothing.

        Raises:
            StorageError: the disk is full or fails; what was done before stays.
            RefusedError: a trigger that somebody keeps in the archive does not let it happen.
        """
        try:
            with storage_errors(self.path), self.database.atomic() as connection:
                yield connection
        except (sqlite3.DatabaseError, StorageError) as error:
            cause = error if isinstance(error, sqlite3.DatabaseError) else error.__cause__
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _OF_TRIGGERS:  # with what the code says more
                self.refuse_triggers(str(cause))
            raise

    @contextmanager
    def rehearsal(self) -> Iterator[sqlite3.Connection]:
        """A transaction of which nothing stays.

        A savepoint's end would bring back in memory all that it changed: 270 MB for 13,000 pages.
        """
        with suppress(_TakenBackError), self.transaction() as connection:
            yield connection
            raise _TakenBackError

    def refuse_triggers(self, why: str, *, silent: bool = False) -> None:
        """Raises RefusedError where somebody keeps triggers of his own (`silent` ones) on tables of ours."""
        if triggers := own_triggers(self.archive, silent=silent):
            raise RefusedError(
                f"{self.path}: {why}: your own triggers run with what is deleted ({', '.join(triggers)});"
                " drop them and run the same command again"
            )


_OF_TRIGGERS = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR)
"""A trigger refused, kept what other rows forbid, or names what is not here."""


@contextmanager
def opened(archive_path: Path, *, replaying: bool = False) -> Iterator[Files]:
    """The files of an archive; raises what `pipelines.archive.file.open_for_writing` raises."""
    with (
        closing(open_for_writing(archive_path, create=False, replaying=replaying)) as database,
        CrawlStore(store_path(archive_path)) as store,
    ):
        yield Files(archive_path, store, Joiner(SqliteJoinIndex(database.conn)), database)


@contextmanager
def alone(archive_path: Path) -> Iterator[None]:
    """One removal at a time; the system lets go of the lock when the process ends, however it ends.

    Raises:
        LockedError: another removal is under way.
        StorageError: the lock's file cannot be written.
    """
    lock = FileLock(archive_path.with_name(archive_path.name + ".removal.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(f"{archive_path}: another removal is under way; wait until it has ended") from error
    except OSError as error:
        raise StorageError(
            f"{lock.lock_file}: {error.strerror or error}; mend the folder's rights"
        ) from error
    try:
        yield
    finally:
        lock.release()
