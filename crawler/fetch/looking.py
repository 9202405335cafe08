"""One page at a time by the crawler's rules, without a frontier and without a store: nothing is kept.

In: an address and the source that it belongs to. Out: the page, or the reason why there is none.
`LookExtension` brings the same rules to `scrapy shell` and `scrapy fetch`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.config import FetchOptions
from crawler.fetch.outcomes import fetched
from crawler.fetch.settings import settings_for
from crawler.sources import read_sources
from crawler.web import run_of, stand_in
from crawler.web.pace import SharedPace
from crawler.web.reasons import error_reason, is_too_large, status_reason
from crawler.web.removed import Removed
from crawler.web.robots import Policy
from crawler.web.throttle import Throttle
from pipelines.pages.answers import MAX_HOPS
from pipelines.pages.frontier import Entry, Fetched
from pipelines.pages.kinds import CHALLENGE, is_challenge
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource
from pipelines.urls import host_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unfetched:
    """Why there is no page."""

    reason: str
    forbidden: bool = False
    """Whether it was not even asked for: robots.txt, a removal or our own rules forbid it."""


def fetch_page(
    url: str, source: CrawlSource, options: FetchOptions, is_blocked: Callable[[str], bool]
) -> Fetched | Unfetched:
    """A page of a source as a crawl would fetch it, or why there is none. Once a process, in its main thread.

    Args:
        url: In its one spelling.
        source: To which it belongs: its pace, and whether it may be private.
        options: How it is fetched.
        is_blocked: Whether a URL was removed for good.
    """
    process = AsyncCrawlerProcess(settings_for(options))
    crawler = process.create_crawler(OnePage)
    look = Look([source], options, is_blocked)
    stand_in(crawler, look)
    process.crawl(crawler, url=url, source=source)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, OnePage):
        raise RuntimeError("the fetch did not start; the log says why")  # noqa: TRY004 (no type of ours)
    return spider.answer


class Look:
    """What the rules need of a run: permissions, pace, and a memory of robots.txt that ends with it."""

    def __init__(
        self, sources: Sequence[CrawlSource], options: FetchOptions, is_blocked: Callable[[str], bool]
    ) -> None:
        self.sources = tuple(sources)
        self.options = options
        self.is_blocked = is_blocked
        self.throttle = _LatePace(options)
        for source in self.sources:
            self.throttle.clock(source.host, source.delay_s)
        self.store = _NoStore()
        self.own_only = not options.contact
        """Nobody could be reached: nothing but sources that may be private is asked for."""

    @property
    def agent_name(self) -> str:
        """The product token that robots.txt groups are chosen by."""
        return self.options.user_agent.partition("/")[0]

    def robots_fetched(self, policy: Policy) -> None:
        """Nothing is kept."""

    def asked(self, request: Request, came: object, took_s: float) -> None:
        """Nothing is kept."""

    def robots_known(self, policy: Policy) -> None:
        """Keep to the delay it asks for."""
        self.throttle.clock(host_of(policy.stored.authority), policy.delay_s)


class _LatePace(Throttle):
    """The pace that all processes share, opened by the thread that asks: the shell fetches in its own."""

    def __init__(self, options: FetchOptions) -> None:
        super().__init__(per_host=1, longest_s=options.retry_max_s)
        self._folder = options.runtime

    async def turn(self, host: str) -> int | None:
        """As `Throttle.turn`."""
        if self._folder and self._shared is None:
            self._shared = SharedPace(Path(self._folder))
        return await super().turn(host)


class _NoRobots:
    def robots(self, authority: str) -> None:
        """None is known."""


class _NoStore:
    """What the rules ask of the crawl store."""

    sources = _NoRobots()


class LookExtension:
    """Stands in for spiders that are no runs of ours, with what the settings and the sources file permit."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LookExtension:
        """Off where the spider is a run itself.

        Raises:
            NotConfigured: it is.
            ConfigurationError: the sources file is wrong.
        """
        if isinstance(crawler.spider, OnePage) or hasattr(crawler.spider, "throttle"):
            raise NotConfigured
        settings = crawler.settings
        path = Path(settings["PARKNEWS_SOURCES"])
        options = FetchOptions(
            contact=settings["PARKNEWS_CONTACT"],
            runtime=settings["PARKNEWS_RUNTIME"],
            timeout_s=settings.getfloat("DOWNLOAD_TIMEOUT"),
            max_body_bytes=settings.getint("DOWNLOAD_MAXSIZE"),
        )
        sources = read_sources(path) if path.exists() else []
        sources = [replace(source, render=False) for source in sources]  # as the host sends them, undrawn
        stand_in(crawler, Look(sources, options, Removed(Path(settings["PARKNEWS_DB"])).blocks))
        return cls()


