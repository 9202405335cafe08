"""Whether an exchange of words looks like one name for another: by dictionary, places, people, bodies.

In: two normalised texts and the stretch of each that stands for the other. Out: how sure; or whether both are
one wording that another hand drew. General evidence only (dictionaries, surnames, what stands beside a name),
no list of forms. Latin words, which have no blanks and no capitals any more, are told apart by their
frequency, as Norvig does ("Natural Language Corpus Data", in Beautiful Data, 2009).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from pipelines.join.alignment import is_latin, length, same_at_ends
from pipelines.join.contrasts import exclusive
from pipelines.join.features import Features
from pipelines.normalise import fold_sounds
from pipelines.places import division_names
from pipelines.scripts import IDEOGRAPH
from pipelines.words import characters, words

_WORD_LONGEST = 4
_LONGEST_NAME = 16
_BODY_LONGEST = 3
_TRADE_LONGEST = 8
_EDGE_NAME = 6
"""Characters of a body's name that are looked at where it stands at the edge of shared text."""

_AUTONOMOUS = re.compile("[一-龥]{2,8}自治[县州旗区]")
_LATIN = re.compile(r"[a-z0-9]")

_LATIN_AROUND = 14
"""Letters beside an exchange that are read with it, since it may begin or end inside a word."""
_LATIN_LONGEST = 16
_UNKNOWN, _UNKNOWN_LETTER = 9.0, 2.2
"""Cost of a word that is not known, and of each letter of it; a known one costs the logarithm of its rank."""
_LATIN_LEAST = 4
"""Letters of an unknown word: fewer are an ending or an abbreviation."""
_SCRAPS_LEAST, _SCRAPS_COST = 5, 1.8
"""Letters, and their cost each, of a name that falls into scraps of words (be-lc-our, had-dad): prose costs
1.0 to 1.4 a letter, and of two exchanged wordings both must."""
_LATIN_NAME_LONGEST, _LATIN_NAMES_LONGEST, _LATIN_FORM = 30, 45, 600
"""Letters of a name; of two with a word between them in a form; of a form. What is longer is a clause: with
48, one for another parted 20 of 80 English articles of which 8 words were replaced, and half of the real
copies that were missed (`benchmarks/neardup.py`, english.jsonl)."""
_LATIN_NAME_LEAST = 3
"""Letters of an exchange: one or two are a typing or reading error."""
_NAME_LETTERS = 0.4
"""Of the letters of an exchanged wording, those of words that may be names."""
_SAMPLE, _ENGLISH_COST = 240, 1.9
"""Letters of a text that tell whether it is English, and what they cost each at most as words: of 767 English
texts all but four, of most other languages' 2.3 and more. Without it three words exchanged parted 18 of 24
German articles from their copies, for all of them were unknown."""
_RARE_COST = 8.9
"""Cost of the 7,300th word and of all rarer ones: many names are among these (tanaka, ferrari)."""
_LETTERS, _ENDING = re.compile(r"[a-z]+"), re.compile(r"[a-z]+$")

_SPELT_MOST = 6
"""Letters for one character: a syllable has no more (zhuang)."""
_SPELT = re.compile(rf"[a-z]{{1,{_SPELT_MOST}}}")

NONE, WEAK, NAMED, STRONG = 0, 1, 2, 4
RARE, NAME = 1, 2
"""Of a latin wording: that few texts have it, that no dictionary has it."""


