"""Planning a removal: what a scope would take from all files of an archive. Nothing is changed.

In: the files, open, and a scope. Out: its plan (plan.py): the pages that it reaches, counted in both
databases by the catalogue; a line for each thing that was asked for; what survivors would show (rehearsed
in a transaction that is taken back); and the exported files that hold some of it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines import catalogue
from pipelines.archive.kept_out.blocks import Matcher, Term, owner_of, removed
from pipelines.archive.kept_out.key import needed_key
from pipelines.archive.kept_out.redacted import MARK, passage_terms, redaction_of
from pipelines.archive.own_tables import referring
from pipelines.catalogue import Table
from pipelines.errors import ConfigurationError
from pipelines.export.manifest import read_manifest, read_row_notes
from pipelines.forget.delete import announced_titles, would_look_for
from pipelines.forget.files import Files
from pipelines.forget.find import authors_of, on_other_hosts, pages_at, way_from
from pipelines.forget.hide import rehearse
from pipelines.forget.plan import (
    CONTESTED,
    Candidate,
    KnownExport,
    LeftOut,
    Line,
    Plan,
    choose_pages,
    left_out,
    unmeant,
    variants,
)
from pipelines.forget.prove import search_pages
from pipelines.forget.redact import pages_held, values_held
from pipelines.forget.rows import addresses_in, count_rows, having, listed, names, where_removed
from pipelines.forget.scope import Scope, TermMatcher
from pipelines.normalise import normalise, simplify
from pipelines.publishers import publisher_of
from pipelines.query import Needle, Or, Words, expression
from pipelines.spelling import is_word, spellings, tokens
from pipelines.utc import now_utc

MENTIONS = "raw pages of others that mention it"
"""In the counts of a plan: what `mentions` would delete."""

_MANIFEST = ".manifest.json"


def whole_plan(files: Files, scope: Scope, exports: Sequence[Path] = (), *, mentions: bool = False) -> Plan:
    """The plan of a scope over all files.

    Args:
        files: where it would be ordered.
        scope: what is to go.
        exports: folders besides the archive's own in which exported files lie.
        mentions: count the raw pages of others that quote or link it, which would go with `mentions`.
    """
    with files.transaction() as connection:
        plan = plan_removal(connection, files, scope)
    if plan.articles_shared and not scope.passages:
        plan = replace(plan, survivors=rehearse(files, plan, now_utc()))
    taken = TermMatcher(plan.terms())
    with files.store.reading() as connection:
        counts = {**plan.counts, **count_rows(connection, catalogue.store(), taken)}
    counts |= {"raw pages": held} if (held := pages_held(files.store, taken)) else {}
    if mentions:
        ids = [page.reading_id for page in plan.pages]
        looks = would_look_for(files.archive, ids, announced_titles(files.store, taken))
        counts[MENTIONS] = len(search_pages(files.store, looks, but_not=taken.blocks).page_ids)
    return replace(plan, counts=counts, exports=exports_of(files.path, plan, exports))


def plan_removal(connection: sqlite3.Connection, files: Files, scope: Scope) -> Plan:
    """What the scope would take from the archive, and what is contested."""
    with files.store.reading() as crawled:
        led = {url: way for url in scope.urls if (way := way_from(connection, crawled, url))}
    reach = Reach(connection, scope, led)
    pages = (_candidate(row, reach) for row in connection.execute(REACHED, (reach.reached(connection),)))
    candidates = [page for page in pages if page.own or page.credits_scope or page.named_by]
    articles = _articles(connection, reach, {c.article_id for c in candidates if c.article_id is not None})
    asked = [page for page in candidates if page.own and reach.is_asked(page)]
    known = {page.reading_id for page in candidates if page.own}
    same = {page.reading_id: page for page in variants(asked, articles) if page.reading_id not in known}
    candidates = [*(page for page in candidates if page.reading_id not in same), *same.values()]
    taken, contested = choose_pages(scope, candidates, articles)
    contested = (*contested, *reach.several)
    if scope.passages:
        taken, others = _saying(connection, files, scope, taken, articles)
        contested = (*contested, *others)
    gone = {page.reading_id for page in taken}
    emptied, shared = _fates(connection, articles, gone)
    if scope.passages:
        emptied, shared = [], sorted({*emptied, *shared})
    with _chosen(connection, gone):
        plan = Plan(
            scope,
            taken,
            contested,
            attachments=_attachments(connection, shared=bool(scope.passages)),
            key=needed_key(connection),
            led=led,
            beside=() if scope.passages else _beside(connection, scope),
            lines=tuple(lines_of(connection, scope, led, candidates, taken, contested)),
        )
        counts = _counts(connection)
        copies = [row[0] for row in connection.execute("SELECT id FROM copies WHERE reading_id IN chosen")]
    counts |= count_rows(connection, catalogue.archive(), TermMatcher(plan.terms()))
    counts |= {"articles": len(emptied), "articles that stay with fewer copies": len(shared)}
    plan = replace(
        plan,
        articles_gone=tuple(emptied),
        articles_shared=tuple(shared),
        copies_in_archive=connection.execute("SELECT count(*) FROM copies").fetchone()[0],
        copies_gone=tuple(sorted(copies)),
        counts=counts,
        own_tables=referring(connection, {"articles": emptied, "copies": copies}),
    )
    return replace(plan, counts={"pages redacted": len(taken)}, own_tables={}) if scope.passages else plan


def _beside(connection: sqlite3.Connection, scope: Scope) -> tuple[str, ...]:
    """Addresses of the scope on a site's other hosts; a page that is there has its own line."""
    urls = dict.fromkeys(other for url in scope.urls for other in on_other_hosts(url))
    return tuple(url for url in urls if not pages_at(connection, [url]))


