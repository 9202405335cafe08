"""A piece of a page's text in, the moment of publication that it states out, in the source's zone.

Absolute dates (Chinese, English, ISO 8601, the Republic of China's years) are read by patterns; relative
ones (3天前, yesterday) by dateparser against the time of fetching. No clock is read here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dateparser

from pipelines.records import DEFAULT_TIME_ZONE, Published

_EARLIEST = date(1991, 1, 1)
"""No page of the web is older; what looks older is a text's own subject or a broken template."""
_SLACK = timedelta(days=1)
"""A page may be dated ahead of its fetching by a difference of zones, no further."""
_AGREE_DAYS = 45
"""How far a month and day may lie from the relative date beside it (9个月前 (09-27)) and still be meant."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_HALF = r"(?:上午|下午|晚上|晚间|晚間|凌晨|早上|中午|早|晚)"
_CLOCK = (
    rf"(?:(?:[\sT,，|·]|&nbsp;|at |星期.|周[一二三四五六日]|\(星期.\)){{0,6}}(?P<half>{_HALF})?\s?"
    r"(?P<hour>\d{1,2})\s?[:：时時点點]\s?(?P<minute>\d{2})(?:\s?[:：分]\s?(?P<second>\d{2})(?:\.\d{1,9})?秒?)?分?"
    r"(?:\s?(?P<ampm>[ap]\.?m)\b\.?)?"
    r"\s?(?P<zone>Z\b|GMT(?:[+-]\d{1,2}\b)?|UTC|[+-]\d{2}:?\d{2}\b|(?-i:[EMP][DS]?T|BST|CES?T|HKT|SGT|JST)\b)?)?"
)
_SEP = r"\s?[-/.年‐–—]\s?"
_NUMERIC = re.compile(
    rf"(?<![\d.])(?P<year>(?:19"
    rf"|20)\d\d){_SEP}(?P<month>\d{{1,2}})\s?[-/.月‐–—]\s?(?P<day>\d{{1,2}})(?!\d)\s?[日号號]?"
    rf"{_CLOCK}",
    re.IGNORECASE,
)
_PACKED = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-/]?(?P<month>0[1-9]|1[0-2])[-/]?(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:T?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?!\d)"
)
_ROC = re.compile(
    rf"(?:(?:中華)?民國\s?(?P<roc>\d{{2,3}})"
    rf"|(?<![\d.])(?P<roc3>1[0-4]\d))\s?[-/.年]\s?(?P<month>\d{{1,2}})\s?[-/.月]\s?"
    rf"(?P<day>\d{{1,2}})(?!\d)日?{_CLOCK}",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    rf"(?<![\d.:/-])(?P<short>\d{{2}})[-/.年](?P<month>\d{{2}})[-/.月](?P<day>\d{{2}})日?(?!\d){_CLOCK}"
)
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH}\s{{0,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<year>(?:19|20)\d\d)\b{_CLOCK}",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?[\s-]{{1,2}}(?:of )?{_MONTH}[,\s-]{{1,2}}(?P<year>(?:19|20)\d\d)\b{_CLOCK}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<![\d.年/-])(?P<month>\d{{1,2}})\s?[-/月]\s?(?P<day>\d{{1,2}})(?![\d%./-])日?{_CLOCK}"
)
_SLASHED = re.compile(
    rf"(?<![\d./-])(?P<one>\d{{1,2}})(?P<mark>[/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>20\d\d)(?!\d){_CLOCK}",
    re.IGNORECASE,
)
"""09/05/2024: May or September, by the country that writes it."""
_MONTH_FIRST_ZONES = ("America/", "US/", "Asia/Manila")
_UNIT = r"秒[钟鐘]?|分[钟鐘]?|小时|小時|個小時|个小时|天|日|周|週|星期|个星期|個星期|个月|個月|月|年"
_RELATIVE = re.compile(
    rf"(?P<count>\d{{1,3}}|[一二两三四五六七八九十半]{{1,3}})\s?(?P<unit>{_UNIT})(?:之|以)?前"
    r"|(?P<ecount>\d{1,3}|an?|one|two|three)\s(?P<eunit>second|minute|min|hour|hr|day|week|month|year)s?\sago"
    rf"|(?P<word>刚刚|剛剛|今天|今日|昨天|昨日|前天|\btoday\b|\byesterday\b"
    rf"|\bjust now\b)(?:\s?(?P<at>{_HALF}?\s?\d{{1,2}}[:：]\d{{2}}))?",
    re.IGNORECASE,
)
_NEARBY = re.compile(r"^\s?[\[((（【]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})日?\s?[\]))）】]")
_DAYS = {"秒": 0, "分": 0, "小": 0, "天": 1, "日": 1, "周": 7, "週": 7, "星": 7, "月": 30, "年": 365}
_ENGLISH_DAYS = {
    "second": 0,
    "min": 0,
    "minute": 0,
    "hour": 0,
    "hr": 0,
    "day": 1,
    "week": 7,
    "month": 30,
    "year": 365,
}


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


def read_date(
    text: str, moment: Moment, origin: str, *, relative: bool = True, partial: bool = False
) -> Published | None:
    """The first believable date of a piece of text, absolute ones before relative ones; None without one.

    Args:
        text: A short piece of the page: a meta tag's content, a byline, a URL.
        moment: When the page was fetched (aware), and the zone in which the source's clock runs.
        origin: Where the text stood, for the record.
        relative: Whether dates that count from the time of fetching (3天前) may be read.
        partial: Whether a month and day without a year may be read as the latest such day.
    """
    text = text[:400]
    nearby, counted = _relative(text, moment, origin) if relative else _NOTHING
    if nearby:
        return counted
    for pattern in _patterns():
        for match in pattern.finditer(text):
            published = _absolute(match, moment, origin)
            if published:
                return published
    if slashed := _slashed(text, moment, origin):
        return slashed
    if counted:
        return counted
    return _partial(text, moment, origin) if partial else None


def _slashed(text: str, moment: Moment, origin: str) -> Published | None:
    """A day written 09/05/2024; where both orders are possible, with the days that they allow."""
    match = _SLASHED.search(text)
    if not match:
        return None
    year, one, two = int(match["year"]), int(match["one"]), int(match["two"])
    orders = (
        ((one, two), (two, one))
        if moment.time_zone.startswith(_MONTH_FIRST_ZONES)
        else ((two, one), (one, two))
    )
    days = [day for month, number in dict.fromkeys(orders) if (day := _day(year, month, number))]
    read = [_published(day, _clock(match.groupdict()), moment, origin, match[0]) for day in days]
    found = [published for published in read if published]
    if len(found) < 2:
        return found[0] if found else None
    both = sorted(published.day for published in found)
    return replace(found[0], earliest=both[0], latest=both[1])


def has_date(text: str, *, relative: bool = True) -> bool:
    """Whether the text states a date of any form that `read_date` knows, believable or not."""
    patterns = (*_patterns(), _SLASHED, _RELATIVE) if relative else (*_patterns(), _SLASHED)
    return any(pattern.search(text) for pattern in patterns)


_NOTHING: tuple[bool, Published | None] = (False, None)


def _patterns() -> tuple[re.Pattern[str], ...]:
    return (_NUMERIC, _MONTH_FIRST, _DAY_FIRST, _ROC, _PACKED, _SHORT_YEAR)


def _absolute(match: re.Match[str], moment: Moment, origin: str) -> Published | None:
    found = match.groupdict()
    day = _day(_year(found), _month(found), int(found["day"]))
    if day is None:
        return None
    return _published(day, _clock(found), moment, origin, match[0])


def _year(found: dict[str, str | None]) -> int:
    for key, offset in (("year", 0), ("roc", 1911), ("roc3", 1911), ("short", 2000)):
        value = found.get(key)
        if value:
            return int(value) + offset
    return 0


def _month(found: dict[str, str | None]) -> int:
    name = found.get("name")
    return _MONTHS.index(name[:3].lower()) + 1 if name else int(found["month"] or 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


class _Clock(NamedTuple):
    hour: int
    minute: int
    second: int
    zone: str | None


def _clock(found: dict[str, str | None]) -> _Clock | None:
    if not found.get("hour") or not found.get("minute"):
        return None
    hour, minute, second = (int(found.get(key) or 0) for key in ("hour", "minute", "second"))
    half = (found.get("half") or "") + (found.get("ampm") or "").lower()
    if hour < 12 and half.startswith(("下午", "晚", "p")):
        hour += 12
    if hour == 12 and half.startswith(("a", "凌晨")):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return _Clock(hour, minute, second, found.get("zone"))


def _published(
    day: date, clock: _Clock | None, moment: Moment, origin: str, evidence: str
) -> Published | None:
    value, own_day, latest = day.isoformat(), day, datetime(day.year, day.month, day.day, tzinfo=UTC)
    if clock and clock[:3] == (0, 0, 0) and clock.zone and _zone(clock.zone, "UTC") is UTC:
        clock = None  # midnight in UTC is how templates write a day without a time
    if clock:
        zone = _zone(clock.zone, moment.time_zone)
        latest = datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=zone)
        value = latest.isoformat()
        own_day = latest.astimezone(_source_zone(moment.time_zone)).date()
    if own_day < _EARLIEST or latest > moment.fetched_at + _SLACK:
        return None
    return Published(value=value, day=own_day, origin=origin, evidence=evidence.strip()[:200])


@cache
def _source_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(written: str | None, time_zone: str) -> tzinfo | None:
    if not written:
        return _source_zone(time_zone)
    if written.upper() in ("Z", "GMT", "UTC"):
        return UTC
    if written.upper().startswith("GMT"):
        return timezone(timedelta(hours=int(written[3:])))
    if written.isalpha():
        return _source_zone(_ABBREVIATED[written]) if written in _ABBREVIATED else _source_zone(time_zone)
    return datetime.strptime(written.replace(":", ""), "%z").tzinfo


def _relative(text: str, moment: Moment, origin: str) -> tuple[bool, Published | None]:
    """Whether a month and day stood beside a relative date, and what the two together say."""
    match = _RELATIVE.search(text)
    if not match:
        return _NOTHING
    about = _about(match, moment)
    if about is None:
        return _NOTHING
    nearby = _NEARBY.match(text[match.end() :])
    if not nearby:
        return False, _relative_alone(match, about, moment, origin)
    evidence = text[match.start() : match.end() + nearby.end()]
    days = (_day(about.year + shift, int(nearby["month"]), int(nearby["day"])) for shift in (-1, 0, 1))
    nearest = min((d for d in days if d), key=lambda d: abs(d - about.date()), default=None)
    if nearest is None or abs((nearest - about.date()).days) > _AGREE_DAYS:
        return True, None
    return True, _published(nearest, None, moment, origin, evidence)


def _about(match: re.Match[str], moment: Moment) -> datetime | None:
    """The moment a relative date points at, in the source's zone."""
    words = match[0].lower()
    for written, known in (
        ("之前", "前"),
        ("以前", "前"),
        ("剛剛", "刚刚"),
        ("今日", "今天"),
        ("昨日", "昨天"),
    ):
        words = words.replace(written, known)
    now = moment.fetched_at.astimezone(_source_zone(moment.time_zone)).replace(tzinfo=None)
    if words.startswith(("刚刚", "just now")):
        return now
    words = words.translate(str.maketrans("週個時鐘兩", "周个时钟两")).replace("两", "2").replace("：", ":")
    languages = ["zh"] if (match["eunit"] is None and not words[0].isascii()) or match["count"] else ["en"]
    settings = {"RELATIVE_BASE": now, "TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": False}
    found: datetime | None = dateparser.parse(words, languages=languages, settings=settings)
    return found


