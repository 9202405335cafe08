"""Which figures, dates and names differ between two copies of one article.

In: two texts as shown, each taken apart into its words with one sign in the place of each figure and date,
and what each of these means (`spell_out`): 1.2亿 and 一亿二千万 are one. Out: a `Difference` for each
place, in text order, where the words around are the same and the value is another. What one text lacks, says
in other words, or spells otherwise (full width, traditional, homophones) is no difference.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Literal

from pipelines.join.alignment import Gap, Run, aligned, short_gaps
from pipelines.join.features import Features
from pipelines.join.names import NAMED, STRONG, WEAK, name_evidence
from pipelines.join.numbers import is_page_number
from pipelines.join.wordings import is_of_page, survives
from pipelines.normalise import are_regional
from pipelines.normalise import plain as simple
from pipelines.numerals import DIGITS, number_value

Kind = Literal["figure", "date", "name"]

DIFFERENCES_MOST = 50
"""A table with other numbers throughout is told by its first fifty."""

_AROUND = 12
"""Characters of the text shown on either side."""
_SIDE_LEAST, _SIDES_LEAST = 2, 6
"""Words (ideographs) that both texts must share on each side of a figure, and on both sides together. With
half of each, one figure of a list is taken for the next where one text lacks an entry."""
_NAMES_SHARE = 0.5
"""Of 100 copies with words swapped for synonyms, 18 had a synonym taken for a name without it, none with it
(the documents of `benchmarks/neardup.py`)."""
_TELEPHONE = re.compile(r"0\d{9,11}|1[3-9]\d{9}|[48]00\d{7}")

FIGURE, DATE = "\ue000", "\ue001"
"""What stands for a figure and for a date: of Unicode's private use, so in no text's words."""

CHARACTERS_MOST = 8_000
"""Beyond it a text is cut: aligning costs its length squared."""

_LONGEST = 30
"""Characters of a figure; a longer one is a code, and its value might be beyond any float's."""

Value = float | tuple[int | None, ...]
"""A figure's value, or the parts of a date that are said: year, month, day, hour, minute."""

_N = rf"(?:\d{{1,2}}|[十{DIGITS}]{{1,3}})"
_Y = rf"(?:\d{{2,4}}|[{DIGITS}]{{4}})"
_TOKEN = re.compile(
    rf"(?=[\d百十{DIGITS}])(?:"  # looks at one character where nothing begins: four times as fast
    rf"(?P<date>(?<!\d)(?:"
    rf"(?P<y1>{_Y})\s?年\s?(?P<m1>{_N})\s?月(?:份?\s?(?P<d1>{_N})\s?[日号])?"
    rf"|(?P<y2>\d{{4}})[-/.](?P<m2>\d{{1,2}})[-/.](?P<d2>\d{{1,2}})(?!\d)"
    rf"|(?P<m3>{_N})\s?月(?:份?\s?(?P<d3>{_N})\s?[日号])?"
    rf"|(?P<y4>(?:19|20)\d\d|[一二][{DIGITS}]{{3}})\s?年"
    rf"|(?P<d5>{_N})\s?[日号](?!元|楼|线|机|厂|院|门|馆)"
    rf"|(?P<h6>\d{{1,2}}):(?P<i6>\d\d)(?::\d\d)?"
    rf"))"
    rf"|(?P<figure>(?<![a-z\d])(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?[十百千万亿]+)?"
    rf"|(?:百分之)?[十{DIGITS}][十百千万亿{DIGITS}]*(?:点[{DIGITS}]+[万亿]*)?))",
    re.ASCII,
)
_LETTERS = re.compile(r"\w+")
_HALF_AND_SMALL = {
    **{wide: chr(wide - 0xFEE0).lower() for wide in range(0xFF01, 0xFF5F)},
    **{ord(letter): letter.lower() for letter in ascii_uppercase},
}
_ROC_YEARS, _ROC_SHIFT = range(90, 200), 1911


@dataclass(frozen=True, slots=True)
class Token:
    """A figure or a date, and where it stands."""

    value: Value
    start: int
    stop: int
    han: bool
    """Whether it is written in characters: one of them may be a homophone's."""


@dataclass(frozen=True, eq=False)
class Spelt:
    """A text by its words, figures and dates."""

    text: str
    """As shown, cut to CHARACTERS_MOST."""
    plain: str
    """The same, as long: half width, lower case, simplified."""
    words: Features
    """Its letters, with a sign for each figure and date, as the alignment takes them."""
    places: tuple[int, ...]
    """Where in the text each of these stands."""
    tokens: dict[int, Token]
    """The figures and dates by their place among the words."""

    @cached_property
    def values(self) -> Counter[Value]:
        """All that its figures and dates say, and how often."""
        return Counter(token.value for token in self.tokens.values())

    @cached_property
    def token_places(self) -> tuple[int, ...]:
        """Where among the words the figures and dates are, ascending."""
        return tuple(self.tokens)

    def raw(self, start: int, stop: int) -> str:
        """The text as shown, between two places among the words."""
        if start >= stop:
            return ""
        return self.text[self.places[start] : self._end(stop - 1)]

    def _end(self, at: int) -> int:
        token = self.tokens.get(at)
        return token.stop if token else self.places[at] + 1


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two copies say different things."""

    kind: Kind
    place: str
    """The words around, as the first text has them, with … for what differs."""
    ours: str
    """What the first text says there, as it is shown."""
    theirs: str
    at: int
    """Where it stands among the first text's words."""
    their_place: str
    their_at: int

    def turned(self) -> Difference:
        """The same, with the other text first."""
        return Difference(
            self.kind, self.their_place, self.theirs, self.ours, self.their_at, self.place, self.at
        )


