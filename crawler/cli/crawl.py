"""`parknews crawl`: fetch, then extract, clean, de-duplicate and archive."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.running import report_json, run
from crawler.cli.terminal import ATTENTION, Json, answers, examples, one_line, print_json, settings_of, table
from crawler.config import fetch_options
from crawler.runs.run import note_sources
from crawler.runs.telling import require_addresses
from crawler.runs.watch import (
    due_sources,
    expire_pages,
    note_timed_run,
    refuse_removed,
    removed_sources,
    tell_changes,
)
from crawler.sources import active, duration_s, read_some_sources
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.runs.run import RunReport

app = typer.Typer()


@app.command(
    "crawl",
    epilog=examples(
        ("every source of the sources file", "parknews crawl"),
        ("this source only", "parknews crawl www.example-park.gov.cn"),
        ("from a timer: those whose `every` has elapsed", "parknews crawl --due"),
        ("for an hour at the most", "parknews crawl --due --time-limit 1h"),
        ("ask again for every known article", "parknews crawl --revisit"),
        note="A run that was killed is taken up where it stopped: give the same command again.\n"
        "Ctrl-C (or SIGTERM) ends a run cleanly.",
    ),
)
def crawl(
    ctx: typer.Context,
    hosts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[HOST]...", help="Sources to crawl, by host; all where none is named."),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only sources whose `every` has elapsed.")] = False,
    revisit: Annotated[bool, typer.Option("--revisit", help="Ask again for all known articles now.")] = False,
    time_limit: Annotated[
        str, typer.Option("--time-limit", metavar="DURATION", help="End cleanly after this long: 50m, 2h.")
    ] = "",
    max_pages: Annotated[
        int | None, typer.Option("--max-pages", min=1, help="End cleanly after this many pages.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Crawl the sources into the archive: fetch, extract, clean, de-duplicate."""
    settings = settings_of(ctx)
    sources = read_some_sources(settings.sources)
    chosen = active(sources, hosts or [])
    removed = removed_sources(settings.db, chosen)
    if hosts:
        refuse_removed(removed)
    chosen = [source for source in chosen if source.host not in removed]
    if due:
        chosen = due_sources(settings.db, chosen)
    note_sources(settings.db, sources)
    if not chosen:
        if due:
            note_timed_run(settings.db, "nothing due")
        _say_nothing_is_due(as_json)
        return
    fetch = fetch_options(settings, revisit=revisit, time_limit_s=_limit_s(time_limit), max_pages=max_pages)
    require_addresses(settings.notify)
    report = run(settings, settings.db, chosen, fetch)
    if due:
        note_timed_run(settings.db, report.outcome)
    expire_pages(settings.db, settings.keep_days)
    tell_changes(settings, sources)
    if as_json:
        print_json(report_json(report))
    else:
        _print_report(answers(), report, {source.host: source.name for source in chosen})
    if report.troubles or report.fetched.all_down:
        raise typer.Exit(ATTENTION)


def _print_report(console: Console, report: RunReport, names: dict[str, str]) -> None:
    """The run as a table, a sentence, and a line for each trouble."""
    numbers = ("pages", "article pages", "unchanged", "failed")
    rows = table("source", *numbers, right=numbers)
    for counts in report.fetched.sources:
        label = one_line(names.get(counts.host, "") or counts.host)
        rows.add_row(label, *map(str, (counts.fetched, counts.articles, counts.unchanged, counts.failed)))
    console.print(rows)
    counts_ = report.counts
    noun = "rejection" if report.rejections == 1 else "rejections"
    console.print(
        f"Run {report.run_id} {_ended(report)} after {report.elapsed_s:.0f} s:"
        f" {counts_.articles_new} new articles, {counts_.articles_updated} updated,"
        f" {counts_.copies_joined} copies joined, {report.rejections} {noun}."
    )
    for trouble in report.troubles:
        console.print(f"! {one_line(trouble)}", soft_wrap=True)


def _limit_s(written: str) -> float | None:
    if not written:
        return None
    try:
        return duration_s(written)
    except ValueError as error:
        raise ConfigurationError(f"--time-limit {written!r}: {error}") from None


def _ended(report: RunReport) -> str:
    if report.fetched.stopped:
        return "stopped, to be taken up by the next,"
    return "reached no source" if report.fetched.all_down else "ended"


def _say_nothing_is_due(as_json: bool) -> None:
    if as_json:
        print_json({"run": None, "outcome": "nothing due", "sources": []})
    else:
        print("nothing is due; `parknews status` says when", file=sys.stderr)
