"""The number guard: bulletins, tenders and notices share their wording and differ in numbers.

A place is the wording just before (or just after) a number. Two texts that hold other numbers in
two or more of the places they share, and in a quarter of them, tell different news.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

Places = dict[str, frozenset[str]]
"""The wording beside a number, in sounds and marked with its side, to the numbers found there."""

_NUMBER = re.compile(r"\d+")
_CONTEXT = 4
"""Sounds that make a place: 3 mix up 增长 of one thing with another's, 6 lose reworded copies."""
_ENOUGH = 3

# Counters, bylines and registration numbers belong to the page, not to the news on it.
_PAGE_NUMBER = re.compile(
    r"(?:浏览|阅读|点击|人气|次数|访问|评论|发布时间|发布日期|发布于|发表时间|发表日期|更新时间|时间日期|来源|备|版权所有"
    r"|(?:个月|天|小时|分钟|年)前|admin)\D{0,2}$"
)
_DIFFER_LEAST = 2
_DIFFER_SHARE = 0.25
_OVERLAP = 1 / 3


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
    masked = _NUMBER.sub("#", sounds)
    shift = 0
    for match in _NUMBER.finditer(sounds):
        start, end = match.span()
        at = start - shift
        shift += end - start - 1
        if _is_latin(text[start - 1 : start]) or _PAGE_NUMBER.search(text[max(0, start - 10) : start]):
            continue
        before, after = masked[max(0, at - _CONTEXT) : at], masked[at + 1 : at + 1 + _CONTEXT]
        if len(before) >= _ENOUGH:
            places["<" + before].add(match.group())
        if len(after) >= _ENOUGH:
            places[">" + after].add(match.group())
    return {place: frozenset(numbers) for place, numbers in places.items()}


def compare_numbers(a: Places, b: Places) -> NumbersCompared:
    """How many places two texts share, and in how many the numbers differ (by the side that shows more)."""
    counts = {"<": [0, 0], ">": [0, 0]}
    for place in a.keys() & b.keys():
        ours, theirs = a[place], b[place]
        cell = counts[place[0]]
        cell[0] += 1
        cell[1] += len(ours & theirs) < _OVERLAP * min(len(ours), len(theirs))
    shared, differ = max(counts.values(), key=lambda cell: (cell[1], cell[0]))
    return NumbersCompared(shared, differ)


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"
