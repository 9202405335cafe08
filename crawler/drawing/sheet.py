"""What passes between the crawl and the browser: what is drawn, what it asks for, what becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page asks for."""

    url: str
    method: str
    kind: str
    """script, xhr or fetch."""
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Given:
    """What it gets."""

    status: int
    headers: dict[str, str]
    body: bytes


Fetch = Callable[[Wish], Awaitable[Given | None]]
"""Asks for something by the crawler's rules; None where they forbid it, or nothing came."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be drawn, and as whom."""

    url: str
    given: Given
    user_agent: str
    time_zone: str
    html_max: int
    """Characters of the drawn document."""
    patience_s: float
    """The longest that its scripts may let nobody else in."""


@dataclass(slots=True)
class Drawn:
    """What became of a page."""

    html: str = ""
    leaves_for: str = ""
    """Where its scripts wanted to go instead; its own address where it loads itself again."""
    requests: int = 0
    too_large: bool = False


class DrawingError(Exception):
    """A page could not be drawn; the message says why."""


class BrowserStartError(Exception):
    """The browser does not start: no page can be drawn in this run."""
