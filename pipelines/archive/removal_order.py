"""The record of removals: ordering one, finding it again, its events; and what readers are answered.

Everything written here is safe to keep for good: hosts and prefixes as ordered, salted hashes, numbers,
times, and who asked. Works inside the caller's transactions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.archive.blocks import block_hash, read_blocklist, read_salt
from pipelines.removal.scope import Term
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from pipelines.archive.ledger import Entry
    from pipelines.removal.plan import Plan

UNFINISHED = ("blocked", "hidden", "deleted", "forgotten")
"""States from which the same command goes on."""


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


@dataclass(frozen=True, slots=True)
class Removal:
    """One row of the record."""

    id: int
    scope: str
    requester: str
    reason: str
    at: str
    plan_hash: str
    state: str
    verified: bool
    basis: str
    ticket: str
    operator: str
    version: str
    mode: str
    stay_down: bool
    mentions: bool
    due_at: str | None
    counts: dict[str, int] = field(default_factory=dict)
    survivors: list[dict[str, Any]] = field(default_factory=list)
    verification: dict[str, Any] = field(default_factory=dict)
    verified_at: str | None = None

    def is_due(self, at: str) -> bool:
        """Whether the deletion may go on."""
        return self.mode == "delete" and (self.due_at is None or self.due_at <= at)


_COLUMNS = (
    "id, scope, requester, reason, at, plan_hash, state, verified, basis, ticket, operator, version, mode,"
    " stay_down, mentions, due_at, counts, survivors, verification, verified_at"
)


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


def put_event(connection: sqlite3.Connection, removal_id: int, at: str, event: str, detail: str = "") -> None:
    """Adds to the record what happened."""
    connection.execute(
        "INSERT INTO removal_events (removal_id, at, event, detail) VALUES (?, ?, ?, ?)",
        (removal_id, at, event, detail),
    )


def set_state(connection: sqlite3.Connection, removal_id: int, state: str, at: str, detail: str = "") -> None:
    """Moves a removal on and records it."""
    connection.execute("UPDATE removals SET state = ? WHERE id = ?", (state, removal_id))
    put_event(connection, removal_id, at, state, detail)


def add_counts(connection: sqlite3.Connection, removal_id: int, counts: dict[str, int]) -> None:
    """Adds to the numbers of rows that a removal has deleted."""
    row = connection.execute("SELECT counts FROM removals WHERE id = ?", (removal_id,)).fetchone()
    total = json.loads(row[0])
    for name, number in counts.items():
        total[name] = total.get(name, 0) + number
    connection.execute("UPDATE removals SET counts = ? WHERE id = ?", (json.dumps(total), removal_id))


def removals(connection: sqlite3.Connection) -> list[Removal]:
    """Every removal, the latest first."""
    return [_removal(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM removals ORDER BY id DESC")]


def removal(connection: sqlite3.Connection, removal_id: int) -> Removal | None:
    """One removal."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM removals WHERE id = ?", (removal_id,)).fetchone()
    return None if row is None else _removal(row)


def unfinished(connection: sqlite3.Connection, scope: str) -> Removal | None:
    """The latest removal of this scope that is not through: the same command goes on with it."""
    marks = ", ".join("?" * len(UNFINISHED))
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM removals WHERE scope = ? AND state IN ({marks}) ORDER BY id DESC LIMIT 1",
        (scope, *UNFINISHED),
    ).fetchone()
    return None if row is None else _removal(row)


def finished(connection: sqlite3.Connection, scope: str) -> Removal | None:
    """The latest removal of this scope that is through and verified."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM removals WHERE scope = ? AND state = 'verified' AND verified = 1"
        " ORDER BY id DESC LIMIT 1",
        (scope,),
    ).fetchone()
    return None if row is None else _removal(row)


def events(connection: sqlite3.Connection, removal_id: int) -> list[tuple[str, str, str]]:
    """What happened to a removal: at, event, detail."""
    return [
        tuple(row)
        for row in connection.execute(
            "SELECT at, event, detail FROM removal_events WHERE removal_id = ? ORDER BY id", (removal_id,)
        )
    ]


def answer(connection: sqlite3.Connection, reference: str) -> str | None:
    """What a reader is told of a removed URL or article number; None for anything else."""
    reference = reference.strip()
    found = None
    if reference.isascii() and reference.isdigit() and len(reference) < 19:
        found = removed_article(connection, int(reference))
    elif "://" in reference and " " not in reference:
        try:
            found = removed_url(connection, canonical_url(reference))
        except ValueError:
            return None
    return None if found is None else f"removed on {found[1][:10]} by removal {found[0]}"


def removed_url(connection: sqlite3.Connection, url: str) -> tuple[int, str] | None:
    """The removal that keeps a URL out and when it was ordered; None where it is not blocked."""
    number = read_blocklist(connection).removal_of(url)
    return None if number is None else _answer(connection, number)


def removed_article(connection: sqlite3.Connection, article_id: int) -> tuple[int, str] | None:
    """The same for the number of an article of which nothing is left."""
    row = connection.execute(
        "SELECT removal_id FROM removed_articles WHERE article_id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = ?1)",
        (article_id,),
    ).fetchone()
    return None if row is None else _answer(connection, row[0])


def _answer(connection: sqlite3.Connection, removal_id: int) -> tuple[int, str]:
    at = connection.execute("SELECT at FROM removals WHERE id = ?", (removal_id,)).fetchone()
    return removal_id, str(at[0])


def _terms(plan: Plan) -> set[Term]:
    """What is blocked: the scope itself unless it was narrowed, and every removed URL on whatever host."""
    terms = set() if plan.scope.is_narrowed else set(plan.scope.terms())
    for page in plan.pages:
        terms |= {Term("url", page.page_url), Term("url", page.copy_url)}
    return terms


def _removal(row: tuple[Any, ...]) -> Removal:
    values = list(row)
    for place in (7, 13, 14):
        values[place] = bool(values[place])
    for place in (16, 17, 18):
        values[place] = json.loads(values[place])
    return Removal(*values)
