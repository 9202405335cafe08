"""Copying several SQLite files as they are at one moment, while others write to them.

In: files and where their copies go. Out: the copies. No one may write for the instant in which each
copy's view of its file begins; after that writers go on.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_WAIT_S = 60


def copy_together(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Copies each first file to the second; raises sqlite3.Error and OSError as they come."""
    with ExitStack() as stack:

        def opened(path: Path) -> sqlite3.Connection:
            connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S)
            return stack.enter_context(closing(connection))

        holding = [opened(path) for path, _ in pairs]
        views = [opened(path) for path, _ in pairs]
        for connection in holding:
            connection.execute("BEGIN IMMEDIATE")
        for view in views:
            view.execute("BEGIN")
            view.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for connection in holding:
            connection.execute("ROLLBACK")
        for view, (_, target) in zip(views, pairs, strict=True):
            view.backup(opened(target))
