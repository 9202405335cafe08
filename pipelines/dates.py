"""A piece of a page's text in, the moment of publication that it states out, in the source's zone.

Days that a text states in full are read by patterns (Chinese, English, ISO 8601, the Republic of China's
years, epochs), those that count from the time of fetching (3天前) by dateparser. No clock is read here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dateparser

from pipelines.normalise import simplify
from pipelines.numerals import number_value
from pipelines.records import DEFAULT_TIME_ZONE, Published
from pipelines.words import pattern, position, words

__all__ = ["Moment", "arabic", "has_date", "is_day", "read_date", "zone_of"]


class Moment(NamedTuple):
    """What reading needs besides the text: when the page was fetched, and the source's zone."""

    fetched_at: datetime
    time_zone: str = DEFAULT_TIME_ZONE
    as_stated: bool = False
    """Whether a day is the one that the page writes, in the zone it writes it in: the source's is a guess."""


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
    text = text[:400].translate(_NARROW)
    nearby, counted = _read_relative(text, moment, origin) if relative else _NOTHING
    if nearby:
        return counted
    stated = _read_absolute(text, moment, origin) or _read_slashed(text, moment, origin) or counted
    if stated:
        return stated
    return _read_month_and_day(text, moment, origin) if partial else None


def has_date(text: str, *, relative: bool = True) -> bool:
    """Whether the text states a date of any form that `read_date` knows, believable or not."""
    arabic_text = arabic(text.translate(_NARROW))
    if _FIGURE.search(arabic_text) and any(form.search(arabic_text) for form in (*_FORMS, _SLASHED)):
        return True
    return relative and bool(_RELATIVE.search(text))


def is_day(text: str) -> bool:
    """Whether a text is nothing but a day: so notices and press releases are dated below their signature."""
    return _ALONE.match(arabic(text)) is not None


# --- days that a text states in full ----------------------------------------------------------------

