"""Days that a text states in full: Chinese, English, ISO 8601, the Republic of China's years, epochs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipelines.dates.moment import Clock, published, source_zone
from pipelines.dates.numerals import arabic

if TYPE_CHECKING:
    from pipelines.dates.moment import Moment
    from pipelines.records import Published

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
HALF = r"(?:上午|下午|晚上|晚间|晚間|凌晨|早上|中午|早|晚)"
_CLOCK = (
    rf"(?:(?:[\sT,，|·]|&nbsp;|at |星期.|周[一二三四五六日]|\(星期.\)){{0,6}}(?P<half>{HALF})?\s?"
    r"(?P<hour>\d{1,2})\s?[:：时時点點]\s?(?P<minute>\d{2})(?:\s?[:：分]\s?(?P<second>\d{2})(?:\.\d{1,9})?秒?)?分?"
    r"(?:\s?(?P<ampm>[ap]\.?m)\b\.?)?"
    r"\s?(?P<zone>Z\b|GMT(?:[+-]\d{1,2}\b)?|UTC|[+-]\d{2}:?\d{2}\b|(?-i:[EMP][DS]?T|BST|CES?T|HKT|SGT|JST)\b)?)?"
)
_SEP = r"\s?[-/.年‐–—]\s?"
_NUMERIC = re.compile(
    rf"(?<![\d.])(?P<year>(?:19"
    rf"|20)\d\d){_SEP}(?P<month>\d{{1,2}})\s?[-/.月‐–—]\s?(?P<day>\d{{1,2}})"
    rf"(?:(?!\d)|(?<=\d\d)(?=\d\d[:：]\d\d))\s?[日号號]?{_CLOCK}",
    re.IGNORECASE,
)
_PACKED = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-/]?(?P<month>0[1-9]|1[0-2])[-/]?(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:T?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?!\d)"
)
_ROC = re.compile(
    rf"(?:(?:中華)?民國\s?(?P<roc>\d{{2,3}})"
    rf"|(?<![\d.])(?P<roc3>1[0-4]\d|0[5-9]\d))\s?[-/.年]\s?(?P<month>\d{{1,2}})\s?[-/.月]\s?"
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
_CLOCK_BEFORE_YEAR = re.compile(
    rf"\b{_MONTH}\s{{1,2}}(?P<day>\d{{1,2}})\s(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"\s(?:(?P<zone>[A-Z]{3,4}|[+-]\d{4})\s)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
"""How Java and C print a date: Thu Sep 03 10:22:33 CST 2026."""
_EPOCH = re.compile(r"^\s*(1\d{9}(?:\d{3})?)\s*$")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s$", re.IGNORECASE)
"""What tells 05/03/2024 in May from 05/03/2024 in March."""
_SLASHED = re.compile(
    rf"(?<![\d./-])(?P<one>\d{{1,2}})(?P<mark>[/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>20\d\d)(?!\d){_CLOCK}",
    re.IGNORECASE,
)
"""09/05/2024: May or September, by the country that writes it."""
_MONTH_FIRST_ZONES = ("America/", "US/", "Asia/Manila")


def read_absolute(text: str, moment: Moment, origin: str) -> Published | None:
    """The first believable day that the text states in full, or a count of seconds and nothing else."""
    if epoch := _EPOCH.match(text):
        return _since_epoch(int(epoch[1]), moment, origin)
    text = arabic(text)
    matches = (match for pattern in _PATTERNS for match in pattern.finditer(text))
    return next((found for match in matches if (found := _absolute(match, moment, origin))), None)


def states_day(text: str) -> bool:
    """Whether the text states a day with its year, believable or not."""
    text = arabic(text)
    return any(pattern.search(text) for pattern in (*_PATTERNS, _SLASHED))


def read_slashed(text: str, moment: Moment, origin: str) -> Published | None:
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
    weekday = _WEEKDAY.search(text[: match.start()])
    days = [day for month, number in dict.fromkeys(orders) if (day := day_of(year, month, number))]
    if weekday:
        days = [day for day in days if f"{day:%a}".lower() == weekday[1].lower()] or days
    read = [published(day, _clock(match.groupdict()), moment, origin, match[0]) for day in days]
    found = [published for published in read if published]
    if len(found) < 2:
        return found[0] if found else None
    both = sorted(published.day for published in found)
    return replace(found[0], earliest=both[0], latest=both[1])


_PATTERNS = (_NUMERIC, _MONTH_FIRST, _DAY_FIRST, _ROC, _PACKED, _SHORT_YEAR, _CLOCK_BEFORE_YEAR)


def _absolute(match: re.Match[str], moment: Moment, origin: str) -> Published | None:
    found = match.groupdict()
    day = day_of(_year(found), _month(found), int(found["day"]))
    if day is None:
        return None
    return published(day, _clock(found), moment, origin, match[0])


def _year(found: dict[str, str | None]) -> int:
    for key, offset in (("year", 0), ("roc", 1911), ("roc3", 1911), ("short", 2000)):
        value = found.get(key)
        if value:
            return int(value) + offset
    return 0


def _month(found: dict[str, str | None]) -> int:
    name = found.get("name")
    return _MONTHS.index(name[:3].lower()) + 1 if name else int(found["month"] or 0)


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(found: dict[str, str | None]) -> Clock | None:
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
    return Clock(hour, minute, second, found.get("zone"))


def _since_epoch(count: int, moment: Moment, origin: str) -> Published | None:
    """A Unix time in seconds or milliseconds, as scripts and meta tags hold it."""
    at = datetime.fromtimestamp(count / (1000 if count > 10**11 else 1), source_zone(moment.time_zone))
    clock = Clock(at.hour, at.minute, at.second, None)
    return published(at.date(), clock, moment, origin, str(count))


def read_month_and_day(text: str, moment: Moment, origin: str) -> Published | None:
    """A month and day without a year: the latest such day that is not in the future."""
    match = _MONTH_DAY.search(text)
    if not match:
        return None
    found = match.groupdict()
    this_year = moment.fetched_at.astimezone(source_zone(moment.time_zone)).year
    for year in (this_year, this_year - 1):
        day = day_of(year, int(found["month"] or 0), int(found["day"] or 0))
        stated = day and published(day, _clock(found), moment, origin, match[0])
        if stated:
            return stated
    return None
