"""An archive is scored against the truth: each kind of fault costs where it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crawler.demo.compare import DemoScore, score
from crawler.demo.truth import TruthRow
from pipelines.archive.read.sources import CopyRow

PORTS = {"park.localhost": 81, "paper.localhost": 82}
TODAY = date(2026, 7, 1)
TRUTH = [
    TruthRow("park.localhost/1", "article", "a", (), "甲", "一段\n二段", (), "2024-03-05", "园区", "zh-Hans"),
    TruthRow("park.localhost/1?print=1", "variant", of="park.localhost/1"),
    TruthRow("paper.localhost/1", "article", "a", (), "甲", "一段", ("图",), "-2 days", "", "zh-Hans"),
    TruthRow("paper.localhost/2", "article", "b", (), "乙", "别的 事", (), "2024-01-01", "", "zh-Hans"),
    TruthRow(
        "paper.localhost/3", "article", "b", ("a",), "乙", "别的事\n一段", (), "2024-01-01", "", "zh-Hans"
    ),
    TruthRow("paper.localhost/gone", "rejection", reason=("HTTP 404",)),
]
COPIES = [
    CopyRow("http://park.localhost:81/1", 1, "甲", "一段\n二段", "2024-03-05", "园区", "zh-Hans"),
    CopyRow("http://paper.localhost:82/1", 1, "甲", "一段\n图", "2026-06-29", None, "zh-Hans"),
    CopyRow("http://paper.localhost:82/2", 2, "乙", "别的事", "2024-01-01", None, "zh-Hans"),
    CopyRow("http://paper.localhost:82/3", 2, "乙", "别的 事\n一段", "2024-01-01", None, "zh-Hans"),
]
REJECTIONS = {"http://paper.localhost:82/gone": "HTTP 404: not found"}


def scored(copies: list[CopyRow], canary_hits: int = 0) -> DemoScore:
    return score(copies, REJECTIONS, TRUTH, PORTS, today=TODAY, canary_hits=canary_hits)


def with_copy(place: int, **changes: object) -> list[CopyRow]:
    changed = replace(COPIES[place], **changes)  # type: ignore[arg-type]
    return [*COPIES[:place], changed, *COPIES[place + 1 :]]


def test_a_true_archive_meets_the_truth() -> None:
    result = scored(COPIES)
    assert (result.met, result.articles, result.articles_true, result.pages) == (True, 2, 2, 4)
    assert result.rejections.right == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("texts", {"text": "一段\n二段\n电话"}),
        ("titles", {"title": "甲_园区"}),
        ("dates", {"published_day": "2024-03-06"}),
        ("credited", {"credited_source": None}),
        ("changed", {"versions": 2}),
        ("disputed", {"is_disputed": True}),
    ],
)
def test_a_wrong_field_is_counted_and_named(field: str, changes: dict[str, object]) -> None:
    result = scored(with_copy(0, **changes))
    assert getattr(result, field).wrong == ("park.localhost/1",)
    assert not result.met


def test_a_credit_that_no_page_gives_is_wrong() -> None:
    assert scored(with_copy(2, credited_source="某报")).credited.wrong == ("paper.localhost/2",)


def test_joining_two_stories_costs_precision() -> None:
    result = scored(with_copy(2, article_id=1))
    assert result.wrong_joins == ("paper.localhost/1 paper.localhost/2", "paper.localhost/2 park.localhost/1")
    assert result.joins_precision < 1


def test_leaving_copies_apart_costs_recall() -> None:
    result = scored(with_copy(1, article_id=9))
    assert result.missed_joins == ("paper.localhost/1 park.localhost/1",)
    assert (result.joins_precision, result.joins_recall) == (1.0, 0.5)


def test_a_page_with_two_stories_may_be_joined_with_either() -> None:
    assert scored(with_copy(3, article_id=1)).missed_joins == ()


def test_a_page_without_a_copy_is_lost() -> None:
    assert (scored(COPIES[1:]).lost, scored(COPIES[1:]).met) == (("park.localhost/1",), False)


def test_a_variant_beside_its_article_is_one_copy_too_many() -> None:
    extra = replace(COPIES[0], url="http://park.localhost:81/1/amp-view")
    assert scored([*COPIES, extra]).unexpected == ("http://park.localhost:81/1/amp-view",)


def test_a_canary_hit_fails_the_demo() -> None:
    assert not scored(COPIES, canary_hits=1).met


def test_the_score_leaves_as_json_with_its_verdict() -> None:
    answer = scored(COPIES).as_json()
    assert (answer["met"], answer["joins_precision"], answer["lost"]) == (True, 1.0, ())
