"""The commits that end a request: each moves one address on, with all that came of it, or not at all.

A page, the links found on it and its address's new state are one transaction.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.frontier import ARTICLES, FILE, LISTS, PRIORITY, Announcement, Entry, Fetched, Link
from pipelines.pages.revisits import (
    LONGEST_S,
    first_interval_s,
    fresh_interval_s,
    moments,
    next_gone_s,
    next_interval_s,
    next_list_s,
    next_missing_s,
)
from pipelines.store.file import StoreFile
from pipelines.store.frontier import insert_links
from pipelines.store.pages import insert_page, reject

_ANNOUNCED_MAX = 10_000
"""Announcements of one sitemap that are looked at for changes: a tenth of a second."""
CIRCLE_MAX = 20
"""Redirects in a row that are looked at: twice what is followed."""
_COUNTERS = ("fetched", "articles", "unchanged", "failed", "refused", "found", "lists", "gone")


@dataclass(frozen=True, slots=True)
class _Before:
    """What was known of an address before this answer."""

    interval_s: float | None
    gone: bool
    sketch: int | None
    fresh: bool
    """Found since the source's first round, or announced with a late date."""

    def next_interval_s(self, fetched: Fetched, headers: dict[str, str], *, same: bool) -> float | None:
        """When the page is asked for again, for an article; None for a list and a file."""
        if not fetched.article or fetched.kind == FILE:
            return None
        if self.interval_s is None or self.gone:
            modified = headers.get("last-modified")
            return first_interval_s(fetched.fetched_at, modified, fresh=bool(self.fresh))
        alike = same or (fetched.sketch is not None and fetched.sketch == self.sketch)
        return next_interval_s(self.interval_s, changed=not alike)


@dataclass(frozen=True, slots=True)
class Committed:
    """What the store made of a Fetched."""

    page_id: int | None
    """None where nothing had changed since the page was stored before."""
    found_news: int
    found_lists: int
    again: int = 0
    """Known articles that it announces as changed, and missing ones that it names, to be asked for again."""


