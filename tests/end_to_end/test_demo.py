"""`parknews demo` on a fresh folder: the whole product over the bundled sites, held against their truth."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.archive.file import reader
from pipelines.archive.read.changes import kept_searches

CALENDAR_PAGES_MAX = 100
"""An endless calendar may cost a few pages; more of them is a crawler that was caught."""


@pytest.fixture
def score(demo: Any) -> dict[str, Any]:
    """The demo's score."""
    return dict(demo.answer["score"])


def share(tally: dict[str, Any]) -> float:
    return float(tally["right"] / tally["total"])


def test_no_two_stories_are_joined(score: dict[str, Any]) -> None:
    assert (score["wrong_joins"], score["joins_precision"]) == ([], 1.0)


def test_copies_are_joined(score: dict[str, Any]) -> None:
    assert score["joins_recall"] >= 0.95, score["missed_joins"]


@pytest.mark.parametrize(
    ("field", "least"), [("texts", 0.95), ("titles", 0.95), ("dates", 0.98), ("credited", 0.95)]
)
def test_what_pages_say_is_read_rightly(score: dict[str, Any], field: str, least: float) -> None:
    assert share(score[field]) >= least, score[field]["wrong"]


def test_no_article_page_is_lost_and_none_is_made_up(score: dict[str, Any]) -> None:
    assert (score["lost"], score["unexpected"]) == ([], [])


def test_a_page_that_changed_and_a_disputed_figure_are_known_and_a_search_is_kept(
    demo: Any, score: dict[str, Any]
) -> None:
    assert (score["changed"]["wrong"], score["disputed"]["wrong"]) == ([], [])
    with reader(demo.archive) as connection:
        assert [kept.name for kept in kept_searches(connection)] == ["talents"]


def test_nothing_is_fetched_that_robots_txt_forbids(score: dict[str, Any]) -> None:
    assert score["canary_hits"] == 0


def test_an_endless_calendar_does_not_hold_the_crawl(score: dict[str, Any]) -> None:
    assert score["trap_hits"] <= CALENDAR_PAGES_MAX


def test_the_demo_ends_well(demo: Any, score: dict[str, Any]) -> None:
    assert (score["met"], demo.exit_code) == (True, 0)
