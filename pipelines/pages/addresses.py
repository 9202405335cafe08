"""What a page probably is, told cheaply: by its address before it is fetched, by its tree afterwards.

Pure. The address only decides the order of fetching and what is never fetched (files, searches,
log-ins); whether a fetched page may be news is decided by the page. When in doubt it may: the
stages behind read it properly and can still reject it, while a page held back here is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.words import pattern, words

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|ico|svg|tiff?|avif|psd|mp[34]|m4[av]|avi|mov|wmv|flv|webm|mkv|wav|wma|ogg|"
    r"m3u8|swf|pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|ceb|rtf|csv|txt|epub|zip|rar|7z|gz|tgz|bz2|tar|exe|msi|"
    r"apk|ipa|dmg|iso|css|js|mjs|json|woff2?|ttf|eot|otf|map|vcf|ics|torrent|p7s)$",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"/(?:log-?in|log-?out|sign-?in|sign-?up|regist(?:er|ration)|passport|account|my-account|member/login|"
    r"cart|checkout|wp-admin|wp-login\.php|wp-json|xmlrpc\.php|cgi-bin|captcha|comments?/(?:feed|reply)|"
    r"denglu|zhuce|share|mailto|sendmail|favou?rites?|addtofav)(?:[/.?]|$)",
    re.IGNORECASE,
)
_SEARCH = pattern(r"/{address.search_path}(?:[/.]|$)|/search[-_]?\w*\.\w+$")
_SEARCH_NAMES = frozenset(words("address.search_parameter"))
_TAG = re.compile(
    r"/(?:tags?|label|keywords?|biaoqian|author|authors|user|users|space|archives?/author)/", re.IGNORECASE
)
_PAGED = re.compile(
    r"/(?:list|index|default|page|p|node|more|lm|column)[-_]?\d{1,5}\.\w{2,5}$|[-_](?:list|page|p)[-_]?\d{1,4}\.\w{2,5}$|"
    r"/page/\d+/?$",
    re.IGNORECASE,
)
_PAGED_NAMES = frozenset(words("address.page_parameter"))
_LIST = re.compile(
    r"/(?:list|lists|category|categories|cat|channel|column|columns|node|section|class|sort|lanmu|liebiao|"
    r"more|calendar|rili|sitemap)(?:[/._-]|$)",
    re.IGNORECASE,
)
_CALENDAR_NAMES = frozenset(words("address.date_parameter"))
_ARTICLE = re.compile(
    r"/t\d{8}_\d+\.|/(?:art|article|content|detail|details|show|view|info|news|read|story|a|c|n)[-_/]?(?:[\w-]*/)*[\w-]*\d{3,}|"
    r"/(?:19|20)\d{2}[-/_]?(?:0?[1-9]|1[0-2])(?:[-/_]?\d{1,2})?[/_-][^/]*[0-9a-z]|\d{4,}[\w-]*\.\w{2,5}$|"
    r"/[\w%]+(?:-[\w%]+){3,}(?:\.html?|/)?$",
    re.IGNORECASE,
)
_ARTICLE_NAMES = frozenset(words("address.article_parameter"))

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
_LISTED = frozenset(["list", "more", "tag"])


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
    """The page calls itself an article (og:type, schema.org)."""


def kind_of_url(url: str) -> str:
    """What its address alone says: article, list, more, tag, search, service, file, trap or unknown."""
    parts = urlsplit(url)
    path = parts.path
    if _FILE.search(path):
        return "file"
    names = {pair.partition("=")[0].lower() for pair in parts.query.split("&")} if parts.query else set()
    if _is_trap(path, len(names)):
        return "trap"
    if _SERVICE.search(path):
        return "service"
    if _SEARCH.search(path) or names & _SEARCH_NAMES:
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


def kind_of_page(shape: Shape, hint: str) -> str:
    """Whether a page is an article or a list, by its tree; `hint` is what its address said.

    An article has a block of running text somewhere, however many links stand around it (portals put
    130 headlines beside one); a list has headlines and, at most, a teaser to each.
    """
    if shape.says_article or hint == "article":
        return "list" if shape.block_chars < BLOCK_MIN_CHARS / 2 and shape.titled_links >= 20 else "article"
    if shape.block_chars < BLOCK_MIN_CHARS:
        return "list" if shape.titled_links >= 5 or hint in _LISTED else "article"
    teaser = shape.block_chars < TEASER_MAX_CHARS and shape.block_pieces == 1
    if teaser and shape.titled_links >= 5 and (shape.teasers >= 5 or hint in _LISTED):
        return "list"
    return "article"


def means_something(name: str) -> bool:
    """Whether a parameter's name says that it chooses a page: an id, a page's number, a date."""
    return name.lower() in _ARTICLE_NAMES | _PAGED_NAMES | _CALENDAR_NAMES


def _is_trap(path: str, parameters: int) -> bool:
    """Ever-deeper paths, and addresses that carry a state rather than a name."""
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS or parameters > MAX_PARAMETERS:
        return True
    return any(segments.count(segment) > 2 for segment in set(segments) if not segment.isdigit())
