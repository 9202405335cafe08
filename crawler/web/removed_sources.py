"""Which sources a removal keeps out, said before anything is asked of them.

In: an archive's path, sources. Out: host → the sentence that `show` has for it. An archive that is not
there keeps nobody out.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from pipelines.archive.blocks import read_blocklist
from pipelines.archive.connect import read_only
from pipelines.archive.removal_answer import removed_url
from pipelines.errors import RefusedError
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crawler.records import CrawlSource


def removed_sources(archive_path: Path, sources: Sequence[CrawlSource]) -> dict[str, str]:
    """The sources whose whole host was removed, each with the day and the removal."""
    if not archive_path.exists():
        return {}
    with closing(read_only(archive_path)) as connection:
        blocklist = read_blocklist(connection)
        hosts = [source.host for source in sources if blocklist.blocks_host(source.host)]
        told = {host: removed_url(connection, canonical_url(f"https://{host}/")) for host in hosts}
    return {host: _sentence(*found) for host, found in told.items() if found is not None}


def removed_starts(archive_path: Path, sources: Sequence[CrawlSource]) -> dict[str, str]:
    """The same for sources all of whose start URLs were removed: a look at them would see nothing."""
    if not archive_path.exists():
        return {}
    removed: dict[str, str] = {}
    with closing(read_only(archive_path)) as connection:
        for source in sources:
            found = [removed_url(connection, canonical_url(url)) for url in source.start_urls]
            if found and found[0] is not None and None not in found:
                removed[source.host] = _sentence(*found[0])
    return removed


def refuse_removed(removed: dict[str, str]) -> None:
    """Says no where a removed source was asked for by name.

    Raises:
        RefusedError: `removed` names one.
    """
    for host, sentence in removed.items():
        raise RefusedError(f"{host}: {sentence}; nothing of it is asked for (`parknews removals list`)")


def _sentence(removal_id: int, at: str) -> str:
    return f"removed on {at[:10]} by removal {removal_id}"
