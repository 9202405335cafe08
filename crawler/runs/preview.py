"""What a run would ask for, without asking: the round is begun as a run begins it, and taken back.

In: an archive's path, sources. Out: the addresses of each, in the order in which they would be asked for.
What they lead to is not known before they are; robots.txt may forbid some.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.runs.lock import run_lock
from crawler.web.removed import Removed
from pipelines.pages.frontier import Entry
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore, store_path, temporary_folder


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would ask one source for."""

    host: str
    lists: tuple[str, ...]
    """Start pages, lists, feeds and sitemaps."""
    new: tuple[str, ...]
    """Addresses that were found and never fetched."""
    again: tuple[str, ...]
    """Known articles whose time has come."""
    delay_s: float

    @property
    def least_s(self) -> float:
        """How long they take at this pace."""
        return self.delay_s * (len(self.lists) + len(self.new) + len(self.again))


def preview(archive_path: Path, sources: Sequence[CrawlSource], *, revisit: bool = False) -> list[Preview]:
    """What a run would ask for now.

    Raises:
        LockedError: a run is under way.
    """
    with closing(Removed(archive_path)) as removed, _store(archive_path) as store, store.trial():
        return [_of(store, source, removed.blocks, revisit=revisit) for source in sources]


@contextmanager
def _store(archive_path: Path) -> Iterator[CrawlStore]:
    """The archive's crawl store, or an empty one where there is none."""
    path = store_path(archive_path)
    with ExitStack() as held:
        if path.exists():
            held.enter_context(run_lock(archive_path))
        else:
            path = held.enter_context(temporary_folder()) / "pages.db"
        yield held.enter_context(CrawlStore(path))


def _of(
    store: CrawlStore, source: CrawlSource, is_blocked: Callable[[str], bool], *, revisit: bool
) -> Preview:
    territory = Territory(source, is_blocked, store.frontier.idle(source.host))
    now = time.time()
    store.frontier.begin(source.host, every_s=source.every_s, revisit=revisit, now=now)
    store.frontier.queue(territory.start_links())
    held = source.host in store.sources.quarantined()
    waiting = [] if held else store.frontier.waiting(source.host, now)
    entries = [e for e in waiting if _may(e, territory, is_blocked)][: source.max_pages]
    return Preview(
        source.host,
        tuple(e.ask_url for e in entries if e.is_list),
        tuple(e.ask_url for e in entries if not e.is_list and not e.known),
        tuple(e.ask_url for e in entries if not e.is_list and e.known),
        source.delay_s,
    )


def _may(entry: Entry, territory: Territory, is_blocked: Callable[[str], bool]) -> bool:
    """Whether neither a removal nor the sources file keeps an address from being asked for."""
    said = territory.said(entry.url)
    return not is_blocked(entry.url) and (said is None or said.kind != "deny" or entry.kind == "start")
