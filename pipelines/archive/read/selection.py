"""Which articles an analyst means, how many there are, and what they fall into.

In: a read-only connection and a Selection (words and filters). Out: ids in order, counts, and facets:
sources, months, regions, parks, languages and credited sources with their counts. Everything but the words is
asked of the kept copies' rows: they have an article's fields without its text, so a filter over the whole
archive reads a tenth of the bytes. At 100,000 articles that name eight regions each, all facets of the whole
archive take 1.5 s of a core, half of that the regions, and those of two thousand articles 0.1 s
(`python -m benchmarks.search`).
"""

from __future__ import annotations

import sqlite3
from calendar import month_name, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from pipelines.archive.read.sets import IN_SET
from pipelines.places import division_names, park_entity, region_range
from pipelines.query import (
    And,
    Field,
    Needle,
    Node,
    Not,
    Or,
    Query,
    Words,
    expression,
    is_text,
    parse,
    sought,
)


@dataclass(frozen=True, slots=True)
class Days:
    """The days asked about, both included; empty means unbounded."""

    since: str = ""
    until: str = ""


def first_day(value: str) -> str:
    """The first day of a day, month or year; empty stays empty."""
    return value + "0001-01-01"[len(value) :] if value else ""


def last_day(value: str) -> str:
    """The last day of a day, month or year; empty stays empty."""
    if len(value) != len("2026-01"):
        return f"{value}-12-31" if len(value) == len("2026") else value
    year, month = int(value[:4]), int(value[5:])
    return f"{value}-{monthrange(year, month)[1]:02}" if year and 1 <= month <= len(month_name) - 1 else value


def within(days: Days, column: str) -> tuple[str, list[str]]:
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


Sorting = Literal["date", "rank"]
_BY_DATE = "k.published_day DESC NULLS LAST, k.published DESC, k.article_id DESC"
_BY_RANK = "bm25(articles_fts, 5.0, 1.0, 1.0, 0.2), k.article_id DESC"
"""A word in the title counts five times one in the text: titles here are ten to thirty characters. What only
another copy says comes after."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles; every field narrows, an empty one does not."""

    query: str = ""
    """What was typed: the grammar is that of pipelines/query.py."""
    sources: tuple[str, ...] = ()
    """Hosts of the kept copy."""
    carried_by: tuple[str, ...] = ()
    """Hosts of any copy."""
    credited_sources: tuple[str, ...] = ()
    """As the kept copy's page spells them."""
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """GB/T 2260 codes; that of a province or city covers what is below it."""
    parks: tuple[str, ...] = ()
    """As the kept copy's text spells them."""
    rights: tuple[str, ...] = ()
    """Kinds or values of signals about rights (`noai`, `ai-train=no`), one of which the kept copy has."""
    without_rights: tuple[str, ...] = ()
    """The same, none of which it has."""
    since: str = ""
    """First day (YYYY-MM-DD) or month; articles without a date are left out where a day is asked for."""
    until: str = ""
    """Last day or month, included."""
    copies_at_least: int = 1
    undated: bool = False
    """Only articles without a date."""
    folded: bool = False
    """Traditional finds simplified, full width finds half, and the other way round."""
    sample: int = 0
    """Only so many of what the rest selects, drawn by the seed; 0 means all."""
    seed: int = 0

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows."""
        return self == Selection()

    def described(self) -> dict[str, object]:
        """The fields that narrow, for a manifest or a heading."""
        empty = Selection()
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(empty, field.name)
        }


def select_ids(
    connection: sqlite3.Connection,
    selection: Selection,
    *,
    order: Sorting = "date",
    limit: int = -1,
    offset: int = 0,
) -> Iterator[int]:
    """Ids of the selected articles in order; a negative limit means all of them."""
    by_rank = order == "rank" and bool(_ranked(understood(selection.query, selection.folded).tree))
    tables, where, values = clauses(selection, joined=by_rank)
    cursor = connection.execute(
        f"SELECT k.article_id FROM {tables} WHERE {where}"
        f" ORDER BY {_BY_RANK if by_rank else _BY_DATE} LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    return (row[0] for row in cursor)


def ids_saying(connection: sqlite3.Connection, needle: Needle, limit: int) -> list[int]:
    """The first articles, in the order of their numbers, of which any copy says this."""
    asked = expression(Words((needle,)))
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid LIMIT ?"
    return [row[0] for row in connection.execute(sql, (asked, limit))]


def count_selected(connection: sqlite3.Connection, selection: Selection) -> int:
    """How many articles are selected."""
    tables, where, values = clauses(selection)
    row = connection.execute(f"SELECT count(*) FROM {tables} WHERE {where}", values).fetchone()
    return int(row[0])


def count_left_out_undated(connection: sqlite3.Connection, selection: Selection) -> int:
    """How many articles match all but the days asked for, because they have no date."""
    if not (selection.since or selection.until):
        return 0
    return count_selected(connection, _without_days(selection))


@lru_cache(maxsize=64)  # a page asks for one selection in ten ways
def understood(query: str, folded: bool) -> Query:
    """A selection's query as a tree, with hints."""
    return parse(query, folded=folded)


