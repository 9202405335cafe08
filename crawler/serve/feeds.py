"""The newest articles of a query as feeds: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/).

In: hits with their articles and the address at which the archive is shown. Out: the feed's text. Each entry
carries the first publisher, the credited source and the addresses of the copies.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from pipelines.archive.read.selection import Selection
from pipelines.search import Hit, select

ENTRIES = 50
_COPIES_MAX = 20
_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold (XML 1.0, Char)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article."""

    hit: Hit
    at: str
    """UTC: when it last changed."""
    first_publisher: str | None
    first_publisher_status: str
    copies: tuple[str, ...]


def entries(connection: sqlite3.Connection, selection: Selection) -> list[Entry]:
    """The newest articles of a selection, newest first."""
    found = []
    for hit in select(connection, selection, order="date", limit=ENTRIES):
        said = connection.execute(
            "SELECT coalesce(c.at, a.first_seen), a.first_publisher, a.first_publisher_status FROM articles a"
            " LEFT JOIN changes c ON c.article_id = a.id WHERE a.id = ?",
            (hit.id,),
        ).fetchone()
        copies = connection.execute(
            "SELECT url FROM copies WHERE article_id = ? ORDER BY kept DESC, url LIMIT ?",
            (hit.id, _COPIES_MAX),
        )
        found.append(Entry(hit, said[0], said[1], said[2], tuple(row[0] for row in copies)))
    return found


def atom(found: list[Entry], title: str, home: str, own: str) -> str:
    """An Atom feed.

    Args:
        found: what it holds.
        title: of the feed.
        home: the absolute address of the archive, with a slash at its end.
        own: the absolute address of the feed.
    """
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "title", title)
    _add(feed, "id", own)
    _add(feed, "link", rel="self", href=own)
    _add(feed, "updated", max((entry.at for entry in found), default="1970-01-01T00:00:00Z"))
    for entry in found:
        item = _add(feed, "entry")
        _add(item, "id", f"{home}article/{entry.hit.id}")
        _add(item, "title", entry.hit.title)
        _add(item, "updated", entry.at)
        _add(item, "link", rel="alternate", href=f"{home}article/{entry.hit.id}")
        for url in entry.copies:
            _add(item, "link", rel="via", href=url)
        _add(_add(item, "author"), "name", entry.first_publisher or entry.hit.source_name)
        if entry.hit.credited_source:
            _add(_add(item, "contributor"), "name", entry.hit.credited_source)
        _add(item, "summary", entry.hit.snippet.text)
    return ET.tostring(feed, encoding="unicode", xml_declaration=True)


def json_feed(found: list[Entry], title: str, home: str, own: str) -> str:
    """The same as a JSON Feed; what the standard has no name for stands below `_parknews`."""
    items: list[dict[str, Any]] = [
        {
            "id": f"{home}article/{entry.hit.id}",
            "url": f"{home}article/{entry.hit.id}",
            "external_url": entry.hit.url,
            "title": entry.hit.title,
            "summary": entry.hit.snippet.text,
            "content_text": entry.hit.snippet.text,
            "date_modified": entry.at,
            "authors": [{"name": entry.first_publisher or entry.hit.source_name}],
            "_parknews": {
                "published_day": entry.hit.published_day,
                "first_publisher": entry.first_publisher,
                "first_publisher_status": entry.first_publisher_status,
                "credited_source": entry.hit.credited_source,
                "copies": list(entry.copies),
            },
        }
        for entry in found
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "feed_url": own,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    harmless = {key: _NO_XML.sub("", value) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", harmless)
    element.text = _NO_XML.sub("", text) or None
    return element