def name_evidence(a: Features, at_a: slice, b: Features, at_b: slice) -> int:
    """How surely what stands in `a` at one place and in `b` at the same place are two names.

    STRONG: two that exclude each other (`contrasts`); unknown to the dictionary, and where people or bodies
    are named (of two bodies one may be named with ordinary words); or a region for a region, which no
    thesaurus says. NAMED: people, or whole names of bodies and what holds a region, all perhaps with ordinary
    words. WEAK: both unknown to the dictionary, no more; or ordinary words where bodies are named, which may
    be synonyms too (完善 and 健全
    before 公司治理).
    """
    is_excluded = exclusive(a.text, at_a, b.text, at_b) is not None
    if is_latin(a.text[at_a]) and is_latin(b.text[at_b]):
        return NAMED if is_excluded else _evidence_in_letters(a, at_a, b, at_b)
    if is_excluded or not all(map(IDEOGRAPH.search, (a.text[at_a], b.text[at_b]))):
        return STRONG if is_excluded else NONE
    at_a, at_b = _first_body(a, at_a), _first_body(b, at_b)
    sides = (a, at_a), (b, at_b)
    if any(_is_no_name(one.text, at) for one, at in sides):
        return NONE
    places = _are_places(a, at_a, b, at_b)
    people = all(_is_person(*side) for side in sides)
    strange = sum(is_strange(one.text, at) for one, at in sides)
    bodies = all(_is_before_body(*side) for side in sides) or (
        strange > 0 and all(_is_before_body(*side) or ends_as_body(*side) for side in sides)
    )
    whole = all(one.text[at] in _regions() for one, at in sides)
    if (strange == 2 and people) or ((strange or places) and bodies) or (places and whole):
        return STRONG
    near = all(_is_near_body(*side) for side in sides)
    near_bodies = strange > 0 and near
    listed = strange > 0 and all(_is_near_body(*side) or ends_as_body(*side) for side in sides)
    if near and all(_words_over(one.text, at, _counties()) for one, at in sides):
        return NAMED
    least = min(length(at_a), length(at_b))
    if (
        people
        or places
        or (strange == 2 and (near_bodies or all(_has_form_of_person(one.text[at]) for one, at in sides)))
        or (bodies and least >= _WORD_LONGEST)
        or all(ends_as_body(*side, trades=True) for side in sides)
        or (listed and any(ends_as_body(*side) for side in sides))
        or (least > 1 and _name_something(sides))
    ):
        return NAMED
    return WEAK if strange == 2 or near_bodies or (bodies and least > 1) else NONE


def _evidence_in_letters(a: Features, at_a: slice, b: Features, at_b: slice) -> int:
    """NAMED where both are names in letters, short enough, and the texts are in the dictionary's language."""
    is_form = min(len(a.text), len(b.text)) <= _LATIN_FORM
    longest = _LATIN_NAMES_LONGEST if is_form else _LATIN_NAME_LONGEST
    if not _LATIN_NAME_LEAST <= max(length(at_a), length(at_b)) <= longest:
        return NONE
    if not (is_in_english(a) and is_in_english(b)):
        return NONE
    evidence = latin_evidence(a.text, at_a), latin_evidence(b.text, at_b)
    return NAMED if min(evidence) and max(evidence) == NAME else NONE


def names_at_edge(a: Features, at_a: slice, b: Features, at_b: slice) -> tuple[slice, slice] | None:
    """The regions or bodies, other ones, with which two stretches end (or begin) at the text beside them.

    What was cut off or begins with an editor's note says no more: 正文阜新市 and 济宁市 before one report.
    """
    for edge in (_last_name, _region_first):
        ours, theirs = edge(a, at_a), edge(b, at_b)
        if ours and theirs and a.sounds[ours] != b.sounds[theirs]:
            return ours, theirs
    return None


def _last_name(one: Features, at: slice) -> slice | None:
    """A region, perhaps with its kind (区) in what is shared, a county before a body, or a body."""
    stop = at.start + len(one.text[at].rstrip("0123456789"))
    regions = _counties() if _is_near_body(one, at) else _regions()
    for size in range(min(_WORD_LONGEST, stop - at.start), 1, -1):
        if one.text[stop - size : stop] in regions or one.text[stop - size : stop + 1] in _regions():
            return slice(stop - size, stop)
    edge = slice(max(at.start, stop - _EDGE_NAME), stop)
    if one.text[stop : stop + 1] in characters("names.road_end") and is_strange(one.text, edge):
        return edge
    return edge if ends_as_body(one, edge, trades=True) else None


