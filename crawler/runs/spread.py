"""Fetching in slices, on whatever executor: hands them out, and brings into the crawl store what comes back.

In: sources, the crawl store, and an executor (`Hands`): processes of this machine, or a cluster. Out: what
fetching here would leave in the store, and the same report. A source is in one slice at a time, together with
all that may share a host with it, so that no host is asked from two places; its clocks go with it. A slice of
which nothing is heard is handed out again once its lease is over: until then whoever has it may still ask.
The lease stands in the store, for the run after one that was killed.
"""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Protocol

from crawler.config import FetchOptions
from crawler.fetch.slices import BEGIN_S, ENDS_LATE_S, FetchedSlice, Slice, fetch_slice
from crawler.fetch.spider import begin_rounds
from crawler.fetch.tally import FetchReport, HostState, RunProgress
from crawler.web.removed import Removed
from pipelines.errors import WorkersError
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource, SourceRun
from pipelines.store import CrawlStore, Round
from pipelines.store.parts import cut, merge
from pipelines.urls import canonical_url, host_of

SLICE_S = 60.0
"""Long enough that a start (a tenth of a second) is little, and short enough that little is lost with one."""
_FIRST_S = 10.0
"""The first slice of a source is shorter, so that reading begins."""
SLICE_PAGES = 1000
SLICE_SOURCES = 16
"""Small sources share a start."""
START_S = 30.0
"""A slice whose turn has not come at its executor after this is not begun any more."""
SKEW_S = 5.0
"""Clocks of machines may differ by this."""
LEASE_S = START_S + BEGIN_S + FetchOptions().timeout_s + ENDS_LATE_S + 2 * SKEW_S
"""How much longer than its time a slice may still ask: its turn, its process, its last request."""
BRING_S = 30.0
"""For what a slice brought to be here, once it is over: where its worker is lost then, it never comes."""

_FAILURES_MAX = 4
"""Slices of a source in a row that were lost, or brought nothing, after which it is left for a later run."""
_LOOK_S = 0.5

_log = logging.getLogger(__name__)


class Hands(Protocol):
    """An executor of slices."""

    @property
    def room(self) -> int:
        """How many more slices may be handed in."""

    def submit(self, slice_: Slice) -> Any:
        """A future, as concurrent.futures has them."""

    def result(self, future: Any) -> FetchedSlice:
        """What it brought.

        Raises:
            WorkersError: it is none.
            TimeoutError: it does not come within `BRING_S`.
        """


class Here:
    """Hands of this machine: processes, one a slice."""

    def __init__(self, slices: int = 2) -> None:
        self._slices = slices
        self._threads = ThreadPoolExecutor(slices)
        self._running: set[Any] = set()

    @property
    def room(self) -> int:
        """How many more slices may be handed in."""
        return self._slices - len(self._running)

    def submit(self, slice_: Slice) -> Any:
        """Fetches it in a process."""
        future = self._threads.submit(fetch_slice, slice_)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def result(self, future: Any) -> FetchedSlice:
        """What it brought."""
        came: FetchedSlice = future.result()
        return came


@dataclass(eq=False)
class _Group:
    """Sources that may share a host: they are in one slice."""

    sources: tuple[CrawlSource, ...]
    here: bool
    """Its pages need what only this machine has: a browser, or the key that requests are signed with."""
    hosts: dict[str, HostState] = field(default_factory=dict)
    heard_at: float = 0.0
    """When the states of its hosts were brought; monotonic."""
    opens_at: float = 0.0
    """Monotonic: another slice of it may be under way until then."""
    failures: int = 0
    """Slices in a row that were lost, or brought nothing."""
    is_out: bool = False
    is_over: bool = False

    @property
    def name(self) -> str:
        """By what it is told of."""
        return ", ".join(source.host for source in self.sources)

    @property
    def wants_files(self) -> bool:
        """Whether files of articles are fetched, too."""
        return any(source.attachments for source in self.sources)

    def is_ready(self, now: float) -> bool:
        """Whether a slice of it may be handed out."""
        return not self.is_out and not self.is_over and self.opens_at <= now

    def is_left(self, host: str) -> bool:
        """Whether nothing more is asked of a host in this run."""
        return host in self.hosts and self.hosts[host].left


@dataclass(frozen=True)
class _Running:
    hands: Hands
    groups: tuple[_Group, ...]
    until: float
    """Monotonic: when its lease ends."""
    pages: int
    is_bound: bool
    """Whether it was to ask for nothing but what it was handed."""


