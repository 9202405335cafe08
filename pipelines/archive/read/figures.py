"""The figures behind the pictures: what an analyst asks first, and beside each what it leaves out.

In: a read-only connection and the days asked about. Out: one frozen Figures, with who copies whom and which
articles spread; nothing is written. Articles are counted by their kept copies' rows, which are narrow: the
text is never read.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
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
    _narrow(connection, days)
    names = dict(connection.execute("SELECT host, name FROM sources").fetchall())
    coverage = _coverage(connection, days)
    total = _total(connection, days, coverage, names)
    unit = _unit(total)
    shares, flows = _who_was_first(connection, days)
    return Figures(
        days=days,
        total=total,
        unit=unit,
        by_period=_by_period(connection, days, unit),
        shares=shares,
        flows=flows,
        spreads=_spreads(connection, days),
        languages=_languages(connection, days),
        stripped=_pairs(
            connection, "SELECT kind, count(*) FROM stripped_pieces GROUP BY kind ORDER BY 2 DESC, 1"
        ),
        rejected=_rejected(connection),
        coverage=coverage,
        names=names,
        news=news(connection, days),
    )


def _narrow(connection: sqlite3.Connection, days: Days) -> None:
    """What the figures count, without titles and addresses, in temporary tables of this connection.

    One pass over the copies instead of one a figure; all copies of those articles that have one in the days.
    """
    where, values = within(days, "published_day")
    asked = f" WHERE article_id IN (SELECT article_id FROM copies WHERE {where})" if values else ""
    for table in ("narrow", "several", "firsts"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    connection.execute(
        "CREATE TEMP TABLE narrow AS SELECT article_id, kept, source, published_day AS day, language"
        f" FROM copies{asked}",
        values,
    )
    for statement in _SEVERAL_AND_FIRSTS:
        connection.execute(statement)


_SEVERAL_AND_FIRSTS = (
    "CREATE TEMP TABLE several AS SELECT article_id, count(*) AS copies FROM copies GROUP BY 1"
    " HAVING count(*) > 1",
    "CREATE UNIQUE INDEX temp.several_by_article ON several (article_id, copies)",
    "CREATE TEMP TABLE firsts AS SELECT id AS article_id, first_publisher AS name FROM articles"
    " INDEXED BY articles_by_first WHERE first_publisher_status IN ('certain', 'likely')",
    "CREATE UNIQUE INDEX temp.firsts_by_article ON firsts (article_id, name)",
)


def _total(
    connection: sqlite3.Connection, days: Days, coverage: tuple[Covered, ...], names: dict[str, str]
) -> Total:
    where, values = within(days, "day")
    articles, first, last = connection.execute(
        f"SELECT count(*), min(day), max(day) FROM narrow WHERE kept AND {where}", values
    ).fetchone()
    copies = connection.execute(f"SELECT count(*) FROM narrow WHERE {where}", values).fetchone()[0]
    undated = connection.execute(
        "SELECT count(*) FROM copies WHERE kept = 1 AND published_day IS NULL"
    ).fetchone()[0]
    disputed = connection.execute(
        "SELECT count(*) FROM narrow WHERE kept AND article_id IN (SELECT article_id FROM differences)"
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
        f"SELECT substr(day, 1, {length}), source, count(*) FROM narrow"
        f" WHERE kept AND day IS NOT NULL AND {where} GROUP BY 1, 2 ORDER BY 1, 2",
        values,
    )
    return tuple((row[0], row[1], row[2]) for row in rows)


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


def _who_was_first(
    connection: sqlite3.Connection, days: Days
) -> tuple[tuple[SourceShare, ...], tuple[Flow, ...]]:
    """What each source has, and who has what another published first, as the view `reprints` has it.

    Nobody where that is not known. Of articles with one copy it is counted in SQL, of the others here.
    """
    sources = {row[0]: row[1:] for row in connection.execute(_PUBLISHERS)}
    publishers = dict(connection.execute("SELECT name, min(publisher) FROM sources GROUP BY 1").fetchall())
    where, values = within(days, "n.day")
    shares: dict[str, Counter[str]] = defaultdict(Counter)
    articles: Counter[tuple[str, str]] = Counter()
    credited: Counter[tuple[str, str]] = Counter()
    lags: dict[tuple[str, str], list[int]] = defaultdict(list)
    for origin, source, count in connection.execute(_ONE_COPY.format(where), values):
        name, publisher = sources[source]
        shares[source]["alone"] += count
        if origin is not None and name != origin and publisher != (publishers.get(origin) or origin):
            articles[origin, name] += count
            credited[origin, name] += count
    rows = connection.execute(_SEVERAL.format(where), values)
    for (_, origin), copies in groupby(rows, itemgetter(0, 1)):
        publisher_of_origin = publishers.get(origin) or origin
        own, others, seen = [], [], {}
        for _, _, source, day, is_asked in copies:
            name, publisher = sources[source]
            is_first = origin is not None and (name == origin or publisher == publisher_of_origin)
            if name == origin:
                own.append(day)
            if is_asked:
                seen[source] = "unknown" if origin is None else "first" if is_first else "reprints"
                others += [] if origin is None or is_first else [(name, day)]
        for source, how in seen.items():
            shares[source][how] += 1
        first_day = min((_number(day) for day in own if day), default=None)
        for name, day in others:
            articles[origin, name] += 1
            credited[origin, name] += not own
            if first_day is not None and day:
                lags[origin, name].append(_number(day) - first_day)
    told = [SourceShare(host, sources[host][0], *map(one.__getitem__, _HOW)) for host, one in shares.items()]
    flows = [
        Flow(*pair, count, credited[pair], float(median(lags[pair])) if lags[pair] else None)
        for pair, count in articles.items()
    ]
    return (
        tuple(sorted(told, key=lambda one: (-one.alone - one.first - one.reprints - one.unknown, one.host))),
        tuple(sorted(flows, key=lambda flow: (-flow.articles, flow.origin, flow.by))),
    )


_HOW = ("alone", "first", "reprints", "unknown")
_PUBLISHERS = "SELECT host, name, coalesce(publisher, name) FROM sources"
_ONE_COPY = (
    "SELECT f.name, n.source, count(*) FROM narrow n LEFT JOIN firsts f ON f.article_id = n.article_id"
    " WHERE {} AND n.article_id NOT IN (SELECT article_id FROM several) GROUP BY 1, 2"
)
_SEVERAL = (
    "SELECT n.article_id, f.name, n.source, n.day, {} FROM narrow n JOIN several s"
    " ON s.article_id = n.article_id LEFT JOIN firsts f ON f.article_id = n.article_id ORDER BY 1"
)


@cache
def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _spreads(connection: sqlite3.Connection, days: Days) -> tuple[Spread, ...]:
    """The fastest, as the view `spread` has them.

    An article has at most as many sources within two days as it has copies: once ten are known that reach a
    number, none with fewer copies needs to be looked at.
    """
    most_copies = "SELECT article_id FROM several ORDER BY copies DESC LIMIT ?"
    known = _fastest(connection, days, most_copies, _LOOKED_AT_FIRST)
    reached = known[-1].within_two_days if len(known) == _FASTEST else 2
    return _fastest(connection, days, "SELECT article_id FROM several WHERE copies >= ?", max(2, reached))


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