def needles(selection: Selection) -> list[Needle]:
    """What is to be marked in hits; empty where nothing that can be searched for was typed."""
    return sought(understood(selection.query, selection.folded).tree)


def _without_days(selection: Selection) -> Selection:
    values = {field.name: getattr(selection, field.name) for field in fields(selection)}
    return Selection(**{**values, "since": "", "until": "", "undated": True})


def clauses(selection: Selection, *, joined: bool = False) -> tuple[str, str, list[object]]:
    """FROM, WHERE and their values; `joined`: the search index takes part by name, so that it can rank."""
    tables, where = "copies k", ["k.kept = 1"]
    values: list[object] = []
    tree = understood(selection.query, selection.folded).tree
    ranked = _ranked(tree) if joined else ""
    if ranked:
        tables = "articles_fts JOIN copies k ON k.article_id = articles_fts.rowid AND k.kept = 1"
        where.append("articles_fts MATCH ?")
        values.append(ranked)
    if tree is not None and (not ranked or not is_text(tree)):
        condition, given = _condition(tree)
        where.append(condition)
        values += given
    elif tree is None and selection.query.strip():
        where.append("0")
    for clause, more in _filters(selection):
        where.append(clause)
        values += more
    if selection.sample:
        among, those, of_them = clauses(replace(selection, sample=0))
        drawn = "ORDER BY drawn(k.article_id, ?) LIMIT ?"
        where.append(f"k.article_id IN (SELECT k.article_id FROM {among} WHERE {those} {drawn})")
        values += [*of_them, selection.seed, selection.sample]
    return tables, " AND ".join(where), values


def _ranked(tree: Node | None) -> str:
    """The part of a query by which the index can put all its hits in order; empty where there is none."""
    if tree is None:
        return ""
    if is_text(tree):
        return expression(tree)
    text = tuple(part for part in tree.parts if is_text(part)) if isinstance(tree, And) else ()
    return expression(And(text)) if text else ""


def _condition(node: Node) -> tuple[str, list[object]]:
    """What a node asks, as a condition on the kept copy `k`."""
    if is_text(node):
        found = "k.article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
        return found, [expression(node)]
    if isinstance(node, Not):
        condition, values = _condition(node.part)
        return f"NOT {condition}", values
    if isinstance(node, Field):
        return _known(node)
    assert isinstance(node, And | Or)
    parts = [_condition(part) for part in _together(node)]
    word = " AND " if isinstance(node, And) else " OR "
    return f"({word.join(condition for condition, _ in parts)})", [one for _, more in parts for one in more]


def _together(node: And | Or) -> list[Node]:
    """The parts, those that the index answers as one."""
    text = tuple(part for part in node.parts if is_text(part))
    rest = [part for part in node.parts if not is_text(part)]
    return [replace(node, parts=text) if len(text) > 1 else text[0], *rest] if text else rest


def _known(field: Field) -> tuple[str, list[object]]:
    """A field of a query; what is not known of an article is not there."""
    value = field.values[0]
    match field.name:
        case "since":
            return "coalesce(k.published_day >= ?, 0)", [value]
        case "until":
            return "coalesce(k.published_day <= ? || '~', 0)", [value]  # ~ sorts after any day of a month
        case "set" | "label":
            return f"k.article_id IN ({IN_SET.format('set_name' if field.name == 'set' else 'label')})", [
                value
            ]
    condition, values = _of_copy(field, "text_id IN (SELECT text_id FROM mentions WHERE {})")
    return f"k.article_id IN (SELECT article_id FROM copies WHERE {condition})", values


def copy_having(connection: sqlite3.Connection, article_id: int, field: Field) -> sqlite3.Row | None:
    """The copy of an article by which a query's field finds it, the kept one where that has it.

    Its url, source_name, kept, title and text, and `named`, as it names what was asked for. None for a field
    of the article itself: its days, sets and labels.
    """
    if field.name in {"since", "until", "set", "label"}:
        return None
    mentioned = "EXISTS (SELECT 1 FROM mentions m WHERE m.text_id = copies.text_id AND {})"
    condition, values = _of_copy(field, mentioned)
    named, more = _mentioned(field) if field.name in {"region", "park", "company"} else ("0", [])
    row: sqlite3.Row | None = connection.execute(
        "SELECT url, s.name AS source_name, kept, title, t.text, (SELECT m.name FROM mentions m"
        f" WHERE m.text_id = copies.text_id AND {named} ORDER BY m.start LIMIT 1) AS named FROM copies"
        " JOIN sources s ON s.host = copies.source JOIN texts t ON t.id = copies.text_id"
        f" WHERE article_id = ? AND {condition} ORDER BY kept DESC, similarity DESC, url LIMIT 1",
        (*more, article_id, *values),
    ).fetchone()
    return row


