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
from collections.abc import Iterator, Sequence
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
) -> dict[str, Counter[str]]:
    """For each kind its keys, and how many of these articles, or of all, count under each.

    Of all articles only what SUMMED has is known.
    """
    if among is None:
        assert set(SUMMED).issuperset(kinds), kinds
        sql = "SELECT key, n FROM tallies WHERE kind = ?"
        return {kind: Counter(dict(connection.execute(sql, (kind,)).fetchall())) for kind in kinds}
    columns = list(dict.fromkeys(_COLUMN_OF[kind] for kind in kinds))
    sql, values = among
    cursor = connection.execute(
        f"SELECT {', '.join(columns)} FROM ({sql}) a CROSS JOIN counted c ON c.article_id = a.article_id",
        values,
    )
    found = {column: Counter[str]() for column in columns}
    while rows := cursor.fetchmany(_AT_ONCE):
        for column, held in zip(columns, zip(*rows, strict=True), strict=True):
            if lines := [value for value in held if value is not None]:
                found[column].update("\n".join(lines).split("\n") if column in _OF_SEVERAL else lines)
    return {
        kind: _carried_as(kind, found[_CARRIED]) if _COLUMN_OF[kind] == _CARRIED else found[_COLUMN_OF[kind]]
        for kind in kinds
    }


def _carried_as(kind: str, lines: Counter[str]) -> Counter[str]:
    sign = f"{kind}\t"
    return Counter({line[len(sign) :]: n for line, n in lines.items() if line.startswith(sign)})


def count_changed(connection: sqlite3.Connection) -> None:
    """Counts the articles that changed in this transaction anew."""
    while ids := [
        row[0] for row in connection.execute("SELECT article_id FROM uncounted LIMIT ?", (_AT_ONCE,))
    ]:
        listed = (json.dumps(ids),)
        connection.execute(f"DELETE FROM uncounted WHERE article_id IN ({_LISTED})", listed)
        _put(connection, _there(connection, listed), _due(connection, listed))


_LISTED = "SELECT value FROM json_each(?)"
_COLUMNS = (
    "day, source, language, credited, provinces, prefectures, regions, parks, companies, carried, invested"
)


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
    for kind, now in counted(connection, SUMMED, among).items():
        now.subtract(before[kind])
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
            {f"{code[:2]}0000" for code in regions},
            {prefecture for code in regions if (prefecture := _prefecture(code))},
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


def _prefecture(code: str) -> str:
    """What a region stands in. Municipalities' districts and some counties have no prefecture above them."""
    if code[:2] in MUNICIPALITIES:
        return f"{code[:2]}0000"
    if code[2:] == "0000":
        return ""
    return code if code[2:4] == "90" else f"{code[:4]}00"


_CARRIED = "c.carried"
_COLUMN_OF = {
    "held": "coalesce(substr(c.day, 1, 7), '') || ' ' || c.source",
    "day": "coalesce(c.day, '')",
    "source": "c.source",
    "language": "c.language",
    "credited": "c.credited",
    "province": "c.provinces",
    "prefecture": "c.prefectures",
    "region": "c.regions",
    "park": "c.parks",
    "company": "c.companies",
    **dict.fromkeys(("alone", "unknown", "share", "flow"), _CARRIED),
    "disputed": "iif(c.article_id IN (SELECT article_id FROM differences), '', NULL)",
}
"""In which column of `counted` a kind's keys stand."""
_OF_SEVERAL = {"c.provinces", "c.prefectures", "c.regions", "c.parks", "c.companies", _CARRIED}
"""Columns with a line for each key."""
SUMMED = ("held", "language", "credited", "province", "park", "alone", "unknown", "share", "flow")
"""Kinds that `tallies` has: the others are asked of stretches of days and parts of a region alone."""
