"""Nothing can be forgotten by being new: every table and column has said how it forgets."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from pipelines.archive import Archive
from pipelines.archive.catalogue import TABLES
from pipelines.store import CrawlStore
from pipelines.store.removal import TABLES as STORE_TABLES

if TYPE_CHECKING:
    from pathlib import Path

MISSING = "say in removal_map.py (archive) or removal.py (crawl store) how a removal makes it forget"


def schema(path: Path) -> dict[str, set[str]]:
    with sqlite3.connect(path) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            table: {row[1] for row in connection.execute(f"PRAGMA table_xinfo({table})")} for table in tables
        }


def declared(tables: dict[str, tuple[str, str]]) -> dict[str, set[str]]:
    return {table: set(columns.split()) for table, (_, columns) in tables.items()}


def test_every_table_and_column_of_the_archive_has_said_how_it_forgets(tmp_path: Path) -> None:
    Archive(tmp_path / "archive.db").close()
    assert schema(tmp_path / "archive.db") == declared(TABLES), MISSING


def test_every_table_and_column_of_the_crawl_store_has_said_how_it_forgets(tmp_path: Path) -> None:
    CrawlStore(tmp_path / "pages.db").close()
    assert schema(tmp_path / "pages.db") == declared(STORE_TABLES), MISSING
