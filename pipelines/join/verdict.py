"""Whether two texts are copies of one piece of news: a pure, symmetric verdict with its evidence.

In: the features of two texts. Out: a `Verdict`. It looks at nothing but the two texts, so neither
the order of arrival nor any third text can change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.join.numbers import compare_numbers
from pipelines.join.wordings import compare_wordings
from pipelines.sign import are_among

if TYPE_CHECKING:
    from pipelines.join.features import Features

SAME, BLOCKED, APART = "same", "blocked", "apart"

# Containment of all pairs of the documents of `benchmarks/neardup.py`: unrelated articles share at most
# .42 of the smaller one, reworded copies keep .20 and more, evenly spread; short items share up to .63.
MOST = 0.45
SPREAD_LEAST = 0.20
SHORT_CHARACTERS = 160
SHORT_LEAST = 0.70
_TINY_CHARACTERS = 40
"""Below it a text is a headline: to stand in another text does not make it a copy."""
_BLOCKS_MOST, _BLOCK_SHINGLES = 12, 40
_BLOCK_HIT = 0.06
"""All over: a match in every block. Letting one block in six go joined texts by their copyright notices."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a pair of texts."""

    verdict: str
    """`same`: copies; `blocked`: near, but a guard speaks against it; `apart`: not near."""
    reason: str
    """same: `most`, `spread`, `short`; blocked: `numbers`, `names`, `body`; apart: `little`."""
    containment: float
    similarity: float
    numbers_shared: int = 0
    numbers_differ: int = 0
    exchanges: int = 0
    names_differ: int = 0


def judge(a: Features, b: Features) -> Verdict:
    """Whether two texts are copies of each other; the same for (a, b) and (b, a)."""
    small, large = sorted((a, b), key=lambda f: (len(f.shingles), f.node_id))
    containment, similarity = measure(small, large)
    reason = _nearness(small, large, containment, similarity)
    if reason is None:
        return Verdict(APART, "little", containment, similarity)
    numbers = compare_numbers(small.numbers, large.numbers)
    if numbers.contradict:
        return Verdict(BLOCKED, "numbers", containment, similarity, numbers.shared, numbers.differ)
    wordings = compare_wordings(small, large)
    against = wordings.against
    return Verdict(
        BLOCKED if against else SAME,
        against or reason,
        containment,
        similarity,
        *max((numbers.differ, numbers.shared), (wordings.figures_differ, wordings.figures))[::-1],
        wordings.exchanges,
        wordings.names,
    )


def measure(small: Features, large: Features) -> tuple[float, float]:
    """The share of the smaller text's shingles that the other has, and their Jaccard similarity."""
    common = int(np.count_nonzero(are_among(small.shingles, large.shingles)))
    return common / len(small.shingles), common / (len(small.shingles) + len(large.shingles) - common)


def _nearness(small: Features, large: Features, containment: float, similarity: float) -> str | None:
    """Why two texts are near enough to be copies, if they are."""
    if len(small.text) < _TINY_CHARACTERS:
        return "short" if similarity >= SHORT_LEAST else None
    if len(small.text) < SHORT_CHARACTERS:
        return "short" if containment >= SHORT_LEAST else None
    if containment >= MOST:
        return "most"
    if containment >= SPREAD_LEAST and _is_spread(small, large):
        return "spread"
    return None


def _is_spread(small: Features, large: Features) -> bool:
    """Whether shared shingles stand all over the smaller text, as in a reworded copy."""
    hits = are_among(small.sequence, large.shingles)
    blocks = np.array_split(hits, min(_BLOCKS_MOST, len(hits) // _BLOCK_SHINGLES))
    return all(float(block.mean()) >= _BLOCK_HIT for block in blocks)