class Commits:
    """What becomes of an address that was asked for."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file

    def page(self, crawl_id: int, entry: Entry, fetched: Fetched) -> Committed:
        """A page, the links found on it and its address's new state, all or nothing."""
        sha256 = hashlib.sha256(fetched.body).digest()
        body = self._file.packed(fetched.body)
        with self._file.writing() as db:
            was = _before(db, entry, crawl_id)
            same = entry.known and not was.gone and _latest_sha256(db, entry.url) == sha256
            page_id = None if same else _insert(db, entry, fetched, body, sha256)
            news = insert_links(db, fetched.news, found_on=entry.url_id)
            lists = insert_links(db, fetched.lists, found_on=entry.url_id)
            at = fetched.fetched_at.timestamp()
            again = _queue_missing(db, entry.source, at, [link.url for link in fetched.news])
            if fetched.announcements and not same:
                again += _queue_changed(db, entry.source, fetched.announcements)
                _hasten(db, entry.source, fetched.announcements)
                _announce(db, fetched.announcements, at)
            headers = dict(reversed(fetched.headers))
            interval_s = was.next_interval_s(fetched, headers, same=same)
            if _may_rest(entry) and fetched.kind in LISTS and not news and not again:
                interval_s = next_list_s(was.interval_s)
            db.execute(
                "UPDATE urls SET state = 'done', kind = ?, status = ?, etag = ?, last_modified = ?,"
                " fetched_at = ?, attempts = 0, rounds_failed = 0, gone_at = NULL, reason = ?, sketch = ?,"
                " interval_s = ?, revisit_at = ? WHERE url_id = ?",
                (
                    fetched.kind,
                    fetched.status,
                    headers.get("etag"),
                    headers.get("last-modified"),
                    fetched.fetched_at.timestamp(),
                    fetched.reason or None,
                    fetched.sketch,
                    interval_s,
                    interval_s and fetched.fetched_at.timestamp() + interval_s,
                    entry.url_id,
                ),
            )
            if fetched.reason and not same:
                reject(db, entry.url, entry.source, fetched.reason, fetched.fetched_at.timestamp())
            if news and entry.is_list:
                _queue_further(db, crawl_id, fetched.lists)
            _count(
                db,
                crawl_id,
                fetched=int(not same),
                unchanged=int(same),
                articles=int(fetched.article and not same and fetched.kind != FILE),
                found=news + lists,
                lists=int(entry.is_list),
            )
        return Committed(page_id, news, lists, again)

    def unchanged(self, crawl_id: int, entry: Entry, *, now: float) -> int:
        """The host answered 304; how many missing pages that it still names are asked for again."""
        with self._file.writing() as db:
            db.execute(
                "UPDATE urls SET state = 'done', status = 304, fetched_at = ?, attempts = 0 WHERE url_id = ?",
                (now, entry.url_id),
            )
            _count(db, crawl_id, unchanged=1, lists=int(entry.is_list))
            again = _queue_missing(db, entry.source, now, found_on=entry.url_id) if entry.is_list else 0
            (before,) = db.execute("SELECT interval_s FROM urls WHERE url_id = ?", (entry.url_id,)).fetchone()
            if _may_rest(entry):
                interval_s = None if again else next_list_s(before)
            else:
                interval_s = before and min(before * 2, LONGEST_S)
            db.execute(
                "UPDATE urls SET interval_s = ?, revisit_at = ? WHERE url_id = ?",
                (interval_s, interval_s and now + interval_s, entry.url_id),
            )
            return again

    def redirect(self, crawl_id: int, entry: Entry, status: int, target: Link, *, now: float) -> int | None:
        """The address leads to another one of its source, which is queued unless known.

        Returns how many were new; None where the way leads back to where it began: then each address on
        it becomes a rejection.
        """
        with self._file.writing() as db:
            found = insert_links(db, [target], found_on=entry.url_id)
            if not found and not entry.is_list:  # what is stored of it is read again, under this address too
                db.execute(
                    "UPDATE pages SET ingested = 0 WHERE article = 1 AND page_id = (SELECT MAX(page_id)"
                    " FROM pages WHERE url = ?) AND NOT EXISTS (SELECT 1 FROM urls WHERE url_id = ?"
                    " AND reason = ?)",
                    (target.url, entry.url_id, target.url),
                )
            db.execute(
                "UPDATE urls SET state = 'redirected', status = ?, fetched_at = ?, reason = ?"
                " WHERE url_id = ?",
                (status, now, target.url, entry.url_id),
            )
            circle = [] if found else _circle(db, entry.url, target.url)
            for url_id, url in circle:
                reason = f"redirects in a circle of {len(circle)}"
                db.execute(
                    "UPDATE urls SET state = 'failed', reason = ?, rounds_failed = rounds_failed + 1"
                    " WHERE url_id = ?",
                    (reason, url_id),
                )
                reject(db, url, entry.source, reason, now)
            _count(db, crawl_id, found=found, failed=len(circle))
        return None if circle else found

    def other_way(self, entry: Entry, asks: str) -> None:
        """Ask for the same address once more, from now on written as `asks`."""
        self._file.change(
            "UPDATE urls SET asks = ?, way = 1, hops = hops + 1 WHERE url_id = ?", (asks, entry.url_id)
        )

    def retry(self, entry: Entry, reason: str, status: int | None, *, next_at: float) -> None:
        """Ask again, not before `next_at` (epoch seconds)."""
        self._file.change(
            "UPDATE urls SET attempts = attempts + 1, next_at = ?, status = ?, reason = ? WHERE url_id = ?",
            (next_at, status, reason, entry.url_id),
        )

    def failure(
        self, crawl_id: int, entry: Entry, state: str, reason: str, status: int | None, *, now: float
    ) -> None:
        """An address is given up (`state`: failed, gone, refused or blocked) and becomes a rejection."""
        with self._file.writing() as db:
            before = db.execute(
                "SELECT reason, interval_s FROM urls WHERE url_id = ?", (entry.url_id,)
            ).fetchone()
            interval_s = next_missing_s(before[1]) if state == "gone" and not entry.known else None
            db.execute(
                "UPDATE urls SET state = ?, status = ?, reason = ?, attempts = 0, etag = NULL,"
                " last_modified = NULL, rounds_failed = rounds_failed + 1, interval_s = ?, next_at = ?"
                " WHERE url_id = ?",
                (state, status, reason, interval_s, now + (interval_s or 0.0), entry.url_id),
            )
            if entry.guess:
                return
            if entry.attempts or before[0] != reason:
                reject(db, entry.url, entry.source, reason, now)
            refused = state in ("refused", "blocked")
            _count(db, crawl_id, refused=int(refused), failed=int(not refused))
            if not refused:
                db.execute("UPDATE crawls SET last_error = ? WHERE crawl_id = ?", (reason, crawl_id))

    def gone(self, crawl_id: int, entry: Entry, status: int, *, now: float) -> None:
        """A known article is there no more: a fact for the archive, once; it is looked for again later."""
        with self._file.writing() as db:
            before = db.execute(
                "SELECT gone_at, interval_s FROM urls WHERE url_id = ?", (entry.url_id,)
            ).fetchone()
            interval_s = next_gone_s(before[1] if before[0] else None)
            db.execute(
                "UPDATE urls SET state = 'gone', status = ?, reason = ?, attempts = 0, etag = NULL,"
                " last_modified = NULL, gone_at = COALESCE(gone_at, ?), interval_s = ?, revisit_at = ?"
                " WHERE url_id = ?",
                (
                    status,
                    f"gone: HTTP {status}",
                    now,
                    interval_s,
                    interval_s and now + interval_s,
                    entry.url_id,
                ),
            )
            if before[0] is None:
                reject(db, entry.url, entry.source, f"gone: HTTP {status}", now)
                _count(db, crawl_id, gone=1)

    def forget(self, crawl_id: int, entry: Entry) -> None:
        """A standing removal names this address: nothing is kept of it, not even the address."""
        with self._file.writing() as db:
            db.execute("DELETE FROM urls WHERE url_id = ?", (entry.url_id,))
            _count(db, crawl_id, refused=1)


