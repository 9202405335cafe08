"""Drawing conclusions: from readings and clusters to copies, articles and the search index.

In: the addresses and clusters that changed. Out: the rows of `copies`, `articles`, `articles_fts` and
`forwards`, as they follow from all facts together; nothing here depends on the order in which the
facts came (ids aside). Only the touched groups are looked at.

Pages of two articles: attached to the one as copies, to the other as rows of `secondary_copies`.

In: what the join stage tells of texts that hold several articles. Out: rows that follow from all that was
told and from the copies there are, in whatever order both came.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.archive.write.addresses import regroup, touched_readings
from pipelines.archive.write.articles import judge_again, settle_articles
from pipelines.archive.write.standing import Standings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    Similarity = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Counts:
    """What changed in a batch."""

    articles_new: int = 0
    articles_updated: int = 0
    copies_joined: int = 0


def conclude(
    connection: sqlite3.Connection,
    addresses: set[str],
    clusters: Mapping[int, int],
    similarity: Similarity,
    at: str,
    *,
    emptied: frozenset[int] = frozenset(),
    former: Mapping[str, tuple[int, int]] | None = None,
    secondary: Mapping[int, Mapping[int, int]] | None = None,
    because: str = "",
) -> Counts:
    """Brings copies and articles up to date with the facts.

    Args:
        connection: inside a transaction.
        addresses: URLs whose readings or claims changed.
        clusters: node id → cluster id, for every node of every component that changed.
        similarity: of two nodes, 0 to 1.
        at: now, UTC.
        emptied: articles whose copies a removal took out, perhaps all of them.
        former: URL → the copy and article numbers that it is to have again after a removal was undone.
        secondary: what `Joiner.secondary` told after the relink that gave `clusters`.
        because: a person's reason, where their word is what changed.
    """
    standings = Standings(connection, similarity)
    readings = touched_readings(connection, addresses, clusters)
    regrouped = regroup(connection, readings, former or {})
    stale = regrouped.stale | emptied
    touched = {row.cluster for row in readings} | set(clusters.values()) | _clusters_of(connection, stale)
    settled = settle_articles(connection, touched, stale, regrouped.former_texts, standings, at, because)
    for article_id in standings.articles_to_judge_again():
        judge_again(connection, article_id, standings)
    left = stale | {copy.article_id for copy in settled.copies if copy.article_id is not None}
    put_secondary(connection, secondary or {}, {copy.copy.node for copy in settled.copies}, left)
    new, vanished = settled.new, settled.vanished
    return Counts(
        articles_new=new, articles_updated=settled.updated, copies_joined=regrouped.added - (new - vanished)
    )


def _clusters_of(connection: sqlite3.Connection, articles: set[int]) -> set[int]:
    return {
        row[0]
        for article in articles
        for row in connection.execute(
            "SELECT nodes.cluster_id FROM copies JOIN texts ON texts.id = copies.text_id"
            " JOIN nodes ON nodes.node_id = texts.node_id WHERE copies.article_id = ?",
            (article,),
        )
    }


def put_secondary(
    connection: sqlite3.Connection,
    told: Mapping[int, Mapping[int, int]],
    nodes: Iterable[int],
    articles: Iterable[int],
) -> None:
    """Attaches the copies that hold two articles to the other one of them.

    Args:
        connection: inside the transaction that wrote the copies.
        told: which other clusters' articles texts hold, as `Joiner.secondary` told it after a relink.
        nodes: texts of which copies came or moved to another article.
        articles: those that copies may have left, so that what was attached to them may be no more.
    """
    holding = _put_secondary_nodes(connection, told)
    holding |= {
        row[0]
        for row in connection.execute(
            "SELECT texts.node_id FROM secondary_copies held JOIN copies ON copies.id = held.copy_id"
            " JOIN texts ON texts.id = copies.text_id"
            " WHERE held.article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(articles)),),
        )
    }
    listed = json.dumps(list(nodes))
    for column in ("node_id", "other_id"):
        holding |= {
            row[0]
            for row in connection.execute(
                f"SELECT node_id FROM secondary_nodes WHERE {column} IN (SELECT value FROM json_each(?))",
                (listed,),
            )
        }
    for node in sorted(holding):
        connection.execute(
            "DELETE FROM secondary_copies WHERE copy_id IN"
            " (SELECT copies.id FROM copies JOIN texts ON texts.id = copies.text_id WHERE texts.node_id = ?)",
            (node,),
        )
        connection.execute(_ATTACH, (node,))


def _put_secondary_nodes(connection: sqlite3.Connection, told: Mapping[int, Mapping[int, int]]) -> set[int]:
    """Stores what was told; returns the texts that held another article before or do now."""
    gone = connection.execute(
        "DELETE FROM secondary_nodes WHERE node_id IN (SELECT value FROM json_each(?)) RETURNING node_id",
        (json.dumps(list(told)),),
    ).fetchall()
    rows = [(node, cluster, other) for node, others in told.items() for cluster, other in others.items()]
    connection.executemany(
        "INSERT INTO secondary_nodes SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM nodes WHERE node_id = ?1)",
        rows,
    )
    return {row[0] for row in gone} | {node for node, _, _ in rows}


_ATTACH = (
    "INSERT INTO secondary_copies SELECT DISTINCT theirs.article_id, ours.id, pairs.similarity,"
    " pairs.containment FROM secondary_nodes held"
    " JOIN texts text ON text.node_id = held.node_id JOIN copies ours ON ours.text_id = text.id"
    " JOIN texts other ON other.node_id = held.other_id JOIN copies theirs ON theirs.text_id = other.id"
    " JOIN pairs ON pairs.node_a = min(held.node_id, held.other_id)"
    " AND pairs.node_b = max(held.node_id, held.other_id)"
    " WHERE held.node_id = ? AND theirs.article_id <> ours.article_id"
    " ON CONFLICT DO UPDATE SET similarity = max(similarity, excluded.similarity),"
    " contained = max(contained, excluded.contained)"
)
