"""A page's lines and its head in; what speaks for a list on it, and what for one article, out.

A list shows other pages of its site: headlines that lead to them, each with the text of that page or its
beginning. An article may have such headlines too, below its own text. What a page declares itself to be (the
class of its body, og:type, schema.org, its title, its address) decides where its build does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, get_args
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.extract.metadata import linked_data, read_claims
from pipelines.extract.prose import bare
from pipelines.extract.scan import SUBHEADINGS, Line, Scan
from pipelines.extract.view import View
from pipelines.normalise import simplify
from pipelines.records import Shown, StrippedKind
from pipelines.urls import address_key, canonical_url, resolve
from pipelines.words import pattern, words

_LIST_CLASSES, _ARTICLE_CLASSES = (
    frozenset(words("element.list_page")),
    frozenset(words("element.article_page")),
)
_LIST_TYPES, _ARTICLE_TYPES = frozenset(words("markup.list_type")), frozenset(words("markup.article_type"))
_LIST_TITLE = pattern(r"^\W*{kind.list_title}\W*$")
_PARTS = re.compile(r"\s*[|｜_»«‹›]\s*|\s+[-–—·•]+\s+|-(?=[^-]*$)")
_LIST_ADDRESS = pattern(
    r"/{address.tag_path}/[^/]+|/{address.list_path}/[^/]+/?(?:page/\d+/?)?$|/page[/_-]\d+(?:\.\w{2,5}|/)?$"
    r"|(?:^|/)(?:19|20)\d\d(?:[/-]\d{1,2}){0,2}/?(?:page/\d+/?)?$|[-_/]{address.page_name}[-_]\d+(?:[-_]\d+)?\.\w{2,5}$"
)
_NO_HEADLINE = pattern("/{address.tag_path}/|/{address.list_path}/[^/]+/?$")
"""Addresses of what stands beside a headline: its tags, its author, its section."""
_TYPES = re.compile(r'"@type"\s*:\s*(?:"(\w+)"|\[([^\]]{0,200})\])')
_JSON_LIMIT = 200_000
_MOST_SHOWN = 60
"""Pages noted of one that leads to more: lists with texts have fifty items at the most."""
_LEAST_OWN = 30.0
"""Characters of prose between a page's own headline and the first that leads elsewhere: a short paragraph."""
_LEAST_SAID = 20.0
_FAR_ABOVE = 8
"""Lines between a headline and the text that it leads to, at most: tags, counters, a day."""
_BOXES = frozenset(get_args(StrippedKind))
_HEADINGS = SUBHEADINGS | {"h1", "h6"}
_READ_ON = pattern(r"^\W*(?:{related.click}?{related.cut}|{kind.more}|{related.read_on}.{0,80})\W*$")
_LEAST_BELOW = 15.0
"""Characters below a heading that are its text, whatever their marks."""
_LONGEST_ENTRY, _LEAST_OF_ENTRY = 60.0, 0.25
"""Characters of a headline with its section, day and counts, and the share of it that is linked."""
_LEAST_HEADING, _LEAST_HEADLINE = 1.0, 8.0
"""Characters of a headline that is marked as a heading, and of one that is not."""


class Listing(NamedTuple):
    """What a page shows of others, and what it says it is."""

    shown: int
    """Headlines that lead to other pages of the site, each with text."""
    marked: int
    """Those of them that are headings."""
    own: float
    """Characters of prose that stand below the page's own headline, before the first of these."""
    declared: int
    """Declarations that it is a list, less those that it is an article."""
    is_article: bool
    """Whether any says that it is an article."""
    items: frozenset[str] = frozenset()
    """Where these headlines lead, as written."""
    is_named: bool = False
    """Whether a feed names it: that is one such declaration, since some feeds name lists too."""
    hosts: frozenset[str] = frozenset()
    """Where the page stands, or says so: a mirror's links lead to the site that it is a copy of."""

    def leads_out(self, line: Line) -> bool:
        """Whether a line leads to another site than the page's: a list shows its own pages."""
        try:
            there = urlsplit(line.leads).hostname
        except ValueError:
            return False
        return there is not None and _plain(there) not in self.hosts

    @property
    def is_list(self) -> bool:
        """Whether the page is a list."""
        if self.own >= _LEAST_OWN:
            return self.declared > (1 if self.shown > 1 else 2)
        if self.shown > 1:
            looks_like_one = self.marked > 2 and self.own < _LEAST_SAID and not self.is_named
            return not self.is_article or self.declared > 0 or looks_like_one
        return self.declared >= (2 if self.shown else 3)


