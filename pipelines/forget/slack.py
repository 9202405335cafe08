"""Overwriting what belongs to nothing in an SQLite file: gaps of pages, free blocks, free pages.

In: paths of databases whose logs are empty. Out: the same rows; bytes that are nobody's are zero. Both our
files overwrite what they delete (`secure_delete`), but when SQLite splits a full page, the rows that move to
its neighbour stay behind as bytes between the page's list of cells and its cells (rebuildPage in SQLite's
btree.c leaves that gap as it is). Later the row is deleted from its new page only. Nothing that SQLite ever
reads is touched, and nobody writes meanwhile: the right to write is held and the log is empty.

A program of its own, which needs nothing but Python: a process that closes a database file lets go of every
lock that it holds on it, those of SQLite, too (sqlite.org/howtocorrupt.html, 2.2). `python slack.py PATH…`
prints a JSON list: for each whether it is done, or what SQLite or the system said.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

_WAIT_S = 30
"""As long as the archive waits for another's transaction (`BUSY_TIMEOUT_MS`)."""
_TRIES, _PAUSE_S = 100, 0.02
"""A crawl writes a page in milliseconds and then does something else for longer."""

_SQLITE = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_TREE = {2: 12, 5: 12, 10: 8, 13: 8}
"""The first byte of a page of a table or index → bytes of its header (SQLite's file format, 1.6)."""
_MOST_PAGES = 1 << 24
"""In a larger file (64 GB) another kind of page may begin with such a byte."""
_AT_ONCE = 1024


def clear_slack(path: Path) -> int | None:
    """Empties gaps, free blocks and free pages of a database; returns how many, None where it cannot now.

    The log has to be empty: what somebody wrote since is not yet in the file. Ends with a transaction, so
    that no other connection goes on with pages that it remembers. For a process of its own.

    Raises:
        OSError, sqlite3.Error: the disk fails, or somebody else writes for half a minute.
    """
    with path.open("r+b", buffering=0) as file:  # closed after the connection
        connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S)
        try:
            if not _begun_with_empty_log(connection, path):
                return None
            page_bytes = _page_bytes(file)
            if page_bytes is None:
                return None
            spans = 0
            for start, end in chain(_slack(file, page_bytes), _free_pages(file, page_bytes)):
                os.pwrite(file.fileno(), bytes(end - start), start)
                spans += 1
            os.fsync(file.fileno())
            [version] = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return spans
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


def _page_bytes(file: BinaryIO) -> int | None:
    """Bytes of a page; None where it is no SQLite file of the kind that we write."""
    header = _read(file, 0, _HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_SQLITE):
        return None
    [page_bytes] = struct.unpack(">H", header[16:18])
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    has_pointer_maps = header[52:56] != bytes(4)
    if has_pointer_maps or file.seek(0, 2) // page_bytes >= _MOST_PAGES:
        return None
    return page_bytes


def _slack(file: BinaryIO, page_bytes: int) -> Iterator[tuple[int, int]]:
    """Where bytes that are not zero belong to no cell: from, to; the first page is the schema's.

    They may be overwritten while it looks on: of a large removal there are millions.
    """
    nothing = bytes(page_bytes)
    base = 0
    while data := _read(file, base, _AT_ONCE * page_bytes):
        for offset in range(0, len(data) - page_bytes + 1, page_bytes):
            kind = data[offset]
            if kind not in _TREE or not base + offset:
                continue
            start = offset + _TREE[kind] + 2 * (data[offset + 3] << 8 | data[offset + 4])
            end = offset + ((data[offset + 5] << 8 | data[offset + 6]) or 65536)
            if start <= end <= offset + page_bytes and data[start:end] != nothing[: end - start]:
                yield base + start, base + end
            if data[offset + 1] or data[offset + 2]:
                for first, last in _free_blocks(data[offset : offset + page_bytes]):
                    yield base + offset + first, base + offset + last
        base += len(data)


def _free_blocks(page: bytes) -> Iterator[tuple[int, int]]:
    """Free blocks of a page that hold anything beside their four bytes of where and how large (1.6)."""
    block, before = page[1] << 8 | page[2], 0
    while before < block <= len(page) - 4:
        following, size = struct.unpack(">HH", page[block : block + 4])
        if block + size > len(page):
            return
        if any(page[block + 4 : block + size]):
            yield block + 4, block + size
        block, before = following, block


def _free_pages(file: BinaryIO, page_bytes: int) -> Iterator[tuple[int, int]]:
    """Free pages that hold anything (SQLite's file format, 1.5), without their list of others."""
    count = file.seek(0, 2) // page_bytes
    trunk, seen = struct.unpack(">I", _read(file, 32, 4))[0], set[int]()
    while 1 < trunk <= count and trunk not in seen:
        seen.add(trunk)
        page = _read(file, (trunk - 1) * page_bytes, page_bytes)
        following, listed = struct.unpack(">II", page[:8])
        if listed > page_bytes // 4 - 2:
            return
        if any(page[8 + 4 * listed :]):
            yield (trunk - 1) * page_bytes + 8 + 4 * listed, trunk * page_bytes
        for leaf in struct.unpack(f">{listed}I", page[8 : 8 + 4 * listed]):
            if 1 < leaf <= count and any(_read(file, (leaf - 1) * page_bytes, page_bytes)):
                yield (leaf - 1) * page_bytes, leaf * page_bytes
        trunk = following


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    return os.pread(file.fileno(), size, start)


def main() -> None:
    """Empties the slack of the files that are named."""
    said: list[bool | str] = []
    for path in map(Path, sys.argv[1:]):
        try:
            said.append(clear_slack(path) is not None)
        except (OSError, sqlite3.Error) as error:
            said.append(str(error))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
