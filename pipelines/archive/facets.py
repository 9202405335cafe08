"""What the selected articles fall into: sources, months, regions, parks, languages, credited sources.

In: a read-only connection and a Selection. Out: values with their counts. At 100,000 articles that name eight
regions each, all facets of the whole archive take 1.5 s of a core, half of that the regions, and those of two
thousand articles 0.1 s (`python -m benchmarks.search`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.archive.selection import Selection, clauses, count_selected
from pipelines.places import division_names, region_range

if TYPE_CHECKING:
    import sqlite3

FACETS = ("source", "month", "region", "park", "language", "credited_source")
Facet = list[tuple[str | None, int]]

_COLUMNS = {
    "source": "k.source",
    "month": "substr(k.published_day, 1, 7)",
    "language": "k.language",
    "credited_source": "k.credited_source",
}
_FEW_TEXTS = 10_000
"""Up to so many articles their own mentions are counted, beyond it those in the index: equal at 100,000."""


def facet(connection: sqlite3.Connection, selection: Selection, name: str, limit: int = 12) -> Facet:
    """What the selected articles fall into by one of FACETS: value (None: unknown) and count, most first.

    By region or park an article counts under each that its text names: a region's value is a province's code,
    or where the selection names one region, a code directly below that. Two articles of one text (which only
    a person's split makes) count there once.
    """
    if name in {"region", "park"}:
        if count_selected(connection, selection) <= _FEW_TEXTS:
            return _named_by_few(connection, selection, name, limit)
        return (_provinces if name == "region" and not _within(selection) else _named_by_many)(
            connection, selection, name, limit
        )
    tables, where, values = clauses(selection)
    if selection.is_everything:
        tables, where = "articles k", "1"  # its own indexes cover source and day
    order = "1 DESC" if name == "month" else "2 DESC, 1"
    rows = connection.execute(
        f"SELECT {_COLUMNS[name]}, count(*) FROM {tables} WHERE {where} GROUP BY 1 ORDER BY {order} LIMIT ?",
        (*values, limit),
    )
    return [(row[0], row[1]) for row in rows]


def _named_by_few(connection: sqlite3.Connection, selection: Selection, kind: str, limit: int) -> Facet:
    """Text by text; the plus sign keeps SQLite from reading the whole index for each of them."""
    tables, where, values = clauses(selection)
    value, narrower, ends = _counted_under(selection, kind)
    rows = connection.execute(
        f"SELECT {value}, count(DISTINCT m.text_id)"
        f" FROM (SELECT DISTINCT k.text_id FROM {tables} WHERE {where}) chosen"
        f" CROSS JOIN mentions m ON m.text_id = chosen.text_id WHERE +m.kind = ?{narrower}"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (*values, kind, *ends, limit),
    )
    return [(row[0], row[1]) for row in rows]


def _named_by_many(connection: sqlite3.Connection, selection: Selection, kind: str, limit: int) -> Facet:
    """Along an index of the mentions."""
    tables, where, values = clauses(selection)
    value, narrower, ends = _counted_under(selection, kind)
    index = "mentions_by_code" if kind == "region" else "mentions_by_name"
    rows = connection.execute(
        f"SELECT {value}, count(DISTINCT m.text_id) FROM mentions m INDEXED BY {index}"
        f" WHERE m.kind = ?{narrower} AND m.text_id IN (SELECT k.text_id FROM {tables} WHERE {where})"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (kind, *ends, *values, limit),
    )
    return [(row[0], row[1]) for row in rows]


def _provinces(connection: sqlite3.Connection, selection: Selection, kind: str, limit: int) -> Facet:
    """Province by province, so that nothing is sorted: 0.7 s at 100,000 articles, in one go 1.2 s."""
    tables, where, values = clauses(selection)
    provinces = [code for code in division_names() if code.endswith("0000")]
    listed = ", ".join("(?)" for _ in provinces)
    rows = connection.execute(
        f"WITH provinces (code) AS (VALUES {listed})"
        " SELECT code, (SELECT count(DISTINCT m.text_id) FROM mentions m INDEXED BY mentions_by_code"
        " WHERE m.kind = ? AND m.code >= provinces.code AND m.code <= substr(provinces.code, 1, 2) || '9999'"
        f" AND m.text_id IN (SELECT k.text_id FROM {tables} WHERE {where})) AS found"
        " FROM provinces ORDER BY 2 DESC, 1 LIMIT ?",  # WHERE found > 0 would count everything twice
        (*provinces, kind, *values, limit),
    )
    return [(row[0], row[1]) for row in rows if row[1]]


def _within(selection: Selection) -> str:
    """The region whose parts are asked for; empty for the provinces."""
    return selection.regions[0] if len(selection.regions) == 1 else ""


def _counted_under(selection: Selection, kind: str) -> tuple[str, str, tuple[str, ...]]:
    """What a mention counts under, what narrows it, and the values that this takes."""
    if kind != "region":
        return "m.name", "", ()
    within = _within(selection)
    if not within:
        return "substr(m.code, 1, 2) || '0000'", "", ()
    return _below(within), " AND m.code > ? AND m.code <= ?", region_range(within)


def _below(within: str) -> str:
    """The code that a mention counts under: one level below `within`.

    Districts stand directly below the four municipalities, and some counties directly below their province.
    """
    if not within.endswith("0000"):
        return "m.code"
    return (
        "CASE WHEN substr(m.code, 1, 2) IN ('11', '12', '31', '50') OR substr(m.code, 3, 2) = '90'"
        " THEN m.code ELSE substr(m.code, 1, 4) || '00' END"
    )
