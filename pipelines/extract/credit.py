"""The publication that a page names as its origin, in its byline (来源：), a meta tag or an element."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, cast

from lxml import etree

from pipelines.dates import has_date
from pipelines.extract.labels import value_after
from pipelines.publishers import normalise_publisher
from pipelines.records import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.metadata import Metadata

_SOURCE_LABEL = re.compile(
    r"^(?:来源|來源|稿源|出处|出處)\s(?=\S)|(?:(?:文章|信息|新闻|新聞|稿件|资讯|内容|消息"
    r"|原文|本文|转载)?(?:来源|來源|出处|出處"
    r"|来源于|转载自|轉載自|转自|轉自|摘自|来自|來自)|稿源|媒体"
    r"|(?<![a-z])source|(?<![a-z])via)\s?(?:[:：丨|]|是(?=《))\s?",
    re.IGNORECASE,
)
_BARE_CREDIT = re.compile(
    r"^[（(【\[]?\s?(?:本文)?(?:转载自|轉載自|转自|轉自|摘自"
    r"|稿源)\s?[:：]?\s?[《“]?(?=[\u4e00-\u9fffA-Z].{1,24}[》”]?\s?[）)】\]]?。?$)"
)
_REPORTED_BY = re.compile(
    r"^(?:[（(【\[]\s?[据據](?=[^，。]{2,20}[）)】\]]$)|[据據](?=[^，。]{2,20}(?:报道|報道|报导"
    r"|報導|消息)[。]?$))\s?[《“]?"
)
"""据…报道 in a line or brackets of its own; within a sentence it is the news."""
_REPORTED_END = re.compile(r"[》”]?(?:的)?(?:报道|報道|报导|報導|消息|電|电)?[）)】\]]?[。]?$")
_WIRE_CREDIT = re.compile(r"^(?:SOURCE|NEWS PROVIDED BY):? (?=[A-Z].{1,60}$)")
"""How press releases name who sent them; in capitals, since sentences begin with Source too."""
_NOTICE = re.compile(r"(?:注明|註明|标明|標明|标注)\s?[“\"「『]?$")
_NOT_SOURCE = re.compile(
    r"^(?:本文.*|收录.*|发布|转发|本站|本网|网络|互联网|网络整理|未知|不详|佚名|转载|原创"
    r"|本站原创|null|none|undefined|其他|其它|其他来源|官方|源|无"
    r"|.{0,6}(?:登录|注册|首页).{0,6}|\d+)$",
    re.IGNORECASE,
)
_SOURCE_META = (
    "source",
    "mediaid",
    "contentsource",
    "article:source",
    "og:article:source",
    "copyrightsource",
    "dc.source",
)
_NAMED_SOURCE = etree.XPath(
    "//*[contains(@class, 'ource') or contains(@id, 'ource') or contains(@class, 'laiyuan')]"
)
_SOURCE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:source|sources|laiyuan|origin|copyfrom|medianame|media-name)(?:$|[\s_-])", re.IGNORECASE
)


def find_credited_source(root: HtmlElement, lines: Sequence[str], metadata: Metadata) -> Field | None:
    """The credited source, normalised: a labelled line, a meta tag, an element, a bare credit line."""
    named_elements = _named_source(root)
    for text in lines:
        for match in _SOURCE_LABEL.finditer(text):
            if _NOTICE.search(text[: match.start()]):
                continue
            if field := _source(text[match.end() :], "byline", text):
                own = named_elements and field.value.startswith(named_elements.value)
                return named_elements if own else field
    named = metadata.first(*_SOURCE_META)
    if named and (field := _source(_SOURCE_LABEL.sub("", named[1]), f"meta:{named[0]}", named[1])):
        return field
    if named_elements:
        return named_elements
    return next((field for text in lines if (field := _credit_line(text))), None)


def _credit_line(text: str) -> Field | None:
    """The source that a line names which says nothing else: 转载自…, SOURCE …, （据…报道）."""
    if len(text) >= 80:
        return None
    bare = _BARE_CREDIT.search(text) or _WIRE_CREDIT.search(text)
    if bare:
        return _source(text[bare.end() :], "credit line", text)
    reported = _REPORTED_BY.match(text) if len(text) <= 40 else None
    name = _REPORTED_END.sub("", text[reported.end() :]) if reported else ""
    return _source(name, "credit line", text) if name else None


def _named_source(root: HtmlElement) -> Field | None:
    """What an element that is called `source` holds: there the name has no neighbour to run into."""
    for element in _source_elements(root):
        text = " ".join(element.text_content().split())
        match = _SOURCE_LABEL.search(text)
        if 1 < len(text) <= 40 and (
            field := _source(text[match.end() if match else 0 :], "source element", text)
        ):
            return field
    return None


def _source_elements(root: HtmlElement) -> Iterable[HtmlElement]:
    found = cast("list[HtmlElement]", _NAMED_SOURCE(root))
    return [
        element
        for element in islice(found, 20)
        if element.tag not in ("script", "style", "img")
        and _SOURCE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    ]


def _source(value: str, origin: str, evidence: str) -> Field | None:
    value = value_after(value, 0)
    if value[:1] > "\u2e80" and " " in value:
        value = value.split(" ", 1)[0]
    name = normalise_publisher(value)
    if not 2 <= len(name) <= 40 or _NOT_SOURCE.match(name) or has_date(name):
        return None
    return Field(name, origin, evidence[:200])
