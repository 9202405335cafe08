"""A database whose transactions take the right to write when they begin.

A crawl and a removal write to one archive. A transaction that reads first and writes later fails at once
where another wrote in between, however long it would wait (SQLITE_BUSY_SNAPSHOT); one that begins by
taking the right to write waits its turn.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlite_utils import Database

if TYPE_CHECKING:
    from collections.abc import Generator


class ExclusiveDatabase(Database):
    """A sqlite-utils Database with BEGIN IMMEDIATE."""

    @contextmanager
    def atomic(self) -> Generator[Database]:
        """A transaction; a savepoint inside one."""
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield self
            self.conn.execute("COMMIT")
        except BaseException:
            self.rollback()  # does nothing where the error ended the transaction already
            raise
