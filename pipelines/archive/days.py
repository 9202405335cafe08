"""The days that are asked about, and the condition that they are in SQL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Days:
    """The days asked about, both included; empty means unbounded."""

    since: str = ""
    until: str = ""


def within(days: Days, column: str) -> tuple[str, list[str]]:
    """A condition on a day's column; articles without a date are outside any bounded period."""
    where = "1"
    values: list[str] = []
    if days.since:
        where += f" AND {column} >= ?"
        values.append(days.since)
    if days.until:
        where += f" AND {column} <= ?"
        values.append(days.until + "~")
    return where, values
