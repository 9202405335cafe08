"""The figures behind the pictures: what an analyst asks first, and beside each what it leaves out.

In: a read-only connection and the days asked about. Out: one frozen Figures; nothing is written. Articles
are counted by their kept copies' rows, which are narrow: the text is never read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from pipelines.publishers import normalise_publisher

if TYPE_CHECKING:
    import sqlite3

MONTHS_FROM_DAYS = 92
"""Up to a quarter is drawn by day: more columns than that are thinner than their gaps on a laptop."""
YEARS_FROM_DAYS = 366 * 6
_FASTEST = 10
_COVERAGE_DAYS = 42


@dataclass(frozen=True, slots=True)
class Days:
    """The days asked about, both included; empty means unbounded."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """How much there is, and what no figure by day can count."""

    articles: int
    copies: int
    undated_articles: int
    disputed_articles: int
    first_day: str | None
    last_day: str | None
    failed_sources: tuple[str, ...]
    """Names of sources that failed on some day of the period, or on any where it is unbounded."""


@dataclass(frozen=True, slots=True)
class SourceShare:
    """What a source has: articles of its own, and copies of others'."""

    host: str
    name: str
    alone: int
    """Articles that were seen nowhere else."""
    copied: int
    """Articles whose kept copy is here and that others have too."""
    reprints: int
    """Copies of articles whose kept copy is elsewhere."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Who copies whom: articles that went from one publication to another."""

    origin: str
    by: str
    articles: int
    credited: int
    """Of those, known only because the copy credits the origin."""
    median_lag_days: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """An article that several sources had."""

    article_id: int
    title: str
    url: str
    source_name: str
    first_day: str
    on_first_day: int
    within_two_days: int
    within_week: int
    dated_sources: int


@dataclass(frozen=True, slots=True)
class Covered:
    """What came of a source on a day."""

    source: str
    day: str
    state: str
    fetched: int
    failed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the pictures are drawn from."""

    days: Days
    total: Total
    unit: str
    """day, month or year: what one column of `by_period` is."""
    by_period: tuple[tuple[str, str, int], ...]
    """Period, host, articles; only where there are some."""
    shares: tuple[SourceShare, ...]
    flows: tuple[Flow, ...]
    spreads: tuple[Spread, ...]
    languages: tuple[tuple[str, int], ...]
    stripped: tuple[tuple[str, int], ...]
    rejected: tuple[tuple[str, str, int], ...]
    """Stage, the reason's stable beginning, URLs."""
    coverage: tuple[Covered, ...]
    names: dict[str, str]
    """Host → the source's name."""


def figures(connection: sqlite3.Connection, days: Days | None = None) -> Figures:
    """All figures for the days asked about."""
    days = days or Days()
    names = dict(connection.execute("SELECT host, name FROM sources").fetchall())
    coverage = _coverage(connection, days)
    total = _total(connection, days, coverage, names)
    unit = _unit(total)
    return Figures(
        days=days,
        total=total,
        unit=unit,
        by_period=_by_period(connection, days, unit),
        shares=_shares(connection, days, names),
        flows=_flows(connection, days, names),
        spreads=_spreads(connection, days),
        languages=_languages(connection, days),
        stripped=_pairs(
            connection, "SELECT kind, count(*) FROM stripped_pieces GROUP BY kind ORDER BY 2 DESC, 1"
        ),
        rejected=_rejected(connection),
        coverage=coverage,
        names=names,
    )


def _within(days: Days, column: str) -> tuple[str, list[str]]:
    """A condition on a day's column; articles without a date are outside any bounded period."""
    where = "1"
    values: list[str] = []
    if days.since:
        where += f" AND {column} >= ?"
        values.append(days.since)
    if days.until:
        where += f" AND {column} <= ?"
        values.append(days.until + "~")
    return where, values


def _total(
    connection: sqlite3.Connection, days: Days, coverage: tuple[Covered, ...], names: dict[str, str]
) -> Total:
    where, values = _within(days, "published_day")
    articles, first, last = connection.execute(
        f"SELECT count(*), min(published_day), max(published_day) FROM copies WHERE kept = 1 AND {where}",
        values,
    ).fetchone()
    copies = connection.execute(f"SELECT count(*) FROM copies WHERE {where}", values).fetchone()[0]
    undated = connection.execute(
        "SELECT count(*) FROM copies WHERE kept = 1 AND published_day IS NULL"
    ).fetchone()[0]
    where, values = _within(days, "c.published_day")
    disputed = connection.execute(
        "SELECT count(*) FROM disputed d JOIN copies c ON c.article_id = d.article_id AND c.kept = 1"
        f" WHERE {where}",
        values,
    ).fetchone()[0]
    failed = sorted({names.get(row.source, row.source) for row in coverage if row.state == "failed"})
    return Total(articles, copies, undated, disputed, first, last, tuple(failed))


def _unit(total: Total) -> str:
    if total.first_day is None or total.last_day is None:
        return "day"
    span = _days_between(total.first_day, total.last_day)
    return "day" if span <= MONTHS_FROM_DAYS else "month" if span <= YEARS_FROM_DAYS else "year"


