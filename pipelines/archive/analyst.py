"""The figures an analyst asks first: all their SQL.

In: a read-only connection. Out: frozen rows, counts and what they leave out; nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def is_disputed(connection: sqlite3.Connection, article_id: int) -> bool:
    """Whether copies of the article differ in numbers or names."""
    row = connection.execute(
        "WITH own AS (SELECT t.node_id FROM copies c JOIN texts t ON t.id = c.text_id WHERE c.article_id = ?)"
        " SELECT 1 FROM pairs WHERE verdict = 'same' AND node_a IN own AND node_b IN own"
        " AND (numbers_differ > 0 OR names_differ > 0)",
        (article_id,),
    ).fetchone()
    return row is not None


def table_columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Every table and view of the archive with its columns."""
    rows = connection.execute(
        "SELECT s.name, c.name FROM sqlite_schema s, pragma_table_xinfo(s.name) c"
        " WHERE s.type IN ('table', 'view') ORDER BY s.name, c.cid"
    )
    columns: dict[str, list[str]] = {}
    for table, column in rows:
        columns.setdefault(table, []).append(column)
    return columns


def newest_day(connection: sqlite3.Connection) -> str | None:
    """The newest day of any article that is not in the future."""
    row = connection.execute(
        "SELECT max(published_day) FROM articles INDEXED BY articles_by_day"
        " WHERE published_day <= date('now', '+1 day')"
    ).fetchone()
    return None if row[0] is None else str(row[0])


def last_run(connection: sqlite3.Connection) -> sqlite3.Row | None:
    """The latest row of `runs`."""
    row: sqlite3.Row | None = connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    return row
