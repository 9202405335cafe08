"""What is usual at a source, and whether its last run was: judged by its own history alone.

Pure: past runs in (newest first), troubles out. A source that yields ten articles a day and one that
yields two a month have nothing in common but this rule: a silence is a trouble when it is longer than
chance and the source's own habits allow.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from pipelines.records import PastRun
from pipelines.store.sources import Trouble

ENOUGH_EXPECTED = 6.0
"""Articles missing at the least: where a source's days are independent, chance makes a silence of six once
in 400 (e^-6), and no source is called silent for the lack of one or two articles."""
LONGER_THAN_EVER = 1.5
"""And the silence is longer than the longest before by this factor: weekends and holidays come again."""
FEW_PART = 0.2
"""A run with less than this part of the usual, where no run before had so few."""
_ENOUGH_RUNS = 5
_ENOUGH_DATES = 4
"""Gaps between days with news that make a rhythm."""
_ENOUGH_PAGES = 5
_DAY_S = 86400.0


def unusual(runs: Sequence[PastRun], now: datetime) -> list[Trouble]:
    """What differs from the source's own history, the most telling first."""
    runs = [run for run in runs if not run.stopped]
    if len(runs) < 2:
        return []
    found = (
        _silence(runs), _few(runs), _rhythm(runs, now), _rejections(runs), _dates(runs), _refusals(runs),
        _gone(runs),
    )  # fmt: skip
    return [trouble for trouble in found if trouble is not None]


def _silence(runs: Sequence[PastRun]) -> Trouble | None:
    """Nothing new in as many runs as usually bring several articles, though its lists changed."""
    usual = runs[:-1]  # the first run of all took the back-catalogue
    streak = next((n for n, run in enumerate(usual) if run.new), len(usual))
    before = usual[streak:]
    if not streak or not before:
        return None
    missing = streak * statistics.fmean(run.new for run in before)
    if missing < ENOUGH_EXPECTED or streak <= LONGER_THAN_EVER * _longest_silence(before):
        return None
    if len(before) < _ENOUGH_RUNS and not usual[0].fetched:
        return None  # nothing at all has changed there, and a short history knows no weekend
    return Trouble(
        "yield",
        f"no new article in {streak} run{'s' * (streak > 1)}, where {missing:.0f} are usual;"
        " open a list page in a browser: was it redesigned?",
    )


def _longest_silence(runs: Sequence[PastRun]) -> int:
    longest = current = 0
    for run in runs:
        current = 0 if run.new else current + 1
        longest = max(longest, current)
    return longest


def _few(runs: Sequence[PastRun]) -> Trouble | None:
    last, before = runs[0], runs[1:-1]
    if len(before) < _ENOUGH_RUNS or not last.new:
        return None
    usual = statistics.median(run.new for run in before)
    if usual < ENOUGH_EXPECTED or last.new >= FEW_PART * usual or last.new >= min(run.new for run in before):
        return None
    return Trouble("yield", f"{last.new} new articles, where {usual:.0f} are usual; look at its list pages")


def _rhythm(runs: Sequence[PastRun], now: datetime) -> Trouble | None:
    """Silent for longer than three times its usual pause, and than its longest."""
    moments = [run.started_at for run in runs if run.new]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(moments)]
    if len(gaps) < _ENOUGH_DATES:
        return None
    silent = (now - moments[0]).total_seconds()
    if silent <= max(3 * statistics.median(gaps), LONGER_THAN_EVER * max(gaps), _DAY_S):
        return None
    return Trouble(
        "rhythm",
        f"no new article since {moments[0]:%Y-%m-%d}, where every {_days(statistics.median(gaps))} is usual;"
        " look at its list pages",
    )


def _rejections(runs: Sequence[PastRun]) -> Trouble | None:
    last, before = runs[0], runs[1:]
    judged, usual = last.new + last.rejected, sum(run.new + run.rejected for run in before)
    if judged < _ENOUGH_PAGES or usual < _ENOUGH_PAGES:
        return None
    share, usual_share = last.rejected / judged, sum(run.rejected for run in before) / usual
    if share < 0.5 or share < 2 * usual_share:
        return None
    return Trouble(
        "rejections",
        f"{last.rejected} of {judged} pages were no news, where {usual_share:.0%} are usual;"
        " `show` one of them",
    )


def _dates(runs: Sequence[PastRun]) -> Trouble | None:
    last = next((run for run in runs if run.new), None)
    if last is None or last.new < _ENOUGH_PAGES:
        return None
    before = [run for run in runs if run.started_at < last.started_at]
    usual = sum(run.new for run in before)
    usual_share = sum(run.undated for run in before) / usual if usual else 1.0
    if last.undated / last.new < 0.5 or usual_share > 0.2:
        return None
    return Trouble("dates", f"{last.undated} of {last.new} new articles have no date; `show` one of them")


def _refusals(runs: Sequence[PastRun]) -> Trouble | None:
    last, before = runs[0], runs[1:]
    asked = last.fetched + last.unchanged + last.refused
    if last.refused < _ENOUGH_PAGES or last.refused * 2 < asked:
        return None
    if statistics.median(run.refused for run in before) * 2 > last.refused:
        return None
    return Trouble("robots", f"robots.txt forbids {last.refused} of {asked} addresses now; read it")


def _gone(runs: Sequence[PastRun]) -> Trouble | None:
    last = runs[0]
    known = last.gone + last.unchanged + last.fetched
    if last.gone < _ENOUGH_PAGES or last.gone * 4 < known:
        return None
    return Trouble("gone", f"{last.gone} known articles are gone; have its addresses changed?")


def _days(seconds: float) -> str:
    days = seconds / _DAY_S
    return f"{days:.0f} days" if days >= 1.5 else f"{max(seconds / 3600, 1):.0f} hours"
