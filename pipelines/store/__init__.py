"""The crawl store: the frontier, raw pages and what is known of each source, in a file beside the archive.

The spider writes in the reactor's thread while the drain reads and marks in its own.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipelines.database import store_path
from pipelines.store.commits import Commits
from pipelines.store.file import StoreFile
from pipelines.store.frontier import Frontier, Round
from pipelines.store.pages import Pages
from pipelines.store.sources import Asked, Sources

__all__ = [
    "Asked",
    "CrawlStore",
    "Round",
    "store_beside",
    "store_path",
    "sweep_temporary",
    "temporary_folder",
]

_TEMPORARY = "parknews-pages-"
_LOCKED_S = 60.0
"""Who makes a folder has locked it long before."""


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


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder among the system's temporary files, for a crawl store of a while; what was left goes first."""
    sweep_temporary()
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY) as name, locked(folder := Path(name)):
        yield folder


def sweep_temporary() -> None:
    """Deletes what processes that were killed left behind: pages that a removal would not find there."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        with suppress(OSError):  # another user's, in use, or gone meanwhile
            if time.time() - folder.stat().st_mtime > _LOCKED_S:
                with locked(folder):
                    shutil.rmtree(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a folder as long as this process lives.

    Raises:
        BlockingIOError: another process holds it.
    """
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)
