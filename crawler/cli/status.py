"""`parknews status`: how each source stands."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.failures import ATTENTION
from crawler.cli.output import answers, one_line, print_json, table
from pipelines.utc import iso

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from crawler.config import Settings
    from crawler.runs.status import PastRun, Standing, Yield
    from pipelines.pages.records import CrawlSource
    from pipelines.store.sources import Watched

EPILOG = examples(
    ("a line a source, then what is wrong", "parknews status"),
    (
        "from a timer: write to me where something is wrong",
        "parknews status || mail -s parknews me@example.org",
    ),
)

_WITH_ARCHIVE = 1.25
"""An article takes 8 KB in the archive beside the 40 KB of its raw page."""

_RUNS = 120
"""Runs looked at per source: a month of the usual six hours."""


def status(
    ctx: typer.Context,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell who is in PARKNEWS_NOTIFY of what has changed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show each source's last success, next due time and yield; exit 1 where something is wrong."""
    from crawler.runs.notify import require_addresses  # noqa: PLC0415  # --help reads no file
    from crawler.runs.status import scarce  # noqa: PLC0415
    from crawler.sources import nothing_to_crawl, read_sources  # noqa: PLC0415
    from pipelines.forget.known import waiting  # noqa: PLC0415

    settings = settings_of(ctx)
    sources = read_sources(settings.sources)
    if not sources:
        raise nothing_to_crawl(settings.sources)
    if notify:
        require_addresses(settings.notify)
    found, timer = look(settings, sources)
    removals = waiting(settings.db, datetime.now(UTC))
    space = disk(settings.db)
    short = scarce(space.get("days_left"))
    if notify:
        tell_changes(settings, sources, timer)
    if as_json:
        print_json(
            {
                "timer": timer,
                "disk": {**space, "trouble": short},
                "removals": removals,
                "sources": [_standing_json(standing) for standing in found],
            }
        )
    else:
        _print_standings(answers(), found)
        if space:
            answers().print(_space(space), soft_wrap=True)
        own = (f"timer: {timer}" if timer else "", f"disk: {short}" if short else "", *removals)
        for reason in filter(None, own):
            answers().print(f"! {reason}", soft_wrap=True)
    if timer or short or removals or any(standing.state == "wrong" for standing in found):
        raise typer.Exit(ATTENTION)


def look(settings: Settings, sources: list[CrawlSource]) -> tuple[list[Standing], str]:
    """How every source stands now, and what is wrong with the timer (mostly nothing)."""
    from crawler.runs.heartbeat import dead_timer, last_beat  # noqa: PLC0415  # --help needs none of it
    from crawler.runs.status import Yield, standings  # noqa: PLC0415
    from crawler.web.removed import removed_sources  # noqa: PLC0415

    now = datetime.now(UTC)
    runs, held = _history(settings.db)
    for host in removed_sources(settings.db, sources):
        held[host] = replace(held.get(host, Yield()), status="removed")
    watched = _with_browsers(settings, sources, _watched(settings.db))
    found = standings(sources, runs, held, watched, now)
    return found, dead_timer(last_beat(settings.db), sources, now)


def _with_browsers(
    settings: Settings, sources: list[CrawlSource], watched: dict[str, Watched]
) -> dict[str, Watched]:
    """Sources with `render = true` know what they lack to be drawn."""
    from crawler.drawing.chromium import lacking  # noqa: PLC0415  # --help needs none of it
    from pipelines.store.sources import Watched  # noqa: PLC0415

    drawn = [source.host for source in sources if source.render]
    if not drawn or not (problem := lacking(settings.browser, settings.browser_sandbox)):
        return watched
    return {**watched, **{h: replace(watched.get(h, Watched()), browser=problem) for h in drawn}}


def disk(db: Path) -> dict[str, float | None]:
    """Free bytes beside the archive, and for how many days they last at the rate of the last week."""
    from pipelines.store import CrawlStore, store_path  # noqa: PLC0415

    path = store_path(db)
    if not path.exists():
        return {}
    with CrawlStore(path) as store:
        week = store.stored_bytes_since((datetime.now(UTC) - timedelta(days=7)).isoformat(timespec="seconds"))
    free = shutil.disk_usage(path.parent).free
    return {"free_bytes": free, "days_left": round(free / (week * _WITH_ARCHIVE / 7)) if week else None}


