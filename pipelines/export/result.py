"""Rows of any question as a file: their columns are known only by what is in them.

In: names of columns and plain values, as SQLite gives them. Out: columns with kinds, and rows to match,
for any of FORMATS. A column is dates or times where all that it holds are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.catalogue import WHATS, Exported, ExportKind, exported, named
from pipelines.export.formats import as_date, as_time
from pipelines.export.rows import Columns


def typed(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[Columns, list[tuple[Any, ...]]]:
    """The columns of an answer, each name once, and its rows."""
    kinds = [_kind(name, [row[place] for row in rows]) for place, name in enumerate(names)]
    columns = tuple(
        Exported(name, kind, named(given)["en"].description, required=False)
        for name, given, kind in zip(_once(names), names, kinds, strict=True)
    )
    return columns, [tuple(map(_as, kinds, row)) for row in rows]


def _kind(name: str, values: Sequence[Any]) -> ExportKind:
    held = [value for value in values if value is not None]
    types = {type(value) for value in held}
    if types == {int}:
        return "boolean" if name in _truths() and set(held) <= {0, 1} else "integer"
    if types and types <= {int, float}:
        return "number"
    if types == {bytes}:
        return "bytes"
    if types == {str} and all(as_date(value) for value in held):
        return "date"
    if types == {str} and all(as_time(value) for value in held):
        return "time"
    return "string"


def _truths() -> frozenset[str]:
    """Columns of ours that say yes or no."""
    return frozenset(column.name for what in WHATS for column in exported(what) if column.kind == "boolean")


def _as(kind: ExportKind, value: Any) -> Any:
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if kind == "string" and not isinstance(value, str):
        return value.hex() if isinstance(value, bytes) else str(value)
    return float(value) if kind == "number" else value


def _once(names: Sequence[str]) -> list[str]:
    """The names, those that stand twice with their number behind."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