def _days_between(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _by_period(connection: sqlite3.Connection, days: Days, unit: str) -> tuple[tuple[str, str, int], ...]:
    where, values = _within(days, "published_day")
    length = {"day": 10, "month": 7, "year": 4}[unit]
    rows = connection.execute(
        f"SELECT substr(published_day, 1, {length}) AS period, source, count(*) FROM copies"
        f" WHERE kept = 1 AND published_day IS NOT NULL AND {where} GROUP BY 1, 2 ORDER BY 1, 2",
        values,
    )
    return tuple((row[0], row[1], row[2]) for row in rows)


def _shares(connection: sqlite3.Connection, days: Days, names: dict[str, str]) -> tuple[SourceShare, ...]:
    where, values = _within(days, "c.published_day")
    rows = connection.execute(
        "WITH several AS (SELECT article_id FROM copies GROUP BY article_id HAVING count(*) > 1)"
        " SELECT c.source, sum(c.kept AND s.article_id IS NULL), sum(c.kept AND s.article_id IS NOT NULL),"
        " sum(NOT c.kept) FROM copies c LEFT JOIN several s ON s.article_id = c.article_id"
        f" WHERE {where} GROUP BY c.source ORDER BY count(*) DESC, c.source",
        values,
    )
    return tuple(SourceShare(row[0], names.get(row[0], row[0]), *row[1:]) for row in rows)


def _flows(connection: sqlite3.Connection, days: Days, names: dict[str, str]) -> tuple[Flow, ...]:
    """Reprints by kept copies, and by what kept copies themselves credit."""
    where, values = _within(days, "to_day")
    lags: dict[tuple[str, str], list[int]] = defaultdict(list)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    credited: dict[tuple[str, str], int] = defaultdict(int)
    for origin, by, lag in connection.execute(
        f"SELECT from_name, to_name, lag_days FROM reprints WHERE {where}", values
    ):
        counts[origin, by] += 1
        if lag is not None:
            lags[origin, by].append(lag)
    own = {normalise_publisher(name): name for name in names.values()}
    where, values = _within(days, "published_day")
    for source, name, articles in connection.execute(
        "SELECT source, credited_source, count(*) FROM copies WHERE kept = 1 AND credited_source IS NOT NULL"
        f" AND {where} GROUP BY 1, 2",
        values,
    ):
        by, publisher = names.get(source, source), normalise_publisher(name)
        if publisher and publisher != normalise_publisher(by):
            counts[own.get(publisher, name), by] += articles
            credited[own.get(publisher, name), by] += articles
    flows = [
        Flow(*pair, articles, credited[pair], float(median(lags[pair])) if lags[pair] else None)
        for pair, articles in counts.items()
    ]
    return tuple(sorted(flows, key=lambda flow: (-flow.articles, flow.origin, flow.by)))


def _spreads(connection: sqlite3.Connection, days: Days) -> tuple[Spread, ...]:
    where, values = _within(days, "s.first_day")
    rows = connection.execute(
        "SELECT k.article_id, k.title, k.url, n.name, s.first_day, s.on_first_day, s.within_two_days,"
        " s.within_week, s.dated_sources FROM spread s"
        " JOIN copies k ON k.article_id = s.article_id AND k.kept = 1 JOIN sources n ON n.host = k.source"
        f" WHERE {where} ORDER BY s.within_two_days DESC, s.within_week DESC, s.dated_sources DESC,"
        " s.first_day DESC, k.article_id LIMIT ?",
        (*values, _FASTEST),
    )
    return tuple(Spread(*row) for row in rows)


def _languages(connection: sqlite3.Connection, days: Days) -> tuple[tuple[str, int], ...]:
    where, values = _within(days, "published_day")
    sql = f"SELECT language, count(*) FROM copies WHERE kept = 1 AND {where} GROUP BY 1 ORDER BY 2 DESC, 1"
    return _pairs(connection, sql, *values)


def _rejected(connection: sqlite3.Connection) -> tuple[tuple[str, str, int], ...]:
    rows = connection.execute(
        "SELECT stage, CASE WHEN instr(reason, ':') THEN substr(reason, 1, instr(reason, ':') - 1)"
        " ELSE reason END AS why, count(*) FROM rejections GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 12"
    )
    return tuple((row[0], row[1], row[2]) for row in rows)


def _coverage(connection: sqlite3.Connection, days: Days) -> tuple[Covered, ...]:
    where, values = _within(days, "day")
    rows = connection.execute(
        "SELECT source, day, state, fetched + unchanged, failed FROM coverage"
        f" WHERE {where} AND day > (SELECT date(max(at), '-{_COVERAGE_DAYS} days') FROM run_sources)"
        " ORDER BY source, day",
        values,
    )
    return tuple(Covered(*row) for row in rows)


def _pairs(connection: sqlite3.Connection, sql: str, *values: str) -> tuple[tuple[str, int], ...]:
    return tuple((row[0], row[1]) for row in connection.execute(sql, values))