def _may_rest(entry: Entry) -> bool:
    """Whether a list is left out of rounds while it names nothing new; what leads to all others never is.

    That is the start pages, what robots.txt names, and the start pages' own feeds.
    """
    if entry.kind == "feed":
        return entry.depth > 1
    return entry.is_list and entry.kind != "start" and (entry.kind != "sitemap" or entry.depth > 0)


def _insert(db: sqlite3.Connection, entry: Entry, fetched: Fetched, body: bytes, sha256: bytes) -> int:
    if entry.known and fetched.kind in LISTS:  # a list's earlier states are of no use to anyone
        db.execute("DELETE FROM pages WHERE url = ? AND article = 0", (entry.url,))
    return insert_page(db, entry.url, entry.source, fetched, body, sha256)


def _queue_missing(
    db: sqlite3.Connection, source: str, now: float, named: Sequence[str] = (), *, found_on: int = 0
) -> int:
    """Pages that were never there, whose time has come and that a list still names; returns how many."""
    wait = (
        "UPDATE urls SET state = 'queued', attempts = 0, hops = 0 WHERE source = ? AND state = 'gone'"
        " AND fetched_at IS NULL AND interval_s IS NOT NULL AND next_at <= ? AND "
    )
    if found_on:
        return db.execute(wait + "found_on = ?", (source, now, found_on)).rowcount
    return db.executemany(wait + "url = ?", [(source, now, url) for url in named]).rowcount if named else 0


