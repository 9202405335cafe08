"""When an article was published: what its head, byline, `time` elements, address, foot or scripts say.

Which of a page's dates is meant is decided here; what a date looks like is known to `pipelines.dates`.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from pipelines.dates import Moment, arabic, read_date
from pipelines.extract.metadata import script_values, scripted_value
from pipelines.normalise import simplify
from pipelines.words import pattern, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.byline import Byline
    from pipelines.extract.metadata import Metadata
    from pipelines.records import Published

_IN_SCRIPTS = script_values("markup.script_published")
_DATE_LABEL = pattern(
    r"{byline.released}(?:{byline.when}|于)?|{byline.made_at}|^\W{0,2}{byline.when}\s?[:：]"
)
_DATE_ALONE = pattern(
    r"^\W{0,2}(?:(?:19|20)\d\d|民国\s?\d{2,3})\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?"
    r"\W{0,2}(?:星期.|周.)?\W{0,2}$",
    as_written=True,
)
"""A line that is nothing but a day: notices and press releases are dated below their signature."""
_YEAR_MONTH = re.compile(r"^((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})月?$")
_DAY = re.compile(r"^\d{1,2}日?$")
_YEAR = re.compile(r"^(?:19|20)\d\d年?$")
_MONTH_AND_DAY = re.compile(r"^(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?$")


def find_published(
    root: HtmlElement, byline: Byline, metadata: Metadata, moment: Moment, url: str
) -> Published | None:
    """The date of publication, and where it stood; never the footer's."""
    times = [element.get("datetime") or element.text_content() for element in islice(root.iter("time"), 20)]
    return (
        _of_head(metadata, byline, moment)
        or _of_lines(byline, times, moment)
        or next((date for text in times[:3] if (date := read_date(text, moment, "time element"))), None)
        or read_date(url.split("//", 1)[-1].partition("/")[2], moment, "url")
        or _of_foot(byline, moment)
        or _of_scripts(root, moment)
    )


def _of_head(metadata: Metadata, byline: Byline, moment: Moment) -> Published | None:
    for name in words("markup.meta_published"):
        content = metadata.meta.get(name)
        if content and (date := read_date(content, moment, f"meta:{name}")):
            return _with_time(date, byline.dated, moment)
    linked = metadata.linked("datePublished") or metadata.linked("pubDate")  # Baidu's form of JSON-LD
    return read_date(linked, moment, "json-ld") if linked else None


def _of_lines(byline: Byline, times: Sequence[str], moment: Moment) -> Published | None:
    """The first date between title and text: absolute ones come before those that count from today."""
    for relative in (False, True):
        for text in (*_joined(byline.dated), *byline.dated):
            if date := _in_line(text, moment, relative=relative):
                return _with_time(date, times, moment)
    return None


def _of_foot(byline: Byline, moment: Moment) -> Published | None:
    """A date below the text that is labelled, or that stands alone under a signature."""
    labelled = (text for text in byline.tail if _DATE_LABEL.search(simplify(text)))
    signed = (text for text in reversed(byline.tail) if _DATE_ALONE.match(arabic(text)))
    return next((date for text in (*labelled, *signed) if (date := _in_line(text, moment))), None)


def _of_scripts(root: HtmlElement, moment: Moment) -> Published | None:
    stated = scripted_value(root, _IN_SCRIPTS)
    return read_date(stated, moment, "script") if stated else None


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


def _with_time(stated: Published, texts: Sequence[str], moment: Moment) -> Published:
    """The same day with its time, where one of these texts gives it."""
    if "T" in stated.value:
        return stated
    timed = (
        other
        for text in texts
        if (other := _in_line(text, moment)) and other.day == stated.day and "T" in other.value
    )
    return next(timed, stated)
