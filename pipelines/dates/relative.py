"""Days that count from the time of fetching: 3天前, 昨天 10:22, 9个月前 (09-27), 2 hours ago."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dateparser

from pipelines.dates.absolute import HALF, day_of
from pipelines.dates.moment import Clock, published, source_zone
from pipelines.dates.numerals import number

if TYPE_CHECKING:
    from pipelines.dates.moment import Moment
    from pipelines.records import Published

_AGREE_DAYS = 45
"""How far a month and day may lie from the relative date beside it (9个月前 (09-27)) and still be meant."""

_UNIT = r"秒[钟鐘]?|分[钟鐘]?|小时|小時|個小時|个小时|天|日|周|週|星期|个星期|個星期|个月|個月|月|年"
_RELATIVE = re.compile(
    rf"(?P<count>\d{{1,3}}|[一二两三四五六七八九十半]{{1,3}})\s?(?P<unit>{_UNIT})(?:之|以)?前"
    r"|(?P<ecount>\d{1,3}|an?|one|two|three)\s(?P<eunit>second|minute|min|hour|hr|day|week|month|year)s?\sago"
    rf"|(?P<word>刚刚|剛剛|今天|今日|昨天|昨日|前天|\btoday\b|\byesterday\b"
    rf"|\bjust now\b)(?:\s?(?P<at>{HALF}?\s?\d{{1,2}}[:：]\d{{2}}))?",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    "^(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?![一二三四五六七八九十])"
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


NOTHING: tuple[bool, Published | None] = (False, None)


def read_relative(text: str, moment: Moment, origin: str) -> tuple[bool, Published | None]:
    """Whether a month and day stood beside a relative date, and what the two together say."""
    match = _RELATIVE.search(text)
    if not match:
        return NOTHING
    about = _about(match, moment)
    if about is None:
        return NOTHING
    nearby = _NEARBY.match(text[match.end() :])
    if not nearby:
        return False, _relative_alone(match, about, moment, origin)
    evidence = text[match.start() : match.end() + nearby.end()]
    days = (day_of(about.year + shift, int(nearby["month"]), int(nearby["day"])) for shift in (-1, 0, 1))
    nearest = min((d for d in days if d), key=lambda d: abs(d - about.date()), default=None)
    if nearest is None or abs((nearest - about.date()).days) > _AGREE_DAYS:
        return True, None
    return True, published(nearest, None, moment, origin, evidence)


def states_relative(text: str) -> bool:
    """Whether the text states a day that counts from the time of fetching."""
    return bool(_RELATIVE.search(text))


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
    now = moment.fetched_at.astimezone(source_zone(moment.time_zone)).replace(tzinfo=None)
    if words.startswith(("刚刚", "just now")):
        return now
    words = words.translate(str.maketrans("週個時鐘兩", "周个时钟两")).replace("两", "2").replace("：", ":")
    words = _COUNTED.sub(lambda count: str(number(count[0])), words)
    languages = ["zh"] if (match["eunit"] is None and not words[0].isascii()) or match["count"] else ["en"]
    settings = {"RELATIVE_BASE": now, "TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": False}
    found: datetime | None = dateparser.parse(words, languages=languages, settings=settings)
    return found


def _relative_alone(match: re.Match[str], about: datetime, moment: Moment, origin: str) -> Published | None:
    if match["word"]:
        clock = Clock(about.hour, about.minute, 0, None) if match["at"] else None
        return published(about.date(), clock, moment, origin, match[0])
    found = published(about.date(), None, moment, origin, match[0])
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
