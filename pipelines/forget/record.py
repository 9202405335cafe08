"""The record of removals: how far each is, what happened to it, and finding it again.

Everything written here is safe to keep for good: hosts and prefixes as ordered, numbers, times, and who
asked. Works inside the caller's transactions.

The record of a removal as it goes on: its state, its events, and the ledger beside the archive.

In: what was done. Out: rows of the record and lines of the ledger; each method is one transaction. Deletes
nothing that a page said.

What is recorded of removals, asked of an archive that nothing else is done to.

In: the archive's path. Out: how far a removal is, or which ones wait. Writes nothing.

Removals and requests that somebody has to see to: near their deadline, past it, or left unfinished.

In: the open requests, the removals and now. Out: a line each, for `removals list` and `status`. Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.utc import iso

if TYPE_CHECKING:
    import sqlite3


UNFINISHED = ("blocked", "hidden", "deleted", "forgotten")
"""States from which the same command goes on."""
_COLUMNS = (
    "id, scope, requester, reason, at, plan_hash, state, verified, basis, ticket, operator, version, mode,"
    " stay_down, mentions, due_at, counts, survivors, verification, verified_at"
)


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
    verified: bool
    basis: str
    ticket: str
    operator: str
    version: str
    mode: str
    stay_down: bool
    mentions: bool
    due_at: str | None
    counts: dict[str, int] = field(default_factory=dict)
    survivors: list[dict[str, Any]] = field(default_factory=list)
    verification: dict[str, Any] = field(default_factory=dict)
    verified_at: str | None = None

    def is_due(self, at: str) -> bool:
        """Whether the deletion may go on."""
        return self.mode == "delete" and (self.due_at is None or self.due_at <= at)


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
    row = connection.execute("SELECT counts FROM removals WHERE id = ?", (removal_id,)).fetchone()
    total = json.loads(row[0])
    for name, number in counts.items():
        total[name] = total.get(name, 0) + number
    connection.execute("UPDATE removals SET counts = ? WHERE id = ?", (json.dumps(total), removal_id))


def removals(connection: sqlite3.Connection) -> list[Removal]:
    """Every removal, the latest first."""
    return [_removal(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM removals ORDER BY id DESC")]


def removal(connection: sqlite3.Connection, removal_id: int) -> Removal | None:
    """One removal."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM removals WHERE id = ?", (removal_id,)).fetchone()
    return None if row is None else _removal(row)


def unfinished(connection: sqlite3.Connection, scope: str) -> Removal | None:
    """The latest removal of this scope that is not through: the same command goes on with it."""
    marks = ", ".join("?" * len(UNFINISHED))
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM removals WHERE scope = ? AND state IN ({marks}) ORDER BY id DESC LIMIT 1",
        (scope, *UNFINISHED),
    ).fetchone()
    return None if row is None else _removal(row)


def finished(connection: sqlite3.Connection, scope: str) -> Removal | None:
    """The latest removal of this scope that is through and verified."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM removals WHERE scope = ? AND state = 'verified' AND verified = 1"
        " ORDER BY id DESC LIMIT 1",
        (scope,),
    ).fetchone()
    return None if row is None else _removal(row)


def events(connection: sqlite3.Connection, removal_id: int) -> list[tuple[str, str, str]]:
    """What happened to a removal: at, event, detail."""
    return [
        tuple(row)
        for row in connection.execute(
            "SELECT at, event, detail FROM removal_events WHERE removal_id = ? ORDER BY id", (removal_id,)
        )
    ]


def _removal(row: tuple[Any, ...]) -> Removal:
    values = list(row)
    for place in (7, 13, 14):
        values[place] = bool(values[place])
    for place in (16, 17, 18):
        values[place] = json.loads(values[place])
    return Removal(*values)


def now() -> str:
    """The time as the record has it."""
    return iso(datetime.now(UTC))