def fetch_spread(
    sources: Sequence[CrawlSource],
    store: CrawlStore,
    options: FetchOptions,
    hands: Hands,
    *,
    removed: Removed,
    on_progress: Callable[[RunProgress], None] | None = None,
    stop: threading.Event | None = None,
    slice_s: float = SLICE_S,
    lease_s: float = LEASE_S,
) -> FetchReport:
    """Fetches until nothing of these sources waits any more, in slices; as `crawler.fetch.spider.fetch`.

    Args:
        sources: what to crawl.
        store: where pages go.
        options: how.
        hands: who fetches slices; those that need this machine's browser or key are fetched here.
        removed: asked before anything is written.
        on_progress: called about once a second.
        stop: set from any thread to hand out no more.
        slice_s: how long a slice may take.
        lease_s: how much longer it is waited for.

    Raises:
        WorkersError: the hands are gone, or brought what is none of these sources'.
        StorageError: the store could not be written.
    """
    run = _Spread(sources, store, options, hands, removed, stop or threading.Event(), slice_s, lease_s)
    with _signals_stop(run):
        run.begin()
        while run.step():
            if on_progress is not None:
                on_progress(run.progress())
        return run.end()


@contextmanager
def _signals_stop(run: _Spread) -> Iterator[None]:
    """SIGINT and SIGTERM end it when the slices under way have ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        run.end_early("stopped", in_a_hurry=True)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class _Spread:
    """One run's slices."""

    _sources: Sequence[CrawlSource]
    _store: CrawlStore
    _options: FetchOptions
    _hands: Hands
    _removed: Removed
    _stop: threading.Event
    _slice_s: float
    _lease_s: float

    def __post_init__(self) -> None:
        self._here = Here()
        self._territories = {s.host: Territory(s, self._removed.blocks) for s in self._sources}
        self._groups = _groups(self._sources, self._options)
        self._running: dict[Any, _Running] = {}
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._rounds: dict[str, Round] = {}
        self._before: dict[str, tuple[int, int]] = {}
        self._told: dict[str, SourceRun] = {host: SourceRun(host, down=True) for host in self._territories}
        self._began = time.monotonic()
        self._stopped = self._in_a_hurry = False
        self._last = ""

    def begin(self) -> None:
        """Begins every source's round."""
        begun = begin_rounds(self._store, self._territories, self._options, now=time.time())
        now = time.time()
        for host, (round_, found) in begun.items():
            self._rounds[host] = round_
            self._before[host] = self._store.frontier.counted(round_.crawl_id)
            self._told[host] = replace(self._told[host], found=found)
        for group in self._groups:
            leased = max(self._store.frontier.leased(source.host) for source in group.sources)
            group.opens_at = time.monotonic() + max(0.0, leased - now)
            if leased > now:
                _log.warning(
                    "%s: a run that was killed may still ask it; waiting %.0f s", group.name, leased - now
                )

    def step(self) -> bool:
        """Hands out what may be, and takes what came; False at the end."""
        self._mind_bounds()
        while not self._stopped and self._hand_out(self._hands, here=False):
            pass
        while not self._stopped and self._hand_out(self._here, here=True):
            pass
        with suppress(queue.Empty):
            future = self._done.get(timeout=_LOOK_S)
            while True:
                self._take(future)
                future = self._done.get_nowait()
        for future, running in list(self._running.items()):
            if time.monotonic() > running.until:
                self._lose(future, "nothing was heard of its slice", until=running.until)
        if self._running or self._stopped:
            return bool(self._running)
        return self._awaits_files() or any(not group.is_over for group in self._groups)

    def end_early(self, why: str, *, in_a_hurry: bool) -> None:
        """Hands out no more; what is under way is waited for."""
        if not self._stopped:
            _log.warning(
                "ending (%s): %d slices are under way, %.0f s at most", why, len(self._running), self._slice_s
            )
        self._stopped, self._in_a_hurry = True, self._in_a_hurry or in_a_hurry

    def end(self) -> FetchReport:
        """Ends the rounds that are through; the report."""
        held = self._store.sources.quarantined()
        for group in () if self._stopped else self._groups:
            for source in group.sources:
                if source.host not in held and not group.is_left(source.host):
                    crawl_id = self._rounds[source.host].crawl_id
                    self._store.frontier.finish(crawl_id, outcome="done", now=time.time())
        told = [
            replace(run, down=run.down and bool(run.last_error), left=self._store.frontier.queued([run.host]))
            for run in self._told.values()
        ]
        return FetchReport(
            tuple(told), stopped=self._stopped, in_a_hurry=self._in_a_hurry, elapsed_s=self._elapsed_s
        )

    def progress(self) -> RunProgress:
        """How far it is."""
        return RunProgress(
            fetched=sum(run.fetched for run in self._told.values()),
            failed=sum(run.failed for run in self._told.values()),
            queued=self._store.frontier.queued(self._territories),
            elapsed_s=self._elapsed_s,
            host=self._last,
        )

    @property
    def _elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def _mind_bounds(self) -> None:
        limit_s, most = self._options.time_limit_s, self._options.max_pages
        if self._stop.is_set():
            self.end_early("stopped", in_a_hurry=True)
        elif limit_s is not None and self._elapsed_s >= limit_s:
            self.end_early(f"its {limit_s:.0f} s are over", in_a_hurry=True)
        elif most is not None and self._pages() >= most:
            self.end_early("budget", in_a_hurry=False)

    def _pages(self) -> int:
        return sum(run.fetched + run.unchanged for run in self._told.values())

    # Handing out.

    def _hand_out(self, hands: Hands, *, here: bool) -> bool:
        """Hands out one slice; False where there is none, no room, or too much waits to be read."""
        pages = self._page_budget()
        if pages <= 0 or self._is_backlog_full() or (room := hands.room) <= 0:
            return False
        now = time.monotonic()
        ready = [group for group in self._groups if group.here == here and group.is_ready(now)]
        groups: list[_Group] = []
        for group in ready:
            together = sum(len(one.sources) for one in groups) + len(group.sources)
            if groups and (len(groups) * room >= len(ready) or together > SLICE_SOURCES):
                break
            groups.append(group)
        if groups:
            self._submit(hands, tuple(groups), pages)
        return bool(groups)

    def _is_backlog_full(self) -> bool:
        bound = self._options.backlog_max
        return bool(bound) and self._store.pages.pending() > bound

    def _page_budget(self) -> int:
        """Pages that a slice may fetch: together no more than the run."""
        if self._options.max_pages is None:
            return SLICE_PAGES
        out = sum(running.pages for running in self._running.values())
        return min(SLICE_PAGES, self._options.max_pages - self._pages() - out)

    def _submit(self, hands: Hands, groups: tuple[_Group, ...], pages: int) -> None:
        limit_s = min([self._slice_s, *(_FIRST_S for group in groups if not group.heard_at)])
        if self._options.time_limit_s is not None:
            limit_s = max(1.0, min(limit_s, self._options.time_limit_s - self._elapsed_s))
        sources = [source for group in groups for source in group.sources]
        hosts = [source.host for source in sources]
        up_to = None if self._removed.is_empty else self._store.frontier.last(hosts)
        now = time.monotonic()
        slice_ = Slice(
            sources=tuple(map(self._with_rest_of_budget, sources)),
            part=cut(self._store, hosts, partial(self._is_theirs, self._store.frontier.lanes(hosts))),
            hosts=tuple(state.later(now - one.heard_at) for one in groups for state in one.hosts.values()),
            options=replace(self._options, time_limit_s=limit_s, max_pages=pages, up_to=up_to),
        )
        lease_s = limit_s + self._lease_s
        self._lease(hosts, time.time() + lease_s)
        future = hands.submit(slice_)
        self._running[future] = _Running(hands, groups, now + lease_s, pages, is_bound=up_to is not None)
        for group in groups:
            group.is_out = True
        future.add_done_callback(self._done.put)

    def _is_theirs(self, lanes: Sequence[tuple[str, str]], host: str) -> bool:
        """Whether one of some sources, whose lanes these are, holds a host or asks it now."""
        return any(host == lane or self._territories[source].holds(host) for source, lane in lanes)

    def _lease(self, hosts: Sequence[str], until: float) -> None:
        self._store.frontier.lease([self._rounds[host].crawl_id for host in hosts], until)

    def _with_rest_of_budget(self, source: CrawlSource) -> CrawlSource:
        """A source as a slice has it, whose bounds are of a whole run."""
        fetched, lists = self._counted(source.host)
        most = source.max_pages and max(1, source.max_pages - fetched)
        return replace(source, max_pages=most, max_list_pages=max(0, source.max_list_pages - lists))

    def _counted(self, host: str) -> tuple[int, int]:
        """Pages and lists of a source in this run."""
        fetched, lists = self._store.frontier.counted(self._rounds[host].crawl_id)
        return fetched - self._before[host][0], lists - self._before[host][1]

    # Taking back.

    def _take(self, future: Any) -> None:
        running = self._running.get(future)
        if running is None:
            return  # it was lost before
        if future.cancelled():
            self._lose(future, "the scheduler was started again", until=running.until)
            return
        try:
            if (error := future.exception(timeout=BRING_S)) is None:
                came = running.hands.result(future)
                del self._running[future]
                self._bring_in(running, came)
                return
        except TimeoutError:
            self._lose(future, "who fetched its slice was lost before handing it over", until=running.until)
            return
        if isinstance(error, WorkersError):
            raise error
        # what a slice itself raises has ended it; what else is told of it may be wrong
        until = time.monotonic() if isinstance(error, RuntimeError) else running.until
        self._lose(future, f"{type(error).__name__}: {error}", until=until)

    def _bring_in(self, running: _Running, came: FetchedSlice) -> None:
        hosts = [source.host for group in running.groups for source in group.sources]
        if not {run.host for run in came.report.sources} <= set(hosts):
            raise WorkersError("a worker sent a report on other sources than it was given")
        before = {host: self._counted(host) for host in hosts}
        holds = lambda source, host: self._territories[source].holds(host)  # noqa: E731
        merge(self._store, came.changes, hosts, holds, self._removed.blocks)
        self._lease(hosts, 0.0)
        for run in came.report.sources:
            self._told[run.host] = _together(self._told[run.host], run)
            self._last = run.host if run.fetched else self._last
        now = time.monotonic()
        for group in running.groups:
            own = [source.host for source in group.sources]
            lanes = self._store.frontier.lanes(own)
            group.hosts |= {s.host: s for s in came.report.hosts if self._is_theirs(lanes, s.host)}
            group.heard_at, group.opens_at, group.is_out = now, now, False
            moved = any(before[host] != self._counted(host) for host in own)
            group.failures = 0 if moved else group.failures + 1
            is_through = not came.report.stopped and not running.is_bound
            group.is_over = is_through or not self._is_askable(group)
            self._mind_failures(group, "several slices in a row brought nothing")

    def _lose(self, future: Any, why: str, *, until: float) -> None:
        """Nothing comes of a slice; its sources wait until nobody can be asking them any more."""
        running = self._running.pop(future)
        future.cancel()
        for group in running.groups:
            _log.warning("%s: %s; %.0f s until the next", group.name, why, max(0, until - time.monotonic()))
            group.opens_at, group.is_out = until, False
            group.failures += 1
            self._mind_failures(group, f"{_FAILURES_MAX} slices of it were lost; the last: {why}")

    def _mind_failures(self, group: _Group, why: str) -> None:
        if group.failures >= _FAILURES_MAX and not group.is_over:
            group.is_over = True
            for source in group.sources:
                self._told[source.host] = replace(self._told[source.host], left_early=why)

    def _is_askable(self, group: _Group) -> bool:
        """Whether anything of it could be asked for in this run."""
        held = self._store.sources.quarantined()
        soon = time.time() + self._options.retry_max_s
        spent = {s.host for s in group.sources if s.max_pages and self._counted(s.host)[0] >= s.max_pages}
        return any(
            source not in held
            and source not in spent
            and not group.is_left(host)
            and self._store.frontier.next_entries(source, host, 1, soon)
            for source, host in self._store.frontier.lanes(source.host for source in group.sources)
        )

    def _awaits_files(self) -> bool:
        """Whether pages are being read that may link to files; groups whose files were found wait again."""
        wanting = [group for group in self._groups if group.is_over and group.wants_files]
        pending = bool(wanting and self._options.backlog_max and self._store.pages.pending())
        for group in () if pending else wanting:
            group.is_over = group.failures >= _FAILURES_MAX or not self._is_askable(group)
            pending = pending or not group.is_over
        return pending


