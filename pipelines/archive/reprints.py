"""Who copies whom, and how fast: reprints between publications, and the articles that spread.

In: the narrow tables of figures.py, and the days asked about. Out: flows and spreads; nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from pipelines.archive.days import Days, within
from pipelines.publishers import normalise_publisher

if TYPE_CHECKING:
    import sqlite3

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


def flows(connection: sqlite3.Connection, days: Days, names: dict[str, str]) -> tuple[Flow, ...]:
    """Reprints by kept copies (as the view `reprints` has them), and by what kept copies credit."""
    lags: dict[tuple[str, str], list[int]] = defaultdict(list)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    where, values = within(days, "n.day")
    for origin, by, lag in connection.execute(
        "SELECT o.source, n.source, CAST(julianday(n.day) - julianday(o.day) AS INTEGER)"
        " FROM narrow n JOIN originals o ON o.article_id = n.article_id"
        f" WHERE NOT n.kept AND n.source <> o.source AND {where}",
        values,
    ):
        pair = names.get(origin, origin), names.get(by, by)
        counts[pair] += 1
        if lag is not None:
            lags[pair].append(lag)
    credited = _credited(connection, days, names)
    for pair, articles in credited.items():
        counts[pair] += articles
    found = [
        Flow(*pair, articles, credited.get(pair, 0), float(median(lags[pair])) if lags[pair] else None)
        for pair, articles in counts.items()
    ]
    return tuple(sorted(found, key=lambda flow: (-flow.articles, flow.origin, flow.by)))


def _credited(
    connection: sqlite3.Connection, days: Days, names: dict[str, str]
) -> dict[tuple[str, str], int]:
    """(Origin, source) → articles whose kept copy credits another publication than its own."""
    own = {normalise_publisher(name): name for name in names.values()}
    where, values = within(days, "day")
    found: dict[tuple[str, str], int] = defaultdict(int)
    for source, credit, articles in connection.execute(
        "SELECT source, credited_source, count(*) FROM narrow"
        f" WHERE kept AND credited_source IS NOT NULL AND {where} GROUP BY 1, 2",
        values,
    ):
        by, publisher = names.get(source, source), normalise_publisher(credit)
        if publisher and publisher != normalise_publisher(by):
            found[own.get(publisher, credit), by] += articles
    return found


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
