"""Texts made comparable: two spellings of the same words become the same string.

In: any text. Out: its letters and digits only, in one width, one case and simplified characters
(`normalise`); or the same with every ideograph replaced by one that stands for its sound
(`fold_sounds`). Both work character by character from one table, so a piece of a text normalises
to the same piece of the result. Never changes what is stored or shown.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources


def normalise(text: str) -> str:
    """The letters and digits of a text: NFKC, lower case, simplified; no punctuation, no white space."""
    return text.translate(_spellings())


def fold_sounds(normalised: str) -> str:
    """A normalised text, as long as before, with one ideograph for all that sound alike (蕞 as 最).

    Sounds are pinyin syllables without tones, with the confusions of 模糊音 (zh/z, n/l, ng/n …) folded;
    words that Taiwan says otherwise (社群 for 社区) count as the mainland's.
    """
    starts = _regional_words().keys() & {normalised[i : i + 2] for i in range(len(normalised) - 1)}
    for start in sorted(starts):
        for theirs, ours in _regional_words()[start]:
            normalised = normalised.replace(theirs, ours)
    return normalised.translate(_sounds())


class _Spellings(dict[int, str]):
    """Code point to its normalised spelling, worked out when first met: texts use few of the million."""

    def __init__(self, simplified: dict[str, str]) -> None:
        self._simplified = simplified

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        spelling = "".join(self._simplified.get(c, c) for c in plain if unicodedata.category(c)[0] in "LN")
        self[code] = spelling
        return spelling


@cache
def _spellings() -> _Spellings:
    pairs = _characters()[0].removeprefix("= ")
    return _Spellings(dict(zip(pairs[::2], pairs[1::2], strict=True)))


@cache
def _regional_words() -> dict[str, list[tuple[str, str]]]:
    """Taiwan's words with the mainland's, by the first two characters, longer words first."""
    words: dict[str, list[tuple[str, str]]] = {}
    for pair in sorted(_characters()[1].split(" "), key=lambda pair: (-len(pair), pair)):
        theirs, ours = pair.split("=")
        words.setdefault(theirs[:2], []).append((theirs, ours))
    return words


@cache
def _sounds() -> dict[int, int]:
    table: dict[int, int] = {}
    for line in _characters()[2:]:
        _, characters = line.split(" ")
        table |= dict.fromkeys(map(ord, characters), min(map(ord, characters)))
    return table


@cache
def _characters() -> list[str]:
    """The lines of characters.txt, which `make_characters` writes and explains."""
    return resources.files(__package__).joinpath("characters.txt").read_text("utf-8").splitlines()
