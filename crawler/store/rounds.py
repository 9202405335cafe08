"""Rounds: a source's way through its frontier, begun anew each run or taken up where it was left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.frontier import PRIORITY
from crawler.pages.revisits import ROUND_MAX
from crawler.store.database import Database

if TYPE_CHECKING:
    import sqlite3

_ROUND_MIN_S = 3600.0
"""A round is taken up again within this, however short its source's interval."""
_ROUNDS_FAILED_MAX = 5
"""Rounds in which an address failed after which it is not tried again."""
ARTICLES = "kind IN ('article', 'unknown')"


@dataclass(frozen=True, slots=True)
class Round:
    """One source's way through its frontier; a killed or stopped one is taken up again."""

    crawl_id: int
    source: str
    started_at: float
    resumed: bool
    lists: int
    """List pages fetched in it so far."""


class Rounds(Database):
    """What each source has begun and finished."""

    def begin(self, source: str, *, every_s: float, revisit: bool, now: float) -> Round:
        """Take up the source's unfinished round, or begin a new one: its lists are queued again.

        An unfinished round older than the source's interval is given up, so that a long
        back-catalogue never keeps the lists from being read.
        """
        with self.writing() as db:
            row = db.execute(
                "SELECT crawl_id, started_at, revisit, lists FROM crawls"
                " WHERE source = ? AND finished_at IS NULL ORDER BY crawl_id DESC LIMIT 1",
                (source,),
            ).fetchone()
            if row and row[1] > now - max(every_s, _ROUND_MIN_S):
                if revisit and not row[2]:
                    db.execute("UPDATE crawls SET revisit = 1 WHERE crawl_id = ?", (row[0],))
                    self._queue_known(db, source, fetched_before=row[1])
                return Round(row[0], source, row[1], resumed=True, lists=row[3])
            return self._new_round(db, source, revisit=revisit, now=now)

    def finish(self, crawl_id: int, *, outcome: str, now: float) -> None:
        """The round is over: nothing of it waits any more."""
        with self.writing() as db:
            db.execute(
                "UPDATE crawls SET finished_at = ?, outcome = ? WHERE crawl_id = ?", (now, outcome, crawl_id)
            )

    def note_error(self, crawl_id: int, reason: str) -> None:
        """Remember what went wrong with a whole host."""
        with self.writing() as db:
            db.execute("UPDATE crawls SET last_error = ? WHERE crawl_id = ?", (reason[:500], crawl_id))

    def _new_round(self, db: sqlite3.Connection, source: str, *, revisit: bool, now: float) -> Round:
        db.execute(
            "UPDATE crawls SET finished_at = ?, outcome = 'abandoned'"
            " WHERE source = ? AND finished_at IS NULL",
            (now, source),
        )
        cursor = db.execute(
            "INSERT INTO crawls (source, started_at, revisit) VALUES (?, ?, ?)", (source, now, int(revisit))
        )
        db.execute(
            "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0, hops = 0 WHERE source = ? AND ("
            " kind IN ('start', 'list', 'feed', 'sitemap') AND state IN ('done', 'redirected')"
            " OR kind = 'start' AND state <> 'blocked'"
            " OR state = 'refused' OR state = 'failed' AND rounds_failed < ?)",
            (source, _ROUNDS_FAILED_MAX),
        )
        self._queue_due(db, source, now)
        if revisit:
            self._queue_known(db, source, fetched_before=now)
        return Round(int(cursor.lastrowid or 0), source, now, resumed=False, lists=0)

    @staticmethod
    def _queue_due(db: sqlite3.Connection, source: str, now: float) -> None:
        """Known articles whose own time has come, the most overdue first; after what is new."""
        db.execute(
            "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0, hops = 0, priority = ?"
            " WHERE url_id IN (SELECT url_id FROM urls WHERE source = ? AND revisit_at <= ?"
            f" AND state IN ('done', 'gone') AND {ARTICLES} ORDER BY revisit_at LIMIT ?)",
            (PRIORITY["revisit"], source, now, ROUND_MAX),
        )

    @staticmethod
    def _queue_known(db: sqlite3.Connection, source: str, *, fetched_before: float) -> None:
        db.execute(
            "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0 WHERE source = ? AND state = 'done'"
            " AND kind IN ('article', 'unknown') AND fetched_at < ?",
            (source, fetched_before),
        )
