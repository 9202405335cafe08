"""What a fetched HTML page leads to: its links, feeds and further pages, its own wishes and its shape.

Pure: bytes and headers in, an HtmlPage out; the tree is parsed and walked once. `links` decides which
addresses are a source's own. lxml's C side walks: Scrapy's LinkExtractor takes three times as much.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast
from urllib.parse import urljoin, urlsplit

from ahocorasick_rs import BytesAhoCorasick
from lxml import etree

from pipelines.decode import decode_body
from pipelines.normalise import simplify
from pipelines.pages.kinds import BLOCK_MIN_CHARS, Shape, kind_of_url
from pipelines.pages.repeats import Fingerprint
from pipelines.urls import based, canonical_url, resolve
from pipelines.words import pattern, words

_AGENT_METAS = frozenset(["robots", "parknews", "spider", "crawler", "*"])
_VALUED = frozenset(["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"])
"""Directives that have a colon themselves."""
_NEXT = pattern(r"^\W*{kind.next}\W*$|^(?:>{1,2}|›|»|→)$", as_written=True)
_NUMBERED = re.compile(r"^\W*(?:第\s*)?\d{1,4}(?:\s*[页頁])?\W*$")
_MORE = pattern(r"^\W*(?:查看)?{kind.more}(?:{related.article}|动态|>>)?\W*$", as_written=True)
_REFRESH = re.compile(r"^\s*(\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)
_FEED_TYPES = frozenset(f"application/{name}" for name in ("rss+xml", "atom+xml", "rdf+xml", "feed+json"))
_LIST_CLASSES, _ARTICLE_CLASSES = (
    frozenset(words("element.list_page")),
    frozenset(words("element.article_page")),
)
_OF_COMMENTS = pattern("{related.comment_feed}")
_NOT_PROSE = frozenset(
    ["a", "script", "style", "noscript", "select", "option", "textarea", "title", "button", "iframe"]
)
_INLINE = frozenset(["span", "font", "strong", "b", "em", "i", "u", "small", "section", "o:p", "sup", "big"])
_PARAGRAPHS = frozenset(["p", "div", "h1", "h2", "h3", "h4", "center", "blockquote", "pre", "figcaption"])
_FURNITURE = pattern("{copyright.word|copyright.mark|copyright.reserved|kind.foot}")
_FURNITURE_MAX = 100
"""Marks a line of a page's foot; a list has these and no other running text."""
_DIGITS = re.compile(r"\d+")
_REFRESH_MAX_S = 10
_MAX_ROLE_CHARS = 12
_MIN_PIECE = 20
"""Characters in one piece from which on text counts as running text."""
_MIN_TEASER = 40
_ENOUGH_HEADLINES = 3
"""Fewer tell no list from another."""
_MIN_HEADLINE = 8
"""Characters of a link's text from which on it is taken for a headline."""
MAX_LINKS = 10_000
"""Links read from one page, which takes 0.15 s; the longest honest pages we know have some 1,500."""

