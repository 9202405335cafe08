"""One pace a host for all processes of this machine: when it was asked last, and until when it rests.

A small SQLite file in the user's runtime folder holds a row a host:port. A turn is taken in one
transaction right before the request leaves, and only if the host's last turn, whoever took it, lies
long enough ago: crawls of one host with separate archives together keep to the longest of their
delays, and a killed one leaves nothing behind that others would wait for. A host without a delay is held
to a number of requests under way, each of which has a row until it has ended. Times are `time.monotonic`,
which all processes share; a row from before the machine was started is known by lying too far ahead.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import StorageError

LONGEST_HOLD_S = 86400.0
"""No host may ask for a longer rest (`retry_after_s` caps it), so what lies further ahead is stale."""
_BUSY_S = 10.0
"""Transactions take 0.1 ms; ten seconds outlast any queue of them."""
_GAP_KEPT_S = 60.0
"""How long another's longer gap holds after it was last heard of: twice the longest request."""
PLACE_KEPT_S = 600.0
"""No request lasts as long; a place older than this was forgotten."""
_FILE = "hosts-1.db"
"""Another number wherever its columns change: two versions may run at once."""


class SharedPace:
    """The moments at which hosts were asked, shared through a file.

    Raises:
        StorageError: the folder cannot be written, or is another user's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
                raise StorageError(f"{folder}: belongs to another user; name another with PARKNEWS_RUNTIME")
            self._db = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)
            self._db.execute("PRAGMA synchronous = OFF")  # a lost row after a power cut costs nothing
            self._db.execute("PRAGMA journal_mode = WAL")  # else each turn makes and deletes a file: 0.25 ms
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, asked_at REAL NOT NULL,"
                " gap_s REAL NOT NULL, gap_at REAL NOT NULL, hold_until REAL NOT NULL) WITHOUT ROWID"
            )
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS places (place INTEGER PRIMARY KEY, host TEXT NOT NULL,"
                " pid INTEGER NOT NULL, taken_at REAL NOT NULL)"
            )
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def take(self, host: str, gap_s: float) -> float:
        """0 where the host may be asked now, and that moment is taken; otherwise the seconds to wait.

        `gap_s` is what this process leaves between two requests; while another one asks as well, the
        longer of theirs holds for both. A host without any waits for nothing but a `hold`.
        """
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            now = time.monotonic()
            wait_s = self._take(host, gap_s, now)
            self._db.execute("COMMIT")
        return wait_s

    def _take(self, host: str, gap_s: float, now: float) -> float:
        asked_at, other_gap_s, gap_at, hold_until = self._row(host, now)
        if gap_s >= other_gap_s or gap_at < now - _GAP_KEPT_S:
            other_gap_s, gap_at = gap_s, now
        opens = max(asked_at + other_gap_s if gap_s else 0.0, hold_until)
        asked_at = now if opens <= now else asked_at
        self._db.execute(
            "INSERT OR REPLACE INTO hosts (host, asked_at, gap_s, gap_at, hold_until) VALUES (?, ?, ?, ?, ?)",
            (host, asked_at, other_gap_s, gap_at, hold_until),
        )
        return max(opens - now, 0.0)

    def hold(self, host: str, until: float) -> None:
        """Nobody asks the host before: it wants a pause."""
        with self._errors():
            self._db.execute(
                "INSERT INTO hosts (host, asked_at, gap_s, gap_at, hold_until) VALUES (?, -1e9, 0, 0, ?)"
                " ON CONFLICT DO UPDATE SET hold_until = MAX(hold_until, excluded.hold_until)",
                (host, until),
            )

    def enter(self, host: str, limit: int) -> int | None:
        """A place among the requests that are under way to a host, all processes together; None: all taken.

        It is given back with `leave`, or when its process has ended.
        """
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            now = time.monotonic()
            taken = self._db.execute(
                "SELECT place, pid, taken_at FROM places WHERE host = ?", (host,)
            ).fetchall()
            lost = [place for place, pid, at in taken if not 0 <= now - at < PLACE_KEPT_S or not _lives(pid)]
            self._db.executemany("DELETE FROM places WHERE place = ?", [(place,) for place in lost])
            place = None
            if len(taken) - len(lost) < limit:
                place = self._db.execute(
                    "INSERT INTO places (host, pid, taken_at) VALUES (?, ?, ?)", (host, os.getpid(), now)
                ).lastrowid
            self._db.execute("COMMIT")
        return place

    def leave(self, place: int) -> None:
        """The request that had this place is over."""
        with self._errors():
            self._db.execute("DELETE FROM places WHERE place = ?", (place,))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _row(self, host: str, now: float) -> tuple[float, float, float, float]:
        row = self._db.execute(
            "SELECT asked_at, gap_s, gap_at, hold_until FROM hosts WHERE host = ?", (host,)
        ).fetchone()
        if row is None or max(row) > now + LONGEST_HOLD_S:
            return -1e9, 0.0, 0.0, 0.0
        asked_at, gap_s, gap_at, hold_until = row
        return asked_at, gap_s, gap_at, hold_until

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> StorageError:
        return StorageError(f"{self._path}: {error}; name a folder that you may write with PARKNEWS_RUNTIME")


def _lives(pid: int) -> bool:
    """Whether a process of this machine is still there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
