"""What a selection says more often than the archive: the words that tell at a glance what it is about.

In: a read-only connection and a Selection. Out: words with how many articles say them, the most telling
first. Words are those of the dictionary in pipelines/words (the longest that fits), of Latin letters, and
the names of parks and companies. Some hundred articles of either side are looked at, drawn as a sample is,
and of each text the beginning, where news says what it is about. The measure is the log-likelihood ratio of
Dunning, Accurate Methods for the Statistics of Surprise and Coincidence (1993), over articles: one long
text counts once.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipelines.archive.read.articles import beginnings, names_said
from pipelines.archive.read.selection import Selection, needles, select_ids
from pipelines.join.names import dictionary
from pipelines.normalise import simplify

_LOOKED_AT = 400
"""Articles of either side: half a second of a core for both."""
_BEGINNING = 800
"""Characters."""
_LEAST = 3
"""Articles that must say a word; one that two say is chance in most selections."""
_RUNS = re.compile(r"(?P<han>[\u3400-\u9fff]+)|(?P<latin>[^\W\d_][^\W_]{2,})")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word, and the shares of articles that say it."""

    word: str
    articles: int
    """Of those looked at that were selected."""
    share: float
    share_of_all: float


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of so many articles say each word."""

    articles: int
    by_word: Counter[str]


def keywords(
    connection: sqlite3.Connection, selection: Selection, limit: int = 30, among: Counted | None = None
) -> list[Keyword]:
    """The words by which a selection differs from the archive, but for those that were searched for.

    Args:
        connection: to the archive.
        selection: whose words.
        limit: how many at most.
        among: what the whole archive says, where it was counted before (`counted`).
    """
    mine, others = counted(connection, selection), among or counted(connection, Selection())
    typed = {"".join(needle.tokens) for needle in needles(selection)}
    found = [
        (_surprise(count, mine.articles, others.by_word[word], others.articles), word, count)
        for word, count in mine.by_word.items()
        if count >= _LEAST and not any(word.lower() in one for one in typed)
    ]
    telling = sorted((one for one in found if one[0] > 0), key=lambda one: (-one[0], one[1]))[:limit]
    return [
        Keyword(word, count, count / mine.articles, others.by_word[word] / others.articles)
        for _, word, count in telling
    ]


def counted(connection: sqlite3.Connection, selection: Selection) -> Counted:
    """How many of some selected articles say each word."""
    ids = json.dumps(list(select_ids(connection, replace(selection, sample=selection.sample or _LOOKED_AT))))
    by_word: Counter[str] = Counter()
    articles = 0
    for text in beginnings(connection, ids, _BEGINNING):
        articles += 1
        by_word.update(set(_words(text)))
    by_word.update(dict(names_said(connection, ids)))
    return Counted(articles, by_word)


def _words(text: str) -> Iterator[str]:
    known, longest = _known()
    for run in _RUNS.finditer(simplify(text)):
        if run["latin"]:
            yield run["latin"].lower()
            continue
        at, han = 0, run["han"]
        while at < len(han):
            size = next((size for size in range(longest, 1, -1) if han[at : at + size] in known), 1)
            if size > 1:
                yield han[at : at + size]
            at += size


@cache
def _known() -> tuple[frozenset[str], int]:
    regions, ordinary, _ = dictionary()
    known = frozenset(word for word in regions | ordinary if len(word) > 1)
    return known, max(map(len, known))


def _surprise(mine: int, of_mine: int, others: int, of_others: int) -> float:
    """The log-likelihood ratio; 0 of what is said no more often here than there."""
    if mine * of_others <= others * of_mine:
        return 0.0
    share = (mine + others) / (of_mine + of_others)
    cells = (
        (mine, of_mine * share),
        (others, of_others * share),
        (of_mine - mine, of_mine * (1 - share)),
        (of_others - others, of_others * (1 - share)),
    )
    return 2 * sum(seen * math.log(seen / expected) for seen, expected in cells if seen)
