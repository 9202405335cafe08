"""`parknews warc`: stored pages out to WARC files, and WARC files in."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.running import Engine, engine_for, lines, settings_with
from crawler.cli.terminal import ATTENTION, Json, counted, examples, one_line, remarks, settings_of, tell
from crawler.runs.warc import ImportProgress, export_warc, import_warc
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
        (
            "a month of them, on a cluster",
            "parknews warc import https://data.commoncrawl.org/crawl-data/CC-NEWS/2026/03/warc.paths.gz"
            " --engine tcp://10.0.0.1:8786",
        ),
        note="What is stored already is passed over: give a killed import again.",
    ),
)
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="WARC files, gzipped or not: paths, https:// or s3:// addresses, or lists of them"
            " (.paths, .txt, also .gz).",
        ),
    ],
    engine: Engine = "",
    as_json: Json = False,
) -> None:
    """Take pages of our sources from WARC files into the archive, as if they had been crawled."""
    settings = settings_with(ctx, engine)
    sources = read_sources(settings.sources)
    told = lines(remarks(), _so_far, at_once=False)
    total, refused, report = import_warc(settings.db, files, sources, engine_for(settings), told)
    answer = {
        "run": report.run_id,
        "pages": total.pages,
        "known": total.known,
        "foreign": total.foreign,
        "other": total.other,
        "passed_over": dict(total.passed_over),
        "refused": refused,
        **asdict(report.counts),
    }
    why = ", ".join(f"{count} {one_line(reason)}" for reason, count in total.passed_over.most_common(_WHYS))
    words = (
        f"{counted(total.pages, 'page')} taken, {total.known} known,"
        f" {total.foreign} of hosts that are no source, {total.other} others{why and f' ({why})'};"
        f" {counted(report.counts.articles_new, 'new article')}"
    )
    tell(as_json, answer, words)
    for line in refused:
        print(f"! {one_line(line)}", file=sys.stderr)
    if refused:
        raise typer.Exit(ATTENTION)


_WHYS = 5
"""Reasons that are told; `--json` has all."""


def _so_far(progress: ImportProgress) -> str:
    taken = progress.taken
    return (
        f"file {progress.place} of {progress.files} ({one_line(progress.file)}):"
        f" {taken.pages} pages taken, {taken.known} known,"
        f" {taken.foreign + taken.other} passed over; {progress.read} read"
    )
