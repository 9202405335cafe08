"""Searches that are kept under a name: written here, so that their feeds and messages know what was told."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from pipelines.archive.file import open_for_writing, storage_errors
from pipelines.archive.read.selection import understood
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NAME = re.compile(r"[\w-]{1,60}")


def add_search(archive: Path, name: str, query: str, at: str) -> None:
    """Keeps a search; what the archive holds already counts as told. A name that is there gets the new query.

    Raises:
        ConfigurationError: the name is no word, or the query looks for nothing.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name[:80]!r}: a name is letters, digits, _ and -, 60 at most")
    if understood(query, folded=False).tree is None:
        raise ConfigurationError(f"{query[:80]!r}: looks for nothing; give a word, as 园区")
    with (
        storage_errors(archive),
        closing(open_for_writing(archive, create=False)) as database,
        database.atomic(),
    ):
        database.conn.execute(
            "INSERT INTO searches (name, query, added_at, told_id)"
            " VALUES (?, ?, ?, (SELECT coalesce(max(id), 0) FROM articles))"
            " ON CONFLICT (name) DO UPDATE SET query = excluded.query, told_id = excluded.told_id",
            (name, query, at),
        )


def remove_search(archive: Path, name: str) -> bool:
    """Whether there was one of this name."""
    with (
        storage_errors(archive),
        closing(open_for_writing(archive, create=False)) as database,
        database.atomic(),
    ):
        return database.conn.execute("DELETE FROM searches WHERE name = ?", (name,)).rowcount > 0


def note_told(archive: Path, told: Mapping[str, int]) -> None:
    """Notes up to which article each search was told."""
    with (
        storage_errors(archive),
        closing(open_for_writing(archive, create=False)) as database,
        database.atomic(),
    ):
        database.conn.executemany(
            "UPDATE searches SET told_id = ?2 WHERE name = ?1 AND told_id < ?2", list(told.items())
        )


@contextmanager
def _written(archive: Path) -> Iterator[sqlite3.Connection]:
    with (
        storage_errors(archive),
        closing(open_for_writing(archive, create=False)) as database,
        database.atomic(),
    ):
        yield database.conn
