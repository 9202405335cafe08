"""The block list: what must stay out, kept as keyed digests, so that it names nobody.

In: the archive's `blocks`, and the key beside it. Out: a predicate over URLs, asked when a link is queued,
before each request, on each redirect, when a page is committed and before a reading is written.

What a reader is answered who asks for something removed: the removal and its day, and nothing else.
"""

from __future__ import annotations

import ipaddress
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import tldextract

from pipelines.archive.kept_out.key import Key, key_of, needed_key
from pipelines.publishers import normalise_publisher, publisher_of
from pipelines.urls import authority_of, canonical_url, folded, without_ways

_DOMAINS = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""The bundled public suffix list only: nothing is downloaded. With its private part, so that one blog of a
host of many blogs is a domain of its own."""

VERSION_KEY = "blocks_version"
"""In `meta`: a number that grows with every change of the block list, so that asking whether it changed
costs one row. Triggers count it (0005_removal.sql)."""

LOOK_S = 0.1
"""How long a crawl may go by what it read: a look takes 14 microseconds."""

PATH_KINDS = frozenset({"url", "prefix", "redacted"})
"""Kinds of terms that stand for a part of one host."""
ON = "on"
"""The kind that says on which hosts such parts are; a removal from before it was noted has none."""
_HOSTS_KEPT = 100_000
"""Verdicts on hosts, and on addresses, kept in memory: 10 MB each."""


class Term(NamedTuple):
    """One thing that a page's address or credit is compared with, as it is hashed into a block."""

    kind: str
    """host, domain, prefix, url or credited; redacted or passage N (redacted.py); on."""
    value: str


class Matcher:
    """Pages that any of some terms holds; subclasses say how a term is looked up."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """Take the kinds of terms that there are: the others need not be looked up."""
        self.kinds = frozenset(kinds)
        self._hosts: dict[str, int | None] = {}
        self._on: dict[str, bool] = {}
        self._urls: dict[str, int | None] = {}

    def blocks(self, url: str) -> bool:
        """Whether `url` (in its one spelling) must not be fetched, stored or shown."""
        return self.removal_of(url) is not None

    def removal_of(self, url: str) -> int | None:
        """The removal that keeps `url` out; None where none does."""
        if not self.kinds:
            return None
        if url not in self._urls:  # one address stands in many rows
            if len(self._urls) > _HOSTS_KEPT:
                self._urls.clear()
            self._urls[url] = self._looked_up(url)
        return self._urls[url]

    def _looked_up(self, url: str) -> int | None:
        host = authority_of(url)
        whole = self._host(host)
        if whole is not None or not self.has_pages_on(host):
            return whole
        return self._first(path_terms(url, with_prefixes="prefix" in self.kinds))

    def has_pages_on(self, host: str) -> bool:
        """Whether there may be a term of a part of this host: its addresses have to be looked up."""
        if host not in self._on:
            if len(self._on) > _HOSTS_KEPT:
                self._on.clear()
            self._on[host] = self._first(iter([Term(ON, host)])) is not None
        return self._on[host]

    def blocks_host(self, host: str) -> bool:
        """Whether everything of a host must stay out."""
        return bool(self.kinds) and self._host(host) is not None

    def blocks_publisher(self, name: str | None) -> bool:
        """Whether a page that credits this publisher must stay out."""
        if "credited" not in self.kinds or not name:
            return False
        spelled = {publisher_of(name), normalise_publisher(name)} - {""}  # older blocks have one script only
        return any(self.find(Term("credited", one)) is not None for one in spelled)

    def find(self, term: Term) -> int | None:
        """The removal that ordered a term."""
        raise NotImplementedError

    def _host(self, host: str) -> int | None:
        if host not in self._hosts:
            if len(self._hosts) > _HOSTS_KEPT:
                self._hosts.clear()
            self._hosts[host] = self._first(host_terms(host))
        return self._hosts[host]

    def _first(self, terms: Iterator[Term]) -> int | None:
        for term in terms:
            if term.kind in self.kinds and (found := self.find(term)) is not None:
                return found
        return None


class Blocklist(Matcher):
    """URLs that removals keep out, by URL, URL prefix, host, registrable domain or credited publisher."""

    def __init__(
        self, key: Key | None, hashes: Mapping[tuple[str, bytes], int], *, knows_hosts: bool = True
    ) -> None:
        """Take each block with the removal that ordered it, and whether hosts are noted of all that need it.

        Without any, no key is needed.
        """
        super().__init__(kind for kind, _ in hashes)
        self._key = key
        self._hashes = hashes
        self._knows_hosts = knows_hosts

    def has_pages_on(self, host: str) -> bool:
        """Whether there may be a block of a part of this host."""
        return not self._knows_hosts or super().has_pages_on(host)

    def find(self, term: Term) -> int | None:
        """The removal that ordered a block of this term."""
        return self._hashes.get((term.kind, self._key.block(*term))) if self._key else None


class LiveBlocklist:
    """The block list as it is when it is asked, for a crawl that goes on during a removal."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Takes a read-only connection of its own, in the thread that asks."""
        self._connection = connection
        self._looked_at = -LOOK_S
        self._version = -1
        self._blocklist = Blocklist(None, {})

    def blocks(self, url: str) -> bool:
        """Whether `url` (in its one spelling) must not be fetched or stored."""
        return self.present().blocks(url)

    def present(self) -> Blocklist:
        """The list as it is now."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_S:
            self._looked_at = now
            version = blocks_version(self._connection)
            if version != self._version:
                self._blocklist, self._version = read_blocklist(self._connection), version
        return self._blocklist


def read_blocklist(connection: sqlite3.Connection, removal_id: int | None = None) -> Blocklist:
    """The block list as it stands, or one removal's part of it.

    Raises:
        RefusedError: something is blocked, and the key that says what is not beside the archive.
    """
    rows = connection.execute(
        "SELECT kind, hash, removal_id FROM blocks WHERE ?1 IS NULL OR removal_id = ?1"
        " ORDER BY removal_id DESC",
        (removal_id,),
    ).fetchall()
    hashes = {(kind, bytes(digest)): n for kind, digest, n in rows}
    noted = {n for kind, _, n in rows if kind == ON}
    knows_hosts = all(n in noted for kind, _, n in rows if kind in PATH_KINDS)
    return Blocklist(needed_key(connection) if hashes else None, hashes, knows_hosts=knows_hosts)


def blocks_version(connection: sqlite3.Connection) -> int:
    """Grows with every change of the block list."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (VERSION_KEY,)).fetchone()
    return 0 if row is None else int(row[0])


