"""Which articles an analyst means, how many there are, and what they fall into.

In: a read-only connection and a Selection (words and filters). Out: ids in order, counts, and facets:
sources, months, regions, parks, languages and credited sources with their counts. Everything but the words is
asked of the kept copies' rows: they have an article's fields without its text, so a filter over the whole
archive reads a tenth of the bytes, and what falls into what is read from tallies.py: at 100,000 articles all
counts of the whole archive take 0.14 s of a core, those of a fifth of it 0.2 s
(`python -m benchmarks.million FOLDER measure pages`).
"""

from __future__ import annotations

import json
import sqlite3
import time
from calendar import month_name, monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from heapq import nsmallest
from typing import Literal

from pipelines.archive.read.sets import IN_SET
from pipelines.archive.tallies import MUNICIPALITIES, Among, counted
from pipelines.places import park_entity, region_range
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


def within(days: Days, column: str) -> tuple[str, tuple[str, ...]]:
    """A condition on a day's column; articles without a date are outside any bounded period."""
    where = "1"
    values: list[str] = []
    if days.since:
        where += f" AND {column} >= ?"
        values.append(days.since)
    if days.until:
        where += f" AND {column} <= ?"
        values.append(days.until + "~")  # which sorts after any day of a month
    return where, tuple(values)


def articles_of(days: Days) -> Among | None:
    """The articles of these days; None for all, those without a date too."""
    where, values = within(days, "published_day")
    return (f"SELECT article_id FROM copies WHERE kept = 1 AND {where}", [*values]) if values else None


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
    text = _parted(understood(selection.query, selection.folded).tree)[0]
    where, values = clauses(selection, but_text=bool(text))
    tables, by = "copies k", _BY_DATE
    if text and order == "rank":
        tables = "articles_fts JOIN copies k ON k.article_id = articles_fts.rowid"
        where, values, by = f"articles_fts MATCH ? AND {where}", [text, *values], _BY_RANK
    elif text:
        some = _matching(connection, text, _FEW)
        if len(some) == _FEW and limit >= 0:
            newest = f"SELECT k.article_id FROM copies k WHERE {where} ORDER BY {_BY_DATE}"
            walk = (row[0] for row in connection.execute(newest, values))
            if (found := _first_of(connection, walk, text, limit + offset)) is not None:
                return iter(found[offset:])
        condition, value = (_LISTED, json.dumps(some)) if len(some) < _FEW else (_FOUND, text)
        where, values = f"{condition} AND {where}", [value, *values]
    sql = f"SELECT k.article_id FROM {tables} WHERE {where} ORDER BY {by} LIMIT ? OFFSET ?"
    return (row[0] for row in connection.execute(sql, (*values, limit, offset)))


_FEW = 1_000
"""Articles of which the index tells the first in a millisecond or two where it has more."""
_WALK_S = 0.02
"""What more of them cannot be found in is found otherwise: all are looked up and put in order."""


def _matching(connection: sqlite3.Connection, text: str, limit: int) -> list[int]:
    """The first articles, in the order of their numbers, that an expression finds."""
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid LIMIT ?"
    return [row[0] for row in connection.execute(sql, (text, limit))]


def _first_of(
    connection: sqlite3.Connection, walk: Iterator[int], text: str, wanted: int
) -> list[int] | None:
    """The first articles of a walk that an expression finds; None where they stand too far apart.

    What many articles say is found in the newest few, each asked by itself; what stands in few of them, or in
    old ones, costs more in this way than all matches at once.
    """
    began, found = time.thread_time(), list[int]()
    asked = "SELECT 1 FROM articles_fts WHERE rowid = ? AND articles_fts MATCH ?"
    for number in walk:
        if len(found) == wanted:
            break
        if time.thread_time() - began > _WALK_S:
            return None
        if connection.execute(asked, (number, text)).fetchone():
            found.append(number)
    return found


