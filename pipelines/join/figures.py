"""The figures and dates of a text as values: 1.2亿, 12000万 and 一亿二千万 are one.

In: a text as shown. Out: its words by themselves, with one sign in the place of each figure and date, and
what each of these means. Width, script, separators of thousands and units of ten thousand do not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from pipelines.join.features import Features
from pipelines.join.numbers import HAN, number_value
from pipelines.normalise import normalise

FIGURE, DATE = "\ue000", "\ue001"
"""What stands for a figure and for a date: of Unicode's private use, so in no text's words."""

CHARACTERS_MOST = 8_000
"""Beyond it a text is cut: aligning costs its length squared."""

_LONGEST = 30
"""Characters of a figure; a longer one is a code, and its value might be beyond any float's."""

Value = float | tuple[int | None, ...]
"""A figure's value, or the parts of a date that are said: year, month, day, hour, minute."""

_N = rf"(?:\d{{1,2}}|[十{HAN}]{{1,3}})"
_Y = rf"(?:\d{{2,4}}|[{HAN}]{{4}})"
_TOKEN = re.compile(
    rf"(?=[\d百十{HAN}])(?:"  # looks at one character where nothing begins: four times as fast
    rf"(?P<date>(?<!\d)(?:"
    rf"(?P<y1>{_Y})\s?年\s?(?P<m1>{_N})\s?月(?:份?\s?(?P<d1>{_N})\s?[日号])?"
    rf"|(?P<y2>\d{{4}})[-/.](?P<m2>\d{{1,2}})[-/.](?P<d2>\d{{1,2}})(?!\d)"
    rf"|(?P<m3>{_N})\s?月(?:份?\s?(?P<d3>{_N})\s?[日号])?"
    rf"|(?P<y4>(?:19|20)\d\d|[一二][{HAN}]{{3}})\s?年"
    rf"|(?P<d5>{_N})\s?[日号](?!元|楼|线|机|厂|院|门|馆)"
    rf"|(?P<h6>\d{{1,2}}):(?P<i6>\d\d)(?::\d\d)?"
    rf"))"
    rf"|(?P<figure>(?<![a-z\d])(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?[十百千万亿]+)?"
    rf"|(?:百分之)?[十{HAN}][十百千万亿{HAN}]*(?:点[{HAN}]+[万亿]*)?))",
    re.ASCII,
)
_WORDS = re.compile(r"\w+")
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


def spell_out(text: str) -> Spelt:
    """A text taken apart into words, figures and dates."""
    text = text[:CHARACTERS_MOST]
    plain = text.translate(_ONE_TO_ONE)
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


def are_one(ours: Value, theirs: Value) -> bool:
    """Whether two figures, or the parts that two dates both say, are the same; True for one of each."""
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return all(a == b or None in (a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(ours, tuple) or isinstance(theirs, tuple):
        return True
    return abs(ours - theirs) <= 1e-9 * max(abs(ours), abs(theirs))


class _OneToOne(dict[int, int]):
    """Code point to the one that stands for it (half width, lower case, simplified), as long as before."""

    def __missing__(self, code: int) -> int:
        half = code - 0xFEE0 if 0xFF01 <= code <= 0xFF5E else code
        spelling = normalise(chr(half))
        self[code] = ord(spelling) if len(spelling) == 1 else half
        return self[code]


_ONE_TO_ONE = _OneToOne()


def _add_words(plain: str, start: int, stop: int, pieces: list[str], places: list[int]) -> None:
    for match in _WORDS.finditer(plain, start, stop):
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
