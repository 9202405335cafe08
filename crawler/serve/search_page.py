"""What the page of articles shows: hits with marked snippets, facets, filters, honest counts.

In: a connection, the address's arguments and the visitor's words. Out: the template's values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from crawler.serve.front_page import state_of
from crawler.serve.visitor import arguments_of, not_understood, selection_of, whole_number
from pipelines.archive.read import articles as read
from pipelines.archive.read.analyst import failed_sources
from pipelines.archive.read.selection import (
    FACETS,
    Order,
    Selection,
    count_disputed,
    count_left_out_undated,
    count_selected,
    facet,
    needles,
    select_ids,
)
from pipelines.export.file import FORMATS
from pipelines.places import region_name
from pipelines.search import snippet

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.archive.read.selection import Facet
    from pipelines.report.words import Words
    from pipelines.search import Snippet

PAGE_SIZE = 20
_PAGES_MAX = 500
"""Ten thousand articles is as far as anybody turns pages; the export has them all."""

_FACET_SHORT, _FACET_WHOLE = 12, 400
_of_everything: dict[Any, Any] = {}
"""Facets of all articles, of the state of the archive that stands beside them."""

_FACET_FIELD = {
    "source": "sources",
    "region": "regions",
    "park": "parks",
    "language": "languages",
    "credited_source": "credited_sources",
}


@dataclass(frozen=True, slots=True)
class ShownHit:
    """One article in the list."""

    id: int
    title: Markup
    snippet: Markup
    source_name: str
    published_day: str | None
    credited_source: str | None
    copies: int


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, and the address that narrows to it (or widens again)."""

    label: str
    count: int
    href: str
    chosen: bool


def search_page(connection: sqlite3.Connection, args: Any, words: Words, path: Path) -> dict[str, Any]:
    """The values of search.html."""
    selection = selection_of(args)
    order: Order = "rank" if args.get("order") == "rank" and selection.query else "date"
    total = count_selected(connection, selection)
    pages = max(1, min(-(-total // PAGE_SIZE), _PAGES_MAX))
    page = whole_number(args, "page", 1, pages)
    ids = select_ids(connection, selection, order=order, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    marks = [needle for group in needles(selection) for needle in group]
    return {
        "selection": selection,
        "order": order,
        "hits": [hit for hit in (_hit(connection, number, marks) for number in list(ids)) if hit],
        "total": total,
        "not_understood": not_understood(args),
        "undated_left_out": count_left_out_undated(connection, selection),
        "undated_within": 0
        if selection.undated
        else count_selected(connection, replace(selection, undated=True)),
        "disputed": count_disputed(connection, selection),
        "failed": failed_sources(connection, selection.since, selection.until),
        "facets": [
            _facet(connection, selection, name, words, path, whole=args.get("all") == name) for name in FACETS
        ],
        "chosen": _chosen(connection, selection, words),
        "page": page,
        "pages": pages,
        "address": lambda **changes: _address(
            selection, {"order": order if order == "rank" else "", **changes}
        ),
        "downloads": FORMATS,
        "export_arguments": urlencode(arguments_of(selection)),
    }


def marked(piece: Snippet) -> Markup:
    """A snippet as HTML with its matches marked."""
    html, at = Markup(), 0
    for start, end in piece.marks:
        html += escape(piece.text[at:start]) + Markup("<mark>{}</mark>").format(piece.text[start:end])
        at = end
    return html + escape(piece.text[at:])


def _hit(connection: sqlite3.Connection, number: int, marks: Sequence[str]) -> ShownHit | None:
    row = read.article(connection, number)
    if row is None:
        return None
    title = snippet(row["title"], marks)
    whole = replace(title, text=row["title"]) if title.text == row["title"] else None
    return ShownHit(
        id=row["id"],
        title=marked(whole) if whole else escape(row["title"]),
        snippet=marked(snippet(row["text"], marks)),
        source_name=row["source_name"],
        published_day=row["published_day"],
        credited_source=row["credited_source"],
        copies=row["copies"],
    )


def _facet(
    connection: sqlite3.Connection,
    selection: Selection,
    name: str,
    words: Words,
    path: Path,
    *,
    whole: bool,
) -> dict[str, Any]:
    limit = _FACET_WHOLE if whole else _FACET_SHORT
    counted = _counted(connection, selection, name, limit + 1, path)
    names = read.source_names(connection) if name == "source" else {}
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


def _counted(
    connection: sqlite3.Connection, selection: Selection, name: str, limit: int, path: Path
) -> Facet:
    """The facet; that of all articles is counted once for each state of the archive."""
    if not selection.is_everything:
        return facet(connection, selection, name, limit)
    state = (str(path), *state_of(path))
    if _of_everything.get("state") != state:
        _of_everything.clear()
        _of_everything["state"] = state
    if (name, limit) not in _of_everything:
        _of_everything[name, limit] = facet(connection, selection, name, limit)
    found: Facet = _of_everything[name, limit]
    return found


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
    field = _FACET_FIELD[name]
    present: tuple[str, ...] = getattr(selection, field)
    assert value is not None
    if name == "region" and value not in present:
        return replace(selection, regions=(value,))  # one at a time, so that its parts can be listed
    changed = tuple(v for v in present if v != value) if value in present else (*present, value)
    return replace(selection, **{field: changed})  # type: ignore[arg-type]  # these fields are tuples


def _is_chosen(selection: Selection, name: str, value: str | None) -> bool:
    if name == "month":
        return selection.undated if value is None else selection.since == selection.until == value
    return value in getattr(selection, _FACET_FIELD[name])


def _chosen(connection: sqlite3.Connection, selection: Selection, words: Words) -> list[tuple[str, str]]:
    """What narrows now, as words, and the address without it."""
    names = read.source_names(connection)
    found = []
    for name, field in _FACET_FIELD.items():
        for value in getattr(selection, field):
            text = words("chosen", name=words(name), value=_value_label(name, value, names, words))
            found.append((text, _address(_toggled(selection, name, value))))
    for host in selection.carried_by:
        others = tuple(other for other in selection.carried_by if other != host)
        found.append(
            (
                words("chosen", name=words("carried_by"), value=names.get(host, host)),
                _address(replace(selection, carried_by=others)),
            )
        )
    if selection.since or selection.until:
        days = f"{selection.since or '…'} – {selection.until or '…'}"
        if selection.since == selection.until:
            days = selection.since
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
