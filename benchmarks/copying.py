"""What every family of ways to copy is made of (`benchmarks/copying_first.py` and the others).

In: a text. Out: its sentences, other characters for its sounds, words of one meaning. A way to copy is a
function of a text, a level from 1 to LEVELS and a random generator; it gives the copy, or "" where it cannot
be done to this text.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

    Way = Callable[[str, int, random.Random], str]

LEVELS = 3

_STOP = re.compile(r"(?<=[。！？])|(?<=[a-z]\. )")


def sentences_of(text: str) -> list[str]:
    """A text in sentences, each with its stop."""
    return [sentence for sentence in _STOP.split(text) if sentence]


def homophones_of(character: str) -> list[str]:
    """The common characters of one sound, this among them; where it has none, itself alone."""
    return _sounds().get(character, [character])


def share_of(level: int, draw: random.Random, least: float, most: float) -> float:
    """A share within the level's third of a range."""
    return least + (most - least) * (level - draw.random()) / LEVELS


def read_thesaurus(lines: Iterable[str]) -> dict[str, list[str]]:
    """Each word of two and more characters with those that a line names beside it."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        words = [word for word in line.split() if len(word) > 1 and not word.endswith("=")]
        for word in words:
            found[word] += [other for other in words if other != word]
    return found


@cache
def _sounds() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row, cell in itertools.product(range(0xB0, 0xD8), range(0xA1, 0xFF)):
        character = bytes((row, cell)).decode("gb2312", "ignore")
        if character:
            groups[lazy_pinyin(character, style=Style.NORMAL)[0]].append(character)
    return {character: group for group in groups.values() for character in group}
