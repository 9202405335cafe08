"""The application: global options, and the commands in the order in which a newcomer meets them."""

from __future__ import annotations

import os
import sys
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import Annotated

import typer

from crawler.cli import (
    case,
    crawl,
    demo,
    export,
    people,
    removal,
    removals,
    report,
    reprocess,
    search,
    serve,
    show,
    snapshot,
    sources,
    status,
    warc,
)
from crawler.cli.earlier_rules import READING, STAYING, warn_of_earlier_rules
from crawler.cli.examples import examples
from crawler.cli.failures import GuardedGroup
from crawler.config import read_settings

_HELP = """
News about industrial parks: crawled politely, cleaned, de-duplicated, attributed.

A first look, without any site: [bold]parknews demo[/]
"""

_EPILOG = examples(
    ("the whole path over the bundled demo sites", "parknews demo"),
    ("fetch every source of data/sources.toml", "parknews crawl"),
    ("what the archive holds on a subject", "parknews search 产业园"),
    ("one article of another archive", "parknews --db old.db show 42"),
    note="Exit codes: 0 done, 1 something needs attention, 2 wrong usage or settings,\n"
    "3 another run holds the lock, 4 refused (full disk, damaged archive).",
)


def _print_version(wanted: bool | None) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  # only this option needs it

        typer.echo(f"parknews {version('parknews')}")
        raise typer.Exit


app = typer.Typer(
    name="parknews",
    cls=GuardedGroup,
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _global_options(
    ctx: typer.Context,
    db: Annotated[
        Path | None,
        typer.Option(
            "--db", metavar="PATH", help="The archive. [dim]\\[env: PARKNEWS_DB; data/archive.db][/]"
        ),
    ] = None,
    sources_path: Annotated[
        Path | None,
        typer.Option(
            "--sources",
            metavar="PATH",
            help="The sources file. [dim]\\[env: PARKNEWS_SOURCES; data/sources.toml][/]",
        ),
    ] = None,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Log more to stderr; -vv logs everything.")
    ] = 0,
    version: Annotated[
        bool | None,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version."),
    ] = None,
) -> None:
    ctx.obj = settings = read_settings(os.environ, db=db, sources=sources_path, verbose=verbose)
    if ctx.invoked_subcommand == STAYING:
        warn_of_earlier_rules(settings.db)
    elif ctx.invoked_subcommand in READING:
        ctx.call_on_close(lambda: warn_of_earlier_rules(settings.db))


def main() -> None:
    """The entry point of `.venv/bin/parknews`."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a Latin-1 terminal is no reason to fail
    app(prog_name="parknews")


app.command("crawl", epilog=crawl.EPILOG)(crawl.crawl)
app.command("demo", epilog=demo.EPILOG)(demo.demo)
app.command("search", epilog=search.EPILOG)(search.search)
app.command("show", epilog=show.EPILOG)(show.show)
app.command("serve", epilog=serve.EPILOG)(serve.serve)
app.command("export", epilog=export.EPILOG)(export.export)
app.command("report", epilog=report.EPILOG)(report.report)
app.command("reprocess", epilog=reprocess.EPILOG)(reprocess.reprocess)
app.command("correct", epilog=people.CORRECT_EPILOG)(people.correct)
app.command("split", epilog=people.SPLIT_EPILOG)(people.split)
app.command("join", epilog=people.JOIN_EPILOG)(people.join)
app.command("case", epilog=case.EPILOG)(case.case)
app.command("status", epilog=status.EPILOG)(status.status)
app.add_typer(sources.app, name="sources")
app.add_typer(warc.app, name="warc")
app.command("remove-source", epilog=removal.EPILOG)(removal.remove_source)
app.add_typer(removals.app, name="removals")
app.command("backup", epilog=snapshot.BACKUP_EPILOG)(snapshot.backup)
app.command("restore", epilog=snapshot.RESTORE_EPILOG)(snapshot.restore)
