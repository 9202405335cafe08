"""Reading a page by its source's template, where one fits and is used; else whole.

In: a decoded page, with the templates of its source. Out: what it says, and a Lesson of how that went. Of
what a template knows to be idle only whole blocks go that say nothing on this page either, so that what is
left is read by the ordinary rules, and says what the whole page would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extract import Found, extract_shown, extract_whole
from pipelines.extract.scan import is_inside, parse_page
from pipelines.extract.selected import select
from pipelines.furniture import title_key
from pipelines.records import Decoded, Extracted, Lesson, Page, Rejection, Selectors, Source, Template
from pipelines.templates import is_audited
from pipelines.templates.outlines import TOP, key_of, linked_share, origins, outline, speaks

_LENGTH_RATIO = 4
"""A text four times shorter than the shortest of the template's first pages, or longer than the longest, is
read whole: that costs no more than it always did."""
_MORE_LINKED = 0.2


def read(decoded: Decoded, page: Page, source: Source) -> tuple[Extracted | Rejection, Lesson | None]:
    """What a page says, read by its source's template where one fits and is used; and how that went."""
    said = source.read != Selectors() or source.kept_lines  # a person's word may mean any part of a page
    tried = None if said else _by_template(decoded, page, source)
    template, other, is_like = tried or (None, None, False)
    lesson = Lesson("whole", page.fetched_at, template.key if template else None)
    if (
        template
        and other
        and is_like
        and template.is_used
        and not is_audited(page.url, template.audit_one_in)
    ):
        return other, replace(lesson, way="template")
    root = parse_page(decoded.html)
    if root is None:
        return Rejection(page.url, page.source, "extract", "no text: no element in the page"), None
    whole, found = extract_whole(root, decoded, page, source)
    differs = differing(whole, other) if other else ()
    if other and (is_like or not differs):
        lesson = replace(lesson, way="both", agrees=not differs, differs=differs)
    if isinstance(whole, Rejection) or found is None or said or (lesson.agrees and is_like):
        return whole, lesson
    known = () if lesson.way == "both" else tuple(one.container for one in source.templates)
    return whole, replace(lesson, outline=outline(root, whole, found, known))


def differing(whole: Extracted | Rejection, other: Extracted) -> tuple[str, ...]:
    """In which of what they say two readings of a page differ."""
    if isinstance(whole, Rejection):
        return ("rejection",)
    names = ("lines", "around", "claims", "stripped", "attachments")
    valued = ("title", "published", "author", "editor", "credited_source", "site_name", "language")
    found = [name for name in names if getattr(whole, name) != getattr(other, name)]
    return (*found, *(name for name in valued if _value(whole, name) != _value(other, name)))


def _value(extracted: Extracted, name: str) -> object:
    said = getattr(extracted, name)
    return said and said.value


def _by_template(
    decoded: Decoded, page: Page, source: Source
) -> tuple[Template, Extracted | None, bool] | None:
    """The template that fits a page, what it reads there, and whether that is as on its other pages."""
    root = parse_page(decoded.html) if source.templates else None
    fit = _fitting(root, source.templates) if root is not None else None
    if root is None or fit is None:
        return None
    if not _cut(fit):
        return fit.template, None, False
    selected = select(root, source.read)
    result, found = extract_shown(root, decoded, page, source, selected, within=fit.container)
    if isinstance(result, Rejection) or found is None:
        return fit.template, None, False
    return fit.template, result, _is_like_others(result, found, fit.template)


def _is_like_others(extracted: Extracted, found: Found, template: Template) -> bool:
    """Whether a reading is as those were that its template was learned from."""
    lines = found.scan.lines[found.choice.first : found.choice.last]
    characters = sum(map(len, extracted.lines))
    return (
        template.least / _LENGTH_RATIO <= characters <= template.most * _LENGTH_RATIO
        and linked_share(lines) <= template.most_linked + _MORE_LINKED
        and template.origins.issuperset(origins(extracted))
        and title_key(extracted.title.value if extracted.title else "") not in template.titles
    )


class _Fit(NamedTuple):
    """A template and where it finds its parts on a page."""

    template: Template
    container: HtmlElement
    idle: list[HtmlElement]


def _fitting(root: HtmlElement, templates: Iterable[Template]) -> _Fit | None:
    """The template that a page is made by; None where none is, or two that are strangers to each other.

    Of two of which one stands in the other the outer one is taken: it is right for both.
    """
    fits = [fit for template in templates if (fit := _fit(root, template))]
    for fit in fits:
        if all(is_inside(other.container, fit.container) for other in fits):
            return fit
    return None


def _cut(fit: _Fit) -> bool:
    """Takes the idle parts out of the page; False where one of them says something here."""
    gone: HtmlElement = etree.Element("div")
    for element in fit.idle:
        if not (element.tail and element.tail.strip()):  # else it parts two pieces of text
            gone.append(element)
    return not speaks(gone)


def _fit(root: HtmlElement, template: Template) -> _Fit | None:
    body = root.find("body")
    containers: list[HtmlElement] = []
    idle: list[HtmlElement] = []
    todo = [(body, TOP)] if body is not None else []
    while todo:
        element, key = todo.pop()
        for child in element:
            below = key_of(key, child)
            if below == template.container:
                containers.append(child)
            elif below in template.cut:
                idle.append(child)
            elif below in template.passed:
                todo.append((child, below))
    return _Fit(template, containers[0], idle) if len(containers) == 1 else None
