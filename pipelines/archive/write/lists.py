"""Lists that a comparison tells: readings that were written in, rows of `listed` out.

A reading is a list where its text stands on pages of its source to which it leads
(pipelines/standing/lists.py). That follows from the readings that are there, whatever order they came in:
what leads to a page is judged again when that page is read. A list has no copy, its text takes part in no
join, and its rejection says why.
"""

from __future__ import annotations

import sqlite3

from pipelines.archive.write.facts import Changes
from pipelines.sign import sign
from pipelines.standing.lists import Led, is_list_of

REASON = "list page: its text stands on the pages that it leads to"
_NAMES_ARTICLES = ("feed", "news sitemap")


def settle_lists(connection: sqlite3.Connection, changes: Changes, at: str) -> None:
    """Lists that leave the archive, or come back, with what was read; `changes` gets what follows from it."""
    for reading_id in sorted(_to_judge(connection, changes.read)):
        is_list = _is_list(connection, reading_id)
        was_list = connection.execute("SELECT 1 FROM listed WHERE reading_id = ?", (reading_id,)).fetchone()
        if is_list:
            _leave(connection, reading_id, changes, at)
        elif was_list:
            _come_back(connection, reading_id, changes)


def _to_judge(connection: sqlite3.Connection, read: set[int]) -> set[int]:
    """What was read, and what leads to it, as far as it leads anywhere."""
    found = set[int]()
    for reading_id in read:
        found.update(
            row[0]
            for row in connection.execute(
                "SELECT s.reading_id FROM shown_pages s JOIN readings r ON r.address = s.address"
                " WHERE r.id = ?1 UNION SELECT reading_id FROM shown_pages WHERE reading_id = ?1",
                (reading_id,),
            )
        )
        found.update(
            row[0]
            for row in connection.execute("SELECT reading_id FROM listed WHERE reading_id = ?", (reading_id,))
        )
    return found


def _is_list(connection: sqlite3.Connection, reading_id: int) -> bool:
    """Whether a reading is a list of others of its source; what a feed names is none."""
    source, title, text, announced_by = connection.execute(
        "SELECT source, title, text, announced_by FROM readings JOIN texts ON texts.id = text_id"
        " WHERE readings.id = ?",
        (reading_id,),
    ).fetchone()
    if announced_by in _NAMES_ARTICLES:
        return False
    led = connection.execute(
        "SELECT r.title, t.text, s.is_item FROM shown_pages s JOIN readings r ON r.address = s.address"
        " JOIN texts t ON t.id = r.text_id WHERE s.reading_id = ? AND r.source = ? AND r.id <> s.reading_id",
        (reading_id, source),
    )
    return is_list_of(title, text, [Led(other, said, bool(item)) for other, said, item in led])


def _leave(connection: sqlite3.Connection, reading_id: int, changes: Changes, at: str) -> None:
    """A reading is a list: it has no copy, and its text is in no join unless another page has it."""
    connection.execute("INSERT OR IGNORE INTO listed VALUES (?)", (reading_id,))
    page_url, claimed_url, source, node_id = _row(connection, reading_id)
    gone = connection.execute("DELETE FROM copies WHERE reading_id = ? RETURNING article_id", (reading_id,))
    changes.emptied.update(row[0] for row in gone.fetchall())
    changes.removed.add(node_id)
    changes.addresses.update(url for url in (page_url, claimed_url) if url)
    connection.execute(
        "INSERT OR REPLACE INTO rejections (url, source, stage, reason, at) VALUES (?, ?, 'kind', ?, ?)",
        (page_url, source, REASON, at),
    )


def _come_back(connection: sqlite3.Connection, reading_id: int, changes: Changes) -> None:
    """A reading is no list any more, since it says something else now, or the pages that it leads to do."""
    connection.execute("DELETE FROM listed WHERE reading_id = ?", (reading_id,))
    page_url, claimed_url, _, node_id = _row(connection, reading_id)
    connection.execute("DELETE FROM rejections WHERE url = ?", (page_url,))
    (text,) = connection.execute(
        "SELECT text FROM texts JOIN readings ON text_id = texts.id WHERE readings.id = ?", (reading_id,)
    ).fetchone()
    changes.added[node_id] = sign(text)
    changes.removed.discard(node_id)
    changes.addresses.update(url for url in (page_url, claimed_url) if url)


def _row(connection: sqlite3.Connection, reading_id: int) -> tuple[str, str | None, str, int]:
    """A reading's address, the one it claims, its source and its text's node."""
    row: tuple[str, str | None, str, int] = connection.execute(
        "SELECT page_url, claimed_url, source, node_id FROM readings JOIN texts ON texts.id = text_id"
        " WHERE readings.id = ?",
        (reading_id,),
    ).fetchone()
    return row
