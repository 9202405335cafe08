"""What a visitor is told of an article or an address that was removed: the day and the removal, nothing else.

In: a connection, an article's number or what was typed into the search box. Out: the sentence; None where
nothing of that was removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.archive.kept_out.blocks import removed_article, removed_url
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3

    from pipelines.report.words import Words


def told_of_article(connection: sqlite3.Connection, number: int, words: Words) -> str | None:
    """The sentence for an article's number."""
    return _sentence(removed_article(connection, number), words)


def told_of_address(connection: sqlite3.Connection, typed: str, words: Words) -> str | None:
    """The sentence for an address."""
    if "://" not in typed:
        return None
    try:
        url = canonical_url(typed.strip())
    except ValueError:
        return None
    return _sentence(removed_url(connection, url), words)


def _sentence(found: tuple[int, str] | None, words: Words) -> str | None:
    if found is None:
        return None
    removal, at = found
    return words("removed_hint", day=at[:10], removal=str(removal))
