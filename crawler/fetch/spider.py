"""One run of the crawl: fetch what the frontier holds of some sources into the crawl store.

It knows the store and the network, not the archive. The one spider says how a run begins, is held within its
bounds, and ends. Sources are data, the frontier is in the store. Every request carries its frontier Entry,
which ends in one commit (`outcomes`); where the run ends first, the entry is simply still queued.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import contextfactory  # noqa: F401  # looks at all modules, so before there are many
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings.default_settings import DOWNLOAD_HANDLERS_BASE
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler.config import FetchOptions
from crawler.fetch import settings as rules
from crawler.fetch.hosts import Hosts
from crawler.fetch.outcomes import Outcomes
from crawler.fetch.scheduler import FrontierScheduler
from crawler.fetch.tally import FetchReport, HostState, RunProgress, Tally
from crawler.web.addresses import AddressMiddleware
from crawler.web.pace import SharedPace
from crawler.web.reasons import error_reason
from crawler.web.removed import Removed, RemovedMiddleware
from crawler.web.robots import Policy, RobotsMiddleware
from crawler.web.throttle import HostClock, Throttle, TurnMiddleware
from pipelines.attached import require_readers
from pipelines.errors import ConfigurationError, StorageError
from pipelines.pages.frontier import Entry, Link
from pipelines.pages.kinds import is_surely_list
from pipelines.pages.links import Territory
from pipelines.pages.repeats import REST_S, kind_of_address
from pipelines.pages.revisits import IDLE_LONGEST_S
from pipelines.pages.signs import Lookout
from pipelines.records import AddressWords, CrawlSource
from pipelines.store import Asked, CrawlStore, Round, store_path
from pipelines.urls import canonical_url, host_of

_TICK_LATE_S = 2.0
"""How much later than its time a run may notice that it is over, which it looks for each second."""

_log = logging.getLogger(__name__)

ITEMS_EVERY_S = 0.5
"""How often it is looked whether further copies are in the archive."""


def fetch(
    sources: Sequence[CrawlSource],
    store: CrawlStore,
    options: FetchOptions,
    *,
    is_blocked: Callable[[str], bool] | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
    stop: threading.Event | None = None,
    hosts: Sequence[HostState] = (),
    on_answer: Callable[[Entry], None] | None = None,
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
        hosts: how hosts stood where another process left them.
        on_answer: told of each entry before its answer is read.

    Raises:
        StorageError: the store could not be written; what was committed is safe.
    """
    process = AsyncCrawlerProcess(rules.settings_for(options))
    crawler = process.create_crawler(NewsSpider)
    process.crawl(
        crawler,
        sources=sources,
        store=store,
        options=options,
        is_blocked=is_blocked,
        on_progress=on_progress,
        stop=stop,
        hosts=hosts,
        on_answer=on_answer,
    )
    gc.freeze()  # what is loaded stays: no look for garbage goes over it again
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


def begin_rounds(
    store: CrawlStore, territories: Mapping[str, Territory], options: FetchOptions, *, now: float
) -> dict[str, tuple[Round, int]]:
    """Begins or takes up each source's round, its start pages queued; with how many of these were new."""
    store.frontier.mind_clock(now)
    begun = {}
    for host, territory in territories.items():
        source = territory.source
        if source.said != AddressWords():
            store.frontier.heed(host, territory.said)
        if options.wished:
            begun[host] = store.frontier.aside(host, now=now), 0
            continue
        begun[host] = (
            store.frontier.begin(host, every_s=source.every_s, revisit=options.revisit, now=now),
            store.frontier.queue(territory.start_links()),
        )
    return begun


