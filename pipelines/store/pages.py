"""The raw pages: those that wait for ingest, those that others fetched, and the addresses given up."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from pipelines import database
from pipelines.pages.frontier import ARTICLES, FILE, PRIORITY, Fetched
from pipelines.pages.revisits import IDLE_S, moments
from pipelines.records import Page, Rejection, Right
from pipelines.store.file import STORE, StoreFile

_PAGE = "page_id, source, url, url_answered, status, headers, body, fetched_at, signals, kind"

_LED_FROM_MAX = 20
"""More addresses that lead to one page are a rule of its host, and no names of the page."""
_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1990, 2100))
"""Feeds without a clock say 1970 or 0001."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stored page as evidence: its bytes as they came, when they were fetched and what answered."""

    url_answered: str
    status: int
    fetched_at: str
    """UTC."""
    media_type: str
    """As the host named it."""
    body: bytes
    sha256: str
    """Of the body, in hexadecimal."""


class Pages:
    """The raw pages, and the addresses that were given up."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file

    def take(self, limit: int, after: int) -> list[Page]:
        """Pages that may be articles and are not ingested, with page_id > `after`, ascending."""
        rows = self._file.rows(
            f"SELECT {_PAGE} FROM pages WHERE ingested = 0 AND page_id > ? ORDER BY page_id LIMIT ?",
            (after, limit),
        )
        return [self._page(row) for row in rows]

    def stored(self, page_ids: Sequence[int]) -> list[Page]:
        """Stored pages by id, ascending, those that are there."""
        marks = ", ".join("?" * len(page_ids))
        rows = self._file.rows(
            f"SELECT {_PAGE} FROM pages WHERE page_id IN ({marks}) ORDER BY page_id", list(page_ids)
        )
        return [self._page(row) for row in rows]

    def read_before(self, limit: int, after: int) -> list[Page]:
        """The latest pages of their addresses that were ingested, with page_id > `after`, ascending."""
        rows = self._file.rows(
            f"SELECT {_PAGE} FROM pages WHERE article = 1 AND ingested = 1 AND page_id > ?"
            " AND NOT EXISTS (SELECT 1 FROM pages later"
            " WHERE later.url = pages.url AND later.page_id > pages.page_id)"
            " ORDER BY page_id LIMIT ?",
            (after, limit),
        )
        return [self._page(row) for row in rows]

    def mark_ingested(self, page_ids: Sequence[int]) -> None:
        """Pages that are in the archive, or rejected there, do not come out again."""
        self._file.change_each("UPDATE pages SET ingested = 1 WHERE page_id = ?", [(i,) for i in page_ids])

    def mark_lists(self, page_ids: Sequence[int]) -> None:
        """The addresses of these pages are lists, which nothing told before they were read."""
        self._file.change_each(
            "UPDATE urls SET kind = 'list', interval_s = ?, revisit_at = fetched_at + ?"
            f" WHERE {ARTICLES} AND url = (SELECT url FROM pages WHERE page_id = ?)",
            [(IDLE_S, IDLE_S, page_id) for page_id in page_ids],
        )

    def drop(self, page_ids: Sequence[int]) -> None:
        """Deletes pages: what a removal keeps out of the archive stays nowhere."""
        self._file.change_each("DELETE FROM pages WHERE page_id = ?", [(i,) for i in page_ids])

    def rewrite(self, page: Page) -> None:
        """Puts a page without its passages in place of itself; nothing tells any more how it was.

        An older one of its address that is the same now goes: it was stored anew for what is no more in it.
        """
        sha256 = hashlib.sha256(page.body).digest()
        headers = json.dumps(page.headers, ensure_ascii=False)
        packed = self._file.packed(page.body)
        with self._file.writing() as db:
            db.execute(
                "UPDATE pages SET body = ?, body_bytes = ?, sha256 = ?, headers = ? WHERE page_id = ?",
                (packed, len(page.body), sha256, headers, page.page_id),
            )
            older = "DELETE FROM pages WHERE url = ? AND sha256 = ? AND page_id < ? AND ingested = 1"
            db.execute(older, (page.url, sha256, page.page_id))
            forget = "UPDATE urls SET etag = NULL, last_modified = NULL, sketch = NULL WHERE url = ?"
            db.execute(forget, (page.url,))

    def drop_files(self, urls: Sequence[str]) -> None:
        """Deletes files and their addresses: no article links to them any more."""
        with self._file.writing() as db:
            for table in ("pages", "urls"):
                db.executemany(
                    f"DELETE FROM {table} WHERE url = ? AND kind = ?", [(url, FILE) for url in urls]
                )

    def pending(self) -> int:
        """Pages that wait for ingest."""
        return int(self._file.row("SELECT COUNT(*) FROM pages WHERE ingested = 0")[0])

    def latest(self, url: str) -> Page | None:
        """The latest stored page of an address (in its one spelling), or None."""
        row = self._file.row(f"SELECT {_PAGE} FROM pages WHERE url = ? ORDER BY page_id DESC LIMIT 1", (url,))
        return self._page(row) if row else None

    def how_fetched(self, url: str) -> tuple[str, str] | None:
        """Of the latest stored page of an address: what robots.txt said, and by what it was drawn.

        The second is empty where the page is as the host sent it; None where no page is stored.
        """
        row = self._file.row(
            "SELECT robots, rendered FROM pages WHERE url = ? ORDER BY page_id DESC LIMIT 1", (url,)
        )
        return (row[0], row[1]) if row else None

    def drawn_by(self, page_id: int) -> str:
        """By what a stored page was drawn; empty where it is as the host sent it."""
        row = self._file.row("SELECT rendered FROM pages WHERE page_id = ?", (page_id,))
        return str(row[0]) if row else ""

    def announced(self, source: str) -> dict[str, int]:
        """feed, sitemap → the addresses of a source that it names."""
        return dict(
            self._file.rows(
                "SELECT via, count(*) FROM announcements JOIN urls USING (url) WHERE source = ? GROUP BY via",
                (source,),
            )
        )

    def take_rejections(self, limit: int) -> list[tuple[int, Rejection]]:
        """Addresses that were given up and are not yet in the archive, oldest first, each with its id."""
        rows = self._file.rows(
            "SELECT rejection_id, url, source, reason FROM rejected ORDER BY rejection_id LIMIT ?",
            (limit,),
        )
        return [(row[0], Rejection(url=row[1], source=row[2], stage="fetch", reason=row[3])) for row in rows]

    def mark_rejections(self, rejection_ids: Sequence[int]) -> None:
        """These are in the archive now."""
        self._file.change_each("DELETE FROM rejected WHERE rejection_id = ?", [(i,) for i in rejection_ids])

    def has(self, url: str, body: bytes) -> bool:
        """Whether a page with these bytes is stored under an address."""
        sha256 = hashlib.sha256(body).digest()
        return bool(self._file.row("SELECT 1 FROM pages WHERE url = ? AND sha256 = ?", (url, sha256)))

    def put(self, url: str, source: str, host: str, fetched: Fetched) -> bool:
        """Store a page as if it had been fetched; False where this version is there or a later one is."""
        sha256 = hashlib.sha256(fetched.body).digest()
        at = fetched.fetched_at.isoformat(timespec="seconds")
        with self._file.writing() as db:
            known = db.execute(
                "SELECT 1 FROM pages WHERE url = ? AND (sha256 = ? OR fetched_at >= ?)", (url, sha256, at)
            ).fetchone()
            if known:
                return False
            db.execute(
                "INSERT INTO urls (url, source, host, kind, state, priority, depth, status, fetched_at)"
                " VALUES (?, ?, ?, 'article', 'done', ?, 1, ?, ?) ON CONFLICT (url) DO NOTHING",
                (url, source, host, PRIORITY["archived"], fetched.status, fetched.fetched_at.timestamp()),
            )
            insert_page(db, url, source, fetched, self._file.packed(fetched.body), sha256)
        return True

    def every(self, sources: frozenset[str] = frozenset()) -> Iterator[Page]:
        """All stored pages, the oldest first, of some sources or of all."""
        last = 0
        while True:
            rows = self._file.rows(
                "SELECT page_id, source FROM pages WHERE page_id > ? ORDER BY page_id LIMIT 50", (last,)
            )
            if not rows:
                return
            yield from self.stored([row[0] for row in rows if not sources or row[1] in sources])
            last = rows[-1][0]

    def expire(self, before: str) -> int:
        """Delete ingested pages fetched before a moment (ISO 8601); returns how many. Articles stay."""
        return self._file.change("DELETE FROM pages WHERE ingested = 1 AND fetched_at < ?", (before,))

    def stored_since(self, moment: str) -> int:
        """Pages stored since a moment (ISO 8601)."""
        return int(self._file.row("SELECT COUNT(*) FROM pages WHERE fetched_at >= ?", (moment,))[0])

    def stored_bytes_since(self, moment: str) -> int:
        """Bytes of the pages stored since a moment (ISO 8601), as they lie on the disk."""
        return int(
            self._file.row(
                "SELECT COALESCE(SUM(LENGTH(body)), 0) FROM pages WHERE fetched_at >= ?", (moment,)
            )[0]
        )

    def _page(self, row: tuple[int, str, str, str, int, str, bytes, str, str, str]) -> Page:
        page_id, source, url, url_answered, status, headers, body, fetched_at, signals, kind = row
        announced_at, announced_by = self._announced(url)
        return Page(
            page_id=page_id,
            source=source,
            url=url,
            url_answered=url_answered,
            status=status,
            headers=tuple((name, value) for name, value in json.loads(headers)),
            body=self._file.unpacked(body),
            fetched_at=datetime.fromisoformat(fetched_at),
            announced_at=announced_at,
            announced_by=announced_by,
            led_from=self._led_from(url),
            signals=tuple(
                Right(said, value=value, origin=origin) for said, value, origin in json.loads(signals)
            ),
            is_file=kind == FILE,
        )

    def _led_from(self, url: str) -> tuple[str, ...]:
        """The addresses that redirect to one, over others or at once."""
        rows = self._file.rows(
            "WITH RECURSIVE way (url) AS (SELECT ? UNION SELECT urls.url FROM urls JOIN way"
            " ON urls.reason = way.url WHERE urls.state = 'redirected' LIMIT ?)"
            " SELECT url FROM way WHERE url <> ? ORDER BY url",
            (url, _LED_FROM_MAX, url),
        )
        return tuple(row[0] for row in rows) if len(rows) < _LED_FROM_MAX - 1 else ()

    def _announced(self, url: str) -> tuple[datetime | None, str]:
        """The earliest publication time that a feed or sitemap gave for a URL, else its earliest lastmod."""
        rows = self._file.rows(
            "SELECT via, announced, changed FROM announcements WHERE url = ? AND announced IS NOT NULL",
            (url,),
        )
        found = []
        for via, announced, changed in rows:
            is_lastmod = via == "sitemap" and announced == changed
            by = via if via == "feed" or is_lastmod else "news sitemap"
            if (span := moments(announced)) is not None and _EARLIEST <= span[0] < _LATEST:
                found.append((is_lastmod, span[0], by))
        if not found:
            return None, ""
        _, at, by = min(found)
        return datetime.fromtimestamp(at, UTC), by


def insert_page(
    db: sqlite3.Connection, url: str, source: str, fetched: Fetched, packed: bytes, sha256: bytes
) -> int:
    """Stores what was fetched under an address; returns its page_id."""
    cursor = db.execute(
        "INSERT INTO pages (url, source, kind, url_asked, url_answered, status, headers, body,"
        " body_bytes, sha256, fetched_at, robots, rendered, signals, article, ingested)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            url,
            source,
            fetched.kind,
            fetched.url_asked,
            fetched.url_answered,
            fetched.status,
            json.dumps(fetched.headers, ensure_ascii=False),
            packed,
            len(fetched.body),
            sha256,
            fetched.fetched_at.isoformat(timespec="seconds"),
            fetched.robots,
            fetched.rendered,
            json.dumps([(right.kind, right.value, right.origin) for right in fetched.signals]),
            int(fetched.article),
            int(not fetched.article),
        ),
    )
    return int(cursor.lastrowid or 0)


def reject(db: sqlite3.Connection, url: str, source: str, reason: str, at: float) -> None:
    """An address was given up; the archive is told of it."""
    db.execute(
        "INSERT INTO rejected (url, source, reason, at) VALUES (?, ?, ?, ?)", (url, source, reason, at)
    )


def stored_page(archive_path: Path, url: str, fetched_at: str) -> Evidence | None:
    """The page of that address whose text was fetched then; None where it is not kept, and no file is made.

    Raises:
        ForeignArchiveError, NewerArchiveError, StorageError: as `pipelines.store.file.StoreFile`.
    """
    path = database.store_path(archive_path)
    if not path.exists():
        return None
    with closing(database.open_read_only(path, STORE)) as connection:
        row = connection.execute(
            "SELECT url_answered, status, fetched_at, headers, body FROM pages"
            " WHERE url = ? AND substr(fetched_at, 1, 19) = substr(?, 1, 19) ORDER BY page_id DESC LIMIT 1",
            (url, fetched_at),
        ).fetchone()
    if row is None:
        return None
    headers = {name.lower(): value for name, value in json.loads(row[3])}
    body = zstandard.ZstdDecompressor().decompress(row[4])
    digest = hashlib.sha256(body).hexdigest()
    return Evidence(row[0], row[1], row[2], headers.get("content-type", ""), body, digest)
