"""Reasons that people wrote beside surviving pages (of a correction, a split), where they quote what goes.

In: a connection inside the removal's transaction, its blocks and its passages. Out: such reasons emptied,
their rows kept, so that the correction holds on. A surviving page's own words are never touched here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from pipelines.removal.passages import Seeker

_REASONS = {
    "corrections": "id",
    "decisions": "id",
    "moves": "rowid",
    "forwards": "old_id",
    "rejections": "url",
}
"""Tables with a reason into which a person, or an error, may have put an address or a title → a key."""

_ADDRESSES = (re.compile(r"https?://[!-~]+"), re.compile(r"https?://\S+"))
"""In a Chinese sentence an address ends where the ideographs begin, unless it has some of its own."""
_AROUND = "()[]{}<>,.;:!?'\"（）《》「」，。；：！？、"

EMPTIED = "(named what was removed)"


def empty_quotes(connection: sqlite3.Connection, is_blocked: Callable[[str], bool], seeker: Seeker) -> int:
    """Empties the reasons that hold an address or a passage of what goes; returns how many."""
    emptied = 0
    for table, key in _REASONS.items():
        rows = connection.execute(f"SELECT {key}, reason FROM {table} WHERE reason <> ''").fetchall()
        quoting = [
            (_emptied(table, reason), row) for row, reason in rows if _quotes(reason, is_blocked, seeker)
        ]
        connection.executemany(f"UPDATE {table} SET reason = ? WHERE {key} = ?", quoting)
        emptied += len(quoting)
    return emptied


def _quotes(reason: str, is_blocked: Callable[[str], bool], seeker: Seeker) -> bool:
    found = {
        part
        for pattern in _ADDRESSES
        for address in pattern.findall(reason)
        for part in (address, address.strip(_AROUND))
    }
    return any(map(is_blocked, found)) or len(seeker.find(reason.encode("utf-8", "replace"))) > 0


def _emptied(table: str, reason: str) -> str:
    """A rejection's first words are stable and say what it was; a person's words go altogether."""
    kind = reason.partition(":")[0] if table == "rejections" and ": " in reason else ""
    return f"{kind}: {EMPTIED}" if kind else EMPTIED
