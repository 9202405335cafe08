"""Draining while the main thread fetches: the thread that hands stored pages to the stages.

In: the archive's path, the crawl store and the sources. Out: an archive that follows what is fetched, and how
far it is.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pipelines.archive import Archive
from pipelines.drain import Drained, drain
from pipelines.records import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crawler.records import CrawlSource
    from crawler.store import CrawlStore
    from pipelines.workers import WorkerOptions


class Draining:
    """The thread that drains while the main thread fetches."""

    def __init__(
        self,
        archive_path: Path,
        store: CrawlStore,
        sources: Sequence[CrawlSource],
        options: WorkerOptions,
        stop: threading.Event,
    ) -> None:
        self.stop = stop
        """Set when fetching must end: the archive cannot be written, or the caller asked."""
        self.total = Drained()
        self._archive_path = archive_path
        self._store = store
        self._sources = {source.host: stage_source(source) for source in sources}
        self._options = options
        self._no_more = threading.Event()
        self._leave = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="drain")

    def start(self) -> None:
        """Starts draining."""
        self._thread.start()

    def finish(self, *, in_a_hurry: bool = False) -> None:
        """Waits until every stored page is archived, or in a hurry those being read; raises what failed."""
        if in_a_hurry:
            self._leave.set()
        self.abandon()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Says that no more pages come, and waits for the thread."""
        self._no_more.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with Archive(self._archive_path) as archive:
                drain(
                    archive,
                    self._store,
                    self._sources,
                    self._options,
                    no_more=self._no_more,
                    leave=self._leave,
                    on_batch=self._note,
                )
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self._error = error
            self.stop.set()

    def _note(self, total: Drained) -> None:
        self.total = total


def stage_source(source: CrawlSource) -> Source:
    """What the stages may know of a crawl source."""
    return Source(source.host, source.name, source.time_zone, source.start_urls)
