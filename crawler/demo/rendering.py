"""Sites rendered: in go the definition, the ports and today's date, out come each host's responses.

Layouts are the jinja2 templates of data/demo/templates: NAME.article.html and NAME.list.html for
each site, and feeds and sitemaps that all sites share.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.demo import behaviours
from crawler.demo.definition import resolve_day
from crawler.demo.pages import ArticlePage, article_pages, byline_of
from crawler.demo.responses import Response, Routes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.demo.definition import Definition, Section, Site

_WORDS = {  # language of the page: first page, previous, next, last
    "zh-CN": ("首页", "上一页", "下一页", "尾页"),
    "zh-TW": ("第一頁", "上一頁", "下一頁", "最末頁"),
    "en": ("First", "Previous", "Next", "Last"),
}


def routes(site: Site, definition: Definition, port: int, today: date) -> Routes:
    """All that a site answers when it listens on a port."""
    layout = _Layout(site, tuple(article_pages(site, definition)), definition.folder, port, today)
    fixed = dict(_articles(layout)) | dict(_lists(layout)) | dict(_machines(layout))
    fixed |= {path: behaviours.canary(path) for path in site.canaries}
    plain = {resource.path: resource for resource in site.resources if resource.kind != "calendar"}
    fixed |= {path: behaviours.respond(resource) for path, resource in plain.items()}
    traps = [resource for resource in site.resources if resource.kind == "calendar"]
    return Routes(fixed, {resource.path: behaviours.calendar for resource in traps})


@dataclass(frozen=True)
class _Layout:
    site: Site
    pages: tuple[ArticlePage, ...]
    folder: Path
    port: int
    today: date

    @property
    def base(self) -> str:
        return f"http://{self.site.host}:{self.port}"

    @cached_property
    def environment(self) -> Environment:
        return Environment(
            loader=FileSystemLoader(self.folder / "templates"), autoescape=True, undefined=StrictUndefined
        )

    @cached_property
    def days(self) -> dict[str, str]:
        return {page.path: self.day(page).isoformat() for page in self.pages}

    @cached_property
    def newest(self) -> list[ArticlePage]:
        return sorted(self.pages, key=lambda page: (self.days[page.path], page.path), reverse=True)

    def day(self, page: ArticlePage) -> date:
        return resolve_day(page.day, self.today)

    def render(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(
            site=self.site, base=self.base, days=self.days, excerpt=_excerpt, **values
        )

    def stamp(self, page: ArticlePage) -> str:
        """The publication of a page as RSS writes it."""
        return format_datetime(datetime.combine(self.day(page), time.fromisoformat(page.time), UTC))


def _excerpt(page: ArticlePage) -> str:
    return "  ".join(block.shown.replace("|", " ") for block in page.blocks)[:110]


def _articles(layout: _Layout) -> Iterator[tuple[str, Response]]:
    for place, page in enumerate(layout.pages):
        others = [other for other in layout.pages if other is not page]
        start = page.number % len(others)
        values = {
            "page": page,
            "day": layout.days[page.path],
            "byline": byline_of(page, layout.today),
            "charset": page.charset_meta,
            "section": next(s for s in layout.site.sections if s.name == page.section),
            "related": (others[start:] + others[:start])[:5],
            "hot": layout.newest[-5:],
            "previous": layout.pages[place - 1] if place else None,
            "next": layout.pages[place + 1] if place + 1 < len(layout.pages) else None,
        }
        yield page.path, _html(layout, page, layout.render(f"{layout.site.template}.article.html", **values))
        if layout.site.variants:
            for kind, path in (("print", f"{page.path}?print=1"), ("amp", f"/amp{page.path}")):
                yield (
                    path,
                    _html(layout, page, layout.render(f"{layout.site.template}.{kind}.html", **values)),
                )


def _html(layout: _Layout, page: ArticlePage, html: str) -> Response:
    charset = f"; charset={page.charset_header}" if page.charset_header else ""
    return Response(
        body=html.encode(page.encoding, errors="xmlcharrefreplace"),
        content_type=f"text/html{charset}",
        encoding=page.encoding,
        modified=layout.day(page) if layout.site.conditional and "@ago" not in html else None,
    )


def _lists(layout: _Layout) -> Iterator[tuple[str, Response]]:
    site = layout.site
    for section in site.sections:
        items = [page for page in layout.newest if page.section == section.name]
        chunks = [items[at : at + section.page_size] for at in range(0, len(items), section.page_size)]
        for number, chunk in enumerate(chunks, start=1):
            links = list(_pagination(site, section, number, len(chunks)))
            yield (
                _list_path(section, number),
                _list(layout, section.name, chunk, links, shows_resources=number == 1),
            )
    yield "/", _list(layout, site.name, layout.newest[:6], [], shows_resources=True)


def _list_path(section: Section, number: int) -> str:
    return section.path if number == 1 else section.next_path.format(n=number)


def _pagination(site: Site, section: Section, number: int, last: int) -> Iterator[dict[str, str]]:
    words = _WORDS[site.language]
    for text, target in zip(words, (1, number - 1, number + 1, last), strict=True):
        if 1 <= target <= last and target != number:
            yield {"text": text, "path": _list_path(section, target)}


def _list(
    layout: _Layout,
    heading: str,
    items: list[ArticlePage],
    links: list[dict[str, str]],
    *,
    shows_resources: bool,
) -> Response:
    site = layout.site
    html = layout.render(
        f"{site.template}.list.html",
        heading=heading,
        items=items,
        pagination=links,
        charset=site.charset_meta,
        resources=[r for r in site.resources if r.linked and r.kind != "calendar"] if shows_resources else [],
    )
    charset = f"; charset={site.charset_header}" if site.charset_header else ""
    return Response(
        html.encode(site.encoding, errors="xmlcharrefreplace"),
        content_type=f"text/html{charset}",
        encoding=site.encoding,
    )


def _machines(layout: _Layout) -> Iterator[tuple[str, Response]]:
    """What is made for machines: robots.txt, feeds, sitemaps."""
    site = layout.site
    if site.robots:
        yield (
            "/robots.txt",
            Response(site.robots.format(base=layout.base).encode(), content_type="text/plain"),
        )
    if site.feed:
        kind = "atom" if "atom" in site.feed else "rss"
        feed = layout.render(f"feed.{kind}.xml", items=layout.newest[:10], stamp=layout.stamp)
        yield site.feed, Response(feed.encode(), content_type=f"application/{kind}+xml; charset=utf-8")
    if site.sitemap:
        yield from _sitemaps(layout)


def _sitemaps(layout: _Layout) -> Iterator[tuple[str, Response]]:
    path = layout.site.sitemap
    xml = layout.render("sitemap.xml", items=layout.newest).encode()
    if path.endswith(".gz"):
        yield path, Response(gzip.compress(xml, mtime=0), content_type="application/gzip")
    elif "index" in path:
        yield path, Response(layout.render("sitemapindex.xml").encode(), content_type="application/xml")
        yield "/sitemap_articles.xml", Response(xml, content_type="application/xml")
    else:
        yield path, Response(xml, content_type="application/xml")
