"""`parknews crawl`: fetch, then extract, clean, de-duplicate and archive."""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.failures import ATTENTION
from crawler.cli.output import answers, one_line, print_json, remarks, table
from crawler.cli.status import due_sources, tell_changes
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from crawler.config import Settings
    from crawler.runs.run import RunOptions, RunReport
    from pipelines.pages.records import CrawlSource

EPILOG = examples(
    ("every source of the sources file", "parknews crawl"),
    ("this source only", "parknews crawl www.example-park.gov.cn"),
    ("from a timer: those whose `every` has elapsed", "parknews crawl --due"),
    ("for an hour at the most", "parknews crawl --due --time-limit 1h"),
    ("ask again for every known article", "parknews crawl --revisit"),
    note="A run that was killed is taken up where it stopped: give the same command again.\n"
    "Ctrl-C (or SIGTERM) ends a run cleanly.",
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Crawl the sources into the archive: fetch, extract, clean, de-duplicate."""
    from crawler.runs.notify import require_addresses  # noqa: PLC0415  # --help reads no file
    from crawler.sources import choose, nothing_to_crawl, read_sources  # noqa: PLC0415

    settings = settings_of(ctx)
    sources = read_sources(settings.sources)
    if not sources:
        raise nothing_to_crawl(settings.sources)
    chosen = _not_removed(settings, choose(sources, hosts or []), named=bool(hosts))
    if due:
        chosen = due_sources(settings.db, chosen)
    if not chosen:
        if due:
            _beat(settings, "nothing due")
        _say_nothing_is_due(as_json)
        return
    limit_s = _limit_s(time_limit)
    require_addresses(settings.notify)
    report = run(
        settings,
        settings.db,
        chosen,
        run_options(settings, revisit=revisit, time_limit_s=limit_s, max_pages=max_pages),
    )
    if due:
        _beat(settings, report.outcome)
    _expire(settings)
    tell_changes(settings, sources)
    if as_json:
        print_json(report_json(report))
    else:
        print_report(answers(), report, {source.host: source.name for source in chosen})
    raise typer.Exit(exit_code(report))


def run(settings: Settings, archive_path: Path, sources: list[CrawlSource], options: RunOptions) -> RunReport:
    """One run with its progress on stderr."""
    from crawler.cli.progress import log_to, progress_display  # noqa: PLC0415  # loads rich's progress bars
    from crawler.runs.run import crawl as run_crawl  # noqa: PLC0415  # loads Scrapy and trafilatura

    signal.signal(signal.SIGTERM, _leave)
    console = remarks()
    log_to(console, settings.verbose)
    with progress_display(console) as on_progress:
        return run_crawl(archive_path, sources, options, on_progress=on_progress)


def run_options(
    settings: Settings, *, revisit: bool, time_limit_s: float | None = None, max_pages: int | None = None
) -> RunOptions:
    """How a run goes, as the settings have it."""
    from crawler.config import FetchOptions  # noqa: PLC0415  # with the next: loads Scrapy
    from crawler.runs.run import RunOptions  # noqa: PLC0415
    from pipelines.workers import WorkerOptions  # noqa: PLC0415

    level = {0: "WARNING", 1: "INFO"}.get(settings.verbose, "DEBUG")
    fetch = FetchOptions(
        revisit=revisit,
        user_agent=settings.user_agent,
        contact=settings.contact,
        max_pages=max_pages,
        time_limit_s=time_limit_s,
        disk_floor_bytes=settings.disk_floor_mb * 10**6,
        runtime=str(settings.runtime),
        browser=settings.browser,
        browser_sandbox=settings.browser_sandbox,
        log_level=level,
    )
    return RunOptions(fetch=fetch, workers=WorkerOptions(workers=settings.workers))


def exit_code(report: RunReport) -> int:
    """0 when all is well (a run that was asked to stop is), 1 when something needs attention."""
    return ATTENTION if report.troubles or report.nothing_reached else 0


def report_json(report: RunReport) -> dict[str, Any]:
    """The report as JSON has it; the counts are named as in the table `runs`."""
    from dataclasses import asdict  # noqa: PLC0415  # one use

    answer = asdict(report)
    return {"run": answer.pop("run_id"), "outcome": answer.pop("outcome"), **answer.pop("counts"), **answer}


def print_report(console: Console, report: RunReport, names: dict[str, str]) -> None:
    """The run as a table, a sentence, and a line for each trouble."""
    numbers = ("pages", "article pages", "unchanged", "failed")
    rows = table("source", *numbers, right=numbers)
    for counts in report.sources:
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


def _not_removed(settings: Settings, chosen: list[CrawlSource], *, named: bool) -> list[CrawlSource]:
    """The sources that no removal keeps out; one that was named is refused."""
    from crawler.web.removed import refuse_removed, removed_sources  # noqa: PLC0415  # opens the archive

    removed = removed_sources(settings.db, chosen)
    if named:
        refuse_removed(removed)
    return [source for source in chosen if source.host not in removed]


def _expire(settings: Settings) -> None:
    """Raw pages that are older than the operator keeps them."""
    from pipelines.store import CrawlStore, store_path  # noqa: PLC0415

    if settings.keep_days:
        before = datetime.now(UTC) - timedelta(days=settings.keep_days)
        with CrawlStore(store_path(settings.db)) as store:
            store.expire(before.isoformat(timespec="seconds"))


def _beat(settings: Settings, outcome: str) -> None:
    from crawler.runs.heartbeat import beat  # noqa: PLC0415  # only after a run from a timer

    if settings.db.exists():
        beat(settings.db, outcome, datetime.now(UTC))


def _limit_s(written: str) -> float | None:
    from crawler.sources import duration_s  # noqa: PLC0415  # only where one was given

    if not written:
        return None
    try:
        return duration_s(written)
    except ValueError as error:
        raise ConfigurationError(f"--time-limit {written!r}: {error}") from None


def _ended(report: RunReport) -> str:
    if report.stopped:
        return "stopped, to be taken up by the next,"
    return "reached no source" if report.nothing_reached else "ended"


def _say_nothing_is_due(as_json: bool) -> None:
    if as_json:
        print_json({"run": None, "outcome": "nothing due", "sources": []})
    else:
        print("nothing is due; `parknews status` says when", file=sys.stderr)


def _leave(_signal: int, _frame: object) -> NoReturn:
    """SIGTERM before the crawl itself listens for it: nothing has been fetched yet."""
    raise typer.Exit(0)
