"""Clusters from accepted pairs, without transitive closure and whatever order they came in.

In: the accepted pairs around some texts, and the verdict on any two. Out: the cluster of every
text. Plain union-find on the same pairs has a precision below .3, because one text that contains
two articles, or lies between two, pulls everything together.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.join.verdict import BLOCKED, SAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_REPRESENTATIVES = 6
_ACCEPTED_SHARE = 0.5
_CONFLICT_SHARE = 0.34
_MIX = 0x9E3779B97F4A7C15
_PIECES_LEAST = 2
_PIECE_MOST = 0.75
"""Of a page of several articles, so much is one of them at most; what is larger is the page again."""
_COPIES_LEAST = 2
"""Copies that make a piece an article by itself. With 1, recall fell by .009 (`benchmarks/neardup.py`)."""
BEST = 64
"""Pairs kept a text: enough to connect the copies of one article, too few for a page made of all."""


Edge = tuple[float, int, int]
"""An accepted pair seen from one of its texts, the better sorts first: minus the similarity; a number that
is the same at both ends, else by chance (many equal copies must not all choose the same few); the other
text. A plain tuple, since the copies of a much-copied article have thousands."""


def edge(node: int, other: int, similarity: float) -> Edge:
    """The edge from a text to another."""
    return (-similarity, ((node ^ other) * _MIX) % 2**64, other)


Link = tuple[float, int, int]
"""A kept edge as linking goes through them: minus the similarity, the lower text, the other one."""

_Sides = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Linked:
    """How texts were linked, with all that linking them again takes (`pipelines/join/components.py`)."""

    clusters: dict[int, int]
    """Each text's cluster: its lowest member."""
    joins: set[Link]
    """The edges that joined two groups."""
    refused: set[Link]
    """Those between two groups that too few of their pairs join; all others were inside a group already."""
    agreed: dict[_Sides, bool]
    """What was found of two groups, by their lowest members."""


@dataclass(frozen=True)
class Verdicts:
    """What is found of two texts: `same`, `blocked` or `apart`."""

    stored: Callable[[int, int], str | None]
    """Where it costs nothing; else None."""
    judged: Callable[[int, int], str]


def link(kept: Mapping[int, list[Edge]], verdicts: Verdicts) -> dict[int, int]:
    """The cluster of each text, its lowest member, from the kept edges of every text of whole components."""
    links = {one for node, edges in kept.items() for one in links_of(node, edges)}
    return link_along(kept, links, verdicts).clusters


def links_of(node: int, edges: Iterable[Edge]) -> Iterator[Link]:
    """A text's kept edges, as they are seen from both ends."""
    return ((rank, node, other) if node < other else (rank, other, node) for rank, _, other in edges)


def pieces_along(nodes: Iterable[int], links: Iterable[Link]) -> dict[int, int]:
    """Which texts links connect: of each text, one that stands for all that are connected with it."""
    groups = _Groups(nodes)
    for _, a, b in links:
        left, right = groups.of(a), groups.of(b)
        if left != right:
            groups.join(left, right)
    return {node: groups.of(node) for node in groups.all}


def link_along(
    nodes: Iterable[int],
    links: Iterable[Link],
    verdicts: Verdicts,
    agreed: Mapping[_Sides, bool] | None = None,
) -> Linked:
    """Joins groups of texts along these edges, the best first; `agreed` holds answers that are known."""
    groups, known = _Groups(nodes), agreed or {}
    found = Linked({}, set(), set(), {})
    states: set[tuple[int, int, int, int]] = set()
    for one in sorted(links):
        left, right = groups.of(one[1]), groups.of(one[2])
        if left == right:
            continue
        found.refused.add(one)
        state = (left, right, groups.sizes[left], groups.sizes[right])
        if state in states:
            continue
        sides = groups.lowest[left], groups.lowest[right]
        agree = known[sides] if sides in known else _agree(*sides, verdicts)
        found.agreed[sides] = agree
        if agree:
            groups.join(left, right)
            found.refused.discard(one)
            found.joins.add(one)
        else:
            states |= {state, (right, left, state[3], state[2])}
    found.clusters.update((node, groups.lowest[groups.of(node)][0]) for node in groups.all)
    return found


