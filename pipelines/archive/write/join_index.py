"""The join stage's persistent index and evidence in SQL (tables of 0002_join.sql).

Works on a connection handed in and never commits: the writer's transaction covers the archive and
the index alike. Normalised texts are not stored: they are worked out from `texts`, so a live node
must have a row there.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from pipelines.errors import StorageError
from pipelines.join.index import Around, Node, Pair, pair_of, straddling
from pipelines.join.verdict import Verdict
from pipelines.normalise import normalise

_CACHE_KIB = 64 * 1024
"""SQLite's page cache. A text's keys stand on as many pages, all over the table: with the default of 2 MB
nearly every one is read again; a million texts were joined with these (`benchmarks/million.py`)."""

_LOG_PAGES = 32_000
"""Pages of the write-ahead log (128 MB) before they are copied into the archive, each once however often it
was written. A text changes a hundred, of which sixty hold its keys: with 8,000 and 48 texts a transaction
writing took 10% more CPU at 100,000 articles, with SQLite's 1,000 each batch was copied by itself."""

_LISTS = """
WITH own AS MATERIALIZED (
    SELECT CAST(key AS INTEGER) AS key, value AS place,
           (SELECT group_concat(place || ' ' || node_id, ' ') FROM
               (SELECT node_keys.place, node_id FROM node_keys
                WHERE node_keys.key = CAST(json_each.key AS INTEGER) LIMIT :window + 2)) AS listed
    FROM json_each(:places)
)
SELECT key, place, listed FROM own WHERE listed IS NOT NULL
"""
"""What stands in all the lists of a text, of long ones the beginning. Each list is looked up once, all in one
statement: one a list took twice as long."""

_NEIGHBOURS = """
WITH own AS MATERIALIZED (SELECT value ->> 0 AS list, value ->> 1 AS place FROM json_each(:places))
SELECT (SELECT group_concat(node_id, ' ') FROM
           (SELECT node_id FROM node_keys WHERE key = list AND node_keys.place = own.place
            AND node_id < :node_id ORDER BY node_id DESC LIMIT :window)),
       (SELECT group_concat(node_id, ' ') FROM
           (SELECT node_id FROM node_keys WHERE key = list AND node_keys.place = own.place
            AND node_id > :node_id ORDER BY node_id LIMIT :window))
FROM own
"""
"""What stands around a text in its long lists."""

_NEAR_LISTS = """
WITH shared AS MATERIALIZED (
    SELECT value ->> 0 AS list, value ->> 1 AS place, value ->> 2 AS other FROM json_each(:places)
)
SELECT count(*) FROM (
    SELECT 1 FROM shared
    WHERE (SELECT count(*) FROM (SELECT 1 FROM node_keys WHERE key = list LIMIT :window + 2)) < :window + 2
    OR (place = other AND (SELECT count(*) FROM
            (SELECT 1 FROM node_keys WHERE key = list AND node_keys.place = shared.place
             AND node_id > :low AND node_id < :high LIMIT :window)) < :window)
    LIMIT :most
)
"""
"""In how many lists two texts are near each other."""
_KNOWN_PAIRS = (
    "SELECT node_a, node_b FROM json_each(?) JOIN pairs ON node_a = value ->> 0 AND node_b = value ->> 1"
)


_MARKS = itertools.count(1)
"""No two marks are the same, whoever sets them."""


