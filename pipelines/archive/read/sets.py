"""What is kept in sets: articles by their numbers of today, each with its label and note.

In: a read-only connection. Out: sets and what they hold. Of an article that was removed its number is told.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

IN_SET = "SELECT article_id FROM sets WHERE {} = ?"
"""The articles of the sets, or with the label, of a name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An article in a set."""

    set_name: str
    article_id: int
    label: str
    note: str
    added_at: str
    """UTC."""
    title: str | None
    """None of one that is no more."""
    published_day: str | None
    source_name: str | None


def set_names(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every set, and how many articles it holds."""
    rows = connection.execute("SELECT set_name, count(DISTINCT article_id) FROM sets GROUP BY 1 ORDER BY 1")
    return [(row[0], row[1]) for row in rows]


def kept_in(connection: sqlite3.Connection, name: str) -> list[Kept]:
    """What a set holds, in the order in which it was put there."""
    return _kept(connection, "s.set_name = ?", name)


def sets_of(connection: sqlite3.Connection, article_id: int) -> list[Kept]:
    """The sets that an article is in."""
    return _kept(connection, "s.article_id = ?", article_id)


def _kept(connection: sqlite3.Connection, where: str, value: str | int) -> list[Kept]:
    rows = connection.execute(
        "SELECT s.set_name, s.article_id, iif(a.id IS NULL, '', s.label), iif(a.id IS NULL, '', s.note),"
        " s.added_at, a.title, a.published_day, a.source_name FROM sets s LEFT JOIN articles a"
        f" ON a.id = s.article_id WHERE {where} ORDER BY s.set_name, s.added_at, s.put_as",
        (value,),
    )
    return [Kept(*row) for row in rows]