class _Groups:
    """Disjoint sets (Tarjan 1975) that know their size and lowest members."""

    def __init__(self, nodes: Iterable[int]) -> None:
        self._parent = {node: node for node in nodes}
        self.sizes = dict.fromkeys(self._parent, 1)
        self.lowest: dict[int, tuple[int, ...]] = {node: (node,) for node in self._parent}

    @property
    def all(self) -> Iterable[int]:
        """Every text."""
        return self._parent.keys()

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
        lowest = sorted(self.lowest[large] + self.lowest.pop(small))
        self.lowest[large] = tuple(lowest[:_REPRESENTATIVES])


def _agree(left: tuple[int, ...], right: tuple[int, ...], verdicts: Verdicts) -> bool:
    """Whether enough cross pairs are accepted and few are blocked; judges no more of them than decide it."""
    pairs = list(itertools.product(left, right))
    found = [verdicts.stored(a, b) for a, b in pairs]
    accepted, conflicts, unknown = found.count(SAME), found.count(BLOCKED), found.count(None)
    for (a, b), stored in zip(pairs, found, strict=True):
        if accepted >= _ACCEPTED_SHARE * len(pairs) and conflicts + unknown < _CONFLICT_SHARE * len(pairs):
            return True
        if accepted + unknown < _ACCEPTED_SHARE * len(pairs) or conflicts >= _CONFLICT_SHARE * len(pairs):
            return False
        if stored is None:
            unknown -= 1
            judged = verdicts.judged(a, b)
            accepted += judged == SAME
            conflicts += judged == BLOCKED
    return accepted >= _ACCEPTED_SHARE * len(pairs) and conflicts < _CONFLICT_SHARE * len(pairs)


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

    def forget(self, changed: Iterable[int], gone: Iterable[int]) -> None:
        """Forget what followed from the pairs of texts whose pairs changed, and of texts that are no more."""
        for node in (*changed, *gone):
            self._others.pop(node, None)
        for node in {*changed, *gone}.union(*(self.accepted_by(node) for node in changed)):
            self._chosen.pop(node, None)
            self._elsewhere.pop(node, None)

    def kept(self, node: int) -> list[Edge]:
        """The edges of a text that count: among the best of both ends, and chosen by both."""
        return [edge for other, edge in self._choose(node).items() if node in self._choose(other)]

    def accepted_by(self, node: int) -> set[int]:
        """The texts that have an accepted pair with one."""
        if node not in self._others:
            self._others[node] = {other for _, _, other in self._edges(node)}
        return self._others[node]

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
        digests = {piece for piece in pieces if self._is_digest(piece, pieces, sizes)}
        pieces = [piece for piece in pieces if piece not in digests]
        if others[0] in pieces or len(self._groups(pieces)) < _PIECES_LEAST:
            return set()
        return set(pieces)

    def _is_digest(self, node: int, among: list[int], sizes: Mapping[int, int]) -> bool:
        """Whether a piece holds several articles of which the page that holds it has other copies too.

        A long extract may hold two short ones; that the page has further copies of each makes them articles.
        """
        inside = [
            other
            for other in among
            if sizes[other] <= _PIECE_MOST * sizes[node] and other in self.accepted_by(node)
        ]
        if len(inside) < _PIECES_LEAST * _COPIES_LEAST:
            return False
        return sum(len(group) >= _COPIES_LEAST for group in self._groups(inside)) >= _PIECES_LEAST

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
                reached = left & self.accepted_by(queue.pop())
                left -= reached
                group |= reached
                queue.extend(reached)
            groups.append(group)
        return groups
