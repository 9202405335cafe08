"""Ordering a removal: its row in the record, its blocks, the pages that it withholds, its line in the ledger.

In: a plan, or an entry of the ledger. Out: an archive in which the removal holds from this moment on, and
later steps find what to do. Everything written here is safe to keep for good: hosts and prefixes as ordered,
salted hashes, and who asked.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pipelines.archive.file import storage_errors
from pipelines.archive.kept_out import ledger
from pipelines.archive.kept_out.blocks import Term, block_hash, read_blocklist, read_salt
from pipelines.errors import RefusedError
from pipelines.forget.record import put_event, removal
from pipelines.utc import iso

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from pipelines.forget.files import Files
    from pipelines.forget.plan import Plan


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants what done, and how."""

    requester: str
    reason: str
    at: str
    """UTC."""
    basis: str = ""
    ticket: str = ""
    operator: str = ""
    hide_only: bool = False
    stay_down: bool = False
    mentions: bool = False
    due_at: str | None = None
    """When the deletion may begin; None: now."""
    now_reason: str = ""
    """Why a scope that reaches other people's pages is deleted without waiting."""

    @property
    def mode(self) -> str:
        """As the record has it."""
        return "hide" if self.hide_only else "delete"


_SAID = ("requester", "reason", "basis", "ticket", "operator", "mode", "stay_down", "mentions", "due_at")
"""What an order, its row in the record and its line in the ledger say in the same words."""


def with_wait(order: Order, plan: Plan, days: int) -> Order:
    """The order, carried out only after so many days where its plan reaches other people's pages."""
    if not plan.reaches_others or order.now_reason or order.hide_only or not days:
        return order
    return replace(order, due_at=iso(datetime.fromisoformat(order.at) + timedelta(days=days)))


@contextmanager
def ordering(files: Files) -> Iterator[sqlite3.Connection]:
    """A transaction that orders something or takes it back; once it is through the ledger has it too."""
    with files.transaction() as connection:
        yield connection
    sync_ledger(files)


def put_order(connection: sqlite3.Connection, plan: Plan, order: Order) -> int:
    """Records an order with its blocks, and marks the pages that it withholds; returns its number."""
    number = _put_removal(
        connection,
        scope=plan.scope.described(read_salt(connection)),
        at=order.at,
        plan_hash=plan.hash,
        version=version("parknews"),
        survivors=json.dumps([{"article": s.article_id, "source": s.source} for s in plan.survivors]),
        **_said(order),
    )
    put_blocks(connection, number, hashed(connection, plan.terms()))
    withhold(connection, number, [page.reading_id for page in plan.pages])
    hosts = plan.scope.hosts if not plan.scope.is_narrowed else ()
    connection.executemany("UPDATE sources SET status = 'removed' WHERE host = ?", [(h,) for h in hosts])
    connection.execute(
        "INSERT OR IGNORE INTO removed_articles SELECT value, ? FROM json_each(?)",
        (number, json.dumps(plan.articles_gone)),
    )
    put_event(connection, number, order.at, "ordered", f"plan {plan.hash}, {len(plan.pages)} pages")
    if order.now_reason:
        put_event(connection, number, order.at, "without waiting", order.now_reason)
    return number


def put_replayed(connection: sqlite3.Connection, entry: ledger.LedgerLine, at: str) -> int | None:
    """The order of a ledger's entry in this archive: found, or recorded with its blocks.

    None where the entry takes back an order that this archive does not know of.

    Raises:
        RefusedError: the archive has removals of its own under another salt.
    """
    _adopt_salt(connection, entry.salt)
    row = connection.execute(
        "SELECT id FROM removals WHERE at || ' ' || plan_hash = ?", (entry.removal,)
    ).fetchone()
    if row is not None and entry.event == "ordered":
        connection.execute(
            "UPDATE removals SET mode = ?, due_at = ? WHERE id = ?", (entry.mode, entry.due_at, row[0])
        )
    if row is not None or entry.event == "restored":
        return None if row is None else int(row[0])
    number = _put_removal(
        connection,
        scope=entry.scope,
        at=entry.removal.partition(" ")[0],
        plan_hash=entry.plan_hash,
        ledger_line=entry.line(),
        **_said(entry),
    )
    put_blocks(connection, number, {(kind, bytes.fromhex(digest)) for kind, digest in entry.blocks})
    put_event(connection, number, at, "replayed from the ledger")
    return number


def go_ahead(connection: sqlite3.Connection, removal_id: int, order: Order) -> None:
    """Lets a removal that hides, or waits, delete when the order says so."""
    connection.execute(
        "UPDATE removals SET mode = 'delete', due_at = ? WHERE id = ?", (order.due_at, removal_id)
    )
    put_event(connection, removal_id, order.at, "may be deleted", order.now_reason or order.reason)


