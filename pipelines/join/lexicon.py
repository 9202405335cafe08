"""Whether an exchange of words looks like one name for another: by dictionary, places, people, bodies.

In: two texts and the stretch of each that stands for the other. Out: yes or no. General evidence
only (words.txt, surnames, what stands beside a name), no list of forms.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pipelines.join.surnames import SURNAMES
from pipelines.normalise import fold_sounds

if TYPE_CHECKING:
    from pipelines.join.features import Features

_FUNCTION = frozenset(
    "的了和与及在是为将对等也都就由从向到以于上下中里内外各每个这那其该被把让还又再更最已有无不"
)
_PRONOUN = frozenset("我本该这此他她它其")
_WORD_LONGEST = 4
_LONGEST_NAME = 16

_PERSON_BEFORE = re.compile(
    r"(?:书记|主任|[市区县省镇处科局部院校厂队社会]长|经理|总裁|董事|监事|秘书|同志|居民|村民|教授|博士|工程师|师傅|负责人"
    r"|代表|干部|选手|职工|员工|志愿者|人|副)$"
)
_PERSON_AFTER = re.compile(
    r"(?:表示|说|介绍|指出|强调|认为|同志|先生|女士|教授|老师|荣获|获|任|不再|带队|率|一行|主持|出席|告诉|高兴|参加|来到|致辞|在)"
)
_BODY_AFTER = re.compile(
    r"股份|集团|有限|公司|大学|学院|医院|学校|小学|中学|银行|社区|小区|街道|村[^民庄]|[镇乡县]|产业园|工业园|科技[城园]|开发区"
)


def is_name_for_name(a: Features, at_a: slice, b: Features, at_b: slice) -> bool:
    """Whether what stands in `a` at one place and in `b` at the same place are two different names."""
    sides = (a.text, at_a), (b.text, at_b)
    if any(text[at][0] in _PRONOUN or at.stop - at.start > _LONGEST_NAME for text, at in sides):
        return False
    return (
        all(_is_person(*side) for side in sides)
        or _are_places(a, at_a, b, at_b)
        or all(_is_strange(*side) for side in sides)
        or all(_is_before_body(*side) for side in sides)
    )


def _are_places(a: Features, at_a: slice, b: Features, at_b: slice) -> bool:
    """Whether both are regions, other ones; of one a homophone will do."""
    regions, _, sounds = _lexicon()
    heard = [_words_over(one.sounds, at, sounds) for one, at in ((a, at_a), (b, at_b))]
    if not all(heard) or not heard[0].isdisjoint(heard[1]):
        return False
    return bool(_words_over(a.text, at_a, regions) or _words_over(b.text, at_b, regions))


def _is_person(text: str, at: slice) -> bool:
    """Whether it is (the rest of) a name of two or three characters beside words that go with people."""
    for start in (at.start, at.start - 1, at.start - 2):
        name = text[max(0, start) : at.stop]
        if 2 <= len(name) <= 3 and name[0] in SURNAMES:
            before, after = text[max(0, start - 4) : start], text[at.stop : at.stop + 3]
            if _PERSON_BEFORE.search(before) or _PERSON_AFTER.match(after):
                return True
    return False


def _is_before_body(text: str, at: slice) -> bool:
    return at.stop - at.start >= 2 and _BODY_AFTER.match(text[at.stop : at.stop + 6]) is not None


def _is_strange(text: str, at: slice) -> bool:
    """Whether no dictionary words cover it, with what stands beside it: two characters in a row, or one of few."""
    covered = {i for i in range(at.start, at.stop) if text[i] in _FUNCTION}
    for start, size in _words_at(text, at, _lexicon()[1]):
        covered |= set(range(start, start + size))
    bare = "".join("." if i in covered else "x" for i in range(at.start, at.stop))
    return "xx" in bare or (len(bare) <= 3 and "x" in bare)


def _words_over(text: str, at: slice, words: frozenset[str]) -> set[str]:
    return {text[start : start + size] for start, size in _words_at(text, at, words)}


def _words_at(text: str, at: slice, words: frozenset[str]) -> list[tuple[int, int]]:
    """Start and length of the words that overlap a stretch."""
    return [
        (start, size)
        for size in range(2, _WORD_LONGEST + 1)
        for start in range(max(0, at.start - size + 1), at.stop)
        if text[start : start + size] in words
    ]


@cache
def _lexicon() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of regions, ordinary words, and the regions by sound; `make_words` explains the file."""
    lines = resources.files(__package__).joinpath("words.txt").read_text("utf-8").splitlines()
    regions, words = (frozenset(line.split(" ")) for line in lines)
    return regions, words, frozenset(fold_sounds(region) for region in regions)
