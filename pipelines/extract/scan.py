"""A page's text in, its lines out: what a reader sees as a line, with its place, its links and its box.

`parse_page` makes the tree, whatever the page does; `scan` walks it once. That a line is hidden, or stands
in a box that is named for boilerplate, is noted with it; whether to believe that is decided in `trust`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from pipelines.extract.prose import is_linked, is_prose, size
from pipelines.normalise import simplify
from pipelines.records import StrippedKind
from pipelines.words import pattern, words

Hint = StrippedKind | Literal["byline", ""]
"""What an element announces itself to be; of a byline only some lines are taken, and as the editor's."""

_BLOCKS = frozenset(
    "body p div section article main header footer nav aside ul ol li dl dt dd table tbody thead tfoot tr td"
    " th caption h1 h2 h3 h4 h5 h6 blockquote pre form fieldset figure figcaption address center hr details"
    " summary menu option legend".split()
)
_SKIPPED = frozenset(
    "script style noscript template svg iframe object embed button select textarea input canvas video audio"
    " map math head frameset frame applet rt rp rtc".split()
)
"""Elements without text of the page; the readings of ruby say what their base says."""
_FRAMES = frozenset(["iframe", "embed", "object"])
STRUCK = frozenset(["del", "s", "strike"])
SUBHEADINGS = frozenset(["h2", "h3", "h4", "h5", "dt"])
"""What heads a part of a text, or a box beside it."""
_PIECES = frozenset(["span", "i", "em", "a", "label", "time", "small"])
"""Inline elements that style sheets set apart: `<span>08:15</span><span>翠屏观察</span>` is two words."""
_SEAM, _FAINT_SEAM = "\x1f", "\x1e"
"""Where such an element begins or ends; and where emphasis does, which counts in bylines only."""
_EMPHASES = frozenset(["b", "strong", "font"])
_SOURCE_NAMES = re.compile("ource|laiyuan")
_WRITER_NAMES, _NOT_WRITER_NAMES = (
    re.compile("uthor|riter|zuozhe|eporter|ickname|js_name"),
    re.compile("omment|eply|ount"),
)
_LONGEST_PIECED = 200
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAX_CHARACTERS = 8_000_000
_MAX_DEPTH = 2_048
"""libxml2's own, with `huge_tree`."""
_NEAR_DEPTH = 8
_MOST_LINES = 20_000
"""A page with more is no news, and must not hold up a worker; its first lines are read."""
_HAN = r"\u3000-\u9fff\uff00-\uffef"
_JOINERS = r"\u034f\u061c\u115f\u1160\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2066-\u206f\u3164\uffa0"
_VARIANTS = r"\ufe00-\ufe0f\U000e0000-\U000e0fff"
_MAYBE_UNSEEN = re.compile(rf"[\u00ad\u200b\u2060-\u2064\ufeff{_JOINERS}{_VARIANTS}]")
_UNSEEN = re.compile(
    rf"[\u00ad\u200b\u2060-\u2064\ufeff]|(?<=[{_HAN}])[{_JOINERS}]+|(?<=[{_HAN}\u2014-\u2026])[{_VARIANTS}]+|(?<![{_JOINERS}])[{_JOINERS}]+(?=[{_HAN}])"
    rf"|(?<=[a-zA-Z0-9])[{_JOINERS}]+(?=[a-zA-Z0-9])"
)
"""Soft hyphens, zero-width spaces and joiners: no reader sees them (Default_Ignorable_Code_Point of Unicode).
Between other letters some of them join, part and turn (Persian, Hindi, Hebrew, emoji)."""
_BETWEEN_HAN = re.compile(
    rf"(?:[ \t](?<=[{_HAN}][ \t])[ \t]*[\r\n]+|[\r\n](?<=[{_HAN}][\r\n])[\r\n]*)\s*(?=[{_HAN}])"
)
"""What stands before it is asked behind its first character, which `re` finds in a tenth of the time."""


_ELEMENTS = etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement)
"""Every element is the same to us; lxml.html's own look-up asks a function in Python for each."""


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
    plain: str = field(init=False)
    """The text in simplified characters."""
    leads: str = ""
    """Where its first link to another page leads, as written; empty for none."""
    amount: float = field(init=False)
    """How much it says: its `size`."""
    is_linked: bool = field(init=False)
    """Whether most of it is links."""
    is_prose: bool = field(init=False)
    """Whether it reads like part of a paragraph."""

    def __post_init__(self) -> None:
        """What is asked of a line again and again is worked out once."""
        text = self.text
        self.plain = simplify(text)
        self.amount = size(text)
        self.is_linked = is_linked(text, self.linked)
        self.is_prose = not self.is_linked and is_prose(text, self.amount)


