"""Article pages put together: in go a site's page specifications, out come titles, blocks and bylines.

Copying changes a text; a change is spelt `kind` or `kind:argument` in data/demo/sites. Each block carries
what the page shows and what a reader would call its text: the rendered page and its row of the truth are made
from the same `ArticlePage`, and never from an extractor.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from string import Formatter

from opencc import OpenCC

from crawler.demo.definition import Definition, PageSpec, Site, resolve_day

KINDS = {"## ": "heading", "| ": "row", "- ": "item", "! ": "caption"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, table row, list item or caption."""

    kind: str
    shown: str
    """What the page shows; the cells of a row with a vertical bar between them."""
    expected: str | None
    """What the text should have of it; None for furniture."""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article page before its layout."""

    host: str
    path: str
    story: str
    also: tuple[str, ...]
    """Further stories that its text contains."""
    title: str
    day: str
    credited: str | None
    """The publication that the page names as its source; None where it names none."""
    author: str
    language: str
    section: str
    style: str
    blocks: tuple[Block, ...]
    byline: str
    """A format string; `byline_of` fills it in."""
    encoding: str
    charset_header: str
    charset_meta: str

    @property
    def text(self) -> str:
        """What a reader would call the text of this page, a block a line."""
        expected = [block.expected for block in self.blocks if block.expected is not None]
        return "\n".join(line.replace("|", " ") for line in expected)

    @property
    def number(self) -> int:
        """A steady pseudo-random number of this page: views, times of day, choice of teasers."""
        return zlib.crc32(f"{self.host}{self.path}".encode())

    @property
    def time(self) -> str:
        """The time of day of its publication."""
        return f"{8 + self.number % 10:02}:{self.number // 16 % 60:02}:{self.number // 1024 % 60:02}"


def article_pages(site: Site, definition: Definition, *, later: bool = False) -> list[ArticlePage]:
    """Every article page of a site, in the order of its definition; `later`: from a second visit on."""
    return [
        _page(site, replace(spec, changes=spec.changes + spec.later) if later else spec, place, definition)
        for place, spec in enumerate(site.pages)
    ]


def byline_of(page: ArticlePage, today: date) -> str:
    """The line that names date, source and author, as this page spells it.

    A relative date stands in it as `@ago:2024-03-05@`, for the server to fill in when asked.
    """
    day = resolve_day(page.day, today)
    return page.byline.format(
        day=day,
        ago=f"@ago:{day.isoformat()}@",
        time=page.time,
        short=page.time[:5],
        credited=page.credited or "",
        author=page.author or "佚名",
        section=page.section,
        views=page.number % 4000 + 17,
        editor=("冯一", "杜若", "小简", "韩冰")[page.number % 4],
        roc=day.year - 1911,
    )


def _page(site: Site, spec: PageSpec, place: int, definition: Definition) -> ArticlePage:
    story = definition.stories[spec.story]
    blocks, title = blocks_of(story.lines), spec.title or story.title
    language, credited = story.language, spec.credited or story.credited
    for what in spec.changes:
        blocks = change(blocks, what, definition)
        if what in {"traditional", "pinyin"}:
            title, language, credited = to_traditional(title), "zh-Hant", to_traditional(credited)
    byline = site.bylines[spec.byline if spec.byline >= 0 else place % len(site.bylines)]
    before, after = (
        furniture_blocks(tuple(line for name in names for line in definition.furniture[name]))
        for names in (spec.before, spec.after)
    )
    names_source = "credited" in {name for _, name, _, _ in Formatter().parse(byline)}
    return ArticlePage(
        host=site.host,
        path=spec.path,
        story=spec.story,
        also=tuple(c.partition(":")[2] for c in spec.changes if c.startswith("concat:")),
        title=title,
        day=spec.day or story.day,
        credited=credited if names_source else None,
        author=spec.author or story.author,
        language=language,
        section=spec.section,
        style=spec.style or site.style,
        blocks=(*before, *blocks, *after),
        byline=byline,
        encoding=spec.encoding or site.encoding,
        charset_header=site.charset_header if not spec.declared else spec.declared.removeprefix("none"),
        charset_meta=site.charset_meta if not spec.declared else spec.declared.removeprefix("none"),
    )


def blocks_of(lines: tuple[str, ...]) -> list[Block]:
    """The blocks that a story's lines stand for."""
    return [_block(line) for line in lines]


def furniture_blocks(lines: tuple[str, ...]) -> list[Block]:
    """Lines that stand inside the body and are no part of the text."""
    return [Block("paragraph", line, None) for line in lines]


