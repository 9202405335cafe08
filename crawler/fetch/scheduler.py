"""Scrapy's scheduler, drawing from the frontier table: fair across hosts, never faster than allowed.

A lane is one source at one host. Each lane keeps a few entries in memory, refilled from the store;
lanes take turns, and a lane is passed over while its host has no room or its time has not come.
A host's robots.txt is asked for before its first entry is handed out: who waits for it, or for a host's
time, holds no place among the requests under way.
Nothing here is durable: what a killed process had in memory is still queued in the store.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import CallLaterResult, call_later

from crawler.config import FetchOptions
from crawler.web.robots import RobotsMiddleware, authority_of
from crawler.web.throttle import SLOWEST_S, HostClock
from pipelines.pages.frontier import Entry
from pipelines.store import CrawlStore
from pipelines.urls import canonical_url

BATCH = 32
"""Entries a lane holds in memory: a refill costs 0.1 ms, and what is found meanwhile waits this long."""
SIEVED = 1000
"""Entries looked at together where those before were all sorted out."""
_SOON_S = 0.05
"""A host whose time comes within this is asked now: the turn middleware holds the request that long."""
_LEARNING_MAX = 1024
"""Hosts whose robots.txt is learned at once; most of them wait for the host's time."""
_BACKLOG_CHECK_S = 0.2
"""How often the pages that wait for ingest are counted while fetching pauses."""
_BACKLOG_CHECK_PART = 10
"""While fetching goes on they are counted once for each tenth of the bound that was handed out."""


