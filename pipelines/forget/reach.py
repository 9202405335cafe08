"""How far a scope reaches: which pages are its own or meant for what they say, and a line for each asked.

In: a scope and the archive. Out: for each page whether it is at an address of the scope, by an author or
about a person of it; and, of the pages that go and stay, what becomes of each thing that was asked for.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipelines.archive.kept_out.blocks import Matcher, Term, owner_of, removed
from pipelines.forget.find import authors_of
from pipelines.forget.plan import CONTESTED, Candidate, LeftOut, Line, unmeant
from pipelines.forget.rows import having, listed, where_removed
from pipelines.forget.scope import Scope, TermMatcher
from pipelines.normalise import normalise, simplify
from pipelines.query import Needle, Or, Words, expression
from pipelines.spelling import is_word, spellings, tokens

_AROUND = 20
"""Characters of context before and behind a name."""


class Reach:
    """What a scope means, looked up in an archive once."""

    def __init__(
        self, connection: sqlite3.Connection, scope: Scope, led: Mapping[str, Sequence[str]]
    ) -> None:
        ways = [Term("url", url) for way in led.values() for url in way]
        self.matcher = TermMatcher([*scope.terms(), *ways])
        self._pages = TermMatcher([*(term for term in scope.terms() if term.kind == "url"), *ways])
        self._titles = set(scope.titles)
        self.several: list[LeftOut] = []
        """Pages that a title means, and other sources have it too."""
        self._authors = set(scope.authors)
        self._articles = _numbers_now(connection, scope.articles)
        self._own = _own_of(connection, self._articles)
        self._titled(connection, scope)
        self._persons = _naming(connection, scope.persons)

    def reached(self, connection: sqlite3.Connection) -> str:
        """Numbers of all pages that the scope may mean, and of a few more, as JSON."""
        meant = where_removed(connection, "readings", ("page_url", "url_answered"), self.matcher, ("source",))
        if "credited" in self.matcher.kinds:
            meant += f" OR {having(connection, 'credited_source', self.matcher.blocks_publisher)}"
        if self._authors:
            meant += f" OR {having(connection, 'author', lambda said: self._authors & authors_of(said))}"
        at = where_removed(connection, "copies", ("url",), self.matcher)
        ids = {row[0] for row in connection.execute(f"SELECT id FROM readings WHERE {meant}")}
        ids |= _of_copies(connection, at) | pages_of(connection, self._articles)
        return json.dumps(sorted({*ids, *self._own, *self._persons}))

    def is_own(self, source: str, addresses: Iterable[str], reading_id: int) -> bool:
        """Whether a page is at an address of the scope, or has one of its titles."""
        if reading_id in self._own or self.matcher.blocks_host(source):
            return True
        return any(map(self.matcher.blocks, addresses))

    def is_asked(self, page: Candidate) -> bool:
        """Whether a page was asked for by its own address, or title: not with a host or column."""
        return normalise(page.title) in self._titles or _is_at(page, self._pages)

    def named_by(self, reading_id: int, article_id: int | None, author: str) -> tuple[str, str]:
        """author, person or article, with the name's context; nothing where the scope does not mean it so."""
        if article_id in self._articles:
            return "article", str(article_id)
        if self._authors and self._authors & authors_of(author):
            return "author", author
        context = self._persons.get(reading_id, "")
        return ("person", context) if context else ("", "")

    def _titled(self, connection: sqlite3.Connection, scope: Scope) -> None:
        """Pages with a title of the scope are its own where one owner has it; several have to be named."""
        found = defaultdict(list)
        for reading_id, url, source, title, article in connection.execute(_TITLES) if scope.titles else ():
            if (said := normalise(title)) in scope.titles:
                found[said].append((reading_id, url, source, article))
        named = TermMatcher(scope.terms())
        for pages in found.values():
            if len({owner_of(source) for _, _, source, _ in pages}) == 1:
                self._own |= {reading_id for reading_id, *_ in pages}
                continue
            self.several += [
                LeftOut(url, article, CONTESTED["several"].format(source), "several", (source,))
                for _, url, source, article in pages
                if not (named.blocks(url) or named.blocks_host(source))
            ]


_TITLES = (
    "SELECT r.id, r.page_url, r.source, r.title, c.article_id FROM readings r"
    " LEFT JOIN copies c ON c.reading_id = r.id"
)


def pages_of(connection: sqlite3.Connection, articles: Iterable[int]) -> set[int]:
    """The pages of articles, and a few more: of their copies, and what is withheld from them."""
    theirs = f"article_id IN {listed(articles)}"
    withheld = connection.execute(f"SELECT reading_id FROM withheld WHERE {theirs}")
    return _of_copies(connection, theirs) | {row[0] for row in withheld}


def _of_copies(connection: sqlite3.Connection, which: str) -> set[int]:
    """The pages of copies, and those without a copy that call the address of one their own."""
    rows = connection.execute(_OF_COPIES.format(which))
    return {row[0] for row in rows}


_OF_COPIES = """
WITH these (id) AS MATERIALIZED (SELECT reading_id FROM copies WHERE {})
SELECT id FROM these
UNION SELECT r.id FROM these JOIN readings b ON b.id = these.id
JOIN readings r ON r.claimed_url IN (b.page_url, b.claimed_url)
"""


def _numbers_now(connection: sqlite3.Connection, articles: Iterable[int]) -> set[int]:
    """Articles by their present numbers: one may have gone into another."""
    rows = connection.execute(
        "SELECT coalesce(f.new_id, n.value) FROM json_each(?) n LEFT JOIN forwards f ON f.old_id = n.value",
        (json.dumps([*articles]),),
    )
    return {row[0] for row in rows}


