"""What the join stage needs of a persistent index, as a protocol: the archive implements it in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipelines.join.verdict import Verdict
from pipelines.sign import PERMUTATIONS, signature_values

Pair = tuple[int, int]
"""Two node ids, the lower one first."""


ORDERS = PERMUTATIONS
"""Different orders of lists: each key's list is sorted by one of this many MinHash values, so that of the
keys that two texts of Jaccard similarity s share, a part s has them side by side, however long the lists.
With 4 a pair of similarity .3 was side by side in none in one case of four, and recall fell by .013
(`benchmarks/lookalikes.py --seed 3`)."""


@dataclass(frozen=True, eq=False)
class Node:
    """A text in the index."""

    node_id: int
    shingles: int
    """How many distinct shingles it has."""
    keys: npt.NDArray[np.int64]
    """Its candidate keys."""
    scheme: str
    signature: bytes
    orders: int = ORDERS
    """By how many orders its lists are sorted; texts that came before they were more have fewer."""

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """Where it stands in the list of each of its keys."""
        values = signature_values(self.signature)
        which = self.keys.view(np.uint64) % np.uint64(self.orders)
        return np.asarray(values[which], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a text that is not in the index, in the lists of its keys.

    Two texts of a list are near each other if the list is short (at most `window` + 1 texts), or if they
    have the same place in it and fewer than `window` texts stand between them. What is near in a long list
    by another place is there by chance: looking at it was most of the cost at 10,000 texts, and found none
    of the copies (`benchmarks/million.py`).
    """

    near: Mapping[int, int]
    """Each text that would be near it, with the number of lists in which it is."""
    straddling: set[Pair]
    """Pairs that are near each other in some list without it and may not be with it."""


def straddling(below: Sequence[int], above: Sequence[int], window: int) -> list[Pair]:
    """The pairs on both sides of a text that are just `window` places apart without it; nearest first."""
    return [
        pair_of(low, above[window - 1 - distance])
        for distance, low in enumerate(below)
        if window - 1 - distance < len(above)
    ]


def pair_of(a: int, b: int) -> Pair:
    """The pair of two texts."""
    return (a, b) if a < b else (b, a)


class JoinIndex(Protocol):
    """The nodes, their keys and the evidence of pairs, all in the caller's transaction."""

    def has(self, node_id: int) -> bool:
        """Whether the text is in the index."""

    def insert(self, node: Node) -> None:
        """Add a text with its keys."""

    def delete(self, node: Node) -> None:
        """Delete a text, its keys and every pair it is in."""

    def nodes(self, node_ids: Iterable[int]) -> Mapping[int, Node]:
        """Those of the texts that are in the index."""

    def sizes(self, node_ids: Iterable[int]) -> Mapping[int, int]:
        """How many distinct shingles each of the texts has."""

    def around(self, node: Node, window: int) -> Around:
        """What stands around a text that is not in the index."""

    def near_lists(self, a: Node, b: Node, window: int, most: int) -> int:
        """In how many lists two texts of the index are near each other, counted up to `most`."""

    def text(self, node_id: int) -> str:
        """The normalised text of a node."""

    def put_pair(self, pair: Pair, verdict: Verdict) -> None:
        """Store or replace the evidence of a pair."""

    def delete_pair(self, pair: Pair) -> None:
        """Delete the evidence of a pair."""

    def pairs_of(self, node_ids: Iterable[int]) -> Iterable[tuple[Pair, str, float]]:
        """Every stored pair of the texts: the pair, its verdict, its similarity; perhaps twice."""

    def known_pairs(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Those of the pairs whose evidence is stored."""

    def cluster(self, clusters: Mapping[int, int]) -> None:
        """Store the cluster of each text."""

    def clusters_of(self, node_ids: Iterable[int]) -> Mapping[int, int | None]:
        """The stored cluster of each of the texts; None where it was added since the last relink."""

    def unclustered(self) -> Iterable[int]:
        """Texts that were added since the last relink, by another process too."""

    def mark(self) -> None:
        """Note the state that the index is in now, for `is_as_marked`."""

    def is_as_marked(self) -> bool:
        """Whether all that was done since `mark`, if anything, was done here and stands.

        Not where another connection wrote, or where the transaction of the mark was rolled back.
        """
