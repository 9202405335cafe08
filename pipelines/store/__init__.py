"""The crawl store: the frontier, raw pages and what is known of each source, in a file beside the archive.

The spider writes in the reactor's thread while the drain reads and marks in its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.database import store_path
from pipelines.store.commits import Commits
from pipelines.store.file import StoreFile
from pipelines.store.frontier import Frontier, Round
from pipelines.store.pages import Pages
from pipelines.store.sources import Asked, Sources

__all__ = ["Asked", "CrawlStore", "Round", "store_beside", "store_path"]


class CrawlStore(StoreFile):
    """An open crawl store, by its parts; usable from any thread."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self.frontier = Frontier(self)
        self.commits = Commits(self)
        self.pages = Pages(self)
        self.sources = Sources(self)


@contextmanager
def store_beside(archive_path: Path) -> Iterator[CrawlStore | None]:
    """An archive's crawl store; None where nothing was fetched yet, and then none is made."""
    path = store_path(archive_path)
    if not path.exists():
        yield None
        return
    with CrawlStore(path) as store:
        yield store
