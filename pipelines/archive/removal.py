"""Doing what a removal orders in the archive: block, hide, forget, or undo. One transaction a step.

In: a scope and who ordered it, or an order's number. Out: an archive in which the same command finds its
work done, whenever it was interrupted. Conclusions come from the code that always draws them; this module
only takes facts away. A crawl may write to the same archive meanwhile.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.archive import ledger, stay_down
from pipelines.archive import removal_order as record
from pipelines.archive.blocks import read_blocklist, read_salt
from pipelines.archive.conclusions import conclude
from pipelines.archive.connect import BUSY_TIMEOUT_MS, storage_errors
from pipelines.archive.facts import forget_texts
from pipelines.archive.removal_files import merge_index
from pipelines.archive.removal_map import BY_READING, BY_URL
from pipelines.archive.removal_plan import plan_removal
from pipelines.archive.stay_down import put_stay_down
from pipelines.archive.writer import Archive
from pipelines.errors import RefusedError
from pipelines.removal.passages import Hasher, address_tail, packed, thinning
from pipelines.removal.plan import Survivor, with_outcome
from pipelines.removal.scope import Term

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from pipelines.archive.removal_order import Order
    from pipelines.archive.removal_requests import Request
    from pipelines.removal.plan import Plan
    from pipelines.removal.scope import Scope

HIDE_AT_ONCE = 2_000
"""Pages whose copies leave in one transaction, so that up to this many vanish at one moment. A
thousand took half a second (`benchmarks/removal.py`), and a crawl that writes waits half a minute."""

CHECKPOINT_WAIT_MS = 5_000
"""A reader's query is over by then; one that holds the log longer is told of, and the command run again."""

FORGET_AT_ONCE = 100
"""Pages whose facts are deleted in one transaction: a second on a busy machine (`benchmarks/removal.py`)."""


