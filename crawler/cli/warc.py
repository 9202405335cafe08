"""`parknews warc`: stored pages out to WARC files, and WARC files in."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.terminal import Json, examples, print_json, settings_of
from crawler.fetch.records import FetchReport
from crawler.runs.run import Draining, begin_run, end_run, run_lock
from crawler.runs.warc import Imported, read_warc, write_warc
from crawler.sources import read_sources
from crawler.web.removed import Watch
from pipelines.archive import Archive
from pipelines.store import CrawlStore, store_path
from pipelines.workers import WorkerOptions

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="Stored pages as WARC files, and back.")


@app.command(
    "export",
    epilog=examples(
        ("every stored page", "parknews warc export --output pages.warc.gz"),
        ("those of one source", "parknews warc export www.example-park.gov.cn --output pages.warc.gz"),
    ),
)
def export(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="The file to write: .warc.gz.")],
    hosts: Annotated[
        list[str] | None, typer.Argument(metavar="[HOST]...", help="Sources; all where none.")
    ] = None,
) -> None:
    """Write the stored pages into a WARC file, as they were fetched; a drawn one says so in WARC-Drawn-By."""
    db = settings_of(ctx).db
    with Archive(db, create=False) as archive, CrawlStore(store_path(db)) as store:
        is_blocked = archive.blocklist().blocks
        kept = (page for page in store.every_page(frozenset(hosts or ())) if not is_blocked(page.url))
        program = f"parknews/{version('parknews')}"
        count = write_warc(kept, output, program, lambda page: store.drawn_by(page.page_id))
    print(f"{count} pages written to {output}", file=sys.stderr)


@app.command(
    "import",
    epilog=examples(
        (
            "pages that others fetched, of hosts in the sources file",
            "parknews warc import CC-NEWS-2026.warc.gz",
        ),
    ),
)
def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="WARC files, gzipped or not.")],
    as_json: Json = False,
) -> None:
    """Take pages of our sources from WARC files into the archive, as if they had been crawled."""
    settings = settings_of(ctx)
    sources = read_sources(settings.sources)
    started, total = time.monotonic(), Imported()
    with run_lock(settings.db):
        run_id = begin_run(settings.db, sources)
        removed = Watch(settings.db)
        with CrawlStore(store_path(settings.db)) as store:
            options = WorkerOptions(workers=settings.workers)
            draining = Draining(settings.db, store, sources, options, threading.Event())
            try:
                draining.start()
                for file in files:
                    found = asdict(read_warc(file, store, sources, removed.blocks))
                    total = Imported(**{name: value + found[name] for name, value in asdict(total).items()})
                draining.finish()
            finally:
                draining.abandon()
                removed.close()
        report = end_run(settings.db, run_id, FetchReport(), draining.total, time.monotonic() - started)
    if as_json:
        print_json({"run": report.run_id, **asdict(total), **asdict(report.counts)})
    else:
        print(
            f"{total.pages} pages taken, {total.known} known, {total.foreign} of hosts that are no source,"
            f" {total.other} others; {report.counts.articles_new} new articles"
        )
