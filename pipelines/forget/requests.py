"""Requests to remove something: recorded with their deadline, and how far each is.

In: what the handler typed. Out: rows of `removal_requests`. What is to go stands there in clear only until
it is ordered; from then on the removal's own record has it, in words that are safe to keep.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pipelines.archive.file import open_for_writing, storage_errors
from pipelines.errors import ConfigurationError


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

_COLUMNS = tuple(column.name for column in fields(Request))


def changed(archive_path: Path, change: Callable[..., Request], *values: object) -> Request:
    """What one of the functions below makes of a request; it is in the archive from here on.

    Raises:
        StorageError: the disk is full or fails.
    """
    with (
        closing(open_for_writing(archive_path, create=False)) as database,
        storage_errors(archive_path),
        database.atomic() as connection,
    ):
        return change(connection, *values)


def open_request(connection: sqlite3.Connection, opened_at: str, requester: str) -> Request:
    """Records a request as soon as it is known whose it is; returns it with its number."""
    [number] = connection.execute(
        "INSERT INTO removal_requests (opened_at, requester, reason) VALUES (?, ?, '') RETURNING id",
        (opened_at, requester),
    ).fetchone()
    return known_request(connection, number)


def note_letter(connection: sqlite3.Connection, number: int, name: str, said: str | None) -> Request:
    """Keeps an answer about the letter itself (one of LETTER), and that the question was asked."""
    answers = known_request(connection, number).answers
    answers["said"] = [*answers.get("said", ()), name]
    return _put(connection, number, **{name: said}, answers=json.dumps(answers, ensure_ascii=False))


def note_answers(connection: sqlite3.Connection, number: int, answers: dict[str, Any]) -> Request:
    """Keeps what was said so far of what is to go."""
    return _put(connection, number, answers=json.dumps(answers, ensure_ascii=False))


def note_order(connection: sqlite3.Connection, number: int, removal_id: int) -> Request:
    """Names the order that came of a request, and forgets what was said for it."""
    return _put(connection, number, removal_id=removal_id, answers="")


def close_request(connection: sqlite3.Connection, number: int, at: str, outcome: str) -> Request:
    """Ends a request."""
    return _put(connection, number, closed_at=at, outcome=outcome, answers="")


def known_request(connection: sqlite3.Connection, number: int) -> Request:
    """A request that is there.

    Raises:
        ConfigurationError: it is not.
    """
    for request in _requests(connection, "id = ?", number):
        return request
    raise ConfigurationError(f"there is no request {number}; `parknews removals list` shows them")


def requests(connection: sqlite3.Connection) -> list[Request]:
    """The open requests, those first whose deadline is nearest."""
    return _requests(connection, "closed_at IS NULL ORDER BY deadline IS NULL, deadline, id")


def _requests(connection: sqlite3.Connection, where: str, *values: object) -> list[Request]:
    rows = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM removal_requests WHERE {where}", values)
    said = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return [Request(**{**row, "answers": json.loads(row["answers"] or "{}")}) for row in said]


def _put(connection: sqlite3.Connection, number: int, **values: object) -> Request:
    columns = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE removal_requests SET {columns} WHERE id = ?", (*values.values(), number))
    return known_request(connection, number)
