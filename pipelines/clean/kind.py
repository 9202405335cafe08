"""A cleaned text in; why it is no piece of news out: what a shop, a form or a page about somebody says.

`extract/kind.py` judges a page by its build; what its text says, and whether it has a headline of its own and
a day, says more. Each reason names the kind that a person would name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.normalise import normalise, simplify
from pipelines.words import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.records import Extracted, Stripped

_ABOUT = pattern(r"^\W{0,3}{kind.about_whole}\W{0,3}$|{kind.about_body}$")
_ABOUT_END = pattern(r"{kind.about_end}\W{0,3}$")
_DUTIES = pattern(r"^{kind.duties}\s?[:：]")
_OFFER = pattern(r"{kind.offer}")
_OFFERED = pattern(r"^\W{0,3}{kind.offered}(?:\W+[a-z ]{0,30})?$")
_SHOP = pattern(r"/{kind.shop}s?[/_-]")
_PERSON = pattern(r"^([\u4e00-\u9fff·]{2,5})[，,]\s?(?:{kind.person})")
_PLACE = pattern("{kind.place}$")
_LONGEST_NAME, _LONGEST_PLACE, _LONGEST_VITA = 8, 14, 400
_LEAST_OFFERS = 2
_LONGEST_LABEL = 30
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{1,60}\}\}|<%=?[^%]{1,60}%>|\$\{[^{}]{1,60}\}|\{\$[\w.\[\]]{1,40}\}|\[!--[\w.]{1,30}--\]"
)
_FIELD = re.compile(r"^\W{0,2}[^。]{1,14}[:：]?\s?[(（]?[*＊][)）]?\W{0,2}$|^[*＊]\s?[^。]{1,14}[:：]$")
_LEAST_FIELDS = 3
_CUT = pattern(r"(?:\.{3}|…)\W{0,3}(?:{related.cut}\W{0,4})?$")
_HOME = pattern(r"^/?(?:{kind.home}\w{0,3}\.\w{3,5})?$")
_SENTENCE = re.compile(r"[。！？；!?]|[.;] |[.]$|[，,].*[，,]")
_TOLD = pattern(r"{kind.told}|\d月\d{1,2}日|\d{4}年")
_SHORT, _EXCERPT = 250, 300
"""Characters of a text without a day that must tell of one; and of the excerpts on a home page."""
_LEAST_PROSE = 0.3


def of_another_kind(
    lines: Sequence[str], stripped: Sequence[Stripped], extracted: Extracted, url: str
) -> str:
    """The reason why a cleaned text is no news, its words before the colon stable; empty where it may be."""
    title = simplify(extracted.title.value) if extracted.title else ""
    signed = extracted.author or extracted.credited_source or extracted.editor
    plain = [simplify(line) for line in lines]
    if _PLACEHOLDER.search(title) or 2 * sum(bool(_PLACEHOLDER.search(line)) for line in lines) > len(lines):
        return "template page: its fields are not filled in"
    if _ABOUT.search(title) or (len(title) < 30 and _DUTIES.search(plain[0])):
        return "about page: it presents a body, not an event"
    said = sum(map(len, lines))
    person = _PERSON.match(plain[0])
    if person and re.search(rf"{person[1]}(?:$|[-_|—])", title) and said < _LONGEST_VITA:
        return "about page: it presents a person"
    offers = {match[0] for line in plain if len(line) <= _LONGEST_LABEL and (match := _OFFER.search(line))}
    needed = 1 if extracted.published is None or _SHOP.search(url) else _LEAST_OFFERS
    if (len(offers) >= needed and not signed) or _OFFERED.search(plain[0]):
        return "product page: it offers something for sale"
    if sum(bool(_FIELD.match(line)) for line in lines) >= _LEAST_FIELDS:
        return "form page: fields to fill in"
    origin = extracted.title.origin if extracted.title else ""
    if said < _EXCERPT and origin == "site name":
        return "list page: no headline but the site's name"
    headed = extracted.published and origin != "title element" and not _HOME.search(urlsplit(url).path)
    if said < _EXCERPT and _CUT.search(plain[-1]) and not signed and not headed:
        return "list page: excerpts alone"
    if extracted.published or signed:
        return ""
    return _undated(plain, stripped, extracted, title)


def _undated(lines: Sequence[str], stripped: Sequence[Stripped], extracted: Extracted, title: str) -> str:
    """The reason for a page that shows neither a day nor a name."""
    if _ABOUT_END.search(title):
        return "about page: it presents a body, not an event"
    if extracted.title is None or extracted.title.origin in ("title element", "site name"):
        return "undated page: no headline either"
    said = sum(map(len, lines))
    prose = sum(len(line) for line in lines if len(line) >= 15 and _SENTENCE.search(line))
    if prose < _LEAST_PROSE * said:
        return "undated page: a table or a list"
    name = re.sub(r"[(（].*?[)）]|\W", "", title)
    followed = any(piece.rule == "neighbours" for piece in stripped)
    chinese = extracted.language is not None and extracted.language.value.startswith("zh")
    place = len(name) <= _LONGEST_PLACE and _PLACE.search(name)
    if chinese and (place or (len(name) <= _LONGEST_NAME and not followed)):
        return "undated page: its title is a name"
    if chinese and len(normalise("".join(lines))) < _SHORT and not any(map(_TOLD.search, lines)):
        return "undated page: it tells of no day"
    return ""