def _relative_alone(match: re.Match[str], about: datetime, moment: Moment, origin: str) -> Published | None:
    if match["word"]:
        clock = _Clock(about.hour, about.minute, 0, None) if match["at"] else None
        return _published(about.date(), clock, moment, origin, match[0])
    found = _published(about.date(), None, moment, origin, match[0])
    span = _span_days(match)
    if found is None or span == 0:
        return found
    return replace(found, earliest=about.date() - timedelta(days=span), latest=about.date())


def _span_days(match: re.Match[str]) -> int:
    """How many days before the named one a rounded-down relative date allows."""
    if match["eunit"]:
        return _ENGLISH_DAYS[match["eunit"].lower()]
    unit = match["unit"].lstrip("个個")
    return _DAYS[unit[0]]


def _partial(text: str, moment: Moment, origin: str) -> Published | None:
    """A month and day without a year: the latest such day that is not in the future."""
    match = _MONTH_DAY.search(text)
    if not match:
        return None
    found = match.groupdict()
    this_year = moment.fetched_at.astimezone(_source_zone(moment.time_zone)).year
    for year in (this_year, this_year - 1):
        day = _day(year, int(found["month"] or 0), int(found["day"] or 0))
        published = day and _published(day, _clock(found), moment, origin, match[0])
        if published:
            return published
    return None
