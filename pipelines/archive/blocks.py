"""The block list: what must stay out, kept as salted hashes, so that it names nobody.

In: the archive's `blocks`. Out: a predicate over URLs, asked when a link is queued, before each
request, on each redirect and before a reading is written.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tldextract

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_DOMAINS = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
"""The bundled public suffix list only: nothing is downloaded."""


class Blocklist:
    """URLs that a removal keeps out, by URL, URL prefix, host or registrable domain."""

    def __init__(self, salt: str, hashes: frozenset[tuple[str, bytes]]) -> None:
        self._salt = salt
        self._hashes = hashes

    def blocks(self, url: str) -> bool:
        """Whether `url` (in its one spelling) must not be fetched, stored or shown."""
        return bool(self._hashes) and any(
            (kind, block_hash(self._salt, kind, value)) in self._hashes for kind, value in _spellings(url)
        )


def read_blocklist(connection: sqlite3.Connection) -> Blocklist:
    """The block list as it stands."""
    salt = connection.execute("SELECT value FROM meta WHERE key = 'salt'").fetchone()[0]
    rows = connection.execute("SELECT kind, hash FROM blocks").fetchall()
    return Blocklist(salt, frozenset((kind, bytes(digest)) for kind, digest in rows))


def block_hash(salt: str, kind: str, value: str) -> bytes:
    """SHA-256 of salt, kind and value: 32 bytes."""
    return hashlib.sha256(f"{salt}\n{kind}\n{value}".encode()).digest()


def _spellings(url: str) -> Iterator[tuple[str, str]]:
    """Everything a block of this URL could have been written for."""
    parts = urlsplit(url)
    yield "url", url
    yield "host", parts.netloc
    if parts.hostname:
        yield "host", parts.hostname
        yield "domain", _DOMAINS(parts.hostname).top_domain_under_public_suffix or parts.hostname
    prefix = f"{parts.scheme}://{parts.netloc}/"
    yield "prefix", prefix
    for segment in parts.path.split("/")[1:]:
        prefix += segment
        yield "prefix", prefix
        prefix += "/"
        yield "prefix", prefix
