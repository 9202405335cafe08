"""How each source stands: when it was last reached, when it is due, whether its yield is all right.

In: the sources file's sources, what past runs did at each, what the archive holds, and now. Out: one
Standing a source. Pure: the command hands everything in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crawler.records import CrawlSource

State = Literal["ok", "new", "wrong", "removed"]

_TIMER_SLACK = 0.05
"""A timer that runs every six hours is never exact: a source is due when 95% of its interval has passed."""

_MANY_PAGES = 3
"""One or two pages that are no article after all say nothing about a site."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """What one run did at one source."""

    run_id: int
    source: str
    started_at: datetime
    fetched: int
    articles: int
    """Fetched pages that went on to extraction."""
    unchanged: int
    failed: int
    refused: int
    last_error: str = ""
    stopped: bool = False
    """It was asked to stop before it had fetched all: the rest waits for the next run."""


@dataclass(frozen=True, slots=True)
class Yield:
    """What the archive holds of one source."""

    status: str = "active"
    articles: int = 0
    """Articles whose kept copy is this source's."""
    copies: int = 0
    rejections: int = 0
    newest_day: str | None = None
    last_read_at: str | None = None
    """UTC: when the page that was read last had been fetched."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source stands."""

    host: str
    name: str
    state: State
    reason: str
    """What is wrong and where to look; empty where nothing is."""
    last_success_at: datetime | None
    """Start of the last run that got an answer."""
    next_due_at: datetime | None
    """None: it has never been fetched, so it is due now."""
    held: Yield
    runs: tuple[PastRun, ...]
    """The last runs that took it, newest first."""


def standings(
    sources: Sequence[CrawlSource],
    runs: Sequence[PastRun],
    held: Mapping[str, Yield],
) -> list[Standing]:
    """Every source's standing, in the order of the sources file; `runs` newest first."""
    return [
        _standing(
            source, tuple(run for run in runs if run.source == source.host), held.get(source.host, Yield())
        )
        for source in sources
    ]


def due(sources: Sequence[CrawlSource], runs: Sequence[PastRun], now: datetime) -> list[CrawlSource]:
    """The sources whose `every` has elapsed since a run that got an answer; `runs` newest first.

    A run that was stopped does not count, and one that was killed is not among them: their sources
    are still due, and taken up again.
    """
    return [source for source in sources if _is_due(source, runs, now)]


def _is_due(source: CrawlSource, runs: Sequence[PastRun], now: datetime) -> bool:
    last = _last_success([run for run in runs if run.source == source.host and not run.stopped])
    return last is None or last + timedelta(seconds=source.every_s * (1 - _TIMER_SLACK)) <= now


def _last_success(runs: Sequence[PastRun]) -> datetime | None:
    return next((run.started_at for run in runs if run.fetched or run.unchanged), None)


def _standing(source: CrawlSource, runs: tuple[PastRun, ...], held: Yield) -> Standing:
    last = _last_success(runs)
    reason = _reason(runs, held)
    state: State = "wrong" if reason else "ok" if runs else "new"
    return Standing(
        host=source.host,
        name=source.name,
        state="removed" if held.status == "removed" else state,
        reason=reason,
        last_success_at=last,
        next_due_at=last and last + timedelta(seconds=source.every_s),
        held=held,
        runs=runs,
    )


def _reason(runs: Sequence[PastRun], held: Yield) -> str:
    """What is wrong with the last run, the worst first."""
    if not runs or held.status == "removed":
        return ""
    last = runs[0]
    if not last.fetched and not last.unchanged:
        forbidden = "robots.txt or a removal forbids it" if last.refused else "no page left to ask for"
        return f"its last run got no page ({last.last_error or forbidden}); open a start URL in a browser"
    if last.failed > last.fetched + last.unchanged:
        asked = last.failed + last.fetched + last.unchanged
        return f"most requests failed, {last.failed} of {asked} ({last.last_error})"
    if not held.copies:
        return f"{last.fetched} pages and no article; look at its start URLs, and `show` one of its articles"
    if last.articles >= _MANY_PAGES and (held.last_read_at or "") < last.started_at.isoformat()[:19]:
        return f"none of {last.articles} article pages in its last run could be read; was it redesigned?"
    return ""
