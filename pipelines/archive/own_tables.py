"""Tables that somebody keeps in an archive for himself: known, told by name, and never in the way.

In: a connection. Out: the names of such tables, which columns refer to ours, and, for a connection that
writes, rows of ours that can go although a foreign key of such a table refers to them. No such table is ever
changed here.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines import catalogue


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of an own table that refers to one of ours."""

    table: str
    column: str
    ours: str
    our_column: str


def own_tables(connection: sqlite3.Connection) -> list[str]:
    """Tables that the catalogue does not have, SQLite's and sqlite-utils' own apart."""
    rows = connection.execute(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name <> '_sqlite_migrations' ORDER BY name"
    )
    return [row[0] for row in rows if row[0] not in catalogue.archive()]


def own_triggers(connection: sqlite3.Connection, *, silent: bool = False) -> list[str]:
    """Triggers on tables of ours that no script of ours made: they may keep rows, or copy them elsewhere.

    Args:
        connection: to the archive.
        silent: those alone that keep rows without a word.
    """
    scripts = (
        path.read_text(encoding="utf-8") for path in Path(__file__).with_name("migrations").glob("*.sql")
    )
    ours = {name for script in scripts for name in re.findall(r"CREATE TRIGGER (\w+)", script)}
    rows = connection.execute(
        "SELECT name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY name"
    )
    return [
        name
        for name, table, sql in rows
        if table in catalogue.archive() and name not in ours and (not silent or _SILENT.search(sql))
    ]


_SILENT = re.compile(r"raise\s*\(\s*ignore", re.IGNORECASE)


def quoted(name: str) -> str:
    """A table's or column's name in SQL, whatever signs it has."""
    return '"' + name.replace('"', '""') + '"'


def references(connection: sqlite3.Connection) -> list[Reference]:
    """What own tables refer to by foreign keys."""
    return [
        Reference(table, row[3], row[2], row[4] or "id")
        for table in own_tables(connection)
        for row in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,))
        if row[2] in catalogue.archive()
    ]


def let_rows_go(connection: sqlite3.Connection) -> None:
    """Where an own table has such a key, lets this connection delete what it refers to.

    SQLite can only keep all foreign keys or none. So it keeps none, and triggers of this connection delete
    what our own keys would (`ON DELETE CASCADE`); the own table's rows stay as they are.
    """
    if not references(connection):
        return
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in catalogue.archive():
        for row in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,)).fetchall():
            _, _, parent, column, parent_column, _, on_delete, _ = row
            if on_delete == "CASCADE":
                connection.execute(
                    f"CREATE TEMP TRIGGER own_{table}_{column} AFTER DELETE ON main.{parent} BEGIN"
                    f" DELETE FROM {table} WHERE {column} = OLD.{parent_column or 'id'}; END"
                )


def referring(connection: sqlite3.Connection, ids: Mapping[str, Iterable[int]]) -> dict[str, int]:
    """Own tables with rows that refer to these rows of ours (by our table), and how many."""

    def which(one: Reference) -> str:
        return f"IN (SELECT value FROM json_each('{json.dumps([*ids.get(one.ours, ())])}'))"

    return _counted(connection, which)


def dangling(connection: sqlite3.Connection) -> dict[str, int]:
    """Own tables with rows that refer to what is no more, and how many."""
    return _counted(connection, lambda one: f"NOT IN (SELECT {one.our_column} FROM {one.ours})")


def _counted(connection: sqlite3.Connection, which: Callable[[Reference], str]) -> dict[str, int]:
    """Own tables with rows that refer to something which is as `which` says in SQL, and how many."""
    found = Counter[str]()
    for one in references(connection):
        table, column = quoted(one.table), quoted(one.column)
        sql = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} {which(one)}"
        found[one.table] += connection.execute(sql).fetchone()[0]
    return dict(+found)