def _saying(
    connection: sqlite3.Connection,
    files: Files,
    scope: Scope,
    taken: Sequence[Candidate],
    articles: Mapping[int, Sequence[Candidate]],
) -> tuple[tuple[Candidate, ...], list[LeftOut]]:
    """The pages that hold a passage; those that do not, and further copies that do and stay as they are."""
    says = tuple(page for page in taken if _says(connection, files, scope, page))
    silent = [left_out(page, "unsaid") for page in taken if page not in says]
    known = {page.reading_id for page in taken}
    copies = (page for number in {page.article_id for page in says} for page in articles.get(number or 0, ()))
    others = (page for page in copies if page.reading_id not in known)
    return says, silent + [left_out(p, "says_too") for p in others if _says(connection, files, scope, p)]


def _says(connection: sqlite3.Connection, files: Files, scope: Scope, page: Candidate) -> bool:
    """Whether a page, or its raw page, holds a passage of the scope."""
    addresses = (page.page_url, page.copy_url, page.url_answered)
    terms = TermMatcher(term for url in addresses for term in passage_terms(url, scope.passages))
    redaction = redaction_of(terms, *addresses)
    assert redaction is not None
    return bool(values_held(connection, page.reading_id, redaction) or pages_held(files.store, terms))


def exports_of(archive_path: Path, plan: Plan, folders: Sequence[Path]) -> tuple[KnownExport, ...]:
    """Exported files, in these folders and the archive's own, that hold some of what a plan takes.

    By the list of rows beside each manifest. A file that was handed out is somebody's document and is never
    changed or deleted here: its holder is told by name and row, and deletes it or makes it anew.
    """
    articles, copies = {*plan.articles_gone, *plan.articles_shared}, set(plan.copies_gone)
    known = []
    manifests = {path for folder in (archive_path.parent, *folders) for path in folder.glob(f"*{_MANIFEST}")}
    for path in sorted(manifests):
        try:
            if (manifest := read_manifest(path)).what == "coverage":  # days and numbers of sources
                continue
            rows = read_row_notes(path.with_name(f"{manifest.file}.rows.csv"))
        except ConfigurationError:
            known.append(KnownExport(str(path).removesuffix(_MANIFEST), "", "", "", ()))
            continue
        asked = articles if manifest.what == "articles" else copies
        if concerned := tuple(sorted(asked & rows.keys())):
            file = str(path.with_name(manifest.file))
            known.append(KnownExport(file, manifest.export_id, manifest.made_at, manifest.what, concerned))
    return tuple(known)


def _attachments(connection: sqlite3.Connection, *, shared: bool) -> tuple[str, ...]:
    """Files that the chosen pages link to; if not `shared`, no form that pages which stay link to as well."""
    rows = connection.execute(
        "SELECT DISTINCT url FROM attachments mine WHERE reading_id IN chosen AND (? OR NOT EXISTS (SELECT 1"
        " FROM attachments o WHERE o.url = mine.url AND o.reading_id NOT IN chosen)) ORDER BY url",
        (shared,),
    )
    return tuple(url for (url,) in rows)


def without_quotes(plan: Plan, said: str) -> str:
    """What a person said of an order, with … for each title and address in it of what goes.

    The record keeps such words for good, in plain sight.
    """
    taken = TermMatcher(plan.terms())
    for address in sorted(addresses_in(said), key=len, reverse=True):
        if names(address, taken):
            said = said.replace(address, "…")
    if parts := plan.scope.passages:
        redaction = redaction_of(TermMatcher(passage_terms(_ANYWHERE, parts)), _ANYWHERE)
        return redaction.text(said).replace(MARK, "…") if redaction else said
    for title in sorted({page.title for page in plan.pages}, key=len, reverse=True):
        if len(title) >= _TITLE_LEAST:
            said = said.replace(title, "…")
    return said


_ANYWHERE = "https://any.invalid/"
"""Stands for the page where a person's own words are looked at."""


_TITLE_LEAST = 4
"""Characters of a title that is quoted: a shorter one is a word (公告)."""


