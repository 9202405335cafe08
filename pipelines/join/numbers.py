"""The number guard: bulletins, tenders and notices share their wording and differ in numbers.

A place is the wording just before (or just after) a number. Two texts that hold other numbers in
two or more of the places they share, and in a quarter of them, tell different news.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipelines.join.numerals import spelt_figures

Places = dict[str, frozenset[str]]
"""The wording beside a number, in sounds and marked with its side, to the numbers found there."""

_NUMBER = re.compile(r"\d+")
_SCALES, _SCALED = frozenset("万亿"), "*"
"""Units of ten thousand, and the mark of a number before one."""
_CONTEXT = 4
"""Sounds that make a place. At 5 tender notices share too few places for the guard: precision fell from
1.000 to .998 (`benchmarks/neardup.py`)."""
_ENOUGH = 3
"""Of these, at least so many that are no numbers: 年 and 月 alone make no place."""

# Counters, bylines and registration numbers belong to the page, not to the news on it.
_PAGE_NUMBER = re.compile(
    r"(?:浏览|阅读|点击|人气|次数|访问|评论|发布时间|发布日期|发布于|发表时间|发表日期|更新时间|时间日期|来源|备|版权所有"
    r"|(?:个月|天|小时|分钟|年)前\d*[^\d,.]{0,8}|admin)\D{0,2}$"
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
        if is_of_page(text, start, number):
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
    found = [
        (*match.span(), match[0] + (_SCALED if text[match.end() : match.end() + 1] in _SCALES else ""))
        for match in _NUMBER.finditer(text)
    ]
    for start, end, digits in spelt_figures(text):
        found.append((start, end - (text[end - 1] in _SCALES), _marked(digits)))
    return sorted(found)


def _masked(sounds: str, found: list[tuple[int, int, str]]) -> str:
    """The sounds with one sign in the place of each figure."""
    pieces, at = [], 0
    for start, end, _ in found:
        pieces += [sounds[at:start], "#"]
        at = end
    return "".join([*pieces, sounds[at:]])


def _marked(digits: str) -> str:
    return digits[:-1] + _SCALED if digits[-1] in _SCALES else digits


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

    Where 万 or 亿 follow, 1.2亿 and 12000万 are the same: only the digits before the noughts count.
    """
    if one[-1:] == _SCALED or other[-1:] == _SCALED:
        return one.rstrip(_SCALED).rstrip("0") == other.rstrip(_SCALED).rstrip("0")
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= _ENOUGH and (long.startswith(short) or long.endswith(short)))


def _agreeing(ours: frozenset[str], theirs: frozenset[str]) -> int:
    """How many of the numbers are in both."""
    return len(ours & theirs) or sum(agree(one, other) for one in ours for other in theirs)


def _is_enough(context: str) -> bool:
    return len(context) - context.count("#") >= _ENOUGH


def is_of_page(text: str, start: int, number: str) -> bool:
    """Whether a number belongs to page furniture or to a latin name."""
    before = text[max(0, start - 18) : start]
    return (
        "a" <= before[-1:] <= "z"
        or _SERVICE_LINE.fullmatch(number) is not None
        or _PAGE_NUMBER.search(before) is not None
    )
