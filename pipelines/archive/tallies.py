"""What articles count under, and how many count under each: kept true by whoever writes, read by pages.

In: a transaction that is about to end. Out: the rows of `counted`, as they follow from copies and mentions,
and their sums in `tallies`; a reader's count of the whole archive is then a look at a few rows, and one of a
selection needs no mention. Triggers of the schema name in `uncounted` the articles that changed, so that no
writer can forget one; nothing here depends on the order in which they did.

Kinds and their keys:
    held                          the kept copy's month, or nothing, and its host: `2026-03 a.example`
    language, credited            the kept copy's
    province, prefecture, region  codes that the kept copy's text names: what they stand in, and themselves
    park, company                 names in it
    alone, unknown                the host of the only copy; hosts of several of which nobody knows the first
    share                         a host, and who was first
    flow                          a host, how many days later it was (`credited` where the first one's own
                                  page is not here, nothing where a day is unknown), and who was first
The parts of a key of several stand between tabs.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

SUMMED = frozenset({"held", "language", "credited", "province", "park", "alone", "unknown", "share", "flow"})
"""Kinds that `tallies` has: the others are asked of stretches of days and parts of a region alone."""
MUNICIPALITIES = ("11", "12", "31", "50")
"""Provinces whose districts stand directly below them."""
_AT_ONCE = 500
"""Articles counted in one go: 15 rows each are held in memory."""

Among = tuple[str, list[Any]]
"""A selection of `article_id`, as SQL that may stand behind FROM (…), and its values."""

_Row = tuple[int, str, str]


def under(connection: sqlite3.Connection, kind: str, among: Among | None = None) -> Iterator[tuple[str, int]]:
    """The keys of a kind and how many of these articles, or of all, count under each; in no order."""
    if among is None:
        assert kind in SUMMED, kind
        return iter(connection.execute("SELECT key, n FROM tallies WHERE kind = ?", (kind,)))
    sql, values = among
    return iter(
        connection.execute(
            f"SELECT key, sum(n) FROM ({sql}) a CROSS JOIN counted c ON c.article_id = a.article_id"
            " AND c.kind = ? GROUP BY key",
            (*values, kind),
        )
    )


def count_changed(connection: sqlite3.Connection) -> None:
    """Counts the articles that changed in this transaction anew."""
    while ids := [
        row[0] for row in connection.execute("SELECT article_id FROM uncounted LIMIT ?", (_AT_ONCE,))
    ]:
        listed = (json.dumps(ids),)
        connection.execute(f"DELETE FROM uncounted WHERE article_id IN ({_LISTED})", listed)
        _put(connection, _there(connection, listed), _due(connection, listed))


_LISTED = "SELECT value FROM json_each(?)"


def _put(connection: sqlite3.Connection, there: Counter[_Row], due: Counter[_Row]) -> None:
    """Writes what differs, so that an article which counts as before costs nothing."""
    gone = [row for row in there if row not in due]
    come = [(*row, n) for row, n in due.items() if there[row] != n]
    connection.executemany("DELETE FROM counted WHERE (article_id, kind, key) = (?, ?, ?)", gone)
    connection.executemany(
        "INSERT OR REPLACE INTO counted (article_id, kind, key, n) VALUES (?, ?, ?, ?)", come
    )
    sums: Counter[tuple[str, str]] = Counter()
    for row in {*gone, *(row[:3] for row in come)}:
        if row[1] in SUMMED:
            sums[row[1:]] += due[row] - there[row]
    connection.executemany(
        "INSERT INTO tallies (kind, key, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        ((*key, n) for key, n in sorted(sums.items()) if n),
    )
    fewer = [key for key, n in sums.items() if n < 0]
    connection.executemany("DELETE FROM tallies WHERE (kind, key) = (?, ?) AND n = 0", fewer)


def _there(connection: sqlite3.Connection, listed: tuple[str]) -> Counter[_Row]:
    rows = connection.execute(
        f"SELECT article_id, kind, key, n FROM counted WHERE article_id IN ({_LISTED})", listed
    )
    return Counter({(row[0], row[1], row[2]): row[3] for row in rows})


def _due(connection: sqlite3.Connection, listed: tuple[str]) -> Counter[_Row]:
    """What these articles count under, as copies and mentions have it now."""
    due: Counter[_Row] = Counter()
    copies: dict[tuple[int, str | None], list[_Copy]] = defaultdict(list)
    for number, first, *copy in connection.execute(_COPIES, listed):
        copies[number, first].append(_Copy(*copy))
    for (number, first), those in copies.items():
        due.update((number, kind, key) for kind, key in _by_copies(first, those))
    for number, kind, name, code in connection.execute(_NAMED, listed):
        for what, key in _places(code) if kind == "region" else ((kind, name),):
            due[number, what, key] = 1
    return due


@dataclass(frozen=True, slots=True)
class _Copy:
    is_kept: bool
    host: str
    name: str
    day: str | None
    language: str
    credited: str | None


_COPIES = (
    "SELECT c.article_id, iif(a.first_publisher_status IN ('certain', 'likely'), a.first_publisher, NULL),"
    " c.kept, c.source, s.name, c.published_day, c.language, c.credited_source FROM copies c"
    " JOIN articles a ON a.id = c.article_id JOIN sources s ON s.host = c.source"
    f" WHERE c.article_id IN ({_LISTED})"
)
_NAMED = (
    "SELECT DISTINCT k.article_id, m.kind, coalesce(m.entity, m.name), m.code FROM copies k"
    " CROSS JOIN mentions m ON m.text_id = k.text_id WHERE k.kept = 1 AND +m.kind <> 'money'"
    f" AND k.article_id IN ({_LISTED})"
)


def _by_copies(first: str | None, copies: list[_Copy]) -> Iterator[tuple[str, str]]:
    """What an article counts under by its copies; `first` is who published it first, where that is known."""
    for kept in (copy for copy in copies if copy.is_kept):
        yield "held", f"{(kept.day or '')[:7]} {kept.host}"
        yield "language", kept.language
        if kept.credited is not None:
            yield "credited", kept.credited
    for host in {copy.host for copy in copies}:
        if len(copies) == 1:
            yield "alone", host
        elif first is None:
            yield "unknown", host
        else:
            yield "share", f"{host}\t{first}"
    own = [copy.day for copy in copies if copy.name == first]
    first_day = min((_number(day) for day in own if day), default=None)
    for copy in copies if first is not None else ():
        if copy.name != first:
            lag: int | str = "" if own else "credited"
            if first_day is not None and copy.day:
                lag = _number(copy.day) - first_day
            yield "flow", f"{copy.host}\t{lag}\t{first}"


@cache
def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


@cache
def _places(code: str | None) -> tuple[tuple[str, str], ...]:
    """The levels of a region. Districts of municipalities and some counties have no prefecture above them."""
    if code is None:
        return ()
    province = f"{code[:2]}0000"
    levels = (("province", province), ("region", code))
    if code[:2] in MUNICIPALITIES:
        return (*levels, ("prefecture", province))
    if code == province:
        return levels
    return (*levels, ("prefecture", code if code[2:4] == "90" else f"{code[:4]}00"))
