"""A page and what a person says of its source's pages in; what their selectors find on it out.

A person's word stands above what is read by rule. What they drop leaves the page before anything is read by
rule; where a selector gives nothing, the page is read as any other there, and that is told (`Missed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from pipelines.dates import Moment, read_date
from pipelines.extract.body import Body
from pipelines.extract.container import Choice
from pipelines.extract.credit import publication_in
from pipelines.extract.people import people_in
from pipelines.extract.prose import size
from pipelines.extract.scan import Line, Scan, scan_within, squeeze_space
from pipelines.records import Field, Missed, Published, Selectors, Stripped
from pipelines.selectors import all_found, found

ORIGIN = "sources file"
"""The origin of what a person's selector found."""
_MOST_DROPPED = 200
"""Lines that are told of what was dropped."""
_EVIDENCE = 200
_NOT_FOUND = "finds nothing"
_ATTRIBUTES = {"meta": "content", "time": "datetime", "img": "alt", "input": "value"}
"""Where elements keep what they say, when it is not their text."""


@dataclass(slots=True)
class Selected:
    """What a person's selectors found on one page; filled as it is read."""

    selectors: Selectors
    pieces: dict[str, str] = field(default_factory=dict)
    """Key -> the text of what was found for it, for all keys but `body` and `drop`."""
    body: list[HtmlElement] = field(default_factory=list)
    """The outermost elements that were found for it."""
    dropped: tuple[Stripped, ...] = ()
    missed: list[Missed] = field(default_factory=list)

    def title(self) -> Field | None:
        """The headline."""
        text = self.pieces.get("title")
        return Field(text, ORIGIN, text[:_EVIDENCE]) if text else None

    def published(self, moment: Moment) -> Published | None:
        """The date in what was found for it."""
        text = self.pieces.get("date", "")
        date = read_date(text, moment, ORIGIN, partial=True) if text else None
        if text and date is None:
            self._miss("date", f"no date in “{text[:_EVIDENCE]}”")
        return date

    def author(self) -> Field | None:
        """Who wrote it."""
        text = self.pieces.get("author", "")
        return self._named("author", people_in(text), text, "nobody is named")

    def credited_source(self) -> Field | None:
        """The publication that is credited."""
        text = self.pieces.get("credit", "")
        return self._named("credit", publication_in(text), text, "no publication is named")

    def choice(self, scanned: Scan) -> Choice | None:
        """The body's place among the page's lines; None where it is in no element of its own."""
        inside = {element for top in self.body for element in top.iter()}
        nodes = {node for node, element in enumerate(scanned.elements) if element in inside}
        places = [place for place, line in enumerate(scanned.lines) if line.node in nodes]
        if not places:
            return None
        prose = sum(size(scanned.lines[place].text) for place in places)
        return Choice(min(nodes), places[0], places[-1] + 1, 1.0, prose)

    def text(self, root: HtmlElement) -> Body | None:
        """All that readers see of the body's elements; all of it where that is nothing; None without any."""
        lines = [line for top in self.body for line in scan_within(root, top).lines]
        shown = [line for line in lines if not line.hidden]
        hidden = [line for line in lines if line.hidden] if shown else []
        if not lines:
            if self.body:
                self._miss("body", "what it finds has no text")
            return None
        told = tuple(Stripped("hidden", "hidden-element", line.text) for line in hidden)
        return Body(
            tuple(line.text for line in shown or lines),
            told,
            ORIGIN,
            " | ".join(self.selectors.body)[:_EVIDENCE],
        )

    def without_body(self) -> str:
        """What a rejection's reason says besides where the body was to be found and was not."""
        lacks = any(missed.key == "body" for missed in self.missed)
        return "; `body` of [source.read] finds nothing" if lacks else ""

    def line_of_title(self, lines: Sequence[Line], otherwise: int | None) -> int | None:
        """The line that says the title, or the one that was taken for it."""
        title = self.pieces.get("title")
        return next((place for place, line in enumerate(lines) if line.text == title), otherwise)

    def _named(self, key: str, name: str, text: str, lack: str) -> Field | None:
        if text and not name:
            self._miss(key, f"{lack} in “{text[:_EVIDENCE]}”")
        return Field(name, ORIGIN, text[:_EVIDENCE]) if name else None

    def _miss(self, key: str, why: str) -> None:
        if all(missed.key != key for missed in self.missed):
            self.missed.append(Missed(key, why))


def with_kept(body: Body, lines: Sequence[Line], kept: frozenset[str]) -> Body:
    """The body with those lines of the page that a person keeps and it lacks, each where it stands."""
    wanted = [place for place, line in enumerate(lines) if line.text in kept]
    texts = list(body.lines)
    for place in wanted:
        text = lines[place].text
        if text not in texts:
            above = {line.text for line in lines[:place]}
            last = max((at for at, known in enumerate(texts) if known in above), default=-1)
            texts.insert(last + 1, text)
    return body._replace(lines=tuple(texts))


def select(root: HtmlElement, selectors: Selectors) -> Selected:
    """What the selectors find; what they drop is taken out of the page."""
    selected = Selected(selectors)
    for key in ("title", "date", "author", "credit"):
        if things := _things(selected, key, root):
            selected.pieces[key] = _text(things[0])
    selected.body = _outermost(
        [thing for thing in _things(selected, "body", root) if not isinstance(thing, str)]
    )
    _drop(root, selected)
    return selected


def _things(selected: Selected, key: str, root: HtmlElement) -> list[HtmlElement | str]:
    """What is found for a key; that it says nothing is noted."""
    wanted: tuple[str, ...] = getattr(selected.selectors, key)
    if not wanted:
        return []
    try:
        things = [thing for thing in found(root, wanted) if key == "body" or _text(thing)]
    except ValueError as error:
        selected._miss(key, str(error))
        return []
    if not things:
        selected._miss(key, _NOT_FOUND)
    return things


def _text(thing: HtmlElement | str) -> str:
    if isinstance(thing, str):
        return squeeze_space(thing)
    attribute = thing.get(_ATTRIBUTES[str(thing.tag)]) if thing.tag in _ATTRIBUTES else ""
    return squeeze_space(attribute or "".join(thing.itertext()))


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    held = set(elements)
    return [element for element in elements if not any(above in held for above in element.iterancestors())]


def _drop(root: HtmlElement, selected: Selected) -> None:
    """Takes out what is dropped; the page itself and its body are not."""
    try:
        unwanted = list(all_found(root, selected.selectors.drop))
    except ValueError as error:
        selected._miss("drop", str(error))
        return
    unwanted = [element for element in _outermost(unwanted) if element.tag not in ("html", "body", "head")]
    lines = (line.text for element in unwanted for line in scan_within(root, element).lines)
    selected.dropped = tuple(Stripped("dropped", ORIGIN, text) for text in islice(lines, _MOST_DROPPED))
    for element in unwanted:
        if element.getparent() is not None:
            element.drop_tree()
