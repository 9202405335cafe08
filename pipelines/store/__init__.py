"""The crawl store: the frontier, the raw pages and what is known of each host; all SQL of crawler/.

One SQLite file beside the archive. The spider writes in the reactor's thread while the drain reads
and marks in its own.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.store.commits import Commits
from pipelines.store.frontier import RepeatsStore, Round, Rounds, Waiting
from pipelines.store.pages import Imports
from pipelines.store.removal import Removals
from pipelines.store.sources import AskedOfUs, Findings, Watch

__all__ = ["CrawlStore", "Round", "store_path"]


def store_path(archive_path: Path | str) -> Path:
    """Where an archive's raw pages and frontier live: archive.db -> archive-pages.db beside it."""
    archive = Path(archive_path)
    return archive.with_name(f"{archive.stem}-pages{archive.suffix or '.db'}")


class CrawlStore(Rounds, Waiting, Commits, AskedOfUs, RepeatsStore, Imports, Watch, Findings, Removals):
    """The frontier and the raw pages, in one SQLite file; usable from any thread."""
