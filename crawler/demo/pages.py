"""Article pages put together: in go a site's page specifications, out come titles, blocks and bylines.

Both the rendered page and its row of the truth are made from the same `ArticlePage`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from crawler.demo.changes import Block, blocks_of, change, furniture_blocks, to_traditional
from crawler.demo.definition import resolve_day

if TYPE_CHECKING:
    from datetime import date

    from crawler.demo.definition import Definition, PageSpec, Site


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


def article_pages(site: Site, definition: Definition) -> list[ArticlePage]:
    """Every article page of a site, in the order of its definition."""
    return [_page(site, spec, place, definition) for place, spec in enumerate(site.pages)]


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
