"""An empty store on a real file."""

from pathlib import Path

import pytest

from pipelines.store import CrawlStore


@pytest.fixture
def store(tmp_path: Path):
    with CrawlStore(tmp_path / "archive-pages.db") as store:
        yield store
