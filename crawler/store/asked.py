"""What hosts asked of us: their robots.txt, and rest (Retry-After)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.frontier import StoredRobots
from crawler.store.database import Database
from crawler.store.waiting import insert_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.frontier import Link


class AskedOfUs(Database):
    """The robots.txt of each authority, and the hosts that rest."""

    def robots(self, authority: str) -> StoredRobots | None:
        """The robots.txt last answered by an authority (scheme://host:port), however old."""
        with self.reading() as db:
            row = db.execute(
                "SELECT authority, status, body, fetched_at, expires_at, reason FROM robots"
                " WHERE authority = ?",
                (authority,),
            ).fetchone()
        return StoredRobots(*row) if row else None

    def save_robots(self, robots: StoredRobots, links: Sequence[Link]) -> int:
        """A robots.txt and the sitemaps it names (or the usual one); returns how many were new."""
        with self.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots (authority, status, body, fetched_at, expires_at, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    robots.authority,
                    robots.status,
                    robots.body,
                    robots.fetched_at,
                    robots.expires_at,
                    robots.reason,
                ),
            )
            return insert_links(db, links, found_on=None)

    def put_rest(self, host: str, until: float) -> None:
        """A host asked to be left alone until a moment."""
        with self.writing() as db:
            db.execute(
                "INSERT INTO rests VALUES (?, ?) ON CONFLICT DO UPDATE"
                " SET until = MAX(until, excluded.until)",
                (host, until),
            )

    def rests(self, now: float) -> dict[str, float]:
        """Host:port -> until when it wants rest, of those that still do."""
        with self.writing() as db:
            db.execute("DELETE FROM rests WHERE until <= ?", (now,))
            return dict(db.execute("SELECT host, until FROM rests").fetchall())
