"""One line on stderr where an archive holds what an earlier version's rules made of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.output import remarks

if TYPE_CHECKING:
    from pathlib import Path

READING = frozenset(
    {*("crawl", "search", "show", "serve", "export", "report", "status"), *("correct", "split", "join")}
)
"""Commands that show or judge articles."""
STAYING = "serve"
"""It ends when it is stopped: the line comes before it."""


def warn_of_earlier_rules(archive: Path) -> None:
    """Tells to run `reprocess`, where that has something to do; of an archive that is not there nothing."""
    from pipelines.archive.rules import follows_earlier_rules  # noqa: PLC0415  # --help needs none of it

    if archive.is_file() and follows_earlier_rules(archive):
        remarks().print(
            f"{archive}: read and joined by the rules of an earlier version; run `parknews reprocess`"
            " (nothing is fetched), or old and new articles differ in what they are",
            style="bold yellow",
        )
