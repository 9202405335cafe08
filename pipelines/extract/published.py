"""When an article was published: what its head, byline, `time` elements, address, foot or scripts say.

Which of a page's dates is meant is decided here; what a date looks like is known to `pipelines.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from pipelines.dates import Moment, arabic, is_day, read_date
from pipelines.extract.byline import Byline
from pipelines.extract.metadata import Metadata, script_values, scripted_value
from pipelines.extract.view import View
from pipelines.normalise import simplify
from pipelines.records import Published
from pipelines.words import pattern, words

_IN_SCRIPTS = script_values("markup.script_published")
_UP_TO_DAY = (
    r"(?:{byline.when}|{date.on})?[\s:：,，\[【(（]{0,4}(?:{date.weekday_name}[,.]?\s)?"
    r"(?=\d|[〇○二]|{date.era|date.month_name|date.today})"
)
_LABEL = pattern(
    r"(?P<never>{date.never})" + _UP_TO_DAY + r"|(?<![^\s、.．（(【])"
    r"(?![\u4e00-\u9fff]{0,6}{date.released|byline.released|byline.made_at|date.changed}{byline.when})"
    r"(?P<other>[\u4e00-\u9fff]{2,10}){byline.when}\s?[:：]"
    + _UP_TO_DAY
    + r"|(?P<changed>{date.changed})"
    + _UP_TO_DAY
    + r"|(?P<released>{byline.released|byline.made_at|date.released}|{byline.when}\s?[:：])"
    + _UP_TO_DAY
)
"""What says of a day whether it is the day of publication; it holds up to the next of them."""
_MAYBE_DAY = pattern(r"[\d〇○二]|{date.era|date.today}", as_written=True)
"""Before what else a label says nothing."""
_NEXT_DAY = pattern(
    r"[^|｜·•]*?{date.full}[^|｜·•至到—–~-]*?[|｜·•\s]\s*(?={date.full_year}\s?[-/.年])", as_written=True
)
"""What a label says of a day, up to a bar or a space behind which another day begins."""
_DATE_LABEL = pattern(
    r"{byline.released}(?:{byline.when}|于)?|{byline.made_at}|^\W{0,2}{byline.when}\s?[:：]"
    r"|{date.released}" + _UP_TO_DAY
)
_NUMBER = pattern(
    r"(?:{byline.read}{byline.count}?|{date.number})\s?[:：]\s?[\d-]+(?![\d-]|\s?[:：/])", as_written=True
)
"""Counters and numbers of telephones and documents, which may look like days."""
_READ = pattern(r"{byline.read}")
_LEADS = pattern(r"^[\s\[【|·]{0,3}{date.full}\s?[日号]?(?:$|[\s,，|｜]|[^\u4e00-\u9fff])", as_written=True)
"""A line that begins with a day and goes on with its time or the next of the byline's fields."""
_WEEKDAY = pattern("{date.before_clock|date.weekday_name}", as_written=True)
_BYLINE_WORD = pattern("{byline.read|byline.counted|byline.label}")
_MOST_BEFORE = 40
_CLOCK_S = 15 * 60
"""A moment above the headline that is so near to the page's fetching is the reader's clock."""
_WEATHER = pattern("{date.weather}")
_SPACED = re.compile(r"^[\d\s年月日]{10,26}$")
"""201 9 年 9 月 24 日: editors set figures apart."""
_YEAR_MONTH = pattern(r"^({date.full_year})\s?[-/.年]\s?(\d{1,2})月?$")
_DAY = re.compile(r"^\d{1,2}日?$")
_YEAR = pattern(r"^{date.full_year}年?$")
_MONTH_AND_DAY = re.compile(r"^(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?$")
_CHANGED_NAME = pattern("{element.changed}")
_RELEASED_NAME = pattern("{element.released}")