class _Run(Protocol):
    """What the scheduler needs of the spider."""

    stopping: bool
    store: CrawlStore
    options: FetchOptions

    def begin(self, scheduler: FrontierScheduler) -> None:
        """Wake the lanes in which something waits."""

    def or_end(self) -> AbstractContextManager[None, bool]:
        """Where the store cannot be used the run ends."""

    def clock(self, source: str, host: str) -> HostClock:
        """The clock of a host."""

    def awaits_files(self) -> bool:
        """Whether pages are being read that may link to files; lanes of files that were found are woken."""

    def admit(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that may be asked for now."""

    def leave(self, source: str, host: str, wait_s: float) -> None:
        """Told of a host whose time comes after the run's patience."""

    def request(self, entry: Entry) -> Request:
        """The request for an entry."""


@dataclass(slots=True, eq=False)
class _Lane:
    source: str
    host: str
    clock: HostClock
    entries: deque[Entry] = field(default_factory=deque)
    in_flight: set[int] = field(default_factory=set)
    place: str = "idle"
    """ready, asking (for a robots.txt), waiting (for a time), busy (its host has no room), idle (nothing to
    do) or closed."""
    permitted: set[str] = field(default_factory=set)
    """The schemes of which robots.txt has been asked for."""


class FrontierScheduler(BaseScheduler):
    """Hands out the frontier's entries as requests, each once until it is `done`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider: _Run
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._hosts: dict[str, list[_Lane]] = {}
        self._ready: deque[_Lane] = deque()
        self._waiting: list[tuple[float, int, _Lane]] = []
        self._to_ask: deque[tuple[_Lane, str]] = deque()
        self._asked: set[asyncio.Task[None]] = set()
        self._robots: RobotsMiddleware | None = None
        self._handed_back: deque[Request] = deque()
        self._timer: CallLaterResult | None = None
        self._timer_at = 0.0
        self._ticket = 0
        self._backlog_unchecked = 0
        self._backlog_full = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """As Scrapy builds it."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Take up every lane in which something waits."""
        self._spider = spider  # type: ignore[assignment]
        self._robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        self._spider.begin(self)

    def close(self, reason: str) -> None:
        """Forget what is in memory."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        for task in self._asked:
            task.cancel()

    def has_pending_requests(self) -> bool:
        """Whether anything of this run is still to be handed out, now or after a wait."""
        if self._spider.stopping:
            return bool(self._handed_back)
        awaits = False
        with self._spider.or_end():
            awaits = self._spider.awaits_files()
        return bool(
            awaits
            or self._handed_back
            or self._ready
            or self._asked
            or any(lane.place == "waiting" for _, _, lane in self._waiting)
            or any(lane.place == "busy" for lane in self._lanes.values())
        )

    def is_busy(self) -> bool:
        """Whether something is still to be handed out, or under way."""
        return self.has_pending_requests() or any(lane.in_flight for lane in self._lanes.values())

    def enqueue_request(self, request: Request) -> bool:
        """Take a request back that a middleware gave to the engine."""
        self._handed_back.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request whose host may be asked now."""
        if self._handed_back:
            return self._handed_back.popleft()
        if self._spider.stopping:
            return None
        with self._spider.or_end():
            return self._drawn()
        return None

    def _drawn(self) -> Request | None:
        if self._is_backlog_full():
            self._wake_at(time.monotonic() + _BACKLOG_CHECK_S)
            return None
        entry = self._next_entry()
        if entry is None and self._spider.awaits_files():
            self._wake_at(time.monotonic() + _BACKLOG_CHECK_S)
        entry = entry or self._next_entry()
        if entry is None and self._waiting:
            self._wake_at(self._waiting[0][0])
        return None if entry is None else self._spider.request(entry)

    def wake(self, source: str, host: str) -> None:
        """Something was queued for a lane."""
        lane = self._lanes.get((source, host))
        if lane is None:
            lane = _Lane(source, host, self._spider.clock(source, host))
            self._lanes[source, host] = lane
            self._hosts.setdefault(host, []).append(lane)
        if lane.place == "idle":
            self._make_ready(lane)

    def nudge(self) -> None:
        """Have the engine ask now for what there is to do, and find out where that is nothing any more."""
        engine = self._crawler.engine
        if engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()  # as the engine itself does; it has no public name

    def done(self, entry: Entry) -> None:
        """A request is over, whatever became of it; its host has room again."""
        lane = self._lanes[entry.source, entry.host]
        lane.in_flight.discard(entry.url_id)
        lane.clock.in_flight -= 1
        for other in self._hosts[entry.host]:
            if other.place == "busy" or (other is lane and other.place == "idle"):
                self._make_ready(other)

    def drop(self, host: str) -> None:
        """Ask nothing more of a host in this run; what waits for it stays in the frontier."""
        for lane in self._hosts.get(host, ()):
            lane.entries.clear()
            lane.place = "closed"

    def reconsider(self, source: str, host: str) -> None:
        """The frontier of a lane has been put in order: what was taken from it is drawn anew."""
        lane = self._lanes.get((source, host))
        if lane is not None:
            lane.entries.clear()
        self.wake(source, host)

    def drop_source(self, source: str) -> None:
        """Ask nothing more of a source in this run."""
        for lane in self._lanes.values():
            if lane.source == source:
                lane.entries.clear()
                lane.place = "closed"

    def _next_entry(self) -> Entry | None:
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now + _SOON_S:
            lane = heapq.heappop(self._waiting)[2]
            if lane.place == "waiting":
                self._make_ready(lane)
        while self._ready:
            lane = self._ready.popleft()
            if lane.place == "ready" and (entry := self._take(lane, now)) is not None:
                return entry
        return None

    def _take(self, lane: _Lane, now: float) -> Entry | None:
        """A lane's next entry, or None having put the lane where it belongs."""
        clock = lane.clock
        if clock.room <= 0:
            lane.place = "busy"
            return None
        if clock.opens > now + self._spider.options.retry_max_s + SLOWEST_S:
            self._spider.leave(lane.source, lane.host, clock.opens - now)
            return None
        if not lane.entries and not self._refill(lane):
            return None
        if self._asks_first(lane):
            return None
        if clock.opens > now + _SOON_S:
            self._wait(lane, clock.opens)
            return None
        entry = lane.entries.popleft()
        lane.in_flight.add(entry.url_id)
        clock.in_flight += 1
        self._ready.append(lane)
        return entry

    def _asks_first(self, lane: _Lane) -> bool:
        """Whether robots.txt is asked for before the next entry; the lane is ready again afterwards."""
        url = lane.entries[0].ask_url
        scheme = url.partition(":")[0]
        if scheme in lane.permitted or self._robots is None:
            return False
        lane.permitted.add(scheme)
        authority = authority_of(canonical_url(url))
        if self._robots.is_known(authority):
            return False
        lane.place = "asking"
        self._to_ask.append((lane, authority))
        self._ask_more()
        return True

    def _ask_more(self) -> None:
        while self._to_ask and len(self._asked) < _LEARNING_MAX:
            self._asked.add(asyncio.ensure_future(self._ask(*self._to_ask.popleft())))

    async def _ask(self, lane: _Lane, authority: str) -> None:
        """What comes of it, an error too, the request meets again in the middleware."""
        with suppress(Exception):
            if self._robots is not None and not self._spider.stopping:
                await self._robots.learn(authority)
        self._asked.discard(asyncio.current_task())
        if lane.place == "asking":
            self._make_ready(lane)
        self._ask_more()
        self.nudge()

    def _refill(self, lane: _Lane) -> bool:
        epoch, options = time.time(), self._spider.options
        limit = BATCH + len(lane.in_flight)
        while found := self._spider.store.frontier.next_entries(
            lane.source, lane.host, limit, epoch, wished=options.wished, up_to=options.up_to
        ):
            fresh = [entry for entry in found if entry.url_id not in lane.in_flight]
            lane.entries.extend(self._spider.admit(fresh))
            if lane.entries:
                return True
            if not fresh:
                break
            limit = SIEVED  # all of them were removed, or rest: there may be many more
        lane.place = "idle"
        later = self._spider.store.frontier.next_at(
            lane.source, lane.host, epoch, wished=options.wished, up_to=options.up_to
        )
        if later is not None and later - epoch <= options.retry_max_s:
            self._wait(lane, time.monotonic() + later - epoch)
        return False

    def _make_ready(self, lane: _Lane) -> None:
        lane.place = "ready"
        self._ready.append(lane)

    def _wait(self, lane: _Lane, until: float) -> None:
        lane.place = "waiting"
        self._ticket += 1
        heapq.heappush(self._waiting, (until, self._ticket, lane))

    def _is_backlog_full(self) -> bool:
        bound = self._spider.options.backlog_max
        if not bound:
            return False
        self._backlog_unchecked += 1
        if self._backlog_full or self._backlog_unchecked >= bound // _BACKLOG_CHECK_PART:
            self._backlog_unchecked = 0
            self._backlog_full = self._spider.store.pages.pending() > bound
        return self._backlog_full

    def _wake_at(self, when: float) -> None:
        """Have the engine ask again at a time: left alone it would do so every 5 seconds only."""
        now = time.monotonic()
        if self._timer and self._timer_at <= when and self._timer_at > now:
            return
        if self._timer:
            self._timer.cancel()
        self._timer_at = when
        self._timer = call_later(max(when - now, 0.001), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.nudge()
