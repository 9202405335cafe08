"""One article and the whole account of it: copies, why they were joined, what was stripped, origins.

In: an archive's read-only connection and an id or URL. Out: what is known of it, or why the URL was
rejected, or None. Nothing is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.archive.read import articles as read
from pipelines.archive.read import standing as standing_read
from pipelines.show.copies import in_words, shown_copy
from pipelines.show.records import (
    Apart,
    Decided,
    Differs,
    Evidence,
    Forward,
    Held,
    Move,
    ShownArticle,
    ShownCopy,
    ShownRejection,
    ShownVersion,
    Witness,
)
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3

__all__ = [
    "Apart",
    "Decided",
    "Differs",
    "Evidence",
    "Forward",
    "Held",
    "Move",
    "ShownArticle",
    "ShownCopy",
    "ShownRejection",
    "ShownVersion",
    "Witness",
    "follow",
    "show",
]

_ID = re.compile("[0-9]{1,18}")
_APART_MAX = 10
"""A monthly bulletin has dozens of look-alikes; ten tell that they were seen."""


def show(connection: sqlite3.Connection, reference: str) -> ShownArticle | ShownRejection | None:
    """The article of an id or of any of its URLs, or the rejection of a URL; None where unknown."""
    reference = reference.strip()
    if _ID.fullmatch(reference):
        return _article(connection, int(reference))
    spellings = _spellings(reference)
    for url in spellings:
        article_id = read.article_of_url(connection, url)
        if article_id is not None:
            return _article(connection, article_id)
    for url in spellings:
        row = read.rejection(connection, url)
        if row is not None:
            return ShownRejection(*row)
    return None


def _spellings(reference: str) -> list[str]:
    """The URL's one spelling, then as it was typed."""
    try:
        return list(dict.fromkeys((canonical_url(reference), reference)))
    except ValueError:
        return [reference]


def _article(connection: sqlite3.Connection, article_id: int) -> ShownArticle | None:
    article_id, forwards = follow(connection, article_id)
    row = read.article(connection, article_id)
    if row is None:
        return None
    names = read.source_names(connection)
    rows = read.copies(connection, article_id)
    pairs = read.accepted_pairs(connection, article_id)
    decided = tuple(Decided(*found) for found in standing_read.decided(connection, [c["url"] for c in rows]))
    return ShownArticle(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        source=row["source"],
        source_name=row["source_name"],
        published=row["published"],
        published_day=row["published_day"],
        date_origin=row["date_origin"],
        author=row["author"],
        language=row["language"],
        credited_source=row["credited_source"],
        first_seen=row["first_seen"],
        copies=tuple(shown_copy(connection, copy, rows, pairs, names, decided) for copy in rows),
        kept_apart=tuple(_apart(near) for near in read.blocked_pairs(connection, article_id, _APART_MAX)),
        forwarded_from=tuple(forward.old_id for forward in forwards),
        forwards=forwards,
        decisions=decided,
        kept_because=row["kept_because"],
        first_publisher=row["first_publisher"],
        first_publisher_status=row["first_publisher_status"],
        first_publisher_because=row["first_publisher_because"],
        first_publisher_evidence=tuple(
            Witness(url, claim, value, bool(believed), reason)
            for url, claim, value, believed, reason in standing_read.evidence(connection, article_id)
        ),
        credited_source_status=row["credited_source_status"],
        disputed=bool(row["disputed"]),
        differences=tuple(Differs(*found) for found in standing_read.differences(connection, article_id)),
        held_by=tuple(Held(*found) for found in standing_read.held_by(connection, article_id)),
        holds=tuple(Held(*found) for found in standing_read.holds(connection, article_id)),
        moves=tuple(Move(*found) for found in standing_read.moves(connection, [c["url"] for c in rows])),
        moved_away=tuple(Move(*found) for found in standing_read.moved_away(connection, article_id)),
    )


def _apart(near: sqlite3.Row) -> Apart:
    return Apart(
        near["id"],
        near["title"],
        near["url"],
        near["reason"],
        near["containment"],
        in_words("blocked", near),
    )


def follow(connection: sqlite3.Connection, article_id: int) -> tuple[int, tuple[Forward, ...]]:
    """The id that an id leads to today, and the steps on the way."""
    former: dict[int, Forward] = {}
    while article_id not in former and (row := read.forward(connection, article_id)):
        former[article_id] = Forward(article_id, row["new_id"], row["reason"], row["at"])
        article_id = row["new_id"]
    return article_id, tuple(former.values())
