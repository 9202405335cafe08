"""What analysts keep: searches under a name, and articles in sets with labels and notes.

In: an archive's path and what is to be kept. Out: its rows, written at once.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from pipelines.archive.file import open_for_writing, storage_errors
from pipelines.archive.read.selection import understood
from pipelines.errors import ConfigurationError

_NAME = re.compile(r"[\w-]{1,60}")
LABEL_MAX, NOTE_MAX = 60, 4_000
"""Characters."""


def add_search(archive: Path, name: str, query: str, at: str) -> None:
    """Keeps a search; what the archive holds already counts as told. A name that is there gets the new query.

    Raises:
        ConfigurationError: the name is no word, or the query looks for nothing.
    """
    _check_name(name)
    if understood(query, folded=False).tree is None:
        raise ConfigurationError(f"{query[:80]!r}: looks for nothing; give a word, as 园区")
    with _written(archive) as connection:
        connection.execute(
            "INSERT INTO searches (name, query, added_at, told_id)"
            " VALUES (?, ?, ?, (SELECT coalesce(max(id), 0) FROM articles))"
            " ON CONFLICT (name) DO UPDATE SET query = excluded.query, told_id = excluded.told_id",
            (name, query, at),
        )


def remove_search(archive: Path, name: str) -> bool:
    """Whether there was one of this name."""
    with _written(archive) as connection:
        return connection.execute("DELETE FROM searches WHERE name = ?", (name,)).rowcount > 0


def note_told(archive: Path, told: Mapping[str, int]) -> None:
    """Notes up to which article each search was told."""
    with _written(archive) as connection:
        connection.executemany(
            "UPDATE searches SET told_id = ?2 WHERE name = ?1 AND told_id < ?2", list(told.items())
        )


def put_in_set(
    archive: Path,
    name: str,
    ids: Iterable[int],
    at: str,
    *,
    label: str | None = None,
    note: str | None = None,
) -> None:
    """Puts articles into a set; of those that are there label and note become these, None leaves them.

    Raises:
        ConfigurationError: the name is no word, or label or note is too long.
    """
    _check_name(name)
    for what, said, most in (("label", label, LABEL_MAX), ("note", note, NOTE_MAX)):
        if said is not None and len(said) > most:
            raise ConfigurationError(f"a {what} has {most:,} characters at most, not {len(said):,}")
    with _written(archive) as connection:
        for number in ids:
            row = connection.execute(
                "SELECT put_as FROM sets WHERE set_name = ? AND article_id = ? LIMIT 1", (name, number)
            ).fetchone()
            connection.execute(
                "INSERT INTO set_articles (set_name, article_id, label, note, added_at)"
                " VALUES (?1, ?2, coalesce(?3, ''), coalesce(?4, ''), ?5) ON CONFLICT (set_name, article_id)"
                " DO UPDATE SET label = coalesce(?3, label), note = coalesce(?4, note)",
                (name, row[0] if row else number, label, note, at),
            )


def take_from_set(archive: Path, name: str, ids: Iterable[int] | None = None) -> int:
    """Takes articles, or all of them, out of a set; how many were in it."""
    which = "" if ids is None else " AND article_id = ?"
    given = [(name,)] if ids is None else [(name, number) for number in ids]
    with _written(archive) as connection:
        sql = f"SELECT put_as FROM sets WHERE set_name = ?{which}"
        found = {row[0] for values in given for row in connection.execute(sql, values)}
        sql = "DELETE FROM set_articles WHERE set_name = ? AND article_id = ?"
        connection.executemany(sql, [(name, put_as) for put_as in found])
    return len(found)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name[:80]!r}: a name is letters, digits, _ and -, 60 at most")


@contextmanager
def _written(archive: Path) -> Iterator[sqlite3.Connection]:
    with (
        storage_errors(archive),
        closing(open_for_writing(archive, create=False)) as database,
        database.atomic(),
    ):
        yield database.conn
