"""Starting from the letter: what in the archive matches the addresses, titles, names and passages in it.

In: an archive and a letter, or words out of one. Out: for each thing that it asks about whether it is here,
with the copies and why they match, leads elsewhere, was removed already, or is not here.
Judges nothing: whose text it is, is a person's question.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import Term, owner_of, path_terms, read_blocklist, removed
from pipelines.archive.kept_out.key import key_of
from pipelines.database import open_read_only, store_path
from pipelines.forget.letter import PASSAGE_LEAST, Asked, read_letter
from pipelines.normalise import normalise
from pipelines.publishers import publisher_of
from pipelines.query import And, Needle, Words, expression
from pipelines.spelling import spellings, tokens
from pipelines.store.file import STORE
from pipelines.urls import folded, host_of
from pipelines.words import pattern, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipelines.forget.scope import Scope

_TITLE_LEAST = 8
"""Letters of a title that is known in a letter's running text; a shorter one has to be quoted."""
_PART_OF_TITLE = 6
"""Letters of a quotation that may be the beginning or a part of a title."""
_NAME_LEAST = 3
"""Letters of a name that is known in running text."""
_CLAUSE_LEAST = 6
_PAUSES = re.compile(r"[，。！？；：、,.!?;:…“”\"'‘’「」『』《》〈〉（）()\s]+")
_WAY_MOST = 40
"""Addresses on the way from one: twice the redirects in a row that a crawl follows."""
_REDIRECTED = "SELECT reason FROM urls WHERE state = 'redirected' AND url IN (SELECT value FROM json_each(?))"
_CLAIMED = (
    "SELECT page_url FROM claims JOIN readings ON readings.id = reading_id"
    " WHERE url IN (SELECT value FROM json_each(?))"
)
_COPIES = (
    "SELECT c.url, c.source, s.name, c.title, c.article_id, coalesce(c.credited_source, ''),"
    " coalesce(c.author, ''), r.page_url, r.url_answered, c.text_id FROM copies c"
    " JOIN sources s ON s.host = c.source JOIN readings r ON r.id = c.reading_id ORDER BY c.id"
)
_TEXT = "SELECT text FROM texts WHERE id = ?"
_BYLINE = pattern(r"(?:{byline.rank}?{byline.person}|\bby)[\s:：/／]*$", as_written=True)


@dataclass(frozen=True, slots=True)
class Match:
    """One copy that matches."""

    url: str
    source: str
    source_name: str
    title: str
    article_id: int
    reason: str = ""
    """In English."""
    kind: str = ""
    """Which of REASONS, for other languages."""
    name: str = ""
    """The publisher, author or address that the sentence names."""

    def because(self, kind: str, name: str = "") -> Match:
        """The same copy, and why it matches."""
        return replace(self, reason=REASONS[kind].format(name=name), kind=kind, name=name)


REASONS = {
    "address": "its address",
    "prefix": "its address begins so",
    "led": "{name} leads to it",
    "host": "its host",
    "title": "its title",
    "part": "a part of its title",
    "passage": "its text says this",
    "on": "it is on that publisher's site",
    "credits": "it credits {name}",
    "author": "its author is {name}",
}
"""Why a copy matches; in Chinese: crawler/cli/guide.toml."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the archive has of one thing that a letter speaks of."""

    asked: Asked
    state: str
    """here, redirected, removed or not here."""
    detail: str = ""
    """Where it leads, or the removal and its day."""
    matches: tuple[Match, ...] = ()


def find_asked(archive_path: Path, letter: str) -> list[Answer]:
    """An answer to each thing that a letter asks about; of its own prose only what is in the archive."""
    with reader(archive_path) as connection, _store(archive_path) as crawled:
        archive = _Archive(connection, crawled)
        found = [_answer(archive, asked) for asked in read_letter(letter)]
        found.append(_answered(Asked("sentence", ""), archive.named_in(letter)))
    return [answer for answer in found if answer.matches or answer.asked.kind not in ("line", "sentence")]


def find_matches(archive_path: Path, asked: list[str]) -> list[Match]:
    """Copies that match anything in these words, each once."""
    answers = find_asked(archive_path, "\n".join(asked))
    return list({match.url: match for answer in reversed(answers) for match in answer.matches}.values())


def is_known(connection: sqlite3.Connection, scope: Scope) -> bool:
    """Whether the scope is whole sources that the archive has by name, if without a page."""
    return bool(scope.hosts) and {term.value for term in scope.terms()} <= _names(_hosts(connection))


def nearest(archive_path: Path, scope: Scope) -> list[str]:
    """Hosts and publishers of the archive that look like those of a scope: what may have been meant."""
    with reader(archive_path) as connection:
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