def find_published(view: View, byline: Byline, moment: Moment) -> Published | None:
    """The date of publication, and where it stood; never the footer's.

    The head of a page comes first, except that a Chinese one's is no more than when its text was put there:
    of two days the one that stands beside the headline is the text's.
    """
    times = list(islice(view.root.iter("time"), 20))
    of_head = _of_head(view.metadata, byline, moment)
    shown = _shown(byline, moment) if of_head and view.metadata.is_chinese else None
    if of_head and shown and shown.day != of_head.day:
        return _with_time(shown, byline.dated, moment)
    return (
        of_head
        or next(_read_all(byline.stated, moment, "byline element"), None)
        or _of_lines(byline, times, moment)
        or _of_times(times, moment)
        or read_date(view.url.split("//", 1)[-1].partition("/")[2], moment, "url")
        or _of_foot(byline, moment)
        or _changed(byline, times, moment)
        or _of_scripts(view.root, moment)
    )


def _of_head(metadata: Metadata, byline: Byline, moment: Moment) -> Published | None:
    """What the head states; a day that meta tags give without its time is no better than JSON-LD's moment."""
    linked = metadata.linked("datePublished") or metadata.linked("pubDate")  # Baidu's form of JSON-LD
    of_linked = read_date(linked, moment, "json-ld") if linked else None
    for name in words("markup.meta_published"):
        content = metadata.meta.get(name)
        if content and (date := read_date(content, moment, f"meta:{name}")):
            return of_linked if _is_finer(of_linked, date) else _with_time(date, byline.dated, moment)
    return of_linked


def _is_finer(one: Published | None, other: Published) -> bool:
    return one is not None and "T" in one.value and "T" not in other.value


def _shown(byline: Byline, moment: Moment) -> Published | None:
    """The day beside the headline that a label or its place in the line makes the text's."""
    below = [text for text in byline.dated if text not in byline.above]
    stated = (_in_line(part, moment, labelled=bool(kind)) for text in below for kind, part in _leading(text))
    others = {date.day for date in _read_labelled(byline, moment)}
    return next((date for date in stated if date and date.day not in others), None)


def _leading(text: str) -> list[tuple[str, str]]:
    """Those parts of a line whose day is labelled as of publication, then the one with which it begins."""
    parts = _parts(text)
    first = [(kind, part) for kind, part in parts[:1] if kind == "" and _LEADS.match(arabic(part.strip()))]
    return [*((kind, part) for kind, part in parts if kind == "released"), *first]


def _unlabelled(text: str) -> list[tuple[str, str]]:
    return [(kind, part) for kind, part in _parts(text) if kind in ("", "released")]


def _of_lines(byline: Byline, times: Sequence[HtmlElement], moment: Moment) -> Published | None:
    """The first date between title and text.

    Labelled ones, and those with which a line begins, come before others; absolute ones, which may stand in
    attributes only, before those that count from today.
    """
    texts = [_datetime(element) for element in times]
    for chosen, relative in ((_leading, False), (_unlabelled, False), (_unlabelled, True)):
        if relative and (stamped := next(_read_all(byline.stamps, moment, "byline element"), None)):
            return stamped
        for text in (*_joined(byline.dated), *byline.dated):
            for kind, part in chosen(text):
                date = _in_line(part, moment, relative=relative, labelled=bool(kind), whole=text)
                if date and not _is_buried(part, date) and not _is_clock(text, date, byline, moment):
                    return _with_time(date, (*byline.dated, *texts), moment)
    return None


def _of_times(times: Sequence[HtmlElement], moment: Moment) -> Published | None:
    """What `time` elements give, those of publication first and those of a change never."""
    texts = [_datetime(element) for element in _by_name(times)[:3]]
    return next(_read_all(texts, moment, "time element"), None)


def _by_name(times: Sequence[HtmlElement]) -> list[HtmlElement]:
    named = [(element, _named(element)) for element in times]
    published = [element for element, name in named if name == "released"]
    return published + [element for element, name in named if name == ""]


def _named(element: HtmlElement) -> str:
    """Whether an element's names or text say that its day is of publication or of a change."""
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
    if _CHANGED_NAME.search(names):
        return "" if _RELEASED_NAME.search(names) else "changed"
    return "released" if _RELEASED_NAME.search(names) else ""


def _datetime(element: HtmlElement) -> str:
    return element.get("datetime") or element.get("content") or str(element.text_content())


