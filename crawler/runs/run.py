"""One crawl run: lock, run record, fetching and draining at once, report.

In: an archive's path, sources and options. Out: a RunReport, and everything in the two files. The main
thread fetches (Scrapy's reactor), a second thread drains into the archive, an engine reads pages.
`crawl` is `parknews crawl`; for `scrapy crawl news` the RunExtension brings the same.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import run_in_thread

from crawler.config import FetchOptions, require_contact
from crawler.drawing.chromium import require_browser
from crawler.fetch.spider import NewsSpider, fetch
from crawler.fetch.tally import FetchReport, RunProgress
from crawler.runs.cluster import hands_of, raised
from crawler.runs.lock import run_lock
from crawler.runs.spread import LEASE_S, SLICE_S, fetch_spread
from crawler.runs.status import answered, mostly_failed
from crawler.sources import stage_source
from crawler.web.removed import Removed
from crawler.web.signing import require_key
from pipelines.archive import Archive, RunCounts
from pipelines.archive.file import read_only
from pipelines.archive.kept_out.redacted import is_of_passages
from pipelines.attached import READ, require_readers
from pipelines.drain import Drained, drain
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource, Reading, SourceRun
from pipelines.store import CrawlStore, store_beside, store_path
from pipelines.utc import now_utc
from pipelines.workers import Engine, WorkerOptions


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run goes."""

    fetch: FetchOptions = field(default_factory=FetchOptions)
    engine: Engine = field(default_factory=WorkerOptions)
    """Who reads the pages."""
    slice_s: float = SLICE_S
    """As in `fetch_spread`, on a cluster."""
    lease_s: float = LEASE_S


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run did."""

    run_id: int
    outcome: str
    """done, attention (a source failed or yields nothing) or stopped."""
    counts: RunCounts
    rejections: int
    fetched: FetchReport
    troubles: tuple[str, ...]
    """One line a source that needs attention: host, what is wrong, what to look at."""
    elapsed_s: float


def crawl(
    archive_path: Path,
    sources: Sequence[CrawlSource],
    options: RunOptions,
    *,
    on_progress: Callable[[RunProgress], None] | None = None,
    stop: threading.Event | None = None,
) -> RunReport:
    """Fetches the sources, reads what came and archives it; resumes what a killed run left.

    Raises:
        LockedError: another run writes to this archive.
        ConfigurationError: a source is public and no contact is set, or needs a browser and there is none; or
            the key that requests are signed with is none.
        StorageError: a file cannot be written; what is stored stays, the same command goes on.
        ForeignArchiveError, NewerArchiveError: the archive is not ours to write.
    """
    started = time.monotonic()
    with run_lock(archive_path):
        with Archive(archive_path):  # what is wrong with the archive is said first
            require_contact(sources, options.fetch.contact)
            require_key(options.fetch.signing_key, options.fetch.signing_agent)
            require_readers(sources)
            require_browser(sources, options.fetch.browser, options.fetch.browser_sandbox)
        with ExitStack() as opened:
            engine = opened.enter_context(raised(options.engine))
            hands = None if options.fetch.wished else opened.enter_context(hands_of(engine))
            run_id = begin_run(archive_path, sources)
            removed = opened.enter_context(closing(Removed(archive_path)))
            store = opened.enter_context(CrawlStore(store_path(archive_path)))
            draining = Draining(archive_path, store, sources, engine, stop or threading.Event())
            opened.callback(draining.abandon)
            draining.start()
            told = _both(on_progress, draining)
            fetched_by = (
                partial(fetch, is_blocked=removed.blocks)
                if hands is None
                else partial(
                    fetch_spread,
                    hands=hands,
                    removed=removed,
                    slice_s=options.slice_s,
                    lease_s=options.lease_s,
                )
            )
            fetched = fetched_by(sources, store, options.fetch, on_progress=told, stop=draining.stop)
            draining.finish(in_a_hurry=fetched.in_a_hurry)
        return end_run(archive_path, run_id, fetched, draining.total, time.monotonic() - started)


def note_sources(archive_path: Path, sources: Sequence[CrawlSource]) -> None:
    """Tells an archive that is there how its sources are called now, and which of them are paused."""
    if not archive_path.exists():
        return
    with Archive(archive_path) as archive:
        known = {source.host: (source.name, source.paused) for source in archive.known_sources()}
        said = [stage_source(source) for source in sources]
        archive.put_sources(
            [source for source in said if known.get(source.host) not in (None, (source.name, source.paused))]
        )


def begin_run(archive_path: Path, sources: Sequence[CrawlSource]) -> int:
    """Names the sources in the archive and opens a run record; its id."""
    with Archive(archive_path) as archive:
        archive.put_sources([stage_source(source) for source in sources])
        killed_at = archive.unended_run()
        fetched = _stored_since(archive_path, killed_at) if killed_at else 0
        return archive.start_run(now_utc(), version("parknews"), fetched_by_killed=fetched)


def _stored_since(archive_path: Path, moment: str) -> int:
    """What a killed run had fetched, as far as it was stored."""
    with store_beside(archive_path) as store:
        return store.pages.stored_since(moment.removesuffix("Z")) if store else 0


def end_run(
    archive_path: Path, run_id: int, fetched: FetchReport, drained: Drained, elapsed_s: float
) -> RunReport:
    """Closes the run record and says what the run did."""
    counts = RunCounts(
        pages_fetched=fetched.fetched,
        pages_unchanged=fetched.unchanged,
        pages_failed=fetched.failed,
        articles_new=drained.articles_new,
        articles_updated=drained.articles_updated,
        copies_joined=drained.copies_joined,
    )
    with Archive(archive_path) as archive:
        if is_of_passages(blocklist := archive.blocklist()):
            from pipelines.forget.verbs import redact_what_came  # noqa: PLC0415  # half a second, and seldom

            redact_what_came(archive_path)
        troubles = _troubles(fetched, archive.copies_by_source(), blocklist.blocks_host)
        outcome = "stopped" if fetched.stopped else "attention" if troubles else "done"
        archive.finish_run(run_id, outcome, counts, now_utc(), fetched.sources)
    return RunReport(run_id, outcome, counts, drained.rejections, fetched, troubles, elapsed_s)


def _troubles(
    fetched: FetchReport, copies: dict[str, int], is_removed: Callable[[str], bool]
) -> tuple[str, ...]:
    """What is wrong, but not with a source that was removed while the run went on."""
    kept = (counts for counts in fetched.sources if not is_removed(counts.host))
    told = ((counts, _trouble(counts, copies, stopped=fetched.stopped)) for counts in kept)
    return tuple(f"{counts.host}: {trouble}" for counts, trouble in told if trouble)


def _trouble(counts: SourceRun, copies: dict[str, int], *, stopped: bool) -> str:
    if counts.down:
        return f"did not answer ({counts.last_error or 'no reason given'})"
    if counts.left_early:
        waits = "; nothing waits" if not counts.left else f"; {counts.left} addresses wait for the next run"
        return f"left early: {counts.left_early}{waits}"
    if not answered(counts) and not stopped:
        rest = f"{counts.left} addresses asked for rest, or wait" if counts.left else "no page left"
        return f"nothing could be fetched ({counts.last_error or rest})"
    if mostly_failed(counts):
        return f"{counts.failed} requests failed, more than were answered"
    if not copies.get(counts.host) and not stopped:
        return "no article was found; look at its start URLs and rejections"
    return ""


def _both(
    on_progress: Callable[[RunProgress], None] | None, draining: Draining
) -> Callable[[RunProgress], None] | None:
    if on_progress is None:
        return None

    def report(progress: RunProgress) -> None:
        total = draining.total
        on_progress(replace(progress, articles=total.articles_new, rejections=total.rejections))

    return report


class Draining:
    """The thread that drains while the main thread fetches."""

    def __init__(
        self,
        archive_path: Path,
        store: CrawlStore,
        sources: Sequence[CrawlSource],
        engine: Engine,
        stop: threading.Event,
        on_batch: Callable[[Drained], None] | None = None,
        on_archived: Callable[[list[Reading]], None] | None = None,
    ) -> None:
        self.stop = stop
        """Set when fetching must end: the archive cannot be written, or the caller asked."""
        self.total = Drained()
        self._archive_path = archive_path
        self._store = store
        self._sources = {source.host: stage_source(source) for source in sources}
        self._engine = engine
        self._on_batch = on_batch
        self._told = [on_archived] if on_archived else []
        self._no_more = threading.Event()
        self._leave = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="drain")
        self._with_files = {
            # what was removed is left out when its turn comes
            source.host: Territory(source, lambda _: False)
            for source in sources
            if source.attachments
        }
        if self._with_files:
            self._told.append(self._ask_for_files)

    def start(self) -> None:
        """Asks for the files that known articles link to, and starts draining."""
        if self._with_files:
            with Archive(self._archive_path) as archive:
                for host in self._with_files:
                    self._ask_for(host, archive.files_linked(host))
        self._thread.start()

    def finish(self, *, in_a_hurry: bool = False) -> None:
        """Waits until every stored page is archived, or in a hurry those being read; raises what failed."""
        if in_a_hurry:
            self._leave.set()
        self.abandon()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Says that no more pages come, and waits for the thread."""
        self._no_more.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with Archive(self._archive_path) as archive:
                drain(
                    archive,
                    self._store.pages,
                    self._sources,
                    self._engine,
                    no_more=self._no_more,
                    leave=self._leave,
                    on_batch=self._note,
                    on_archived=self._tell if self._told else None,
                )
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self._error = error
            self.stop.set()

    def _tell(self, readings: list[Reading]) -> None:
        for told in self._told:
            told(readings)

    def _ask_for_files(self, readings: list[Reading]) -> None:
        for reading in readings:
            if reading.source in self._with_files:
                self._ask_for(reading.source, [(file.url, file.type) for file in reading.story.attachments])

    def _ask_for(self, host: str, files: list[tuple[str, str]]) -> None:
        """Puts those of an article's files into the frontier that are its source's and can be read."""
        links = self._with_files[host].file_links(url for url, ending in files if ending in READ)
        self._store.frontier.queue(links)

    def _note(self, total: Drained) -> None:
        self.total = total
        if self._on_batch is not None:
            self._on_batch(total)


