"""Sitemaps and feeds: bytes in, the addresses they announce out, with what they say of each.

Pure. Both formats are read leniently, since many are broken, and within bounds: a sitemap may
unpack to 50 MB and name 50,000 addresses (sitemaps.org), entities are never expanded.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import feedparser
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ADDRESSES = 50_000
_ENOUGH_PAGES = 20
"""Fewer than these may well have changed together."""


@dataclass(frozen=True, slots=True)
class Announced:
    """One address that a sitemap or feed names."""

    url: str
    date: str | None
    title: str | None
    changed: str | None = None
    """When it says that the page changed last."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: further sitemaps (an index) or pages."""

    sitemaps: tuple[Announced, ...] = ()
    pages: tuple[Announced, ...] = ()


def read_sitemap(body: bytes) -> Sitemap:
    """The addresses of a sitemap, an index or a plain list of URLs, packed or not; empty if it is none."""
    plain = _unpacked(body)
    if plain.lstrip()[:8].lower().startswith(b"http"):
        return Sitemap(pages=tuple(Announced(line, None, None) for line in _lines(plain)))
    sitemaps: list[Announced] = []
    pages: list[Announced] = []
    events = etree.iterparse(
        io.BytesIO(plain), events=("end",), recover=True, resolve_entities=False, no_network=True
    )
    try:
        for _, element in events:
            name = _local(element)
            if name not in ("url", "sitemap"):
                continue
            found = _announced(element)
            element.clear()
            if found:
                (pages if name == "url" else sitemaps).append(found)
            if len(pages) + len(sitemaps) >= MAX_ADDRESSES:
                break
    except etree.XMLSyntaxError:
        pass  # what was read before the break is still good
    return Sitemap(tuple(sitemaps), tuple(pages))


def read_feed(body: bytes) -> tuple[Announced, ...]:
    """The entries of an RSS or Atom feed; empty if it is none."""
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    found: list[Announced] = []
    for entry in parsed.entries[:MAX_ADDRESSES]:
        link = entry.get("link") or _permalink(entry)
        if link:
            date = entry.get("published") or entry.get("updated")
            changed = entry.get("updated") if "updated" in entry else None
            found.append(Announced(str(link).strip(), date, entry.get("title"), changed))
    return tuple(found)


def tells_changes(pages: Sequence[Announced]) -> bool:
    """Whether a sitemap's lastmods tell anything: many write the moment of asking beside every page."""
    if len(pages) < _ENOUGH_PAGES:
        return True
    [(_, most)] = Counter(page.changed for page in pages).most_common(1)
    return most * 2 <= len(pages)


def looks_like_sitemap(body: bytes) -> bool:
    """Whether bytes are a sitemap, whatever the server calls them."""
    head = body[:2000]
    return head.startswith(b"\x1f\x8b") or b"<urlset" in head or b"<sitemapindex" in head


def looks_like_feed(body: bytes) -> bool:
    """Whether bytes are a feed, whatever the server calls them."""
    head = body[:2000].lower()
    return b"<rss" in head or b"<rdf:rdf" in head or (b"<feed" in head and b"atom" in head)


def _permalink(entry: feedparser.FeedParserDict) -> str | None:
    guid = str(entry.get("id") or "")
    return guid if guid.startswith(("http://", "https://")) else None


def _unpacked(body: bytes) -> bytes:
    """Gzip undone, up to the bound; a broken end costs only what stands behind it."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error:
        return b""


def _lines(plain: bytes) -> list[str]:
    lines = plain[:MAX_UNPACKED_BYTES].decode("utf-8", "replace").split()
    return [line for line in lines if line.startswith("http")][:MAX_ADDRESSES]


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _announced(element: etree._Element) -> Announced | None:
    texts: dict[str, str] = {}
    for child in element.iter():
        name = _local(child)
        if name in ("loc", "lastmod", "publication_date", "title") and child.text:
            texts.setdefault(name, child.text.strip())
    if "loc" not in texts:
        return None
    date = texts.get("publication_date") or texts.get("lastmod")
    return Announced(texts["loc"], date, texts.get("title"), texts.get("lastmod"))