def _read_all(texts: Iterable[str], moment: Moment, origin: str) -> Iterator[Published]:
    return (date for text in texts if (date := read_date(text, moment, origin)))


def _changed(byline: Byline, times: Sequence[HtmlElement], moment: Moment) -> Published | None:
    """The day of the last change, which is all that some pages tell."""
    of_times = _read_all(map(_datetime, times), moment, "time element")
    return next(_read_labelled(byline, moment), None) or next(of_times, None)


def _read_labelled(byline: Byline, moment: Moment) -> Iterator[Published]:
    """The days whose labels say that they are a change's, a document's or an event's."""
    parts = (part for text in (*byline.dated, *byline.tail) for part in _parts(text))
    dates = (_in_line(text, moment, labelled=True) for kind, text in parts if kind in ("changed", "other"))
    return (date for date in dates if date)


def _of_foot(byline: Byline, moment: Moment) -> Published | None:
    """A date below the text that is labelled, or that stands alone under a signature."""
    parts = [(kind, part) for text in byline.tail for kind, part in _parts(text)]
    labelled = (part for kind, part in parts if kind == "released" or _DATE_LABEL.search(simplify(part)))
    counted = (part for kind, part in parts if kind == "" and _READ.search(simplify(part)))
    tail = [re.sub(r"\s", "", text) if _SPACED.match(text) else text for text in byline.tail]
    signed = (text for text in reversed(tail) if is_day(text))
    of_labels = (_in_line(text, moment, labelled=True) for text in labelled)
    of_others = (_in_line(text, moment) for text in (*counted, *signed))
    return next((date for date in (*of_labels, *of_others) if date), None)


def _of_scripts(root: HtmlElement, moment: Moment) -> Published | None:
    stated = scripted_value(root, _IN_SCRIPTS)
    return read_date(stated, moment, "script") if stated else None


@lru_cache(maxsize=1_000)  # each way to read a byline asks for the same lines
def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """The line in pieces, each with the kind of label before its day: released, changed, never or none."""
    parts, kind, start = list[tuple[str, str]](), "", 0
    if not _MAYBE_DAY.search(text):
        return (("", text),)
    if _WEATHER.search(text):
        return ()
    for label in _LABEL.finditer(simplify(text)):
        parts.append((kind, text[start : label.start()]))
        kind, start = label.lastgroup or "", label.start()
    last = text[start:]
    behind = _NEXT_DAY.match(last) if kind in ("never", "changed", "other") else None
    return (
        (*parts, (kind, last[: behind.end()]), ("", last[behind.end() :]))
        if behind
        else (*parts, (kind, last))
    )


def _is_buried(text: str, date: Published) -> bool:
    """Whether so much stands before a date that the line is a caption or a clause, and no byline."""
    return text.find(date.evidence) > _MOST_BEFORE and not _BYLINE_WORD.search(simplify(text))


def _is_clock(text: str, date: Published, byline: Byline, moment: Moment) -> bool:
    """Whether a date is what a clock above the headline showed when the page was fetched."""
    if text not in byline.above or _DATE_LABEL.search(simplify(text)):
        return False
    if "T" in date.value:
        away = datetime.fromisoformat(date.value) - moment.fetched_at
        return abs(away.total_seconds()) < _CLOCK_S
    today = moment.fetched_at.astimezone(ZoneInfo(moment.time_zone)).date()
    return date.day == today and bool(_WEEKDAY.search(text))


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


def _in_line(
    text: str, moment: Moment, *, relative: bool = False, labelled: bool = False, whole: str = ""
) -> Published | None:
    """A date in a line that is a byline rather than a sentence with a date in it.

    Dates without a year and relative ones are believed in the shortest lines only. `whole` is the line of
    which the text is a part.
    """
    line = whole or text
    if len(line) > 120 or (len(line) > 40 and re.search("[。；]", line)):
        return None
    sentence = line.rstrip("”」』）)")[-1:] in ("。", "；", "！", "!", "？", "?")
    if sentence and (relative or not labelled):
        return None  # a sentence of the text has days of its own
    text = _NUMBER.sub(" ", text)
    return read_date(text, moment, "byline", relative=relative, partial=relative and len(line) < 60)


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
