"""What an article's page shows: the text, every copy with what differs, and where all of it comes from.

In: a connection, the article's number and the visitor's words. Out: the template's values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crawler.serve.search_page import marked
from crawler.serve.visitor import selection_of
from pipelines.archive.read.articles import Named, names_in, of_article
from pipelines.archive.read.selection import needles
from pipelines.archive.read.sets import set_names, sets_of
from pipelines.cite import STYLES, reference
from pipelines.export.masking import mask_contacts
from pipelines.report.comparison import Piece, compared
from pipelines.report.words import Words, reason_in
from pipelines.search import marks_in
from pipelines.show import Differs, ShownArticle, ShownCopy, show

_NAMES_MAX = 12
_VERSIONS_MAX = 10
_CONTEXT = 40
"""Characters of equal text that stay around a change: a line of it, so that one sees where one is."""


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A stretch of a comparison; for a long equal one, how much of its middle is left out."""

    kind: str
    text: str
    left_out: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class CopyCard:
    """One copy as the page shows it."""

    copy: ShownCopy
    why: str
    comparison: tuple[ShownPiece, ...]
    """Empty for the kept copy, for equal texts, and where only script, punctuation or white space differ."""
    other_title: bool
    differences: tuple[Differs, ...]
    """Figures, dates and names that it has otherwise than the kept copy."""


@dataclass(frozen=True, slots=True)
class VersionCard:
    """What one of the pages said before, against what it says now."""

    url: str
    fetched_at: str
    title: str
    comparison: tuple[ShownPiece, ...]


def article_page(
    connection: sqlite3.Connection, number: int, words: Words, args: Any, *, masked: bool
) -> dict[str, Any] | None:
    """The values of article.html, what was searched for marked; None where there is no such article."""
    found = show(connection, str(number))
    if not isinstance(found, ShownArticle):
        return None
    kept = found.copies[0]
    selection = selection_of(args)
    sought = needles(selection)
    paragraphs = [(line, marks_in(line, sought)) for line in found.text.split("\n") if line.strip()]
    title_marks = marks_in(found.title, sought)
    before = of_article(connection, "earlier_versions", found.id)[:_VERSIONS_MAX]
    seen = mask_contacts if masked else str
    return {
        "article": found,
        "kept": kept,
        "citations": [
            (style.title, style.ending, style.write(reference(found))) for style in STYLES.values()
        ],
        "kept_in": sets_of(connection, found.id),
        "sets": set_names(connection),
        "selection": selection,
        "title": marked(found.title, title_marks),
        "paragraphs": [marked(line, marks) for line, marks in paragraphs],
        "n_marks": len(title_marks) + sum(len(marks) for _, marks in paragraphs),
        "cards": [_card(copy, kept, found.differences, words) for copy in found.copies],
        "rights": [(copy, _rights(copy, seen)) for copy in found.copies if copy.rights],
        "kept_because": reason_in(words.language, found.kept_because),
        "first_because": reason_in(words.language, found.first_publisher_because),
        "versions": [_version(version, found) for version in before],
        "stripped": [(copy, _pieces(copy, seen)) for copy in found.copies if copy.stripped],
        "masked": masked,
        "names": _names(connection, found.id),
        "figures": _figures(found),
    }


def folded(pieces: tuple[Piece, ...]) -> tuple[ShownPiece, ...]:
    """The pieces with the middle of every long equal stretch left out."""
    shown = []
    for place, piece in enumerate(pieces):
        first, last = place == 0, place == len(pieces) - 1
        head = 0 if first else _CONTEXT
        tail = 0 if last else _CONTEXT
        left_out = len(piece.text) - head - tail
        if piece.kind != "same" or left_out < _CONTEXT:
            shown.append(ShownPiece(piece.kind, piece.text))
        else:
            end = piece.text[len(piece.text) - tail :] if tail else ""
            shown.append(ShownPiece("same", piece.text[:head], left_out, end))
    return tuple(shown)


def _figures(article: ShownArticle) -> list[tuple[str, str, str, list[tuple[str, list[str]]]]]:
    """What copies have otherwise, place by place: kind, place, the kept copy's, and who has what instead."""
    names = {copy.url: copy.source_name for copy in article.copies}
    found: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for one in article.differences:
        values = found.setdefault((one.kind, one.place, one.kept_value), {})
        who = values.setdefault(one.copy_value, [])
        if names[one.url] not in who:
            who.append(names[one.url])
    return [(*place, sorted(values.items(), key=lambda v: -len(v[1]))) for place, values in found.items()]


def _names(connection: sqlite3.Connection, number: int) -> list[tuple[str, list[tuple[Named, str]]]]:
    """What the text names, by kind, each with the search that it leads to."""
    found = names_in(connection, number)
    return [
        (kind, [(named, urlencode(_search_for(kind, named))) for named in found[kind][:_NAMES_MAX]])
        for kind in ("park", "region", "company", "money")
        if kind in found
    ]


def _search_for(kind: str, named: Named) -> dict[str, str]:
    if kind == "region" and named.code:
        return {"region": named.code}
    return {"park": named.name} if kind == "park" else {"q": f'"{named.written}"'}


def _card(copy: ShownCopy, kept: ShownCopy, found: tuple[Differs, ...], words: Words) -> CopyCard:
    pieces = () if copy.kept or copy.text == kept.text else compared(kept.text, copy.text)
    differs = any(piece.kind != "same" and piece.text.strip() for piece in pieces)
    return CopyCard(
        copy=copy,
        why=_why(copy, kept, words, differs=differs),
        comparison=folded(pieces) if differs else (),
        other_title=not copy.kept and copy.title != kept.title,
        differences=tuple(difference for difference in found if difference.url == copy.url),
    )


def _version(version: sqlite3.Row, article: ShownArticle) -> VersionCard:
    url, fetched_at, title, before = version
    now = next(copy.text for copy in article.copies if copy.url == url)
    return VersionCard(url, fetched_at, title, folded(compared(before, now)) if before != now else ())


def _why(copy: ShownCopy, kept: ShownCopy, words: Words, *, differs: bool) -> str:
    if copy.kept:
        return words("why_kept")
    if copy.text == kept.text:
        return words("why_same")
    if not differs:
        return words("why_variant")
    if not copy.evidence:
        return words("similar", value=f"{copy.similarity:.2f}")
    best = copy.evidence[0]
    share = f"{best.containment:.0%}"
    if best.numbers_shared:
        return words("why_pair_numbers", share=share, shared=best.numbers_shared, differ=best.numbers_differ)
    return words("why_pair", share=share)


def _rights(copy: ShownCopy, seen: Callable[[str], str]) -> list[tuple[str, str, str, str]]:
    """What a page's notices say: kind, holder, whom to ask, the notice."""
    return [
        (one.kind, one.holder, seen(one.contact), seen(one.evidence) or f"{one.value} ({one.origin})")
        for one in copy.rights
    ]


def _pieces(copy: ShownCopy, seen: Callable[[str], str]) -> list[tuple[str, str, str]]:
    return [(piece.kind, piece.rule, seen(piece.text)) for piece in copy.stripped]
