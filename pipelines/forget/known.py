"""What is recorded of removals, asked of an archive that nothing else is done to; and what is due."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from pipelines.archive.file import read_only
from pipelines.archive.kept_out.blocks import read_salt
from pipelines.forget import removal as removal_steps
from pipelines.forget.requests import requests
from pipelines.utc import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.removal import Outcome
    from pipelines.forget.requests import Request

from pipelines.forget.record import Removal, finished, removals, unfinished


def outcome_of(archive_path: Path, removal_id: int) -> Outcome:
    """What is recorded of a removal.

    Raises:
        ConfigurationError: there is no such removal.
    """
    with closing(read_only(archive_path)) as connection:
        return removal_steps.outcome_of(connection, removal_id)


def unfinished_and_due(archive_path: Path) -> list[int]:
    """Numbers of the removals that were interrupted, or whose time to be deleted has come."""
    with closing(read_only(archive_path)) as connection:
        return removal_steps.all_open(connection)


def is_done(archive_path: Path, scope: Scope) -> bool:
    """Whether a removal of exactly this scope is through and verified."""
    with closing(read_only(archive_path)) as connection:
        return finished(connection, scope.described(read_salt(connection))) is not None


def under_way(archive_path: Path, scope: Scope) -> Removal | None:
    """The removal of this scope that is not through, which the same command goes on with.

    Once its rows are deleted the scope has another plan, of what is left; what was agreed to stays agreed.
    """
    with closing(read_only(archive_path)) as connection:
        return unfinished(connection, scope.described(read_salt(connection)))


NEAR_DAYS = 3
"""A working week's end and a weekend between the warning and the deadline."""


def waiting(archive_path: Path, now: datetime) -> list[str]:
    """What waits for somebody in an archive; nothing where there is no archive yet."""
    if not archive_path.exists():
        return []
    with closing(read_only(archive_path)) as connection:
        return list(troubles(requests(connection), removals(connection), now))


def troubles(open_requests: Iterable[Request], orders: Iterable[Removal], now: datetime) -> Iterator[str]:
    """A line for each, the nearest deadline first."""
    for request in open_requests:
        if request.deadline and (date.fromisoformat(request.deadline) - now.date()).days <= NEAR_DAYS:
            passed = "was" if request.deadline < now.date().isoformat() else "is"
            yield (
                f"request {request.id} {passed} to be answered by {request.deadline}:"
                f" `parknews removals guide {request.id}`"
            )
    for order in orders:
        if order.state in ("blocked", "deleted", "forgotten"):
            yield f"removal {order.id} is not complete: `parknews removals go-on {order.id}`"
        elif order.state == "hidden" and order.is_due(iso(now)):
            yield f"removal {order.id} has waited long enough: `parknews removals go-on {order.id}` deletes"
