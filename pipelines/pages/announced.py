"""Feeds and sitemaps: bytes in, the addresses they announce out, with what they say of each.

Pure. `ADDRESS_FORMATS` is the one table of them: what is added there is read and never taken for a page.
All are read leniently, since many are broken (packed twice, a notice of PHP before the XML, a bare `&`), and
within bounds: a sitemap may unpack to 50 MB and name 50,000 addresses (sitemaps.org), entities are never
expanded.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from pipelines.decode import decode_body

if TYPE_CHECKING:
    from feedparser import FeedParserDict

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ADDRESSES = 50_000
_PACKED_MAX = 3
"""Times that a file is unpacked: what is packed by hand and once more by the server was packed twice."""
_PORTION_BYTES = 65536
_HEAD_BYTES = 20_000
"""Within which a root element is looked for: notices of PHP may run to some screens."""
_ROOT = re.compile(rb"<(?:[\w-]+:)?(urlset|sitemapindex|rss|rdf|feed)\b[^<>]{0,2000}>", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}\?>")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
"""Pages hold trackbacks in RDF and pieces of feeds in scripts."""
_BARE_AMPERSAND = re.compile(rb"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!#?\w{1,31};)", re.DOTALL)
_CARRIED = re.compile(r"(?<=.)https?(?::|%3a)(?:/|%2f){2}.+", re.IGNORECASE)
"""An address within another: what click counters are asked for."""
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
    others: tuple[str, ...] = ()
    """What else an entry names: where its link leads through a counter of clicks, its page's own address."""


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


def format_of(body: bytes, kind: str = "") -> AddressFormat | None:
    """The format that bytes are of, or that the frontier takes them for; None for a page."""
    plain = _unpacked(body)
    fitting = next((form for form in ADDRESS_FORMATS if form.fits(plain)), None)
    return fitting or next((form for form in ADDRESS_FORMATS if form.kind == kind), None)


def read_sitemap(body: bytes) -> AddressList:
    """The addresses of a sitemap, an index or a plain list of URLs, packed or not."""
    plain = _unpacked(body)
    if b"<" not in plain[:_HEAD_BYTES] and (lines := _lines(plain)):
        return AddressList(tuple(Announced(line, None, None) for line in lines))
    sitemaps: list[Announced] = []
    pages: list[Announced] = []
    source = io.BytesIO(_mended(plain))
    events = etree.iterparse(source, events=("end",), recover=True, resolve_entities=False, no_network=True)
    try:
        for _, element in events:
            name = _name(element)[1]
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
    import feedparser  # noqa: PLC0415  # most crawls meet none

    plain = _mended(_unpacked(body))
    parsed = feedparser.parse(io.BytesIO(plain), sanitize_html=False, resolve_relative_uris=False)
    entries: list[Announced] = []
    for entry in parsed.entries[:MAX_ADDRESSES]:
        if links := _links(entry):
            date = entry.get("published") or entry.get("updated")
            changed = entry.get("updated") if "updated" in entry else None
            entries.append(Announced(links[0], date, entry.get("title"), changed, links[1:]))
    return AddressList(tuple(entries))


