"""A page's bytes in, its text out: decoded as its readers see it, or refused. Never mojibake.

Bytes that are valid UTF-8 are UTF-8, whatever is declared: other encodings' text is hardly ever valid. Else a
sample of the text that is shown, without scripts and styles, is read in what the HTTP header and the page's
`<meta>` declare and, where that gives no plausible text, in the other encodings of the web; the letters of
each language (words/letters.txt) tell a right reading from a wrong one. A page may be mixed, with a footer in
GBK below an article in UTF-8 or a headline cut within a character: what is not valid in the page's encoding
is read on its own.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from contextlib import suppress
from functools import cache, lru_cache, partial
from importlib import resources
from itertools import chain

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

from pipelines.records import Decoded, Page, Rejection

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
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x10-\x1a\x1c-\x1f]")
_MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_LATIN = frozenset(
    ["cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1257", "iso8859-13", "cp1258"]
)
_WIDER = {"hz": "gb18030", "cp950": "big5hkscs", "utf-8-sig": "utf-8", "koi8-r": "koi8-u"}
"""What decodes all that the former does and more; w3lib knows gb2312 and its like."""

_SURE_BYTES = 64
"""Bytes of characters beyond their first from which on valid UTF-8 is no accident: 32 ideographs."""
_WINDOW_BYTES = 8192
_SAMPLE_BYTES, _SHORT_SAMPLE = 4000, 1500
"""The short one for encodings of one byte, of which there are many: it has the letters of 30 lines."""
_LOOK_CHARS, _LOOK_LINES = 2048, 12
_PLAUSIBLE, _SURE = 0.75, 0.9
"""Share of usual letters at which an encoding is taken without a look at the next ones. Real pages: .75 to 1;
those of Latin letters have nearly the same ones as others have in their places."""
_DOUBTFUL = 0.6
"""Where text is rather looked at again, or read in another encoding than the page's."""
_MOJIBAKE = 0.3
"""Below this share a reading is none: wrong ones of real pages have .02 to .25."""
_BENEFIT = 0.05
"""What a declaration adds."""
_SAYS_NOTHING = 0.5
_FEW = 6
"""Letters that say little."""

_SEGMENT = re.compile(rb'[\x80-\xff][^<>"\r\n]*')
"""Ends at what is never part of a character in any encoding and stands around texts."""
_PIECE = re.compile(rb"[\x80-\xff][^\0-/:-?]*")
"""Ends at any mark of ASCII that is never part of a character."""
_UTF8_IN_OTHERS = re.compile(rb"(?:[\xe2-\xe9\xef][\x80-\xbf]{2}){2}")
_SHIFTED = (
    (re.compile(rb"~\{((?:[!-w][!-~])+)~\}"), "gb2312"),  # HZ, RFC 1843
    (re.compile(rb"\x1b\$[@B]([^\x1b\r\n]*)(?:\x1b\([BJ])?"), "euc_jp"),  # ISO-2022-JP, RFC 1468
    (re.compile(rb"\x1b\$A([^\x1b\r\n]*)(?:\x1b\([BJ])?"), "gb2312"),
    (re.compile(rb"\x1b\$\(C([^\x1b\r\n]*)(?:\x1b\([BJ])?"), "euc_kr"),
)
_SHIFTED_OUT = re.compile(rb"\x1b\$\)[AC]|\x0e([^\x0e\x0f\r\n]*)\x0f?")  # RFC 1557, 1922
_SHIFTED_SETS = ((b"\x1b$)C", "euc_kr"), (b"\x1b$)A", "gb2312"))
_ASCII = bytes(range(128))
_HIGH = bytes(byte | 0x80 for byte in range(256))
_NOT_FIRST = bytes(range(0xC0))
"""What no character beyond ASCII begins with in UTF-8."""

