"""What a response with a body is: a feed, a sitemap, a list, perhaps news, a redirect, or nothing for us.

Flows in: a frontier entry, Scrapy's response, the source's scope. Flows out: a Fetched ready to be
committed, a Link where the page only leads elsewhere (meta refresh), or the reason to give it up.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipelines.pages.addresses import kind_of_page, kind_of_url
from pipelines.pages.announced import (
    looks_like_feed,
    looks_like_sitemap,
    read_feed,
    read_sitemap,
    tells_changes,
)
from pipelines.pages.html import MAX_LINKS, read_html, robots_directives
from pipelines.pages.records import Fetched
from pipelines.urls import canonical_url, host_of

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.http import Response

    from pipelines.pages.html import Reading
    from pipelines.pages.links import Scope
    from pipelines.pages.records import Entry, Link


log = logging.getLogger(__name__)


MAX_HOPS = 10
"""Redirects in a row; browsers stop at 20, honest chains we saw have at most 4."""
_TEXT_TYPES = re.compile(
    r"text/|application/(?:[\w.+-]*\+)?(?:xml|xhtml)|application/x-gzip|application/gzip"
)
_BINARY = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF", b"PK\x03\x04", b"\x7fELF", b"MZ", b"Rar!", b"7z\xbc\xaf",
    b"RIFF", b"\x00\x00\x00", b"ID3", b"OggS", b"\xd0\xcf\x11\xe0", b"BM", b"wOFF", b"\x1aE\xdf\xa3",
)  # fmt: skip
_REFRESH_PROSE_MAX = 200
"""A page with a meta refresh and more running text than this is a page in its own right."""


def judge(entry: Entry, response: Response, scope: Scope, fetched_at: datetime) -> Fetched | Link | str:
    """What to do with a 2xx response; a str is the reason to give its address up."""
    body = response.body
    if not body.strip():
        return "empty page"
    packed = body.startswith(b"\x1f\x8b")
    if entry.kind == "sitemap" or looks_like_sitemap(body):
        return _sitemap(entry, response, scope, fetched_at)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
    if packed or _is_binary(body) or (content_type and not _TEXT_TYPES.match(content_type)):
        return f"not text: {content_type.partition(';')[0] or 'unnamed'}"
    if entry.kind == "feed" or looks_like_feed(body):
        return _feed(entry, response, scope, fetched_at)
    return _html(entry, response, scope, fetched_at, content_type)


def location_of(response: Response) -> str | None:
    """Where a redirect leads, absolute, as the host wrote it; None where it does not say."""
    location = response.headers.get("Location")
    if not location:
        return None
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("gb18030", "replace")
    return urljoin(response.url, text.strip())


def _html(
    entry: Entry, response: Response, scope: Scope, fetched_at: datetime, content_type: str
) -> Fetched | Link | str:
    reading = read_html(response.body, response.url, content_type)
    scope.note_answer(response.url)
    target = _refreshed(entry, reading, scope)
    if target is not None:
        return target
    kind = entry.kind if entry.kind == "start" else kind_of_page(reading.shape, _hint(entry))
    if kind == "list" and entry.kind in ("more", "tag"):
        kind = entry.kind
    if reading.cut:
        log.warning("%s: more than %d links; the rest was left out", entry.url, MAX_LINKS)
    wishes = reading.robots | robots_directives(
        b",".join(response.headers.getlist("X-Robots-Tag")).decode("latin-1")
    )
    followed = scope.note_page(entry, reading.fingerprint)
    anchors = reading.anchors if followed and "nofollow" not in wishes else ()
    feeds = reading.feeds if followed else ()
    news, lists = scope.page_links(entry, anchors, feeds, is_list=kind != "article")
    unwanted = kind == "article" and bool(wishes & {"noindex", "noarchive"})
    return _fetched(
        entry,
        response,
        fetched_at,
        kind=kind,
        article=kind == "article" and not unwanted,
        news=tuple(news),
        lists=tuple(lists),
        sketch=reading.sketch,
        reason=f"robots meta: {', '.join(sorted(wishes & {'noindex', 'noarchive'}))}" if unwanted else "",
    )


def _feed(entry: Entry, response: Response, scope: Scope, fetched_at: datetime) -> Fetched:
    found = read_feed(response.body)
    news, said = scope.announced("feed", response.url, found, fetched_at)
    return _fetched(entry, response, fetched_at, kind="feed", news=tuple(news), announcements=tuple(said))


def _sitemap(entry: Entry, response: Response, scope: Scope, fetched_at: datetime) -> Fetched:
    found = read_sitemap(response.body)
    pages = found.pages if tells_changes(found.pages) else [replace(p, changed=None) for p in found.pages]
    news, said = scope.announced("sitemap", response.url, pages, fetched_at)
    lists = scope.further_sitemaps(entry, found.sitemaps)
    return _fetched(
        entry,
        response,
        fetched_at,
        kind="sitemap",
        news=tuple(news),
        lists=tuple(lists),
        announcements=tuple(said),
    )


def _fetched(
    entry: Entry, response: Response, fetched_at: datetime, *, kind: str, **found: object
) -> Fetched:
    assert response.request is not None
    return Fetched(
        url_asked=entry.ask_url,
        url_answered=response.url,
        status=response.status,
        headers=_headers(response),
        body=response.body,
        fetched_at=fetched_at,
        robots=response.request.meta.get("robots", ""),
        rendered=response.request.meta.get("rendered", ""),
        kind=kind,
        **{"article": False, **found},  # type: ignore[arg-type]
    )


def _hint(entry: Entry) -> str:
    """What the address says, or how it was found where that says more."""
    return entry.kind if entry.kind in ("more", "tag", "list") else kind_of_url(entry.url)


def _refreshed(entry: Entry, reading: Reading, scope: Scope) -> Link | None:
    """Where a page that is nothing but a meta refresh leads, if that is the source's own."""
    if reading.refresh is None or reading.shape.prose_chars > _REFRESH_PROSE_MAX or entry.hops >= MAX_HOPS:
        return None
    try:
        url = canonical_url(reading.refresh)
    except ValueError:
        return None
    url = scope.spelled(url)
    if url == entry.url or not scope.holds(host_of(url)):
        return None
    return scope.redirected(entry, url)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1").lower(), value.decode("utf-8", "replace"))
        for name, values in response.headers.items()
        for value in values
    )


def _is_binary(body: bytes) -> bool:
    """Whether bytes are no text in any encoding we know, whatever their label says."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return body.startswith(_BINARY) or body[:1024].count(0) > 10
