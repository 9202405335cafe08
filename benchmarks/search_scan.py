"""What a query finds when every text is read: the answer that the search index must give.

In: the tokens of titles and of texts, by columns of the index, and a query's tree without fields. Out: whether it
holds.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from pipelines.query import And, Near, Needle, Node, Not, Or, Words

if TYPE_CHECKING:
    from collections.abc import Sequence


def says(titles: Sequence[Sequence[str]], texts: Sequence[Sequence[str]], node: Node) -> bool:
    if isinstance(node, Words):
        columns = titles if node.in_title else [*titles, *texts]
        return any(_spots(column, needle) for needle in node.needles for column in columns)
    if isinstance(node, Near):
        columns = titles if node.words[0].in_title else [*titles, *texts]
        choices = list(product(*(words.needles for words in node.words)))
        return any(_is_near(column, one, node.distance) for column in columns for one in choices)
    if isinstance(node, Not):
        return not says(titles, texts, node.part)
    assert isinstance(node, And | Or)
    return (all if isinstance(node, And) else any)(says(titles, texts, part) for part in node.parts)


def _spots(column: Sequence[str], needle: Needle) -> list[int]:
    *firm, last = needle.tokens
    return [
        at
        for at in range(len(column) - len(firm))
        if column[at : at + len(firm)] == firm
        and (column[at + len(firm)].startswith(last) if needle.begins else column[at + len(firm)] == last)
    ]


def _is_near(column: Sequence[str], needles: Sequence[Needle], distance: int) -> bool:
    """Whether they stand somewhere so that no two are more tokens apart, from end to beginning."""
    return any(
        all(b - (a + len(n.tokens)) <= distance for a, n in zip(places, needles, strict=True) for b in places)
        for places in product(*(_spots(column, needle) for needle in needles))
    )
