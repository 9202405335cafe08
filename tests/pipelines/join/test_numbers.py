"""When numbers speak against one piece of news: two places that differ, and a quarter of the shared ones."""

from __future__ import annotations

import pytest

from pipelines.join.numbers import NumbersCompared


@pytest.mark.parametrize(
    ("shared", "differ", "against"),
    [(1, 1, False), (2, 2, True), (8, 1, False), (8, 2, True), (9, 2, False), (20, 5, True), (20, 4, False)],
)
def test_two_places_and_a_quarter_of_the_shared_ones_speak_against_a_join(
    shared: int, differ: int, against: bool
) -> None:
    assert NumbersCompared(shared, differ).contradict is against
