"""Numbers of articles stand for pieces of news: what Monday's list called 1 is found under 1 on Friday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from pipelines.archive import Archive
from pipelines.errors import ConfigurationError
from pipelines.records import Claim, Rejection
from tests.pipelines.archive.sample_texts import FOREST, HARBOUR, LIBRARY, OTHER, PARK
from tests.readings import NOW, make_reading

Rows = Callable[..., list[tuple[object, ...]]]


A, B, C = "https://park.example/a", "https://daily.example/b", "https://copier.example/c"
D = "https://park.example/d"
MOVES = "SELECT url, from_article, to_article, reason FROM moves ORDER BY rowid"
TURNED = "its page says something else now"


def articles(rows: Rows) -> dict[object, str]:
    """Number → the last letters of its copies' addresses."""
    return {
        number: str(urls)
        for number, urls in rows(
            "SELECT article_id, group_concat(substr(url, -1), '') FROM"
            " (SELECT article_id, url FROM copies ORDER BY url) GROUP BY 1 ORDER BY 1"
        )
    }


@pytest.fixture
def four(archive: Archive) -> Archive:
    """A and B are article 1, C is 2, D is 3."""
    archive.ingest(
        [
            make_reading(A, PARK, page_id=1),
            make_reading(B, PARK, page_id=2, minutes=1),
            make_reading(C, HARBOUR, page_id=3, minutes=2),
            make_reading(D, FOREST, page_id=4, minutes=3),
        ],
        NOW,
    )
    return archive


def test_a_page_that_is_rewritten_leaves_the_number_to_the_copies_that_are_not(
    four: Archive, rows: Rows
) -> None:
    four.ingest([make_reading(A, OTHER, page_id=9, minutes=30)], NOW)
    assert (articles(rows), rows(MOVES)) == ({1: "b", 2: "c", 3: "d", 4: "a"}, [(A, 1, 4, TURNED)])


def test_a_page_that_is_rewritten_into_known_news_takes_its_number_not_the_other_way(
    four: Archive, rows: Rows
) -> None:
    four.ingest([make_reading(C, FOREST, page_id=9, minutes=30)], NOW)
    assert articles(rows) == {1: "ba", 3: "cd"}
    assert rows("SELECT old_id, new_id, reason FROM forwards") == [(2, 3, TURNED)]


def test_a_page_that_says_again_what_it_said_has_its_number_again(four: Archive, rows: Rows) -> None:
    four.ingest([make_reading(C, FOREST, page_id=9, minutes=30)], "2026-01-06T00:00:00Z")
    four.ingest([make_reading(C, HARBOUR, page_id=10, minutes=9000)], "2026-01-13T00:00:00Z")
    assert (articles(rows), rows("SELECT * FROM forwards")) == ({1: "ba", 2: "c", 3: "d"}, [])


def test_a_page_that_is_corrected_keeps_its_number(four: Archive, rows: Rows) -> None:
    four.ingest([make_reading(A, PARK.replace("启用", "正式启用"), page_id=9, minutes=30)], NOW)
    assert (articles(rows), rows(MOVES)) == ({1: "ba", 2: "c", 3: "d"}, [])


def test_two_pages_that_swap_their_texts_keep_their_numbers(four: Archive, rows: Rows) -> None:
    swapped = [
        make_reading(C, FOREST, page_id=9, minutes=30),
        make_reading(D, HARBOUR, page_id=10, minutes=30),
    ]
    four.ingest(swapped, NOW)
    assert (articles(rows), rows(MOVES)) == ({1: "ba", 2: "c", 3: "d"}, [])


def test_a_page_alone_keeps_its_number_whatever_it_says(four: Archive, rows: Rows) -> None:
    four.ingest([make_reading(C, LIBRARY, page_id=9, minutes=30)], NOW)
    assert articles(rows) == {1: "ba", 2: "c", 3: "d"}


def test_the_copy_that_is_split_off_takes_the_new_number(four: Archive, rows: Rows) -> None:
    four.split(A, "their own report", NOW)
    assert (articles(rows), rows(MOVES)) == (
        {1: "b", 2: "c", 3: "d", 4: "a"},
        [(A, 1, 4, "their own report")],
    )


