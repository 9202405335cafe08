"""A person's word taken back, or said of a line of a text: the page is read again, from its stored bytes.

In: an archive with its crawl store, a copy's address, a line. Out: the archive as a crawl that knew of the
word would have left it; later readings of the page heed it too (`pipelines.archive.write.people.line_words`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crawler.runs.lock import run_lock
from crawler.sources import heeding
from pipelines.archive import Archive
from pipelines.archive.write.people import LineWords
from pipelines.errors import ConfigurationError, StorageError
from pipelines.pages.frontier import PRIORITY, Link
from pipelines.records import Page, Reading, Rejection, Source
from pipelines.stages import read_page
from pipelines.store import CrawlStore, store_beside, store_path
from pipelines.urls import host_of
from pipelines.utc import now_utc


def correct_line(
    archive_path: Path, url: str, field: str, words: str, reason: str, sources: Mapping[str, Source]
) -> int:
    """Removes or keeps the line that begins with `words`; the correction's id.

    Raises:
        ConfigurationError: no such page or line, or it makes no difference, or nothing would be left.
        LockedError: a run writes to this archive.
        StorageError: the page's bytes are not stored any more.
    """
    with run_lock(archive_path), Archive(archive_path, create=False) as archive:
        page_url, line = archive.line_named(url, field, words)
        page = _stored(archive_path, archive.page_id_of(page_url), page_url)
        said = archive.line_words(page_url)
        before, after = (
            _read(archive, page, heeded, sources) for heeded in (said, said.with_one(field, line))
        )
        if not isinstance(after, Reading):
            raise ConfigurationError(f"{page_url}: without that line nothing is left ({after.reason})")
        if isinstance(before, Reading) and before.story.text == after.story.text:
            raise ConfigurationError(f"{page_url}: that line makes no difference to its text")
        at = now_utc()
        with archive.correcting():
            number = archive.correct(page_url, field, line, reason, at)
            archive.ingest([after], at)
        return number


def withdraw(archive_path: Path, correction: int, sources: Mapping[str, Source]) -> None:
    """Takes a correction of any kind back; a page whose lines it was about is read again.

    Raises:
        ConfigurationError: no such correction in force.
        LockedError: a run writes to this archive.
        StorageError: the page's bytes are not stored any more, so that its line cannot come back.
    """
    with Archive(archive_path, create=False) as archive:
        at = now_utc()
        page_url = archive.line_of_correction(correction)
        if page_url is None:
            archive.withdraw_correction(correction, at)
            return
        with run_lock(archive_path), archive.correcting():
            page = _stored(archive_path, archive.page_id_of(page_url), page_url)
            archive.withdraw_correction(correction, at)
            result = _read(archive, page, archive.line_words(page_url), sources)
            if isinstance(result, Reading):
                archive.ingest([result], at)


def take_back(archive_path: Path, address: str, sources: Mapping[str, Source]) -> tuple[int, int]:
    """Takes back that pages are no articles: how many are read again, and how many the next run asks for.

    Raises:
        ConfigurationError: that was not said of this address or pattern.
        LockedError: a run writes to this archive.
    """
    with run_lock(archive_path), Archive(archive_path, create=False) as archive:
        at = now_utc()
        urls = archive.take_back(address, at)
        with CrawlStore(store_path(archive_path)) as store:
            pages = {url: store.pages.latest(url) for url, _ in urls}
            for url, source in urls:
                if pages[url] is None:
                    store.frontier.ask_again(
                        Link(url, source, host_of(url), "article", PRIORITY["announced"])
                    )
        there = [page for page in pages.values() if page is not None]
        archive.ingest([_read(archive, page, archive.line_words(page.url), sources) for page in there], at)
    return len(there), len(urls) - len(there)


def _stored(archive_path: Path, page_id: int, page_url: str) -> Page:
    with store_beside(archive_path) as store:
        pages = store.pages.stored([page_id]) if store else []
    if not pages:
        raise StorageError(f"{page_url}: its bytes are not stored any more, so that it cannot be read again")
    return pages[0]


def _read(
    archive: Archive, page: Page, said: LineWords, sources: Mapping[str, Source]
) -> Reading | Rejection:
    known = archive.source_as_known(page.source)
    known = heeding(known, sources.get(page.source))
    return read_page(page, replace(known, kept_lines=said.kept, removed_lines=said.removed))
