"""Ordering a removal: its row in the record, its blocks, the pages that it withholds, its line in the ledger.

In: a plan, or an entry of the ledger. Out: an archive in which the removal holds from this moment on, and
later steps find what to do. Everything written here is safe to keep for good: hosts and prefixes as ordered,
keyed digests, and who asked.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.archive.kept_out import agreement, ledger
from pipelines.archive.kept_out.blocks import ON, PATH_KINDS, Term, read_blocklist, with_hosts
from pipelines.archive.kept_out.key import CHECK_KEY, needed_key
from pipelines.database import path_of
from pipelines.forget.files import Files
from pipelines.forget.plan import Line, Plan
from pipelines.forget.record import put_event, removal
from pipelines.forget.redact import redactions, values_held
from pipelines.forget.rows import having, where_removed
from pipelines.forget.scope import names_a_page
from pipelines.urls import host_of
from pipelines.utc import iso


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


_ORDERED = ("mode", "stay_down", "mentions", "due_at")
"""What an order, its row in the record and its line in the ledger say in the same words, beside
`ledger.SAID`."""


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
    ledger_order = f"{order.at} {plan.hash} {len(agreement.own_lines(connection)) + 1}"
    salt = needed_key(connection).receipt_salt(ledger_order)
    number = _put_removal(
        connection,
        scope=plan.scope.described(needed_key(connection)),
        at=order.at,
        plan_hash=plan.hash,
        ledger_order=ledger_order,
        asked=json.dumps([_told(line, salt) for line in plan.lines], ensure_ascii=False),
        version=version("parknews"),
        survivors=json.dumps([{"article": n} for n in plan.articles_shared if not plan.scope.passages]),
        **_named(order, (*ledger.SAID, *_ORDERED)),
    )
    put_blocks(connection, number, hashed(connection, with_hosts(plan.terms())))
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


def _told(line: Line, salt: str) -> dict[str, Any]:
    """What the record keeps of a thing that was asked for: no address, title or person's name."""
    digest = hashlib.sha256(f"{salt}{line.asked}".encode()).hexdigest()
    shown = line.asked if line.kind in ("host", "domain", "prefix", "credited", "article") else ""
    if names_a_page(line.kind, line.asked):
        shown = host_of(line.asked)
    said = line.detail if line.state == "removed" else ""
    return {
        "kind": line.kind,
        "shown": shown,
        "digest": digest,
        "state": line.state,
        "pages": line.pages,
        "detail": said,
        "why": line.why,
        "names": list(line.names),
    }


def put_replayed(connection: sqlite3.Connection, entry: ledger.LedgerLine, at: str) -> int | None:
    """The order of a ledger's entry in this archive: found, or recorded with its blocks.

    None where the entry takes back an order that this archive does not know of.
    """
    _put_check(connection)
    agreement.put_line(connection, entry)
    row = connection.execute("SELECT id FROM removals WHERE ledger_order = ?", (entry.order,)).fetchone()
    if row is not None:
        if entry.event == "ordered":
            connection.execute(
                "UPDATE removals SET mode = ?, due_at = ? WHERE id = ?", (entry.mode, entry.due_at, row[0])
            )
            put_blocks(connection, row[0], {(kind, bytes.fromhex(digest)) for kind, digest in entry.blocks})
        if entry.event == "corrected":
            say(connection, row[0], entry.said)
            forget_words(connection, path_of(connection), entry.order)
            agreement.change_line(connection, entry)
        return int(row[0])
    if entry.event != "ordered":
        return None
    number = _put_removal(
        connection,
        scope=entry.scope,
        at=entry.order.partition(" ")[0],
        plan_hash=entry.plan_hash,
        ledger_order=entry.order,
        **{name: entry.said.get(name, "") for name in ledger.SAID},
        **_named(entry, _ORDERED),
    )
    put_blocks(connection, number, {(kind, bytes.fromhex(digest)) for kind, digest in entry.blocks})
    put_event(connection, number, at, "replayed from the ledger")
    return number


def say(connection: sqlite3.Connection, removal_id: int, said: Mapping[str, str]) -> None:
    """Puts people's words on an order, and on the letter that it answers, in place of those before."""
    for name in ledger.SAID:
        if name in said:
            connection.execute(f"UPDATE removals SET {name} = ? WHERE id = ?", (said[name], removal_id))
            if name != "operator":
                sql = f"UPDATE removal_requests SET {name} = ? WHERE removal_id = ?"
                connection.execute(sql, (said[name], removal_id))


def forget_words(connection: sqlite3.Connection, archive_path: Path, order: str) -> None:
    """Takes people's words out of the lines of an order: the chain has no more than a digest of them."""
    for entry in agreement.own_entries(connection, archive_path):
        if entry.order == order:
            agreement.change_line(connection, replace(entry, said={}))


def go_ahead(connection: sqlite3.Connection, removal_id: int, order: Order) -> None:
    """Lets a removal that hides, or waits, delete when the order says so."""
    connection.execute(
        "UPDATE removals SET mode = 'delete', due_at = ? WHERE id = ?", (order.due_at, removal_id)
    )
    put_event(connection, removal_id, order.at, "may be deleted", order.now_reason or order.reason)