_PAGER_SCRIPT = re.compile(
    rb"createPage(?:HTML|Html)?\s*\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*[\"']([\w.-]{1,80})[\"']\s*,\s*[\"'](\w{2,5})[\"']"
)
_RECORDS = re.compile(
    rb"<script[^>]{0,200}\btext/xml\b[^>]{0,200}>(.{0,400000}?)</script", re.IGNORECASE | re.DOTALL
)
"""A list that scripts show page by page (JCMS, of many government sites): its items are mark-up in CDATA."""
_KEY = re.compile(rb"[\"']?\b(?:url|href|link|\w{0,8}puburl)[\"']?\s*\Z", re.IGNORECASE)
_VALUE = re.compile(rb":\s*[\"']([^\"'<>\s?]{3,300}(?:\.\w{2,5}\?[^\"'<>\s]{1,200})?)[\"']")
_KEY_MAX_BYTES = 40
_CDATA = re.compile(rb"<!\[CDATA\[|\]\]>")
_LEAST_KEYED = 3
"""Addresses of articles in a page's data from which on they are a list; one or two are the page's own."""
_HANDLERS = ("onclick", "ondblclick", "onmousedown", "onmouseup")
_LEADING = ("data-href", "data-url", "data-link")
"""Attributes in which scripts of pages keep where an element leads."""
_CLICKED = frozenset([*_HANDLERS, *_LEADING, "href"])
_BEGINS_ADDRESS = frozenset("/.?hH0123456789")
"""Nearly all links begin so, and neither a script nor a place on the page does."""
_SCRIPTED = BytesAhoCorasick([name.encode() for name in (*_HANDLERS, *_LEADING)])
"""What pages have in which elements lead somewhere when they are clicked; most have `javascript:` besides."""
_PIECES = etree.XPath(
    "//text()[string-length(normalize-space()) >= $least]"
    "[not(parent::script or parent::style or ancestor::a)]"
)
"""Texts that may be running text; within libxml2, since a page has thousands of shorter ones."""
_PLACE = re.compile(
    r"(?:https?:)?//[\w-]|/(?![/*])|\.{1,2}/|\?[\w-]+=|[\w./-]*[\w-]\.(?:[sx]?html?|php|aspx?|jsp)(?:$|[?#])"
)
"""How an address of a page begins where nothing else says that it is one."""
_LITERAL = pattern(
    r"(?P<leads>(?:\blocation(?:\.href)?\s*=|\b{markup.opens}\s*\()\s*)?"
    r"(?P<mark>[\"'])(?P<place>[^\"'<>\s]{1,500})(?P=mark)\s*(?P<more>\+?)",
    case=True,
)
_LONG_TAG_BYTES = 4000
_LONG_TAG = re.compile(rb"<[^<>]{%d,}" % _LONG_TAG_BYTES)
"""A start tag of this length holds an image or thousands of attributes, on which libxml2 takes time that
grows with their square (20,000 in one tag: 0.7 s); no link is lost with it."""
_PLAIN_NAMES, _PLAIN_QUERY = "(?:[A-Za-z0-9_-]+/)*", r"(?:\?[A-Za-z0-9_.~=&-]+)?"
_PLAIN_ADDRESS = re.compile(
    rf"(?P<origin>https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?/{_PLAIN_NAMES}(?:[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?)?"
    + _PLAIN_QUERY
)
"""An address that `urljoin` leaves as it is, or a path that it only puts behind its base, an origin then."""
_PLAIN_RELATIVE = re.compile(
    rf"(?P<up>(?:\.\./)*){_PLAIN_NAMES}[A-Za-z0-9_-]+\.(?:[sx]?html?|php|aspx?|jsp){_PLAIN_QUERY}"
)
"""A page from a folder on, or from folders above: no other part of an address, and no host."""
_NO_SHAPE = Shape(0, 0, 0, 0, 0, says_article=False)


_TELLING = {role: n for n, role in enumerate(("link", "headline", "frame", "more", "numbered", "next"))}
"""Roles of links, the most telling last."""


class Anchor(NamedTuple):
    """A link as a page has it, resolved."""

    url: str
    """In its one spelling."""
    written: str
    """Absolute, as the page writes it."""
    role: str
    """next, numbered (a page number), more (更多), headline (as long as one), frame or link."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What one page leads to."""

    anchors: tuple[Anchor, ...] = ()
    feeds: tuple[str, ...] = ()
    robots: frozenset[str] = frozenset()
    """Directives of its meta robots: noindex, nofollow, noarchive, none."""
    refresh: str | None = None
    """Where a meta refresh within 10 seconds leads, or the script of a page that shows nothing."""
    shape: Shape = _NO_SHAPE
    sketch: int | None = None
    """Equal where the main text is."""
    fingerprint: Fingerprint | None = None
    """What the page shows, digits and all."""
    cut: bool = False
    """It has more than MAX_LINKS links; the rest was left out."""


