"""Deleting what hidden pages said and all that followed from it, in steps that a crawl can write between.

In: an order whose pages are hidden. Out: an archive without their facts, keyed hashes of what to search for
afterwards, and, where it was ordered, of what is to stay down. Conclusions come from the code that always
draws them.

Reasons that people wrote beside surviving pages (of a correction, a split), where they quote what goes.

In: a connection inside the removal's transaction, its blocks and its passages. Out: such reasons emptied,
their rows kept, so that the correction holds on. A surviving page's own words are never touched here.

Rows of many numbers or addresses at once, a few hundred to a statement.

In: a connection inside the caller's transaction. Out: rows, or how many there were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.archive.file import storage_errors
from pipelines.archive.kept_out import stay_down
from pipelines.archive.kept_out.blocks import read_blocklist, read_salt
from pipelines.archive.kept_out.scope import Term
from pipelines.archive.kept_out.stay_down import put_stay_down
from pipelines.archive.write.conclusions import conclude
from pipelines.archive.write.facts import forget_texts
from pipelines.catalogue import archive
from pipelines.errors import RefusedError
from pipelines.forget import record
from pipelines.forget.files import seeker
from pipelines.forget.order import put_blocks
from pipelines.forget.passages import Hasher, Seeker, address_tail, packed, thinning
from pipelines.forget.recorded import RecordedArchive

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from pipelines.forget.passages import Hashes


FORGET_AT_ONCE = 100
"""Pages whose facts are deleted in one transaction: a second on a busy machine (`benchmarks/removal.py`)."""

_WORDS = (
    "SELECT title FROM readings WHERE id IN",
    "SELECT text FROM texts JOIN readings r ON r.text_id = texts.id WHERE r.id IN",
    "SELECT v.title, text FROM texts JOIN versions v ON v.text_id = texts.id WHERE v.reading_id IN",
    "SELECT text FROM stripped_pieces WHERE reading_id IN",
)
"""What is searched for afterwards: titles, texts, what cleaning took out of them, and the addresses."""
_ADDRESSES = "SELECT page_url, url_answered FROM readings WHERE id IN"


class ForgettingArchive(RecordedArchive):
    """An archive that can forget."""

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
            articles = self._articles_of(ids)
            self._note_passages(removal_id, ids)
            self._keep_down(removal_id, ids)
            counts = self._forget_readings(ids, at)
            self._answer_for(removal_id, articles)
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
                put_blocks(connection, removal_id, [Term("url", url)])
            record.put_event(
                connection, removal_id, at, "a match was " + ("admitted" if admit else "refused")
            )
            return page_id if admit else None

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

    def would_look_for(self, reading_ids: list[int], words: Iterable[str]) -> Seeker:
        """What would be searched for if these pages and words were removed; nothing of it is kept."""
        with storage_errors(self.path):
            connection = self._database.conn
            hasher = Hasher(read_salt(connection))
            sql = (
                "SELECT length(CAST(text AS BLOB)) FROM texts"
                " JOIN readings r ON r.text_id = texts.id WHERE r.id IN"
            )
            size = sum(row[0] for row in selected(connection, sql, reading_ids))
            found = self._passages(hasher, reading_ids, thinning(size))
            found += [hasher.of_text(text) for text in words]
            return Seeker(hasher, np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *found])))

    def _forget_readings(self, ids: list[int], at: str) -> dict[str, int]:
        connection = self._database.conn
        rows = selected(connection, "SELECT id, page_url, claimed_url, source FROM readings WHERE id IN", ids)
        nodes = {
            row[0]
            for table, column in (("readings", "id"), ("versions", "reading_id"))
            for row in selected(
                connection,
                f"SELECT node_id FROM texts JOIN {table} t ON t.text_id = texts.id WHERE t.{column} IN",
                ids,
            )
        }
        counts = {"pages read": len(rows), "copies": self._count_copies(ids)}
        theirs = {name: table.counted for name, table in archive().items() if table.goes_by_reading}
        for table, counted in theirs.items():
            counts[counted] = count_in(connection, table, "reading_id", ids)
        for reading_id, _, _, source in rows:
            self._furniture.remove(reading_id, source)
        for table in theirs:
            delete_in(connection, table, "reading_id", ids)
        delete_in(connection, "readings", "id", ids)
        before = count_in(connection, "texts", "node_id", sorted(nodes))
        gone = sorted(forget_texts(connection, nodes))
        after = count_in(connection, "texts", "node_id", sorted(nodes))
        keys = count_in(connection, "node_keys", "node_id", gone)
        pairs = {
            tuple(row)
            for column in ("node_a", "node_b")
            for row in selected(connection, f"SELECT node_a, node_b FROM pairs WHERE {column} IN", gone)
        }
        for node in gone:
            self._joiner.remove(node)
        addresses = {url for row in rows for url in row[1:3] if url}
        clusters = self._joiner.relink()
        self._draw(addresses, clusters, at, secondary=self._joiner.secondary())
        counts |= {"texts": before - after, "signatures": len(gone)}
        return {**counts, "candidate keys": keys, "pairs (evidence)": len(pairs)}

    def _articles_of(self, ids: list[int]) -> set[int]:
        sql = "SELECT DISTINCT article_id FROM withheld WHERE article_id IS NOT NULL AND reading_id IN"
        return {row[0] for row in selected(self._database.conn, sql, ids)}

    def _answer_for(self, removal_id: int, articles: set[int]) -> None:
        """Numbers of articles that are no more answer with the removal that deleted the last of them."""
        self._database.conn.execute(
            "INSERT OR REPLACE INTO removed_articles SELECT value, ? FROM json_each(?)"
            " WHERE value NOT IN (SELECT id FROM articles) AND value NOT IN (SELECT old_id FROM forwards)",
            (removal_id, str(sorted(articles))),
        )

    def _count_copies(self, ids: list[int]) -> int:
        sql = "SELECT DISTINCT copy_id FROM withheld WHERE copy_id IS NOT NULL AND reading_id IN"
        return len({row[0] for row in selected(self._database.conn, sql, ids)})

    def _keep_down(self, removal_id: int, ids: list[int]) -> None:
        """Where it was ordered, keeps what is about to be deleted from coming back under another address."""
        order = record.removal(self._database.conn, removal_id)
        if order is not None and order.stay_down:
            sql = "SELECT text FROM texts JOIN readings r ON r.text_id = texts.id WHERE r.id IN"
            texts = [row[0] for row in selected(self._database.conn, sql, ids)]
            put_stay_down(self._database.conn, removal_id, texts)

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
        if found := self._passages(hasher, ids, thinning(size)):
            connection.execute(
                "INSERT INTO residue_hashes (removal_id, hashes) VALUES (?, ?)",
                (removal_id, packed(np.unique(np.concatenate(found)))),
            )

    def _passages(self, hasher: Hasher, ids: list[int], every: int) -> list[Hashes]:
        connection = self._database.conn
        words = [row for sql in _WORDS for row in selected(connection, sql, ids)]
        addresses = [tuple(map(address_tail, row)) for row in selected(connection, _ADDRESSES, ids)]
        return [hasher.of_text(str(value), every) for row in words + addresses for value in row if value]

    def _forget_by_url(self, removal_id: int, at: str) -> dict[str, int]:
        """Deletes what is kept by address alone, and what other pages said of the removed addresses."""
        connection = self._database.conn
        mine = read_blocklist(connection, removal_id)
        hosts = [
            (source,)
            for (source,) in connection.execute("SELECT host FROM sources").fetchall()
            if mine.blocks_host(source)
        ]
        counts: dict[str, int] = {}
        for name, table in archive().items():
            if table.forgets == "address":
                counts[table.counted] = delete_rows(connection, name, table.addresses, mine.blocks)
                for column in table.hosts:
                    gone = connection.executemany(f"DELETE FROM {name} WHERE {column} = ?", hosts).rowcount
                    counts[table.counted] += max(gone, 0)
        connection.executemany("UPDATE run_sources SET last_error = '' WHERE source = ?", hosts)
        connection.executemany("UPDATE sources SET status = 'removed' WHERE host = ?", hosts)
        counts["reasons that quoted it"] = empty_quotes(
            connection, mine.blocks, seeker(connection, removal_id)
        )
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


_QUOTES_ADDRESSES = (re.compile(r"https?://[!-~]+"), re.compile(r"https?://\S+"))
"""In a Chinese sentence an address ends where the ideographs begin, unless it has some of its own."""
_AROUND = "()[]{}<>,.;:!?'\"（）《》「」，。；：！？、"

EMPTIED = "(named what was removed)"


def empty_quotes(connection: sqlite3.Connection, is_blocked: Callable[[str], bool], seeker: Seeker) -> int:
    """Empties the sentences that hold an address or a passage of what goes; returns how many."""
    connection.create_function("quotes", 1, lambda words: _quotes(words, is_blocked, seeker))
    connection.create_function("emptied", 2, _emptied)
    emptied = 0
    for name, table in archive().items():
        for column in table.sentences:
            change = f"UPDATE {name} SET {column} = emptied('{name}', {column})"
            changed = connection.execute(f"{change} WHERE {column} <> '' AND quotes({column})")
            emptied += changed.rowcount
    return emptied


def _quotes(reason: str, is_blocked: Callable[[str], bool], seeker: Seeker) -> bool:
    found = {
        part
        for pattern in _QUOTES_ADDRESSES
        for address in pattern.findall(reason)
        for part in (address, address.strip(_AROUND))
    }
    return any(map(is_blocked, found)) or len(seeker.find(reason.encode("utf-8", "replace"))) > 0


def _emptied(table: str, reason: str) -> str:
    """A rejection's first words are stable and say what it was; a person's words go altogether."""
    kind = reason.partition(":")[0] if table == "rejections" and ": " in reason else ""
    return f"{kind}: {EMPTIED}" if kind else EMPTIED


_AT_ONCE = 500


def selected(connection: sqlite3.Connection, sql: str, ids: list[int]) -> list[tuple]:  # type: ignore[type-arg]
    """The rows of a statement that ends in IN, for all these numbers."""
    found = []
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        found += connection.execute(f"{sql} ({', '.join('?' * len(chunk))})", chunk).fetchall()
    return found


def count_in(connection: sqlite3.Connection, table: str, column: str, ids: list[int]) -> int:
    """How many rows have one of these numbers."""
    return sum(row[0] for row in selected(connection, f"SELECT count(*) FROM {table} WHERE {column} IN", ids))


def delete_in(connection: sqlite3.Connection, table: str, column: str, ids: list[int]) -> int:
    """Deletes the rows that have one of these numbers; returns how many."""
    deleted = 0
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(chunk))
        deleted += connection.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", chunk).rowcount
    return deleted


def delete_rows(
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


def whereabouts(connection: sqlite3.Connection, ids: list[int]) -> tuple[set[str], dict[int, int]]:
    """The addresses of readings, and their texts' nodes with their clusters."""
    addresses: set[str] = set()
    nodes: dict[int, int] = {}
    for page_url, claimed_url, node, cluster in selected(
        connection,
        "SELECT page_url, claimed_url, nodes.node_id, cluster_id FROM readings"
        " JOIN texts ON texts.id = text_id JOIN nodes ON nodes.node_id = texts.node_id WHERE readings.id IN",
        ids,
    ):
        addresses |= {url for url in (page_url, claimed_url) if url}
        nodes[node] = cluster
    return addresses, nodes
