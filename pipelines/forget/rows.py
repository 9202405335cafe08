"""Rows of removed addresses and hosts in the tables of both files, found where the catalogue says they are.

In: a connection to the archive or the crawl store, and what is removed. Out: such rows, counted or deleted;
sentences that quote what is removed, emptied; and the texts that lawfully stay, with whose they are. A table
that the catalogue has is handled here without further code.
"""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines import catalogue
from pipelines.archive.kept_out.blocks import Matcher
from pipelines.archive.own_tables import quoted
from pipelines.catalogue import Table
from pipelines.store import CrawlStore
from pipelines.urls import authority_of

AT_ONCE = 500
"""Rows of the crawl store deleted in one transaction, so that a crawl can write between."""

EMPTIED = "(named what was removed)"

_QUOTES_ADDRESSES = (re.compile(r"https?://[!-~]+"), re.compile(r"https?://\S+"))
"""In a Chinese sentence an address ends where the ideographs begin, unless it has some of its own."""
_AROUND = "()[]{}<>,.;:!?'\"（）《》「」，。；：！？、"


def count_rows(
    connection: sqlite3.Connection, tables: Mapping[str, Table], removed: Matcher
) -> dict[str, int]:
    """How many rows would go with removed addresses and hosts, by their name in plans."""
    counts = {}
    for table in _by_address(tables):
        where = where_removed(connection, table.name, table.addresses, removed, table.hosts)
        [number] = connection.execute(f"SELECT count(*) FROM {table.name} WHERE {where}").fetchone()
        counts[table.counted] = int(number)
    return counts


def delete_from_archive(connection: sqlite3.Connection, removed: Matcher) -> dict[str, int]:
    """Deletes the archive's rows of removed addresses and hosts; returns how many, by name."""
    counts = {}
    for table in _by_address(catalogue.archive()):
        where = where_removed(connection, table.name, table.addresses, removed, table.hosts)
        counts[table.counted] = connection.execute(f"DELETE FROM {table.name} WHERE {where}").rowcount
    return counts


def delete_from_store(store: CrawlStore, removed: Matcher) -> dict[str, int]:
    """Deletes the crawl store's rows of removed addresses and hosts; returns how many, by name.

    A redirect or an error of a row that stays may quote an address that goes: it is emptied.
    """
    counts = {}
    for table in _by_address(catalogue.store()):
        with store.reading() as connection:
            where = where_removed(connection, table.name, table.addresses, removed, table.hosts)
            keys = connection.execute(f"SELECT {table.key} FROM {table.name} WHERE {where}").fetchall()
        delete_keys(store, table, [key for (key,) in keys])
        counts[table.counted] = len(keys)
    with store.writing() as connection:
        empty_sentences(connection, catalogue.store(), lambda said: names(said, removed), lambda *_: None)
    return counts


def delete_keys(store: CrawlStore, table: Table, keys: list[Any]) -> None:
    """Deletes rows of the crawl store, in short transactions."""
    for start in range(0, len(keys), AT_ONCE):
        some = [(key,) for key in keys[start : start + AT_ONCE]]
        with store.writing() as connection:
            connection.executemany(f"DELETE FROM {table.name} WHERE {table.key} = ?", some)


def rows_left(connection: sqlite3.Connection, removed: Matcher) -> dict[str, int]:
    """Rows of the archive that still have a removed address, by table; none where all is well.

    Columns and tables that the catalogue does not know are looked at, too.
    """
    left: dict[str, int] = {}
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        known = catalogue.archive().get(name)
        columns = [row[1] for row in _described(connection, name)]
        doubtful = [c for c in columns if not known or c in known.addresses or c not in known.columns]
        if doubtful:
            where = where_removed(connection, name, doubtful, removed)
            sql = f"SELECT count(*) FROM {quoted(name)} WHERE {where}"
            [number] = connection.execute(sql).fetchone()
            left |= {name: int(number)} if number else {}
    return left


