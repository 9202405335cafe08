"""How each source stands: when it was last reached, when it is due, whether its yield is all right.

In: the sources file's sources, what past runs did at each, what the archive holds, and now. Out: one
Health a source. Pure: the command hands everything in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from crawler.runs.usual import unusual
from pipelines.archive.read.sources import Yield
from pipelines.records import CrawlSource, PastRun, SourceRun
from pipelines.store.sources import Trouble, Watched

State = Literal["ok", "new", "wrong", "acknowledged", "paused", "removed"]

_TIMER_SLACK = 0.05
"""A timer that runs every six hours is never exact: a source is due when 95% of its interval has passed."""

_CLOCK_SLACK = timedelta(hours=1)
"""A run that began later than this from now was made while the clock stood ahead, and does not count."""

TEMPLATE_TOLD_S = 7 * 86400.0
"""How long a redesign is told: a week with it, and it is how the site looks."""
CERTIFICATE_S = 14 * 86400.0
"""Certificates are renewed a month before their end, where somebody looks after them."""

FEW_DAYS = 14
"""Time enough to buy a disk."""
_FAILED_MANY = 3
_MANY_PAGES = 3
"""One or two pages that are no article after all say nothing about a site."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one source stands."""

    host: str
    name: str
    state: State
    reason: str
    """What is wrong and where to look, the worst first; empty where nothing is."""
    last_success_at: datetime | None
    """Start of the last run that got an answer."""
    next_due_at: datetime | None
    """None: it has never been fetched, so it is due now; or it is paused or removed, and never due."""
    held: Yield
    runs: tuple[PastRun, ...]
    """The last runs that took it, newest first."""
    troubles: tuple[Trouble, ...] = ()
    since: datetime | None = None
    """Since when its oldest trouble is known; None: it is new, or there is none."""
    acknowledged_until: datetime | None = None
    idle: tuple[str, ...] = ()
    """Parts of its addresses that were found to make no difference; nothing is wrong with that."""
    requests_per_new: float | None = None
    """Answers and failures of its last run for each page that was new in it; None where nothing was."""
    run_s: float | None = None
    """How long its last run takes at the least, at its delay."""
    missed: tuple[str, ...] = ()
    """Selectors that gave nothing on some of its pages: on these, what stands there is read by rule."""


def diagnose(
    sources: Sequence[CrawlSource],
    runs: Sequence[PastRun],
    held: Mapping[str, Yield],
    watched: Mapping[str, Watched] | None = None,
    now: datetime | None = None,
) -> list[Health]:
    """Every source's health, in the order of the sources file; `runs` newest first."""
    now = now or max((run.started_at for run in runs), default=datetime.now(UTC))
    by_host = _by_host(runs)
    return [
        _health(
            source,
            tuple(by_host[source.host]),
            held.get(source.host, Yield()),
            (watched or {}).get(source.host, Watched()),
            now,
        )
        for source in sources
    ]


def due(sources: Sequence[CrawlSource], runs: Sequence[PastRun], now: datetime) -> list[CrawlSource]:
    """The sources whose `every` has elapsed since a run that got an answer; `runs` newest first.

    A run that was stopped does not count, and one that was killed is not among them: their sources
    are still due, and taken up again.
    """
    by_host = _by_host(runs)
    return [source for source in sources if _is_due(source, by_host[source.host], now)]


def _by_host(runs: Sequence[PastRun]) -> Mapping[str, list[PastRun]]:
    found: dict[str, list[PastRun]] = defaultdict(list)
    for run in runs:
        found[run.host].append(run)
    return found


def own_health(kind: str, why: str) -> Health:
    """The timer or the disk as if it were a source, so that its troubles are told like theirs."""
    troubles = (Trouble(kind, why),) if why else ()
    state: State = "wrong" if why else "ok"
    return Health(kind, f"the {kind}", state, why, None, None, Yield(), (), troubles=troubles)


def scarce(days_left: float | None) -> str:
    """Why the disk is a trouble: what it still holds is days away; or empty."""
    if days_left is None or days_left >= FEW_DAYS:
        return ""
    return (
        f"full in {days_left:.0f} days at the last week's rate; keep fewer raw pages (PARKNEWS_KEEP_DAYS),"
        " or move the archive to a larger disk"
    )


def _is_due(source: CrawlSource, runs: Sequence[PastRun], now: datetime) -> bool:
    last = _last_success([run for run in runs if not run.stopped], now)
    return last is None or last + timedelta(seconds=source.every_s * (1 - _TIMER_SLACK)) <= now


def _last_success(runs: Sequence[PastRun], now: datetime) -> datetime | None:
    past = (run for run in runs if run.started_at <= now + _CLOCK_SLACK)
    return next((run.started_at for run in past if answered(run)), None)


