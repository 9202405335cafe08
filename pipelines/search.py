"""Articles that contain what a person typed, each with a piece of its text around the first match.

In: an archive's read-only connection and a query or a Selection. Out: hits, newest or best first. The rows
are exactly those that a scan of every title and text finds after folding case and dropping white space,
for words of every length (docs/decisions/0003). Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.archive.read import articles as read
from pipelines.archive.read.selection import Selection, Sorting, needles, select_ids
from pipelines.spelling import squeeze

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Marks = tuple[tuple[int, int], ...]
"""Start and end of each match in a text, in order, not overlapping."""

_SNIPPET_CHARACTERS = 80
"""One line of an 80-column terminal holds 40 Chinese characters; two lines tell what a match is about."""
_LEAD_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text, on one line, and where in it the query's words stand."""

    text: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that contains every word of the query."""

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


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    limit: int = 20,
    order: Sorting = "date",
    filters: Selection | None = None,
) -> list[Hit]:
    """The first `limit` articles that contain every word (or "quoted words") of the query.

    `filters` narrows further; its own query is not looked at.
    """
    selection = replace(filters or Selection(), query=query)
    return select(connection, selection, order=order, limit=limit) if needles(selection) else []


def select(
    connection: sqlite3.Connection,
    selection: Selection,
    *,
    order: Sorting = "date",
    limit: int = 20,
    offset: int = 0,
) -> list[Hit]:
    """The selected articles in order; where nothing was typed, with the beginnings of their texts."""
    marked = [needle for group in needles(selection) for needle in group]
    ids = list(select_ids(connection, selection, order=order, limit=limit, offset=offset))
    rows = (read.article(connection, number) for number in ids)
    return [_hit(row, marked) for row in rows if row is not None]


def snippet(text: str, needles: Sequence[str]) -> Snippet:
    """About two lines of the text around the first needle (squeezed words), every needle marked.

    Where no needle occurs (they stand in the title), the beginning of the text.
    """
    line = " ".join(text.split())
    spots = _spots(line, needles)
    first = spots[0][0] if spots else 0
    start = max(0, first - _LEAD_CHARACTERS)
    end = min(len(line), start + max(_SNIPPET_CHARACTERS, spots[0][1] - start if spots else 0))
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    marks = tuple((a + shift, b + shift) for a, b in spots if a >= start and b <= end)
    return Snippet(before + line[start:end] + after, marks)


def _hit(row: sqlite3.Row, needles: Sequence[str]) -> Hit:
    return Hit(
        id=row["id"],
        title=row["title"],
        title_marks=tuple(_spots(row["title"], needles)),
        url=row["url"],
        source=row["source"],
        source_name=row["source_name"],
        published=row["published"],
        published_day=row["published_day"],
        credited_source=row["credited_source"],
        copies=row["copies"],
        snippet=snippet(row["text"], needles),
    )


def _spots(line: str, needles: Sequence[str]) -> list[tuple[int, int]]:
    """Where the needles stand in a line, although it has white space and capitals and they have not."""
    flat, places = _flattened(line)
    found = [
        (places[at], places[at + len(needle) - 1] + 1)
        for needle in needles
        for at in _occurrences(flat, needle)
    ]
    return _apart(sorted(found, key=lambda spot: (spot[0], -spot[1])))


def _flattened(line: str) -> tuple[str, Sequence[int]]:
    """The line squeezed, and for each of its characters the place in the line that it comes from."""
    small = line.lower()
    if len(small) == len(line):
        silent = {character for character in set(small) if not squeeze(character)}
        return squeeze(line), [place for place, character in enumerate(small) if character not in silent]
    pieces = [(squeeze(character), place) for place, character in enumerate(line)]
    return "".join(piece for piece, _ in pieces), [place for piece, place in pieces for _ in piece]


def _occurrences(flat: str, needle: str) -> list[int]:
    starts, at = [], flat.find(needle)
    while at >= 0:
        starts.append(at)
        at = flat.find(needle, at + len(needle))
    return starts


def _apart(spots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spots:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
