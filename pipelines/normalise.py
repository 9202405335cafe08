"""Texts made comparable: two spellings of the same words become the same string.

In: any text. Out: its letters and digits only, in one width, one case and simplified characters
(`normalise`); or the same with every ideograph replaced by one that stands for its sound
(`fold_sounds`); or the text with each character in its place (`simplify`, `plain`). All work character by
character from one table, so a piece of a text normalises to the same piece of the result. Never changes what
is stored or shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from itertools import islice

import numpy as np
import numpy.typing as npt

from pipelines.scripts import HAN

Codes = npt.NDArray[np.uint32]


@lru_cache(maxsize=1024)  # the stages ask for the same lines one after the other
def normalise(text: str) -> str:
    """The letters and digits of a text: NFKC, lower case, simplified; no punctuation, no white space.

    Of 產(chǎn)業(yè) the syllables in brackets go too: they say the character before them once more.
    What a page escaped twice (&nbsp;) is read as what it stands for.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if text.isascii():
        return ascii_letters(text)
    return _spellings().applied(without_syllables(text)[0])


def without_syllables(text: str) -> tuple[str, str]:
    """The text without pinyin in brackets, 產(chǎn)業(yè)園區, and what was taken out, one after the other.

    Such syllables hide a copy from search. One with a tone mark is one; of others, which may be
    abbreviations, a text must have several.
    """
    found = [match[1] for match in _BRACKETED.finditer(text)]
    plain = {syllable for syllable in found if _SYLLABLE.fullmatch(syllable)}
    toned = {syllable for syllable in found if not set(_TONED).isdisjoint(syllable)}
    if not toned and sum(syllable in plain for syllable in found) < _PLAIN_LEAST:
        return text, ""
    taken = toned | plain
    pieces = [match[0] for match in _BRACKETED.finditer(text) if match[1] in taken]
    return _BRACKETED.sub(lambda match: "" if match[1] in taken else match[0], text), "".join(pieces)


def ascii_letters(text: str) -> str:
    """The letters and digits of a text of ASCII, in small letters."""
    return text.encode().lower().translate(None, _NO_LETTERS).decode()


@lru_cache(maxsize=1024)  # as above
def simplify(text: str) -> str:
    """The text in simplified characters, each in its place: lengths and offsets stay as they were."""
    if text.isascii():
        return text
    simplified, traditional = _simplified()
    return text.translate(simplified) if traditional.search(text) else text


def traditional(character: str) -> str:
    """The characters of which `simplify` makes this one, as one text; empty where there are none."""
    return _traditional().get(character, "")


def is_traditional(text: str) -> bool:
    """Whether a Chinese text has more characters that only traditional texts have than of the simplified."""
    only_traditional = len(_simplified()[1].findall(text))
    only_simplified = islice(filter(_traditional().__contains__, text), only_traditional)  # are enough
    return only_traditional > sum(1 for _ in only_simplified)


def plain(text: str) -> str:
    """The text with each character simplified and of half width, as long as before."""
    codes = code_points(text)
    found = _PLAIN[codes]
    if (found == _UNKNOWN).any():
        for code in set(codes[found == _UNKNOWN].tolist()):
            spelling = normalise(chr(code))
            _PLAIN[code] = ord(spelling) if len(spelling) == 1 and code > _LAST_ASCII else code
        found = _PLAIN[codes]
    return _text(found)