def spell_out(text: str) -> Spelt:
    """A text taken apart into words, figures and dates."""
    text = text[:CHARACTERS_MOST]
    plain = simple(text.translate(_HALF_AND_SMALL))
    pieces: list[str] = []
    places: list[int] = []
    tokens: dict[int, Token] = {}
    at = 0
    for match in _TOKEN.finditer(plain):
        if len(match.group()) > _LONGEST:
            continue
        _add_words(plain, at, match.start(), pieces, places)
        at = match.end()
        value, sign = _meaning(match)
        tokens[len(places)] = Token(value, match.start(), at, not match.group()[0].isascii())
        pieces.append(sign)
        places.append(match.start())
    _add_words(plain, at, len(plain), pieces, places)
    return Spelt(text, plain, Features(0, "".join(pieces)), tuple(places), tokens)


def differences(one: Spelt, other: Spelt) -> tuple[Difference, ...]:
    """Where two joined texts contradict each other; none where they are told apart by wording alone."""
    if one.words.text == other.words.text and one.tokens.keys() == other.tokens.keys():
        passes = [[(0, 0, len(one.places))]]
    else:
        passes = list(aligned(one.words, other.words))
    found = [difference for runs in passes for run in runs for difference in _values(one, other, run)]
    found += _names(one, other, passes)
    told: dict[tuple[str, str], Difference] = {}
    for difference in sorted(found, key=lambda difference: (difference.at, difference.kind)):
        told.setdefault((difference.ours, difference.theirs), difference)
    return tuple(told.values())[:DIFFERENCES_MOST]


