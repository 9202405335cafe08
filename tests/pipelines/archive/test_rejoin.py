"""An archive that earlier rules filled, joined again."""

from __future__ import annotations

import random
import sqlite3
from datetime import date
from pathlib import Path

import numpy as np

from pipelines.archive import Archive
from pipelines.join.index import Node
from tests.pipelines.archive.sample_texts import HARBOUR, PARK
from tests.readings import NOW, make_reading, rows

TABLES = (
    "nodes",
    "node_keys",
    "pairs",
    "articles",
    "copies",
    "differences",
    "first_publisher_evidence",
    "secondary_copies",
    "moves",
)
CHARACTERS = [chr(code) for code in range(0x4E00, 0x5600)]


def state(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(rows(path, f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def make_old(path: Path) -> None:
    """As a version left it that had four orders of lists, joined nothing, and drew no standing."""
    with sqlite3.connect(path) as connection:
        for node_id, shingles, keys, scheme, signature in connection.execute(
            "SELECT node_id, shingles, keys, scheme, signature FROM nodes"
        ).fetchall():
            node = Node(node_id, shingles, np.frombuffer(keys, dtype="<i8"), scheme, signature, orders=4)
            connection.execute("DELETE FROM node_keys WHERE node_id = ?", (node_id,))
            connection.executemany(
                "INSERT INTO node_keys VALUES (?, ?, ?)",
                [
                    (key, place, node_id)
                    for key, place in zip(node.keys.tolist(), node.places.tolist(), strict=True)
                ],
            )
        connection.execute("UPDATE nodes SET orders = 4, cluster_id = node_id")
        for table in ("pairs", "differences", "first_publisher_evidence", "secondary_nodes"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute(
            "UPDATE articles SET kept_because = '', first_publisher = NULL, disputed = 0,"
            " first_publisher_status = 'unknown', first_publisher_because = ''"
        )


def test_an_old_archive_joined_again_is_as_a_new_one(archive: Archive) -> None:
    archive.ingest(
        [
            make_reading("https://park.example/1", PARK, day=date(2026, 1, 1)),
            make_reading("https://daily.example/2", "编者按:转载。" + PARK, page_id=2, day=date(2026, 1, 2)),
            make_reading("https://copier.example/3", PARK.replace("九万", "十九万"), page_id=3),
            make_reading("https://park.example/4", HARBOUR, page_id=4),
        ],
        NOW,
    )
    before = state(archive.path)
    make_old(archive.path)
    assert state(archive.path) != before
    parts = list(archive.rejoin(NOW))
    assert (len(parts), state(archive.path)) == (1, before)


def test_joining_again_goes_on_where_it_was_killed(archive: Archive) -> None:
    draw = random.Random(1)
    archive.ingest(
        [
            make_reading(f"https://park.example/{n}", "".join(draw.choices(CHARACTERS, k=60)), page_id=n)
            for n in range(1, 101)
        ],
        NOW,
    )
    next(archive.rejoin(NOW))
    with Archive(archive.path) as later:
        assert len(list(later.rejoin(NOW))) == 1
        assert len(list(later.rejoin(NOW))) == 2