class NewsSpider(Spider):
    """Fetches the sources' frontier until it is empty."""

    name = "news"
    custom_settings = {  # noqa: RUF012  # Scrapy's way
        "SCHEDULER": "crawler.fetch.scheduler.FrontierScheduler",
        "CONCURRENT_ITEMS": 1,  # of an answer, which gives none: Scrapy makes as many tasks for each
    }

    def __init__(
        self,
        *,
        sources: Sequence[CrawlSource],
        store: CrawlStore,
        options: FetchOptions,
        is_blocked: Callable[[str], bool] | None = None,
        on_progress: Callable[[RunProgress], None] | None = None,
        stop: threading.Event | None = None,
        hosts: Sequence[HostState] = (),
        on_answer: Callable[[Entry], None] | None = None,
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
        self.take_items: Callable[[], list[dict[str, Any]]] | None = None
        """Gives what has come into the archive since; set by whoever drains for Scrapy's pipelines."""
        self._on_progress = on_progress
        self._stop = stop
        self._states = hosts
        self._on_answer = on_answer
        if options.within_round and options.time_limit_s is not None:
            self.throttle.ends = time.monotonic() + options.time_limit_s + _TICK_LATE_S
        self._began = time.time()
        self._scheduler: FrontierScheduler
        self._territories = {
            s.host: Territory(s, self.is_blocked, store.frontier.idle(s.host)) for s in self.sources
        }
        self._rounds: dict[str, Round] = {}
        self._asked: list[Asked] = []
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
        spider = cls(*args, **(kwargs if "store" in kwargs else _from_settings(crawler, **kwargs)))
        spider._set_crawler(crawler)
        return spider

    @property
    def agent_name(self) -> str:
        """The product token that robots.txt groups are chosen by."""
        return self.options.user_agent.partition("/")[0]

    async def start(self) -> AsyncIterator[Any]:
        """An item for each copy that comes into the archive; the frontier has the requests."""
        self._tick = create_looping_call(self._every_second)
        self._tick.start(1.0, now=False)
        while self.take_items is not None:
            goes_on = self._goes_on()  # asked first: what is archived after that is seen in the next turn
            items = self.take_items()
            for item in items:
                yield item
            if not items and not goes_on:
                return
            if not items:
                await asyncio.sleep(ITEMS_EVERY_S)

    def _goes_on(self) -> bool:
        """Whether further copies may come into the archive."""
        if self._in_a_hurry or self.fatal is not None:
            return False
        return self._scheduler.is_busy() or self.store.pages.pending() > 0

    # What the scheduler asks.

    def begin(self, scheduler: FrontierScheduler) -> None:
        """Begin or take up each source's round, and open the lanes in which something waits."""
        self._scheduler = self._hosts.scheduler = self._outcomes.scheduler = scheduler
        with self.or_end():
            self._begin(scheduler)

    def _begin(self, scheduler: FrontierScheduler) -> None:
        if self.options.within_round:
            for host in self._territories:
                self._rounds[host] = self.store.frontier.aside(host, now=self._began)
        else:
            begun = begin_rounds(self.store, self._territories, self.options, now=self._began)
            self._rounds.update({host: round_ for host, (round_, _) in begun.items()})
            for host, (_, found) in begun.items():
                self._tally.count(host, found=found)
        held = self.store.sources.quarantined()
        for host in held.keys() & self._territories.keys():
            self._hosts.hold(host, held[host])
        lanes = self.store.frontier.lanes(set(self._territories) - held.keys())
        self._hosts.resume_rests(lanes)
        for source_host, host in lanes:
            scheduler.wake(source_host, host)
        self._hosts.take_up(self._states)

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
        if self._on_answer is not None:
            self._on_answer(entry)
        try:
            with self.or_end():
                self._deal_with(entry, response)
                self._mind_budget()
        finally:
            self._scheduler.done(entry)

    def _deal_with(self, entry: Entry, response: Response) -> None:
        try:
            self._outcomes.answer(entry, response)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours: left as it is, it would be asked for without end
            _log.exception("%s: its answer could not be dealt with", entry.url)
            self._outcomes.failure(entry, error)

    def unanswered(self, failure: Failure) -> None:
        """Commit what the lack of a response means."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        try:
            with self.or_end():
                self._outcomes.failure(entry, failure.value or RuntimeError("no reason given"))
        finally:
            self._scheduler.done(entry)

    def asked(self, request: Request, came: Response | Exception, took_s: float) -> None:
        """Note a request that left for the log, which is written once a second."""
        entry: Entry | None = request.meta.get("entry")
        url = entry.url if entry else canonical_url(request.url)
        host = host_of(url)
        owner = next((name for name, territory in self._territories.items() if territory.holds(host)), host)
        self._asked.append(
            Asked(
                source=entry.source if entry else owner,
                at=time.time() - took_s,
                url=url,
                why=_why(entry, url),
                answer=error_reason(came) if isinstance(came, Exception) else str(came.status),
                body_bytes=None if isinstance(came, Exception) else len(came.body),
                took_ms=round(took_s * 1000),
            )
        )

    def _write_log(self) -> None:
        asked, self._asked = self._asked, []
        if kept := [one for one in asked if not self.is_blocked(one.url)]:
            self.store.sources.log(kept)

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
        with self.or_end():
            self._write_log()
            self._finish_rounds()
            self._report_progress()

    def _finish_rounds(self) -> None:
        for source, kind, signs, changed in self._lookout.seen():
            self.store.sources.put_signs(source, kind, signs, changed=changed, at=time.time())
        whole = not self.stopping and not self.options.wished and not self.options.within_round
        for source, crawl in self._rounds.items():
            if whole and source not in self._hosts.down:
                self.store.frontier.finish(crawl.crawl_id, outcome="done", now=time.time())

    def report(self) -> FetchReport:
        """What this run did; complete once the spider is closed."""
        waiting = {source.host: self.store.frontier.queued([source.host]) for source in self.sources}
        stopped = self.stopping or self.options.wished  # all else waits for the next
        report = self._tally.report(waiting, stopped=stopped, in_a_hurry=self._in_a_hurry)
        return replace(report, hosts=self._hosts.states())

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

    @contextmanager
    def or_end(self) -> Iterator[None]:
        """Where the store cannot be used the run ends, and `fetch` raises why."""
        try:
            yield
        except StorageError as error:
            self.fatal = self.fatal or error
            self.end("the crawl store failed")

    def _every_second(self) -> None:
        with self.or_end():
            if not self.stopping and (why := self._why_to_end()):
                self._in_a_hurry = True
                self.end(why)
            self._write_log()
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


def _why(entry: Entry | None, url: str) -> str:
    """As what an address was asked for: `list`, `article again`, `feed, try 2`, `robots.txt`."""
    if entry is None:
        return url.rpartition("/")[2] or "file of a page"
    tries = f", try {entry.attempts + 1}" if entry.attempts else ""
    hops = ", redirected" if entry.hops else ""
    return f"{entry.kind}{' again' if entry.known else ''}{hops}{tries}"


_RULES = (AddressMiddleware, RobotsMiddleware, TurnMiddleware, RemovedMiddleware)
"""What keeps to addresses, robots.txt, pace and removals."""


def _require_rules(crawler: Crawler) -> None:
    """Refuses settings that leave one of the rules out, which nothing else would say.

    Raises:
        ConfigurationError: a middleware of ours is missing, or another part that our rules stand on.
    """
    settings = crawler.settings
    wanted = settings.getwithbase("DOWNLOADER_MIDDLEWARES")
    there = {load_object(name) for name, place in wanted.items() if place is not None}
    if lacking := [rule.__name__ for rule in _RULES if rule not in there]:
        raise ConfigurationError(f"DOWNLOADER_MIDDLEWARES lacks {', '.join(lacking)}: {_ADD}")
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    parts = {
        "SCHEDULER": (settings["SCHEDULER"], NewsSpider.custom_settings["SCHEDULER"]),
        "TWISTED_DNS_RESOLVER": (settings["TWISTED_DNS_RESOLVER"], rules.TWISTED_DNS_RESOLVER),
        "DOWNLOAD_HANDLERS[https]": (handlers.get("https"), rules.DOWNLOAD_HANDLERS["https"]),
        "DOWNLOAD_HANDLERS[http]": (handlers.get("http"), DOWNLOAD_HANDLERS_BASE["http"]),
    }
    for name, (given, ours) in parts.items():
        if given is None or load_object(given) is not load_object(ours):
            raise ConfigurationError(f"{name} is {given}, and must be {ours}: {_ADD}")


_ADD = (
    "add yours to those of crawler.fetch.settings instead of replacing them, or set"
    ' ADDONS = {"crawler.fetch.settings.NewsAddon": 0}'
)


_ARGUMENTS = ("hosts", "revisit", "max_pages", "time_limit")
"""`scrapy crawl news -a hosts=a.cn,b.cn -a revisit=1 -a max_pages=100 -a time_limit=50m`."""


def _from_settings(crawler: Crawler, **given: str) -> dict[str, Any]:
    """`scrapy crawl news`: the same sources and store as `parknews crawl` with the same environment.

    Raises:
        ConfigurationError: an argument that the spider does not have, or what the command line refuses.
    """
    from crawler.config import require_contact  # noqa: PLC0415 (as the command line did)
    from crawler.sources import active, duration_s, read_sources  # noqa: PLC0415 (as the command line did)

    if unknown := given.keys() - set(_ARGUMENTS):
        raise ConfigurationError(f"-a {min(unknown)}=…: the spider takes {', '.join(_ARGUMENTS)}")
    hosts, revisit, max_pages, time_limit = (given.get(name, "") for name in _ARGUMENTS)
    settings = crawler.settings
    sources = active(read_sources(Path(settings["PARKNEWS_SOURCES"])), hosts.replace(",", " ").split())
    require_contact(sources, settings["PARKNEWS_CONTACT"])
    require_readers(sources)
    return {
        "sources": sources,
        "store": CrawlStore(store_path(settings["PARKNEWS_DB"])),
        "is_blocked": Removed(Path(settings["PARKNEWS_DB"])).blocks,
        "options": FetchOptions(
            revisit=revisit.lower() not in ("", "0", "false", "no"),
            max_pages=int(max_pages) if max_pages else None,
            time_limit_s=duration_s(time_limit) if time_limit else None,
            user_agent=settings["USER_AGENT"],
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