def change(blocks: list[Block], what: str, definition: Definition) -> list[Block]:
    """The blocks after one change.

    Raises:
        KeyError: no change is called that.
    """
    kind, _, argument = what.partition(":")
    return _CHANGES[kind](blocks, argument, definition)


def to_traditional(text: str) -> str:
    """The text in the characters that Taiwan uses."""
    return str(_converter().convert(text))


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


def _block(line: str) -> Block:
    for mark, kind in KINDS.items():
        if line.startswith(mark):
            text = line.removeprefix(mark).strip()
            if kind == "row":
                text = "|".join(cell.strip() for cell in text.strip("|").split("|"))
            return Block(kind, text, text)
    return Block("paragraph", line, line)


def _each(blocks: list[Block], spell: Callable[[str], str]) -> list[Block]:
    return [
        replace(b, shown=spell(b.shown), expected=None if b.expected is None else spell(b.expected))
        for b in blocks
    ]


def _spelt(table: Mapping[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))
    return lambda text: pattern.sub(lambda match: table[match[0]], text)


def _respell(name: str) -> Callable[[list[Block], str, Definition], list[Block]]:
    return lambda blocks, _, definition: _each(blocks, _spelt(definition.spellings[name]))


def _say(blocks: list[Block], argument: str, _: Definition) -> list[Block]:
    """`OLD=NEW`: other words, as of a figure that was mistyped."""
    old, new = argument.split("=")
    return _each(blocks, lambda text: text.replace(old, new))


def _add(blocks: list[Block], argument: str, _: Definition) -> list[Block]:
    return [*blocks, Block("paragraph", argument, argument)]


def _truncate(blocks: list[Block], argument: str, _: Definition) -> list[Block]:
    return blocks[: int(argument)]


def _skip(blocks: list[Block], argument: str, _: Definition) -> list[Block]:
    return blocks[int(argument) :]


def _concatenate(blocks: list[Block], argument: str, definition: Definition) -> list[Block]:
    other = definition.stories[argument]
    return [*blocks, Block("heading", other.title, other.title), *blocks_of(other.lines)]


def _merge(blocks: list[Block], argument: str, _: Definition) -> list[Block]:
    """Paragraph n and the next become one."""
    at = int(argument) - 1
    joined = blocks[at].shown + blocks[at + 1].shown
    return [*blocks[:at], Block("paragraph", joined, joined), *blocks[at + 2 :]]


def _split(blocks: list[Block], _: str, __: Definition) -> list[Block]:
    """Every sentence becomes a paragraph, as pages made for telephones have it."""
    parts: list[Block] = []
    for block in blocks:
        sentences = re.findall(r"[^。]+(?:。”?|$)", block.shown)
        parts += [Block(block.kind, sentence, sentence) for sentence in sentences]
    return parts


def _swap(blocks: list[Block], argument: str, _: Definition) -> list[Block]:
    first, second = (int(number) - 1 for number in argument.split(","))
    swapped = list(blocks)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    return swapped


def _traditional(blocks: list[Block], _: str, __: Definition) -> list[Block]:
    return _each(blocks, to_traditional)


def _pinyin(blocks: list[Block], _: str, definition: Definition) -> list[Block]:
    """Traditional characters, many of them with their sound in brackets; the text has no sounds."""
    traditional = _each(blocks, to_traditional)
    sounds = definition.spellings["pinyin"]
    table = {character: f"{character}({sound})" for character, sound in sounds.items()}
    return [replace(block, shown=_spelt(table)(block.shown)) for block in traditional]


def _widths(blocks: list[Block], _: str, __: Definition) -> list[Block]:
    """Digits and Latin letters in full width."""
    table = {code: code + 0xFEE0 for code in [*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)]}
    return _each(blocks, lambda text: text.translate(table))


def _nul(blocks: list[Block], _: str, __: Definition) -> list[Block]:
    """A NUL byte in the middle of each block, as broken exports leave them; browsers drop it."""
    half = [len(block.shown) // 2 for block in blocks]
    return [
        replace(block, shown=f"{block.shown[:at]}\0{block.shown[at:]}")
        for block, at in zip(blocks, half, strict=True)
    ]


_CHANGES: dict[str, Callable[[list[Block], str, Definition], list[Block]]] = {
    "say": _say,
    "add": _add,
    "truncate": _truncate,
    "skip": _skip,
    "concat": _concatenate,
    "merge": _merge,
    "split": _split,
    "swap": _swap,
    "evasive": _respell("evasive"),
    "homophone": _respell("homophone"),
    "synonym": _respell("synonym"),
    "traditional": _traditional,
    "pinyin": _pinyin,
    "widths": _widths,
    "nul": _nul,
}
