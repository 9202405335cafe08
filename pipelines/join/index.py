"""What the join stage needs of a persistent index, as a protocol: the archive implements it in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pipelines.sign import signature_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from pipelines.join.verdict import Verdict

Pair = tuple[int, int]
"""Two node ids, the lower one first."""


_ORDERS = 4
"""Different orders of lists: each key's list is sorted by one of this many MinHash values, so that a
text stands beside its copies (at Jaccard similarity s with probability s) however long the list."""


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

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """Where it stands in the list of each of its keys."""
        values = signature_values(self.signature)
        which = self.keys.view(np.uint64) % np.uint64(_ORDERS)
        return np.asarray(values[which], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Around:
    """The texts next to one text in a key's list, nearest first."""

    below: Sequence[int]
    above: Sequence[int]


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

    def around(self, node: Node, window: int) -> Iterable[Around]:
        """For each of its keys that others have too, up to `window` neighbours on either side."""

    def between(self, key: int, a: tuple[int, int], b: tuple[int, int], most: int) -> int:
        """How many texts stand between two (place, node id) in a key's list, counted up to `most`."""

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