def ids_saying(connection: sqlite3.Connection, needle: Needle, limit: int) -> list[int]:
    """The first articles, in the order of their numbers, of which any copy says this."""
    return _matching(connection, expression(Words((needle,))), limit)


def count_selected(connection: sqlite3.Connection, selection: Selection) -> int:
    """How many articles are selected."""
    where, values = clauses(selection)
    row = connection.execute(f"SELECT count(*) FROM copies k WHERE {where}", values).fetchone()
    return int(row[0])


def count_left_out_undated(connection: sqlite3.Connection, selection: Selection) -> int:
    """How many articles match all but the days asked for, because they have no date."""
    if not (selection.since or selection.until):
        return 0
    return count_selected(connection, replace(selection, since="", until="", undated=True))


@lru_cache(maxsize=64)  # a page asks for one selection in ten ways
def understood(query: str, folded: bool) -> Query:
    """A selection's query as a tree, with hints."""
    return parse(query, folded=folded)


def needles(selection: Selection) -> list[Needle]:
    """What is to be marked in hits; empty where nothing that can be searched for was typed."""
    return sought(understood(selection.query, selection.folded).tree)


def clauses(selection: Selection, *, but_text: bool = False) -> tuple[str, list[object]]:
    """A condition on the kept copy `k` and its values; `but_text`: without what the search index answers."""
    where, values = ["k.kept = 1"], list[object]()
    text, rest = _parted(understood(selection.query, selection.folded).tree)
    if text and not but_text:
        where.append(_FOUND)
        values.append(text)
    if rest is not None:
        condition, given = _condition(rest)
        where.append(condition)
        values += given
    elif not text and selection.query.strip():
        where.append("0")
    for clause, more in _filters(selection):
        where.append(clause)
        values += more
    if selection.sample:
        those, of_them = clauses(replace(selection, sample=0))
        drawn = f"SELECT k.article_id FROM copies k WHERE {those} ORDER BY drawn(k.article_id, ?) LIMIT ?"
        where.append(f"k.article_id IN ({drawn})")
        values += [*of_them, selection.seed, selection.sample]
    return " AND ".join(where), values


_FOUND = "k.article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
_LISTED = "k.article_id IN (SELECT value FROM json_each(?))"


def _parted(tree: Node | None) -> tuple[str, Node | None]:
    """What the search index answers of a query, as one expression, and the rest; either may be nothing."""
    if tree is None or is_text(tree):
        return expression(tree) if tree else "", None
    text = tuple(part for part in tree.parts if is_text(part)) if isinstance(tree, And) else ()
    rest = tuple(part for part in tree.parts if not is_text(part)) if isinstance(tree, And) else (tree,)
    return expression(And(text)) if text else "", rest[0] if len(rest) == 1 else And(rest)


def _condition(node: Node) -> tuple[str, list[object]]:
    """What a node asks, as a condition on the kept copy `k`."""
    if is_text(node):
        return _FOUND, [expression(node)]
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
        covered, ends = _mentioned(Field("region", selection.regions))
        yield f"k.text_id IN (SELECT text_id FROM mentions WHERE {covered})", tuple(ends)
    if selection.parks:
        named = f"SELECT text_id FROM mentions WHERE kind = 'park' AND entity IN ({_marks(selection.parks)})"
        yield f"k.text_id IN ({named})", tuple(map(park_entity, selection.parks))
    yield from _rights(selection)
    yield within(Days(selection.since, selection.until), "k.published_day")
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


_LAST = "\U0010ffff"
"""Sorts after any key."""
FACETS = ("source", "month", "region", "park", "language", "credited_source")
Facet = list[tuple[str | None, int]]


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
    """All that is counted of a selection, each facet's first values: its articles are looked at once."""
    among = _among(selection)
    found = _found(connection, selection, FACETS if among is None else (*FACETS, "disputed"), among)
    days = found["month"]
    facets = {name: _first(name, found[name], limit) for name in FACETS}
    if among is None:
        [disputed] = connection.execute("SELECT count(DISTINCT article_id) FROM differences").fetchone()
    else:
        disputed = found["disputed"].total()
    return Counts(days.total(), days[""], disputed, facets, *_by_time(connection, days, among))


