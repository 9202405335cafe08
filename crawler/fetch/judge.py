"""What a response with a body is: a feed, a sitemap, a list, perhaps news, a redirect, or nothing for us.

Flows in: a frontier entry, Scrapy's response, the source's scope. Flows out: a Fetched ready to be
committed, a Link where the page only leads elsewhere (meta refresh), or the reason to give it up.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipelines.decode import binary_kind
from pipelines.pages.announced import format_of
from pipelines.pages.frontier import Fetched
from pipelines.pages.html import MAX_LINKS, read_html, robots_directives
from pipelines.pages.kinds import kind_of_page, kind_of_url
from pipelines.urls import canonical_url, host_of

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.http import Response

    from pipelines.pages.announced import AddressFormat
    from pipelines.pages.frontier import Entry, Link
    from pipelines.pages.html import HtmlPage
    from pipelines.pages.links import Scope


log = logging.getLogger(__name__)


MAX_HOPS = 10
"""Redirects in a row; browsers stop at 20, honest chains we saw have at most 4."""
_TEXT_TYPES = re.compile(
    r"text/|application/(?:[\w.+-]*\+)?(?:xml|xhtml)|application/x-gzip|application/gzip"
)
_REFRESH_PROSE_MAX = 200
"""A page with a meta refresh and more running text than this is a page in its own right."""


def judge(entry: Entry, response: Response, scope: Scope, fetched_at: datetime) -> Fetched | Link | str:
    """What to do with a 2xx response; a str is the reason to give its address up."""
    body = response.body
    if not body.strip():
        return "empty page"
    form = format_of(body, entry.kind)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
    is_text = not _is_binary(body) and (not content_type or _TEXT_TYPES.match(content_type))
    if not is_text and not (form and form.any_type):
        return f"not text: {content_type.partition(';')[0] or 'unnamed'}"
    if form:
        return _addresses(entry, response, scope, fetched_at, form)
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
    leads = read_html(response.body, response.url, content_type)
    scope.note_answer(response.url)
    target = _refreshed(entry, leads, scope)
    if target is not None:
        return target
    kind = entry.kind if entry.kind == "start" else kind_of_page(leads.shape, _hint(entry))
    if kind == "list" and entry.kind in ("more", "tag"):
        kind = entry.kind
    if leads.cut:
        log.warning("%s: more than %d links; the rest was left out", entry.url, MAX_LINKS)
    wishes = leads.robots | robots_directives(
        b",".join(response.headers.getlist("X-Robots-Tag")).decode("latin-1")
    )
    followed = scope.note_page(entry, leads.fingerprint)
    anchors = leads.anchors if followed and "nofollow" not in wishes else ()
    feeds = leads.feeds if followed else ()
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
        sketch=leads.sketch,
        reason=f"robots meta: {', '.join(sorted(wishes & {'noindex', 'noarchive'}))}" if unwanted else "",
    )


def _addresses(
    entry: Entry, response: Response, scope: Scope, fetched_at: datetime, form: AddressFormat
) -> Fetched:
    """A feed or sitemap: what it announces, and the further ones that it names."""
    announced = form.read(response.body)
    news, said = scope.announced(form.kind, response.url, announced.pages, fetched_at)
    lists = scope.further_sitemaps(entry, announced.sitemaps)
    return _fetched(
        entry,
        response,
        fetched_at,
        kind=form.kind,
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


def _refreshed(entry: Entry, leads: HtmlPage, scope: Scope) -> Link | None:
    """Where a page that is nothing but a meta refresh leads, if that is the source's own."""
    if leads.refresh is None or leads.shape.prose_chars > _REFRESH_PROSE_MAX or entry.hops >= MAX_HOPS:
        return None
    try:
        url = canonical_url(leads.refresh)
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
    return bool(binary_kind(body)) or body[:1024].count(0) > 10
