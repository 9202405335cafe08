"""The join stage's persistent index and evidence in SQL (tables of 0002_join.sql).

Works on a connection handed in and never commits: the writer's transaction covers the archive and
the index alike. Normalised texts are not stored: they are worked out from `texts`, so a live node
must have a row there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from pipelines.errors import StorageError
from pipelines.join.index import Around, Node
from pipelines.normalise import normalise

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.join.index import Pair
    from pipelines.join.verdict import Verdict

_AT_ONCE = 500
"""Values in one IN list."""

_CACHE_KIB = 128 * 1024
"""SQLite's page cache. A text's keys stand on as many pages, all over the table: with the default of 2 MB
nearly every one is read again (`benchmarks/index_scale.py`)."""

_SHARED_KEYS = (
    "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM node_keys WHERE node_keys.key = value)"
)
_LIST = "SELECT place, node_id FROM node_keys WHERE key = ? LIMIT ?"
_KNOWN_PAIRS = (
    "SELECT node_a, node_b FROM json_each(?) JOIN pairs ON node_a = value ->> 0 AND node_b = value ->> 1"
)


class SqliteJoinIndex:
    """A `pipelines.join.JoinIndex` on an archive's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read and write through this connection, inside whatever transaction it is in."""
        self._connection = connection
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")

    def has(self, node_id: int) -> bool:
        """Whether the text is in the index."""
        found = self._connection.execute("SELECT 1 FROM nodes WHERE node_id = ?", (node_id,)).fetchone()
        return found is not None

    def insert(self, node: Node) -> None:
        """Add a text with its keys."""
        self._connection.execute(
            "INSERT INTO nodes (node_id, shingles, scheme, signature, keys) VALUES (?, ?, ?, ?, ?)",
            (node.node_id, node.shingles, node.scheme, node.signature, node.keys.astype("<i8").tobytes()),
        )
        self._connection.executemany(
            "INSERT INTO node_keys (key, place, node_id) VALUES (?, ?, ?)",
            [(key, place, node.node_id) for key, place in _listed(node)],
        )

    def delete(self, node: Node) -> None:
        """Delete a text, its keys and every pair it is in."""
        self._connection.executemany(
            "DELETE FROM node_keys WHERE key = ? AND place = ? AND node_id = ?",
            [(key, place, node.node_id) for key, place in _listed(node)],
        )
        self._connection.execute("DELETE FROM pairs WHERE node_a = ?", (node.node_id,))
        self._connection.execute("DELETE FROM pairs WHERE node_b = ?", (node.node_id,))
        self._connection.execute("DELETE FROM nodes WHERE node_id = ?", (node.node_id,))

    def nodes(self, node_ids: Iterable[int]) -> Mapping[int, Node]:
        """Those of the texts that are in the index."""
        rows = self._chunked(
            "SELECT node_id, shingles, keys, scheme, signature FROM nodes WHERE node_id IN", node_ids
        )
        return {
            node_id: Node(node_id, shingles, np.frombuffer(keys, dtype="<i8"), scheme, signature)
            for node_id, shingles, keys, scheme, signature in rows
        }

    def sizes(self, node_ids: Iterable[int]) -> Mapping[int, int]:
        """How many distinct shingles each of the texts has."""
        return dict(self._chunked("SELECT node_id, shingles FROM nodes WHERE node_id IN", node_ids))

    def around(self, node: Node, window: int) -> Iterator[Around]:
        """For each of its keys that others have too, up to `window` neighbours on either side."""
        places = dict(_listed(node))
        for key in self._shared_keys(node):
            here = (places[key], node.node_id)
            rows = self._connection.execute(_LIST, (key, window + 1)).fetchall()
            if len(rows) > window:
                yield self._around_in_long(key, here, window)
            elif rows:
                yield Around(
                    [row[1] for row in reversed(rows) if row < here], [row[1] for row in rows if row > here]
                )

    def _shared_keys(self, node: Node) -> list[int]:
        """The keys of a text that some text in the index has: few, so one statement asks for all."""
        rows = self._connection.execute(_SHARED_KEYS, (json.dumps(node.keys.tolist()),))
        return [row[0] for row in rows]

    def between(self, key: int, a: tuple[int, int], b: tuple[int, int], most: int) -> int:
        """How many texts stand between two (place, node id) in a key's list, counted up to `most`."""
        query = (
            "SELECT count(*) FROM (SELECT 1 FROM node_keys"
            " WHERE key = ? AND (place, node_id) > (?, ?) AND (place, node_id) < (?, ?) LIMIT ?)"
        )
        low, high = sorted((a, b))
        (count,) = self._connection.execute(query, (key, *low, *high, most)).fetchone()
        return int(count)

    def text(self, node_id: int) -> str:
        """The normalised text of a node, worked out from any text that normalises to it."""
        query = "SELECT text FROM texts WHERE node_id = ? LIMIT 1"
        row = self._connection.execute(query, (node_id,)).fetchone()
        if row is None:
            raise StorageError(f"The archive holds no text of node {node_id}: run `parknews reprocess`.")
        return normalise(row[0])

    def put_pair(self, pair: Pair, verdict: Verdict) -> None:
        """Store or replace the evidence of a pair."""
        self._connection.execute(
            "INSERT OR REPLACE INTO pairs (node_a, node_b, verdict, reason, containment, similarity,"
            " numbers_shared, numbers_differ, exchanges, names_differ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *pair,
                verdict.verdict,
                verdict.reason,
                verdict.containment,
                verdict.similarity,
                verdict.numbers_shared,
                verdict.numbers_differ,
                verdict.exchanges,
                verdict.names_differ,
            ),
        )

    def delete_pair(self, pair: Pair) -> None:
        """Delete the evidence of a pair."""
        self._connection.execute("DELETE FROM pairs WHERE node_a = ? AND node_b = ?", pair)

    def known_pairs(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Those of the pairs whose evidence is stored."""
        return set(self._connection.execute(_KNOWN_PAIRS, (json.dumps(list(pairs)),)))

    def pairs_of(self, node_ids: Iterable[int]) -> Iterator[tuple[Pair, str, float]]:
        """Every stored pair of the texts: the pair, its verdict, its similarity; perhaps twice."""
        ids = list(node_ids)
        for side in ("node_a", "node_b"):
            query = f"SELECT node_a, node_b, verdict, similarity FROM pairs WHERE {side} IN"
            for node_a, node_b, verdict, similarity in self._chunked(query, ids):
                yield (node_a, node_b), verdict, similarity

    def cluster(self, clusters: Mapping[int, int]) -> None:
        """Store the cluster of each text."""
        self._connection.executemany("UPDATE nodes SET cluster_id = ?2 WHERE node_id = ?1", clusters.items())

    def clusters_of(self, node_ids: Iterable[int]) -> Mapping[int, int | None]:
        """The stored cluster of each of the texts; None where it was added since the last relink."""
        return dict(self._chunked("SELECT node_id, cluster_id FROM nodes WHERE node_id IN", node_ids))

    def unclustered(self) -> list[int]:
        """Texts that were added since the last relink."""
        return [
            row[0] for row in self._connection.execute("SELECT node_id FROM nodes WHERE cluster_id IS NULL")
        ]

    def _around_in_long(self, key: int, here: tuple[int, int], window: int) -> Around:
        query = "SELECT node_id FROM node_keys WHERE key = ? AND (place, node_id) "
        lower = query + "< (?, ?) ORDER BY place DESC, node_id DESC LIMIT ?"
        higher = query + "> (?, ?) ORDER BY place, node_id LIMIT ?"
        below, above = (self._connection.execute(side, (key, *here, window)) for side in (lower, higher))
        return Around([row[0] for row in below], [row[0] for row in above])

    def _chunked(self, query: str, values: Iterable[int]) -> Iterator[tuple]:  # type: ignore[type-arg]
        ids = list(values)
        for start in range(0, len(ids), _AT_ONCE):
            chunk = ids[start : start + _AT_ONCE]
            yield from self._connection.execute(f"{query} ({','.join('?' * len(chunk))})", chunk)


def _listed(node: Node) -> list[tuple[int, int]]:
    return list(zip(node.keys.tolist(), node.places.tolist(), strict=True))
