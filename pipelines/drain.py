"""Draining: stored pages in, an archive brought up to date out, until no more will come.

Reading runs on the engine that is handed in (processes of this machine, or a cluster), writing in the one
thread that calls `drain`. A page is marked as ingested only after its batch is committed in the archive, and
ingesting it twice changes nothing: a kill at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from pipelines.records import FileText, Page, Reading, Rejection, Source
from pipelines.utc import now_utc
from pipelines.workers import BATCH_PAGES

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from pipelines.archive import Archive
    from pipelines.workers import Engine, Readers

IDLE_S = 0.1
"""How long an idle drain waits before it looks for new pages."""

REJECTIONS_AT_ONCE = 200

WRITTEN_AT_ONCE = 24
"""Pages from which on a transaction is not made longer: one for each 8 costs a quarter more CPU a page, one
for 64 no less than this (2,600 pages of 25 sources)."""


class PageQueue(Protocol):
    """What draining needs of the crawl store."""

    def take(self, limit: int, after: int) -> list[Page]:
        """Pages not yet ingested with a greater id than `after`, ascending."""

    def stored(self, page_ids: Sequence[int]) -> list[Page]:
        """Stored pages by id, those that are there."""

    def mark_ingested(self, page_ids: Sequence[int]) -> None:
        """These pages are in the archive (or rejected there)."""

    def mark_lists(self, page_ids: Sequence[int]) -> None:
        """These pages were read and are lists: their addresses are asked for again as lists are."""

    def drop(self, page_ids: Sequence[int]) -> None:
        """These pages are kept out of the archive: nothing of them stays."""

    def rewrite(self, page: Page) -> None:
        """This page without what is to stay out of it, in place of what was stored."""

    def drop_files(self, urls: Sequence[str]) -> None:
        """No article links to these files any more: nothing of them stays, not even the address."""

    def take_rejections(self, limit: int) -> list[tuple[int, Rejection]]:
        """URLs that fetching gave up and the archive has not heard of, with their row ids."""

    def mark_rejections(self, ids: Sequence[int]) -> None:
        """The archive has these."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What draining has done so far."""

    pages: int = 0
    rejections: int = 0
    articles_new: int = 0
    articles_updated: int = 0
    copies_joined: int = 0
    gone: int = 0
    """Known pages that their hosts have no more."""


_Result = tuple[Page, Reading | FileText | Rejection]