def read_listing(view: View, *, is_named: bool) -> Listing:
    """What a page shows of other pages, and what it declares itself to be."""
    lists, articles = _declared(view)
    articles += is_named
    lists += _is_sites_name(view)
    boxes = _BOXES - {"related"} if lists > articles else _BOXES
    others = [_led_on(view, boxes)]
    if lists > articles:
        others.append(_articles(view))
    shown = max(_shown(view, boxes), *(found for found in others if len(found) > 1), [], key=len)
    own = _own(view, min(map(min, shown), default=None))
    items = frozenset(view.lines[head].leads for head, _ in shown)
    marked = sum(view.lines[head].tag in _HEADINGS for head, _ in shown)
    claimed = (claim.url for claim in read_claims(view.root, view.metadata, view.url))
    hosts = frozenset(_plain(urlsplit(url).hostname) for url in (view.url, *claimed))
    return Listing(len(shown), marked, own, lists - articles, articles > 0, items, is_named, hosts)


def shown_pages(view: View, items: frozenset[str]) -> tuple[Shown, ...]:
    """The other pages of the site to which lines outside menus and feet lead, and which of them are items."""
    found: dict[int, bool] = {}
    for line in view.lines:
        if not line.leads or view.trust.hint(line) in _BOXES or not _target(line, view):
            continue
        try:
            key = address_key(canonical_url(resolve(view.base, line.leads)))
        except ValueError:
            continue
        found[key] = found.get(key, False) or line.leads in items
        if len(found) == _MOST_SHOWN:
            break
    return tuple(Shown(key, is_item) for key, is_item in found.items())


# What the page declares ------------------------------------------------------------------------


def _declared(view: View) -> tuple[int, int]:
    """How many declarations say that the page is a list, and how many that it is an article."""
    body, metadata = view.root.find("body"), view.metadata
    names = () if body is None else f"{body.get('class', '')} {body.get('id', '')}".lower().split()
    lists, articles = _votes(names, _LIST_CLASSES, _ARTICLE_CLASSES)
    for said in ([metadata.meta.get("og:type", "").lower()], _schema_types(view.root)):
        for_list, for_article = _votes(said, _LIST_TYPES, _ARTICLE_TYPES)
        lists, articles = lists + min(for_list, 1), articles + for_article
    articles += "article:published_time" in metadata.meta
    lists += any(_LIST_TITLE.match(simplify(part)) for part in _PARTS.split(metadata.title_element) if part)
    lists += bool(_LIST_ADDRESS.search(unquote(urlsplit(view.url).path)))
    return lists, articles


def _is_sites_name(view: View) -> bool:
    """Whether the page's title is what its link to the home page says: each further page of that is so."""
    name = bare(view.metadata.title_element)
    named = (line.leads for line in view.lines if name and line.leads and bare(line.text) == name)
    return any(_is_home(href, view) for href in named)


def _is_home(href: str, view: View) -> bool:
    try:
        there = urlsplit(urljoin(view.base, href))
    except ValueError:
        return False
    return _plain(there.hostname) == _plain(urlsplit(view.url).hostname) and there.path in ("", "/")


def _votes(said: Iterable[str], for_list: frozenset[str], for_article: frozenset[str]) -> tuple[int, int]:
    """What words say: a list, twice where two do (`archive tag`), or an article; nothing where both are."""
    lists, articles = len(for_list.intersection(said)), bool(for_article.intersection(said))
    return (0, 0) if lists and articles else (min(lists, 2), int(articles))


def _schema_types(root: HtmlElement) -> list[str]:
    """The types of schema.org that the page's JSON-LD names."""
    types: list[str] = []
    for script in linked_data(root):
        for one, several in _TYPES.findall((script.text or "")[:_JSON_LIMIT]):
            types += [one.lower()] if one else [name.strip('" \n').lower() for name in several.split(",")]
    return types


# What it shows ---------------------------------------------------------------------------------


def _shown(view: View, boxes: frozenset[str]) -> list[tuple[int, int]]:
    """Headlines that lead to other pages, by the indices of their line and of the first of their text.

    `boxes` are the kinds of boilerplate in which none is looked for.
    """
    lines, title_line = view.lines, view.title_line
    start = 0 if title_line is None or _target(lines[title_line], view) else title_line + 1
    found: dict[str, tuple[int, int]] = {}
    above: list[int] = []
    for index in range(start, len(lines)):
        line = lines[index]
        if line.hidden or view.trust.hint(line) in boxes:
            continue
        head = _headline(view, above, index)
        if head is not None and _is_text(line, lines[head]):
            found.setdefault(_target(lines[head], view), (head, index))
            above = []
        elif line.is_linked or _is_entry(line):
            above.append(index)
    pairs = list(found.values())
    return [pair for pair in pairs if _stands_apart(view.scan, pair, pairs)]


