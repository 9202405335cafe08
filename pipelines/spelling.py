"""Text spelt out in tokens, so that an FTS5 phrase is an exact piece of text and a Latin word a whole one.

In: any text. Out: its tokens (`tokens`): words of Latin, Greek and Cyrillic letters, and every other
character by itself, lower-cased, without white space and controls; radicals and compatibility ideographs (⼯)
as the characters that they look like (工). Titles and texts are stored in `articles_fts` in this form, with a
space between each two tokens, and a query is put into it too: `MATCH '"园 区"'` finds what a scan for 园区
finds, for words of every length, and `MATCH 'ai'` the word AI and not the letters in "said", on SQLite 3.40
without an extension (docs/decisions/0003). The index holds texts as they are; a folded search asks for each
spelling of a word, so an exact search costs nothing for it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING

from pipelines.normalise import normalise

if TYPE_CHECKING:
    from opencc import OpenCC

SPELLINGS_MAX = 256
"""Eight characters of two spellings each. Measured on 100,000 articles: 256 phrases in one question take
some 60 ms. A longer word is also asked for all simplified and all traditional."""

_RUN = re.compile(r"[!-~]+|[\uff01-\uff5e]+|.", re.DOTALL)
_IDEOGRAPHS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2A6E0))


def squeeze(text: str) -> str:
    """The text as lines of pages are compared: as FTS5 folds case, no white space, no controls."""
    return text.lower().translate(_AUDIBLE)


def tokens(text: str) -> list[str]:
    """The tokens of a text, as the search index has them."""
    return _TOKEN.findall(heard(text))


def heard(text: str) -> str:
    """The text as search hears it: cases, radicals and white space of one kind each, and nothing silent."""
    return text.lower().translate(_HEARD)


def spell(text: str) -> str:
    """The tokens of a text, separated by spaces."""
    return " ".join(tokens(text))


def placed_tokens(text: str) -> list[tuple[str, int, int]]:
    """Each token of a text with where it begins and ends there."""
    whole = in_place(text)
    if whole is not None:
        return [(found[0].replace(_HOLE, ""), *found.span()) for found in _TOKEN_WITH_HOLES.finditer(whole)]
    pieces = [(piece, place) for place, one in enumerate(text) for piece in one.lower().translate(_HELD)]
    return [
        (found[0].replace(_HOLE, ""), pieces[found.start()][1], pieces[found.end() - 1][1] + 1)
        for found in _TOKEN_WITH_HOLES.finditer("".join(piece for piece, _ in pieces))
    ]


def in_place(text: str) -> str | None:
    """The text as search hears it with each character in its place; None where one is heard as several."""
    small = text.lower()
    whole = small.translate(_HELD) if len(small) == len(text) else ""
    return whole if len(whole) == len(text) else None


@lru_cache(maxsize=1_000)
def pattern_in_place(said: tuple[str, ...]) -> re.Pattern[str] | None:
    """Where these tokens follow each other in a text in place: group 1 of its matches, which may overlap.

    None for words and marks: how far they go the characters around say.
    """
    if any(_LETTER_OR_MARK.match(token) for token in said):
        return None
    return re.compile("(?=(" + _APART.join(map(re.escape, said)) + "))")


def is_word(token: str) -> bool:
    """Whether a token is a word of letters, which is found whole."""
    return _LETTER.match(token) is not None


def spellings(word: str, characters_max: int = SPELLINGS_MAX * 8) -> list[str]:
    """The spellings under which texts may have a word, as heard, its own first; at most SPELLINGS_MAX.

    Traditional for simplified characters, full width for half, and the reverse. Together they have no more
    than `characters_max` characters, but for its own and the two that are all simplified or traditional:
    SQLite opens a list for each.
    """
    own = heard(word).strip()
    choices = [_choices(run) for run in _RUN.findall(own)]
    found = dict.fromkeys([own, *(converter.convert(own) for converter in _converters())])
    most = min(SPELLINGS_MAX, characters_max // max(len(own), 1))
    found |= dict.fromkeys(islice(("".join(one) for one in product(*choices)), most))
    return list(found)[: max(most, 3)]


_FOLDED = str.maketrans("µſ\u0345ςϐϑϕϖϰϱϵẛ\u1fbe", "μsισβθφπκρεṡι")
"""The thirteen letters that FTS5 folds further than `str.lower` (all of Unicode was put through the tokenizer
of SQLite 3.40.1 to find them), so that a scan finds what the index finds."""


class _Audible(dict[int, int | None]):
    """A translation table that learns each code point when it is first met: None drops it."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        silent = character.isspace() or unicodedata.category(character) in _SILENT
        self[code] = None if silent else _FOLDED.get(code, code)
        return self[code]