class RemovalArchive(Archive):
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
            number = record.put_order(self._database.conn, plan, order)
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
            order = record.Order("rehearsal", "rehearsal", at)
            record.put_order(connection, plan, order)
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
        rows = _selected(
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
        addresses, nodes = _whereabouts(self._database.conn, ids)
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
            rows = connection.execute(
                "SELECT reading_id, page_url, claimed_url, copy_id, withheld.article_id FROM withheld"
                " JOIN readings ON readings.id = reading_id WHERE removal_id = ?",
                (removal_id,),
            ).fetchall()
            self._lift(removal_id)
            addresses, nodes = _whereabouts(connection, [row[0] for row in rows])
            former = {
                str(url): (int(copy), int(article))
                for _, page_url, claimed_url, copy, article in rows
                if copy is not None
                for url in (page_url, claimed_url)
                if url
            }
            self._draw(addresses, nodes, at, former=former)
            record.set_state(connection, removal_id, "restored", at, detail)
            self._enter(removal_id, "restored", at)
            return len(rows)

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

    def replay(self, entry: ledger.Entry, at: str) -> int | None:
        """Applies an entry of the ledger to an archive that does not know of it; returns the order's number.

        None where the entry undoes another, which is then undone here.

        Raises:
            RefusedError: the archive has removals of its own under another salt.
        """
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            _adopt_salt(connection, entry.salt)
            number = record.put_replayed(connection, entry, at)
            if entry.event == "restored":
                if number is not None:
                    self._lift(number)
                    record.set_state(connection, number, "restored", at, "replayed")
                ledger.set_head(connection, entry.hash)
                return None
            assert number is not None
            mine = read_blocklist(connection, number)
            rows = connection.execute(
                "SELECT id, page_url, url_answered, source, credited_source FROM readings"
            ).fetchall()
            record.withhold(
                connection,
                number,
                [
                    row[0]
                    for row in rows
                    if mine.blocks(row[1])
                    or mine.blocks(row[2])
                    or mine.blocks_host(row[3])
                    or mine.blocks_publisher(row[4])
                ],
            )
            ledger.set_head(connection, entry.hash)
            return number

    def _enter(self, removal_id: int, event: str, at: str) -> None:
        """Prepares the ledger's line; `sync_ledger` writes it once this transaction is through."""
        connection = self._database.conn
        order = record.removal(connection, removal_id)
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
            blocks=tuple(
                (kind, digest.hex()) for kind, digest in record.block_hashes(connection, removal_id)
            ),
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
            record.put_event(connection, removal_id, order.at, "may be deleted", detail)
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

    def forget(self, removal_id: int, at: str) -> int:
        """Deletes the facts of some of the hidden pages and all that followed from them.

        Returns how many pages are left; once none is, the rows by URL are gone too.
        """
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            rows = connection.execute(
                "SELECT reading_id FROM withheld WHERE removal_id = ? LIMIT ?", (removal_id, FORGET_AT_ONCE)
            ).fetchall()
            ids = [row[0] for row in rows]
            self._note_passages(removal_id, ids)
            self._keep_down(removal_id, ids)
            counts = self._forget_readings(ids, at)
            [left] = connection.execute(
                "SELECT count(*) FROM withheld WHERE removal_id = ?", (removal_id,)
            ).fetchone()
            if not left:
                counts |= self._forget_by_url(removal_id, at)
                [gone] = connection.execute(
                    "SELECT count(*) FROM removed_articles WHERE removal_id = ?", (removal_id,)
                ).fetchone()
                counts["articles"] = gone
            record.add_counts(connection, removal_id, counts)
            return int(left)

    def _forget_readings(self, ids: list[int], at: str) -> dict[str, int]:
        connection = self._database.conn
        rows = _selected(
            connection, "SELECT id, page_url, claimed_url, source FROM readings WHERE id IN", ids
        )
        nodes = {
            row[0]
            for table, column in (("readings", "id"), ("versions", "reading_id"))
            for row in _selected(
                connection,
                f"SELECT node_id FROM texts JOIN {table} t ON t.text_id = texts.id WHERE t.{column} IN",
                ids,
            )
        }
        counts = {"pages read": len(rows), "copies": self._count_copies(ids)}
        for table, name in BY_READING.items():
            counts[name] = _count_in(connection, table, "reading_id", ids)
        for reading_id, _, _, source in rows:
            self._furniture.remove(reading_id, source)
        for table in BY_READING:
            _delete_in(connection, table, "reading_id", ids)
        _delete_in(connection, "readings", "id", ids)
        before = _count_in(connection, "texts", "node_id", sorted(nodes))
        gone = sorted(forget_texts(connection, nodes))
        after = _count_in(connection, "texts", "node_id", sorted(nodes))
        for node in gone:
            self._joiner.remove(node)
        addresses = {url for row in rows for url in row[1:3] if url}
        clusters = self._joiner.relink()
        self._draw(addresses, clusters, at, secondary=self._joiner.secondary())
        return {**counts, "texts": before - after, "signatures": len(gone)}

    def _count_copies(self, ids: list[int]) -> int:
        return sum(
            row[0] is not None
            for row in _selected(self._database.conn, "SELECT copy_id FROM withheld WHERE reading_id IN", ids)
        )

    def _keep_down(self, removal_id: int, ids: list[int]) -> None:
        """Where it was ordered, keeps what is about to be deleted from coming back under another address."""
        order = record.removal(self._database.conn, removal_id)
        if order is not None and order.stay_down:
            sql = "SELECT text FROM texts JOIN readings r ON r.text_id = texts.id WHERE r.id IN"
            texts = [row[0] for row in _selected(self._database.conn, sql, ids)]
            put_stay_down(self._database.conn, removal_id, texts)

    def decide(self, url: str, *, admit: bool, at: str) -> int | None:
        """A person's word on a page that says what is to stay down; the page to read again if admitted.

        Raises:
            RefusedError: no page waits at this address.
        """
        with storage_errors(self.path), self._database.atomic():
            connection = self._database.conn
            found = stay_down.decide(connection, url, "admitted" if admit else "refused")
            if found is None:
                raise RefusedError(f"{url}: nothing waits at this address; `parknews removals matches` lists")
            page_id, removal_id = found
            if not admit:
                record.put_blocks(connection, removal_id, [Term("url", url)])
            record.put_event(
                connection, removal_id, at, "a match was " + ("admitted" if admit else "refused")
            )
            return page_id if admit else None

    def _note_passages(self, removal_id: int, ids: list[int]) -> None:
        """Keeps keyed hashes of passages of what is about to be deleted, so that it can be searched for."""
        connection = self._database.conn
        hasher = Hasher(read_salt(connection))
        [size] = connection.execute(
            "SELECT coalesce(sum(length(CAST(texts.text AS BLOB))), 0) FROM withheld"
            " JOIN readings ON readings.id = reading_id JOIN texts ON texts.id = readings.text_id"
            " WHERE removal_id = ?",
            (removal_id,),
        ).fetchone()
        every = thinning(size)
        words = [row for sql in _WORDS for row in _selected(connection, sql, ids)]
        addresses = [tuple(map(address_tail, row)) for row in _selected(connection, _ADDRESSES, ids)]
        found = [hasher.of_text(str(value), every) for row in words + addresses for value in row if value]
        if found:
            connection.execute(
                "INSERT INTO residue_hashes (removal_id, hashes) VALUES (?, ?)",
                (removal_id, packed(np.unique(np.concatenate(found)))),
            )

    def _forget_by_url(self, removal_id: int, at: str) -> dict[str, int]:
        """Deletes what is kept by address alone, and what other pages said of the removed addresses."""
        connection = self._database.conn
        mine = read_blocklist(connection, removal_id)
        counts: dict[str, int] = {}
        for table, (name, columns) in BY_URL.items():
            counts[name] = counts.get(name, 0) + _delete_rows(connection, table, columns, mine.blocks)
        hosts = [
            (source,)
            for (source,) in connection.execute("SELECT host FROM sources").fetchall()
            if mine.blocks_host(source)
        ]
        rejected = connection.executemany("DELETE FROM rejections WHERE source = ?", hosts).rowcount
        counts["rejections"] += max(rejected, 0)
        connection.executemany("UPDATE run_sources SET last_error = '' WHERE source = ?", hosts)
        connection.executemany("UPDATE sources SET status = 'removed' WHERE host = ?", hosts)
        self._forget_claims(mine.blocks, at)
        return counts

    def _forget_claims(self, is_blocked: Callable[[str], bool], at: str) -> None:
        """No surviving page's word about a removed address is kept, or believed."""
        connection = self._database.conn
        urls = [
            row[0]
            for row in connection.execute(
                "SELECT claimed_url FROM readings WHERE claimed_url IS NOT NULL UNION SELECT url FROM claims"
            )
            if is_blocked(row[0])
        ]
        connection.executemany("DELETE FROM claims WHERE url = ?", [(url,) for url in urls])
        connection.executemany(
            "UPDATE readings SET claimed_url = NULL WHERE claimed_url = ?", [(url,) for url in urls]
        )
        if urls:
            self._draw(set(urls), {}, at)

    def _draw(self, addresses: set[str], clusters: Mapping[int, int], at: str, **more: Any) -> None:
        """Conclusions, by the code that always draws them."""
        conclude(self._database.conn, addresses, clusters, self._joiner.similarity, at, **more)

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

    def requests(self, change: Callable[..., Request], *values: Any) -> Request:
        """What a function of removal_requests.py returns, in a transaction."""
        with storage_errors(self.path), self._database.atomic():
            return change(self._database.conn, *values)

    def advance(
        self, removal_id: int, state: str, at: str, detail: str = "", counts: dict[str, int] | None = None
    ) -> None:
        """Records how far a removal is, and what else it deleted."""
        with storage_errors(self.path), self._database.atomic():
            record.add_counts(self._database.conn, removal_id, counts or {})
            record.set_state(self._database.conn, removal_id, state, at, detail)

    def note(self, removal_id: int, at: str, event: str, detail: str = "") -> None:
        """Records that something happened."""
        with storage_errors(self.path), self._database.atomic():
            record.put_event(self._database.conn, removal_id, at, event, detail)

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
                record.set_state(connection, removal_id, "verified", at)
            else:
                record.put_event(connection, removal_id, at, "could not be verified")

    def put_passages(self, removal_id: int, words: Iterable[str]) -> None:
        """Adds what lay in other files than the archive to what is searched for."""
        with storage_errors(self.path), self._database.atomic():
            hasher = Hasher(read_salt(self._database.conn))
            found = [hasher.of_text(text) for text in words]
            if found:
                self._database.conn.execute(
                    "INSERT INTO residue_hashes (removal_id, hashes) VALUES (?, ?)",
                    (removal_id, packed(np.unique(np.concatenate(found)))),
                )

    @property
    def connection(self) -> sqlite3.Connection:
        """For reading the record and for the checks of removal_files.py."""
        return self._database.conn

    def _state(self, removal_id: int) -> str:
        row = self._database.conn.execute("SELECT state FROM removals WHERE id = ?", (removal_id,)).fetchone()
        if row is None:
            raise RefusedError(f"there is no removal {removal_id}; `parknews removals list` shows them")
        return str(row[0])


def _adopt_salt(connection: sqlite3.Connection, salt: str) -> None:
    """An archive without removals of its own takes the ledger's salt, so that its hashes mean the same."""
    if read_salt(connection) == salt:
        return
    if connection.execute("SELECT 1 FROM blocks LIMIT 1").fetchone() is not None:
        raise RefusedError("the ledger belongs to another archive: its salt is not this one's")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'salt'", (salt,))


_WORDS = (
    "SELECT title FROM readings WHERE id IN",
    "SELECT text FROM texts JOIN readings r ON r.text_id = texts.id WHERE r.id IN",
    "SELECT v.title, text FROM texts JOIN versions v ON v.text_id = texts.id WHERE v.reading_id IN",
    "SELECT text FROM stripped_pieces WHERE reading_id IN",
)
"""What is searched for afterwards: titles, texts, what cleaning took out of them, and the addresses."""
_ADDRESSES = "SELECT page_url, url_answered FROM readings WHERE id IN"

_AT_ONCE = 500


def _whereabouts(connection: sqlite3.Connection, ids: list[int]) -> tuple[set[str], dict[int, int]]:
    """The addresses of readings, and their texts' nodes with their clusters."""
    addresses: set[str] = set()
    nodes: dict[int, int] = {}
    for page_url, claimed_url, node, cluster in _selected(
        connection,
        "SELECT page_url, claimed_url, nodes.node_id, cluster_id FROM readings"
        " JOIN texts ON texts.id = text_id JOIN nodes ON nodes.node_id = texts.node_id WHERE readings.id IN",
        ids,
    ):
        addresses |= {url for url in (page_url, claimed_url) if url}
        nodes[node] = cluster
    return addresses, nodes


def _selected(connection: sqlite3.Connection, sql: str, ids: list[int]) -> list[tuple]:  # type: ignore[type-arg]
    found = []
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        found += connection.execute(f"{sql} ({', '.join('?' * len(chunk))})", chunk).fetchall()
    return found


def _count_in(connection: sqlite3.Connection, table: str, column: str, ids: list[int]) -> int:
    return sum(
        row[0] for row in _selected(connection, f"SELECT count(*) FROM {table} WHERE {column} IN", ids)
    )


def _delete_in(connection: sqlite3.Connection, table: str, column: str, ids: list[int]) -> int:
    deleted = 0
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(chunk))
        deleted += connection.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", chunk).rowcount
    return deleted


def _delete_rows(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], is_blocked: Callable[[str], bool]
) -> int:
    """Deletes the rows of a table of which any address is blocked."""
    deleted = 0
    for column in columns:
        urls = {
            row[0]
            for row in connection.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
            if is_blocked(row[0])
        }
        deleted += max(
            connection.executemany(
                f"DELETE FROM {table} WHERE {column} = ?", [(url,) for url in sorted(urls)]
            ).rowcount,
            0,
        )
    return deleted
