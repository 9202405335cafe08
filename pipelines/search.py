"""Articles that contain what a person typed, each with a piece of its text around the first match.

In: an archive's read-only connection and a query. Out: hits, newest or best first. The rows are
exactly those that a scan of every title and text finds after lower-casing and dropping white space,
for words of every length (docs/decisions/0003). Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.archive.read import articles as read
from pipelines.archive.read.selection import Order, Selection, needles, select_ids
from pipelines.spelling import squeeze

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

_SNIPPET_CHARACTERS = 80
"""One line of an 80-column terminal holds 40 Chinese characters; two lines tell what a match is about."""
_LEAD_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text, on one line, and where in it the query's words stand."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Start and end of each match in `text`, in order, not overlapping."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that contains every word of the query."""

    id: int
    title: str
    url: str
    source: str
    source_name: str
    published: str | None
    published_day: str | None
    copies: int
    snippet: Snippet


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    limit: int = 20,
    order: Order = "date",
    filters: Selection | None = None,
) -> list[Hit]:
    """The first `limit` articles that contain every word (or "quoted words") of the query.

    `filters` narrows further; its own query is not looked at.
    """
    selection = replace(filters or Selection(), query=query)
    groups = needles(selection)
    if not groups:
        return []
    hits: list[Hit] = []
    for article_id in _candidates(connection, selection, order, limit):
        row = read.article(connection, article_id)
        if row is not None and _contains(row, groups):
            hits.append(_hit(row, [needle for group in groups for needle in group]))
        if len(hits) >= limit:
            break
    return hits


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


def _candidates(
    connection: sqlite3.Connection, selection: Selection, order: Order, limit: int
) -> Iterator[int]:
    """Ids in order; the first `limit` are asked for alone, since to put all in order takes twice as long."""
    first = list(select_ids(connection, selection, order=order, limit=limit))
    yield from first
    if len(first) == limit:
        yield from select_ids(connection, selection, order=order, offset=limit)


def _hit(row: sqlite3.Row, needles: Sequence[str]) -> Hit:
    return Hit(
        id=row["id"],
        title=row["title"],
        url=row["url"],
        source=row["source"],
        source_name=row["source_name"],
        published=row["published"],
        published_day=row["published_day"],
        copies=row["copies"],
        snippet=snippet(row["text"], needles),
    )


def _contains(row: sqlite3.Row, groups: Sequence[Sequence[str]]) -> bool:
    """Whether every word really occurs: FTS5 folds a few letters further (ſ to s, ς to σ) than we do."""
    title, text = squeeze(row["title"]), squeeze(row["text"])
    return all(any(needle in title or needle in text for needle in group) for group in groups)


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
