"""One page, read as a crawl would read it, and nothing kept of it: what would be archived, or why not.

In: an address or the bytes of a page, and the source that it is taken for. Out: a Seen. The archive is looked
at where it is there (its removals, the lines learned for the source), and never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.config import FetchOptions, require_contact
from crawler.drawing.chromium import require_browser
from crawler.fetch.looking import Unfetched, entry_of, fetch_page
from crawler.sources import bare_source, choose, stage_source
from crawler.web.removed import Removed
from pipelines.archive.file import reader
from pipelines.archive.write.furniture import source_as_known
from pipelines.archive.write.templates import templates_as_known
from pipelines.errors import ConfigurationError, NothingReachedError, RefusedError
from pipelines.pages.answers import read_answer
from pipelines.pages.frontier import Fetched
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource, Page, Reading, Rejection, Source
from pipelines.stages import read_page
from pipelines.urls import host_of


@dataclass(frozen=True, slots=True)
class Seen:
    """One page, and what it would become."""

    page: Page
    result: Reading | Rejection
    in_sources_file: bool
    """Whether its source is one of the sources file, with that entry's selectors and zone."""


def source_for(
    url: str, sources: Sequence[CrawlSource], host: str = "", *, allow_private: bool = False
) -> tuple[CrawlSource, bool]:
    """The source that an address is taken for, and whether the sources file has it.

    That of the name `host`, else the one that holds the address, else one that knows nothing but its host.

    Raises:
        ConfigurationError: no source has that name, or the address is none.
    """
    if host:
        return choose(sources, [host])[0], True
    try:
        own = host_of(url)
        known = next((s for s in sources if Territory(s, lambda _: False).holds(own)), None)
        return known or bare_source(url, allow_private=allow_private), known is not None
    except ValueError as error:
        raise ConfigurationError(f"{url}: {error}") from None


def see_address(url: str, known: tuple[CrawlSource, bool], options: FetchOptions, archive_path: Path) -> Seen:
    """What a page would become; it is asked for by the crawler's rules. Once a process.

    Raises:
        ConfigurationError: a public source without a contact, or a browser is needed and there is none.
        RefusedError: robots.txt, a removal or our own rules forbid to ask for it.
        NothingReachedError: it was asked for and there is no page.
    """
    source, _ = known
    require_contact([source], options.contact)
    require_browser([source], options.browser, options.browser_sandbox)
    with closing(Removed(archive_path)) as removed:
        answer = fetch_page(url, source, options, removed.blocks)
    if isinstance(answer, Unfetched):
        kind = RefusedError if answer.forbidden else NothingReachedError
        raise kind(f"{url}: not fetched: {answer.reason}")
    return _seen(replace(answer, url_asked=url), known, archive_path)


def see_bytes(body: bytes, url: str, known: tuple[CrawlSource, bool], archive_path: Path) -> Seen:
    """What a page would become whose bytes are at hand, as though it had just come from its address."""
    came = Fetched(url, url, 200, (), body, datetime.now(UTC), robots="", kind="unknown")
    return _seen(came, known, archive_path)


def _seen(came: Fetched, known: tuple[CrawlSource, bool], archive_path: Path) -> Seen:
    source, in_file = known
    answer = came.url_answered, came.status, came.headers, came.body, came.fetched_at
    page = Page(0, source.host, came.url_asked, *answer)
    return Seen(page, _refused(came, source) or read_page(page, _known(source, archive_path)), in_file)


def _refused(came: Fetched, source: CrawlSource) -> Rejection | None:
    """Why a crawl would not even read the page; None where it would."""
    entry = entry_of(came.url_asked, source.host)
    judged = read_answer(entry, came, Territory(source, lambda _: False))
    if isinstance(judged, str):
        return Rejection(entry.url, source.host, "fetch", judged)
    if not isinstance(judged, Fetched):
        return Rejection(entry.url, source.host, "fetch", f"it leads on to {judged.url}")
    if judged.article:
        return None
    reason = judged.reason or f"{judged.kind} page: it is read for its links alone"
    return Rejection(entry.url, source.host, "kind", reason)


def _known(source: CrawlSource, archive_path: Path) -> Source:
    """The source with what was learned of it, where there is an archive: both ways are to be compared."""
    if not archive_path.exists():
        return stage_source(source)
    with reader(archive_path) as connection:
        furniture = source_as_known(connection, source.host).furniture
        learned = templates_as_known(connection, source.host)
    compared = tuple(replace(template, audit_one_in=1) for template in learned)
    return replace(stage_source(source), furniture=furniture, templates=compared)
