"""What an export has: its columns, as the catalogue has them, and the rows of one state of the archive.

In: a read-only connection inside a transaction, what is wanted and a selection. Out: columns in order, the
JSON Schema that says what they are, and rows in batches of tuples. Only the numbers of the selected articles
are held in memory (8 bytes each); rows are fetched by number, a few hundred at a time.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.archive.read.selection import Days, Selection, select_ids, within
from pipelines.catalogue import Exported, What, archive, exported
from pipelines.export.masking import masked

Columns = tuple[Exported, ...]

_BATCH = 400
"""Articles a batch: about 1.5 MB of text, and far below SQLite's 32,766 bound values."""


@dataclass(frozen=True, slots=True)
class _From:
    """Where the columns of an export stand; `article` is empty for what belongs to no article."""

    table: str
    """Whose they are, but for those that stand `elsewhere`."""
    joined: str
    signatures: str
    """What else is joined where signatures are wanted; empty where there are none."""
    article: str
    order: str
    elsewhere: Mapping[str, str]


_RIGHTS = (
    "(SELECT group_concat(trim(kind || ' ' || value) || ' (' || origin || ')', '; ') FROM rights"
    " WHERE rights.reading_id = {reading} AND origin <> 'notice')"
)


def _of_copies(
    table: str, of_copy: str, order: str, *, by: str = "reading_id", further: str = "", **elsewhere: str
) -> _From:
    """Rows that belong to copies; `of_copy`: columns that are the copy's own, `by`: which leads to it."""
    copys = "id" if by == "copy_id" else by
    return _From(
        table=table,
        joined=f"copies JOIN {table} ON {table}.{by} = copies.{copys}{further}",
        signatures="",
        article="copies.article_id",
        order=", ".join(["copies.article_id", "copies.id", *(f"{table}.{name}" for name in order.split())]),
        elsewhere={**{name: f"copies.{name}" for name in ("id", *of_copy.split())}, **elsewhere},
    )


_NODE = {"signature_scheme": "nodes.scheme", "signature": "nodes.signature"}
_FROM: dict[What, _From] = {
    "articles": _From(
        table="articles",
        joined="articles",
        signatures=" LEFT JOIN copies ON copies.article_id = articles.id AND copies.kept = 1"
        " LEFT JOIN texts ON texts.id = copies.text_id LEFT JOIN nodes ON nodes.node_id = texts.node_id",
        article="articles.id",
        order="articles.id",
        elsewhere={
            "rights": _RIGHTS.format(
                reading="(SELECT reading_id FROM copies k WHERE k.article_id = articles.id AND k.kept = 1)"
            ),
            **_NODE,
        },
    ),
    "copies": _From(
        table="copies",
        joined="copies JOIN texts ON texts.id = copies.text_id JOIN sources ON sources.host = copies.source",
        signatures=" LEFT JOIN nodes ON nodes.node_id = texts.node_id",
        article="copies.article_id",
        order="copies.article_id, copies.id",
        elsewhere={
            "text": "texts.text",
            "source_name": "sources.name",
            "rights": _RIGHTS.format(reading="copies.reading_id"),
            **_NODE,
        },
    ),
    "stripped": _of_copies("stripped_pieces", "article_id url", "position"),
    "attachments": _of_copies("attachments", "article_id", "position", copy_url="copies.url"),
    "mentions": _of_copies(
        "mentions", "article_id url published_day", "start kind", by="text_id", further=" AND copies.kept = 1"
    ),
    "differences": _of_copies("differences", "url", "position", by="copy_id"),
    "versions": _of_copies(
        "versions",
        "article_id url",
        "fetched_at page_id",
        further=" JOIN texts ON texts.id = versions.text_id",
        text="texts.text",
    ),
    "reprints": _From(
        table="reprints",
        joined="reprints JOIN copies ON copies.url = reprints.url",
        signatures="",
        article="reprints.article_id",
        order="reprints.article_id, copies.id",
        elsewhere={"id": "copies.id"},
    ),
    "coverage": _From(
        table="coverage", joined="coverage", signatures="", article="", order="source, day", elsewhere={}
    ),
}