REACHED = """
    SELECT r.id, r.page_url, r.url_answered, coalesce(own.url, claimed.url, r.page_url), r.source, s.name,
           lower(hex(r.digest)), coalesce(own.article_id, claimed.article_id, w.article_id),
           coalesce(own.kept, 0), r.title, r.published_day, r.first_fetched_at,
           coalesce(r.credited_source, ''), coalesce(r.author, ''), own.similarity, t.node_id,
           coalesce((SELECT min(fetched_at) FROM versions v WHERE v.reading_id = r.id
                     AND v.text_id = r.text_id), r.fetched_at),
           coalesce((SELECT max(first_fetched_at) FROM readings b WHERE b.source = r.source
                     AND b.first_fetched_at < substr(r.first_fetched_at, 1, 10)), '')
    FROM readings r LEFT JOIN copies own ON own.reading_id = r.id
    LEFT JOIN copies claimed ON own.url IS NULL AND +claimed.source = r.source AND claimed.reading_id IN (
              SELECT id FROM readings b WHERE b.page_url = r.claimed_url OR b.claimed_url = r.claimed_url)
    LEFT JOIN (SELECT reading_id, max(article_id) AS article_id FROM withheld GROUP BY reading_id) w
              ON w.reading_id = r.id
    JOIN sources s ON s.host = r.source JOIN texts t ON t.id = r.text_id
    WHERE r.id IN (SELECT value FROM json_each(?))
"""


def _candidate(row: tuple[Any, ...], reach: Reach) -> Candidate:
    reading_id, page_url, answered, copy_url, source, name, digest, article_id, kept, title, *rest = row
    day, at, by, author, similarity, node, since, before = rest
    named_by, context = reach.named_by(reading_id, article_id, author)
    return Candidate(
        reading_id=reading_id,
        page_url=page_url,
        copy_url=copy_url,
        source=source,
        source_name=name,
        digest=digest,
        article_id=article_id,
        kept=bool(kept),
        title=title,
        day=day,
        first_fetched_at=at,
        credited=publisher_of(by),
        own=reach.is_own(source, {page_url, answered, copy_url}, reading_id),
        credits_scope=reach.matcher.blocks_publisher(by),
        url_answered=answered,
        similarity=similarity,
        named_by=named_by,
        context=context,
        node=node,
        text_since=since,
        source_before=before,
    )


def _articles(connection: sqlite3.Connection, reach: Reach, ids: set[int]) -> dict[int, list[Candidate]]:
    """Every page of these articles."""
    pages = defaultdict(list)
    for row in connection.execute(REACHED, (json.dumps(sorted(pages_of(connection, ids))),)):
        page = _candidate(row, reach)
        if page.article_id in ids:
            pages[page.article_id].append(page)
    return pages


def _fates(
    connection: sqlite3.Connection, articles: Iterable[int], gone: set[int]
) -> tuple[list[int], list[int]]:
    """Articles of which nothing is left, and those that stay without some of their copies."""
    emptied, shared = [], []
    for article_id in sorted(articles):
        rows = connection.execute("SELECT reading_id FROM copies WHERE article_id = ?", (article_id,))
        copies = {row[0] for row in rows}
        if copies and copies <= gone:
            emptied.append(article_id)
        elif copies & gone:
            shared.append(article_id)
    return emptied, shared


@contextmanager
def _chosen(connection: sqlite3.Connection, ids: set[int]) -> Iterator[None]:
    """A temporary table of reading ids."""
    connection.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO temp.chosen VALUES (?)", [(i,) for i in ids])
    yield
    connection.execute("DROP TABLE temp.chosen")


_LEAVING = """
    WITH touched (text_id) AS (
        SELECT text_id FROM readings WHERE id IN chosen
        UNION SELECT text_id FROM versions WHERE reading_id IN chosen
    ),
    leaving_texts (id) AS (
        SELECT text_id FROM touched
        WHERE NOT EXISTS (SELECT 1 FROM readings r WHERE r.text_id = touched.text_id
                          AND r.id NOT IN (SELECT id FROM chosen))
          AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.text_id = touched.text_id
                          AND v.reading_id NOT IN (SELECT id FROM chosen))
    ),
    leaving_nodes (id) AS (
        SELECT DISTINCT t.node_id FROM texts t JOIN touched ON touched.text_id = t.id
        WHERE NOT EXISTS (SELECT 1 FROM texts u JOIN readings r ON r.text_id = u.id
                          WHERE u.node_id = t.node_id AND r.id NOT IN (SELECT id FROM chosen))
    )
"""


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows that would go with the chosen readings, by what they are."""
    return {
        table.counted: int(
            connection.execute(f"{_LEAVING} SELECT count(*) FROM {name} WHERE {where}").fetchone()[0]
        )
        for name, table in catalogue.archive().items()
        if table.counted and (where := _leaves(table))
    }


def _leaves(table: Table) -> str:
    """Which rows of a table go with the chosen readings; empty where addresses decide."""
    if table.name == "readings":
        return "id IN chosen"
    if "reading_id" in table.columns:
        return "reading_id IN chosen"
    if table.name == "text_rows":
        return "id IN leaving_texts"
    nodes = [column for column in ("node_id", "node_a", "node_b") if column in table.columns]
    return " OR ".join(f"{column} IN leaving_nodes" for column in nodes)


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