def _queue_changed(db: sqlite3.Connection, source: str, announcements: Sequence[Announcement]) -> int:
    """Known articles that are announced as changed since they were fetched; returns how many."""
    cursor = db.executemany(
        "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0, hops = 0, priority = ?"
        f" WHERE url = ? AND source = ? AND state IN ('done', 'gone') AND {ARTICLES}"
        " AND fetched_at < CASE WHEN EXISTS (SELECT 1 FROM announcements a WHERE a.url = urls.url"
        " AND a.via = ?) THEN CASE WHEN (SELECT changed FROM announcements a WHERE a.url = urls.url"
        " AND a.via = ?) IS ? THEN 0 ELSE ? END ELSE ? END",
        [
            (PRIORITY["changed"], a.url, source, a.via, a.via, a.changed, span[1], span[0])
            for a in announcements
            if a.changed and (span := moments(a.changed))
        ][:_ANNOUNCED_MAX],
    )
    return max(cursor.rowcount, 0)


def _hasten(db: sqlite3.Connection, source: str, announcements: Sequence[Announcement]) -> None:
    """What is announced as news for the first time is asked for as if nothing had named it before."""
    named = [(fresh_interval_s(), a.url, source, a.via) for a in announcements if a.fresh]
    db.executemany(
        f"UPDATE urls SET priority = MIN(priority, {PRIORITY['announced']}),"
        " interval_s = MIN(interval_s, ?1), revisit_at = MIN(revisit_at, fetched_at + ?1)"
        " WHERE url = ?2 AND source = ?3"
        f" AND state IN ('queued', 'done') AND ({ARTICLES} OR kind = 'list' AND fetched_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM announcements a WHERE a.url = ?2 AND a.via = ?4)",
        named[:_ANNOUNCED_MAX],
    )


def _before(db: sqlite3.Connection, entry: Entry, crawl_id: int) -> _Before:
    row = db.execute(
        "SELECT iif(fetched_at IS NULL, NULL, interval_s), gone_at IS NOT NULL, sketch,"
        " priority = ? OR EXISTS (SELECT 1 FROM crawls WHERE crawls.source = urls.source"
        " AND crawl_id < ? AND outcome = 'done') FROM urls WHERE url_id = ?",
        (PRIORITY["announced"], crawl_id, entry.url_id),
    ).fetchone()
    return _Before(*row) if row else _Before(None, gone=False, sketch=None, fresh=False)


def _queue_further(db: sqlite3.Connection, crawl_id: int, lists: Sequence[Link]) -> None:
    """A list shows news again: its further pages are worth reading once more in this round."""
    db.executemany(
        "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0 WHERE url = ? AND kind = 'more'"
        " AND state = 'done' AND fetched_at < (SELECT started_at FROM crawls WHERE crawl_id = ?)",
        [(link.url, crawl_id) for link in lists if link.kind == "more"],
    )


def _latest_sha256(db: sqlite3.Connection, url: str) -> bytes | None:
    row = db.execute(
        "SELECT sha256 FROM pages WHERE url = ? ORDER BY page_id DESC LIMIT 1", (url,)
    ).fetchone()
    return row[0] if row else None


def _announce(db: sqlite3.Connection, announcements: Sequence[Announcement], seen_at: float) -> None:
    db.executemany(
        "INSERT INTO announcements (url, via, announced, title, seen_at, changed)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET announced = excluded.announced,"
        " title = excluded.title, seen_at = excluded.seen_at, changed = excluded.changed",
        [(a.url, a.via, a.announced, a.title, seen_at, a.changed) for a in announcements],
    )


def _count(db: sqlite3.Connection, crawl_id: int, **counts: int) -> None:
    changed = [name for name in _COUNTERS if counts.get(name)]
    if changed:
        sets = ", ".join(f"{name} = {name} + ?" for name in changed)
        db.execute(f"UPDATE crawls SET {sets} WHERE crawl_id = ?", [*(counts[n] for n in changed), crawl_id])


def _circle(db: sqlite3.Connection, start: str, target: str) -> list[tuple[int, str]]:
    """The addresses on the way of redirects from `start` over `target`, where it leads back; else none."""
    way: list[tuple[int, str]] = []
    while len(way) <= CIRCLE_MAX:
        row = db.execute(
            "SELECT url_id, url, reason FROM urls WHERE url = ? AND state = 'redirected'", (target,)
        ).fetchone()
        if row is None:
            return []
        way.append((row[0], row[1]))
        if row[1] == start:
            return way
        target = row[2]
    return []
