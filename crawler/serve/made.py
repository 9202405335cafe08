"""What all visitors of an archive are shown alike, made once: pictures, what a query's finds fall into.

In: a key, and how its value follows from the archive. Out: the value. What took long to make may be so old as
`_AGE` times that, so that a crawl that writes all the while keeps no core counting; never older than a step
of a removal. One visitor's question makes it, on a connection of its own, for all who wait.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pipelines.archive.file import reader

T = TypeVar("T")

_AGE = 20
"""A twentieth of a core is spent on each value at most."""
_LONG_S = 0.5
"""What takes less is always made of the present state."""
_MOST = 200
"""Values kept of one archive; the largest, the pictures of a stretch of days, take 100 KB."""
_AT_ONCE = 2
_MAKING_S = 300
"""A million articles are counted in a tenth of it."""


@dataclass(frozen=True, slots=True)
class _Value:
    value: Any
    state: tuple[int, ...]
    orders: tuple[object, ...]
    at: float
    took_s: float

    def serves(self, state: tuple[int, ...], orders: tuple[object, ...]) -> bool:
        age_s = time.monotonic() - self.at
        is_recent = self.took_s >= _LONG_S and age_s < _AGE * self.took_s
        return self.orders == orders and (self.state == state or is_recent)


class Made:
    """The values of one archive, as one request sees them."""

    def __init__(self, path: Path, connection: sqlite3.Connection, wait_s: float) -> None:
        """Values as `connection` may see them, each waited for so long."""
        self.is_behind = False
        """Whether a value was made of an earlier state than the present one."""
        self._shelf, self._wait_s = _shelf(path), wait_s
        self._state, self._orders = state_of(path), _orders(connection)

    def get(self, key: Hashable, find: Callable[[sqlite3.Connection], T]) -> T:
        """The value of a key, found where there is none yet.

        Raises:
            sqlite3.OperationalError: it takes longer than this request may; it is there when it is done.
        """
        value = self._shelf.value(key, self._state, self._orders, find, self._wait_s)
        self.is_behind |= value.state != self._state
        return value.value  # type: ignore[no-any-return]  # of this key


class _Shelf:
    """The values of an archive, and those that are being made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()
        self._making: dict[Hashable, Future[_Value]] = {}
        self._makers = ThreadPoolExecutor(_AT_ONCE)

    def value(
        self,
        key: Hashable,
        state: tuple[int, ...],
        orders: tuple[object, ...],
        find: Callable[[sqlite3.Connection], Any],
        wait_s: float,
    ) -> _Value:
        ends = time.monotonic() + wait_s
        while True:
            with self._lock:
                value = self._values.get(key)
                if value is not None and value.serves(state, orders):
                    self._values.move_to_end(key)
                    return value
                if key not in self._making:
                    self._making[key] = self._makers.submit(self._make, key, find)
                making = self._making[key]
            try:
                value = making.result(ends - time.monotonic())
            except TimeoutError as error:
                raise sqlite3.OperationalError("interrupted") from error
            if value.orders == orders:  # else it was begun before a step of a removal
                return value

    def _make(self, key: Hashable, find: Callable[[sqlite3.Connection], Any]) -> _Value:
        try:
            began = time.monotonic()
            state = state_of(self._path)
            with reader(self._path) as connection:
                connection.set_progress_handler(lambda: time.monotonic() > began + _MAKING_S, 100_000)
                connection.execute("BEGIN")
                orders, made = _orders(connection), find(connection)
            now = time.monotonic()
            value = _Value(made, state, orders, now, now - began)
            with self._lock:
                self._values[key] = value
                if len(self._values) > _MOST:
                    self._values.popitem(last=False)
            return value
        finally:
            with self._lock:
                self._making.pop(key, None)


@cache
def _shelf(path: Path) -> _Shelf:
    return _Shelf(path)


def state_of(path: Path) -> tuple[int, ...]:
    """What changes whenever the archive does: times, sizes and places of its file and write-ahead log."""
    files = (path, path.with_name(path.name + "-wal"))
    stats = [file.stat() for file in files if file.exists()]
    return tuple(number for stat in stats for number in (stat.st_mtime_ns, stat.st_size, stat.st_ino))


def _orders(connection: sqlite3.Connection) -> tuple[object, ...]:
    """What changes with every step of a removal."""
    steps = (
        "SELECT count(*), group_concat(state), (SELECT count(*) FROM withheld),"
        " (SELECT max(id) FROM removal_events) FROM removals"  # what comes back is deleted in the same state
    )
    return tuple(connection.execute(steps).fetchone())
