"""Passages that stay out of a page whose rest stays: found however the page spells them, and marked.

In: blocks of passages (keyed digests, blocks.py), and what a page says: a text, its bytes, a reading. Out:
the same with MARK for each passage. No passage is kept: every piece of what the page says that is as long as
one is looked up as a digest. Compared is what `normalise` leaves of a piece, in either script, with whatever
mark-up, entities and escapes between its letters; a short one (a name, a number) is none across a full stop
or within a longer word.
"""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from pipelines.archive.kept_out.blocks import Matcher, Term, path_terms
from pipelines.attached import read_file
from pipelines.decode import decode_body
from pipelines.normalise import normalise
from pipelines.places import find_mentions
from pipelines.records import FileText, Page, Reading
from pipelines.sign import sign
from pipelines.urls import authority_of

Redactable = TypeVar("Redactable", Reading, FileText)

MARK = "〔已删除〕"
"""What stands where a passage stood."""

PART_LEAST = 2
"""Letters and digits of a passage: a single one is everywhere."""
_CLEAR = 8
"""Letters from which on a piece is a passage whatever marks stand between them."""
_CUT_LEAST = 4
"""Letters of a passage at the end of a piece that was shortened within it."""
_PAGE, _PASSAGE = "redacted", "passage "


def parts_of(passage: str) -> tuple[str, ...]:
    """A passage as it is compared, and each longer line of it; empty where it cannot be told from words."""
    whole, *lines = (normalise(said) for said in (passage, *passage.split("\n")))
    clear = (line for line in lines if len(line) >= _CLEAR)
    at_home: tuple[str, ...] = ()
    if whole.isdigit() and (abroad := _ABROAD.match(passage)):  # a telephone number with its country's
        at_home = (normalise(passage[abroad.end() :]),)
    return tuple(part for part in dict.fromkeys((whole, *clear, *at_home)) if len(part) >= PART_LEAST)


def passage_terms(url: str, parts: Iterable[str]) -> Iterator[Term]:
    """What keeps parts of a passage out of the page at an address."""
    yield Term(_PAGE, url)
    for part in parts:
        yield Term(f"{_PASSAGE}{len(part)}", f"{url}\n{part}")


def is_of_passages(matcher: Matcher) -> bool:
    """Whether passages of pages are blocked."""
    return _PAGE in matcher.kinds


def redaction_of(matcher: Matcher, *urls: str | None) -> Redaction | None:
    """What takes passages out of the page at these addresses; None where all of it may stay."""
    if not is_of_passages(matcher):
        return None
    near = (url for url in urls if url and matcher.has_pages_on(authority_of(url)))
    spelled = dict.fromkeys(term.value for url in near for term in path_terms(url, with_prefixes=False))
    addresses = tuple(url for url in spelled if matcher.find(Term(_PAGE, url)) is not None)
    return Redaction(matcher, addresses) if addresses else None


