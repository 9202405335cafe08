"""The process that answers visitors' SQL: rows of one archive, within bounds; crawler/serve/desk.py asks it.

In: on a socket whose number it is given, questions. Out: on the same socket, for each its rows, or why
there are none. Its connection is guarded (crawler/serve/guard.py); it may take so much memory and write
so large temporary files, and is interrupted at its limit.
"""

from __future__ import annotations

import marshal
import os
import resource
import signal
import sqlite3
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crawler.serve.guard import CLOSED, guard
from pipelines.archive.file import read_only
from pipelines.errors import ParknewsError

ANSWER_BYTES_MAX = 8 << 20
"""Of values in an answer. A thousand articles with texts, the most that Datasette shows, are 3 to 6 MB."""
_HEAP_BYTES_MAX = 48 << 20
"""What SQLite may take; Python's own memory stands beside it, at most a few answers."""
_SPACE_BYTES_MAX = 160 << 20
"""What a process may grow by, whoever asks for it."""
_FILE_BYTES_MAX = 256 << 20
"""Of a temporary file: a visitor's sort goes to the disk, and no further."""
_STEPS = 1_000
"""Of SQLite between two looks at the clock: 0.1 ms."""
_TOO_MUCH = "this question takes too much memory"


def main() -> None:
    """Answers until nobody asks any more."""
    os.nice(5)  # our own pages come first
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # is meant for the server, which ends us
    asked = Connection(int(sys.argv[1]))
    asked.send_bytes(b"here")
    _bound()
    opened = _Opened()
    with suppress(EOFError, ConnectionError):
        while True:
            question = marshal.loads(asked.recv_bytes())  # noqa: S302  # from the server itself
            asked.send_bytes(marshal.dumps(_answered(opened, *question)))


def _bound() -> None:
    """Bounds of this process."""
    sqlite3.connect(":memory:").execute(f"PRAGMA hard_heap_limit = {_HEAP_BYTES_MAX}")  # of the process
    with suppress(OSError, ValueError):  # elsewhere than on Linux SQLite's own bound stands alone
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        space = pages * resource.getpagesize() + _SPACE_BYTES_MAX
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
    for kind, most in ((resource.RLIMIT_FSIZE, _FILE_BYTES_MAX), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


class _Opened:
    """The guarded connection, made anew for another archive, and when another file lies at the path."""

    def __init__(self) -> None:
        self._about: tuple[object, ...] = ()
        self.secret = ""
        """What stands in no question: the beginning of the names of our views."""

    def connection(self, path: Path, show_contacts: bool) -> sqlite3.Connection:
        about = (path, show_contacts, path.stat().st_ino)
        if about != self._about:
            self._connection = read_only(path)
            self._connection.row_factory = None
            self._connection.text_factory = lambda text: str(text, "utf-8", "replace")
            self.secret = guard(self._connection, show_contacts=show_contacts)
            self._about = about
        return self._connection


def _answered(
    opened: _Opened,
    path: str,
    show_contacts: bool,
    sql: str,
    parameters: Any,
    limit_s: float,
    most: int,
    cut: bool,
) -> tuple[str, Any]:
    try:
        connection = opened.connection(Path(path), show_contacts)
        ends = time.monotonic() + limit_s
        if opened.secret in sql.lower() or CLOSED in sql.lower():
            return "error", "not authorized"
        connection.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        return "answer", _rows(connection.execute(sql, parameters), opened.secret, most, cut, ends)
    except TimeoutError:
        return "stopped", None
    except MemoryError:
        return "error", _TOO_MUCH
    except (sqlite3.Error, sqlite3.Warning, OSError, ValueError, OverflowError, ParknewsError) as error:
        said = str(_told(str(error), opened.secret))
        if "interrupted" in said:
            return "stopped", None
        return "error", _TOO_MUCH if "memory" in said or "disk is full" in said or "I/O" in said else said


def _rows(
    cursor: sqlite3.Cursor, secret: str, most: int, cut: bool, ends: float
) -> tuple[tuple[str, ...], list[tuple[Any, ...]], bool]:
    columns = tuple(column[0] for column in cursor.description or ())
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if len(rows) == most or (size > ANSWER_BYTES_MAX and cut):
            return columns, rows, True
        if size > ANSWER_BYTES_MAX:
            raise ValueError("this answer is too large; ask for fewer rows or columns")
        if time.monotonic() > ends:
            raise TimeoutError
        rows.append(tuple(_told(value, secret) for value in row))
    return columns, rows, False


def _told(value: Any, secret: str) -> Any:
    """A value without our views' names, which a query's plan would tell."""
    return value.replace(secret, "") if secret and isinstance(value, str) and secret in value else value


if __name__ == "__main__":
    main()