def _health(
    source: CrawlSource, runs: tuple[PastRun, ...], held: Yield, watched: Watched, now: datetime
) -> Health:
    last = _last_success(runs, now)
    missed = {key: pages for key, pages in held.selector_misses.items() if getattr(source.read, key, ())}
    left_out: State | None = "removed" if held.status == "removed" else "paused" if source.paused else None
    troubles = () if left_out else tuple(_troubles(runs, held, watched, missed, now))
    asked = runs[0].fetched + runs[0].unchanged + runs[0].failed if runs else 0
    known = dict(watched.since)
    since = [known[trouble.kind] for trouble in troubles if trouble.kind in known]
    until = watched.acknowledged_until
    acknowledged = bool(troubles) and until is not None and until > now.timestamp()
    state: State = "wrong" if troubles else "ok" if runs else "new"
    state = "acknowledged" if acknowledged else state
    return Health(
        host=source.host,
        name=source.name,
        state=left_out or state,
        reason="; also: ".join(trouble.reason for trouble in troubles),
        last_success_at=last,
        next_due_at=last + timedelta(seconds=source.every_s) if last and not left_out else None,
        held=held,
        runs=runs,
        troubles=troubles,
        since=datetime.fromtimestamp(min(since), UTC) if len(since) == len(troubles) > 0 else None,
        acknowledged_until=datetime.fromtimestamp(until, UTC) if acknowledged and until else None,
        idle=watched.idle,
        requests_per_new=round(asked / runs[0].new, 2) if runs and runs[0].new else None,
        run_s=asked * source.delay_s if runs else None,
        missed=tuple(_missed(key, pages, held) for key, pages in missed.items()),
    )


def _missed(key: str, pages: int, held: Yield) -> str:
    return f"`{key}` of [source.read] gave nothing on {pages} of its {held.copies} articles"


def _troubles(
    runs: Sequence[PastRun], held: Yield, watched: Watched, missed: Mapping[str, int], now: datetime
) -> Iterator[Trouble]:
    """What is wrong with a source, the worst first."""
    if watched.quarantine:
        what = "look at it, then `parknews sources release`"
        yield Trouble("quarantine", f"held, it seems to be another site now ({watched.quarantine}); {what}")
        return
    if watched.browser:
        yield Trouble("browser", f"its pages need a browser (render = true): {watched.browser}")
    challenge = runs[0].last_error if runs and "bot challenge" in runs[0].last_error else ""
    if challenge:
        yield Trouble("challenge", f"it asks for proof of a human ({challenge}); ask its owner for access")
    if reason := _reason(runs, held):
        yield Trouble("down" if runs and not answered(runs[0]) else "run", reason)
    elif not challenge:
        yield from unusual(runs, now)
    if watched.resting:
        yield Trouble(
            "trap",
            f"many addresses show the same pages: {', '.join(watched.resting)}; open two of them, and keep to"
            " the good part with allowed_paths",
        )
    yield from _of_selectors(missed, held)
    changed = watched.template_changed_at
    if changed is not None and now.timestamp() - changed < TEMPLATE_TOLD_S:
        day = datetime.fromtimestamp(changed, UTC)
        stood = f" (its articles stood in {watched.template_before})" if watched.template_before else ""
        yield Trouble("template", f"template changed on {day:%Y-%m-%d}{stood}; `show` a new article")
    expires = watched.certificate_expires_at
    if expires is not None and expires - now.timestamp() < CERTIFICATE_S:
        day = datetime.fromtimestamp(expires, UTC)
        yield Trouble("certificate", f"its certificate ends on {day:%Y-%m-%d}; tell its owner")


def _of_selectors(missed: Mapping[str, int], held: Yield) -> Iterator[Trouble]:
    """Selectors of the sources file that give nothing on most pages: the site was built anew."""
    for key, pages in missed.items():
        if pages > held.copies / 2:
            what = "`parknews read` one of them shows what is read instead"
            yield Trouble(f"selector {key}", f"{_missed(key, pages, held)}; {what}")


def answered(run: SourceRun) -> bool:
    """Whether anything came from the source in a run."""
    return bool(run.fetched or run.unchanged)


def mostly_failed(run: SourceRun) -> bool:
    """Whether more requests failed than were answered; fewer than three may be two dead links."""
    return run.failed >= _FAILED_MANY and run.failed > run.fetched + run.unchanged


def _reason(runs: Sequence[PastRun], held: Yield) -> str:
    """What is wrong with the last run, the worst first."""
    if not runs:
        return ""
    last = runs[0]
    if not answered(last):
        forbidden = "robots.txt or a removal forbids it" if last.refused else "no page left to ask for"
        return f"its last run got no page ({last.last_error or forbidden}); open a start URL in a browser"
    if mostly_failed(last):
        asked = last.failed + last.fetched + last.unchanged
        return f"most requests failed, {last.failed} of {asked} ({last.last_error})"
    if not held.copies:
        return f"{last.fetched} pages and no article; look at its start URLs, and `show` one of its articles"
    if last.articles >= _MANY_PAGES and (held.last_read_at or "") < last.started_at.isoformat()[:19]:
        return f"none of {last.articles} article pages in its last run could be read; was it redesigned?"
    return ""