def columns_of(what: What, *, signature: bool) -> Columns:
    """The columns of an export, in order."""
    return exported(what) + (exported("signature") if signature and _FROM[what].signatures else ())


def json_schema(what: What, columns: Columns) -> dict[str, Any]:
    """A JSON Schema (2020-12) of one row, as JSON Lines has it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"parknews {what}",
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns],
        "properties": {column.name: _property(column) for column in columns},
    }


def export_batches(
    connection: sqlite3.Connection, what: What, columns: Columns, selection: Selection, *, masked: bool
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of an export, in batches, by article number."""
    if not _FROM[what].article:
        yield from _of_days(connection, what, columns, selection)
        return
    ids = array("q", sorted(select_ids(connection, selection)))
    truths = [place for place, column in enumerate(columns) if column.kind == "boolean"]
    hidden = archive()[what].seen("masked") if masked else frozenset()
    contacts = [place for place, column in enumerate(columns) if column.name in hidden]
    for start in range(0, len(ids), _BATCH):
        chunk = ids[start : start + _BATCH]
        of_articles = f"{_FROM[what].article} IN ({', '.join('?' * len(chunk))})"
        found = connection.execute(_sql(what, columns, of_articles), chunk.tolist())
        if rows := [exported_row(row, truths, contacts) for row in found]:
            yield rows


def _of_days(
    connection: sqlite3.Connection, what: What, columns: Columns, selection: Selection
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of what belongs to no article: of the selection, its days and sources narrow them."""
    where, values = within(Days(selection.since, selection.until), "day")
    if selection.sources:
        where += f" AND source IN ({', '.join('?' * len(selection.sources))})"
    found = _FROM[what]
    names = ", ".join(column.name for column in columns)
    cursor = connection.execute(
        f"SELECT {names} FROM {found.joined} WHERE {where} ORDER BY {found.order}",
        (*values, *selection.sources),
    )
    while rows := cursor.fetchmany(_BATCH):
        yield [tuple(row) for row in rows]


def copies_read(connection: sqlite3.Connection, pages: Sequence[str]) -> list[dict[str, Any]]:
    """The copies that some pages (by their addresses, at most 1,000) are, each as the export has it."""
    columns = columns_of("copies", signature=False)
    truths = [place for place, column in enumerate(columns) if column.kind == "boolean"]
    marks = ", ".join("?" * len(pages))
    of_pages = f"copies.reading_id IN (SELECT id FROM readings WHERE page_url IN ({marks}))"
    found = connection.execute(_sql("copies", columns, of_pages), list(pages))
    names = [column.name for column in columns]
    return [dict(zip(names, exported_row(row, truths, []), strict=True)) for row in found]


def export_state(connection: sqlite3.Connection) -> tuple[int | None, int]:
    """The latest run, and the highest number that an article ever had."""
    run = connection.execute("SELECT max(id) FROM runs").fetchone()[0]
    highest = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'articles'").fetchone()
    return run, 0 if highest is None else int(highest[0])


def _property(column: Exported) -> dict[str, Any]:
    form = {"date": "date", "time": "date-time"}.get(column.kind)
    kind = "string" if form or column.kind == "bytes" else column.kind
    found: dict[str, Any] = {
        "type": kind if column.required else [kind, "null"],
        "description": column.meaning,
    }
    if column.kind == "bytes":
        found["contentEncoding"] = "base64"
    if form:
        found["format"] = form
    return found


def _sql(what: What, columns: Columns, where: str) -> str:
    found = _FROM[what]
    places = (found.elsewhere.get(column.name, f'{found.table}."{column.name}"') for column in columns)
    tables = found.joined + (found.signatures if len(columns) > len(exported(what)) else "")
    return f"SELECT {', '.join(places)} FROM {tables} WHERE {where} ORDER BY {found.order}"


def exported_row(row: sqlite3.Row, truths: Sequence[int], contacts: Sequence[int]) -> tuple[Any, ...]:
    """A row as it goes out: truths as such, contacts masked, each by its place."""
    values = list(row)
    for place in truths:
        values[place] = bool(values[place])
    for place in contacts:
        values[place] = masked(values[place])
    return tuple(values)
