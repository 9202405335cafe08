"""What a reader is answered who asks for something removed: the removal and its day, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.archive.blocks import read_blocklist
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3


def answer(connection: sqlite3.Connection, reference: str) -> str | None:
    """What a reader is told of a removed URL or article number; None for anything else."""
    reference = reference.strip()
    found = None
    if reference.isascii() and reference.isdigit() and len(reference) < 19:
        found = removed_article(connection, int(reference))
    elif "://" in reference and " " not in reference:
        try:
            found = removed_url(connection, canonical_url(reference))
        except ValueError:
            return None
    return None if found is None else f"removed on {found[1][:10]} by removal {found[0]}"


def removed_url(connection: sqlite3.Connection, url: str) -> tuple[int, str] | None:
    """The removal that keeps a URL out and when it was ordered; None where it is not blocked."""
    number = read_blocklist(connection).removal_of(url)
    return None if number is None else _answer(connection, number)


def removed_article(connection: sqlite3.Connection, article_id: int) -> tuple[int, str] | None:
    """The same for the number of an article of which nothing is left."""
    row = connection.execute(
        "SELECT removal_id FROM removed_articles WHERE article_id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = ?1)",
        (article_id,),
    ).fetchone()
    return None if row is None else _answer(connection, row[0])


def _answer(connection: sqlite3.Connection, removal_id: int) -> tuple[int, str]:
    at = connection.execute("SELECT at FROM removals WHERE id = ?", (removal_id,)).fetchone()
    return removal_id, str(at[0])
