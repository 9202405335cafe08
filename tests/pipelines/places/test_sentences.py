"""Sentences full of traps, their truth written before the rules were run on them (sentences.txt)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipelines.places import find_mentions

KINDS = {"r": "region", "p": "park", "c": "company", "m": "money"}
FILE = Path(__file__).with_name("sentences.txt")


def _sentences() -> list[tuple[str, set[tuple[str, str]], set[str]]]:
    """Each sentence with what it names, and the names that may be found or not."""
    read = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, *columns = line.split("\t")
            named = [(column[0], name) for column in columns for name in column[2:].split("|")]
            truth = {(KINDS[kind], name) for kind, name in named if kind in KINDS}
            read.append((text, truth, {name for kind, name in named if kind == "o"}))
    return read


def _found(text: str) -> set[tuple[str, str]]:
    return {(m.kind, f"{m.value:.0f} {m.unit}" if m.kind == "money" else m.name) for m in find_mentions(text)}


@pytest.mark.parametrize("kind", KINDS.values())
def test_nearly_all_is_found_and_nearly_all_of_it_is_right(kind: str) -> None:
    counts: Counter[str] = Counter()
    for text, truth, doubtful in _sentences():
        found = {one for one in _found(text) if one[0] == kind and one[1] not in doubtful}
        wanted = {one for one in truth if one[0] == kind}
        counts.update(right=len(found & wanted), wrong=len(found - wanted), missed=len(wanted - found))
    assert counts["right"] / (counts["right"] + counts["wrong"]) >= 0.97
    assert counts["right"] / (counts["right"] + counts["missed"]) >= 0.97


def test_the_words_before_a_name_are_no_part_of_it() -> None:
    assert _found("签约仪式在云澜工业园区举行,云澜工业园区负责人出席。") == {("park", "云澜工业园区")}
    assert ("company", "云澜文化旅游投资有限公司") in _found("招标人为云澜文化旅游投资有限公司。")
