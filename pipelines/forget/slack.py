"""Bytes of an SQLite file that belong to nothing: told where they are not empty, and emptied in place.

In: the path of a database. Out: the same rows in a file in which no unallocated byte holds anything.
`secure_delete` overwrites what is deleted, but when a full page is split the rows that move to its neighbour
stay behind as bytes, between the page's list of cells and its cells (rebuildPage in SQLite's btree.c leaves
that gap as it is). Later the row is deleted from its new page only. VACUUM forgets such bytes by writing the
whole file anew, for which it needs the file's room again; here they are overwritten where they lie.

Nothing that SQLite ever reads is touched, and nobody writes meanwhile: the right to write is held and the
log is empty. Closing a file lets go of the locks that the process has on it (sqlite.org/howtocorrupt.html,
2.2), so these functions are for a process of their own (pipelines/forget/residue.py).
"""

from __future__ import annotations

import os
import sqlite3
import struct
import time
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from pipelines.archive.file import BUSY_TIMEOUT_MS, storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    Pages = npt.NDArray[np.uint8]

_SQLITE = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_INTERIOR, _LEAF = (2, 5), (10, 13)
"""The first byte of a page of a table or index (SQLite's file format, 1.6)."""
_MOST_PAGES = 1 << 24
"""In a larger file (64 GB) another kind of page may begin with such a byte."""
_AT_ONCE = 1024
_TRIES, _PAUSE_S = 100, 0.02
"""A crawl writes a page in milliseconds and then does something else for longer."""


def clear_slack(path: Path) -> int | None:
    """Empties what belongs to nothing; returns how many stretches, None where that cannot be done now.

    The log has to be empty: what somebody wrote since is not yet in the file. Ends with a transaction, so
    that no other connection goes on with pages that it remembers.

    Raises:
        StorageError: the disk fails, or somebody else writes for half a minute.
    """
    with storage_errors(path), path.open("r+b", buffering=0) as file:  # closed after the connection
        form = _form(file)
        if form is None:
            return None
        pages = _suspects(file, *form)
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        try:
            if not _begun_with_empty_log(connection, path):
                return None
            cleared = _clear(file, pages, *form)
            [version] = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return cleared
        finally:
            connection.close()


def _begun_with_empty_log(connection: sqlite3.Connection, path: Path) -> bool:
    """Holds the right to write at a moment when all that was written is in the file itself."""
    log = path.with_name(path.name + "-wal")
    for _ in range(_TRIES):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN IMMEDIATE")
        if not (log.exists() and log.stat().st_size):
            return True
        connection.execute("ROLLBACK")
        time.sleep(_PAUSE_S)
    return False


def _clear(file: BinaryIO, pages: list[int], page_bytes: int, usable: int) -> int:
    ranges = [found for page in pages for found in _gaps(_page(file, page, page_bytes), page, usable)]
    ranges += _free_ranges(file, page_bytes)
    for start, length in ranges:
        file.seek(start)
        file.write(bytes(length))
    os.fsync(file.fileno())
    return len(ranges)


def _form(file: BinaryIO) -> tuple[int, int] | None:
    """Bytes of a page and how many of them are used; None where it is no SQLite file that we understand."""
    header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_SQLITE):
        return None
    [page_bytes] = struct.unpack(">H", header[16:18])
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    has_pointer_maps = header[52:56] != bytes(4)
    if has_pointer_maps or file.seek(0, 2) // page_bytes >= _MOST_PAGES:
        return None
    return page_bytes, page_bytes - header[20]


def _suspects(file: BinaryIO, page_bytes: int, usable: int) -> list[int]:
    """Numbers of the pages whose gap or free blocks hold anything; the first page has the schema alone."""
    found: list[int] = []
    file.seek(0)
    number = 1
    while data := file.read(_AT_ONCE * page_bytes):
        count = len(data) // page_bytes
        pages = np.frombuffer(data, dtype=np.uint8, count=count * page_bytes).reshape(count, page_bytes)
        found += [number + place for place in _dirty(pages, usable) if number + place > 1]
        number += count
    return found


def _dirty(pages: Pages, usable: int) -> list[int]:
    kinds = pages[:, 0]
    is_tree = np.isin(kinds, (*_INTERIOR, *_LEAF))
    cells = pages[:, 3].astype(np.int32) << 8 | pages[:, 4]
    ends = pages[:, 5].astype(np.int32) << 8 | pages[:, 6]
    ends[ends == 0] = 65536
    starts = np.where(np.isin(kinds, _INTERIOR), 12, 8) + 2 * cells
    places = np.arange(pages.shape[1], dtype=np.int32)
    in_gap = (places >= starts[:, None]) & (places < ends[:, None])
    has_gap = is_tree & ((pages != 0) & in_gap).any(axis=1)
    has_blocks = is_tree & ((pages[:, 1] != 0) | (pages[:, 2] != 0))
    return [
        int(place)
        for place in np.flatnonzero(has_gap | has_blocks)
        if any(True for _ in _gaps(pages[place].tobytes(), 1, usable))
    ]


def _gaps(page: bytes, number: int, usable: int) -> Iterator[tuple[int, int]]:
    """Stretches of a page of a table or index that belong to nothing and are not empty: offset and length."""
    if len(page) < usable or page[0] not in (*_INTERIOR, *_LEAF):
        return
    block, cells, end = struct.unpack(">HHH", page[1:7])
    start, end = (12 if page[0] in _INTERIOR else 8) + 2 * cells, end or 65536
    if not start <= end <= usable:
        return
    offset = (number - 1) * len(page)
    if any(page[start:end]):
        yield offset + start, end - start
    while block:
        following, size = struct.unpack(">HH", page[block : block + 4])
        if not (4 <= size <= usable - block and (following == 0 or following > block)):
            return
        if any(page[block + 4 : block + size]):
            yield offset + block + 4, size - 4
        block = following


def _free_ranges(file: BinaryIO, page_bytes: int) -> Iterator[tuple[int, int]]:
    """Stretches of the pages on the free list that are not empty (SQLite's file format, 1.5)."""
    file.seek(32)
    [trunk] = struct.unpack(">I", file.read(4))
    seen: set[int] = set()
    while trunk and trunk not in seen:
        seen.add(trunk)
        page, offset = _page(file, trunk, page_bytes), (trunk - 1) * page_bytes
        if len(page) < page_bytes:
            return  # it is being written to
        trunk, count = struct.unpack(">II", page[:8])
        used = 8 + 4 * count
        if used > page_bytes:
            return
        if any(page[used:]):
            yield offset + used, page_bytes - used
        for leaf in struct.unpack(f">{count}I", page[8:used]):
            if any(_page(file, leaf, page_bytes)):
                yield (leaf - 1) * page_bytes, page_bytes


def _page(file: BinaryIO, number: int, page_bytes: int) -> bytes:
    file.seek((number - 1) * page_bytes)
    return file.read(page_bytes)
