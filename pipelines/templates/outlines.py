"""A page that was read whole in; which of its elements told something and which did not, out.

An element is known by a key of its way from the body down: tags, ids and classes, with the digits that
number pages left out. The keys say nothing of what the elements hold, and elements of the same make share
one: that one of them told something keeps them all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extract import Found
from pipelines.extract.body import MAYBE_NOTICE
from pipelines.extract.metadata import linked_data
from pipelines.extract.prose import is_linked, is_prose, size
from pipelines.extract.scan import Line, is_named_for_field, squeeze_space
from pipelines.furniture import title_key
from pipelines.normalise import simplify
from pipelines.records import Extracted, Field, Outline, Published
from pipelines.words import pattern

TOP = 0
"""The key of `body`, whatever its classes: they name the page."""
FIELDS = ("title", "published", "author", "editor", "credited_source", "site_name")
"""What an origin is kept of."""
_NUMBER = re.compile(r"\d.*", re.DOTALL)
_CLASSES = 2
"""Of an element's classes: behind the first two, themes name the page's own section, tags and author."""
_ABOVE, _ABOVE_UNTITLED = 4, 12
"""Lines above the article that its byline is read from (`pipelines.extract.byline`)."""
_LONGEST_BYLINE = 200
_SAYS_NOTHING, _LOUD = 2, 30
"""Characters in one piece and in no link, up to which an element says nothing, and from which on it says
something: menus, buttons and names of sections are shorter. So does what reads like prose or a notice: it
moves the vote, or is told."""
_FILE = pattern(r"\.(?:{address.document_ending})(?:$|[?#&\n])")
_STATING = ("time", "meta", "link", "base", "h1")
"""What states a field, most of them for machines; JSON-LD besides."""
_LABELLED = pattern(
    r"^\W{0,3}(?:{byline.author|byline.editor|credit.label}|(?:{byline.released})?{byline.when})\s?[:：]"
)
"""How a line begins that gives a field wherever it stands."""
_IN_PIECES = etree.XPath("descendant::p[*]")
_NO_TEXT = ("a", "script", "style")
"""Elements with nothing in them that speaks; in links only what they lead to does."""
_UNSEEN = ("noscript", "textarea")
"""Those of whose own text that holds, and not of the elements in them."""
_TEXTS = etree.XPath("descendant::text()[not(parent::noscript or parent::textarea)]", smart_strings=False)


@lru_cache(maxsize=1 << 16)
def child_key(parent: int, tag: str, identity: str, classes: str) -> int:
    """64 bits, signed, of an element with this tag, `id` and `class`, below one with the key `parent`."""
    named = f"{parent}>{_name(tag, identity, classes)}"
    digest = hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def outline(
    root: HtmlElement, extracted: Extracted, found: Found, known: Sequence[int] = ()
) -> Outline | None:
    """What a page teaches; None where its article stands in no element of its body, or in a known one."""
    body = root.find("body")
    container = found.scan.elements[found.choice.node]
    if body is None or container is body or _key_on_page(container, body) in known:
        return None
    telling = _with_ancestors([container, *_telling(body, extracted, found)])
    blocks = set(found.scan.elements)
    passed, idle = set[int](), set[int]()
    key_of_container = None
    todo = [(body, TOP)]
    while todo:
        element, key = todo.pop()
        for child in element:
            below = key_of(key, child)
            if child is container:
                key_of_container = below
            elif child in telling or child not in blocks:
                passed.add(below)
                todo.append((child, below))
            else:
                idle.add(below)
    if key_of_container is None:
        return None
    lines = found.scan.lines[found.choice.first : found.choice.last]
    return Outline(
        container=key_of_container,
        selector=_selector(container, body),
        passed=tuple(sorted(passed)),
        idle=tuple(sorted(idle - passed)),
        origins=tuple(origins(extracted)),
        title=title_key(extracted.title.value if extracted.title else ""),
        characters=sum(map(len, extracted.lines)),
        linked=linked_share(lines),
    )


def key_of(parent: int, element: HtmlElement) -> int:
    """The key of an element below one with the key `parent`."""
    return child_key(parent, str(element.tag), element.get("id", ""), element.get("class", ""))


def _key_on_page(element: HtmlElement, body: HtmlElement) -> int:
    """The key of an element of the page."""
    way = [element, *element.iterancestors()]
    key = TOP
    for one in reversed(way[: way.index(body)]):
        key = key_of(key, one)
    return key


def speaks(element: HtmlElement) -> bool:
    """Whether something in an element says something, leads to a file, gives a field or is named for one.

    Links and scripts are taken out of it: to ask each text whether it stands in one takes twice as long.
    """
    if any(any(map(tells, set(find(element)))) for _, find, tells in _ATTRIBUTES) or _stating(element):
        return True
    etree.strip_elements(element, *_NO_TEXT, with_tail=False)
    return any(map(_says, set(cast("list[str]", _TEXTS(element)))))


def _speaking(element: HtmlElement, container: HtmlElement) -> Iterator[HtmlElement]:
    """The elements in it for which `speaks` holds by their own; of those in the container only some."""
    for find, _, tells in _ATTRIBUTES:
        yield from (value.getparent() for value in find(element) if tells(str(value)))
    yield from _stating(element)
    yield from (holder for text, holder in _pieces(element, container) if _says(text))


def _stating(element: HtmlElement) -> list[HtmlElement]:
    """The elements in it that state a field, or are a paragraph in pieces that says something."""
    paragraphs = cast("list[HtmlElement]", _IN_PIECES(element))
    return [*element.iter(*_STATING), *linked_data(element), *filter(_says_in_pieces, paragraphs)]


def _pieces(top: HtmlElement, container: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """The texts in no link and not in the container, each with its element or the one before it."""
    todo = [top]
    for element in todo:
        is_seen = element.tag not in _UNSEEN
        if is_seen and element.text:
            yield element.text, element
        for child in element:
            if is_seen and child.tail:
                yield child.tail, child
            if child is not container and child.tag not in _NO_TEXT:
                todo.append(child)


@lru_cache(maxsize=1 << 14)  # as below
def _leads_to_file(address: str) -> bool:
    return _FILE.search(address) is not None


def _asked(path: str, tells: Callable[[str], bool]) -> _Asked:
    return etree.XPath(path), etree.XPath(path, smart_strings=False), tells


_Asked = tuple[Callable[[HtmlElement], Any], Callable[[HtmlElement], Any], Callable[[str], bool]]
_ATTRIBUTES: tuple[_Asked, ...] = (
    _asked("descendant::*/@class", is_named_for_field),
    _asked("descendant::*/@id", is_named_for_field),
    _asked("descendant::a/@href | descendant::iframe/@src | descendant::embed/@src", _leads_to_file),
)
"""Attributes, how they are found with their elements and, much faster, without, and which tell something."""


def _says_in_pieces(paragraph: HtmlElement) -> bool:
    """Whether one with emphasis or links in it says something: none of its pieces may do so alone."""
    text = "".join(paragraph.itertext())
    linked = sum(len("".join(link.itertext())) for link in paragraph.iter("a"))
    return not is_linked(text, linked) and _says(text)


@lru_cache(maxsize=1 << 14)  # the pages of a source have most pieces in common
def _says(text: str) -> bool:
    if len(text.strip(" \t\r\n")) <= _SAYS_NOTHING:
        return False
    text = squeeze_space(text)
    if len(text) > _LOUD or is_prose(text, size(text)):
        return True
    plain = simplify(text)
    return MAYBE_NOTICE.search(plain) is not None or _LABELLED.match(plain) is not None


def origins(extracted: Extracted) -> Iterator[tuple[str, str]]:
    """Where each field stood; an empty place for those that the page has not."""
    for name in FIELDS:
        value: Field | Published | None = getattr(extracted, name)
        yield name, value.origin if value else ""


def linked_share(lines: list[Line]) -> float:
    """The share of some lines that is links."""
    total = sum(len(line.text) for line in lines)
    return sum(line.linked for line in lines) / total if total else 0.0


def _telling(body: HtmlElement, extracted: Extracted, found: Found) -> Iterator[HtmlElement]:
    """The elements outside the article's that say something, or from which something was read."""
    scan = found.scan
    values = (getattr(extracted, name) for name in FIELDS)
    evidence = [value.evidence for value in values if value and value.evidence]
    said = frozenset((*extracted.around, *extracted.lines))
    for index, line in enumerate(scan.lines):
        if line.node >= 0 and _tells(index, line, found, said, evidence):
            yield scan.elements[line.node]
    if any(origin == "script" for _, origin in origins(extracted)):
        yield from body.iter("script")
    yield from (*scan.authors, *_speaking(body, scan.elements[found.choice.node]))


