"""What articles count under, and how many count under each: kept true by whoever writes, read by pages.

In: a transaction that is about to end. Out: the rows of `counted`, one an article, as they follow from copies
and mentions, and their sums in `tallies`; a reader's count of the whole archive is then a look at a few rows,
and one of a selection reads a narrow row an article, once for all that it counts. Triggers of the schema name
in `uncounted` the articles that changed, so that no writer can forget one; nothing here depends on the order
in which they did.

Kinds and their keys:
    held                          the kept copy's month, or nothing, and its host: `2026-03 a.example`
    day, source                   the kept copy's; an empty day where it has none
    language, credited            the kept copy's
    province, prefecture, region  codes that the kept copy's text names: what they stand in, and themselves
    park, company                 names in it
    alone, unknown                the host of the only copy; hosts of several of which nobody knows the first
    share                         a host, and who was first
    flow                          a host, how many days later it was (`credited` where the first one's own
                                  page is not here, nothing where a day is unknown), and who was first
    disputed                      nothing, once, where copies say different things
The parts of a key of several stand between tabs, keys of a column between line feeds.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

MUNICIPALITIES = ("11", "12", "31", "50")
"""Provinces whose districts stand directly below them."""
_AT_ONCE = 500
"""Articles counted in one go, and rows looked at in one go."""

Among = tuple[str, list[Any]]
"""A selection of `article_id`, as SQL that may stand behind FROM (…), and its values."""

_Row = tuple[str | float | None, ...]


def counted(
    connection: sqlite3.Connection, kinds: Sequence[str], among: Among | None = None
) -> list[Counter[str]]:
    """For each kind its keys, and how many of these articles, or of all, count under each.

    Of all articles only what SUMMED has is known.
    """
    if among is None:
        assert set(SUMMED).issuperset(kinds), kinds
        sql = "SELECT key, n FROM tallies WHERE kind = ?"
        return [Counter(dict(connection.execute(sql, (kind,)).fetchall())) for kind in kinds]
    columns = list(dict.fromkeys(_KINDS[kind][0] for kind in kinds))
    sql, values = among
    cursor = connection.execute(
        f"SELECT {', '.join(columns)} FROM ({sql}) a CROSS JOIN counted c ON c.article_id = a.article_id",
        values,
    )
    held = [Counter[Any]() for _ in columns]
    while rows := cursor.fetchmany(_AT_ONCE):
        for found, column in zip(held, zip(*rows, strict=True), strict=True):
            found.update(column)
    return [_keys_of(kind, held[columns.index(_KINDS[kind][0])]) for kind in kinds]


def _keys_of(kind: str, held: Counter[Any]) -> Counter[str]:
    keys, split = Counter[str](), _KINDS[kind][1]
    for value, n in held.items():
        for key in split(value) if value is not None else ():
            keys[key] += n
    return keys


def count_changed(connection: sqlite3.Connection) -> None:
    """Counts the articles that changed in this transaction anew."""
    while ids := [
        row[0] for row in connection.execute("SELECT article_id FROM uncounted LIMIT ?", (_AT_ONCE,))
    ]:
        listed = (json.dumps(ids),)
        connection.execute(f"DELETE FROM uncounted WHERE article_id IN ({_LISTED})", listed)
        _put(connection, _there(connection, listed), _due(connection, listed))


_LISTED = "SELECT value FROM json_each(?)"
_COLUMNS = "day, source, language, credited, provinces, regions, parks, companies, carried, invested"


def _put(connection: sqlite3.Connection, there: dict[int, _Row], due: dict[int, _Row]) -> None:
    """Writes what differs, so that an article which counts as before costs nothing."""
    changed = json.dumps([number for number in there | due if there.get(number) != due.get(number)])
    rows = [(number, *row) for number, row in due.items() if there.get(number) != row]
    among: Among = (_LISTED.replace("value", "value AS article_id"), [changed])
    before = counted(connection, SUMMED, among)
    connection.execute(f"DELETE FROM counted WHERE article_id IN ({_LISTED})", (changed,))
    connection.executemany(
        f"INSERT INTO counted (article_id, {_COLUMNS}) VALUES (?{', ?' * (_COLUMNS.count(',') + 1)})", rows
    )
    for kind, was, now in zip(SUMMED, before, counted(connection, SUMMED, among), strict=True):
        now.subtract(was)
        connection.executemany(
            "INSERT INTO tallies (kind, key, n) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET n = n + excluded.n",
            ((kind, key, n) for key, n in sorted(now.items()) if n),
        )
        fewer = [(kind, key) for key, n in now.items() if n < 0]
        connection.executemany("DELETE FROM tallies WHERE (kind, key) = (?, ?) AND n = 0", fewer)


def _there(connection: sqlite3.Connection, listed: tuple[str]) -> dict[int, _Row]:
    rows = connection.execute(
        f"SELECT article_id, {_COLUMNS} FROM counted WHERE article_id IN ({_LISTED})", listed
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _due(connection: sqlite3.Connection, listed: tuple[str]) -> dict[int, _Row]:
    """As what these articles count, as copies and mentions have it now."""
    copies: dict[tuple[int, str | None], list[_Copy]] = defaultdict(list)
    for number, first, *copy in connection.execute(_COPIES, listed):
        copies[number, first].append(_Copy(*copy))
    named: dict[tuple[int, str], set[str]] = defaultdict(set)
    for number, kind, name, code in connection.execute(_NAMED, listed):
        if kind != "region" or code is not None:
            named[number, kind].add(code if kind == "region" else name)
    invested = dict(connection.execute(_INVESTED, listed).fetchall())
    due = {}
    for (number, first), those in copies.items():
        kept = next((copy for copy in those if copy.is_kept), None)
        if kept is None:
            continue
        regions = named[number, "region"]
        lines = (
            {code[:2] + "0000" for code in regions},
            regions,
            named[number, "park"],
            named[number, "company"],
        )
        due[number] = (
            kept.day, kept.host, kept.language, kept.credited,
            *("\n".join(sorted(one)) or None for one in lines),
            "\n".join(_carried(first, those)), invested.get(number),
        )  # fmt: skip
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
    f" WHERE c.article_id IN ({_LISTED}) ORDER BY c.source, c.published_day"
)
_OF_KEPT = (
    "FROM copies k CROSS JOIN mentions m ON m.text_id = k.text_id WHERE k.kept = 1"
    f" AND k.article_id IN ({_LISTED})"
)
_NAMED = (
    "SELECT DISTINCT k.article_id, m.kind, coalesce(m.entity, m.name), m.code"
    f" {_OF_KEPT} AND +m.kind <> 'money'"
)
_INVESTED = (
    f"SELECT k.article_id, max(m.value) {_OF_KEPT} AND +m.kind = 'money' AND m.role = 'investment'"
    " AND m.unit = 'CNY' GROUP BY 1"
)


def _carried(first: str | None, copies: list[_Copy]) -> Iterator[str]:
    """What an article counts under by its copies; `first` is who published it first, where that is known."""
    for host in sorted({copy.host for copy in copies}):
        if len(copies) == 1:
            yield f"alone\t{host}"
        elif first is None:
            yield f"unknown\t{host}"
        else:
            yield f"share\t{host}\t{first}"
    own = [copy.day for copy in copies if copy.name == first]
    first_day = min((_number(day) for day in own if day), default=None)
    for copy in copies if first is not None else ():
        if copy.name != first:
            lag: int | str = "" if own else "credited"
            if first_day is not None and copy.day:
                lag = _number(copy.day) - first_day
            yield f"flow\t{copy.host}\t{lag}\t{first}"


@cache
def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _as_it_is(value: str) -> tuple[str, ...]:
    return (value,)


def _lines(value: str) -> list[str]:
    return value.split("\n")


def _carried_as(kind: str) -> Callable[[str], list[str]]:
    sign = f"{kind}\t"
    return lambda lines: [line[len(sign) :] for line in _lines(lines) if line.startswith(sign)]


def _prefectures(codes: str) -> set[str]:
    """What regions stand in. Districts of municipalities and some counties have no prefecture above them."""
    return {key for code in _lines(codes) if (key := _prefecture(code))}


def _prefecture(code: str) -> str:
    if code[:2] in MUNICIPALITIES:
        return f"{code[:2]}0000"
    if code[2:] == "0000":
        return ""
    return code if code[2:4] == "90" else f"{code[:4]}00"


_KINDS: dict[str, tuple[str, Callable[[Any], Iterable[str]]]] = {
    "held": ("coalesce(substr(c.day, 1, 7), '') || ' ' || c.source", _as_it_is),
    "day": ("coalesce(c.day, '')", _as_it_is),
    "source": ("c.source", _as_it_is),
    "language": ("c.language", _as_it_is),
    "credited": ("c.credited", _as_it_is),
    "province": ("c.provinces", _lines),
    "prefecture": ("c.regions", _prefectures),
    "region": ("c.regions", _lines),
    "park": ("c.parks", _lines),
    "company": ("c.companies", _lines),
    **{kind: ("c.carried", _carried_as(kind)) for kind in ("alone", "unknown", "share", "flow")},
    "disputed": (
        "c.article_id IN (SELECT article_id FROM differences)",
        lambda is_so: ("",) if is_so else (),
    ),
}
"""Each kind's column of `counted`, and the keys in one of its values."""
SUMMED = ("held", "language", "credited", "province", "park", "alone", "unknown", "share", "flow")
"""Kinds that `tallies` has: the others are asked of stretches of days and parts of a region alone."""
