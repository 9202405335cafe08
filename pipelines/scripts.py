"""In which script a text is written, as far as that tells its language: Han, Kana, Hangul or any other."""

from __future__ import annotations

import re

HAN, KANA, HANGUL = "\u3400-\u9fff", "\u3040-\u30ff", "\uac00-\ud7af"
"""What stands for their characters in [brackets] of a pattern."""
IDEOGRAPH = re.compile(f"[{HAN}]")
SYLLABLE = re.compile(f"[{HAN}{KANA}{HANGUL}]")
"""A character that is a word or a syllable, where others are letters."""
_TOLD_BY = (
    ("Hangul", re.compile(f"[{HANGUL}]+"), 0.3),
    ("Kana", re.compile(f"[{KANA}]+"), 0.1),
    ("Han", re.compile(f"[{HAN}]+"), 0.2),
)
"""More than this share of a text that is written so: code and names in it have Latin letters."""


def script_of(text: str) -> tuple[str, int]:
    """Han, Kana or Hangul where a text is written so, else nothing; how many of its letters are."""
    for name, runs, share in _TOLD_BY:
        count = sum(map(len, runs.findall(text)))
        if count and (count > share * len(text) or count > share * count_letters(text)):
            return name, count
    return "", 0


def count_letters(text: str) -> int:
    """How many letters, of any script, a text has."""
    return sum(map(str.isalpha, text))
