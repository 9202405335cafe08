"""A cleaned text in; why it is no piece of news out: what a shop, a form or a page about somebody says.

`extract/kind.py` judges a page by its build; what its text says, and whether it has a headline of its own and
a day, says more. Each reason names the kind that a person would name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines.normalise import normalise, simplify
from pipelines.records import Extracted, Stripped
from pipelines.words import pattern

_ABOUT = pattern(r"^\W{0,3}{kind.about_whole}\W{0,3}$|{kind.about_body}$")
_ABOUT_END = pattern(r"{kind.about_end}\W{0,3}$")
_DUTIES = pattern(r"^{kind.duties}\s?[:：]")
_OFFER = pattern(r"{kind.offer}")
_OFFERED = pattern(r"^\W{0,3}{kind.offered}(?:\W+[a-z ]{0,30})?$")
_SHOP = pattern(r"/{kind.shop}s?[/_-]")
_PERSON = pattern(r"^([\u4e00-\u9fff·]{2,5})[，,]\s?(?:{kind.person})")
_LATIN_PERSON = pattern(r"^([A-Z][a-z]+(?: [A-Z][a-z]+){1,2}) {kind.person}", case=True)
_VITA = pattern("{kind.vita}")
_NAMED = re.compile(r"^([\u4e00-\u9fff]{2,12}[:：]\s?)?([\u4e00-\u9fff·]{2,4})(?:\s?[-_|—–].*)?$")
_FIRST_OF_VITA, _LONGEST_PERSON = 120, 3
_DUTY = pattern(
    r"^\W{0,3}(?:[一二三四五六七八九十\d]{1,3}[、.．)）]|[(（][一二三四五六七八九十\d]{1,3}[)）])\s?{kind.duty}"
)
_LEAST_DUTIES, _MOST_DUTIES = 4, 0.7
"""Lines of a list of duties, and their share of a text that is one."""
_PLACE = pattern("{kind.place}$")
_LONGEST_NAME, _LONGEST_PLACE, _LONGEST_VITA = 8, 14, 400
_LEAST_OFFERS = 2
_LONGEST_LABEL = 30
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{1,60}\}\}|<%=?[^%]{1,60}%>|\$\{[^{}]{1,60}\}|\{\$[\w.\[\]]{1,40}\}|\[!--[\w.]{1,30}--\]"
)
_FIELD = re.compile(r"^\W{0,2}[^。]{1,14}[:：]?\s?[(（]?[*＊][)）]?\W{0,2}$|^[*＊]\s?[^。]{1,14}[:：]$")
_LEAST_FIELDS = 3
_CUT = pattern(r"(?:\.{3}|…)\W{0,3}(?:{related.cut}\W{0,4})?$|[\[【(（]{related.cut}[\]】)）]\W{0,3}$")
_HOME = pattern(r"^/?(?:{kind.home}\w{0,3}\.\w{3,5})?$")
_SENTENCE = re.compile(r"[。！？；!?]|[.;] |[.]$|[，,].*[，,]")
_TOLD = pattern(r"{kind.told|date.today}|\d月\d{1,2}日|\d{4}年")
_SHORT, _EXCERPT = 250, 300
"""Characters of a text without a day that must tell of one; and of the excerpts on a home page."""
_LEAST_PROSE = 0.3

_MISSING = pattern("{kind.not_found}")
_GATE = pattern("{kind.gate}")
_GATE_OR_MISSING = pattern("{kind.gate|kind.not_found}")
"""No error page names who wrote it; what does so reports on one."""
_GATE_OR_READER = pattern("{kind.gate|kind.not_found|kind.reader}")
"""Where a page shows neither a day nor a name, what speaks to its reader need not ask in known words."""
_REPORTS = pattern(r"{text.said}|\d月\d{1,2}日")
_SENTENCES = re.compile(r"[。！？!?]|\.(?=\s|$)")
_LONGEST_GATE, _LEAST_GATE = 900, 0.4
"""Characters of a text that stands instead of another, and of these the share of sentences that ask for
something: what membership offers is told between them."""


def of_another_kind(
    lines: Sequence[str], stripped: Sequence[Stripped], extracted: Extracted, url: str
) -> str:
    """The reason why a cleaned text is no news, its words before the colon stable; empty where it may be."""
    title = simplify(extracted.title.value) if extracted.title else ""
    signed = extracted.author or extracted.credited_source or extracted.editor
    plain = [simplify(line) for line in lines]
    if _PLACEHOLDER.search(title) or 2 * sum(bool(_PLACEHOLDER.search(line)) for line in lines) > len(lines):
        return "template page: its fields are not filled in"
    if _is_gate(plain, _GATE if signed else _GATE_OR_MISSING):
        if not signed and any(map(_MISSING.search, plain)):
            return "not found page: its text says so"
        return "gate page: it asks to log in, to pay, to accept or to come again"
    said = sum(map(len, lines))
    if about := _about(title, plain, said):
        return about
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
    is_dated = extracted.published or extracted.author or extracted.editor
    other = "" if is_dated else _undated(plain, stripped, extracted, title)
    return other or _addressed(plain, extracted)


def _about(title: str, lines: Sequence[str], said: int) -> str:
    """The reason for a page that presents a body or a person."""
    duties = sum(map(bool, map(_DUTY.match, lines)))
    is_of_duties = len(lines) >= _LEAST_DUTIES and duties >= _MOST_DUTIES * len(lines)
    if _ABOUT.search(title) or is_of_duties or (len(title) < 30 and _DUTIES.search(lines[0])):
        return "about page: it presents a body, not an event"
    person = _PERSON.match(lines[0]) or _LATIN_PERSON.match(lines[0])
    named = person and re.search(rf"{person[1]}(?:$|[-_|—])", title) and said < _LONGEST_VITA
    return "about page: it presents a person" if named or _is_vita(title, lines[0]) else ""


def _is_vita(title: str, first: str) -> bool:
    """Whether a title is a person's name, perhaps behind a post, of whom the text says what vitae say."""
    named = _NAMED.match(title)
    if not named or not _VITA.search(first[:_FIRST_OF_VITA]):
        return False
    return (
        bool(named[1])
        or named[2] in first[:30]
        or (len(named[2]) <= _LONGEST_PERSON and not _TOLD.search(first))
    )


