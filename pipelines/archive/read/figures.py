"""The figures behind the pictures: what an analyst asks first, and beside each what it leaves out.

In: a read-only connection and the days asked about. Out: one frozen Figures, with who copies whom and which
articles spread; nothing is written. Articles are counted by their kept copies' rows, which are narrow: the
text is never read.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median

from pipelines.archive.read.news import News, news
from pipelines.archive.read.selection import DAYS_FROM, MONTHS_FROM, Days, within

_COVERAGE_DAYS = 42


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
    """What a source has, by who published first as far as that is certain or likely; each article once."""

    host: str
    name: str
    alone: int
    """Articles that were seen nowhere else."""
    first: int
    """Articles that others have too and that it published first."""
    reprints: int
    """Articles that another published first."""
    unknown: int
    """Articles that others have too, and nobody knows who was first."""


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
    news: News


def figures(connection: sqlite3.Connection, days: Days | None = None) -> Figures:
    """All figures for the days asked about."""
    days = days or Days()
    _narrow(connection)
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
        flows=flows(connection, days),
        spreads=spreads(connection, days),
        languages=_languages(connection, days),
        stripped=_pairs(
            connection, "SELECT kind, count(*) FROM stripped_pieces GROUP BY kind ORDER BY 2 DESC, 1"
        ),
        rejected=_rejected(connection),
        coverage=coverage,
        names=names,
        news=news(connection, days),
    )


def _narrow(connection: sqlite3.Connection) -> None:
    """What the figures count, without titles and addresses, in temporary tables of this connection.

    One pass over the copies instead of one a figure: at 100,000 articles 0.3 s instead of 2 s.
    """
    for statement in _NARROW:
        connection.execute(statement)


_NARROW = (
    "DROP TABLE IF EXISTS temp.narrow",
    "DROP TABLE IF EXISTS temp.originals",
    "DROP TABLE IF EXISTS temp.firsts",
    "CREATE TEMP TABLE narrow AS SELECT article_id, kept, source, published_day AS day, language,"
    " credited_source FROM copies",
    "CREATE TEMP TABLE originals AS SELECT article_id, max(CASE WHEN kept THEN source END) AS source,"
    " max(CASE WHEN kept THEN day END) AS day, count(*) AS copies FROM narrow GROUP BY article_id",
    "CREATE UNIQUE INDEX temp.originals_by_article ON originals (article_id, source, day, copies)",
    "CREATE TEMP TABLE firsts AS SELECT a.id AS article_id, a.first_publisher AS name,"
    " coalesce(s.publisher, a.first_publisher) AS publisher, s.name IS NOT NULL AS is_source"
    " FROM articles a INDEXED BY articles_by_first"
    " LEFT JOIN (SELECT name, min(publisher) AS publisher FROM sources GROUP BY name) s"
    " ON s.name = a.first_publisher WHERE a.first_publisher_status IN ('certain', 'likely')",
    "CREATE UNIQUE INDEX temp.firsts_by_article ON firsts (article_id)",
)


def _total(
    connection: sqlite3.Connection, days: Days, coverage: tuple[Covered, ...], names: dict[str, str]
) -> Total:
    where, values = within(days, "day")
    articles, first, last = connection.execute(
        f"SELECT count(*), min(day), max(day) FROM originals WHERE {where}", values
    ).fetchone()
    copies = connection.execute(f"SELECT count(*) FROM narrow WHERE {where}", values).fetchone()[0]
    undated = connection.execute("SELECT count(*) FROM originals WHERE day IS NULL").fetchone()[0]
    disputed = connection.execute(
        "SELECT count(*) FROM originals WHERE article_id IN (SELECT article_id FROM differences)"
        f" AND {where}",
        values,
    ).fetchone()[0]
    failed = sorted({names.get(row.source, row.source) for row in coverage if row.state == "failed"})
    return Total(articles, copies, undated, disputed, first, last, tuple(failed))


def _unit(total: Total) -> str:
    if total.first_day is None or total.last_day is None:
        return "day"
    span = _days_between(total.first_day, total.last_day)
    return "day" if span <= DAYS_FROM else "month" if span <= MONTHS_FROM else "year"


def _days_between(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _by_period(connection: sqlite3.Connection, days: Days, unit: str) -> tuple[tuple[str, str, int], ...]:
    where, values = within(days, "day")
    length = {"day": 10, "month": 7, "year": 4}[unit]
    rows = connection.execute(
        f"SELECT substr(day, 1, {length}), source, count(*) FROM originals"
        f" WHERE day IS NOT NULL AND {where} GROUP BY 1, 2 ORDER BY 1, 2",
        values,
    )
    return tuple((row[0], row[1], row[2]) for row in rows)


def _shares(connection: sqlite3.Connection, days: Days, names: dict[str, str]) -> tuple[SourceShare, ...]:
    where, values = within(days, "n.day")
    rows = connection.execute(
        "WITH here AS (SELECT DISTINCT n.source, o.copies, n.article_id,"
        " f.article_id IS NOT NULL AS is_known,"
        " coalesce(f.name = s.name OR f.publisher = coalesce(s.publisher, s.name), 0) AS is_first"
        " FROM narrow n JOIN originals o ON o.article_id = n.article_id JOIN sources s ON s.host = n.source"
        f" LEFT JOIN firsts f ON f.article_id = n.article_id WHERE {where})"
        " SELECT source, sum(copies = 1), sum(copies > 1 AND is_first),"
        " sum(copies > 1 AND is_known AND NOT is_first), sum(copies > 1 AND NOT is_known)"
        " FROM here GROUP BY 1 ORDER BY count(*) DESC, 1",
        values,
    )
    return tuple(SourceShare(row[0], names.get(row[0], row[0]), *row[1:]) for row in rows)


def _languages(connection: sqlite3.Connection, days: Days) -> tuple[tuple[str, int], ...]:
    where, values = within(days, "day")
    sql = f"SELECT language, count(*) FROM narrow WHERE kept AND {where} GROUP BY 1 ORDER BY 2 DESC, 1"
    return _pairs(connection, sql, *values)


def _rejected(connection: sqlite3.Connection) -> tuple[tuple[str, str, int], ...]:
    rows = connection.execute(
        "SELECT stage, CASE WHEN instr(reason, ':') THEN substr(reason, 1, instr(reason, ':') - 1)"
        " ELSE reason END AS why, count(*) FROM rejections GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 12"
    )
    return tuple((row[0], row[1], row[2]) for row in rows)


def _coverage(connection: sqlite3.Connection, days: Days) -> tuple[Covered, ...]:
    where, values = within(days, "day")
    rows = connection.execute(
        "SELECT source, day, state, fetched + unchanged, failed FROM coverage"
        f" WHERE {where} AND day > (SELECT date(max(at), '-{_COVERAGE_DAYS} days') FROM run_sources)"
        " ORDER BY source, day",
        values,
    )
    return tuple(Covered(*row) for row in rows)


def _pairs(connection: sqlite3.Connection, sql: str, *values: str) -> tuple[tuple[str, int], ...]:
    return tuple((row[0], row[1]) for row in connection.execute(sql, values))


_FASTEST = 10
_LOOKED_AT_FIRST = 200
"""Articles with the most copies: enough to hold ten fast ones, few enough to cost nothing."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Who copies whom: articles that went from one publication to another."""

    origin: str
    by: str
    articles: int
    credited: int
    """Of those, known only by credit: the origin's own page is not in the archive."""
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


