"""The archive as a file that may be handed out: what a visitor of the browser may read, and nothing else.

In: a read-only connection, and where to write. Out: an SQLite file of plain tables and views: the
columns that the catalogue shows, rows that belong to what is shown, contacts in stripped text masked. No
salt, nobody who asked for a removal, no text that a removal holds back. Its search index needs no
program of ours: `sqlite-utils search` and Datasette's search box take words as people write them.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from pipelines.catalogue import Table, archive
from pipelines.errors import StorageError
from pipelines.export.rows import exported_row

_LONGEST = 4
"""Characters of the Chinese words that the index has from texts, wherever they stand: with four it takes 3.5
times the text's bytes, with six 6.8 (1,000 articles)."""
_LONGEST_IN_TITLES = 12
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+")
_OTHER = re.compile(r"[^\W_]+")


def share(connection: sqlite3.Connection, path: Path) -> dict[str, int]:
    """Writes the file; gives the rows of each table.

    Raises:
        StorageError: it cannot be written; no file of that name is left behind.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode = OFF")  # a file that fails is thrown away
            target.execute("BEGIN")
            connection.execute("BEGIN")
            counts = _copied(connection, target)
            connection.execute("ROLLBACK")
            target.execute("COMMIT")
        partial.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise StorageError(f"{path}: {error}; free some space or name another file") from error
    return counts


def shared_columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """The tables and views of such a file, with their columns."""
    return {name: list(_columns(connection, table)) for name, table in _tables(connection).items()}


def _tables(connection: sqlite3.Connection) -> Mapping[str, Table]:
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    return {name: table for name, table in archive().items() if name in there and table.page != "none"}


def _columns(connection: sqlite3.Connection, table: Table) -> dict[str, tuple[str, int]]:
    """Of each column that is shared its type, and its place in the key."""
    shown = table.seen("shown", "shown_with_copy", "masked")
    rows = connection.execute(f"PRAGMA table_xinfo({table.name})")
    return {row[1]: (row[2], row[5]) for row in rows if row[1] in shown}


def _copied(source: sqlite3.Connection, target: sqlite3.Connection) -> dict[str, int]:
    kinds = dict(source.execute("SELECT name, type FROM sqlite_schema"))
    counts = {}
    for name, table in _tables(source).items():
        if kinds[name] == "table":
            counts[name] = _copy(source, target, table)
    wanted = "SELECT type, sql FROM sqlite_schema WHERE type IN ('index', 'view') AND sql <> '' ORDER BY type"
    for kind, sql in source.execute(wanted):
        if kind == "index" or sql.split()[2] in _tables(source):
            with contextlib.suppress(sqlite3.OperationalError):  # it asks for what is not shared
                target.execute(sql)
    for name in _tables(source):
        if kinds[name] == "view":
            try:
                target.execute(f"SELECT * FROM {name} LIMIT 0")
            except sqlite3.OperationalError:
                target.execute(f"DROP VIEW IF EXISTS {name}")
    _index(target)
    return counts


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: Table) -> int:
    columns = _columns(source, table)
    masked = table.seen("masked")
    keys = sorted((place, name) for name, (_, place) in columns.items() if place)
    whole = len(keys) == sum(bool(row[5]) for row in source.execute(f"PRAGMA table_info({table.name})"))
    said = [f'"{name}" {kind}' for name, (kind, _) in columns.items()]
    said += [f"PRIMARY KEY ({', '.join(name for _, name in keys)})"] if keys and whole else []
    said += _references(source, table, columns)
    target.execute(f"CREATE TABLE {table.name} ({', '.join(said)})")
    listed = ", ".join(f'"{name}"' for name in columns)
    rows = source.execute(f"SELECT {listed} FROM main.{table.name} WHERE {table.rows or 1}")
    marks = ", ".join("?" * len(columns))
    places = [place for place, name in enumerate(columns) if name in masked]
    cursor = target.executemany(
        f"INSERT INTO {table.name} VALUES ({marks})", (exported_row(row, (), places) for row in rows)
    )
    return cursor.rowcount


def _references(source: sqlite3.Connection, table: Table, columns: Iterable[str]) -> list[str]:
    """The links between tables, by which Datasette shows what a number stands for."""
    shared = _tables(source)
    return [
        f"FOREIGN KEY ({row[3]}) REFERENCES {row[2]} ({row[4] or 'id'})"
        for row in source.execute(f"PRAGMA foreign_key_list({table.name})")
        if row[3] in columns and row[2] in shared
    ]


def _index(target: sqlite3.Connection) -> None:
    """Words as they are typed, each a token: what other programs search cannot be spelt out for them."""
    target.execute(
        "CREATE VIRTUAL TABLE articles_fts USING fts5 ("
        'title, text, content="articles", content_rowid="id", detail=column, tokenize="unicode61")'
    )
    _merge(target, automerge=0, crisismerge=64)
    rows = target.execute(
        "SELECT id, title, text, (SELECT coalesce(group_concat(name, ' '), '') FROM copies JOIN mentions"
        " USING (text_id) WHERE article_id = articles.id AND kept = 1 AND mentions.kind <> 'money'"
        " AND length(name) > ?) FROM articles",
        (_LONGEST,),
    )
    target.executemany(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
        (
            (
                number,
                " ".join({*_words(title, _LONGEST_IN_TITLES)}),
                " ".join({*_words(text, _LONGEST), *names.split()}),
            )
            for number, title, text, names in rows
        ),
    )
    target.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
    _merge(target, automerge=4, crisismerge=16)  # as FTS5 has it, for who adds to the file


def _merge(target: sqlite3.Connection, **how: int) -> None:
    """How many pieces of the index are made one, and when: 64 at once spare 1.3 of 4.8 ms an article."""
    insert = "INSERT INTO articles_fts (articles_fts, rank) VALUES (?, ?)"
    target.executemany(insert, how.items())


def _words(text: str, longest: int) -> Iterator[str]:
    """Words of other scripts, and every piece of Chinese of so many characters."""
    yield from _OTHER.findall(_CHINESE.sub(" ", text))
    for run in _CHINESE.findall(text):
        for length in range(1, longest + 1):
            for start in range(len(run) - length + 1):
                yield run[start : start + length]
