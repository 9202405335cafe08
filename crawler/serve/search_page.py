"""What the page of articles shows: hits with marked snippets, facets, filters, honest counts.

In: a connection, the address's arguments and the visitor's words. Out: the template's values.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from crawler.serve.made import Made
from crawler.serve.visitor import NARROWED, arguments_of, not_understood, selection_of, whole_number
from pipelines.archive.read.selection import (
    FACETS,
    Counts,
    Selection,
    Sorting,
    count_left_out_undated,
    counts,
    facet,
    first_day,
    last_day,
    understood,
)
from pipelines.archive.read.sources import failed_sources, source_names
from pipelines.export.formats import FORMATS
from pipelines.keywords import counted, keywords
from pipelines.places import region_name
from pipelines.report.panels import Leads, trend
from pipelines.report.words import Words
from pipelines.search import Marks, select

PAGE_SIZE = 20
PAGES_MAX = 500
"""Ten thousand articles is as far as anybody turns pages; the export has them all."""

_FACET_SHORT, _FACET_WHOLE = 12, 400

_TYPED = frozenset({"since", "until", "copies", "folded"})
"""Arguments that the form of the filters has fields for; all others it hands on."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, and the address that narrows to it (or widens again)."""

    label: str
    count: int
    href: str
    chosen: bool


def search_page(connection: sqlite3.Connection, args: Any, words: Words, made: Made) -> dict[str, Any]:
    """The values of search.html."""
    selection = selection_of(args)
    order: Sorting = "rank" if args.get("order") == "rank" and selection.query else "date"
    found = made.get(selection, lambda own: counts(own, selection, _FACET_SHORT + 1))
    pages = max(1, min(-(-found.total // PAGE_SIZE), PAGES_MAX))
    page = whole_number(args, "page", 1, pages)
    return {
        "selection": selection,
        "order": order,
        "hits": select(connection, selection, order=order, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE),
        "marked": marked,
        "total": found.total,
        "not_understood": not_understood(args),
        "hints": [
            words(f"hint.{hint.kind}", typed=hint.typed)
            for hint in understood(selection.query, selection.folded).hints
        ],
        "undated_left_out": count_left_out_undated(connection, selection),
        "undated_within": 0 if selection.undated else found.undated,
        "disputed": found.disputed,
        "failed": failed_sources(connection, selection.since, selection.until),
        "facets": [
            _facet(connection, selection, name, words, found, whole=args.get("all") == name)
            for name in FACETS
        ],
        "days": (first_day(selection.since), last_day(selection.until)),
        "kept_arguments": [pair for pair in arguments_of(selection) if pair[0] not in _TYPED]
        + ([("order", order)] if order == "rank" else []),
        "chosen": _chosen(connection, selection, words),
        "page": page,
        "pages": pages,
        "address": lambda **changes: _address(
            selection, {"order": order if order == "rank" else "", **changes}
        ),
        "keywords": _keywords(connection, selection, words, made) if args.get("keywords") == "1" else None,
        "trend": _trend(selection, found, words),
        "selection_arguments": {
            "q": selection.query,
            **({"folded": "1"} if selection.folded else {}),
        },
        "downloads": FORMATS,
        "export_arguments": urlencode(arguments_of(selection)),
    }


def _keywords(
    connection: sqlite3.Connection, selection: Selection, words: Words, made: Made
) -> list[tuple[str, str, str]]:
    """Words, the searches that they narrow to, and how many articles say them."""
    among = made.get("keywords", lambda own: counted(own, Selection()))
    query = f"({selection.query}) " if selection.query else ""
    return [
        (
            one.word,
            _address(replace(selection, query=f'{query}"{one.word}"')),
            words("keyword", n=one.articles, share=f"{one.share:.0%}", of_all=f"{one.share_of_all:.0%}"),
        )
        for one in keywords(connection, selection, among=among)
    ]


def _trend(selection: Selection, counted: Counts, words: Words) -> str:
    """The selected articles over time."""
    leads = Leads(lambda _: "", lambda **days: _address(replace(selection, undated=False, **days)))
    return trend(counted.by_time, counted.unit, words, leads)


def marked(text: str, marks: Marks) -> Markup:
    """A text as HTML with its matches marked."""
    html, at = Markup(), 0
    for start, end in marks:
        html += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        at = end
    return html + escape(text[at:])


def _facet(
    connection: sqlite3.Connection,
    selection: Selection,
    name: str,
    words: Words,
    found: Counts,
    *,
    whole: bool,
) -> dict[str, Any]:
    limit = _FACET_WHOLE if whole else _FACET_SHORT
    counted = facet(connection, selection, name, limit + 1) if whole else found.facets[name]
    names = source_names(connection) if name == "source" else {}
    values = [
        FacetValue(
            label=_value_label(name, value, names, words),
            count=count,
            href=_address(_toggled(selection, name, value)),
            chosen=_is_chosen(selection, name, value),
        )
        for value, count in counted[:limit]
        if value is not None or name == "month"
    ]
    more = _address(selection, {"all": name}) if len(counted) > limit and not whole else ""
    return {"name": name, "title": words(name), "found": values, "more": more}


def _value_label(name: str, value: str | None, names: dict[str, str], words: Words) -> str:
    if value is None:
        return words("undated")
    if name == "region":
        return region_name(value)
    if name == "language":
        return words.or_itself("language", value)
    return names.get(value, value)


def _toggled(selection: Selection, name: str, value: str | None) -> Selection:
    if name == "month":
        if _is_chosen(selection, name, value):
            return replace(selection, since="", until="", undated=False)
        return replace(selection, since=value or "", until=value or "", undated=value is None)
    field = NARROWED[name]
    present: tuple[str, ...] = getattr(selection, field)
    assert value is not None
    if name == "region" and value not in present:
        return replace(selection, regions=(value,))  # one at a time, so that its parts can be listed
    changed = tuple(v for v in present if v != value) if value in present else (*present, value)
    return replace(selection, **{field: changed})  # type: ignore[arg-type]  # these fields are tuples


def _is_chosen(selection: Selection, name: str, value: str | None) -> bool:
    if name == "month":
        if value is None:
            return selection.undated
        asked = first_day(selection.since), last_day(selection.until)
        return asked == (first_day(value), last_day(value))
    return value in getattr(selection, NARROWED[name])


def _chosen(connection: sqlite3.Connection, selection: Selection, words: Words) -> list[tuple[str, str]]:
    """What narrows now, as words, and the address without it."""
    names = source_names(connection)
    found = []
    for name, field in NARROWED.items():
        for value in getattr(selection, field):
            text = words("chosen", name=words(name), value=_value_label(name, value, names, words))
            found.append((text, _address(_toggled(selection, name, value))))
    if selection.since or selection.until:
        one_day = selection.since == selection.until
        days = selection.since if one_day else f"{selection.since or '…'} – {selection.until or '…'}"
        found.append((days, _address(replace(selection, since="", until=""))))
    if selection.undated:
        found.append((words("only_undated"), _address(replace(selection, undated=False))))
    if selection.folded:
        found.append((words("folded"), _address(replace(selection, folded=False))))
    if selection.copies_at_least > 1:
        text = f"{words('copies_at_least')} {selection.copies_at_least}"
        found.append((text, _address(replace(selection, copies_at_least=1))))
    return found


def _address(selection: Selection, extra: dict[str, Any] | None = None) -> str:
    further = [(name, str(value)) for name, value in (extra or {}).items() if value]
    return "?" + urlencode([*arguments_of(selection), *further])
