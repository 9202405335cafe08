"""The files that an article gives its readers: documents, sheets and archives that its page links to.

In: the page, its lines and where the article stands among them. Out: one Attachment a file, in page order.
A link in the article is one by what it leads to; below the article, where menus and lists of downloads stand,
something must say so: its label (附件), its element's name, or a viewer that shows the file in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.extract.scan import Line, squeeze_space
from pipelines.extract.view import View
from pipelines.normalise import simplify
from pipelines.records import Attachment
from pipelines.urls import canonical_url
from pipelines.words import pattern

_ENDING = pattern(r"\.({address.document_ending})$")
_NAME_ENDING = pattern(r"\.({address.document_ending})\W*(?:[（(][^()（）]{1,24}[)）])?$")
_LABEL = pattern(r"^\W{0,3}(?:{document.enclosed})(?:\W|\d|[一二三四五六七八九十]|$)")
_LABELLED = pattern(r"(?:{document.enclosed})\s?[\d一二三四五六七八九十]{0,2}\s?[:：]")
_SAYS_NOTHING = pattern(r"^\W*(?:{document.fetching}|{address.document_ending})?\W*$")
_ELEMENT = pattern(r"(?:^|[\W_]|(?<=[a-z])(?=[A-Z])){element.attachment}(?:$|[\W_\d])")
_SIZE = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)\s?([KMG]i?B|bytes?|字节)(?![A-Za-z])", re.IGNORECASE)
_SIZE_SHORT = re.compile(r"[（(]\s?(\d{1,6}(?:\.\d{1,3})?)\s?([KMG])\s?[)）]", re.IGNORECASE)
_SIZE_LAST = re.compile(
    r"\s?[\[（(][^\[\]（()）\d]{0,8}\d[\d.,]*\s?(?:[KMG](?:i?B)?|bytes?|字节)\s?[\]）)]$", re.IGNORECASE
)
_FORMS = (_SIZE, _SIZE_SHORT)
_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}
_VIEWERS = {"iframe": "src", "embed": "src", "object": "data"}
_ELSEWHERE = frozenset(["navigation", "related", "comment", "advertisement"])
_FAR_BELOW = 30
"""Lines below the text in which a notice's files stand."""
_LABEL_ABOVE = 10
"""Files in a row below one label."""
_LEVELS = 5
_MOST = 50
_LONGEST_NAME = 200
_NEAR_SIZE = 40


def find_attachments(view: View, place: range) -> tuple[Attachment, ...]:
    """The files of the article that stands in the lines at `place`, each address once."""
    found: dict[str, Attachment] = {}
    for element, at in view.scan.links:
        if not place.start <= at <= place.stop + _FAR_BELOW:
            continue
        is_said = element.tag == "a" and any(text.strip() for text in element.itertext())
        index = at if is_said else at - 1  # what has no text of its own stands below the last line
        if len(found) >= _MOST or not place.start <= index < place.stop + _FAR_BELOW:
            continue
        href = element.get(_VIEWERS.get(str(element.tag), "href"), "").strip()
        kind = _kind(element, href) if href else ""
        if not kind or not _is_the_articles(view, element, index, place):
            continue
        address = _address(href, view.base)
        if address and address != view.url and address not in found:
            near = view.lines[index].text if index < len(view.lines) else ""
            found[address] = _attachment(element, address, kind, near)
    return tuple(found.values())


def _is_the_articles(view: View, element: HtmlElement, index: int, place: range) -> bool:
    lines = view.lines
    line = lines[index] if index < len(lines) else None
    if line is not None and (line.hidden or view.trust.hint(line) in _ELSEWHERE):
        return False
    if index < place.stop or element.tag in _VIEWERS:
        return True
    return _is_labelled(lines, index) or any(map(_ELEMENT.search, _names(element)))


def _is_labelled(lines: Sequence[Line], index: int) -> bool:
    """Whether a label stands in the line, or heads it with nothing but other links between."""
    for above in range(index, max(-1, index - _LABEL_ABOVE), -1):
        if above >= len(lines):
            continue
        plain = lines[above].plain
        if _LABEL.search(plain) or _LABELLED.search(plain):
            return True
        if not lines[above].linked:
            return False
    return False


def _names(element: HtmlElement) -> Iterator[str]:
    """The classes and ids of an element and of those around it."""
    around: HtmlElement | None = element
    for _ in range(_LEVELS):
        if around is None or around.tag == "body":
            return
        yield f"{around.get('class') or ''} {around.get('id') or ''}"
        around = around.getparent()


@lru_cache(maxsize=20_000)  # the pages of a site share most links
def _names_in(href: str) -> tuple[str, ...]:
    """The path of an address, then the values of its query; nothing where it is none."""
    try:
        parts = urlsplit(href)
        return unquote(parts.path), *(unquote(value) for _, value in parse_qsl(parts.query))
    except ValueError:
        return ()


def _kind(element: HtmlElement, href: str) -> str:
    """The ending of the file that a link leads to; empty where it leads to a page."""
    named = _names_in(href)
    if not named:
        return ""
    for name in (named[0], element.get("download") or "", *named[1:]):
        if match := _ENDING.search(name.strip()):
            return match[1].lower()
    if element.tag in _VIEWERS:
        return ""
    for said in (element.get("title") or "", "".join(element.itertext())[: _LONGEST_NAME + 50]):
        if match := _NAME_ENDING.search(squeeze_space(said)):
            return match[1].lower()
    return ""


def _address(href: str, base: str) -> str:
    """The file's address in its one spelling; that of a viewer's file is the viewer's parameter."""
    try:
        inner = [
            value for _, value in parse_qsl(urlsplit(href).query) if _ENDING.search(urlsplit(value).path)
        ]
        is_viewer = bool(inner) and not _ENDING.search(urlsplit(href).path) and "/" in inner[0]
        return canonical_url(inner[0] if is_viewer else href, base=base)
    except ValueError:
        return ""


def _attachment(element: HtmlElement, address: str, kind: str, near: str) -> Attachment:
    text = squeeze_space("".join(element.itertext()))
    behind = _after(near, text)
    stated = next((found for said in (text, behind) for form in _FORMS if (found := form.search(said))), None)
    text = _SIZE_LAST.sub("", text)
    given = (text, element.get("title") or "", element.get("download") or "", _file_name(address))
    name = next((said for said in map(squeeze_space, given) if not _SAYS_NOTHING.search(simplify(said))), "")
    return Attachment(address, (name or _file_name(address))[:_LONGEST_NAME], kind, _bytes(stated))


def _after(line: str, name: str) -> str:
    """What stands right behind a file's name in its line."""
    at = line.find(name) if name else -1
    return line[at + len(name) :][:_NEAR_SIZE] if at >= 0 else ""


def _file_name(address: str) -> str:
    return unquote(urlsplit(address).path.rpartition("/")[2])


def _bytes(stated: re.Match[str] | None) -> int | None:
    if stated is None:
        return None
    return round(float(stated[1].replace(",", ".")) * _UNITS.get(stated[2][0].lower(), 1))