def test_joins_taken_back_give_every_article_its_number_again(four: Archive, rows: Rows) -> None:
    before = articles(rows)
    orders = [four.join(B, D, "one event", NOW), four.join(D, C, "and this", NOW), four.split(A, "no", NOW)]
    assert articles(rows) == {1: "cbd", 4: "a"}
    assert rows("SELECT old_id, new_id, reason FROM forwards ORDER BY 1") == [
        (2, 1, "and this"),
        (3, 1, "one event"),
    ]
    for order in orders:
        four.withdraw_decision(order, NOW)
    assert (articles(rows), rows("SELECT old_id, new_id FROM forwards")) == (before, [(4, 1)])


def test_every_move_that_a_persons_word_causes_has_their_reason(four: Archive, rows: Rows) -> None:
    order = four.join(C, A, "one statement", NOW)
    four.withdraw_decision(order, NOW)
    assert rows(MOVES) == [(C, 2, 1, "one statement"), (C, 1, 2, "taken back: one statement")]


def test_of_two_orders_the_later_holds(four: Archive, rows: Rows) -> None:
    four.join(A, C, "one", NOW)
    four.split(C, "no, two", NOW)
    assert articles(rows) == {1: "ba", 2: "c", 3: "d"}
    four.join(A, C, "one after all", NOW)
    assert articles(rows) == {1: "cba", 3: "d"}


def test_a_split_in_a_chain_of_joins_takes_out_one_copy(four: Archive, rows: Rows) -> None:
    four.join(A, C, "one", NOW)
    four.join(C, D, "one", NOW)
    four.split(A, "not this", NOW)
    assert sorted(articles(rows).values()) == ["a", "cbd"]


def test_a_decision_holds_when_its_page_claims_another_address(four: Archive, rows: Rows) -> None:
    four.split(B, "their own report", NOW)
    claim = (Claim("canonical", "https://daily.example/z"),)
    four.ingest([make_reading(B, PARK, page_id=9, minutes=30, claims=claim)], NOW)
    assert articles(rows) == {1: "a", 2: "c", 3: "d", 4: "b"}


def test_a_page_that_gets_another_address_keeps_its_number(four: Archive, rows: Rows) -> None:
    claim = (Claim("canonical", "https://copier.example/z"),)
    moved = make_reading(claim[0].url, HARBOUR, page_id=10, minutes=30)
    four.ingest([make_reading(C, HARBOUR, page_id=9, minutes=30, claims=claim), moved], NOW)
    assert articles(rows) == {1: "ba", 2: "z", 3: "d"}
    four.ingest([make_reading(C, HARBOUR, page_id=11, minutes=60)], NOW)
    assert articles(rows) == {1: "ba", 2: "cz", 3: "d"}


def test_a_decision_on_a_page_that_is_none_any_more_can_be_taken_back(four: Archive, rows: Rows) -> None:
    order = four.split(B, "their own report", NOW)
    four.ingest([Rejection(B, "daily.example", "kind", "list page", 2)], NOW)
    four.withdraw_decision(order, NOW)
    four.ingest([make_reading(B, PARK, page_id=9, minutes=30)], NOW)
    assert articles(rows) == {1: "ba", 2: "c", 3: "d"}
    with pytest.raises(ConfigurationError):
        four.withdraw_decision(order, NOW)


def test_notices_of_one_form_on_one_host_are_articles_of_their_own_and_reprints_go_with_theirs(
    archive: Archive, rows: Rows
) -> None:
    """Bodies are equal; headline and day alone tell them apart."""
    march, april = date(2026, 3, 2), date(2026, 4, 2)
    pages = [
        make_reading(A, PARK, page_id=1, title="续期提示（3月）", day=march),
        make_reading(D, PARK, page_id=2, title="续期提示（4月）", day=april, minutes=1),
        make_reading(C, PARK, page_id=3, title="续期提示（4月）", day=april, minutes=2),
    ]
    counts = archive.ingest(pages, NOW).counts
    assert (articles(rows), counts.articles_new, counts.copies_joined) == ({1: "a", 2: "cd"}, 2, 1)


def test_a_second_notice_of_a_form_takes_only_itself_out_of_an_article(archive: Archive, rows: Rows) -> None:
    march, april = date(2026, 3, 2), date(2026, 4, 2)
    archive.ingest([make_reading(A, PARK, page_id=1, title="续期提示（3月）", day=march)], NOW)
    archive.ingest([make_reading(B, PARK, page_id=2, title="续期提示", minutes=1)], NOW)
    archive.ingest([make_reading(D, PARK, page_id=3, title="续期提示（4月）", day=april, minutes=9)], NOW)
    assert articles(rows) == {1: "ba", 2: "d"}
    archive.ingest([Rejection(D, "park.example", "kind", "list page", 3)], NOW)
    assert articles(rows) == {1: "ba"}
