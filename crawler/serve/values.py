"""What a code in a column says, in the reader's language.

In: table, column and value as the archive has them, and a language. Out: the words of values.toml (and of
the report, for what both name), or None where the value says itself.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pipelines.report.reasons import reason_in
from pipelines.report.words import words

_FILE = Path(__file__).with_name("values.toml")
_MESSAGES = Path(__file__).with_name("messages.toml")
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
    """What the value says; None where it is to be shown as it is."""
    if language != "zh" or not isinstance(value, str) or not value:
        return None
    own = f"{table}.{column}"
    for group in (own, _ALIASES.get(column, column)):
        if value in _codes().get(group, {}):
            return _codes()[group][value]
    if spelt := _SPELT_BY_THE_REPORT.get(own) or _SPELT_BY_THE_REPORT.get(column):
        return _other_than(value, words("zh", _MESSAGES).or_itself(spelt, value))
    return _other_than(value, reason_in("zh", value)) if column in _SENTENCES else None


def _other_than(value: str, label: str) -> str | None:
    return None if label == value else label


@cache
def _codes() -> dict[str, dict[str, str]]:
    codes: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return codes
