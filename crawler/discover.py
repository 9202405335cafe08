"""What a fetched HTML page leads to: its links, feeds, further pages and its own wishes (meta robots).

Pure: bytes and headers in, a Reading of the tree out; the tree is parsed once. `scope` decides which
addresses are a source's own. lxml's C side does the walking: Scrapy's LinkExtractor takes three
times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from crawler.page_kinds import Shape
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINKS = 3000
"""Links read from one page; the longest honest list pages we know have some 1,500."""

_AGENT_METAS = frozenset(["robots", "parknews", "spider", "crawler"])
_NEXT = re.compile(
    r"^\W*(?:下一?[页頁]|后一?页|後一?頁|下\s*\d+\s*[页頁]|下一?屏|更早|older(?: posts| entries)?"
    r"|next(?: page)?)\W*$"
    r"|^(?:>{1,2}|›|»|→)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\W*(?:第\s*)?\d{1,4}(?:\s*[页頁])?\W*$")
_MORE = re.compile(r"^\W*(?:查看)?(?:更多|more|全部|所有)(?:新闻|动态|>>)?\W*$", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*(\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)
_PAGER_SCRIPT = re.compile(
    rb"createPage(?:HTML|Html)?\s*\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*[\"']([\w.-]{1,80})[\"']\s*,\s*[\"'](\w{2,5})[\"']"
)
_FEED_TYPES = frozenset(["application/rss+xml", "application/atom+xml", "application/rdf+xml"])
_PIECES = etree.XPath(
    "//body//text()[string-length(.) > 19][not(ancestor::a or ancestor::script or ancestor::style"
    " or ancestor::noscript or ancestor::select or ancestor::textarea)]",
    smart_strings=False,
)
_ANCHORS = etree.XPath("//a[@href] | //area[@href] | //iframe[@src] | //frame[@src] | //option[@value]")
_HEAD = etree.XPath("//base[@href] | //link[@href][@rel] | //meta[@content]")
_SPACE = re.compile(r"\s+")
_MIN_HEADLINE = 8
"""Characters of a link's text from which on it is taken for a headline."""


_NO_SHAPE = Shape(0, 0, 0, 0, says_article=False)


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


def read_html(body: bytes, url: str, content_type: str = "") -> Reading:
    """Read a page's tree once; an unparsable page leads nowhere."""
    encoding = _encoding(body, content_type)
    tree = _tree(body, encoding)
    if tree is None:
        return Reading()
    head = _Head(url)
    for element in _select(_HEAD, tree):
        head.read(element)
    anchors: dict[str, Anchor] = {}
    headlines = [0, 0]
    for anchor in _anchors(tree, head.base, encoding, headlines):
        known = anchors.get(anchor.url)
        if known is None or (known.role == "link" and anchor.role != "link"):
            anchors[anchor.url] = anchor
        if len(anchors) >= MAX_LINKS:
            break
    for place in [*head.next, *_scripted_next(body)]:
        if (resolved := _resolved(head.base, place, encoding)) is not None:
            anchors[resolved[0]] = Anchor(*resolved, "next")
    return Reading(
        anchors=tuple(anchors.values()),
        feeds=tuple(r[0] for f in head.feeds if (r := _resolved(head.base, f, encoding))),
        robots=frozenset(head.robots),
        refresh=head.refresh and urljoin(head.base, head.refresh),
        shape=_shape(tree, headlines, says_article=head.says_article),
    )


def robots_directives(value: str) -> frozenset[str]:
    """The directives of an X-Robots-Tag or meta robots value that are meant for us."""
    found: set[str] = set()
    for piece in value.lower().split(","):
        agent, colon, directive = piece.rpartition(":")
        if colon and agent.strip() not in _AGENT_METAS:
            continue
        found.add(directive.strip())
    if "none" in found:
        found |= {"noindex", "nofollow"}
    return frozenset(found)


