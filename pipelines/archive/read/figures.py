"""The figures behind the pictures: what an analyst asks first, and beside each what it leaves out.

In: a read-only connection and the days asked about. Out: Figures, with who copies whom and which articles
spread; nothing is written. An article is of the day of its kept copy. Of the whole archive nothing is counted
that is tallied (pipelines/archive/tallies.py).
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

from pipelines.archive.read.news import News, news
from pipelines.archive.read.selection import Days, articles_of, unit_of, within
from pipelines.archive.read.sources import source_names
from pipelines.archive.tallies import counted

_COVERAGE_DAYS = 42
_EVER = Days()


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


class Figures:
    """Everything that the pictures are drawn from, each asked of the archive when it is first looked at."""

    def __init__(self, connection: sqlite3.Connection, days: Days = _EVER) -> None:
        """Of all days, or of these; `connection` stays open until all that is drawn was looked at."""
        self.days = days
        self._connection = connection

    @cached_property
    def total(self) -> Total:
        where, values = within(self.days, "published_day")
        kept = f"FROM copies k WHERE k.kept = 1 AND {where}"
        of_disputed = f"SELECT count(*) {kept} AND k.article_id IN (SELECT article_id FROM differences)"
        ends = f"SELECT (SELECT min(published_day) {kept}), (SELECT max(published_day) {kept})"
        first, last = self._row(ends, values * 2)
        articles = self._counted["held"].total()
        [copies] = self._row(f"SELECT count(*) FROM copies WHERE {where}", values)
        [undated] = self._row("SELECT count(*) FROM copies WHERE kept = 1 AND published_day IS NULL")
        [disputed] = self._row(of_disputed, values)
        failed = {self.names.get(row.source, row.source) for row in self.coverage if row.state == "failed"}
        return Total(articles, copies, undated, disputed, first, last, tuple(sorted(failed)))

    @cached_property
    def unit(self) -> str:
        """day, month or year: what one column of `by_period` is."""
        total = self.total
        return unit_of(total.first_day, total.last_day)[0] if total.first_day and total.last_day else "day"

    @cached_property
    def by_period(self) -> tuple[tuple[str, str, int], ...]:
        """Period, host, articles; only where there are some."""
        found: Counter[tuple[str, str]] = Counter()
        if self.unit == "day":
            where, values = within(self.days, "published_day")
            rows = self._connection.execute(
                "SELECT published_day, source, count(*) FROM copies INDEXED BY copies_newest WHERE kept = 1"
                f" AND published_day IS NOT NULL AND {where} GROUP BY 1, 2",
                values,
            )
            found.update({(day, host): n for day, host, n in rows})
        else:
            length = len("2026-01") if self.unit == "month" else len("2026")
            for key, n in self._counted["held"].items():
                month, _, host = key.partition(" ")
                if month:
                    found[month[:length], host] += n
        return tuple(sorted((*key, n) for key, n in found.items()))

    @cached_property
    def shares(self) -> tuple[SourceShare, ...]:
        """What each source has, the most first."""
        shares: dict[str, Counter[str]] = defaultdict(Counter)
        for how in ("alone", "unknown"):
            for host, n in self._counted[how].items():
                shares[host][how] += n
        for key, n in self._counted["share"].items():
            host, origin = key.split("\t", 1)
            shares[host]["first" if self._is_one(origin, host) else "reprints"] += n
        kinds = ("alone", "first", "reprints", "unknown")
        told = [
            SourceShare(host, self.names[host], *(one[kind] for kind in kinds))
            for host, one in shares.items()
        ]
        return tuple(sorted(told, key=lambda one: (-shares[one.host].total(), one.host)))

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Who has what another published first, as the view `reprints` has it, where that is known."""
        told: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key, n in self._counted["flow"].items():
            host, lag, origin = key.split("\t", 2)
            if not self._is_one(origin, host):
                told[origin, self.names[host]] += [lag] * n
        flows = [Flow(*pair, len(lags), lags.count("credited"), _median(lags)) for pair, lags in told.items()]
        return tuple(sorted(flows, key=lambda flow: (-flow.articles, flow.origin, flow.by)))

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        return _spreads(self._connection, self.days)

    @cached_property
    def languages(self) -> tuple[tuple[str, int], ...]:
        found = self._counted["language"].items()
        return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def stripped(self) -> tuple[tuple[str, int], ...]:
        sql = "SELECT kind, count(*) FROM stripped_pieces GROUP BY kind ORDER BY 2 DESC, 1"
        return tuple((kind, n) for kind, n in self._connection.execute(sql))

    @cached_property
    def rejected(self) -> tuple[tuple[str, str, int], ...]:
        """Stage, the reason's stable beginning, URLs."""
        rows = self._connection.execute(
            "SELECT stage, CASE WHEN instr(reason, ':') THEN substr(reason, 1, instr(reason, ':') - 1)"
            " ELSE reason END AS why, count(*) FROM rejections GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 12"
        )
        return tuple((stage, why, n) for stage, why, n in rows)

    @cached_property
    def coverage(self) -> tuple[Covered, ...]:
        where, values = within(self.days, "day")
        rows = self._connection.execute(
            "SELECT source, day, state, fetched + unchanged, failed FROM coverage"
            f" WHERE {where} AND day > (SELECT date(max(at), '-{_COVERAGE_DAYS} days') FROM run_sources)"
            " ORDER BY source, day",
            values,
        )
        return tuple(Covered(*row) for row in rows)

    @cached_property
    def names(self) -> dict[str, str]:
        """Host → the source's name."""
        return source_names(self._connection)

    @cached_property
    def news(self) -> News:
        return news(self._connection, self.days)

    def _is_one(self, origin: str, host: str) -> bool:
        """Whether a host is the publication of that name, or one of the same publisher."""
        of_hosts, of_names = self._publishers
        return self.names[host] == origin or (of_hosts[host] or self.names[host]) == (
            of_names.get(origin) or origin
        )

    @cached_property
    def _counted(self) -> dict[str, Counter[str]]:
        kinds = ("held", "language", "alone", "unknown", "share", "flow")
        return counted(self._connection, kinds, articles_of(self.days))

    @cached_property
    def _publishers(self) -> tuple[dict[str, str | None], dict[str, str | None]]:
        """Of each host, and of each name."""
        of_hosts = self._connection.execute("SELECT host, publisher FROM sources")
        of_names = self._connection.execute("SELECT name, min(publisher) FROM sources GROUP BY 1")
        return dict(of_hosts), dict(of_names)

    def _row(self, sql: str, values: Sequence[str] = ()) -> Any:
        return self._connection.execute(sql, values).fetchone()


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