def _together(before: SourceRun, came: SourceRun) -> SourceRun:
    """Two slices of a source as one run of it."""
    counts = {
        one.name: getattr(before, one.name) + getattr(came, one.name)
        for one in fields(SourceRun)
        if type(getattr(before, one.name)) is int
    }
    return replace(
        came,
        **counts,
        down=before.down and came.down,
        last_error=came.last_error or before.last_error,
        left_early=before.left_early or came.left_early,
    )


def _groups(sources: Sequence[CrawlSource], options: FetchOptions) -> list[_Group]:
    """The sources, those together that may ask one host."""
    above = {source.host for source in sources if source.include_subdomains}
    leads: dict[str, str] = {}

    def last(name: str) -> str:
        while leads.setdefault(name, name) != name:
            name = leads[name]
        return name

    for source in sources:
        asked = {source.host, *(host_of(canonical_url(url)) for url in source.start_urls)}
        parents = {host.split(".", n)[n] for host in asked for n in range(1, host.count(".") + 1)}
        for name in asked | (parents & above):
            leads[last(name)] = last(source.host)
    together: dict[str, list[CrawlSource]] = {}
    for source in sources:
        together.setdefault(last(source.host), []).append(source)
    return [
        _Group(tuple(group), here=any(source.render for source in group) or bool(options.signing_key))
        for group in together.values()
    ]
