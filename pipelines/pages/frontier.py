"""What passes between the spider, its scheduler and the store; all frozen.

A Link is an address that was found; the store makes it an Entry of the frontier; fetching an Entry
gives a Fetched, which goes back into the store together with the Links found on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.records import Right

LISTS = frozenset(["start", "list", "more", "tag", "feed", "sitemap"])
"""Kinds that lead to news and are none themselves: their pages never come out of the store."""

FILE = "file"
"""An article's file, whose text is searched with it; it leads nowhere and is asked for once."""

ARTICLES = "kind IN ('article', 'unknown')"
"""Addresses that may be news, as the store asks for them."""

# Smaller first: what is new goes before the back-catalogue, and lists before what only may be news.
PRIORITY = {
    "now": -1,  # a person asks for it
    "start": 0,
    "feed": 5,
    "sitemap": 10,
    "announced": 15,
    "list": 20,
    "changed": 25,
    "article": 30,
    "unknown": 40,
    "file": 45,
    "more": 50,
    "revisit": 55,
    "archived": 60,
    "tag": 70,
}


@dataclass(frozen=True, slots=True)
class Link:
    """An address found on a page, in a feed, a sitemap or the sources file."""

    url: str
    """In its one spelling."""
    source: str
    host: str
    """The URL's own host:port; differs from the source's where its subdomains belong to it."""
    kind: str
    """start, list, more (a list's further pages), tag, article, file, feed, sitemap or unknown."""
    priority: int
    depth: int = 0
    hops: int = 0
    """Redirects in a row that led here."""
    dry: int = 0
    """List pages in a row, up to the one it was found on, that showed nothing new."""
    asks: str | None = None
    """As it was found, where that differs; asked for if the one spelling answers 4xx."""
    guess: bool = False
    """Nobody linked to it (/sitemap.xml): that it does not exist is no failure."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a feed or a sitemap says about an address."""

    url: str
    via: str
    """feed or sitemap."""
    announced: str | None
    """Its date as written: pubDate, lastmod, publication_date."""
    title: str | None
    changed: str | None = None
    """When it says that the page changed last: lastmod, updated."""
    fresh: bool = False
    """Whether it is news: a feed's, or dated these days."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An address of the frontier whose turn it is."""

    url_id: int
    url: str
    source: str
    host: str
    kind: str
    depth: int
    hops: int
    dry: int
    asks: str | None
    other_way: bool
    """Ask for `asks`, since the one spelling did not answer or led there."""
    attempts: int
    guess: bool
    etag: str | None
    last_modified: str | None
    known: bool
    """A page is stored for it."""

    @property
    def ask_url(self) -> str:
        """The URL to put into the request."""
        return self.asks if self.other_way and self.asks else self.url

    @property
    def is_list(self) -> bool:
        """Whether it leads to news and is none itself."""
        return self.kind in LISTS


@dataclass(frozen=True, slots=True)
class Fetched:
    """One response with a body, and, once it was judged, what was found on it; committed as a whole."""

    url_asked: str
    url_answered: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    robots: str
    """The verdict of robots.txt that was in force."""
    kind: str
    """What the page turned out to be."""
    article: bool = False
    """May be news, or is the file of a piece of news: goes on to extraction."""
    news: tuple[Link, ...] = ()
    """Links that may be news."""
    lists: tuple[Link, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    sketch: int | None = None
    """Equal where the page's main text is: the bytes of many pages differ with every answer."""
    reason: str = ""
    """Why it is no article although it is no list either (meta robots, ...): becomes a rejection."""
    signals: tuple[Right, ...] = ()
    """What files of its host say about the use of this page."""
    rendered: str = ""
    """By what the body was drawn, where it is not what the host sent; its headers are the host's."""

    def header(self, name: str) -> list[str]:
        """The values of a header (its name in lower case), in their order."""
        return [value for key, value in self.headers if key == name]
