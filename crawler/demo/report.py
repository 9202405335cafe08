"""The demo's result for a newcomer: in go the score and each source's totals, out comes what to print.

A table of the sources, what the words in it mean, the score beside the truth, and three commands
worth typing next. Plain rich renderables: who prints them decides where and how.
"""

from __future__ import annotations

import shlex
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from pipelines.archive.file import read_only
from pipelines.archive.read.articles import read_sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from crawler.demo.compare import DemoScore, Tally
    from crawler.demo.server import DemoServer

FAULTS_SHOWN = 5
"""Faults of one kind that are named by URL; more of them say nothing new at a glance."""

_WORDS = (
    "An article is one piece of news; a copy is one URL at which it was seen, joined\n"
    "to the article that shows another copy's text. Stripped are pieces taken out of\n"
    "pages (contact lines, notices, teasers). A rejection is a page that holds no\n"
    "article, kept with its reason."
)


@dataclass(frozen=True, slots=True)
class FoundAtSource:
    """What was found at one source."""

    name: str
    host: str
    pages: int
    """Distinct HTML pages that its server handed out."""
    articles: int
    joined: int
    stripped: int
    rejections: int


def found_by_source(archive: Path, server: DemoServer) -> list[FoundAtSource]:
    """Each demo site's totals, in the order of the definition."""
    with closing(read_only(archive)) as connection:
        totals = {row.host: row for row in read_sources(connection)}
    pages = server.pages_served()
    hosts = {f"{site.host}:{server.ports[site.host]}": site for site in server.definition.sites}
    return [
        FoundAtSource(
            name=site.name,
            host=site.host,
            pages=pages[host],
            articles=totals[host].articles if host in totals else 0,
            joined=totals[host].joined if host in totals else 0,
            stripped=totals[host].stripped if host in totals else 0,
            rejections=totals[host].rejections if host in totals else 0,
        )
        for host, site in hosts.items()
    ]


def render(
    score: DemoScore, found: Sequence[FoundAtSource], db: Path, program: str = "parknews"
) -> RenderableType:
    """All that `parknews demo` prints at its end; `program` is how parknews was called."""
    return Group(
        _table(found),
        Text(_WORDS, style="dim"),
        Text(),
        *(Text(line) for line in _score_lines(score)),
        Text(),
        Text("Worth typing next:"),
        *(Text(f"  {command}") for command in next_commands(db, program)),
    )


def next_commands(db: Path, program: str = "parknews") -> tuple[str, str, str]:
    """Three commands that show what an archive is for."""
    parknews = f"{shlex.quote(program)} --db {shlex.quote(str(db))}"
    return (f"{parknews} search 园区", f"{parknews} show 1", f"{parknews} serve")


def _table(found: Sequence[FoundAtSource]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    table.add_column("source", footer="all", no_wrap=True)
    counts = {
        "pages": [row.pages for row in found],
        "articles": [row.articles for row in found],
        "copies\njoined": [row.joined for row in found],
        "stripped": [row.stripped for row in found],
        "rejections": [row.rejections for row in found],
    }
    for heading, column in counts.items():
        table.add_column(heading, justify="right", footer=str(sum(column)))
    for place, row in enumerate(found):
        table.add_row(row.name, *(str(column[place]) for column in counts.values()))
    return table


def _score_lines(score: DemoScore) -> list[str]:
    """The score in words, then its faults by URL."""
    verdict = "The truth of the demo is met" if score.met else "The truth of the demo is NOT met"
    lines = [
        f"{verdict}:",
        f"  {score.articles} articles found of {score.articles_true}, on {score.pages - len(score.lost)}"
        f" of {score.pages} article pages",
        f"  joins: precision {score.joins_precision:.3f}, recall {score.joins_recall:.3f}",
        f"  right: texts {_of(score.texts)}, titles {_of(score.titles)}, days {_of(score.dates)},"
        f" credited sources {_of(score.credited)}",
    ]
    faults = {
        "wrongly joined": score.wrong_joins,
        "not joined": score.missed_joins,
        "text differs": score.texts.wrong,
        "title differs": score.titles.wrong,
        "day differs": score.dates.wrong,
        "credited source differs": score.credited.wrong,
        "lost": score.lost,
        "no article": score.unexpected,
    }
    for kind, urls in faults.items():
        lines += [f"  {kind}: {url}" for url in urls[:FAULTS_SHOWN]]
        if len(urls) > FAULTS_SHOWN:
            lines.append(f"  {kind}: and {len(urls) - FAULTS_SHOWN} more")
    if score.canary_hits:
        lines.append(f"  {score.canary_hits} requests broke robots.txt")
    return lines


def _of(tally: Tally) -> str:
    return f"{tally.right}/{tally.total}"
