"""Whether we hold pages of a publisher from around a day: only then does it tell that it has no such article.

In: a publisher's name and a day. Out: whether its sources have copies on both sides of the day.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.normalise import normalise
from pipelines.publishers import normalise_publisher

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

COVERED_DAYS = 7
"""A credited source's pages of this many days on either side tell whether it carries an article."""


class Coverage:
    """What was asked of a connection is remembered, for the length of one batch."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._covered: dict[tuple[str, str], bool] = {}
        self._are_named = False

    def covers(self, publisher: str, day: str | None) -> bool:
        """Whether there are pages of a publisher from around a day: two, not all before nor all after."""
        if day is None:
            return False
        if (publisher, day) not in self._covered:
            self._covered[publisher, day] = any(
                self._has_around(host, day) for host in self._hosts_of(publisher)
            )
        return self._covered[publisher, day]

    def _has_around(self, host: str, day: str) -> bool:
        some = (
            "SELECT count(*) FROM"
            " (SELECT 1 FROM copies WHERE source = ? AND published_day BETWEEN ? AND ? LIMIT 2)"
        )
        ends = ((_shifted(day, -COVERED_DAYS), day), (day, _shifted(day, COVERED_DAYS)), (day, day))
        before, after, on = (self._connection.execute(some, (host, *end)).fetchone()[0] for end in ends)
        return bool(before and after and before + after - on >= 2)

    def _hosts_of(self, publisher: str) -> list[str]:
        """The sources of a publisher; `sources.publisher` is filled in where a source is new or renamed."""
        if not self._are_named:
            self._are_named = True
            self._connection.executemany(
                "UPDATE sources SET publisher = ? WHERE host = ?",
                [
                    (publisher_of(name), host)
                    for host, name in self._connection.execute(
                        "SELECT host, name FROM sources WHERE publisher IS NULL"
                    ).fetchall()
                ],
            )
        rows = self._connection.execute(
            "SELECT host FROM sources WHERE publisher = ? AND status <> 'removed' ORDER BY host", (publisher,)
        )
        return [row[0] for row in rows]

    def spans(self, days: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """Publisher and days whose coverage a page of a source and day may have changed."""
        spans = set()
        for source, day in days:
            row = self._connection.execute("SELECT name FROM sources WHERE host = ?", (source,)).fetchone()
            if row is not None:
                spans.add((publisher_of(row[0]), _shifted(day, -COVERED_DAYS), _shifted(day, COVERED_DAYS)))
        return sorted(spans)


@lru_cache(maxsize=10_000)
def publisher_of(name: str) -> str:
    """A publisher's one spelling, in simplified characters: 雲瀾日報 and 云澜日报社 are one."""
    return "".join(map(_simplified, normalise_publisher(name)))


def _simplified(character: str) -> str:
    spelling = normalise(character) if character >= _FIRST_IDEOGRAPH else character
    return spelling if len(spelling) == 1 else character


_FIRST_IDEOGRAPH = "\u2e80"


@lru_cache(maxsize=10_000)
def _shifted(day: str, days: int) -> str:
    ordinal = date.fromisoformat(day).toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal())).isoformat()
