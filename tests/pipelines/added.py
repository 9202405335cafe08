"""An archive whose every table has a column more than the catalogue knows of, and that has a table more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

COLUMN, TABLE = "added", "added_table"
_FIXED = ("articles_fts", "sqlite_")
"""How tables begin to which SQLite adds nothing: virtual ones, and its own."""


def add_everywhere(path: Path, word: Callable[[str], str]) -> list[str]:
    """Adds the column to every table, the table, and a view of each; fills them with the table's word."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        tables = [name for name in tables_of(connection) if not name.startswith(_FIXED)]
        connection.execute(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY)")
        for table in [*tables, TABLE]:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {COLUMN} TEXT")
            is_empty = connection.execute(f"SELECT 1 FROM {table}").fetchone() is None
            if is_empty or table == "removal_events":  # whose rows cannot be changed
                _put_row(connection, table, word(table))
            else:
                connection.execute(f"UPDATE {table} SET {COLUMN} = ?", (word(table),))
            connection.execute(f"CREATE VIEW {COLUMN}_{table} AS SELECT * FROM {table}")
    return [*tables, TABLE]


def tables_of(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [row[0] for row in rows]


def _put_row(connection: sqlite3.Connection, table: str, word: str) -> None:
    kinds = {"INTEGER": 9999, "REAL": 0.5, "TEXT": "x", "BLOB": b"x"}
    *others, _ = connection.execute(f"PRAGMA table_info({table})")
    values = [*(kinds[row[2]] for row in others), word]
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
