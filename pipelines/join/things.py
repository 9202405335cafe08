"""Whether one thing stands for another: 白酒 where the other text has 啤酒, all else being the same.

In: two normalised texts and the stretch of each that stands for the other. Out: whether both are whole words
for things, other ones. Forms are written about whatever it is, in words that are neither names nor figures.
Editors and thesauri exchange words too: mostly those that say how and what is done, which the dictionary
knows, and words for one thing, of which there are lists. What a slip makes of a word is mostly no word.
"""

from __future__ import annotations

from functools import cache

from rapidfuzz.distance import Indel

from pipelines.join.alignment import is_latin, length
from pipelines.join.features import Features
from pipelines.join.names import (
    chinese_words,
    dictionary,
    is_in_english,
    is_strange,
    latin_cost,
    latin_words,
)
from pipelines.normalise import are_regional, normalise
from pipelines.scripts import IDEOGRAPH
from pipelines.words import characters, words

_WORD_LONGEST = 4
_COMPOUND_LEAST = 4
"""Characters of two words."""
_ORDINARY_COST = 5.0
"""Of a word in letters: the 140 most frequent say how and when more than what."""
_DONE = ("ed", "ly")
"""How words in letters end that say what was done, and how."""
_MISSPELT = 0.75
"""How alike two words in letters are of which one is the other misspelt or inflected."""


def are_other_things(a: Features, at_a: slice, b: Features, at_b: slice) -> bool:
    """Whether each text has a whole word for a thing in this place, which the other has nowhere.

    Not two words for one thing.
    """
    if is_latin(a.text[at_a]) and is_latin(b.text[at_b]):
        pair = _words_in_letters(a, at_a, b, at_b)
    else:
        pair = _words_around(a.text, at_a, b.text, at_b)
    if pair is None or pair[0] in b.text or pair[1] in a.text:
        return False
    return not are_regional(*pair) and not _are_synonyms(*pair)


def _words_around(a: str, at_a: slice, b: str, at_b: slice) -> tuple[str, str] | None:
    """The longest pair of words with as much beside the exchange in each text, if both are for things."""
    _, things, _ = chinese_words()
    _, ordinary, _ = dictionary()
    for more in range(_WORD_LONGEST - 1, -1, -1):
        for before in range(more, -1, -1):
            pair = _wider(a, at_a, before, more - before), _wider(b, at_b, before, more - before)
            if all(word in ordinary for word in pair):
                return pair if all(word in things for word in pair) else None
    # A word that no dictionary has is one too, but for what a slip in one character makes; and so are several
    # words of which the last is one.
    sides = (a, at_a), (b, at_b)
    are_things = all(_may_be_thing(text, at) for text, at in sides) or all(
        _ends_as_thing(text, at) for text, at in sides
    )
    return (a[at_a], b[at_b]) if are_things else None


def _ends_as_thing(text: str, at: slice) -> bool:
    """Whether two words or more end with one for a thing, as 安全生产 does: the last says what it is."""
    _, things, wordings = chinese_words()
    ends = {text[at.stop - size : at.stop] for size in range(2, _WORD_LONGEST + 1)}
    return length(at) >= _COMPOUND_LEAST and not ends.isdisjoint(things) and ends.isdisjoint(wordings)


def _may_be_thing(text: str, at: slice) -> bool:
    if length(at) == 1 or text[at.start] in characters("names.pronoun") or not IDEOGRAPH.match(text[at]):
        return False
    return text[at] in chinese_words()[1] or is_strange(text, at)


def _wider(text: str, at: slice, before: int, after: int) -> str:
    return text[at.start - before : at.stop + after] if at.start >= before else ""


def _words_in_letters(a: Features, at_a: slice, b: Features, at_b: slice) -> tuple[str, str] | None:
    """The words of a dictionary that an exchange is all or a piece of, neither being the other misspelt."""
    if not (is_in_english(a) and is_in_english(b)):
        return None
    ours, theirs = list(latin_words(a.text, at_a)), list(latin_words(b.text, at_b))
    is_beside = at_a.start - ours[0][0] == at_b.start - theirs[0][0]
    if not is_beside or not all(is_known for _, _, is_known in ours + theirs):
        return None
    one, other = (
        "".join(word for _, word, _ in found if latin_cost(word) >= _ORDINARY_COST)
        for found in (ours, theirs)
    )
    if not one or not other or (one.endswith(_DONE) and other.endswith(_DONE)):
        return None
    return None if Indel.normalized_similarity(one, other) > _MISSPELT else (one, other)


def _are_synonyms(one: str, other: str) -> bool:
    groups = _synonyms()
    return not groups.get(one, frozenset()).isdisjoint(groups.get(other, frozenset()))


@cache
def _synonyms() -> dict[str, frozenset[int]]:
    """Of each word the groups that it is in."""
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(words("names.synonym")):
        for word in map(normalise, line.split()):
            found[word] = found.get(word, frozenset()) | {number}
    return found
