"""Where two texts share wording and where, between shared stretches, they part.

In: two texts by their sounds. Out: shared stretches (`aligned`) and the gaps between them. Built on
rapidfuzz's longest common subsequence, in which only runs of several characters count.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Indel

from pipelines.sign import are_among, shingle_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.join.features import Features

_ANCHOR, _INNER_ANCHOR = 4, 2
"""Sounds that two texts must share in a row to count as the same wording; fewer between two anchors."""

_LONGEST_GAP = 30
_PASSES, _REORDERED_SHINGLES = 4, 12
_BLANK_A, _BLANK_B = "\1", "\2"

Run = tuple[int, int, int]
"""A shared stretch: where it starts in each text, and its length."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where two texts part between two stretches that they share: characters of each."""

    a: slice
    b: slice

    def __hash__(self) -> int:
        """By position: slices hash only from Python 3.12."""
        return hash((self.a.start, self.b.start))


def aligned(a: Features, b: Features) -> Iterator[list[Run]]:
    """Shared stretches in text order, then those that only another order of paragraphs shows.

    Each list runs from the start to the end of both texts, with a stretch of no length there.
    """
    left_a, left_b = a.sounds, b.sounds
    for _ in range(_PASSES):
        runs = _shared_runs(left_a, left_b, _ANCHOR)
        yield runs
        left_a = _blanked(left_a, [(start, size) for start, _, size in runs], _BLANK_A)
        left_b = _blanked(left_b, [(start, size) for _, start, size in runs], _BLANK_B)
        if np.count_nonzero(are_among(shingle_hashes(left_a), b.shingles)) < _REORDERED_SHINGLES:
            return


def short_gaps(a: str, b: str, runs: list[Run]) -> Iterator[Gap]:
    """Exchanges inside the shared text, taken apart at the short stretches shared within them."""
    for outer in gaps(runs[1:-1]):
        piece_a, piece_b = a[outer.a], b[outer.b]
        if not (0 < len(piece_a) <= _LONGEST_GAP and 0 < len(piece_b) <= _LONGEST_GAP):
            continue
        for gap in gaps(_shared_runs(piece_a, piece_b, _INNER_ANCHOR)):
            if gap.a.start < gap.a.stop and gap.b.start < gap.b.stop:
                yield Gap(_moved(gap.a, outer.a.start), _moved(gap.b, outer.b.start))


def gaps(runs: list[Run]) -> Iterator[Gap]:
    """What stands between two neighbouring shared stretches, on one side perhaps nothing."""
    for (a, b, size), (next_a, next_b, _) in pairwise(runs):
        yield Gap(slice(a + size, next_a), slice(b + size, next_b))


def length(part: slice) -> int:
    """How many characters a stretch has."""
    return int(part.stop - part.start)


def _shared_runs(a: str, b: str, least: int) -> list[Run]:
    blocks = Indel.opcodes(a, b).as_matching_blocks()
    return [
        (0, 0, 0),
        *((block.a, block.b, block.size) for block in blocks if block.size >= least),
        (len(a), len(b), 0),
    ]


def _blanked(sounds: str, stretches: list[tuple[int, int]], blank: str) -> str:
    """A text with stretches made unlike anything, so that positions stay."""
    pieces, at = [], 0
    for start, size in stretches:
        pieces += [sounds[at:start], blank * size]
        at = start + size
    return "".join([*pieces, sounds[at:]])


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)
