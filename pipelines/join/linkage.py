"""Clusters from accepted pairs, without transitive closure and whatever order they came in.

In: the accepted pairs that count of some texts, and the verdict on any two; or which of them came and went.
Out: the cluster of every text of the components they are in. Plain union-find on the same pairs has a
precision below .3, because one text that contains two articles, or lies between two, pulls everything
together.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelines.join.verdict import BLOCKED, SAME

_REPRESENTATIVES = 6
_ACCEPTED_SHARE = 0.5
_CONFLICT_SHARE = 0.34
_WHOLE, _FULLEST_SHARE = 0.6, 0.3
"""Of the fullest text, a copy of it: a page of two articles is longer than either. And what must be accepted
of its group then: items over one site's teasers are copies of one among many."""
_MIX = 0x9E3779B97F4A7C15

Edge = tuple[float, int, int]
"""An accepted pair seen from one of its texts, the better sorts first: minus the similarity; a number that
is the same at both ends, else by chance (many equal copies must not all choose the same few); the other
text. A plain tuple, since the copies of a much-copied article have thousands."""


def edge(node: int, other: int, similarity: float) -> Edge:
    """The edge from a text to another."""
    return (-similarity, ((node ^ other) * _MIX) % 2**64, other)


_Link = tuple[float, int, int]
"""A kept edge as linking goes through them: minus the similarity, the lower text, the other one."""

_Side = tuple[tuple[int, ...], int]
"""What stands for a group: its lowest members, and the fullest of all."""

_Sides = tuple[_Side, _Side]


@dataclass(frozen=True, eq=False)
class _Linked:
    """How texts were linked, with all that linking them again takes."""

    clusters: dict[int, int]
    """Each text's cluster: its lowest member."""
    joins: set[_Link]
    """The edges that joined two groups."""
    refused: set[_Link]
    """Those between two groups that too few of their pairs join; all others were inside a group already."""
    agreed: dict[_Sides, bool]
    """What was found of two groups, by what stands for them."""


@dataclass(frozen=True)
class Verdicts:
    """What is found of two texts: `same`, `blocked` or `apart`."""

    stored: Callable[[int, int], str | None]
    """Where it costs nothing; else None."""
    judged: Callable[[int, int], str]
    size: Callable[[int], int]
    """How much text one has."""


def link(kept: Mapping[int, list[Edge]], verdicts: Verdicts) -> dict[int, int]:
    """The cluster of each text, its lowest member, from the kept edges of every text of whole components."""
    return _link_along(kept, _links(kept, kept), verdicts).clusters


class Components:
    """The components that were linked last, and their edges: linked again at the cost of what changed.

    Clusters are the same as `link` gives for all edges; what is remembered saves work and decides nothing. Of
    a component's edges most join nothing, their texts being in one group already: a much-copied article has
    thirty edges a text and one join. Edges are gone through in the order of their rank, so an edge that
    joined nothing has its ends tied together by better ones that joined. Where these have their ends in one
    group again it joins nothing again. So it is enough to go through the edges that came, those that joined
    or were refused, and where one that joined went, all edges of the pieces that it held to the largest.
    Where one that joined is refused now, a component is linked from all its edges.
    """

    def __init__(self) -> None:
        self._linked: dict[int, _Linked] = {}
        self.kept: dict[int, list[Edge]] = {}
        """The kept edges of every text of them."""

    def __contains__(self, node: int) -> bool:
        return node in self._linked

    def link(self, changed: dict[int, list[Edge]], gone: set[int], verdicts: Verdicts) -> dict[int, int]:
        """The cluster of every text of every component that a change touched.

        Args:
            changed: The kept edges of all texts that have others than before, or were not linked before.
            gone: Texts that are no more; those that had a kept edge with them have changed.
            verdicts: On any two texts; other than before for changed texts only.
        """
        now, before = _links(changed, changed), _links(gone.union(changed), self.kept)
        self.kept |= changed
        found: dict[int, int] = {}
        for nodes, former, came in list(self._parts(gone.union(changed), now - before)):
            linked = self._link(nodes - gone, former, came, before - now, changed.keys(), verdicts)
            self._linked |= dict.fromkeys(linked.clusters, linked)
            found |= linked.clusters
        for node in gone:
            self._linked.pop(node, None)
            self.kept.pop(node, None)
        return found

    def _link(
        self,
        nodes: set[int],
        former: list[_Linked],
        came: set[_Link],
        went: set[_Link],
        changed: Iterable[int],
        verdicts: Verdicts,
    ) -> _Linked:
        agreed = _still_agreed(former, set(changed))
        joined = set().union(*(one.joins for one in former))
        left = joined - went
        again = _links(_loose(former, joined, left) & nodes, self.kept)
        again = again.union(left, came, *(one.refused - went for one in former))
        linked = _link_along(nodes, again, verdicts, agreed)
        if left.isdisjoint(linked.refused):
            return linked
        return _link_along(nodes, _links(nodes, self.kept), verdicts, agreed)

    def _parts(
        self, nodes: set[int], came: set[_Link]
    ) -> Iterator[tuple[set[int], list[_Linked], set[_Link]]]:
        """Texts that must be linked together, how they were linked, and the edges that came among them."""
        beside: dict[int, list[_Link]] = {}
        for one in came:
            beside.setdefault(one[1], []).append(one)
            beside.setdefault(one[2], []).append(one)
        left = set(nodes)
        while left:
            queue, part, among = [left.pop()], set[int](), set[_Link]()
            former: dict[int, _Linked] = {}
            while queue:
                node = queue.pop()
                if node in part:
                    continue
                linked = self._linked.get(node)
                members = {node} if linked is None else linked.clusters.keys()
                if linked is not None:
                    former[id(linked)] = linked
                part |= members
                for member in members:
                    for one in beside.get(member, ()):
                        among.add(one)
                        queue += one[1:]
            left -= part
            yield part, list(former.values()), among