_SILENT = frozenset({"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"})
_AUDIBLE = _Audible()

_HOLE = "\x00"
"""Stands for what is silent where each character keeps its place: no text has one that is heard."""
_APART = f"[\\s{_HOLE}]*"
"""What may stand between two tokens."""
_LETTERS = (
    "a-zªµºß-öø-\u024f\u0250-\u02af\u0370-\u0373\u0376-\u037d\u037f-\u0481\u048a-\u052f\u0531-\u0588"
    "\u1e00-\u1fff\u2c60-\u2c7f\ua640-\ua66d\ua722-\ua787\ua78b-\ua7ca\ufb00-\ufb06\uff41-\uff5a"
)
"""Of scripts that part words by spaces and are written by letters: Latin, Greek, Cyrillic, Armenian."""
_MARKS = "\u0300-\u036f\u0483-\u0489"
_LETTER = re.compile(f"[{_LETTERS}]")
_LETTER_OR_MARK = re.compile(f"[{_LETTERS}{_MARKS}]")
_TOKEN = re.compile(f"[{_LETTERS}][{_LETTERS}{_MARKS}]*|\\S")
_TOKEN_WITH_HOLES = re.compile(f"[{_LETTERS}](?:{_HOLE}*[{_LETTERS}{_MARKS}])*|[^\\s{_HOLE}]")
_RADICALS = (range(0x2E80, 0x2FE0), range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))
"""Blocks of characters that are there to look like others: those of old sets, and parts of characters."""
_PARTS = str.maketrans(
    "⺁⺈⺋⺟⺠⺩⺫⺮⺶⺼⻁⻄⻅⻆⻇⻉⻊⻋⻌⻐⻑⻒⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻯⻰⻳",
    "厂刀㔾母民王目竹羊肉虎西见角角贝足车辶钅長镸长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿竜龙龟",
)
"""Parts of characters for which Unicode has no compatible one: its EquivalentUnifiedIdeograph.txt, those
that are characters too. They come out of PDFs."""


class _Heard(dict[int, int | str | None]):
    """As `_Audible`, with white space as a space, radicals as characters, and a sign for what is silent."""

    def __init__(self, silent: str | None) -> None:
        self._silent_as = silent

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        if character.isspace():
            self[code] = " "
        elif _AUDIBLE[code] is None:
            self[code] = self._silent_as
        elif any(code in block for block in _RADICALS):
            plain = unicodedata.normalize("NFKC", character).translate(_PARTS)
            self[code] = plain if len(plain) == 1 else character
        else:
            self[code] = _AUDIBLE[code]
        return self[code]


_HEARD = _Heard(None)
_HELD = _Heard(_HOLE)


def _choices(run: str) -> tuple[str, ...]:
    """A run's spellings: of one ideograph, or of a whole stretch of Latin letters and digits."""
    half = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in run)
    if half.isascii():
        full = "".join(chr(ord(c) + 0xFEE0) for c in half)
        return tuple(dict.fromkeys((run, squeeze(half), squeeze(full))))
    simple = normalise(run) or run
    return tuple(dict.fromkeys((run, simple, *_fuller().get(simple, ()))))


@cache
def _converters() -> tuple[OpenCC, OpenCC]:
    from opencc import OpenCC  # noqa: PLC0415  # its tables take a while to load: only folded searches ask

    return OpenCC("t2s"), OpenCC("s2t")


@cache
def _fuller() -> dict[str, tuple[str, ...]]:
    """Simplified character → the traditional ones and variants that become it."""
    found: dict[str, list[str]] = {}
    for block in _IDEOGRAPHS:
        for code in block:
            character = chr(code)
            simple = normalise(character)
            if simple != character and len(simple) == 1:
                found.setdefault(simple, []).append(character)
    return {simple: tuple(fuller) for simple, fuller in found.items()}