def host_terms(host: str) -> Iterator[Term]:
    """Everything a block of this whole host (with its port, if any) could have been written for."""
    name = urlsplit(f"//{host}").hostname or host
    yield Term("host", host)
    if name != host:
        yield Term("host", name)
    yield Term("domain", registrable_domain(name))


def with_hosts(terms: Iterable[Term]) -> Iterator[Term]:
    """Terms, and the hosts of those that stand for a part of one, so that no other host's are looked up."""
    hosts = set()
    for term in terms:
        yield term
        if term.kind in PATH_KINDS:
            hosts.add(authority_of(term.value))
    yield from (Term(ON, host) for host in hosts)


def path_terms(url: str, *, with_prefixes: bool = True) -> Iterator[Term]:
    """Everything a block of a part of this URL's host could have been written for, http or https."""
    for spelled in dict.fromkeys((url, without_ways(url), folded(url))):  # `?from=x` brings nothing back
        rest = spelled.partition(":")[2]
        for scheme in ("https", "http"):
            yield Term("url", f"{scheme}:{rest}")
    if not with_prefixes:
        return
    parts = urlsplit(url)
    for scheme in ("https", "http"):
        prefix = f"{scheme}://{parts.netloc}/"
        yield Term("prefix", prefix)
        for segment in parts.path.split("/")[1:]:
            prefix += segment
            yield Term("prefix", prefix)
            prefix += "/"
            yield Term("prefix", prefix)


def owner_of(host: str) -> str:
    """Whose site a host (with its port, if any) is: its domain's; on an address or localhost the port's."""
    name = urlsplit(f"//{host}").hostname or host
    domain = registrable_domain(name)
    return host if domain == name and ("." not in name or _is_address(name)) else domain


@lru_cache(maxsize=10_000)
def registrable_domain(name: str) -> str:
    """The domain that one can register, of a host name without port; an IP address is its own.

    A name under no known public suffix has its last two labels (the list's rule `*`).
    """
    if _is_address(name):
        return name
    return _DOMAINS(name).top_domain_under_public_suffix or ".".join(name.split(".")[-2:])


def has_public_suffix(host: str) -> bool:
    """Whether a host, perhaps with a port, ends as hosts do: in a known suffix, or localhost."""
    name = host.partition(":")[0]
    return name.endswith(".localhost") or bool(_DOMAINS(name).suffix)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def answer(connection: sqlite3.Connection, reference: str) -> str | None:
    """What a reader is told of a removed URL or article number; None for anything else."""
    found = removed(connection, reference)
    return None if found is None else f"removed on {found[1][:10]} by removal {found[0]}"


def removed(connection: sqlite3.Connection, reference: str) -> tuple[int, str] | None:
    """The removal of a URL or article number and when it was ordered; None for anything else.

    A copy of the archive that was handed out, without the key, tells nothing of any address.
    """
    reference = reference.strip()
    number = None
    if reference.isascii() and reference.isdigit() and len(reference) < 19:
        number = _removal_of_article(connection, int(reference))
    elif "://" in reference and " " not in reference and key_of(connection) is not None:
        try:
            number = read_blocklist(connection).removal_of(canonical_url(reference))
        except ValueError:
            return None
    if number is None:
        return None
    at = connection.execute("SELECT at FROM removals WHERE id = ?", (number,)).fetchone()
    return number, str(at[0])


def _removal_of_article(connection: sqlite3.Connection, article_id: int) -> int | None:
    row = connection.execute(
        "SELECT removal_id FROM removed_articles WHERE article_id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = ?1)",
        (article_id,),
    ).fetchone()
    return None if row is None else int(row[0])
