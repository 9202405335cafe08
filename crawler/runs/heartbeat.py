"""A file that every timed run touches: a timer that died is known by its silence.

Beside the archive, named after it; its content is the moment (UTC) and how the run ended, for people.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.utc import iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.pages.records import CrawlSource

_SLACK = timedelta(hours=1)
"""For a run that takes its time, or a machine that was asleep."""


def heartbeat_path(archive_path: Path) -> Path:
    """archive.db -> archive.db.heartbeat beside it."""
    return archive_path.with_name(archive_path.name + ".heartbeat")


def beat(archive_path: Path, outcome: str, now: datetime) -> None:
    """A run from a timer has ended."""
    heartbeat_path(archive_path).write_text(f"{iso(now)} {outcome}\n", encoding="utf-8")


def last_beat(archive_path: Path) -> datetime | None:
    """When the last run from a timer ended; None where none ever did."""
    try:
        written = heartbeat_path(archive_path).read_text(encoding="utf-8").split()
        return datetime.fromisoformat(written[0]).astimezone(UTC)
    except (OSError, IndexError, ValueError):
        return None


def dead_timer(last: datetime | None, sources: Sequence[CrawlSource], now: datetime) -> str:
    """Why the timer seems dead: no run for longer than the most frequent source may wait; or empty."""
    if last is None or not sources:
        return ""
    longest = timedelta(seconds=1.5 * min(source.every_s for source in sources)) + _SLACK
    if now - last <= longest:
        return ""
    return (
        f"no `crawl --due` has run since {last:%Y-%m-%d %H:%M} UTC; look at its timer (systemctl list-timers)"
    )
