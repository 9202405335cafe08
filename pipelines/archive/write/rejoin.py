"""Joining all texts again by the present rules, where pairs were judged by earlier ones.

In: an archive that any earlier version filled. Out, slice by slice, each in the caller's transaction: every
pair judged again, and every article, its kept copy and its standing as a new archive of the same pages has
them. How far it came is kept in `meta`, so that a killed one goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.archive.rules import put_rules
from pipelines.archive.write.conclusions import conclude
from pipelines.sign import sign

if TYPE_CHECKING:
    import sqlite3

    from pipelines.archive.write.conclusions import Counts
    from pipelines.join import Joiner

_PROGRESS = "rejoined_to"
_AT_ONCE = 64
"""Texts a transaction: articles with copies in several slices are concluded once a slice."""


def rejoin_some(connection: sqlite3.Connection, joiner: Joiner, at: str) -> Counts | None:
    """Joins the next texts again; None, and the next call begins anew, where all are done.

    Args:
        connection: inside a transaction.
        joiner: over the same connection.
        at: now, UTC.
    """
    texts = _next_texts(connection)
    connection.execute("DELETE FROM meta WHERE key = ?", (_PROGRESS,))
    if not texts:
        put_rules(connection)
        return None
    connection.execute("INSERT INTO meta VALUES (?, ?)", (_PROGRESS, str(max(texts))))
    for node, text in texts.items():
        joiner.remove(node)
        joiner.add(sign(text))
    clusters = joiner.relink()
    for node in texts:
        row = connection.execute("SELECT cluster_id FROM nodes WHERE node_id = ?", (node,)).fetchone()
        clusters[node] = row[0]
    return conclude(connection, set(), clusters, joiner.similarity, at, secondary=joiner.secondary())


def _next_texts(connection: sqlite3.Connection) -> dict[int, str]:
    """Nodes after those that are done, with a text that each stands for."""
    after = connection.execute("SELECT value FROM meta WHERE key = ?", (_PROGRESS,)).fetchone()
    return dict(
        connection.execute(
            "SELECT node_id, (SELECT text FROM texts WHERE texts.node_id = nodes.node_id LIMIT 1) FROM nodes"
            " WHERE ?1 IS NULL OR node_id > ?1 ORDER BY node_id LIMIT ?2",
            (after and int(after[0]), _AT_ONCE),
        )
    )
