"""Whether archive, crawl store, ledger and key of removals belong to one state; looked at by every opening.

In: an archive's connection and path. Out: nothing where they agree, an error that says what is missing where
they do not, so that nothing which was removed is shown meanwhile; and what of the ledger the archive lacks.

The archive has the lines that were applied to it, and how many of them it knows to stand in the file; the
crawl store has how many it has seen. So an older archive, an older crawl store, a ledger that lost a line and
one that is gone are each told by the others. An archive all by itself, without crawl store, ledger and key,
is a copy that was handed out: it is read and not written to.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pipelines.archive.kept_out.key import CHECK_KEY, key_path, read_key
from pipelines.archive.kept_out.ledger import (
    ADVICE,
    START,
    LedgerLine,
    append,
    entries_of,
    ledger_path,
    read_ledger,
    whole_lines,
    write_anew,
)
from pipelines.database import path_of, store_path
from pipelines.errors import RefusedError

WRITTEN_KEY = "ledger_written"
"""In the archive's `meta`: how many of its lines are known to stand in the ledger's file."""


def refuse_disagreement(
    connection: sqlite3.Connection, archive_path: Path, *, writing: bool, replaying: bool = False
) -> None:
    """Raises RefusedError where the files of an archive do not belong to one state.

    Args:
        connection: the archive's, at the present schema.
        archive_path: where it lies, and the others beside it.
        writing: it is opened to be written to.
        replaying: what the archive or the crawl store lacks is about to be applied; only what cannot be
        mended
            by that is refused.
    """
    if restoring_path(archive_path).exists():
        raise RefusedError(
            f"{archive_path}: putting a backup back was interrupted; run the same `parknews restore` again"
        )
    ledger, store, own = ledger_path(archive_path), store_path(archive_path), own_lines(connection)
    if not own and not ledger.exists():
        _refuse_lost_ledger(store, archive_path, 0)
        return
    key = read_key(archive_path)
    if own and key is None and not ledger.exists() and not store.exists():
        if writing:
            raise RefusedError(
                f"{archive_path}: a copy without the key and the ledger of its removals: it can be read,"
                " and not written to"
            )
        return
    if key is None:
        raise RefusedError(
            f"{key_path(archive_path)}: the key of the removals is missing, so that nobody can say what must"
            " stay out; put it back from a backup"
        )
    said = connection.execute("SELECT value FROM meta WHERE key = ?", (CHECK_KEY,)).fetchone()
    if said is not None and said[0] != key.check:
        raise RefusedError(f"{key_path(archive_path)}: the key of another archive; put the right one back")
    if not ledger.exists():
        _refuse_lost_ledger(store, archive_path, len(own))
    if whole_lines(ledger) != own:
        _refuse_other_lines(connection, archive_path, own, replaying=replaying)
    if not replaying and store_is_older(connection, store):
        raise RefusedError(
            f"{store}: an older state of the crawl store: it may have pages that were removed since; run"
            " `parknews removals replay` first"
        )


def restoring_path(archive_path: Path) -> Path:
    """What lies beside an archive while its files are exchanged for those of a backup."""
    return archive_path.with_name(f"{archive_path.name}.restoring")


def own_lines(connection: sqlite3.Connection) -> list[str]:
    """The lines of the ledger that were applied to an archive."""
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'ledger_lines'").fetchone() is None:
        return []
    return [row[0] for row in connection.execute("SELECT line FROM ledger_lines ORDER BY number")]


def put_line(connection: sqlite3.Connection, entry: LedgerLine) -> None:
    """Notes that a line was applied; `write_lines` brings it into the file."""
    connection.execute("INSERT INTO ledger_lines (line) VALUES (?)", (entry.line(),))


def change_line(connection: sqlite3.Connection, entry: LedgerLine) -> None:
    """Puts a line in place of the one with its hash: what people said in it was changed."""
    number = 1 + [line.hash for line in own_entries(connection, path_of(connection))].index(entry.hash)
    connection.execute("UPDATE ledger_lines SET line = ? WHERE number = ?", (entry.line(), number))


def behind(connection: sqlite3.Connection, archive_path: Path) -> list[LedgerLine]:
    """Entries of the ledger that were not applied to this archive; none where it is up to date or ahead.

    Raises:
        RefusedError: the ledger was changed, or is another archive's.
    """
    own = own_entries(connection, archive_path)
    entries = read_ledger(archive_path)
    _refuse_fork(own, entries, archive_path)
    return entries[len(own) :]


def own_entries(connection: sqlite3.Connection, archive_path: Path) -> list[LedgerLine]:
    """The entries of the ledger that were applied to an archive."""
    return entries_of(own_lines(connection), archive_path, f"the ledger within {archive_path.name}")


def write_lines(connection: sqlite3.Connection, archive_path: Path) -> int:
    """Writes to the ledger's file what the archive knows of it and the file lacks; returns how much that is.

    Lines that the file has beyond the archive's stay: they wait to be applied.
    """
    path, own = ledger_path(archive_path), own_lines(connection)
    there = whole_lines(path)
    if there[: len(own)] == own:
        return len(own)
    entries = own_entries(connection, archive_path)
    if there == own[: len(there)]:
        append(path, (entry.line() for entry in entries[len(there) :]))
        return len(own)
    after = read_ledger(archive_path)
    _refuse_fork(entries, after, archive_path)
    write_anew(path, [*own, *(entry.line() for entry in after[len(own) :])])
    return len(own)


def store_is_older(connection: sqlite3.Connection, store: Path) -> bool:
    """Whether the crawl store has pages, and has not seen what the archive knows to stand in the ledger."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (WRITTEN_KEY,)).fetchone()
    if row is None or not store.exists():
        return False
    length, has_pages = _known_to(store)
    return has_pages and length < int(row[0])