def _region_first(one: Features, at: slice) -> slice | None:
    sizes = range(min(_WORD_LONGEST, length(at)), 1, -1)
    return next(
        (slice(at.start, at.start + n) for n in sizes if one.text[at.start : at.start + n] in _regions()),
        None,
    )


def _is_before_body(one: Features, at: slice) -> bool:
    """Whether what follows makes it the name of a body: a company, a school, a village, a park."""
    if length(at) > 1 and one.text[at.stop : at.stop + 1] in characters("names.body_end"):
        return True
    return any(
        _by_sound("names.after_body").match(one.sounds, start)
        for start in {at.stop, at.stop + (length(at) == 1)}
    )


def _is_near_body(one: Features, at: slice) -> bool:
    """Whether a body's kind follows after its trade: 食品有限公司."""
    return _by_sound("names.after_body").search(one.sounds, at.stop, at.stop + _TRADE_LONGEST) is not None


def ends_as_body(one: Features, at: slice, trades: bool = False) -> bool:
    """Whether its own end makes it the name of a body; with `trades` also as companies go in short."""
    if length(at) > 2 and one.text[at.stop - 1] in characters("names.body_end", "names.road_end"):
        return True
    ends = _by_sound("names.after_body", *["names.trade"] * trades)
    return any(
        (match := ends.match(one.sounds, start)) and match.end() >= at.stop
        for start in range(max(at.start + 2, at.stop - _BODY_LONGEST), at.stop)
    )


def _name_something(sides: tuple[tuple[Features, slice], tuple[Features, slice]]) -> bool:
    """Whether each wording names a place or a body of its own: one text says 南宁远大, the other 前程软件."""
    ours, theirs = (_words_over(one.text, at, _regions()) for one, at in sides)
    if not ours.isdisjoint(theirs):
        return False
    return all(
        places or ends_as_body(*side, trades=True) for places, side in zip((ours, theirs), sides, strict=True)
    )


def _first_body(one: Features, at: slice) -> slice:
    """Of a long wording what reaches to the end of the first body it names: its product may follow."""
    if length(at) <= _LONGEST_NAME:
        return at
    match = _by_sound("names.after_body").search(one.sounds, at.start + 2, at.stop)
    return slice(at.start, match.end()) if match else at


def _is_no_name(text: str, at: slice) -> bool:
    """Whether it is too long, begins as 我市 and 该公司 do, or is a piece of a latin name or address."""
    if at.stop - at.start > _LONGEST_NAME:
        return True
    if text[at][0] in characters("names.pronoun") and text[at][:2] not in _regions():
        return True
    return bool(_LATIN.search(text[at])) and bool(
        _LATIN.search(text[max(0, at.start - 1) : at.start] + text[at.stop : at.stop + 1])
    )


def _are_places(a: Features, at_a: slice, b: Features, at_b: slice) -> bool:
    """Whether both are regions, other ones; of one a homophone will do."""
    regions, _, sounds = dictionary()
    written = [_regions_over(one.text, at) for one, at in ((a, at_a), (b, at_b))]
    if all(written):
        return written[0].isdisjoint(written[1])
    heard = [_words_over(one.sounds, at, sounds) for one, at in ((a, at_a), (b, at_b))]
    if not all(heard) or not heard[0].isdisjoint(heard[1]):
        return False
    return bool(_words_over(a.text, at_a, regions) or _words_over(b.text, at_b, regions))


def _regions_over(text: str, at: slice) -> set[str]:
    """The regions that overlap a stretch; what names itself as autonomous is one however long its name."""
    return _words_over(text, at, _regions()) or set(_AUTONOMOUS.findall(text[at.start : at.stop + 1]))


