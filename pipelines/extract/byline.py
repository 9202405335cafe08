"""A page's lines in, those around its article that may say when, by whom and where it was published, out.

Bylines are read before anything is stripped, since cleaning takes them away. `published`, `people` and
`credit` read what they say; `value_after` tells where a labelled value ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from pipelines.extract.container import Choice
from pipelines.extract.scan import Line, Scan, squeeze_space
from pipelines.extract.view import View
from pipelines.normalise import simplify
from pipelines.words import pattern, words

_ASKED = pattern("{byline.asked}{byline.when}")
_ANSWERED = pattern("{byline.answered}{byline.when}")
_MOST_WRITERS = 8
_STAMPS = words("element.stamp")
_DATED = pattern(r"{date.full_year}[-/.年]\d")
"""How a day begins that is no headline's."""
_CHANGED_NAME = pattern("{element.changed}")
_RELEASED_NAME = pattern("{element.released}")
_TIME_NAME = pattern("{element.released|element.time}")
_NEAR_STAMPS, _MOST_STAMPED = 8, 40
"""How many lines below the title may hold a stamp, and how many elements of one block are looked at."""
_NEAR_BEFORE, _NEAR_AFTER, _TAIL = 12, 3, 12
"""How many lines around the start of the text and after its end may hold the byline."""
_LONGEST_VALUE = 400
_LABEL_FIRST = pattern(r"^{byline.label}\s?[:：]")
_VALUE_END = pattern(
    r"{byline.label}\s?[:：/／丨\[(（]|\s{byline.label}(?:[\s｜|]|$)|{byline.glued}"
    r"|[|｜,，;；。!！\[【\]】(（)）／/]|{date.full_year}\s?[-年/.]\s?\d|\d{1,2}[:：]\d\d"
    r"|\s[-–—]\s|\s{2,}|\s[\u4e00-\u9fff]{2,6}[:：]|https?:"
)
"""A label ends the value before it where a colon or white space marks it: names end in 评论 and 发布 too."""


class Byline(NamedTuple):
    """The lines around an article, as texts; what stands in separate elements is separated by a space."""

    head: list[str]
    """From the title, which is none of them, to the first paragraphs."""
    dated: list[str]
    """The head as its date is read: of a letter that was answered the answer's dates come first."""
    tail: list[str]
    """The last of the text and what stands below it."""
    inside: list[str]
    """The shortest lines of the text's element."""
    named: list[str]
    """Lines close to the title in elements that are named for bylines."""
    writers: list[str]
    """What the first elements hold that are named for authors or accounts."""
    above: list[str]
    """Those of the head that stand above the title; all of it where the page shows none."""
    stated: list[str]
    """Days that elements in the head give as those of publication."""
    stamps: list[str]
    """Days that attributes in the head give to machines: data-time, itemprop, datetime."""


def read_byline(view: View, choice: Choice | None) -> Byline:
    """The lines that may hold the article's byline; `choice` is None where scripts hold its text."""
    place = range(choice.first, choice.last) if choice else range(0)
    head = _head(view, place)
    stamps = _stamps(view)
    return Byline(
        head=head,
        dated=_answered_first(head, view.lines, place),
        tail=_tail(view.lines, place),
        inside=_inside(view.lines, place),
        named=_named_lines(view),
        writers=_writers(view.scan),
        above=head if view.title_line is None else _pieces(_above(view)),
        stated=[value for value, rank in stamps if rank < 0],
        stamps=[value for value, _ in stamps],
    )


def value_after(text: str, label_end: int) -> str:
    """What follows a label that ends at this place, up to the next label, bracket, date or stop."""
    value = text[label_end : label_end + _LONGEST_VALUE].lstrip(" :：/／\u3000[【(（")
    if _LABEL_FIRST.match(simplify(value)):
        return ""  # nothing stands after the label but the next one
    value = value.rstrip(" :：/／\u3000[【(（")
    end = _VALUE_END.search(simplify(value), 1)
    return (value[: end.start()] if end else value).strip()