def read_json_feed(body: bytes) -> AddressList:
    """The items of a JSON Feed (jsonfeed.org, version 1.1)."""
    try:
        items = json.loads(_unpacked(body))["items"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return AddressList()
    told = map(_item, items[:MAX_ADDRESSES] if isinstance(items, list) else ())
    return AddressList(tuple(announced for announced in told if announced))


def _item(item: object) -> Announced | None:
    stated = item.items() if isinstance(item, dict) else ()
    said = {name: value for name, value in stated if isinstance(value, str)}
    urls = [said[name] for name in ("url", "id", "external_url") if "//" in said.get(name, "")]
    if not urls:
        return None
    changed = said.get("date_modified")
    date = said.get("date_published", changed)
    return Announced(urls[0], date, said.get("title"), changed, tuple(urls[1:]))


def _root(plain: bytes) -> re.Match[bytes] | None:
    """The first element that is a format's root, wherever the XML begins."""
    found = _ROOT.search(plain, 0, _HEAD_BYTES)
    if found is None or _PAGE.search(plain, 0, found.start()):
        return None
    return None if found[1].lower() == b"feed" and b"atom" not in found[0].lower() else found


def _is_sitemap(plain: bytes) -> bool:
    root = _root(plain)
    return root is not None and root[1].lower() in (b"urlset", b"sitemapindex")


def _is_feed(plain: bytes) -> bool:
    root = _root(plain)
    return root is not None and root[1].lower() in (b"rss", b"rdf", b"feed")


def _is_json_feed(plain: bytes) -> bool:
    return plain.lstrip()[:1] == b"{" and b"jsonfeed.org" in plain[:_HEAD_BYTES]


ADDRESS_FORMATS = (
    AddressFormat("sitemap", _is_sitemap, read_sitemap),
    AddressFormat("feed", _is_feed, read_feed),
    AddressFormat("feed", _is_json_feed, read_json_feed),
)


def _tells_changes(pages: Sequence[Announced]) -> bool:
    """Whether a sitemap's lastmods tell anything: many write the moment of asking beside every page."""
    if len(pages) < _ENOUGH_PAGES:
        return True
    [(_, most)] = Counter(page.changed for page in pages).most_common(1)
    return most * 2 <= len(pages)


def _links(entry: FeedParserDict) -> tuple[str, ...]:
    """The addresses that an entry of a feed gives its page, the most original first."""
    named = (
        entry.get(name) for name in ("feedburner_origlink", "pheedo_origlink", "link", "id", "prism_url")
    )
    urls = [str(url).strip() for url in named if url]
    others = [url for url in urls if url.startswith(("http://", "https://"))]
    first = urls[0] if entry.get("link") else next(iter(others), "")  # a guid may be no address
    carried = [unquote(found[0]) for url in (first, *others) if (found := _CARRIED.search(url))]
    return tuple(url for url in dict.fromkeys((first, *others, *carried)) if url)


def _unpacked(body: bytes) -> bytes:
    """Gzip undone, member after member and more than once, up to the bound, and the mark before the text.

    A broken end costs only what stands behind it.
    """
    for _ in range(_PACKED_MAX):
        if not body.startswith(b"\x1f\x8b"):
            break
        body = _members(body)
    if body.startswith(_UTF16):
        read = decode_body(body, "")
        return b"" if isinstance(read, str) else _XML_DECLARATION.sub(b"", read.html.encode(), 1)
    return body.removeprefix(b"\xef\xbb\xbf")


def _members(packed: bytes) -> bytes:
    """What a gzip file's members hold, one after the other."""
    pieces: list[bytes] = []
    room = MAX_UNPACKED_BYTES
    while packed.startswith(b"\x1f\x8b") and room > 0:
        unpacker = zlib.decompressobj(wbits=31)
        left = memoryview(packed)
        try:
            while left and not unpacker.eof and room > 0:  # in portions: those before a break are good
                pieces.append(unpacker.decompress(left[:_PORTION_BYTES], room))
                room -= len(pieces[-1])
                left = left[_PORTION_BYTES:]
        except zlib.error:
            break
        packed = unpacker.unused_data + left
    return b"".join(pieces)


def _mended(plain: bytes) -> bytes:
    """XML without what stands before its root, its bare ampersands escaped."""
    if root := _root(plain):
        declared = _XML_DECLARATION.findall(plain[: root.start()])
        # UTF-16 would not have been read
        declarations = [one for one in declared if b"utf-16" not in one.lower()]
        plain = b"".join(declarations[-1:]) + plain[root.start() :]
    return _BARE_AMPERSAND.sub(lambda found: b"&amp;" if found[0] == b"&" else found[0], plain)


def _lines(plain: bytes) -> list[str]:
    lines = plain[:MAX_UNPACKED_BYTES].decode("utf-8", "replace").split()
    return [line for line in lines if line.startswith("http")][:MAX_ADDRESSES]


def _name(element: etree._Element) -> tuple[str, str]:
    """An element's namespace, or its prefix where that is not declared, and its name."""
    tag = str(element.tag)  # a comment's is a function
    space, mark, name = tag.rpartition("}" if "}" in tag else ":")
    return space + mark, name.lower()


def _announced(element: etree._Element) -> Announced | None:
    """What a sitemap says of an address: its own `loc`, not that of a picture or film in it."""
    space = _name(element)[0]
    texts: dict[str, str] = {}
    for child in element:
        own, name = _name(child)
        if name in ("loc", "lastmod") and child.text:
            texts[name] = texts[name] if name in texts and own != space else child.text.strip()
        elif name == "news":
            told = {_name(piece)[1]: piece.text.strip() for piece in child.iter() if piece.text}
            texts |= {name: told[name] for name in ("publication_date", "title") if name in told}
    if "loc" not in texts:
        return None
    date = texts.get("publication_date") or texts.get("lastmod")
    url = texts["loc"].replace("&amp;", "&")  # some escape it twice
    return Announced(url, date, texts.get("title"), texts.get("lastmod"))
