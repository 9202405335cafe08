"""Hiding what a removal orders, and giving it back: its copies leave, and come again under their numbers.

In: an order's number, whose pages are withheld. Out: an archive that readers see without them, in which
nothing is deleted yet. Conclusions come from the code that always draws them; this module only takes copies
away. Each step finds its work done, or does it, whenever it was interrupted.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pipelines import catalogue
from pipelines.archive.kept_out.blocks import Term, read_blocklist
from pipelines.archive.searched import refresh_files
from pipelines.archive.write.conclusions import conclude
from pipelines.archive.write.facts import Changes, joined_again
from pipelines.errors import RefusedError
from pipelines.forget.delete import notes_of
from pipelines.forget.files import Files
from pipelines.forget.order import Order, hashed, put_order
from pipelines.forget.plan import Plan, Survivor
from pipelines.forget.record import add_counts, removal, set_state
from pipelines.forget.redact import redactions, rewrite_pages, rewrite_values
from pipelines.forget.rows import EMPTIED, empty_sentences, forget_names
from pipelines.join import Joiner
from pipelines.normalise import normalise
from pipelines.utc import now_utc

HIDE_AT_ONCE = 20_000
"""Pages whose copies leave in one transaction, so that up to this many vanish at one moment. Four thousand
take 0.9 s of a core (`benchmarks/million.py`), and a crawl that writes waits half a minute."""


def hide(files: Files, removal_id: int) -> None:
    """Takes the copies of a removal's withheld pages from readers."""
    left = 1
    while left:
        with files.transaction() as connection:
            left = hide_some(connection, files.joiner, removal_id, now_utc())


def hide_some(connection: sqlite3.Connection, joiner: Joiner, removal_id: int, at: str) -> int:
    """Hides as many of them as may go at once; returns how many are left."""
    waiting = "FROM withheld WHERE removal_id = ? AND hidden = 0"
    rows = connection.execute(f"SELECT reading_id {waiting} LIMIT ?", (removal_id, HIDE_AT_ONCE)).fetchall()
    _hide(connection, joiner, [row[0] for row in rows], at)
    [left] = connection.execute(f"SELECT count(*) {waiting}", (removal_id,)).fetchone()
    order = removal(connection, removal_id)
    if not left and order.state == "blocked":
        shown = _shown(connection, [survivor["article"] for survivor in order.survivors])
        told = [{"article": number, "source": source} for number, (_, _, source, _) in shown.items()]
        connection.execute("UPDATE removals SET survivors = ? WHERE id = ?", (json.dumps(told), removal_id))
        set_state(connection, removal_id, "hidden", at)
    return int(left)


def rehearse(files: Files, plan: Plan, at: str) -> tuple[Survivor, ...]:
    """What articles that stay will show: their pages are hidden, looked at, and all of it is taken back."""
    shared = set(plan.articles_shared)
    with files.rehearsal() as connection:
        before = _shown(connection, plan.articles_shared)
        put_order(connection, plan, Order("rehearsal", "rehearsal", at))
        ids = [page.reading_id for page in plan.pages if page.article_id in shared]
        _hide(connection, files.joiner, ids, at)
        after = _shown(connection, plan.articles_shared)
    return tuple(
        Survivor(article_id, *after[article_id], new_text=after[article_id][1] != before[article_id][1])
        for article_id in plan.articles_shared
        if article_id in before and article_id in after
    )


def undo(connection: sqlite3.Connection, joiner: Joiner, removal_id: int, at: str, detail: str) -> int:
    """Gives back what is hidden, under the numbers it had; returns how many pages.

    Raises:
        RefusedError: something of it was deleted already.
    """
    if (state := removal(connection, removal_id).state) not in ("blocked", "hidden"):
        raise RefusedError(f"removal {removal_id} is {state}: it cannot be undone")
    returned = give_back(connection, joiner, removal_id, at)
    set_state(connection, removal_id, "restored", at, detail)
    return returned


def give_back(
    connection: sqlite3.Connection,
    joiner: Joiner,
    removal_id: int,
    at: str,
    redacted: Mapping[int, int] | None = None,
    only: Collection[str] = (),
) -> int:
    """Draws what this removal alone held back, under its old numbers; returns how many pages.

    Args:
        connection: inside the caller's transaction.
        joiner: over it.
        removal_id: whose pages; it is taken back, unless they were redacted.
        at: now, UTC.
        redacted: node → cluster of what was joined again since passages were taken out of the pages.
        only: addresses of the pages that are given back; all where none are named.
    """
    rows = connection.execute(
        "SELECT reading_id, page_url, claimed_url, copy_id, mine.article_id FROM withheld mine"
        " JOIN readings ON readings.id = reading_id WHERE removal_id = ?1 AND NOT EXISTS (SELECT 1"
        " FROM withheld o WHERE o.reading_id = mine.reading_id AND o.removal_id <> ?1)",
        (removal_id,),
    ).fetchall()
    if only:
        rows = [row for row in rows if {row[1], row[2]} & set(only)]
        _release(connection, removal_id, rows)
    elif redacted is None:
        _lift(connection, removal_id)
    else:
        connection.execute("DELETE FROM withheld WHERE removal_id = ?", (removal_id,))
    addresses, clusters = _whereabouts(connection, [row[0] for row in rows])
    former = {
        str(url): (int(copy), int(article))
        for _, page_url, claimed_url, copy, article in rows
        if copy is not None
        for url in (page_url, claimed_url)
        if url
    }
    clusters |= redacted or {}
    secondary = joiner.secondary() if redacted is not None else None
    conclude(connection, addresses, clusters, joiner.similarity, at, former=former, secondary=secondary)
    _answer_again(connection)
    return len(rows)


