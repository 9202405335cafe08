"""What is in the news: parks, regions and companies that articles name, and amounts said to be invested.

In: a read-only connection and the days asked about. Out: how many articles named each, and how many in the
equally long stretch before; the largest investments. An article counts once however many copies it has, by
its kept copy's text. Where no days are asked about, it is the newest stretch that has enough articles.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.archive.read.selection import Days, first_day, last_day
from pipelines.archive.read.sources import newest_day
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
        "CREATE TEMP TABLE told AS SELECT text_id, min(article_id) AS article_id, min(day) AS day,"
        " max(now) AS now FROM (SELECT text_id, article_id, published_day AS day,"
        " published_day >= ?1 AND published_day <= ?2 AS now FROM copies WHERE kept = 1"
        " AND published_day >= ?3 AND published_day <= ?2) GROUP BY text_id",
        (days.since, (days.until or "9999") + "~", before.since or days.since),
    )
    named = {kind: _named(connection, kind) for kind in ("park", "region", "company")}
    sums = dict(
        connection.execute(
            f"SELECT t.now, sum(most) FROM told t JOIN ({_MOST}) m ON m.text_id = t.text_id GROUP BY 1"
        ).fetchall()
    )
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


_PREFECTURE = (
    "CASE WHEN substr(m.code, 1, 2) IN ('11', '12', '31', '50') THEN substr(m.code, 1, 2) || '0000'"
    " WHEN substr(m.code, 3, 2) = '90' THEN m.code ELSE substr(m.code, 1, 4) || '00' END"
)


_LOCAL = "(substr(m.code, 3, 4) <> '0000' OR substr(m.code, 1, 2) IN ('11', '12', '31', '50'))"
_PROVINCE = "substr(m.code, 1, 2) || '0000'"


def _named(connection: sqlite3.Connection, kind: str) -> tuple[Trend, ...]:
    if kind == "region":
        return _counted(connection, kind, _PREFECTURE) or _counted(connection, kind, _PROVINCE)
    return _counted(connection, kind, "coalesce(m.entity, m.name)")


def _counted(connection: sqlite3.Connection, kind: str, value: str) -> tuple[Trend, ...]:
    rows = connection.execute(
        f"SELECT {value} AS value, count(DISTINCT CASE WHEN t.now THEN t.text_id END) AS articles,"
        " count(DISTINCT CASE WHEN NOT t.now THEN t.text_id END) AS earlier"
        " FROM told t CROSS JOIN mentions m ON m.text_id = t.text_id WHERE +m.kind = ?"
        f" AND {_LOCAL if value == _PREFECTURE else 1}"
        " GROUP BY 1 HAVING articles > 0 ORDER BY 2 DESC, 3, 1 LIMIT ?",
        (kind, _NAMED),
    )
    return tuple(
        Trend(region_name(row[0]) if kind == "region" else row[0], row[0], row[1], row[2]) for row in rows
    )


_MOST = (
    "SELECT text_id, max(value) AS most FROM mentions WHERE kind = 'money' AND role = 'investment'"
    " AND unit = 'CNY' AND text_id IN (SELECT text_id FROM told) GROUP BY text_id"
)


def _amounts(connection: sqlite3.Connection) -> tuple[Amount, ...]:
    rows = connection.execute(
        f"SELECT t.article_id, k.title, k.url, t.day, m.name, m.value FROM told t JOIN ({_MOST}) x"
        " ON x.text_id = t.text_id JOIN mentions m ON m.text_id = t.text_id AND m.kind = 'money'"
        " AND m.role = 'investment' AND m.unit = 'CNY' AND m.value = x.most"
        " JOIN copies k ON k.article_id = t.article_id AND k.kept = 1"
        " WHERE t.now GROUP BY t.text_id ORDER BY m.value DESC, t.article_id LIMIT ?",
        (_AMOUNTS,),
    )
    return tuple(Amount(*row) for row in rows)
