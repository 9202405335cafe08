"""Ordering a removal: its row in the record, the blocks that keep it out, and the pages that it withholds.

Everything written here is safe to keep for good: hosts and prefixes as ordered, salted hashes, and who asked.
Works inside the caller's transactions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.archive.kept_out.blocks import block_hash, read_blocklist, read_salt
from pipelines.archive.kept_out.scope import Term
from pipelines.forget.record import put_event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from pipelines.archive.kept_out.ledger import Entry
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
    version: str = ""
    hide_only: bool = False
    stay_down: bool = False
    mentions: bool = False
    due_at: str | None = None
    """When the deletion may begin; None: now."""
    now_reason: str = ""
    """Why a scope that reaches other people's pages is deleted without waiting."""


def put_order(connection: sqlite3.Connection, plan: Plan, order: Order) -> int:
    """Records the order with its blocks, and marks the pages that it withholds; returns its number."""
    [removal_id] = connection.execute(
        "INSERT INTO removals (scope, requester, reason, at, plan_hash, state, basis, ticket, operator,"
        " version, mode, stay_down, mentions, due_at, survivors)"
        " VALUES (?, ?, ?, ?, ?, 'blocked', ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            plan.scope.described(read_salt(connection)),
            order.requester,
            order.reason,
            order.at,
            plan.hash,
            order.basis,
            order.ticket,
            order.operator,
            order.version,
            "hide" if order.hide_only else "delete",
            int(order.stay_down),
            int(order.mentions),
            order.due_at,
            json.dumps([{"article": s.article_id, "source": s.source} for s in plan.survivors]),
        ),
    ).fetchone()
    put_blocks(connection, removal_id, _terms(plan))
    withhold(connection, removal_id, [page.reading_id for page in plan.pages])
    hosts = plan.scope.hosts if not plan.scope.is_narrowed else ()
    connection.executemany("UPDATE sources SET status = 'removed' WHERE host = ?", [(h,) for h in hosts])
    detail = f"plan {plan.hash}, {len(plan.pages)} pages"
    put_event(connection, removal_id, order.at, "ordered", detail)
    if order.now_reason:
        put_event(connection, removal_id, order.at, "without waiting", order.now_reason)
    return int(removal_id)


def put_replayed(connection: sqlite3.Connection, entry: Entry, at: str) -> int | None:
    """The order of a ledger's entry in this archive: found, or recorded with its blocks."""
    row = connection.execute(
        "SELECT id FROM removals WHERE at || ' ' || plan_hash = ?", (entry.removal,)
    ).fetchone()
    if row is not None or entry.event == "restored":
        if row is not None and entry.event == "ordered":
            connection.execute(
                "UPDATE removals SET mode = ?, due_at = ? WHERE id = ?", (entry.mode, entry.due_at, row[0])
            )
        return None if row is None else int(row[0])
    ordered_at, _, _ = entry.removal.partition(" ")
    [number] = connection.execute(
        "INSERT INTO removals (scope, requester, reason, at, plan_hash, state, mode, due_at, ledger_line,"
        " basis, ticket, operator, stay_down, mentions)"
        " VALUES (?, ?, ?, ?, ?, 'blocked', ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            entry.scope,
            entry.requester,
            entry.reason,
            ordered_at,
            entry.plan_hash,
            entry.mode,
            entry.due_at,
            entry.line(),
            entry.basis,
            entry.ticket,
            entry.operator,
            int(entry.stay_down),
            int(entry.mentions),
        ),
    ).fetchone()
    put_block_hashes(connection, number, ((kind, bytes.fromhex(digest)) for kind, digest in entry.blocks))
    put_event(connection, number, at, "replayed from the ledger")
    return int(number)


def put_blocks(connection: sqlite3.Connection, removal_id: int, terms: Iterable[Term]) -> None:
    """Blocks terms for a removal."""
    salt = read_salt(connection)
    put_block_hashes(connection, removal_id, ((t.kind, block_hash(salt, *t)) for t in terms))


def put_block_hashes(
    connection: sqlite3.Connection, removal_id: int, hashes: Iterable[tuple[str, bytes]]
) -> None:
    """Blocks what is hashed already."""
    connection.executemany(
        "INSERT OR IGNORE INTO blocks (kind, hash, removal_id) VALUES (?, ?, ?)",
        [(kind, digest, removal_id) for kind, digest in hashes],
    )


def block_hashes(connection: sqlite3.Connection, removal_id: int) -> Iterator[tuple[str, bytes]]:
    """The blocks of a removal."""
    for kind, digest in connection.execute(
        "SELECT kind, hash FROM blocks WHERE removal_id = ? ORDER BY kind, hash", (removal_id,)
    ):
        yield kind, bytes(digest)


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
    found = [
        number
        for number, page_url, answered, source, name in rows
        if mine.blocks_host(source)
        or mine.blocks(page_url)
        or mine.blocks(answered)
        or (credited and mine.blocks_publisher(name))
    ]
    withhold(connection, removal_id, found)
    return len(found)


def _terms(plan: Plan) -> set[Term]:
    """What is blocked: the scope itself unless it was narrowed, and every removed URL on whatever host."""
    terms = set() if plan.scope.is_narrowed else set(plan.scope.terms())
    for page in plan.pages:
        terms |= {Term("url", page.page_url), Term("url", page.copy_url)}
    return terms
