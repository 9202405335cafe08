"""A moment in, its one spelling out: what the archive, the records and the exports write."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """A moment of UTC in whole seconds: 2023-09-27T08:30:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def now_utc() -> str:
    """The present moment, for those who may look at the clock."""
    return iso(datetime.now(UTC))
