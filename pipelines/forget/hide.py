"""Doing what a removal orders in the archive: block and hide, or undo (removal_forget.py deletes).

In: a scope and who ordered it, or an order's number. Out: an archive in which the same command finds its
work done, whenever it was interrupted. One transaction a step. Conclusions come from the code that always
draws them; this module only takes facts away. A crawl may write to the same archive meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.archive.file import BUSY_TIMEOUT_MS, storage_errors
from pipelines.archive.kept_out import ledger
from pipelines.archive.kept_out.blocks import read_salt
from pipelines.errors import RefusedError
from pipelines.forget import record
from pipelines.forget.delete import ForgettingArchive, selected, whereabouts
from pipelines.forget.files import merge_index
from pipelines.forget.order import Order, put_order, put_replayed, withhold_blocked
from pipelines.forget.plan import Survivor, plan_removal, with_outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.plan import Plan

HIDE_AT_ONCE = 20_000
"""Pages whose copies leave in one transaction, so that up to this many vanish at one moment. Four thousand
take 0.9 s of a core (`benchmarks/removal.py`), and a crawl that writes waits half a minute."""

CHECKPOINT_WAIT_MS = 5_000
"""A reader's query is over by then; one that holds the log longer is told of, and the command run again."""


class RemovalArchive(ForgettingArchive):
    """An archive open for removing."""

    def order(self, scope: Scope, order: Order, expected: str | None = None) -> tuple[int, Plan]:
        """Blocks a scope, and records it, as one transaction; returns the order's number and its plan.

        Args:
            scope: what is to go.
            order: who wants it and how.
            expected: the plan's hash, where exactly that plan is to be done.

        Raises:
            RefusedError: the plan is not the expected one any more.
        """
        with storage_errors(self.path), self._database.atomic():
            plan = self._plan(scope, order.at)
            if expected is not None and plan.hash != expected:
                raise RefusedError(
                    f"the plan is {plan.hash} now, not {expected}: look at it again with --dry-run"
                )
            number = put_order(self._database.conn, plan, order)
            self._enter(number, "ordered", order.at)
            self._database.conn.execute(
                "INSERT OR IGNORE INTO removed_articles SELECT value, ? FROM json_each(?)",
                (number, str(list(plan.articles_gone))),
            )
            return number, plan

    def preview(self, scope: Scope, at: str) -> Plan:
        """The plan of a scope, with what survivors will show; nothing of it is kept."""
        with storage_errors(self.path), self._database.atomic():
            return self._plan(scope, at)

    def _plan(self, scope: Scope, at: str) -> Plan:
        plan = plan_removal(self._database.conn, scope)
        return with_outcome(plan, survivors=self._rehearse(plan, at)) if plan.articles_shared else plan

    def _rehearse(self, plan: Plan, at: str) -> tuple[Survivor, ...]:
        """Hides the shared articles' pages, looks at what they show then, and takes it all back."""
        connection = self._database.conn
        before = self._shown(plan.articles_shared)
        connection.execute("SAVEPOINT rehearsal")
        try:
            order = Order("rehearsal", "rehearsal", at)
            put_order(connection, plan, order)
            shared = set(plan.articles_shared)
            ids = [page.reading_id for page in plan.pages if page.article_id in shared]
            self._hide(ids, at)
            after = self._shown(plan.articles_shared)
        finally:
            if connection.in_transaction:  # a full disk has ended it
                connection.execute("ROLLBACK TO rehearsal")
                connection.execute("RELEASE rehearsal")
        return tuple(
            Survivor(article_id, *after[article_id], new_text=after[article_id][1] != before[article_id][1])
            for article_id in plan.articles_shared
            if article_id in after
        )

    def _shown(self, article_ids: Iterable[int]) -> dict[int, tuple[str, str, str, int]]:
        rows = selected(
            self._database.conn,
            "SELECT id, title, url, source, copies FROM articles WHERE id IN",
            list(article_ids),
        )
        return {row[0]: tuple(row[1:]) for row in rows}

    def hide(self, removal_id: int, at: str) -> int:
        """Takes copies of withheld pages from readers; returns how many are left to be hidden."""
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            rows = connection.execute(
                "SELECT reading_id FROM withheld WHERE removal_id = ? AND hidden = 0 LIMIT ?",
                (removal_id, HIDE_AT_ONCE),
            ).fetchall()
            ids = [row[0] for row in rows]
            self._hide(ids, at)
            [left] = connection.execute(
                "SELECT count(*) FROM withheld WHERE removal_id = ? AND hidden = 0", (removal_id,)
            ).fetchone()
            if not left and self._state(removal_id) == "blocked":
                record.set_state(connection, removal_id, "hidden", at)
            return int(left)

    def _hide(self, ids: list[int], at: str) -> None:
        emptied = self._take_copies(ids)
        addresses, nodes = whereabouts(self._database.conn, ids)
        self._draw(addresses, nodes, at, emptied=frozenset(emptied))

    def _take_copies(self, reading_ids: Iterable[int]) -> set[int]:
        """Deletes the readings' copies, keeping their numbers; returns the articles that had them."""
        connection = self._database.conn
        articles = set()
        for reading_id in reading_ids:
            copy = connection.execute(
                "DELETE FROM copies WHERE reading_id = ? RETURNING id, article_id", (reading_id,)
            ).fetchone()
            connection.execute(
                "UPDATE withheld SET hidden = 1, copy_id = coalesce(?, copy_id),"
                " article_id = coalesce(?, article_id) WHERE reading_id = ?",
                (*(copy or (None, None)), reading_id),
            )
            if copy is not None:
                articles.add(copy[1])
        return articles

    def undo(self, removal_id: int, at: str, detail: str = "") -> int:
        """Gives back what is hidden, under the numbers it had; returns how many pages.

        Raises:
            RefusedError: something of it was deleted already.
        """
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            if self._state(removal_id) not in ("blocked", "hidden"):
                raise RefusedError(f"removal {removal_id} is {self._state(removal_id)}: it cannot be undone")
            returned = self._give_back(removal_id, at)
            record.set_state(connection, removal_id, "restored", at, detail)
            self._enter(removal_id, "restored", at)
            return returned

    def replay(self, entry: ledger.Entry, at: str) -> int | None:
        """Applies an entry of the ledger to an archive that does not know of it; returns the order's number.

        None where the entry undoes another, which is then undone here.

        Raises:
            RefusedError: the archive has removals of its own under another salt.
        """
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            _adopt_salt(connection, entry.salt)
            number = put_replayed(connection, entry, at)
            if entry.event != "restored":
                assert number is not None
                withhold_blocked(connection, number, credited=True)
            elif number is not None:
                self._give_back(number, at)
                record.set_state(connection, number, "restored", at, "replayed")
            ledger.set_head(connection, entry.hash)
            return None if entry.event == "restored" else number

    def withhold_blocked(self, removal_id: int) -> int:
        """Marks what the removal's blocks hold and nothing marks for it; returns how many pages."""
        with storage_errors(self.path), self._database.atomic():
            return withhold_blocked(self._database.conn, removal_id)

    def _give_back(self, removal_id: int, at: str) -> int:
        """Draws what this removal alone held back, under its old numbers; returns how many pages."""
        connection = self._database.conn
        rows = connection.execute(
            "SELECT reading_id, page_url, claimed_url, copy_id, mine.article_id FROM withheld mine"
            " JOIN readings ON readings.id = reading_id WHERE removal_id = ?1 AND NOT EXISTS (SELECT 1"
            " FROM withheld o WHERE o.reading_id = mine.reading_id AND o.removal_id <> ?1)",
            (removal_id,),
        ).fetchall()
        self._lift(removal_id)
        addresses, nodes = whereabouts(connection, [row[0] for row in rows])
        former = {
            str(url): (int(copy), int(article))
            for _, page_url, claimed_url, copy, article in rows
            if copy is not None
            for url in (page_url, claimed_url)
            if url
        }
        self._draw(addresses, nodes, at, former=former)
        self._answer_again()
        return len(rows)

    def _answer_again(self) -> None:
        """Numbers of articles answer with a removal that still holds them back, and no other."""
        connection = self._database.conn
        connection.execute("DELETE FROM removed_articles WHERE article_id IN (SELECT id FROM articles)")
        connection.execute(
            "INSERT OR IGNORE INTO removed_articles SELECT article_id, min(removal_id) FROM withheld"
            " WHERE article_id IS NOT NULL AND article_id NOT IN (SELECT id FROM articles)"
            " AND article_id NOT IN (SELECT old_id FROM forwards) GROUP BY article_id"
        )

    def forget_files(self, *, vacuum: bool) -> str:
        """Merges the index, makes the file anew where asked, folds the log into it.

        Returns what keeps the log from being emptied; empty where nothing does.
        """
        connection = self._database.conn
        with storage_errors(self.path):
            merge_index(connection)
            if vacuum:
                connection.execute("VACUUM")
            connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_WAIT_MS}")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        return "a reader holds the archive's log" if busy else ""


def _adopt_salt(connection: sqlite3.Connection, salt: str) -> None:
    """An archive without removals of its own takes the ledger's salt, so that its hashes mean the same."""
    if read_salt(connection) == salt:
        return
    if connection.execute("SELECT 1 FROM blocks LIMIT 1").fetchone() is not None:
        raise RefusedError("the ledger belongs to another archive: its salt is not this one's")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'salt'", (salt,))
