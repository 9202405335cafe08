"""Parts of a crawl store that are fetched elsewhere: cut out, told apart afterwards, merged.

`cut` takes all that fetching some sources needs (their addresses, rounds, robots.txt, what was learned of
them) and no page's bytes, as a small store of its own. `changes` says what differs in it when it was fetched,
as rows of plain values. `merge` checks these rows as what a stranger sent, and brings them into the whole
store, all of them or none.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import zstandard

from pipelines.errors import WorkersError
from pipelines.pages.repeats import load_idle
from pipelines.store.file import StoreFile
from pipelines.urls import canonical_url, host_of

Row = tuple[Any, ...]

Changes = Mapping[str, tuple[Sequence[Row], Sequence[Row]]]

"""Table → rows that are new or differ, and keys of those that are gone."""

_KEYS = {
    "urls": ("url_id",),
    "pages": ("page_id",),
    "announcements": ("url", "via"),
    "robots": ("authority",),
    "rejected": ("rejection_id",),
    "requests": ("request_id",),
    "crawls": ("crawl_id",),
    "signs": ("source", "kind"),
    "certificates": ("source",),
    "quarantines": ("source",),
    "idle": ("source", "part"),
    "resting": ("source", "kind"),
    "rests": ("host",),
}
"""What goes with a part; the others are the operator's."""
_BY_SOURCE = ("signs", "certificates", "quarantines", "idle", "resting")
_LOGS = ("rejected", "requests")
"""They begin empty in a part, and what is in them is added."""
_COUNTS = ("fetched", "articles", "unchanged", "failed", "refused", "found", "lists", "gone", "last_error")
_SAID = {"asks", "reason", "answer", "last_error"}
"""Columns in which an address may stand besides that of the row."""
_OF = {"announcements": "url", "signs": "kind"}
"""Tables of what is known of single addresses: the column that says which."""
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_TYPES: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (int, float),
    "TEXT": (str,),
    "BLOB": (bytes,),
}
_BODY_MAX_BYTES = 64 * 1024 * 1024


