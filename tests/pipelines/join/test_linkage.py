from itertools import combinations

from pipelines.join.linkage import Neighbourhoods, Verdicts, edge, link


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
    cluster = link({node: neighbourhoods.kept(node) for node in nodes}, Verdicts(lambda *_: None, verdict))
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