def head_of(entries: list[LedgerLine]) -> str:
    """The hash of the last entry."""
    return entries[-1].hash if entries else START


def _known_to(store: Path) -> tuple[int, bool]:
    """How many lines of the ledger a crawl store has seen, and whether it has any page."""
    if not store.exists():
        return 0, False
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            [has_pages] = connection.execute("SELECT EXISTS (SELECT 1 FROM pages)").fetchone()
        except sqlite3.DatabaseError:  # no crawl store, or a damaged one: who opens it says so
            return 0, False
        try:
            [length] = connection.execute("SELECT max(length) FROM orders_known").fetchone()
        except sqlite3.OperationalError:  # from before it was noted there
            length = None
    return length or 0, bool(has_pages)


def _refuse_lost_ledger(store: Path, archive_path: Path, length: int) -> None:
    """Where the ledger is gone, an archive that is older than the crawl store must not stand in for it."""
    if (known := _known_to(store)[0]) > length:
        raise RefusedError(
            f"{ledger_path(archive_path)}: the ledger of removals is missing: {known} orders were given, this"
            f" archive knows of {length}; put the ledger back from the latest backup"
        )


def _refuse_other_lines(
    connection: sqlite3.Connection, archive_path: Path, own: list[str], *, replaying: bool
) -> None:
    ledger, entries = ledger_path(archive_path), read_ledger(archive_path)
    _refuse_fork(own_entries(connection, archive_path), entries, archive_path)
    if replaying:
        return
    if len(entries) > len(own):
        raise RefusedError(
            f"{archive_path}: an older state of the archive: {len(entries) - len(own)} orders of"
            f" {ledger.name} are not applied to it; run `parknews removals replay` first"
        )
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (WRITTEN_KEY,)).fetchone()
    if row is not None and len(entries) < int(row[0]):
        what = "lacks its last lines" if ledger.exists() else "is missing"
        raise RefusedError(
            f"{ledger}: the ledger of removals {what}: {len(entries)} of {row[0]} are there; put it back from"
            " a backup, or let `parknews removals replay` write it again from the archive"
        )


def _refuse_fork(own: list[LedgerLine], entries: list[LedgerLine], archive_path: Path) -> None:
    for number, (ours, theirs) in enumerate(zip(own, entries, strict=False), start=1):
        if ours.hash != theirs.hash:
            raise RefusedError(
                f"{ledger_path(archive_path).name}: line {number} was changed by hand, or belongs to another"
                f" archive than {archive_path.name}; {ADVICE}"
            )
