"""Removals' side of the crawl store: counting, deleting and looking through what belongs to an address.

In: predicates over URLs and hosts. Out: rows deleted, in short transactions, so that a crawl goes on
meanwhile. What is deleted is overwritten, too (secure_delete).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pipelines.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    Blocked = Callable[[str], bool]

AT_ONCE = 500
"""Rows deleted in one transaction, so that a crawl can write between."""

NAMES = {
    "pages": "raw pages",
    "urls": "frontier addresses",
    "announcements": "announced by feeds and sitemaps",
    "rejected": "rejections under way",
    "robots": "robots.txt",
    "crawls": "rounds of the crawl",
    "signs": "what its templates look like",
    "certificates": "its certificate",
    "quarantines": "why it is held",
    "troubles": "its troubles",
    "acks": "acknowledgements",
    "idle": "parts of its addresses that make no difference",
    "resting": "kinds of its addresses that rest",
    "rests": "until when it wants rest",
}
"""Table → its name in plans and receipts."""

TABLES: dict[str, tuple[str, str]] = {
    "urls": (
        "goes with its address or source; an address that another row quotes is emptied there",
        "url_id url source host kind state priority depth hops dry guess asks way found_on attempts"
        " rounds_failed next_at status etag last_modified fetched_at reason interval_s revisit_at gone_at"
        " sketch",
    ),
    "pages": (
        "goes with its address or source",
        "page_id url source kind url_asked url_answered status headers body body_bytes sha256 fetched_at"
        " robots article ingested rendered",
    ),
    "announcements": ("goes with its address", "url via announced title seen_at changed"),
    "robots": ("goes with its host", "authority status body fetched_at expires_at reason"),
    "rejected": ("goes with its address or source", "rejection_id url source reason at"),
    "crawls": (
        "goes with its source; otherwise an error that quotes a removed address is emptied",
        "crawl_id source started_at finished_at outcome revisit fetched articles unchanged failed refused"
        " found lists last_error gone",
    ),
    "signs": ("goes with its source", "source kind tokens language registration at changed_at"),
    "certificates": ("goes with its source", "source expires_at seen_at"),
    "quarantines": ("goes with its source", "source reason at"),
    "troubles": ("goes with its source", "source kind reason since"),
    "acks": ("goes with its source", "source until at"),
    "idle": ("goes with its source", "source part at"),
    "resting": ("goes with its source", "source kind at waiting"),
    "rests": ("goes with its host", "host until"),
    "sqlite_sequence": ("numbers only", "name seq"),
}
"""Every table of the crawl store: how it forgets, and its columns (see pipelines/archive/catalogue.py)."""

_KEYS = {
    "pages": ("page_id", "url", "url_answered", "url_asked", "source"),
    "urls": ("url_id", "url", "asks", "source"),
    "announcements": ("url", "url"),
    "rejected": ("rejection_id", "url", "source"),
    "robots": ("authority", "authority"),
    "crawls": ("crawl_id", "source"),
    "signs": ("source", "source"),
    "certificates": ("source", "source"),
    "quarantines": ("source", "source"),
    "troubles": ("source", "source"),
    "acks": ("source", "source"),
    "idle": ("source", "source"),
    "resting": ("source", "source"),
    "rests": ("host", "host"),
}
"""Table → its key, then the columns whose address or host decides."""

_HOSTS = ("source", "authority", "host")


class Removals(Database):
    """What a removal does to the crawl store."""

    def count_blocked(self, is_blocked: Blocked, is_host_blocked: Blocked) -> dict[str, int]:
        """How many rows a removal would delete, by their name in plans."""
        return {
            NAMES[table]: sum(1 for _ in self._blocked(table, is_blocked, is_host_blocked)) for table in _KEYS
        }

    def delete_blocked(self, is_blocked: Blocked, is_host_blocked: Blocked) -> dict[str, int]:
        """Deletes every row of a blocked address or host; returns how many, by name."""
        counts = {}
        for table, (key, *_) in _KEYS.items():
            keys = list(self._blocked(table, is_blocked, is_host_blocked))
            counts[NAMES[table]] = len(keys)
            self._delete(table, key, keys)
        self._empty_quotes(is_blocked, is_host_blocked)
        return counts

    def announced_titles(self, is_blocked: Blocked) -> list[str]:
        """Titles that feeds and sitemaps gave to removed addresses."""
        with self.reading() as db:
            rows = db.execute("SELECT url, title FROM announcements WHERE title IS NOT NULL").fetchall()
        return [title for url, title in rows if is_blocked(url)]

    def delete_pages(self, page_ids: Sequence[int]) -> None:
        """Deletes raw pages, whoever's they are."""
        self._delete("pages", "page_id", list(page_ids))

    def read_again(self, page_ids: Sequence[int]) -> None:
        """Pages come out of the store once more."""
        with self.writing() as db:
            db.executemany("UPDATE pages SET ingested = 0 WHERE page_id = ?", [(i,) for i in page_ids])

    def bodies(self) -> Iterator[tuple[int, str, str, bytes]]:
        """Every raw page: id, source, URL, and headers and body as they came, one after the other."""
        last = 0
        while True:
            with self.reading() as db:
                rows = db.execute(
                    "SELECT page_id, source, url, headers, body FROM pages WHERE page_id > ?"
                    " ORDER BY page_id LIMIT 50",
                    (last,),
                ).fetchall()
            if not rows:
                return
            for page_id, source, url, headers, body in rows:
                whole = headers.encode() + b"\n" + self.decompressor().decompress(body)
                yield page_id, source, url, whole
            last = rows[-1][0]

    def frame_starts(self, size: int) -> set[bytes]:
        """How the compressed bodies begin that are there."""
        with self.reading() as db:
            rows = db.execute("SELECT substr(body, 1, ?) FROM pages", (size,))
            return {hashlib.blake2b(row[0], digest_size=8).digest() for row in rows}

    def values(self) -> Iterator[tuple[str, str]]:
        """Every text that lies uncompressed in the store: whose it is, and the text."""
        with self.reading() as db:
            for table, columns in _texts(db).items():
                whose = next((c for c in ("source", "authority", "url") if c in columns), f"'{table}'")
                for row in db.execute(f"SELECT {whose}, {', '.join(columns)} FROM {table}"):
                    owner = _host(str(row[0]))
                    for value in row[1:]:
                        if isinstance(value, bytes):
                            yield owner, value.decode("utf-8", "replace")
                        elif value:
                            yield owner, str(value)

    def forget_files(self, *, vacuum: bool) -> str:
        """Folds the log into the file, and makes the file anew where asked; says what kept it from that."""
        with self.reading() as db:
            db.execute("PRAGMA secure_delete = ON")
            if vacuum:
                db.execute("VACUUM")
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return "a reader holds the crawl store's log" if busy else ""

    def _blocked(self, table: str, is_blocked: Blocked, is_host_blocked: Blocked) -> Iterator[object]:
        key, *columns = _KEYS[table]
        last: object = None
        while True:
            after = "" if last is None else f"WHERE {key} > ?"
            with self.reading() as db:
                rows = db.execute(
                    f"SELECT {key}, {', '.join(columns)} FROM {table} {after} ORDER BY {key} LIMIT 5000",
                    () if last is None else (last,),
                ).fetchall()
            if not rows:
                return
            for row in rows:
                if any(
                    is_host_blocked(_host(value)) if column in _HOSTS else is_blocked(value)
                    for column, value in zip(columns, row[1:], strict=True)
                    if value
                ):
                    yield row[0]
            last = rows[-1][0]

    def _delete(self, table: str, key: str, keys: list[object]) -> None:
        for start in range(0, len(keys), AT_ONCE):
            with self.writing() as db:
                db.executemany(
                    f"DELETE FROM {table} WHERE {key} = ?", [(k,) for k in keys[start : start + AT_ONCE]]
                )

    def _empty_quotes(self, is_blocked: Blocked, is_host_blocked: Blocked) -> None:
        """A redirect or an error of a row that stays may quote an address that goes."""
        with self.writing() as db:
            rows = db.execute(
                "SELECT url_id, reason FROM urls WHERE reason LIKE '%http://%' OR reason LIKE '%https://%'"
            ).fetchall()
            quoting = [(row[0],) for row in rows if _quotes(row[1], is_blocked, is_host_blocked)]
            db.executemany("UPDATE urls SET reason = NULL WHERE url_id = ?", quoting)
            rows = db.execute(
                "SELECT crawl_id, last_error FROM crawls WHERE last_error LIKE '%://%'"
            ).fetchall()
            quoting = [(row[0],) for row in rows if _quotes(row[1], is_blocked, is_host_blocked)]
            db.executemany("UPDATE crawls SET last_error = NULL WHERE crawl_id = ?", quoting)


def _quotes(reason: str, is_blocked: Blocked, is_host_blocked: Blocked) -> bool:
    words = [word.strip("()[],;'\"") for word in reason.split() if "://" in word]
    return any(is_blocked(word) or is_host_blocked(_host(word)) for word in words)


def _host(value: str) -> str:
    """The host of a source or of scheme://host."""
    return value.partition("://")[2].partition("/")[0] if "://" in value else value


def _texts(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Table → its columns that may hold text; the compressed bodies are looked through by `bodies`."""
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        table: [column for column in _columns(db, table) if (table, column) != ("pages", "body")]
        for table in tables
        if not table.startswith("sqlite_")
    }


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
