"""Pages of two articles: attached to the one as copies, to the other as rows of `secondary_copies`.

In: what the join stage tells of texts that hold several articles. Out: rows that follow from all that was
told and from the copies there are, in whatever order both came.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping


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
