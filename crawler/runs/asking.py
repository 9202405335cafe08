"""Single addresses that a person asks for now: put first in the frontier, and what became of each afterwards.

In: an archive's path, addresses, the sources of the sources file. Out: the sources that a run with
`FetchOptions.wished` has to take; then an Answered each.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crawler.runs.lock import run_lock
from crawler.web.removed import Removed
from pipelines.archive import Archive
from pipelines.archive.file import missing, reader
from pipelines.errors import ConfigurationError, RefusedError
from pipelines.pages.frontier import PRIORITY, Link
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore, store_path
from pipelines.urls import canonical_url, host_of


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an address that was asked for."""

    url: str
    article: int | None
    """The article that it is a copy of; None where it is of none."""
    became: str
    """Its title, or why it is no article."""


def wish(
    archive_path: Path, sources: Sequence[CrawlSource], written: Sequence[str], *, known: bool = False
) -> dict[str, CrawlSource]:
    """Puts addresses first; each in its one spelling, with the source that has it.

    Args:
        archive_path: the archive; it is made where it is missing.
        sources: those of the sources file.
        written: the addresses as they were typed.
        known: refuse one that was never met.

    Raises:
        ConfigurationError: no source has it, it is no address, or it was never met.
        RefusedError: it was removed.
        LockedError: a run is under way.
    """
    owners = dict(_owner(url, sources) for url in written)
    with closing(Removed(archive_path)) as removed:
        gone = next(filter(removed.blocks, owners), None)
    if gone:
        raise RefusedError(f"{gone}: was removed, and is not asked for (`parknews removals list`)")
    with run_lock(archive_path), Archive(archive_path), CrawlStore(store_path(archive_path)) as store:
        unknown = next((url for url in owners if known and store.frontier.address(url) is None), None)
        if unknown:
            raise ConfigurationError(f"{unknown}: was never met; `parknews crawl {unknown}` asks for it")
        store.frontier.ask_now(
            [Link(url, s.host, host_of(url), "article", PRIORITY["now"]) for url, s in owners.items()]
        )
    return owners


def wish_failed(archive_path: Path, source: CrawlSource) -> int:
    """Puts first what failed or went at a source; how many addresses these are.

    Raises:
        StorageError: there is no archive.
        LockedError: a run is under way.
    """
    if not store_path(archive_path).exists():
        raise missing(archive_path)
    with run_lock(archive_path), CrawlStore(store_path(archive_path)) as store:
        return store.frontier.ask_failed_now(source.host)


def answered(archive_path: Path, url: str) -> Answered:
    """What became of an address."""
    from pipelines.show import ShownArticle, show  # noqa: PLC0415  # no other run shows articles

    with CrawlStore(store_path(archive_path)) as store:
        address = store.frontier.address(url)
    if address is None:
        return Answered(url, None, "was removed meanwhile")
    if address.state not in ("done", "redirected"):
        return Answered(url, None, address.account())
    with reader(archive_path) as connection:
        found = show(connection, url) or (
            show(connection, address.reason) if address.state == "redirected" else None
        )
    if isinstance(found, ShownArticle):
        return Answered(url, found.id, found.title)
    return Answered(url, None, found.reason if found else address.account())


def _owner(written: str, sources: Sequence[CrawlSource]) -> tuple[str, CrawlSource]:
    try:
        url = canonical_url(written)
        host = host_of(url)
    except ValueError as error:
        raise ConfigurationError(f"{written}: {error}") from None
    owner = next((source for source in sources if Territory(source, lambda _: False).holds(host)), None)
    if owner is None:
        raise ConfigurationError(
            f"{url}: no source of the sources file has it; `parknews read` looks at any page"
        )
    return url, owner
