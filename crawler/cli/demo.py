"""`parknews demo`: the whole path over the bundled demo sites, on loopback.

What it prints at its end is for a newcomer: a table of the sources, what the words in it mean, the score
beside the truth, and three commands worth typing next.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crawler.cli.running import report_json, run
from crawler.cli.terminal import ATTENTION, Json, answers, examples, print_json, settings_of
from crawler.config import fetch_options
from crawler.demo.compare import DemoScore, Matched, judge
from crawler.demo.server import DemoServer
from crawler.runs.lock import run_lock
from crawler.sources import read_sources
from pipelines.archive.file import read_only, reader
from pipelines.archive.read.sources import Yield, source_yields, stripped_by_source
from pipelines.archive.write.kept import add_search
from pipelines.forget.snapshot import places_of
from pipelines.utc import now_utc

app = typer.Typer()

_SEARCH = ("talents", "人才 (公寓 OR 签证)")
"""A name and a query that are kept, so that there is a feed."""
FAULTS_SHOWN = 5
"""Faults of one kind that are named by URL; more of them say nothing new at a glance."""

_WORDS = (
    "An article is one piece of news; a copy is one URL at which it was seen, joined\n"
    "to the article that shows another copy's text. Stripped are pieces taken out of\n"
    "pages (contact lines, notices, teasers). A rejection is a page that holds no\n"
    "article, kept with its reason."
)


@app.command(
    "demo",
    epilog=examples(
        ("crawl the demo sites and compare the result with their truth", "parknews demo"),
        ("into another folder", "parknews demo --out /tmp/demo"),
        note="Nothing is fetched from outside: ten small sites are served on 127.0.0.1 while it runs.",
    ),
)
def demo(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where the demo's archive goes; a former one is replaced."),
    ] = Path("data/demo-archive"),
    as_json: Json = False,
) -> None:
    """Crawl the bundled demo sites into an archive of their own, and compare with the truth."""
    archive = out / "archive.db"
    _start_afresh(archive)
    with DemoServer() as server:
        sources = archive.with_name("sources.toml")
        sources.write_text(server.sources_toml(), encoding="utf-8")
        settings = settings_of(ctx)
        report = run(settings, archive, read_sources(sources), fetch_options(settings))
        _visit_again(archive, sources, server.go_on())
        add_search(archive, *_SEARCH, now_utc())
        score = judge(archive, server)
        if as_json:
            print_json({"archive": str(archive), "run": report_json(report), "score": score.as_json()})
        else:
            answers().print(render(score, found_by_source(archive, server), archive, _program()))
    raise typer.Exit(0 if score.met else ATTENTION)


def _visit_again(archive: Path, sources: Path, urls: list[str]) -> None:
    """Asks again for pages that say something else by now; a process crawls once."""
    where = "--db", str(archive), "--sources", str(sources)
    command = [sys.executable, "-m", "crawler.cli", *where, "crawl", *urls]
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603  # our own program


def _program() -> str:
    """How parknews was called, so that what is printed can be typed."""
    called = Path(sys.argv[0])
    if shutil.which(called.name) == str(called.resolve()):
        return called.name
    return os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)


def _start_afresh(archive: Path) -> None:
    """Deletes a former demo's files, and no other; a foreign file or a running demo is refused."""
    with run_lock(archive):
        if archive.exists():
            read_only(archive).close()
        for file in places_of(archive).values():
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


Found = Sequence[tuple[str, tuple[int, ...]]]
"""The name of each demo site; the pages that it handed out, and what the archive has of it."""


def found_by_source(archive: Path, server: DemoServer) -> Found:
    """What was found of each demo site, in the order of the definition."""
    with reader(archive) as connection:
        yields, stripped = source_yields(connection), stripped_by_source(connection)
    pages, found = server.pages_served(), []
    for site in server.definition.sites:
        host = f"{site.host}:{server.ports[site.host]}"
        of = yields.get(host, Yield())
        counts = (pages[host], of.articles, of.copies - of.articles, stripped.get(host, 0), of.rejections)
        found.append((site.name, counts))
    return found


def render(score: DemoScore, found: Found, db: Path, program: str = "parknews") -> RenderableType:
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


def _table(found: Found) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    table.add_column("source", footer="all", no_wrap=True)
    headings = ("pages", "articles", "copies\njoined", "stripped", "rejections")
    for heading, column in zip(headings, zip(*(row for _, row in found), strict=True), strict=True):
        table.add_column(heading, justify="right", footer=str(sum(column)))
    for name, row in found:
        table.add_row(name, *map(str, row))
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
        "not known to have changed": score.changed.wrong,
        "disputed or not": score.disputed.wrong,
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


def _of(tally: Matched) -> str:
    return f"{tally.right}/{tally.total}"
