"""What an audit reads of a whole archive: every copy with its text, every rejection, totals by source.

In: a read-only connection (`pipelines.archive.connect.read_only`). Out: frozen rows, in the order of
their URLs or hosts. Nothing is judged here and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy with the text that its page had."""

    url: str
    article_id: int
    title: str
    text: str
    published_day: str | None
    credited_source: str | None
    language: str


@dataclass(frozen=True, slots=True)
class RejectionRow:
    """A URL that did not become a copy."""

    url: str
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source's totals."""

    host: str
    name: str
    articles: int
    """Articles whose kept copy is this source's."""
    joined: int
    """Its copies of articles whose text another source, or another of its pages, shows."""
    stripped: int
    """Pieces of text that were taken out of its pages."""
    rejections: int


def read_copies(connection: sqlite3.Connection) -> list[CopyRow]:
    """Every copy, by URL."""
    rows = connection.execute(
        "SELECT c.url, c.article_id, c.title, t.text, c.published_day, c.credited_source, c.language"
        " FROM copies c JOIN texts t ON t.id = c.text_id ORDER BY c.url"
    )
    return [CopyRow(*row) for row in rows]


def read_rejections(connection: sqlite3.Connection) -> list[RejectionRow]:
    """Every rejection, by URL."""
    return [
        RejectionRow(*row)
        for row in connection.execute("SELECT url, stage, reason FROM rejections ORDER BY url")
    ]


def read_sources(connection: sqlite3.Connection) -> list[SourceRow]:
    """Every source's totals, by host."""
    rows = connection.execute(
        "SELECT s.host, s.name,"
        " (SELECT count(*) FROM copies c WHERE c.source = s.host AND c.kept = 1),"
        " (SELECT count(*) FROM copies c WHERE c.source = s.host AND c.kept = 0),"
        " (SELECT count(*) FROM stripped p WHERE p.source = s.host),"
        " (SELECT count(*) FROM rejections r WHERE r.source = s.host)"
        " FROM sources s ORDER BY s.host"
    )
    return [SourceRow(*row) for row in rows]