def turned(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """The differences with the other text first, in its order."""
    return tuple(sorted((one.turned() for one in found), key=lambda one: (one.at, one.kind)))


def _values(one: Spelt, other: Spelt, run: Run) -> Iterator[Difference]:
    """The figures and dates inside one shared stretch that mean something else."""
    start, start_other, size = run
    for at in _places_in(one, start, size):
        there = at - start + start_other
        ours, theirs = one.tokens[at], other.tokens.get(there)
        if theirs is None or _are_one(ours.value, theirs.value):
            continue
        if (
            _is_held(one, other, at, run)
            and not _is_elsewhere(one, other, ours, theirs)
            and not _is_of_page(one, at, ours)
            and not _is_half_read(one, other, ours, theirs)
        ):
            kind: Kind = "date" if one.words.text[at] == DATE else "figure"
            yield _difference(kind, one, other, (at, at + 1), (there, there + 1))


def _places_in(one: Spelt, start: int, size: int) -> list[int]:
    places = one.token_places
    return list(places[bisect_left(places, start) : bisect_left(places, start + size)])


def _is_held(one: Spelt, other: Spelt, at: int, run: Run) -> bool:
    """Whether enough shared words stand beside it, its unit among them; a line's edge is as good as two."""
    start, start_other, size = run
    before = _words_beside(one.words.text[max(start, at - _SIDES_LEAST) : at])
    after = _words_beside(one.words.text[at + 1 : min(start + size, at + 1 + _SIDES_LEAST)])
    tokens = one.tokens[at], other.tokens[at - start + start_other]
    if all(_begins_line(spelt, token) for spelt, token in zip((one, other), tokens, strict=True)):
        before = max(before, _SIDE_LEAST)
    if (
        after
        and start + size - at <= _SIDES_LEAST
        and _ends_line(one, run[0] + size)
        and _ends_line(other, run[1] + size)
    ):
        after = max(after, _SIDE_LEAST)
    return min(before, after) >= _SIDE_LEAST and before + after >= _SIDES_LEAST


def _begins_line(spelt: Spelt, token: Token) -> bool:
    before = spelt.plain[max(0, token.start - 4) : token.start]
    return before.rstrip(" \t\u3000")[-1:] == "\n" or token.start == 0


def _ends_line(spelt: Spelt, stop: int) -> bool:
    """Whether the words up to a place are the last of their line."""
    last = spelt.places[stop - 1]
    return stop == len(spelt.places) or "\n" in spelt.plain[last : spelt.places[stop]]


def _words_beside(text: str) -> int:
    return len(text) - text.count(FIGURE) - text.count(DATE)


def _is_elsewhere(one: Spelt, other: Spelt, ours: Token, theirs: Token) -> bool:
    """Whether each text has the other's value too, and as often: the same facts in another order."""
    has, has_other = one.values, other.values
    if ours.value not in has_other or theirs.value not in has:
        return False
    return has[ours.value] <= has_other[ours.value] or has_other[theirs.value] <= has[theirs.value]


def _is_of_page(one: Spelt, at: int, token: Token) -> bool:
    """Whether it is a telephone number, a counter or the byline's time."""
    number, before = one.text[token.start : token.stop], one.words.text[max(0, at - 5) : at]
    is_of_name = "a" <= before[-1:] <= "z" and before != "admin"  # iPhone 11: the guards leave it out
    return _TELEPHONE.fullmatch(number) is not None or (
        not is_of_name and is_page_number(one.words.text, at, number)
    )


def _is_half_read(one: Spelt, other: Spelt, ours: Token, theirs: Token) -> bool:
    """Whether a figure in characters may be a piece of one: in 三百二石四 a homophone stands for 十."""
    return (ours.han or theirs.han) and _neighbours(one, ours) != _neighbours(other, theirs)


def _neighbours(spelt: Spelt, token: Token) -> tuple[str, str]:
    return spelt.plain[max(0, token.start - 1) : token.start], spelt.plain[token.stop : token.stop + 1]


def _names(one: Spelt, other: Spelt, passes: list[list[Run]]) -> list[Difference]:
    """Short wordings between shared stretches that are one name for another.

    Where much was reworded, a synonym looks like a name, and only what is surely one counts. Where nothing
    else was, a wording that may be a name is one: who copies word for word does not reach for a thesaurus.
    """
    a, b = one.words, other.words
    exchanged = [
        gap for runs in passes for gap in short_gaps(a.sounds, b.sounds, runs) if _is_wording(one, other, gap)
    ]
    sure = {gap: name_evidence(a, gap.a, b, gap.b) for gap in exchanged if not survives(a, b, gap)}
    least = WEAK if len(exchanged) == 1 else NAMED
    names = [gap for gap in sure if sure[gap] >= least]
    if len(names) < _NAMES_SHARE * len(exchanged):
        names = [gap for gap in names if sure[gap] == STRONG]
    return [_difference("name", one, other, _whole(gap.a), _whole(gap.b)) for gap in names]


def _is_wording(one: Spelt, other: Spelt, gap: Gap) -> bool:
    """Whether words stand for words inside a sentence."""
    a, b = one.words, other.words
    ours, theirs = a.text[gap.a], b.text[gap.b]
    return (
        not any(sign in ours + theirs for sign in (FIGURE, DATE))
        and one.raw(gap.a.start, gap.a.stop).isalnum()
        and other.raw(gap.b.start, gap.b.stop).isalnum()
        and not is_of_page(a, b, gap)
        and not are_regional(ours, theirs)
    )


def _whole(part: slice) -> tuple[int, int]:
    """One character alone is shown with the one before it: a given name with its surname."""
    start = part.start - 1 if part.stop - part.start == 1 and part.start else part.start
    return start, part.stop


def _difference(
    kind: Kind, one: Spelt, other: Spelt, ours: tuple[int, int], theirs: tuple[int, int]
) -> Difference:
    return Difference(
        kind=kind,
        place=_around(one, ours),
        ours=one.raw(*ours),
        theirs=other.raw(*theirs),
        at=ours[0],
        their_place=_around(other, theirs),
        their_at=theirs[0],
    )


def _around(spelt: Spelt, at: tuple[int, int]) -> str:
    before = spelt.raw(max(0, at[0] - _AROUND), at[0])
    after = spelt.raw(at[1], min(len(spelt.places), at[1] + _AROUND))
    return " ".join(f"{before}…{after}".split())


def _are_one(ours: Value, theirs: Value) -> bool:
    """Whether two figures, or the parts that two dates both say, are the same; True for one of each."""
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return all(a == b or None in (a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(ours, tuple) or isinstance(theirs, tuple):
        return True
    return abs(ours - theirs) <= 1e-9 * max(abs(ours), abs(theirs))


def _add_words(plain: str, start: int, stop: int, pieces: list[str], places: list[int]) -> None:
    for match in _LETTERS.finditer(plain, start, stop):
        pieces.append(match.group())
        places.extend(range(*match.span()))


def _meaning(match: re.Match[str]) -> tuple[Value, str]:
    if match.group("date") is None:
        return number_value(match.group()), FIGURE
    parts = {name[0]: value for name, value in match.groupdict().items() if value and len(name) == 2}
    year, *rest = (_part(parts.get(name)) for name in "ymdhi")
    return (_year(year), *rest), DATE


def _part(digits: str | None) -> int | None:
    return None if digits is None else int(number_value(digits))


def _year(year: int | None) -> int | None:
    if year is None:
        return None
    if year in _ROC_YEARS:
        return year + _ROC_SHIFT
    return year + 2000 if year < 100 else year
