"""Clusters from accepted pairs, without transitive closure and whatever order they came in.

In: the accepted pairs around some texts, and the verdict on any two. Out: the cluster of every
text. Plain union-find on the same pairs has a precision below .3, because one text that contains
two articles, or lies between two, pulls everything together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.join.verdict import BLOCKED, SAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_REPRESENTATIVES = 6
_ACCEPTED_SHARE = 0.5
_CONFLICT_SHARE = 0.34
_MIX = 0x9E3779B97F4A7C15
_PIECES_LEAST = 2
_PIECE_MOST = 0.75
"""Of a page of several articles, so much is one of them at most; what is larger is the page again."""
BEST = 64
"""Pairs kept a text: enough to connect the copies of one article, too few for a page made of all."""


Edge = tuple[float, int, int]
"""An accepted pair seen from one of its texts, the better sorts first: minus the similarity; a number that
is the same at both ends, else by chance (many equal copies must not all choose the same few); the other
text. A plain tuple, since the copies of a much-copied article have thousands."""


def edge(node: int, other: int, similarity: float) -> Edge:
    """The edge from a text to another."""
    return (-similarity, ((node ^ other) * _MIX) % 2**64, other)


def link(kept: Mapping[int, list[Edge]], verdict: Callable[[int, int], str]) -> dict[int, int]:
    """The cluster of each text: its lowest member.

    Args:
        kept: Each text's kept edges, for whole components.
        verdict: `same`, `blocked` or `apart` for any two texts.
    """
    groups = _Groups(kept)
    pairs = sorted((rank, node, other) for node in kept for rank, _, other in kept[node] if node < other)
    refused: set[tuple[int, int, int, int]] = set()
    for _, a, b in pairs:
        left, right = groups.of(a), groups.of(b)
        if left == right:
            continue
        state = (left, right, groups.sizes[left], groups.sizes[right])
        if state in refused:
            continue
        if _agree(groups.lowest[left], groups.lowest[right], verdict):
            groups.join(left, right)
        else:
            refused |= {state, (right, left, state[3], state[2])}
    return {node: groups.lowest[groups.of(node)][0] for node in kept}


class _Groups:
    """Disjoint sets (Tarjan 1975) that know their size and lowest members."""

    def __init__(self, nodes: Iterable[int]) -> None:
        self._parent = {node: node for node in nodes}
        self.sizes = dict.fromkeys(self._parent, 1)
        self.lowest = {node: [node] for node in self._parent}

    def of(self, node: int) -> int:
        """The member that stands for a text's group."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def join(self, one: int, other: int) -> None:
        """Make one group of two, each named by the member that stands for it; the larger one's stays."""
        large, small = (one, other) if self.sizes[one] >= self.sizes[other] else (other, one)
        self._parent[small] = large
        self.sizes[large] += self.sizes.pop(small)
        self.lowest[large] = sorted(self.lowest[large] + self.lowest.pop(small))[:_REPRESENTATIVES]


def _agree(left: list[int], right: list[int], verdict: Callable[[int, int], str]) -> bool:
    """Whether enough cross pairs are accepted and few are blocked."""
    verdicts = [verdict(a, b) for a in left for b in right]
    accepted = sum(v == SAME for v in verdicts)
    conflicts = sum(v == BLOCKED for v in verdicts)
    return accepted >= _ACCEPTED_SHARE * len(verdicts) and conflicts < _CONFLICT_SHARE * len(verdicts)


class Neighbourhoods:
    """Which accepted pairs count, worked out for one state of the archive."""

    def __init__(
        self, edges: Callable[[int], list[Edge]], sizes: Callable[[list[int]], Mapping[int, int]]
    ) -> None:
        """Take each text's accepted pairs, best first, and texts' numbers of shingles."""
        self._edges, self._sizes = edges, sizes
        self._chosen: dict[int, dict[int, Edge]] = {}
        self._elsewhere: dict[int, list[int]] = {}
        self._others: dict[int, set[int]] = {}

    def kept(self, node: int) -> list[Edge]:
        """The edges of a text that count: among the best of both ends, and chosen by both."""
        return [edge for other, edge in self._choose(node).items() if node in self._choose(other)]

    def elsewhere(self, node: int) -> list[int]:
        """The smaller texts that a text of several unrelated articles also holds, best first."""
        self._choose(node)
        return self._elsewhere[node]

    def _choose(self, node: int) -> dict[int, Edge]:
        """A text's best edges; of one that holds several unrelated articles, its best neighbour's group."""
        if node not in self._chosen:
            best = self._edges(node)[:BEST]
            others = [other for _, _, other in best]
            elsewhere = self._held_by_many(node, others)
            if not elsewhere:
                groups = self._groups(others)
                elsewhere = self._smaller(node, [other for group in groups[1:] for other in group])
            self._elsewhere[node] = [other for _, _, other in best if other in elsewhere]
            self._chosen[node] = {edge[2]: edge for edge in best if edge[2] not in elsewhere}
        return self._chosen[node]

    def _held_by_many(self, node: int, others: list[int]) -> set[int]:
        """The articles of a page of several of them, where the text most like it is such a page too.

        Each such page would tie the articles together for the others: they are one article by themselves.
        """
        if len(others) <= _PIECES_LEAST:
            return set()
        sizes = self._sizes([node, *others])
        pieces = [other for other in others if sizes[other] <= _PIECE_MOST * sizes[node]]
        if others[0] in pieces or len(self._groups(pieces)) < _PIECES_LEAST:
            return set()
        return set(pieces)

    def _smaller(self, node: int, others: list[int]) -> set[int]:
        if not others:
            return set()
        sizes = self._sizes([node, *others])
        return {other for other in others if sizes[other] < sizes[node]}

    def _groups(self, nodes: list[int]) -> list[set[int]]:
        """The nodes in groups that accepted pairs among them connect, the first node's group first."""
        left, groups = set(nodes), []
        for start in nodes:
            if start not in left:
                continue
            left.discard(start)
            group, queue = {start}, [start]
            while queue and left:
                reached = left & self._accepted_by(queue.pop())
                left -= reached
                group |= reached
                queue.extend(reached)
            groups.append(group)
        return groups

    def _accepted_by(self, node: int) -> set[int]:
        if node not in self._others:
            self._others[node] = {other for _, _, other in self._edges(node)}
        return self._others[node]
