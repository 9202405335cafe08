"""What a scope takes of other people's pages, and what it leaves since they may have had it first."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.forget.plan import CONTESTED, Candidate, LeftOut, choose_pages
from pipelines.forget.scope import make_scope

GUIDE = Path(__file__).parents[3] / "crawler/cli/guide.toml"
OWN = Candidate(
    reading_id=1,
    page_url="https://copier.example/1",
    copy_url="https://copier.example/1",
    source="copier.example",
    source_name="Copier",
    digest="00",
    article_id=5,
    kept=True,
    title="t",
    day="2026-02-01",
    first_fetched_at="2026-03-01T08:00:00Z",
    text_since="2026-03-01T08:00:00Z",
    credited="",
    own=True,
    credits_scope=False,
)
UNPROVED = "nothing shows that the requester had it before daily.example, where we first saw it on "
OTHER = replace(
    OWN,
    reading_id=2,
    page_url="https://daily.example/1",
    copy_url="https://daily.example/1",
    source="daily.example",
    source_name="Daily",
    kept=False,
    day="2026-02-05",
    own=False,
)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (replace(OTHER, credited="Copier"), ""),
        (replace(OTHER, first_fetched_at="2026-03-05T09:00:00Z", source_before="2026-03-04T08:00:00Z"), ""),
        (
            replace(OTHER, first_fetched_at="2026-03-05T09:00:00Z", source_before="2026-03-01T07:00:00Z"),
            UNPROVED + "2026-03-05",
        ),
        (OTHER, UNPROVED + "2026-03-01"),
        (replace(OTHER, day="2026-01-31"), "daily.example had it earlier than the requester"),
        (
            replace(OTHER, first_fetched_at="2026-02-05T09:00:00Z"),
            "we saw it at daily.example on 2026-02-05, before the requester's own page",
        ),
        (replace(OTHER, credited="agency"), "it credits agency, not the requester"),
    ],
)
def test_a_page_that_may_be_the_original_is_left_out_with_the_reason(other: Candidate, says: str) -> None:
    scope = make_scope(hosts=["copier.example"], with_copies=True)
    pages, left = choose_pages(scope, [OWN], {5: [OWN, other]})
    assert [out.reason for out in left] == ([says] if says else [])
    assert (other in pages) == (not says)


def test_why_a_page_is_left_out_can_be_said_in_another_language() -> None:
    scope = make_scope(hosts=["copier.example"], with_copies=True)
    _, left = choose_pages(scope, [OWN], {5: [OWN, replace(OTHER, credited="agency")]})
    reason = "it credits agency, not the requester"
    assert left == (LeftOut(OTHER.copy_url, 5, reason, "credits_another", ("agency",)),)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_guide_has_words_for_every_reason(lang: str) -> None:
    table = tomllib.loads(GUIDE.read_text(encoding="utf-8"))["left"]
    names = {"name0": "甲报", "name1": "2026-02-05"}
    said = {kind: table[kind][lang].format(**names) for kind in CONTESTED}
    named = {kind for kind, sentence in CONTESTED.items() if "{0}" in sentence}
    assert {kind for kind in CONTESTED if "甲报" in said[kind]} == named
    if lang == "en":
        assert said == {kind: text.format(*names.values()) for kind, text in CONTESTED.items()}


def test_a_page_that_was_edited_into_a_text_had_it_since_then_only() -> None:
    scope = make_scope(hosts=["copier.example"], with_copies=True)
    edited = replace(OWN, text_since="2026-03-09T08:00:00Z")
    victim = replace(
        OTHER, first_fetched_at="2026-03-05T09:00:00Z", source_before="2026-03-04T08:00:00Z", day="2026-03-04"
    )
    _, left = choose_pages(scope, [edited], {5: [edited, victim]})
    assert [out.kind for out in left] == ["seen_earlier"]
