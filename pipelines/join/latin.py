"""Whether an exchange of latin words looks like one name for another.

In: two normalised texts, which have no blanks and no capitals any more, and the stretch of each that stands
for the other. Out: whether each side has a word that no dictionary has, or a person's name. Words are told
apart by their frequency, as Norvig does ("Natural Language Corpus Data", in Beautiful Data, 2009).
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from importlib import resources

_AROUND = 14
"""Letters beside an exchange that are read with it, since it may begin or end inside a word."""
_LONGEST_WORD = 16
_UNKNOWN, _UNKNOWN_LETTER = 9.0, 2.2
"""Cost of a word that is not known, and of each letter of it; a known one costs the logarithm of its rank."""
_LEAST = 4
"""Letters of an unknown word: fewer are an ending or an abbreviation."""
_NAME_LEAST, _NAME_COST = 5, 1.8
"""Letters, and their cost each, of a name that falls into scraps of words (be-lc-our, had-dad): prose costs
1.0 to 1.4 a letter, and of two exchanged wordings both must."""
_RARE = 8.9
"""Cost of the 7,300th word and of all rarer ones: many names are among these (tanaka, ferrari)."""
RARE, NAME = 1, 2
_LETTERS, _ENDING = re.compile(r"[a-z]+"), re.compile(r"[a-z]+$")


def latin_evidence(text: str, at: slice) -> int:
    """How surely a latin wording is a name: NAME where no dictionary has it, RARE where few texts have it."""
    before = text[max(0, at.start - _AROUND) : at.start]
    after = text[at.stop : at.stop + _AROUND]
    start = at.start - len(before) + _last_letters(before)
    match = _LETTERS.match(after)
    stop = at.stop + (match.end() if match else 0)
    place, letters, cost, found = start, 0, 0.0, 0
    for word, is_known in _words_of(text[start:stop]):
        if place < at.stop and place + len(word) > at.start:
            if not is_known and len(word) >= _LEAST:
                return NAME
            if len(word) >= _LEAST and _cost(word) >= _RARE:
                found = RARE
            letters, cost = letters + len(word), cost + _cost(word)
        place += len(word)
    return NAME if letters >= _NAME_LEAST and cost >= _NAME_COST * letters else found


def _cost(word: str) -> float:
    """What a word costs; more the rarer, most where it is not known."""
    return _words()[0].get(word, _UNKNOWN + _UNKNOWN_LETTER * len(word))


def _last_letters(before: str) -> int:
    """Where the letters begin that a text ends with."""
    match = _ENDING.search(before)
    return match.start() if match else len(before)


@lru_cache(maxsize=4096)
def _words_of(letters: str) -> tuple[tuple[str, bool], ...]:
    """A run of letters in words, the cheapest way, and whether each is an ordinary one."""
    costs, names = _words()
    best: list[tuple[float, int, bool]] = [(0.0, 0, True)]
    for stop in range(1, len(letters) + 1):
        found = []
        for start in range(max(0, stop - _LONGEST_WORD), stop):
            word = letters[start:stop]
            cost = costs.get(word)
            known = cost is not None
            if cost is None:
                cost = _UNKNOWN + _UNKNOWN_LETTER * len(word)
            found.append((best[start][0] + cost, start, known and word not in names))
        best.append(min(found))
    words, stop = [], len(letters)
    while stop:
        _, start, known = best[stop]
        words.append((letters[start:stop], known))
        stop = start
    return tuple(reversed(words))


@cache
def _words() -> tuple[dict[str, float], frozenset[str]]:
    """Words with their costs, and those that are names; `make_words_latin` explains the file."""
    lines = resources.files(__package__).joinpath("words_latin.txt").read_text("utf-8").splitlines()
    words, names = (line.split(" ") for line in lines)
    costs = {word: math.log(rank + 10) for rank, word in enumerate(words)}
    rarest = math.log(len(words))
    return {**dict.fromkeys(names, rarest), **costs}, frozenset(names)
