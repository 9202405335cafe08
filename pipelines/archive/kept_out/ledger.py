"""The ledger of removals: a file beside the archive, each line chained to the one before by its hash.

In: what is ordered or undone. Out: a file of JSON lines that no backup of the archive takes back, so that
an archive that is behind it is known and refused until the removals were applied to it again. It holds
salted hashes of addresses, numbers and times.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipelines.errors import RefusedError, StorageError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

HEAD_KEY = "ledger_head"
"""In the archive's `meta`: the hash of the last line of the ledger that was applied to it."""

START = "0" * 64
"""What the first line names as the one before it."""


_LATER = ("basis", "ticket", "operator", "stay_down", "mentions")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line."""

    removal: str
    """The order's own number, the same in every copy of the archive: time and plan hash."""
    event: str
    """ordered (again where what was hidden may be deleted) or restored."""
    at: str
    salt: str
    plan_hash: str
    scope: str
    requester: str
    reason: str
    mode: str
    due_at: str | None
    blocks: tuple[tuple[str, str], ...]
    """Kind and hexadecimal hash of everything that must stay out."""
    previous: str = START
    basis: str = ""
    ticket: str = ""
    operator: str = ""
    stay_down: bool = False
    mentions: bool = False

    def line(self) -> str:
        """The entry as it is written; what came later and says nothing is left out, as in older lines."""
        said = {name: value for name, value in asdict(self).items() if value or name not in _LATER}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @property
    def hash(self) -> str:
        """What the next line names."""
        return hashlib.sha256(self.line().encode()).hexdigest()


def ledger_path(archive_path: Path) -> Path:
    """archive.db -> archive-removals.jsonl beside it."""
    return archive_path.with_name(f"{archive_path.stem}-removals.jsonl")


def read_ledger(path: Path) -> list[LedgerLine]:
    """The entries in order; empty where there is no ledger. A last line that was cut short does not count.

    Raises:
        RefusedError: a line was changed or taken out.
        StorageError: the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; mend its rights") from error
    entries: list[LedgerLine] = []
    for number, line in enumerate(lines[:-1], start=1):
        entry = _parsed(line, path, number)
        if entry.previous != (entries[-1].hash if entries else START):
            raise RefusedError(
                f"{path}: line {number} does not follow the one before: it was changed by hand"
            )
        entries.append(entry)
    return entries


def append(path: Path, entry: LedgerLine) -> None:
    """Adds a line that follows from the last, and waits until it is on the disk.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        known = path.read_bytes() if path.exists() else b""
        with path.open("r+b" if path.exists() else "x+b") as file:
            file.truncate(known.rfind(b"\n") + 1)  # what a kill cut short
            file.seek(0, os.SEEK_END)
            file.write(entry.line().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}; free some space or mend its rights"
        ) from error


def head_of(connection: sqlite3.Connection) -> str:
    """The last line that was applied to this archive."""
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone() is None:
        return START
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (HEAD_KEY,)).fetchone()
    return START if row is None else str(row[0])


def set_head(connection: sqlite3.Connection, head: str) -> None:
    """Notes the last line that was applied."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (HEAD_KEY, head))


def behind(connection: sqlite3.Connection, archive_path: Path) -> list[LedgerLine]:
    """Entries of the ledger that were not applied to this archive; none where it is up to date or ahead.

    Raises:
        RefusedError: the ledger was changed by hand.
    """
    entries = read_ledger(ledger_path(archive_path))
    head = head_of(connection)
    hashes = [entry.hash for entry in entries]
    if head in hashes:
        return entries[hashes.index(head) + 1 :]
    return entries if head == START else []


def refuse_behind(connection: sqlite3.Connection, archive_path: Path) -> None:
    """Raises RefusedError where the archive is behind its ledger; costs a file's existence otherwise."""
    path = ledger_path(archive_path)
    if not path.exists() or _last_hash(path) == head_of(connection):
        return
    if missing := behind(connection, archive_path):
        raise RefusedError(
            f"{archive_path}: an older state of the archive: {len(missing)} orders of"
            f" {path.name} are not applied to it; run `parknews removals replay` first"
        )


def _last_hash(path: Path) -> str:
    """The hash of the last whole line, without looking at the others."""
    with path.open("rb") as file:
        lines = file.read().split(b"\n")
    return hashlib.sha256(lines[-2]).hexdigest() if len(lines) > 1 else START


def parse(line: str) -> LedgerLine:
    """The entry of a line.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    values = json.loads(line)
    values["blocks"] = tuple((kind, digest) for kind, digest in values["blocks"])
    return LedgerLine(**values)


def _parsed(line: str, path: Path, number: int) -> LedgerLine:
    try:
        return parse(line)
    except (ValueError, TypeError, KeyError) as error:
        raise RefusedError(f"{path}: line {number} is not an entry: it was changed by hand") from error
