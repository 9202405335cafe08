"""`parknews crawl`: fetch, then extract, clean, de-duplicate and archive."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from crawler.cli.running import Engine, report_json, run, settings_with
from crawler.cli.terminal import (
    ATTENTION,
    FEW,
    All,
    Json,
    answers,
    counted,
    examples,
    one_line,
    print_json,
    settings_of,
    span,
    table,
    tell,
)
from crawler.config import Settings, fetch_options
from crawler.runs.asking import answered, wish, wish_failed
from crawler.runs.preview import preview
from crawler.runs.run import RunReport, note_sources
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
from pipelines.records import CrawlSource

app = typer.Typer()

_SHOWN = 12
"""Addresses of a source that a preview shows; --json has all."""


@app.command(
    "crawl",
    epilog=examples(
        ("every source of the sources file", "parknews crawl"),
        ("this source only", "parknews crawl www.example-park.gov.cn"),
        ("from a timer: those whose `every` has elapsed", "parknews crawl --due"),
        ("for an hour at the most", "parknews crawl --due --time-limit 1h"),
        ("ask again for every known article", "parknews crawl --revisit"),
        ("what a run would ask for", "parknews crawl --dry-run"),
        ("this page now", "parknews crawl https://www.example-park.gov.cn/news/1.html"),
        note="A run that was killed is taken up where it stopped: give the same command again.\n"
        "Ctrl-C (or SIGTERM) ends a run cleanly.",
    ),
)
def crawl(
    ctx: typer.Context,
    hosts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[HOST-or-URL]...",
            help="Sources to crawl, by host, all where none is named; or single pages of them.",
        ),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only sources whose `every` has elapsed.")] = False,
    revisit: Annotated[bool, typer.Option("--revisit", help="Ask again for all known articles now.")] = False,
    time_limit: Annotated[
        str, typer.Option("--time-limit", metavar="DURATION", help="End cleanly after this long: 50m, 2h.")
    ] = "",
    max_pages: Annotated[
        int | None, typer.Option("--max-pages", min=1, help="End cleanly after this many pages.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked for; ask for nothing.")
    ] = False,
    engine: Engine = "",
    show_all: All = False,
    as_json: Json = False,
) -> None:
    """Crawl the sources into the archive: fetch, extract, clean, de-duplicate."""
    settings = settings_with(ctx, engine)
    sources = read_some_sources(settings.sources)
    if any("://" in host for host in hosts or []):
        _ask_for(settings, sources, hosts or [], as_json=as_json)
        return
    chosen = active(sources, hosts or [])
    removed = removed_sources(settings.db, chosen)
    if hosts:
        refuse_removed(removed)
    chosen = [source for source in chosen if source.host not in removed]
    if due:
        chosen = due_sources(settings.db, chosen)
    if dry_run:
        _preview(settings, chosen, revisit=revisit, as_json=as_json)
        return
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
        names = {source.host: source.name for source in chosen}
        _print_report(answers(), report, names, in_full=show_all)
    if report.troubles or report.fetched.all_down:
        raise typer.Exit(ATTENTION)


@app.command(
    "retry",
    epilog=examples(
        ("all that failed or went at a source", "parknews retry www.example-park.gov.cn"),
        ("this page, whatever became of it", "parknews retry https://www.example-park.gov.cn/news/1.html"),
    ),
)
def retry(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="HOST-or-URL", help="A source, by its host, or one address of it.")
    ],
    as_json: Json = False,
) -> None:
    """Ask again now for what failed or went, at a source or at one address."""
    settings = settings_of(ctx)
    sources = read_some_sources(settings.sources)
    if "://" in reference:
        _ask_for(settings, sources, [reference], as_json=as_json, known=True)
        return
    [source] = active(sources, [reference])
    refuse_removed(removed_sources(settings.db, [source]))
    wished = wish_failed(settings.db, source)
    if not wished:
        tell(as_json, {"asked": 0, "answered": 0}, f"{source.host}: nothing failed or went")
        return
    report = run(settings, settings.db, [source], fetch_options(settings, wished=True))
    came = report.fetched.fetched + report.fetched.unchanged
    new = report.counts.articles_new
    said = f"{source.host}: {wished} asked again, {came} answered, {counted(new, 'new article')}"
    tell(as_json, {"asked": wished, "answered": came, "articles_new": new}, said)
    if not came:
        raise typer.Exit(ATTENTION)


def _ask_for(
    settings: Settings, sources: list[CrawlSource], urls: list[str], *, as_json: bool, known: bool = False
) -> None:
    """Single pages now, each with what became of it."""
    owners = wish(settings.db, sources, urls, known=known)
    run(settings, settings.db, list(dict.fromkeys(owners.values())), fetch_options(settings, wished=True))
    found = [answered(settings.db, url) for url in owners]
    if as_json:
        print_json({"pages": [asdict(one) for one in found]})
    for one in () if as_json else found:
        what = f"article {one.article}: {one.became}" if one.article else one.became
        answers().print(f"{one_line(one.url)}: {one_line(what)}", soft_wrap=True)
    if not all(one.article for one in found):
        raise typer.Exit(ATTENTION)


def _preview(settings: Settings, chosen: list[CrawlSource], *, revisit: bool, as_json: bool) -> None:
    """What a run would ask for."""
    found = preview(settings.db, chosen, revisit=revisit)
    if as_json:
        print_json({"sources": [asdict(one) for one in found]})
        return
    console = answers()
    for one in found:
        counts = f"{len(one.lists)} lists and feeds, {len(one.new)} new, {len(one.again)} known"
        console.print(f"{one_line(one.host)}: {counts}; at least {span(one.least_s)}", soft_wrap=True)
        first = [*one.lists, *one.new, *one.again]
        for url in first[:_SHOWN]:
            console.print(f"  {one_line(url)}", style="dim", soft_wrap=True)
        if len(first) > _SHOWN:
            console.print(f"  and {len(first) - _SHOWN} more (--json has all)", soft_wrap=True)


def _print_report(console: Console, report: RunReport, names: dict[str, str], *, in_full: bool) -> None:
    """The run as a table, a sentence, and a line for each trouble."""
    numbers = ("pages", "article pages", "unchanged", "failed")
    rows = table("source", *numbers, right=numbers)
    told = report.fetched.sources
    if len(told) > FEW and not in_full:  # what needs somebody stands below
        told = tuple(counts for counts in told if counts.articles)[:FEW]
    for counts in told:
        label = one_line(names.get(counts.host, "") or counts.host)
        rows.add_row(label, *map(str, (counts.fetched, counts.articles, counts.unchanged, counts.failed)))
    console.print(rows)
    if len(told) < len(report.fetched.sources):
        console.print(f"{len(told)} of {len(report.fetched.sources)} sources shown (--all shows each)")
    counts_ = report.counts
    console.print(
        f"Run {report.run_id} {_ended(report)} after {report.elapsed_s:.0f} s:"
        f" {counted(counts_.articles_new, 'new article')}, {counts_.articles_updated} updated,"
        f" {counted(counts_.copies_joined, 'copy', 'copies')} joined,"
        f" {counted(report.rejections, 'rejection')}."
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
