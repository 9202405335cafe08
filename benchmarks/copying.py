"""What copyists do to a text, in four families of ways, for `benchmarks/lookalikes.py`.

In: a text, a level from 1 to LEVELS, a random generator. Out: the copy, or "" where it cannot be done to this
text. What is put in or exchanged stands in copying.toml, by family: `spinners` reword, fill and reorder;
`readers` also misread, write numbers otherwise and put syllables in brackets; `portals` put furniture between
sentences and other people's sentences around them; `dictation` mishears in runs, draws characters as Japanese
type does, breaks sentences up and numbers them. Each was written after the one before it was known.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Sequence

    Way = Callable[[str, int, random.Random], str]

LEVELS = 3
_SPINNERS, _READERS, _PORTALS, _DICTATION = tomllib.loads(
    Path(__file__).with_name("copying.toml").read_text("utf-8")
).values()


@dataclass(frozen=True)
class Family:
    """Ways to copy by their names."""

    ways: dict[str, Way]
    chinese: frozenset[str]
    """Those that do nothing to latin text."""


# What every family is made of.

_STOP = re.compile(r"(?<=[。！？])|(?<=[a-z]\. )")


def sentences_of(text: str) -> list[str]:
    """A text in sentences, each with its stop."""
    return [sentence for sentence in _STOP.split(text) if sentence]


def _swapped(text: str, share: float, draw: random.Random, others: Callable[[str], Sequence[str]]) -> str:
    """A share of the characters taken for others."""
    return "".join(draw.choice(others(c)) if draw.random() < share else c for c in text)


def _homophones_of(character: str) -> Sequence[str]:
    """The common characters of one sound, this among them; where it has none, itself alone."""
    return _sounds(Style.NORMAL, 0xD8).get(character, character)


@cache
def _sounds(style: Style, rows: int) -> dict[str, str]:
    """Characters of GB 2312 up to a row, each with all of its sound."""
    groups: dict[str, str] = defaultdict(str)
    for row, cell in itertools.product(range(0xB0, rows), range(0xA1, 0xFF)):
        character = bytes((row, cell)).decode("gb2312", "ignore")
        if character:
            groups[lazy_pinyin(character, style=style)[0]] += character
    return {character: group for group in groups.values() for character in group}


def _share(level: int, draw: random.Random, least: float, most: float) -> float:
    """A share within the level's third of a range."""
    return least + (most - least) * (level - draw.random()) / LEVELS


def _neighbours_swapped(sentences: list[str], times: int, draw: random.Random) -> list[str]:
    for _ in range(times):
        at = draw.randrange(max(1, len(sentences) - 1))
        sentences[at : at + 2] = sentences[at : at + 2][::-1]
    return sentences


def _reworded(text: str, pairs: str, share: float, draw: random.Random) -> str:
    """Some words throughout for others of one meaning."""
    for old, new in (pair.split("/") for pair in pairs.split()):
        if draw.random() < share:
            text = text.replace(old, new)
    return text


_converter = cache(opencc.OpenCC)


def _converted(text: str, scheme: str) -> str:
    return str(_converter(scheme).convert(text))


def _sounded(
    text: str, share: float, draw: random.Random, marks: str = "()", style: Style = Style.TONE
) -> str:
    """A share of the characters with their syllable in brackets."""
    return "".join(
        f"{c}{marks[0]}{lazy_pinyin(c, style=style)[0]}{marks[1]}"
        if "一" <= c <= "龥" and draw.random() < share
        else c
        for c in text
    )


def _widened(text: str, first: str, last: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if first <= c <= last else c for c in text)


def _in_groups(text: str, most: int, draw: random.Random) -> list[str]:
    """Paragraphs made of other sentences."""
    sentences, found = sentences_of(text.replace("\n", "")), []
    while sentences:
        size = draw.randint(1, most)
        found.append("".join(sentences[:size]))
        sentences = sentences[size:]
    return found


