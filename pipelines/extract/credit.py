"""The publication that a page names as its origin, in its byline (来源：), a meta tag or an element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from pipelines.dates import has_date
from pipelines.extract.byline import Byline, value_after
from pipelines.extract.metadata import Metadata, script_values, scripted_value
from pipelines.extract.people import CHINESE_NAME
from pipelines.extract.view import View
from pipelines.normalise import simplify
from pipelines.publishers import normalise_publisher
from pipelines.records import Field
from pipelines.words import pattern, words

_LABEL = pattern(
    r"^(?=[\u4e00-\u9fff]){credit.label}\s(?=\S)"
    r"|^(?!消息)(?=[\u4e00-\u9fff])(?:{credit.what}{credit.label}(?=[^于自])|{credit.label}(?=[^的于自广多在丨｜|/]))"
    r"(?=[^\s:：，。]{2,16}$)"
    r"|(?<!{credit.not_of_news}){credit.what|credit.this}?"
    r"{credit.label|credit.taken_from|credit.via|credit.before_colon}\s?(?:[:：丨|]|是(?=《))\s?"
)
_BARE_LABEL = pattern(
    r"^[（(【\[]?\s?(?:{credit.this}?{credit.taken_from|credit.first_in}|稿源|{credit.this}来(?:自|源于?))"
    r"\s?[:：]?\s?(?=[《“\"「]?[\u4e00-\u9fffA-Z])",
    case=True,
)
"""Of a line that says nothing else; what follows the name is an author, a number, a permission."""
_NAME = pattern(
    r"(?:{publisher.network}?{publisher.account}[:：\s]*)?[“「《]?[^，,;；。|｜（()）\s》”\"」]{2,24}",
    as_written=True,
)
_AFTER_BARE = pattern(
    r"^[》”\"」]?\s?(?:[（(][^（()）]{1,40}[)）])?\s?"
    r"(?:[，,;；。|｜ ]\s?{credit.beside|byline.person}.{0,80})?[）)】\]]?[。.]?$",
    case=True,
)
_PUBLISHER = pattern(r"^[\u4e00-\u9fffA-Za-z]{0,14}{publisher.ending}(?:社|客户端|网|中心)?$", case=True)
"""What a name without a label must be like to be a publication's."""
_AFTER_TIME = pattern(r"(?:{date.clock}|^{date.full})\s+(?=[\u4e00-\u9fff])")
_FIRST_IN = pattern(r"^(?=[a-z]){credit.first_in}")
_EDITION_LINE = pattern(
    r"^[（(]?本文(?:出自|{credit.first_in})[^《》，。]{0,12}《([^《》]{2,14})》"
    r"|^[（(]?{credit.first_in|credit.label}?《([^《》]{2,14})》\s?[（(]?\s?(?:{date.full_year}\s?[-/.年]\s?\d|第)"
)
"""《临潮晚报》（2024年05月08日 第06版）, in a line of its own."""
_DATELINE = pattern(
    r"^[【（(\[]?\s?(?!本|举报)([\u4e00-\u9fff]{1,8}{publisher.agency})(?:[\u4e00-\u9fff]{0,8}\d{1,2}月\d{1,2}日"
    r"(?:综合)?)?(?:综合|专)?(?:[电讯]|报道)(?=[\s（(，,：:】)\]]|题|\d|[\u4e00-\u9fff])"
)
_BEFORE_TIME = pattern(
    r"^([\u4e00-\u9fffA-Za-z]{2,14})\s(?:发[布表]于\s?)?(?:{date.full}"
    r"|\d\d-\d\d\s{date.clock}|{date.today}|\d{1,2}\s?{date.minute|date.hour|date.day}{date.ago})"
)
_IN_BRACKETS = re.compile(r"^[（(【]\s?([\u4e00-\u9fffA-Za-z]{2,16})\s?[)）】]$")
_REPORTED_BY = pattern(
    r"^(?:[（(【\[]\s?据(?=[^，。]{2,20}[）)】\]]$)|据(?=[^，。]{2,20}{credit.report}[。]?$))\s?[《“]?"
)
"""据…报道 in a line or brackets of its own; within a sentence it is the news."""
_REPORTED_END = pattern(r"[》”]?的?(?:{credit.report}|电)?[）)】\]]?[。]?$")
_WIRE_CREDIT = pattern(r"^{credit.wire}:? (?=[A-Z].{1,60}$)", case=True)
_SUPPLIED = pattern(r"(?<![\u4e00-\u9fff]){credit.supplied}\s?[:：]\s?")
_BYLINE = 80
"""Characters of the longest line that may show a source; what is longer is the text."""
_PATH = re.compile(r"[>»›]")
_ASIDE = pattern(
    r"^[\u4e00-\u9fff\d]{2,16}[（(](?!{byline.label|byline.person})[\u4e00-\u9fff]{2,10}[)）](?:[\u4e00-\u9fff]{2,8})?(?=\s|$)"
)
"""A name with brackets of its own: 临江市文旅局（原市文广新局）."""
_STATED = pattern(r"{credit.state}\s?[“\"「『]?$", as_written=True)
_NO_SOURCE = pattern(r"^{credit.no_source|credit.empty}$")
_IN_SCRIPTS = script_values("markup.script_source")
_SOURCE_NAMES = pattern(r"(?:^|[\s_-]){element.source}(?:$|[\s_-])")