def read_html(body: bytes, url: str, content_type: str = "") -> HtmlPage:
    """Read a page's tree once; an unparsable page leads nowhere."""
    read = decode_body(body, content_type)
    encoding = "utf-8"  # of the bytes that are parsed, and of addresses, unless the page has another one
    if not isinstance(read, str):
        body = read.html.encode()
        encoding = "utf-8" if read.encoding.startswith("utf-") else read.encoding
    tree = _tree(body)
    if tree is None:
        return HtmlPage()
    walk = _Walk(url)
    small = body.lower()
    walk.over(tree, scripted=b"javascript:" in small or bool(_SCRIPTED.find_matches_as_indexes(small)))
    resolver = _Resolver(walk.base, encoding)
    if not (walk.links or walk.refresh or walk.shape().prose_chars):
        walk.refresh = _led_by_script(tree)
    walk.links += [(place, "link") for place in _listed_in_data(body)]
    anchors = _anchors(walk, resolver, _scripted_next(body))
    return HtmlPage(
        anchors=tuple(anchors.values()),
        feeds=tuple(found.url for feed in walk.feeds if (found := resolver.resolve(feed, "link"))),
        robots=frozenset(walk.robots),
        refresh=walk.refresh and urljoin(walk.base, walk.refresh),
        shape=walk.shape(),
        sketch=walk.sketch(),
        fingerprint=walk.fingerprint(tree),
        cut=len(anchors) >= MAX_LINKS,
    )


def robots_directives(value: str) -> frozenset[str]:
    """The directives of one X-Robots-Tag or meta robots that are meant for us.

    A robot's name before a colon holds for all that follows it in the same value, up to the next name.
    """
    directives: set[str] = set()
    ours = True
    for piece in value.lower().split(","):
        name, colon, rest = piece.partition(":")
        is_agent = colon and name.strip() not in _VALUED
        if is_agent:
            ours = name.strip() in _AGENT_METAS
        if ours:
            directives.update((rest if is_agent else piece).split())
    if "none" in directives:
        directives |= {"noindex", "nofollow"}
    return frozenset(directives)


@lru_cache(maxsize=5_000)
def scripted_places(script: str) -> tuple[str, ...]:
    """The addresses that a piece of script leads to, as written; those that it puts together are none."""
    return tuple(place for place, leads in _literals(script) if leads or _PLACE.match(place))


def _led_by_script(tree: etree._Element) -> str | None:
    """Where the scripts of a page send whoever opens it; None where they do not say it in one piece."""
    told = (place for script in tree.iter("script") for place, leads in _literals(script.text or "") if leads)
    return next(told, None)


def _literals(script: str) -> Iterator[tuple[str, bool]]:
    """The whole strings of a piece of script that may be addresses, and whether it goes there."""
    before = ""
    for found in _LITERAL.finditer(script):
        joined = script[max(0, found.start() - 40) : found.start()].rstrip().endswith("+")
        whole = not found["more"] and not joined
        if whole and before != "+":
            yield found["place"], bool(found["leads"])
        before = found["more"]