def _led_on(view: View, boxes: frozenset[str]) -> list[tuple[int, int]]:
    """Links to read on that lead to other pages, each with the text above it: some headlines are no links."""
    found: dict[str, tuple[int, int]] = {}
    text = None
    for index in range(view.below_title, len(view.lines)):
        line = view.lines[index]
        if line.hidden or view.trust.hint(line) in boxes:
            continue
        if line.is_prose:
            text = index
        elif text is not None and line.is_linked and _READ_ON.match(line.plain):
            if target := _target(line, view):
                found.setdefault(target, (index, text))
            text = None
    return list(found.values())


def _articles(view: View) -> list[tuple[int, int]]:
    """Headings with text in `article` elements of their own, where none holds the page's own headline."""
    scan, title_line = view.scan, view.title_line
    own = set() if title_line is None else set(scan.way_up(scan.lines[title_line].node))
    heads: dict[int, int] = {}
    found: dict[int, tuple[int, int]] = {}
    for index, line in enumerate(scan.lines):
        holders = scan.way_up(line.node)
        node = next((node for node in holders if scan.elements[node].tag == "article"), None)
        if node is None or node in own:
            continue
        if line.tag in _HEADINGS:
            heads.setdefault(node, index)
        elif node in heads and line.is_prose:
            found.setdefault(node, (heads[node], index))
    return list(found.values())


def _is_entry(line: Line) -> bool:
    """Whether a line is a headline with what lists write beside it: its section, its day, its readers."""
    return (
        bool(line.leads) and line.amount <= _LONGEST_ENTRY and line.linked >= _LEAST_OF_ENTRY * len(line.text)
    )


def _is_text(line: Line, head: Line) -> bool:
    """Whether a line is what stands below a headline: prose, or what leads on to the same page at its end."""
    if line.is_prose:
        return True
    said = line.amount * (1 - line.linked / len(line.text))
    leads_on = line.leads == head.leads or not line.is_linked
    return leads_on and head.tag in _HEADINGS and said >= _LEAST_BELOW


def _headline(view: View, above: Sequence[int], index: int) -> int | None:
    """The headline among the links above a text: the last heading, or the last that is long and no byline."""
    lines = view.lines
    near = [i for i in above if index - i <= _FAR_ABOVE and _target(lines[i], view)]
    marked = [i for i in near if lines[i].tag in _HEADINGS and lines[i].amount >= _LEAST_HEADING]
    long = [i for i in near if not lines[i].hint and _linked_amount(lines[i]) >= _LEAST_HEADLINE]
    return next(reversed(marked or long), None)


def _linked_amount(line: Line) -> float:
    return line.amount * line.linked / len(line.text)


def _target(line: Line, view: View) -> str:
    """The path and query of the other page of the site that a line leads to; empty where it leads to none."""
    return _path_elsewhere(line.leads, view.base, view.url) if line.leads else ""


@lru_cache(maxsize=4_000)  # a page's links are asked about again and again
def _path_elsewhere(href: str, base: str, url: str) -> str:
    """The path and query of another page of the site, which is no home page and no tag; else nothing."""
    try:
        there, here = urlsplit(urljoin(base, href)), urlsplit(url)
    except ValueError:
        return ""
    if there.scheme not in ("http", "https") or _plain(there.hostname) != _plain(here.hostname):
        return ""
    path = unquote(there.path).rstrip("/")
    target = f"{path}?{there.query}" if there.query else path
    own = unquote(here.path).rstrip("/")
    if (
        not target
        or target == (f"{own}?{here.query}" if here.query else own)
        or _NO_HEADLINE.search(path + "/")
    ):
        return ""
    return target


def _plain(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def _stands_apart(scan: Scan, pair: tuple[int, int], pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether headline and text are one item: no other headline in the smallest element that holds both.

    Where all items stand in one element, headline and text are its children. Cards between the paragraphs of
    an article are neither.
    """
    lines = scan.lines
    head, text = lines[pair[0]].node, lines[pair[1]].node
    if head < 0 or text < 0:
        return False
    if scan.parents[head] == scan.parents[text] and lines[pair[0]].tag in _HEADINGS:
        return True
    holders = set(scan.way_up(head))
    block = next((node for node in scan.way_up(text) if node in holders), -1)
    return not any(block in scan.way_up(lines[other].node) for other, _ in pairs if other != pair[0])


def _own(view: View, first: int | None) -> float:
    """Characters of prose below the page's own headline and above the first that leads elsewhere."""
    start = view.below_title if first is None or view.below_title <= first else 0
    prose = (line for line in view.lines[start:first] if line.is_prose and not line.hidden)
    return sum(line.amount for line in prose if not view.trust.hint(line))
