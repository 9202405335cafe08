"""What people say stands above what was read, until they take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipelines.archive import Archive
from pipelines.errors import ConfigurationError
from pipelines.records import Rejection
from tests.pipelines.archive.sample_texts import HARBOUR, OTHER, PARK
from tests.readings import NOW, make_reading

Rows = Callable[..., list[tuple[object, ...]]]


A, B, C = "https://park.example/a", "https://daily.example/b", "https://copier.example/c"


@pytest.fixture
def joined(archive: Archive) -> Archive:
    """A and B carry one article, C another."""
    archive.ingest(
        [
            make_reading(A, PARK, page_id=1, minutes=1, day=date(2026, 1, 1)),
            make_reading(B, PARK, page_id=2, minutes=2, day=date(2026, 1, 2)),
            make_reading(C, HARBOUR, page_id=3, minutes=3),
        ],
        NOW,
    )
    return archive


def articles(rows: Rows) -> list[tuple[object, ...]]:
    return rows(
        "SELECT article_id, group_concat(url) FROM (SELECT article_id, url FROM copies ORDER BY url)"
        " GROUP BY article_id ORDER BY article_id"
    )


def test_a_corrected_field_is_shown_and_survives_reading_again(joined: Archive, rows: Rows) -> None:
    joined.correct(A, "published", "2025-12-31T23:30:00+08:00", "the paper edition", NOW)
    joined.correct(A, "title", "改正的标题", "typing error", NOW)
    joined.ingest([make_reading(A, PARK + "(更新)", page_id=9, minutes=30, day=date(2026, 1, 5))], NOW)
    assert rows("SELECT title, published, published_day, date_origin FROM articles WHERE id = 1") == [
        ("改正的标题", "2025-12-31T23:30:00+08:00", "2025-12-31", "correction")
    ]


def test_a_correction_taken_back_leaves_what_the_page_says(joined: Archive, rows: Rows) -> None:
    correction = joined.correct(A, "published", None, "a forged date", NOW)
    assert rows("SELECT published_day FROM copies WHERE url = ?", A) == [(None,)]
    joined.withdraw_correction(correction, NOW)
    assert rows("SELECT published_day FROM copies WHERE url = ?", A) == [("2026-01-01",)]
    assert rows("SELECT count(*) FROM corrections WHERE withdrawn_at IS NOT NULL") == [(1,)]


@pytest.mark.parametrize(
    ("url", "field", "value"),
    [
        ("https://park.example/none", "title", "x"),
        (A, "colour", "x"),
        (A, "published", "soon"),
        (A, "title", ""),
    ],
)
def test_what_cannot_be_corrected_is_refused(joined: Archive, url: str, field: str, value: str) -> None:
    with pytest.raises(ConfigurationError):
        joined.correct(url, field, value, "because", NOW)


def test_a_split_copy_is_an_article_of_its_own_through_every_relink(joined: Archive, rows: Rows) -> None:
    joined.split(B, "their own report", NOW)
    joined.ingest([make_reading("https://copier.example/d", PARK, page_id=4, minutes=9)], NOW)
    assert articles(rows) == [(1, f"https://copier.example/d,{A}"), (2, C), (3, B)]
    assert rows("SELECT url, from_article, to_article, reason FROM moves") == [(B, 1, 3, "their own report")]


def test_a_split_taken_back_joins_again_and_forwards(joined: Archive, rows: Rows) -> None:
    decision = joined.split(B, "a mistake", NOW)
    joined.withdraw_decision(decision, NOW)
    assert articles(rows) == [(1, f"{B},{A}"), (2, C)]
    assert rows("SELECT old_id, new_id FROM forwards") == [(3, 1)]


def test_joined_copies_are_one_article_through_every_relink(joined: Archive, rows: Rows) -> None:
    joined.join(C, A, "one event, one text rewritten", NOW)
    joined.ingest([make_reading("https://park.example/x", OTHER, page_id=5, minutes=9)], NOW)
    joined.ingest([make_reading(C, HARBOUR + "(完)", page_id=6, minutes=10)], NOW)
    assert [row[1] for row in articles(rows)] == [f"{C},{B},{A}", "https://park.example/x"]


def test_a_join_taken_back_parts_them_again(joined: Archive, rows: Rows) -> None:
    decision = joined.join(C, A, "a mistake", NOW)
    joined.withdraw_decision(decision, NOW)
    assert [row[1] for row in articles(rows)] == [f"{B},{A}", C]


def test_a_copy_cannot_be_joined_with_itself(joined: Archive) -> None:
    with pytest.raises(ConfigurationError):
        joined.join(A, A, "because", NOW)


@pytest.mark.parametrize("language", ["klingon", "ZH", "zh-Hans zh-Hant", "xx"])
def test_a_language_that_does_not_exist_is_refused(joined: Archive, language: str) -> None:
    with pytest.raises(ConfigurationError, match="not known"):
        joined.correct(A, "language", language, "guessed", NOW)
    joined.correct(A, "language", "zh-Hant", "as its script is", NOW)


def test_only_a_later_fetch_takes_back_that_a_page_is_gone(joined: Archive, rows: Rows) -> None:
    gone_at = "2026-12-01T00:00:00Z"
    joined.ingest([Rejection(A, "park.example", "fetch", "gone: HTTP 404")], gone_at)
    joined.ingest([make_reading(A, PARK, page_id=1, minutes=1, day=date(2026, 1, 1))], "2026-12-02T00:00:00Z")
    assert rows("SELECT page_url, at FROM gone") == [(A, gone_at)]
    again = replace(make_reading(A, PARK, page_id=9), fetched_at=datetime(2026, 12, 3, tzinfo=UTC))
    joined.ingest([again], "2026-12-03T00:00:10Z")
    assert rows("SELECT count(*) FROM gone") == [(0,)]
