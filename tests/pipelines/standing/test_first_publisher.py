"""Who published first, how sure that is, and what the credited source's own pages say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.standing import Copy, TimeClaim, claims_of, credited_status, first_publisher
from tests.pipelines.standing.test_kept import LIVE, SOME, copy


def answer(*copies: Copy, contradicted: tuple[int, ...] = ()) -> tuple[str | None, str]:
    found = first_publisher(copies, dict.fromkeys(contradicted, "contradicted"))
    return found.publisher, found.status


def test_credited_by_two_with_the_earliest_date_is_certain() -> None:
    assert answer(
        copy(1, "a.cn", day="2026-03-01"),
        copy(2, "b.cn", day="2026-03-02", credits="a"),
        copy(3, "c.cn", credits="a"),
    ) == ("a", "certain")


def test_credited_by_one_is_certain_only_with_a_witness() -> None:
    copier = copy(2, "b.cn", day="2026-03-02", credits="a")
    assert answer(copy(1, "a.cn", day="2026-03-01"), copier) == ("a", "likely")
    fed = copy(1, "a.cn", day="2026-03-01", announced_at="2026-03-01T02:00:00Z", announced_by="feed")
    assert answer(fed, copier) == ("a", "certain")


def test_a_chain_of_credits_leads_to_its_end() -> None:
    assert answer(
        copy(1, "a.cn", day="2026-03-03", credits="b"),
        copy(2, "b.cn", day="2026-03-02", credits="agency"),
        copy(3, "c.cn", credits="a"),
    ) == ("agency", "likely")


def test_a_circle_of_credits_ends() -> None:
    copies = copy(1, "a.cn", day="2026-03-03", credits="b"), copy(2, "b.cn", day="2026-03-02", credits="a")
    assert answer(*copies) == answer(*reversed(copies))


def test_an_earlier_date_elsewhere_disputes_a_credit() -> None:
    assert answer(
        copy(1, "a.cn", day="2026-03-05"), copy(2, "b.cn", day="2026-03-01"), copy(3, "c.cn", credits="a")
    ) == ("a", "disputed")


def test_a_forged_earlier_date_disputes_nothing() -> None:
    forged = copy(2, "forger.cn", day="2026-01-01", **LIVE)
    assert answer(
        copy(1, "a.cn", day="2026-03-05"), forged, copy(3, "c.cn", credits="a"), copy(4, "d.cn", credits="a")
    ) == ("a", "certain")


def test_two_credited_publishers_are_a_dispute() -> None:
    assert answer(
        copy(1, "x.cn", credits="a"), copy(2, "y.cn", credits="a"), copy(3, "z.cn", credits="b")
    ) == ("a", "disputed")


def test_one_page_with_another_credit_or_other_figures_makes_no_dispute() -> None:
    copies = [copy(n, f"o{n}.cn", day="2026-03-05", credits="a") for n in range(2, 7)]
    own, junk = copy(1, "a.cn", day="2026-03-01"), copy(9, "junk.cn", credits="junk's friend")
    assert answer(own, *copies, junk) == ("a", "likely")
    assert answer(own, *copies, contradicted=(2,)) == ("a", "certain")


def test_who_credits_it_does_not_dispute_it_with_an_earlier_date() -> None:
    copies = [copy(n, f"o{n}.cn", day="2026-03-01", credits="a") for n in (2, 3)]
    assert answer(copy(1, "a.cn", day="2026-03-02"), *copies) == ("a", "certain")


def test_a_credit_that_the_source_does_not_bear_out_is_a_dispute() -> None:
    assert answer(copy(1, "x.cn", credits="a"), contradicted=(1,)) == ("a", "disputed")


def test_without_credits_the_earliest_date_that_we_saw_come_is_certain() -> None:
    late = copy(2, "b.cn", day="2026-03-09")
    assert answer(copy(1, "a.cn", day="2026-03-08", **LIVE), late) == ("a", "certain")
    assert answer(copy(1, "a.cn", day="2026-03-08"), late) == ("a", "likely")
    assert answer(copy(1, "a.cn", day="2026-03-08", **LIVE), late, copy(3, "c.cn")) == ("a", "likely")


def test_a_date_long_before_we_saw_it_is_at_most_likely() -> None:
    late = copy(2, "b.cn", day="2026-03-09", **LIVE)
    assert answer(copy(1, "a.cn", day="2026-03-04", **LIVE), late) == ("a", "likely")


def test_a_copiers_feed_with_early_times_makes_nothing_certain() -> None:
    copier = copy(1, "c.cn", day="2026-03-01", announced_at="2026-03-01T00:00:00Z", announced_by="feed")
    assert answer(copier, copy(2, "a.cn", day="2026-03-03")) == ("c", "likely")


def test_a_feed_that_claims_a_time_at_which_we_had_looked_is_not_believed() -> None:
    watched = {"source_since": "2026-03-10T00:00:00Z", "source_known": "2026-03-10T01:00:00Z"}
    fed = {"announced_at": "2026-03-08T00:00:00Z", "announced_by": "feed"}
    claims = list(claims_of(copy(1, "c.cn", day="2026-03-10", **fed, **watched)))
    assert claims[1] == TimeClaim("feed", "2026-03-08T00:00:00Z", False, "it was not there on 2026-03-10")


def test_who_is_credited_and_has_only_a_date_that_is_not_believed_is_disputed() -> None:
    forger = copy(1, "a.cn", day="2026-01-01", **LIVE)
    assert answer(forger, copy(2, "b.cn", day="2026-03-09", credits="a")) == ("a", "disputed")


def test_a_friends_credit_names_nobody_first_beside_many_who_credit_nobody() -> None:
    others = [copy(n, f"o{n}.cn", day="2026-03-02") for n in range(4, 8)]
    friend = copy(1, "friend.cn", day="2026-03-03", credits="forger")
    copies = [copy(2, "forger.cn", day="2026-03-03"), friend, copy(3, "a.cn", day="2026-03-01"), *others]
    assert answer(*copies) == ("a", "likely")


def test_nothing_tells_between_two_on_one_day_but_their_feeds() -> None:
    one, other = copy(1, "a.cn", day="2026-03-08"), copy(2, "b.cn", day="2026-03-08")
    assert answer(one, other) == (None, "unknown")
    fed = [
        copy(1, "a.cn", day="2026-03-08", announced_at="2026-03-08T09:00:00Z", announced_by="feed"),
        copy(2, "b.cn", day="2026-03-08", announced_at="2026-03-08T07:00:00Z", announced_by="feed"),
    ]
    assert answer(*fed) == ("b", "likely")


def test_without_date_and_credit_it_is_unknown() -> None:
    assert answer(copy(1, "a.cn")) == (None, "unknown")


def test_what_speaks_for_it_is_listed_with_what_is_not_believed() -> None:
    forged = copy(
        1,
        "a.cn",
        day="2026-01-01",
        credits="b",
        announced_at="2026-03-09T00:00:00Z",
        announced_by="feed",
        **LIVE,
    )
    assert list(claims_of(forged)) == [
        TimeClaim("published", "2026-01-01", False, "its feed says 2026-03-09"),
        TimeClaim("feed", "2026-03-09T00:00:00Z", True, ""),
        TimeClaim("seen", "2026-03-10T08:01:00Z", True, "live"),
        TimeClaim("credits", "b", True, ""),
    ]


@given(st.lists(SOME, min_size=1, max_size=9, unique_by=lambda copy: copy.id), st.randoms())
def test_the_answer_does_not_depend_on_the_order(copies: list[Copy], random: object) -> None:
    shuffled = copies[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert first_publisher(shuffled, {}) == first_publisher(copies, {})


def status(one: Copy, *others: Copy, covers: bool = False, contradict: bool = False) -> str | None:
    return credited_status(one, [one, *others], lambda *_: contradict, lambda *_: covers)


CREDITING = copy(1, "x.cn", credits="a")
OWN = copy(2, "a.cn")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (status(copy(1, "x.cn")), None),
        (status(copy(1, "x.cn", credits="x")), "confirmed"),
        (status(CREDITING, OWN), "confirmed"),
        (status(CREDITING, OWN, contradict=True), "contradicted"),
        (status(CREDITING, copy(2, "a.cn", credits="b")), "contradicted"),
        (status(CREDITING, copy(3, "b.cn")), "unconfirmed"),
        (status(CREDITING, copy(3, "b.cn"), covers=True), "contradicted"),
        (status(CREDITING, OWN, covers=True), "confirmed"),
    ],
    ids=[
        "no credit",
        "itself",
        "carries it",
        "other figures",
        "credits another",
        "not crawled",
        "does not carry it",
        "both",
    ],
)
def test_the_credited_sources_own_pages_decide_its_status(found: str | None, expected: str | None) -> None:
    assert found == expected
