"""Removals and requests that somebody has to see to: near their deadline, past it, or left unfinished.

In: the open requests, the removals and now. Out: a line each, for `removals list` and `status`. Pure.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from pipelines.archive.connect import read_only
from pipelines.archive.removal_requests import requests
from pipelines.archive.removal_states import removals
from pipelines.utc import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from pipelines.archive.removal_requests import Request
    from pipelines.archive.removal_states import Removal

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
