"""What a person typed into a search, understood: one grammar for command line, browser, exports and feeds.

In: a query. Out: a tree of words and fields, and hints where something may have been meant otherwise.
Nothing is refused: what makes no sense as an operator is a word like the others, and a hint says so.

    园区 招商            both; so do 园区，招商 and 园区 AND 招商
    园区 OR 苏州         either; NOT 苏州 leaves out; ( ) group; OR binds less than AND
    "digital economy"    these words after each other
    NEAR(园区 招商, 30)   within so many characters (words of Latin letters); 园区 NEAR 招商, NEAR/30
    develop*             words that begin so; a word of Latin letters is otherwise found whole
    title:园区           in the title; also source: credited: region: park: company: lang: since: until:
                         set: label:

A Chinese word is an exact piece of text of any length. Operators are capitals: and, or, not are words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, product
from typing import Literal, get_args

from pipelines.places import region_codes
from pipelines.spelling import (
    SPELLINGS_MAX,
    in_place,
    is_word,
    pattern_in_place,
    placed_tokens,
    spellings,
    tokens,
)

LONGEST = 1_000
"""Characters of a query; what stands behind them is not looked at."""
_MOST_WORDS = 64
_DEEPEST = 12
"""Of brackets within brackets: SQLite's parser of such queries has a stack of 100 places."""
NEAR_DISTANCE = 20
"""Characters or Latin words between two words that are near each other, where nobody says how many."""
_NEAR_MOST = 1_000
_HINTS_MAX = 10
_CHARACTERS_MAX = 4_096
"""Of all spellings of a query's words. Measured at 10,000 articles: 0.1 s and 30 MB."""
_PAIRINGS_MAX = 64

FieldName = Literal[
    "source", "credited", "region", "park", "company", "lang", "since", "until", "set", "label"
]
FIELDS = ("title", *get_args(FieldName))