def _tells(index: int, line: Line, found: Found, said: frozenset[str], evidence: Sequence[str]) -> bool:
    """Whether a line is the headline or near it, stands in what was `said`, or gave a field."""
    title, first = found.title_line, found.choice.first
    top = first if title is None else min(title, first)
    if top <= index < first or index == title:
        return True
    if top - (_ABOVE_UNTITLED if title is None else _ABOVE) <= index < top and not line.is_linked:
        return len(line.text) <= _LONGEST_BYLINE
    return line.is_prose or line.text in said or any(text in line.pieces for text in evidence)


def _with_ancestors(elements: list[HtmlElement]) -> set[HtmlElement]:
    held: set[HtmlElement] = set()
    for element in elements:
        up: HtmlElement | None = element
        while up is not None and up not in held:
            held.add(up)
            up = up.getparent()
    return held


def _selector(element: HtmlElement, body: HtmlElement) -> str:
    names: list[str] = []
    up: HtmlElement | None = element
    while up is not None and up is not body:
        names.append(_name(str(up.tag), up.get("id", ""), up.get("class", "")))
        up = up.getparent()
    return " > ".join(reversed(names))


def _name(tag: str, identity: str, classes: str) -> str:
    named = f"#{_NUMBER.sub('', identity)}" if identity else ""
    return tag + named + "".join(f".{_NUMBER.sub('', name)}" for name in classes.split()[:_CLASSES])
