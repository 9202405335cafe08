"""By which rules an archive was read and joined: whether `reprocess` has something to do.

In: a connection. Out: their digest in `meta`. An archive that says none, or a number, was filled before there
was a digest.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# [[[cog from docs.rules import digest; cog.outl(f'RULES = "{digest()}"') ]]]
RULES = "a6c21d4cbd24"
# [[[end]]]
"""Another one once a page is read, texts are joined or copies are judged by other rules (docs/rules.py):
people are then told to run `reprocess`."""

_KEY = "rules"


def put_rules(connection: sqlite3.Connection) -> None:
    """All that the archive holds follows from the present rules."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, RULES))


def follows_earlier_rules(path: Path) -> bool:
    """Whether the archive at `path` holds what earlier rules made; False where that cannot be read."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
        if row is not None:
            return str(row[0]) != RULES
        return connection.execute("SELECT 1 FROM nodes LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False
    finally:
        connection.close()
