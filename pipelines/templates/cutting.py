"""A parsed page and templates in; the page without what its template knows to be idle, out.

Only whole blocks go that say nothing on this page either, so that what is left is read by the ordinary rules,
and says what the whole page would.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extract.scan import is_inside
from pipelines.records import Template
from pipelines.templates.outlines import TOP, key_of, speaks


class Fit(NamedTuple):
    """A template and where it finds its parts on a page."""

    template: Template
    container: HtmlElement
    idle: list[HtmlElement]


def fitting(root: HtmlElement, templates: Iterable[Template]) -> Fit | None:
    """The template that a page is made by; None where none is, or two that are strangers to each other.

    Of two of which one stands in the other the outer one is taken: it is right for both.
    """
    fits = [fit for template in templates if (fit := _fit(root, template))]
    for fit in fits:
        if all(is_inside(other.container, fit.container) for other in fits):
            return fit
    return None


def cut(fit: Fit) -> bool:
    """Takes the idle parts out of the page; False where one of them says something here."""
    gone: HtmlElement = etree.Element("div")
    for element in fit.idle:
        if not (element.tail and element.tail.strip()):  # else it parts two pieces of text
            gone.append(element)
    return not speaks(gone)


def _fit(root: HtmlElement, template: Template) -> Fit | None:
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
    return Fit(template, containers[0], idle) if len(containers) == 1 else None
