"""Which addresses belong to a source, and what the frontier is told of each.

A Territory is one source's own view: it turns addresses found on pages, in feeds and in sitemaps into
Links, and leaves out what is not the source's, never worth fetching, too deep, or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from pipelines.pages.announced import Announced
from pipelines.pages.frontier import FILE, LISTS, PRIORITY, Announcement, Entry, Link
from pipelines.pages.html import Anchor
from pipelines.pages.kinds import NEVER, kind_of_url, may_be_column
from pipelines.pages.repeats import Fingerprint, Idle, Repeats
from pipelines.pages.revisits import DAY_S, moments
from pipelines.records import CrawlSource
from pipelines.said import Word, word_on
from pipelines.urls import canonical_url, host_of

MAX_SITEMAP_DEPTH = 3
MAX_DRY = 20
"""List pages in a row without anything new after which their further pages are not followed."""
MAX_FACETS = 20
"""Different sets of parameter names on one path: a system has a few, filters that combine have 2^n."""
FRESH_S = 14 * DAY_S
"""What a sitemap dates within this goes before the back-catalogue."""
_SEEN_MAX = 300_000
"""Addresses remembered per source, about 40 MB at the most, to spare the store what it knows."""

_host_of = lru_cache(maxsize=50_000)(host_of)


class Territory:
    """One source's own addresses."""

    def __init__(
        self, source: CrawlSource, is_blocked: Callable[[str], bool], idle: Iterable[Idle] = ()
    ) -> None:
        self.source = source
        self.repeats = Repeats(idle)
        self._is_blocked = is_blocked
        self._words = source.said
        self._seen: set[str] = set()
        self._settled: set[tuple[Anchor, bool]] = set()
        """Links of pages (True: of lists) that lead to nothing new, while addresses are spelled the same."""
        self._secure: set[str] = set()
        self._facets: dict[str, set[frozenset[str]]] = {}
        self._lists = 0

    def holds(self, host: str) -> bool:
        """Whether a host:port belongs to the source."""
        if host == self.source.host:
            return True
        return self.source.include_subdomains and host.endswith("." + self.source.host)

    def said(self, url: str) -> Word | None:
        """What the sources file says of an address."""
        return word_on(url, self._words)

    def start_links(self) -> list[Link]:
        """The start URLs; wherever they lie, they are the operator's word."""
        links = []
        for url in self.source.start_urls:
            spelled = canonical_url(url)
            links.append(self._link(spelled, "start", "start", asks=url))
        return links

    def sitemap_links(self, authority: str, named: Iterable[str]) -> list[Link]:
        """The sitemaps that a robots.txt names, or the usual one as a guess."""
        links = [link for place in named if (link := self._sitemap(place, authority)) is not None]
        return links or [self._link(authority + "/sitemap.xml", "sitemap", "sitemap", guess=True)]

    def redirected(self, entry: Entry, url: str) -> Link:
        """The link that a redirect makes."""
        kind = entry.kind if entry.kind in LISTS else self._kind(url)
        kind = "unknown" if kind in NEVER else kind
        return self._link(url, kind, kind, depth=entry.depth, hops=entry.hops + 1, dry=entry.dry)

    def page_links(
        self, entry: Entry, anchors: Iterable[Anchor], feeds: Iterable[str], *, is_list: bool
    ) -> tuple[list[Link], list[Link]]:
        """News and lists among the links of a page, and a list's feeds: an article's has its comments."""
        news: list[Link] = []
        further: list[tuple[str, str, str]] = []
        for anchor in anchors:
            if (anchor, is_list) in self._settled:
                continue
            url = self.spelled(anchor.url)
            kind = self._role_kind(anchor, is_list=is_list)
            is_headline = anchor.role == "headline"
            if (url in self._seen and kind != "more") or not self._takes(url, is_headline=is_headline):
                self._settled.add((anchor, is_list))
                continue
            kind = "unknown" if kind in NEVER else kind
            if kind in LISTS:
                further.append((url, kind, anchor.written))
            elif entry.depth < self.source.max_depth:
                news.append(self._link(url, kind, kind, depth=entry.depth + 1, asks=anchor.written))
        dry = 0 if news or not is_list else entry.dry + 1
        lists = self._list_links(entry, further, dry)
        lists += [
            self._link(url, "feed", "feed", depth=entry.depth + 1)
            for url in map(self.spelled, feeds if is_list else ())
            if url not in self._seen and self._takes(url)
        ]
        self._remember(link.url for link in (*news, *lists))
        return news, lists

    def file_links(self, urls: Iterable[str]) -> list[Link]:
        """Files that its articles link to, as far as they are its own and may be asked for."""
        return [self._link(url, FILE, FILE, depth=1) for url in urls if self._is_ours(url)]

    def announced(
        self, via: str, base: str, found: Iterable[Announced], now: datetime
    ) -> tuple[list[Link], list[Announcement]]:
        """News links of a feed or sitemap, and what it says of them."""
        links: list[Link] = []
        said: list[Announcement] = []
        for item in found:
            places = ((place, self._announced(place, base)) for place in (item.url, *item.others))
            asks, url = next(((place, url) for place, url in places if url), ("", None))
            if not url:
                continue
            kind = self._kind(url)
            fresh = via == "feed" or _is_fresh(item.date, now)
            said.append(Announcement(url, via, item.date, item.title, item.changed, fresh))
            if url in self._seen:
                continue
            kind = "article" if via == "feed" or item.title else kind
            links.append(self._link(url, kind, "announced" if fresh else "archived", depth=1, asks=asks))
        self._remember(link.url for link in links)
        return links, said

    def further_sitemaps(self, entry: Entry, found: Iterable[Announced]) -> list[Link]:
        """The sitemaps of an index, within bounds."""
        if entry.depth >= MAX_SITEMAP_DEPTH:
            return []
        links = []
        for item in found:
            link = self._sitemap(item.url, entry.url, depth=entry.depth + 1)
            if link is not None and self._lists < self.source.max_list_pages:
                self._lists += 1
                links.append(link)
        return links

    def note_answer(self, url: str) -> None:
        """An address answered: where it was by https, the host's http addresses are the same ones."""
        if url.startswith("https://") and (host := _host_of(url)) not in self._secure:
            self._secure.add(host)
            self._settled.clear()

    def note_page(self, entry: Entry, fingerprint: Fingerprint | None) -> bool:
        """Take down what a page showed; whether its links are worth following."""
        if fingerprint is None or entry.known or entry.kind == "start":
            return True
        followed = self.repeats.note(entry.url, entry.host, fingerprint)
        if self.repeats.has_learned:
            self._settled.clear()
        return followed

    def spelled(self, url: str) -> str:
        """An address as this source's own are written: one scheme, and nothing that makes no difference."""
        url = self._secured(url)
        return self.repeats.spell(url, _host_of(url))

    def _secured(self, url: str) -> str:
        """One spelling for both schemes of a host that answers by https; as found where that gives 4xx."""
        if url.startswith("http://") and _host_of(url) in self._secure:
            return "https://" + url.removeprefix("http://")
        return url

    def _list_links(self, entry: Entry, further: list[tuple[str, str, str]], dry: int) -> list[Link]:
        links = []
        for url, kind, found in further:
            depth = entry.depth + (kind != "more")
            if dry > MAX_DRY or depth > self.source.max_depth:
                continue
            if url not in self._seen:
                if self._lists >= self.source.max_list_pages:
                    continue
                self._lists += 1
            links.append(self._link(url, kind, kind, depth=depth, dry=dry, asks=found))
        return links

    def _role_kind(self, anchor: Anchor, *, is_list: bool) -> str:
        kind = self._kind(anchor.url)
        if anchor.role in ("next", "numbered"):
            return "more" if is_list else "unknown"
        if anchor.role == "more" and kind == "unknown":
            return "list"
        return kind

    def _takes(self, url: str, *, is_headline: bool = False) -> bool:
        """Whether an address is asked for; a headline may lead into a column that is called 搜 or 分享."""
        if url not in self._seen and self._is_facet(url):
            return False
        is_column = is_headline and may_be_column(url) and kind_of_url(url) != "trap"
        return self._is_ours(url) and (is_column or self._kind(url) not in NEVER)

    def _is_ours(self, url: str) -> bool:
        """Whether an address is the source's, and neither denied nor removed."""
        said = self.said(url)
        if (said and said.kind == "deny") or not self.holds(_host_of(url)):
            return False
        allowed = self.source.allowed_paths
        if allowed and not urlsplit(url).path.startswith(allowed):
            return False
        return not self._is_blocked(url)

    def _is_facet(self, url: str) -> bool:
        """Whether an address is one more combination of filters, after many on the same path."""
        path, mark, query = url.partition("?")
        if not mark:
            return False
        names = frozenset(pair.partition("=")[0] for pair in query.split("&"))
        sets = self._facets.setdefault(path, set())
        if names in sets:
            return False
        if len(sets) >= MAX_FACETS:
            return True
        if len(self._facets) < _SEEN_MAX:
            sets.add(names)
        return False

    def _kind(self, url: str) -> str:
        said = self.said(url)
        return said.kind if said and said.kind != "deny" else kind_of_url(url)

    def _announced(self, place: str, base: str) -> str | None:
        """An address that a feed or sitemap names, as the source's own; None where it is not its."""
        url = self._at_home(self._spelled(place, base))
        url = url and self.spelled(url)
        return url if url and self._takes(url) and self._kind(url) not in NEVER else None

    def _at_home(self, url: str | None) -> str | None:
        """An address at the source's other name, with `www.` or without, asked for at its own host.

        Sitemaps name either; where the site has it at that host only, a redirect says so.
        """
        if url is None or self.holds(host := _host_of(url)):
            return url
        own = self.source.host
        is_twin = host in (f"www.{own}", own.removeprefix("www."))
        return url.replace(f"//{host}", f"//{own}", 1) if is_twin else url

    def _sitemap(self, place: str, base: str, depth: int = 0) -> Link | None:
        url = self._at_home(self._spelled(place, base))
        if url is None or not self.holds(_host_of(url)):
            return None
        return self._link(url, "sitemap", "sitemap", depth=depth, asks=place)

    @staticmethod
    def _spelled(url: str, base: str) -> str | None:
        try:
            return canonical_url(url, base)
        except ValueError:
            return None

    def _remember(self, urls: Iterable[str]) -> None:
        if len(self._seen) + len(self._settled) > _SEEN_MAX:
            self._seen.clear()
            self._settled.clear()
        self._seen.update(urls)

    def _link(
        self,
        url: str,
        kind: str,
        rank: str,
        *,
        depth: int = 0,
        hops: int = 0,
        dry: int = 0,
        asks: str | None = None,
        guess: bool = False,
    ) -> Link:
        return Link(
            url=url,
            source=self.source.host,
            host=_host_of(url),
            kind=kind,
            priority=PRIORITY[rank],
            depth=depth,
            hops=hops,
            dry=dry,
            asks=asks if asks != url and asks and asks.startswith(("http:", "https:")) else None,
            guess=guess,
        )


def _is_fresh(date: str | None, now: datetime) -> bool:
    """Whether a date as sitemaps and feeds write it lies within `FRESH_S`; an unreadable one does not."""
    span = moments(date) if date else None
    return span is not None and abs(now.timestamp() - span[0]) <= FRESH_S