def _links(nodes: Iterable[int], kept: Mapping[int, list[Edge]]) -> set[_Link]:
    """The kept edges of texts, as they are seen from both ends."""
    return {
        (rank, node, other) if node < other else (rank, other, node)
        for node in nodes
        for rank, _, other in kept.get(node, ())
    }


def _pieces_along(nodes: Iterable[int], links: Iterable[_Link]) -> dict[int, int]:
    """Which texts links connect: of each text, one that stands for all that are connected with it."""
    groups = _Groups(nodes)
    for _, a, b in links:
        left, right = groups.of(a), groups.of(b)
        if left != right:
            groups.join(left, right)
    return {node: groups.of(node) for node in groups.all}


def _link_along(
    nodes: Iterable[int],
    links: Iterable[_Link],
    verdicts: Verdicts,
    agreed: Mapping[_Sides, bool] | None = None,
) -> _Linked:
    """Joins groups of texts along these edges, the best first; `agreed` holds answers that are known."""
    groups, known = _Groups(nodes, verdicts.size), agreed or {}
    found = _Linked({}, set(), set(), {})
    states: set[tuple[int, int, int, int]] = set()
    for one in sorted(links):
        left, right = groups.of(one[1]), groups.of(one[2])
        if left == right:
            continue
        found.refused.add(one)
        state = (left, right, groups.sizes[left], groups.sizes[right])
        if state in states:
            continue
        sides = groups.side(left), groups.side(right)
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
    """Disjoint sets (Tarjan 1975) that know their size, lowest members and fullest one."""

    def __init__(self, nodes: Iterable[int], size: Callable[[int], int] = lambda _: 0) -> None:
        self._parent = {node: node for node in nodes}
        self._size = size
        self._fullest = {node: node for node in self._parent}
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

    def side(self, one: int) -> _Side:
        """What stands for the group of the member that stands for it."""
        return self.lowest[one], self._fullest[one]

    def join(self, one: int, other: int) -> None:
        """Make one group of two, each named by the member that stands for it; the larger one's stays."""
        large, small = (one, other) if self.sizes[one] >= self.sizes[other] else (other, one)
        self._parent[small] = large
        self.sizes[large] += self.sizes.pop(small)
        lowest = sorted(self.lowest[large] + self.lowest.pop(small))
        self.lowest[large] = tuple(lowest[:_REPRESENTATIVES])
        ends = self._fullest[large], self._fullest.pop(small)
        self._fullest[large] = max(ends, key=lambda node: (self._size(node), node))


def _agree(left: _Side, right: _Side, verdicts: Verdicts) -> bool:
    """Whether two groups are one article.

    Enough cross pairs are accepted and few are blocked; fewer are enough where the fullest text of one
    accepts the other, a single one. Judges no more pairs than decide it.
    """
    pairs = list(itertools.product(left[0], right[0]))
    found = [verdicts.stored(a, b) for a, b in pairs]
    todo = [pair for pair, stored in zip(pairs, found, strict=True) if stored is None]
    accepted, conflicts = found.count(SAME), found.count(BLOCKED)
    enough, most = _ACCEPTED_SHARE * len(pairs), _CONFLICT_SHARE * len(pairs)
    while True:
        if accepted >= enough and conflicts + len(todo) < most:
            return True
        if conflicts >= most:
            return False
        if accepted + len(todo) >= enough:
            judged = verdicts.judged(*todo.pop(0))
            accepted += judged == SAME
            conflicts += judged == BLOCKED
        elif enough > (lower := _FULLEST_SHARE * len(pairs)) and _are_whole_copies(left, right, verdicts):
            enough = lower
        else:
            return False


def _are_whole_copies(left: _Side, right: _Side, verdicts: Verdicts) -> bool:
    """Whether one group is a single text, of nearly the length of the other's fullest one, and its copy."""
    if min(len(left[0]), len(right[0])) > 1:
        return False
    a, b = left[1], right[1]
    less, more = sorted((verdicts.size(a), verdicts.size(b)))
    return less >= _WHOLE * more and (verdicts.stored(a, b) or verdicts.judged(a, b)) == SAME


def _loose(former: list[_Linked], joined: set[_Link], left: set[_Link]) -> set[int]:
    """Of groups that lost an edge that joined them, the texts of all pieces but the largest."""
    if len(left) == len(joined):
        return set()
    lost = {node for one in joined - left for node in one[1:]}
    loose: set[int] = set()
    for one in former:
        clusters = {one.clusters[node] for node in lost if node in one.clusters}
        members = {node for node, cluster in one.clusters.items() if cluster in clusters}
        pieces: dict[int, dict[int, set[int]]] = {}
        piece = _pieces_along(members, (link for link in left & one.joins if link[1] in members))
        for node in members:
            pieces.setdefault(one.clusters[node], {}).setdefault(piece[node], set()).add(node)
        for group in pieces.values():
            loose |= set().union(*sorted(group.values(), key=len)[:-1])
    return loose


def _still_agreed(former: list[_Linked], changed: set[int]) -> dict[_Sides, bool]:
    return {
        sides: agree
        for one in former
        for sides, agree in one.agreed.items()
        if changed.isdisjoint([*sides[0][0], sides[0][1], *sides[1][0], sides[1][1]])
    }
