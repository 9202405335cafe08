"""Making the archive's file forget, and proving that it did: index, log, rows, terms, values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.archive.catalogue import ORDER, TABLES
from pipelines.archive.kept_out.blocks import read_salt
from pipelines.forget.passages import Hasher, Seeker, unpacked
from pipelines.spelling import squeeze

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator


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
    """Rows of any table that still have a removed address, by table; none where all is well."""
    left = {}
    for table, columns in _address_columns():
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
    for sql in _OWNED:
        for owner, *texts in connection.execute(sql):
            for text in texts:
                if text:
                    yield owner, text
    for table, (kind, columns) in TABLES.items():
        if kind == ORDER or table == "removal_requests":
            for row in connection.execute(f"SELECT {', '.join(columns.split())} FROM {table}"):
                for value in row:
                    if isinstance(value, str):
                        yield "the record of removals", value


def _characters(connection: sqlite3.Connection) -> Counter[str]:
    counts: Counter[str] = Counter()
    for title, text in connection.execute("SELECT title, text FROM articles"):
        counts.update(squeeze(title))
        counts.update(squeeze(text))
    if folded := counts.pop("ſ", 0):
        counts["s"] += folded  # as the tokenizer does
    return counts


def _is_compared(term: str) -> bool:
    """Ideographs and ASCII: what the tokenizer leaves as it is."""
    return "\u4e00" <= term <= "\u9fff" or "a" <= term <= "z" or "0" <= term <= "9"


def _address_columns() -> Iterator[tuple[str, list[str]]]:
    """The columns of each table that hold an address of a page."""
    for table, (kind, columns) in TABLES.items():
        found = [
            c for c in columns.split() if c in ("url", "page_url", "other_url", "url_answered", "claimed_url")
        ]
        if found and kind != ORDER:
            yield table, found


_OWNED = (
    "SELECT r.source, t.text FROM texts t JOIN readings r ON r.text_id = t.id",
    "SELECT r.source, v.title, t.text FROM versions v JOIN readings r ON r.id = v.reading_id"
    " JOIN texts t ON t.id = v.text_id",
    "SELECT source, title, page_url, url_answered, author, editor, credited_source, site_name, claimed_url"
    " FROM readings",
    "SELECT r.source, o.evidence FROM origins o JOIN readings r ON r.id = o.reading_id",
    "SELECT r.source, c.url FROM claims c JOIN readings r ON r.id = c.reading_id",
    "SELECT r.source, s.text FROM stripped_pieces s JOIN readings r ON r.id = s.reading_id",
    "SELECT source, title, url, author, credited_source FROM copies",
    "SELECT source, title, text, url, author, credited_source FROM articles",
    "SELECT source, url, reason FROM rejections",
    "SELECT coalesce(r.source, c.page_url), c.page_url, c.value, c.reason FROM corrections c"
    " LEFT JOIN readings r ON r.page_url = c.page_url",
    "SELECT c.source, d.place, d.kept_value, d.copy_value FROM differences d"
    " JOIN copies c ON c.id = d.copy_id",
    "SELECT url, url, other_url, reason FROM decisions",
    "SELECT url, url, reason FROM moves",
)
