"""Where else a passage stands: the articles that say its sentences too, whichever of their copies does.

In: a read-only connection and a text. Out: articles, those first that share most of its sentences. A
sentence is found where it stands exactly, case and white space aside, in the index that search asks.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pipelines.archive.read.articles import article
from pipelines.archive.read.selection import ids_saying
from pipelines.compare import sentences
from pipelines.query import Needle
from pipelines.search import Hit, hit_of
from pipelines.show import present_number
from pipelines.spelling import tokens

_LEAST, _MOST = 10, 200
"""Characters of a sentence (words of Latin letters): a shorter one is said by chance, of a longer one, which
no sentence is, the beginning is asked for. With 40 two of five that were found went on otherwise (20,000
articles); whole ones take a third more CPU."""
_SENTENCES_MAX = 40
_SAYING_MAX = 200
"""Articles that are looked at for each sentence. A long article takes 0.9 s of a core at 30,000 articles."""


@dataclass(frozen=True, slots=True)
class Reused:
    """An article that says sentences of the passage."""

    hit: Hit
    sentences: tuple[str, ...]
    """In the passage's order."""


def passage_of(connection: sqlite3.Connection, wanted: str) -> tuple[int | None, str]:
    """The number and text of the article that an id or URL names; of other words none, and themselves."""
    number = present_number(connection, wanted)
    row = None if number is None else article(connection, number)
    return number, row["text"] if row else wanted.strip()


def reused(
    connection: sqlite3.Connection, passage: str, *, but: int | None = None, limit: int = 20
) -> tuple[int, list[Reused]]:
    """How many sentences were looked for, and which articles say some of them, most first.

    Args:
        connection: to the archive.
        passage: any text; a short one is looked for as a whole.
        but: an article that is left out: the one whose text it is.
        limit: how many articles at most.
    """
    asked = _asked(passage)
    said: dict[int, list[int]] = {}
    for place, (_, needle) in enumerate(asked):
        for number in ids_saying(connection, needle, _SAYING_MAX):
            if number != but:
                said.setdefault(number, []).append(place)
    most = sorted(said, key=lambda number: (-len(said[number]), number))[:limit]
    rows = ((number, article(connection, number)) for number in most)
    return len(asked), [
        Reused(
            hit_of(connection, row, [asked[place][1] for place in said[number]]),
            tuple(asked[place][0] for place in said[number]),
        )
        for number, row in rows
        if row is not None
    ]


def _asked(passage: str) -> list[tuple[str, Needle]]:
    """The sentences that are looked for, as they stand and as they are asked."""
    found: dict[tuple[str, ...], str] = {}
    for sentence in sentences(passage):
        said = tuple(tokens(sentence))[:_MOST]
        if len(said) >= _LEAST:
            found.setdefault(said, sentence)
    if not found and (whole := tuple(tokens(passage))[:_MOST]):
        found[whole] = passage.strip()
    return [(sentence, Needle(said)) for said, sentence in list(found.items())[:_SENTENCES_MAX]]
