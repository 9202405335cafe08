"""What is in the news: parks, regions and companies that articles name, and amounts said to be invested.

In: a read-only connection and the days asked about. Out: how many articles named each, and how many in the
equally long stretch before; the largest investments. An article counts once however many copies it has, by
its kept copy's text. Where no days are asked about, it is the newest stretch that has enough articles.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest

from pipelines.archive.read.selection import Days, articles_of, first_day, last_day
from pipelines.archive.read.sources import newest_day
from pipelines.archive.tallies import Among, counted
from pipelines.places import region_name

_NAMED = 10
_AMOUNTS = 8
_STRETCHES = (30, 90, 365)
_ENOUGH = 20
"""Articles: with fewer, most names stand once and nothing rises or falls."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Something that articles name."""

    name: str
    value: str
    """What a search narrows by: a region's code, else the name."""
    articles: int
    before: int


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that an article says is invested: its largest."""

    article_id: int
    title: str
    url: str
    day: str
    written: str
    value: float
    """In CNY."""


@dataclass(frozen=True, slots=True)
class News:
    """What is in the news in a stretch of days."""

    days: Days
    before: Days
    """As many days before; empty where these are unbounded."""
    named: dict[str, tuple[Trend, ...]]
    """Park, region (prefectures and municipalities; where none is named, provinces) and company → the most
    named first."""
    amounts: tuple[Amount, ...]
    invested: tuple[float, float]
    """In CNY, the largest investment of each article added up: in these days, and before."""


def news(connection: sqlite3.Connection, asked: Days) -> News:
    """What is in the news in the days asked about, or of late."""
    days = asked if asked != Days() else _of_late(connection)
    before = _before(days)
    of_now, of_before = articles_of(days) or _DATED, articles_of(before) or _NONE
    now, earlier = (counted(connection, _KINDS, among) for among in (of_now, of_before))
    trends = {
        "park": _trends(now["park"], earlier["park"]),
        "region": _trends(now["prefecture"], earlier["prefecture"], region_name)
        or _trends(now["province"], earlier["province"], region_name),
        "company": _trends(now["company"], earlier["company"]),
    }
    invested = _invested(connection, of_now), _invested(connection, of_before)
    return News(days, before, trends, _amounts(connection, of_now), invested)


def _of_late(connection: sqlite3.Connection) -> Days:
    newest = newest_day(connection)
    if newest is None:
        return Days()
    for stretch in _STRETCHES:
        since = str(date.fromisoformat(newest) - timedelta(days=stretch - 1))
        found = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM articles INDEXED BY articles_by_day"
            " WHERE published_day BETWEEN ? AND ? LIMIT ?)",
            (since, newest, _ENOUGH),
        ).fetchone()[0]
        if found == _ENOUGH:
            return Days(since, newest)
    return Days()


def _before(days: Days) -> Days:
    """As many days before; a month's are the month before's."""
    if not (days.since and days.until) or days.since > days.until:
        return Days()
    try:
        first = date.fromisoformat(first_day(days.since))
        last = date.fromisoformat(last_day(days.until))
        return Days(str(first - (last - first) - timedelta(days=1)), str(first - timedelta(days=1)))
    except (ValueError, OverflowError):  # 2026-13: a day that is none
        return Days()


_KINDS = ("park", "prefecture", "province", "company")
_DATED: Among = ("SELECT article_id FROM copies WHERE kept = 1 AND published_day IS NOT NULL", [])
_NONE: Among = ("SELECT 0 AS article_id", [])


def _trends(now: Counter[str], earlier: Counter[str], named: Callable[[str], str] = str) -> tuple[Trend, ...]:
    first = nsmallest(_NAMED, now, key=lambda key: (-now[key], earlier[key], key))
    return tuple(Trend(named(key), key, now[key], earlier[key]) for key in first)


def _invested(connection: sqlite3.Connection, among: Among) -> float:
    sql, values = among
    total = f"SELECT total(invested) FROM ({sql}) a CROSS JOIN counted c ON c.article_id = a.article_id"
    return float(connection.execute(total, values).fetchone()[0])


def _amounts(connection: sqlite3.Connection, among: Among) -> tuple[Amount, ...]:
    sql, values = among
    rows = connection.execute(
        "WITH largest AS (SELECT c.* FROM"
        f" ({sql}) a CROSS JOIN counted c ON c.article_id = a.article_id WHERE invested IS NOT NULL"
        " ORDER BY invested DESC, c.article_id LIMIT ?)"
        " SELECT k.article_id, k.title, k.url, day, (SELECT m.name FROM mentions m"
        " WHERE m.text_id = k.text_id AND +m.kind = 'money' AND m.role = 'investment'"
        " AND m.unit = 'CNY' AND m.value = invested LIMIT 1),"
        " invested FROM largest JOIN copies k ON k.article_id = largest.article_id AND k.kept = 1"
        " ORDER BY invested DESC, k.article_id",
        (*values, _AMOUNTS),
    )
    return tuple(Amount(*row) for row in rows)
