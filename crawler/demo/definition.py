"""The demo's stories and sites as data: in go the TOML files of data/demo, out come frozen records.

Nothing is rendered here and nothing is served. How to add a story, a copy or a site is written in
data/demo/README.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Story:
    """One piece of news, as its first teller wrote it."""

    title: str
    day: str
    """ISO 8601 (2024-03-05), or `-271 days`: counted from the day on which the server starts."""
    credited: str
    author: str
    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One article page: a story, how it was changed, and what stands around it."""

    path: str
    story: str
    section: str
    title: str = ""
    day: str = ""
    credited: str = ""
    author: str = ""
    byline: int = -1
    style: str = ""
    changes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    """Further changes, from the second visit on."""
    before: tuple[str, ...] = ()
    """Furniture above the text, `kind:number` of furniture.toml."""
    after: tuple[str, ...] = ()
    """Furniture below the text, inside the same element."""
    encoding: str = ""
    """Of this page's bytes, where it differs from the site's."""
    declared: str = ""
    """The charset that header and meta element declare, where it differs; `none` for none."""


@dataclass(frozen=True, slots=True)
class Section:
    """A list of articles, split into pages."""

    name: str
    path: str
    next_path: str
    """Of the second and later pages, with {n}."""
    page_size: int = 10


@dataclass(frozen=True, slots=True)
class Resource:
    """A URL that is not an article page: an error, a trap, a page without text."""

    path: str
    kind: str
    """One of `_KINDS` in crawler/demo/rendering.py."""
    argument: str = ""
    title: str = ""
    linked: bool = True
    reason: tuple[str, ...] = ()
    """Where the truth expects a rejection: first words of reasons that would be right."""


@dataclass(frozen=True, slots=True)
class Site:
    """One host of the demo."""

    host: str
    name: str
    template: str
    language: str
    encoding: str
    """Of the bytes on the wire."""
    charset_header: str
    """What Content-Type declares; empty where it declares nothing."""
    charset_meta: str
    bylines: tuple[str, ...]
    sections: tuple[Section, ...]
    pages: tuple[PageSpec, ...]
    style: str = "p"
    every: str = "6h"
    start: tuple[str, ...] = ("/",)
    conditional: bool = False
    """Whether it sends ETag and Last-Modified and answers 304."""
    sitemap: str = ""
    feed: str = ""
    robots: str = ""
    link_suffix: str = ""
    """What its lists append to each link: tracking parameters, a session id (@sid@)."""
    variants: bool = False
    """Whether each article also has a print and an AMP variant."""
    resources: tuple[Resource, ...] = ()
    canaries: tuple[str, ...] = ()
    """Paths that robots.txt forbids and its pages link to."""


@dataclass(frozen=True, slots=True)
class Definition:
    """All of data/demo."""

    folder: Path
    stories: dict[str, Story]
    sites: tuple[Site, ...]
    furniture: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spellings: dict[str, dict[str, str]] = field(default_factory=dict)
    """Tables of replacements, by name: evasive, homophone, synonym, pinyin."""


def demo_folder() -> Path:
    """Where the demo's data lie: beside the installed package, or in the checkout."""
    installed = Path(__file__).parent / "data"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "data" / "demo"


def load() -> Definition:
    """Everything that data/demo defines, checked for stories and furniture that do not exist.

    Raises:
        ValueError: a page names a story, a section or a piece of furniture that nothing defines.
    """
    folder = demo_folder()
    stories: dict[str, Story] = {}
    for path in sorted((folder / "stories").glob("*.toml")):
        stories |= {key: _story(row, row) for key, row in _read(path).items()}
    for series in _read(folder / "series.toml").values():
        stories |= {row["id"]: _story(series, row) for row in series["rows"]}
    definition = Definition(
        folder=folder,
        stories=stories,
        sites=tuple(_site(_read(path)) for path in sorted((folder / "sites").glob("*.toml"))),
        furniture={
            f"{kind}:{number}": tuple(text.strip().split("\n"))
            for kind, texts in _read(folder / "furniture.toml").items()
            for number, text in enumerate(texts, start=1)
        },
        spellings=_read(folder / "spellings.toml"),
    )
    _check(definition)
    return definition


def resolve_day(day: str, today: date) -> date:
    """The calendar day that `2024-03-05` or `-271 days` names."""
    if day.endswith(" days"):
        return today + timedelta(days=int(day.removesuffix(" days")))
    return date.fromisoformat(day)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _story(wording: dict[str, Any], row: dict[str, Any]) -> Story:
    names = row if wording is not row else {}
    text, title = wording["text"].strip(), wording["title"]
    return Story(
        title=title.format(**names) if names else title,
        day=str(row["date"]),
        credited=wording.get("credited", ""),
        author=wording.get("author", ""),
        language=wording.get("language", "zh-Hans"),
        lines=tuple((text.format(**names) if names else text).split("\n")),
    )


def _site(row: dict[str, Any]) -> Site:
    plain = {key: value for key, value in row.items() if not isinstance(value, list)}
    return Site(
        **plain,
        bylines=tuple(row["bylines"]),
        start=tuple(row.get("start", ["/"])),
        canaries=tuple(row.get("canaries", [])),
        sections=tuple(Section(**section) for section in row.get("section", [])),
        pages=tuple(_page(page) for page in row.get("page", [])),
        resources=tuple(Resource(**_tupled(resource)) for resource in row.get("resource", [])),
    )


def _page(row: dict[str, Any]) -> PageSpec:
    renamed = {"day" if key == "date" else key: value for key, value in row.items()}
    if "day" in renamed:
        renamed["day"] = str(renamed["day"])
    return PageSpec(**_tupled(renamed))


def _tupled(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _check(definition: Definition) -> None:
    for site in definition.sites:
        names = {section.name for section in site.sections}
        for page in site.pages:
            wanted = [c.partition(":")[2] for c in page.changes if c.startswith("concat:")]
            if missing := {page.story, *wanted} - definition.stories.keys():
                raise ValueError(f"{site.host}{page.path} names no story of ours: {sorted(missing)}")
            if missing := {*page.before, *page.after} - definition.furniture.keys():
                raise ValueError(f"{site.host}{page.path} names no furniture of ours: {sorted(missing)}")
            if page.section not in names:
                raise ValueError(f"{site.host}{page.path} is in no section of its site: {page.section!r}")
