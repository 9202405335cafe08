"""Planning a removal in SQL: what the scope takes from the archive, counted, and nothing written.

In: a connection (read-only for a preview, inside the ordering transaction for the deed) and a scope. Out:
the plan of pipelines/removal/plan.py. Whose text survivors show is rehearsed by removal.py, and what goes
from the crawl store is added by those who know it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.archive.blocks import ScopeMatcher
from pipelines.publishers import normalise_publisher
from pipelines.removal.plan import Candidate, Plan, choose_pages, with_outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from pipelines.removal.scope import Scope

_AT_ONCE = 500
_PAGES = """
    SELECT r.id, r.page_url, r.url_answered, r.source, s.name, r.digest, r.title, r.published_day,
           r.first_fetched_at, coalesce(r.credited_source, ''),
           coalesce(own.article_id, claimed.article_id, w.article_id),
           coalesce(own.kept, 0), coalesce(own.url, claimed.url, r.page_url)
    FROM readings r JOIN sources s ON s.host = r.source
    LEFT JOIN copies own ON own.reading_id = r.id
    LEFT JOIN copies claimed ON claimed.url = r.claimed_url AND claimed.source = r.source
              AND own.url IS NULL
    LEFT JOIN (SELECT reading_id, max(article_id) AS article_id FROM withheld GROUP BY reading_id) w
              ON w.reading_id = r.id
"""


def plan_removal(connection: sqlite3.Connection, scope: Scope) -> Plan:
    """What the scope would take, what would survive, and what is contested."""
    matcher = ScopeMatcher(scope)
    candidates = list(_matching(connection, matcher))
    articles = _articles(connection, matcher, {c.article_id for c in candidates if c.article_id is not None})
    pages, left_out = choose_pages(scope, candidates, articles)
    plan = Plan(scope, pages, left_out)
    gone = {page.reading_id for page in pages}
    emptied, shared = _fates(connection, articles, gone)
    with _chosen(connection, gone):
        counts = _counts(connection, matcher)
        copies = [r[0] for r in connection.execute("SELECT id FROM copies WHERE reading_id IN chosen")]
    counts |= {"articles": len(emptied), "articles that stay with fewer copies": len(shared)}
    return with_outcome(
        plan,
        articles_gone=tuple(emptied),
        articles_shared=tuple(shared),
        copies_in_archive=connection.execute("SELECT count(*) FROM copies").fetchone()[0],
        copies_gone=counts["copies"],
        copies_of_it=tuple(sorted(copies)),
        counts=counts,
    )


def _matching(connection: sqlite3.Connection, matcher: ScopeMatcher) -> Iterator[Candidate]:
    for row in connection.execute(_PAGES):
        page = _candidate(tuple(row), matcher)
        if page.own or page.credits_scope:
            yield page


def _candidate(row: tuple[object, ...], matcher: ScopeMatcher) -> Candidate:
    (number, page_url, answered, source, name, digest, title, day, first, credited, article, kept, copy) = row
    own = matcher.blocks_host(str(source)) or any(
        matcher.blocks(str(url)) for url in dict.fromkeys((page_url, answered, copy))
    )
    return Candidate(
        reading_id=int(number),  # type: ignore[call-overload]  # columns of known types
        page_url=str(page_url),
        copy_url=str(copy),
        source=str(source),
        source_name=str(name),
        digest=bytes(digest).hex(),  # type: ignore[call-overload]
        article_id=article,  # type: ignore[arg-type]
        kept=bool(kept),
        title=str(title),
        day=day,  # type: ignore[arg-type]
        first_fetched_at=str(first),
        credited=normalise_publisher(str(credited)),
        own=own,
        credits_scope=matcher.blocks_publisher(str(credited)),
    )


def _articles(
    connection: sqlite3.Connection, matcher: ScopeMatcher, ids: set[int]
) -> dict[int, list[Candidate]]:
    """Every page of these articles."""
    found: dict[int, list[Candidate]] = defaultdict(list)
    for chunk in _chunks(sorted(ids)):
        marks = ", ".join("?" * len(chunk))
        for side in ("own", "claimed", "w"):
            for row in connection.execute(f"{_PAGES} WHERE {side}.article_id IN ({marks})", chunk):
                page = _candidate(tuple(row), matcher)
                if page.article_id is not None and page not in found[page.article_id]:
                    found[page.article_id].append(page)
    return found


def _fates(
    connection: sqlite3.Connection, articles: Iterable[int], gone: set[int]
) -> tuple[list[int], list[int]]:
    """Articles of which nothing is left, and those that stay without some of their copies."""
    emptied, shared = [], []
    for article_id in sorted(articles):
        copies = {
            row[0]
            for row in connection.execute("SELECT reading_id FROM copies WHERE article_id = ?", (article_id,))
        }
        if copies and copies <= gone:
            emptied.append(article_id)
        elif copies & gone:
            shared.append(article_id)
    return emptied, shared


class _chosen:  # noqa: N801  # reads as a function: `with _chosen(...)`
    """A temporary table of reading ids, also on a connection that cannot write."""

    def __init__(self, connection: sqlite3.Connection, ids: set[int]) -> None:
        self._connection, self._ids = connection, ids

    def __enter__(self) -> None:
        self._connection.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        self._connection.executemany("INSERT INTO temp.chosen VALUES (?)", [(i,) for i in self._ids])

    def __exit__(self, *_: object) -> None:
        self._connection.execute("DROP TABLE temp.chosen")


_COUNTED = {
    "copies": "copies WHERE reading_id IN chosen",
    "pages read": "readings WHERE id IN chosen",
    "versions": "versions WHERE reading_id IN chosen",
    "stripped pieces": "stripped_pieces WHERE reading_id IN chosen",
    "notices of rights": "rights WHERE reading_id IN chosen",
    "origins of fields": "origins WHERE reading_id IN chosen",
    "claims": "claims WHERE reading_id IN chosen",
    "counted lines": "edge_lines WHERE reading_id IN chosen",
    "texts": "texts WHERE id IN leaving_texts",
    "signatures": "nodes WHERE node_id IN leaving_nodes",
    "candidate keys": "node_keys WHERE node_id IN leaving_nodes",
    "pairs (evidence)": "pairs WHERE node_a IN leaving_nodes OR node_b IN leaving_nodes",
}
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


def _counts(connection: sqlite3.Connection, matcher: ScopeMatcher) -> dict[str, int]:
    """Rows that would go, by what they are; `chosen` holds the readings."""
    counts = {
        name: int(connection.execute(f"{_LEAVING} SELECT count(*) FROM {where}").fetchone()[0])
        for name, where in _COUNTED.items()
    }
    urls = {row[0] for row in connection.execute("SELECT page_url FROM readings WHERE id IN chosen")}
    counts["rejections"] = sum(
        url in urls or matcher.blocks(url) or matcher.blocks_host(source)
        for url, source in connection.execute("SELECT url, source FROM rejections")
    )
    return counts


def _chunks(values: list[int]) -> Iterable[list[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
