"""The moment that a page's words count from, and the record of a date that is believed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.records import DEFAULT_TIME_ZONE, Published

_EARLIEST = date(1991, 1, 1)
"""No page of the web is older; what looks older is a text's own subject or a broken template."""
_SLACK = timedelta(days=1)
"""A page may be dated ahead of its fetching by a difference of zones, no further."""

_ABBREVIATED = {
    **dict.fromkeys(("ET", "EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("MT", "MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    "BST": "Europe/London",
    **dict.fromkeys(("CET", "CEST"), "Europe/Paris"),
    "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore",
    "JST": "Asia/Tokyo",
}
"""Abbreviations that mean one zone; CST is China's and Chicago's, so the source's own zone holds."""


class Moment(NamedTuple):
    """What reading needs besides the text: when the page was fetched, and the source's zone."""

    fetched_at: datetime
    time_zone: str = DEFAULT_TIME_ZONE


class Clock(NamedTuple):
    hour: int
    minute: int
    second: int
    zone: str | None


def published(day: date, clock: Clock | None, moment: Moment, origin: str, evidence: str) -> Published | None:
    value, own_day, latest = day.isoformat(), day, datetime(day.year, day.month, day.day, tzinfo=UTC)
    if clock and clock[:3] == (0, 0, 0) and clock.zone and _zone(clock.zone, "UTC") is UTC:
        clock = None  # midnight in UTC is how templates write a day without a time
    if clock:
        zone = _zone(clock.zone, moment.time_zone) or source_zone(moment.time_zone)
        latest = datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=zone)
        value = latest.isoformat()
        own_day = latest.astimezone(source_zone(moment.time_zone)).date()
    if own_day < _EARLIEST or latest > moment.fetched_at + _SLACK:
        return None
    return Published(value=value, day=own_day, origin=origin, evidence=evidence.strip()[:200])


@cache
def source_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(written: str | None, time_zone: str) -> tzinfo | None:
    if not written:
        return source_zone(time_zone)
    if written.upper() in ("Z", "GMT", "UTC"):
        return UTC
    if written.upper().startswith("GMT"):
        return _offset(int(written[3:]), 0)
    if written.isalpha():
        return source_zone(_ABBREVIATED[written]) if written in _ABBREVIATED else source_zone(time_zone)
    hours, minutes = written.replace(":", "")[1:3], written[-2:]
    return _offset(int(f"{written[0]}{hours}"), int(f"{written[0]}{minutes}"))


def _offset(hours: int, minutes: int) -> tzinfo | None:
    """So far from UTC; None where no clock on earth runs so."""
    return (
        timezone(timedelta(hours=hours, minutes=minutes)) if abs(hours) <= 14 and abs(minutes) < 60 else None
    )
