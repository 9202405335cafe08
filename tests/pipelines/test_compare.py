"""What changed of a page is told in order."""

from __future__ import annotations

import pytest

from pipelines.compare import sentence_changes


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("甲园区开工。乙园区投产。", "甲园区开工。乙园区投产。", ()),
        ("甲园区开工。乙园区投产。", "甲园区开工。\n乙园区投产。", ()),
        ("甲园区开工。乙园区投产。", "甲园区开工。乙园区停产。", ("- 乙园区投产。", "+ 乙园区停产。")),
        ("甲园区开工。", "“甲园区开工。”他说。", ("- 甲园区开工。", "+ “甲园区开工。”", "+ 他说。")),
        ("甲。乙。丙。", "甲。丙。", ("- 乙。",)),
        ("", "It opens on Monday! Really?", ("+ It opens on Monday!", "+ Really?")),
    ],
)
def test_sentences_that_went_and_came_are_told_in_order(
    before: str, after: str, changes: tuple[str, ...]
) -> None:
    assert sentence_changes(before, after) == changes