def code_points(text: str) -> Codes:
    """The code points of a text; halves of characters are their own."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def fold_sounds(normalised: str) -> str:
    """A normalised text, as long as before, with one ideograph for all that sound alike (蕞 as 最).

    Sounds are pinyin syllables without tones, with the confusions of 模糊音 (zh/z, n/l, ng/n …) folded;
    words that Taiwan and the mainland say otherwise (社群, 社区) are one where they are as long.
    """
    if normalised.isascii():
        return normalised
    sounds = _text(_sounds()[code_points(normalised)])
    for start in sorted({sounds[at : at + 2] for at in _regional_beginnings().places(sounds)}):
        for word, one in _words_as_one()[start]:
            sounds = sounds.replace(word, one)
    return sounds


class Beginnings:
    """Finds where words of a list may begin, by their first two characters."""

    def __init__(self, pairs: Iterable[str]) -> None:
        self._pairs = frozenset(pairs)
        self._tables = np.zeros((2, _CODE_POINTS), dtype=np.bool_)
        for pair in self._pairs:
            self._tables[(0, 1), code_points(pair)] = True

    def places(self, text: str) -> list[int]:
        """The places of the pairs in a text, in order."""
        codes = code_points(text)
        likely = np.flatnonzero(self._tables[0][codes[:-1]] & self._tables[1][codes[1:]]).tolist()
        return [at for at in likely if text[at : at + 2] in self._pairs]


def are_regional(one: str, other: str) -> bool:
    """Whether two normalised wordings are one word as Taiwan and as the mainland says it (使用者, 用户)."""
    return (one, other) in _regional_pairs() or (other, one) in _regional_pairs()


_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#[xX][0-9a-fA-F]{1,5});")
_TONED = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿ"
_BRACKETED = re.compile(rf"[(（\[［【](?<=[{HAN}].) ?([a-züɡê{_TONED}]{{1,7}}[1-5]?) ?[)）\]］】]")
_SYLLABLE = re.compile(r"(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?[aeiouüvɡ]{1,3}(?:n|ng|r|nɡ)?[1-5]?")
_PLAIN_LEAST = 4
"""Syllables without tone marks that a text must have in brackets: one may be an abbreviation."""


_CODE_POINTS = 0x110000
_UNKNOWN, _SEVERAL = 0xFFFFFFFF, 0xFFFFFFFE
"""Instead of a code point: not looked up yet; spelt with several characters (㎡)."""
_SHORT = 100
"""Characters up to which `str.translate` is faster than an array: 9 µs for 19 with 80, 46 for 20 with 400."""
_LAST_ASCII = 0x7F
_PLAIN: Codes = np.full(_CODE_POINTS, _UNKNOWN, dtype=np.uint32)
"""Code point to that of its plain character, where there is one; worked out when first met."""


class _Spellings(dict[int, str]):
    """Code point to its normalised spelling, worked out when first met: texts use few of the million.

    On whole texts an array takes a fifth of the time of `str.translate` with this dictionary.
    """

    def __init__(self, simplified: dict[str, str]) -> None:
        super().__init__()
        self._simplified = simplified
        self._table: Codes = np.full(_CODE_POINTS, _UNKNOWN, dtype=np.uint32)

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        spelling = "".join(self._simplified.get(c, c) for c in plain if unicodedata.category(c)[0] in "LN")
        self[code] = spelling
        return spelling

    def applied(self, text: str) -> str:
        """The text in normalised spelling."""
        if len(text) <= _SHORT:
            return text.translate(self)
        codes = code_points(text)
        found = self._table[codes]
        if (found >= _SEVERAL).any():
            for code in set(codes[found == _UNKNOWN].tolist()):
                self._learn(code)
            found = self._table[codes]
            if (found == _SEVERAL).any():
                return self._in_pieces(codes, found)
        return _text(found[found != 0])

    def _in_pieces(self, codes: Codes, found: Codes) -> str:
        """What is spelt with several characters, and what stands between."""
        pieces, start = [], 0
        for at in np.flatnonzero(found == _SEVERAL).tolist():
            before = found[start:at]
            pieces += [_text(before[before != 0]), self[int(codes[at])]]
            start = at + 1
        rest = found[start:]
        return "".join([*pieces, _text(rest[rest != 0])])

    def _learn(self, code: int) -> None:
        spelling = self[code]
        self._table[code] = (ord(spelling) if spelling else 0) if len(spelling) <= 1 else _SEVERAL


def _text(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _spellings() -> _Spellings:
    return _Spellings(_pairs_of_characters())


@cache
def _simplified() -> tuple[dict[int, str], re.Pattern[str]]:
    """Code point to simplified character, and what finds one to replace: most texts hold none.

    Only of the basic plane: the others cannot be searched for fast, and no label is written with them.
    """
    pairs = {old: new for old, new in _pairs_of_characters().items() if old < "\U00010000"}
    return str.maketrans(pairs), re.compile(f"[{''.join(map(re.escape, pairs))}]")


@cache
def _traditional() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, new in _simplified()[0].items():
        found[new] = found.get(new, "") + chr(code)
    return found


def _pairs_of_characters() -> dict[str, str]:
    pairs = _characters()[0].removeprefix("= ")
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


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
    pairs = [tuple(_text(_sounds()[code_points(word)]) for word in pair) for pair in _regional_words()]
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
def _regional_beginnings() -> Beginnings:
    return Beginnings(_words_as_one())


@cache
def _sounds() -> Codes:
    """Code point to the one that stands for its sound."""
    table: Codes = np.arange(_CODE_POINTS, dtype=np.uint32)
    for line in _characters()[2:]:
        codes = code_points(line.split(" ")[1])
        table[codes] = codes.min()
    return table


@cache
def _characters() -> list[str]:
    """The lines of characters.txt: what is simplified to what, regional words, a line a sound."""
    return resources.files("pipelines").joinpath("words/characters.txt").read_text("utf-8").splitlines()