def way_from(archive: sqlite3.Connection, crawled: sqlite3.Connection, url: str) -> tuple[str, ...]:
    """Where an address leads by what the crawl saw: redirects, refreshing pages, and who calls it his own.

    None but addresses of the same owner: no page speaks for another host. One that is not here itself leads
    to the same path on a site's other host (m., www.), where that is here and has a number.
    """
    way, todo = [url], [url]
    while todo and len(way) <= _WAY_MOST:
        asked = todo.pop()
        spelled = _spelled(asked)
        found = [row[0] for row in crawled.execute(_REDIRECTED, (spelled,))]
        found += [row[0] for row in archive.execute(_CLAIMED, (spelled,))]
        new = [one for one in found if one and one not in way and _same_owner(one, url)]
        way += dict.fromkeys(new)
        todo += dict.fromkeys(new)
    if len(way) == 1:
        way += _on_other_host(archive, url)
    return tuple(way[1:])


def _on_other_host(archive: sqlite3.Connection, url: str) -> list[str]:
    """The pages at this path on the other hosts of a site, for an address that no page has."""
    here = "SELECT page_url FROM readings WHERE page_url IN (SELECT value FROM json_each(?))"
    if not re.search(r"//[^/]+/.*\d", url) or archive.execute(here, (_spelled(url),)).fetchone():
        return []
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    first, _, name = host.partition(".")
    name = name if first in words("address.host_variant") and "." in name else host
    others = [name, *(f"{variant}.{name}" for variant in words("address.host_variant"))]
    asked = [json.loads(_spelled(f"{scheme}://{other}{slash}{path}")) for other in others if other != host]
    spelled = json.dumps([address for one in asked for address in one])
    return [row[0] for row in archive.execute(here, (spelled,))]


def _spelled(url: str) -> str:
    """An address as it may stand in a table, as a JSON list."""
    return json.dumps([term.value for term in path_terms(url, with_prefixes=False)])


def _same_owner(url: str, other: str) -> bool:
    return owner_of(host_of(url)) == owner_of(host_of(other))


def _store(archive_path: Path) -> closing[sqlite3.Connection]:
    """The crawl store, for reading; an empty one where there is none beside an archive."""
    if (path := store_path(archive_path)).exists():
        return closing(open_read_only(path, STORE))
    empty = sqlite3.connect(":memory:")
    empty.execute("CREATE TABLE urls (url, state, reason)")
    return closing(empty)


