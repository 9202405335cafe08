"""Making the archive's file forget, and proving that it did: index, log, rows, terms, values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.archive.kept_out.blocks import read_salt
from pipelines.catalogue import archive
from pipelines.forget.passages import Hasher, Seeker, unpacked
from pipelines.spelling import squeeze

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator


MERGE_PAGES = 500
"""Pages of the index merged in one transaction (2 MB), so that a crawl can write between."""


def merge_index(connection: sqlite3.Connection) -> None:
    """Makes the search index one segment, so that no deleted word stays in an old one; in short steps.

    FTS5 deletes by adding a note that a word is no more; only merging drops both.
    """
    pages = -MERGE_PAGES  # negative: all segments take part, as with 'optimize'
    while True:
        before = connection.total_changes
        connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (pages,))
        if connection.total_changes - before < 2:  # as the documentation of FTS5 has it: nothing was done
            return
        pages = MERGE_PAGES


def check_index(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the search index; empty where it holds exactly the articles' words.

    A byte search is blind to it: the index stores each character by itself. So its counts are compared,
    character by character, with those of the texts that are there.
    """
    connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
    [ghosts] = connection.execute(
        "SELECT count(*) FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles)"
    ).fetchone()
    troubles = [f"the search index has {ghosts} rows of articles that are no more"] if ghosts else []
    connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, articles_fts, row)")
    try:
        indexed = dict(connection.execute("SELECT term, cnt FROM temp.terms"))
    finally:
        connection.execute("DROP TABLE temp.terms")
    there = _characters(connection)
    odd = sum(
        1 for term, count in indexed.items() if _is_compared(term) and count != there.pop(term, 0)
    ) + sum(1 for term in there if _is_compared(term) and term not in indexed)
    if odd:
        troubles.append(f"the search index counts {odd} characters otherwise than the articles have them")
    return troubles


def rows_left(connection: sqlite3.Connection, is_blocked: Callable[[str], bool]) -> dict[str, int]:
    """Rows of any table that still have a removed address, by table; none where all is well.

    Columns that the catalogue does not know are looked at, too.
    """
    left = {}
    for table, columns in _address_columns(connection):
        number = 0
        for column in columns:
            number += sum(
                is_blocked(row[0])
                for row in connection.execute(f"SELECT {column} FROM {table} WHERE {column} LIKE 'http%'")
            )
        if number:
            left[table] = number
    return left


def seeker(connection: sqlite3.Connection, removal_id: int) -> Seeker:
    """What looks for the passages of a removal."""
    rows = connection.execute(
        "SELECT hashes FROM residue_hashes WHERE removal_id = ?", (removal_id,)
    ).fetchall()
    joined = b"".join(bytes(row[0]) for row in rows)
    return Seeker(Hasher(read_salt(connection)), unpacked(joined))


def values(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every text in the archive that may lawfully be there: whose it is, and the text.

    Of surviving pages and what is drawn from them, by source; of the record of removals. A removed passage
    anywhere else has no owner, and is residue.
    """
    for name, table in archive().items():
        if table.forgets == "record":
            yield from _texts(connection, "'the record of removals'", table.columns, name)
        elif table.owner:
            yield from _texts(
                connection, table.owner, (*table.words, *table.addresses, *table.sentences), name
            )
        if table.forgets == "reading" and "text_id" in table.columns:
            yield from _texts(connection, table.owner, ("text",), f"{name} JOIN texts ON texts.id = text_id")


def _texts(
    connection: sqlite3.Connection, owner: str, columns: Iterable[str], tables: str
) -> Iterator[tuple[str, str]]:
    if listed := ", ".join(columns):
        for whose, *values in connection.execute(f"SELECT {owner}, {listed} FROM {tables}"):
            for value in values:
                if value and isinstance(value, str):
                    yield whose, value


def _characters(connection: sqlite3.Connection) -> Counter[str]:
    counts: Counter[str] = Counter()
    for title, text in connection.execute("SELECT title, text FROM articles"):
        counts.update(squeeze(title))
        counts.update(squeeze(text))
    return counts


def _is_compared(term: str) -> bool:
    """Ideographs and ASCII: what the tokenizer leaves as it is."""
    return "\u4e00" <= term <= "\u9fff" or "a" <= term <= "z" or "0" <= term <= "9"


def _address_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """The columns of each table that hold an address of a page, or of which nothing is known."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in tables:
        known = archive().get(name)
        there = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
        found = [
            column
            for column in there
            if known is None or column in known.addresses or column not in known.columns
        ]
        if found:
            yield name, found
