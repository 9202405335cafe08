"""A page's lines and its choice of an article in; why it is not a piece of news out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from pipelines.extract.container import Choice
from pipelines.extract.listing import Listing
from pipelines.extract.prose import size
from pipelines.extract.scan import Line, Scan
from pipelines.extract.view import View
from pipelines.normalise import simplify
from pipelines.words import pattern, words

LEAST_TEXT = 30
"""Characters (Latin letters count a third) below which nothing is a piece of news."""
_NOT_FOUND = pattern("{kind.not_found}")
_BROKEN = pattern(r"^\W*{kind.server_error}\W*$")
_LONGEST_NOTE = 30
"""Characters of a title or line that says so; headlines that report on missing things are longer."""
_BYLINE_LABEL = pattern(r"(?:{credit.label}|作者)\s?[:：]|{kind.tool}")
_SEARCH_PATH = pattern(r"/{address.search_path}(?:[/._-]|$)")
_SEARCH_NAMES = frozenset([*words("address.search_parameter"), "key"])
"""`key` may choose an article too: of an address alone it says nothing."""
_SEARCH_TITLE = pattern("{kind.results}")
_LISTED_DATE = pattern(r"{date.listed}[\]】)]?$|^[\[【(]?{date.full}")
_PAGER = pattern("{kind.pager}")


class NotNews(NamedTuple):
    """Why a page holds no article."""

    reason: str
    """Its words before the colon are stable."""
    stage: str = "kind"
    is_final: bool = False
    """Whether a text that the page's scripts carry would change nothing."""
    is_certain: bool = False
    """Whether no second opinion on the text would change anything either."""

    @property
    def may_be_doubted(self) -> bool:
        """Whether a second opinion on the page's text may overrule it: that no text was seen, and no more."""
        return self.reason.startswith(("list page", "no text")) and not self.is_certain


def not_news(view: View, choice: Choice | None, listing: Listing) -> NotNews | None:
    """The reason why the page holds no article; None where it may be one.

    Args:
        view: The page.
        choice: The element that would be the article's.
        listing: What it shows of other pages.
    """
    scan, title, digest = view.scan, view.metadata.title_element, view.trust.digest
    lines = scan.lines[choice.first : choice.last] if choice else []
    prose = choice.prose if choice else 0.0
    everything = sum(line.amount for line in scan.lines)
    missing = _says_not_found([simplify(title)]) or (
        everything < 400 and _says_not_found(line.plain for line in scan.lines)
    )
    if (prose < 150 and missing) or _BROKEN.search(simplify(title)):
        return NotNews("not found page: it says so with status 200", is_final=True)
    if _is_search(view.url, title):
        return NotNews("search page: its address or title asks for results", is_final=True)
    if not digest and listing.is_list:
        reason = f"list page: {listing.shown} headlines that lead to other pages, with their texts"
        return NotNews(reason, is_final=True, is_certain=True)
    if prose < LEAST_TEXT:
        return _empty_kind(view.root, scan, everything)
    if not digest and not listing.is_named and _is_list(view, lines, prose, listing):
        return NotNews("list page: headlines with links, little prose", is_final=True)
    return None


def _says_not_found(texts: Iterable[str]) -> bool:
    return any(size(text) <= _LONGEST_NOTE and _NOT_FOUND.search(text) for text in texts)


def _is_search(url: str, title: str) -> bool:
    parts = urlsplit(url)
    asks = any(key.lower() in _SEARCH_NAMES and value for key, value in parse_qsl(parts.query))
    searches = _SEARCH_PATH.search(parts.path)
    return bool((asks and searches) or ((asks or searches) and _SEARCH_TITLE.search(simplify(title))))


def _empty_kind(root: HtmlElement, scan: Scan, everything: float) -> NotNews:
    headlines = sum(line.is_linked and line.amount >= 6 for line in scan.lines)
    scripts = sum(len(script.text or "") for script in root.iter("script"))
    sources = sum(1 for script in root.iter("script") if script.get("src"))
    if next(root.iter("video", "embed", "object"), None) is not None and headlines < 20:
        return NotNews("gallery page: a video without text")
    if everything < 60 and (scripts > 200 or sources):
        return NotNews("script page: its text is made by scripts")
    if headlines >= 6:
        return NotNews("list page: headlines with links, no prose", is_final=True)
    if len(scan.pictures) >= 3:
        return NotNews("gallery page: images without text")
    return NotNews("no text: fewer than 30 characters of prose", "extract")


def _is_list(view: View, lines: Sequence[Line], prose: float, listing: Listing) -> bool:
    """Headlines with excerpts or dates, item after item, where an article would have paragraphs.

    Links below an article are its related news: only headlines that stand between paragraphs count.
    """
    address = urlsplit(view.url)
    if address.path in ("", "/") and not address.query and sum(_headlines(view.lines, listing)) >= 5:
        return True
    spots = [index for index, line in enumerate(lines) if line.is_prose and not line.is_linked]
    heads = _headlines(lines, listing)
    everywhere, headlines = sum(heads), sum(heads[spots[0] : spots[-1]]) if spots else 0
    dated = sum(bool(_LISTED_DATE.search(line.text)) for line in lines if line.amount < 80)
    longest = max((lines[index].amount for index in spots), default=0.0)
    above = view.lines[max(0, view.lines.index(lines[0]) - 6) :][: 6 + (spots[0] if spots else 0)]
    if longest >= 250 or any(_BYLINE_LABEL.search(line.plain) for line in above):
        return False  # a paragraph, or a byline: a digest has headlines between its paragraphs too
    if headlines >= 4 and headlines >= 0.6 * len(spots):
        return prose < 150 * headlines
    paged = any(_PAGER.search(line.plain) for line in view.lines if line.amount < 30)
    return dated >= 5 and everywhere >= 5 and (paged or everywhere >= 3 * len(spots))


def _headlines(lines: Sequence[Line], listing: Listing) -> list[bool]:
    """Which lines are headlines that lead to other pages of the site."""
    return [line.is_linked and line.amount >= 6 and not listing.leads_out(line) for line in lines]
