"""`parknews status`: how each source stands."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.failures import ATTENTION
from crawler.cli.output import answers, one_line, print_json, table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from crawler.records import CrawlSource
    from crawler.status import PastRun, Standing, Yield

EPILOG = examples(
    ("a line a source, then what is wrong", "parknews status"),
    (
        "from a timer: write to me where something is wrong",
        "parknews status || mail -s parknews me@example.org",
    ),
)

_RUNS = 10
"""Runs looked at per source: two and a half days of the usual six hours."""


def status(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show each source's last success, next due time and yield; exit 1 where something is wrong."""
    from crawler.sources import nothing_to_crawl, read_sources  # noqa: PLC0415  # --help reads no file
    from crawler.status import standings  # noqa: PLC0415

    settings = settings_of(ctx)
    sources = read_sources(settings.sources)
    if not sources:
        raise nothing_to_crawl(settings.sources)
    runs, held = _history(settings.db)
    found = standings(sources, runs, held)
    if as_json:
        print_json({"sources": [_standing_json(standing) for standing in found]})
    else:
        _print_standings(answers(), found)
    if any(standing.state == "wrong" for standing in found):
        raise typer.Exit(ATTENTION)


def due_sources(db: Path, sources: list[CrawlSource]) -> list[CrawlSource]:
    """Those of the sources whose `every` has elapsed."""
    from crawler.status import due  # noqa: PLC0415  # --help needs none of it

    return due(sources, _history(db)[0], datetime.now(UTC))


def _history(db: Path) -> tuple[list[PastRun], dict[str, Yield]]:
    """What past runs did at each source, newest first, and what the archive holds of it."""
    from crawler.status import Yield  # noqa: PLC0415
    from pipelines.archive.connect import read_only  # noqa: PLC0415
    from pipelines.archive.read import source_runs, source_yields  # noqa: PLC0415

    if not db.exists():
        return [], {}
    connection = read_only(db)
    runs = [dict(row) for row in source_runs(connection, _RUNS)]
    held = {row["host"]: row for row in source_yields(connection)}
    connection.close()
    names = ("status", "articles", "copies", "rejections", "newest_day", "last_read_at")
    return (
        [_past_run(run) for run in runs],
        {host: Yield(**{name: row[name] for name in names}) for host, row in held.items()},
    )


def _past_run(row: dict[str, Any]) -> PastRun:
    from crawler.status import PastRun  # noqa: PLC0415

    read = {"started_at": datetime.fromisoformat(row["started_at"]), "stopped": bool(row["stopped"])}
    return PastRun(**{**row, **read})


def _standing_json(standing: Standing) -> dict[str, Any]:
    answer = {**asdict(standing), **asdict(standing.held)}
    del answer["held"]
    answer["runs"] = [
        {name: _iso(value) for name, value in run.items() if name != "source"} for run in answer["runs"]
    ]
    return {name: _iso(value) for name, value in answer.items()}


def _iso(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _print_standings(console: Console, found: list[Standing]) -> None:
    rows = table(
        "source", "state", "last success", "next due", "articles", "last run", right=("articles", "last run")
    )
    for standing in found:
        rows.add_row(
            one_line(standing.name),
            standing.state,
            _when(standing.last_success_at, "never"),
            _when(standing.next_due_at, "now"),
            str(standing.held.articles),
            str(standing.runs[0].articles) if standing.runs else "",
        )
    console.print(rows)
    for standing in found:
        if standing.reason:
            console.print(f"! {one_line(standing.host)}: {one_line(standing.reason)}", soft_wrap=True)


def _when(moment: datetime | None, otherwise: str) -> str:
    """In the operator's own time zone, to the minute."""
    return moment.astimezone().strftime("%m-%d %H:%M") if moment else otherwise