def orphans(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows of the archive that belong to nothing any more, by what they are; none where all is well.

    Whoever deletes pages by hand leaves them, since the sqlite3 shell keeps no foreign keys by itself. SQLite
    looks at every row: 7 microseconds of CPU a copy (3,631 copies).
    """
    [texts] = connection.execute(f"SELECT count(*) FROM text_rows WHERE {_of_no_page('id')}").fetchone()
    left = {"texts that no page has": int(texts)}
    for name in catalogue.archive():
        left[f"{name} that belong to nothing"] = len(
            connection.execute(f"PRAGMA foreign_key_check({name})").fetchall()
        )
    return {name: number for name, number in left.items() if number}


def delete_orphans(connection: sqlite3.Connection) -> None:
    """Deletes the rows that should have gone with the row that they belong to."""
    for name in catalogue.archive():
        for _, _, parent, column, theirs, _, on_delete, _ in connection.execute(
            f"PRAGMA foreign_key_list({name})"
        ).fetchall():
            if on_delete == "CASCADE":
                connection.execute(
                    f"DELETE FROM {name} WHERE {column} NOT IN (SELECT {theirs} FROM {parent})"
                )


def where_removed(
    connection: sqlite3.Connection,
    table: str,
    addresses: Sequence[str],
    removed: Matcher,
    hosts: Sequence[str] = (),
) -> str:
    """Whether a row has a removed address or host in one of these columns, in SQL for this connection.

    How addresses begin and hosts are few and asked once; of hosts with nothing removed no row is looked at.
    """
    connection.create_function("removed_address", 1, lambda value: _is_at(value, removed))
    addresses = [*map(quoted, addresses)]
    begins = [f"substr({a}, 1, 8 + instr(substr({a}, 9), '/'))" for a in addresses]
    asked = [*begins, *map(quoted, hosts)]
    sql = f"SELECT DISTINCT {', '.join(asked)} FROM {quoted(table)} NOT INDEXED"
    rows = connection.execute(sql).fetchall()
    there = [set(values) for values in zip(*rows, strict=True)] if rows else [set[Any]() for _ in asked]
    parts = ["0"]
    for column, known in zip(asked[len(begins) :], there[len(begins) :], strict=True):
        held = (host for host in known if host and removed.blocks_host(_host(host)))
        parts.append(f"{column} IN {listed(held)}")
    for address, start, known in zip(addresses, begins, there[: len(begins)], strict=True):
        if near := [head for head in known if _may_hold(head, removed)]:
            parts.append(f"{start} IN {listed(near)} AND removed_address({address})")
    return " OR ".join(parts)


def having(connection: sqlite3.Connection, column: str, are_meant: Callable[[str], object]) -> str:
    """Which readings have words in a column that are meant, in SQL: the same words are asked once."""
    said = connection.execute(f"SELECT DISTINCT {column} FROM readings WHERE {column} <> ''")
    return f"{column} IN {listed(words for (words,) in said if are_meant(words))}"


def listed(values: Iterable[object]) -> str:
    """Words as a list in SQL."""
    said = json.dumps([*values]).replace("'", "''")
    return f"(SELECT value FROM json_each('{said}'))"


def empty_sentences(
    connection: sqlite3.Connection,
    tables: Mapping[str, Table],
    quotes: Callable[[str], bool],
    emptied: Callable[[str, str], str | None],
) -> int:
    """Empties the reasons of people and errors that quote what is removed; returns how many.

    Their rows stay, so that a correction holds on. A surviving page's own words are never touched here.

    Args:
        connection: inside the caller's transaction.
        tables: of that file.
        quotes: tells of a sentence.
        emptied: of a table's name and a sentence, what it says afterwards.
    """
    connection.create_function("quotes", 1, quotes)
    connection.create_function("emptied", 2, emptied)
    count = 0
    for table in tables.values():
        for column in table.sentences:
            change = f"UPDATE {table.name} SET {column} = emptied('{table.name}', {column})"
            count += connection.execute(f"{change} WHERE {column} <> '' AND quotes({column})").rowcount
    return count


def forget_names(connection: sqlite3.Connection, quotes: Callable[[str], bool]) -> int:
    """Drops kept searches that quote what is removed, and renames such sets; returns how many.

    An empty query would ask for everything, and a set goes by its name.
    """
    connection.create_function("quotes", 1, quotes)
    count = connection.execute("DELETE FROM searches WHERE quotes(name) OR quotes(query)").rowcount
    known = [name for (name,) in connection.execute("SELECT DISTINCT set_name FROM set_articles")]
    free = (name for number in itertools.count(1) if (name := f"{EMPTIED} {number}") not in known)
    renamed = list(zip(free, filter(quotes, known), strict=False))
    connection.executemany("UPDATE set_articles SET set_name = ? WHERE set_name = ?", renamed)
    return count + len(renamed)


def names(said: str, removed: Matcher) -> bool:
    """Whether a sentence holds a removed address."""
    parts = addresses_in(said)
    return any(_is_at(part, removed) or removed.blocks_host(_host(part)) for part in parts)


def addresses_in(said: str) -> set[str]:
    """What may be an address in a sentence, with and without the signs around it."""
    return {
        part
        for pattern in _QUOTES_ADDRESSES
        for address in pattern.findall(said)
        for part in (address, address.strip(_AROUND))
    }


def words_in_archive(connection: sqlite3.Connection) -> Iterator[tuple[str, str | bytes]]:
    """Every text in the archive that may lawfully be there: whose it is, and the text.

    Of surviving pages and what is drawn from them, by source; of the record of removals. A removed passage
    anywhere else has no owner, and is residue. Sources come first: what a file beside the archive holds of
    removed texts is mostly a name.
    """
    yield from words_in_record(connection)
    tables = catalogue.archive()
    for name, table in {"sources": tables["sources"], **tables}.items():
        if table.forgets == "record":
            continue
        if table.owner:
            words = (*table.words, *table.addresses, *table.sentences)
            yield from _words(connection, table.owner, words, name)
        if table.forgets == "reading" and "text_id" in table.columns:
            yield from _words(connection, table.owner, ("text",), f"{name} JOIN texts ON texts.id = text_id")


def words_in_record(connection: sqlite3.Connection) -> Iterator[tuple[str, str | bytes]]:
    """What people said in orders and requests, which may quote what was removed: whose, and the text."""
    for name, table in catalogue.archive().items():
        if table.forgets == "record":
            owner = table.owner or "'the record of removals'"
            yield from _words(connection, owner, table.columns, name)


def words_in_store(connection: sqlite3.Connection) -> Iterator[tuple[str, str | bytes]]:
    """Every text that lies uncompressed in the crawl store: whose it is, and the text."""
    for name, table in catalogue.store().items():
        owner = next(iter((*table.hosts, *table.addresses)), f"'{name}'")
        columns = [column for column in table.columns if (name, column) != ("pages", "body")]
        for whose, words in _words(connection, owner, columns, name):
            yield _host(whose), words


def words_of_nobody(
    connection: sqlite3.Connection, tables: Mapping[str, Table], *, is_store: bool = False
) -> Iterator[tuple[str, str | bytes]]:
    """Every text in a file that nobody is known to hold lawfully: its table, and the text.

    In tables and columns that the catalogue does not know and, in the archive, in those that it knows to hold
    no words; texts of no page. The search index is left to `check_index`.
    """
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    for (name,) in names:
        known = tables.get(name)
        if name.startswith(_INDEX):
            continue
        lawful: tuple[str, ...] = ()
        if known and (is_store or known.forgets == "record"):
            lawful = tuple(known.columns)
        elif known:
            lawful = (*known.words, *known.addresses, *known.sentences)
        described = _described(connection, name)
        order = next((f" ORDER BY {quoted(row[1])}" for row in described if row[5] == 1), "")  # as they lie
        unknown = [row[1] for row in described if known and row[1] not in known.columns]
        columns = [
            row[1]
            for row in described
            if row[1] not in (*lawful, *unknown) and not (known and row[2] in _NO_WORDS)
        ]
        if name == "unshown_texts":
            yield from _words(connection, f"'{name}'", ["text"], f"{name} WHERE {_of_no_page('text_id')}")
            columns = [column for column in columns if column != "text"]
        for whose, some in ((name, columns), *((f"{name}.{column}", [column]) for column in unknown)):
            literal = whose.replace("'", "''")
            long = " OR ".join(f"length(CAST({quoted(column)} AS BLOB)) >= 24" for column in some)
            yield from _words(
                connection, f"DISTINCT '{literal}'", some, f"{quoted(name)} WHERE {long}{order}"
            )


def _described(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """What SQLite says of each column of a table; nothing of one that needs a program that is not here.

    Such an index of somebody's own keeps its rows in tables beside it, which have columns.
    """
    try:
        return connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    except sqlite3.OperationalError:
        return []


_INDEX = "articles_fts"
_NO_WORDS = ("INTEGER", "REAL", "BLOB")
"""How columns are declared that hold numbers and hashes."""


def _of_no_page(column: str) -> str:
    return " AND ".join(
        f"{column} NOT IN (SELECT text_id FROM {table})" for table in ("readings", "versions", "copies")
    )


def _by_address(tables: Mapping[str, Table]) -> list[Table]:
    return [table for table in tables.values() if table.forgets == "address"]


def _may_hold(head: object, removed: Matcher) -> bool:
    """Whether something may be removed of what begins so: a scheme and a host, or less where none ends."""
    if not isinstance(head, str) or not head.startswith("http"):
        return False
    try:
        host = authority_of(head)
    except ValueError:  # it begins like an address and is none
        return False
    return not head.endswith("/") or removed.blocks_host(host) or removed.has_pages_on(host)


def _is_at(value: object, removed: Matcher) -> bool:
    """Whether a value is a removed address."""
    try:
        return isinstance(value, str) and value.startswith("http") and removed.blocks(value)
    except ValueError:  # it begins like an address and is none
        return False


def _words(
    connection: sqlite3.Connection, owner: str, columns: Iterable[str], tables: str
) -> Iterator[tuple[str, str | bytes]]:
    """The words in these columns of every row: whose they are, and each of them."""
    if named := ", ".join(map(quoted, columns)):
        for whose, *values in connection.execute(f"SELECT {owner}, {named} FROM {tables}"):
            for value in values:
                if value and isinstance(value, str | bytes):
                    yield str(whose), value


def _host(value: str) -> str:
    """The host of a source or of scheme://host."""
    return value.partition("://")[2].partition("/")[0] if "://" in value else value
