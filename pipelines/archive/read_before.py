"""What the archive says of a page now, in the form in which it can be compared with a new reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.records import Said

if TYPE_CHECKING:
    import sqlite3


def said_before(connection: sqlite3.Connection, page_url: str) -> Said | None:
    """A page's stored reading; None where it has none."""
    row = connection.execute(
        "SELECT readings.id, title, text, published, author, credited_source, language FROM readings"
        " JOIN texts ON texts.id = readings.text_id WHERE page_url = ?",
        (page_url,),
    ).fetchone()
    if row is None:
        return None
    pieces = connection.execute(
        "SELECT kind || ': ' || text FROM stripped_pieces WHERE reading_id = ? ORDER BY position", (row[0],)
    ).fetchall()
    _, title, text, published, author, credited_source, language = row
    stripped = tuple(piece for (piece,) in pieces)
    return Said(title, text, published, author, credited_source, language, stripped)
