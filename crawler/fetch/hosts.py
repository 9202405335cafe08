"""Which hosts and sources are left alone for the rest of a run, and why.

In: what answers (or their lack) say of a host. Out: lanes that the scheduler closes, and a reason that
the run's report repeats. What waits at a host that was left stays in the frontier for a later run.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping

from crawler.config import FetchOptions
from crawler.fetch.scheduler import FrontierScheduler
from crawler.fetch.tally import HostState, Tally
from crawler.web.throttle import Throttle
from pipelines.pages.frontier import Entry
from pipelines.store import CrawlStore, Round

_log = logging.getLogger(__name__)

STRIKES = 20
"""Points in a row after which a host is left alone for this run: four for a failure to connect, one for an
answer that broke off or never came, so that one bad corner of a site does not hide the rest of it."""
STRIKES_UNKNOWN = 8
"""The same for a host that has not answered once, where every failure is a failure to connect."""
_STRIKE_POINTS = 4
STRAIN_MAX = 6
"""Answers 429 or 503 in a row after which a host is left alone for this run, half a minute later."""
CHALLENGES_MAX = 10
"""Requests for proof of a human in a row after which a host is left alone: it does not want us now."""


class Hosts:
    """The hosts of one run."""

    def __init__(
        self,
        store: CrawlStore,
        tally: Tally,
        throttle: Throttle,
        options: FetchOptions,
        rounds: Mapping[str, Round],
    ) -> None:
        self.scheduler: FrontierScheduler
        self.down: set[str] = set()
        """Sources that were not gone through: their rounds stay open."""
        self._store = store
        self._tally = tally
        self._throttle = throttle
        self._options = options
        self._rounds = rounds
        self._left: set[str] = set()
        self._strikes: Counter[str] = Counter()
        self._challenges: Counter[str] = Counter()
        self._asked_for_rest: dict[str, str] = {}
        """The first address of each host that asked for more time than a run waits: one alone speaks for
        itself, two of them for the host."""

    def answered(
        self, entry: Entry, status: int, *, challenge: bool, wait_s: float | None, latency_s: float | None
    ) -> None:
        """A host answered: it is up, perhaps strained, perhaps unwilling."""
        self._strikes[entry.host] = 0
        self._tally.answered(entry.source)
        strained = status in (429, 503)
        long = strained and (wait_s or 0.0) > self._options.retry_max_s
        alone = long and self._asked_for_rest.setdefault(entry.host, entry.url) == entry.url
        wait_s = 0.0 if alone else wait_s or 0.0  # it rests itself until then; the host is slowed
        self._throttle.answered(entry.host, strained=strained, wait_s=wait_s, latency_s=latency_s)
        self._challenges[entry.host] = self._challenges[entry.host] + 1 if challenge else 0
        if strained and wait_s:
            self._store.sources.put_rest(entry.host, time.time() + wait_s)
        if long and not alone:
            self.leave(entry.source, entry.host, f"asked to be left alone for {wait_s:.0f} s")
        elif self._throttle.clock(entry.host).strain >= STRAIN_MAX:
            self.leave(
                entry.source,
                entry.host,
                f"answered {STRAIN_MAX} times in a row that it has no time for us (HTTP {status})",
            )
        elif self._challenges[entry.host] >= CHALLENGES_MAX:
            self.leave(
                entry.source, entry.host, f"bot challenge, {CHALLENGES_MAX} times in a row: HTTP {status}"
            )

    def resume_rests(self, lanes: Iterable[tuple[str, str]]) -> None:
        """Hosts that asked an earlier run for rest have it, and those that a lost slice may still ask."""
        now = time.time()
        for host, until in self._store.sources.rests(now).items():
            self._throttle.hold(host, until - now)
        for source, host in lanes:
            if (until := self._store.frontier.leased(source)) > now:
                self._throttle.hold(host, until - now)

    def take_up(self, states: Iterable[HostState]) -> None:
        """Goes on where another process left these hosts; their lanes are open."""
        now = time.monotonic()
        for state in states:
            clock = self._throttle.clock(state.host, state.delay_s)
            clock.last_start, clock.hold_until = now - state.asked_ago_s, now + state.hold_s
            clock.strain, clock.latency_s = state.strain, state.latency_s
            self._strikes[state.host], self._challenges[state.host] = state.strikes, state.challenges
            if state.left:
                self._left.add(state.host)
                self.scheduler.drop(state.host)

    def states(self) -> tuple[HostState, ...]:
        """How each host stands now."""
        now = time.monotonic()
        return tuple(
            HostState(
                host=host,
                delay_s=clock.delay_s,
                asked_ago_s=now - clock.last_start,
                hold_s=max(0.0, clock.hold_until - now),
                strain=clock.strain,
                latency_s=clock.latency_s,
                strikes=self._strikes[host],
                challenges=self._challenges[host],
                left=host in self._left,
            )
            for host, clock in self._throttle.clocks().items()
        )

    def unreached(self, entry: Entry, reason: str, *, connected: bool) -> None:
        """No whole answer came from a host."""
        known = self._tally.has_answered(entry.source)
        self._strikes[entry.host] += 1 if connected and known else _STRIKE_POINTS
        self._tally.error(entry.source, reason)
        if self._strikes[entry.host] >= (STRIKES if known else STRIKES_UNKNOWN):
            self.leave(entry.source, entry.host, reason)

    def leave(self, source: str, host: str, reason: str) -> None:
        """Ask nothing more of a host in this run."""
        _log.warning("%s: %s; left for a later run", host, reason)
        self._left.add(host)
        self._tally.error(source, reason)
        self.scheduler.drop(host)
        self._tally.left_early(source, reason if host == source else f"{host}: {reason}")
        if host == source:
            self.down.add(source)
        self._store.frontier.note_error(self._rounds[source].crawl_id, reason)

    def leave_source(self, source: str, reason: str) -> None:
        """Ask nothing more of a source in this run: its budget is spent."""
        _log.info("%s: %s", source, reason)
        self._tally.left_early(source, reason)
        self.scheduler.drop_source(source)

    def hold(self, source: str, why: str) -> None:
        """Ask nothing of a source until a person has looked at it."""
        self._tally.error(source, f"held: {why}")
        self._tally.left_early(source, f"held: {why}")
        self.scheduler.drop_source(source)
        self.down.add(source)