class Redaction:
    """Takes passages out of one page."""

    def __init__(self, matcher: Matcher, addresses: tuple[str, ...]) -> None:
        """Take the blocks, and the page's addresses among them."""
        self._matcher, self._addresses = matcher, addresses
        kinds = (kind.removeprefix(_PASSAGE) for kind in matcher.kinds if kind.startswith(_PASSAGE))
        self._lengths = sorted(map(int, kinds), reverse=True)
        self.found: dict[str, str] = {}
        """Passages that were met: as they are compared, and as the page has them."""

    def text(self, said: str, *, is_cut: bool = False) -> str:
        """A text with the passages marked.

        Args:
            said: the text.
            is_cut: it is a piece of one, and may begin or end within a passage that was met before.
        """
        for drop in (_nothing, _tags) if "<" in said else (_nothing,):
            said = _marked(said, self._spans(_heard(_without(drop, said)), said))
        return _marked(said, self._ends(_heard(_characters(said)))) if is_cut and self.found else said

    def body(self, body: bytes, content_type: str) -> bytes:
        """A page's bytes with the passages marked: in its text, attributes, scripts and comments."""
        decoded = decode_body(body, content_type)
        if isinstance(decoded, str):
            return body
        said = _BASE64.sub(self._packed, decoded.html)
        for drop in (_nothing, _tags, _unseen):
            said = _marked(said, self._spans(_heard(_without(drop, said)), said))
        if said == decoded.html:
            return body
        same = decoded.html.encode(decoded.encoding, "replace") == body
        return said.encode(decoded.encoding if same else "utf-8", "xmlcharrefreplace")

    def page(self, page: Page) -> Page | None:
        """A stored page with the passages marked, and no digest of how it was; None for a file with one."""
        if page.is_file:
            read = read_file(page)
            return None if isinstance(read, FileText) and self.said(read) != read else page
        body = self.body(page.body, page.header("content-type") or "")
        told = tuple((name, self.text(value)) for name, value in page.headers)
        if (body, told) == (page.body, page.headers):
            return page
        return replace(
            page, body=body, headers=tuple((name, value) for name, value in told if name not in _DIGESTS)
        )

    def said(self, reading: Redactable) -> Redactable:
        """What a page or file says with the passages marked; it teaches nothing about its source then."""
        if isinstance(reading, FileText):
            return replace(reading, text=self.text(reading.text))
        self.text(reading.story.text)
        story = self._value(reading.story)
        if story == reading.story:
            return reading
        signed, mentions = sign(story.text), find_mentions(story.text)
        return replace(
            reading,
            story=story,
            signed=signed,
            mentions=mentions,
            edge_lines=(),
            furniture_used=(),
            lesson=None,
        )

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value, is_cut=len(value) <= _PIECE_MOST)
        if isinstance(value, tuple):
            return tuple(map(self._value, value))
        if not is_dataclass(value) or isinstance(value, type):
            return value
        names = [one.name for one in fields(value) if one.name not in _NO_WORDS]
        return replace(value, **{name: self._value(getattr(value, name)) for name in names})

    def _packed(self, found: re.Match[str]) -> str:
        packed = found[0].rstrip("=")
        said = base64.b64decode(packed[: len(packed) // 4 * 4]).decode("utf-8", "replace")
        return MARK if self.text(said) != said else found[0]

    def _spans(self, heard: _Heard, said: str) -> list[tuple[int, int]]:
        """Where passages stand in what was said: from, to."""
        spans = []
        for length in self._lengths:
            at = 0
            while at + length <= len(heard.letters):
                piece = heard.letters[at : at + length]
                if self._is_passage(piece) and heard.is_whole(at, at + length):
                    spans.append((heard.starts[at], heard.ends[at + length - 1]))
                    self.found[piece] = said[slice(*spans[-1])]
                    at += length
                else:
                    at += 1
        return spans

    def _is_passage(self, piece: str) -> bool:
        kind = f"{_PASSAGE}{len(piece)}"
        return any(self._matcher.find(Term(kind, f"{url}\n{piece}")) is not None for url in self._addresses)

    def _ends(self, heard: _Heard) -> Iterator[tuple[int, int]]:
        """Where a piece begins or ends within a passage that was met."""
        for passage in self.found:
            for length in range(len(passage) - 1, _CUT_LEAST - 1, -1):
                if heard.letters.endswith(passage[:length]):
                    yield heard.starts[-length], heard.ends[-1]
                if heard.letters.startswith(passage[-length:]):
                    yield heard.starts[0], heard.ends[length - 1]


_PIECE_MOST = 310
"""Characters of the longest piece that is kept shortened, and its sign."""
_NO_WORDS = frozenset({"url", "kind", "origin", "rule", "key", "language", "type"})
"""Fields of records that are no words of a page."""
_DIGESTS = frozenset({"etag", "content-md5", "digest", "content-digest", "repr-digest", "content-length"})
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_TAG = re.compile(
    r"<!--|<(?P<name>[a-z][a-z0-9]*)\b(?P<attributes>[^<>]*)>|<[\\/]*[a-z!?][^<>]*>", re.IGNORECASE
)
_CLOSING = re.compile(r"-->|</([a-z][a-z0-9]*)\s*>", re.IGNORECASE)
_UNSEEN = frozenset(["script", "style", "template", "rt", "rp"])
_HIDDEN = re.compile(r"\shidden\b|display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARACTER = re.compile(
    r"&(?:amp;)*(?:#[xX]?[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});?"
    r"|(?:\\+|%)u[0-9a-fA-F]{4}|\\+x[0-9a-fA-F]{2}|\\+[nrt/\"']|(?:%(?:25)*[0-9a-fA-F]{2})+|.",
    re.DOTALL,
)
_BYTE = re.compile(r"%(?:25)*([0-9a-fA-F]{2})")


@dataclass
class _Heard:
    """The letters and digits of a text as they are compared, with where each stands."""

    letters: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    """What stands between each and the one before it, and behind the last."""

    def is_whole(self, at: int, end: int) -> bool:
        """Whether a piece is neither a part of a longer word nor, if short, of two sentences."""
        if self._is_one_word(at) and not self._is_called_from_abroad(at, end):
            return False
        if end < len(self.letters) and self._is_one_word(end):
            return False
        if end - at >= _CLEAR:
            return True
        return all(self._may_part(place) for place in range(at + 1, end)) and self._is_closed(at, end)

    def _is_called_from_abroad(self, at: int, end: int) -> bool:
        """Whether a telephone number stands right behind its country's."""
        first = at
        while first and self.letters[first - 1].isdigit() and (first == at or not self.before[first]):
            first -= 1
        code = ("+" if self.before[first].endswith("+") else "") + self.letters[first:at]
        return self.letters[at:end].isdigit() and _ABROAD.fullmatch(code) is not None

    def _is_closed(self, at: int, end: int) -> bool:
        """Whether quotes and brackets between its letters are closed in it, or right behind (张“三丰”).

        Or opened right before it, around its first letter alone: “张三”丰收 is no 张三丰.
        """
        marks = 0
        for place in range(at + 1, end):
            is_apostrophe = (
                self.letters[place - 1 : place + 1].isascii() and self.before[place] in _APOSTROPHES
            )
            marks += 0 if is_apostrophe else len([sign for sign in self.before[place] if sign in _AROUND])
        if marks % 2 == 0:
            return True
        is_opened = bool({*self.before[at][-1:]} & _AROUND and {*self.before[at + 1]} & _AROUND)
        return is_opened or bool({*self.before[end][:1]} & _AROUND)

    def _is_one_word(self, place: int) -> bool:
        """Whether a letter goes on with the word, or number, of the one before."""
        if not place or self.before[place]:
            return False
        two = self.letters[place - 1 : place + 1]
        return two.isascii() and (two.isdigit() or two.isalpha())

    def _may_part(self, place: int) -> bool:
        two = self.letters[place - 1 : place + 1]
        return {*self.before[place]} - _AROUND <= (_IN_NUMBERS if two.isascii() else _IN_NAMES)


_ABROAD = re.compile(r"\s*(?:(?:\+|00) ?86|\+\d{1,3}(?=$|[ -])|86(?=$|1))")
"""A country's number before a telephone number."""
_AROUND = frozenset("\"“”„＂'‘’＇`´「」『』《》〈〉()（）[]［］【】〔〕{}｛｝<>＜＞«»")
"""Quotes and brackets."""
_APOSTROPHES = tuple("'‘’`´")
_IN_NAMES = frozenset(" ·•・‧∙-*_/|~+.—–×○●")
"""What stands within a name to part or to hide it; a comma or full stop stands between two."""
_IN_NUMBERS = _IN_NAMES | frozenset("@−－")


def _heard(characters: Iterable[tuple[str, int, int]]) -> _Heard:
    heard, between, said = _Heard(), "", ""
    letters: list[str] = []
    for character, start, end in characters:
        if letters and len(character) == 1 and unicodedata.combining(character):
            whole = unicodedata.normalize("NFC", said + character)  # u and two dots are an ü
            if len(whole) == 1 and (spelled := _spelled(whole)):
                said, letters[-1], heard.ends[-1] = whole, spelled[0], end
                continue
        said, spelled = character, _spelled(character)
        for letter in spelled:
            letters.append(letter)
            heard.starts.append(start)
            heard.ends.append(end)
            heard.before.append(between)
            between = ""
        if not spelled and not _is_silent(character):
            between += " " if character.isspace() else character
    heard.before.append(between)
    heard.letters = "".join(letters)
    return heard


@cache
def _spelled(character: str) -> str:
    return "" if character in _BLANK else normalise(character)


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""


def _is_silent(character: str) -> bool:
    """Whether it stands for no sign of its own: soft hyphens, joiners, directions, lines below a letter."""
    return character in _BLANK or (
        not character.isspace() and unicodedata.category(character[:1] or " ")[0] in "CM"
    )


def _characters(said: str, offset: int = 0) -> Iterator[tuple[str, int, int]]:
    """Each character that a text stands for, with where its spelling begins and ends there."""
    for found in _CHARACTER.finditer(said):
        start, end = found.span()
        spelling = found[0]
        if len(spelling) == 1:
            yield spelling, offset + start, offset + end
        elif spelling[0] == "%" and spelling[1] not in "uU":
            yield from _of_bytes(spelling, offset + start)
        else:
            yield _of_escape(spelling), offset + start, offset + end


def _of_escape(spelling: str) -> str:
    if spelling[0] == "&":
        entity = re.sub(r"^&(?:amp;)+", "&", spelling)
        return html.unescape(entity if entity.endswith(";") else f"{entity};")
    code = spelling.lstrip("\\%")
    return (
        chr(int(code[1:], 16)) if code[0] in "ux" and len(code) > 1 else {"n": "\n", "t": "\t"}.get(code, " ")
    )


def _of_bytes(spelling: str, start: int) -> Iterator[tuple[str, int, int]]:
    """The characters of bytes that are written with %, in UTF-8 or GB18030."""
    bytes_ = list(_BYTE.finditer(spelling))
    packed = bytes(int(byte[1], 16) for byte in bytes_)
    for encoding in ("utf-8", "gb18030"):
        try:
            said = packed.decode(encoding)
        except UnicodeDecodeError:
            continue
        at = 0
        for character in said:
            size = len(character.encode(encoding))
            yield character, start + bytes_[at].start(), start + bytes_[at + size - 1].end()
            at += size
        return
    yield " ", start, start + len(spelling)


def _nothing(_: str) -> list[tuple[int, int]]:
    return []


def _tags(source: str) -> list[tuple[int, int]]:
    """Where tags and comments stand."""
    return list(_dropped(source))


def _unseen(source: str) -> list[tuple[int, int]]:
    """Where tags, comments and the elements stand that no reader sees."""
    return list(_dropped(source, unseen=True))


def _dropped(source: str, *, unseen: bool = False) -> Iterator[tuple[int, int]]:
    """Tags and comments, and whole elements that no reader sees; linear in the source's length."""
    closings: dict[str, list[int]] = {}
    for closing in _CLOSING.finditer(source):
        closings.setdefault((closing[1] or "").lower(), []).append(closing.end())
    at = 0
    while found := _TAG.search(source, at):
        at, name = found.end(), (found["name"] or "").lower()
        is_unseen = unseen and (name in _UNSEEN or _HIDDEN.search(found["attributes"] or ""))
        if is_unseen or found[0] == "<!--":
            ends = closings.get(name, [])
            place = bisect_right(ends, at)
            at = ends[place] if place < len(ends) else at  # never closed: its sign or tag alone
        yield found.start(), at


def _without(drop: Callable[[str], list[tuple[int, int]]], source: str) -> Iterator[tuple[str, int, int]]:
    """The characters of a source outside of what is dropped, which stands for a space; escaped tags too."""
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for start, end in drop(source):
        pieces += _characters(source[at:start], at)
        pieces.append((" ", start, end))
        at = end
    pieces += _characters(source[at:], at)
    if drop is _nothing:
        return iter(pieces)
    shown = "".join(character[:1] or " " for character, _, _ in pieces)
    return _cut(pieces, _tags(shown))


def _cut(pieces: list[tuple[str, int, int]], spans: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    at = 0
    for start, end in spans:
        yield from pieces[at:start]
        yield " ", pieces[start][1], pieces[end - 1][2]
        at = end
    yield from pieces[at:]


def _marked(said: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with MARK for each of these stretches; what overlaps is one."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [said[at:start], MARK]
        at = max(at, end)
    return "".join([*pieces, said[at:]])
