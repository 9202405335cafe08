"""Author, editor, credited source and date, read from the lines around the article, before stripping."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pipelines.dates import Moment, has_date, read_date
from pipelines.publishers import normalise_publisher
from pipelines.records import Field, Published

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.metadata import Metadata
    from pipelines.extract.scan import Line

_LABELS = (
    r"作\s?者|文|撰文|撰稿|选稿|记者|記者|通讯员|編輯|编辑|责任编辑|責任編輯|责编|责任校对|校对|审核|终审|(?:发布|發布|發佈|发表|發表|更新)(?:时间|時間|日期|于|人|者)?"
    r"|时间|時間|日期|浏览(?:次数|量)?|瀏覽|点击(?:次数|率|数)?|點擊|阅读(?:次数|量|数)?|閱讀|人气|人氣|字体|字體|字号|大小|分享|评论|評論|来源|來源|稿源|访问(?:次数|量)?|次数|录入"
    r"|关键词|标签|原标题|摄影|图片|author|by|editor|published|posted|updated|date|views?|share|print|comments?|source"
)
_GLUED = r"我要(?:评论|打印|纠错|投稿|分享)|打印本|字体[:：]|字号|字號|责任编辑|責任編輯|责编|A-|A\+|T\|"
_NEXT_LABEL = rf"(?:{_LABELS})\s?[:：/／丨\[(（]|\s(?:{_LABELS})(?:\s|$)|{_GLUED}"
"""A label ends the value before it where a colon or white space marks it: names end in 评论 and 发布 too."""
_SOURCE_LABEL = re.compile(
    r"^(?:来源|來源|稿源|出处|出處)\s(?=\S)|(?:(?:文章|信息|新闻|新聞|稿件|资讯|内容|消息|原文|本文|转载)?(?:来源|來源|出处|出處|来源于|转载自|轉載自|转自|轉自|摘自|来自|來自)|稿源|媒体"
    r"|(?<![a-z])source|(?<![a-z])via)\s?(?:[:：丨|]|是(?=《))\s?",
    re.IGNORECASE,
)
_BARE_CREDIT = re.compile(
    r"^[（(【\[]?\s?(?:本文)?(?:转载自|轉載自|转自|轉自|摘自"
    r"|稿源)\s?[:：]?\s?[《“]?(?=[\u4e00-\u9fffA-Z].{1,24}[》”]?\s?[）)】\]]?。?$)"
)
_AUTHOR_LABEL = re.compile(
    r"(?:作\s?者|撰\s?文|撰稿|采写|(?<![\u4e00-\u9fff])文|记者|記者|(?<![a-z])author|(?<![a-z])written by)\s?[:：/／|丨]\s?"
    r"|[（(【\[]\s?(?:[\u4e00-\u9fff·]{0,12})(?:记者|記者)\s?|^(?:[\u4e00-\u9fff·]{0,8})(?:记者"
    r"|記者)\s(?=[\u4e00-\u9fff ]{2,20}$)"
    r"|^by\s(?=[A-Z])",
    re.IGNORECASE,
)
_EDITOR_LABEL = re.compile(
    r"(?:责任编辑|責任編輯|责\s?编|責編|网络编辑|值班编辑|本文编辑|编\s?辑|編\s?輯|(?<![a-z])editor|(?<![a-z])edited by)\s?[:：/／|]\s?",
    re.IGNORECASE,
)
_VALUE_END = re.compile(
    rf"{_NEXT_LABEL}|[|｜,，;；。!！\[【\]】(（)）／/]|(?:19|20)\d\d\s?[-年/.]\s?\d|\d{{1,2}}[:：]\d\d"
    rf"|\s-\s|\s{{2,}}|https?:",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^(?:[\u4e00-\u9fff·]{2,5}(?:[ 、,，/]{1,2}[\u4e00-\u9fff·]{2,4}){0,4}"
    r"|[A-Z][\w.'’-]{0,20}(?: [A-Za-z][\w.'’-]{0,20}){0,4}"
    r"|[\w\u4e00-\u9fff.·-]{2,16})$"
)
_ROLE = re.compile(
    r"^(?:[\u4e00-\u9fff]{0,12}?(?:记者|記者|评论员|評論員|专栏作者|撰稿人|通讯员|通訊員)|staff writer|reporter)[\s:：、]*(?=\S)",
    re.IGNORECASE,
)
_STAFF_CODE = re.compile(r"[_\-\s]?[A-Z]{1,4}\d{2,7}$")
_NOT_NAME = re.compile(
    r"^(?:admin|administrator|root|test|editor|佚名|未知|匿名|本站|网络|互联网|不详|管理员|系统管理员|无|暂无|小编|null|none|undefined"
    r"|unknown|name|author|作者|.*_.*|www\..*|.*\.(?:com|cn|net|org).*|登录|注册|关于我们|版权.*)$",
    re.IGNORECASE,
)
_NOT_SOURCE = re.compile(
    r"^(?:本文.*|收录.*|发布|转发|本站|本网|网络|互联网|网络整理|未知|不详|佚名|转载|原创|本站原创|null|none|undefined|其他|其它|其他来源|官方|源|无"
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
_AUTHOR_META = (
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "byl",
    "parsely-author",
    "sailthru.author",
)
_EDITOR_META = ("editor", "article:editor", "responsible_editor", "author_editor")
_DATE_META = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "pubdate", "publish_time",
    "published_time", "og:published_time", "og:release_date", "weibo:article:create_at", "weibo: article:create_at",
    "_pubtime", "bt:pubdate", "article.published", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date",
    "dcterms.created", "date", "createdate", "firstpublishedtime", "apub:time", "ptime", "publish-date", "pub_date",
)  # fmt: skip
_SOURCE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:source|sources|laiyuan|origin|copyfrom|medianame|media-name)(?:$|[\s_-])", re.IGNORECASE
)
_NEAR_BEFORE, _NEAR_AFTER, _TAIL = 12, 3, 12
"""How many lines around the start of the text and after its end may hold the byline."""


class Place(NamedTuple):
    """Where the article stands among the page's lines."""

    title_line: int | None
    first: int
    last: int