@dataclass(slots=True)
class Scan:
    """All lines of a page, and the tree of blocks above them: parents come before their children."""

    lines: list[Line] = field(default_factory=list)
    elements: list[HtmlElement] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    """Before which line each image stands."""
    sources: list[HtmlElement] = field(default_factory=list)
    """Elements whose class or id speaks of a source. (An XPath for them takes a sixth of all extraction.)"""
    authors: list[HtmlElement] = field(default_factory=list)
    """Elements that are marked as the author's name."""
    links: list[tuple[HtmlElement, int]] = field(default_factory=list)
    """Links and frames, each with the index of the line that it stands in, or before which."""
    writers: list[HtmlElement] = field(default_factory=list)
    """Elements whose class or id speaks of an author or of an account."""

    def way_up(self, node: int) -> Iterator[int]:
        """An element and those around it, from the innermost on; none for -1."""
        while node >= 0:
            yield node
            node = self.parents[node]

    def is_within(self, node: int, outer: int) -> bool:
        """Whether an element, by its index, is the outer one or stands in it."""
        while node > outer:  # parents come before their children
            node = self.parents[node]
        return node == outer


def parse_page(text: str) -> HtmlElement | None:
    """The root element without comments and processing instructions; None where there is no element.

    `huge_tree` lets unclosed tags nest 2,048 deep (256 otherwise, which loses real pages' text); what
    nests deeper is dropped by libxml2. `cut_short` tells whether that, or the length, cost text.
    """
    text = _XML_DECLARATION.sub("", text[:_MAX_CHARACTERS].replace("\0", ""))
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root


def scan(root: HtmlElement) -> Scan:
    """Every line of the page's body, in page order."""
    body = root.find("body")
    return _Scanner(_hiding_names(root)).run(root if body is None else body)


def scan_within(root: HtmlElement, top: HtmlElement) -> Scan:
    """The lines of one element, as the page `root` shows it."""
    return _Scanner(_hiding_names(root)).run(top)


def cut_short(text: str, root: HtmlElement, scanned: Scan) -> str:
    """Which limit of ours a page went over, in words; empty where all of it was read."""
    if len(scanned.lines) >= _MOST_LINES:
        return f"only its first {_MOST_LINES:,} lines were read"
    if len(text) > _MAX_CHARACTERS:
        return f"only its first {_MAX_CHARACTERS:,} characters were read"
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return f"its elements nest deeper than {_MAX_DEPTH:,}" if deepest >= _MAX_DEPTH - _NEAR_DEPTH else ""


def is_inside(element: HtmlElement, outer: HtmlElement) -> bool:
    """Whether an element is the outer one or stands in it."""
    return element is outer or any(up is outer for up in element.iterancestors())


@lru_cache(maxsize=1 << 14)  # the pages of a source repeat them
def is_named_for_field(names: str) -> bool:
    """Whether a class or id speaks of a source, an author or an account."""
    return _names_source(names) or _names_writer(names)


def opens_text(line: Line) -> bool:
    """Whether a line is what readers press to see more: 展开全文, Read more."""
    return len(line.text) <= _LONGEST_OPENER and _OPENER.match(line.plain) is not None


def shown_without_scripts(root: HtmlElement) -> bool:
    """Puts into the page what it shows only without scripts, or keeps for them; whether there is any.

    `noscript`, `template` and `textarea` become elements of the page, and so does the mark-up in scripts that
    are templates (`text/template`, `text/html`, `text/x-…`) with nothing to fill in and in frames (`srcdoc`).
    """
    found = False
    for element in [*root.iter("noscript", "template", "textarea", "script", "iframe")]:
        is_script = element.tag == "script"
        text = (element.text or "") if is_script else element.get("srcdoc") or "".join(element.itertext())
        if len(text) < _LEAST_KEPT:
            continue
        if is_script and ("</" not in text or not _TEMPLATE_TYPE.match(element.get("type", ""))):
            continue  # the settings of a library have such types too
        if is_script and _TO_FILL.search(text):
            continue  # what shows an item of a list
        element.tag = "div"
        if "<" in text:
            try:
                inside = lxml_html.fragment_fromstring(text, create_parent="div")
            except (etree.ParserError, etree.XMLSyntaxError, ValueError):
                continue
            element.text = None
            element.append(inside)
        found = True
    return found


