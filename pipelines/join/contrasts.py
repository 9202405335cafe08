"""Words that exclude each other: an exchange of one for another tells other news, and no thesaurus makes it.

In: two normalised texts and the stretch of each that stands for the other. Out: whether these are (pieces
of) two names of one kind, as countries, ministries and listed companies are (`known.txt`, and lists of
pipelines/words/names.toml); two that exclude each other, as 暂停 and 恢复 do (`names.contrast`); or the
numbers or letters by which several of a kind are told apart (一期, B座, Ⅱ标段).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from pipelines.join.alignment import is_latin, length, widened
from pipelines.normalise import normalise
from pipelines.numerals import DIGITS, number_value
from pipelines.words import characters, known_names, words

_LONGEST = 12
"""Characters of a word that is looked for, and letters: longer names of countries and companies are few."""
_TURNED_MOST = 4
"""Characters of what turns a word: 不予, or what a Roman number has more."""
_LETTERS_LEAST = 4
"""Shorter words, and single ideographs, must be the whole exchange: others are pieces of words."""
_FIGURES = frozenset("0123456789")
_NUMERALS = frozenset(f"{DIGITS}十0123456789abcdefghijklmnopqrstuvwxyz")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NUMERAL_LETTER = re.compile("[ivx]")
_LETTER, _FIGURE = re.compile("[a-h]"), re.compile(f"[{DIGITS}]|[{DIGITS}]?十[{DIGITS}]?")

_Sides = frozenset[tuple[str, str]]
"""The kinds of which a word is one, and which one of each."""


def exclusive(a: str, at_a: slice, b: str, at_b: slice) -> tuple[slice, slice] | None:
    """The two words of one kind of which an exchange is all or a piece: 教育部 and 科技部 of 教育 and 科技.

    None where there are none, and where either stands elsewhere in the other text: it may tell of both.
    """
    pairs = ((ours, theirs) for ours, theirs, are_one in _pairs(a, at_a, b, at_b) if not are_one)
    for ours, theirs in pairs:
        if not _stands_in(a[ours], b) and not _stands_in(b[theirs], a):
            return ours, theirs
    return None


def are_one(a: str, at_a: slice, b: str, at_b: slice) -> bool:
    """Whether both are all or pieces of two names of one thing: 工信部 and 工业和信息化部, Ⅰ期 and 一期."""
    return any(one for _, _, one in _pairs(a, at_a, b, at_b))


def is_turned(a: str, at_a: slice, b: str, at_b: slice) -> bool:
    """Whether what one text has more at a place turns what both say: 批准 and 不予批准, Ⅰ标段 and Ⅱ标段."""
    more, at = (a, at_a) if length(at_a) else (b, at_b)
    if min(length(at_a), length(at_b)) > 0 or not 0 < length(at) <= _TURNED_MOST:
        return False
    return more[at] in _negations() or any(
        not is_one for _, _, is_one in _numbered(_near(a, at_a), _near(b, at_b))
    )


@cache
def _negations() -> frozenset[str]:
    return frozenset(words("names.negation"))


def _stands_in(word: str, text: str) -> bool:
    """Whether a text has a word; a Roman number not as the end of another."""
    at = text.find(word)
    while at > 0 and _NUMERAL_LETTER.match(word) and _NUMERAL_LETTER.match(text[at - 1]):
        at = text.find(word, at + 1)
    return at >= 0


def _pairs(a: str, at_a: slice, b: str, at_b: slice) -> Iterator[tuple[slice, slice, bool]]:
    """Two of one kind of which an exchange is all or a piece, and whether they are one thing."""
    ours, theirs = _near(a, at_a), _near(b, at_b)
    left, right = at_a.start - ours.start, at_b.start - theirs.start
    for (start, stop), (other_start, other_stop), is_one in _pairs_of(ours, theirs):
        yield slice(start + left, stop + left), slice(other_start + right, other_stop + right), is_one


class _Near(NamedTuple):
    """An exchanged wording, with as much beside it as a word reaches."""

    text: str
    start: int
    stop: int


def _near(text: str, at: slice) -> _Near:
    first = max(0, at.start - _LONGEST + 1)
    return _Near(text[first : at.stop + _LONGEST], at.start - first, at.stop - first)


_Span = tuple[int, int]


@lru_cache(maxsize=4096)
def _pairs_of(ours: _Near, theirs: _Near) -> tuple[tuple[_Span, _Span, bool], ...]:
    """The same in what is near, where an exchange is looked at several times a verdict."""
    found = _numbered(ours, theirs)
    other_words = _words_in(theirs)
    for start, stop, kinds in _words_in(ours) if other_words else ():
        for other_start, other_stop, other_kinds in other_words:
            is_beside = start - ours.start == other_start - theirs.start
            if not is_beside and stop - ours.stop != other_stop - theirs.stop:
                continue
            if not kinds.isdisjoint(other_kinds):
                found.append(((start, stop), (other_start, other_stop), True))
            elif {kind for kind, _ in kinds} & {kind for kind, _ in other_kinds}:
                found.append(((start, stop), (other_start, other_stop), False))
    return tuple(found)


def _numbered(ours: _Near, theirs: _Near) -> list[tuple[_Span, _Span, bool]]:
    """The numbers or letters of one of several, with what is counted: 一期 and 二期, Ⅰ标段 and Ⅱ标段."""
    sides = [(near.text, _whole_number(near)) for near in (ours, theirs)]
    numerals = [text[at] for text, at in sides]
    if not all(_is_one_of(*side) for side in sides):
        return []
    one, other = map(_value, numerals)
    if one is None or other is None:
        return []
    span, other_span = ((at.start, at.stop + 1) for _, at in sides)
    return [(span, other_span, one == other)]


def _whole_number(near: _Near) -> slice:
    """A stretch with the letters or figures beside it; beside digits stand words that they are no part of."""
    is_in_digits = near.text[near.start : near.stop].isdecimal()
    return widened(near.text, slice(near.start, near.stop), _FIGURES if is_in_digits else _NUMERALS)


def _is_one_of(text: str, at: slice) -> bool:
    """Whether what is counted stands behind a number, or before it: 3期, Unit 3."""
    is_behind = text[at.stop : at.stop + 1] in characters("names.ordinal_after")
    return is_behind or text[: at.start].endswith(words("names.ordinal_before"))


@lru_cache(maxsize=1024)
def _value(numeral: str) -> int | str | None:
    """What a number or letter says; None where it is neither."""
    if numeral in _ROMAN:
        return _ROMAN.index(numeral) + 1
    if _LETTER.fullmatch(numeral):
        return numeral
    if numeral.isascii() and numeral.isdigit():
        return int(numeral[:_LONGEST])
    return int(number_value(numeral)) if _FIGURE.fullmatch(numeral) else None


def _words_in(near: _Near) -> list[tuple[int, int, _Sides]]:
    """The words with kinds that overlap an exchanged wording."""
    (text, begin, end), (known, sizes) = near, _kinds()
    least = _LETTERS_LEAST if is_latin(text[begin:end]) else 2
    return [
        (start, start + size, known[text[start : start + size]])
        for start in range(end)
        for size in sizes.get(text[start], ())
        if start + size > begin
        and text[start : start + size] in known
        and (size >= least or (start, start + size) == (begin, end))
    ]


@cache
def _kinds() -> tuple[dict[str, _Sides], dict[str, tuple[int, ...]]]:
    """Word to its kinds, and of each character how long the words are that begin with it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for kind, line in _lines():
        for side in line.split("|"):
            tokens = [spelt for token in side.split() if len(spelt := normalise(token)) <= _LONGEST]
            for token in tokens:
                found.setdefault(token, set()).add((kind, tokens[0]))
    sizes: dict[str, set[int]] = {}
    for word in found:
        sizes.setdefault(word[0], set()).add(len(word))
    return (
        {word: frozenset(kinds) for word, kinds in found.items()},
        {character: tuple(sorted(of_it)) for character, of_it in sizes.items()},
    )


def _lines() -> Iterator[tuple[str, str]]:
    """The kinds with their words, between | those that exclude each other."""
    for name in ("names.contrast", "names.state_body"):
        for number, line in enumerate(words(name)):
            yield f"{name} {number}", line
    for line in words("names.large_company"):
        yield "company", line
    for line in words("names.country"):
        yield "country", line
    for line in words("names.us_state"):
        yield "state", line
    for kind, names in known_names():
        yield kind, "|".join(names)
