"""A page's text and those of the pages that it leads to in; whether it is a list of them out.

An excerpt stands on the page that it is of, and so does a whole text that a home page repeats. A page most of
whose text stands so on several pages is a list, and so is one that repeats a single page below a headline
that leads there, unless it has that page's title: then it is the page again, for print or by another name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.spelling import squeeze

_PIECE, _PIECES = 12, 80
"""Characters of a piece, and the most pieces of a text that are looked for."""
_MOST = 0.5
"""The share of the pieces that stand on others. Where only this told them, 728 of 753 lists of three
sites have as much, and none of 717 articles has .05."""
_ALL = 0.9
"""What holds as much is no item, but another list of the same."""
_OWN_PIECES = 2
"""Pieces that a page must have which no other has: a list's items differ."""


class Led(NamedTuple):
    """A page that another one leads to."""

    title: str
    text: str
    is_item: bool
    """Whether it is led to by a headline with a text below it."""


def is_list_of(title: str, text: str, led: Sequence[Led]) -> bool:
    """Whether a page with this title and text is a list of some of the pages that it leads to."""
    if not led:
        return False
    pieces = _pieces(squeeze(text))
    least = _MOST * len(pieces)
    found = [(page, _standing_on(pieces, page)) for page in led] if pieces else []
    if any(page.is_item and len(on) >= least and squeeze(page.title) != squeeze(title) for page, on in found):
        return True
    parts = [on for _, on in found if len(on) < _ALL * len(pieces)]
    return len(frozenset().union(*parts)) >= max(least, 1) and _are_several(parts)


def _pieces(text: str) -> list[str]:
    """Pieces of a text, evenly apart."""
    step = max(_PIECE, len(text) // _PIECES)
    return [text[at : at + _PIECE] for at in range(0, len(text) - _PIECE + 1, step)]


def _standing_on(pieces: Sequence[str], page: Led) -> frozenset[int]:
    """Which of the pieces stand on a page, by their places."""
    text = squeeze(page.text)
    return frozenset(place for place, piece in enumerate(pieces) if piece in text)


def _are_several(found: Sequence[frozenset[int]]) -> bool:
    """Whether at least two pages hold pieces that no other has."""
    own = 0
    for n, on in enumerate(found):
        others = frozenset().union(*(other for m, other in enumerate(found) if m != n))
        own += len(on - others) >= _OWN_PIECES
    return own > 1
