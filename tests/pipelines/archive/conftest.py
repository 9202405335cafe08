"""An archive on a real file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.records import Source
from tests.readings import HOSTS


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(host, host.split(".")[0]) for host in HOSTS])
        yield archive


@pytest.fixture
def rows(archive: Archive) -> Callable[..., list[tuple[object, ...]]]:
    """Runs SQL on the archive's file through a connection of its own, as any reader would."""

    def query(sql: str, *values: object) -> list[tuple[object, ...]]:
        with sqlite3.connect(archive.path) as connection:
            return connection.execute(sql, values).fetchall()

    return query
