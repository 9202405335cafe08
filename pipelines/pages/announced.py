"""Feeds and sitemaps: bytes in, the addresses they announce out, with what they say of each.

Pure. `ADDRESS_FORMATS` is the one table of them: a format added there is read, and never drawn or taken for a
page. All are read leniently, since many are broken, and within bounds: a sitemap may unpack to 50 MB and
name 50,000 addresses (sitemaps.org), entities are never expanded.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import feedparser
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
class AddressList:
    """What a feed or sitemap names: pages, or further sitemaps (an index)."""

    pages: tuple[Announced, ...] = ()
    sitemaps: tuple[Announced, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressFormat:
    """One format in which sites announce addresses."""

    kind: str
    """What the frontier calls it: feed or sitemap."""
    fits: Callable[[bytes], bool]
    """Whether bytes are of this format, whatever the server calls them."""
    read: Callable[[bytes], AddressList]
    """Nothing where the bytes are not of this format."""
    any_type: bool = False
    """Whether it is read under any content type: sitemaps come packed."""


def format_of(body: bytes, kind: str = "") -> AddressFormat | None:
    """The format that bytes are of, or that the frontier takes them for; None for a page."""
    fitting = next((form for form in ADDRESS_FORMATS if form.fits(body)), None)
    return fitting or next((form for form in ADDRESS_FORMATS if form.kind == kind), None)


def read_sitemap(body: bytes) -> AddressList:
    """The addresses of a sitemap, an index or a plain list of URLs, packed or not."""
    plain = _unpacked(body)
    if plain.lstrip()[:8].lower().startswith(b"http"):
        return AddressList(tuple(Announced(line, None, None) for line in _lines(plain)))
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
            announced = _announced(element)
            element.clear()
            if announced:
                (pages if name == "url" else sitemaps).append(announced)
            if len(pages) + len(sitemaps) >= MAX_ADDRESSES:
                break
    except etree.XMLSyntaxError:
        pass  # what was read before the break is still good
    if not _tells_changes(pages):
        pages = [replace(page, changed=None) for page in pages]
    return AddressList(tuple(pages), tuple(sitemaps))


def read_feed(body: bytes) -> AddressList:
    """The entries of an RSS or Atom feed."""
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    entries: list[Announced] = []
    for entry in parsed.entries[:MAX_ADDRESSES]:
        link = entry.get("link") or _permalink(entry)
        if link:
            date = entry.get("published") or entry.get("updated")
            changed = entry.get("updated") if "updated" in entry else None
            entries.append(Announced(str(link).strip(), date, entry.get("title"), changed))
    return AddressList(tuple(entries))


def _is_sitemap(body: bytes) -> bool:
    head = body[:2000]
    return head.startswith(b"\x1f\x8b") or b"<urlset" in head or b"<sitemapindex" in head


def _is_feed(body: bytes) -> bool:
    head = body[:2000].lower()
    return b"<rss" in head or b"<rdf:rdf" in head or (b"<feed" in head and b"atom" in head)


ADDRESS_FORMATS = (
    AddressFormat("sitemap", _is_sitemap, read_sitemap, any_type=True),
    AddressFormat("feed", _is_feed, read_feed),
)


def _tells_changes(pages: Sequence[Announced]) -> bool:
    """Whether a sitemap's lastmods tell anything: many write the moment of asking beside every page."""
    if len(pages) < _ENOUGH_PAGES:
        return True
    [(_, most)] = Counter(page.changed for page in pages).most_common(1)
    return most * 2 <= len(pages)


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