def hashed(connection: sqlite3.Connection, terms: Iterable[Term]) -> set[tuple[str, bytes]]:
    """Terms as they are blocked: the kind of each and its salted hash."""
    salt = read_salt(connection)
    return {(term.kind, block_hash(salt, *term)) for term in terms}


def put_blocks(connection: sqlite3.Connection, removal_id: int, hashes: set[tuple[str, bytes]]) -> None:
    """Keeps out what these are the hashes of."""
    connection.executemany(
        "INSERT OR IGNORE INTO blocks (kind, hash, removal_id) VALUES (?, ?, ?)",
        [(kind, digest, removal_id) for kind, digest in sorted(hashes)],
    )


def withhold(connection: sqlite3.Connection, removal_id: int, reading_ids: Iterable[int]) -> None:
    """Marks readings for a removal; each removal marks what it holds back, whatever others do.

    Where another has hidden the page already, the numbers that its copy had are known from there.
    """
    connection.executemany(
        "INSERT INTO withheld (reading_id, removal_id, copy_id, article_id)"
        " SELECT ?1, ?2, max(copy_id), max(article_id) FROM withheld WHERE reading_id = ?1"
        " ON CONFLICT (reading_id, removal_id) DO NOTHING",
        [(reading_id, removal_id) for reading_id in reading_ids],
    )


def withhold_blocked(connection: sqlite3.Connection, removal_id: int, *, credited: bool = False) -> int:
    """Marks every reading that the removal's own blocks hold; returns how many were not marked before.

    Args:
        connection: inside the caller's transaction.
        removal_id: whose blocks.
        credited: pages that credit a blocked publisher, too. The order leaves contested ones out, and
            blocks the address of each of the others.
    """
    mine = read_blocklist(connection, removal_id)
    rows = connection.execute(
        "SELECT id, page_url, url_answered, source, credited_source FROM readings WHERE id NOT IN"
        " (SELECT reading_id FROM withheld WHERE removal_id = ?)",
        (removal_id,),
    ).fetchall()
    held = [
        number
        for number, page_url, answered, source, name in rows
        if mine.blocks_host(source)
        or mine.blocks(page_url)
        or mine.blocks(answered)
        or (credited and mine.blocks_publisher(name))
    ]
    withhold(connection, removal_id, held)
    return len(held)


def enter(files: Files, removal_id: int, event: str, at: str) -> None:
    """Prepares the ledger's line, inside an `ordering` transaction, which writes it once it is through."""
    connection = files.archive
    order = removal(connection, removal_id)
    entries = ledger.read_ledger(ledger.ledger_path(files.path))
    blocks = connection.execute(
        "SELECT kind, hash FROM blocks WHERE removal_id = ? ORDER BY kind, hash", (removal_id,)
    )
    entry = ledger.LedgerLine(
        removal=f"{order.at} {order.plan_hash}",
        event=event,
        at=at,
        salt=read_salt(connection),
        plan_hash=order.plan_hash,
        scope=order.scope,
        blocks=tuple((kind, bytes(digest).hex()) for kind, digest in blocks),
        previous=entries[-1].hash if entries else ledger.START,
        **_said(order),
    )
    connection.execute("UPDATE removals SET ledger_line = ? WHERE id = ?", (entry.line(), removal_id))
    ledger.set_head(connection, entry.hash)


def sync_ledger(files: Files) -> None:
    """Writes to the ledger what was ordered and, after a kill, does not stand there yet."""
    path = ledger.ledger_path(files.path)
    entries = ledger.read_ledger(path)
    last = entries[-1].hash if entries else ledger.START
    with storage_errors(files.path):
        lines = files.archive.execute(
            "SELECT ledger_line FROM removals WHERE ledger_line <> '' ORDER BY id"
        ).fetchall()
    waiting = {entry.previous: entry for entry in (ledger.parse(line) for (line,) in lines)}
    while entry := waiting.get(last):
        ledger.append(path, entry)
        last = entry.hash


def _put_removal(connection: sqlite3.Connection, **values: Any) -> int:
    row = connection.execute(
        f"INSERT INTO removals ({', '.join(values)}, state)"
        f" VALUES ({', '.join('?' * len(values))}, 'blocked') RETURNING id",
        tuple(values.values()),
    ).fetchone()
    return int(row[0])


def _said(order: Any) -> dict[str, Any]:
    return {name: getattr(order, name) for name in _SAID}


def _adopt_salt(connection: sqlite3.Connection, salt: str) -> None:
    """An archive without removals of its own takes the ledger's salt, so that its hashes mean the same."""
    if read_salt(connection) == salt:
        return
    if connection.execute("SELECT 1 FROM blocks LIMIT 1").fetchone() is not None:
        raise RefusedError("the ledger belongs to another archive: its salt is not this one's")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'salt'", (salt,))
