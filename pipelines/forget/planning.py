"""Planning a removal: what a scope would take from all files of an archive. Nothing is changed.

In: the files, open, and a scope. Out: its plan (plan.py), counted in both databases by the catalogue, with
what survivors would show (rehearsed in a transaction that is taken back) and the exported files that hold
some of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines import catalogue
from pipelines.archive.kept_out.key import needed_key
from pipelines.archive.kept_out.redacted import MARK, passage_terms, redaction_of
from pipelines.archive.own_tables import referring
from pipelines.catalogue import Table
from pipelines.errors import ConfigurationError
from pipelines.export.manifest import read_manifest, read_row_notes
from pipelines.forget.delete import announced_titles, would_look_for
from pipelines.forget.files import Files
from pipelines.forget.find import on_other_hosts, pages_at, way_from
from pipelines.forget.hide import rehearse
from pipelines.forget.plan import Candidate, KnownExport, LeftOut, Plan, choose_pages, left_out, variants
from pipelines.forget.prove import search_pages
from pipelines.forget.reach import Reach, lines_of, pages_of
from pipelines.forget.redact import pages_held, values_held
from pipelines.forget.rows import addresses_in, count_rows, names
from pipelines.forget.scope import Scope, TermMatcher
from pipelines.publishers import publisher_of
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
        plan = plan_removal(connection, files, scope, now_utc())
    taken = TermMatcher(plan.terms())
    with files.store.reading() as connection:
        counts = {**plan.counts, **count_rows(connection, catalogue.store(), taken)}
    counts |= {"raw pages": held} if (held := pages_held(files.store, taken)) else {}
    if mentions:
        ids = [page.reading_id for page in plan.pages]
        looks = would_look_for(files.archive, ids, announced_titles(files.store, taken))
        counts[MENTIONS] = len(search_pages(files.store, looks, but_not=taken.blocks).page_ids)
    return replace(plan, counts=counts, exports=exports_of(files.path, plan, exports))


def plan_removal(connection: sqlite3.Connection, files: Files, scope: Scope, at: str) -> Plan:
    """What the scope would take from the archive, what is contested, and what survivors would show."""
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
    if scope.passages:
        return replace(plan, counts={"pages redacted": len(taken)}, own_tables={})
    return replace(plan, survivors=rehearse(connection, files.joiner, plan, at)) if shared else plan


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
    if table.name == "texts":
        return "id IN leaving_texts"
    nodes = [column for column in ("node_id", "node_a", "node_b") if column in table.columns]
    return " OR ".join(f"{column} IN leaving_nodes" for column in nodes)
