"""What the lines around an article say about it: author, editor, credited source and date.

They are read before anything is stripped, since cleaning takes them away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.credit import find_credited_source
from pipelines.extract.people import find_author, find_editor
from pipelines.extract.published import find_published
from pipelines.extract.scan import squeeze_space
from pipelines.normalise import simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipelines.dates import Moment
    from pipelines.extract.metadata import Metadata
    from pipelines.extract.scan import Line, Scan
    from pipelines.records import Field, Published

_ASKED = re.compile(r"(?:来信|写信|提问|咨询|留言|投诉|诉求|提交|反映)(?:时间|日期)")
_ANSWERED = re.compile(r"(?:答复|回复|答覆|回覆|办结|解答|反馈)(?:时间|日期)")
_MOST_MARKED = 8
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
    root: HtmlElement, scan: Scan, place: Place, metadata: Metadata, moment: Moment, url: str
) -> Byline:
    """Who wrote, edited and first published the article, and when; each with where it stood."""
    lines = scan.lines
    head, tail = _head(lines, place), _tail(lines, place)
    both = [*head, *tail]
    marked = _marked(scan)
    return Byline(
        published=find_published(root, _answered_first(head, lines, place), tail, metadata, moment, url),
        author=find_author(both, metadata, _named(lines, place), marked),
        editor=find_editor([*tail, *head, *_short_inside(lines, place)], metadata),
        credited_source=find_credited_source(scan.sources, both, metadata, accounts=marked),
    )


def _answered_first(head: list[str], lines: Sequence[Line], place: Place) -> list[str]:
    """The head's lines, and before them when a letter was answered: it was published then, not when sent."""
    if not any(_ASKED.search(simplify(text)) for text in head):
        return head
    inside = (line.pieces for line in lines[place.first : place.last + _TAIL] if _short(line))
    answered = [text for text in (*head, *inside) if _ANSWERED.search(simplify(text))]
    return [*answered, *(text for text in head if not _ASKED.search(simplify(text)))] if answered else head


def _head(lines: Sequence[Line], place: Place) -> list[str]:
    """The lines from the title, which is none of them, to the first paragraphs."""
    start = max(0, place.first - _NEAR_BEFORE)
    if place.title_line is not None and place.title_line <= place.first:
        start = max(place.title_line + 1, place.first - 40)
    elif place.title_line is not None and place.title_line < place.last:
        below = lines[place.title_line + 1 : place.title_line + _NEAR_BEFORE + _NEAR_AFTER]
        above = lines[max(0, place.title_line - 4) : place.title_line]
        return [line.pieces for line in (*below, *above) if _short(line)]
    near = lines[start : place.first + _NEAR_AFTER + 1]
    if place.title_line is not None and place.title_line > 0:
        near = [*near, *lines[max(0, place.title_line - 4) : place.title_line]]
    return [line.pieces for line in near if _short(line)]


def _tail(lines: Sequence[Line], place: Place) -> list[str]:
    inside = lines[max(place.first, place.last - _TAIL) : place.last]
    below = lines[place.last : place.last + _TAIL]
    return [
        line.pieces
        for line in (*inside, *(line for line in below if line.hint != "copyright"))
        if _short(line)
    ]


def _named(lines: Sequence[Line], place: Place) -> list[str]:
    """Lines close to the title in elements that are named for bylines."""
    if place.title_line is None:
        return []
    near = lines[place.title_line + 1 : place.title_line + 6]
    return [line.pieces for line in near if line.hint == "byline" and len(line.text) <= 40]


def _marked(scan: Scan) -> list[str]:
    """What the first elements hold that are named for authors or accounts."""
    texts = (squeeze_space(element.text_content()) for element in scan.writers[:_MOST_MARKED])
    return [text for text in texts if 1 < len(text) <= 40]


def _short_inside(lines: Sequence[Line], place: Place) -> list[str]:
    """Lines of the article's element that may name its editor: footers stand in it above related news."""
    return [line.pieces for line in lines[place.first : place.last] if len(line.text) <= 40]


def _short(line: Line) -> bool:
    return len(line.text) <= 200
