"""What a fetched HTML page leads to: its links, feeds, further pages and its own wishes (meta robots).

Pure: bytes and headers in, a Reading of the tree out; the tree is parsed once. `scope` decides which
addresses are a source's own. lxml's C side does the walking: Scrapy's LinkExtractor takes three
times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml import etree
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from crawler.pages.page_kinds import Shape
from crawler.pages.walk import Walk
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from crawler.pages.repeats import Fingerprint

MAX_LINKS = 10_000
"""Links read from one page, which takes 0.15 s; the longest honest pages we know have some 1,500."""

_PAGER_SCRIPT = re.compile(
    rb"createPage(?:HTML|Html)?\s*\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*[\"']([\w.-]{1,80})[\"']\s*,\s*[\"'](\w{2,5})[\"']"
)
_LONG_TAG = re.compile(rb"<[^<>]{4000,}")
"""A start tag of this length holds an image or thousands of attributes, on which libxml2 takes time that
grows with their square (20,000 in one tag: 0.7 s); no link is lost with it."""
_PLAIN_PATH = re.compile(r"/(?:[A-Za-z0-9_-]+/)*(?:[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?)?")
"""An absolute path that `urljoin` would only put behind its base, which is an origin then."""


_NO_SHAPE = Shape(0, 0, 0, 0, 0, says_article=False)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as a page has it, resolved."""

    url: str
    """In its one spelling."""
    found: str
    """Absolute, as it was found."""
    role: str
    """next, numbered (a page number), more (更多), frame or link."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page leads to."""

    anchors: tuple[Anchor, ...] = ()
    feeds: tuple[str, ...] = ()
    robots: frozenset[str] = frozenset()
    """Directives of its meta robots: noindex, nofollow, noarchive, none."""
    refresh: str | None = None
    """Where a meta refresh within 10 seconds leads."""
    shape: Shape = _NO_SHAPE
    sketch: int | None = None
    """Equal where the main text is."""
    fingerprint: Fingerprint | None = None
    """What the page shows, digits and all."""
    cut: bool = False
    """It has more than MAX_LINKS links; the rest was left out."""


def read_html(body: bytes, url: str, content_type: str = "") -> Reading:
    """Read a page's tree once; an unparsable page leads nowhere."""
    encoding = _encoding(body, content_type)
    tree = _tree(body, encoding)
    if tree is None:
        return Reading()
    walk = Walk(url)
    walk.over(tree)
    resolver = _Resolver(walk.base, encoding)
    anchors = _anchors(walk, resolver, _scripted_next(body))
    return Reading(
        anchors=tuple(anchors.values()),
        feeds=tuple(found[0] for feed in walk.feeds if (found := resolver.resolve(feed))),
        robots=frozenset(walk.robots),
        refresh=walk.refresh and urljoin(walk.base, walk.refresh),
        shape=walk.shape(),
        sketch=walk.sketch(),
        fingerprint=walk.fingerprint(),
        cut=len(anchors) >= MAX_LINKS,
    )


class _Resolver:
    """Hrefs of one page to spellings; what a site's pages share is worked out once (`_resolved`)."""

    def __init__(self, base: str, encoding: str) -> None:
        parts = urlsplit(base)
        self._base = base
        self._origin = f"{parts.scheme}://{parts.netloc}/"
        self._directory = base.partition("?")[0].rpartition("/")[0] + "/"
        self._encoding = encoding

    def resolve(self, href: str) -> tuple[str, str] | None:
        first = href[0] if href else "#"
        if first == "/" and href[1:2] != "/":
            base = self._origin
        elif first in "?#" or first.isspace():
            base = self._base
        else:
            base = self._directory
        return _resolved(base, href, self._encoding)


def _anchors(walk: Walk, resolver: _Resolver, scripted: list[str]) -> dict[str, Anchor]:
    """Every address once, in the most telling of its roles."""
    anchors: dict[str, Anchor] = {}
    for href, role in walk.found:
        if (resolved := resolver.resolve(href)) is None:
            continue
        known = anchors.get(resolved[0])
        if known is None or (known.role == "link" and role != "link"):
            anchors[resolved[0]] = Anchor(*resolved, role)
            if len(anchors) >= MAX_LINKS:
                break
    for place in (*walk.next, *scripted):
        if (resolved := resolver.resolve(place)) is not None:
            anchors[resolved[0]] = Anchor(*resolved, "next")
    return anchors


def _encoding(body: bytes, content_type: str) -> str:
    """Good enough for links; the stage that reads the text looks closer."""
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if declared and (known := resolve_encoding(declared)):
        return known
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _tree(body: bytes, encoding: str) -> etree._Element | None:
    plain = body.replace(b"\x00", b"") if b"\x00" in body else body
    plain = _LONG_TAG.sub(b"<i", plain)
    try:
        parser = etree.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, no_network=True)
    except LookupError:
        parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    try:
        return etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


@lru_cache(maxsize=50_000)
def _resolved(base: str, href: str, encoding: str) -> tuple[str, str] | None:
    """The one spelling of an href and its absolute form as found; None where it leads to no page."""
    href = href.strip()
    if not href or href[0] == "#" or href[:11].lower() == "javascript:":
        return None
    try:
        absolute = base[:-1] + href if _PLAIN_PATH.fullmatch(href) else urljoin(base, href)
        return canonical_url(absolute, encoding=encoding), absolute.partition("#")[0]
    except ValueError:
        return None


def _scripted_next(body: bytes) -> list[str]:
    """The next page of a list whose pager is written by script (TRS, the usual one of government sites)."""
    found = _PAGER_SCRIPT.search(body)
    if not found or int(found[2]) + 1 >= int(found[1]):
        return []
    return [f"{found[3].decode()}_{int(found[2]) + 1}.{found[4].decode()}"]
