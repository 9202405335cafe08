"""Deleting what hidden pages said and all that followed from it, in steps that a crawl can write between.

In: an order whose pages are hidden. Out: both files without their rows, notes of what to search for
afterwards (notes.py) and, where it was ordered, keyed hashes of what is to stay down. Conclusions come from
the code that always draws them.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterable

from pipelines import catalogue
from pipelines.archive.kept_out.blocks import LOOK_S, Matcher, read_blocklist
from pipelines.archive.kept_out.key import needed_key
from pipelines.archive.kept_out.stay_down import put_stay_down
from pipelines.archive.searched import refresh_files
from pipelines.archive.write.conclusions import conclude
from pipelines.archive.write.facts import forget_lessons, forget_texts
from pipelines.archive.write.furniture import Furniture
from pipelines.database import path_of
from pipelines.forget.files import Files
from pipelines.forget.notes import Notes
from pipelines.forget.passages import Seeker, address_tail, thinning
from pipelines.forget.record import add_counts, removal, set_state, still_held
from pipelines.forget.rows import (
    EMPTIED,
    delete_from_archive,
    delete_from_store,
    empty_sentences,
    forget_names,
    names,
)
from pipelines.join import Joiner
from pipelines.store import CrawlStore
from pipelines.utc import now_utc

FORGET_AT_ONCE = 100
"""Pages whose facts are deleted in one transaction: a second on a busy machine (`benchmarks/million.py`)."""

_THESE = "IN (SELECT value FROM json_each(?))"
"""A list of numbers, bound as JSON."""
_WORDS = (
    f"SELECT title FROM readings WHERE id {_THESE}",
    f"SELECT text FROM texts JOIN readings r ON r.text_id = texts.id WHERE r.id {_THESE}",
    f"SELECT v.title, text FROM texts JOIN versions v ON v.text_id = texts.id WHERE v.reading_id {_THESE}",
    f"SELECT text FROM stripped_pieces WHERE reading_id {_THESE}",
    f"SELECT name FROM attachments WHERE reading_id {_THESE}",
)
"""What is searched for afterwards: titles, texts, what cleaning took out of them, and the addresses."""
_ADDRESSES = f"SELECT page_url, url_answered FROM readings WHERE id {_THESE}"


def delete(files: Files, removal_id: int) -> None:
    """Deletes a removal's pages: first facts, then what the crawl store has.

    A page that a crawl was fetching when it was blocked is committed by then.
    """
    files.refuse_triggers("rows would be kept", silent=True)
    started = time.monotonic()
    left = sys.maxsize
    while left:
        before = left
        with files.transaction() as connection:
            left = delete_some(connection, files.joiner, removal_id, now_utc())
        if left >= before:
            files.refuse_triggers("nothing was deleted")
    time.sleep(max(0.0, 3 * LOOK_S - (time.monotonic() - started)))
    mine = read_blocklist(files.archive, removal_id)
    with files.transaction() as connection:
        order = removal(connection, removal_id).ledger_order
        notes_of(connection).put(order, announced_titles(files.store, mine))
    counts = delete_from_store(files.store, mine)
    with files.transaction() as connection:
        add_counts(connection, removal_id, counts)
        told = ", ".join(f"{name}: {number}" for name, number in counts.items() if number)
        set_state(connection, removal_id, "deleted", now_utc(), told)


def delete_some(connection: sqlite3.Connection, joiner: Joiner, removal_id: int, at: str) -> int:
    """Deletes the facts of some of the hidden pages and all that followed from them.

    Returns how many pages are left; once none is, the rows by address are gone too.
    """
    rows = connection.execute(
        "SELECT reading_id FROM withheld WHERE removal_id = ? LIMIT ?", (removal_id, FORGET_AT_ONCE)
    ).fetchall()
    ids = json.dumps([row[0] for row in rows])
    articles = _numbers(
        connection,
        f"SELECT DISTINCT article_id FROM withheld WHERE article_id IS NOT NULL AND reading_id {_THESE}",
        ids,
    )
    _note_passages(connection, removal_id, ids)
    _keep_down(connection, removal_id, ids)
    counts = _delete_readings(connection, joiner, ids, at)
    _answer_for(connection, removal_id, articles)
    left = still_held(connection, removal_id)
    if not left:
        counts |= _delete_by_address(connection, joiner, removal_id, at)
        [counts["articles"]] = connection.execute(
            "SELECT count(*) FROM removed_articles WHERE removal_id = ?", (removal_id,)
        ).fetchone()
    add_counts(connection, removal_id, counts)
    return left


def announced_titles(store: CrawlStore, removed: Matcher) -> list[str]:
    """Titles that feeds and sitemaps gave to removed addresses."""
    with store.reading() as connection:
        rows = connection.execute("SELECT url, title FROM announcements WHERE title IS NOT NULL").fetchall()
    return [title for url, title in rows if removed.blocks(url)]


def notes_of(connection: sqlite3.Connection) -> Notes:
    """What is noted beside the archive."""
    return Notes(path_of(connection), needed_key(connection))


def seeker(connection: sqlite3.Connection, removal_id: int) -> Seeker:
    """What looks for the passages of a removal."""
    return notes_of(connection).seeker(removal(connection, removal_id).ledger_order)


def would_look_for(connection: sqlite3.Connection, reading_ids: list[int], words: Iterable[str]) -> Seeker:
    """What would be searched for if these pages and words were removed; nothing of it is noted."""
    ids = json.dumps(reading_ids)
    return notes_of(connection).seeker_of([*_words_of(connection, ids), *words], thinning(len(reading_ids)))


def _delete_readings(connection: sqlite3.Connection, joiner: Joiner, ids: str, at: str) -> dict[str, int]:
    """Deletes readings and what belongs to them, and joins again what they were joined with."""
    readings = connection.execute(
        f"SELECT id, page_url, claimed_url, source FROM readings WHERE id {_THESE}", (ids,)
    ).fetchall()
    nodes = json.dumps(sorted(_nodes_of(connection, ids)))
    copies = f"SELECT DISTINCT copy_id FROM withheld WHERE copy_id IS NOT NULL AND reading_id {_THESE}"
    counts = {"pages read": len(readings), "copies": len(_numbers(connection, copies, ids))}
    theirs = [table for table in catalogue.archive().values() if table.goes_by_reading]
    for table in theirs:
        counts[table.counted] = _count(connection, f"{table.name} WHERE reading_id {_THESE}", ids)
    furniture = Furniture(connection)
    for reading_id, _, _, source in readings:
        furniture.remove(reading_id, source)
    for source in {row[3] for row in readings}:
        forget_lessons(connection, source)  # these pages taught it; it is learned anew from those that stay
    for table in theirs:
        connection.execute(f"DELETE FROM {table.name} WHERE reading_id {_THESE}", (ids,))
    connection.execute(f"DELETE FROM readings WHERE id {_THESE}", (ids,))
    texts = _count(connection, f"texts WHERE node_id {_THESE}", nodes)
    gone = sorted(forget_texts(connection, set(json.loads(nodes))))
    counts["texts"] = texts - _count(connection, f"texts WHERE node_id {_THESE}", nodes)
    counts |= _count_nodes(connection, json.dumps(gone))
    for node in gone:
        joiner.remove(node)
    clusters = joiner.relink()
    addresses = {url for row in readings for url in row[1:3] if url}
    conclude(connection, addresses, clusters, joiner.similarity, at, secondary=joiner.secondary())
    return counts


def _nodes_of(connection: sqlite3.Connection, ids: str) -> set[int]:
    """The nodes of all texts that readings have or had."""
    sql = "SELECT node_id FROM texts JOIN {} t ON t.text_id = texts.id WHERE t.{} " + _THESE
    keyed = (("readings", "id"), ("versions", "reading_id"))
    return set().union(*(_numbers(connection, sql.format(*table), ids) for table in keyed))


def _count_nodes(connection: sqlite3.Connection, nodes: str) -> dict[str, int]:
    """How many rows go with texts that no page has any more."""
    return {
        "signatures": _count(connection, f"nodes WHERE node_id {_THESE}", nodes),
        "pairs (evidence)": _count(
            connection, f"(SELECT * FROM pairs WHERE node_a {_THESE} OR node_b {_THESE})", nodes, nodes
        ),
    }


def _answer_for(connection: sqlite3.Connection, removal_id: int, articles: set[int]) -> None:
    """Numbers of articles that are no more answer with the removal that deleted the last of them."""
    connection.execute(
        "INSERT OR REPLACE INTO removed_articles SELECT value, ? FROM json_each(?)"
        " WHERE value NOT IN (SELECT id FROM articles) AND value NOT IN (SELECT old_id FROM forwards)",
        (removal_id, json.dumps(sorted(articles))),
    )

    connection.execute(  # what somebody noted of them goes with them
        "UPDATE set_articles SET label = '', note = '' WHERE article_id IN"
        " (SELECT put_as FROM sets JOIN removed_articles USING (article_id) WHERE removal_id = ?)",
        (removal_id,),
    )


def _keep_down(connection: sqlite3.Connection, removal_id: int, ids: str) -> None:
    """Where it was ordered, keeps what is about to be deleted from coming back under another address."""
    if removal(connection, removal_id).stay_down:
        sql = f"SELECT text FROM texts JOIN readings r ON r.text_id = texts.id WHERE r.id {_THESE}"
        put_stay_down(connection, removal_id, [row[0] for row in connection.execute(sql, (ids,))])


def _note_passages(connection: sqlite3.Connection, removal_id: int, ids: str) -> None:
    """Notes passages of what is about to be deleted, so that it can be searched for."""
    order = removal(connection, removal_id)
    pages = order.counts.get("pages read", 0) + still_held(connection, removal_id)
    notes_of(connection).put(order.ledger_order, _words_of(connection, ids), thinning(pages))


def _words_of(connection: sqlite3.Connection, ids: str) -> list[str]:
    said = [value for sql in _WORDS for row in connection.execute(sql, (ids,)) for value in row if value]
    return said + [address_tail(url) for row in connection.execute(_ADDRESSES, (ids,)) for url in row if url]


def _delete_by_address(
    connection: sqlite3.Connection, joiner: Joiner, removal_id: int, at: str
) -> dict[str, int]:
    """Deletes what is kept by address alone, and what other pages said of the removed addresses."""
    mine = read_blocklist(connection, removal_id)
    said = connection.execute("SELECT url, text FROM attachment_texts").fetchall()
    files = [text for url, text in said if mine.blocks(url)]
    notes_of(connection).put(removal(connection, removal_id).ledger_order, files)
    looks = seeker(connection, removal_id)
    counts = delete_from_archive(connection, mine)
    known = connection.execute("SELECT host FROM sources").fetchall()
    hosts = [(host,) for (host,) in known if mine.blocks_host(host)]
    connection.executemany("UPDATE run_sources SET last_error = '' WHERE source = ?", hosts)
    connection.executemany("UPDATE sources SET status = 'removed' WHERE host = ?", hosts)

    def quotes(said: str) -> bool:
        return names(said, mine) or len(looks.find(said.encode("utf-8", "replace"))) > 0

    counts["reasons that quoted it"] = empty_sentences(connection, catalogue.archive(), quotes, _emptied)
    counts["searches and names of sets that quoted it"] = forget_names(connection, quotes)
    _forget_claims(connection, joiner, mine, at)
    return counts


def _emptied(table: str, reason: str) -> str:
    """A rejection's first words are stable and say what it was; a person's words go altogether."""
    kind = reason.partition(":")[0] if table == "rejections" and ": " in reason else ""
    return f"{kind}: {EMPTIED}" if kind else EMPTIED


def _forget_claims(connection: sqlite3.Connection, joiner: Joiner, removed: Matcher, at: str) -> None:
    """No surviving page's word of a removed address is kept, or believed, nor its link to such a file."""
    claimed = connection.execute(
        "SELECT claimed_url FROM readings WHERE claimed_url IS NOT NULL UNION SELECT url FROM claims"
    )
    urls = [(url,) for (url,) in claimed if removed.blocks(url)]
    connection.executemany("DELETE FROM claims WHERE url = ?", urls)
    linked = connection.execute("SELECT DISTINCT url FROM attachments").fetchall()
    files = [(url,) for (url,) in linked if removed.blocks(url)]
    refresh_files(connection, [url for (url,) in files])  # their texts are gone already
    connection.executemany("DELETE FROM attachments WHERE url = ?", files)
    connection.executemany("UPDATE readings SET claimed_url = NULL WHERE claimed_url = ?", urls)
    if urls:
        conclude(connection, {url for (url,) in urls}, {}, joiner.similarity, at)


def _numbers(connection: sqlite3.Connection, sql: str, ids: str) -> set[int]:
    return {row[0] for row in connection.execute(sql, (ids,))}


def _count(connection: sqlite3.Connection, rows: str, *values: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {rows}", values).fetchone()[0])