def hashed(connection: sqlite3.Connection, terms: Iterable[Term]) -> set[tuple[str, bytes]]:
    """Terms as they are blocked: the kind of each and its keyed digest."""
    key = needed_key(connection)
    return {(term.kind, key.block(*term)) for term in terms}


def put_blocks(connection: sqlite3.Connection, removal_id: int, hashes: set[tuple[str, bytes]]) -> None:
    """Keeps out what these are the hashes of."""
    rows = connection.execute("SELECT DISTINCT kind FROM blocks WHERE removal_id = ?", (removal_id,))
    there = {kind for (kind,) in rows}
    if there & PATH_KINDS and ON not in there:  # from before hosts were noted: these would not be all
        hashes = {(kind, digest) for kind, digest in hashes if kind != ON}
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


def withhold_blocked(
    connection: sqlite3.Connection, removal_id: int, *, but_not: Collection[str] | None = None
) -> int:
    """Marks every reading that the removal's own blocks hold; returns how many were not marked before.

    Args:
        connection: inside the caller's transaction.
        removal_id: whose blocks.
        but_not: marks pages that credit a blocked publisher, too, but for those that the order left as
            contested, by hexadecimal digests of their addresses. None: the order has marked what it took.
    """
    mine = read_blocklist(connection, removal_id)
    blocked = where_removed(connection, "readings", ("page_url", "url_answered"), mine, ("source",))
    others = f"id NOT IN (SELECT reading_id FROM withheld WHERE removal_id = {removal_id})"
    held = {row[0] for row in connection.execute(f"SELECT id FROM readings WHERE ({blocked}) AND {others}")}
    if but_not is not None:
        crediting = f"{having(connection, 'credited_source', mine.blocks_publisher)} AND {others}"
        held.update(_not_left(connection, crediting, but_not))
    held.update(
        number
        for number, redaction in redactions(connection, mine)
        if values_held(connection, number, redaction)
    )
    withhold(connection, removal_id, held)
    return len(held)


def _not_left(connection: sqlite3.Connection, which: str, left: Collection[str]) -> Iterator[int]:
    """Those readings of which an order did not leave an address as contested."""
    key = needed_key(connection)
    rows = connection.execute(
        "SELECT id, page_url, claimed_url, (SELECT url FROM copies WHERE reading_id = readings.id)"
        f" FROM readings WHERE {which}"
    )
    for number, *urls in rows.fetchall():
        if not any(key.block("url", url).hex() in left for url in urls if url):
            yield number


def enter(files: Files, removal_id: int, event: str, at: str, left: Iterable[Term] | None = None) -> None:
    """Adds the ledger's line, inside an `ordering` transaction, which then writes it to the file.

    Args:
        files: the archive's.
        removal_id: whose line.
        event: ordered, restored or corrected.
        at: UTC.
        left: the addresses that the order leaves as contested; None: those of its line before.
    """
    connection = files.archive
    order, key = removal(connection, removal_id), needed_key(connection)
    entries = agreement.own_entries(connection, files.path)
    blocks = connection.execute(
        "SELECT kind, hash FROM blocks WHERE removal_id = ? ORDER BY kind, hash", (removal_id,)
    )
    before = [entry for entry in entries if entry.order == order.ledger_order]
    leaves = before[-1].left if before else None
    if left is not None:
        leaves = tuple(sorted({digest.hex() for _, digest in hashed(connection, left)}))
    said = {name: getattr(order, name) for name in ledger.SAID}
    _put_check(connection)
    agreement.put_line(
        connection,
        ledger.LedgerLine(
            order=order.ledger_order,
            event=event,
            at=at,
            plan_hash=order.plan_hash,
            scope=order.scope,
            said=said,
            said_digest=ledger.said_digest(key, said),
            blocks=tuple((kind, bytes(digest).hex()) for kind, digest in blocks),
            left=leaves,
            previous=agreement.head_of(entries),
            **_named(order, _ORDERED),
        ),
    )


def sync_ledger(files: Files) -> None:
    """Writes to the ledger what was ordered and, after a kill, does not stand there yet; all files know."""
    if not (length := agreement.write_lines(files.archive, files.path)):
        return
    files.store.know_orders(length)
    row = files.archive.execute("SELECT value FROM meta WHERE key = ?", (agreement.WRITTEN_KEY,)).fetchone()
    if row is None or int(row[0]) != length:
        with files.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", (agreement.WRITTEN_KEY, str(length))
            )


def _put_check(connection: sqlite3.Connection) -> None:
    """By which the archive knows its key."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (CHECK_KEY, needed_key(connection).check))


def _put_removal(connection: sqlite3.Connection, **values: Any) -> int:
    row = connection.execute(
        f"INSERT INTO removals ({', '.join(values)}, state)"
        f" VALUES ({', '.join('?' * len(values))}, 'blocked') RETURNING id",
        tuple(values.values()),
    ).fetchone()
    return int(row[0])


def _named(order: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(order, name) for name in names}
