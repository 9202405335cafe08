"""The crawl store: the frontier, the raw pages and what is known of each host; all SQL of crawler/.

One SQLite file beside the archive. A page, the links found on it and its address's new state are
one transaction, so a kill at any moment loses nothing and doubles nothing: requests in flight live
in memory only and are simply queued again. The spider writes in the reactor's thread while the
drain reads and marks in its own: every thread has its own connection.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zstandard

from crawler.frontier import LISTS, Committed, Entry, Fetched, Link, StoredRobots
from pipelines.errors import ForeignArchiveError, NewerArchiveError, StorageError
from pipelines.records import Page, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.frontier import Announcement

APPLICATION_ID = 0x706B6E63  # "pknc"
SCHEMA_VERSION = 1
_BUSY_S = 60.0
_ROUND_MIN_S = 3600.0
_ROUNDS_FAILED_MAX = 5

_SCHEMA = """
CREATE TABLE urls (
  url_id        INTEGER PRIMARY KEY,
  url           TEXT NOT NULL UNIQUE,
  source        TEXT NOT NULL,
  host          TEXT NOT NULL,
  kind          TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN
                ('queued','done','redirected','failed','gone','refused','blocked')),
  priority      INTEGER NOT NULL,
  depth         INTEGER NOT NULL,
  hops          INTEGER NOT NULL DEFAULT 0,
  dry           INTEGER NOT NULL DEFAULT 0,
  guess         INTEGER NOT NULL DEFAULT 0,
  asks          TEXT,
  way           INTEGER NOT NULL DEFAULT 0,
  found_on      INTEGER,
  attempts      INTEGER NOT NULL DEFAULT 0,
  rounds_failed INTEGER NOT NULL DEFAULT 0,
  next_at       REAL NOT NULL DEFAULT 0,
  status        INTEGER,
  etag          TEXT,
  last_modified TEXT,
  fetched_at    REAL,
  reason        TEXT
);
CREATE INDEX urls_queue ON urls (source, host, priority, url_id, next_at) WHERE state = 'queued';
CREATE INDEX urls_state ON urls (source, state, kind);
CREATE TABLE pages (
  page_id      INTEGER PRIMARY KEY AUTOINCREMENT,
  url          TEXT NOT NULL,
  source       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  url_asked    TEXT NOT NULL,
  url_answered TEXT NOT NULL,
  status       INTEGER NOT NULL,
  headers      TEXT NOT NULL,
  body         BLOB NOT NULL,
  body_bytes   INTEGER NOT NULL,
  sha256       BLOB NOT NULL,
  fetched_at   TEXT NOT NULL,
  robots       TEXT NOT NULL,
  article      INTEGER NOT NULL,
  ingested     INTEGER NOT NULL
);
CREATE INDEX pages_url ON pages (url, page_id);
CREATE INDEX pages_pending ON pages (page_id) WHERE ingested = 0;
CREATE TABLE announcements (
  url TEXT NOT NULL, via TEXT NOT NULL, announced TEXT, title TEXT, seen_at REAL NOT NULL,
  PRIMARY KEY (url, via)
) WITHOUT ROWID;
CREATE TABLE robots (
  authority TEXT PRIMARY KEY, status INTEGER, body BLOB NOT NULL, fetched_at REAL NOT NULL,
  expires_at REAL NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE rejected (
  rejection_id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE crawls (
  crawl_id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL, started_at REAL NOT NULL, finished_at REAL, outcome TEXT,
  revisit INTEGER NOT NULL,
  fetched INTEGER NOT NULL DEFAULT 0, articles INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0, found INTEGER NOT NULL DEFAULT 0,
  lists INTEGER NOT NULL DEFAULT 0, last_error TEXT
);
CREATE INDEX crawls_source ON crawls (source, crawl_id);
"""

_ENTRY = "url_id, url, source, host, kind, depth, hops, dry, asks, way, attempts, guess, etag, last_modified"
_PAGE = "page_id, source, url, url_answered, status, headers, body, fetched_at"
_COUNTERS = ("fetched", "articles", "unchanged", "failed", "refused", "found", "lists")


@dataclass(frozen=True, slots=True)
class Round:
    """One source's way through its frontier; a killed or stopped one is taken up again."""

    crawl_id: int
    source: str
    started_at: float
    resumed: bool
    lists: int
    """List pages fetched in it so far."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What the store knows of one source, for `parknews status`."""

    source: str
    last_fetch_at: datetime | None
    queued: int
    done: int
    failed: int
    """Given up, gone and blocked addresses together."""
    refused: int
    last_error: str
    last_error_url: str


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


def store_path(archive_path: Path | str) -> Path:
    """Where an archive's raw pages and frontier live: archive.db -> archive-pages.db beside it."""
    archive = Path(archive_path)
    return archive.with_name(f"{archive.stem}-pages{archive.suffix or '.db'}")


class CrawlStore:
    """The frontier and the raw pages, in one SQLite file; usable from any thread.

    Raises:
        ForeignArchiveError: the file is something else.
        NewerArchiveError: a newer parknews wrote it.
        StorageError: the disk is full or not writable, or the file is damaged (from any method).
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._prepare()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    def __enter__(self) -> CrawlStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What the drain asks.

    def take(self, limit: int, after: int) -> list[Page]:
        """Pages that may be articles and are not ingested, with page_id > `after`, ascending."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {_PAGE} FROM pages WHERE ingested = 0 AND page_id > ? ORDER BY page_id LIMIT ?",
                (after, limit),
            ).fetchall()
        return [self._page(row) for row in rows]

    def pages(self, page_ids: Sequence[int]) -> list[Page]:
        """Stored pages by id, ascending, those that are there."""
        marks = ", ".join("?" * len(page_ids))
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {_PAGE} FROM pages WHERE page_id IN ({marks}) ORDER BY page_id", list(page_ids)
            ).fetchall()
        return [self._page(row) for row in rows]

    def mark_ingested(self, page_ids: Sequence[int]) -> None:
        """Pages that are in the archive, or rejected there, do not come out again."""
        with self._writing() as db:
            db.executemany("UPDATE pages SET ingested = 1 WHERE page_id = ?", [(i,) for i in page_ids])

    def pending(self) -> int:
        """Pages that wait for ingest."""
        with self._reading() as db:
            return int(db.execute("SELECT COUNT(*) FROM pages WHERE ingested = 0").fetchone()[0])

    def page(self, url: str) -> Page | None:
        """The latest stored page of an address (in its one spelling), or None."""
        with self._reading() as db:
            row = db.execute(
                f"SELECT {_PAGE} FROM pages WHERE url = ? ORDER BY page_id DESC LIMIT 1", (url,)
            ).fetchone()
        return self._page(row) if row else None

    def robots_verdict(self, url: str) -> str | None:
        """What robots.txt said when the latest stored page of an address was fetched."""
        with self._reading() as db:
            row = db.execute(
                "SELECT robots FROM pages WHERE url = ? ORDER BY page_id DESC LIMIT 1", (url,)
            ).fetchone()
        return str(row[0]) if row else None

    def take_rejections(self, limit: int) -> list[tuple[int, Rejection]]:
        """Addresses that were given up and are not yet in the archive, oldest first, each with its id."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT rejection_id, url, source, reason FROM rejected ORDER BY rejection_id LIMIT ?",
                (limit,),
            ).fetchall()
        return [(row[0], Rejection(url=row[1], source=row[2], stage="fetch", reason=row[3])) for row in rows]

    def mark_rejections(self, rejection_ids: Sequence[int]) -> None:
        """These are in the archive now."""
        with self._writing() as db:
            db.executemany("DELETE FROM rejected WHERE rejection_id = ?", [(i,) for i in rejection_ids])

    def status_rows(self) -> list[SourceStatus]:
        """One row a source, by host."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT source, MAX(fetched_at), SUM(state = 'queued'), SUM(state IN ('done', 'redirected')),"
                " SUM(state IN ('failed', 'gone', 'blocked')), SUM(state = 'refused')"
                " FROM urls GROUP BY source ORDER BY source"
            ).fetchall()
            return [self._status(db, row) for row in rows]

    # What the crawl does.

    def begin(self, source: str, *, every_s: float, revisit: bool, now: float) -> Round:
        """Take up the source's unfinished round, or begin a new one: its lists are queued again.

        An unfinished round older than the source's interval is given up, so that a long
        back-catalogue never keeps the lists from being read.
        """
        with self._writing() as db:
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
        with self._writing() as db:
            db.execute(
                "UPDATE crawls SET finished_at = ?, outcome = ? WHERE crawl_id = ?", (now, outcome, crawl_id)
            )

    def note_error(self, crawl_id: int, reason: str) -> None:
        """Remember what went wrong with a whole host."""
        with self._writing() as db:
            db.execute("UPDATE crawls SET last_error = ? WHERE crawl_id = ?", (reason[:500], crawl_id))

    def queue(self, links: Sequence[Link]) -> int:
        """Put addresses into the frontier; returns how many were new."""
        with self._writing() as db:
            return self._insert(db, links, found_on=None)

    def lanes(self, sources: Iterable[str]) -> list[tuple[str, str]]:
        """The (source, host) pairs at which something waits."""
        found: list[tuple[str, str]] = []
        with self._reading() as db:
            for source in sources:
                found += db.execute(
                    "SELECT DISTINCT source, host FROM urls WHERE source = ? AND state = 'queued'", (source,)
                ).fetchall()
        return found

    def next_entries(self, source: str, host: str, limit: int, now: float) -> list[Entry]:
        """The addresses whose turn it is at one host, the most urgent first."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {_ENTRY}, fetched_at IS NOT NULL FROM urls WHERE state = 'queued' AND source = ?"
                " AND host = ? AND next_at <= ? ORDER BY priority, url_id LIMIT ?",
                (source, host, now, limit),
            ).fetchall()
        return [_entry(row) for row in rows]

    def next_at(self, source: str, host: str, after: float) -> float | None:
        """When the first of the addresses that wait for a later time may be asked for; epoch seconds."""
        with self._reading() as db:
            row = db.execute(
                "SELECT MIN(next_at) FROM urls WHERE state = 'queued' AND source = ? AND host = ?"
                " AND next_at > ?",
                (source, host, after),
            ).fetchone()
        return None if row[0] is None else float(row[0])

    def queued(self, sources: Iterable[str]) -> int:
        """Addresses of these sources that wait in the frontier."""
        with self._reading() as db:
            return sum(
                int(
                    db.execute(
                        "SELECT COUNT(*) FROM urls WHERE source = ? AND state = 'queued'", (source,)
                    ).fetchone()[0]
                )
                for source in sources
            )

    def commit_page(self, crawl_id: int, entry: Entry, fetched: Fetched) -> Committed:
        """A page, the links found on it and its address's new state, all or nothing."""
        sha256 = hashlib.sha256(fetched.body).digest()
        body = self._compressor().compress(fetched.body)
        with self._writing() as db:
            same = entry.known and self._latest_sha256(db, entry.url) == sha256
            page_id = None if same else self._insert_page(db, entry, fetched, body, sha256)
            news = self._insert(db, fetched.news, found_on=entry.url_id)
            lists = self._insert(db, fetched.lists, found_on=entry.url_id)
            if fetched.announcements:
                self._announce(db, fetched.announcements, fetched.fetched_at.timestamp())
            headers = dict(reversed(fetched.headers))
            db.execute(
                "UPDATE urls SET state = 'done', kind = ?, status = ?, etag = ?, last_modified = ?,"
                " fetched_at = ?, attempts = 0, rounds_failed = 0, reason = ? WHERE url_id = ?",
                (
                    fetched.kind,
                    fetched.status,
                    headers.get("etag"),
                    headers.get("last-modified"),
                    fetched.fetched_at.timestamp(),
                    fetched.reason or None,
                    entry.url_id,
                ),
            )
            if fetched.reason and not same:
                self._reject(db, entry, fetched.reason, fetched.fetched_at.timestamp())
            if news and entry.is_list:
                self._queue_further(db, crawl_id, fetched.lists)
            self._count(
                db,
                crawl_id,
                fetched=int(not same),
                unchanged=int(same),
                articles=int(fetched.article and not same),
                found=news + lists,
                lists=int(entry.is_list),
            )
        return Committed(page_id, news, lists)

    def commit_unchanged(self, crawl_id: int, entry: Entry, *, now: float) -> None:
        """The host answered 304."""
        with self._writing() as db:
            db.execute(
                "UPDATE urls SET state = 'done', status = 304, fetched_at = ?, attempts = 0 WHERE url_id = ?",
                (now, entry.url_id),
            )
            self._count(db, crawl_id, unchanged=1, lists=int(entry.is_list))

    def commit_redirect(self, crawl_id: int, entry: Entry, status: int, target: Link, *, now: float) -> int:
        """The address leads to another one of its source, which is queued unless known."""
        with self._writing() as db:
            found = self._insert(db, [target], found_on=entry.url_id)
            db.execute(
                "UPDATE urls SET state = 'redirected', status = ?, fetched_at = ?, reason = ?"
                " WHERE url_id = ?",
                (status, now, target.url, entry.url_id),
            )
            self._count(db, crawl_id, found=found)
        return found

    def commit_other_way(self, entry: Entry, asks: str) -> None:
        """Ask for the same address once more, from now on written as `asks`."""
        with self._writing() as db:
            db.execute(
                "UPDATE urls SET asks = ?, way = 1, hops = hops + 1 WHERE url_id = ?", (asks, entry.url_id)
            )

    def commit_retry(self, entry: Entry, reason: str, status: int | None, *, next_at: float) -> None:
        """Ask again, not before `next_at` (epoch seconds)."""
        with self._writing() as db:
            db.execute(
                "UPDATE urls SET attempts = attempts + 1, next_at = ?, status = ?, reason = ?"
                " WHERE url_id = ?",
                (next_at, status, reason, entry.url_id),
            )

    def commit_failure(
        self, crawl_id: int, entry: Entry, state: str, reason: str, status: int | None, *, now: float
    ) -> None:
        """An address is given up (`state`: failed, gone, refused or blocked) and becomes a rejection."""
        with self._writing() as db:
            before = db.execute("SELECT reason FROM urls WHERE url_id = ?", (entry.url_id,)).fetchone()
            db.execute(
                "UPDATE urls SET state = ?, status = ?, reason = ?, attempts = 0, etag = NULL,"
                " last_modified = NULL, rounds_failed = rounds_failed + 1 WHERE url_id = ?",
                (state, status, reason, entry.url_id),
            )
            if entry.guess:
                return
            if entry.attempts or before[0] != reason:
                self._reject(db, entry, reason, now)
            refused = state in ("refused", "blocked")
            self._count(db, crawl_id, refused=int(refused), failed=int(not refused))
            if not refused:
                db.execute("UPDATE crawls SET last_error = ? WHERE crawl_id = ?", (reason, crawl_id))

    def forget_url(self, crawl_id: int, entry: Entry) -> None:
        """A standing removal names this address: nothing is kept of it, not even the address."""
        with self._writing() as db:
            db.execute("DELETE FROM urls WHERE url_id = ?", (entry.url_id,))
            self._count(db, crawl_id, refused=1)

    def robots(self, authority: str) -> StoredRobots | None:
        """The robots.txt last answered by an authority (scheme://host:port), however old."""
        with self._reading() as db:
            row = db.execute(
                "SELECT authority, status, body, fetched_at, expires_at, reason FROM robots"
                " WHERE authority = ?",
                (authority,),
            ).fetchone()
        return StoredRobots(*row) if row else None

    def save_robots(self, robots: StoredRobots, links: Sequence[Link]) -> int:
        """A robots.txt and the sitemaps it names (or the usual one); returns how many were new."""
        with self._writing() as db:
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
            return self._insert(db, links, found_on=None)

    # Pieces of transactions.

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
        if revisit:
            self._queue_known(db, source, fetched_before=now)
        return Round(int(cursor.lastrowid or 0), source, now, resumed=False, lists=0)

    @staticmethod
    def _queue_known(db: sqlite3.Connection, source: str, *, fetched_before: float) -> None:
        db.execute(
            "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0 WHERE source = ? AND state = 'done'"
            " AND kind IN ('article', 'unknown') AND fetched_at < ?",
            (source, fetched_before),
        )

    @staticmethod
    def _queue_further(db: sqlite3.Connection, crawl_id: int, lists: Sequence[Link]) -> None:
        """A list shows news again: its further pages are worth reading once more in this round."""
        db.executemany(
            "UPDATE urls SET state = 'queued', attempts = 0, next_at = 0 WHERE url = ? AND kind = 'more'"
            " AND state = 'done' AND fetched_at < (SELECT started_at FROM crawls WHERE crawl_id = ?)",
            [(link.url, crawl_id) for link in lists if link.kind == "more"],
        )

    @staticmethod
    def _insert(db: sqlite3.Connection, links: Sequence[Link], *, found_on: int | None) -> int:
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

    @staticmethod
    def _insert_page(
        db: sqlite3.Connection, entry: Entry, fetched: Fetched, body: bytes, sha256: bytes
    ) -> int:
        if entry.known and fetched.kind in LISTS:  # a list's earlier states are of no use to anyone
            db.execute("DELETE FROM pages WHERE url = ? AND article = 0", (entry.url,))
        cursor = db.execute(
            "INSERT INTO pages (url, source, kind, url_asked, url_answered, status, headers, body,"
            " body_bytes, sha256, fetched_at, robots, article, ingested)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.url,
                entry.source,
                fetched.kind,
                fetched.url_asked,
                fetched.url_answered,
                fetched.status,
                json.dumps(fetched.headers, ensure_ascii=False),
                body,
                len(fetched.body),
                sha256,
                fetched.fetched_at.isoformat(timespec="seconds"),
                fetched.robots,
                int(fetched.article),
                int(not fetched.article),
            ),
        )
        return int(cursor.lastrowid or 0)

    @staticmethod
    def _latest_sha256(db: sqlite3.Connection, url: str) -> bytes | None:
        row = db.execute(
            "SELECT sha256 FROM pages WHERE url = ? ORDER BY page_id DESC LIMIT 1", (url,)
        ).fetchone()
        return row[0] if row else None

    @staticmethod
    def _announce(db: sqlite3.Connection, announcements: Sequence[Announcement], seen_at: float) -> None:
        db.executemany(
            "INSERT INTO announcements (url, via, announced, title, seen_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET announced = excluded.announced, title = excluded.title,"
            " seen_at = excluded.seen_at",
            [(a.url, a.via, a.announced, a.title, seen_at) for a in announcements],
        )

    @staticmethod
    def _reject(db: sqlite3.Connection, entry: Entry, reason: str, at: float) -> None:
        db.execute(
            "INSERT INTO rejected (url, source, reason, at) VALUES (?, ?, ?, ?)",
            (entry.url, entry.source, reason, at),
        )

    @staticmethod
    def _count(db: sqlite3.Connection, crawl_id: int, **counts: int) -> None:
        changed = [name for name in _COUNTERS if counts.get(name)]
        if changed:
            sets = ", ".join(f"{name} = {name} + ?" for name in changed)
            db.execute(
                f"UPDATE crawls SET {sets} WHERE crawl_id = ?", [*(counts[n] for n in changed), crawl_id]
            )

    @staticmethod
    def _status(db: sqlite3.Connection, row: tuple[str, float | None, int, int, int, int]) -> SourceStatus:
        source, last_fetch, queued, done, failed, refused = row
        error = db.execute(
            "SELECT last_error FROM crawls WHERE source = ? AND last_error IS NOT NULL"
            " ORDER BY crawl_id DESC LIMIT 1",
            (source,),
        ).fetchone()
        where = (
            error
            and db.execute(
                "SELECT url FROM urls WHERE source = ? AND reason = ? LIMIT 1", (source, error[0])
            ).fetchone()
        )
        return SourceStatus(
            source=source,
            last_fetch_at=None if last_fetch is None else datetime.fromtimestamp(last_fetch, UTC),
            queued=queued,
            done=done,
            failed=failed,
            refused=refused,
            last_error=error[0] if error else "",
            last_error_url=where[0] if where else "",
        )

    def _page(self, row: tuple[int, str, str, str, int, str, bytes, str]) -> Page:
        page_id, source, url, url_answered, status, headers, body, fetched_at = row
        return Page(
            page_id=page_id,
            source=source,
            url=url,
            url_answered=url_answered,
            status=status,
            headers=tuple((name, value) for name, value in json.loads(headers)),
            body=self._decompressor().decompress(body),
            fetched_at=datetime.fromisoformat(fetched_at),
        )

    # Connections, one a thread.

    def _compressor(self) -> zstandard.ZstdCompressor:
        if not hasattr(self._local, "compressor"):
            self._local.compressor = zstandard.ZstdCompressor(level=3)
        compressor: zstandard.ZstdCompressor = self._local.compressor
        return compressor

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        if not hasattr(self._local, "decompressor"):
            self._local.decompressor = zstandard.ZstdDecompressor()
        decompressor: zstandard.ZstdDecompressor = self._local.decompressor
        return decompressor

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            with self._lock:
                self._open.append(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        opened: sqlite3.Connection = self._local.connection
        return opened

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            yield self._connection()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{self.path}: cannot read or write the crawl store ({error});"
                " free space, mend its permissions, or name another archive with --db"
            ) from error

    def _prepare(self) -> None:
        existed = self.path.exists() and self.path.stat().st_size > 0
        if existed:
            self._refuse_foreign()
        elif not self.path.parent.is_dir():
            raise StorageError(f"{self.path.parent}: no such directory for the crawl store; create it")
        with self._errors():
            db = self._connection()
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in _SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            db.execute("COMMIT")

    def _refuse_foreign(self) -> None:
        try:
            with self._errors():
                db = self._connection()
                application_id = db.execute("PRAGMA application_id").fetchone()[0]
                version = db.execute("PRAGMA user_version").fetchone()[0]
                tables = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        except StorageError as error:
            if isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            raise ForeignArchiveError(
                f"{self.path}: not an SQLite file; name another archive with --db"
            ) from error
        if application_id != APPLICATION_ID and tables:
            raise ForeignArchiveError(
                f"{self.path}: an SQLite file, but not a parknews crawl store; name another archive with --db"
            )
        if application_id == APPLICATION_ID and version > SCHEMA_VERSION:
            raise NewerArchiveError(
                f"{self.path}: written by a newer parknews (schema {version}, this one knows"
                f" {SCHEMA_VERSION}); install that version"
            )
