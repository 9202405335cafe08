"""What differs between two versions of a text, in pieces that a person can read.

In: two texts. Out: stretches that both have, that only the first has, and that only the second has, in
order. Characters are compared, since Chinese has no spaces; shared stretches too short to mean anything
are taken into the change around them, so that a rewritten sentence is one change and not twenty. Characters
that differ in script or width only (區, 区) count as equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from pipelines.normalise import plain

_Kind = Literal["same", "first", "second"]

_ISLAND = 4
"""A stretch shared by chance: two unrelated Chinese texts of 500 characters, aligned, share runs of one to
three characters. Looked at on rewritten sentences of the demo: with 3, changes fall into confetti."""

_CELLS_MAX = 100_000_000
"""Characters of one text times those of the other; the alignment keeps a bit each (12 MB)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and which of the two texts has it."""

    kind: _Kind
    text: str


def compared(first: str, second: str) -> tuple[Piece, ...]:
    """The two texts as one sequence of pieces: joining `same` and `second` gives the second text again."""
    if len(first) * len(second) > _CELLS_MAX:
        return _by(_lines(first), _lines(second), island=0)
    return _by(first, second, island=_ISLAND)


def _by(first: Sequence[str], second: Sequence[str], island: int) -> tuple[Piece, ...]:
    changes: list[tuple[bool, str, str]] = []
    for step in Indel.opcodes([plain(part) for part in first], [plain(part) for part in second]):
        old, new = first[step.src_start : step.src_end], second[step.dest_start : step.dest_end]
        changes.append((step.tag == "equal", "".join(old), "".join(new)))
    return tuple(_pieces(_merged(changes, island)))


def _merged(changes: list[tuple[bool, str, str]], island: int) -> list[tuple[bool, str, str]]:
    """Neighbouring changes as one, with the islands between them."""
    merged: list[tuple[bool, str, str]] = []
    for position, (same, a, b) in enumerate(changes):
        inside = 0 < position < len(changes) - 1
        counts_as_same = same and not (inside and len(a) < island)
        if merged and merged[-1][0] == counts_as_same:
            merged[-1] = (counts_as_same, merged[-1][1] + a, merged[-1][2] + b)
        else:
            merged.append((counts_as_same, a, b))
    return merged


def _pieces(changes: Iterable[tuple[bool, str, str]]) -> Iterable[Piece]:
    for same, a, b in changes:
        if same:
            yield Piece("same", b)
            continue
        if a:
            yield Piece("first", a)
        if b:
            yield Piece("second", b)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
