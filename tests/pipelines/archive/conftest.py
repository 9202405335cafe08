"""An archive on a real file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.records import Source
from tests import readings


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(host, host.split(".")[0]) for host in readings.HOSTS])
        yield archive


@pytest.fixture
def rows(archive: Archive) -> Callable[..., list[tuple[object, ...]]]:
    """Runs SQL on the archive's file through a connection of its own, as any reader would."""
    return partial(readings.rows, archive.path)
