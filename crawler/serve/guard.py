"""What a browser's SQL may read: everything but secrets, and no one's telephone number.

Datasette lets a visitor write SQL. Each of its connections is read-only already; here it also loses ATTACH,
the salt of the blocked addresses, who asked for removals, and (unless asked for) the telephone numbers
in stripped text: the columns read as NULL, and a temporary view named `stripped` stands before the real
one and masks what it shows.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from pipelines.export.masking import mask_contacts
from pipelines.spelling import match_expression

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = {("meta", "value"), ("blocks", "hash"), ("removals", "requester")}
_CONTACTS = ("stripped_pieces", "text")
_MASKED_VIEW = "stripped_masked"
_FORBIDDEN = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}

_VIEWS = """
CREATE TEMP VIEW stripped_masked AS
SELECT copies.url, pieces.kind, masked(pieces.text) AS text, pieces.rule, copies.article_id,
       copies.source, pieces.position
FROM main.stripped_pieces AS pieces JOIN main.copies ON copies.reading_id = pieces.reading_id;
CREATE TEMP VIEW stripped AS SELECT * FROM stripped_masked;
"""


def guard(connection: sqlite3.Connection, *, show_contacts: bool) -> None:
    """Makes a Datasette connection safe to show to strangers, and its search box take 园区 as typed."""
    connection.create_function("escape_fts", 1, _expression, deterministic=True)
    if not show_contacts:
        connection.create_function("masked", 1, _masked, deterministic=True)
        connection.executescript(_VIEWS)
    connection.set_authorizer(_authorizer(show_contacts=show_contacts))


def _authorizer(*, show_contacts: bool) -> Callable[..., int]:
    def decide(action: int, first: str | None, second: str | None, _: str | None, through: str | None) -> int:
        if action in _FORBIDDEN:
            return sqlite3.SQLITE_DENY
        if action != sqlite3.SQLITE_READ:
            return sqlite3.SQLITE_OK
        if (first, second) in _SECRET:
            return sqlite3.SQLITE_IGNORE
        if (first, second) == _CONTACTS and not show_contacts and through != _MASKED_VIEW:
            return sqlite3.SQLITE_IGNORE
        return sqlite3.SQLITE_OK

    return decide


def _expression(query: str | None) -> str:
    """What a person typed, as an FTS5 expression; one that finds nothing where nothing was typed."""
    return match_expression(query or "") or '""'


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_contacts(text)
