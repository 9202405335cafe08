"""The last look before a request leaves: nothing that a removal keeps out is asked for.

What was blocked while a request waited (for robots.txt, for its host's turn) is found here; redirects,
sitemaps and robots.txt are requests of their own. An archive that is not there keeps nothing out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from crawler.web import run_of
from crawler.web.addresses import AddressRefusedError
from pipelines.archive.file import read_only
from pipelines.archive.kept_out.blocks import Blocklist, LiveBlocklist
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class RemovedError(IgnoreRequest):
    """A standing removal names this address: nothing is kept of it."""


class RemovedMiddleware:
    """Refuses what is blocked at this moment."""

    def __init__(self, is_blocked: Callable[[str], bool]) -> None:
        self._is_blocked = is_blocked

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RemovedMiddleware:
        """As Scrapy builds it; the block list is the run's."""
        return cls(run_of(crawler).is_blocked)

    def process_request(self, request: Request) -> None:
        """Let a request pass or raise RemovedError, or AddressRefusedError where a proxy was put in."""
        if request.meta.get("proxy"):
            raise AddressRefusedError("by a proxy, which would resolve names behind the address rules")
        if self._is_blocked(canonical_url(request.url)):
            raise RemovedError("removed")


class Removed:
    """The archive's block list as it is while a crawl goes on; empty where there is no archive yet."""

    def __init__(self, archive_path: Path) -> None:
        """Opens nothing yet: the thread that asks does."""
        self._path = archive_path
        self._connection: sqlite3.Connection | None = None
        self._blocklist: LiveBlocklist | None = None

    def blocks(self, url: str) -> bool:
        """Whether `url` (in its one spelling) must not be fetched or stored."""
        present = self._present()
        return present is not None and present.blocks(url)

    @property
    def is_empty(self) -> bool:
        """Whether no address is blocked at this moment."""
        present = self._present()
        return present is None or not present.kinds - {"credited"}

    def _present(self) -> Blocklist | None:
        if self._blocklist is None:
            if not self._path.exists():
                return None
            self._connection = read_only(self._path)
            self._blocklist = LiveBlocklist(self._connection)
        return self._blocklist.present()

    def close(self) -> None:
        """Closes the archive."""
        if self._connection is not None:
            self._connection.close()
