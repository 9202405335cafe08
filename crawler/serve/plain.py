"""Hits and articles as plain values, for programs: /search.json, /article/N.json, commands, and assistants.

In: what `search` and `show` give, and the address of the article's page. Out: values that JSON has. They hold
what anybody may read, and nothing of what was stripped.
"""

from __future__ import annotations

from typing import Any

from pipelines.search import Hit
from pipelines.show import ShownArticle, ShownCopy


def hit_json(hit: Hit, permalink: str | None) -> dict[str, Any]:
    """One article that a query finds."""
    return {
        "id": hit.id,
        "title": hit.title,
        "published_day": hit.published_day,
        "source": hit.source_name,
        "url": hit.url,
        "credited_source": hit.credited_source,
        "copies": hit.copies,
        "snippet": hit.snippet.text,
        "elsewhere": elsewhere_json(hit),
        "permalink": permalink,
    }


def elsewhere_json(hit: Hit) -> dict[str, Any] | None:
    """The other copy that holds what was asked for; nothing where the kept one does."""
    found = hit.elsewhere
    if found is None:
        return None
    return {
        "url": found.url,
        "source_name": found.source_name,
        "spelt_otherwise": found.is_spelling,
        "file": found.file or None,
        "snippet": found.snippet.text,
        "marks": [list(mark) for mark in found.snippet.marks],
    }


def article_json(shown: ShownArticle, permalink: str | None) -> dict[str, Any]:
    """An article, who carried it, and why each copy is one."""
    publisher = shown.first_publisher or shown.source_name
    return {
        "id": shown.id,
        "cite": f"{shown.title}. {publisher}, {shown.published_day or 'undated'}. {permalink or shown.url}",
        "title": shown.title,
        "published": shown.published,
        "published_day": shown.published_day,
        "author": shown.author,
        "language": shown.language,
        "text": shown.text,
        "url": shown.url,
        "source": shown.source_name,
        "credited_source": shown.credited_source,
        "credited_source_status": shown.credited_source_status,
        "first_publisher": shown.first_publisher,
        "first_publisher_status": shown.first_publisher_status,
        "first_publisher_because": shown.first_publisher_because,
        "disputed": shown.disputed,
        "permalink": permalink,
        "copies_in_all": len(shown.copies),
        "copies": [_copy_json(copy) for copy in shown.copies],
    }


def _copy_json(copy: ShownCopy) -> dict[str, Any]:
    return {
        "url": copy.url,
        "source": copy.source_name,
        "published_day": copy.published_day,
        "credited_source": copy.credited_source,
        "kept": copy.kept,
        "why": copy.why,
        "gone_at": copy.gone_at,
    }
