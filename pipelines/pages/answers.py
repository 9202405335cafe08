"""What a response with a body is: a feed, a sitemap, a list, perhaps news, a redirect, or nothing for us.

In: a frontier entry, what was fetched for it, the source's territory. Out: the same with all that was found
on it, ready to be committed; a Link where the page only leads elsewhere (meta refresh); or the reason to give
it up.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from pipelines.decode import binary_kind, decode_body
from pipelines.pages.announced import AddressFormat, format_of
from pipelines.pages.frontier import FILE, Entry, Fetched, Link
from pipelines.pages.html import MAX_LINKS, HtmlPage, read_html, robots_directives
from pipelines.pages.kinds import hint_of, kind_of_page, kind_of_url
from pipelines.pages.links import Territory
from pipelines.records import Page, Rejection, Source
from pipelines.signals import page_signals, refuses
from pipelines.urls import canonical_url, host_of

_log = logging.getLogger(__name__)


MAX_HOPS = 10
"""Redirects in a row; browsers stop at 20, honest chains we saw have at most 4."""
_OBEYED = {
    "obey": frozenset(["noindex", "noarchive", "nofollow"]),
    "noindex": frozenset(["noindex", "nofollow"]),
    "ignore": frozenset[str](),
}
"""What of a page's wishes is obeyed, by its source's `meta_robots`."""
_TEXT_TYPES = re.compile(
    r"text/|application/(?:[\w.+-]*\+)?(?:xml|xhtml)|application/x-gzip|application/gzip"
)
_REFRESH_PROSE_MAX = 200
"""A page with a meta refresh and more running text than this is a page in its own right."""


def read_answer(entry: Entry, fetched: Fetched, territory: Territory) -> Fetched | Link | str:
    """What to do with a 2xx response; a str is the reason to give its address up."""
    body = fetched.body
    if not body.strip():
        return "empty page"
    content_type = (fetched.header("content-type") or [""])[-1].strip().lower()
    if entry.kind == FILE:
        return _file(fetched, territory, content_type)
    form = format_of(body)
    is_text = not _is_binary(body) and (not content_type or _TEXT_TYPES.match(content_type))
    if not is_text and not form and entry.kind != "sitemap":
        return f"not text: {content_type.partition(';')[0] or 'unnamed'}"
    if form := form or format_of(body, entry.kind):
        return _addresses(entry, fetched, territory, form)
    return _html(entry, fetched, territory, content_type)


def no_news(page: Page, _: Source) -> Rejection:
    """Why a page that others fetched is not taken; the reason is empty where it is news."""
    leads = read_html(page.body, page.url, page.header("content-type") or "")
    wishes = leads.robots | robots_directives(page.header("x-robots-tag") or "")
    why = _unwanted(wishes, _OBEYED["obey"])
    if not why and kind_of_page(leads.shape, hint_of(kind_of_url(page.url), page.url)) != "article":
        why = "list page"
    return Rejection(page.url, page.source, "kind", why)


def _html(entry: Entry, fetched: Fetched, territory: Territory, content_type: str) -> Fetched | Link:
    leads = read_html(fetched.body, fetched.url_answered, content_type)
    territory.note_answer(fetched.url_answered)
    target = _refreshed(entry, leads, territory)
    if target is not None:
        return target
    said = territory.said(entry.url)
    told = said.kind if said and said.kind != "deny" else kind_of_page(leads.shape, _hint(entry))
    kind = entry.kind if entry.kind == "start" else told
    if kind == "list" and entry.kind in ("more", "tag"):
        kind = entry.kind
    if leads.cut:
        _log.warning("%s: more than %d links; the rest was left out", entry.url, MAX_LINKS)
    signals = _signals(fetched, content_type, territory)
    wishes = leads.robots.union(*map(robots_directives, fetched.header("x-robots-tag")))
    followed = territory.note_page(entry, leads.fingerprint)
    obeyed = _OBEYED[territory.source.meta_robots]
    passed_over = wishes & (_OBEYED["obey"] - obeyed)
    anchors = leads.anchors if followed and "nofollow" not in wishes & obeyed else ()
    feeds = leads.feeds if followed else ()
    news, lists = territory.page_links(entry, anchors, feeds, is_list=kind != "article")
    reason = _unwanted(wishes, obeyed) or signals
    return replace(
        fetched,
        kind=kind,
        article=kind == "article" and not reason,
        robots=fetched.robots + _terms(passed_over, territory.source.terms),
        news=tuple(news),
        lists=tuple(lists),
        sketch=leads.sketch,
        reason=reason if kind == "article" else "",
    )


def _file(fetched: Fetched, territory: Territory, content_type: str) -> Fetched:
    """An article's file, whatever it is: whether it has a text is seen when it is read."""
    wishes = frozenset[str]().union(*map(robots_directives, fetched.header("x-robots-tag")))
    obeyed = _OBEYED[territory.source.meta_robots]
    reason = _unwanted(wishes, obeyed) or _signals(fetched, content_type, territory)
    passed_over = _terms(wishes & (_OBEYED["obey"] - obeyed), territory.source.terms)
    return replace(fetched, kind=FILE, article=not reason, robots=fetched.robots + passed_over, reason=reason)


