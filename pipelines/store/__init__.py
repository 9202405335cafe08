"""The crawl store: the frontier, raw pages and what is known of each source, in a file beside the archive.

The spider writes in the reactor's thread while the drain reads and marks in its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.database import store_path
from pipelines.store.commits import Commits
from pipelines.store.file import StoreFile
from pipelines.store.frontier import Frontier, Round
from pipelines.store.pages import Pages
from pipelines.store.sources import Asked, Sources

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Asked", "CrawlStore", "Round", "store_path"]


class CrawlStore(StoreFile):
    """An open crawl store, by its parts; usable from any thread."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self.frontier = Frontier(self)
        self.commits = Commits(self)
        self.pages = Pages(self)
        self.sources = Sources(self)