def find_credited_source(
    view: View, byline: Byline, text: Sequence[str], *, is_scripted: bool
) -> Field | None:
    """The credited source, normalised, by what says it most plainly.

    A labelled line, a meta tag, an element, a bare credit line, the scripts, the dateline; in this order.

    Args:
        view: The page.
        byline: The lines around the article.
        text: The article's lines.
        is_scripted: Whether the page's scripts hold them, and may name its source.
    """
    elements = view.scan.sources
    lines = [*byline.head, *byline.tail]
    named_elements = _named_source(elements)
    return (
        _labelled(lines, named_elements)
        or _of_meta(view.metadata, () if is_scripted else (*lines, *map(_text_of, elements)))
        or named_elements
        or _in_line(lines, byline)
        or _supplied(lines)
        or (_scripted(view.root) if is_scripted else None)
        or _dateline(text)
    )


def publication_in(text: str) -> str:
    """The publication that a piece of a page names, behind a label or alone; empty where it names none."""
    field = _labelled([text], None) or _credit_line(text) or _source(text, "", text)
    return field.value if field else ""


def _labelled(lines: Sequence[str], of_element: Field | None) -> Field | None:
    """What follows a label; an element's own text where that begins so, since there it ends clearly."""
    for text in lines:
        for match in _LABEL.finditer(simplify(text)):
            if _STATED.search(text[: match.start()]):
                continue
            if field := _source(text[match.end() :], "byline", text):
                return of_element if of_element and field.value.startswith(of_element.value) else field
    return None


def _of_meta(metadata: Metadata, shown: Sequence[str]) -> Field | None:
    """What a meta tag says and the page shows: back ends fill in their own office for want of a source."""
    tag = metadata.first(*words("markup.meta_source"))
    field = _source(_LABEL.sub("", tag[1]), f"meta:{tag[0]}", tag[1]) if tag else None
    return (
        field
        if field and (not shown or any(field.value in text for text in shown if len(text) <= _BYLINE))
        else None
    )


def _supplied(lines: Sequence[str]) -> Field | None:
    """The body that sent the text in (供稿：…); a person who did is its author."""
    for text in lines:
        match = _SUPPLIED.search(simplify(text)) if len(text) <= 60 else None
        field = _source(text[match.end() :], "byline", text) if match else None
        if field and not CHINESE_NAME.match(field.value):
            return field
    return None


def _text_of(element: HtmlElement) -> str:
    return str(element.text_content())


def _in_line(lines: Sequence[str], byline: Byline) -> Field | None:
    """A credit line's, or a name alone that is neither the posting account's nor the page's own column's."""
    if credit := next((field for text in lines if (field := _credit_line(text))), None):
        return credit
    accounts = {normalise_publisher(name) for name in byline.writers}
    paths = " ".join(text for text in byline.above if _PATH.search(text))
    fields = (field for text in lines if (field := _unlabelled(text)))
    return next((f for f in fields if f.value not in accounts and f.value[:4] not in paths), None)