class _Head:
    """What the elements of a page's head say."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.feeds: list[str] = []
        self.next: list[str] = []
        self.robots: set[str] = set()
        self.refresh: str | None = None
        self.says_article = False

    def read(self, element: etree._Element) -> None:
        if element.tag == "base":
            self.base = urljoin(self.base, element.get("href", "").strip())
        elif element.tag == "link":
            self._link(element)
        else:
            self._meta(element)

    def _link(self, element: etree._Element) -> None:
        rel = element.get("rel", "").lower().split()
        if "alternate" in rel and element.get("type", "").lower().strip() in _FEED_TYPES:
            self.feeds.append(element.get("href", ""))
        elif "next" in rel:
            self.next.append(element.get("href", ""))

    def _meta(self, element: etree._Element) -> None:
        content = element.get("content", "")
        name = (element.get("name") or element.get("property") or "").lower().strip()
        if name in _AGENT_METAS:
            self.robots |= robots_directives(content)
        elif name == "og:type":
            self.says_article |= content.strip().lower() in ("article", "news", "newsarticle")
        elif (element.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.match(content)
            hidden = any(above.tag == "noscript" for above in element.iterancestors())
            if found and int(found[1]) <= 10 and not hidden:
                self.refresh = found[2].strip()


def _select(path: etree.XPath, tree: etree._Element) -> list[Any]:
    return cast("list[Any]", path(tree))


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
    try:
        parser = etree.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, no_network=True)
    except LookupError:
        parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    try:
        return etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _anchors(tree: etree._Element, base: str, encoding: str, headlines: list[int]) -> Iterator[Anchor]:
    """The links to other http(s) addresses; counts headlines and their characters on the way."""
    for element in _select(_ANCHORS, tree):
        href = element.get("href") or element.get("src") or element.get("value") or ""
        if element.tag == "option" and "." not in href and "/" not in href:
            continue
        text = _text(element)
        if element.tag == "a" and len(text) >= _MIN_HEADLINE:
            headlines[0] += 1
            headlines[1] += len(text)
        rel = element.get("rel")
        if rel and "nofollow" in rel.lower():
            continue
        resolved = _resolved(_directory(base, href), href, encoding)
        if resolved is not None:
            yield Anchor(*resolved, _role(element, text))


def _text(element: etree._Element) -> str:
    text = element.text or ""
    if len(element):
        text = "".join(map(str, element.itertext())) or element.get("title") or ""
    return _SPACE.sub(" ", text).strip()


def _role(element: etree._Element, text: str) -> str:
    if element.tag in ("iframe", "frame"):
        return "frame"
    if element.tag == "option":
        return "numbered" if _NUMBERED.match(text) else "link"
    rel = element.get("rel")
    if (rel and "next" in rel.lower().split()) or _NEXT.match(text):
        return "next"
    if text and len(text) <= 12:
        if _NUMBERED.match(text):
            return "numbered"
        if _MORE.match(text):
            return "more"
    return "link"


def _directory(base: str, href: str) -> str:
    """The part of a base that an href depends on, so that a site's menu is resolved once."""
    if href.startswith(("http:", "https:")):
        return ""
    if href.startswith("/") and not href.startswith("//"):
        parts = urlsplit(base)
        return f"{parts.scheme}://{parts.netloc}/"
    if href.startswith("?") or not href:
        return base
    return base.partition("?")[0].rpartition("/")[0] + "/"


@lru_cache(maxsize=50_000)
def _resolved(base: str, href: str, encoding: str) -> tuple[str, str] | None:
    """The one spelling of an href and its absolute form as found; None where it leads to no page."""
    href = href.strip()
    if not href or href[0] == "#" or href[:11].lower() == "javascript:":
        return None
    try:
        absolute = urljoin(base, href) if base else href
        return canonical_url(absolute, encoding=encoding), absolute.partition("#")[0]
    except ValueError:
        return None


def _scripted_next(body: bytes) -> list[str]:
    """The next page of a list whose pager is written by script (TRS, the usual one of government sites)."""
    found = _PAGER_SCRIPT.search(body)
    if not found or int(found[2]) + 1 >= int(found[1]):
        return []
    return [f"{found[3].decode()}_{int(found[2]) + 1}.{found[4].decode()}"]


def _shape(tree: etree._Element, headlines: list[int], *, says_article: bool) -> Shape:
    lengths = [len(_SPACE.sub(" ", piece).strip()) for piece in _select(_PIECES, tree)]
    long = [length for length in lengths if length >= 20]
    return Shape(
        prose_chars=sum(long),
        longest_chars=max(long, default=0),
        titled_links=headlines[0],
        linked_chars=headlines[1],
        says_article=says_article,
    )
