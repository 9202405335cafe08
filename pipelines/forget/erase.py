"""Making the two files forget what was deleted from them: index merged, log emptied, slack overwritten.

In: an archive and a crawl store after rows were deleted. Out: the same rows in files in which no byte of the
deleted ones is left. Both files overwrite what they delete (`secure_delete`), but when SQLite splits a full
page, the rows that move to its neighbour stay behind as bytes between the page's list of cells and its cells
(rebuildPage in SQLite's btree.c leaves that gap as it is). Later the row is deleted from its new page only.
VACUUM forgets such bytes by writing the whole file anew, with the right to write held all the while and room
for the file twice again; here they are overwritten where they lie (docs/decisions/0005-forgetting.md has
both measured).
"""

from __future__ import annotations

import os
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pipelines.archive.file import BUSY_TIMEOUT_MS, storage_errors
from pipelines.errors import StorageError
from pipelines.forget.files import Files

T = TypeVar("T")

MERGE_PAGES = 500
"""Pages of the index merged in one transaction (2 MB), so that a crawl can write between."""

CHECKPOINT_WAIT_MS = 5_000
"""A reader's query is over by then; one that holds the log longer is told of, and the command run again."""

_TRIES, _PAUSE_S = 100, 0.02
"""A crawl writes a page in milliseconds and then does something else for longer."""


def forget_files(files: Files, *, vacuum: bool = False) -> tuple[str, bool]:
    """Makes both files forget; returns what keeps one from it, and whether their slack is empty.

    Args:
        files: from which rows were deleted.
        vacuum: write both files anew as well, whatever is found in them.
    """
    with storage_errors(files.path):
        _merge_index(files.archive)
        held = [] if fold_log(files.archive, vacuum=vacuum) else ["archive"]
    with files.store.reading() as connection:
        held += [] if fold_log(connection, vacuum=vacuum) else ["crawl store"]
    is_empty = not held and not overwrite_slack(files.path, files.store.path)
    return "; ".join(f"a reader holds the {name}'s log" for name in held), is_empty


def overwrite_slack(*paths: Path) -> list[Path]:
    """Empties what belongs to nothing; returns the files in which that could not be done now.

    Those are files to which somebody writes without a pause, or that SQLite keeps otherwise than we do.
    """
    done = in_own_process(clear_all_slack, paths)
    return [path for path, is_done in zip(paths, done, strict=True) if not is_done]


def clear_all_slack(paths: Sequence[Path]) -> list[bool]:
    """Whether what belongs to nothing is empty now, for each of these databases. For a process of its own."""
    return [clear_slack(path) is not None for path in paths]


def _merge_index(connection: sqlite3.Connection) -> None:
    """Makes the search index one segment, so that no deleted word stays in an old one; in short steps.

    FTS5 deletes by adding a note that a word is no more; only merging drops both.
    """
    pages = -MERGE_PAGES  # negative: all segments take part, as with 'optimize'
    while True:
        before = connection.total_changes
        connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (pages,))
        if connection.total_changes - before < 2:  # as the documentation of FTS5 has it: nothing was done
            return
        pages = MERGE_PAGES


def fold_log(connection: sqlite3.Connection, *, vacuum: bool = False) -> bool:
    """Folds the log into the file, which is made anew where asked; False where a reader holds the log."""
    if vacuum:
        connection.execute("VACUUM")
    [usual_ms] = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_WAIT_MS}")
    [is_busy, _, _] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {usual_ms}")
    return not is_busy


# What belongs to nothing in an SQLite file. Nothing that SQLite ever reads is touched, and nobody writes
# meanwhile: the right to write is held and the log is empty.

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
        StorageError: the disk fails, or somebody else writes for half a minute.
    """
    with storage_errors(path), path.open("r+b", buffering=0) as file:  # closed after the connection
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        try:
            if not _begun_with_empty_log(connection, path):
                return None
            page_bytes = _page_bytes(file)
            if page_bytes is None:
                return None
            spans = [*_slack(file, page_bytes), *_free_pages(file, page_bytes)]
            for start, end in spans:
                file.seek(start)
                file.write(bytes(end - start))
            os.fsync(file.fileno())
            [version] = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return len(spans)
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
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_SQLITE):
        return None
    [page_bytes] = struct.unpack(">H", header[16:18])
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    has_pointer_maps = header[52:56] != bytes(4)
    if has_pointer_maps or file.seek(0, 2) // page_bytes >= _MOST_PAGES:
        return None
    return page_bytes


def _slack(file: BinaryIO, page_bytes: int) -> Iterator[tuple[int, int]]:
    """Where bytes that are not zero belong to no cell: from, to; the first page is the schema's."""
    nothing = bytes(page_bytes)
    file.seek(0)
    base = 0
    while data := file.read(_AT_ONCE * page_bytes):
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
    file.seek(32)
    trunk, seen = struct.unpack(">I", file.read(4))[0], set[int]()
    while 1 < trunk <= count and trunk not in seen:
        seen.add(trunk)
        file.seek((trunk - 1) * page_bytes)
        page = file.read(page_bytes)
        following, listed = struct.unpack(">II", page[:8])
        if listed > page_bytes // 4 - 2:
            return
        if any(page[8 + 4 * listed :]):
            yield (trunk - 1) * page_bytes + 8 + 4 * listed, trunk * page_bytes
        for leaf in struct.unpack(f">{listed}I", page[8 : 8 + 4 * listed]):
            if 1 < leaf <= count:
                file.seek((leaf - 1) * page_bytes)
                if any(file.read(page_bytes)):
                    yield (leaf - 1) * page_bytes, leaf * page_bytes
        trunk = following


def in_own_process(function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns; it goes on to its end where this process is killed meanwhile.

    For reading database files as files: a process that closes one lets go of every lock that it holds on
    it, those of SQLite, too (sqlite.org/howtocorrupt.html, 2.2).

    Raises:
        StorageError: the process was killed, most likely for want of memory.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, function, arguments), daemon=False)
    process.start()
    theirs.close()
    try:
        is_error, answer = ours.recv()
    except EOFError as error:
        raise StorageError(
            "a process that reads the archive's files was killed; free some memory and run the same command"
        ) from error
    finally:
        process.join()
        ours.close()
    if is_error:
        raise answer
    return answer  # type: ignore[no-any-return]  # what the function returns


def _answer(theirs: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        answer = (False, function(*arguments))
    except Exception as error:  # noqa: BLE001  # it is raised where the answer is awaited
        answer = (True, error)
    with suppress(BrokenPipeError):  # nobody waits any more
        theirs.send(answer)
