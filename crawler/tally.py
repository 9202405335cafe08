"""What one run did at each source, counted as it happens; progress and the report are read from it."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from crawler.records import FetchProgress, FetchReport, SourceCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
        """Add to a source's counts; the names are those of SourceCounts."""
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

    def progress(self, *, queued: int, pending: int) -> FetchProgress:
        """How far the run is."""
        totals: Counter[str] = Counter()
        for counts in self._counts.values():
            totals.update(counts)
        return FetchProgress(
            fetched=totals["fetched"],
            unchanged=totals["unchanged"],
            failed=totals["failed"],
            refused=totals["refused"],
            queued=queued,
            pending=pending,
            elapsed_s=self.elapsed_s,
            host=self._last,
        )

    def report(self, waiting: Mapping[str, int], *, stopped: bool, in_a_hurry: bool) -> FetchReport:
        """What the run did; `waiting` says, in the order of the sources, how much is left at each."""
        sources = tuple(self._source(host, left) for host, left in waiting.items())
        return FetchReport(
            sources=sources,
            stopped=stopped,
            in_a_hurry=in_a_hurry,
            all_down=bool(sources) and all(counts.down for counts in sources),
            left=sum(waiting.values()),
            elapsed_s=self.elapsed_s,
        )

    def _source(self, host: str, left: int) -> SourceCounts:
        counts = self._counts[host]
        return SourceCounts(
            host=host,
            fetched=counts["fetched"],
            articles=counts["articles"],
            unchanged=counts["unchanged"],
            failed=counts["failed"],
            refused=counts["refused"],
            gone=counts["gone"],
            found=counts["found"],
            down=host not in self._answered and host in self._errors,
            last_error=self._errors.get(host, ""),
            left_early=self._early.get(host, ""),
            left=left,
        )
