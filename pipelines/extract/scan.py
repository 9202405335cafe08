"""A tree in, the page's lines out: what a reader sees as a line, with its place, links and hints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from pipelines.extract.hidden import hides, hiding_names
from pipelines.extract.hints import Hint, kind_hint

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCKS = frozenset(
    [
        "body",
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "nav",
        "aside",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "form",
        "fieldset",
        "figure",
        "figcaption",
        "address",
        "center",
        "hr",
        "details",
        "summary",
        "menu",
        "option",
        "legend",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "object",
        "embed",
        "button",
        "select",
        "textarea",
        "input",
        "canvas",
        "video",
        "audio",
        "map",
        "math",
        "head",
        "frameset",
        "frame",
        "applet",
    ]
)
_PIECES = frozenset(["span", "i", "em", "a", "label", "time", "small"])
"""Inline elements that style sheets set apart: `<span>08:15</span><span>翠屏观察</span>` is two words."""
_SEAM, _FAINT_SEAM = "\x1f", "\x1e"
"""Where such an element begins or ends; and where emphasis does, which counts in bylines only."""
_EMPHASES = frozenset(["b", "strong", "font"])
_WRITER_NAMES = ("uthor", "riter", "zuozhe", "eporter", "ickname", "js_name")
_NOT_WRITER_NAMES = ("omment", "eply", "ount")
_LONGEST_PIECED = 200
MOST_LINES = 20_000
"""A page with more is no news, and must not hold up a worker; its first lines are read."""
_SPACE = re.compile(r"[\s\u00a0\u3000\u200b\u200c\u200d\ufeff\u2028\u2029]+")
_BETWEEN_HAN = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]+\s*(?=[\u3000-\u9fff\uff00-\uffef])"
)


@dataclass(slots=True)
class Line:
    """One line of the page, as a reader sees it."""

    text: str
    linked: int
    """How many of its characters stand inside links."""
    node: int
    """The index in `Scan.elements` of the block that holds it."""
    tag: str
    hidden: bool
    hint: Hint
    """The kind of boilerplate an enclosing element announces itself to be; empty for none."""
    hint_node: int
    """The index in `Scan.elements` of that element, -1 for none."""
    row: bool = False
    """Whether it is a row of a data table."""
    pieces: str = ""
    """The text with white space wherever an inline element begins or ends, of short lines."""


@dataclass(slots=True)
class Scan:
    """All lines of a page, and the tree of blocks above them: parents come before their children."""

    lines: list[Line] = field(default_factory=list)
    elements: list[HtmlElement] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    """The block node of each image that is not tiny."""
    sources: list[HtmlElement] = field(default_factory=list)
    """Elements whose class or id speaks of a source. (An XPath for them takes a sixth of all extraction.)"""
    authors: list[HtmlElement] = field(default_factory=list)
    """Elements that are marked as the author's name."""
    writers: list[HtmlElement] = field(default_factory=list)
    """Elements whose class or id speaks of an author or of an account."""


def squeeze_space(text: str) -> str:
    """The text in one line: white space of every kind becomes one space, none at the ends."""
    return _SPACE.sub(" ", _BETWEEN_HAN.sub("", text)).strip()


def scan(root: HtmlElement) -> Scan:
    """Every line of the page's body, in page order."""
    body = root.find("body")
    return _Scanner(hiding_names(root)).run(root if body is None else body)


