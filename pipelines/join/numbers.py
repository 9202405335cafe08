"""The numbers of a text, and the number guard: bulletins share their wording and differ in numbers.

In: a normalised text, which has no decimal points. Out: its numbers, in digits or in characters (六点五亿 and
65亿, as 6.5亿 is there, are one), by their places; or how two texts' numbers agree. A place is the wording
just before (or just after) a number. Two texts that hold other numbers in two or more of the places they
share, and in a quarter of them, tell different news.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.numerals import DIGITS, number_value
from pipelines.words import pattern

Places = dict[str, frozenset[str]]
"""The wording beside a number, in sounds and marked with its side, to the numbers found there."""

SCALES = frozenset("万亿")
SIGNS = frozenset(f"{DIGITS}点0123456789十百千") | SCALES
"""What figures are written with."""
_SPELT = re.compile(rf"[{DIGITS}点十百千万亿]{{2,}}")
_SPELT_LEAST, _SPELT_MOST = 2, 16
_SPELT_FIGURE = re.compile(
    rf"(?:[{DIGITS}十][{DIGITS}十百千万亿]*点[{DIGITS}]+[万亿]*|[{DIGITS}十][{DIGITS}十百千万亿]*[十百千万亿][{DIGITS}十百千万亿]*|十[{DIGITS}]|[{DIGITS}]{{3,}})"
)
"""With a decimal, with a unit after a digit, or three digits and more: 万一, 十分 and 一二 are words."""

_NUMBER = re.compile(r"\d+")
_CALENDAR = frozenset("月日时分秒号点")
"""Before these a figure is written with a nought before it, or without."""
_SCALED = "*"
"""The mark of a number before a unit of ten thousand."""
_CONTEXT = 4
"""Sounds that make a place. At 5 tender notices share too few places for the guard: precision fell from
1.000 to .998 (`benchmarks/neardup.py`)."""
_ENOUGH = 3
"""Of these, at least so many that are no numbers: 年 and 月 alone make no place."""

# Counters, bylines and registration numbers belong to the page, not to the news on it.
_PAGE_NUMBER = pattern(
    r"(?:{page.number|byline.read}|(?:个月|天|小时|分钟|年)前\d*[^\d,.]{0,8})\D{0,2}$", case=True
)
_SERVICE_LINE = re.compile(r"[48]00\d{7}")
_DIFFER_LEAST = 2
_DIFFER_SHARE = 0.25
_OVERLAP = 1 / 3
_AGREE_LEAST = 4
"""Places on one side that all agree: what stands on the other side of the numbers moved."""


@dataclass(frozen=True, slots=True)
class NumbersCompared:
    """How the numbers of two texts agree."""

    shared: int
    differ: int

    @property
    def contradict(self) -> bool:
        """Whether the numbers speak against one piece of news."""
        return self.differ >= _DIFFER_LEAST and self.differ >= _DIFFER_SHARE * self.shared


def number_places(text: str, sounds: str) -> Places:
    """The places of a text; page furniture and digits inside latin names are left out."""
    places: dict[str, set[str]] = defaultdict(set)
    found = figures_in(text)
    masked, shift = _masked(sounds, found), 0
    for start, end, number in found:
        at = start - shift
        shift += end - start - 1
        if is_page_number(text, start, number):
            continue
        before, after = masked[max(0, at - _CONTEXT) : at], masked[at + 1 : at + 1 + _CONTEXT]
        if _is_enough(before):
            places["<" + before].add(number)
        if _is_enough(after):
            places[">" + after].add(number)
    return {place: frozenset(numbers) for place, numbers in places.items()}


def figures_in(text: str) -> list[tuple[int, int, str]]:
    """Where the figures of a normalised text stand, each with its digits, marked where a unit follows.

    Units of ten thousand stand behind digits, and are a part of what is written in characters.
    """
    found = [(*match.span(), _digits(text, match)) for match in _NUMBER.finditer(text)]
    for start, end in _spelt_figures(text):
        is_scaled = text[end - 1] in SCALES
        value = number_value(text[start:end]) / (10**4 if is_scaled else 1)
        digits = f"{value:.12g}".replace(".", "")
        found.append((start, end - is_scaled, digits + _SCALED * is_scaled))
    return sorted(found)


def _digits(text: str, match: re.Match[str]) -> str:
    """The digits as all spellings have them (02月 is 2月); marked where a unit of ten thousand follows."""
    digits, after = match[0], text[match.end() : match.end() + 1]
    if len(digits) == 2 and digits[0] == "0" and after in _CALENDAR:
        digits = digits[1]
    return digits + (_SCALED if after in SCALES else "")


def _masked(sounds: str, found: list[tuple[int, int, str]]) -> str:
    """The sounds with one sign in the place of each figure."""
    pieces, at = [], 0
    for start, end, _ in found:
        pieces += [sounds[at:start], "#"]
        at = end
    return "".join([*pieces, sounds[at:]])


def compare_numbers(a: Places, b: Places) -> NumbersCompared:
    """How many places two texts share, and in how many the numbers differ (by the side that shows more)."""
    counts = {"<": [0, 0], ">": [0, 0]}
    for place in a.keys() & b.keys():
        ours, theirs = a[place], b[place]
        cell = counts[place[0]]
        cell[0] += 1
        cell[1] += _agreeing(ours, theirs) < _OVERLAP * min(len(ours), len(theirs))
    for shared, differ in counts.values():
        if shared >= _AGREE_LEAST and not differ:
            return NumbersCompared(shared, 0)
    shared, differ = max(counts.values(), key=lambda cell: (cell[1], cell[0]))
    return NumbersCompared(shared, differ)


def find_numbers(text: str) -> list[str]:
    """All numbers of a stretch, marked where a unit of ten thousand follows."""
    return [number for _, _, number in figures_in(text)]


def agree(one: str, other: str) -> bool:
    """Whether two numbers are the same; where punctuation was lost, one begins or ends with the other.

    Where 万 or 亿 follow, 1.2亿 and 12000万, 0.32万 and 3200 are one: the digits between the noughts count.
    """
    if one[-1:] == _SCALED or other[-1:] == _SCALED:
        return one.rstrip(_SCALED).strip("0") == other.rstrip(_SCALED).strip("0")
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return short == long or (len(short) >= _ENOUGH and (long.startswith(short) or long.endswith(short)))


def _agreeing(ours: frozenset[str], theirs: frozenset[str]) -> int:
    """How many of the numbers are in both."""
    return len(ours & theirs) or sum(agree(one, other) for one in ours for other in theirs)


def _is_enough(context: str) -> bool:
    return len(context) - context.count("#") >= _ENOUGH


def is_page_number(text: str, start: int, number: str) -> bool:
    """Whether a number belongs to page furniture or to a latin name."""
    before = text[max(0, start - 18) : start]
    return (
        "a" <= before[-1:] <= "z"
        or _SERVICE_LINE.fullmatch(number) is not None
        or _PAGE_NUMBER.search(before) is not None
    )


def _spelt_figures(text: str) -> Iterator[tuple[int, int]]:
    """Where figures in characters stand in a text."""
    for run in _SPELT.finditer(text):
        for match in _SPELT_FIGURE.finditer(text, *run.span()):
            if _SPELT_LEAST <= len(match.group()) <= _SPELT_MOST:
                yield match.span()
