"""What a line or a piece of text is by itself: how much it says, whether it is prose, or links."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.extract.scan import Line

_SENTENCE = re.compile(r"[。！？；!?…]|[.;:]\s|[.\"”’]$|[，,、].*[，,、]")
_ANNOUNCES = re.compile(r"[，,].*[：:]$")
"""A sentence that announces a table or a list."""
_LISTED_DATE = re.compile(
    r"[\[【(（]?(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s\d\d:\d\d)?[\]】)）]?"
)
_NOT_WRITTEN = re.compile(r"[\W_]+")
_PUNCTUATION = re.compile(r"[。，、；：！？,.;:!?]")
_CLAUSE_END = re.compile(r"[，,：:、。！？!?.…）)”\"]$")


def size(text: str) -> float:
    """How much a text says, in Chinese characters; three Latin letters count as one."""
    wide = (len(text.encode("utf-8", "ignore")) - len(text)) / 2
    return wide + (len(text) - wide) / 3


def bare(text: str) -> str:
    """Letters and digits alone, width and case folded: how titles and lines are compared."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NOT_WRITTEN.sub("", folded.lower())


def count_marks(text: str) -> int:
    """How many punctuation marks it has."""
    return len(_PUNCTUATION.findall(text))


def ends_clause(text: str) -> bool:
    """Whether a text ends as a sentence or a part of one does, and no heading."""
    return bool(_CLAUSE_END.search(text))


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
        return count_marks(line.text) >= amount / 200
    return amount >= 10 and bool(
        _SENTENCE.search(line.text) or (amount >= 15 and _ANNOUNCES.search(line.text))
    )
