"""Clusters follow from the accepted pairs; linking what changed gives what linking everything gives."""

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.join.graph import Neighbourhoods
from pipelines.join.linkage import Components, Verdicts, edge, link


def _clusters(pairs, blocked=(), sizes=None):
    """Clusters of texts by the similarities of their accepted pairs; every other pair is apart."""
    accepted = {frozenset(pair): similarity for pair, similarity in pairs.items()}
    nodes = {node for pair in accepted for node in pair}

    def edges(node):
        return sorted(
            edge(node, *(pair - {node}), similarity) for pair, similarity in accepted.items() if node in pair
        )

    def verdict(a, b):
        if frozenset((a, b)) in accepted:
            return "same"
        return "blocked" if frozenset((a, b)) in {frozenset(pair) for pair in blocked} else "apart"

    neighbourhoods = Neighbourhoods(
        edges, lambda others: {other: (sizes or {}).get(other, 100) for other in others}
    )
    verdicts = Verdicts(lambda *_: None, verdict, lambda node: (sizes or {}).get(node, 100))
    cluster = link({node: neighbourhoods.kept(node) for node in nodes}, verdicts)
    return sorted({tuple(sorted(n for n in nodes if cluster[n] == c)) for c in cluster.values()})


def test_copies_of_one_text_are_one_cluster_named_by_its_lowest_member():
    edges = dict.fromkeys(combinations((5, 3, 9), 2), 0.9)
    assert _clusters(edges) == [(3, 5, 9)]


def test_two_groups_are_not_joined_by_one_pair():
    left, right = combinations((1, 2, 3), 2), combinations((4, 5, 6), 2)
    edges = dict.fromkeys([*left, *right], 0.9) | {(3, 4): 0.5}
    assert _clusters(edges) == [(1, 2, 3), (4, 5, 6)]


def test_a_text_of_two_articles_goes_with_the_one_it_is_most_like():
    edges = {(1, 2): 0.9, (3, 4): 0.9, (1, 7): 0.6, (2, 7): 0.6, (3, 7): 0.4, (4, 7): 0.4}
    assert _clusters(edges, sizes={7: 200}) == [(1, 2, 7), (3, 4)]


def test_a_blocked_pair_keeps_a_third_of_the_cross_pairs_from_joining():
    edges = {(1, 2): 0.9, (2, 3): 0.8}
    assert _clusters(edges, blocked=[(1, 3)]) == [(1, 2), (3,)]


def test_many_equal_copies_are_one_cluster():
    assert _clusters(dict.fromkeys(combinations(range(80), 2), 1.0)) == [tuple(range(80))]


def test_a_copy_that_the_fullest_text_accepts_joins_though_the_shorter_ones_are_apart_from_it():
    pairs = {(1, 2): 0.9, (1, 3): 0.9, (2, 3): 0.9, (3, 4): 0.5}
    assert _clusters(pairs, sizes={1: 40, 2: 40, 3: 100, 4: 80}) == [(1, 2, 3, 4)]


def test_a_piece_that_only_a_much_longer_text_accepts_stays_out():
    pairs = {(1, 2): 0.9, (1, 3): 0.9, (2, 3): 0.9, (3, 4): 0.5}
    assert _clusters(pairs, sizes={1: 40, 2: 40, 3: 100, 4: 50}) == [(1, 2, 3), (4,)]


class Pairs:
    """Kept edges that come and go among texts, and a verdict on any two."""

    def __init__(self, chance: random.Random, texts: int) -> None:
        self.chance, self.texts = chance, range(texts)
        self.similarity: dict[tuple[int, int], float] = {}
        self.live: set[int] = set()
        self.salt = chance.random()

    def kept(self, node: int) -> list[tuple[float, int, int]]:
        return sorted(
            edge(node, sum(pair) - node, similarity)
            for pair, similarity in self.similarity.items()
            if node in pair
        )

    def stored(self, a: int, b: int) -> str | None:
        return "same" if (min(a, b), max(a, b)) in self.similarity else None

    def judged(self, a: int, b: int) -> str:
        return self.stored(a, b) or random.Random(f"{min(a, b)} {max(a, b)} {self.salt}").choice(
            ["same", "blocked", "apart"]
        )

    def size(self, node: int) -> int:
        return random.Random(f"{node} {self.salt}").choice([50, 100, 120])

    def change(self) -> tuple[set[int], set[int]]:
        """Some texts and pairs come, some go; the texts whose edges changed, and those that are gone."""
        gone = {node for node in self.live if self.chance.random() < 0.04}
        came = {node for node in set(self.texts) - self.live if self.chance.random() < 0.3}
        self.live = self.live - gone | came
        lost = {
            pair for pair in self.similarity if not self.live.issuperset(pair) or self.chance.random() < 0.02
        }
        for pair in lost:
            del self.similarity[pair]
        pairs = [(a, b) for a in self.live for b in self.live if a < b and (a // 10 == b // 10)]
        found = {pair for pair in pairs if pair not in self.similarity and self.chance.random() < 0.15}
        self.similarity |= {pair: self.chance.choice([0.5, 0.6, 0.8, 1.0]) for pair in sorted(found)}
        return came.union(*lost, *found) - gone, gone


@settings(max_examples=150, deadline=None)
@given(chance=st.randoms(use_true_random=False), texts=st.sampled_from([8, 25]))
def test_linking_again_what_changed_gives_the_clusters_of_linking_everything(chance, texts):
    pairs, components = Pairs(chance, texts), Components()
    told: dict[int, int] = {}
    for _ in range(12):
        changed, gone = pairs.change()
        told |= components.link(
            {node: pairs.kept(node) for node in changed},
            gone,
            Verdicts(pairs.stored, pairs.judged, pairs.size),
        )
        everything = link(
            {node: pairs.kept(node) for node in sorted(pairs.live)},
            Verdicts(lambda *_: None, pairs.judged, pairs.size),
        )
        assert {node: told[node] for node in pairs.live} == everything


def test_a_copy_of_a_much_copied_text_asks_for_few_verdicts():
    components, asked = Components(), []

    def verdict(a: int, b: int) -> str:
        asked.append((a, b))
        return "same"

    everything = Verdicts(lambda *_: None, verdict, lambda _: 100)

    def edges(node: int, texts: int) -> list[tuple[float, int, int]]:
        return [edge(node, other, 0.9) for other in range(texts) if other != node]

    components.link({node: edges(node, 60) for node in range(60)}, set(), everything)
    all_at_once = len(asked)
    components.link({node: edges(node, 61) for node in (60, *range(60, 0, -1))}, set(), everything)
    asked.clear()
    few = {61: [edge(61, 60, 0.8)], 60: [*edges(60, 61), edge(60, 61, 0.8)]}
    clusters = components.link(few, set(), everything)
    assert (set(clusters.values()), len(asked) < all_at_once / 10) == ({0}, True)
