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
    words that Taiwan and the mainland say otherwise (社群, 社区) are one where they are as long.
    """
    sounds = normalised.translate(_sounds())
    starts = _words_as_one().keys() & {sounds[i : i + 2] for i in range(len(sounds) - 1)}
    for start in sorted(starts):
        for word, one in _words_as_one()[start]:
            sounds = sounds.replace(word, one)
    return sounds


def are_regional(one: str, other: str) -> bool:
    """Whether two normalised wordings are one word as Taiwan and as the mainland says it (使用者, 用户)."""
    return (one, other) in _regional_pairs() or (other, one) in _regional_pairs()


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
def _regional_words() -> list[tuple[str, str]]:
    """Taiwan's words with the mainland's."""
    return [(pair.split("=")[0], pair.split("=")[1]) for pair in _characters()[1].split(" ")]


@cache
def _regional_pairs() -> frozenset[tuple[str, str]]:
    return frozenset(_regional_words())


@cache
def _words_as_one() -> dict[str, list[tuple[str, str]]]:
    """Regional words of one length, by sound, with the one that stands for them, by the first two sounds."""
    pairs = [(theirs.translate(_sounds()), ours.translate(_sounds())) for theirs, ours in _regional_words()]
    one = {word: word for pair in pairs for word in pair}
    for theirs, ours in pairs:
        if len(theirs) == len(ours):
            low, high = sorted((one[theirs], one[ours]))
            one |= {word: low for word, stands in one.items() if stands == high}
    words: dict[str, list[tuple[str, str]]] = {}
    for word, stands in sorted(one.items(), key=lambda item: (-len(item[0]), item)):
        if word != stands:
            words.setdefault(word[:2], []).append((word, stands))
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