def _sampled(text: str, level: int, draw: random.Random) -> str:
    """Some of the sentences, in their order."""
    sentences = sentences_of(text)
    kept = sorted(draw.sample(range(len(sentences)), max(2, len(sentences) * (6 - level) // 6)))
    return "".join(sentences[at] for at in kept) if len(sentences) > 2 else ""


def _combined(names: list[str], ways: dict[str, Way], text: str, level: int, draw: random.Random) -> str:
    for name in names:
        text = ways[name](text, min(level, 2), draw) or text
    return text


# Spinners.


def _spun(text: str, level: int, draw: random.Random) -> str:
    sentences = []
    for sentence in sentences_of(SPINNERS.ways["synonym"](text, level, draw)):
        clauses = re.split(r"(?<=，)", sentence)
        if len(clauses) > 3 and draw.random() < 0.2 * level:
            at = draw.randrange(len(clauses) - 2)
            clauses[at], clauses[at + 1] = clauses[at + 1], clauses[at]
        filler = draw.choice(_SPINNERS["fillers"]) if draw.random() < 0.15 * level else ""
        sentences.append(filler + "".join(clauses))
    return "".join(_neighbours_swapped(sentences, level, draw))


def _traditional(text: str, level: int, draw: random.Random) -> str:
    turned = _converted(text, {1: "s2t", 2: "s2tw", 3: "s2twp"}[level])
    return turned if draw.random() < 0.5 else _sounded(turned, 0.12, draw)


def _several_spins(text: str, level: int, draw: random.Random) -> str:
    names = ["homophone", "spin", "lead", "teasers", "full width", "traditional", "ad law"]
    return _combined(draw.sample(names, level + 1), SPINNERS.ways, text, level, draw)


SPINNERS = Family(
    {
        "around": lambda t, n, d: (
            f"首页 > 资讯 > 正文\n来源：网络 作者：小编 浏览：8211\n{t}\n{d.choice(_SPINNERS['teasers'])}"
        ),
        "homophone": lambda t, n, d: _swapped(t, {1: 0.02, 2: 0.1, 3: 0.3}[n], d, _homophones_of),
        "ad law": lambda t, n, d: t.translate(str.maketrans(*_SPINNERS["advice"])),
        "full width": lambda t, n, d: "".join(
            chr(ord(c) + 0xFEE0) if "0" <= c <= "z" and c.isalnum() else c + " " * (d.random() < 0.02 * n)
            for c in t
        ),
        "traditional": _traditional,
        "synonym": lambda t, n, d: _reworded(t, _SPINNERS["synonyms"], 0.4 + 0.2 * n, d),
        "spin": _spun,
        "truncate": lambda t, n, d: t[: len(t) * (10 - 2 * n) // 10],
        "digest": _sampled,
        "lead": lambda t, n, d: "".join(d.sample(_SPINNERS["notes"], n)) + t,
        "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_SPINNERS["teasers"], n)),
        "paragraphs": lambda t, n, d: "\n".join(d.sample(s := sentences_of(t), len(s))),
        "combination": _several_spins,
    },
    frozenset({"homophone", "ad law", "traditional", "lead", "around", "teasers", "combination"}),
)


# Readers.

thesaurus: dict[str, list[str]] = {}
"""Filled by `--thesaurus`; else our own few hundred pairs."""


def read_thesaurus(lines: Iterable[str]) -> dict[str, list[str]]:
    """Each word of two and more characters with those that a line names beside it."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        words = [word for word in line.split() if len(word) > 1 and not word.endswith("=")]
        for word in words:
            found[word] += [other for other in words if other != word]
    return found


@cache
def _own_thesaurus() -> dict[str, list[str]]:
    pairs = f"{_READERS['synonyms']} {_SPINNERS['synonyms']}".split()
    return read_thesaurus(pair.replace("/", " ") for pair in pairs)


def _words(text: str, known: dict[str, list[str]]) -> list[str]:
    """A text in words that the thesaurus knows and in pieces between them, by longest match."""
    pieces, at = [], 0
    while at < len(text):
        size = next((n for n in (4, 3, 2) if text[at : at + n] in known), 1)
        pieces.append(text[at : at + size])
        at += size
    return pieces


def _synonyms(text: str, level: int, draw: random.Random) -> str:
    known = thesaurus or _own_thesaurus()
    share = _share(level, draw, 0.05, 0.25) * 2.0  # of two-character words, most of what a text is made of
    return "".join(
        draw.choice(known[piece]) if known.get(piece) and draw.random() < share else piece
        for piece in _words(text, known)
    )


def _reordered(text: str, level: int, draw: random.Random) -> str:
    """Sentences in another order, with fillers and clauses swapped."""
    found = []
    for sentence in _neighbours_swapped(sentences_of(text), level + 1, draw):
        clauses = re.split(r"(?<=，)", sentence)
        if len(clauses) > 2 and draw.random() < 0.2 * level:
            at = draw.randrange(len(clauses) - 1)
            if at + 2 < len(clauses):
                clauses[at : at + 2] = clauses[at : at + 2][::-1]
        filler = draw.choice(_READERS["fillers"]) if draw.random() < 0.15 * level else ""
        found.append(filler + "".join(clauses))
    return _synonyms("".join(found), 1, draw)


def _bracketed(text: str, level: int, draw: random.Random) -> str:
    share = _share(level, draw, 0.05, 0.4)
    turned = _converted(text, "s2t") if draw.random() < 0.7 else text
    return _sounded(turned, share, draw, draw.choice(("()", "（）")))


_HAN = "零一二三四五六七八九"


def _in_han(number: int) -> str:
    """A number below ten thousand in characters: 二百四十."""
    if number < 10:
        return _HAN[number]
    found, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            found += "零" * zero + _HAN[digit] + name
            zero = False
        else:
            zero = bool(found)
    return found.removeprefix("一") if found.startswith("一十") else found


def _numbers(text: str, level: int, draw: random.Random) -> str:
    """Numbers written otherwise: 1.2亿 as 12000万, 5% as 百分之五, 2026年 as 二〇二六年, 1600 as 1,600."""
    share = 0.3 * level + 0.1

    def percent(match: re.Match[str]) -> str:
        whole, _, part = match[1].partition(".")
        return "百分之" + _in_han(int(whole)) + ("点" + "".join(_HAN[int(c)] for c in part) if part else "")

    def year(match: re.Match[str]) -> str:
        return "".join("〇一二三四五六七八九"[int(c)] for c in match[1]) + "年"

    rules = [
        (r"(\d{1,3}(?:\.\d+)?)%", percent),
        (r"(?<!\d)((?:19|20)\d\d)年", year),
        (r"(\d{1,4}(?:\.\d{1,2})?)亿", lambda m: f"{round(float(m[1]) * 10000)}万"),
        (r"(?<![\d.])(\d{5,7})万", lambda m: f"{int(m[1]) / 10000:g}亿"),
        (r"(?<![\d.])([1-9]\d{3,6})(?![\d.年万亿])", lambda m: f"{int(m[1]):,}"),
        (r"(?<![\d.])(\d{1,2})月(\d{1,2})日", lambda m: f"{_in_han(int(m[1]))}月{_in_han(int(m[2]))}日"),
        (r"(?<![\d.,])(\d{1,3})(?=[个家名项户人条天])", lambda m: _in_han(int(m[1]))),
    ]
    for pattern, rewritten in rules:
        if draw.random() < share:
            text = re.sub(pattern, rewritten, text)
    return text


def _blurred(text: str, level: int, draw: random.Random) -> str:
    """As read by a machine: characters taken for others that look alike, lost, or doubled; broken lines."""
    share = _share(level, draw, 0.003, 0.03)
    alike = {one: other for pair in _READERS["alike"].split() for one, other in (pair, pair[::-1])}
    found = []
    for c in text:
        chance = draw.random()
        if chance < 0.3 and c in alike:
            found.append(alike[c])
        elif chance < share and not c.isdigit():
            found.append(draw.choice(("", c + c, draw.choice(_homophones_of(c)), "口")))
        else:
            found.append(c + ("\n" if draw.random() < 0.02 else ""))
    return "".join(found)


def _marks(text: str, level: int, draw: random.Random) -> str:
    """Other punctuation or none."""
    if level == LEVELS:
        marks = r"(?<!\d)[，。、；：“”！？,;:]|[，。、；：“”！？,;:](?!\d)"
        return re.sub(marks, draw.choice(("", " ")), text)
    styles = ("，。：；！？（）", ",.:;!?()"), ("，。、；", "  ,|"), ("，。：“”", "﹐｡︰「」")
    return text.translate(str.maketrans(*draw.choice(styles)))


def _paragraphs(text: str, level: int, draw: random.Random) -> str:
    """Paragraphs made of other sentences, in another order at the higher levels."""
    paragraphs = _in_groups(text, 4, draw)
    if level > 1:
        draw.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def _several(text: str, level: int, draw: random.Random) -> str:
    names = draw.sample(sorted(READERS.ways.keys() - {"several", "digest"}), 2 + (level > 1))
    return _combined(names, READERS.ways, text, level, draw)


_READING: dict[str, Way] = {
    "homophone": lambda t, n, d: _swapped(t, _share(n, d, 0.01, 0.3), d, _homophones_of),
    "variants": lambda t, n, d: t.translate(str.maketrans(*_READERS["variants"])),
    "ad law": lambda t, n, d: t.translate(str.maketrans(*_READERS["advice"])),
    "full width": lambda t, n, d: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c + d.choice(" \u3000\u200b") * (d.random() < 0.03 * n)
        for c in t
    ),
    "traditional": lambda t, n, d: _converted(t, {1: "s2t", 2: "s2hk", 3: "s2twp"}[n]),
    "pinyin": _bracketed,
    "synonym": _synonyms,
    "spin": _reordered,
    "truncate": lambda t, n, d: t[: int(len(t) * (1 - _share(n, d, 0.4, 0.6)))],
    "note": lambda t, n, d: "\n".join(d.sample(_READERS["notes"], n)) + "\n" + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_READERS["teasers"], n)),
    "paragraphs": _paragraphs,
    "digest": _sampled,
    "numbers": _numbers,
    "marks": _marks,
    "blurred": _blurred,
    "several": _several,
}
READERS = Family(_READING, frozenset(_READING) - {"full width", "truncate", "paragraphs", "digest", "marks"})


# Portals.

_LOST = re.compile(r"(?<=[一-龥])(?:了|的|也|都|将|正在|已经|进一步|逐步|还)(?=[一-龥])")


def _typed(text: str, level: int, draw: random.Random) -> str:
    """Characters of one sound and tone, as an input method offers them."""
    share = {1: 0.03, 2: 0.12, 3: 0.28}[level] * draw.uniform(0.7, 1.05)
    return _swapped(text, share, draw, lambda c: _sounds(Style.TONE, 0xF8).get(c, c))


def _evaded(text: str, level: int, draw: random.Random) -> str:
    text = text.translate(str.maketrans(*_PORTALS["advice"]))
    return "".join(c + draw.choice("\u200b\u200d·*") * (draw.random() < 0.01 * level) for c in text)


def _widths(text: str, level: int, draw: random.Random) -> str:
    text = text.translate(str.maketrans("，。：；！？（）“”、", ',.:;!?()"",'))
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    gap = draw.choice(("&nbsp;", "\u3000", " ", "\ufeff"))
    return "".join(c + gap * (draw.random() < 0.04 * level) for c in (wide if level > 1 else text))


def _turned(text: str, level: int, draw: random.Random) -> str:
    turned = _converted(text, {1: "s2t", 2: "s2tw", 3: "s2hk"}[level])
    style = draw.choice((Style.TONE, Style.TONE3, Style.NORMAL))
    return _sounded(turned, 0.08 * (level - 1), draw, draw.choice(("()", "（）", "[]")), style)


def _respun(text: str, level: int, draw: random.Random) -> str:
    """Reworded, with small words lost, fillers, clauses and neighbouring sentences swapped."""
    sentences = []
    for sentence in sentences_of(PORTALS.ways["synonym"](text, level, draw)):
        kept = _LOST.sub(lambda m: "" if draw.random() < 0.25 * level else m[0], sentence)
        clauses = re.split(r"(?<=[，；])", kept)
        if len(clauses) > 3 and draw.random() < 0.25 * level:
            at = draw.randrange(1, len(clauses) - 2)
            clauses[at], clauses[at + 1] = clauses[at + 1], clauses[at]
        filler = draw.choice(_PORTALS["fillers"]) * (draw.random() < 0.12 * level)
        sentences.append(filler + "".join(clauses))
    return "".join(_neighbours_swapped(sentences, level - 1, draw))


def _cut(text: str, level: int, draw: random.Random) -> str:
    kept = text[: int(len(text) * (0.8 - 0.12 * level))]
    return kept + draw.choice(("……", "……[详细]", "...查看全文", ""))


def _strewn(text: str, level: int, draw: random.Random) -> str:
    """Furniture before, after, and between sentences."""
    sentences = sentences_of(text)
    for piece in draw.sample(_PORTALS["furniture"], 1 + 2 * level):
        at = draw.choice((0, len(sentences), draw.randint(0, len(sentences))))
        sentences.insert(at, f"\n{piece}\n")
    return "".join(sentences)


def _introduced(text: str, level: int, draw: random.Random) -> str:
    sign = draw.choice(("编者按：", "导语：", "【今日关注】", "小编说："))
    return sign + "".join(draw.sample(_PORTALS["notes"], level)) + "\n" + text


def _trailed(text: str, level: int, draw: random.Random) -> str:
    titles = "\n".join(f"· {title}" for title in draw.sample(_PORTALS["teasers"], 2 + 2 * level))
    return f"{text}\n{draw.choice(('热点推荐', '大家都在看', '更多阅读：'))}\n{titles}"


def _abridged(text: str, level: int, draw: random.Random) -> str:
    sentences = sentences_of(text)
    if len(sentences) < 3:
        return ""
    count = max(2, round(len(sentences) * (0.9 - 0.15 * level)))
    return draw.choice(("", "【要点】", "内容提要：")) + "".join(
        sentences[at] for at in sorted(draw.sample(range(len(sentences)), count))
    )


def _shuffled(text: str, level: int, draw: random.Random) -> str:
    sentences = sentences_of(text)
    size = max(1, len(sentences) // (level + 1))
    blocks = ["".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]
    draw.shuffle(blocks)
    return "\n".join(blocks)


_NOT_COMBINED = {"combination", "digest", "truncate"}


def _posted(text: str, level: int, draw: random.Random) -> str:
    names = draw.sample(sorted(PORTALS.ways.keys() - _NOT_COMBINED), 2 + (level > 1))
    text = _combined(names, PORTALS.ways, text, level, draw)
    return _cut(text, 1, draw) if level > 2 else text


_POSTING: dict[str, Way] = {
    "around": _strewn,
    "homophone": _typed,
    "ad law": _evaded,
    "full width": _widths,
    "traditional": _turned,
    "synonym": lambda t, n, d: _reworded(t, _PORTALS["synonyms"], 0.3 + 0.2 * n, d),
    "spin": _respun,
    "truncate": _cut,
    "digest": _abridged,
    "note": _introduced,
    "teasers": _trailed,
    "paragraphs": _shuffled,
    "combination": _posted,
}
PORTALS = Family(_POSTING, frozenset(_POSTING) - {"full width", "truncate", "paragraphs", "digest"})


# Dictation.


@cache
def _japanese() -> dict[str, str]:
    """Simplified characters as Japanese type draws them, where it draws them otherwise."""
    turned = {chr(c): _converted(_converted(chr(c), "s2t"), "t2jp") for c in range(0x4E00, 0x9FA6)}
    return {old: new for old, new in turned.items() if len(new) == 1 and new != old}


def _misheard(text: str, level: int, draw: random.Random) -> str:
    """Homophones in runs, as dictation makes them."""
    share, found, run = draw.uniform(0.01, 0.1 * level), [], 0
    for c in text:
        run = run - 1 if run else draw.choice((1, 2, 3)) * (draw.random() < share / 2)
        found.append(draw.choice(_homophones_of(c)) if run else c)
    return "".join(found)


def _drawn(text: str, level: int, draw: random.Random) -> str:
    share = level / 3
    return "".join(_japanese().get(c, c) if draw.random() < share else c for c in text)


def _avoided(text: str, level: int, draw: random.Random) -> str:
    for word, others in _DICTATION["advice"].items():
        text = text.replace(word, draw.choice(others))
    return "".join(c + "\u200b" * (draw.random() < 0.05 * level) for c in text)


def _spaced(text: str, level: int, draw: random.Random) -> str:
    """Full width, also of the marks, with blanks between all characters of some sentences."""
    sentences = [_widened(sentence, "!", "~") for sentence in sentences_of(text)]
    return "".join("\u3000".join(wide) if draw.random() < 0.2 * level else wide for wide in sentences)


def _spelt(text: str, level: int, draw: random.Random) -> str:
    """Traditional, and from the second level with the syllables of characters or of pairs in brackets."""
    turned = _converted(text, {1: "s2twp", 2: "s2t", 3: "s2hk"}[level])
    if level == 1:
        return turned
    size = draw.choice((1, 1, 2))

    def sounded(match: re.Match[str]) -> str:
        if draw.random() > 0.12 * level:
            return match[0]
        return f"{match[0]}({''.join(lazy_pinyin(match[0], style=Style.TONE))})"

    return re.sub(rf"[一-龥]{{{size}}}", sounded, turned)


def _rephrased(text: str, level: int, draw: random.Random) -> str:
    known = dict(pair.split("/") for pair in _DICTATION["synonyms"].split())
    share = draw.uniform(0.1, 0.1 + 0.2 * level)
    pattern = "|".join(sorted(known, key=len, reverse=True))
    return re.sub(pattern, lambda match: known[match[0]] if draw.random() < share else match[0], text)


def _broken_up(text: str, level: int, draw: random.Random) -> str:
    """Reworded, sentences broken up or run together, words put in, neighbours swapped."""
    text = _rephrased(text, level, draw)
    text = re.sub("，", lambda match: "。" if draw.random() < 0.1 * level else match[0], text)
    text = re.sub("。(?!$)", lambda match: "，" if draw.random() < 0.1 * level else match[0], text)
    fillers = _DICTATION["fillers"]
    sentences = [draw.choice(fillers) * (draw.random() < 0.12 * level) + s for s in sentences_of(text)]
    return "".join(_neighbours_swapped(sentences, level, draw))


def _ended(text: str, level: int, draw: random.Random) -> str:
    """The first sentences, down to two fifths; or without the first."""
    least = len(text) * (0.85 - 0.15 * level)
    sentences = sentences_of(text)
    if level == 1 and draw.random() < 0.3 and len(sentences) > 3:
        return "".join(sentences[1:])
    found = ""
    for sentence in sentences:
        found += sentence
        if len(found) >= least:
            break
    return found + draw.choice(("（未完待续）", "……更多内容请查看原文", ""))


def _numbered(text: str, level: int, draw: random.Random) -> str:
    """Sentences picked out and numbered."""
    sentences = sentences_of(text)
    if len(sentences) < 4:
        return ""
    kept = sorted(draw.sample(range(len(sentences)), max(3, round(len(sentences) * (1 - 0.15 * level)))))
    signs = draw.choice(("①②③④⑤⑥⑦⑧⑨⑩", "······" * 2, "一二三四五六七八九十"))
    return "\n".join(f"{signs[place % 10]}、{sentences[at]}" for place, at in enumerate(kept))


def _framed(text: str, level: int, draw: random.Random) -> str:
    frame = _DICTATION["furniture"]
    before, after = draw.sample(frame[:6], level), draw.sample(frame[4:], level)
    return "\n".join([*before, text, *after])


def _regrouped(text: str, level: int, draw: random.Random) -> str:
    """Sentences in paragraphs of other lengths; at the higher levels in another order."""
    found = _in_groups(text, 3, draw)
    if level == 1:
        return "\n".join(found)
    at = draw.randrange(len(found))
    return "\n\n".join(found[at:] + found[:at] if level == 2 else draw.sample(found, len(found)))


def _dictated(text: str, level: int, draw: random.Random) -> str:
    names = draw.sample(sorted(DICTATION.ways.keys() - _NOT_COMBINED), level + 1)
    text = _combined(names, DICTATION.ways, text, level, draw)
    return _ended(text, 1, draw) if draw.random() < 0.3 else text


_DICTATING: dict[str, Way] = {
    "homophone": _misheard,
    "variants": _drawn,
    "ad law": _avoided,
    "full width": _spaced,
    "traditional": _spelt,
    "synonym": _rephrased,
    "spin": _broken_up,
    "truncate": _ended,
    "digest": _numbered,
    "around": _framed,
    "note": lambda t, n, d: "\n".join(d.sample(_DICTATION["notes"], n)) + "\n" + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_DICTATION["teasers"], n)),
    "paragraphs": _regrouped,
    "combination": _dictated,
}
DICTATION = Family(_DICTATING, frozenset(_DICTATING) - {"full width", "truncate", "paragraphs", "digest"})