_JUDGED = re.compile(
    "[^\0-\x7f\xa0-\xbf×÷\u0900-\u0dff\u0e80-\u10ff\u1200-\u206f\u2100-\u214f\u2190-\u21ff\u2460-\u2bff"
    "\u3000-\u303f\ufe30-\ufe4f\uff00-\uff60\uffa0-\uffef]"
)
"""All but ASCII, marks and signs that stand in any text, and scripts that no misreading brings about."""
_STRANGE = re.compile(
    "(?<=[a-zß-öø-ʯά-ώа-џ])[\x80-\x9f¡-¬®-¶¸-¿×÷ˆ˜‚-‟‰‹›€™─-╿]+(?=[a-zß-öø-ʯά-ώа-џ])"
    "|[ß-öø-ʯ]{4,}|(?<=[a-zß-öø-ʯ])[Ͱ-ԯ֐-ۿก-๛]+|(?<![Ͱ-ԯ֐-ۿก-๛])[Ͱ-ԯ֐-ۿก-๛]+(?=[a-zß-öø-ʯ])"
)
"""What no language has within a word: signs, four accents in a row, two scripts. Tells more than a letter."""
_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile("[ぁ-ヿ]+")
_IDEOGRAPH = re.compile("[ぁ-ヿ㐀-鿿가-힣]")
_LINE = re.compile(r'([<>"\r\n]+)')
_REST_OF_LINE = re.compile(r'[^\0-\x7f][^<>"\r\n]*')
_TELLING = ("Ã", "â€", "锛", "紝", "銆", "锟斤")
"""Stand in text that was misread before it was published, and hardly ever in other text."""
_MISREAD_LATIN = re.compile("[Â-ô][\x80-¿ŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]{1,3}")
_MISREADINGS = (
    *((wrong, "utf-8") for wrong in ("cp1252", "gb18030", "big5hkscs", "cp932", "cp949", "cp1251", "koi8-u")),
    *(("cp1252", right) for right in ("gb18030", "big5hkscs", "cp932", "cp949")),
    ("big5hkscs", "gb18030"),
    ("gb18030", "big5hkscs"),
    ("gb18030", "cp949"),
)
"""In what text is misread, and in what it was written."""


def decode(page: Page) -> Decoded | Rejection:
    """The page's text and the encoding that gave it; a Rejection where it is not text or not decodable."""
    read = decode_body(page.body, page.header("content-type") or "")
    return Rejection(page.url, page.source, "decode", read) if isinstance(read, str) else read


@lru_cache(maxsize=2)  # an answer is asked what it is, what it leads to and by what its site is known
def decode_body(body: bytes, content_type: str) -> Decoded | str:
    """The text of an answer's body and the encoding that gave it, or the reason why there is none.

    Args:
        body: As it was received, without its transfer's compression.
        content_type: The value of the header; empty where there was none.
    """
    if refusal := _not_text(body):
        return refusal
    encoding, mark = read_bom(body)
    if encoding and mark and encoding != "utf-8":
        return Decoded(body[len(mark) :].decode(encoding, "ignore").replace("\0", ""), encoding)
    if body[:100].count(0) * 4 > len(body[:100]) or body[:2000].count(0) * 8 > len(body[:2000]):
        return _wide(body) or "not text: binary"
    if len(_CONTROL.findall(body[:1024])) * 20 > len(body[:1024]):
        return "not text: binary"
    body = body.removeprefix(mark or b"").replace(b"\0", b"")
    text = _strictly(body, "utf-8")
    found = _another(body, content_type) if text is None else _utf8(body, text, content_type)
    return found or "undecodable: no known encoding gives plausible text"


def binary_kind(body: bytes) -> str:
    """What bytes are that are no text, by how they begin: pdf, image, gzip, …; empty for what may be text."""
    start = body[:1024].lstrip()
    return next((name for magic, name in _MAGIC if start.startswith(magic)), "")


def _not_text(body: bytes) -> str | None:
    if not body or body.isspace():
        return "empty page"
    name = binary_kind(body) or ("media" if body[:1024].lstrip()[4:8] == b"ftyp" else "")
    return f"not text: {name}" if name else None


