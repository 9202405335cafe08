"""Reading a page by its source's template, where one fits and is used; else whole.

In: a decoded page, with the templates of its source. Out: what it says, and a Lesson of how that went.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.extract import extract_shown, extract_whole
from pipelines.extract.scan import parse_page
from pipelines.extract.selected import select
from pipelines.furniture import title_key
from pipelines.records import Extracted, Lesson, Rejection, Selectors
from pipelines.templates.cutting import cut, fitting
from pipelines.templates.learning import is_audited
from pipelines.templates.outlines import linked_share, origins, outline

if TYPE_CHECKING:
    from pipelines.extract import Found
    from pipelines.records import Decoded, Page, Source, Template

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
    fit = fitting(root, source.templates) if root is not None else None
    if root is None or fit is None:
        return None
    if not cut(fit):
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