def redact(files: Files, removal_id: int) -> None:
    """Takes passages out of what a removal hides, gives the rest back, and sees to the raw pages.

    What comes in from now on is redacted as it is written.
    """
    files.refuse_triggers("passages would be kept", silent=True)
    with files.transaction() as connection:
        mine = read_blocklist(connection, removal_id)
        changes, said, counts = Changes(), dict[str, str](), Counter[str]()
        held = "SELECT 1 FROM withheld WHERE removal_id = ? AND reading_id = ?"
        for reading_id, redaction in list(redactions(connection, mine)):
            if connection.execute(held, (removal_id, reading_id)).fetchone():
                counts["passages"] += rewrite_values(connection, reading_id, redaction, changes)
                counts["pages redacted"] += 1
                said |= redaction.found
        notes_of(connection).put(removal(connection, removal_id).ledger_order, list(said.values()))
        quoted = [letters for letters in said if len(letters) >= _QUOTED_LEAST]

        def quotes(words: str) -> bool:
            return any(letters in normalise(words) for letters in quoted)

        empty_sentences(connection, catalogue.archive(), quotes, lambda *_: EMPTIED)
        forget_names(connection, quotes)
        clusters = joined_again(connection, files.joiner, changes)
        give_back(connection, files.joiner, removal_id, now_utc(), clusters)
        refresh_files(connection, changes.files)
        add_counts(connection, removal_id, counts)
    raw = rewrite_pages(files.store, mine)
    with files.transaction() as connection:
        add_counts(connection, removal_id, raw)
        told = ", ".join(f"{name}: {number}" for name, number in raw.items() if number)
        set_state(connection, removal_id, "deleted", now_utc(), told)


_QUOTED_LEAST = 4
"""Letters of a passage that is taken for quoted in people's reasons: shorter ones are words."""


def _hide(connection: sqlite3.Connection, joiner: Joiner, reading_ids: list[int], at: str) -> None:
    emptied = _take_copies(connection, reading_ids)
    addresses, clusters = _whereabouts(connection, reading_ids)
    conclude(connection, addresses, clusters, joiner.similarity, at, emptied=frozenset(emptied))


def _take_copies(connection: sqlite3.Connection, reading_ids: Iterable[int]) -> set[int]:
    """Deletes the readings' copies, keeping their numbers; returns the articles that had them."""
    articles = set()
    for reading_id in reading_ids:
        copy = connection.execute(
            "DELETE FROM copies WHERE reading_id = ? RETURNING id, article_id", (reading_id,)
        ).fetchone()
        connection.execute(
            "UPDATE withheld SET hidden = 1, copy_id = coalesce(?, copy_id),"
            " article_id = coalesce(?, article_id) WHERE reading_id = ?",
            (*(copy or (None, None)), reading_id),
        )
        if copy is not None:
            articles.add(copy[1])
    return articles


def _whereabouts(connection: sqlite3.Connection, reading_ids: list[int]) -> tuple[set[str], dict[int, int]]:
    """The addresses of readings, and their texts' nodes with their clusters."""
    addresses: set[str] = set()
    clusters: dict[int, int] = {}
    for page_url, claimed_url, node, cluster in connection.execute(
        "SELECT page_url, claimed_url, nodes.node_id, cluster_id"
        " FROM readings JOIN texts ON texts.id = text_id JOIN nodes ON nodes.node_id = texts.node_id"
        " WHERE readings.id IN (SELECT value FROM json_each(?))",
        (json.dumps(reading_ids),),
    ):
        addresses |= {url for url in (page_url, claimed_url) if url}
        clusters[node] = cluster
    return addresses, clusters


def _shown(connection: sqlite3.Connection, articles: Iterable[int]) -> dict[int, tuple[str, str, str, int]]:
    rows = connection.execute(
        "SELECT id, title, url, source, copies FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(articles)),),
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _release(connection: sqlite3.Connection, removal_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
    """Takes away what keeps single pages from readers and crawls."""
    for reading_id, *urls, _, _ in rows:
        sql = "DELETE FROM withheld WHERE removal_id = ? AND reading_id = ?"
        connection.execute(sql, (removal_id, reading_id))
        for _, digest in hashed(connection, (Term("url", url) for url in urls if url)):
            connection.execute("DELETE FROM blocks WHERE removal_id = ? AND hash = ?", (removal_id, digest))


def _lift(connection: sqlite3.Connection, removal_id: int) -> None:
    """Takes away what keeps a removal's pages from readers and crawls."""
    for table in ("withheld", "blocks", "removed_articles", "stay_down"):
        connection.execute(f"DELETE FROM {table} WHERE removal_id = ?", (removal_id,))
    blocklist = read_blocklist(connection)
    for (host,) in connection.execute("SELECT host FROM sources WHERE status = 'removed'").fetchall():
        if not blocklist.blocks_host(host):
            connection.execute("UPDATE sources SET status = 'active' WHERE host = ?", (host,))


def _answer_again(connection: sqlite3.Connection) -> None:
    """Numbers of articles answer with a removal that still holds them back, and no other."""
    connection.execute("DELETE FROM removed_articles WHERE article_id IN (SELECT id FROM articles)")
    connection.execute(
        "INSERT OR IGNORE INTO removed_articles SELECT article_id, min(removal_id) FROM withheld"
        " WHERE article_id IS NOT NULL AND article_id NOT IN (SELECT id FROM articles)"
        " AND article_id NOT IN (SELECT old_id FROM forwards) GROUP BY article_id"
    )