def _unwanted(wishes: frozenset[str], obeyed: frozenset[str]) -> str:
    """Why a page is not kept that does not want to be; or empty."""
    unwanted = sorted(wishes & obeyed - {"nofollow"})
    return f"robots meta: {', '.join(unwanted)}" if unwanted else ""


def _terms(passed_over: frozenset[str], terms: str) -> str:
    """What is stored with a page whose wishes are not obeyed: which, and what allows it."""
    return f"; its {', '.join(sorted(passed_over))} not obeyed: {terms}" if passed_over else ""


def _signals(fetched: Fetched, content_type: str, territory: Territory) -> str:
    """Why a page is not kept, as far as its source respects what is said about rights; or empty."""
    wanted = territory.source.respect
    if not wanted:
        return ""
    read = decode_body(fetched.body, content_type)
    found = page_signals(fetched.headers, "" if isinstance(read, str) else read.html)
    for right in (*fetched.signals, *found):
        if any(refuses(right, name) for name in wanted):
            return f"rights signal: {f'{right.kind} {right.value}'.strip()} ({right.origin})"
    return ""


def _addresses(entry: Entry, fetched: Fetched, territory: Territory, form: AddressFormat) -> Fetched:
    """A feed or sitemap: what it announces, and the further ones that it names."""
    announced = form.read(fetched.body)
    news, said = territory.announced(form.kind, fetched.url_answered, announced.pages, fetched.fetched_at)
    lists = territory.further_sitemaps(entry, announced.sitemaps)
    return replace(
        fetched,
        kind=form.kind,
        news=tuple(news),
        lists=tuple(lists),
        announcements=tuple(said),
    )


def _hint(entry: Entry) -> str:
    """What the address says, or how it was found where that says more."""
    return hint_of(entry.kind if entry.kind in ("more", "tag", "list") else kind_of_url(entry.url), entry.url)


def _refreshed(entry: Entry, leads: HtmlPage, territory: Territory) -> Link | None:
    """Where a page that is nothing but a meta refresh leads, if that is the source's own."""
    if leads.refresh is None or leads.shape.prose_chars > _REFRESH_PROSE_MAX or entry.hops >= MAX_HOPS:
        return None
    try:
        url = canonical_url(leads.refresh)
    except ValueError:
        return None
    url = territory.spelled(url)
    if url == entry.url or not territory.holds(host_of(url)):
        return None
    return territory.redirected(entry, url)


def _is_binary(body: bytes) -> bool:
    """Whether bytes are no text in any encoding we know, whatever their label says."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return bool(binary_kind(body)) or body[:1024].count(0) > 10
