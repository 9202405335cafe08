"""Pages that others fetched come in, and ours go out: the store's side of WARC files."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from crawler.frontier import PRIORITY
from crawler.store.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.frontier import Fetched
    from pipelines.records import Page


class Imports(Pages):
    """Whole pages in and out."""

    def put_imported(self, url: str, source: str, host: str, fetched: Fetched) -> bool:
        """Store a page as if it had been fetched; False where this version is there or a later one is."""
        sha256 = hashlib.sha256(fetched.body).digest()
        at = fetched.fetched_at.isoformat(timespec="seconds")
        with self.writing() as db:
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
            db.execute(
                "INSERT INTO pages (url, source, kind, url_asked, url_answered, status, headers, body,"
                " body_bytes, sha256, fetched_at, robots, rendered, article, ingested)"
                " VALUES (?, ?, 'article', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0)",
                (
                    url,
                    source,
                    fetched.url_asked,
                    fetched.url_answered,
                    fetched.status,
                    json.dumps(fetched.headers, ensure_ascii=False),
                    self.compressor().compress(fetched.body),
                    len(fetched.body),
                    sha256,
                    at,
                    fetched.robots,
                    fetched.rendered,
                ),
            )
        return True

    def every_page(self, sources: frozenset[str] = frozenset()) -> Iterator[Page]:
        """All stored pages, the oldest first, of some sources or of all."""
        last = 0
        while True:
            with self.reading() as db:
                rows = db.execute(
                    "SELECT page_id, source FROM pages WHERE page_id > ? ORDER BY page_id LIMIT 50", (last,)
                ).fetchall()
            if not rows:
                return
            yield from self.pages([row[0] for row in rows if not sources or row[1] in sources])
            last = rows[-1][0]

    def expire(self, before: str) -> int:
        """Delete ingested pages fetched before a moment (ISO 8601); returns how many. Articles stay."""
        with self.writing() as db:
            return db.execute("DELETE FROM pages WHERE ingested = 1 AND fetched_at < ?", (before,)).rowcount

    def stored_since(self, moment: str) -> int:
        """Pages stored since a moment (ISO 8601)."""
        with self.reading() as db:
            return int(
                db.execute("SELECT COUNT(*) FROM pages WHERE fetched_at >= ?", (moment,)).fetchone()[0]
            )

    def stored_bytes_since(self, moment: str) -> int:
        """Bytes of the pages stored since a moment (ISO 8601), as they lie on the disk."""
        with self.reading() as db:
            return int(
                db.execute(
                    "SELECT COALESCE(SUM(LENGTH(body)), 0) FROM pages WHERE fetched_at >= ?", (moment,)
                ).fetchone()[0]
            )