def _own_of(connection: sqlite3.Connection, articles: Iterable[int]) -> set[int]:
    """The pages of these articles that are of their kept copy's source."""
    rows = connection.execute(
        "SELECT c.reading_id FROM copies c JOIN articles a ON a.id = c.article_id AND a.source = c.source"
        " WHERE a.id IN (SELECT value FROM json_each(?))",
        (json.dumps([*articles]),),
    )
    return {row[0] for row in rows}


def _naming(connection: sqlite3.Connection, persons: Iterable[str]) -> dict[int, str]:
    """Pages that name one of these people, in either script, and the words around the name."""
    found: dict[int, str] = {}
    for person in persons:
        needles = tuple(Needle(tuple(tokens(one))) for one in spellings(person, 0))
        rows = connection.execute(
            "SELECT c.reading_id, c.title, t.text FROM copies c JOIN texts t ON t.id = c.text_id WHERE"
            " c.article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)",
            (expression(Or((Words(needles),))),),
        )
        bound = r"(?<!\w){}(?!\w)" if is_word(tokens(person)[0]) else "{}"
        name = re.compile(bound.format(re.escape(person).replace(r"\ ", r"\s+")), re.IGNORECASE)
        for reading_id, title, text in rows:
            said = f"{title}\n{text}"
            if place := name.search(simplify(said)):
                context = said[max(0, place.start() - _AROUND) : place.end() + _AROUND]
                found.setdefault(reading_id, " ".join(context.split()))
    return found


def lines_of(
    connection: sqlite3.Connection,
    scope: Scope,
    led: Mapping[str, Sequence[str]],
    candidates: Iterable[Candidate],
    taken: Iterable[Candidate],
    left_out: Iterable[LeftOut],
) -> Iterator[Line]:
    """What becomes of each thing that a scope asks for, in its order."""
    taken = list(taken)
    by = _By(scope, list(candidates), {page.reading_id for page in taken}, list(left_out))
    for url in dict.fromkeys((*scope.urls, *scope.named)):
        line = by.address(url)
        if line.state == "absent" and url in led:
            found = [by.address(way) for way in led[url]]
            there = next((one for one in reversed(found) if one.state != "absent"), None)
            line = Line("url", url, "redirected", there.pages if there else 0, led[url][-1])
        if line.state == "absent" and (told := removed(connection, url)):
            line = Line("url", url, "removed", detail=f"{told[0]}, {told[1][:10]}")
        yield line
    for term in scope.terms():
        if term.kind != "url":
            yield by.term(term)
    yield from _by_content(connection, scope, by)
    for part in scope.passages:
        yield Line("passage", part, "taken" if taken else "absent", len(taken))


def _by_content(connection: sqlite3.Connection, scope: Scope, by: _By) -> Iterator[Line]:
    pages = by.candidates
    for title in scope.titles:
        yield by.those("title", title, [page for page in pages if normalise(page.title) == title])
    for author in scope.authors:
        named = [page for page in pages if page.named_by == "author" and author in authors_of(page.context)]
        yield by.those("author", author, named)
    for person in scope.persons:
        named = [page for page in pages if page.named_by == "person" and person in simplify(page.context)]
        yield by.those("person", person, named)
    for number in scope.articles:
        now = _numbers_now(connection, [number])
        line = by.those("article", str(number), [page for page in pages if page.article_id in now])
        if line.state == "absent" and (told := removed(connection, str(number))):
            line = replace(line, state="removed", detail=f"{told[0]}, {told[1][:10]}")
        yield line


class _By:
    """The pages that a scope reaches, by what was asked for."""

    def __init__(
        self, scope: Scope, candidates: list[Candidate], taken: set[int], left_out: list[LeftOut]
    ) -> None:
        self._scope, self.candidates, self._taken = scope, candidates, taken
        self._left = {left.url: left for left in left_out}

    def address(self, url: str) -> Line:
        matcher = TermMatcher([Term("url", url)])
        pages = [page for page in self.candidates if _is_at(page, matcher)]
        there = {page.reading_id for page in pages}
        more = [page for page in self.candidates if page.variant_of in there]
        return self.those("url", url, [*pages, *more])

    def term(self, term: Term) -> Line:
        matcher = TermMatcher([term])
        pages = [
            page
            for page in self.candidates
            if matcher.blocks_host(page.source)
            or _is_at(page, matcher)
            or matcher.blocks_publisher(page.credited)
        ]
        return self.those(term.kind, term.value, pages)

    def those(self, kind: str, asked: str, pages: Sequence[Candidate]) -> Line:
        """What becomes of these pages."""
        if taken := [page for page in pages if page.reading_id in self._taken]:
            return Line(kind, asked, "taken", len(taken))
        for page in pages:
            if why := unmeant(self._scope, page):
                name, *names = why
                return Line(kind, asked, "left", 0, CONTESTED[name].format(*names), name, tuple(names))
            if left := self._left.get(page.copy_url):
                return Line(kind, asked, "left", 0, left.reason, left.kind, left.names)
        several = [left for left in self._left.values() if left.kind == "several"]
        if kind == "title" and several:
            return Line(kind, asked, "left", 0, several[0].reason, "several", several[0].names)
        return Line(kind, asked, "absent")


def _is_at(page: Candidate, matcher: Matcher) -> bool:
    return any(map(matcher.blocks, {page.page_url, page.copy_url, page.url_answered} - {""}))
