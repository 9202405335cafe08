"""What a scope takes of other people's pages, and what it leaves since they may have had it first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.removal.plan import Candidate, choose_pages
from pipelines.removal.scope import make_scope

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
    credited="",
    own=True,
    credits_scope=False,
)
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
        (OTHER, ""),
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
