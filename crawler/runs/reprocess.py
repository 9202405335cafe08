"""Reading the stored pages again with the present stages, and joining again; nothing is fetched.

In: an archive with its crawl store. Out: the archive as a new crawl of the same pages would leave it, and a
report of what changed. How far it came is kept in the archive, so that a killed one goes on.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.runs.lock import run_lock
from crawler.sources import heeding
from pipelines.archive import Archive
from pipelines.compare import Change, compare
from pipelines.drain import Drained, drain
from pipelines.errors import StorageError
from pipelines.records import FileText, Page, Reading, Rejection, Source
from pipelines.store import CrawlStore, store_path
from pipelines.store.pages import Pages
from pipelines.utc import now_utc
from pipelines.workers import Engine

_PROGRESS = "reprocessed_to"
"""The key in `meta` under which an unfinished reprocess keeps the last page that it is done with."""


@dataclass(frozen=True, slots=True)
class ReprocessReport:
    """What reading again changed."""

    pages: int
    changed: int
    found: int
    """Pages that are articles now and were not."""
    lost: int
    """Pages that were articles and are none now."""
    by_template: int
    """Pages that a template had read before."""
    unlike_template: int
    """Those of them that say something else now."""
    fields: dict[str, int]
    """Field → the pages where it changed."""
    articles_new: int
    copies_joined: int
    resumed: bool
    """Whether this went on where a killed one had stopped."""


class _StoredPages(Pages):
    """The stored pages as a queue for draining, with a cursor that outlasts a kill."""

    def __init__(self, store: CrawlStore, archive: Archive) -> None:
        super().__init__(store)
        self._archive = archive
        self._after = int(archive.remembered(_PROGRESS) or 0)
        self.resumed = self._after > 0
        self._under_way: set[int] = set()
        self._last = self._after

    def take(self, limit: int, after: int) -> list[Page]:
        """The next pages that were read before."""
        pages = self.read_before(limit, max(after, self._after))
        self._under_way.update(page.page_id for page in pages)
        self._last = max([self._last, *(page.page_id for page in pages)])
        return pages

    def mark_ingested(self, page_ids: Sequence[int]) -> None:
        """Moves the cursor up to the first page that is still under way."""
        self._under_way.difference_update(page_ids)
        reached = min(self._under_way) - 1 if self._under_way else self._last
        self._archive.remember(_PROGRESS, str(reached))

    def take_rejections(self, limit: int) -> list[tuple[int, Rejection]]:
        """None: they are the crawl's."""
        return []

    def mark_rejections(self, ids: Sequence[int]) -> None:
        """None are taken."""


def reprocess(
    archive_path: Path,
    engine: Engine,
    *,
    said: Mapping[str, Source] | None = None,
    on_change: Callable[[Change], None] | None = None,
    on_batch: Callable[[Drained], None] | None = None,
    by_templates: bool = True,
) -> ReprocessReport:
    """Reads every stored page again and brings the archive up to date.

    Args:
        archive_path: the archive; its crawl store stands beside it.
        engine: who reads the pages.
        said: host → the source as a person has it in the sources file.
        by_templates: False reads every page whole, whatever was learned of its source.
        on_change: told of each page that says something else now.
        on_batch: told the totals after each batch.

    Raises:
        LockedError: a run or another reprocess writes to this archive.
        StorageError: a file is missing or cannot be written; the same command goes on later.
    """
    with run_lock(archive_path), Archive(archive_path, create=False) as archive:
        if not store_path(archive_path).exists():
            raise StorageError(f"{store_path(archive_path)}: missing, so there are no pages to read again")
        with CrawlStore(store_path(archive_path)) as store:
            return _reprocess(
                archive, store, engine, said or {}, on_change, on_batch, by_templates=by_templates
            )


def _reprocess(
    archive: Archive,
    store: CrawlStore,
    engine: Engine,
    said: Mapping[str, Source],
    on_change: Callable[[Change], None] | None,
    on_batch: Callable[[Drained], None] | None,
    *,
    by_templates: bool,
) -> ReprocessReport:
    queue = _StoredPages(store, archive)
    kinds: Counter[str] = Counter()
    changed_fields: Counter[str] = Counter()
    read: set[int] = set()

    def note(results: list[tuple[Page, Reading | FileText | Rejection]]) -> None:
        templated = archive.read_by_template(page for page, _ in results)
        for page, result in results:
            if isinstance(result, FileText):
                continue
            if page.page_id not in read:  # one that was read once more, by what was learned meanwhile, is one
                kinds["pages"] += 1
                kinds["by_template"] += page.page_id in templated
            read.add(page.page_id)
            change = compare(page.url, archive.said_before(page.url), result)
            if change is not None:
                kinds["unlike_template"] += page.page_id in templated
                kinds[change.kind] += 1
                changed_fields.update(change.fields)
                if on_change is not None:
                    on_change(change)

    everything_is_there = threading.Event()
    everything_is_there.set()
    sources = {source.host: heeding(source, said.get(source.host)) for source in archive.known_sources()}
    drained = drain(
        archive,
        queue,
        sources,
        engine,
        no_more=everything_is_there,
        on_batch=on_batch,
        on_results=note,
        by_templates=by_templates,
    )
    rejoined = list(archive.rejoin(now_utc()))
    archive.remember(_PROGRESS, None)
    return ReprocessReport(
        pages=kinds["pages"],
        changed=kinds["changed"],
        found=kinds["found"],
        lost=kinds["lost"],
        by_template=kinds["by_template"],
        unlike_template=kinds["unlike_template"],
        fields=dict(changed_fields.most_common()),
        articles_new=drained.articles_new + sum(counts.articles_new for counts in rejoined),
        copies_joined=drained.copies_joined + sum(counts.copies_joined for counts in rejoined),
        resumed=queue.resumed,
    )
