"""Text spelt out one character a token, so that an FTS5 phrase is an exact substring.

In: any text. Out: its characters, lower-cased, without white space and controls, with a space
between each two. Title and text are stored in `articles_fts` in this form, and a query is put into
it too: `MATCH '"园 区"'` then finds what a scan for 园区 finds after lower-casing and dropping white
space, for words of every length, on SQLite 3.40 without an extension (docs/decisions/0003).
"""

from __future__ import annotations

import re
import unicodedata

_QUOTED = re.compile(r'"([^"]*)"|"([^"]*\S[^"]*)$|(\S+)')


def squeeze(text: str) -> str:
    """The text as search compares it: lower case, no white space, no controls."""
    return text.lower().translate(_AUDIBLE)


def spell(text: str) -> str:
    """One character a token, separated by spaces."""
    return " ".join(squeeze(text))


def match_expression(query: str) -> str:
    """The FTS5 expression for what a person typed: every word, or "quoted words" as one, must occur.

    Returns an empty string where nothing searchable was typed.
    """
    return " AND ".join(f'"{spelt}"' for spelt in map(_phrase, words(query)) if spelt)


def words(query: str) -> list[str]:
    """The words of a query; what stands between quotation marks is one word.

    A mark that opens a word and is never closed holds to the end; any other mark without its partner (5") is
    a character like the others.
    """
    quotes = str.maketrans({"“": '"', "”": '"', "＂": '"'})
    return [word for found in _QUOTED.findall(query.translate(quotes)) if (word := "".join(found))]


def _phrase(word: str) -> str:
    return spell(word).replace('"', '""')


class _Audible(dict[int, int | None]):
    """A translation table that learns each code point when it is first met: None drops it."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        silent = character.isspace() or unicodedata.category(character) in _SILENT
        self[code] = None if silent else code
        return self[code]


_SILENT = frozenset({"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"})
_AUDIBLE = _Audible()
