"""When an article was published, as its head, byline, `time` elements or address say; in this order."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from pipelines.dates import Moment, read_date
from pipelines.dates.numerals import arabic
from pipelines.normalise import simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.metadata import Metadata
    from pipelines.records import Published

_DATE_META = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate",
    "pubdate", "publish_time", "published_time", "og:published_time", "og:release_date",
    "weibo:article:create_at", "weibo: article:create_at", "_pubtime", "bt:pubdate",
    "article.published", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date",
    "dcterms.created", "date", "createdate", "firstpublishedtime", "apub:time", "ptime",
    "publish-date", "pub_date",
)  # fmt: skip
_DATE_LABEL = re.compile(
    r"(?:发布|發布|發佈|发表|發表|发稿|刊登|编辑于|创建于|更新于|写于)(?:时间|時間|日期|于)?"
    r"|^\W{0,2}(?:时间|時間"
    r"|日期)\s?[:：]|published|posted",
    re.IGNORECASE,
)


_DATE_ALONE = re.compile(
    r"^\W{0,2}(?:(?:19|20)\d\d"
    r"|民國\s?\d{2,3})\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\W{0,2}(?:星期.|周.)?\W{0,2}$"
)
"""A line that is nothing but a day: notices and press releases are dated below their signature."""


_YEAR_MONTH = re.compile(r"^((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})月?$")
_DAY = re.compile(r"^\d{1,2}日?$")
_YEAR = re.compile(r"^(?:19|20)\d\d年?$")
_MONTH_AND_DAY = re.compile(r"^(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?$")


def find_published(
    root: HtmlElement, head: Sequence[str], tail: Sequence[str], metadata: Metadata, moment: Moment, url: str
) -> Published | None:
    """The date of publication, and where it stood; never the footer's."""
    for name in _DATE_META:
        content = metadata.meta.get(name)
        found = read_date(content, moment, f"meta:{name}") if content else None
        if found:
            return _with_time(found, head, moment)
    linked = metadata.linked("datePublished") or metadata.linked("pubDate")  # Baidu's form of JSON-LD
    if linked and (found := read_date(linked, moment, "json-ld")):
        return found
    times = [element.get("datetime") or element.text_content() for element in islice(root.iter("time"), 20)]
    head = [*_joined(head), *head]
    for relative in (False, True):
        for text in head:
            if found := _in_line(text, moment, relative=relative):
                return _with_time(found, times, moment)
    for text in times[:3]:
        if found := read_date(text, moment, "time element"):
            return found
    if found := read_date(url.split("//", 1)[-1].partition("/")[2], moment, "url"):
        return found
    labelled = (text for text in tail if _DATE_LABEL.search(simplify(text)))
    signed = (text for text in reversed(tail) if _DATE_ALONE.match(arabic(text)))
    return next((found for text in (*labelled, *signed) if (found := _in_line(text, moment))), None)


def _joined(lines: Sequence[str]) -> list[str]:
    """The dates that templates print in two lines: 07 above 2024-05, 05-07 above 2024."""
    joined = []
    for one, other in pairwise(lines):
        for day, rest in ((one, other), (other, one)):
            month = _YEAR_MONTH.match(rest)
            if month and _DAY.match(day):
                joined.append(f"{month[1]}-{month[2]}-{day.strip('日')}")
            elif _YEAR.match(rest) and (number := _MONTH_AND_DAY.match(day)):
                joined.append(f"{rest[:4]}-{number[1]}-{number[2]}")
    return joined


def _in_line(text: str, moment: Moment, *, relative: bool = False) -> Published | None:
    """A date in a line that is a byline rather than a sentence with a date in it.

    Dates without a year and relative ones are believed in the shortest lines only.
    """
    if len(text) > 120 or (len(text) > 40 and re.search("[。；]", text)):
        return None
    sentence = text.rstrip("”」』）)")[-1:] in ("。", "；", "！", "!", "？", "?")
    if sentence and (relative or not _DATE_LABEL.search(simplify(text))):
        return None  # a sentence of the text has days of its own
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