def _of_copy(field: Field, mentioned: str) -> tuple[str, list[object]]:
    """A field as a condition on a row of `copies`; `mentioned`: how its text's mentions are asked."""
    value = field.values[0]
    match field.name:
        case "source":
            below = "substr(host, -length(?) - 1) = '.' || ?"
            hosts = f"SELECT host FROM sources WHERE host = ? OR {below} OR instr(name, ?) > 0"
            return f"source IN ({hosts})", [value.lower(), value.lower(), value.lower(), value]
        case "credited":
            return "instr(credited_source, ?) > 0", [value]
        case "lang":
            return "instr(lower(language) || '-', ?) = 1", [value.lower() + "-"]
    condition, values = _mentioned(field)
    return mentioned.format(condition), values


def _mentioned(field: Field) -> tuple[str, list[object]]:
    """A region, park or company as a condition on a row of `mentions`."""
    if field.name == "region":
        covered = " OR ".join(["code BETWEEN ? AND ?"] * len(field.values))
        return f"({covered})", [end for code in field.values for end in region_range(code)]
    name = park_entity(field.values[0]) if field.name == "park" else field.values[0]
    condition = "kind = ? AND (entity = ? OR instr(name, ?) > 0 OR instr(entity, ?) > 0)"
    return condition, [field.name, name, field.values[0], name]


def _filters(selection: Selection) -> Iterator[tuple[str, tuple[object, ...]]]:
    for column, wanted in (
        ("k.source", selection.sources),
        ("k.credited_source", selection.credited_sources),
        ("k.language", selection.languages),
    ):
        if wanted:
            yield f"{column} IN ({_marks(wanted)})", wanted
    if selection.carried_by:
        carried = f"SELECT article_id FROM copies WHERE source IN ({_marks(selection.carried_by)})"
        yield f"k.article_id IN ({carried})", selection.carried_by
    if selection.regions:
        covered = " OR ".join(["code BETWEEN ? AND ?"] * len(selection.regions))
        ends = tuple(end for code in selection.regions for end in region_range(code))
        yield f"k.text_id IN (SELECT text_id FROM mentions WHERE {covered})", ends
    if selection.parks:
        named = f"SELECT text_id FROM mentions WHERE kind = 'park' AND entity IN ({_marks(selection.parks)})"
        yield f"k.text_id IN ({named})", tuple(map(park_entity, selection.parks))
    yield from _rights(selection)
    if selection.since:
        yield "k.published_day >= ?", (selection.since,)
    if selection.until:
        yield "k.published_day <= ?", (selection.until + "~",)  # ~ sorts after any day of a month
    if selection.undated:
        yield "k.published_day IS NULL", ()
    if selection.copies_at_least > 1:
        several = "SELECT article_id FROM copies GROUP BY article_id HAVING count(*) >= ?"
        yield f"k.article_id IN ({several})", (selection.copies_at_least,)


