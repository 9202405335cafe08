"""Requests to remove something: recorded with their deadline, and how far each is.

In: what the handler typed. Out: rows of `removal_requests`. What is to go stands there in clear only until
it is ordered; from then on the removal's own record has it, in words that are safe to keep.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Request:
    """One letter."""

    id: int
    opened_at: str
    requester: str
    reason: str
    basis: str = ""
    ticket: str = ""
    deadline: str | None = None
    """The day by which it has to be answered."""
    answers: dict[str, Any] = field(default_factory=dict)
    """What is to go, as far as it was said; empty once it was ordered."""
    removal_id: int | None = None
    closed_at: str | None = None
    outcome: str = ""


LETTER = ("reason", "basis", "ticket", "deadline")
"""What is asked of a letter once it is known who wrote it."""

_COLUMNS = (
    "id, opened_at, requester, reason, basis, ticket, deadline, answers, removal_id, closed_at, outcome"
)


def open_request(connection: sqlite3.Connection, request: Request) -> Request:
    """Records a request; returns it with its number."""
    [number] = connection.execute(
        "INSERT INTO removal_requests (opened_at, requester, reason, basis, ticket, deadline)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (
            request.opened_at,
            request.requester,
            request.reason,
            request.basis,
            request.ticket,
            request.deadline,
        ),
    ).fetchone()
    return known_request(connection, int(number))


def note_letter(connection: sqlite3.Connection, number: int, name: str, said: str | None) -> Request:
    """Keeps an answer about the letter itself, and that the question was asked."""
    if name not in LETTER:
        raise ValueError(name)
    connection.execute(f"UPDATE removal_requests SET {name} = ? WHERE id = ?", (said, number))
    answers = known_request(connection, number).answers
    return note_answers(connection, number, {**answers, "said": [*answers.get("said", ()), name]})


def note_answers(connection: sqlite3.Connection, number: int, answers: dict[str, Any]) -> Request:
    """Keeps what was said so far of what is to go."""
    connection.execute(
        "UPDATE removal_requests SET answers = ? WHERE id = ?",
        (json.dumps(answers, ensure_ascii=False) if answers else "", number),
    )
    return known_request(connection, number)


def note_order(connection: sqlite3.Connection, number: int, removal_id: int) -> Request:
    """Names the order that came of a request, and forgets what was said for it."""
    connection.execute(
        "UPDATE removal_requests SET removal_id = ?, answers = '' WHERE id = ?", (removal_id, number)
    )
    return known_request(connection, number)


def close_request(connection: sqlite3.Connection, number: int, at: str, outcome: str) -> Request:
    """Ends a request."""
    connection.execute(
        "UPDATE removal_requests SET closed_at = ?, outcome = ?, answers = '' WHERE id = ?",
        (at, outcome, number),
    )
    return known_request(connection, number)


def known_request(connection: sqlite3.Connection, number: int) -> Request:
    """A request that is there.

    Raises:
        ConfigurationError: it is not.
    """
    row = connection.execute(f"SELECT {_COLUMNS} FROM removal_requests WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise ConfigurationError(f"there is no request {number}; `parknews removals list` shows them")
    return _request(tuple(row))


def requests(connection: sqlite3.Connection, *, is_open: bool = True) -> list[Request]:
    """The open requests, those first whose deadline is nearest; or all of them, the latest first."""
    order = "closed_at IS NULL ORDER BY deadline IS NULL, deadline, id" if is_open else "1 ORDER BY id DESC"
    rows = connection.execute(f"SELECT {_COLUMNS} FROM removal_requests WHERE {order}")
    return [_request(tuple(row)) for row in rows]


def _request(row: tuple[Any, ...]) -> Request:
    values = list(row)
    values[7] = json.loads(values[7]) if values[7] else {}
    return Request(*values)
