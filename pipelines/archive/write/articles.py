"""Which copies are one piece of news: gives every touched group of copies its article.

In: the clusters that changed, with the copies of their texts, and what people decided. Out: rows of
`articles`, under the numbers that pipelines/archive/write/numbering.py gives them.

One article's row and its entry in the search index.

In: an article's number and values. Out: the row of `articles` and that of `articles_fts`, which say the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.archive.write.entry import index, insert_article, shown_of, update_article
from pipelines.archive.write.numbering import (
    Member,
    forward,
    inherit,
    moves_of,
    note_moves,
    turned_to_other_news,
)
from pipelines.archive.write.people import SPLIT, decisions, groups
from pipelines.archive.write.standing import COLUMNS, Standings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from pipelines.archive.write.people import Decision


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling changed."""

    copies: list[Member]
    new: int
    updated: int
    vanished: int


def settle_articles(
    connection: sqlite3.Connection,
    touched: set[int],
    stale: set[int],
    former_texts: Mapping[str, int],
    standings: Standings,
    at: str,
    because: str = "",
) -> Settled:
    """Gives every touched group its article; says how many are new, changed and gone.

    Args:
        connection: inside a transaction.
        touched: clusters of which texts or copies changed.
        stale: articles that lost copies.
        former_texts: copies that say something else now: URL → the text that they had.
        standings: over the same connection.
        at: now, UTC.
        because: a person's reason, where their word is what changed.
    """
    standing = decisions(connection)
    groups = _groups(_touched_copies(connection, touched, standing, standings), standing)
    everyone = [copy for copies in groups.values() for copy in copies]
    turned = turned_to_other_news(connection, everyone, former_texts)
    ids = inherit(connection, everyone, turned)
    formerly = stale | {copy.article_id for copy in everyone if copy.article_id}
    connection.executemany("UPDATE copies SET kept = 0 WHERE id = ?", [(copy.copy.id,) for copy in everyone])
    new = updated = 0
    for group in sorted(groups):
        article_id, changed = _put_article(connection, ids.get(group), groups[group], standings)
        new += group not in ids
        updated += group in ids and changed
        ids[group] = article_id
    moves = moves_of(everyone, ids, turned, because)
    note_moves(connection, moves, at)
    vanished = forward(connection, formerly - set(ids.values()), moves, ids.values(), at)
    return Settled(everyone, new, updated, vanished)


def judge_again(connection: sqlite3.Connection, article_id: int, standings: Standings) -> None:
    """An article whose copies are the same, where other pages of a credited source came or went."""
    copies = standings.copies_of_article(article_id)
    judged = standings.judge(copies)
    update_article(connection, article_id, judged.values)
    standings.write(article_id, copies, judged, is_new=False)


def _touched_copies(
    connection: sqlite3.Connection, touched: set[int], standing: list[Decision], standings: Standings
) -> list[Member]:
    """The copies of the touched clusters, and of those that a person's joins tie to them."""
    copies: dict[int, list[Member]] = {}
    todo = set(touched)
    while todo:
        cluster = todo.pop()
        copies[cluster] = _copies_of(connection, cluster, standings)
        urls = {copy.url for copy in copies[cluster]}
        for decision in standing:
            if decision.kind == "join" and {decision.url, decision.other_url} & urls:
                todo |= {
                    row[0]
                    for row in connection.execute(_CLUSTER_OF_COPIES, (decision.url, decision.other_url))
                } - copies.keys()
    return [copy for cluster in sorted(copies) for copy in copies[cluster]]


_CLUSTER_OF_COPIES = (
    "SELECT nodes.cluster_id FROM copies JOIN texts ON texts.id = copies.text_id"
    " JOIN nodes ON nodes.node_id = texts.node_id WHERE copies.url IN (?, ?)"
)


def _groups(copies: list[Member], standing: list[Decision]) -> dict[str, list[Member]]:
    """The copies by group, each group's oldest first."""
    names = groups([(copy.url, copy.cluster) for copy in copies], standing)
    found: dict[str, list[Member]] = defaultdict(list)
    for copy in sorted(copies, key=lambda copy: copy.age):
        name = names[copy.url]
        found[name].append(replace(copy, group=name, is_split=name.startswith(SPLIT)))
    return found


def _copies_of(connection: sqlite3.Connection, cluster: int, standings: Standings) -> list[Member]:
    return [
        Member(standings.copy(row), name, article_id, cluster)
        for name, article_id, *row in connection.execute(
            f"SELECT sources.name, nullif(copies.article_id, 0), {COLUMNS} FROM nodes"
            " JOIN texts ON texts.node_id = nodes.node_id JOIN copies ON copies.text_id = texts.id"
            " JOIN readings ON readings.id = copies.reading_id JOIN sources ON sources.host = copies.source"
            " WHERE nodes.cluster_id = ? ORDER BY readings.first_fetched_at, copies.url",
            (cluster,),
        ).fetchall()
    ]


def _put_article(
    connection: sqlite3.Connection, article_id: int | None, copies: list[Member], standings: Standings
) -> tuple[int, bool]:
    """Writes one article and the standing of its copies; returns its id and whether title or text changed."""
    judged = standings.judge([copy.copy for copy in copies])
    old = None if article_id is None else shown_of(connection, article_id)
    values = {**_article_values(connection, judged.kept.copy.id, copies), **judged.values}
    if old is None:  # a new one, or one that a removal hid and that comes back under its number
        number = insert_article(connection, {"id": article_id, **values})
    else:
        assert article_id is not None
        number = article_id
        update_article(connection, number, values)
    standings.write(number, [copy.copy for copy in copies], judged, is_new=old is None)
    shown = (str(values["title"]), str(values["text"]))
    if old != shown:
        index(connection, number, old, shown)
    return number, old != shown


def _article_values(connection: sqlite3.Connection, kept_id: int, copies: list[Member]) -> dict[str, object]:
    cursor = connection.execute(
        "SELECT copies.title, texts.text, copies.published, copies.published_day, copies.published_earliest,"
        " copies.published_latest, copies.date_origin, copies.author, copies.language, copies.source,"
        " copies.url, copies.credited_source FROM copies JOIN texts ON texts.id = copies.text_id"
        " WHERE copies.id = ?",
        (kept_id,),
    )
    names = [column[0] for column in cursor.description]
    values = dict(zip(names, cursor.fetchone(), strict=True))
    [name] = {copy.source_name for copy in copies if copy.copy.id == kept_id}
    first_seen = min(copy.copy.first_seen for copy in copies)
    return {**values, "source_name": name, "first_seen": first_seen, "copies": len(copies)}
