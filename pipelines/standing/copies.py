"""A copy as its standing asks for it, and what of its times can be believed.

In: what the archive knows of a page. Out: its claims, each believed or not, and why not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

SLACK = timedelta(days=1)
"""Zones differ by less than a day, and an evening's news is in the next morning's feed."""

FIRST_WEB = date(1991, 8, 6)
"""The day of the first web page: what is older was printed, or its clock had stopped."""

FEED, NEWS_SITEMAP, SITEMAP = "feed", "news sitemap", "sitemap"
"""Who announced an address. A plain sitemap says when a page was changed, so it is no publication time."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One URL of an article."""

    id: int
    url: str
    source: str
    """Its host."""
    owner: str
    """The registrable domain: one owner has one voice, however many hosts."""
    name: str
    """The source's name."""
    publisher: str
    """The same in its one spelling, in which publishers meet."""
    credits: str
    """The publisher that the page names as its origin, in its one spelling; empty where it names none."""
    node: int
    """Its text without punctuation and script."""
    text_key: bytes
    """Its text exactly."""
    shingles: int
    """How much text it has."""
    day: str | None
    """The day the page says it was published; ISO 8601, as all times here."""
    earliest: str | None
    latest: str | None
    is_corrected: bool
    """A person set the date."""
    first_seen: str
    """When it was fetched first, UTC."""
    source_since: str | None = None
    """When the last whole run over its source before it came began; None where there was none."""
    source_known: str | None = None
    """When that run ended: what was fetched first after it was new, or newly linked."""
    announced_at: str | None = None
    announced_by: str = ""
    """FEED, NEWS_SITEMAP or SITEMAP."""

    @property
    def is_live(self) -> bool:
        """Whether it came while we were watching its source, not out of the back-catalogue."""
        return self.source_known is not None and self.first_seen > self.source_known

    @property
    def is_seen_coming(self) -> bool:
        """Whether it came while we were watching, within days of the day that it says."""
        return self.is_live and self.day is not None and _day(self.first_seen) - _day(self.day) <= 2 * SLACK


@dataclass(frozen=True, slots=True)
class TimeClaim:
    """One thing that speaks for when, or by whom, an article was published first."""

    kind: str
    """`published`, `feed`, `news sitemap`, `sitemap`, `seen`, `credits`."""
    value: str
    believed: bool
    reason: str
    """Why it is not believed, or how it is to be taken."""


def claims_of(copy: Copy) -> Iterator[TimeClaim]:
    """What a copy says and shows about its first publication."""
    if copy.day is not None:
        reason = disbelief(copy)
        yield TimeClaim("published", copy.day, reason is None, reason or "")
    if copy.announced_at is not None:
        doubt = _doubt_of_feed(copy)
        yield TimeClaim(copy.announced_by, copy.announced_at, doubt is None, doubt or "")
    seen = "live" if copy.is_live else "in the back-catalogue"
    yield TimeClaim("seen", copy.first_seen, copy.is_live, seen)
    if copy.credits:
        own = copy.credits == copy.publisher
        yield TimeClaim("credits", copy.credits, not own, "itself" if own else "")


def believed_day(copy: Copy) -> str | None:
    """The day that a copy was published, where nothing that we know of its site contradicts it."""
    return copy.day if copy.day is not None and disbelief(copy) is None else None


def announced(copy: Copy) -> str | None:
    """When its feed says that it was published, where nothing that we saw contradicts it."""
    return copy.announced_at if copy.announced_at and _doubt_of_feed(copy) is None else None


def _doubt_of_feed(copy: Copy) -> str | None:
    """Why the time that a feed or sitemap gives is not that of publication; None where it may be."""
    if copy.announced_at is None:
        return None
    if copy.announced_by == SITEMAP:
        return "says when it was changed last"
    return _impossible(copy, _day(copy.announced_at), _day(copy.announced_at))


def disbelief(copy: Copy) -> str | None:
    """Why the day that a page says is not believed; None where it is, or where it says none."""
    if copy.day is None or copy.is_corrected:
        return None
    latest, earliest = _day(copy.latest or copy.day), _day(copy.earliest or copy.day)
    if copy.announced_at is not None and latest < _day(copy.announced_at) - SLACK:
        if copy.announced_by != SITEMAP:
            return f"its {copy.announced_by} says {copy.announced_at[:10]}"
        if copy.is_live:
            return f"its sitemap had it new with {copy.announced_at[:10]}"
    return _impossible(copy, earliest, latest)


def _impossible(copy: Copy, earliest: date, latest: date) -> str | None:
    """What we saw of the page's source that speaks against a time."""
    if earliest > _day(copy.first_seen) + SLACK:
        return f"it was there on {copy.first_seen[:10]}"
    if copy.is_live and copy.source_since is not None and latest < _day(copy.source_since) - SLACK:
        return f"it was not there on {copy.source_since[:10]}"
    if latest < FIRST_WEB:
        return "there was no web then"
    return None


def _day(moment: str) -> date:
    """The day of a time; a person or a page may say the year 1, and a day before it there is none."""
    return min(max(date.fromisoformat(moment[:10]), date.min + SLACK), date.max - SLACK)
