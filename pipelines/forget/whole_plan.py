"""What a removal would take from all files of an archive, exports included; nothing is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.archive.kept_out.blocks import ScopeMatcher
from pipelines.forget.record import now
from pipelines.forget.residue import search_pages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.hide import RemovalArchive
    from pipelines.forget.plan import KnownExport, Plan
    from pipelines.store import CrawlStore

from pipelines.forget.exports import exports_with

MENTIONS = "raw pages of others that mention it"
"""In the counts of a plan: what `mentions` would delete."""


def whole_plan(
    archive: RemovalArchive,
    store: CrawlStore,
    scope: Scope,
    exports: Sequence[Path],
    *,
    mentions: bool = False,
) -> Plan:
    """The plan of a scope over all files.

    Args:
        archive: where it would be ordered.
        store: the archive's crawl store.
        scope: what is to go.
        exports: folders besides the archive's own in which exported files lie.
        mentions: count the raw pages of others that quote or link it, which would go with `mentions`.
    """
    plan = archive.preview(scope, now())
    matcher = ScopeMatcher(scope)
    urls = {url for page in plan.pages for url in (page.page_url, page.copy_url)}

    def is_blocked(url: str) -> bool:
        return url in urls or (not scope.is_narrowed and matcher.blocks(url))

    def is_host_blocked(host: str) -> bool:
        return not scope.is_narrowed and matcher.blocks_host(host)

    counts = {**plan.counts, **store.count_blocked(is_blocked, is_host_blocked)}
    if mentions:
        looks = archive.would_look_for(
            [page.reading_id for page in plan.pages], store.announced_titles(is_blocked)
        )
        counts[MENTIONS] = len(search_pages(store, looks, but_not=is_blocked).page_ids)
    return replace(plan, counts=counts, exports=exports_of(archive, plan, exports))


def exports_of(archive: RemovalArchive, plan: Plan, folders: Sequence[Path]) -> tuple[KnownExport, ...]:
    """Exported files, in these folders and the archive's own, that hold some of what a plan takes."""
    articles = (*plan.articles_gone, *plan.articles_shared)
    return exports_with((archive.path.parent, *folders), articles, plan.copies_of_it)
