"""The record of removals: how far each is, what happened to it, and which ones wait for somebody.

Everything written here is safe to keep for good: hosts and prefixes as ordered, numbers, times, and who
asked. What takes a connection works inside the caller's transaction; what takes a path opens the archive
for reading only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.archive.file import reader
from pipelines.archive.kept_out.agreement import head_of, own_entries
from pipelines.archive.kept_out.key import key_of
from pipelines.database import path_of
from pipelines.errors import ConfigurationError
from pipelines.forget.requests import Request, requests
from pipelines.utc import iso, now_utc

NEAR_DAYS = 3
"""A working week's end and a weekend between the warning of a request and its deadline."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One row of the record."""

    id: int
    scope: str
    requester: str
    reason: str
    at: str
    plan_hash: str
    state: str
    """blocked, hidden, deleted, forgotten, verified, in this order; or restored."""
    verified: bool
    basis: str
    ticket: str
    operator: str
    version: str
    mode: str
    """delete or hide."""
    stay_down: bool
    mentions: bool
    due_at: str | None
    ledger_order: str = ""
    """Its number in the ledger: the same in every copy of the archive."""
    counts: dict[str, int] = field(default_factory=dict)
    survivors: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What became of each thing asked for: its kind, digest and state (`order.put_order`)."""
    verification: dict[str, Any] = field(default_factory=dict)
    verified_at: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is not through, or something was found again of what it had deleted."""
        return self.state != "restored" and not (self.state == "verified" and self.verified)

    @property
    def found_nothing(self) -> bool:
        """Whether it went through without any page to delete: it blocks, and proves nothing."""
        return self.state == "verified" and not any(self.counts.get(name) for name in _PAGES)

    def is_due(self, at: str) -> bool:
        """Whether its time has come: to be deleted, or for a yes to each page of others."""
        return self.mode == "delete" and (self.due_at is None or self.due_at <= at)

    @property
    def may_be_deleted(self) -> bool:
        """Whether nothing is to be waited for: no day, and no yes to pages of others once it has come."""
        return self.mode == "delete" and self.due_at is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a removal is now."""

    removal: Removal
    events: tuple[tuple[str, str, str], ...]
    """What happened to it: when, what, and more of it."""
    trouble: str = ""
    """What keeps it from being complete; empty where it is, or where it waits as ordered."""
    was_done: bool = False
    """It was through before, and nothing has come since: nothing was done."""
    salt: str = ""
    """What the digests of its receipt begin with; empty where the key is not beside the archive."""
    ledger_head: str = ""
    """The hash of the last line of the ledger."""


_PAGES = ("pages read", "copies", "raw pages", "pages redacted")
"""What is counted of pages themselves; the rest is what others said of an address."""
_BOOLEANS, _OBJECTS = ("verified", "stay_down", "mentions"), ("counts", "survivors", "asked", "verification")
_COLUMNS = tuple(column.name for column in fields(Removal))


def put_event(connection: sqlite3.Connection, removal_id: int, at: str, event: str, detail: str = "") -> None:
    """Adds to the record what happened."""
    connection.execute(
        "INSERT INTO removal_events (removal_id, at, event, detail) VALUES (?, ?, ?, ?)",
        (removal_id, at, event, detail),
    )


def set_state(connection: sqlite3.Connection, removal_id: int, state: str, at: str, detail: str = "") -> None:
    """Moves a removal on and records it."""
    connection.execute("UPDATE removals SET state = ? WHERE id = ?", (state, removal_id))
    put_event(connection, removal_id, at, state, detail)


def add_counts(connection: sqlite3.Connection, removal_id: int, counts: dict[str, int]) -> None:
    """Adds to the numbers of rows that a removal has deleted."""
    total = dict(removal(connection, removal_id).counts)
    for name, number in counts.items():
        total[name] = total.get(name, 0) + number
    connection.execute("UPDATE removals SET counts = ? WHERE id = ?", (json.dumps(total), removal_id))


def put_verification(
    connection: sqlite3.Connection, removal_id: int, verification: dict[str, Any], at: str
) -> None:
    """Records what was searched and found."""
    is_verified = bool(verification["verified"])
    connection.execute(
        "UPDATE removals SET verification = ?, verified = ?, verified_at = ? WHERE id = ?",
        (json.dumps(verification, ensure_ascii=False), int(is_verified), at, removal_id),
    )
    if is_verified:
        connection.execute("UPDATE removals SET state = 'verified' WHERE id = ?", (removal_id,))
        nothing = removal(connection, removal_id).found_nothing
        put_event(connection, removal_id, at, "no page of it was there" if nothing else "verified")
    else:
        put_event(connection, removal_id, at, "could not be verified")


def removals(connection: sqlite3.Connection, where: str = "1", *values: object) -> list[Removal]:
    """Every removal, or those of a condition, the latest first."""
    sql = f"SELECT {', '.join(_COLUMNS)} FROM removals WHERE {where} ORDER BY id DESC"
    return [_removal(tuple(row)) for row in connection.execute(sql, values)]


def removal(connection: sqlite3.Connection, removal_id: int) -> Removal:
    """One removal.

    Raises:
        ConfigurationError: there is none of this number.
    """
    for row in removals(connection, "id = ?", removal_id):
        return row
    raise ConfigurationError(f"there is no removal {removal_id}; `parknews removals list` shows them")


def still_held(connection: sqlite3.Connection, removal_id: int) -> int:
    """How many pages are marked for a removal: what it hides, or what came back of what it had deleted."""
    row = connection.execute("SELECT count(*) FROM withheld WHERE removal_id = ?", (removal_id,)).fetchone()
    return int(row[0])


def outcome_of(connection: sqlite3.Connection, removal_id: int, trouble: str = "") -> Outcome:
    """How far a removal is, as recorded; raises ConfigurationError where there is none."""
    events = connection.execute(
        "SELECT at, event, detail FROM removal_events WHERE removal_id = ? ORDER BY id", (removal_id,)
    )
    order, key = removal(connection, removal_id), key_of(connection)
    return Outcome(
        order,
        tuple(map(tuple, events)),
        trouble,
        salt=key.receipt_salt(order.ledger_order) if key else "",
        ledger_head=head_of(own_entries(connection, path_of(connection))) if key else "",
    )


def left_to_do(connection: sqlite3.Connection) -> list[int]:
    """Numbers of the removals with something left to do now, and not only later; the oldest first."""
    at = now_utc()
    return [
        row.id
        for row in reversed(removals(connection))
        if row.is_pending and (row.state != "hidden" or row.is_due(at))
    ]


def recorded(archive_path: Path, removal_id: int) -> Outcome:
    """How far a removal of an archive is; raises ConfigurationError where there is none."""
    with reader(archive_path) as connection:
        return outcome_of(connection, removal_id)


def unfinished_and_due(archive_path: Path) -> list[int]:
    """Numbers of the removals that were interrupted, or whose time to be deleted has come."""
    with reader(archive_path) as connection:
        return left_to_do(connection)


def waiting(archive_path: Path, now: datetime) -> list[str]:
    """What waits for somebody in an archive; nothing where there is no archive yet."""
    if not archive_path.exists():
        return []
    with reader(archive_path) as connection:
        return list(troubles(requests(connection), removals(connection), now))


def troubles(open_requests: Iterable[Request], orders: Iterable[Removal], now: datetime) -> Iterator[str]:
    """A line for each that somebody has to see to, the nearest deadline first."""
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
            yield f"removal {order.id} has waited long enough: `parknews removals go-on {order.id}` asks"


def _removal(row: tuple[Any, ...]) -> Removal:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: bool(values[name]) for name in _BOOLEANS}
    values |= {name: json.loads(values[name]) for name in _OBJECTS}
    return Removal(**values)