def squeeze_space(text: str) -> str:
    """The text in one line: white space of every kind becomes one space, none at the ends."""
    if not text.isascii():
        if _MAYBE_UNSEEN.search(text):
            text = _UNSEEN.sub("", text)
        if "\n" in text or "\r" in text:
            text = _BETWEEN_HAN.sub("", text)
    return " ".join(text.split())


class _Marks(NamedTuple):
    """What an element's attributes say of its text."""

    hides: bool
    faint: bool
    """Its text is a speck or struck out."""
    hint: Hint
    """The kind of boilerplate that the element announces itself to be."""
    source: bool
    writer: bool
    breaks: bool = False
    """Its line breaks are shown."""
    pale: bool = False
    """Its text is white."""


_NO_MARKS = _Marks(hides=False, faint=False, hint="", source=False, writer=False)


class _Scanner:
    """One walk over the tree; lines are closed wherever a block or a `br` starts or ends."""

    def __init__(self, hiding: frozenset[str]) -> None:
        self.scan = Scan()
        self.hidden_classes = frozenset(name[1:] for name in hiding if name[0] == ".")
        self.hidden_ids = frozenset(name[1:] for name in hiding if name[0] == "#")
        self.buffer: list[str] = []
        self.linked = 0
        self.links = 0
        self.leads = ""
        self.node = -1
        self.hidden: list[object] = []
        self.anchors: list[HtmlElement] = []
        self.unseen: list[str] = []
        self.hints: list[tuple[object, Hint, int]] = [(None, "", -1)]
        """Elements that announce something with the hint that holds in each, and where that stands."""
        self.row: object = None
        self.folded: tuple[HtmlElement | None, HtmlElement | None] = None, None
        """The last hidden block, and what is shown behind it."""
        self.breaking: object = None
        """The outermost element whose line breaks are shown."""

    def run(self, top: HtmlElement) -> Scan:
        lines, passed = self.scan.lines, None
        walk = etree.iterwalk(top, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if len(lines) >= _MOST_LINES:
                    break
                if tag in _SKIPPED:
                    if tag in _FRAMES:
                        self.scan.links.append((element, len(lines)))
                    walk.skip_subtree()
                    continue
                marks = self._marks_of(element, tag)
                if tag not in _BLOCKS and marks is not _NO_MARKS and self._takes_unseen(element, marks):
                    passed = element
                    walk.skip_subtree()
                    continue
                self._start(element, tag, marks)
                text = element.text
            else:
                if tag not in _SKIPPED and element is not passed:
                    self._end(element, tag)
                text = element.tail if element is not top else None
            if text and (self.buffer or not text.isspace()):
                self._say(text)
        self._flush("body")
        _free_wrapped(lines)
        return self.scan

    def _marks_of(self, element: HtmlElement, tag: str) -> _Marks:
        if tag not in STRUCK and not element.keys():  # as most: asking for each by name takes longer
            return _MARKS_OF_TAGS.get(tag, _NO_MARKS)
        get = element.get
        names, name, style, hidden = get("class"), get("id"), get("style"), get("hidden")
        if tag == "font" and (color := get("color")):
            style = f"color:{color};{style or ''}"
        if not (names or name or style) and hidden is None and tag not in STRUCK:
            return _NO_MARKS
        marks = _marks(tag, names or "", name or "", style or "", hidden)
        if name in self.hidden_ids or (names and not self.hidden_classes.isdisjoint(names.split())):
            return marks._replace(hides=True)
        return marks

    def _say(self, text: str) -> None:
        if self.breaking is not None:
            *before, text = _SHOWN_BREAK.split(text)
            for line in before:
                self.buffer.append(line)
                self._flush("pre")
        self.buffer.append(text)
        if self.links:
            self.linked += len(text.strip())

    def _takes_unseen(self, element: HtmlElement, marks: _Marks) -> bool:
        """Takes down the text of an inline element that is hidden or struck out: its line goes on.

        Or white in mid-sentence, as jammer words are, where what stands around it is not.
        """
        is_pale = marks.pale and bool(self.buffer) and bool((element.tail or "").strip())
        if not (marks.hides or marks.faint or is_pale):
            return False
        if next(element.iter(*_BLOCKS), None) is not None:
            return False
        self.unseen.append("".join(element.itertext()))
        return True

    def _start(self, element: HtmlElement, tag: str, marks: _Marks) -> None:
        if tag in _BLOCKS:
            self._open(element, tag)
        elif tag == "br":
            self._break(tag)
        if marks is not _NO_MARKS:
            self._mark(element, tag, marks)
        if element.get("itemprop") == "author" or (tag == "a" and element.get("rel") == "author"):
            self.scan.authors.append(element)
        if tag in _PIECES:
            self.buffer.append(_SEAM)
            if tag == "a":
                self._link(element)
        elif tag in _EMPHASES:
            self.buffer.append(_FAINT_SEAM)
        elif tag == "img":
            self.scan.pictures.append(len(self.scan.lines))

    def _link(self, element: HtmlElement) -> None:
        self.scan.links.append((element, len(self.scan.lines)))
        if _leads_away(element):
            self.links += 1
            self.anchors.append(element)
            self.leads = self.leads or element.get("href", "").strip()

    def _open(self, element: HtmlElement, tag: str) -> None:
        if self.row is not None:
            self.buffer.append(" ")
            return
        self._flush(tag)
        self.scan.elements.append(element)
        self.scan.parents.append(self.node)
        self.node = len(self.scan.elements) - 1
        if tag == "tr" and _is_data_row(element):
            self.row = element

    def _break(self, tag: str) -> None:
        if self.row is None:
            self._flush(tag)
        else:
            self.buffer.append(" ")

    def _mark(self, element: HtmlElement, tag: str, marks: _Marks) -> None:
        if marks.hides and tag in _BLOCKS and self._is_folded(element):
            element.attrib.pop("hidden", None)  # or trafilatura would leave it out
            element.attrib.pop("style", None)
        elif marks.hides:
            self._flush(tag)
            self.hidden.append(element)
        if not self.hidden:
            if marks.source:
                self.scan.sources.append(element)
            if marks.writer:
                self.scan.writers.append(element)
        if marks.breaks and self.breaking is None:
            self.breaking = element
        if hint := marks.hint:
            around = self.hints[-1]
            holds = hint == "byline" and around[1] not in ("", "byline")  # it says more than a byline's own
            self.hints.append((element, *(around[1:] if holds else (hint, self.node))))

    def _is_folded(self, element: HtmlElement) -> bool:
        before, behind = self.folded
        if before is None or before is not element.getprevious():  # else behind both stands the same
            behind = _shown_behind(element)
        self.folded = element, behind
        return _is_folded(element, behind)

    def _end(self, element: HtmlElement, tag: str) -> None:
        if tag in _PIECES:
            self.buffer.append(_SEAM)
            if self.anchors and self.anchors[-1] is element:
                self.links -= 1
                self.anchors.pop()
        elif tag in _EMPHASES:
            self.buffer.append(_FAINT_SEAM)
        if self.row is element:
            self._flush("tr", row=True)
            self.row = None
        if self.hidden and self.hidden[-1] is element:
            self._flush(tag)
            self.hidden.pop()
        if tag in _BLOCKS:
            if self.row is None:
                self._flush(tag)
                self.node = self.scan.parents[self.node]
            else:
                self.buffer.append(" ")
        if self.hints[-1][0] is element:
            self.hints.pop()
        if self.breaking is element:
            self.breaking = None

    def _flush(self, tag: str, *, row: bool = False) -> None:
        if not self.buffer:
            return
        seamed = "".join(self.buffer)
        has_seams = _SEAM in seamed or _FAINT_SEAM in seamed
        if not seamed.isspace() and (  # seams are white space too
            text := squeeze_space(seamed.replace(_SEAM, "").replace(_FAINT_SEAM, "") if has_seams else seamed)
        ):
            tag = str(self.scan.elements[self.node].tag if self.node >= 0 else tag)
            _, hint, hint_node = self.hints[-1]
            pieces = text
            if has_seams and len(text) <= _LONGEST_PIECED:
                faint = " " if hint == "byline" else ""
                pieces = squeeze_space(seamed.replace(_SEAM, " ").replace(_FAINT_SEAM, faint))
            lines, node, hidden = self.scan.lines, self.node, bool(self.hidden)
            linked = min(self.linked, len(text))
            leads = (self.leads or self._open_link()) if linked else ""
            lines.append(Line(text, linked, node, tag, hidden, hint, hint_node, row, pieces, leads))
            for unseen in filter(None, map(squeeze_space, self.unseen)):
                lines.append(Line(unseen, 0, node, tag, True, hint, hint_node, row, unseen))
            self.unseen.clear()
        self.buffer.clear()
        self.linked = 0
        self.leads = ""

    def _open_link(self) -> str:
        """Where the link leads that a line stands in, which began before it."""
        return str(self.anchors[0].get("href", "")).strip() if self.anchors else ""


def _is_data_row(row: HtmlElement) -> bool:
    """A row of figures or names, not of a page laid out as a table."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or next(row.iter("table", "h1", "h2", "ul", "form", "script"), None) is not None:
        return False
    blocks = [[block.tag for block in cell.iter("p", "div", "br")] for cell in cells]
    if sum(map(len, blocks)) > 3 * len(cells) or any(tags.count("div") >= 2 for tags in blocks):
        return False  # a post with its byline, a card: cells of data hold no layout
    return all(len(" ".join("".join(cell.itertext()).split())) <= 200 for cell in cells)


# --- what readers never saw: by attribute, inline style or inline style sheet

_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem"
    r"|%)?\s*(?:;|$|!)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}(?:\.\d+)?(?:px"
    r"|em|rem|pt)?"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|clip\s*:\s*rect\(\s*0|transform\s*:\s*scale\(0\)",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"(?<![-\w])(width|height)\s*:\s*[01](?:px|em|rem|pt|%)?\s*(?:;|$|!)", re.IGNORECASE)
_CLIPPED = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_DECLARATIONS = tuple(
    (word, re.compile(word + rest))
    for word, rest in (
        ("display", r"\s*:\s*none"),
        ("visibility", r"\s*:"),
        ("font-size", r"\s*:\s*0"),
        ("text-indent", r"\s*:\s*-"),
        ("opacity", r"\s*:\s*0"),
        ("color", r"\s*:\s*(?:transparent|#fff|white|rgba)"),
        ("text-decoration", r"(?:-line)?\s*:[^;}]*line-through"),
        ("font-size", r"\s*:\s*1(?:px|pt)"),
        (":", r"\s*-\d{3,}"),
    )
)
"""What to look for in a style sheet of small letters first: a word, which is found fast, and what follows."""
_FAINT = re.compile(
    r"(?<![-\w])(?:color\s*:\s*(?:transparent|rgba\([^)]*,\s*0?\.?0+\s*\))|text-decoration(?:-line)?\s*:[^;]*line-through|font-size\s*:\s*1(?:px|pt)\b)",
    re.IGNORECASE,
)
_FAINT_TOGETHER = re.compile(
    r"(?<![-\w])(?:color\s*:\s*(?:#fff(?:fff)?\b|white\b)|font-size\s*:\s*(?:[2-9]|10)px)", re.IGNORECASE
)
"""White letters of at most 10 pixels: the jammer words of forums."""
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b)", re.IGNORECASE)
_OPENER = pattern(r"^\W*{element.opener}\W*$")
_LONGEST_OPENER, _LONGEST_OPENER_WRITTEN = 24, 500
_TEMPLATE_TYPE = re.compile(r"text/(?:html|[a-z-]*template|x-)", re.IGNORECASE)
_TO_FILL = re.compile(r"<%|\{\{|\$\{")
_LEAST_KEPT = 60
"""Characters from which on what a page keeps for scripts may be its text."""
_PAGE_ADDRESS = re.compile(r"(?![a-z][a-z0-9+.-]*:)|https?:")
_LONGEST_LINK, _LONGEST_SCRIPT_LINK = 400, 60
"""Characters of a link's text: longer is a text that stands in a link. (Cards of teasers have up to 300.)"""
_LEAST_WRAPPED, _WRAPPED_LEAST = 25, 3
"""Characters of a sentence, and how many of them one address has: a card has a headline and an excerpt."""
_SHOWS_BREAKS = re.compile(r"white-space\s*:\s*(?:pre|break)", re.IGNORECASE)
_SHOWN_BREAK = re.compile(r"(?<=[。！？；：”）.!?])[ \t]*\r?\n|\n[ \t\r]*\n|\n(?=[ \t]{2,}|\u3000)")
"""Where a shown line break ends a paragraph and does not only fill the line."""
_SENTENCE_END = re.compile(r"(?:[。！？!?”\"]|[^.]\.)$")
_BLOCK_END = re.compile(r"\}\s*\}")
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]{0,9})?([.#])([\w-]{1,60})$", re.IGNORECASE)
_STYLE_LIMIT = 200_000


def _invisible_style(style: str) -> bool:
    """Whether the declarations of a style keep an element's text from being seen."""
    if not style:
        return False
    if _INVISIBLE.search(style):
        return True
    sizes = {match[1].lower() for match in _NO_SIZE.finditer(style)}
    return bool(sizes) and (len(sizes) == 2 or bool(_CLIPPED.search(style)))


def _hiding_names(root: HtmlElement) -> frozenset[str]:
    """The classes (`.name`) and ids (`#name`) that the page's own style sheets hide."""
    sheets = (sheet.text for sheet in root.iter("style"))
    return frozenset().union(*(_names_hidden_by(css[:_STYLE_LIMIT]) for css in sheets if css))


@lru_cache(maxsize=64)  # the pages of a site have the same ones
def _names_hidden_by(css: str) -> frozenset[str]:
    small = css.lower()
    if len(small) != len(css):
        small = css  # a few capitals are longer in small letters; offsets must hold
    rules = {
        _rule_at(css, match.start())
        for word, declaration in _DECLARATIONS
        if word in small
        for match in declaration.finditer(small)
    }
    begins, stops = _media_spans(css) if rules else ([], [])
    names: set[str] = set()
    for selector, body, end in rules:
        around = bisect_right(begins, selector) - 1
        if around >= 0 and selector < stops[around]:
            continue
        style = css[body:end]
        if _invisible_style(style) or _is_faint(style):
            names.update(_simple_names(css[selector : body - 1]))
    return frozenset(names)


def _is_faint(style: str) -> bool:
    """Whether an inline element's own style makes its text a speck, or strikes it out."""
    return bool(style) and (_FAINT.search(style) is not None or len(_FAINT_TOGETHER.findall(style)) > 1)


def _is_folded(element: HtmlElement, behind: HtmlElement | None) -> bool:
    """Whether readers can open a hidden element: right beside it stands a short line that says so.

    Behind it and those hidden with it, behind the element that ends with it, or before it: 展开全文,
    剩余全文 ↓, Read more. Anything else that is hidden nobody can open.
    """
    up = element.getparent()
    return any(map(_is_opener, (behind, None if up is None else up.getnext(), element.getprevious())))


def _is_opener(element: HtmlElement | None) -> bool:
    if element is None or not isinstance(element.tag, str):
        return False
    text = ""
    for piece in element.itertext():
        text += piece
        if len(text) > _LONGEST_OPENER_WRITTEN:
            return False
    text = squeeze_space(text)
    return 0 < len(text) <= _LONGEST_OPENER and _OPENER.match(simplify(text)) is not None


def _shown_behind(element: HtmlElement) -> HtmlElement | None:
    """What stands behind an element and those after it that are hidden one by one."""
    following = element.getnext()
    while following is not None and (
        following.get("hidden") is not None or _invisible_style(following.get("style", ""))
    ):
        following = following.getnext()
    return following


def _leads_away(link: HtmlElement) -> bool:
    """Whether a link is one to another page, and not a mark in this one or the wrapping of its text.

    An anchor is named and leads nowhere. A text of several paragraphs stands in a link to its app, a
    paragraph in one that a script answers: it ends as a sentence does, where a headline does not.
    """
    address = link.get("href")
    if not (address and address.strip()) and (link.get("name") or link.get("id")):
        return False
    text = "".join(link.itertext()) if len(link) else link.text or ""
    if len(text) <= _LONGEST_SCRIPT_LINK:
        return True
    address = (address or "").strip().lower()
    is_page = bool(address) and _PAGE_ADDRESS.match(address) is not None
    longest = _LONGEST_LINK if is_page else _LONGEST_SCRIPT_LINK
    if len(text) <= longest:
        return True
    text = squeeze_space(text)
    return len(text) <= longest or _SENTENCE_END.search(text) is None


def _free_wrapped(lines: list[Line]) -> None:
    """Takes sentences that all lead to one address for no links: their text opens an app, or its own page."""
    wrapped: dict[str, set[str]] = {}
    for line in lines:
        if line.is_linked and len(line.text) >= _LEAST_WRAPPED and _SENTENCE_END.search(line.text):
            wrapped.setdefault(line.leads, set()).add(line.text)
    for line in lines:
        if line.is_linked and len(wrapped.get(line.leads, ())) >= _WRAPPED_LEAST:
            line.linked, line.is_linked, line.is_prose = 0, False, is_prose(line.text, line.amount)


def _rule_at(css: str, position: int) -> tuple[int, int, int]:
    """Where the rule around a position has its selector's start, its body's start and its end."""
    body = css.rfind("{", max(0, position - 4000), position) + 1
    selector = max(css.rfind(mark, max(0, body - 2000), max(0, body - 1)) for mark in "{};") + 1
    end = css.find("}", position, position + 4000)
    return selector, body, end if end >= 0 else len(css)


def _media_spans(css: str) -> tuple[list[int], list[int]]:
    """Where the rules for print or small screens begin and end: they say nothing about what a reader saw.

    Both ascend, so that the last that begins before a rule is the one that may hold it.
    """
    begins = [match.start() for match in re.finditer("@media", css)]
    found = (_BLOCK_END.search(css, begin) for begin in begins)
    return begins, [stop.end() if stop else len(css) for stop in found]


def _simple_names(selectors: str) -> set[str]:
    matches = (_SIMPLE.match(selector.strip()) for selector in selectors.split(","))
    return {match[1] + match[2] for match in matches if match}


# --- what an element says of the text inside it

_WORD = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_KINDS: dict[str, Hint] = {
    **dict.fromkeys(words("element.navigation"), "navigation"),
    **dict.fromkeys(words("element.related"), "related"),
    **dict.fromkeys(words("element.comment"), "comment"),
    **dict.fromkeys(words("element.share"), "share"),
    **dict.fromkeys(words("element.copyright"), "copyright"),
    **dict.fromkeys(words("element.contact"), "contact"),
    **dict.fromkeys(words("element.advertisement"), "advertisement"),
    **dict.fromkeys(words("element.editor"), "editor"),
    **dict.fromkeys(words("element.byline"), "byline"),
}
_PERSON, _BOX = frozenset(words("element.person")), frozenset(words("element.box"))
"""`author-box`, `about-author`: who wrote it, in paragraphs; `author` alone names a byline."""
_TEXT, _UNSEEN_NAMES = frozenset(words("element.text")), frozenset(words("element.unseen"))
_TAG_KINDS: dict[str, Hint] = {
    "nav": "navigation",
    "aside": "related",
    "footer": "copyright",
    "menu": "navigation",
}


_MARKS_OF_TAGS = {tag: _NO_MARKS._replace(hint=_TAG_KINDS[tag]) for tag in ("nav", "aside", "footer")}
_MARKS_OF_TAGS["pre"] = _NO_MARKS._replace(breaks=True)
"""What these say by themselves where they have no attributes."""


@lru_cache(maxsize=20_000)
def _marks(tag: str, classes: str, name: str, style: str, hidden: str | None) -> _Marks:
    """What an element says by these attributes: the pages of a site repeat them.

    Of spans only those hints count that are named for bylines, of other inline elements none.
    """
    both = f"{classes} {name}"
    hint: Hint = ""
    if len(both) > 1 and (tag in _BLOCKS or tag == "span") and tag != "body":
        hint = _TAG_KINDS.get(tag) or _of_names(both)
    return _Marks(
        hides=(hidden is not None and hidden.lower() != "until-found") or _invisible_style(style),
        faint=tag in STRUCK or _is_faint(style) or not _UNSEEN_NAMES.isdisjoint(classes.split()),
        hint=hint if tag != "span" or hint == "byline" else "",
        source=_names_source(both),
        pale="background" not in style and _WHITE.search(style) is not None,
        breaks=tag == "pre" or _SHOWS_BREAKS.search(style) is not None,
        writer=_names_writer(both),
    )


def _names_source(names: str) -> bool:
    return _SOURCE_NAMES.search(names) is not None


def _names_writer(names: str) -> bool:
    return _WRITER_NAMES.search(names) is not None and _NOT_WRITER_NAMES.search(names) is None


def _of_names(names: str) -> Hint:
    for name in reversed(names.split()):
        parts = _WORD.findall(_CAMEL.sub(" ", name).lower())
        if not _PERSON.isdisjoint(parts) and not _BOX.isdisjoint(parts):
            return "editor"
        kind: Hint = next((_KINDS[part] for part in reversed(parts) if part in _KINDS), "")
        if kind and parts[-1] not in _TEXT:
            return kind
    return ""