class _Scanner:
    """One walk over the tree; lines are closed wherever a block or a `br` starts or ends."""

    def __init__(self, hiding: frozenset[str]) -> None:
        self.scan = Scan()
        self.hiding = hiding
        self.buffer: list[str] = []
        self.linked = 0
        self.links = 0
        self.node = -1
        self.hidden: list[object] = []
        self.hints: list[tuple[object, Hint, int]] = []
        self.row: object = None

    def run(self, top: HtmlElement) -> Scan:
        walk = etree.iterwalk(top, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if not isinstance(tag, str):
                continue
            if event == "start":
                if len(self.scan.lines) >= MOST_LINES:
                    break
                if tag in _SKIPPED:
                    walk.skip_subtree()
                    continue
                self._start(element, tag)
            elif tag in _SKIPPED:
                self._add(element.tail)
            else:
                self._end(element, tag, is_top=element is top)
        self._flush("body")
        return self.scan

    def _start(self, element: HtmlElement, tag: str) -> None:
        block = tag in BLOCKS
        if tag == "br" and self.row is None:
            self._flush("br")
        if block and self.row is None:
            self._flush(tag)
            self.scan.elements.append(element)
            self.scan.parents.append(self.node)
            self.node = len(self.scan.elements) - 1
            if tag == "tr" and _is_data_row(element):
                self.row = element
        elif self.row is not None and (block or tag == "br"):
            self.buffer.append(" ")
        if element.attrib:
            self._mark(element, tag, block)
        elif block and tag in ("nav", "aside", "footer"):
            self.hints.append((element, kind_hint(tag, ""), self.node))
        if tag in _PIECES or tag in _EMPHASES:
            self.buffer.append(_SEAM if tag in _PIECES else _FAINT_SEAM)
        if tag == "a":
            self.links += 1
        elif tag == "img":
            self.scan.images.append(self.node)
        self._add(element.text)

    def _mark(self, element: HtmlElement, tag: str, block: bool) -> None:
        attributes = element.attrib
        if hides(attributes, self.hiding):
            self._flush(tag)
            self.hidden.append(element)
        if attributes.get("itemprop") == "author" or (tag == "a" and attributes.get("rel") == "author"):
            self.scan.authors.append(element)
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        if "ource" in names or "laiyuan" in names:
            self.scan.sources.append(element)
        if any(name in names for name in _WRITER_NAMES) and not any(
            name in names for name in _NOT_WRITER_NAMES
        ):
            self.scan.writers.append(element)
        if len(names) > 1 and tag != "body" and (block or tag == "span"):
            hint = kind_hint(tag, names)
            if hint and (block or hint == "byline"):
                self.hints.append((element, hint, self.node))

    def _end(self, element: HtmlElement, tag: str, *, is_top: bool) -> None:
        if tag in _PIECES or tag in _EMPHASES:
            self.buffer.append(_SEAM if tag in _PIECES else _FAINT_SEAM)
        if tag == "a":
            self.links -= 1
        if self.row is element:
            self._flush("tr", row=True)
            self.row = None
        if self.hidden and self.hidden[-1] is element:
            self._flush(tag)
            self.hidden.pop()
        if tag in BLOCKS:
            if self.row is None:
                self._flush(tag)
                self.node = self.scan.parents[self.node]
            else:
                self.buffer.append(" ")
        if self.hints and self.hints[-1][0] is element:
            self.hints.pop()
        if not is_top:
            self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            self.buffer.append(text)
            if self.links:
                self.linked += len(text.strip())

    def _flush(self, tag: str, *, row: bool = False) -> None:
        if not self.buffer:
            return
        seamed = "".join(self.buffer)
        text = squeeze_space(seamed.replace(_SEAM, "").replace(_FAINT_SEAM, ""))
        if text:
            holder = self.scan.elements[self.node].tag if self.node >= 0 else tag
            _, hint, hint_node = self._hint()
            linked = min(self.linked, len(text))
            pieces = text
            if len(text) <= _LONGEST_PIECED and (_SEAM in seamed or _FAINT_SEAM in seamed):
                faint = " " if hint == "byline" else ""
                pieces = squeeze_space(seamed.replace(_SEAM, " ").replace(_FAINT_SEAM, faint))
            self.scan.lines.append(
                Line(text, linked, self.node, str(holder), bool(self.hidden), hint, hint_node, row, pieces)
            )
        self.buffer.clear()
        self.linked = 0

    def _hint(self) -> tuple[object, Hint, int]:
        """The innermost hint; a byline's own only where nothing outside says more."""
        if not self.hints:
            return None, "", -1
        return next((hint for hint in reversed(self.hints) if hint[1] != "byline"), self.hints[-1])


def _is_data_row(row: HtmlElement) -> bool:
    """A row of figures or names, not of a page laid out as a table."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or next(row.iter("table", "h1", "h2", "ul", "form", "script"), None) is not None:
        return False
    lengths = [len(" ".join("".join(cell.itertext()).split())) for cell in cells]
    if any(sum(1 for _ in cell.iter("div")) >= 2 for cell in cells):
        return False  # a post with its byline, a card: cells of data hold no layout
    blocks = sum(1 for cell in cells for _ in cell.iter("p", "div", "br"))
    return max(lengths) <= 200 and blocks <= 3 * len(cells)
