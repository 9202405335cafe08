"""Making the two files forget what was deleted from them: index merged, log emptied, slack overwritten.

In: an archive and a crawl store after rows were deleted. Out: the same rows in files in which no byte of the
deleted ones is left. VACUUM forgets what lies in gaps by writing the whole file anew, with the right to write
held all the while and room for the file twice again; here it is overwritten where it lies (slack.py;
docs/decisions/0005-forgetting.md has both measured).
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from pipelines.archive.file import storage_errors
from pipelines.errors import StorageError
from pipelines.forget import slack
from pipelines.forget.files import Files

MERGE_PAGES = 500
"""Pages of the index merged in one transaction (2 MB), so that a crawl can write between."""

CHECKPOINT_WAIT_MS = 5_000
"""A reader's query is over by then; one that holds the log longer is told of, and the command run again."""


def forget_files(files: Files, *, vacuum: bool = False) -> tuple[str, bool]:
    """Makes both files forget; returns what keeps one from it, and whether their slack is empty.

    Args:
        files: from which rows were deleted.
        vacuum: write both files anew as well, whatever is found in them.
    """
    with storage_errors(files.path):
        files.archive.execute(_FORGET_SAMPLES)
        _merge_index(files.archive)
        held = [] if fold_log(files.archive, vacuum=vacuum) else ["archive"]
    with files.store.reading() as connection:
        held += [] if fold_log(connection, vacuum=vacuum) else ["crawl store"]
    is_empty = not held and not overwrite_slack(files.path, files.store.path)
    return "; ".join(f"a reader holds the {name}'s log" for name in held), is_empty


_FORGET_SAMPLES = "DROP TABLE IF EXISTS sqlite_stat4"
"""Where SQLite is built so, ANALYZE keeps keys of indexes as samples: addresses and titles among them."""


def overwrite_slack(*paths: Path) -> list[Path]:
    """Empties what belongs to nothing; returns the files in which that could not be done now.

    Those are files to which somebody writes without a pause, or that SQLite keeps otherwise than we do.

    Raises:
        StorageError: the disk fails, somebody else writes for half a minute, or the process was killed.
    """
    command = [sys.executable, "-IS", slack.__file__, *map(str, paths)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603  # our own program
    if run.returncode:
        raise killed()
    left = []
    for path, said in zip(paths, json.loads(run.stdout), strict=True):
        with storage_errors(path):
            if isinstance(said, str):
                raise sqlite3.OperationalError(said)
        left += [] if said else [path]
    return left


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


def killed() -> StorageError:
    """What is said where a process that reads the files was ended from outside."""
    return StorageError(
        "a process that reads the archive's files was killed; free some memory and run the same command"
    )
