"""Made-up news in any number: distinct texts and their copies, as real sites have them.

In: a number. Out: that article's copies, the first one first: the same ones for the same number, whatever was
made before, so that a build can be taken up anywhere. Sentences are words of a dictionary drawn by Zipf's law, or
the forms of forms.toml with names and amounts filled in; each source has sentences of its own that it prints again
and again. Lengths, overlap and what stands around a text are those of 18 small real sites (SHAPE).
"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from benchmarks.filling import WIDE_SLOTS, fill
from benchmarks.lookalikes import FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCES = 300
_WORDS = 30_000
_FIRST_DAY = date(2021, 1, 1)
_DAYS = 2000


@dataclass(frozen=True)
class Shape:
    """Figures of 1,688 articles on 18 small real sites, but for the copies, which whole sites do not tell."""

    log_mean: float = 6.57
    log_deviation: float = 1.09
    """Of a text's characters, which are lognormal: median 666, mean 1,400, one in twenty over 4,800."""
    least: int = 60
    most: int = 30_000
    sentences: int = 3
    """A line has up to twice as many, less one: the median text has 8 lines."""
    title: tuple[int, int] = (12, 38)
    forms: float = 0.08
    """Texts that a source prints again and again with other words put in: half of what they say is in others."""
    repeated: float = 0.02
    """The same share of all other texts; together 7%, as measured by sentences."""
    named: float = 0.22
    """Sentences that name somebody, some place or an amount: nine are found in a text."""
    stripped: tuple[int, ...] = (0, 1, 1, 2, 2, 3, 3, 7, 20)
    """Pieces that cleaning took out, of 28 characters each."""
    shown: tuple[int, ...] = (0, 1, 1, 1, 7, 7, 30)
    """Other pages of the site to which the text's part of a page leads."""
    undated: float = 0.017
    authored: float = 0.13
    credited: float = 0.36
    more_copies: float = 0.23
    """Probability of each further copy: 1.3 copies an article."""
    verbatim: float = 0.6
    """Of copies on other sources: the text as it was. The rest lacks its end, or has words before it."""


SHAPE = Shape()


@dataclass(frozen=True, slots=True)
class Made:
    """One copy of a made-up article."""

    article: int
    place: int
    """0 is where it stood first."""
    host: str
    path: str
    title: str
    lines: tuple[str, ...]
    day: date | None
    credits: str
    """The name of the source where it stood first, where the copy says so."""


def host(number: int) -> str:
    """The name of a source, without its port."""
    return f"s{number:03}.localhost"


def name(number: int) -> str:
    """What a source is called."""
    draw = random.Random(f"name {number}")
    kind = draw.choice(("日报", "经济开发区管委会", "产业网", "园区在线", "商务局", "新闻网"))
    return WIDE_SLOTS["r"](draw).removesuffix("市") + kind


def copies(number: int) -> list[Made]:
    """An article's copies, the first one first."""
    draw = random.Random(f"article {number}")
    sources = [_source(draw)]
    while draw.random() < SHAPE.more_copies:
        sources.append(_source(draw))
    sources = list(dict.fromkeys(sources))
    title, lines = _title(draw), _lines(draw, sources[0])
    day = _FIRST_DAY + timedelta(draw.randrange(_DAYS))
    return [
        _copy(draw, number, place, (sources[0], one), title, lines, day) for place, one in enumerate(sources)
    ]


def _copy(
    draw: random.Random,
    number: int,
    place: int,
    between: tuple[int, int],
    title: str,
    lines: list[str],
    day: date,
) -> Made:
    first, own = between
    if place:
        day += timedelta(draw.choice((0, 0, 1, 1, 2, 5)))
        if draw.random() > SHAPE.verbatim:
            title, lines = _changed(draw, own, title, lines)
    return Made(
        number,
        place,
        host(own),
        f"/news/{day:%Y%m}/{number}_{place}.html",
        title,
        tuple(lines),
        None if draw.random() < SHAPE.undated else day,
        name(first) if draw.random() < (0.7 if place else SHAPE.credited) else "",
    )


def _changed(draw: random.Random, source: int, title: str, lines: list[str]) -> tuple[str, list[str]]:
    kind = draw.randrange(3)
    if kind == 0 and len(lines) > 2:
        return title, lines[: max(2, len(lines) * 3 // 4)]
    if kind == 1:
        return words(draw, 4) + title, lines
    return title, ["编者按：" + _stock(source)[draw.randrange(_STOCK)], *lines]


@cache
def _source_weights() -> list[float]:
    return list(itertools.accumulate(1 / (rank + 20) for rank in range(SOURCES)))


def _source(draw: random.Random) -> int:
    """A few sources have much, most have little."""
    return draw.choices(range(SOURCES), cum_weights=_source_weights())[0]


def _title(draw: random.Random) -> str:
    least, most = SHAPE.title
    wanted, said = draw.randint(least, most), WIDE_SLOTS["k"](draw) if draw.random() < 0.5 else ""
    while len(said) < wanted:
        said += words(draw, 1)
    return said


def _lines(draw: random.Random, source: int) -> list[str]:
    """Paragraphs, until a text is as long as it is to be."""
    wanted = min(SHAPE.most, max(SHAPE.least, int(draw.lognormvariate(SHAPE.log_mean, SHAPE.log_deviation))))
    repeated = 0.5 if draw.random() < SHAPE.forms else SHAPE.repeated
    lines, length = list[str](), 0
    while length < wanted:
        line = "".join(
            _sentence(draw, source, repeated) for _ in range(draw.randint(1, 2 * SHAPE.sentences - 1))
        )
        lines.append(line)
        length += len(line)
    return lines


def _sentence(draw: random.Random, source: int, repeated: float) -> str:
    kind = draw.random()
    if kind < repeated:
        return draw.choice(_stock(source))
    if kind < repeated + SHAPE.named:
        return fill(draw.choice(_forms()), draw, WIDE_SLOTS) + "。"
    halves = (words(draw, draw.randint(4, 11)) for _ in range(draw.choice((1, 2, 2, 3))))
    return "，".join(halves) + "。"


def words(draw: random.Random, count: int) -> str:
    """So many words of the dictionary."""
    known, weights = _vocabulary()
    return "".join(draw.choices(known, cum_weights=weights, k=count))


@cache
def _vocabulary() -> tuple[Sequence[str], list[float]]:
    table = resources.files("pipelines").joinpath("words/chinese.txt").read_text("utf-8")
    regions, ordinary = (text.split() for text in table.split("\n", 1))
    words = [word for word in regions + sorted(ordinary) if len(word) <= 3]  # longer ones are sayings
    random.Random("words").shuffle(words)
    return words[:_WORDS], list(itertools.accumulate(1 / (rank + 3) for rank in range(_WORDS)))


@cache
def _forms() -> list[str]:
    """Sentences of the forms that name somebody, some place or an amount."""
    forms = (form for one in FORMS.values() for form in one["forms"].values())
    said = (sentence for form in forms for sentence in form.split("。"))
    return sorted(
        {one for one in said if re.search(r"\{[ckrpnf]\d?\}", one) and "。" not in one and _is_chinese(one)}
    )


def _is_chinese(sentence: str) -> bool:
    return any("一" <= character <= "鿿" for character in sentence)


_STOCK = 40


@cache
def _stock(source: int) -> list[str]:
    """What a source prints again and again."""
    draw = random.Random(f"stock {source}")
    return ["，".join(words(draw, draw.randint(4, 10)) for _ in range(2)) + "。" for _ in range(_STOCK)]
