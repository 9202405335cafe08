"""Pages that their hosts have no more: a fact of its own, and never a reason to forget a copy.

In: a rejection of the fetch stage that says so. Out: a row of `gone`, or nothing where the page was
never read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from pipelines.records import Rejection

_GONE = re.compile(r"gone: HTTP (\d{3})")


def put_gone(connection: sqlite3.Connection, rejection: Rejection, at: str) -> bool:
    """Whether a rejection says that a page we have read is gone; then that is noted, once."""
    said = _GONE.fullmatch(rejection.reason) if rejection.stage == "fetch" else None
    if said is None:
        return False
    known = connection.execute("SELECT 1 FROM readings WHERE page_url = ?", (rejection.url,)).fetchone()
    if known:
        connection.execute(
            "INSERT INTO gone (page_url, at, status) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (rejection.url, at, int(said[1])),
        )
    return known is not None


def come_back(connection: sqlite3.Connection, page_url: str, fetched_at: str) -> None:
    """The page was read; only a fetch since it was found gone (not a reading again) takes that back."""
    connection.execute("DELETE FROM gone WHERE page_url = ? AND at < ?", (page_url, fetched_at))


def gone_pages(connection: sqlite3.Connection, urls: list[str]) -> dict[str, tuple[str, int]]:
    """Those of the page URLs that are gone: since when (UTC), and the status that said so."""
    marks = ", ".join("?" * len(urls))
    rows = connection.execute(f"SELECT page_url, at, status FROM gone WHERE page_url IN ({marks})", urls)
    return {row[0]: (row[1], row[2]) for row in rows}
