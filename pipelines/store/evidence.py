"""A stored page as evidence: its bytes as they came, their hash, when they were fetched and what answered.

In: the archive's path and a page's address. Out: Evidence, or None where the page is not kept (any more).
Nothing is written, and no file is made where there is none.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import zstandard

from pipelines import database
from pipelines.store.file import STORE


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page as it was stored."""

    url_answered: str
    status: int
    fetched_at: str
    """UTC."""
    media_type: str
    """As the host named it."""
    body: bytes
    sha256: str
    """Of the body, in hexadecimal."""


def stored_page(archive_path: Path, url: str, fetched_at: str) -> Evidence | None:
    """The page of that address whose text was fetched then.

    Raises:
        ForeignArchiveError, NewerArchiveError, StorageError: as `pipelines.store.file.StoreFile`.
    """
    path = database.store_path(archive_path)
    if not path.exists():
        return None
    with closing(database.open_read_only(path, STORE)) as connection:
        row = connection.execute(
            "SELECT url_answered, status, fetched_at, headers, body FROM pages"
            " WHERE url = ? AND substr(fetched_at, 1, 19) = substr(?, 1, 19) ORDER BY page_id DESC LIMIT 1",
            (url, fetched_at),
        ).fetchone()
    if row is None:
        return None
    headers = {name.lower(): value for name, value in json.loads(row[3])}
    body = zstandard.ZstdDecompressor().decompress(row[4])
    digest = hashlib.sha256(body).hexdigest()
    return Evidence(row[0], row[1], row[2], headers.get("content-type", ""), body, digest)
