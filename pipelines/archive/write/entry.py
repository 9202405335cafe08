"""One article's row and its entry in the search index.

In: an article's number and values. Out: the row of `articles` and that of `articles_fts`, which say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.spelling import spell

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping


def insert_article(connection: sqlite3.Connection, values: Mapping[str, object]) -> int:
    """Writes a new article; returns its number."""
    cursor = connection.execute(
        f"INSERT INTO articles ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def update_article(connection: sqlite3.Connection, article_id: int, values: Mapping[str, object]) -> None:
    """Writes some columns of an article."""
    marks = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE articles SET {marks} WHERE id = ?", (*values.values(), article_id))


def shown_of(connection: sqlite3.Connection, article_id: int) -> tuple[str, str] | None:
    """The title and text that an article shows; None where there is none of this number."""
    row = connection.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else (row[0], row[1])


def index(
    connection: sqlite3.Connection, article_id: int, old: tuple[str, str] | None, new: tuple[str, str] | None
) -> None:
    """Replaces an article's entry in the search index; a contentless index must be told the old text."""
    if old is not None:
        connection.execute(
            "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (article_id, *map(spell, old)),
        )
    if new is not None:
        connection.execute(
            "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", (article_id, *map(spell, new))
        )
