"""Articles that a query finds, each with a piece of its text around the first match.

In: an archive's read-only connection and a query or a Selection. Out: hits, newest or best first. The rows
are exactly those that a scan of every title and text finds, of all copies, for words of every length
(docs/decisions/0003). Where another copy than the kept one holds the words, or is what a field asks for, the
hit says which. Nothing is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.archive.read import articles as read
from pipelines.archive.read.selection import (
    Selection,
    Sorting,
    copy_having,
    needles,
    select_ids,
    understood,
)
from pipelines.archive.searched import APART
from pipelines.query import Field, Needle, fields_of, places_of
from pipelines.spelling import tokens

Marks = tuple[tuple[int, int], ...]
"""Start and end of each match in a text, in order, not overlapping."""

_SNIPPET_CHARACTERS = 80
"""One line of an 80-column terminal holds 40 Chinese characters; two lines tell what a match is about."""
_LEAD_CHARACTERS = 20
_GLANCE = 400
"""Characters that are looked at first. Of an ordinary text of 1,400 they take a quarter of its time."""
_LONGEST_WORD = 64
"""What is cut off behind them is no word of its own."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text, on one line, and where in it the query's words stand."""

    text: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A copy that has what was asked for, where the one that is shown does not."""

    url: str
    source_name: str
    is_spelling: bool
    """Whether the page spells the word otherwise: the snippet has it as it is usually spelt."""
    snippet: Snippet
    file: str = ""
    """The name of the copy's file that has the words; empty where its page has them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that a query finds."""

    id: int
    title: str
    title_marks: Marks
    url: str
    source: str
    source_name: str
    published: str | None
    published_day: str | None
    credited_source: str | None
    copies: int
    snippet: Snippet
    elsewhere: Elsewhere | None = None
    """The copy that holds words which the kept one does not."""


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    limit: int = 20,
    order: Sorting = "date",
    filters: Selection | None = None,
) -> list[Hit]:
    """The first `limit` articles that the query finds: its grammar is that of pipelines/query.py.

    `filters` narrows further; its own query is not looked at.
    """
    selection = replace(filters or Selection(), query=query)
    return select(connection, selection, order=order, limit=limit) if query.strip() else []


def select(
    connection: sqlite3.Connection,
    selection: Selection,
    *,
    order: Sorting = "date",
    limit: int = 20,
    offset: int = 0,
) -> list[Hit]:
    """The selected articles in order; where nothing was typed, with the beginnings of their texts."""
    marked, fields = needles(selection), fields_of(understood(selection.query, selection.folded).tree)
    ids = list(select_ids(connection, selection, order=order, limit=limit, offset=offset))
    rows = (read.article(connection, number) for number in ids)
    return [hit_of(connection, row, marked, fields) for row in rows if row is not None]


def snippet(text: str, needles: Sequence[Needle]) -> Snippet:
    """About two lines of the text around the first needle, every needle marked.

    Where no needle occurs (they stand in the title), the beginning of the text.
    """
    line = " ".join(text.split())
    spots = _first_spots(line, needles)
    first = spots[0][0] if spots else 0
    start = max(0, first - _LEAD_CHARACTERS)
    end = min(len(line), start + max(_SNIPPET_CHARACTERS, spots[0][1] - start if spots else 0))
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    marks = tuple((a + shift, b + shift) for a, b in spots if a >= start and b <= end)
    return Snippet(before + line[start:end] + after, marks)


def _first_spots(line: str, needles: Sequence[Needle]) -> list[tuple[int, int]]:
    """Where the needles stand, as far as a snippet around the first shows; most begin early."""
    end = _GLANCE
    while needles and end < len(line):
        spots = _apart(places_of(line[: end + _LONGEST_WORD], needles))
        if spots and spots[0][1] + _SNIPPET_CHARACTERS <= end:
            return list(spots)
        end *= 8
    return list(_apart(places_of(line, needles))) if needles else []


def hit_of(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    needles: Sequence[Needle],
    fields: Sequence[Field] = (),
) -> Hit:
    """An article's row as a hit, with what is to be marked in it and the fields by which it was found."""
    return Hit(
        id=row["id"],
        title=row["title"],
        title_marks=marks_in(row["title"], needles),
        url=row["url"],
        source=row["source"],
        source_name=row["source_name"],
        published=row["published"],
        published_day=row["published_day"],
        credited_source=row["credited_source"],
        copies=row["copies"],
        snippet=snippet(row["text"], needles),
        elsewhere=_elsewhere(connection, row, needles) or _found_by(connection, row, fields),
    )


def _elsewhere(
    connection: sqlite3.Connection, row: sqlite3.Row, needles: Sequence[Needle]
) -> Elsewhere | None:
    """The first copy that has a needle which title and text have not."""
    others = read.other_words(connection, row["id"]) if needles else []
    if not others:
        return None
    lacking = [n for n in needles if not (places_of(row["title"], [n]) or places_of(row["text"], [n]))]
    for other in others:
        for text in (other["title"], *other["text"].split(APART)):
            if places_of(text, lacking):
                is_spelling = other["kind"] == "spelling"
                file = other["title"] if other["kind"] == "file" else ""
                return Elsewhere(
                    other["url"], other["source_name"], is_spelling, snippet(text, lacking), file
                )
    return None


def _found_by(connection: sqlite3.Connection, row: sqlite3.Row, fields: Sequence[Field]) -> Elsewhere | None:
    """The copy by which the first field finds an article whose kept copy has it not."""
    for field in fields if row["copies"] > 1 else ():
        found = copy_having(connection, row["id"], field)
        if found and not found["kept"]:
            said = snippet(found["text"], [Needle(tuple(tokens(found["named"])))]) if found["named"] else None
            return Elsewhere(found["url"], found["source_name"], False, said or Snippet(found["title"], ()))
    return None


def marks_in(text: str, needles: Sequence[Needle]) -> Marks:
    """Where the needles stand in a text, not overlapping."""
    return _apart(places_of(text, needles)) if needles else ()


def _apart(spots: Sequence[tuple[int, int]]) -> Marks:
    kept: list[tuple[int, int]] = []
    for start, end in spots:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
