"""Rows of many numbers or addresses at once, a few hundred to a statement.

In: a connection inside the caller's transaction. Out: rows, or how many there were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_AT_ONCE = 500


def selected(connection: sqlite3.Connection, sql: str, ids: list[int]) -> list[tuple]:  # type: ignore[type-arg]
    """The rows of a statement that ends in IN, for all these numbers."""
    found = []
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        found += connection.execute(f"{sql} ({', '.join('?' * len(chunk))})", chunk).fetchall()
    return found


def count_in(connection: sqlite3.Connection, table: str, column: str, ids: list[int]) -> int:
    """How many rows have one of these numbers."""
    return sum(row[0] for row in selected(connection, f"SELECT count(*) FROM {table} WHERE {column} IN", ids))


def delete_in(connection: sqlite3.Connection, table: str, column: str, ids: list[int]) -> int:
    """Deletes the rows that have one of these numbers; returns how many."""
    deleted = 0
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(chunk))
        deleted += connection.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", chunk).rowcount
    return deleted


def delete_rows(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], is_blocked: Callable[[str], bool]
) -> int:
    """Deletes the rows of a table of which any address is blocked."""
    deleted = 0
    for column in columns:
        urls = {
            row[0]
            for row in connection.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
            if is_blocked(row[0])
        }
        deleted += max(
            connection.executemany(
                f"DELETE FROM {table} WHERE {column} = ?", [(url,) for url in sorted(urls)]
            ).rowcount,
            0,
        )
    return deleted


def whereabouts(connection: sqlite3.Connection, ids: list[int]) -> tuple[set[str], dict[int, int]]:
    """The addresses of readings, and their texts' nodes with their clusters."""
    addresses: set[str] = set()
    nodes: dict[int, int] = {}
    for page_url, claimed_url, node, cluster in selected(
        connection,
        "SELECT page_url, claimed_url, nodes.node_id, cluster_id FROM readings"
        " JOIN texts ON texts.id = text_id JOIN nodes ON nodes.node_id = texts.node_id WHERE readings.id IN",
        ids,
    ):
        addresses |= {url for url in (page_url, claimed_url) if url}
        nodes[node] = cluster
    return addresses, nodes
