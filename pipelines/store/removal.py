"""Removals' side of the crawl store: counting, deleting and looking through what belongs to an address.

In: predicates over URLs and hosts. Out: rows deleted, in short transactions, so that a crawl goes on
meanwhile. What is deleted is overwritten, too (secure_delete).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pipelines.catalogue import store
from pipelines.store.file import StoreFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.catalogue import Table

    Blocked = Callable[[str], bool]

AT_ONCE = 500
"""Rows deleted in one transaction, so that a crawl can write between."""


class Removals(StoreFile):
    """What a removal does to the crawl store."""

    def count_blocked(self, is_blocked: Blocked, is_host_blocked: Blocked) -> dict[str, int]:
        """How many rows a removal would delete, by their name in plans."""
        return {
            table.counted: sum(1 for _ in self._blocked(table, is_blocked, is_host_blocked))
            for table in store().values()
            if table.forgets == "address"
        }

    def delete_blocked(self, is_blocked: Blocked, is_host_blocked: Blocked) -> dict[str, int]:
        """Deletes every row of a blocked address or host; returns how many, by name."""
        counts = {}
        for name, table in store().items():
            if table.forgets == "address":
                keys = list(self._blocked(table, is_blocked, is_host_blocked))
                counts[table.counted] = len(keys)
                self._delete(name, table.key, keys)
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
                whole = headers.encode() + b"\n" + self.unpacked(body)
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
            for table, columns in _texts().items():
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

    def _blocked(self, table: Table, is_blocked: Blocked, is_host_blocked: Blocked) -> Iterator[object]:
        key, columns = table.key, (*table.addresses, *table.hosts)
        last: object = None
        while True:
            after = "" if last is None else f"WHERE {key} > ?"
            with self.reading() as db:
                rows = db.execute(
                    f"SELECT {key}, {', '.join(columns)} FROM {table.name} {after} ORDER BY {key} LIMIT 5000",
                    () if last is None else (last,),
                ).fetchall()
            if not rows:
                return
            for row in rows:
                if any(
                    is_host_blocked(_host(value)) if column in table.hosts else is_blocked(value)
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
            db.create_function("quotes", 1, lambda words: _quotes(words, is_blocked, is_host_blocked))
            for name, table in store().items():
                for column in table.sentences:
                    where = f"{column} LIKE '%://%' AND quotes({column})"
                    db.execute(f"UPDATE {name} SET {column} = NULL WHERE {where}")


def _quotes(reason: str, is_blocked: Blocked, is_host_blocked: Blocked) -> bool:
    words = [word.strip("()[],;'\"") for word in reason.split() if "://" in word]
    return any(is_blocked(word) or is_host_blocked(_host(word)) for word in words)


def _host(value: str) -> str:
    """The host of a source or of scheme://host."""
    return value.partition("://")[2].partition("/")[0] if "://" in value else value


def _texts() -> dict[str, list[str]]:
    """Table → its columns that may hold text; the compressed bodies are looked through by `bodies`."""
    return {
        name: [column for column in table.columns if (name, column) != ("pages", "body")]
        for name, table in store().items()
        if table.forgets == "address"
    }
