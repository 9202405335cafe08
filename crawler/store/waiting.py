"""The addresses that wait: put in, and handed out by host, the most urgent first.

Requests in flight live in memory only; after a kill their addresses are simply still queued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.frontier import Entry
from crawler.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from crawler.frontier import Link

_ENTRY = "url_id, url, source, host, kind, depth, hops, dry, asks, way, attempts, guess, etag, last_modified"


class Waiting(Database):
    """The queue of all sources."""

    def queue(self, links: Sequence[Link]) -> int:
        """Put addresses into the frontier; returns how many were new."""
        with self.writing() as db:
            return insert_links(db, links, found_on=None)

    def lanes(self, sources: Iterable[str]) -> list[tuple[str, str]]:
        """The (source, host) pairs at which something waits."""
        found: list[tuple[str, str]] = []
        with self.reading() as db:
            for source in sources:
                found += db.execute(
                    "SELECT DISTINCT source, host FROM urls WHERE source = ? AND state = 'queued'", (source,)
                ).fetchall()
        return found

    def next_entries(self, source: str, host: str, limit: int, now: float) -> list[Entry]:
        """The addresses whose turn it is at one host, the most urgent first."""
        with self.reading() as db:
            rows = db.execute(
                f"SELECT {_ENTRY}, fetched_at IS NOT NULL FROM urls WHERE state = 'queued' AND source = ?"
                " AND host = ? AND next_at <= ? ORDER BY priority, url_id LIMIT ?",
                (source, host, now, limit),
            ).fetchall()
        return [_entry(row) for row in rows]

    def next_at(self, source: str, host: str, after: float) -> float | None:
        """When the first of the addresses that wait for a later time may be asked for; epoch seconds."""
        with self.reading() as db:
            row = db.execute(
                "SELECT MIN(next_at) FROM urls WHERE state = 'queued' AND source = ? AND host = ?"
                " AND next_at > ?",
                (source, host, after),
            ).fetchone()
        return None if row[0] is None else float(row[0])

    def queued(self, sources: Iterable[str]) -> int:
        """Addresses of these sources that wait in the frontier."""
        with self.reading() as db:
            return sum(
                int(
                    db.execute(
                        "SELECT COUNT(*) FROM urls WHERE source = ? AND state = 'queued'", (source,)
                    ).fetchone()[0]
                )
                for source in sources
            )


def insert_links(db: sqlite3.Connection, links: Sequence[Link], *, found_on: int | None) -> int:
    """Addresses that were found, put into the frontier; returns how many were new."""
    if not links:
        return 0
    cursor = db.executemany(
        "INSERT INTO urls"
        " (url, source, host, kind, state, priority, depth, hops, dry, asks, guess, found_on)"
        " VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO NOTHING",
        [
            (
                link.url,
                link.source,
                link.host,
                link.kind,
                link.priority,
                link.depth,
                link.hops,
                link.dry,
                link.asks,
                int(link.guess),
                found_on,
            )
            for link in links
        ],
    )
    return cursor.rowcount


def _entry(row: Any) -> Entry:
    """A row of _ENTRY columns, with whether a page is stored at its end."""
    url_id, url, source, host, kind, depth, hops, dry, asks, way, attempts, guess, etag, modified, known = row
    return Entry(
        url_id=url_id,
        url=url,
        source=source,
        host=host,
        kind=kind,
        depth=depth,
        hops=hops,
        dry=dry,
        asks=asks,
        other_way=bool(way),
        attempts=attempts,
        guess=bool(guess),
        etag=etag,
        last_modified=modified,
        known=bool(known),
    )
