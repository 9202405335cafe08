"""Which copy is kept, and that it cannot be forged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.standing import Copy, choose_kept

TEXTS = {1: "abcdefgh", 2: "abcd", 3: "abcdefghxyz123456789", 4: "abcdefgh?"}
"""Whole, truncated, padded, and one with another figure: a letter is a shingle."""


def copy(number: int, owner: str, node: int = 1, day: str | None = None, **known: object) -> Copy:
    given = Copy(
        id=number,
        url=f"https://www.{owner}/{number}",
        source=f"www.{owner}",
        owner=owner,
        name=owner,
        publisher=owner.split(".", maxsplit=1)[0],
        credits="",
        node=node,
        text_key=bytes([node]),
        shingles=len(TEXTS.get(node, "")),
        day=day,
        earliest=day,
        latest=day,
        is_corrected=False,
        first_seen=f"2026-03-10T08:{number:02}:00Z",
    )
    return replace(given, **known)  # type: ignore[arg-type]


def kept(copies: Sequence[Copy]) -> int:
    return choose_kept(copies, shared, contradict).copy.id


def shared(one: Copy, other: Copy) -> int:
    return len(set(TEXTS[one.node]) & set(TEXTS[other.node]))


def contradict(one: Copy, other: Copy) -> bool:
    return (one.node == 4) != (other.node == 4)


def test_the_copy_that_most_other_owners_credit_is_kept() -> None:
    copies = [
        copy(1, "a.cn", day="2026-03-01", credits="c"),
        copy(2, "b.cn", day="2026-03-01", credits="c"),
        copy(3, "c.cn", day="2026-03-09"),
    ]
    assert kept(copies) == 3


def test_ones_own_credit_and_a_second_host_of_one_owner_count_for_nothing() -> None:
    copies = [
        copy(1, "c.cn", day="2026-03-05", credits="c"),
        copy(2, "c.cn", day="2026-03-05", credits="c", publisher="c's other site"),
        copy(3, "a.cn", day="2026-03-01"),
        copy(4, "d.cn", credits="a"),
    ]
    assert kept(copies) == 3


def test_credits_count_once_an_owner() -> None:
    copies = [
        copy(1, "a.cn", day="2026-03-01"),
        copy(2, "b.cn", day="2026-03-02"),
        *(copy(number, "farm.cn", day="2026-03-02", credits="b") for number in range(3, 9)),
        copy(9, "x.cn", day="2026-03-03", credits="a"),
        copy(10, "y.cn", day="2026-03-03", credits="a"),
    ]
    assert kept(copies) == 1


def test_the_earliest_day_is_kept_where_nobody_is_credited() -> None:
    assert kept([copy(1, "a.cn", day="2026-03-02"), copy(2, "b.cn", day="2026-03-01"), copy(3, "c.cn")]) == 2


LIVE = {"source_since": "2026-03-01T00:00:00Z", "source_known": "2026-03-02T00:00:00Z"}


@pytest.mark.parametrize(
    "known",
    [
        {"announced_at": "2026-03-08T00:00:00Z", "announced_by": "feed"},
        {"announced_at": "2026-03-08T00:00:00Z", "announced_by": "news sitemap"},
        {"announced_at": "2026-03-08T00:00:00Z", "announced_by": "sitemap", **LIVE},
        LIVE,
    ],
    ids=["feed", "news sitemap", "new in the sitemap", "first sight"],
)
def test_a_day_before_its_own_site_allows_it_is_not_believed(known: dict[str, str]) -> None:
    assert kept([copy(1, "forger.cn", day="2026-02-01", **known), copy(2, "b.cn", day="2026-03-05")]) == 2


@pytest.mark.parametrize(
    "known",
    [
        {"announced_at": "2026-02-02T06:00:00Z", "announced_by": "feed"},
        {"announced_at": "2026-03-08T00:00:00Z", "announced_by": "sitemap"},
        {**LIVE, "first_seen": "2026-03-01T12:00:00Z"},
        {**LIVE, "is_corrected": True},
    ],
    ids=["the next morning's feed", "changed since", "back-catalogue", "a person's word"],
)
def test_a_day_that_its_site_allows_is_believed(known: dict[str, object]) -> None:
    assert kept([copy(1, "a.cn", day="2026-02-01", **known), copy(2, "b.cn", day="2026-03-05")]) == 1


def test_a_day_after_the_page_was_there_is_not_believed() -> None:
    assert kept([copy(1, "a.cn", day="2026-05-01"), copy(2, "b.cn", day="2026-03-20"), copy(3, "c.cn")]) == 1
    assert kept([copy(2, "a.cn", day="2026-05-01"), copy(3, "b.cn", day="2026-03-11")]) == 3


def test_the_fullest_in_shared_text_is_kept_and_padding_gives_nothing() -> None:
    truncated, whole, padded = copy(1, "a.cn", node=2), copy(2, "b.cn", node=1), copy(3, "c.cn", node=3)
    assert kept([truncated, whole, padded]) == 2


def test_a_copy_whose_figures_contradict_most_others_is_never_kept() -> None:
    forged = copy(1, "forger.cn", node=4, day="2026-01-01", publisher="credited")
    others = [copy(n, f"o{n}.cn", day="2026-03-02", credits="credited") for n in (2, 3, 4)]
    choice = choose_kept([forged, *others], shared, contradict)
    assert choice.copy.id == 2
    assert "1 copy left out, whose figures most others contradict" in choice.because


def test_many_pages_of_one_owner_do_not_wear_the_rule_out() -> None:
    forged = [copy(n, "forger.cn", node=4, day=f"2026-01-{n:02}") for n in range(1, 31)]
    others = [copy(n, f"o{n}.cn", day="2026-03-02") for n in (31, 32)]
    assert kept([*forged, *others]) == 31


def test_some_owners_with_one_text_do_not_crowd_out_the_others() -> None:
    ring = [copy(n, f"ring{n}.cn", node=4, day="2026-03-01") for n in range(1, 12)]
    others = [copy(n, f"o{n}.cn", day="2026-03-02") for n in range(20, 50)]
    assert kept([*ring, *others]) == 20


def test_a_friends_credit_is_nothing_beside_many_who_credit_nobody() -> None:
    friend = copy(1, "friend.cn", day="2026-03-03", credits="forger")
    copies = [copy(2, "forger.cn", day="2026-03-03"), friend, copy(3, "a.cn", day="2026-03-01")]
    others = [copy(n, f"o{n}.cn", day="2026-03-02") for n in (4, 5, 6)]
    assert kept(copies) == 2
    assert kept([*copies, *others]) == 3


def test_whose_date_is_disproved_needs_the_credit_of_half() -> None:
    forged = copy(1, "forger.cn", day="2026-01-01", **LIVE)
    others = [copy(n, f"o{n}.cn", day="2026-03-05", credits="forger" if n == 2 else "") for n in (2, 3, 4)]
    assert kept([forged, *others]) == 2
    assert kept([replace(forged, day=None), *others]) == 1


def test_of_equally_full_copies_none_that_is_mostly_its_own_text_is_kept() -> None:
    at = {"first_seen": "2026-03-09T08:00:00Z"}
    assert kept([copy(1, "a.cn", node=3, **at), copy(2, "b.cn"), copy(3, "c.cn")]) == 2


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "1991-08-05"])
def test_a_day_before_the_web_is_not_believed(day: str) -> None:
    assert kept([copy(1, "forger.cn", day=day), copy(2, "b.cn", day="1991-08-06")]) == 2


def test_where_two_say_different_figures_the_other_rules_decide() -> None:
    assert kept([copy(1, "a.cn", node=4, day="2026-03-01"), copy(2, "b.cn", day="2026-03-02")]) == 1


def test_then_the_first_seen_then_the_address() -> None:
    at = {"first_seen": "2026-03-10T08:00:00Z"}
    assert kept([copy(1, "b.cn"), copy(2, "a.cn", **at)]) == 2
    assert kept([copy(1, "b.cn", **at), copy(2, "a.cn", **at)]) == 2


def test_why_it_is_kept_is_said() -> None:
    copies = [copy(1, "a.cn", day="2026-03-02"), copy(2, "b.cn", day="2026-03-01"), copy(3, "c.cn")]
    assert (
        choose_kept(copies, shared, contradict).because
        == "the earliest date that can be believed, 2026-03-01"
    )
    assert choose_kept(copies[:1], shared, contradict).because == "the only copy"


SOME = st.builds(
    copy,
    st.integers(1, 40),
    st.sampled_from(["a.cn", "b.cn", "c.cn", "d.cn"]),
    st.sampled_from(sorted(TEXTS)),
    st.sampled_from([None, "2026-03-01", "2026-03-02", "2026-12-01"]),
    credits=st.sampled_from(["", "a", "b", "elsewhere"]),
    publisher=st.sampled_from(["a", "b", "c"]),
)


@given(st.lists(SOME, min_size=1, max_size=12, unique_by=lambda copy: copy.id), st.randoms())
def test_the_choice_does_not_depend_on_the_order(copies: list[Copy], random: object) -> None:
    shuffled = copies[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose_kept(shuffled, shared, contradict) == choose_kept(copies, shared, contradict)
