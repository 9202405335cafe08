"""What a line is by itself: prose, or links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.extract.part import size

if TYPE_CHECKING:
    from pipelines.extract.scan import Line

_SENTENCE = re.compile(r"[。！？；!?…]|[.;:]\s|[.\"”’]$|[，,、].*[，,、]")
_ANNOUNCES = re.compile(r"[，,].*[：:]$")
"""A sentence that announces a table or a list."""
_LISTED_DATE = re.compile(
    r"[\[【(（]?(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s\d\d:\d\d)?[\]】)）]?"
)
_PUNCTUATION = re.compile(r"[。，、；：！？,.;:!?]")
CLAUSE_END = re.compile(r"[，,：:、。！？!?.…）)”\"]$")


def is_linked(line: Line) -> bool:
    """Whether most of a line is links; a list gives its headlines a date, which says nothing."""
    if line.linked < 4:
        return line.linked > 0.5 * len(line.text)
    return line.linked > 0.5 * len(line.text) or line.linked > 0.5 * len(_LISTED_DATE.sub("", line.text))


def is_prose(line: Line) -> bool:
    """Whether a line reads like part of a paragraph."""
    amount = size(line.text)
    if is_linked(line) or amount < 8:
        return False
    if amount >= 40:
        return len(_PUNCTUATION.findall(line.text)) >= amount / 200
    return amount >= 10 and bool(
        _SENTENCE.search(line.text) or (amount >= 15 and _ANNOUNCES.search(line.text))
    )
