"""A page's bytes in; what they are, their likely encoding or their text out. Never mojibake.

`decode` reads them as a browser would, or refuses; `likely_encoding` is the guess that it begins with, for
who needs a page's links and not its text.

Browsers obey a byte order mark, then the HTTP header, then the page's own `<meta>`. On real pages each
of them may be wrong or missing, so a declared encoding counts only where it decodes strictly and gives
plausible text; then utf-8, gb18030 and big5 are tried the same way.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

from pipelines.records import Decoded, Page, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "media"),
    (b"PK\x03\x04", "archive or office file"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "office file"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"OggS", "media"),
    (b"ID3", "media"),
    (b"\x1aE\xdf\xa3", "media"),
    (b"\0\0\0", "media"),
    (b"wOFF", "font"),
)
# A label names a family; its largest member decodes whatever the smaller ones do (WHATWG Encoding, 4.2). What
# w3lib does not know of that. What can be read to say that it is UTF-16 is not.
_WIDEST = {
    "hz": "gb18030",
    "cp950": "big5hkscs",
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_ASCII = bytes(range(128))
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\0"))
_FALLBACKS = ("utf-8", "gb18030", "big5hkscs")
_PLAUSIBLE = 0.8
"""Least share of everyday characters. Real pages: .93 to 1; GBK read as UTF-8 or the reverse: below .6."""
_STRAY_SHARE = 0.002
"""Bytes that may be invalid, of all bytes: a stray byte or a cut last character, not a wrong encoding."""
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_DUBIOUS = re.compile("[\ue000-\uf8ff\ufffd\x80-\x9f]")
_MOJIBAKE_LATIN = re.compile("[ÃÂâÐ×][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[À-ÿ]{5}")

_ENOUGH_HAN = 30
"""Chinese characters: fewer say nothing of an encoding (an English page that spells out a name or two)."""


class _Attempt(NamedTuple):
    score: float
    errors: int
    encoding: str
    text: str


def decode(page: Page) -> Decoded | Rejection:
    """The page's text and the encoding that gave it; a Rejection where it is not text or not decodable."""
    body = page.body
    refusal = _not_text(body)
    if refusal:
        return Rejection(page.url, page.source, "decode", refusal)
    encoding, bom = read_bom(body)
    if encoding and bom:
        return _accept(body[len(bom) :].decode(encoding, "ignore"), encoding)
    if body[:2000].count(0) > len(body[:2000]) // 4:
        return _wide(page)
    body = body.replace(b"\0", b"")
    attempt = _best(body, list(_declared(page.body, page.header("content-type") or "")))
    if attempt is None:
        return Rejection(
            page.url, page.source, "decode", "undecodable: no known encoding gives plausible text"
        )
    return _accept(attempt.text, attempt.encoding)


def binary_kind(body: bytes) -> str:
    """What bytes are that are no text, by how they begin: pdf, image, gzip, …; empty for what may be text."""
    start = body[:1024].lstrip()
    return next((name for magic, name in _MAGIC if start.startswith(magic)), "")


def likely_encoding(body: bytes, content_type: str) -> str:
    """The encoding that a page's mark, server or `<meta>` names; UTF-8 or GB 18030 where none does.

    Latin is named by servers and templates that know nothing of the page: UTF-8 is tried before it.
    """
    marked, _ = read_bom(body)
    declared = marked or next(_declared(body, content_type), None)
    if declared and declared != "cp1252":
        return declared
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return declared or "gb18030"
    return "utf-8"


def _not_text(body: bytes) -> str | None:
    if not body.strip():
        return "empty page"
    if name := binary_kind(body):
        return f"not text: {name}"
    start = body[:1024].lstrip()
    if start[4:8] == b"ftyp":
        return "not text: media"
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return "not text: binary" if controls > len(start) // 20 else None


def _accept(text: str, encoding: str) -> Decoded:
    return Decoded(html=text.replace("\0", ""), encoding=encoding)