def _scripted(root: HtmlElement) -> Field | None:
    name = normalise_publisher(scripted_value(root, _IN_SCRIPTS))
    return Field(name, "script", name) if 2 <= len(name) <= 30 else None


def _dateline(lines: Sequence[str]) -> Field | None:
    """The agency or paper whose dateline opens the text: 新海社翠屏5月27日电, 北望网讯."""
    for line in lines[:3]:
        match = _DATELINE.match(simplify(line))
        if match:
            return _source(line[match.start(1) : match.end(1)], "dateline", line)
    return None


def _credit_line(text: str) -> Field | None:
    """The source that a line names which says nothing else: 转载自…, SOURCE …, （据…报道）."""
    bare = _bare_name(text)
    if bare:
        return _source(bare, "credit line", text)
    wire = _WIRE_CREDIT.search(text) if len(text) < 80 else None
    if wire:
        return _source(text[wire.end() :], "credit line", text)
    first = _FIRST_IN.match(text) if len(text) < 120 else None
    if first:
        return _source(text[first.end() :].rstrip(". "), "credit line", text)
    plain = simplify(text)
    reported = _REPORTED_BY.match(plain) if len(text) <= 40 else None
    end = _REPORTED_END.search(plain, reported.end()) if reported else None
    name = text[reported.end() : end.start() if end else len(text)] if reported else ""
    return _source(name, "credit line", text) if name else None


def _bare_name(text: str) -> str | None:
    """The name after 转自 or 本文来自, where the rest of the line is about nothing but the credit."""
    plain = simplify(text)
    label = _BARE_LABEL.match(plain) if len(text) <= 140 else None
    if not label:
        return None
    value = text[label.end() :].lstrip('《“"「')
    name = _NAME.match(value)
    rest = simplify(value[name.end() :]) if name else ""
    return value[: name.end()] if name and _AFTER_BARE.match(rest) else None


def _unlabelled(text: str) -> Field | None:
    """A publication's name right after the time of a byline, or alone in brackets."""
    plain = simplify(text)
    if len(text) > 80:
        return None
    edition = _EDITION_LINE.match(plain)
    if edition:
        return _source(
            text[edition.start(edition.lastindex or 0) : edition.end(edition.lastindex or 0)],
            "credit line",
            text,
        )
    alone = _IN_BRACKETS.match(plain)
    if alone and _PUBLISHER.match(alone[1]):
        return _source(text[alone.start(1) : alone.end(1)], "credit line", text)
    before = _BEFORE_TIME.match(plain)
    if before and _PUBLISHER.match(before[1]):
        return _source(text[: before.end(1)], "byline", text)
    time = _AFTER_TIME.search(plain)
    name = re.split(r"[\s／/|｜]", text[time.end() :], maxsplit=1)[0] if time else ""
    return _source(name, "byline", text) if name and _PUBLISHER.match(simplify(name)) else None


def _named_source(elements: Sequence[HtmlElement]) -> Field | None:
    """What an element that is called `source` holds: there the name has no neighbour to run into."""
    for element in _source_elements(elements):
        text = " ".join(element.text_content().split())
        match = _LABEL.search(simplify(text))
        if 1 < len(text) <= 40 and (
            field := _source(text[match.end() if match else 0 :], "source element", text)
        ):
            return field
    return None


def _source_elements(elements: Sequence[HtmlElement]) -> Iterable[HtmlElement]:
    return [
        element
        for element in elements[:20]
        if element.tag != "img"
        and _SOURCE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    ]


def _source(value: str, origin: str, evidence: str) -> Field | None:
    aside = _ASIDE.match(simplify(value))
    whole = value[: aside.end()] if aside and not has_date(aside[0]) else ""
    value = whole or value_after(value, 0)
    if value[:1] > "\u2e80" and " " in value:
        value = value.split(" ", 1)[0]
    name = normalise_publisher(value)
    if not 2 <= len(name) <= 40 or _NO_SOURCE.match(simplify(name)) or has_date(name, relative=False):
        return None
    if ":" in name:
        return None  # another field, with its label
    return Field(name, origin, evidence[:200])
