"""What tables, columns and the codes in them are called, for Datasette's metadata and for our own templates.

In: the catalogue, and queries.toml and values.toml beside this file. Out: labels in one language, the
metadata, and what a code says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.catalogue import Label, Table, archive, named
from pipelines.report.words import reason_in, words

_HERE = Path(__file__).parent
_MESSAGES = _HERE / "messages.toml"
_NAME = "archive"


def table_label(name: str, language: str) -> Label:
    """What a table or view is called; its own name where nobody gave it one."""
    return archive()[name].labels[language] if name in archive() else Label(name, "")


def column_label(name: str, language: str, table: str = "") -> Label:
    """What a column is called, in that table or in any; its own name where nobody gave it one."""
    return named(name, table)[language]


def metadata(columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Datasette's metadata for the archive's tables: descriptions, facets, search, canned queries.

    Args:
        columns: table or view -> its columns, in their order.
    """
    known = archive()
    tables = {name: _table_metadata(known[name], columns[name]) for name in known if name in columns}
    return {"title": "parknews", "databases": {_NAME: {"tables": tables, "queries": _queries()}}}


def shared_metadata(name: str, columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The same for a shared file in plain Datasette, which has no function of ours."""
    found = metadata(columns)["databases"][_NAME]
    queries = {name: query for name, query in found["queries"].items() if "escape_fts" not in query["sql"]}
    return {"title": "parknews", "databases": {name: {"tables": found["tables"], "queries": queries}}}


def _table_metadata(table: Table, columns: Sequence[str]) -> dict[str, Any]:
    return {
        "description": " ".join(label.description for label in table.labels.values()).strip(),
        "columns": {name: _in_both(named(name, table.name)) for name in columns},
        "hidden": table.page != "first",
        **table.datasette,
    }


def _in_both(labels: Mapping[str, Label]) -> str:
    titles = (
        f"{label.title} ({label.description})" if label.description else label.title
        for label in labels.values()
    )
    return " / ".join(dict.fromkeys(titles))


def _queries() -> dict[str, dict[str, str]]:
    return {
        name: {
            "sql": entry["sql"].strip(),
            "title": " / ".join(entry["title"][language] for language in ("zh", "en")),
        }
        for name, entry in _read("queries").items()
    }


_SENTENCES = {"reason", "kept_because", "first_publisher_because", "last_error"}
"""Columns that hold sentences of ours, in English."""
_SPELT_BY_THE_REPORT = {
    "stripped.kind": "stripped",
    "stripped_pieces.kind": "stripped",
    "rights.kind": "right",
    "language": "language",
    "stage": "stage",
    "state": "state",
}
_ALIASES = {"date_origin": "origin"}


def value_label(table: str, column: str, value: object, language: str) -> str | None:
    """What a code in a column says, in words; None where the value says itself."""
    if language != "zh" or not isinstance(value, str) or not value:
        return None
    own = f"{table}.{column}"
    for group in (own, _ALIASES.get(column, column)):
        if value in _read("values").get(group, {}):
            return str(_read("values")[group][value])
    if column == "field":
        return _other_than(value, named(value)["zh"].title)
    if spelt := _SPELT_BY_THE_REPORT.get(own) or _SPELT_BY_THE_REPORT.get(column):
        return _other_than(value, words("zh", _MESSAGES).or_itself(spelt, value))
    return _other_than(value, reason_in("zh", value)) if column in _SENTENCES else None


def _other_than(value: str, label: str) -> str | None:
    return None if label == value else label


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))
