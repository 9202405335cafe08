"""What a page probably is, told cheaply: by its address before it is fetched, by its tree afterwards.

Pure. The address only decides the order of fetching and what is never fetched (files, searches,
log-ins); whether a fetched page may be news is decided by the page. When in doubt it may: the
stages behind read it properly and can still reject it, while a page held back here is lost.

Pages that ask for proof of a human instead of giving an answer are named as such, and never got round. What
such a page says of an address (404, an empty article) is not the address's own: nothing is concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from pipelines.decode import decode_body
from pipelines.words import pattern, words

_FILE = pattern(r"\.{address.file_ending}$")
_SERVICE = pattern(r"/{address.service_path}(?:[/.?]|$)")
_SEARCH = pattern(r"/{address.search_path}(?:[/.]|$)|/search[-_]?\w*\.\w+$")
_SEARCH_NAMES = frozenset(words("address.search_parameter"))
_TAG = pattern("/{address.tag_path}/")
_PAGED = pattern(
    r"/{address.page_path|address.page_name}[-_]?\d{1,5}\.\w{2,5}$"
    r"|[-_]{address.page_name}[-_]?\d{1,4}\.\w{2,5}$|/page/\d+/?$"
)
_PAGED_NAMES = frozenset(words("address.page_parameter"))
_LIST = pattern("/{address.list_path}(?:[/._-]|$)")
_CALENDAR_NAMES = frozenset(words("address.date_parameter"))
_ARTICLE = pattern(
    r"/t\d{8}_\d+\.|/{address.article_path}[-_/]?(?:[\w-]*/)*[\w-]*\d{3}"
    r"|/(?:19|20)\d{2}[-/_]?(?:0?[1-9]|1[0-2])(?:[-/_]?\d{1,2})?[/_-][^/]*[0-9a-z]|(?<!\d)\d{4}[\w-]*\.\w{2,5}$"
    r"|/[\w%]+(?:-[\w%]+){3,}(?:\.html?|/)?$"
)
_ARTICLE_NAMES = frozenset(words("address.article_parameter"))
_COLUMN = pattern("^/(?:[^/]+/)*{address.search_path|address.maybe_column}/[^/]+")
_NUMBERED = re.compile(r"\d[^/]*$")
_LOOP = re.compile(r"((?:/[^/]+)*?/[^/]*[^/\d][^/]*)\1\1(?=/|$)")
"""The same segments three times on end: what relative links make of a page that answers everywhere."""
_STATUSES_OF_SHIELDS = frozenset([412, 521])
"""What Chinese government sites' shields (瑞数, 加速乐) answer before their script has run."""
_SHIELD_MAX_BYTES = 60_000
_PROOF = pattern("{kind.challenge}")
_SHIELD_MAX_LINKS = 10
"""Shields have one or two; their marks also stand in scripts that they put into a site's own pages."""
_TITLE = re.compile(r"<title[^<>]*>.{0,600}?</title>", re.IGNORECASE | re.DOTALL)
CHALLENGE = "bot challenge"
"""Why a page is given up that asks for proof of a human."""
MAX_SEGMENTS = 12
MAX_PARAMETERS = 24
"""Far more than any system needs; links from newsletters carry a dozen. Filters that combine are bounded
by `pipelines.pages.links.MAX_FACETS`."""
BLOCK_MIN_CHARS = 100
"""Neighbouring running text that a page of news has at the least. Of 93 real pages of news on some 60
sites all that have any text outside scripts reach 108; what stands at the foot of a list does not,
its telltale lines left out. To measure again: print `read_html(...).shape` over such pages."""
TEASER_MAX_CHARS = 250
"""No teaser on a list is longer."""
_NEVER_ASKED = {
    "file": "passed over: its address is a file's",
    "service": "passed over: its address is a service's (log-in, sharing, shopping)",
    "search": "passed over: its address is a search's",
    "trap": "passed over: its address repeats itself, is too deep or has too many parameters",
}
NEVER = frozenset(_NEVER_ASKED)
"""Kinds of addresses that are not asked for."""
_LISTED = frozenset(["list", "more", "tag", "column"])


@dataclass(frozen=True, slots=True)
class Shape:
    """What was measured on a page's tree, enough to tell a list from an article."""

    prose_chars: int
    """Characters in text pieces of 20 and more that stand in no link and are no page's foot."""
    block_chars: int
    """Characters of the neighbouring pieces that add up to the most."""
    block_pieces: int
    """How many pieces these are."""
    teasers: int
    """Blocks of running text."""
    titled_links: int
    """Links whose text is long enough to be a headline."""
    says_article: bool
    """The page calls itself an article (og:type, the class of its body)."""
    headed: bool = False
    """A heading that leads nowhere says what the page's title begins with, and more than a column's name."""


