"""What one run did at each source, counted as it happens; progress and the report are read from it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipelines.records import SourceRun


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is; handed to `on_progress` about once a second."""

    fetched: int
    failed: int
    queued: int
    """Known URLs still to be fetched."""
    elapsed_s: float
    host: str = ""
    """The source of the page that came last."""
    articles: int = 0
    """New ones that the archive has of it so far."""
    rejections: int = 0


@dataclass(frozen=True, slots=True)
class HostState:
    """How a host stands with us at a moment, so that another process goes on with it at the same pace."""

    host: str
    delay_s: float
    asked_ago_s: float
    """Since the last request left."""
    hold_s: float
    """How much longer it asked to be left alone."""
    strain: int
    latency_s: float
    strikes: int
    challenges: int
    left: bool
    """Nothing more is asked of it in this run."""

    def later(self, passed_s: float) -> HostState:
        """The same some seconds later."""
        return replace(self, asked_ago_s=self.asked_ago_s + passed_s, hold_s=max(0.0, self.hold_s - passed_s))


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What one run fetched, source by source."""

    sources: tuple[SourceRun, ...] = ()
    stopped: bool = False
    """Ended by SIGTERM, SIGINT, `stop` or a budget before the frontier was empty."""
    in_a_hurry: bool = False
    """By a signal, `stop`, a full disk or the time limit: what was fetched is read by the next run."""
    elapsed_s: float = 0.0
    hosts: tuple[HostState, ...] = ()

    @property
    def all_down(self) -> bool:
        """Whether there were sources and not one of them answered."""
        return bool(self.sources) and all(source.down for source in self.sources)

    @property
    def left(self) -> int:
        """URLs that wait in the frontier for a later run."""
        return sum(source.left for source in self.sources)

    @property
    def fetched(self) -> int:
        """Pages stored in this run, all sources together."""
        return sum(source.fetched for source in self.sources)

    @property
    def unchanged(self) -> int:
        """Pages asked for again that had not changed."""
        return sum(source.unchanged for source in self.sources)

    @property
    def failed(self) -> int:
        """URLs given up."""
        return sum(source.failed for source in self.sources)


class Tally:
    """The counts of one run."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._counts: dict[str, Counter[str]] = {host: Counter() for host in hosts}
        self._errors: dict[str, str] = {}
        self._early: dict[str, str] = {}
        self._answered: set[str] = set()
        self._started = time.monotonic()
        self._last = ""
        self.pages = 0
        """Pages committed, changed or not, all sources together."""

    def count(self, host: str, **counts: int) -> None:
        """Add to a source's counts; the names are those of SourceRun."""
        self._counts[host].update(counts)

    def page(self, host: str) -> None:
        """A page was committed."""
        self.pages += 1
        self._last = host

    def error(self, host: str, reason: str) -> None:
        """The latest thing that went wrong at a source."""
        self._errors[host] = reason

    def left_early(self, host: str, reason: str) -> None:
        """Not all of a source was gone through; the first reason holds."""
        self._early.setdefault(host, reason)

    def answered(self, *hosts: str) -> None:
        """These sources are not down."""
        self._answered.update(hosts)

    def has_answered(self, host: str) -> bool:
        """Whether anything came from a source."""
        return host in self._answered

    def fetched(self, host: str) -> int:
        """Pages stored of a source."""
        return self._counts[host]["fetched"]

    @property
    def elapsed_s(self) -> float:
        """How long the run has gone on."""
        return time.monotonic() - self._started

    def progress(self, *, queued: int) -> RunProgress:
        """How far the run is."""
        totals: Counter[str] = Counter()
        for counts in self._counts.values():
            totals.update(counts)
        return RunProgress(
            fetched=totals["fetched"],
            failed=totals["failed"],
            queued=queued,
            elapsed_s=self.elapsed_s,
            host=self._last,
        )

    def report(self, waiting: Mapping[str, int], *, stopped: bool, in_a_hurry: bool) -> FetchReport:
        """What the run did; `waiting` says, in the order of the sources, how much is left at each."""
        sources = tuple(self._source(host, left) for host, left in waiting.items())
        return FetchReport(sources, stopped=stopped, in_a_hurry=in_a_hurry, elapsed_s=self.elapsed_s)

    def _source(self, host: str, left: int) -> SourceRun:
        return SourceRun(
            host=host,
            **self._counts[host],
            down=host not in self._answered and host in self._errors,
            last_error=self._errors.get(host, ""),
            left_early=self._early.get(host, ""),
            left=left,
        )
