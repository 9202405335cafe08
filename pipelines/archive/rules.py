"""By which rules an archive was read and joined: whether `reprocess` has something to do.

In: a connection. Out: a number in `meta`. An archive that says none was filled before there was a number.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RULES = 2
"""Raised by whoever changes what is read in a page, which texts are joined or how copies stand to each other:
people are then told to run `reprocess`. 1 are those of archives that say nothing."""

_KEY = "rules"


def put_rules(connection: sqlite3.Connection) -> None:
    """All that the archive holds follows from the present rules."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, str(RULES)))


def follows_earlier_rules(path: Path) -> bool:
    """Whether the archive at `path` holds what earlier rules made; False where that cannot be read."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
        if row is not None:
            return int(row[0]) < RULES
        return connection.execute("SELECT 1 FROM nodes LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False
    finally:
        connection.close()
