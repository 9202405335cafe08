"""What a trial crawl found at a source, for its survey."""

from __future__ import annotations

from crawler.store.database import Database


class Findings(Database):
    """Addresses of a source with what became of them."""

    def addresses(self, source: str) -> list[tuple[str, str, str, str]]:
        """URL, kind, state and reason of each address of a source, in the order found."""
        with self.reading() as db:
            return db.execute(
                "SELECT url, kind, state, COALESCE(reason, '') FROM urls WHERE source = ? ORDER BY url_id",
                (source,),
            ).fetchall()

    def robots_statuses(self) -> dict[str, int | None]:
        """scheme://host:port → what its robots.txt answered."""
        with self.reading() as db:
            return dict(db.execute("SELECT authority, status FROM robots").fetchall())
