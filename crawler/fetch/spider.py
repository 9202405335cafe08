"""One run of the crawl: fetch what the frontier holds of some sources into the crawl store.

It knows the store and the network, not the archive. The one spider says how a run begins, is held within its
bounds, and ends. Sources are data, the frontier is in the store. Every request carries its frontier Entry,
which ends in one commit (`outcomes`); where the run ends first, the entry is simply still queued.
"""

from __future__ import annotations

import logging
import shutil
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.misc import load_object

from crawler.config import FetchOptions
from crawler.fetch.hosts import Hosts
from crawler.fetch.outcomes import Outcomes
from crawler.fetch.settings import settings_for
from crawler.fetch.tally import Tally
from crawler.web.addresses import AddressMiddleware
from crawler.web.pace import SharedPace
from crawler.web.removed import Removed, RemovedMiddleware
from crawler.web.robots import RobotsMiddleware
from crawler.web.throttle import Throttle, TurnMiddleware
from pipelines.attached import require_readers
from pipelines.errors import ConfigurationError, StorageError
from pipelines.pages.kinds import is_surely_list
from pipelines.pages.links import Territory
from pipelines.pages.repeats import REST_S, kind_of_address
from pipelines.pages.revisits import IDLE_LONGEST_S
from pipelines.pages.signs import Lookout
from pipelines.records import AddressWords
from pipelines.store import CrawlStore, store_path
from pipelines.urls import host_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.fetch.scheduler import FrontierScheduler
    from crawler.fetch.tally import FetchReport, RunProgress
    from crawler.web.robots import Policy
    from crawler.web.throttle import HostClock
    from pipelines.pages.frontier import Entry, Link
    from pipelines.records import CrawlSource
    from pipelines.store import Round

_log = logging.getLogger(__name__)


def fetch(
    sources: Sequence[CrawlSource],
    store: CrawlStore,
    options: FetchOptions,
    *,
    is_blocked: Callable[[str], bool] | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
    stop: threading.Event | None = None,
) -> FetchReport:
    """Fetch until nothing of these sources waits any more; SIGTERM, SIGINT or `stop` end it cleanly.

    Call it once a process and in the main thread: a Twisted reactor cannot be started twice, and signals
    reach the main thread only.

    Args:
        sources: what to crawl.
        store: where pages go; somebody has to drain it unless `options.backlog_max` is 0.
        options: how.
        is_blocked: whether a URL (in its one spelling) was removed for good; asked before it is
            queued, before it is fetched and for redirect targets.
        on_progress: called about once a second, in this thread.
        stop: set from any thread to end the run.

    Raises:
        StorageError: the store could not be written; what was committed is safe.
    """
    process = AsyncCrawlerProcess(settings_for(options))
    crawler = process.create_crawler(NewsSpider)
    process.crawl(
        crawler,
        sources=sources,
        store=store,
        options=options,
        is_blocked=is_blocked,
        on_progress=on_progress,
        stop=stop,
    )
    with _signals_given_back() as ours:
        process.start(install_signal_handlers=ours)
    spider = crawler.spider
    if not isinstance(spider, NewsSpider):
        raise RuntimeError("the crawl did not start; the log says why")  # noqa: TRY004 (no type of ours)
    if spider.fatal is not None:
        raise spider.fatal
    return spider.report()