_ITEMS_AT_ONCE = 400


class RunExtension:
    """`scrapy crawl news` as a whole run: it drains into PARKNEWS_DB while the spider fetches.

    Each copy that comes into the archive is an item then, once a run: a row of `export --what copies`.
    """

    def __init__(self, archive_path: Path) -> None:
        self._archive_path = archive_path
        self._held = ExitStack()
        self._held.enter_context(run_lock(archive_path))
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._read: deque[str] = deque()
        self._given: set[str] = set()
        self._connection: sqlite3.Connection | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunExtension:
        """Off where PARKNEWS_DRAIN is false, and for spiders other than the crawl's.

        Raises:
            NotConfigured: somebody else drains, or there is nothing to drain.
            LockedError: another run writes to the archive.
        """
        if not crawler.settings.getbool("PARKNEWS_DRAIN") or not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured
        extension = cls(Path(crawler.settings["PARKNEWS_DB"]))
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self, spider: Spider) -> None:
        """Opens the run record and starts draining."""
        assert isinstance(spider, NewsSpider)
        self._run_id = begin_run(self._archive_path, spider.sources)
        self._draining = Draining(
            self._archive_path,
            spider.store,
            spider.sources,
            WorkerOptions(),
            self._stop,
            on_archived=lambda readings: self._read.extend(reading.url for reading in readings),
        )
        spider.take_items = self._take
        self._draining.start()

    def _take(self) -> list[dict[str, Any]]:
        """Copies that are in the archive and were not given yet."""
        from pipelines.export.rows import copies_read  # noqa: PLC0415  # `parknews crawl` gives no items

        fresh: list[dict[str, Any]] = []
        while self._read and not fresh:
            pages = [self._read.popleft() for _ in range(min(len(self._read), _ITEMS_AT_ONCE))]
            self._connection = self._connection or read_only(self._archive_path)
            fresh = [copy for copy in copies_read(self._connection, pages) if copy["url"] not in self._given]
            self._given.update(copy["url"] for copy in fresh)
        return fresh

    async def closed(self, spider: Spider) -> None:
        """Waits until every stored page is archived, and closes the run record."""
        assert isinstance(spider, NewsSpider)
        try:
            report = spider.report()
            await run_in_thread(partial(self._draining.finish, in_a_hurry=report.in_a_hurry))
            elapsed_s = time.monotonic() - self._started
            end_run(self._archive_path, self._run_id, report, self._draining.total, elapsed_s)
            if spider.fatal is not None:
                raise spider.fatal
        finally:
            if self._connection is not None:
                self._connection.close()
            self._held.close()
