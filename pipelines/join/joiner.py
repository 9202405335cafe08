"""The join stage online: texts come and go, and the clusters are those of the set that is there.

In: `Signed` texts, an index. Out: the cluster of every text whose neighbourhood changed. The state
is the index alone; what is kept in memory only saves work. Whatever decides (candidates, verdicts,
which pairs count, clusters) is a function of the set of texts; see
docs/decisions/0002-joins-do-not-depend-on-order.md.

A text that holds several unrelated articles is in the cluster of the likeliest only; `secondary`
names the others. A caller that keeps them does so after each relink, in the same transaction:

    clusters = joiner.relink()
    for node, others in joiner.secondary().items():  # others: cluster id -> the text of it most like
        ...                                          # replaces what was kept of this node; perhaps empty

Texts that `secondary` does not name have the clusters they had; a removed text's go with it. What
it tells adds up to a function of the set of texts, as what `relink` tells does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pipelines.join.features import Features
from pipelines.join.graph import Graph
from pipelines.join.index import Around, JoinIndex, Node, Pair, pair_of
from pipelines.join.verdict import APART, SPREAD_LEAST, Verdict, judge, measure
from pipelines.records import Signed
from pipelines.remembered import Remembered
from pipelines.sign import LONGEST, PERMUTATIONS, are_among, signature_values

WINDOW = 10
"""Texts with the same place in a key's list that are candidates, on either side; and one less than a short
list has, where all are. 3 and 30 find the same copies of 1,422 texts (`benchmarks/neardup.py`)."""

_NEAR_LEAST = 2
"""Lists in which candidates stand near each other. With one, every stock phrase names twenty texts that share
nothing else, and reading their keys was most of the cost (`benchmarks/million.py`)."""

_SHARED_PART = 0.10
_DEVIATIONS = 2.5
_FEATURES_KEPT, _VERDICTS_KEPT = 300, 50_000


class Joiner:
    """Joins texts that are copies of each other, over a persistent index, in the caller's transaction."""

    def __init__(self, index: JoinIndex, window: int = WINDOW) -> None:
        """Work on an index; another process may have filled it."""
        self._index = index
        self._window = window
        self._features: Remembered[int, Features] = Remembered(_FEATURES_KEPT)
        self._verdicts: Remembered[Pair, Verdict] = Remembered(_VERDICTS_KEPT)
        self._apart: set[Pair] = set()
        self._together: set[Pair] = set()
        self._touched: set[int] = set()
        self._gone: set[int] = set()
        self._graph = Graph(index)
        self._secondary: dict[int, dict[int, int]] = {}

    def add(self, signed: Signed) -> None:
        """Note that a live page has this text; nothing happens where it is known."""
        if self._index.has(signed.node_id):
            return
        node = Node(signed.node_id, len(signed.shingles), signed.keys, signed.scheme, signed.signature)
        around = self._index.around(node, self._window)
        self._index.insert(node)
        self._features.get(node.node_id, lambda: Features.signed(signed))
        self._apart |= around.straddling
        self._touched.add(node.node_id)
        for other in self._partners(node, around):
            self._decide(pair_of(node.node_id, other))

    def remove(self, node_id: int) -> None:
        """Forget a text that no live page has any more; nothing happens where it is not known."""
        node = self._index.nodes([node_id]).get(node_id)
        if node is None:
            return
        self._touched |= {other for pair, _, _ in self._index.pairs_of([node_id]) for other in pair}
        self._index.delete(node)
        self._together |= self._index.around(node, self._window).straddling
        self._touched.discard(node_id)
        self._gone.add(node_id)

    def relink(self) -> dict[int, int]:
        """The cluster of every text whose cluster is not what it was at the last call."""
        self._settle()
        if not self._index.is_as_marked():
            self._graph.clear()
        touched = self._touched | set(self._index.unclustered())
        clusters = self._graph.relink(
            touched, self._gone - touched, lambda a, b: self._verdict(pair_of(a, b)).verdict
        )
        former = self._index.clusters_of(clusters)
        changed = {node: cluster for node, cluster in clusters.items() if former[node] != cluster}
        self._index.cluster(changed)
        self._secondary = self._graph.secondary(clusters, touched | changed.keys())
        self._index.mark()
        self._graph.trim()
        self._touched.clear()
        self._gone.clear()
        return changed

    def secondary(self) -> dict[int, dict[int, int]]:
        """The other clusters of every text for which they may have changed in the last relink.

        Each with the text in it that is most like; the evidence of that pair is stored. Empty where a
        text holds one article only.
        """
        return self._secondary

    def similarity(self, a: int, b: int) -> float:
        """The Jaccard similarity of two texts' shingle sets, 0 to 1; 1.0 for one and the same node."""
        return 1.0 if a == b else measure(self._of(a), self._of(b))[1]

    def verdict(self, a: int, b: int) -> Verdict:
        """What was or would be found of two different texts of the index, candidates or not."""
        return self._verdict(pair_of(a, b))

    def _partners(self, node: Node, around: Around) -> list[int]:
        """Candidates of a text: near it in some lists, sharing enough keys with it."""
        near = [other for other, lists in around.near.items() if lists >= _NEAR_LEAST]
        others = list(self._index.nodes(near).values()) if near else []
        together = zip(others, _keys_shared(node, others), strict=True)
        return [other.node_id for other, shared in together if _share_enough(node, other, shared)]

    def _decide(self, pair: Pair) -> None:
        """Judge a candidate pair and store the evidence, unless the texts are far apart."""
        verdict = self._verdict(pair)
        if verdict.verdict != APART:
            self._index.put_pair(pair, verdict)
            self._touched |= set(pair)

    def _settle(self) -> None:
        """Decide the pairs that an arrival or a departure between them moved apart or together."""
        known = self._index.known_pairs(self._apart | self._together)
        doubtful = self._apart & known | self._together
        nodes = self._index.nodes({node for pair in doubtful for node in pair})
        for pair in doubtful:
            if any(node not in nodes for node in pair):
                continue
            near = self._is_candidate(nodes[pair[0]], nodes[pair[1]])
            if near and pair not in known:
                self._decide(pair)
            elif pair in known and not near:
                self._index.delete_pair(pair)
                self._touched |= set(pair)
        self._apart.clear()
        self._together.clear()

    def _is_candidate(self, a: Node, b: Node) -> bool:
        [shared] = _keys_shared(a, [b])
        return (
            _share_enough(a, b, shared)
            and self._index.near_lists(a, b, self._window, _NEAR_LEAST) == _NEAR_LEAST
        )

    def _verdict(self, pair: Pair) -> Verdict:
        return self._verdicts.get(pair, lambda: judge(self._of(pair[0]), self._of(pair[1])))

    def _of(self, node_id: int) -> Features:
        return self._features.get(node_id, lambda: Features(node_id, self._index.text(node_id)[:LONGEST]))


