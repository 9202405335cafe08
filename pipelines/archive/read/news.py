"""What is in the news: parks, regions and companies that articles name, and amounts said to be invested.

In: a read-only connection and the days asked about. Out: how many articles named each, and how many in the
equally long stretch before; the largest investments. An article counts once however many copies it has, by
its kept copy's text. Where no days are asked about, it is the newest stretch that has enough articles.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest

from pipelines.archive.read.selection import Days, first_day, last_day
from pipelines.archive.read.sources import newest_day
from pipelines.archive.tallies import under
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
    connection.execute("DROP TABLE IF EXISTS temp.told")
    connection.execute(
        "CREATE TEMP TABLE told AS SELECT article_id, published_day AS day,"
        f" published_day >= ?1 AND published_day <= ?2 AS now, (SELECT max(value) {_INVESTED}) AS invested"
        " FROM copies WHERE kept = 1 AND published_day >= ?3 AND published_day <= ?2",
        (days.since, (days.until or "9999") + "~", before.since or days.since),
    )
    named = {kind: _named(connection, kind) for kind in ("park", "region", "company")}
    sums = dict(connection.execute("SELECT now, total(invested) FROM told GROUP BY 1").fetchall())
    return News(days, before, named, _amounts(connection), (sums.get(1, 0.0), sums.get(0, 0.0)))


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


def _named(connection: sqlite3.Connection, kind: str) -> tuple[Trend, ...]:
    if kind == "region":
        return _trends(connection, "prefecture") or _trends(connection, "province")
    return _trends(connection, kind)


def _trends(connection: sqlite3.Connection, kind: str) -> tuple[Trend, ...]:
    now, earlier = (
        Counter(dict(under(connection, kind, (f"SELECT article_id FROM told WHERE {which}", []))))
        for which in ("now", "NOT now")
    )
    first = nsmallest(_NAMED, now, key=lambda key: (-now[key], earlier[key], key))
    is_code = kind in ("prefecture", "province")
    return tuple(Trend(region_name(key) if is_code else key, key, now[key], earlier[key]) for key in first)


_INVESTED = (
    "FROM mentions WHERE text_id = copies.text_id AND +kind = 'money' AND role = 'investment'"
    " AND unit = 'CNY'"
)


def _amounts(connection: sqlite3.Connection) -> tuple[Amount, ...]:
    rows = connection.execute(
        "SELECT article_id, title, url, day, (SELECT name"
        f" {_INVESTED} AND value = invested LIMIT 1), invested FROM told JOIN copies USING (article_id)"
        " WHERE now AND kept = 1 AND invested IS NOT NULL ORDER BY invested DESC, article_id LIMIT ?",
        (_AMOUNTS,),
    )
    return tuple(Amount(*row) for row in rows)
