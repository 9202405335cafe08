"""Starting from the letter: what in the archive matches the addresses, titles, names and passages in it.

In: an archive and a letter, or words out of one. Out: for each thing that it asks about whether it is here,
with the copies and why they match, leads elsewhere, was removed already, or is not here.
Judges nothing: whose text it is, is a person's question.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import Term, owner_of, path_terms, read_blocklist, removed
from pipelines.archive.kept_out.key import key_of
from pipelines.database import open_read_only, store_path
from pipelines.forget.letter import PASSAGE_LEAST, Asked, read_letter
from pipelines.forget.scope import Scope
from pipelines.normalise import normalise
from pipelines.publishers import publisher_of
from pipelines.query import And, Needle, Words, expression
from pipelines.spelling import spellings, tokens
from pipelines.store.file import STORE
from pipelines.urls import folded, host_of
from pipelines.words import pattern, words

_Reason = tuple[int, str, str]

"""What comes first is told first; which of REASONS, and the name in it."""

_Question = Callable[["_Copy"], _Reason | None]

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
    " JOIN sources s ON s.host = c.source JOIN readings r ON r.id = c.reading_id"
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
        asked = read_letter(letter)
        *matches, in_prose = archive.matches([*map(_question, asked), _named_in(letter)])
        lost = [
            one.words for one, its in zip(asked, matches, strict=True) if one.kind == "address" and not its
        ]
        led = archive.led(lost)
        found = [_answer(archive, one, its, led) for one, its in zip(asked, matches, strict=True)]
        found.append(_answered(Asked("sentence", ""), in_prose))
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
    if pages_at(archive, [url]):
        return []
    return pages_at(archive, on_other_hosts(url))


def pages_at(archive: sqlite3.Connection, urls: Iterable[str]) -> list[str]:
    """The pages at addresses, by http or https."""
    spelled = json.dumps([address for url in urls for address in json.loads(_spelled(url))])
    here = "SELECT page_url FROM readings WHERE page_url IN (SELECT value FROM json_each(?))"
    return [row[0] for row in archive.execute(here, (spelled,))]


def on_other_hosts(url: str) -> list[str]:
    """The same path on a site's other hosts (m., www.), where it has a number: it is the same page there."""
    if not re.search(r"//[^/]+/.*\d", url):
        return []
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    first, _, name = host.partition(".")
    name = name if first in words("address.host_variant") and "." in name else host
    others = [name, *(f"{variant}.{name}" for variant in words("address.host_variant"))]
    return [f"{scheme}://{other}{slash}{path}" for other in others if other != host]


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


