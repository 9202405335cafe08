"""Furniture: lines that recur on a source's pages, and so are the site's and not the news.

In: the lines of a page as extracted, before cleaning, so that what is learned never depends on what was
learned before. Out: the keys of the lines at its edges, and which of them are furniture. Counting and
remembering is the archive's (pipelines/archive/write/furniture.py).

How what recurs in a few reports is told from furniture: only whole lines at the edges of the body count, and
prose only after the news, since the parts of a series share their lead; a line must stand on pages with
different titles, so that re-posts of one article do not make its lines furniture; it must stand on
`titles_needed` of them, which grows with the source; and it must be a sentence or speak to the reader. What
recurs besides is the form of notices: whom they address, who signs them, their headings, labels and closings
(各有关单位：, 特此公告。). On 18 real sites all else that was learned was content.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence

from pipelines.normalise import simplify
from pipelines.spelling import squeeze
from pipelines.words import pattern

HEAD_LINES = 4
TAIL_LINES = 8
"""Where furniture stands: 87% of what leaks stands after the last line of the news, the rest before it."""

LONGEST_LINE = 200
"""Characters; a longer line is a paragraph of somebody's text."""

_SHORTEST, _SHORTEST_MOTTO = 6, 16
"""Characters of a line at all, and of a motto, which has a comma and no full stop."""
_ENDED = re.compile(r"[。！？；!?;.]$")
_LABEL = re.compile(
    r"^\W{0,3}(?:[一二三四五六七八九十\d]{1,3}[、.．)）]|第[一二三四五六七八九十\d]{1,3}[章条节])"
    r"|^[^，。,.]{1,14}\s?[：:]|[：:]$"
)
"""How headings, rows and addresses of notices begin or end: 一、…, 联系单位：…, 各有关单位："""
_CLAUSE = re.compile(r"[，。！？；!?;]|[,.] |[.]$")
_CLOSING = pattern(r"{document.closing}")
_TO_READER = pattern(r"{share.to_reader}")

SHORTEST_PROSE = 25
"""Characters of a line that may be a sentence of its own; labels and notices at the head are shorter."""


def titles_needed(readings: int) -> int:
    """On how many pages of different titles a line must stand, in a source of so many readings.

    max(3, √n / 2): 3 up to 36 pages, 5 of 100, 16 of 1,000, 50 of 10,000. A footer stands on most pages
    or at least on all of a channel; a statement that is quoted again stands on a handful however large
    the source is.
    """
    return max(3, math.ceil(math.sqrt(readings) / 2))


def edge_lines(lines: Sequence[str]) -> tuple[int, ...]:
    """Keys of the distinct lines at a page's edges that may be furniture, sorted."""
    head = [line for line in lines[:HEAD_LINES] if not _is_prose(line)]
    edges = [line for line in (*head, *lines[HEAD_LINES:][-TAIL_LINES:]) if not _is_form(line)]
    return tuple(sorted({key for line in edges if (key := line_key(line)) is not None}))


def furniture_on(lines: Sequence[str], furniture: frozenset[int]) -> frozenset[int]:
    """Keys of this page's edge lines that are furniture of its source."""
    return furniture.intersection(edge_lines(lines)) if furniture else frozenset()


def line_key(line: str) -> int | None:
    """64 bits, signed, of a line's text without case and white space; None where too long or empty."""
    text = squeeze(line)
    return _key(text) if 0 < len(text) <= LONGEST_LINE else None


def title_key(title: str) -> int:
    """64 bits, signed, of a title without case and white space."""
    return _key(squeeze(title))


def _key(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _is_prose(line: str) -> bool:
    return len(line) >= SHORTEST_PROSE and any(mark in line for mark in ("。", "！", "？", ". "))


def _is_form(line: str) -> bool:
    """Whether a line is one that notices have in common, or too short to say whose it is."""
    plain = simplify(line)
    if len(line) < _SHORTEST or _LABEL.search(line) or _CLOSING.search(plain):
        return True
    least = SHORTEST_PROSE if _ENDED.search(line) else _SHORTEST_MOTTO
    return not (_TO_READER.search(plain) or (len(line) >= least and _CLAUSE.search(line)))