class _Walk:
    """One walk over a page's tree, taking down all that is asked of it."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.links: list[tuple[str, str]] = []
        self.feeds: list[str] = []
        self.next: list[str] = []
        self.robots: set[str] = set()
        self.refresh: str | None = None
        self._based = False
        self._says_article = self._says_list = False
        self._heads: list[str] = []
        self._headlines = 0
        self._blocks: dict[etree._Element, list[str]] = {}
        """Running text by the element that holds its paragraphs."""
        self._prose: dict[etree._Element, bool] = {}
        """Whether running text may stand in an element; libxml2 would climb all the way for each piece."""
        self._title = ""
        self._shown: list[tuple[str, str]] = []
        """What each link says, and where it leads."""

    def over(self, tree: etree._Element, *, scripted: bool) -> None:
        """`scripted`: its elements may lead somewhere when they are clicked."""
        shown, links = self._shown.append, self.links.append  # there are hundreds
        for element in tree.iter("a"):
            if href := element.get("href"):
                said = _raw_text(element) if len(element) else element.text or ""
                text, role, is_headline = _said_by(said, element.get("rel", ""))
                self._headlines += is_headline
                shown((text, href))
                if role:
                    links((href, role))
        special: dict[str, Callable[[etree._Element], None]] = {
            **dict.fromkeys(("area", "iframe", "frame", "option"), self._place),
            **dict.fromkeys(("h1", "h2"), self._head),
            "base": self._set_base,
            "link": self._link,
            "meta": self._meta,
            "title": self._set_title,
            "body": self._name,
        }
        for element in tree.iter(*special):
            special[element.tag](element)
        for element in tree.iter() if scripted else ():
            if not _CLICKED.isdisjoint(element.keys()):
                self._clicked(element)
        for piece in cast("list[etree._ElementUnicodeResult]", _PIECES(tree, least=_MIN_PIECE)):
            self._piece(piece)

    def _largest(self) -> list[str]:
        """The block that has the most text; of two alike the one with more pieces, then the first."""
        return max(self._blocks.values(), key=lambda block: (sum(map(len, block)), len(block)), default=[])

    def sketch(self) -> int | None:
        """A checksum of the largest block of text, its digits left out: counters are no change."""
        return _sum(_DIGITS.sub("", "".join(self._largest()))) if self._blocks else None

    def fingerprint(self, tree: etree._Element) -> Fingerprint:
        """Of an article its title and text, of a list its title and headlines, else all there is."""
        title = _sum(self._title)
        largest = "".join(self._largest())
        if len(largest) >= BLOCK_MIN_CHARS:
            return Fingerprint(title << 32 | _sum(largest), rich=True)
        shown = hash(frozenset(_sum(text + _ending(place)) for text, place in self._shown))
        rich = self._headlines >= _ENOUGH_HEADLINES
        return Fingerprint(hash((title, shown ^ (0 if rich else _little(tree)), _sum(largest))), rich=rich)

    def shape(self) -> Shape:
        largest = self._largest()
        chars = [sum(map(len, block)) for block in self._blocks.values()]
        return Shape(
            prose_chars=sum(chars),
            block_chars=sum(map(len, largest)),
            block_pieces=len(largest),
            teasers=sum(block >= _MIN_TEASER for block in chars),
            titled_links=self._headlines,
            says_article=self._says_article and not self._says_list,
            headed=any(self._title.startswith(head) for head in self._heads),
        )

    def _piece(self, piece: etree._ElementUnicodeResult) -> None:
        element = piece.getparent()
        holder = element.getparent() if piece.is_tail and element is not None else element
        if holder is None or not self._is_prose(holder):
            return
        plain = " ".join(piece.split())
        if len(plain) < _MIN_PIECE or (len(plain) < _FURNITURE_MAX and _FURNITURE.search(simplify(plain))):
            return
        self._blocks.setdefault(_block(holder), []).append(plain)

    def _is_prose(self, element: etree._Element) -> bool:
        way: list[etree._Element] = []
        above: etree._Element | None = element
        while above is not None and above not in self._prose and above.tag not in _NOT_PROSE:
            way.append(above)
            above = above.getparent()
        prose = above is None or self._prose.get(above, False)
        self._prose.update(dict.fromkeys(way, prose))
        return prose

    def _clicked(self, element: etree._Element) -> None:
        """Where an element without a link of its own leads when it is clicked."""
        href = element.get("href", "")
        if href and href[0] in _BEGINS_ADDRESS:
            return
        href = href.strip()
        if href and href[0] != "#" and not href.lower().startswith("javascript:"):
            return
        script = " ".join([href[11:], *(element.get(name) or "" for name in _HANDLERS)])
        named = (element.get(name) or "" for name in _LEADING)
        places = [*scripted_places(script), *(place for place in named if _PLACE.match(place))]
        text = _text(element) if places else ""
        if places and len(text) >= _MIN_HEADLINE:
            self._headlines += 1
        for place in places:
            self._shown.append((text, place))
            self.links.append((place, _role(text, "")))

    def _place(self, element: etree._Element) -> None:
        if element.tag == "option":
            value = element.get("value") or ""
            if "." in value or "/" in value:
                self.links.append((value, "numbered" if _NUMBERED.match(_text(element)) else "link"))
        elif place := element.get("href") or element.get("src"):
            self.links.append((place, "link" if element.tag == "area" else "frame"))

    def _set_title(self, element: etree._Element) -> None:
        self._title = self._title or _text(element)

    def _head(self, heading: etree._Element) -> None:
        """What a heading says that leads nowhere and says more than the name of a column."""
        text = _text(heading)
        if len(text) >= _MIN_HEADLINE and next(heading.iter("a"), None) is None:
            self._heads.append(text)

    def _set_base(self, element: etree._Element) -> None:
        href = element.get("href")
        if href is not None and not self._based:  # the first holds, as in browsers
            self._based = True
            self.base = based(self.base, href)

    def _name(self, element: etree._Element) -> None:
        names = frozenset(f"{element.get('class', '')} {element.get('id', '')}".lower().split())
        self._says_list = not names.isdisjoint(_LIST_CLASSES)
        self._says_article |= not names.isdisjoint(_ARTICLE_CLASSES)

    def _link(self, element: etree._Element) -> None:
        rel = (element.get("rel") or "").lower().split()
        if "alternate" in rel and (element.get("type") or "").lower().strip() in _FEED_TYPES:
            href = element.get("href") or ""
            if not _OF_COMMENTS.search(simplify(f"{element.get('title') or ''} {href}")):
                self.feeds.append(href)
        elif "next" in rel:
            self.next.append(element.get("href") or "")

    def _meta(self, element: etree._Element) -> None:
        content = element.get("content") or ""
        name = (element.get("name") or element.get("property") or "").lower().strip()
        if name in _AGENT_METAS:
            self.robots |= robots_directives(content)
        elif name == "og:type":
            self._says_article |= content.strip().lower() in ("article", "news", "newsarticle")
        elif (element.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.match(content)
            hidden = any(above.tag == "noscript" for above in element.iterancestors())
            if found and int(found[1]) <= _REFRESH_MAX_S and not hidden:
                self.refresh = found[2].strip()


def _little(tree: etree._Element) -> int:
    """A checksum of a page's short texts."""
    checksum = 0
    for element in tree.iter():
        text = element.text
        if text and len(text) < _MIN_PIECE and element.tag not in _NOT_PROSE:
            checksum = _sum(text.strip(), checksum)
    return checksum