_FIGURES = "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "๐๑๒๓๔๕๖๗๘๙", "०१२३४५६७८९"
_NARROW = str.maketrans("".join(_FIGURES) + "／－．：", "0123456789" * len(_FIGURES) + "/-.:")
"""Wide figures, as editors of the East type them, and those of other scripts."""
_FIGURE = re.compile(r"\d")
"""Every day has one, and most lines have none."""
_HALF = "{date.morning|date.noon|date.afternoon|date.night}"
_CLOCK = (
    r"(?:(?:[\sT,，.|·–—-]|&nbsp;|{date.before_clock}){0,6}(?P<half>" + _HALF + r"|\b[ap]\.?m\b\.?)?\s?"
    r"(?P<hour>\d{1,2})\s?[：:时点시h]\s?(?P<minute>\d{2})(?!\d)"
    r"(?:\s?[:：分분]\s?(?P<second>\d{2})(?:[.,]\d{1,9})?秒?)?[分분]?"
    r"(?:\s?(?P<ampm>[ap]\.?m\b|" + _HALF + r")\.?)?"
    r"\s?(?P<zone>Z\b|(?:GMT|UTC)(?:\s?[+-]\d{1,2}(?::?\d{2})?\b)?|[+-]\d{2}:?\d{2}\b"
    r"|(?-i:[EMP][DS]?T|BST|CES?T|HKT|SGT|JST)\b)?)?"
)
_NUMERIC = (
    r"(?<![\d.])(?<!\bv)(?P<year>{date.full_year})\s?[-/.年년‐–—]\s?(?P<month>\d{1,2})\s?[-/.月월‐–—]\s?(?P<day>\d{1,2})"
    r"(?:(?!\d)|(?<=\d\d)(?=\d\d[:：]\d\d))\s?[日号일]?" + _CLOCK
)
_MONTH_FIRST = (
    r"\b(?P<name>{date.month_name})\.?\s{0,2}(?P<day>\d{1,2}){date.ordinal}?,?\s{1,2}(?P<year>{date.full_year})\b"
    + _CLOCK
)
_DAY_FIRST = (
    r"\b(?P<day>\d{1,2}){date.ordinal}?[\s-]{1,2}{date.of}?(?P<name>{date.month_name})\.?[,\s-]{1,2}{date.of}?"
    r"(?:(?P<year>{date.full_year})|(?:พ\.ศ\.\s?)?(?P<buddhist>25[4-9]\d))\b" + _CLOCK
)
_REPUBLIC = (
    r"(?:(?:中华)?民国\s?(?P<roc>\d{2,3})|令和\s?(?P<reiwa>\d{1,2})|(?<![\d.])(?P<roc3>1[0-4]\d|0[5-9]\d))"
    r"\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})(?!\d)日?" + _CLOCK
)
_PACKED = (
    r"(?<!\d)(?P<year>20\d\d)[-/]?(?P<month>0[1-9]|1[0-2])[-/]?(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:T?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?!\d)"
)
_SHORT_YEAR = (
    r"(?<![\d.:/-])(?P<short>\d{2})(?P<mark>[-/.年])(?P<month>\d{2})[-/.月](?P<day>\d{2})日?(?![\d-])"
    + _CLOCK
)
_CLOCK_BEFORE_YEAR = (
    r"\b(?P<name>{date.month_name})\.?\s{1,2}(?P<day>\d{1,2})\s(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"\s(?:(?P<zone>[A-Z]{3,4}|[+-]\d{4})\s)?(?P<year>{date.full_year})\b"
)
"""How Java and C print a date: Thu Sep 03 10:22:33 CST 2026."""
_FORMS = tuple(
    pattern(form, as_written=True)
    for form in (
        _NUMERIC,
        _MONTH_FIRST,
        _DAY_FIRST,
        _REPUBLIC,
        _PACKED,
        _SHORT_YEAR,
        _CLOCK_BEFORE_YEAR,
    )
)
_MONTH_DAY = pattern(
    r"(?<![\d.年/-])(?:(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})(?![\d%./-])日?"
    r"|(?<![,，:：]\s)(?P<month2>\d{2})[-/](?P<day2>\d{2})(?![\d%./-]|\s?[,，:：]))" + _CLOCK,
    as_written=True,
)
"""With a bar between them both have two figures: 3-1 is a score, 6-7 a verse."""
_ALONE = pattern(r"^\W{0,2}{date.full}\s?日?\W{0,2}(?:星期.|周.)?\W{0,2}$", as_written=True)
_EPOCH = re.compile(r"^\s*(?:\\?/Date\()?(1\d{9}(?:\d{3})?)(?:\.\d+)?(?:[+-]\d{4})?(?:\)\\?/)?\s*$")
_WEEKDAY = pattern(r"\b({date.weekday_name}),?\s$")
"""What tells 05/03/2024 in May from 05/03/2024 in March."""
_SLASHED = pattern(
    r"(?<![\d./-])(?P<one>\d{1,2})(?P<mark>[/.])(?P<two>\d{1,2})(?P=mark)(?P<year>20\d\d)(?!\d)" + _CLOCK,
    as_written=True,
)
"""09/05/2024: May or September, by the country that writes it."""
_MONTH_FIRST_ZONES = (
    "US/",
    *(f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Anchorage")),
    *(f"America/{city}" for city in ("Detroit", "Boise", "Indiana/", "Kentucky/", "Toronto", "Vancouver")),
    *(f"America/{city}" for city in ("Edmonton", "Winnipeg", "Halifax", "Panama", "Puerto_Rico")),
    "Pacific/Honolulu",
    "Asia/Manila",
)
"""By Unicode's CLDR (short dates); of Canada, which writes both, as its papers in English do."""


def _read_absolute(text: str, moment: Moment, origin: str) -> Published | None:
    """The first believable day that the text states in full, or a count of seconds and nothing else."""
    if epoch := _EPOCH.match(text):
        return _since_epoch(int(epoch[1]), moment, origin)
    text = arabic(text)
    matches = (match for form in _FORMS if _FIGURE.search(text) for match in form.finditer(text))
    return next((found for match in matches if (found := _absolute(match, moment, origin))), None)


def _absolute(match: re.Match[str], moment: Moment, origin: str) -> Published | None:
    found = match.groupdict()
    if found.get("short") and found["mark"] in "./" and not moment.time_zone.startswith("Asia/"):
        found |= {"short": found["day"], "day": found["short"]}
    day = _day_of(_year(found), _month(found), int(found["day"] or 0))
    return _published(day, _clock(found), moment, origin, match[0]) if day else None


def _year(found: dict[str, str | None]) -> int:
    for key, offset in (
        ("year", 0),
        ("roc", 1911),
        ("roc3", 1911),
        ("reiwa", 2018),
        ("buddhist", -543),
        ("short", 2000),
    ):
        value = found.get(key)
        if value:
            return int(value) + offset
    return 0


def _month(found: dict[str, str | None]) -> int:
    name = found.get("name")
    return position("date.month_name", name) if name else int(found["month"] or 0)


def _day_of(year: int, month: int, day: int) -> date | None:
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
    said = simplify(found.get("half") or found.get("ampm") or "").lower()
    half = said[:1] if said[:1] in ("a", "p") else said
    if hour < 12 and half in ("p", *words("date.afternoon")):
        hour += 12
    if hour < 6 and half in words("date.noon"):
        hour += 12
    if hour == 12 and half in ("a", *words("date.morning"), *words("date.night")):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return _Clock(hour, minute, second, found.get("zone"))


def _since_epoch(count: int, moment: Moment, origin: str) -> Published | None:
    """A Unix time in seconds or milliseconds, as scripts and meta tags hold it."""
    at = datetime.fromtimestamp(count / (1000 if count > 10**11 else 1), _source_zone(moment.time_zone))
    clock = _Clock(at.hour, at.minute, at.second, None)
    return _published(at.date(), clock, moment, origin, str(count))


def _read_slashed(text: str, moment: Moment, origin: str) -> Published | None:
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
    days = [day for month, number in dict.fromkeys(orders) if (day := _day_of(year, month, number))]
    if named := _WEEKDAY.search(text[: match.start()]):
        weekday = position("date.weekday_name", named[1])
        days = [day for day in days if day.isoweekday() == weekday] or days
    read = [_published(day, _clock(match.groupdict()), moment, origin, match[0]) for day in days]
    found = [published for published in read if published]
    if len(found) < 2:
        return found[0] if found else None
    both = sorted(published.day for published in found)
    return replace(found[0], earliest=both[0], latest=both[1])


def _read_month_and_day(text: str, moment: Moment, origin: str) -> Published | None:
    """A month and day without a year: the latest such day that is not in the future."""
    match = _MONTH_DAY.search(text)
    if not match:
        return None
    found = match.groupdict()
    numbers = int(found["month"] or found["month2"] or 0), int(found["day"] or found["day2"] or 0)
    this_year = moment.fetched_at.astimezone(_source_zone(moment.time_zone)).year
    for year in (this_year, this_year - 1):
        day = _day_of(year, *numbers)
        stated = day and _published(day, _clock(found), moment, origin, match[0])
        if stated:
            return stated
    return None


# --- days that count from the time of fetching: 3天前, 昨天 10:22, 9个月前 (09-27), 2 hours ago -------------

_AGREE_DAYS = 45
"""How far a month and day may lie from the relative date beside it (9个月前 (09-27)) and still be meant."""
_DAYS = {
    "date.second": 0,
    "date.minute": 0,
    "date.hour": 0,
    "date.day": 1,
    "date.week": 7,
    "date.month": 30,
    "date.year": 365,
}
"""How many days before the named one a count of such units allows, which is rounded down."""
_RELATIVE = pattern(
    r"(?P<count>\d{1,3}|{date.count})\s?(?P<unit>{" + "|".join(_DAYS) + r"})s?\s?{date.ago}"
    r"|(?P<word>{date.today})(?:\s?(?P<at>" + _HALF + r"?\s?\d{1,2}[:：]\d{2}))?",
    as_written=True,
)
_COUNTED = re.compile(
    "^(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?![一二三四五六七八九十])"
)
_NEARBY = re.compile(r"^\s?[\[((（【]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})日?\s?[\]))）】]")
_LATIN = re.compile("[a-z]")
_PLAINER = {"之前": "前", "以前": "前", "今日": "今天", "昨日": "昨天", "两": "2", "：": ":"}
"""What dateparser does not know, and how it knows it."""
_NOTHING: tuple[bool, Published | None] = (False, None)


def _read_relative(text: str, moment: Moment, origin: str) -> tuple[bool, Published | None]:
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
    days = (_day_of(about.year + shift, int(nearby["month"]), int(nearby["day"])) for shift in (-1, 0, 1))
    nearest = min((d for d in days if d), key=lambda d: abs(d - about.date()), default=None)
    if nearest is None or abs((nearest - about.date()).days) > _AGREE_DAYS:
        return True, None
    return True, _published(nearest, None, moment, origin, evidence)


def _about(match: re.Match[str], moment: Moment) -> datetime | None:
    """The moment a relative date points at, in the source's zone."""
    said = simplify(match[0]).lower()
    now = moment.fetched_at.astimezone(_source_zone(moment.time_zone)).replace(tzinfo=None)
    if said.startswith(("刚刚", "just now")):
        return now
    for written, known in _PLAINER.items():
        said = said.replace(written, known)
    said = _COUNTED.sub(lambda count: str(int(number_value(count[0]))), said)
    settings = {"RELATIVE_BASE": now, "TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": False}
    language = "en" if _LATIN.search(said) else "zh"
    found: datetime | None = dateparser.parse(said, languages=[language], settings=settings)
    return found


def _relative_alone(match: re.Match[str], about: datetime, moment: Moment, origin: str) -> Published | None:
    if match["word"]:
        clock = _Clock(about.hour, about.minute, 0, None) if match["at"] else None
        return _published(about.date(), clock, moment, origin, match[0])
    found = _published(about.date(), None, moment, origin, match[0])
    unit = simplify(match["unit"]).lower()
    span = next(days for units, days in _DAYS.items() if unit in words(units))
    if found is None or span == 0:
        return found
    return replace(found, earliest=about.date() - timedelta(days=span), latest=about.date())


# --- Chinese numerals, as in signatures: 二〇二六年九月三日, 中華民國一一五年九月三日 ------------------

_PLAIN_NUMERAL = str.maketrans({"○": "〇", "Ｏ": "〇", "廿": "二十", "元": "一"})
"""How else noughts, twenties and first months are written."""
_NUMERAL = "[〇○Ｏ零一二三四五六七八九]"
_TO_99 = "[二三四五六七八九]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九]"
_WRITTEN = pattern(
    rf"(?P<year>{_NUMERAL}{{4}}|(?<=民国){_NUMERAL}{{2,3}}|(?<!\d){{date.full_year}})\s?年\s?"
    rf"(?P<month>十[一二]?|[一二三四五六七八九]|元)\s?月\s?(?P<day>{_TO_99})\s?日",
    as_written=True,
)


def arabic(text: str) -> str:
    """The text with days in figures that are written in Chinese numerals: 2026年9月3日."""
    return _WRITTEN.sub(_figures, text) if "月" in text else text


def _figures(match: re.Match[str]) -> str:
    parts = (number_value(part.translate(_PLAIN_NUMERAL)) for part in match.group("year", "month", "day"))
    year, month, day = map(int, parts)
    return f"{year:0{len(match['year'])}}年{month}月{day}日"


# --- what is believed, and in which zone ------------------------------------------------------------

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


def _published(
    day: date, clock: _Clock | None, moment: Moment, origin: str, evidence: str
) -> Published | None:
    value, own_day, latest = day.isoformat(), day, datetime(day.year, day.month, day.day, tzinfo=UTC)
    if clock and clock[:3] == (0, 0, 0) and clock.zone and _zone(clock.zone, "UTC") is UTC:
        clock = None  # midnight in UTC is how templates write a day without a time
    if clock:
        zone = _zone(clock.zone, moment.time_zone) or _source_zone(moment.time_zone)
        latest = datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=zone)
        value = latest.isoformat()
        if not (moment.as_stated and clock.zone):
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
    written = re.sub(r"^(?:GMT|UTC)\s?|:", "", written, flags=re.IGNORECASE)
    if written.upper() in ("", "Z"):
        return UTC
    if written.isalpha():
        return _source_zone(_ABBREVIATED[written]) if written in _ABBREVIATED else _source_zone(time_zone)
    sign, figures = written[0], written[1:]
    hours, minutes = (figures, "0") if len(figures) < 3 else (figures[:-2], figures[-2:])
    return _offset(int(sign + hours), int(sign + minutes))


def _offset(hours: int, minutes: int) -> tzinfo | None:
    """So far from UTC; None where no clock on earth runs so."""
    return (
        timezone(timedelta(hours=hours, minutes=minutes)) if abs(hours) <= 14 and abs(minutes) < 60 else None
    )


_DOMAINS = {"uk": "GB"}
"""Domains of countries that are not called as their regions are."""


def zone_of(host: str, language: str) -> str:
    """The zone of the country that a host's domain or a language tag (de-AT) names; empty where none does.

    A country with several has its largest city's. English alone names none.
    """
    domain = host.rpartition(":")[0] or host
    domain = domain.rpartition(".")[2]
    tongue, *rest = language.replace("_", "-").split("-")
    regions = [_DOMAINS.get(domain, domain), *reversed([part for part in rest if len(part) == 2])]
    regions += words("date.region", tongue.lower())
    zones = (words("date.zone", f"und-{region.upper()}") for region in regions)
    return next((zone[0] for zone in zones if zone), "")
