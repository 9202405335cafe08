"""What tables and columns are called, for Datasette's metadata and for our own templates.

In: labels.toml and queries.toml beside this file. Out: labels in one language, and the metadata.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HERE = Path(__file__).parent
_NAME = "archive"

_SHOWN = (
    *("articles", "copies", "mentions", "differences", "stripped", "rejections"),
    *("sources", "runs", "run_sources"),
)
"""Tables that a newcomer needs first; the others are a click further, and what is secret reads as empty."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name and what it means."""

    title: str
    description: str


def table_label(name: str, language: str) -> Label:
    """What a table or view is called; its own name where nobody gave it one."""
    entry = _labels()["tables"].get(name)
    return Label(*entry[language]) if entry else Label(name, "")


def column_label(name: str, language: str, table: str = "") -> Label:
    """What a column is called, in that table or in any; its own name where nobody gave it one."""
    columns = _labels()["columns"]
    entry = columns.get(f"{table}.{name}") or columns.get(name)
    return Label(*entry[language]) if entry else Label(name, "")


def metadata(columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Datasette's metadata for the archive's tables: descriptions, facets, search, canned queries.

    Args:
        columns: table or view -> its columns, as the archive has them.
    """
    tables = {name: _table_metadata(name, columns[name]) for name in columns}
    for name, further in _FURTHER.items():
        tables[name] |= further
    return {"title": "parknews", "databases": {_NAME: {"tables": tables, "queries": _queries()}}}


_FURTHER: dict[str, dict[str, Any]] = {
    "articles": {
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "sort_desc": "published_day",
        "facets": ["source_name", "language", "credited_source"],
        "label_column": "title",
    },
    "copies": {"facets": ["source", "kept", "credited_source"], "sort_desc": "published_day"},
    "mentions": {"facets": ["kind", "unit"]},
    "stripped": {"facets": ["kind"]},
    "rejections": {"facets": ["stage", "source"], "sort_desc": "at"},
    "sources": {"label_column": "name"},
    "coverage": {"facets": ["state", "source"], "sort_desc": "day"},
}


def _table_metadata(name: str, columns: Sequence[str]) -> dict[str, Any]:
    both = (table_label(name, "zh"), table_label(name, "en"))
    return {
        "description": " ".join(label.description for label in both).strip(),
        "columns": {column: _column_description(column, name) for column in columns},
        "hidden": name not in _SHOWN,
    }


def _column_description(name: str, table: str) -> str:
    parts = []
    for language in ("zh", "en"):
        label = column_label(name, language, table)
        parts.append(f"{label.title} ({label.description})" if label.description else label.title)
    return " / ".join(dict.fromkeys(parts))


def _queries() -> dict[str, dict[str, str]]:
    queries = tomllib.loads((_HERE / "queries.toml").read_text(encoding="utf-8"))
    return {
        name: {
            "sql": entry["sql"].strip(),
            "title": " / ".join(entry["title"][language] for language in ("zh", "en")),
        }
        for name, entry in queries.items()
    }


@cache
def _labels() -> dict[str, Any]:
    return tomllib.loads((_HERE / "labels.toml").read_text(encoding="utf-8"))