def _is_place(title: str) -> bool:
    """Whether a title is no more than the name of a place to go to."""
    name = _bare_name(title)
    return len(name) <= _LONGEST_PLACE and _PLACE.search(name) is not None


def _bare_name(title: str) -> str:
    return re.sub(r"[(（].*?[)）]|\W", "", title)


def _is_gate(lines: Sequence[str], asks: re.Pattern[str]) -> bool:
    """Whether a short text asks its reader for something from its first sentence on, and reports nothing."""
    sentences = [sentence for line in lines for sentence in _SENTENCES.split(line) if sentence.strip()]
    said = sum(map(len, sentences))
    if not sentences or said > _LONGEST_GATE or not asks.search(sentences[0]):
        return False
    asked = sum(len(sentence) for sentence in sentences if asks.search(sentence))
    return asked >= _LEAST_GATE * said and not any(map(_REPORTS.search, sentences))


def _addressed(lines: Sequence[str], extracted: Extracted) -> str:
    """The reason for a page that speaks to its reader and shows neither a name nor a day."""
    published = extracted.published
    if extracted.author or extracted.credited_source or (published and published.origin != "url"):
        return ""
    return "gate page: it speaks to its reader and tells no news" if _is_gate(lines, _GATE_OR_READER) else ""


def _undated(lines: Sequence[str], stripped: Sequence[Stripped], extracted: Extracted, title: str) -> str:
    """The reason for a page that shows neither a day nor who wrote it."""
    if extracted.site_name and normalise(title) == normalise(extracted.site_name.value):
        return "undated page: no headline but the site's name"
    if extracted.credited_source:  # sights and hotels are credited with themselves
        own = normalise(extracted.credited_source.value) == normalise(title)
        return "undated page: its title is a name" if own or _is_place(title) else ""
    return _unsigned(lines, stripped, extracted, title)


def _unsigned(lines: Sequence[str], stripped: Sequence[Stripped], extracted: Extracted, title: str) -> str:
    """The reason for a page that shows no name either."""
    if _ABOUT_END.search(title):
        return "about page: it presents a body, not an event"
    if extracted.title is None or extracted.title.origin in ("title element", "site name"):
        return "undated page: no headline either"
    said = sum(map(len, lines))
    prose = sum(len(line) for line in lines if len(line) >= 15 and _SENTENCE.search(line))
    if prose < _LEAST_PROSE * said:
        return "undated page: a table or a list"
    followed = any(piece.rule == "neighbours" for piece in stripped)
    chinese = extracted.language is not None and extracted.language.value.startswith("zh")
    if chinese and (_is_place(title) or (len(_bare_name(title)) <= _LONGEST_NAME and not followed)):
        return "undated page: its title is a name"
    if chinese and len(normalise("".join(lines))) < _SHORT and not any(map(_TOLD.search, lines)):
        return "undated page: it tells of no day"
    return ""