def _wide(body: bytes) -> Decoded | None:
    """UTF-16 without a mark shows as every other byte zero in ASCII mark-up."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _strictly(body, encoding)
        if text and ("<" in text[:2000] or _score(text, "utf-8") > _DOUBTFUL):
            return Decoded(text.replace("\0", ""), encoding)
    return None


def _declared(body: bytes, content_type: str) -> list[str]:
    """What the header and the page itself say, each in its widest form; none that is no text of the web."""
    names = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    widest = (_WIDER.get(name, name) for name in names if name)
    known = ("utf-8" if name.startswith("utf-") else name for name in widest)
    return [name for name in dict.fromkeys(known) if name == "utf-8" or name in _letters()]


def _utf8(body: bytes, text: str, content_type: str) -> Decoded | None:
    """A body whose text in UTF-8 is handed in; None where it was misread before it was published."""
    if len(body) - len(text) < _SURE_BYTES:
        encoding = next(iter(_declared(body, content_type)), "utf-8")
        if body.isascii():
            return Decoded(_unshifted(body) if b"\x1b$" in body or b"~{" in body else text, encoding)
        if encoding in _MULTIBYTE and _is_rather(body, encoding, text):
            return Decoded(body.decode(encoding), encoding)
    broken = text.count("\ufffd") if "\ufffd" in text else 0
    mended = _mended(text) if broken > _FEW or _looks_misread(text) else text
    if mended and broken:
        mended = mended.replace("\ufffd", "")
    return None if mended is None else Decoded(mended, "utf-8")


def _is_rather(body: bytes, encoding: str, text: str) -> bool:
    """Whether a few characters of valid UTF-8 are more plausible in the encoding that the page declares."""
    other = _strictly(body, encoding)
    if other is None or len(set(_JUDGED.findall(other))) < 3:
        return False
    return _score(other, encoding) > max(_score(text, "utf-8"), _DOUBTFUL)


def _unshifted(body: bytes) -> str:
    """The text of encodings that shift 7-bit bytes into larger sets: HZ, ISO-2022-JP, -KR and -CN."""
    sets = [(_SHIFTED_OUT, encoding) for mark, encoding in _SHIFTED_SETS if mark in body]
    for pattern, encoding in (*_SHIFTED, *sets):
        body = pattern.sub(partial(_in_set, encoding), body)
    return body.decode()


def _in_set(encoding: str, run: re.Match[bytes]) -> bytes:
    text = (run[1] or b"").translate(_HIGH).decode(encoding, "ignore")
    return text.encode() if _score(text, "utf-8") >= _SAYS_NOTHING else run[0]


def _looks_misread(text: str) -> bool:
    """Whether a look at some characters finds few of those that languages mostly use."""
    some = text[:: max(1, len(text) // _LOOK_CHARS)].encode().translate(None, _ASCII).decode()
    usual, judged = sum(map(_usual().__contains__, some)), len(some)
    if usual < _DOUBTFUL * judged:
        judged = len(_JUDGED.findall(some))
    few = judged > 2 * _FEW and usual < _DOUBTFUL * judged
    return (few and _can_be_undone(text)) or any(mark[0] in text and mark in text for mark in _TELLING)


def _can_be_undone(text: str) -> bool:
    """Whether any of some lines is other text once it is undone: of rare words none is, at 10 ms a page."""
    starts = range(0, len(text), len(text) // _LOOK_LINES + 1)
    lines = [line[0] for start in starts if (line := _REST_OF_LINE.search(text, start))]
    return any(_undone(line) != line for line in lines)


def _mended(text: str) -> str | None:
    """Text whose misread lines are undone or left out; None where that leaves out most of it."""
    lines = _LINE.split(text)
    kept = lost = 0
    for n, line in enumerate(lines):
        if not line.isascii():
            lines[n] = _undone(line)
            letters = len(_JUDGED.findall(line))
            kept, lost = (kept + letters, lost) if lines[n] else (kept, lost + letters)
    return None if lost > kept else "".join(lines)


@lru_cache(maxsize=1024)  # menus say the same on each page of a site, and lines of rare words take 1 ms
def _undone(line: str) -> str:
    """A line as it was before someone read it in a wrong encoding; empty where that lost characters."""
    if line.count("\ufffd") * 4 > len(_JUDGED.findall(line)):
        return ""
    line = line.replace("\ufffd", "")
    line = _MISREAD_LATIN.sub(lambda found: _reread(found[0], "cp1252", "utf-8") or found[0], line)
    before = _score(line, "utf-8")
    if before >= _DOUBTFUL:
        return line
    letters = len(_JUDGED.findall(line))
    for wrong, right in _MISREADINGS:
        undone = _reread(line, wrong, right) if right == "utf-8" or letters > _FEW else None
        if undone and _score(undone, "utf-8") > max(_DOUBTFUL, before + 0.3):
            return undone
    for wrong in dict.fromkeys(wrong for wrong, _ in _MISREADINGS) if letters > _FEW else ():
        rest = line.encode(wrong, "ignore").decode("utf-8", "ignore")
        enough = len(rest) * 3 > letters and len(_JUDGED.findall(rest)) * 3 > letters
        if enough and _score(rest, "utf-8") > _DOUBTFUL:
            return ""
    return line


def _reread(text: str, wrong: str, right: str) -> str | None:
    """The bytes that gave a text in a wrong encoding, in the right one; None where they do not fit."""
    try:
        return text.encode(wrong, "decode.stray").decode(right)
    except UnicodeError:
        return None


def _another(body: bytes, content_type: str) -> Decoded | None:
    """The text of a body that is not valid UTF-8, or not all of it; None where no encoding gives any."""
    sample, declared = _sample(body), _declared(body, content_type)
    encoding, score = _encoding(sample, declared)
    mixed = encoding == "utf-8" or _UTF8_IN_OTHERS.search(body.translate(None, _ASCII))
    if not mixed and score > (0.85 if encoding in _MULTIBYTE else _SAYS_NOTHING):
        with suppress(UnicodeDecodeError):
            return Decoded(body.decode(encoding), encoding)
    return _by_segments(body, encoding, _others(sample, encoding, declared))


def _sample(body: bytes) -> bytes:
    """Text from all over the page that has more than ASCII: of what is shown, where that has any.

    Of a page that is partly UTF-8 the larger part, since each part is read in its own encoding.
    """
    step = max(_WINDOW_BYTES, len(body) // 8)
    windows = [body[at : at + _WINDOW_BYTES].split(b"<")[1:-1] for at in range(0, len(body), step)]
    pieces = [piece for piece in chain.from_iterable(windows) if not piece.isascii()]
    pieces = pieces or [piece for piece in body.split(b"<") if not piece.isascii()]
    shown = [piece for piece in pieces if not piece[:6].lower().startswith((b"script", b"style"))]
    texts = [text for piece in shown if not (text := piece.partition(b">")[2]).isascii()] or pieces
    valid: list[bytes] = []
    others: list[bytes] = []
    for text in texts:
        (others if _strictly(text, "utf-8") is None else valid).append(text)
    texts = max(others, valid, key=lambda part: sum(map(len, part)))
    step = sum(map(len, texts)) // _SAMPLE_BYTES + 1
    return b"\n".join(text[:_SAMPLE_BYTES] for text in texts[::step])


def _encoding(sample: bytes, declared: list[str]) -> tuple[str, float]:
    """The declared encoding where it gives plausible text, else that which gives most; how plausible."""
    scores: dict[str, float] = {}
    first = [*declared, "utf-8", *_MULTIBYTE]
    for encoding in dict.fromkeys([*first, *_letters()]):
        score = _reading(sample if encoding in first else sample[:_SHORT_SAMPLE], encoding)
        if encoding in first and score > (_SURE if encoding in _LATIN else _PLAUSIBLE):
            return encoding, score
        if encoding in declared and _is_marks(sample.decode(encoding, "decode.stray"), encoding):
            return encoding, score
        scores[encoding] = score + _BENEFIT * (encoding in declared)
    best = max(scores, key=scores.__getitem__)
    return best, scores[best]


def _is_marks(text: str, encoding: str) -> bool:
    """Whether beyond ASCII there are signs only, or mostly ones of two bytes: an English page in GBK."""
    judged = len(_JUDGED.findall(text))
    beyond = len(text.encode().translate(None, _NOT_FIRST))
    return judged == 0 or (encoding in _MULTIBYTE and "\ufffd" not in text and judged * 2 < beyond)


def _reading(sample: bytes, encoding: str) -> float:
    """How plausible a sample is, 0 to 1: in UTF-8 by how much is valid, in others by its letters."""
    text = sample.decode(encoding, "decode.stray")
    if encoding != "utf-8":
        return _score(text, encoding)
    beyond = len(text.encode().translate(None, _NOT_FIRST))
    return 1 - text.count("\ufffd") / max(1, beyond)


def _others(sample: bytes, encoding: str, declared: list[str]) -> list[str]:
    """The encodings in which the rest of a page may be: those of ideographs where it has some."""
    if encoding != "utf-8" and encoding not in _MULTIBYTE:
        return ["utf-8"]
    ideographs = encoding != "utf-8" or _IDEOGRAPH.search(sample.decode(encoding, "ignore"))
    tried = [*declared, "utf-8", *(_MULTIBYTE if ideographs else _letters())]
    return [other for other in dict.fromkeys(tried) if other != encoding]


def _by_segments(body: bytes, encoding: str, others: list[str]) -> Decoded | None:
    """The text of a page of which parts are in other encodings, or broken; None where that is most of it."""
    pieces: list[str] = []
    end = kept = lost = 0
    for found in _SEGMENT.finditer(body):
        text = _segment(found[0], encoding, others)
        pieces += body[end : found.start()].decode("ascii"), text
        end = found.end()
        beyond = len(found[0].translate(None, _ASCII))
        is_lost = text.isascii() or _score(text, "utf-8") < _MOJIBAKE
        kept, lost = (kept, lost + beyond) if is_lost else (kept + beyond, lost)
    return Decoded("".join([*pieces, body[end:].decode("ascii")]), encoding) if lost <= kept else None


def _segment(raw: bytes, encoding: str, others: list[str], *, whole: bool = True) -> str:
    """What stands between two tags, in the page's encoding or another one, without broken bytes."""
    text = _strictly(raw, encoding)
    own = 0.0 if text is None else 1.0 if encoding == "utf-8" else _score(text, encoding)
    if text is not None and others == ["utf-8"]:
        utf8 = _strictly(raw, "utf-8")
        return utf8 if utf8 and _score(utf8, "utf-8") >= own else text
    if text is not None and own > (_PLAUSIBLE if whole else _MOJIBAKE):
        return text
    if own <= _MOJIBAKE:
        readings = {other: read for other in others if (read := _strictly(raw, other))}
        scores = {other: _score(read, other) for other, read in readings.items()}
        best = max(scores, key=scores.__getitem__, default="")
        if best and scores[best] > (_DOUBTFUL if best in {"utf-8", *_MULTIBYTE} else _SAYS_NOTHING):
            return readings[best]
    if whole:
        divided = _PIECE.sub(lambda part: _segment(part[0], encoding, others, whole=False).encode(), raw)
        return divided.decode()
    if text is not None:
        return text
    text = raw.decode(encoding, "decode.stray")
    rest = text.replace("\ufffd", "")
    letters = len(_JUDGED.findall(rest))
    is_text = letters >= len(text) - len(rest) and (_score(rest, encoding) > _MOJIBAKE or letters < _FEW)
    return rest if is_text else "".join(filter(str.isascii, rest))


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _score(text: str, encoding: str) -> float:
    """How plausible a text is, 0 to 1: the share of usual letters, of the language that has most of them.

    As if there were two usual letters and two others besides: a few letters say little, none say nothing.
    """
    text = text[:_SAMPLE_BYTES]
    text = _STRANGE.sub(lambda signs: "\ufffd" * 2 * len(signs[0]), _WORD.sub(_without_capital, text))
    if encoding in {"gb18030", "big5hkscs"}:  # have kana where EUC-JP has them, so they tell nothing
        text = _KANA.sub("", text)
    judged = Counter(_JUDGED.findall(text))
    letters = _letters()
    languages = [(1.0, _usual())] if encoding == "utf-8" else letters[encoding]
    usual = max(map(partial(_usual_of, judged), languages))
    if encoding == "gb18030" and usual < _DOUBTFUL * judged.total():  # has the letters of all languages
        usual = max(map(partial(_usual_of, judged), chain.from_iterable(letters.values())))
    return (usual + 2) / (judged.total() + 4)