def _keys_shared(node: Node, others: Sequence[Node]) -> list[int]:
    """How many keys a text shares with each of some, counted at once: most of dozens share too few."""
    if not others:
        return []
    keys = np.concatenate([other.keys for other in others]).view(np.uint64)
    starts = np.cumsum([0, *(len(other.keys) for other in others[:-1])])
    counts: list[int] = np.add.reduceat(
        are_among(keys, node.keys.view(np.uint64)), starts, dtype=int
    ).tolist()
    return counts


def _share_enough(a: Node, b: Node, shared: int) -> bool:
    """Whether two texts may be near: enough common keys, and as many common MinHash values as near ones.

    Both counts are samples of what the texts share; a pair that is near at all (`SPREAD_LEAST`) falls
    so far below what is expected of it in one case of two hundred.
    """
    least_keys = min(len(a.keys), len(b.keys))
    if shared < _NEAR_LEAST or shared < _SHARED_PART * least_keys:
        return False
    common = SPREAD_LEAST * min(a.shingles, b.shingles)
    expected = SPREAD_LEAST * least_keys + PERMUTATIONS * common / (a.shingles + b.shingles - common)
    values = int(np.count_nonzero(signature_values(a.signature) == signature_values(b.signature)))
    return shared + values >= expected - _DEVIATIONS * math.sqrt(expected)