def _is_person(one: Features, at: slice) -> bool:
    """Whether it is (the rest of) a name of two or three characters beside words that go with people."""
    stops = (at.stop, at.stop + 1, at.stop + 2) if at.stop - at.start == 1 else (at.stop,)
    return any(
        2 <= stop - start <= 3
        and start >= 0
        and one.text[start] in characters("names.surname")
        and _is_among_people(one, start, stop)
        for start in (at.start, at.start - 1, at.start - 2)
        for stop in stops
    )


def _has_form_of_person(wording: str) -> bool:
    """Whether it is a surname with one or two characters after it."""
    return 2 <= len(wording) <= 3 and wording[0] in characters("names.surname")


def _is_among_people(one: Features, start: int, stop: int) -> bool:
    return bool(
        one.text[stop : stop + 1] in characters("names.after_person_one")
        or _by_sound("names.after_person").match(one.sounds, stop)
        or _by_sound("names.before_person", end="$").search(one.sounds[max(0, start - 3) : start])
    )


@cache
def _by_sound(*lists: str, end: str = "") -> re.Pattern[str]:
    """What finds the words of lists in sounds: copies swap homophones."""
    sounds = [fold_sounds(word) for name in lists for word in words(name)]
    return re.compile(f"(?:{'|'.join(sounds)}){end}")


def is_strange(text: str, at: slice) -> bool:
    """Whether no dictionary words cover it, with what stands beside it: two in a row, or one of few."""
    function = characters("names.function")
    covered = {i for i in range(at.start, at.stop) if text[i] in function}
    for start, size in _words_at(text, at, dictionary()[1]):
        covered |= set(range(start, start + size))
    bare = "".join("." if i in covered else "x" for i in range(at.start, at.stop))
    return "xx" in bare or (len(bare) <= 3 and "x" in bare)


def _words_over(text: str, at: slice, known: frozenset[str]) -> set[str]:
    return {text[start : start + size] for start, size in _words_at(text, at, known)}


def _words_at(text: str, at: slice, known: frozenset[str]) -> list[tuple[int, int]]:
    """Start and length of the words that overlap a stretch."""
    return [
        (start, size)
        for size in range(2, _WORD_LONGEST + 1)
        for start in range(max(0, at.start - size + 1), at.stop)
        if text[start : start + size] in known
    ]


@cache
def dictionary() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of regions, ordinary words, and the regions by sound."""
    regions, things, wordings = chinese_words()
    return regions, things | wordings, frozenset(fold_sounds(region) for region in regions)


@cache
def chinese_words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of regions; ordinary words for things, and those that say how, when and what is done."""
    lines = resources.files("pipelines").joinpath("words/chinese.txt").read_text("utf-8").splitlines()
    regions, things, wordings = (frozenset(line.split(" ")) for line in lines)
    return regions, things, wordings


@cache
def _counties() -> frozenset[str]:
    """Names of counties without 县, 市 or 区: many are words too (城中), except where a body is named."""
    names = (name for name in division_names().values() if 2 < len(name) <= _WORD_LONGEST)
    return _regions() | {name[:-1] for name in names if name[-1] in "县市区旗"}


@cache
def _regions() -> frozenset[str]:
    """Names of regions as written: those of chinese.txt, and those of GB/T 2260.

    Provinces and prefectures also without 省 and 市; counties' names are too often words without 县 or 区.
    """
    names = {code: name for code, name in division_names().items() if len(name) > 2}
    bare = {name[:-1] for code, name in names.items() if code[4:] == "00" and name[-1] in "省市"}
    whole = {name for name in names.values() if len(name) <= _WORD_LONGEST and name[-1] in "省市县区旗"}
    return dictionary()[0] | bare | whole


def latin_evidence(text: str, at: slice) -> int:
    """How surely a latin wording is a name: NAME where no dictionary has it, RARE where few texts have it."""
    letters, cost, named, found = 0, 0.0, 0, NONE
    for _, word, is_known in latin_words(text, at):
        is_unknown = not is_known and len(word) >= _LATIN_LEAST
        if is_unknown or (len(word) >= _LATIN_LEAST and latin_cost(word) >= _RARE_COST):
            found, named = max(found, NAME if is_unknown else RARE), named + len(word)
        letters, cost = letters + len(word), cost + latin_cost(word)
    if letters >= _SCRAPS_LEAST and cost >= _SCRAPS_COST * letters:
        return NAME
    return found if named >= _NAME_LETTERS * letters else NONE


