"""What a line or a piece of text is by itself: how much it says, whether it is prose, or links."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.normalise import ascii_letters
from pipelines.words import pattern

_SENTENCE = pattern(r"{text.stop}|；|[.;:]\s|[.\"”’]$|[，,、،၊፣].*[，,、،၊፣]")
_ANNOUNCES = re.compile(r"[，,].*[：:]$")
"""A sentence that announces a table or a list."""
_LISTED_DATE = pattern(r"[\[【(（]?{date.listed}(?:\s\d\d:\d\d)?[\]】)）]?")
_NOT_WRITTEN = re.compile(r"[\W_]+")
_PUNCTUATION = pattern(r"{text.stop|text.pause}|\.")
_CLAUSE_END = pattern(r"(?:{text.stop|text.pause}|[.）)”\"])$")


def size(text: str) -> float:
    """How much a text says, in Chinese characters; three Latin letters count as one."""
    if text.isascii():
        return len(text) / 3
    wide = (len(text.encode("utf-8", "ignore")) - len(text)) / 2
    return wide + (len(text) - wide) / 3


@lru_cache(maxsize=1024)  # the readers of title and body compare the same lines
def bare(text: str) -> str:
    """Letters and digits alone, width and case folded: how titles and lines are compared."""
    if text.isascii():
        return ascii_letters(text)
    return _NOT_WRITTEN.sub("", unicodedata.normalize("NFKC", text).lower())


def count_marks(text: str) -> int:
    """How many punctuation marks it has."""
    return len(_PUNCTUATION.findall(text))


def ends_clause(text: str) -> bool:
    """Whether a text ends as a sentence or a part of one does, and no heading."""
    return bool(_CLAUSE_END.search(text))


def is_linked(text: str, linked: int) -> bool:
    """Whether most of a line is links; a list gives its headlines a date, which says nothing.

    Args:
        text: The line.
        linked: How many of its characters stand inside links.
    """
    if linked < 4:
        return linked > 0.5 * len(text)
    return linked > 0.5 * len(text) or linked > 0.5 * len(_LISTED_DATE.sub("", text))


def is_prose(text: str, amount: float) -> bool:
    """Whether a line that is no link reads like part of a paragraph; `amount` is its `size`."""
    if amount < 8:
        return False
    if amount >= 40:
        return count_marks(text) >= amount / 200
    return amount >= 10 and bool(_SENTENCE.search(text) or (amount >= 15 and _ANNOUNCES.search(text)))
