"""Rows for an export, streamed: a selection in, tuples in the order of `pipelines.export.columns` out.

In: a read-only connection inside a transaction, so that all rows are of one state. Only the numbers of the
selected articles are held in memory (8 bytes each); rows are fetched by number, a few hundred at a time.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from pipelines.archive.read.selection import select_ids
from pipelines.export.masking import mask_contacts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from pipelines.archive.read.selection import Selection
    from pipelines.export.columns import What

BATCH = 400
"""Articles a batch: about 1.5 MB of text, and far below SQLite's 32,766 bound values."""

_FIELDS = (
    "{0}.published, {0}.published_day, {0}.published_earliest, {0}.published_latest, {0}.date_origin,"
    " {0}.author, {0}.language, {0}.source"
)
_ARTICLES = (
    f"SELECT a.id, a.title, a.text, {_FIELDS.format('a')}, a.source_name, a.url, a.credited_source,"
    " a.first_seen, a.copies, a.first_publisher, a.first_publisher_status, a.disputed{signature}"
    " FROM articles a{join} WHERE a.id IN ({marks}) ORDER BY a.id"
)
_ARTICLE_NODE = (
    " LEFT JOIN copies k ON k.article_id = a.id AND k.kept = 1 LEFT JOIN texts t ON t.id = k.text_id"
    " LEFT JOIN nodes n ON n.node_id = t.node_id"
)
_COPIES = (
    f"SELECT c.id, c.article_id, c.title, t.text, {_FIELDS.format('c')}, s.name, c.url, c.credited_source,"
    " c.fetched_at, c.similarity, c.kept, c.credited_source_status{signature}"
    " FROM copies c JOIN texts t ON t.id = c.text_id"
    " JOIN sources s ON s.host = c.source{join} WHERE c.article_id IN ({marks}) ORDER BY c.article_id, c.id"
)
_COPY_NODE = " LEFT JOIN nodes n ON n.node_id = t.node_id"
_STRIPPED = (
    "SELECT c.id, c.article_id, c.url, p.position, p.kind, p.rule, p.text FROM copies c"
    " JOIN stripped_pieces p ON p.reading_id = c.reading_id WHERE c.article_id IN ({marks})"
    " ORDER BY c.article_id, c.id, p.position"
)


def export_batches(
    connection: sqlite3.Connection, what: What, selection: Selection, *, signature: bool, masked: bool
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of an export, in batches, by article number."""
    ids = array("q", sorted(select_ids(connection, selection)))
    for start in range(0, len(ids), BATCH):
        chunk = ids[start : start + BATCH]
        sql = _sql(what, signature=signature).replace("{marks}", ", ".join("?" * len(chunk)))
        rows = [_row(what, tuple(row), masked=masked) for row in connection.execute(sql, chunk.tolist())]
        if rows:
            yield rows


def export_state(connection: sqlite3.Connection) -> tuple[int | None, int]:
    """The latest run, and the highest number that an article ever had."""
    run = connection.execute("SELECT max(id) FROM runs").fetchone()[0]
    highest = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'articles'").fetchone()
    return run, 0 if highest is None else int(highest[0])


def _sql(what: What, *, signature: bool) -> str:
    columns = ", n.scheme, n.signature" if signature else ""
    if what == "articles":
        return _ARTICLES.replace("{signature}", columns).replace("{join}", _ARTICLE_NODE if signature else "")
    if what == "copies":
        return _COPIES.replace("{signature}", columns).replace("{join}", _COPY_NODE if signature else "")
    return _STRIPPED


_TRUTHS = {"articles": 18, "copies": 17}
"""The place of the column that SQLite has as 0 or 1."""


def _row(what: What, row: tuple[Any, ...], *, masked: bool) -> tuple[Any, ...]:
    if what == "stripped":
        return (*row[:-1], mask_contacts(row[-1])) if masked else row
    place = _TRUTHS[what]
    return (*row[:place], bool(row[place]), *row[place + 1 :])
