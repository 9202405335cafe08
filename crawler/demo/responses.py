"""What the demo's hosts answer: in goes a site's definition, out come responses by target.

Rendered once, in memory. Only relative dates and session ids are filled in per request: they stand
in a body as `@ago:2024-03-05@` and `@sid@`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str = "utf-8"
    """Of the body, for what is filled in."""
    modified: date | None = None
    """Where given, the answer carries ETag and Last-Modified and may be a 304."""
    drip_s: float = 0.0
    """Where positive, the body comes a few bytes at a time over that many seconds."""


@dataclass(frozen=True, slots=True)
class Routes:
    """All that one host answers."""

    fixed: dict[str, Response] = field(default_factory=dict)
    """By target: path and query."""
    dynamic: dict[str, Callable[[Query], Response]] = field(default_factory=dict)
    """By path: a trap has no end, so its pages are made when they are asked for."""


def ago(day: date, now: datetime) -> str:
    """How long ago a day was, as a widespread blog theme spells it: rounded, the day in brackets.

    `3天前`, `2周前 (11-09)`, `9个月前 (02-25)`, `3年前 (2023-09-27)`. Months have 30 days and years 12
    of them, so the number alone may be a month off: the day in brackets is what a reader goes by.
    """
    days = (now.date() - day).days
    if days >= 360:
        return f"{round(days / 360)}年前 ({day:%Y-%m-%d})"
    if days >= 30:
        return f"{round(days / 30)}个月前 ({day:%m-%d})"
    if days >= 7:
        return f"{round(days / 7)}周前 ({day:%m-%d})"
    return f"{days}天前" if days else "今天"