def _usual_of(judged: Counter[str], language: tuple[float, frozenset[str]]) -> float:
    weight, letters = language
    return weight * sum(count for letter, count in judged.items() if letter in letters)


def _without_capital(word: re.Match[str]) -> str:
    """A word in small letters, unless it has capitals where no one writes them, as misread words have."""
    text = word[0]
    if text.isascii():
        return text
    usual = text[1:].islower() or len(text) == 1 or (text.isupper() and any(map(str.isascii, text)))
    return text.lower() if usual else text


@cache
def _letters() -> dict[str, list[tuple[float, frozenset[str]]]]:
    """The usual letters of each language that comes in an encoding and how much they tell, by encoding."""
    lines = resources.files("pipelines").joinpath("words/letters.txt").read_text("utf-8").splitlines()
    found: dict[str, list[tuple[float, frozenset[str]]]] = {}
    for encodings, language, letters in (line.split(" ") for line in lines if not line.startswith("#")):
        for encoding in encodings.split(","):
            weight = 0.7 if language == "mixed" else 1
            found.setdefault(codecs.lookup(encoding).name, []).append((weight, frozenset(letters)))
    return found


@cache
def _usual() -> frozenset[str]:
    """The usual letters of all languages, of those that are judged."""
    usual = frozenset().union(*(letters for languages in _letters().values() for _, letters in languages))
    return frozenset(filter(_JUDGED.match, usual))


def _stray(error: UnicodeError) -> tuple[str | bytes, int]:
    """Browsers read some bytes that Python's codecs do not; all else is U+FFFD."""
    if isinstance(error, UnicodeEncodeError):  # windows-1252 has five bytes that browsers read as controls
        return error.object[error.start : error.end].encode("latin-1"), error.end
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.start + 2]
    if error.encoding == "euc_jp" and len(raw) == 2 and (text := _strictly(raw, "euc_jis_2004")):
        return text, error.start + 2  # ① and other signs that NEC added
    return ("€" if error.encoding == "gb18030" and raw[:1] == b"\x80" else "\ufffd"), error.end


codecs.register_error("decode.stray", _stray)