def _hosts(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT host FROM sources")]


def _names(hosts: list[str]) -> set[str]:
    """Hosts as they are named, with their port and without."""
    return {*hosts, *(host.partition(":")[0] for host in hosts)}


@dataclass(frozen=True, slots=True)
class _Copy:
    match: Match
    credited: str
    author: str
    addresses: tuple[str, ...]
    title: str
    text_id: int


def _copy_of(
    url: str,
    source: str,
    source_name: str,
    title: str,
    article_id: int,
    credited: str,
    author: str,
    page_url: str,
    answered: str,
    text_id: int,
) -> _Copy:
    match = Match(url, source, source_name, title, article_id)
    return _Copy(match, credited, author, (url, page_url, answered), normalise(title), text_id)


class _Archive:
    """The copies of an archive, by what letters say of them."""

    def __init__(self, connection: sqlite3.Connection, crawled: sqlite3.Connection) -> None:
        self.connection, self.crawled = connection, crawled
        self.blocklist = read_blocklist(connection) if key_of(connection) else None
        self.copies = [_copy_of(*row) for row in connection.execute(_COPIES)]

    @cached_property
    def _by_address(self) -> dict[str, list[_Copy]]:
        """Without its scheme, as an address is blocked → the copies there."""
        found = defaultdict(list)
        for copy in self.copies:
            for url in {spelled for address in copy.addresses for spelled in (address, folded(address))}:
                found[url.partition(":")[2]].append(copy)
        return found

    @cached_property
    def _by_title(self) -> dict[str, list[_Copy]]:
        found = defaultdict(list)
        for copy in self.copies:
            found[copy.title].append(copy)
        return found

    def at(self, url: str) -> Iterator[Match]:
        """Copies at an address, or below one that ends in a slash."""
        rest = url.partition(":")[2]
        for copy in self._by_address.get(rest, ()):
            yield copy.match.because("address")
        if url.endswith("/") and rest not in self._by_address:
            for copy in self.copies:
                if any(address.partition(":")[2].startswith(rest) for address in copy.addresses):
                    yield copy.match.because("prefix")

    def on(self, host: str) -> Iterator[Match]:
        """Copies of a host, with its port or without, or of the hosts below it."""
        for copy in self.copies:
            source = copy.match.source
            name = source.partition(":")[0]
            if host in (source, name) or name.endswith(f".{host}"):
                yield copy.match.because("host")

    def titled(self, said: str) -> Iterator[Match]:
        """Copies whose title this is, or has it in it."""
        title = normalise(said)
        for copy in self._by_title.get(title, ()) if title else ():
            yield copy.match.because("title")
        if len(title) >= _PART_OF_TITLE:
            for known, copies in self._by_title.items():
                if known != title and (title in known or (len(known) >= _TITLE_LEAST and known in title)):
                    yield from (copy.match.because("part") for copy in copies)

    def by(self, said: str) -> Iterator[Match]:
        """Copies on a publisher's site, that credit it, or whose author it is."""
        name, author = publisher_of(said), normalise(said)
        for copy in self.copies if name else ():
            if name in publisher_of(copy.match.source_name):
                yield copy.match.because("on")
            elif name in publisher_of(copy.credited):
                yield copy.match.because("credits", copy.credited)
            elif author and author in authors_of(copy.author):
                yield copy.match.because("author", copy.author)

    def saying(self, passage: str) -> Iterator[Match]:
        """Copies whose own text has a passage, in either script."""
        clauses = [c for c in _PAUSES.split(passage) if len(c) >= _CLAUSE_LEAST] or [passage]
        asked = tuple(
            Words(tuple(Needle(tuple(tokens(spelling))) for spelling in spellings(clause, 0)))
            for clause in clauses[:_CLAUSES_MOST]
        )
        parts = [part for piece in re.split(r"…+|\.{3,}", passage) if (part := normalise(piece))]
        if not parts or not any(needle.tokens for said in asked for needle in said.needles):
            return
        rows = self.connection.execute(
            "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (expression(And(asked)),)
        )
        articles = {row[0] for row in rows}
        for copy in self.copies:
            if copy.match.article_id in articles:
                row = self.connection.execute(
                    "SELECT text FROM texts WHERE id = ?", (copy.text_id,)
                ).fetchone()
                text = copy.title + normalise(row[0])
                if all(part in text for part in parts):
                    yield copy.match.because("passage")

    def named_in(self, letter: str) -> Iterator[Match]:
        """Copies whose title, publisher or author stands in a letter's running text."""
        said, publishers = normalise(letter), publisher_of(letter)
        for copy in self.copies:
            if len(copy.title) >= _TITLE_LEAST and copy.title in said:
                yield copy.match.because("title")
        for copy in self.copies:
            if copy.author and any(_is_byline(name, letter) for name in {copy.author, *copy.author.split()}):
                yield copy.match.because("author", copy.author)
        for copy in self.copies:
            credited, on = publisher_of(copy.credited), publisher_of(copy.match.source_name)
            if len(on) >= _NAME_LEAST and on in publishers:
                yield copy.match.because("on")
            elif len(credited) >= _NAME_LEAST and credited in publishers:
                yield copy.match.because("credits", copy.credited)


_CLAUSES_MOST = 8
"""Of a passage that are looked up in the index; the texts that have them are read whole."""


def authors_of(author: str) -> set[str]:
    """An author's name, or each of several, as it is compared."""
    return {normalise(name) for name in (author, *re.split(r"[\s,，、;；/&]+", author)) if name} - {""}


def _is_byline(name: str, letter: str) -> bool:
    """Whether a letter names somebody as the author: behind 记者, 作者 or by."""
    places = [match.start() for match in re.finditer(re.escape(name), letter)] if len(name) > 1 else []
    return any(_BYLINE.search(letter, max(0, place - 20), place) for place in places)


def _answer(archive: _Archive, asked: Asked) -> Answer:
    """What is here of one thing asked about."""
    if asked.kind == "address":
        return _address(archive, asked)
    if asked.kind == "host":
        matches = [*archive.on(asked.words)]
        blocked = archive.blocklist.removal_of(f"https://{asked.words}/") if archive.blocklist else None
        return _answered(asked, matches, _removal(archive, blocked))
    if asked.kind == "sentence":
        return _answered(asked, archive.saying(asked.words))
    found = [*archive.titled(asked.words), *archive.by(asked.words)]
    if len(asked.words) >= PASSAGE_LEAST:
        found += archive.saying(asked.words)
    name = publisher_of(asked.words)
    blocked = archive.blocklist.find(Term("credited", name)) if archive.blocklist and name else None
    return _answered(asked, found, _removal(archive, blocked))


def _address(archive: _Archive, asked: Asked) -> Answer:
    if matches := list(archive.at(asked.words)):
        return _answered(asked, matches)
    if told := removed(archive.connection, asked.words):
        return Answer(asked, "removed", f"by removal {told[0]} on {told[1][:10]}")
    for url in (way := way_from(archive.connection, archive.crawled, asked.words)):
        if matches := [match.because("led", asked.words) for match in archive.at(url)]:
            return replace(_answered(asked, matches), state="redirected", detail=url)
    if way:
        return Answer(asked, "redirected", way[-1])
    elsewhere = [row[0] for row in archive.crawled.execute(_REDIRECTED, (_spelled(asked.words),))]
    if elsewhere and elsewhere[0]:  # another owner's: it is told, and nothing is taken by it
        found = [match.because("led", asked.words) for match in archive.at(elsewhere[0])]
        return replace(_answered(asked, found), state="redirected", detail=elsewhere[0])
    return Answer(asked, "not here")


def _answered(asked: Asked, matches: Iterable[Match], told: str = "") -> Answer:
    """Here, each copy once with the first reason; or removed, or not here."""
    once: dict[str, Match] = {}
    for match in matches:
        once.setdefault(match.url, match)
    if once:
        return Answer(asked, "here", matches=tuple(once.values()))
    return Answer(asked, "removed" if told else "not here", told)


def _removal(archive: _Archive, number: int | None) -> str:
    if not number:
        return ""
    [at] = archive.connection.execute("SELECT at FROM removals WHERE id = ?", (number,)).fetchone()
    return f"by removal {number} on {at[:10]}"
