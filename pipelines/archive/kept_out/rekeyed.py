"""An archive from before its removals had a key: its salt leaves it, and what was salted is keyed.

In: an archive that has just been migrated, inside that transaction. Out: the same archive, in which nothing
is known by a digest that the archive itself tells how to make; the salt lies in the key's file from then on.
What the transaction deleted lies on in the file's gaps until it was made anew, which `erase_rest` does.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.archive.kept_out.agreement import WRITTEN_KEY
from pipelines.archive.kept_out.key import CHECK_KEY, Key, made_key
from pipelines.archive.kept_out.ledger import START, LedgerLine, from_before_the_key, read_ledger, rekeyed
from pipelines.archive.kept_out.stay_down import in_no_order, keyed, packed, put_keys
from pipelines.database import store_path
from pipelines.errors import RefusedError

_ERASE_KEY = "erase_salted"
"""In `meta`: what was salted lies on in the file's gaps."""


def rekey(connection: sqlite3.Connection, archive_path: Path) -> None:
    """Takes the salt out of an archive, and keys what was salted; nothing where that was done.

    Raises:
        RefusedError: the key beside the archive belongs to another one.
        StorageError: the key cannot be written.
    """
    row = connection.execute("SELECT value FROM meta WHERE key = 'salt'").fetchone()
    if row is None:
        return
    head = connection.execute("SELECT value FROM meta WHERE key = 'ledger_head'").fetchone()
    connection.execute("DELETE FROM meta WHERE key IN ('salt', 'ledger_head')")
    if connection.execute("SELECT 1 FROM removals LIMIT 1").fetchone() is None:
        return
    key = made_key(archive_path, row[0])
    if key.salt != row[0]:
        raise RefusedError(f"{archive_path}: the key of removals beside it belongs to another archive")
    _rekey_blocks(connection, key)
    _rekey_texts(connection, key)
    _rekey_record(connection, key)
    _rekey_lines(connection, archive_path, key, head[0] if head else START)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (CHECK_KEY, key.check))
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", (_ERASE_KEY,))


def erase_rest(connection: sqlite3.Connection) -> None:
    """Makes the file anew where `rekey` left something in its gaps; later, where there is no room now."""
    if connection.execute("SELECT 1 FROM meta WHERE key = ?", (_ERASE_KEY,)).fetchone() is None:
        return
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError:  # a full disk, or a reader: the next opening tries again
        return
    [is_busy, _, _] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if not is_busy:
        connection.execute("DELETE FROM meta WHERE key = ?", (_ERASE_KEY,))


def _rekey_blocks(connection: sqlite3.Connection, key: Key) -> None:
    rows = connection.execute("SELECT kind, hash, removal_id FROM blocks").fetchall()
    connection.execute("DELETE FROM blocks")
    connection.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?)", [(kind, key.over(digest), n) for kind, digest, n in rows]
    )


def _rekey_texts(connection: sqlite3.Connection, key: Key) -> None:
    rows = connection.execute("SELECT id, shingles, numbers FROM stay_down").fetchall()
    connection.execute("DELETE FROM stay_down_keys")
    for text_id, shingles, numbers in rows:
        sample = keyed((piece.tobytes() for piece in np.frombuffer(shingles, dtype="<u8")), key)
        places = {
            place[0] + _keyed_hex(place[1:], key): sorted(_keyed_hex(value, key) for value in values)
            for place, values in json.loads(numbers).items()
        }
        connection.execute(
            "UPDATE stay_down SET shingles = ?, numbers = ? WHERE id = ?",
            (packed(sample), in_no_order(places), text_id),
        )
        put_keys(connection, text_id, sample)


def _keyed_hex(digest: str, key: Key) -> str:
    return key.over(bytes.fromhex(digest), 8).hex()


def _rekey_record(connection: sqlite3.Connection, key: Key) -> None:
    """Plan hashes and marks of addresses, wherever the record has them."""
    plans: dict[str, str] = {}
    for number, scope, plan_hash, at in connection.execute(
        "SELECT id, scope, plan_hash, at FROM removals"
    ).fetchall():
        plans[plan_hash] = key.plan(plan_hash)
        connection.execute(
            "UPDATE removals SET scope = ?, plan_hash = ?, ledger_order = ? WHERE id = ?",
            (rekeyed(scope, key), plans[plan_hash], f"{at} {plans[plan_hash]}", number),
        )
    [stays] = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = 'removal_events_stay'"
    ).fetchone()
    connection.execute("DROP TRIGGER removal_events_stay")
    connection.executemany(
        "UPDATE removal_events SET detail = replace(detail, ?, ?) WHERE event = 'ordered'", plans.items()
    )
    connection.execute(stays)


def _rekey_lines(connection: sqlite3.Connection, archive_path: Path, key: Key, head: str) -> None:
    """The ledger as far as it was applied: as the file has it, as the archive has it where the file ends."""
    own = [row[0] for row in connection.execute("SELECT line FROM ledger_lines ORDER BY number")]
    entries = read_ledger(archive_path)
    written = len(entries)
    following = {json.loads(line)["previous"]: line for line in own}
    while line := following.pop(_once(entries), None):
        entries.append(_next(entries, line, key))
    hashes = [entry.was or entry.hash for entry in entries]
    if head in hashes:
        entries = entries[: hashes.index(head) + 1]
    elif head == START:
        entries = []
    else:  # the ledger is lost: the archive has the last line of each order
        entries = []
        for line in own:
            entries.append(_next(entries, line, key))
    connection.execute("DELETE FROM ledger_lines")
    connection.executemany(
        "INSERT INTO ledger_lines VALUES (?, ?)",
        [(number, entry.line()) for number, entry in enumerate(entries, start=1)],
    )
    if entries and (written or store_path(archive_path).exists()):
        written = min(written, len(entries)) or len(entries)
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (WRITTEN_KEY, str(written)))


def _once(entries: list[LedgerLine]) -> str:
    """The hash that the last line had before there was a key."""
    return entries[-1].was or entries[-1].hash if entries else START


def _next(entries: list[LedgerLine], line: str, key: Key) -> LedgerLine:
    was = hashlib.sha256(line.encode()).hexdigest()
    previous = entries[-1].hash if entries else START
    return replace(from_before_the_key(json.loads(line), key), previous=previous, was=was)
