"""What changed since a number, in order, so that a copy elsewhere can follow; and the searches that are kept.

In: a read-only connection. Out: for each article that changed, once and as it is now; a removed one as its
number alone. The triggers of the archive's schema note changes, so that nothing that writes can forget to.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.archive.read.selection import Selection, clauses

MOST = 1_000
"""Changes that are told at a time over HTTP."""
_SHOWN = (
    *("title", "text", "published", "published_day", "author", "language", "url", "source", "source_name"),
    *("credited_source", "credited_source_status", "first_publisher", "first_publisher_status", "disputed"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of one article."""

    seq: int
    """Grows with every change; ask for what came after the last one that you have."""
    at: str
    """UTC."""
    article_id: int
    change: str
    """new, changed, joined (more copies, or `into` another), split (fewer copies), corrected or removed."""
    into: int | None
    """The article that has its copies now."""
    article: dict[str, Any] | None
    """What it is now, with the URLs of its copies; None of one that is gone."""


def changes_since(connection: sqlite3.Connection, since: int, limit: int) -> Iterator[Change]:
    """The changes after `since`, in order, at most `limit`; an article that changed twice stands once."""
    shown = ", ".join(f"a.{name}" for name in _SHOWN)
    rows = connection.execute(
        f"SELECT c.seq, c.at, c.article_id, c.change, f.new_id, a.id, {shown},"  # names of ours
        " (SELECT json_group_array(url) FROM (SELECT url FROM copies WHERE article_id = a.id ORDER BY url))"
        " FROM changes c LEFT JOIN articles a ON a.id = c.article_id"
        " LEFT JOIN forwards f ON f.old_id = c.article_id AND a.id IS NULL"
        " WHERE c.seq > ? ORDER BY c.seq LIMIT ?",
        (since, limit),
    )
    for seq, at, number, change, into, there, *values, urls in rows:
        article = {**dict(zip(_SHOWN, values, strict=True)), "copies": json.loads(urls)} if there else None
        if article is not None:
            article["disputed"] = bool(article["disputed"])
        yield Change(seq, at, number, "joined" if into else change, into, article)


def as_json(change: Change) -> dict[str, Any]:
    """A line of the changes feed."""
    told = {"seq": change.seq, "at": change.at, "id": change.article_id, "change": change.change}
    optional = {"into": change.into, "article": change.article}
    return told | {name: value for name, value in optional.items() if value is not None}


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A search that is kept under a name."""

    name: str
    query: str
    added_at: str
    told_id: int
    """Articles up to this number were told."""


def kept_searches(connection: sqlite3.Connection) -> list[KeptSearch]:
    """All of them, by name."""
    rows = connection.execute("SELECT name, query, added_at, told_id FROM searches ORDER BY name")
    return [KeptSearch(*row) for row in rows]


def new_for(connection: sqlite3.Connection, kept: KeptSearch) -> list[int]:
    """The numbers of articles that it finds and that were not told, in their order."""
    where, values = clauses(Selection(query=kept.query))
    rows = connection.execute(
        f"SELECT k.article_id FROM copies k WHERE {where} AND k.article_id > ? ORDER BY 1",
        (*values, kept.told_id),
    )
    return [row[0] for row in rows]


def headline_of(connection: sqlite3.Connection, article_id: int) -> tuple[str, str, str]:
    """The title, who is its first publisher (else whose the kept copy is), and the address of an article."""
    title, publisher, url = connection.execute(
        "SELECT title, coalesce(first_publisher, source_name), url FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    return title, publisher, url