def _median(lags: list[str]) -> float | None:
    days = [int(lag) for lag in lags if lag not in ("", "credited")]
    return (
        float(median(days) if len(days) > 1 else days[0]) if days else None
    )  # most flows are of one article


def _spreads(connection: sqlite3.Connection, days: Days) -> tuple[Spread, ...]:
    """The fastest, as the view `spread` has them.

    An article has at most as many sources within two days as it has copies: once ten are known that reach a
    number, none with fewer copies needs to be looked at.
    """
    most_copies = "SELECT id FROM articles WHERE copies > 1 ORDER BY copies DESC LIMIT ?"
    known = _fastest(connection, days, most_copies, _LOOKED_AT_FIRST)
    reached = known[-1].within_two_days if len(known) == _FASTEST else 2
    return _fastest(
        connection, days, "SELECT id FROM articles WHERE copies > 1 AND copies >= ?", max(2, reached)
    )


def _fastest(connection: sqlite3.Connection, days: Days, candidates: str, value: int) -> tuple[Spread, ...]:
    where, values = within(days, "first_day")
    rows = connection.execute(
        "WITH dated AS MATERIALIZED (SELECT article_id, source, min(published_day) AS day FROM copies"
        f" WHERE published_day IS NOT NULL AND article_id IN ({candidates}) GROUP BY article_id, source),"
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
