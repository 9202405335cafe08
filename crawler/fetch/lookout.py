"""Keeps an eye on how the sources of one run look: their templates, their certificates, their owners.

Flows in: pages as they are fetched. Flows out: signs in the store when the run ends, and a reason to
hold a source at once where its start page is another site's. It never reads what pages say.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.pages.signs import Signs, common_signs, is_another_site, is_same_template, read_signs

if TYPE_CHECKING:
    from scrapy.http import Response

    from pipelines.pages.records import Entry
    from pipelines.store import CrawlStore

SAMPLES = 8
"""Article pages looked at per source and run: 0.5 ms each."""
ENOUGH = 2
"""One page with another template may be a special."""


class Lookout:
    """What one run saw of its sources."""

    def __init__(self, store: CrawlStore) -> None:
        self._store = store
        self._before: dict[str, dict[str, Signs]] = {}
        self._seen: dict[tuple[str, str], list[Signs]] = defaultdict(list)
        self._certified: set[str] = set()

    def look(self, entry: Entry, response: Response, kind: str) -> str:
        """Take a page's signs down; a reason to hold its source where it is another's now."""
        self._mind_certificate(entry, response)
        place = f"start {entry.url}" if entry.kind == "start" else kind
        if place != "article" and entry.kind != "start":
            return ""
        seen = self._seen[entry.source, place]
        if len(seen) >= SAMPLES:
            return ""
        signs = read_signs(response.body)
        if entry.kind == "start" and entry.host == entry.source:
            before = self._known(entry.source).get(place)
            if before is not None and (why := is_another_site(before, signs)):
                return why
        seen.append(signs)
        return ""

    def finish(self, now: float) -> None:
        """Write down what was seen."""
        for (source, place), pages in self._seen.items():
            if place == "article" and len(pages) < ENOUGH:
                continue
            signs = common_signs(pages)
            before = self._known(source).get(place)
            changed = before is not None and not is_same_template(before, signs)
            self._store.sources.put_signs(source, place, signs, changed=changed, at=now)

    def _known(self, source: str) -> dict[str, Signs]:
        if source not in self._before:
            self._before[source] = self._store.sources.signs(source)
        return self._before[source]

    def _mind_certificate(self, entry: Entry, response: Response) -> None:
        if entry.host in self._certified or entry.host != entry.source:
            return
        self._certified.add(entry.host)
        with contextlib.suppress(AttributeError, ValueError):  # plain HTTP has none
            written = response.certificate.original.get_notAfter().decode()
            expires_at = datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
            self._store.sources.put_certificate(
                entry.source, expires_at.timestamp(), at=datetime.now(UTC).timestamp()
            )