@lru_cache(maxsize=50_000)  # most links of a page stand on its site's other pages, too
def kind_of_url(url: str) -> str:
    """What its address alone says: article, list, more, tag, search, service, file, trap or unknown."""
    parts = urlsplit(url)
    path = parts.path
    if _FILE.search(path):
        return "file"
    names = {pair.partition("=")[0].lower() for pair in parts.query.split("&")} if parts.query else set()
    if _is_trap(path, len(names)):
        return "trap"
    in_column = may_be_column(url) and bool(_NUMBERED.search(path))
    if _SERVICE.search(path) and not in_column:
        return "service"
    if (_SEARCH.search(path) and not in_column) or (names & _SEARCH_NAMES and not names & _ARTICLE_NAMES):
        return "search"
    if _TAG.search(path):
        return "tag"
    if _PAGED.search(path) or names & _PAGED_NAMES:
        return "more"
    if names & _CALENDAR_NAMES or (names and _LIST.search(path)):
        return "list"
    if names & _ARTICLE_NAMES or _ARTICLE.search(path):
        return "article"
    if path.endswith("/") or _LIST.search(path):
        return "list"
    return "unknown"


def may_be_column(url: str) -> bool:
    """Whether an address whose path names a search or a service may be a page of a column of that name."""
    parts = urlsplit(url)
    return not parts.query and bool(_COLUMN.search(parts.path))


def why_never(url: str) -> str:
    """Why an address like this is not asked for, where nothing says that it is a page; empty where it is."""
    return _NEVER_ASKED.get(kind_of_url(url), "")


def is_surely_list(kind: str, url: str) -> bool:
    """Whether an address of this kind leads to no article; many an article's ends with a slash."""
    return kind in ("tag", "more", "feed") or (kind == "list" and bool(_LIST.search(urlsplit(url).path)))


def hint_of(kind: str, url: str) -> str:
    """What a kind of address says of its page; one that merely ends as a column's does says `column`."""
    return "column" if kind == "list" and not is_surely_list(kind, url) else kind


def kind_of_page(shape: Shape, hint: str) -> str:
    """Whether a page is an article or a list, by its tree; `hint` is what its address said.

    An address that ends as a column's does (`column`) may as well be an article's.
    An article has a block of running text somewhere, however many links stand around it (portals put
    130 headlines beside one); a list has headlines and, at most, a teaser to each. A single paragraph below
    a headline of its own may be an article: reading tells.
    """
    if shape.says_article and shape.block_chars:
        return "article"
    if shape.says_article or hint == "article":
        return "list" if shape.block_chars < BLOCK_MIN_CHARS / 2 and shape.titled_links >= 20 else "article"
    if shape.headed and shape.block_chars and (hint == "column" or hint not in _LISTED):
        return "article"
    if shape.block_chars < BLOCK_MIN_CHARS:
        return "list" if shape.titled_links >= 5 or hint in _LISTED else "article"
    teaser = shape.block_chars < TEASER_MAX_CHARS and shape.block_pieces == 1
    if teaser and shape.titled_links >= 5 and (shape.teasers >= 5 or hint in _LISTED):
        return "list"
    return "article"


def is_challenge(status: int, body: bytes, content_type: str = "") -> bool:
    """Whether an answer is a shield's and not the site's."""
    if status in _STATUSES_OF_SHIELDS:
        return True
    if len(body) > _SHIELD_MAX_BYTES:
        return False
    small = body.lower()
    if b"<script" not in small or small.count(b"</a") > _SHIELD_MAX_LINKS:
        return False
    if any(mark in small for mark in _marks_of_shields()):
        return True
    read = decode_body(body, content_type) if b"<title" in small else ""
    title = None if isinstance(read, str) else _TITLE.search(read.html)
    return title is not None and _PROOF.search(title[0]) is not None


@cache
def _marks_of_shields() -> tuple[bytes, ...]:
    return tuple(mark.encode() for mark in words("kind.shield"))


def means_something(name: str) -> bool:
    """Whether a parameter's name says that it chooses a page: an id, a page's number, a date."""
    return name.lower() in _ARTICLE_NAMES | _PAGED_NAMES | _CALENDAR_NAMES


def _is_trap(path: str, parameters: int) -> bool:
    """Ever-deeper paths, and addresses that carry a state rather than a name."""
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS or parameters > MAX_PARAMETERS:
        return True
    return _LOOP.search(path) is not None
