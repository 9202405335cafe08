"""The publication that a page names as its origin, in its byline (来源：), a meta tag or an element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.dates import has_date
from pipelines.extract.byline import value_after
from pipelines.extract.metadata import scripted_value
from pipelines.normalise import simplify
from pipelines.publishers import normalise_publisher
from pipelines.records import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.byline import Byline
    from pipelines.extract.metadata import Metadata

_SOURCE_LABEL = re.compile(
    r"^(?:来源|稿源|出处)\s(?=\S)|^(?:(?:新闻|信息|文章|稿件)来源|来源(?=[^的于自广多在丨｜|/]))(?=[^\s:：，。]{2,16}$)"
    r"|(?<!资金)(?<!数据)(?<!图片)(?<!经费)(?<!收入)(?<!能源)(?<!原料)(?<!视频)(?:(?:文章|信息|新闻"
    r"|稿件|资讯|内容|消息"
    r"|原文|本文|转载)?(?:来源|出处|来源于|转载自|转自|摘自|来自)|稿源|媒体"
    r"|(?<![a-z])source|(?<![a-z])via)\s?(?:[:：丨|]|是(?=《))\s?",
    re.IGNORECASE,
)
_BARE_CREDIT = re.compile(
    r"^[（(【\[]?\s?(?:(?:本文|文章|原文|内容|以上内容)?(?:转载自|转自|摘自|选自|首发于|原载于?)|稿源"
    r"|(?:本文|文章|原文|以上内容)来(?:自|源于?))\s?[:：]?\s?(?=[《“\"「]?[\u4e00-\u9fffA-Z])"
)
"""A line that says nothing else; what follows the name is an author, a number, a permission."""
_AFTER_BARE = re.compile(
    r"^[》”\"」]?\s?(?:[（(][^（()）]{1,40}[)）])?\s?(?:[，,;；。|｜ ]\s?(?:(?:原文)?作者|原文|原标题"
    r"|原题|编辑|责编"
    r"|记者|文[/：:]|图[/：:]|撰文|版权|经|已|由|如|转载|侵|略有|内容|发布|日期|时间|\d{4}"
    r"|.{2,16}(?:授权|整理|编辑|发布)).{0,80})?[）)】\]]?[。.]?$"
)
_PUBLISHER = re.compile(
    r"^[\u4e00-\u9fffA-Za-z]{0,14}(?:日报|晚报|早报|时报|周报|商报|晨报|快报|快讯|导报"
    r"|[\u4e00-\u9fff]报|新闻网|[\u4e00-\u9fff]网|通讯社|新华社"
    r"|电视台|广播台|客户端|融媒体?|在线|新闻社|杂志|周刊|观察|发布|财经|新闻)(?:社|客户端|网|中心)?$"
)
"""What a name without a label must end with to be a publication's."""
_AFTER_TIME = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?\s+(?=[\u4e00-\u9fff])|^(?:19"
    r"|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\s+(?=[\u4e00-\u9fff])"
)
_FIRST_SEEN = re.compile(
    r"^(?:this (?:story|article|post|report|piece) )?(?:was |has been )?(?:originally"
    r"|first)(?: was)? (?:appeared|published|posted|ran)"
    r"(?: in| on| by| at) (?:the )?",
    re.IGNORECASE,
)
_EDITION_LINE = re.compile(
    r"^[（(]?本文(?:出自|原载于?|刊于|选自)[^《》，。]{0,12}《([^《》]{2,14})》|^[（(]?(?:原载|来源)?《([^《》]{2,14})》\s?[（(]?\s?(?:(?:19|20)\d\d|第)"
)
"""《临潮晚报》（2024年05月08日 第06版）, in a line of its own."""
_DATELINE = re.compile(
    r"^[【（(\[]?\s?(?!本)([\u4e00-\u9fff]{1,8}(?:网|社|报|在线|电视台"
    r"|客户端))(?:[\u4e00-\u9fff]{0,8}\d{1,2}月\d{1,2}日(?:综合)?)?(?:综合|专)?(?:[电讯]|报道)"
    r"(?=[\s（(，,：:】)\]]|题|\d|[\u4e00-\u9fff])"
)
_BEFORE_TIME = re.compile(
    r"^([\u4e00-\u9fffA-Za-z]{2,14})\s(?:发[布表]于\s?)?(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|\d\d-\d\d\s\d\d:\d\d"
    r"|昨天|前天|今天|\d{1,2}\s?(?:分钟|小时|天)前)"
)
_IN_BRACKETS = re.compile(r"^[（(【]\s?([\u4e00-\u9fffA-Za-z]{2,16})\s?[)）】]$")
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
    r"|(?:此件|本件|主动|依申请)?.{0,3}公开(?:发布)?|.{0,6}(?:登录|注册|首页).{0,6}|\d+)$",
    re.IGNORECASE,
)
_SCRIPT_SOURCES = "source|sourceName|source_name|newsSource|mediaName|media_name|origin"
_SOURCE_META = (
    "source",
    "mediaid",
    "contentsource",
    "article:source",
    "og:article:source",
    "copyrightsource",
    "dc.source",
)
_SOURCE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:source|sources|laiyuan|origin|copyfrom|medianame|media-name)(?:$|[\s_-])", re.IGNORECASE
)