def latin_words(text: str, at: slice) -> Iterator[tuple[int, str, bool]]:
    """The words in letters that overlap a stretch: where each begins, and whether it is an ordinary one."""
    before = text[max(0, at.start - _LATIN_AROUND) : at.start]
    match = _LETTERS.match(text[at.stop : at.stop + _LATIN_AROUND])
    place = at.start - len(before) + _last_letters(before)
    for word, is_known in _latin_words_of(text[place : at.stop + (match.end() if match else 0)]):
        if place < at.stop and place + len(word) > at.start:
            yield place, word, is_known
        place += len(word)


def latin_cost(word: str) -> float:
    """What a word costs; more the rarer, most where it is not known."""
    return _latin_words()[0].get(word, _UNKNOWN + _UNKNOWN_LETTER * len(word))


def is_in_english(one: Features) -> bool:
    """Whether a text in letters is in the dictionary's language: of another one all words are unknown."""
    if not one.is_lettered:
        return True
    middle = len(one.text) // 2
    return _cost_of(one.text[max(0, middle - _SAMPLE // 2) : middle + _SAMPLE // 2]) <= _ENGLISH_COST


@lru_cache(maxsize=1024)
def _cost_of(sample: str) -> float:
    """What a stretch of text costs a letter, as words; much where it has no latin letters."""
    found = [word for run in _LETTERS.findall(sample) for word, _ in _latin_words_of(run)]
    letters = sum(map(len, found))
    return sum(map(latin_cost, found)) / letters if letters else _UNKNOWN_LETTER


def _last_letters(before: str) -> int:
    """Where the letters begin that a text ends with."""
    match = _ENDING.search(before)
    return match.start() if match else len(before)


@lru_cache(maxsize=4096)
def _latin_words_of(letters: str) -> tuple[tuple[str, bool], ...]:
    """A run of letters in words, the cheapest way, and whether each is an ordinary one."""
    costs, names = _latin_words()
    best: list[tuple[float, int, bool]] = [(0.0, 0, True)]
    for stop in range(1, len(letters) + 1):
        ways = []
        for start in range(max(0, stop - _LATIN_LONGEST), stop):
            word = letters[start:stop]
            is_ordinary = word in costs and word not in names
            ways.append((best[start][0] + latin_cost(word), start, is_ordinary))
        best.append(min(ways))
    found, stop = [], len(letters)
    while stop:
        _, start, known = best[stop]
        found.append((letters[start:stop], known))
        stop = start
    return tuple(reversed(found))


@cache
def _latin_words() -> tuple[dict[str, float], frozenset[str]]:
    """Words with their costs, and those that are names."""
    lines = resources.files("pipelines").joinpath("words/english.txt").read_text("utf-8").splitlines()
    ordinary, names = (line.split(" ") for line in lines)
    costs = {word: math.log(rank + 10) for rank, word in enumerate(ordinary)}
    rarest = math.log(len(ordinary))
    return {**dict.fromkeys(names, rarest), **costs}, frozenset(names)


def are_one_wording(one: str, other: str) -> bool:
    """Whether two wordings differ in how a character is drawn, or in letters for one character, alone."""
    first, last = same_at_ends(one, other)
    one, other = one[first : len(one) - last], other[first : len(other) - last]
    if len(one) == len(other) and all(pair in _alike() for pair in zip(one, other, strict=True)):
        return True
    letters, character = (one, other) if one.isascii() else (other, one)
    return len(character) == 1 and not character.isascii() and _SPELT.fullmatch(letters) is not None


@cache
def _alike() -> frozenset[tuple[str, str]]:
    return frozenset((one, other) for group in words("names.alike") for one in group for other in group)