class Byline(NamedTuple):
    """What the lines around an article say about it."""

    published: Published | None
    author: Field | None
    editor: Field | None
    credited_source: Field | None


def read_byline(
    root: HtmlElement, lines: Sequence[Line], place: Place, metadata: Metadata, moment: Moment, url: str
) -> Byline:
    """Who wrote, edited and first published the article, and when; each with where it stood."""
    head, tail = _head(lines, place), _tail(lines, place)
    both = [*head, *tail]
    return Byline(
        published=_published(root, head, tail, metadata, moment, url),
        author=_labelled(both, _AUTHOR_LABEL) or _meta_person(metadata, _AUTHOR_META, "author"),
        editor=_labelled([*tail, *head], _EDITOR_LABEL) or _meta_person(metadata, _EDITOR_META, "editor"),
        credited_source=_credited(root, both, metadata),
    )


def _head(lines: Sequence[Line], place: Place) -> list[str]:
    """The lines from the title, which is none of them, to the first paragraphs."""
    start = max(0, place.first - _NEAR_BEFORE)
    if place.title_line is not None and place.title_line <= place.first:
        start = max(place.title_line + 1, place.first - 40)
    elif place.title_line is not None and place.title_line < place.last:
        return [
            line.text
            for line in lines[place.title_line + 1 : place.title_line + _NEAR_BEFORE + _NEAR_AFTER]
            if _short(line)
        ]
    near = lines[start : place.first + _NEAR_AFTER + 1]
    if place.title_line is not None and place.title_line > 0:
        near = [*near, *lines[max(0, place.title_line - 4) : place.title_line]]
    return [line.text for line in near if _short(line)]


def _tail(lines: Sequence[Line], place: Place) -> list[str]:
    inside = lines[max(place.first, place.last - _TAIL) : place.last]
    below = lines[place.last : place.last + _TAIL]
    return [
        line.text for line in (*inside, *(line for line in below if line.hint != "copyright")) if _short(line)
    ]


def _short(line: Line) -> bool:
    return len(line.text) <= 200


def _published(
    root: HtmlElement, head: Sequence[str], tail: Sequence[str], metadata: Metadata, moment: Moment, url: str
) -> Published | None:
    for name in _DATE_META:
        content = metadata.meta.get(name)
        found = read_date(content, moment, f"meta:{name}") if content else None
        if found:
            return _with_time(found, head, moment)
    linked = metadata.linked("datePublished")
    if linked and (found := read_date(linked, moment, "json-ld")):
        return found
    times = [element.get("datetime") or element.text_content() for element in islice(root.iter("time"), 20)]
    for relative in (False, True):
        for text in head:
            if found := _in_line(text, moment, relative=relative):
                return _with_time(found, times, moment)
    for text in times[:3]:
        if found := read_date(text, moment, "time element"):
            return found
    if found := read_date(url.split("//", 1)[-1].partition("/")[2], moment, "url"):
        return found
    return next(
        (found for text in tail if _DATE_LABEL.search(text) and (found := _in_line(text, moment))), None
    )


