"""Drawing conclusions: from readings and clusters to copies, articles and the search index.

In: the addresses and clusters that changed. Out: the rows of `copies`, `articles`, `articles_fts` and
`forwards`, as they follow from all facts together; nothing here depends on the order in which the
facts came (ids aside). Only the touched groups are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.archive.regroup import regroup, touched_readings
from pipelines.archive.secondary import put_secondary
from pipelines.archive.settle import judge_again, settle_articles
from pipelines.archive.standing import Standings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

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