class SqliteJoinIndex:
    """A `pipelines.join.JoinIndex` on an archive's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read and write through this connection, inside whatever transaction it is in."""
        self._connection = connection
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS join_mark (number INTEGER)")
        self._mark: tuple[int, int] | None = None

    def has(self, node_id: int) -> bool:
        """Whether the text is in the index."""
        found = self._connection.execute("SELECT 1 FROM nodes WHERE node_id = ?", (node_id,)).fetchone()
        return found is not None

    def insert(self, node: Node) -> None:
        """Add a text with its keys."""
        self._connection.execute(
            "INSERT INTO nodes (node_id, shingles, scheme, signature, keys, orders)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                node.node_id,
                node.shingles,
                node.scheme,
                node.signature,
                node.keys.astype("<i8").tobytes(),
                node.orders,
            ),
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
        rows = self._rows(
            "SELECT node_id, shingles, keys, scheme, signature, orders FROM nodes WHERE node_id IN", node_ids
        )
        return {
            node_id: Node(node_id, shingles, np.frombuffer(keys, dtype="<i8"), scheme, signature, orders)
            for node_id, shingles, keys, scheme, signature, orders in rows
        }

    def sizes(self, node_ids: Iterable[int]) -> Mapping[int, int]:
        """How many distinct shingles each of the texts has."""
        return dict(self._rows("SELECT node_id, shingles FROM nodes WHERE node_id IN", node_ids))

    def around(self, node: Node, window: int) -> Around:
        """What stands around a text that is not in the index."""
        values = {"places": json.dumps(dict(_listed(node))), "window": window}
        near: Counter[int] = Counter()
        straddled: set[Pair] = set()
        sides, longer = [], []
        for key, place, listed in self._connection.execute(_LISTS, values):
            numbers = _numbers(listed)
            node_ids = numbers[1::2]
            if len(node_ids) <= window:
                near.update(node_ids)
            elif len(node_ids) == window + 1:
                below, above, others = _in_full(numbers, (place, node.node_id), window)
                straddled.update(itertools.starmap(pair_of, others))
                sides.append((below, above))
            else:
                longer.append((key, place))
        values = {"places": json.dumps(longer), "node_id": node.node_id, "window": window}
        for below_ids, above_ids in self._connection.execute(_NEIGHBOURS, values) if longer else ():
            sides.append((sorted(_numbers(below_ids), reverse=True), sorted(_numbers(above_ids))))
        for below, above in sides:
            near.update(below)
            near.update(above)
            straddled.update(straddling(below, above, window))
        return Around(near, straddled)

    def near_lists(self, a: Node, b: Node, window: int, most: int) -> int:
        """In how many lists two texts of the index are near each other, counted up to `most`."""
        keys, at_a, at_b = np.intersect1d(a.keys, b.keys, assume_unique=True, return_indices=True)
        places = np.stack((keys, a.places[at_a], b.places[at_b]), axis=1).tolist()
        low, high = sorted((a.node_id, b.node_id))
        values = {"places": json.dumps(places), "low": low, "high": high, "window": window, "most": most}
        (lists,) = self._connection.execute(_NEAR_LISTS, values).fetchone()
        return int(lists)

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
            for node_a, node_b, verdict, similarity in self._rows(query, ids):
                yield (node_a, node_b), verdict, similarity

    def cluster(self, clusters: Mapping[int, int]) -> None:
        """Store the cluster of each text."""
        self._connection.executemany("UPDATE nodes SET cluster_id = ?2 WHERE node_id = ?1", clusters.items())

    def clusters_of(self, node_ids: Iterable[int]) -> Mapping[int, int | None]:
        """The stored cluster of each of the texts; None where it was added since the last relink."""
        return dict(self._rows("SELECT node_id, cluster_id FROM nodes WHERE node_id IN", node_ids))

    def unclustered(self) -> list[int]:
        """Texts that were added since the last relink."""
        return [
            row[0] for row in self._connection.execute("SELECT node_id FROM nodes WHERE cluster_id IS NULL")
        ]

    def mark(self) -> None:
        """Note the state that the index is in now: a row of a temporary table goes with the transaction."""
        self._connection.execute("DELETE FROM temp.join_mark")
        self._connection.execute("INSERT INTO temp.join_mark VALUES (?)", (next(_MARKS),))
        self._mark = self._state()

    def is_as_marked(self) -> bool:
        """Whether all that was done since `mark`, if anything, was done here and stands."""
        return self._mark is not None and self._state() == self._mark

    def _state(self) -> tuple[int, int]:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        row = self._connection.execute("SELECT number FROM temp.join_mark").fetchone()
        return version, row[0] if row else 0

    def _rows(self, query: str, numbers: Iterable[int]) -> sqlite3.Cursor:
        """The rows of a statement that ends in IN, for all these numbers."""
        return self._connection.execute(
            f"{query} (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)
        )


def _listed(node: Node) -> list[tuple[int, int]]:
    return list(zip(node.keys.tolist(), node.places.tolist(), strict=True))


def _in_full(
    numbers: list[int], here: tuple[int, int], window: int
) -> tuple[list[int], list[int], Iterator[tuple[int, int]]]:
    """Of a list that is not short any more with the text: its neighbours, and the pairs of several places."""
    rows = sorted(zip(numbers[::2], numbers[1::2], strict=True))
    below = [node_id for place, node_id in reversed(rows) if place == here[0] and node_id < here[1]]
    above = [node_id for place, node_id in rows if place == here[0] and node_id > here[1]]
    apart = ((a[1], b[1]) for a, b in itertools.combinations(rows, 2) if a[0] != b[0])
    return below[:window], above[:window], apart


def _numbers(listed: str | None) -> list[int]:
    return [int(number) for number in listed.split(" ")] if listed else []