def _rights(selection: Selection) -> Iterator[tuple[str, tuple[object, ...]]]:
    for wanted, holds in ((selection.rights, "IN"), (selection.without_rights, "NOT IN")):
        if wanted:  # a reservation of 0 reserves nothing
            said = f"(kind IN ({_marks(wanted)}) AND value NOT LIKE '0%') OR value IN ({_marks(wanted)})"
            yield f"k.reading_id {holds} (SELECT reading_id FROM rights WHERE {said})", wanted * 2


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))


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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many articles are selected, and what they fall into."""

    total: int
    undated: int
    disputed: int
    facets: dict[str, Facet]
    unit: str
    """day, month or year: what by_time counts by."""
    by_time: Facet


def counts(connection: sqlite3.Connection, selection: Selection, limit: int) -> Counts:
    """All that is counted of a selection, each facet's first values; its words are looked for once.

    What is selected stands in a temporary table of this connection meanwhile.
    """
    tables, where, values = clauses(selection)
    connection.execute("DROP TABLE IF EXISTS temp.chosen")
    connection.execute(f"CREATE TEMP TABLE chosen AS SELECT {_NARROW} FROM {tables} WHERE {where}", values)
    connection.execute("CREATE INDEX temp.chosen_by_text ON chosen (text_id)")
    among: _Among = "chosen k", "1", []
    total, undated, disputed = connection.execute(
        "SELECT count(*), sum(published_day IS NULL),"
        " sum(article_id IN (SELECT article_id FROM differences)) FROM chosen"
    ).fetchone()
    facets = {name: _facet(connection, selection, name, limit, among) for name in FACETS}
    return Counts(total, undated or 0, disputed or 0, facets, *_by_time(connection, selection, among))


_NARROW = "k.article_id, k.text_id, k.source, k.published_day, k.language, k.credited_source"
_Among = tuple[str, str, list[object]]
"""FROM, WHERE and their values: what is counted."""


def facet(connection: sqlite3.Connection, selection: Selection, name: str, limit: int = 12) -> Facet:
    """What the selected articles fall into by one of FACETS: value (None: unknown) and count, most first.

    By region or park an article counts under each that its text names: a region's value is a province's code,
    or where the selection names one region, a code directly below that. Two articles of one text (which only
    a person's split makes) count there once.
    """
    return _facet(connection, selection, name, limit, clauses(selection))


def _facet(
    connection: sqlite3.Connection, selection: Selection, name: str, limit: int, among: _Among
) -> Facet:
    tables, where, values = among
    if name in {"region", "park"}:
        [few] = connection.execute(
            f"SELECT count(*) <= ? FROM {tables} WHERE {where}", (_FEW_TEXTS, *values)
        ).fetchone()
        many = _provinces if name == "region" and not _within(selection) else _named_by_many
        return (_named_by_few if few else many)(connection, selection, name, limit, among)
    if selection.is_everything and name in ("source", "month"):
        tables, where = "articles k", "1"  # its own indexes cover these; its rows have texts
    order = "1 DESC" if name == "month" else "2 DESC, 1"
    rows = connection.execute(
        f"SELECT {_COLUMNS[name]}, count(*) FROM {tables} WHERE {where} GROUP BY 1 ORDER BY {order} LIMIT ?",
        (*values, limit),
    )
    return [(row[0], row[1]) for row in rows]


DAYS_FROM, MONTHS_FROM = 92, 366 * 6
"""Up to a quarter is counted by day, up to six years by month: more columns cannot be told apart."""


def _by_time(connection: sqlite3.Connection, selection: Selection, among: _Among) -> tuple[str, Facet]:
    """How many articles are selected a day, month or year: which of these it is, and counts in order."""
    tables, where, values = among
    if selection.is_everything:
        tables, where = "articles k", "1"  # its index covers the day
    rows = connection.execute(
        f"SELECT k.published_day, count(*) FROM {tables} WHERE {where} AND k.published_day IS NOT NULL"
        " GROUP BY 1 ORDER BY 1",
        values,
    ).fetchall()
    if not rows:
        return "day", []
    span = (date.fromisoformat(rows[-1][0]) - date.fromisoformat(rows[0][0])).days
    unit, length = ("day", 10) if span <= DAYS_FROM else ("month", 7) if span <= MONTHS_FROM else ("year", 4)
    counts: dict[str | None, int] = {}
    for day, count in rows:
        counts[day[:length]] = counts.get(day[:length], 0) + count
    return unit, list(counts.items())


def _named_by_few(
    connection: sqlite3.Connection, selection: Selection, kind: str, limit: int, among: _Among
) -> Facet:
    """Text by text; the plus sign keeps SQLite from reading the whole index for each of them."""
    tables, where, values = among
    value, narrower, ends = _counted_under(selection, kind)
    rows = connection.execute(
        f"SELECT {value}, count(DISTINCT m.text_id)"
        f" FROM (SELECT DISTINCT k.text_id FROM {tables} WHERE {where}) chosen"
        f" CROSS JOIN mentions m ON m.text_id = chosen.text_id WHERE +m.kind = ?{narrower}"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (*values, kind, *ends, limit),
    )
    return [(row[0], row[1]) for row in rows]


def _named_by_many(
    connection: sqlite3.Connection, selection: Selection, kind: str, limit: int, among: _Among
) -> Facet:
    """Along an index of the mentions."""
    tables, where, values = among
    value, narrower, ends = _counted_under(selection, kind)
    index = "mentions_by_code" if kind == "region" else "mentions_by_entity"
    rows = connection.execute(
        f"SELECT {value}, count(DISTINCT m.text_id) FROM mentions m INDEXED BY {index}"
        f" WHERE m.kind = ?{narrower} AND m.text_id IN (SELECT k.text_id FROM {tables} WHERE {where})"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (kind, *ends, *values, limit),
    )
    return [(row[0], row[1]) for row in rows]


def _provinces(
    connection: sqlite3.Connection, selection: Selection, kind: str, limit: int, among: _Among
) -> Facet:
    """Province by province, so that nothing is sorted: 0.7 s at 100,000 articles, in one go 1.2 s."""
    tables, where, values = among
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
        return "m.entity", "", ()
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