@contextmanager
def _signals_given_back() -> Iterator[bool]:
    """Whether signals may be handled here; what handled them before does so again afterwards.

    Scrapy leaves its handlers behind, which speak to a reactor that has ended: nobody could stop
    what the caller does next.
    """
    if threading.current_thread() is not threading.main_thread():
        yield False
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield True
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class NewsSpider(Spider):
    """Fetches the sources' frontier until it is empty."""

    name = "news"
    custom_settings = {"SCHEDULER": "crawler.fetch.scheduler.FrontierScheduler"}  # noqa: RUF012  # Scrapy's way

    def __init__(
        self,
        *,
        sources: Sequence[CrawlSource],
        store: CrawlStore,
        options: FetchOptions,
        is_blocked: Callable[[str], bool] | None = None,
        on_progress: Callable[[RunProgress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__()
        self.sources = tuple(sources)
        self.store = store
        self.options = options
        self.is_blocked = is_blocked or (lambda _: False)
        shared = SharedPace(Path(options.runtime)) if options.runtime else None
        self.throttle = Throttle(per_host=options.per_host, shared=shared, longest_s=options.retry_max_s)
        self.stopping = self._in_a_hurry = False
        self.fatal: StorageError | None = None
        self._on_progress = on_progress
        self._stop = stop
        self._began = time.time()
        self._scheduler: FrontierScheduler
        self._territories = {
            s.host: Territory(s, self.is_blocked, store.frontier.idle(s.host)) for s in self.sources
        }
        self._rounds: dict[str, Round] = {}
        self._tally = Tally(self._territories)
        self._lookout = Lookout(store.sources.signs)
        self._hosts = Hosts(store, self._tally, self.throttle, options, self._rounds)
        self._outcomes = Outcomes(
            store,
            options,
            self._territories,
            self._rounds,
            self._tally,
            self._hosts,
            self._lookout,
            self.is_blocked,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """As `fetch` builds it, or `scrapy crawl news` from the settings alone."""
        _require_rules(crawler)
        spider = cls(*args, **(kwargs or _from_settings(crawler)))
        spider._set_crawler(crawler)
        return spider

    @property
    def agent_name(self) -> str:
        """The product token that robots.txt groups are chosen by."""
        return self.options.user_agent.partition("/")[0]

    async def start(self) -> AsyncIterator[Any]:
        """Nothing to start with: the scheduler draws from the frontier."""
        self._tick = create_looping_call(self._every_second)
        self._tick.start(1.0, now=False)
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    # What the scheduler asks.

    def begin(self, scheduler: FrontierScheduler) -> None:
        """Begin or take up each source's round, and open the lanes in which something waits."""
        self._scheduler = self._hosts.scheduler = self._outcomes.scheduler = scheduler
        self.store.frontier.mind_clock(self._began)
        for source in self.sources:
            if source.said != AddressWords():
                self.store.frontier.heed(source.host, self._territories[source.host].said)
            if self.options.wished:
                self._rounds[source.host] = self.store.frontier.aside(source.host, now=time.time())
                continue
            self._rounds[source.host] = self.store.frontier.begin(
                source.host, every_s=source.every_s, revisit=self.options.revisit, now=time.time()
            )
            starts = self._territories[source.host].start_links()
            self._tally.count(source.host, found=self.store.frontier.queue(starts))
        self._hosts.resume_rests()
        held = self.store.sources.quarantined()
        for host in held.keys() & self._territories.keys():
            self._hosts.hold(host, held[host])
        for source_host, host in self.store.frontier.lanes(set(self._territories) - held.keys()):
            scheduler.wake(source_host, host)

    def awaits_files(self) -> bool:
        """Whether pages are being read that may link to files; lanes of files that were found are woken.

        Somebody drains the store meanwhile, and queues an article's files before its page is ingested.
        """
        wanting = {source.host for source in self.sources if source.attachments}
        if not wanting or not self.options.backlog_max:
            return False
        pending = self.store.pages.pending()
        for source, host in self.store.frontier.lanes(wanting - self.store.sources.quarantined().keys()):
            self._scheduler.wake(source, host)
        return pending > 0

    def clock(self, source: str, host: str) -> HostClock:
        """The clock of a host, at the pace its source has agreed."""
        return self.throttle.clock(host, self._territories[source].source.delay_s)

    def admit(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of some entries that may be asked for now; the others leave the frontier, or rest."""
        allowed = [e for e in entries if not self._was_removed(e) and not self._was_denied(e)]
        resting: dict[str, list[Entry]] = {}
        for entry in allowed:
            if not entry.known and self._territories[entry.source].repeats.rests(entry.url):
                resting.setdefault(kind_of_address(entry.url), []).append(entry)
        for kind, waiting in resting.items():
            until = time.time() + REST_S
            self.store.frontier.rest(waiting[0].source, kind, waiting, until=until, at=self._began)
        rest = {entry.url_id for waiting in resting.values() for entry in waiting}
        idle = [entry for entry in allowed if entry.url_id not in rest and self._is_idle(entry)]
        if idle:
            self.store.frontier.put_off(idle, until=time.time() + IDLE_LONGEST_S)
        rest.update(entry.url_id for entry in idle)
        return [entry for entry in allowed if entry.url_id not in rest]

    def _is_idle(self, entry: Entry) -> bool:
        """Whether an entry is one more list of a kind that names nothing new."""
        repeats = self._territories[entry.source].repeats
        return not entry.known and is_surely_list(entry.kind, entry.url) and repeats.is_idle(entry.url)

    def leave(self, source: str, host: str, wait_s: float) -> None:
        """A host wants more rest than this run waits."""
        self._hosts.leave(source, host, f"asked to be left alone for another {wait_s:.0f} s")

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

    # Answers.

    def answered(self, response: Response) -> None:
        """Commit what a response means."""
        assert response.request is not None
        entry: Entry = response.request.meta["entry"]
        try:
            self._outcomes.answer(entry, response)
            self._mind_budget()
        except StorageError as error:
            self._give_up(error)
        finally:
            self._scheduler.done(entry)

    def unanswered(self, failure: Failure) -> None:
        """Commit what the lack of a response means."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        try:
            self._outcomes.failure(entry, failure.value or RuntimeError("no reason given"))
        except StorageError as error:
            self._give_up(error)
        finally:
            self._scheduler.done(entry)

    # What robots.txt brings.

    def robots_fetched(self, policy: Policy) -> None:
        """Keep a robots.txt, and queue the sitemaps it names, or else the usual one."""
        host = host_of(policy.stored.authority)
        links: list[Link] = []
        for territory in self._territories.values():
            if policy.reachable and territory.holds(host):
                links += territory.sitemap_links(policy.stored.authority, policy.sitemaps)
        self.store.sources.save_robots(policy.stored, links)
        for link in links:
            self._scheduler.wake(link.source, link.host)

    def robots_known(self, policy: Policy) -> None:
        """Keep to the delay it asks for."""
        self.throttle.clock(host_of(policy.stored.authority), policy.delay_s)
        if policy.reachable:
            host = host_of(policy.stored.authority)
            self._tally.answered(
                *(name for name, territory in self._territories.items() if territory.holds(host))
            )

    # The end.

    def end(self, reason: str) -> None:
        """Hand out nothing more, finish what is in flight, and close."""
        self.stopping = self.throttle.stopping = True
        _log.info("ending: %s", reason)
        self._scheduler.nudge()

    def closed(self, reason: str) -> None:
        """End the rounds that are through."""
        self._tick.stop()
        self.stopping = self.stopping or reason != "finished"
        if self.fatal:
            return
        for source, kind, signs, changed in self._lookout.seen():
            self.store.sources.put_signs(source, kind, signs, changed=changed, at=time.time())
        whole = not self.stopping and not self.options.wished
        for source, crawl in self._rounds.items():
            if whole and source not in self._hosts.down:
                self.store.frontier.finish(crawl.crawl_id, outcome="done", now=time.time())
        self._report_progress()

    def report(self) -> FetchReport:
        """What this run did; complete once the spider is closed."""
        waiting = {source.host: self.store.frontier.queued([source.host]) for source in self.sources}
        stopped = self.stopping or self.options.wished  # all else waits for the next
        return self._tally.report(waiting, stopped=stopped, in_a_hurry=self._in_a_hurry)

    def _was_removed(self, entry: Entry) -> bool:
        """Whether an entry was removed since it was queued; then it leaves the frontier for good."""
        if not self.is_blocked(entry.url):
            return False
        self._outcomes.forget(entry)
        return True

    def _was_denied(self, entry: Entry) -> bool:
        """Whether the sources file denies an entry that was queued before it did."""
        said = self._territories[entry.source].said(entry.url)
        if said is None or said.kind != "deny" or entry.kind == "start":
            return False
        self._outcomes.refuse(entry, said.reason)
        return True

    def _mind_budget(self) -> None:
        if self.options.max_pages is not None and self._tally.pages >= self.options.max_pages:
            self.end("budget")

    def _give_up(self, error: StorageError) -> None:
        self.fatal = self.fatal or error
        self.end("the crawl store failed")

    def _every_second(self) -> None:
        if not self.stopping and (why := self._why_to_end()):
            self._in_a_hurry = True
            self.end(why)
        self._report_progress()

    def _why_to_end(self) -> str:
        if (self._stop is not None and self._stop.is_set()) or not self.crawler.crawling:  # after a signal
            return "stopped"
        floor = self.options.disk_floor_bytes
        if floor and shutil.disk_usage(self.store.path.parent).free < floor:
            why = f"less than {floor // 10**6} MB are free on the disk (PARKNEWS_DISK_FLOOR_MB)"
            for source in self._territories:
                self._tally.error(source, why)
                self._tally.left_early(source, why)
            return why
        limit_s = self.options.time_limit_s
        if limit_s is not None and self._tally.elapsed_s > limit_s:
            return f"its {limit_s:.0f} s are over"
        return ""

    def _report_progress(self) -> None:
        if self._on_progress is None:
            return
        self._on_progress(self._tally.progress(queued=self.store.frontier.queued(self._territories)))


_RULES = (AddressMiddleware, RobotsMiddleware, TurnMiddleware, RemovedMiddleware)
"""What keeps to addresses, robots.txt, pace and removals."""


def _require_rules(crawler: Crawler) -> None:
    """Refuses settings that leave one of the rules out, which nothing else would say.

    Raises:
        ConfigurationError: a middleware of ours is missing.
    """
    wanted = crawler.settings.getwithbase("DOWNLOADER_MIDDLEWARES")
    there = {load_object(name) for name, place in wanted.items() if place is not None}
    if lacking := [rule.__name__ for rule in _RULES if rule not in there]:
        raise ConfigurationError(
            f"DOWNLOADER_MIDDLEWARES lacks {', '.join(lacking)}: add yours to those of crawler.fetch.settings"
            " instead of replacing them"
        )


def _from_settings(crawler: Crawler) -> dict[str, Any]:
    """`scrapy crawl news`: the same sources and store as `parknews crawl` with the same environment."""
    from crawler.config import require_contact  # noqa: PLC0415 (as the command line did)
    from crawler.sources import active, read_sources  # noqa: PLC0415 (as the command line did)

    settings = crawler.settings
    sources = active(read_sources(Path(settings["PARKNEWS_SOURCES"])))
    require_contact(sources, settings["PARKNEWS_CONTACT"])
    require_readers(sources)
    return {
        "sources": sources,
        "store": CrawlStore(store_path(settings["PARKNEWS_DB"])),
        "is_blocked": Removed(Path(settings["PARKNEWS_DB"])).blocks,
        "options": FetchOptions(
            contact=settings["PARKNEWS_CONTACT"],
            runtime=settings["PARKNEWS_RUNTIME"],
            browser=settings["PARKNEWS_BROWSER"],
            browser_sandbox=settings["PARKNEWS_BROWSER_SANDBOX"],
            backlog_max=settings.getint("PARKNEWS_BACKLOG_MAX"),
            concurrency=settings.getint("CONCURRENT_REQUESTS"),
            timeout_s=settings.getfloat("DOWNLOAD_TIMEOUT"),
            max_body_bytes=settings.getint("DOWNLOAD_MAXSIZE"),
        ),
    }