def _wide(page: Page) -> Decoded | Rejection:
    """UTF-16 without a mark shows as every other byte zero in ASCII mark-up."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = page.body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "<" in text[:2000] or _plausibility(text) == 1:
            return _accept(text, encoding)
    return Rejection(page.url, page.source, "decode", "not text: binary")


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """The encodings that the server and the page declare, in this order and by their widest member."""
    if of_server := _known(http_content_type_encoding(content_type)):
        yield of_server
    if of_page := _known(html_body_declared_encoding(body[:8192])):
        yield of_page


def _known(name: str | None) -> str | None:
    encoding = resolve_encoding(name) if name else None
    return _WIDEST.get(encoding, encoding) if encoding else None


def _best(body: bytes, declared: list[str]) -> _Attempt | None:
    """The first strict and plausible reading; else the most plausible one with a few stray bytes."""
    order = list(dict.fromkeys([*declared, *_FALLBACKS]))
    if declared and declared[0] == "cp1252":  # never fails, so it comes after those that can
        order = [*_FALLBACKS, "cp1252"]
    kept: list[_Attempt] = []
    for encoding in order:
        attempt = _strict(body, encoding)
        if attempt and attempt.score >= 0.95 - 0.15 * (encoding in declared[:1]):
            return attempt
        if attempt:
            kept.append(attempt)
    kept.extend(attempt for encoding in order if (attempt := _lenient(body, encoding)))
    if not declared and (latin := _strict(body, "cp1252")):
        kept.append(latin)
    best = max(kept, key=lambda a: (a.score, -a.errors), default=None)
    return best if best and best.score >= _PLAUSIBLE else None


def _strict(body: bytes, encoding: str) -> _Attempt | None:
    try:
        text = body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    score = _plausibility(text)
    if encoding == "utf-8" and score < 1 and _says_little(text):
        score = 1.0  # other encodings' bytes are hardly ever valid UTF-8: a few rare names are no mojibake
    return _Attempt(score, 0, encoding, text)


def _says_little(text: str) -> bool:
    """Whether a text has too few different Chinese characters, and no doubtful ones, to be judged by them."""
    return 0 < len(set(_HAN.findall(text))) < _ENOUGH_HAN and not _DUBIOUS.search(text)


def _lenient(body: bytes, encoding: str) -> _Attempt | None:
    if encoding == "cp1252":
        return None
    try:
        text = body.decode(encoding, "replace")
    except LookupError:
        return None
    errors = text.count("\ufffd")
    if errors == 0 or errors > max(3, _STRAY_SHARE * len(body)):
        return None
    text = text.replace("\ufffd", "")
    return _Attempt(_plausibility(text), errors, encoding, text)


def _plausibility(text: str) -> float:
    """The share of everyday characters among the text's Chinese ones; 1 where it has no doubtful ones."""
    beyond = text.encode("utf-8", "replace").translate(None, _ASCII).decode("utf-8", "ignore")[:8000]
    sample = "".join(_HAN.findall(beyond))
    dubious = len(_DUBIOUS.findall(beyond))
    if not sample:
        latin = len(_MOJIBAKE_LATIN.findall(text))
        return 1.0 if latin + dubious <= max(1, len(text) // 2000) else 0.0
    everyday = max(sum(map(chars.__contains__, sample)) for chars in _everyday())
    if len(sample) < _ENOUGH_HAN:  # a line in either script, such as a footer, beside another language
        everyday = sum(any(character in chars for chars in _everyday()) for character in sample)
    return everyday / (len(sample) + min(dubious, len(sample)))


@cache
def _everyday() -> tuple[frozenset[str], frozenset[str]]:
    """The everyday simplified and traditional characters: the first levels of GB 2312 and of Big5."""
    simplified = {
        bytes((row, cell)).decode("gb2312", "ignore")
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
    }
    traditional = {
        bytes((row, cell)).decode("big5", "ignore")
        for row in range(0xA4, 0xC7)
        for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    }
    return frozenset(simplified), frozenset(traditional)
