"""The last look before a request leaves: nothing that a removal keeps out is asked for.

What was blocked while a request waited (for robots.txt, for its host's turn) is found here; redirects,
sitemaps and robots.txt are requests of their own.

Which sources a removal keeps out, said before anything is asked of them.

In: an archive's path, sources. Out: host → the sentence that `show` has for it. An archive that is not
there keeps nobody out.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from pipelines.archive.file import read_only
from pipelines.archive.kept_out.blocks import LiveBlocklist, answer, read_blocklist
from pipelines.errors import RefusedError
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scrapy import Request
    from scrapy.crawler import Crawler

    from pipelines.records import CrawlSource


class RemovedError(IgnoreRequest):
    """A standing removal names this address: nothing is kept of it."""


class RemovedMiddleware:
    """Refuses what is blocked at this moment."""

    def __init__(self, is_blocked: Callable[[str], bool]) -> None:
        self._is_blocked = is_blocked

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RemovedMiddleware:
        """As Scrapy builds it; the block list is the spider's."""
        return cls(crawler.spider.is_blocked)  # type: ignore[union-attr]

    def process_request(self, request: Request) -> None:
        """Let a request pass or raise RemovedError."""
        if self._is_blocked(canonical_url(request.url)):
            raise RemovedError("removed")


class Watch:
    """The archive's block list as it is while a crawl goes on; empty where there is no archive yet."""

    def __init__(self, archive_path: Path) -> None:
        """Opens nothing yet: the thread that asks does."""
        self._path = archive_path
        self._connection: sqlite3.Connection | None = None
        self._blocklist: LiveBlocklist | None = None

    def blocks(self, url: str) -> bool:
        """Whether `url` (in its one spelling) must not be fetched or stored."""
        if self._blocklist is None:
            if not self._path.exists():
                return False
            self._connection = read_only(self._path)
            self._blocklist = LiveBlocklist(self._connection)
        return self._blocklist.blocks(url)

    def close(self) -> None:
        """Closes the archive."""
        if self._connection is not None:
            self._connection.close()


def removed_sources(archive_path: Path, sources: Sequence[CrawlSource]) -> dict[str, str]:
    """The sources whose whole host was removed, each with the day and the removal."""
    if not archive_path.exists():
        return {}
    with closing(read_only(archive_path)) as connection:
        blocklist = read_blocklist(connection)
        hosts = [source.host for source in sources if blocklist.blocks_host(source.host)]
        told = {host: answer(connection, f"https://{host}/") for host in hosts}
    return {host: sentence for host, sentence in told.items() if sentence}


def removed_starts(archive_path: Path, sources: Sequence[CrawlSource]) -> dict[str, str]:
    """The same for sources all of whose start URLs were removed: a look at them would see nothing."""
    if not archive_path.exists():
        return {}
    removed: dict[str, str] = {}
    with closing(read_only(archive_path)) as connection:
        for source in sources:
            told = [answer(connection, url) or "" for url in source.start_urls]
            if told and all(told):
                removed[source.host] = told[0]
    return removed


def refuse_removed(removed: dict[str, str]) -> None:
    """Says no where a removed source was asked for by name.

    Raises:
        RefusedError: `removed` names one.
    """
    for host, sentence in removed.items():
        raise RefusedError(f"{host}: {sentence}; nothing of it is asked for (`parknews removals list`)")
