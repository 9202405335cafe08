"""When a known article is asked for again: the more often it changed, the sooner.

Pure: times in, intervals in seconds out. Articles change in their first days or hardly ever, so the
interval starts short for what is fresh and long for the back-catalogue, doubles with each visit that
finds nothing new, and falls to a quarter where something changed. An article that never changes is
asked for seven times in its first half year.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY_S = 86400.0
SHORTEST_S = DAY_S / 2
LONGEST_S = 90 * DAY_S
FRESH_S = DAY_S
"""For what was found after the first round, or announced with a date of these days."""
UNKNOWN_S = 14 * DAY_S
"""For the back-catalogue, where nothing tells its age."""
GONE_S = 7 * DAY_S
"""A page that is gone is looked for after 1, 3, 7 and 15 weeks, then no more: some come back."""
GONE_LONGEST_S = 70 * DAY_S
MISSING_S = DAY_S / 4
"""A page that was not there when it was first asked for is asked for again after 6 hours and 1, 4, 16 and 64
days, while a list, feed or sitemap still names it: many name an article before it can be read."""
_MISSING_LONGEST_S = 64 * DAY_S
IDLE_S = DAY_S / 2
"""A list that named nothing new is left out for this long, then twice as long after each such visit, and is
asked for in every round again once it names something: other lists name the same."""
IDLE_LONGEST_S = 7 * DAY_S
ROUND_MAX = 500
"""Known articles asked for again in one round, the most overdue first: eight minutes at one a second."""
_AGE_PART = 0.1
"""Of the time since Last-Modified: the heuristic of RFC 9111, 4.2.2."""
_SPREAD = 0.2
"""Intervals differ by up to this part, so that what was fetched together is not due together."""


def first_interval_s(fetched_at: datetime, last_modified: str | None, *, fresh: bool) -> float:
    """How long after its first fetch an article is asked for again."""
    if fresh:
        return fresh_interval_s()
    changed_at = _http_date(last_modified)
    if changed_at is None or changed_at >= fetched_at:
        return _spread(UNKNOWN_S)
    age_s = (fetched_at - changed_at).total_seconds()
    return _spread(min(max(age_s * _AGE_PART, FRESH_S), LONGEST_S))


def fresh_interval_s() -> float:
    """The first interval of what is new."""
    return _spread(FRESH_S)


def next_interval_s(interval_s: float, *, changed: bool) -> float:
    """The interval after a visit that found the article changed, or not."""
    grown = interval_s / 4 if changed else interval_s * 2
    return min(max(grown, SHORTEST_S), LONGEST_S)


def next_list_s(interval_s: float | None) -> float:
    """The interval after a visit at which a list, feed or sitemap named nothing that was not known."""
    return IDLE_S if interval_s is None else min(interval_s * 2, IDLE_LONGEST_S)


def next_gone_s(interval_s: float | None) -> float | None:
    """How long after a page was not there it is looked for again; None: not any more."""
    if interval_s is None:
        return _spread(GONE_S)
    return interval_s * 2 if interval_s * 2 < GONE_LONGEST_S else None


def next_missing_s(interval_s: float | None) -> float | None:
    """How long after a page was not there, and never had been, it may be asked for again; None: no more."""
    longer_s = MISSING_S if interval_s is None else interval_s * 4
    return longer_s if longer_s <= _MISSING_LONGEST_S else None


def moments(written: str) -> tuple[float, float] | None:
    """The earliest and latest epoch second that a lastmod or updated may mean; None where unreadable.

    W3C dates may be a day only, which is then meant from its beginning to its end.
    """
    text = written.strip()
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        parsed = _http_date(text)
        return (parsed.timestamp(), parsed.timestamp()) if parsed else None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    whole_day = len(text) <= len("2026-11-23")
    return then.timestamp(), then.timestamp() + (DAY_S if whole_day else 0)


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or a zone of too many figures
        return None
    return then if then.tzinfo else then.replace(tzinfo=UTC)


def _spread(interval_s: float) -> float:
    return interval_s * (1 + _SPREAD * random.random())  # noqa: S311 (no secret)
