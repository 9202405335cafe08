"""`parknews warc`: stored pages out to WARC files, and WARC files in."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.running import Engine, engine_for, settings_with
from crawler.cli.terminal import Json, examples, print_json, settings_of
from crawler.runs.warc import export_warc, import_warc
from crawler.sources import read_sources

app = typer.Typer(no_args_is_help=True, help="Stored pages as WARC files, and back.")


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
    count = export_warc(settings_of(ctx).db, hosts or [], output)
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
    engine: Engine = "",
    as_json: Json = False,
) -> None:
    """Take pages of our sources from WARC files into the archive, as if they had been crawled."""
    settings = settings_with(ctx, engine)
    sources = read_sources(settings.sources)
    total, report = import_warc(settings.db, files, sources, engine_for(settings))
    if as_json:
        print_json({"run": report.run_id, **asdict(total), **asdict(report.counts)})
    else:
        print(
            f"{total.pages} pages taken, {total.known} known, {total.foreign} of hosts that are no source,"
            f" {total.other} others; {report.counts.articles_new} new articles"
        )