_DATE_LABEL = re.compile(
    r"(?:发布|發布|發佈|发表|發表|发稿|刊登)(?:时间|時間|日期|于)?|^\W{0,2}(?:时间|時間|日期)\s?[:：]|published|posted",
    re.IGNORECASE,
)


def _in_line(text: str, moment: Moment, *, relative: bool = False) -> Published | None:
    """A date in a line that is a byline rather than a sentence with a date in it.

    Dates without a year and relative ones are believed in the shortest lines only.
    """
    if len(text) > 120 or (len(text) > 40 and re.search("[。；]", text)):
        return None
    return read_date(text, moment, "byline", relative=relative, partial=relative and len(text) < 60)


def _with_time(found: Published, head: Sequence[str], moment: Moment) -> Published:
    """The time of day from other texts, where one of them gives the same day with it."""
    if "T" in found.value:
        return found
    same = (
        other
        for text in head
        if (other := _in_line(text, moment)) and other.day == found.day and "T" in other.value
    )
    return next(same, found)


def _credited(root: HtmlElement, lines: Sequence[str], metadata: Metadata) -> Field | None:
    named_elements = _named_source(root)
    for text in lines:
        for match in _SOURCE_LABEL.finditer(text):
            if field := _source(text[match.end() :], "byline", text):
                own = named_elements and field.value.startswith(named_elements.value)
                return named_elements if own else field
    if named := metadata.first(*_SOURCE_META):
        if field := _source(_SOURCE_LABEL.sub("", named[1]), f"meta:{named[0]}", named[1]):
            return field
    if named_elements:
        return named_elements
    for text in lines:
        bare = _BARE_CREDIT.search(text) if len(text) < 60 else None
        if bare and (field := _source(text[bare.end() :], "credit line", text)):
            return field
    return None


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
    found = root.xpath("//*[self::span or self::a or self::div or self::p or self::em or self::i or self::li]"
                       "[contains(@class, 'ource') or contains(@id, 'ource') or contains(@class, 'laiyuan')]")  # fmt: skip
    return [
        element
        for element in found[:20]
        if _SOURCE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    ]


def _source(value: str, origin: str, evidence: str) -> Field | None:
    value = value.strip(" :：\u3000")
    end = _VALUE_END.search(value, 1)
    value = value[: end.start()] if end else value
    if value[:1] > "\u2e80" and " " in value:
        value = value.split(" ", 1)[0]
    name = normalise_publisher(value)
    if not 2 <= len(name) <= 40 or _NOT_SOURCE.match(name) or has_date(name):
        return None
    return Field(name, origin, evidence[:200])


def _labelled(lines: Sequence[str], label: re.Pattern[str]) -> Field | None:
    for text in lines:
        for match in label.finditer(text):
            name = _person(text[match.end() :])
            if name:
                return Field(name, "byline", text[:200])
    return None


def _meta_person(metadata: Metadata, names: Sequence[str], key: str) -> Field | None:
    linked = metadata.linked(key, "name") or metadata.linked(key)
    if linked and (name := _person(linked)) and not _names_the_site(name, metadata):
        return Field(name, "json-ld", linked[:200])
    found = metadata.first(*names)
    name = _person(found[1]) if found else ""
    name = "" if _names_the_site(name, metadata) else name
    return Field(name, f"meta:{found[0]}", found[1][:200]) if found and name else None


def _names_the_site(name: str, metadata: Metadata) -> bool:
    """Templates that have no author put the site's own name there."""
    known = (
        metadata.meta.get("og:site_name", ""),
        metadata.linked("publisher", "name"),
        metadata.title_element[-20:],
    )
    return any(name in text for text in known) or name.endswith(("网", "新闻", "频道"))


def _person(value: str) -> str:
    """The name or names at the start of a value; empty where it is no name."""
    value = _ROLE.sub("", value.strip(" :：/／\u3000[【(（"), count=1)
    end = _VALUE_END.search(value, 1)
    value = (value[: end.start()] if end else value).strip(" -–—_、")
    value = _STAFF_CODE.sub("", value).strip()
    return value if 2 <= len(value) <= 30 and _NAME.match(value) and not _NOT_NAME.match(value) else ""
