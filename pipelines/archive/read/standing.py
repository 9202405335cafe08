"""What readers ask about the standing of copies: all their SQL, none of their judgement.

In: a read-only connection with `sqlite3.Row` rows. Out: rows; nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


def evidence(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """What speaks for who was first: url, claim, value, believed, reason."""
    return connection.execute(
        "SELECT c.url, e.claim, e.value, e.believed, e.reason FROM copies c"
        " JOIN first_publisher_evidence e ON e.copy_id = c.id WHERE c.article_id = ?"
        " ORDER BY c.kept DESC, c.url, e.claim",
        (article_id,),
    ).fetchall()


def differences(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """Where copies differ from the kept one: url, kind, place, kept_value, copy_value."""
    return connection.execute(
        "SELECT c.url, d.kind, d.place, d.kept_value, d.copy_value FROM differences d"
        " JOIN copies c ON c.id = d.copy_id WHERE d.article_id = ? ORDER BY c.url, d.position",
        (article_id,),
    ).fetchall()


def held_by(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """Copies of other articles that hold this one too: url, article, title, similarity, contained."""
    return connection.execute(
        "SELECT c.url, a.id, a.title, s.similarity, s.contained FROM secondary_copies s"
        " JOIN copies c ON c.id = s.copy_id JOIN articles a ON a.id = c.article_id"
        " WHERE s.article_id = ? ORDER BY s.contained DESC, c.url",
        (article_id,),
    ).fetchall()


def holds(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """Other articles that this one's copies hold too: url, article, title, similarity, contained."""
    return connection.execute(
        "SELECT c.url, a.id, a.title, s.similarity, s.contained FROM copies c"
        " JOIN secondary_copies s ON s.copy_id = c.id JOIN articles a ON a.id = s.article_id"
        " WHERE c.article_id = ? ORDER BY c.url, a.id",
        (article_id,),
    ).fetchall()


def versions(connection: sqlite3.Connection, reading_id: int) -> list[sqlite3.Row]:
    """What a page said whenever it was fetched, the oldest first: fetched_at, title, text."""
    return connection.execute(
        "SELECT v.fetched_at, v.title, t.text FROM versions v JOIN texts t ON t.id = v.text_id"
        " WHERE v.reading_id = ? ORDER BY v.fetched_at, v.page_id",
        (reading_id,),
    ).fetchall()


def moves(connection: sqlite3.Connection, urls: Iterable[str]) -> list[sqlite3.Row]:
    """Which of these copies came from another article, when and why, the oldest first."""
    return sorted(
        (
            row
            for url in urls
            for row in connection.execute(
                "SELECT url, from_article, to_article, reason, at FROM moves WHERE url = ?", (url,)
            )
        ),
        key=lambda row: (row["at"], row["url"]),
    )


def moved_away(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """Copies that left this article and are another's now: url, from, the present one, reason, at."""
    return connection.execute(
        "SELECT m.url, m.from_article, c.article_id, m.reason, max(m.at) FROM moves m"
        " JOIN copies c ON c.url = m.url WHERE m.from_article = ?1 AND c.article_id <> ?1"
        " GROUP BY m.url ORDER BY max(m.at), m.url",
        (article_id,),
    ).fetchall()


def decided(connection: sqlite3.Connection, urls: Iterable[str]) -> list[sqlite3.Row]:
    """What people decided of these copies, as far as it is in force: id, kind, url, other_url, reason, at."""
    found = {
        row["id"]: row
        for url in urls
        for row in connection.execute(
            "SELECT id, kind, url, other_url, reason, at FROM decisions"
            " WHERE ? IN (url, other_url) AND withdrawn_at IS NULL",
            (url,),
        )
    }
    return [found[number] for number in sorted(found)]