def flows(connection: sqlite3.Connection, days: Days) -> tuple[Flow, ...]:
    """Who has what another published first, as the view `reprints` has it: nobody where that is not known."""
    where, values = within(days, "n.day")
    lags: dict[tuple[str, str], list[int]] = defaultdict(list)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    credited: dict[tuple[str, str], int] = defaultdict(int)
    for origin, by, seen, lag in connection.execute(
        "WITH own AS (SELECT n.article_id, min(n.day) AS day FROM narrow n JOIN firsts f"
        " ON f.article_id = n.article_id JOIN sources s ON s.host = n.source AND s.name = f.name GROUP BY 1)"
        " SELECT f.name, s.name, own.article_id IS NOT NULL,"
        " CAST(julianday(n.day) - julianday(own.day) AS INTEGER)"
        " FROM narrow n JOIN firsts f ON f.article_id = n.article_id JOIN sources s ON s.host = n.source"
        " LEFT JOIN own ON own.article_id = n.article_id"
        f" WHERE s.name <> f.name AND coalesce(s.publisher, s.name) <> f.publisher AND {where}",
        values,
    ):
        pair = origin, by
        counts[pair] += 1
        credited[pair] += not seen
        if lag is not None:
            lags[pair].append(lag)
    found = [
        Flow(*pair, articles, credited[pair], float(median(lags[pair])) if lags[pair] else None)
        for pair, articles in counts.items()
    ]
    return tuple(sorted(found, key=lambda flow: (-flow.articles, flow.origin, flow.by)))


def spreads(connection: sqlite3.Connection, days: Days) -> tuple[Spread, ...]:
    """The fastest, as the view `spread` has them.

    An article has at most as many sources within two days as it has copies: once ten are known that reach a
    number, none with fewer copies needs to be looked at.
    """
    most_copies = "SELECT article_id FROM originals WHERE copies > 1 ORDER BY copies DESC LIMIT ?"
    known = _fastest(connection, days, most_copies, _LOOKED_AT_FIRST)
    reached = known[-1].within_two_days if len(known) == _FASTEST else 2
    return _fastest(connection, days, "SELECT article_id FROM originals WHERE copies >= ?", max(2, reached))


def _fastest(connection: sqlite3.Connection, days: Days, candidates: str, value: int) -> tuple[Spread, ...]:
    where, values = within(days, "first_day")
    rows = connection.execute(
        "WITH dated AS MATERIALIZED (SELECT article_id, source, min(day) AS day FROM narrow"
        f" WHERE day IS NOT NULL AND article_id IN ({candidates}) GROUP BY article_id, source),"
        " first AS (SELECT article_id, min(day) AS first_day FROM dated GROUP BY 1 HAVING count(*) > 1),"
        " fastest AS (SELECT first.article_id, first_day, sum(day <= first_day) AS one,"
        " sum(day <= date(first_day, '+1 day')) AS two, sum(day <= date(first_day, '+6 day')) AS week,"
        " count(*) AS every FROM first JOIN dated ON dated.article_id = first.article_id"
        f" WHERE {where} GROUP BY first.article_id"
        " ORDER BY two DESC, week DESC, every DESC, first_day DESC, first.article_id LIMIT ?)"
        " SELECT k.article_id, k.title, k.url, n.name, first_day, one, two, week, every FROM fastest f"
        " JOIN copies k ON k.article_id = f.article_id AND k.kept = 1 JOIN sources n ON n.host = k.source"
        " ORDER BY two DESC, week DESC, every DESC, first_day DESC, k.article_id",
        (value, *values, _FASTEST),
    )
    return tuple(Spread(*row) for row in rows)
