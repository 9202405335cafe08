"""Starting from the letter: what in the archive matches an address, a host, a publisher's name or a passage.

In: an archive and what the letter says. Out: copies, each with the reason why it matches.
Judges nothing: whose text it is, is a person's question.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pipelines.archive.file import read_only
from pipelines.errors import ConfigurationError
from pipelines.forget.scope import TermMatcher, make_scope
from pipelines.publishers import normalise_publisher
from pipelines.query import expression, literal
from pipelines.urls import host_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.forget.scope import Scope

    Found = tuple[sqlite3.Row, str]

MOST = 200
"""Copies listed for one thing that was asked for."""

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?")
_PASSAGE = 12
"""Characters from which on words are looked for in texts: a shorter piece is a name."""
_COPY = (
    "SELECT c.url, c.source, s.name, c.title, c.article_id, c.credited_source FROM copies c"
    " JOIN sources s ON s.host = c.source"
)


@dataclass(frozen=True, slots=True)
class Match:
    """One copy that matches."""

    url: str
    source: str
    source_name: str
    title: str
    article_id: int
    reason: str


def find_matches(archive_path: Path, asked: list[str]) -> list[Match]:
    """Copies that match anything asked for, in the order asked, each once."""
    matches: dict[str, Match] = {}
    with closing(read_only(archive_path)) as connection:
        for words in asked:
            for row, reason in _matching(connection, words.strip()):
                matches.setdefault(row[0], Match(row[0], row[1], row[2], row[3], row[4], reason))
    return list(matches.values())


def is_known(connection: sqlite3.Connection, scope: Scope) -> bool:
    """Whether the scope is whole sources that the archive has by name, if without a page."""
    return bool(scope.hosts) and {term.value for term in scope.terms()} <= _names(_hosts(connection))


def nearest(archive_path: Path, scope: Scope) -> list[str]:
    """Hosts and publishers of the archive that look like those of a scope: what may have been meant."""
    with closing(read_only(archive_path)) as connection:
        hosts = _hosts(connection)
        names = connection.execute(
            "SELECT name FROM sources UNION SELECT credited_source FROM readings WHERE credited_source <> ''"
        )
        spelled = [row[0] for row in names if row[0]]
    asked = [*scope.hosts, *scope.domains, *(host_of(url) for url in (*scope.prefixes, *scope.urls))]
    unknown = [host for host in asked if host not in _names(hosts)]
    return [
        *(near for host in unknown for near in get_close_matches(host, hosts, 1)),
        *(near for name in scope.credited for near in get_close_matches(name, spelled, 1)),
    ]


def _hosts(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT host FROM sources")]


def _names(hosts: list[str]) -> set[str]:
    """Hosts as they are named, with their port and without."""
    return {*hosts, *(host.partition(":")[0] for host in hosts)}


def _matching(connection: sqlite3.Connection, words: str) -> Iterator[Found]:
    if "://" in words or _HOST.fullmatch(words):
        yield from _at(connection, words)
        return
    yield from _by(connection, words)
    if len(words) >= _PASSAGE:
        yield from _saying(connection, words)


def _at(connection: sqlite3.Connection, words: str) -> Iterator[Found]:
    try:
        scope = make_scope(urls=[words]) if "://" in words else make_scope(hosts=[words])
    except ConfigurationError:
        return
    matcher = TermMatcher(scope.terms())
    reason = "its address" if "://" in words else "its host"
    number = 0
    for row in connection.execute(_COPY):
        if matcher.blocks(row[0]) or matcher.blocks_host(row[1]):
            yield row, reason
            number += 1
            if number == MOST:
                return


def _by(connection: sqlite3.Connection, words: str) -> Iterator[Found]:
    name = normalise_publisher(words)
    if not name:
        return
    like = f"%{name}%"
    for row in connection.execute(f"{_COPY} WHERE s.name LIKE ? LIMIT ?", (like, MOST)):
        yield row, "it is on that publisher's site"
    for row in connection.execute(f"{_COPY} WHERE c.credited_source LIKE ? LIMIT ?", (like, MOST)):
        yield row, f"it credits {row[5]}"


def _saying(connection: sqlite3.Connection, words: str) -> Iterator[Found]:
    tree = literal(words).tree
    if tree is None:
        return
    rows = connection.execute(
        f"{_COPY} WHERE c.article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?) LIMIT ?",
        (expression(tree), MOST),
    )
    for row in rows:
        yield row, "its article says this"