def cut(file: StoreFile, sources: Iterable[str], holds: Callable[[str], bool]) -> bytes:
    """The part of some sources, as the bytes of a store; `holds`: whether a host:port is one of theirs."""
    with file.reading(), closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("ATTACH ? AS whole", (str(file.path),))
        db.create_function("held", 1, lambda host: holds(host.rpartition("/")[2]))
        schema = (
            "SELECT sql FROM whole.sqlite_schema WHERE sql > '' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        )
        for (sql,) in db.execute(schema).fetchall():
            db.execute(sql)
        for name in ("application_id", "user_version"):
            [value] = db.execute(f"PRAGMA whole.{name}").fetchone()
            db.execute(f"PRAGMA main.{name} = {value}")
        db.execute(
            "CREATE TEMP TABLE wanted AS SELECT value AS source FROM json_each(?)",
            (json.dumps(list(sources)),),
        )
        db.execute("BEGIN")
        db.execute("INSERT INTO urls SELECT u.* FROM whole.urls u JOIN wanted USING (source)")
        db.execute(
            "INSERT INTO announcements SELECT a.* FROM whole.announcements a JOIN main.urls USING (url)"
        )
        db.execute(  # by which a page is known again, and nothing of it
            "INSERT INTO pages (page_id, url, source, kind, url_asked, url_answered, status, headers, body,"
            " body_bytes, sha256, fetched_at, robots, article, ingested)"
            " SELECT p.page_id, p.url, p.source, p.kind, '', '', p.status, '[]', x'', 0, p.sha256,"
            " p.fetched_at, '', p.article, 1 FROM main.urls u JOIN whole.pages p"
            " ON p.page_id = (SELECT MAX(page_id) FROM whole.pages WHERE url = u.url)"
        )
        rounds = "SELECT c.* FROM whole.crawls c JOIN wanted USING (source) WHERE finished_at IS NULL"
        db.execute(f"INSERT INTO crawls {rounds}")
        for table in _BY_SOURCE:
            db.execute(f"INSERT INTO {table} SELECT t.* FROM whole.{table} t JOIN wanted USING (source)")
        db.execute("INSERT INTO robots SELECT * FROM whole.robots WHERE held(authority)")
        db.execute("INSERT INTO rests SELECT * FROM whole.rests WHERE held(host)")
        db.execute("COMMIT")
        return db.serialize()


def changes(part: bytes, path: Path) -> Changes:
    """What differs in the store at `path`, which was `part` before it was fetched."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ATTACH ':memory:' AS before")
        db.deserialize(part, name="before")
        found = {}
        for table, keys in _KEYS.items():
            columns, named = ", ".join(_columns(db, table)), ", ".join(keys)
            rows = f"SELECT {columns} FROM main.{table} EXCEPT SELECT {columns} FROM before.{table}"
            gone = f"SELECT {named} FROM before.{table} EXCEPT SELECT {named} FROM main.{table}"
            found[table] = (db.execute(f"{rows} ORDER BY 1").fetchall(), db.execute(gone).fetchall())
    return found


def merge(
    file: StoreFile,
    came: Changes,
    sources: Sequence[str],
    holds: Callable[[str, str], bool],
    is_blocked: Callable[[str], bool],
) -> None:
    """Brings what came of a part into the whole, in one transaction; what a removal blocks is left out.

    Args:
        file: the whole store.
        came: as `changes` gives it, from whoever fetched.
        sources: whose part it was.
        holds: whether a source holds a host:port.
        is_blocked: whether a URL was removed for good.

    Raises:
        WorkersError: it is no such thing, or about other sources; nothing is written.
    """
    with file.writing() as db:
        try:
            _Merging(db, came, frozenset(sources), holds, is_blocked).all()
        except (
            sqlite3.IntegrityError,
            sqlite3.InterfaceError,
            OverflowError,
            TypeError,
            ValueError,
        ) as error:
            raise WorkersError(f"a worker sent what is no part of a crawl store ({error})") from error


@dataclass
class _Merging:
    """One merge, table by table."""

    _db: sqlite3.Connection
    _came: Changes
    _sources: frozenset[str]
    _holds: Callable[[str, str], bool]
    _blocks: Callable[[str], bool]

    def all(self) -> None:
        """Every table; the addresses first, since the others are about them."""
        if set(self._came) != set(_KEYS):
            raise ValueError("other tables")
        self._urls()
        self._pages()
        for row in self._rows("crawls"):
            sets = ", ".join(f"{name} = :{name}" for name in _COUNTS)
            self._db.execute(f"UPDATE crawls SET {sets} WHERE crawl_id = :crawl_id AND source = :source", row)
        for table in _LOGS:
            for row in self._rows(table):
                del row[_KEYS[table][0]]
                if not self._is_blocked(row["url"]):
                    self._insert(table, row)
        for table in ("announcements", "robots", "rests", *_BY_SOURCE):
            self._replace(table)

    def _urls(self) -> None:
        places: dict[int, int | None] = {}
        for (url_id,) in self._gone("urls"):
            self._db.execute(f"DELETE FROM urls WHERE url_id = ? AND source IN ({self._ours})", (url_id,))
        for row in self._rows("urls"):
            url_id, found_on = row.pop("url_id"), row["found_on"]
            places[url_id] = None
            row["found_on"] = places.get(found_on, found_on)
            if self._is_blocked(row["url"]):
                continue
            self._require_ours(row)
            sets = ", ".join(
                f"{name} = excluded.{name}" for name in row if name not in ("url", "source", "found_on")
            )
            stored = self._db.execute(
                f"INSERT INTO urls ({', '.join(row)}) VALUES (:{', :'.join(row)}) ON CONFLICT (url)"
                f" DO UPDATE SET {sets} WHERE source = excluded.source RETURNING url_id",
                row,
            ).fetchone()
            places[url_id] = stored and stored[0]

    def _require_ours(self, row: dict[str, Any]) -> None:
        """What is known of an address already is the operator's word.

        Raises:
            ValueError: the address is none of its source's.
        """
        url, source, host = row["url"], row["source"], row["host"]
        known = self._db.execute("SELECT 1 FROM urls WHERE url = ? AND source = ?", (url, source)).fetchone()
        if not known and (host_of(url) != host or not self._holds(source, host)):
            raise ValueError(f"{url} is none of {source}")

    def _pages(self) -> None:
        for (page_id,) in self._gone("pages"):
            self._db.execute(
                f"DELETE FROM pages WHERE page_id = ? AND article = 0 AND source IN ({self._ours})",
                (page_id,),
            )
        for row in self._rows("pages"):
            page_id = row.pop("page_id")
            if not row["body"]:  # known before: to be read again, since another address leads to it
                known = "page_id = ? AND article = 1 AND url = ? AND source = ?"
                again = f"UPDATE pages SET ingested = 0 WHERE {known}"
                self._db.execute(again, (page_id, row["url"], row["source"]))
                continue
            if self._is_blocked(row["url"]) or self._is_blocked(row["url_answered"]):
                continue
            if self._quotes_blocked(row["url_asked"]):
                continue
            _require_whole(row)
            owner = "SELECT 1 FROM urls WHERE url = ? AND source = ?"
            if not self._db.execute(owner, (row["url"], row["source"])).fetchone():
                continue  # the address left the frontier meanwhile, or is another source's
            self._insert("pages", row)

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        self._db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)

    def _replace(self, table: str) -> None:
        key = " AND ".join(f"{name} = ?" for name in _KEYS[table])
        for gone in self._gone(table):
            if self._is_ours(dict(zip(_KEYS[table], gone, strict=True))):
                self._db.execute(f"DELETE FROM {table} WHERE {key}", gone)
        for row in self._rows(table):
            whose = str(row.get("source") or row.get("host") or row.get("authority") or "")
            if whose and self._blocks(f"https://{whose.rpartition('/')[2]}/"):  # removed as a whole
                continue
            self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES (:{', :'.join(row)})", row)

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows that came for a table, by column, each of the types that the table declares."""
        columns = _columns(self._db, table)
        for values in self._came[table][0]:
            if len(values) != len(columns):
                raise ValueError(f"{table}: other columns")
            for value, (name, type_) in zip(values, columns.items(), strict=True):
                if value is not None and type(value) not in _TYPES[type_]:
                    raise ValueError(f"{table}.{name}: another type")
            row = dict(zip(columns, values, strict=True))
            if not self._is_ours(row):
                raise ValueError(f"{table}: a row of another source")
            if table == "idle":
                load_idle(row["part"])
            if table == "signs" and len(row["tokens"]) % 4:
                raise ValueError("signs: no tokens")
            self._forget_blocked(row)
            address = str(row[_OF[table]]) if table in _OF else ""
            if not (address.startswith("http") and self._is_blocked(address)):
                yield row

    def _gone(self, table: str) -> Sequence[Row]:
        keys = self._came[table][1]
        if not all(
            len(key) == len(_KEYS[table]) and all(type(one) in (int, str) for one in key) for key in keys
        ):
            raise ValueError(f"{table}: no keys")
        return keys

    def _is_ours(self, row: Mapping[str, Any]) -> bool:
        if "source" in row:
            return row["source"] in self._sources
        if "url" in row:
            known = f"SELECT 1 FROM urls WHERE url = ? AND source IN ({self._ours})"
            is_known = self._db.execute(known, (row["url"],)).fetchone()
            return bool(is_known) or self._is_held(host_of(row["url"]))
        return self._is_held(str(row.get("host") or row["authority"]).rpartition("/")[2])

    def _is_blocked(self, url: str) -> bool:
        return self._blocks(canonical_url(url))

    def _forget_blocked(self, row: dict[str, Any]) -> None:
        for name in _SAID & row.keys():
            if row[name] and self._quotes_blocked(row[name]):
                row[name] = None if name == "asks" else ""

    def _quotes_blocked(self, said: str) -> bool:
        """Whether it leads to what was removed, as a redirect does, or names it."""
        for address in _ADDRESS.findall(said):
            with suppress(ValueError):  # it begins like an address and is none
                if self._is_blocked(address):
                    return True
        return False

    def _is_held(self, host: str) -> bool:
        if any(self._holds(source, host) for source in self._sources):
            return True
        known = f"SELECT 1 FROM urls WHERE host = ? AND source IN ({self._ours})"
        return bool(self._db.execute(known, (host,)).fetchone())

    @property
    def _ours(self) -> str:
        return ", ".join("'" + source.replace("'", "''") + "'" for source in sorted(self._sources))


def _columns(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """A table's columns with their declared types."""
    return {row[1]: row[2] for row in db.execute(f"PRAGMA main.table_info({table})")}


def _require_whole(row: Mapping[str, Any]) -> None:
    """Refuses a page that could not be read again, or whose bytes are not those that it names.

    Raises:
        ValueError: it is such a page.
    """
    try:
        if not zstandard.frame_content_size(row["body"]) == row["body_bytes"] <= _BODY_MAX_BYTES:
            raise ValueError(f"{row['url']}: another length than it says")
        body = zstandard.ZstdDecompressor().decompress(row["body"])
    except zstandard.ZstdError as error:
        raise ValueError(f"{row['url']}: {error}") from error
    if hashlib.sha256(body).digest() != row["sha256"]:
        raise ValueError(f"{row['url']}: another digest than it says")
    datetime.fromisoformat(row["fetched_at"])
    headers, signals = json.loads(row["headers"]), json.loads(row["signals"])
    if any(len(one) != 2 for one in headers) or any(len(one) != 3 for one in signals):
        raise ValueError(f"{row['url']}: headers that are none")
