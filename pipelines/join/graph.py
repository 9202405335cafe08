"""The accepted pairs around texts, which of them count, and the clusters that follow from them.

In: the texts whose pairs changed since the last time. Out: the clusters of every component they are in, and
what texts hold of other clusters. Pairs are read in bulk and once; what was read is kept from one relink to
the next: it follows from the stored pairs, and whoever changes a pair says so for both of its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipelines.join.index import JoinIndex
from pipelines.join.linkage import Components, Edge, Verdicts, edge
from pipelines.join.verdict import BLOCKED, SAME

_EDGES_KEPT = 250_000
"""Edges in memory between relinks, some 80 MB: those of a component of 5,000 copies."""

_TEXTS_KEPT = 5_000
"""Texts in memory between relinks, some 10 MB: most have no edge, and yet the archive's would all stay."""

_PIECES_LEAST = 2
_PIECE_MOST = 0.75
"""Of a page of several articles, so much is one of them at most; what is larger is the page again."""
_COPIES_LEAST = 2
"""Copies that make a piece an article by itself. With 1, recall fell by .009 (`benchmarks/neardup.py`)."""
BEST = 64
"""Pairs kept a text: enough to connect the copies of one article, too few for a page made of all."""


class Graph:
    """The accepted pairs of the index, as far as they were asked for."""

    def __init__(self, index: JoinIndex) -> None:
        """Work on an index; whatever is not read yet is read from it."""
        self._index = index
        self.clear()

    def __len__(self) -> int:
        """How many texts are in memory with their pairs."""
        return len(self._edges)

    def clear(self) -> None:
        """Forget all that was read."""
        self._edges: dict[int, list[Edge]] = {}
        self._blocked: dict[int, set[int]] = {}
        self._size: dict[int, int] = {}
        self._count = 0
        self._neighbourhoods = Neighbourhoods(self._edges_of, self._sizes)
        self._components = Components()

    def trim(self) -> None:
        """Forget all where it is too much to keep."""
        if self._count > _EDGES_KEPT or len(self) > _TEXTS_KEPT:
            self.clear()

    def relink(self, touched: set[int], gone: set[int], verdict: Callable[[int, int], str]) -> dict[int, int]:
        """The clusters of every text whose component has a touched text, or had one that is gone.

        Args:
            touched: Texts whose pairs changed since the last call; both ends of each.
            gone: Texts that are no longer in the index.
            verdict: On any two texts whose pair is not stored.
        """
        self._refresh(touched, gone)
        starts = self._existing(self._with_neighbours(self._with_neighbours(touched)))
        changed: dict[int, list[Edge]] = {}
        front = starts
        while front:
            self._load_around(front)
            changed |= {node: self._neighbourhoods.kept(node) for node in front}
            reached = {other for node in front for _, _, other in changed[node]} - changed.keys()
            front = {node for node in reached if node not in self._components}
        return self._components.link(changed, gone, Verdicts(self._stored, verdict, self._size_of))

    def secondary(self, clusters: Mapping[int, int], changed: set[int]) -> dict[int, dict[int, int]]:
        """Other clusters that texts hold articles of, for all that the changed texts may concern."""
        around = self._existing(self._with_neighbours(self._with_neighbours(changed)))
        self._load_around(around)
        elsewhere = {node: self._neighbourhoods.elsewhere(node) for node in sorted(around)}
        named = around.union(*elsewhere.values()) - clusters.keys()
        cluster = {**self._index.clusters_of(named), **clusters}
        found: dict[int, dict[int, int]] = {}
        for node, others in elsewhere.items():
            found[node] = {}
            for other in others:
                home = cluster[other]
                if home is not None and home != cluster[node]:
                    found[node].setdefault(home, other)
        return found

    def _refresh(self, touched: set[int], gone: set[int]) -> None:
        """Forget what the touched texts' pairs were, and what followed from them."""
        for node in touched | gone:
            self._count -= len(self._edges.pop(node, ()))
            self._blocked.pop(node, None)
            self._size.pop(node, None)
        self._load(touched)
        self._neighbourhoods.forget(touched, gone)

    def _existing(self, nodes: set[int]) -> set[int]:
        return set(self._sizes(nodes))

    def _load_around(self, nodes: set[int]) -> None:
        """All that working out what counts of these texts will ask for, in a few statements."""
        near = self._with_neighbours(self._with_neighbours(nodes))
        self._load(near)
        self._sizes(near)

    def _with_neighbours(self, nodes: set[int]) -> set[int]:
        """The texts and all that have an accepted pair with one of them."""
        self._load(nodes)
        return nodes.union(*(self._neighbourhoods.accepted_by(node) for node in nodes))

    def _stored(self, a: int, b: int) -> str | None:
        """The stored verdict on a pair, where one was read."""
        for node, other in ((a, b), (b, a)):
            if node in self._edges:
                if other in self._neighbourhoods.accepted_by(node):
                    return SAME
                return BLOCKED if other in self._blocked[node] else None
        return None

    def _size_of(self, node: int) -> int:
        return self._sizes([node]).get(node, 0)

    def _edges_of(self, node: int) -> list[Edge]:
        """A text's accepted pairs, best first."""
        if node not in self._edges:
            self._load([node])
        return self._edges[node]

    def _sizes(self, nodes: Iterable[int]) -> dict[int, int]:
        """How many shingles each text has that is in the index."""
        wanted = list(nodes)
        missing = [node for node in wanted if node not in self._size]
        if missing:
            self._size |= self._index.sizes(missing)
        return {node: self._size[node] for node in wanted if node in self._size}

    def _load(self, nodes: Iterable[int]) -> None:
        missing = {node for node in nodes if node not in self._edges}
        if not missing:
            return
        found: dict[int, set[Edge]] = {node: set() for node in missing}
        blocked: dict[int, set[int]] = {node: set() for node in missing}
        for pair, verdict, similarity in self._index.pairs_of(missing):
            for node, other in (pair, pair[::-1]):
                if node in found and verdict == SAME:
                    found[node].add(edge(node, other, similarity))
                elif node in found:
                    blocked[node].add(other)
        self._edges |= {node: sorted(edges) for node, edges in found.items()}
        self._blocked |= blocked
        self._count += sum(map(len, found.values()))


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
                elsewhere = set(self._smaller(node, [other for group in groups[1:] for other in group]))
            self._elsewhere[node] = [other for _, _, other in best if other in elsewhere]
            self._chosen[node] = {edge[2]: edge for edge in best if edge[2] not in elsewhere}
        return self._chosen[node]

    def _held_by_many(self, node: int, others: list[int]) -> set[int]:
        """The articles of a page of several of them, where the text most like it is such a page too.

        Each such page would tie the articles together for the others: they are one article by themselves.
        """
        if len(others) <= _PIECES_LEAST:
            return set()
        smaller = self._smaller(node, others)
        pieces = [other for other in smaller if not self._is_digest(other, smaller)]
        if others[0] in pieces or len(self._groups(pieces)) < _PIECES_LEAST:
            return set()
        return set(pieces)

    def _is_digest(self, node: int, among: list[int]) -> bool:
        """Whether a piece holds several articles of which the page that holds it has other copies too.

        A long extract may hold two short ones; that the page has further copies of each makes them articles.
        """
        inside = [other for other in self._smaller(node, among) if other in self.accepted_by(node)]
        if len(inside) < _PIECES_LEAST * _COPIES_LEAST:
            return False
        return sum(len(group) >= _COPIES_LEAST for group in self._groups(inside)) >= _PIECES_LEAST

    def _smaller(self, node: int, others: list[int]) -> list[int]:
        """Those of other texts that may be pieces of one."""
        sizes = self._sizes([node, *others]) if others else {}
        return [other for other in others if sizes[other] <= _PIECE_MOST * sizes[node]]

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