def _answered_first(head: list[str], lines: Sequence[Line], place: range) -> list[str]:
    """The head's lines, and before them when a letter was answered: it was published then, not when sent."""
    if not any(_ASKED.search(simplify(text)) for text in head):
        return head
    inside = (line.pieces for line in lines[place.start : place.stop + _TAIL] if _short(line))
    answered = [text for text in (*head, *inside) if _ANSWERED.search(simplify(text))]
    return [*answered, *(text for text in head if not _ASKED.search(simplify(text)))] if answered else head


def _head(view: View, place: range) -> list[str]:
    """The lines from the title, which is none of them, to the first paragraphs."""
    start, stop = max(0, place.start - _NEAR_BEFORE), place.start + _NEAR_AFTER + 1
    if view.title_line is not None and view.title_line <= place.start:
        start = max(view.below_title, place.start - 40)
    elif view.title_line is not None and view.title_line < place.stop:
        start, stop = view.below_title, view.title_line + _NEAR_BEFORE + _NEAR_AFTER
    return _pieces(line for line in (*view.lines[start:stop], *_above(view)) if _short(line))


def _above(view: View) -> Sequence[Line]:
    """The lines right above the title."""
    return () if view.title_line is None else view.lines[max(0, view.title_line - 4) : view.title_line]


def _pieces(lines: Iterable[Line]) -> list[str]:
    return [line.pieces for line in lines]


def _stamps(view: View) -> list[tuple[str, int]]:
    """What attributes below the title say, but for changes, the surest first; -1 where it is publication."""
    if view.title_line is None:
        return []
    below = view.lines[view.below_title : view.title_line + _NEAR_STAMPS]
    blocks = [view.scan.elements[node] for node in dict.fromkeys(line.node for line in below) if node >= 0]
    stamps: dict[str, int] = {}
    for block in blocks:
        for element in islice(block.iter(), _MOST_STAMPED):
            if not element.keys():
                continue
            names = f"{element.get('class')} {element.get('itemprop')}"
            if _CHANGED_NAME.search(names) and not _RELEASED_NAME.search(names):
                continue
            named = ((name, value) for name, value in element.items() if name in _STAMPS)
            stamps.update({value: _STAMPS.index(name) for name, value in named})
            title = element.get("title", "")
            if title and (_TIME_NAME.search(names) or _DATED.match(title)):
                stamps[title] = len(_STAMPS)
            if (element.get("itemprop") or element.get("property", "").split(":")[-1]) == "datePublished":
                stamps[element.get("content") or element.get("datetime") or ""] = -1
    return sorted(stamps.items(), key=lambda stamp: stamp[1])


def _tail(lines: Sequence[Line], place: range) -> list[str]:
    inside = lines[max(place.start, place.stop - _TAIL) : place.stop]
    below = (line for line in lines[place.stop : place.stop + _TAIL] if line.hint != "copyright")
    return _pieces(line for line in (*inside, *below) if _short(line))


def _named_lines(view: View) -> list[str]:
    """Lines close to the title in elements that are named for bylines."""
    near = () if view.title_line is None else view.lines[view.below_title : view.below_title + 5]
    return _pieces(line for line in near if line.hint == "byline" and len(line.text) <= 40)


def _writers(scan: Scan) -> list[str]:
    """What the first elements hold that are named for authors or accounts."""
    texts = (squeeze_space(element.text_content()) for element in scan.writers[:_MOST_WRITERS])
    return [text for text in texts if 1 < len(text) <= 40]


def _inside(lines: Sequence[Line], place: range) -> list[str]:
    """Lines of the article's element that may name its editor: footers stand in it above related news."""
    return _pieces(line for line in lines[place.start : place.stop] if len(line.text) <= 40)


def _short(line: Line) -> bool:
    return len(line.text) <= 200