def _sum(text: str, before: int = 0) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"), before)


def _block(element: etree._Element) -> etree._Element:
    """What holds a piece of text together with its neighbours: the parent of its paragraph.

    A list's item is its own block, so that twenty teasers never add up to an article.
    """
    while element.tag in _INLINE and (above := element.getparent()) is not None:
        element = above
    if element.tag in _PARAGRAPHS and (above := element.getparent()) is not None:
        return above
    return element


def _text(element: etree._Element) -> str:
    return " ".join(_raw_text(element).split())


def _raw_text(element: etree._Element) -> str:
    if not len(element):
        return element.text or ""
    text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return text or element.get("title") or ""


def _ending(href: str) -> str:
    """The last piece of a link's path: what a headline leads to, whatever stands before and after it."""
    return href.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


@lru_cache(maxsize=20_000)
def _said_by(text: str, rel: str) -> tuple[str, str, bool]:
    """A link's text in one line, its role (none where it is not followed), and whether it is a headline."""
    plain, rel = " ".join(text.split()), rel.lower()
    return plain, "" if "nofollow" in rel else _role(plain, rel), len(plain) >= _MIN_HEADLINE


def _role(text: str, rel: str) -> str:
    if "next" in rel and "next" in rel.split():
        return "next"
    role = _role_of(text) if text and len(text) <= _MAX_ROLE_CHARS else "link"
    return "headline" if role == "link" and len(text) >= _MIN_HEADLINE else role


@lru_cache(maxsize=20_000)
def _role_of(text: str) -> str:
    if _NUMBERED.match(text):
        return "numbered"
    if _NEXT.match(text):
        return "next"
    return "more" if _MORE.match(text) else "link"


class _Resolver:
    """Hrefs of one page to spellings; what a site's pages share is worked out once (`_resolved`)."""

    def __init__(self, base: str, encoding: str) -> None:
        parts = urlsplit(base)
        self._base = base
        self._origin = f"{parts.scheme}://{parts.netloc}/"
        self._directory = base.partition("?")[0].rpartition("/")[0] + "/"
        self._encoding = encoding

    def resolve(self, href: str, role: str) -> Anchor | None:
        first = href[0] if href else "#"
        if (first == "/" and href[1:2] != "/") or href.startswith(("http://", "https://")):
            base = self._origin  # the same from all pages of the host
        elif first in "?#" or first.isspace():
            base = self._base
        else:
            base = self._directory
        return _resolved(base, href, role, self._encoding)