class _Copy:
    """A copy as it is asked about."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        url, source, source_name, title, article_id, credited, author, page_url, answered, text_id = row
        self.match = Match(url, source, source_name, title, article_id)
        self.credited, self.author, self.text_id = credited, author, text_id
        self._addresses = (url, page_url, answered)

    @cached_property
    def title(self) -> str:
        return normalise(self.match.title)

    def may_be_on(self, host: str) -> bool:
        """Whether any of its addresses may be of a host (`//host`), so that few need to be spelt."""
        return any(host in address for address in self._addresses)

    @cached_property
    def addresses(self) -> set[str]:
        """As it was met and without what makes no difference; no schemes, as addresses are blocked."""
        spelled = {*self._addresses, *map(folded, self._addresses)}
        return {address.partition(":")[2] for address in spelled}


class _Archive:
    """The copies of an archive, read one by one: only what answers a letter is kept in memory."""

    def __init__(self, connection: sqlite3.Connection, crawled: sqlite3.Connection) -> None:
        self.connection, self.crawled = connection, crawled
        self.blocklist = read_blocklist(connection) if key_of(connection) else None

    def matches(self, questions: Sequence[_Question]) -> list[list[Match]]:
        """What answers each question, in one pass over all copies."""
        found: list[list[tuple[int, Match]]] = [[] for _ in questions]
        for row in self.connection.execute(f"{_COPIES} ORDER BY c.id"):
            copy = _Copy(row)
            for question, its in zip(questions, found, strict=True):
                if reason := question(copy):
                    its.append((reason[0], copy.match.because(*reason[1:])))
        return [[match for _, match in sorted(its, key=itemgetter(0))] for its in found]

    def led(self, urls: Sequence[str]) -> dict[str, list[Match]]:
        """The copies at all addresses to which these lead."""
        ways = {
            end
            for url in urls
            for end in (*way_from(self.connection, self.crawled, url), self.elsewhere(url))
        }
        ends = sorted(ways - {""})
        return dict(zip(ends, self.matches([_at(end) for end in ends]), strict=True)) if ends else {}

    def elsewhere(self, url: str) -> str:
        """Where an address leads, whoever owns that; mostly nowhere."""
        row = self.crawled.execute(_REDIRECTED, (_spelled(url),)).fetchone()
        return str(row[0] or "") if row else ""

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
            f"{_COPIES} WHERE c.article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
            " ORDER BY c.id",
            (expression(And(asked)),),
        )
        for copy in map(_Copy, rows):
            [text] = self.connection.execute(_TEXT, (copy.text_id,)).fetchone()
            text = copy.title + normalise(text)
            if all(part in text for part in parts):
                yield copy.match.because("passage")


def _question(asked: Asked) -> _Question:
    """What a copy is asked to answer to one thing in a letter; a sentence is looked for in texts alone."""
    if asked.kind == "address":
        return _at(asked.words)
    if asked.kind == "host":
        return _on(asked.words)
    return _named(asked.words) if asked.kind != "sentence" else lambda _: None


def _at(url: str) -> _Question:
    """Copies at an address, or where there is none, below one that ends in a slash."""
    rest, is_prefix = url.partition(":")[2], url.endswith("/")
    host = "/".join(rest.split("/")[:3])

    def question(copy: _Copy) -> _Reason | None:
        if not copy.may_be_on(host):
            return None
        if rest in copy.addresses:
            return 0, "address", ""
        below = is_prefix and any(address.startswith(rest) for address in copy.addresses)
        return (1, "prefix", "") if below else None

    return question


def _on(host: str) -> _Question:
    """Copies of a host, with its port or without, or of the hosts below it."""

    def question(copy: _Copy) -> _Reason | None:
        source = copy.match.source
        name = source.partition(":")[0]
        return (0, "host", "") if host in (source, name) or name.endswith(f".{host}") else None

    return question


def _named(said: str) -> _Question:
    """Copies with this title or a part of it, of this publisher, that credit it, or by this author."""
    title, name = normalise(said), publisher_of(said)

    def question(copy: _Copy) -> _Reason | None:
        if title and copy.title == title:
            return 0, "title", ""
        is_long = len(copy.title) >= _TITLE_LEAST
        if len(title) >= _PART_OF_TITLE and (title in copy.title or (is_long and copy.title in title)):
            return 1, "part", ""
        if name and name in publisher_of(copy.match.source_name):
            return 2, "on", ""
        if name and name in publisher_of(copy.credited):
            return 2, "credits", copy.credited
        return (2, "author", copy.author) if name and title and title in authors_of(copy.author) else None

    return question


def _named_in(letter: str) -> _Question:
    """Copies whose title, publisher or author stands in a letter's running text."""
    said, publishers = normalise(letter), publisher_of(letter)

    def question(copy: _Copy) -> _Reason | None:
        if len(copy.title) >= _TITLE_LEAST and copy.title in said:
            return 0, "title", ""
        author = copy.author
        if author and any(_is_byline(name, letter) for name in {author, *author.split()}):
            return 1, "author", author
        credited, on = publisher_of(copy.credited), publisher_of(copy.match.source_name)
        if len(on) >= _NAME_LEAST and on in publishers:
            return 2, "on", ""
        return (
            (2, "credits", copy.credited) if len(credited) >= _NAME_LEAST and credited in publishers else None
        )

    return question


_CLAUSES_MOST = 8
"""Of a passage that are looked up in the index; the texts that have them are read whole."""


def authors_of(author: str) -> set[str]:
    """An author's name, or each of several, as it is compared."""
    return {normalise(name) for name in (author, *re.split(r"[\s,，、;；/&]+", author)) if name} - {""}


def _is_byline(name: str, letter: str) -> bool:
    """Whether a letter names somebody as the author: behind 记者, 作者 or by."""
    places = [match.start() for match in re.finditer(re.escape(name), letter)] if len(name) > 1 else []
    return any(_BYLINE.search(letter, max(0, place - 20), place) for place in places)


def _answer(archive: _Archive, asked: Asked, found: list[Match], led: dict[str, list[Match]]) -> Answer:
    """What is here of one thing asked about."""
    if asked.kind == "address":
        return _address(archive, asked, found, led)
    if asked.kind == "host":
        blocked = archive.blocklist.removal_of(f"https://{asked.words}/") if archive.blocklist else None
        return _answered(asked, found, _removal(archive, blocked))
    if asked.kind == "sentence":
        return _answered(asked, archive.saying(asked.words))
    if len(asked.words) >= PASSAGE_LEAST or (asked.kind == "quoted" and not found):
        found += archive.saying(asked.words)
    name = publisher_of(asked.words)
    blocked = archive.blocklist.find(Term("credited", name)) if archive.blocklist and name else None
    return _answered(asked, found, _removal(archive, blocked))


def _address(archive: _Archive, asked: Asked, found: list[Match], led: dict[str, list[Match]]) -> Answer:
    if found:
        exact = [match for match in found if match.kind == "address"]
        return _answered(asked, exact or found)
    if told := removed(archive.connection, asked.words):
        return Answer(asked, "removed", f"by removal {told[0]} on {told[1][:10]}")
    way = way_from(archive.connection, archive.crawled, asked.words)
    elsewhere = archive.elsewhere(asked.words)  # another owner's: it is told, and nothing is taken by it
    for url in way or filter(None, (elsewhere,)):
        matches = [match.because("led", asked.words) for match in led[url]]
        if matches or not way:
            return replace(_answered(asked, matches), state="redirected", detail=url)
    return Answer(asked, "redirected", way[-1]) if way else Answer(asked, "not here")


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
