"""Visitors' SQL, asked of processes that can be ended: a question, its rows, or why there are none.

In: an archive, SQL with its parameters, and how long it may take. Out: rows as plain values. A process
(crawler/serve/clerk.py) stops at its limit by itself; where SQLite does not look at the clock, within
one call on a long value, the process is ended, and the next question gets a new one. So nothing that a
visitor writes can take the server's memory, its time or its life.

What goes between the processes is `marshal`: values, and no objects that could be made to do something.
"""

from __future__ import annotations

import asyncio
import marshal
import sqlite3
import subprocess
import sys
import time
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

_GRACE_S = 1.0
"""How long after its limit a question is waited for before its process is ended."""
_START_S = 20
"""How long a process may take to start: .2 s where nothing else runs."""
_AT_ONCE = 2
"""Processes that answer at a time. A question takes a core."""
_REQUEST_S = 60

request_ends: ContextVar[float] = ContextVar("request_ends")
"""When (`time.monotonic`) the request that is being answered must be done: one may ask many questions."""


class StoppedError(Exception):
    """A question took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, the names of their columns, and whether there are more."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


class Desk:
    """Takes the questions of one archive, a few at a time."""

    def __init__(self, path: Path, *, show_contacts: bool) -> None:
        self._path, self._show_contacts = str(path.resolve()), show_contacts
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def ask(self, sql: str, parameters: Any, *, limit_ms: float, most: int, cut: bool) -> Answer:
        """The answer's first `most` rows; `cut`: what is too large for an answer is left out, not an error.

        Raises:
            StoppedError: it was not answered in time.
            sqlite3.OperationalError: SQLite cannot answer it, or may not.
        """
        ends = request_ends.get(time.monotonic() + _REQUEST_S)
        try:
            await asyncio.wait_for(self._free.acquire(), max(ends - time.monotonic(), 0.001))
        except TimeoutError as error:
            raise StoppedError from error
        try:
            left_s = min(limit_ms / 1000, ends - time.monotonic())
            if left_s <= 0:
                raise StoppedError
            question = (self._path, self._show_contacts, sql, parameters, left_s, most, cut)
            return await asyncio.to_thread(_asked, question, left_s)
        finally:
            self._free.release()


_idle: list[_Clerk] = []
"""Processes that wait for a question, of whatever archive. They end when the server does."""


def _asked(question: tuple[Any, ...], limit_s: float) -> Answer:
    try:
        clerk = _idle.pop()
    except IndexError:
        clerk = _Clerk()
    try:
        return clerk.asked(question, limit_s)
    finally:
        if clerk.is_there:
            _idle.append(clerk)


class _Clerk:
    """One process, as the server sees it."""

    def __init__(self) -> None:
        self.is_there = True
        self._connection, theirs = Pipe()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-m", "crawler.serve.clerk", str(number)]
            self._process = subprocess.Popen(command, pass_fds=[number], stdin=subprocess.DEVNULL)  # noqa: S603
        if not self._connection.poll(_START_S):
            self._end()
            raise StoppedError
        self._connection.recv_bytes()

    def asked(self, question: tuple[Any, ...], limit_s: float) -> Answer:
        try:
            self._connection.send_bytes(marshal.dumps(question))
            if not self._connection.poll(limit_s + _GRACE_S):
                self._end()
                raise StoppedError
            kind, value = marshal.loads(self._connection.recv_bytes())  # noqa: S302  # see above
        except (EOFError, OSError) as error:
            self._end()
            raise sqlite3.OperationalError("this question takes too much memory") from error
        if kind == "answer":
            return Answer(*value)
        raise sqlite3.OperationalError(value) if kind == "error" else StoppedError

    def _end(self) -> None:
        self.is_there = False
        self._connection.close()
        self._process.kill()
        self._process.wait()
