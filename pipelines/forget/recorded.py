"""The record of a removal as it goes on: its state, its events, and the ledger beside the archive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.archive.file import storage_errors
from pipelines.archive.kept_out import ledger
from pipelines.archive.kept_out.blocks import read_blocklist, read_salt
from pipelines.archive.write.writer import Archive
from pipelines.errors import ConfigurationError
from pipelines.forget.order import block_hashes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from pipelines.forget.order import Order
    from pipelines.forget.requests import Request

from pipelines.forget.record import add_counts, put_event, removal, set_state


class RecordedArchive(Archive):
    """An archive whose removals are recorded in it and in its ledger."""

    def sync_ledger(self) -> None:
        """Writes to the ledger what was ordered and, after a kill, does not stand there yet."""
        entries = ledger.read_ledger(ledger.ledger_path(self.path))
        last = entries[-1].hash if entries else ledger.START
        with storage_errors(self.path):
            lines = self._database.conn.execute(
                "SELECT ledger_line FROM removals WHERE ledger_line <> '' ORDER BY id"
            ).fetchall()
        waiting = {entry.previous: entry for entry in (ledger.parse(line) for (line,) in lines)}
        while entry := waiting.get(last):
            ledger.append(ledger.ledger_path(self.path), entry)
            last = entry.hash

    def _enter(self, removal_id: int, event: str, at: str) -> None:
        """Prepares the ledger's line; `sync_ledger` writes it once this transaction is through."""
        connection = self._database.conn
        order = removal(connection, removal_id)
        assert order is not None
        entries = ledger.read_ledger(ledger.ledger_path(self.path))
        entry = ledger.Entry(
            removal=f"{order.at} {order.plan_hash}",
            event=event,
            at=at,
            salt=read_salt(connection),
            plan_hash=order.plan_hash,
            scope=order.scope,
            requester=order.requester,
            reason=order.reason,
            mode=order.mode,
            due_at=order.due_at,
            blocks=tuple((kind, digest.hex()) for kind, digest in block_hashes(connection, removal_id)),
            previous=entries[-1].hash if entries else ledger.START,
            basis=order.basis,
            ticket=order.ticket,
            operator=order.operator,
            stay_down=order.stay_down,
            mentions=order.mentions,
        )
        connection.execute("UPDATE removals SET ledger_line = ? WHERE id = ?", (entry.line(), removal_id))
        ledger.set_head(connection, entry.hash)

    def go_ahead(self, removal_id: int, order: Order) -> None:
        """Lets a removal that hides, or waits, delete when `order` says so."""
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            connection.execute(
                "UPDATE removals SET mode = 'delete', due_at = ? WHERE id = ?", (order.due_at, removal_id)
            )
            detail = order.now_reason or order.reason
            put_event(connection, removal_id, order.at, "may be deleted", detail)
            self._enter(removal_id, "ordered", order.at)

    def _lift(self, removal_id: int) -> None:
        """Takes away what keeps a removal's pages from readers and crawls."""
        connection = self._database.conn
        for table in ("withheld", "blocks", "removed_articles", "stay_down", "residue_hashes"):
            connection.execute(f"DELETE FROM {table} WHERE removal_id = ?", (removal_id,))
        blocklist = read_blocklist(connection)
        for (host,) in connection.execute("SELECT host FROM sources WHERE status = 'removed'").fetchall():
            if not blocklist.blocks_host(host):
                connection.execute("UPDATE sources SET status = 'active' WHERE host = ?", (host,))

    def requests(self, change: Callable[..., Request], *values: Any) -> Request:
        """What a function of removal_requests.py returns, in a transaction."""
        with storage_errors(self.path), self._database.atomic():
            return change(self._database.conn, *values)

    def advance(
        self, removal_id: int, state: str, at: str, detail: str = "", counts: dict[str, int] | None = None
    ) -> None:
        """Records how far a removal is, and what else it deleted."""
        with storage_errors(self.path), self._database.atomic():
            add_counts(self._database.conn, removal_id, counts or {})
            set_state(self._database.conn, removal_id, state, at, detail)

    def note(self, removal_id: int, at: str, event: str, detail: str = "") -> None:
        """Records that something happened."""
        with storage_errors(self.path), self._database.atomic():
            put_event(self._database.conn, removal_id, at, event, detail)

    def put_verification(self, removal_id: int, verification: dict[str, Any], at: str) -> None:
        """Records what was searched and found."""
        verified = bool(verification["verified"])
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            connection.execute(
                "UPDATE removals SET verification = ?, verified = ?, verified_at = ? WHERE id = ?",
                (json.dumps(verification, ensure_ascii=False), int(verified), at, removal_id),
            )
            if verified:
                set_state(connection, removal_id, "verified", at)
            else:
                put_event(connection, removal_id, at, "could not be verified")

    @property
    def connection(self) -> sqlite3.Connection:
        """For reading the record and for the checks of removal_files.py."""
        return self._database.conn

    def _state(self, removal_id: int) -> str:
        row = self._database.conn.execute("SELECT state FROM removals WHERE id = ?", (removal_id,)).fetchone()
        if row is None:
            raise ConfigurationError(f"there is no removal {removal_id}; `parknews removals list` shows them")
        return str(row[0])