class _Drain:
    """The state of one draining."""

    def __init__(
        self,
        archive: Archive,
        queue: PageQueue,
        sources: Mapping[str, Source],
        readers: Readers,
        on_results: Callable[[list[_Result]], None] | None,
        on_archived: Callable[[list[Reading]], None] | None,
        by_templates: bool,
    ) -> None:
        self._archive = archive
        self._queue = queue
        self._sources = sources
        self._readers = readers
        self._cursor = 0
        self._on_results = on_results
        self._on_archived = on_archived
        self._by_templates = by_templates
        self._again: set[int] = set()
        self.total = Drained()

    def step(self, *, take: bool = True) -> bool:
        """Moves what can be moved; False where there was nothing to do. `take`: begin with further pages."""
        filled = take and self._fill()
        results = self._collect()
        refused = self._queue.take_rejections(REJECTIONS_AT_ONCE)
        if not results and not refused:
            if not self._readers.busy:
                self._cursor = 0  # a page that was read may wait again, for an address that leads to it
            return filled or self._readers.busy
        results = self._without_failed_rereads(results)
        if self._on_results is not None:
            self._on_results(results)
        kept_out = self._write([result for _, result in results] + [rejection for _, rejection in refused])
        self._queue.drop([results[place][0].page_id for place in kept_out if place < len(results)])
        self._redacted([page for page, _ in results])  # what was ordered while they were read
        if self._on_archived is not None:
            archived = [result for place, (_, result) in enumerate(results) if place not in kept_out]
            self._on_archived([result for result in archived if isinstance(result, Reading)])
        self._again.difference_update(page.page_id for page, _ in results)
        self._queue.mark_ingested([page.page_id for page, _ in results])
        self._queue.mark_lists([page.page_id for page, result in results if _is_list(result)])
        self._queue.mark_rejections([row_id for row_id, _ in refused])
        return True

    def _redacted(self, pages: list[Page]) -> list[Page]:
        """These pages without the passages that are to stay out of them, as they are stored from now on."""
        clean = []
        for page in pages:
            if (redacted := self._archive.redacted(page)) is None:
                self._queue.drop([page.page_id])
            elif redacted is not page:
                self._queue.rewrite(redacted)
            clean.append(redacted or page)
        return clean

    def _collect(self) -> list[_Result]:
        """What was read since: several batches, where they end within an instant and enough are under way."""
        results: list[_Result] = []
        until = monotonic() + IDLE_S
        while self._readers.busy and len(results) < WRITTEN_AT_ONCE:
            came = self._readers.collect(max(0.0, until - monotonic()))
            results += came
            if not came or self._readers.is_half_empty:
                break
        return results

    def _without_failed_rereads(self, results: list[_Result]) -> list[_Result]:
        """A page that was an article when it was read whole stays one, should reading it again fail."""
        rejected = [
            page for page, result in results if page.page_id in self._again and isinstance(result, Rejection)
        ]
        failed = {page.page_id for page in rejected} - self._archive.read_by_template(rejected)
        if failed:
            self._archive.give_up_stale(sorted(failed))
            self._again.difference_update(failed)
        return [(page, result) for page, result in results if page.page_id not in failed]

    def _fill(self) -> bool:
        filled = False
        while self._readers.room > 0:
            pages = self._queue.take(BATCH_PAGES, self._cursor)
            if pages:
                self._cursor = pages[-1].page_id
            else:
                pages = self._stale()
            if not pages:
                break
            self._readers.submit([(page, self._source(page)) for page in self._redacted(pages)])
            filled = True
        return filled

    def _stale(self) -> list[Page]:
        """Pages to be read again because what was learned of their source changed; new pages come first."""
        wanted = [page for page in self._archive.stale_pages(BATCH_PAGES * 8) if page not in self._again]
        wanted = wanted[:BATCH_PAGES]
        pages = self._queue.stored(wanted) if wanted else []
        gone = sorted(set(wanted) - {page.page_id for page in pages})
        if gone:
            self._archive.give_up_stale(gone)
        self._again.update(page.page_id for page in pages)
        return pages

    def _source(self, page: Page) -> Source:
        known = self._sources.get(page.source) or Source(page.source, page.source)
        said = self._archive.line_words(page.url)
        return replace(
            known,
            furniture=self._archive.furniture(page.source),
            templates=self._archive.templates(page.source) if self._by_templates else (),
            kept_lines=said.kept,
            removed_lines=said.removed,
            rejected=self._archive.no_article(page.url),
        )

    def _write(self, results: list[Reading | FileText | Rejection]) -> tuple[int, ...]:
        """Returns which of them a removal keeps out."""
        done = self._archive.ingest(results, now_utc())
        total = self.total
        self.total = Drained(
            pages=total.pages + sum(isinstance(result, Reading) for result in results),
            rejections=total.rejections + done.rejections,
            articles_new=total.articles_new + done.counts.articles_new,
            articles_updated=total.articles_updated + done.counts.articles_updated,
            copies_joined=total.copies_joined + done.counts.copies_joined,
            gone=total.gone + done.gone,
        )
        if done.unlinked:
            self._queue.drop_files(done.unlinked)
        return done.kept_out


def _read(page: Page, source: Source) -> Reading | FileText | Rejection:
    """Where pages are read: whoever drains only writes, and loads nothing of reading."""
    from pipelines.stages import read_stored  # noqa: PLC0415  # as said

    return read_stored(page, source)


def _is_list(result: Reading | FileText | Rejection) -> bool:
    return isinstance(result, Rejection) and result.reason.startswith("list page")


def drain(
    archive: Archive,
    queue: PageQueue,
    sources: Mapping[str, Source],
    engine: Engine,
    *,
    no_more: threading.Event,
    leave: threading.Event | None = None,
    on_batch: Callable[[Drained], None] | None = None,
    on_results: Callable[[list[tuple[Page, Reading | FileText | Rejection]]], None] | None = None,
    on_archived: Callable[[list[Reading]], None] | None = None,
    by_templates: bool = True,
) -> Drained:
    """Reads and archives stored pages until `no_more` is set and none is left.

    Args:
        archive: open for writing in this thread.
        queue: the crawl store.
        sources: host → what is known of the source.
        engine: who reads the pages.
        no_more: set by the crawl once no further page will come.
        leave: set to end with what is being read at that moment; the rest waits for the next draining.
        on_batch: told the totals after each batch.
        on_results: shown what was read before it is written.
        on_archived: told of the readings in the archive before their pages count as ingested.
        by_templates: False reads every page whole, whatever was learned of its source.

    Raises:
        StorageError: the archive or the crawl store cannot be written; what was not marked comes again.
        WorkersError: the engine cannot be started or is lost; the same.
    """
    with engine.start(_read, latin=archive.has_latin()) as readers:
        state = _Drain(archive, queue, sources, readers, on_results, on_archived, by_templates)
        while True:
            last_look = no_more.is_set()
            if state.step(take=leave is None or not leave.is_set()):
                if on_batch is not None:
                    on_batch(state.total)
            elif last_look:
                return state.total
            else:
                no_more.wait(IDLE_S)