def _anchors(walk: _Walk, resolver: _Resolver, scripted: list[str]) -> dict[str, Anchor]:
    """Every address once, in the most telling of its roles."""
    anchors: dict[str, Anchor] = {}
    for href, role in dict.fromkeys(walk.links):
        if (anchor := resolver.resolve(href, role)) is None:
            continue
        known = anchors.get(anchor.url)
        if known is None or _TELLING[role] > _TELLING[known.role]:
            anchors[anchor.url] = anchor
            if len(anchors) >= MAX_LINKS:
                break
    for place in (*walk.next, *scripted):
        if (anchor := resolver.resolve(place, "next")) is not None:
            anchors[anchor.url] = anchor
    return anchors


def _tree(body: bytes) -> etree._Element | None:
    plain = body.replace(b"\x00", b"") if b"\x00" in body else body
    if _may_have_long_tag(plain):
        plain = _LONG_TAG.sub(b"<i", plain)
    if b"<![CDATA[" in plain and b"text/xml" in plain:
        plain = _RECORDS.sub(lambda found: b"<div>" + _CDATA.sub(b"", found[1]) + b"</div><script>", plain)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _may_have_long_tag(body: bytes) -> bool:
    """Whether somewhere no tag begins, and the last one that began does not end, for so many bytes."""
    place = -1
    while place + _LONG_TAG_BYTES < len(body):
        following = body.rfind(b"<", place + 1, place + _LONG_TAG_BYTES + 1)
        if following < 0:
            if body.find(b">", place + 1, place + _LONG_TAG_BYTES + 1) < 0:
                return True
            following = body.find(b"<", place + _LONG_TAG_BYTES)
            if following < 0:
                return False
        place = following
    return False


@lru_cache(maxsize=50_000)
def _resolved(base: str, href: str, role: str, encoding: str) -> Anchor | None:
    """An href as a link of its page; None where it leads to no page."""
    href = href.strip()
    if not href or href[0] == "#" or href[:11].lower() == "javascript:":
        return None
    try:
        absolute = _joined(base, href)
        return Anchor(canonical_url(absolute, encoding=encoding), absolute.partition("#")[0], role)
    except ValueError:
        return None


def _joined(base: str, href: str) -> str:
    """What `resolve` gives, in a tenth of the time where nothing in either has a second spelling.

    `base` is an origin for hrefs that begin with a slash, a folder for those that begin with a name.
    """
    if address := _PLAIN_ADDRESS.fullmatch(href):
        return href if address["origin"] else base[:-1] + href
    relative, folder = _PLAIN_RELATIVE.fullmatch(href), _PLAIN_ADDRESS.fullmatch(base)
    if relative is None or folder is None or not folder["origin"] or not base.endswith("/"):
        return resolve(base, href)
    root = folder.end("origin")
    names = base[root:-1].split("/")
    above = names[: max(1, len(names) - relative["up"].count("/"))]
    return f"{base[:root]}{'/'.join(above)}/{href[relative.end('up') :]}"


def _listed_in_data(body: bytes) -> list[str]:
    """The articles that a page's scripts list as data (`{"title": …, "url": …}`), as written."""
    places = {
        found[1].replace(b"\\/", b"/"): None
        for found in _VALUE.finditer(body)
        if (b"/" in found[1] or b"." in found[1])  # most data has neither, addresses of articles have
        and _KEY.search(body, found.start() - _KEY_MAX_BYTES, found.start())
    }
    news = [place for name in places if kind_of_url(place := name.decode("utf-8", "replace")) == "article"]
    return news if len(news) >= _LEAST_KEYED else []


def _scripted_next(body: bytes) -> list[str]:
    """The next page of a list whose pager is written by script (TRS, the usual one of government sites)."""
    found = _PAGER_SCRIPT.search(body)
    if not found or int(found[2]) + 1 >= int(found[1]):
        return []
    return [f"{found[3].decode()}_{int(found[2]) + 1}.{found[4].decode()}"]
