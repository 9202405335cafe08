"""Text spelt out one character a token, so that an FTS5 phrase is an exact substring.

In: any text. Out: its characters, lower-cased, without white space and controls, with a space
between each two. Title and text are stored in `articles_fts` in this form, and a query is put into
it too: `MATCH '"园 区"'` then finds what a scan for 园区 finds after lower-casing and dropping white
space, for words of every length, on SQLite 3.40 without an extension (docs/decisions/0003). The index holds
texts as they are; a folded search asks for each spelling of a word, so an exact search costs nothing for it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
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
_QUOTED = re.compile(r'"([^"]*)"|"([^"]*\S[^"]*)$|(\S+)')


def squeeze(text: str) -> str:
    """The text as search compares it: as FTS5 folds case, no white space, no controls."""
    return text.lower().translate(_AUDIBLE)


def spell(text: str) -> str:
    """One character a token, separated by spaces."""
    return " ".join(squeeze(text))


def match_expression(query: str) -> str:
    """The FTS5 expression for what a person typed: every word, or "quoted words" as one, must occur.

    Returns an empty string where nothing searchable was typed.
    """
    return " AND ".join(f'"{spelt}"' for spelt in map(_phrase, query_words(query)) if spelt)


def query_words(query: str) -> list[str]:
    """The words of a query; what stands between quotation marks is one word.

    A mark that opens a word and is never closed holds to the end; any other mark without its partner (5") is
    a character like the others.
    """
    quotes = str.maketrans({"“": '"', "”": '"', "＂": '"'})
    return [word for found in _QUOTED.findall(query.translate(quotes)) if (word := "".join(found))]


def spellings(word: str, characters_max: int = SPELLINGS_MAX * 8) -> list[str]:
    """The spellings under which texts may have a word, squeezed, its own first; at most SPELLINGS_MAX.

    Traditional for simplified characters, full width for half, and the reverse. Together they have no more
    than `characters_max` characters, but for its own and the two that are all simplified or traditional:
    SQLite opens a list for each.
    """
    own = squeeze(word)
    choices = [_choices(run) for run in _RUN.findall(own)]
    found = dict.fromkeys([own, *(converter.convert(own) for converter in _converters())])
    most = min(SPELLINGS_MAX, characters_max // max(len(own), 1))
    found |= dict.fromkeys(islice(("".join(one) for one in product(*choices)), most))
    return list(found)[: max(most, 3)]


def _phrase(word: str) -> str:
    return spell(word).replace('"', '""')


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