@dataclass(frozen=True, slots=True)
class Needle:
    """Tokens that follow each other; with `begins`, the last is the beginning of a word."""

    tokens: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase in each of its spellings, one of which must occur."""

    needles: tuple[Needle, ...]
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Words that stand near each other."""

    words: tuple[Words, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of an article; for a region its codes."""

    name: FieldName
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What has it not."""

    part: Node


Node = Words | Near | Field | And | Or | Not


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that may have been meant otherwise: a kind (a key of messages) and what was typed."""

    kind: Literal["literal", "operator", "minus", "field", "day", "region", "bracket", "long"]
    typed: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood; no tree where nothing that can be searched for was typed."""

    tree: Node | None
    hints: tuple[Hint, ...] = ()


def parse(text: str, *, folded: bool = False) -> Query:
    """The query as a tree.

    Args:
        text: what was typed.
        folded: Traditional finds simplified, full width finds half, and the other way round.
    """
    parser = _Parser(list(_signs(text[:LONGEST])), folded=folded)
    tree = parser.everything()
    if len(text) > LONGEST:
        parser.hint("long", text[LONGEST:])
    return Query(tree, tuple(dict.fromkeys(parser.hints))[:_HINTS_MAX])


def literal(text: str) -> Query:
    """A text that must stand somewhere as it is."""
    needle = Needle(tuple(tokens(text)))
    return Query(Words((needle,)) if needle.tokens else None)


def sought(node: Node | None) -> list[Needle]:
    """What is to be marked: the needles that may occur in a hit, those of the title too."""
    if isinstance(node, Words):
        return list(node.needles)
    if isinstance(node, Near):
        return [needle for words in node.words for needle in words.needles]
    if isinstance(node, And | Or):
        return [needle for part in node.parts for needle in sought(part)]
    return []


def fields_of(node: Node | None) -> list[Field]:
    """What a hit may be found by besides words, as `sought` has the needles."""
    if isinstance(node, Field):
        return [node]
    return [field for part in node.parts for field in fields_of(part)] if isinstance(node, And | Or) else []


def places_of(text: str, needles: Iterable[Needle]) -> list[tuple[int, int]]:
    """Where the needles stand in a text, in order, the longer of two that begin together first."""
    whole = in_place(text)
    spots: set[tuple[int, int]] = set()
    among_words = []
    for needle in needles:
        pattern = None if whole is None or needle.begins else pattern_in_place(needle.tokens)
        if whole is None or pattern is None:
            among_words.append(needle)
        else:
            spots.update(found.span(1) for found in pattern.finditer(whole))
    if among_words:
        spots |= _places_among_words(text, among_words)
    return sorted(spots, key=lambda spot: (spot[0], -spot[1]))


def _places_among_words(text: str, needles: Iterable[Needle]) -> set[tuple[int, int]]:
    placed = placed_tokens(text)
    said = [token for token, _, _ in placed]
    at: dict[str, list[int]] = {}
    for place, token in enumerate(said):
        at.setdefault(token, []).append(place)
    return {
        (placed[start][1], placed[start + len(needle.tokens) - 1][2])
        for needle in needles
        for start in _starts(said, at, needle)
    }


def _starts(said: Sequence[str], at: dict[str, list[int]], needle: Needle) -> Iterator[int]:
    *firm, last = needle.tokens
    starts = at.get(firm[0], ()) if firm else range(len(said)) if needle.begins else at.get(last, ())
    for start in starts:
        end = start + len(firm)
        fits = end < len(said) and said[start:end] == firm
        if fits and (said[end].startswith(last) if needle.begins else said[end] == last):
            yield start


# What was typed, in signs -----------------------------------------------------------------------

_QUOTES = '"“”„＂'
_SPLITS = "，、。；：！？（）［］【】｛｝《》〈〉「」『』…"
_FIELD = re.compile(rf"({'|'.join(FIELDS)})[:：]", re.IGNORECASE)
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_SIGN = re.compile(
    rf"""
      (?P<space>[\s]+)
    | (?P<near_of>NEAR\()
    | (?P<open>\()
    | (?P<close>\))
    | (?P<field>(?:{"|".join(FIELDS)})[:：](?=\S))
    | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}](?P<star>\*?)|$)
    | (?P<word>(?:[^\s(){_QUOTES}]|(?<=[!-~])")+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CUT = re.compile(
    rf"[{_SPLITS}]+|(?<=[^\x00-\x7f])[,;!?\[\]{{}}<>]+|[,;!?\[\]{{}}<>]+(?=[^\x00-\x7f]|$)|^[,;\[\]{{}}<>]+"
)
"""Where words that were typed in one go part: at Chinese punctuation, and at commas and the like beside
Chinese characters or at an end; not in 3.5, C++ or 1,200."""
_NEAR = re.compile(r"NEAR(?:/(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class _Sign:
    """A piece of a query."""

    kind: Literal["word", "phrase", "field", "open", "close", "near_of", "end"]
    text: str = ""
    begins: bool = False


_END = _Sign("end")


def _signs(text: str) -> Iterator[_Sign]:
    at = 0
    while at < len(text):
        found = _SIGN.match(text, at)
        assert found is not None  # a word takes whatever nothing else does
        kind = found.lastgroup if found.lastgroup != "star" else "phrase"
        at = found.end()
        if kind == "near_of" and not found[0].startswith("NEAR"):
            kind, at = "word", at - 1  # near( in small letters is a word
        if kind == "phrase":
            yield _Sign("phrase", found["phrase"], begins=found["star"] == "*")
        elif kind == "word":
            word = text[found.start() : at]
            yield _Sign("word", word)
        elif kind != "space":
            yield _Sign(kind, found[0])  # type: ignore[arg-type]  # the groups of the pattern
    yield _END


class _Parser:
    """Reads signs from left to right; each method reads what its name says, and leaves the rest."""

    def __init__(self, signs: list[_Sign], *, folded: bool) -> None:
        self.hints: list[Hint] = []
        self._signs = signs
        self._at = 0
        self._depth = 0
        self._words = 0
        named = sum(sign.kind in {"word", "phrase"} for sign in signs)
        most = _CHARACTERS_MAX // max(named, 1)
        self._spellings: Callable[[str], list[str]] = (
            (lambda word: spellings(word, most)) if folded else lambda word: [word]
        )

    def hint(self, kind: str, typed: str) -> None:
        self.hints.append(Hint(kind, typed[:80]))  # type: ignore[arg-type]  # ours

    def everything(self) -> Node | None:
        parts = []
        while self._sign.kind != "end":
            parts.append(self._either(""))
            if self._sign.kind == "close":
                self._take()
                self.hint("bracket", ")")
        return _all_of(parts)

    @property
    def _sign(self) -> _Sign:
        return self._signs[self._at]

    def _take(self) -> _Sign:
        sign = self._sign
        self._at += sign.kind != "end"
        return sign

    def _is_operator(self, *names: str) -> bool:
        return self._sign.kind == "word" and self._sign.text in names and self._goes_on(self._at + 1)

    def _goes_on(self, at: int) -> bool:
        """Whether an operand stands there."""
        sign = self._signs[at]
        if sign.kind == "word" and sign.text in {"AND", "OR"}:
            return False
        return sign.kind not in {"end", "close"}

    def _either(self, field: str) -> Node | None:
        parts = [self._both(field)]
        while self._is_operator("OR"):
            self._take()
            parts.append(self._both(field))
        found = [part for part in parts if part is not None]
        return found[0] if len(found) == 1 else Or(tuple(found)) if found else None

    def _both(self, field: str) -> Node | None:
        parts = [self._one(field, first=True)]
        while self._sign.kind not in {"end", "close"} and not self._is_operator("OR"):
            if self._is_operator("AND"):
                self._take()
            parts.append(self._one(field))
        return _all_of(parts)

    def _one(self, field: str, *, first: bool = False) -> Node | None:
        if self._is_operator("NOT"):
            self._take()
            part = self._one(field)
            return part.part if isinstance(part, Not) else None if part is None else Not(part)
        if first and self._sign.kind == "word" and self._sign.text in {"AND", "OR"}:
            return self._literal(self._take().text)
        found = self._operand(field)
        while isinstance(found, Words) and self._is_near():
            distance = _NEAR.fullmatch(self._take().text)
            assert distance is not None
            after = self._operand(field)
            if not isinstance(after, Words):
                return _all_of([found, after])
            found = Near((found, after), _distance(distance[1]))
        return found

    def _is_near(self) -> bool:
        sign = self._sign
        return sign.kind == "word" and _NEAR.fullmatch(sign.text) is not None and self._goes_on(self._at + 1)

    def _operand(self, field: str) -> Node | None:
        sign = self._take()
        match sign.kind:
            case "open":
                return self._bracketed(field)
            case "near_of":
                return self._near(field)
            case "field":
                return self._operand(_FIELD.match(sign.text)[1].lower())  # type: ignore[index]  # it is one
            case "phrase":
                return self._said(field, sign.text, begins=sign.begins)
            case "word":
                return self._typed(field, sign.text)
        return None

    def _bracketed(self, field: str) -> Node | None:
        self._depth += 1
        if self._depth > _DEEPEST:
            self.hint("bracket", "(")
            self._depth -= 1
            return None
        found = self._either(field)
        while self._sign.kind not in {"close", "end"}:
            found = _all_of([found, self._either(field)])
        if self._take().kind == "end":
            self.hint("bracket", "(")
        self._depth -= 1
        return found

    def _near(self, field: str) -> Node | None:
        """NEAR(one other, 30)."""
        parts: list[Node | None] = []
        distance = ""
        while self._sign.kind in {"word", "phrase", "field"}:
            sign = self._sign
            if (
                sign.kind == "word"
                and re.fullmatch(r",?\d{1,4}", sign.text)
                and parts
                and self._next.kind == "close"
            ):
                distance = self._take().text.lstrip(",")
            elif sign.kind == "word" and sign.text == ",":
                self._take()
            elif sign.kind == "word":
                self._take()
                parts += [self._typed(field, sign.text)]
            else:
                parts += [self._operand(field)]
        if self._take().kind != "close":
            self.hint("bracket", "(")
        words: list[Words] = []
        for part in parts:
            inner = part.parts if isinstance(part, And) else (part,)
            words += [one for one in inner if isinstance(one, Words)]
        if len(words) < 2:
            return _all_of(parts)
        return Near(tuple(words), _distance(distance))

    @property
    def _next(self) -> _Sign:
        return self._signs[min(self._at + 1, len(self._signs) - 1)]

    def _typed(self, field: str, text: str) -> Node | None:
        """A word as it was typed in one go: several, where punctuation stands between them."""
        if text in {"AND", "OR", "NOT"} or _NEAR.fullmatch(text):
            return self._literal(text)
        if text in {"and", "or", "not"} and len(self._signs) > 2:
            self.hint("operator", text)
        if re.match(r"-[^\W\d]", text) and len(self._signs) > 2:
            self.hint("minus", text)
        if not field and (known := re.match(r"([A-Za-z]{3,12})[:：](?!//)\S", text)):
            self.hint("field", known[1])
        pieces = [piece for piece in _CUT.split(text) if piece]
        if not pieces:
            return self._literal(text)
        begins = [len(piece) > 1 and piece.endswith("*") for piece in pieces]
        return _all_of(
            [
                self._said(field, piece[:-1] if begins else piece, begins=begins)
                for piece, begins in zip(pieces, begins, strict=True)
            ]
        )

    def _literal(self, text: str) -> Node | None:
        self.hint("literal", text)
        return self._said("", text)

    def _said(self, field: str, text: str, *, begins: bool = False) -> Node | None:
        self._words += 1
        if self._words > _MOST_WORDS:
            self.hint("long", text)
            return None
        if field and field != "title":
            return self._known(field, text)  # type: ignore[arg-type]  # one of FIELDS
        needles = [
            Needle(said, begins and is_word(said[-1]))
            for spelling in self._spellings(text)[:SPELLINGS_MAX]
            if (said := tuple(tokens(spelling)))
        ]
        return Words(tuple(dict.fromkeys(needles)), field == "title") if needles else None

    def _known(self, field: FieldName, text: str) -> Node | None:
        value = text.strip()
        if field == "region":
            codes = region_codes(value)
            if not codes:
                self.hint("region", value)
                return self._said("", text)
            return Field(field, tuple(codes))
        if field in {"since", "until"} and not is_day(value):
            self.hint("day", value)
            return self._said("", text)
        return Field(field, (value,)) if value else None


def _all_of(parts: Sequence[Node | None]) -> Node | None:
    found: list[Node] = []
    for part in parts:
        if isinstance(part, And):
            found += part.parts
        elif part is not None:
            found.append(part)
    return found[0] if len(found) == 1 else And(tuple(found)) if found else None


def _distance(typed: str | None) -> int:
    return min(int(typed), _NEAR_MOST) if typed else NEAR_DISTANCE


def is_day(text: str) -> bool:
    """Whether a text is a day, month or year of the calendar: 2025-03-01, 2025-03 or 2025."""
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return bool(_DAY.fullmatch(text))


# As SQLite's full-text search takes it ----------------------------------------------------------


def is_text(node: Node) -> bool:
    """Whether the search index alone answers it."""
    if isinstance(node, Words | Near):
        return True
    if isinstance(node, Or):
        return all(map(is_text, node.parts))
    if isinstance(node, And):
        left_out = [part.part for part in node.parts if isinstance(part, Not)]
        wanted = [part for part in node.parts if not isinstance(part, Not)]
        return bool(wanted) and all(map(is_text, [*wanted, *left_out]))
    return False


def expression(node: Node) -> str:
    """The FTS5 expression of a node of which the index answers all."""
    if isinstance(node, Words):
        either = _either([_phrase(needle) for needle in node.needles])
        return f"{{title other_titles}} : {either}" if node.in_title else either
    if isinstance(node, Near):
        choices = islice(product(*(words.needles for words in node.words)), _PAIRINGS_MAX)
        nears = [f"NEAR({' '.join(map(_phrase, one))}, {node.distance})" for one in choices]
        return f"{{title other_titles}} : {_either(nears)}" if node.words[0].in_title else _either(nears)
    if isinstance(node, Or):
        return _either([expression(part) for part in node.parts])
    assert isinstance(node, And)
    wanted = " AND ".join(expression(part) for part in node.parts if not isinstance(part, Not))
    left_out = [expression(part.part) for part in node.parts if isinstance(part, Not)]
    return f"(({wanted}) NOT {_either(left_out)})" if left_out else f"({wanted})"


def _either(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"({' OR '.join(choices)})"


def _phrase(needle: Needle) -> str:
    said = " ".join(needle.tokens).replace('"', '""')
    return f'"{said}" *' if needle.begins else f'"{said}"'


def match_expression(text: str) -> str:
    """The FTS5 expression for what a person typed, where nothing but the index is asked.

    Fields other than the title narrow nothing there; empty where nothing is left to ask.
    """
    tree = _without_fields(parse(text).tree)
    return expression(tree) if tree is not None and is_text(tree) else ""


def _without_fields(node: Node | None) -> Node | None:
    if isinstance(node, Field):
        return None
    if isinstance(node, Not):
        part = _without_fields(node.part)
        return None if part is None else Not(part)
    if isinstance(node, And | Or):
        parts = tuple(part for part in map(_without_fields, node.parts) if part is not None)
        return replace(node, parts=parts) if len(parts) > 1 else parts[0] if parts else None
    return node