class ToldMiddleware:
    """Says why a page was not asked for, which Scrapy keeps to itself."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ToldMiddleware:
        """Off where the spider is a run itself, and notes it.

        Raises:
            NotConfigured: it is.
        """
        if run_of(crawler) is crawler.spider or isinstance(crawler.spider, OnePage):
            raise NotConfigured
        return cls()

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A line in the log."""
        if isinstance(exception, IgnoreRequest):
            _log.error("%s: not fetched: %s", request.url, exception)


class OnePage(Spider):
    """Fetches one page, and what its redirects lead to within its source."""

    name = "page"

    def __init__(self, *, url: str, source: CrawlSource) -> None:
        super().__init__()
        self.answer: Fetched | Unfetched = Unfetched("no answer")
        self._url = url
        self._source = source
        self._territory = Territory(source, lambda _: False)

    async def start(self) -> AsyncIterator[Any]:
        """The one request."""
        yield self._request(self._url, 0)

    def answered(self, response: Response) -> Request | None:
        """Take the page, or go where the answer leads."""
        if is_challenge(response.status, response.body):
            self.answer = Unfetched(f"{CHALLENGE}: HTTP {response.status}")
        elif 300 <= response.status < 400:
            return self._redirect(response)
        elif not 200 <= response.status < 300:
            self.answer = Unfetched(status_reason(response.status))
        else:
            self.answer = fetched(response.meta["entry"], response)
        return None

    def unanswered(self, failure: Failure) -> None:
        """Note why there is no page."""
        error = failure.value or RuntimeError("no reason given")
        if isinstance(error, IgnoreRequest):
            self.answer = Unfetched(str(error), forbidden=True)
        elif is_too_large(error):
            self.answer = Unfetched("larger than a crawl takes")
        else:
            self.answer = Unfetched(error_reason(error))

    def _request(self, url: str, hops: int) -> Request:
        return Request(
            url,
            callback=self.answered,
            errback=self.unanswered,
            meta={"entry": entry_of(url, self._source.host, hops)},
            dont_filter=True,
        )

    def _redirect(self, response: Response) -> Request | None:
        hops = response.meta["entry"].hops + 1
        location = (response.headers.get("Location") or b"").decode("utf-8", "replace")
        target = urljoin(response.url, location.strip())
        try:
            host = host_of(target)
        except ValueError:
            self.answer = Unfetched(f"HTTP {response.status} to nowhere")
            return None
        if hops > MAX_HOPS:
            self.answer = Unfetched(f"more than {MAX_HOPS} redirects in a row")
        elif not self._territory.holds(host):
            self.answer = Unfetched(f"it leads to another host; give {target} instead", forbidden=True)
        else:
            return self._request(target, hops)
        return None


def entry_of(url: str, source: str, hops: int = 0) -> Entry:
    """The address as the frontier would hand it out."""
    return Entry(
        url_id=0,
        url=url,
        source=source,
        host=host_of(url),
        kind="unknown",
        depth=0,
        hops=hops,
        dry=0,
        asks=None,
        other_way=False,
        attempts=0,
        guess=False,
        etag=None,
        last_modified=None,
        known=False,
    )
