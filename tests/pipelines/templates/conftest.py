"""Archives on a real file that know the site of `site.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.records import Source
from tests.pipelines.templates.site import HOST, learned


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(HOST, "园区新闻网")])
        yield archive


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Archive]:
    """It has a template in use, by which the last of its pages were read."""
    learned(tmp_path / "known.db")
    with Archive(tmp_path / "known.db") as archive:
        yield archive