def find_credited_source(
    elements: Sequence[HtmlElement],
    byline: Byline,
    metadata: Metadata,
    text: Sequence[str],
    scripts: HtmlElement | None,
) -> Field | None:
    """The credited source, normalised, by what says it most plainly.

    A labelled line, a meta tag, an element, a bare credit line, the scripts, the dateline; in this order.

    Args:
        elements: Those whose class or id speaks of a source.
        byline: The lines around the article.
        metadata: What the page says for machines.
        text: The article's lines.
        scripts: The page, where its scripts hold the text and may name its source; else None.
    """
    lines = [*byline.head, *byline.tail]
    named_elements = _named_source(elements)
    return (
        _labelled(lines, named_elements)
        or _of_meta(metadata)
        or named_elements
        or _in_line(lines, byline.writers)
        or (_scripted(scripts) if scripts is not None else None)
        or _dateline(text)
    )


def _labelled(lines: Sequence[str], of_element: Field | None) -> Field | None:
    """What follows a label; an element's own text where that begins so, since there it ends clearly."""
    for text in lines:
        for match in _SOURCE_LABEL.finditer(simplify(text)):
            if _NOTICE.search(text[: match.start()]):
                continue
            if field := _source(text[match.end() :], "byline", text):
                return of_element if of_element and field.value.startswith(of_element.value) else field
    return None


def _of_meta(metadata: Metadata) -> Field | None:
    tag = metadata.first(*_SOURCE_META)
    return _source(_SOURCE_LABEL.sub("", tag[1]), f"meta:{tag[0]}", tag[1]) if tag else None


def _in_line(lines: Sequence[str], writers: Sequence[str]) -> Field | None:
    """A credit line's, or an unlabelled name that is not the account's that posted the page on a platform."""
    if credit := next((field for text in lines if (field := _credit_line(text))), None):
        return credit
    accounts = {normalise_publisher(name) for name in writers}
    fields = (field for text in lines if (field := _unlabelled(text)))
    return next((field for field in fields if field.value not in accounts), None)


def _scripted(root: HtmlElement) -> Field | None:
    name = normalise_publisher(scripted_value(root, _SCRIPT_SOURCES))
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
    first = _FIRST_SEEN.match(text) if len(text) < 120 else None
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
    label = _BARE_CREDIT.match(plain) if len(text) <= 140 else None
    if not label:
        return None
    value = text[label.end() :].lstrip('《“"「')
    name = re.match(
        r"(?:(?:微信)?(?:公众号|公眾號)[:：\s]*)?[“「《]?[^，,;；。|｜（()）\s》”\"」]{2,24}", value
    )
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
        match = _SOURCE_LABEL.search(simplify(text))
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
    value = value_after(value, 0)
    if value[:1] > "\u2e80" and " " in value:
        value = value.split(" ", 1)[0]
    name = normalise_publisher(value)
    if not 2 <= len(name) <= 40 or _NOT_SOURCE.match(simplify(name)) or has_date(name, relative=False):
        return None
    return Field(name, origin, evidence[:200])
