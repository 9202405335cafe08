"""The one spider: what becomes of each answer. Sources are data, the frontier is in the store.

Every request carries its frontier Entry and ends in exactly one commit: a page with its links, an
unchanged page, a redirect, a retry, a failure; or in none where the run ends first, and then the
entry is simply still queued. Nothing is awaited between a response and its commit.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.utils.asyncio import create_looping_call

from crawler.addresses import AddressRefusedError
from crawler.challenges import REASON, is_challenge
from crawler.frontier import Fetched, Link
from crawler.judge import MAX_HOPS, judge, location_of
from crawler.links import Scope
from crawler.lookout import Lookout
from crawler.reasons import RETRIED, UNCONNECTED, UNREACHED, error_reason, is_too_large, status_reason
from crawler.records import FetchOptions
from crawler.removed import RemovedError, Watch
from crawler.robots import RobotsRefusedError, RobotsUnreachableError
from crawler.store import CrawlStore, store_path
from crawler.store.pace import SharedPace
from crawler.tally import Tally
from crawler.throttle import StoppingError, Throttle, backoff_s, retry_after_s
from pipelines.errors import StorageError
from pipelines.urls import canonical_url, host_of

if TYPE_CHECKING:
    import threading
    from collections.abc import AsyncIterator, Callable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.frontier import Entry
    from crawler.records import CrawlSource, FetchProgress, FetchReport
    from crawler.robots import Policy
    from crawler.scheduler import FrontierScheduler
    from crawler.store import Round
    from crawler.throttle import HostClock

log = logging.getLogger(__name__)

STRIKES = 20
"""Points in a row after which a host is left alone for this run: four for a failure to connect, one for an
answer that broke off or never came, so that one bad corner of a site does not hide the rest of it."""
STRIKES_UNKNOWN = 8
"""The same for a host that has not answered once, where every failure is a failure to connect."""
_STRIKE_POINTS = 4


STRAIN_MAX = 6
"""Answers 429 or 503 in a row after which a host is left alone for this run, half a minute later."""


class NewsSpider(Spider):
    """Fetches the sources' frontier until it is empty."""

    name = "news"

    def __init__(
        self,
        *,
        sources: Sequence[CrawlSource],
        store: CrawlStore,
        options: FetchOptions,
        is_blocked: Callable[[str], bool] | None = None,
        on_progress: Callable[[FetchProgress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__()
        self.sources = tuple(sources)
        self.store = store
        self.options = options
        self.is_blocked = is_blocked or (lambda _: False)
        shared = SharedPace(Path(options.runtime)) if options.runtime else None
        self.throttle = Throttle(per_host=options.per_host, shared=shared)
        self.stopping = False
        self.fatal: StorageError | None = None
        self._on_progress = on_progress
        self._stop = stop
        self._scheduler: FrontierScheduler
        self._scopes = {source.host: Scope(source, self.is_blocked) for source in sources}
        self._rounds: dict[str, Round] = {}
        self._tally = Tally(self._scopes)
        self._strikes: Counter[str] = Counter()
        self._down: set[str] = set()
        self._lookout = Lookout(store)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """As `fetch` builds it, or `scrapy crawl news` from the settings alone."""
        spider = cls(*args, **(kwargs or _from_settings(crawler)))
        spider._set_crawler(crawler)
        return spider

    @property
    def agent_name(self) -> str:
        """The product token that robots.txt groups are chosen by."""
        return self.options.user_agent.partition("/")[0]

    # The run.

    async def start(self) -> AsyncIterator[Any]:
        """Nothing to start with: the scheduler draws from the frontier."""
        self._tick = create_looping_call(self._every_second)
        self._tick.start(1.0, now=False)
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    def begin(self, scheduler: FrontierScheduler) -> None:
        """Begin or take up each source's round, and open the lanes in which something waits."""
        self._scheduler = scheduler
        for source in self.sources:
            self._rounds[source.host] = self.store.begin(
                source.host, every_s=source.every_s, revisit=self.options.revisit, now=time.time()
            )
            starts = self._scopes[source.host].start_links()
            self._tally.count(source.host, found=self.store.queue(starts))
        held = self.store.quarantined()
        for host in held.keys() & self._scopes.keys():
            self._tally.error(host, f"held: {held[host]}")
            self._down.add(host)
        for source_host, host in self.store.lanes(set(self._scopes) - held.keys()):
            scheduler.wake(source_host, host)

    def clock(self, source: str, host: str) -> HostClock:
        """The clock of a host, at the pace its source has agreed."""
        return self.throttle.clock(host, self._scopes[source].source.delay_s)

    def request(self, entry: Entry) -> Request:
        """The request for an entry, conditional where its page is known."""
        headers = {}
        if entry.etag:
            headers["If-None-Match"] = entry.etag
        if entry.last_modified:
            headers["If-Modified-Since"] = entry.last_modified
        return Request(
            entry.ask_url,
            callback=self.answered,
            errback=self.unanswered,
            headers=headers,
            meta={"entry": entry},
            dont_filter=True,
        )

    def forget_blocked(self, entry: Entry) -> bool:
        """Whether an entry was removed since it was queued; then it leaves the frontier for good."""
        if not self.is_blocked(entry.url):
            return False
        self._forget(entry)
        return True

    def _forget(self, entry: Entry) -> None:
        self.store.forget_url(self._crawl(entry), entry)
        self._tally.count(entry.source, refused=1)

    def closed(self, reason: str) -> None:
        """End the rounds that are through."""
        self._tick.stop()
        self.stopping = self.stopping or reason != "finished"
        if self.fatal:
            return
        self._lookout.finish(time.time())
        whole = not self.stopping
        for source, crawl in self._rounds.items():
            if whole and source not in self._down:
                self.store.finish(crawl.crawl_id, outcome="done", now=time.time())
        self._report_progress()

    def report(self) -> FetchReport:
        """What this run did; complete once the spider is closed."""
        hosts = [source.host for source in self.sources]
        return self._tally.report(hosts, stopped=self.stopping, left=self.store.queued(self._scopes))

    # Answers.

    def answered(self, response: Response) -> None:
        """Commit what a response means."""
        assert response.request is not None
        entry: Entry = response.request.meta["entry"]
        self._strikes[entry.host] = 0
        self._tally.answered(entry.source)
        try:
            if not self.forget_blocked(entry):  # it may have been removed while it was fetched
                self._answer(entry, response)
        except StorageError as error:
            self._give_up(error)
        finally:
            self._scheduler.done(entry)

    def unanswered(self, failure: Failure) -> None:
        """Commit what the lack of a response means."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        try:
            self._failure(entry, failure.value or RuntimeError("no reason given"))
        except StorageError as error:
            self._give_up(error)
        finally:
            self._scheduler.done(entry)

    def _answer(self, entry: Entry, response: Response) -> None:
        status = response.status
        wait_s = retry_after_s(_header(response, "Retry-After"))
        latency_s = response.meta.get("download_latency")
        self._mind_strain(entry, strained=status in (429, 503), wait_s=wait_s or 0.0, latency_s=latency_s)
        if is_challenge(status, response.body):
            self._fail(entry, "failed", f"{REASON}: HTTP {status}", status)
        elif status == 304 and entry.known:
            self.store.commit_unchanged(self._crawl(entry), entry, now=time.time())
            self._tally.count(entry.source, unchanged=1)
        elif 300 <= status < 400:
            self._redirect(entry, status, location_of(response))
        elif status in RETRIED:
            self._retry(entry, status_reason(status), status, wait_s)
        elif not 200 <= status < 300:
            self._refused_by_host(entry, status)
        else:
            self._page(entry, response)

    def _mind_strain(self, entry: Entry, *, strained: bool, wait_s: float, latency_s: float | None) -> None:
        self.throttle.answered(entry.host, strained=strained, wait_s=wait_s, latency_s=latency_s)
        if strained and wait_s > self.options.retry_max_s:
            self._host_down(entry, f"asked to be left alone for {wait_s:.0f} s")
        elif self.throttle.clock(entry.host).strain >= STRAIN_MAX:
            self._host_down(entry, f"answered {STRAIN_MAX} times in a row that it has no time for us")

    def _page(self, entry: Entry, response: Response) -> None:
        fetched_at = datetime.now(UTC)
        judged = judge(entry, response, self._scopes[entry.source], fetched_at)
        if isinstance(judged, Fetched) and (why := self._lookout.look(entry, response, judged.kind)):
            self._quarantine(entry, why)
            return
        if isinstance(judged, str):
            self._fail(entry, "failed", judged, response.status)
        elif isinstance(judged, Link):
            self._redirect_to(entry, response.status, judged)
        else:
            self._commit(entry, judged)

    def _quarantine(self, entry: Entry, why: str) -> None:
        """The source seems to be another's now: nothing of it is kept until a person has looked."""
        log.warning("%s: %s; held until `parknews sources release`", entry.source, why)
        self.store.quarantine(entry.source, why, at=time.time())
        self._tally.error(entry.source, f"held: {why}")
        self._scheduler.drop_source(entry.source)
        self._down.add(entry.source)

    def _commit(self, entry: Entry, fetched: Fetched) -> None:
        committed = self.store.commit_page(self._crawl(entry), entry, fetched)
        changed = committed.page_id is not None
        self._tally.count(
            entry.source,
            fetched=int(changed),
            unchanged=int(not changed),
            articles=int(changed and fetched.article),
            found=committed.found_news + committed.found_lists,
        )
        self._tally.page(entry.source)
        if committed.found_news or committed.found_lists or fetched.lists or committed.again:
            hosts = {link.host for link in (*fetched.news, *fetched.lists)}
            for host in hosts | (
                {host_of(said.url) for said in fetched.announcements} if committed.again else set()
            ):
                self._scheduler.wake(entry.source, host)
        self._mind_budgets(entry.source)

    def _redirect(self, entry: Entry, status: int, location: str | None) -> None:
        if location is None:
            self._fail(entry, "failed", f"HTTP {status} to nowhere", status)
            return
        try:
            url = canonical_url(location)
        except ValueError:
            self._fail(entry, "failed", f"redirect to no web address: {location[:200]}", status)
            return
        if entry.hops >= MAX_HOPS:
            self._fail(entry, "failed", f"more than {MAX_HOPS} redirects in a row", status)
        elif not self._scopes[entry.source].holds(host_of(url)):
            self._fail(entry, "failed", f"redirect leaves the source: {host_of(url)}", status)
        elif self.is_blocked(url):
            self._fail(entry, "blocked", "redirect to a removed address", status)
        elif url != entry.url:
            self._redirect_to(entry, status, self._scopes[entry.source].redirected(entry, url))
        elif location == entry.ask_url:
            self._fail(entry, "failed", "redirects to itself", status)
        else:
            self.store.commit_other_way(entry, location)

    def _redirect_to(self, entry: Entry, status: int, target: Link) -> None:
        found = self.store.commit_redirect(self._crawl(entry), entry, status, target, now=time.time())
        self._tally.count(entry.source, found=found)
        self._scheduler.wake(entry.source, target.host)

    def _refused_by_host(self, entry: Entry, status: int) -> None:
        if entry.asks and not entry.other_way:
            self.store.commit_other_way(entry, entry.asks)
            return
        gone = status in (404, 410)
        if gone and entry.known and not entry.is_list:
            self.store.commit_gone(self._crawl(entry), entry, status, now=time.time())
            self._tally.count(entry.source, gone=1)
            return
        self._fail(entry, "gone" if gone else "failed", status_reason(status), status)

    def _failure(self, entry: Entry, error: BaseException) -> None:
        if isinstance(error, StoppingError):
            return
        if isinstance(error, StorageError):
            raise error
        if isinstance(error, RemovedError) or self.is_blocked(entry.url):
            self._forget(entry)
            return
        if isinstance(error, RobotsUnreachableError):
            self._host_down(entry, str(error))
        elif isinstance(error, RobotsRefusedError | AddressRefusedError):
            self._fail(entry, "refused", str(error), None)
        elif is_too_large(error):
            size = f"{self.options.max_body_bytes / 1048576:.3g} MB"
            self._fail(entry, "failed", f"larger than {size}", None)
        elif isinstance(error, UNREACHED):
            self._unreached(entry, error_reason(error), connected=not isinstance(error, UNCONNECTED))
        else:
            self._fail(entry, "failed", error_reason(error), None)

    def _unreached(self, entry: Entry, reason: str, *, connected: bool) -> None:
        known = self._tally.has_answered(entry.source)
        self._strikes[entry.host] += 1 if connected and known else _STRIKE_POINTS
        self._tally.error(entry.source, reason)
        self._retry(entry, reason, None, None)
        if self._strikes[entry.host] >= (STRIKES if known else STRIKES_UNKNOWN):
            self._host_down(entry, reason)

    def _host_down(self, entry: Entry, reason: str) -> None:
        log.warning("%s: %s; left for a later run", entry.host, reason)
        self._tally.error(entry.source, reason)
        self._scheduler.drop(entry.host)
        if entry.host == entry.source:
            self._down.add(entry.source)
        self.store.note_error(self._crawl(entry), reason)

    def _retry(self, entry: Entry, reason: str, status: int | None, wait_s: float | None) -> None:
        if entry.attempts >= self.options.retries:
            self._fail(entry, "failed", reason, status)
            return
        wait = backoff_s(entry.attempts, base_s=self.options.retry_base_s, retry_after_s=wait_s)
        self.store.commit_retry(entry, reason, status, next_at=time.time() + wait)

    def _fail(self, entry: Entry, state: str, reason: str, status: int | None) -> None:
        self.store.commit_failure(self._crawl(entry), entry, state, reason, status, now=time.time())
        if not entry.guess:
            refused = state in ("refused", "blocked")
            self._tally.count(entry.source, refused=int(refused), failed=int(not refused))
            if not refused:
                self._tally.error(entry.source, reason)

    # What robots.txt brings.

    def robots_fetched(self, policy: Policy) -> None:
        """Keep a robots.txt, and queue the sitemaps it names, or else the usual one."""
        host = host_of(policy.stored.authority)
        links: list[Link] = []
        for scope in self._scopes.values():
            if policy.reachable and scope.holds(host):
                links += scope.sitemap_links(policy.stored.authority, policy.sitemaps)
        self.store.save_robots(policy.stored, links)
        for link in links:
            self._scheduler.wake(link.source, link.host)

    def robots_known(self, policy: Policy) -> None:
        """Keep to the delay it asks for."""
        self.throttle.clock(host_of(policy.stored.authority), policy.delay_s)
        if policy.reachable:
            host = host_of(policy.stored.authority)
            self._tally.answered(*(name for name, scope in self._scopes.items() if scope.holds(host)))

    # Bookkeeping.

    def _crawl(self, entry: Entry) -> int:
        return self._rounds[entry.source].crawl_id

    def _mind_budgets(self, source: str) -> None:
        most = self._scopes[source].source.max_pages
        if most is not None and self._tally.fetched(source) >= most:
            self._scheduler.drop_source(source)
        if self.options.max_pages is not None and self._tally.pages >= self.options.max_pages:
            self.end("budget")

    def end(self, reason: str) -> None:
        """Hand out nothing more, finish what is in flight, and close."""
        self.stopping = self.throttle.stopping = True
        log.info("ending: %s", reason)

    def _give_up(self, error: StorageError) -> None:
        self.fatal = self.fatal or error
        self.end("the crawl store failed")

    def _every_second(self) -> None:
        asked = self._stop is not None and self._stop.is_set()
        if (asked or not self.crawler.crawling) and not self.stopping:  # the latter after a signal
            self.end("stopped")
        floor = self.options.disk_floor_bytes
        if floor and not self.stopping and shutil.disk_usage(self.store.path.parent).free < floor:
            for source in self._scopes:
                self._tally.error(source, f"less than {floor // 10**6} MB are free")
            self.end(f"less than {floor // 10**6} MB are free on the disk")
        limit_s = self.options.time_limit_s
        if limit_s is not None and not self.stopping and self._tally.elapsed_s > limit_s:
            self.end(f"its {limit_s:.0f} s are over")
        self._report_progress()

    def _report_progress(self) -> None:
        if self._on_progress is None:
            return
        queued = self.store.queued(self._scopes)
        self._on_progress(self._tally.progress(queued=queued, pending=self.store.pending()))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")


def _from_settings(crawler: Crawler) -> dict[str, Any]:
    """`scrapy crawl news`: the same sources and store as `parknews crawl` with the same environment."""
    from crawler.sources import read_sources, require_contact  # noqa: PLC0415 (as the command line did)

    settings = crawler.settings
    sources = read_sources(Path(settings["PARKNEWS_SOURCES"]))
    require_contact(sources, settings["PARKNEWS_CONTACT"])
    return {
        "sources": sources,
        "store": CrawlStore(store_path(settings["PARKNEWS_DB"])),
        "is_blocked": Watch(Path(settings["PARKNEWS_DB"])).blocks,
        "options": FetchOptions(
            contact=settings["PARKNEWS_CONTACT"],
            runtime=settings["PARKNEWS_RUNTIME"],
            backlog_max=settings.getint("PARKNEWS_BACKLOG_MAX"),
            concurrency=settings.getint("CONCURRENT_REQUESTS"),
            timeout_s=settings.getfloat("DOWNLOAD_TIMEOUT"),
            max_body_bytes=settings.getint("DOWNLOAD_MAXSIZE"),
        ),
    }
