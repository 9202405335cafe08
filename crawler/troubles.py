"""What can be wrong with a source, and what is known of it beside its runs; frozen, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with a source."""

    kind: str
    """One word that stays the same while the trouble does: down, yield, rhythm, template, ..."""
    reason: str
    """What is wrong, and what to look at."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one source beside its runs; times are epoch seconds."""

    template_changed_at: float | None = None
    certificate_expires_at: float | None = None
    quarantine: str = ""
    browser: str = ""
    """What is missing for its pages to be drawn."""
    acknowledged_until: float | None = None
    idle: tuple[str, ...] = ()
    """Parts of its addresses that were found to make no difference."""
    resting: tuple[str, ...] = ()
    """Kinds of its addresses that brought nothing but known pages and rest, with how many wait."""
    since: tuple[tuple[str, float], ...] = ()
    """Kinds of troubles that were told, and since when they are known."""
