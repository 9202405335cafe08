"""Clusters of whole components, linked again at the cost of what changed.

In: which edges came and went. Out: the clusters of every component they are in, the same as
`linkage.link` gives for all of its edges; what is remembered of the last time saves work and decides nothing.

Of a component's edges most join nothing, their texts being in one group already: a much-copied article has
thirty edges a text and one join. Edges are gone through in the order of their rank, so an edge that joined
nothing has its ends tied together by better ones that joined. Where these have their ends in one group again
it joins nothing again. So it is enough to go through the edges that came, those that joined or were refused,
and where one that joined went, all edges of the pieces that it held to the largest. Where one that joined
is refused now, a component is linked from all its edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.join.linkage import Link, Linked, link_along, links_of, pieces_along

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.join.linkage import Edge, Verdicts


class Components:
    """The components that were linked last, and their edges."""

    def __init__(self) -> None:
        self._linked: dict[int, Linked] = {}
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
        now = {one for node, edges in changed.items() for one in links_of(node, edges)}
        before = {one for node in gone.union(changed) for one in links_of(node, self.kept.get(node, ()))}
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
        former: list[Linked],
        came: set[Link],
        went: set[Link],
        changed: Iterable[int],
        verdicts: Verdicts,
    ) -> Linked:
        agreed = _still_agreed(former, set(changed))
        joined = set().union(*(one.joins for one in former))
        left = joined - went
        again = {
            one for node in _loose(former, joined, left) & nodes for one in links_of(node, self.kept[node])
        }
        linked = link_along(
            nodes, left.union(came, again, *(one.refused - went for one in former)), verdicts, agreed
        )
        if left.isdisjoint(linked.refused):
            return linked
        every = {one for node in nodes for one in links_of(node, self.kept[node])}
        return link_along(nodes, every, verdicts, agreed)

    def _parts(self, nodes: set[int], came: set[Link]) -> Iterator[tuple[set[int], list[Linked], set[Link]]]:
        """Texts that must be linked together, how they were linked, and the edges that came among them."""
        beside: dict[int, list[Link]] = {}
        for one in came:
            beside.setdefault(one[1], []).append(one)
            beside.setdefault(one[2], []).append(one)
        left = set(nodes)
        while left:
            queue, part, among = [left.pop()], set[int](), set[Link]()
            former: dict[int, Linked] = {}
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


def _loose(former: list[Linked], joined: set[Link], left: set[Link]) -> set[int]:
    """Of groups that lost an edge that joined them, the texts of all pieces but the largest."""
    if len(left) == len(joined):
        return set()
    lost = {node for one in joined - left for node in one[1:]}
    loose: set[int] = set()
    for one in former:
        clusters = {one.clusters[node] for node in lost if node in one.clusters}
        members = {node for node, cluster in one.clusters.items() if cluster in clusters}
        pieces: dict[int, dict[int, set[int]]] = {}
        piece = pieces_along(members, (link for link in left & one.joins if link[1] in members))
        for node in members:
            pieces.setdefault(one.clusters[node], {}).setdefault(piece[node], set()).add(node)
        for group in pieces.values():
            loose |= set().union(*sorted(group.values(), key=len)[:-1])
    return loose


def _still_agreed(
    former: list[Linked], changed: set[int]
) -> dict[tuple[tuple[int, ...], tuple[int, ...]], bool]:
    return {
        sides: agree
        for one in former
        for sides, agree in one.agreed.items()
        if changed.isdisjoint(sides[0]) and changed.isdisjoint(sides[1])
    }
