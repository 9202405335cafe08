"""What is known of every table and column of the archive and the crawl store, said once.

In: archive.toml and store.toml beside this file. Out: their tables, by name. Plans, deletion and proof of
removals, what a visitor may read, labels, the reference and exports all ask here. A column that is missing
here is withheld from visitors and is residue to the proof of a removal, and tests/pipelines/test_catalogue.py
fails.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

Sight = Literal["shown", "shown_with_copy", "masked", "withheld"]
SIGHTS: tuple[Sight, ...] = ("shown", "shown_with_copy", "masked", "withheld")
"""Who reads a column in a browser: everybody; in the rows that belong to what is shown; in these, with
telephone numbers masked; nobody."""

FORGETS = {
    "reading": "its rows go with the reading that they belong to",
    "address": "rows of removed addresses, or of removed hosts, go",
    "text": "its rows go with the last page that has the text",
    "drawn": "drawn again from what is left",
    "counted": "counts that are taken back as readings go",
    "source": "a source's host, name and numbers stay, as the order names them; its sentences are emptied",
    "record": "the record of removals, and what people wrote of their own: kept, whatever they said in it",
    "nothing": "numbers and times only",
}
"""How a removal makes a table forget."""

ExportKind = Literal["integer", "number", "string", "boolean", "bytes", "date", "time"]
"""`date` is YYYY-MM-DD, `time` an ISO 8601 time in UTC: text where a format has nothing better."""
What = Literal[
    "articles",
    "copies",
    "stripped",
    "attachments",
    "mentions",
    "differences",
    "versions",
    "reprints",
    "coverage",
]
WHATS: tuple[What, ...] = get_args(What)
"""What an export can have rows of."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name and what it means; empty where the name says it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table or view."""

    name: str
    sight: Sight
    labels: Mapping[str, Label]
    meaning: str
    """In English, for the reference."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table or view."""

    name: str
    labels: Mapping[str, Label]
    meaning: str
    """In English, for the reference."""
    columns: Mapping[str, Column]
    forgets: str = ""
    """A key of FORGETS; empty for a view."""
    counted: str = ""
    """Its rows' name in plans and receipts of removals; empty where they are not counted."""
    key: str = ""
    """The column by which rows of the crawl store are deleted."""
    words: tuple[str, ...] = ()
    """Columns that hold words of pages."""
    addresses: tuple[str, ...] = ()
    """Columns that hold addresses of pages."""
    hosts: tuple[str, ...] = ()
    """Columns whose host decides whether a row goes."""
    sentences: tuple[str, ...] = ()
    """Columns with reasons of people and errors, which may quote an address or a title."""
    owner: str = ""
    """Whose the words of a row are, in SQL; empty for what is nobody's own, as a text is its readings'."""
    rows: str = ""
    """Which rows belong to what is shown, in SQL."""
    page: str = ""
    """`first`: its page in the browser is listed at once; `none`: it has none; empty: further off."""
    datasette: Mapping[str, Any] = field(default_factory=dict)
    """What else Datasette is to know of it."""

    @property
    def goes_by_reading(self) -> bool:
        """Whether its rows are counted and deleted by their `reading_id`."""
        return self.forgets == "reading" and bool(self.counted) and "reading_id" in self.columns

    def seen(self, *sights: Sight) -> frozenset[str]:
        """Names of the columns that are seen so."""
        return frozenset(name for name, column in self.columns.items() if column.sight in sights)


@dataclass(frozen=True, slots=True)
class Exported:
    """One column of an export."""

    name: str
    kind: ExportKind
    meaning: str
    required: bool


@cache
def archive() -> Mapping[str, Table]:
    """Every table and view of the archive."""
    return {name: _table(name, entry) for name, entry in _read("archive")["tables"].items()}


@cache
def store() -> Mapping[str, Table]:
    """Every table of the crawl store."""
    return {name: _table(name, entry) for name, entry in _read("store")["tables"].items()}


def named(column: str, table: str = "") -> Mapping[str, Label]:
    """What a column is called, in that table or in any; its own name where nobody gave it one."""
    labels = _read("archive")["labels"]
    return _labels(labels.get(f"{table}.{column}") or labels.get(column, {}), column)


@cache
def exported(what: What | Literal["signature"]) -> tuple[Exported, ...]:
    """The columns of an export in order, or those that signatures add to it."""
    return tuple(_exported(what, name) for name in _read("archive")["exports"][what].split())


def _table(name: str, entry: Mapping[str, Any]) -> Table:
    labels, columns = _labels(entry, name), _columns(name, entry)
    said: dict[str, Any] = {key: tuple(entry[key].split()) for key in _LISTS if key in entry}
    said |= {key: entry[key] for key in _PLAIN if key in entry}
    return Table(
        name=name,
        labels=labels,
        meaning=entry.get("meaning", labels["en"].description),
        columns=columns,
        owner=entry.get("owner") or next((_OWNERS[column] for column in _OWNERS if column in columns), ""),
        **said,
    )


_LISTS = ("words", "addresses", "hosts", "sentences")
_PLAIN = ("forgets", "counted", "key", "rows", "page", "datasette")
_OWNERS = {"source": "source", "reading_id": "(SELECT source FROM readings WHERE readings.id = reading_id)"}
"""By which of its columns a row is somebody's."""


def _columns(table: str, entry: Mapping[str, Any]) -> dict[str, Column]:
    return {
        name: _column(table, name, sight, entry.get("means", {}).get(name, ""))
        for sight in SIGHTS
        for name in entry.get(sight, "").split()
    }


def _column(table: str, name: str, sight: Sight, means: str) -> Column:
    labels = named(name, table)
    if not means and name in _read("archive")["exports"].get(table, "").split():
        means = _exported(table, name).meaning
    return Column(name, sight, labels, means or labels["en"].description or labels["en"].title)


def _labels(entry: Mapping[str, Any], name: str) -> dict[str, Label]:
    return {"zh": Label(*entry.get("zh", (name, ""))), "en": Label(*entry.get("en", (name, "")))}


def _exported(what: str, name: str) -> Exported:
    entries = _read("archive")["exported"]
    kind, meaning = entries.get(f"{what}.{name}") or entries[name]
    return Exported(name, kind.removesuffix(" or null"), meaning, required=not kind.endswith(" or null"))


@cache
def _read(name: str) -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
