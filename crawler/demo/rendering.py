"""What each demo host answers: in go a site's definition, its port and today's date, out come responses.

All is rendered once, in memory. Only relative dates and session ids are filled in per request: they stand in
a body as `@ago:2024-03-05@` and `@sid@`. Layouts are the jinja2 templates of data/demo/templates:
NAME.article.html and NAME.list.html for each site, and feeds and sitemaps that all sites share. How the
ill-behaved host misbehaves stands at the end: one function a kind of resource, none of which is an article.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.demo.definition import Definition, Resource, Section, Site, resolve_day
from crawler.demo.pages import ArticlePage, article_pages, byline_of

Query = Mapping[str, str]

_HTML = "text/html; charset=utf-8"
_WORDS = {  # language of the page: first page, previous, next, last
    "zh-CN": ("首页", "上一页", "下一页", "尾页"),
    "zh-TW": ("第一頁", "上一頁", "下一頁", "最末頁"),
    "en": ("First", "Previous", "Next", "Last"),
}


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str = "utf-8"
    """Of the body, for what is filled in."""
    modified: date | None = None
    """Where given, the answer carries ETag and Last-Modified and may be a 304."""
    drip_s: float = 0.0
    """Where positive, the body comes a few bytes at a time over that many seconds."""


@dataclass(frozen=True, slots=True)
class Routes:
    """All that one host answers."""

    fixed: dict[str, Response] = field(default_factory=dict)
    """By target: path and query."""
    dynamic: dict[str, Callable[[Query], Response]] = field(default_factory=dict)
    """By path: a trap has no end, so its pages are made when they are asked for."""


def routes(site: Site, definition: Definition, port: int, today: date, *, later: bool = False) -> Routes:
    """All that a site answers when it listens on a port."""
    layout = _Layout(
        site, tuple(article_pages(site, definition, later=later)), definition.folder, port, today
    )
    fixed = dict(_articles(layout)) | dict(_lists(layout)) | dict(_machines(layout))
    fixed |= {path: _canary(path) for path in site.canaries}
    plain = {resource.path: resource for resource in site.resources if resource.kind != "calendar"}
    fixed |= {path: _KINDS[resource.kind](resource) for path, resource in plain.items()}
    traps = [resource for resource in site.resources if resource.kind == "calendar"]
    return Routes(fixed, {resource.path: _calendar for resource in traps})


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


def _calendar(query: Query) -> Response:
    """A month's events (there are none), with links to the months before and after, for ever."""
    year, month = (int(part) for part in (query.get("month") or "2024-01").split("-"))
    before, after = year * 12 + month - 2, year * 12 + month
    links = "".join(
        f'<a href="/events?month={at // 12:04}-{at % 12 + 1:02}">{text}</a> '
        for at, text in ((before, "上个月"), (after, "下个月"))
    )
    days = "".join(f"<td>{day}</td>" for day in range(1, 29))
    return _page(
        "活动日历", f"<h1>{year}年{month}月</h1>{links}<table><tr>{days}</tr></table><p>本月暂无活动。</p>"
    )


def not_found() -> Response:
    """What every host answers for a URL that it does not know."""
    page = _page("404", "<h1>404 Not Found</h1><p>您访问的页面不存在。</p>")
    return Response(page.body, status=404, content_type=_HTML)


def _canary(path: str) -> Response:
    """A page that robots.txt forbids: an article to look at, so that a crawler that asks, keeps it."""
    text = "这一页写给不守规矩的机器。robots.txt不许访问它，谁读到了这里，谁就没有遵守。" * 6
    return _page("内部资料", f"<h1>内部资料 {path}</h1><p>2024-01-01 来源：云澜在线</p><p>{text}</p>")


def _page(title: str, inner: str) -> Response:
    html = f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{inner}</body></html>"
    return Response(html.encode(), content_type=_HTML)


def _status(resource: Resource) -> Response:
    page = _page(resource.argument, f"<h1>Error {resource.argument}</h1>")
    return Response(page.body, status=int(resource.argument), content_type=_HTML)


def _redirect(resource: Resource) -> Response:
    return Response(status=302, headers=(("Location", resource.argument),))


def _drip(resource: Resource) -> Response:
    page = _page(resource.title, f"<h1>{resource.title}</h1><p>讲座资料整理中。</p>")
    return Response(page.body, content_type=_HTML, drip_s=float(resource.argument))


def _plain(resource: Resource) -> Response:
    return _page("提示信息", f"<h1>{resource.argument}</h1><p><a href=/>返回首页</a></p>")


def _gallery(resource: Resource) -> Response:
    images = "".join(
        f'<li><img src="/photo/2023/{n}.jpg" alt="秋{n}"></li>' for n in range(int(resource.argument))
    )
    return _page(resource.title, f"<h1>{resource.title}</h1><ul>{images}</ul>")


def _nested(resource: Resource) -> Response:
    depth = int(resource.argument)
    return _page(resource.title, f"<h1>{resource.title}</h1>{'<div>' * depth}图{'</div>' * depth}")


def _nul(resource: Resource) -> Response:
    page = _page(resource.title, f"<h1>{resource.title}</h1><p>问：\0\0\0 答：\0\0\0\0</p>")
    return Response(page.body + b"\0" * 4096, content_type=_HTML)


def _binary(resource: Resource) -> Response:
    noise = random.Random(20240305).randbytes(int(resource.argument))  # noqa: S311 - not for secrets
    return Response(b"%PDF-1.4\n" + noise, content_type=_HTML)


def _empty(_: Resource) -> Response:
    return Response(content_type=_HTML)


def _script(resource: Resource) -> Response:
    shell = '<div id="app"></div><script src="/js/player.js"></script><noscript>请启用JavaScript</noscript>'
    return _page(resource.title, shell)


_KINDS: dict[str, Callable[[Resource], Response]] = {
    "status": _status,
    "redirect": _redirect,
    "drip": _drip,
    "page": _plain,
    "gallery": _gallery,
    "nested": _nested,
    "nul": _nul,
    "binary": _binary,
    "empty": _empty,
    "script": _script,
}
