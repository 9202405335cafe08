"""One walk over a page's tree, taking down all that is asked of it: links, feeds, its wishes, its shape."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.pages.page_kinds import BLOCK_MIN_CHARS, Shape
from crawler.pages.repeats import Fingerprint

if TYPE_CHECKING:
    from lxml import etree

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
_FEED_TYPES = frozenset(["application/rss+xml", "application/atom+xml", "application/rdf+xml"])
_NOT_PROSE = frozenset(
    ["a", "script", "style", "noscript", "select", "option", "textarea", "title", "button"]
)
_INLINE = frozenset(["span", "font", "strong", "b", "em", "i", "u", "small", "section", "o:p", "sup", "big"])
_PARAGRAPHS = frozenset(["p", "div", "h1", "h2", "h3", "h4", "center", "blockquote", "pre", "figcaption"])
_FURNITURE = re.compile(
    r"版权所有|备案|ICP|ＩＣＰ|公网安备|许可证|主办单位|承办单位|邮编|电话\s*[:：]|技术支持|建议使用|分辨率|"
    r"copyright|all rights reserved|©",
    re.IGNORECASE,
)
_FURNITURE_MAX = 100
"""Marks a line of a page's foot; a list has these and no other running text."""
_SPACE = re.compile(r"\s+")
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


class Walk:
    """One walk over a page's tree, taking down all that is asked of it."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.found: list[tuple[str, str]] = []
        self.feeds: list[str] = []
        self.next: list[str] = []
        self.robots: set[str] = set()
        self.refresh: str | None = None
        self._says_article = False
        self._headlines = 0
        self._pieces: list[int] = []
        self._blocks: dict[etree._Element, tuple[int, int, int, int]] = {}
        """Characters, pieces and checksums of running text by the element that holds its paragraphs."""
        self._title = ""
        self._linked: set[int] = set()
        self._little = 0

    def over(self, tree: etree._Element) -> None:
        special = {"a": self._anchor, "base": self._set_base, "link": self._link, "meta": self._meta}
        special |= dict.fromkeys(["area", "iframe", "frame", "option"], self._place)
        special["title"] = self._set_title
        for element in tree.iter():
            tag = element.tag
            if tag in special:
                special[tag](element)
            elif (text := element.text) and len(text) >= _MIN_PIECE and tag not in _NOT_PROSE:
                self._piece(text, element, tail=False)
            elif text and tag not in _NOT_PROSE:
                self._little = zlib.crc32(text.strip().encode("utf-8", "replace"), self._little)
            tail = element.tail
            if tail and len(tail) >= _MIN_PIECE:
                self._piece(tail, element, tail=True)

    def sketch(self) -> int | None:
        """A checksum of the largest block of text, its digits left out: counters are no change."""
        return max(self._blocks.values())[2] if self._blocks else None

    def fingerprint(self) -> Fingerprint:
        """Of an article its title and text, of a list its title and headlines, else all there is."""
        title = zlib.crc32(self._title.encode("utf-8", "replace"))
        largest = max(self._blocks.values(), default=(0, 0, 0, 0))
        if largest[0] >= BLOCK_MIN_CHARS:
            return Fingerprint(title << 32 | largest[3], rich=True)
        shown = hash(frozenset(self._linked)) ^ self._little * (self._headlines < _ENOUGH_HEADLINES)
        return Fingerprint(hash((title, shown, largest[3])), rich=self._headlines >= _ENOUGH_HEADLINES)

    def shape(self) -> Shape:
        largest = max(self._blocks.values(), default=(0, 0, 0, 0))
        return Shape(
            prose_chars=sum(self._pieces),
            block_chars=largest[0],
            block_pieces=largest[1],
            teasers=sum(block[0] >= _MIN_TEASER for block in self._blocks.values()),
            titled_links=self._headlines,
            says_article=self._says_article,
        )

    def _piece(self, text: str, element: etree._Element, *, tail: bool) -> None:
        plain = _SPACE.sub(" ", text).strip()
        if len(plain) < _MIN_PIECE or (len(plain) < _FURNITURE_MAX and _FURNITURE.search(plain)):
            return
        if any(above.tag in _NOT_PROSE for above in element.iterancestors()):
            return
        self._pieces.append(len(plain))
        block = _block(element.getparent() if tail else element)
        chars, pieces, checksum, whole = self._blocks.get(block, (0, 0, 0, 0))
        checksum = zlib.crc32(_DIGITS.sub("", plain).encode("utf-8", "replace"), checksum)
        whole = zlib.crc32(plain.encode("utf-8", "replace"), whole)
        self._blocks[block] = chars + len(plain), pieces + 1, checksum, whole

    def _anchor(self, element: etree._Element) -> None:
        href = element.get("href")
        if not href:
            return
        text = _text(element)
        if len(text) >= _MIN_HEADLINE:
            self._headlines += 1
        self._linked.add(zlib.crc32((text + _ending(href)).encode("utf-8", "replace")))
        rel = (element.get("rel") or "").lower()
        if "nofollow" not in rel:
            self.found.append((href, _role(text, rel)))

    def _place(self, element: etree._Element) -> None:
        if element.tag == "option":
            value = element.get("value") or ""
            if "." in value or "/" in value:
                self.found.append((value, "numbered" if _NUMBERED.match(_text(element)) else "link"))
        elif place := element.get("href") or element.get("src"):
            self.found.append((place, "link" if element.tag == "area" else "frame"))

    def _set_title(self, element: etree._Element) -> None:
        self._title = self._title or _text(element)

    def _set_base(self, element: etree._Element) -> None:
        self.base = urljoin(self.base, (element.get("href") or "").strip())

    def _link(self, element: etree._Element) -> None:
        rel = (element.get("rel") or "").lower().split()
        if "alternate" in rel and (element.get("type") or "").lower().strip() in _FEED_TYPES:
            self.feeds.append(element.get("href") or "")
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


def _block(element: etree._Element | None) -> etree._Element:
    """What holds a piece of text together with its neighbours: the parent of its paragraph.

    A list's item is its own block, so that twenty teasers never add up to an article.
    """
    assert element is not None
    while element.tag in _INLINE and (above := element.getparent()) is not None:
        element = above
    if element.tag in _PARAGRAPHS and (above := element.getparent()) is not None:
        return above
    return element


def _text(element: etree._Element) -> str:
    text = element.text or ""
    if len(element):
        text = "".join(map(str, element.itertext())) or element.get("title") or ""
    return _SPACE.sub(" ", text).strip()


def _ending(href: str) -> str:
    """The last piece of a link's path: what a headline leads to, whatever stands before and after it."""
    return href.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def _role(text: str, rel: str) -> str:
    if "next" in rel and "next" in rel.split():
        return "next"
    if not text or len(text) > _MAX_ROLE_CHARS:
        return "link"
    if _NUMBERED.match(text):
        return "numbered"
    if _NEXT.match(text):
        return "next"
    return "more" if _MORE.match(text) else "link"