def _space(space: dict[str, float | None]) -> str:
    free_gb = (space["free_bytes"] or 0) / 1e9
    days = space["days_left"]
    lasts = f", enough for {days} days at the last week's rate" if days is not None and days < 3650 else ""
    return f"{free_gb:.1f} GB free{lasts}"


def tell_changes(settings: Settings, sources: list[CrawlSource], timer: str = "") -> None:
    """Tells of troubles that are new or over, notes them, and writes the metrics where asked to."""
    from crawler.runs.heartbeat import last_beat  # noqa: PLC0415  # only where something is told
    from crawler.runs.metrics import write_metrics  # noqa: PLC0415
    from crawler.runs.notify import sender, tell  # noqa: PLC0415
    from crawler.runs.status import disk_standing, scarce, timer_standing  # noqa: PLC0415
    from pipelines.store import CrawlStore, store_path  # noqa: PLC0415

    if not settings.db.exists():
        return
    found, _ = look(settings, sources)
    with CrawlStore(store_path(settings.db)) as store:
        send = sender(settings.notify)
        own = timer_standing(timer), disk_standing(scarce(disk(settings.db).get("days_left")))
        tell(store, [*found, *own], store.watched(), send, now=datetime.now(UTC).timestamp())
    if settings.metrics is not None:
        write_metrics(settings.metrics, found, last_beat(settings.db))


def _watched(db: Path) -> dict[str, Watched]:
    """What the crawl store knows of the sources; read without writing, so that a reader may ask."""
    from pipelines.store import CrawlStore, store_path  # noqa: PLC0415

    path = store_path(db)
    if not path.exists():
        return {}
    with CrawlStore(path) as store:
        return store.watched()


def due_sources(db: Path, sources: list[CrawlSource]) -> list[CrawlSource]:
    """Those of the sources whose `every` has elapsed."""
    from crawler.runs.status import due  # noqa: PLC0415  # --help needs none of it

    return due(sources, _history(db)[0], datetime.now(UTC))


def _history(db: Path) -> tuple[list[PastRun], dict[str, Yield]]:
    """What past runs did at each source, newest first, and what the archive holds of it."""
    from crawler.runs.status import Yield  # noqa: PLC0415
    from pipelines.archive.file import read_only  # noqa: PLC0415
    from pipelines.archive.read.articles import source_runs, source_yields  # noqa: PLC0415

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
    from crawler.runs.status import PastRun  # noqa: PLC0415

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
    return iso(value) if isinstance(value, datetime) else value


def _print_standings(console: Console, found: list[Standing]) -> None:
    zone = datetime.now().astimezone().tzname()
    rows = table(
        "source",
        "state",
        f"last success ({zone})",
        "next due",
        "articles",
        "last run",
        right=("articles", "last run"),
    )
    for standing in found:
        rows.add_row(
            one_line(standing.name),
            standing.state,
            _when(standing.last_success_at, "never"),
            _when(standing.next_due_at, "never" if standing.state == "removed" else "now"),
            str(standing.held.articles),
            str(standing.runs[0].articles) if standing.runs else "",
        )
    console.print(rows)
    for standing in found:
        if standing.reason:
            known = f" (since {standing.since:%Y-%m-%d})" if standing.since else ""
            until = standing.acknowledged_until
            last_day = until - timedelta(days=1) if until else None  # it ends with its last day
            known = f" (acknowledged until {last_day:%Y-%m-%d})" if last_day else known
            console.print(f"! {one_line(standing.host)}: {one_line(standing.reason)}{known}", soft_wrap=True)
    for standing in found:
        for part in standing.idle:
            says = f"{part} makes no difference, and is left out of its addresses"
            console.print(f"{one_line(standing.host)}: {one_line(says)}", soft_wrap=True)


def _when(moment: datetime | None, otherwise: str) -> str:
    """In the operator's own time zone, to the minute."""
    return moment.astimezone().strftime("%m-%d %H:%M") if moment else otherwise
