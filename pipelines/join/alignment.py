"""Where two texts share wording and where, between shared stretches, they part.

In: two texts by their sounds. Out: shared stretches (`aligned`) and the gaps between them. Built on
rapidfuzz's longest common subsequence, in which only runs of several characters count.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Indel, Postfix, Prefix

from pipelines.join.features import Features
from pipelines.sign import are_among, shingle_hashes

_ANCHOR, _INNER_ANCHOR = 4, 2
"""Sounds that two texts must share in a row to count as the same wording; fewer between two anchors."""

LATIN_TIMES = 3
"""Letters for a sound: any two names share four letters in a row somewhere."""

_LONGEST_GAP = 30
LONGEST_HALF, _HALF_BESIDE = 16, 4
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


def coverage(small: str, large: str) -> float:
    """The share of a text that another has too, in runs of two and more sounds in the same order."""
    return sum(size for _, _, size in _shared_runs(small, large, _INNER_ANCHOR)) / len(small)


def coverage_in_any_order(small: str, large: str) -> float:
    """The same, where sentences or clauses may have changed places."""
    runs = _shared_runs(small, large, _INNER_ANCHOR)
    left = _blanked(small, [(start, size) for start, _, size in runs], _BLANK_A)
    other = _blanked(large, [(start, size) for _, start, size in runs], _BLANK_B)
    moved = _shared_runs(left, other, _ANCHOR)
    return sum(size for _, _, size in runs + moved) / len(small)


def short_gaps(a: str, b: str, runs: list[Run], edges: bool = False) -> Iterator[Gap]:
    """Exchanges inside the shared text, taken apart at the short stretches shared within them.

    With `edges` also those with which both texts begin or end: a headline or a form begins with its name.
    """
    outers = list(gaps(runs))
    for number, outer in enumerate(outers):
        is_edge = number in (0, len(outers) - 1)
        piece_a, piece_b = a[outer.a], b[outer.b]
        longest = LONGEST_HALF if is_edge else _LONGEST_GAP
        longest *= LATIN_TIMES if is_latin(piece_a) and is_latin(piece_b) else 1
        if (is_edge and not edges) or not (0 < len(piece_a) <= longest and 0 < len(piece_b) <= longest):
            continue
        for gap in gaps(_shared_runs(piece_a, piece_b, _INNER_ANCHOR)):
            first, last = same_at_ends(piece_a[gap.a], piece_b[gap.b])
            at_a = slice(gap.a.start + first, gap.a.stop - last)
            at_b = slice(gap.b.start + first, gap.b.stop - last)
            if at_a.start < at_a.stop and at_b.start < at_b.stop:
                yield Gap(_moved(at_a, outer.a.start), _moved(at_b, outer.b.start))


def half_gaps(a: str, b: str, passes: list[list[Run]]) -> Iterator[Gap]:
    """Exchanges that shared text bounds on one side only: where a text or a moved sentence begins or ends."""
    covered = [bytearray(len(a)), bytearray(len(b))]
    for starts_a, starts_b, size in itertools.chain.from_iterable(passes):
        for side, start in zip(covered, (starts_a, starts_b), strict=True):
            side[start : start + size] = b"\1" * size
    for runs in passes:
        for before, (start_a, start_b, size), after in zip(runs, runs[1:], runs[2:], strict=False):
            if size < _HALF_BESIDE:
                continue
            left = Gap(_bare_before(covered[0], start_a), _bare_before(covered[1], start_b))
            right = Gap(_bare_after(covered[0], start_a + size), _bare_after(covered[1], start_b + size))
            if _is_exchange(left) and not _reaches(before, left.a.start, left.b.start):
                yield left
            if _is_exchange(right) and not (
                after[0] == right.a.stop and after[1] == right.b.stop and after[2]
            ):
                yield right


def gaps(runs: list[Run]) -> Iterator[Gap]:
    """What stands between two neighbouring shared stretches, on one side perhaps nothing."""
    for (a, b, size), (next_a, next_b, _) in pairwise(runs):
        yield Gap(slice(a + size, next_a), slice(b + size, next_b))


def length(part: slice) -> int:
    """How many characters a stretch has."""
    return int(part.stop - part.start)


def _shared_runs(a: str, b: str, least: int) -> list[Run]:
    runs: list[Run] = [(0, 0, 0)]
    for block in Indel.opcodes(a, b).as_matching_blocks():
        start_a, start_b, size = block.a, block.b, block.size
        if size < least or (size < least * LATIN_TIMES and _is_within_latin(a, start_a, start_a + size)):
            continue
        last_a, last_b, last_size = runs[-1]
        while (
            start_a > last_a + last_size and start_b > last_b + last_size and a[start_a - 1] == b[start_b - 1]
        ):
            start_a, start_b, size = start_a - 1, start_b - 1, size + 1
        runs.append((start_a, start_b, size))
    return [*runs, (len(a), len(b), 0)]


def same_at_ends(a: str, b: str) -> tuple[int, int]:
    """How many characters two wordings begin and end with alike, too few for an anchor: 企业拟, 公司拟."""
    last = Postfix.similarity(a, b)
    return min(Prefix.similarity(a, b), min(len(a), len(b)) - last), last


def _is_within_latin(sounds: str, start: int, stop: int) -> bool:
    """Whether a stretch is a piece of a longer run of letters, not a word by itself as AI is in Chinese."""
    if not is_latin(sounds[start:stop]):
        return False
    return is_latin(sounds[max(0, start - 1) : start]) or is_latin(sounds[stop : stop + 1])


def widened(text: str, at: slice, by: frozenset[str]) -> slice:
    """A stretch with those of some characters that stand on either side of it."""
    start, stop = at.start, at.stop
    while start and text[start - 1] in by:
        start -= 1
    while stop < len(text) and text[stop] in by:
        stop += 1
    return slice(start, stop)


def is_latin(wording: str) -> bool:
    """Whether a normalised wording begins with a latin letter."""
    return "a" <= wording[:1] <= "z"


def _bare_before(covered: bytearray, stop: int) -> slice:
    """The stretch before a place that no shared run covers, as far as a name reaches."""
    return slice(max(covered.rfind(1, 0, stop) + 1, stop - LONGEST_HALF), stop)


def _bare_after(covered: bytearray, start: int) -> slice:
    following = covered.find(1, start)
    return slice(start, min(len(covered) if following < 0 else following, start + LONGEST_HALF))


def _is_exchange(gap: Gap) -> bool:
    return length(gap.a) > 0 and length(gap.b) > 0


def _reaches(run: Run, stop_a: int, stop_b: int) -> bool:
    """Whether a shared run ends where a gap begins in both texts, so that it is no half gap."""
    return run[2] > 0 and (run[0] + run[2], run[1] + run[2]) == (stop_a, stop_b)


def _blanked(sounds: str, stretches: list[tuple[int, int]], blank: str) -> str:
    """A text with stretches made unlike anything, so that positions stay."""
    pieces, at = [], 0
    for start, size in stretches:
        pieces += [sounds[at:start], blank * size]
        at = start + size
    return "".join([*pieces, sounds[at:]])


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)