def facet(connection: sqlite3.Connection, selection: Selection, name: str, limit: int = 12) -> Facet:
    """What the selected articles fall into by one of FACETS: value and count, most first (months: newest).

    By region or park an article counts under each that its text names: a region's value is a province's code,
    or where the selection names one region, a code directly below that. None is the month of those without a
    date; articles that credit nobody count under no credited source.
    """
    return _first(name, _found(connection, selection, (name,), _among(selection))[name], limit)


def _among(selection: Selection) -> Among | None:
    """The selected articles; None for all."""
    if selection.is_everything:
        return None
    where, values = clauses(selection)
    return f"SELECT k.article_id FROM copies k WHERE {where}", values


def _found(
    connection: sqlite3.Connection, selection: Selection, names: Sequence[str], among: Among | None
) -> dict[str, Counter[str]]:
    """Counts by facet; the days of a selection, and the months of all articles, under `month`."""
    of_region, after, until = _kind_of_region(selection)
    kinds = {"month": "day", "region": of_region, "credited_source": "credited"}
    if among is None:
        kinds |= {"source": "held", "month": "held"}
    keys = counted(connection, [kinds.get(name, name) for name in names], among)
    found = {name: keys[kinds.get(name, name)] for name in names}
    for name, place in (("month", 0), ("source", 2)) if among is None else ():
        if name in found:
            found[name] = _summed((key.partition(" ")[place], n) for key, n in found[name].items())
    if "region" in found:
        found["region"] = Counter({key: n for key, n in found["region"].items() if after < key <= until})
    return found


def _summed(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    sums = Counter[str]()
    for key, n in pairs:
        sums[key] += n
    return sums


def _first(name: str, found: Counter[str], limit: int) -> Facet:
    if name == "month":
        months = _summed((day[: len("2026-01")], n) for day, n in found.items())
        return [(month or None, n) for month, n in sorted(months.items(), reverse=True)[:limit]]
    return [(key, n) for key, n in nsmallest(limit, found.items(), key=lambda pair: (-pair[1], pair[0]))]


def _kind_of_region(selection: Selection) -> tuple[str, str, str]:
    """As what regions are counted, and between which keys."""
    within = selection.regions[0] if len(selection.regions) == 1 else ""
    if not within:
        return "province", "", _LAST
    is_parted = within.endswith("0000") and within[:2] not in MUNICIPALITIES
    return "prefecture" if is_parted else "region", within, region_range(within)[1]


DAYS_FROM, MONTHS_FROM = 92, 366 * 6
"""Up to a quarter is counted by day, up to six years by month: more columns cannot be told apart."""


def _by_time(connection: sqlite3.Connection, days: Counter[str], among: Among | None) -> tuple[str, Facet]:
    """How many articles are selected a day, month or year: which of these it is, and counts in order."""
    if among is None:  # `days` has their months
        kept = "FROM copies WHERE kept = 1"
        ends = f"SELECT (SELECT min(published_day) {kept}), (SELECT max(published_day) {kept})"
        first, last = connection.execute(ends).fetchone()
    else:
        dated = [day for day in days if day]
        first, last = min(dated, default=None), max(dated, default=None)
    if first is None:
        return "day", []
    unit, length = unit_of(first, last)
    if among is None and unit == "day":
        days = Counter(
            dict(connection.execute(f"SELECT published_day, count(*) {kept} GROUP BY 1").fetchall())
        )
    found = _summed((day[:length], n) for day, n in days.items() if day)
    return unit, sorted(found.items())


def unit_of(first: str, last: str) -> tuple[str, int]:
    """By what articles between two days are counted, and how many characters of a day tell it."""
    span = (date.fromisoformat(last) - date.fromisoformat(first)).days
    return ("day", 10) if span <= DAYS_FROM else ("month", 7) if span <= MONTHS_FROM else ("year", 4)
