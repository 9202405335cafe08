"""What a verdict looks at in one text: its shingles, sounds and numbers, and what of it is the page's.

In: a normalised text. Out: its `Features`, which depend on nothing else and are never stored. What is the
page's and not the news' (notices, links, addresses) is told by the words in it. Learned furniture is taken
out before texts come here; this is for sites of which we know too few pages to have learned any.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipelines.join.numbers import Places, number_places
from pipelines.normalise import fold_sounds
from pipelines.records import Signed
from pipelines.sign import LONGEST, distinct, shingle_hashes
from pipelines.words import pattern

PAGE_WORDS = pattern("{page.own}", case=True)
"""The page's own words in normalised text."""
_PAGE_REACH = 40
"""Characters between two such words that still belong together."""
_PAGE_WORDS_LEAST = 4
"""Different words that make a stretch the page's: news may say two or three of them in a row."""

_LETTERED, _FIRST_SYLLABLE = 0.5, "\u2e80"
"""Of a text, the letters that make it one; and where ideographs and syllables of other scripts begin."""


@dataclass(frozen=True, eq=False)
class Features:
    """A text as a verdict sees it; everything beyond the text is worked out when first asked for."""

    node_id: int
    text: str
    """The normalised text."""

    @classmethod
    def signed(cls, signed: Signed) -> Features:
        """Those of a text whose shingles are known."""
        features = cls(signed.node_id, signed.normalised[:LONGEST])
        vars(features)["shingles"] = signed.shingles
        return features

    @cached_property
    def is_lettered(self) -> bool:
        """Whether it is written in an alphabet, of which three letters say as much as one ideograph."""
        letters = sum(
            count for one, count in Counter(self.text).items() if one < _FIRST_SYLLABLE and not one.isdigit()
        )
        return letters >= _LETTERED * len(self.text)

    @cached_property
    def sounds(self) -> str:
        """The text by its sounds, as long as the text."""
        return fold_sounds(self.text)

    @cached_property
    def sequence(self) -> npt.NDArray[np.uint64]:
        """Shingle hashes in text order."""
        return shingle_hashes(self.sounds)

    @cached_property
    def shingles(self) -> npt.NDArray[np.uint64]:
        """Sorted distinct shingle hashes."""
        return distinct(self.sequence)

    @cached_property
    def of_page(self) -> npt.NDArray[np.bool_]:
        """Which characters stand among the page's own words."""
        return _of_page(self.text)

    @cached_property
    def news(self) -> npt.NDArray[np.uint64]:
        """Sorted distinct shingle hashes of what is not the page's; perhaps none."""
        news = self.sequence[~self.of_page[: len(self.sequence)]]
        return distinct(news) if len(news) else news

    @cached_property
    def news_sounds(self) -> str:
        """The sounds of what is not the page's."""
        return "".join(itertools.compress(self.sounds, ~self.of_page))

    @cached_property
    def numbers(self) -> Places:
        """Its numbers, by the wording around them."""
        return number_places(self.text, self.sounds)


def _of_page(text: str) -> npt.NDArray[np.bool_]:
    """For each character whether it stands in a stretch of the page's own words."""
    found = np.zeros(len(text), dtype=np.bool_)
    start, stop, words = 0, -_PAGE_REACH, set[str]()
    for match in PAGE_WORDS.finditer(text):
        if match.start() - stop > _PAGE_REACH:
            _mark(found, start, stop, words)
            start, words = match.start(), set()
        words.add(match.group())
        stop = match.end()
    _mark(found, start, stop, words)
    return found


def _mark(found: npt.NDArray[np.bool_], start: int, stop: int, words: set[str]) -> None:
    if len(words) >= _PAGE_WORDS_LEAST:
        found[max(0, start - _PAGE_REACH // 2) : stop + _PAGE_REACH // 2] = True
