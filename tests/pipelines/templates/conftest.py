"""An archive on a real file that knows the site of `site.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.archive import Archive
from pipelines.records import Source
from tests.pipelines.templates.site import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(HOST, "园区新闻网")])
        yield archive
