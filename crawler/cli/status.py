"""`parknews status`: how each source stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from crawler.cli.terminal import (
    ATTENTION,
    FEW,
    All,
    Json,
    answers,
    examples,
    one_line,
    print_json,
    settings_of,
    span,
    table,
)
from crawler.runs.status import Health, scarce
from crawler.runs.telling import require_addresses
from crawler.runs.watch import Disk, disk, killed_run, look, tell_changes
from crawler.sources import read_some_sources
from pipelines.forget.record import waiting
from pipelines.utc import iso

app = typer.Typer()

_REPEATED = 0.1
"""The share of a source's copies from which it is told that they repeat each other."""

_NOT_TOLD = frozenset(["host", "down", "left_early", "left"])
"""Fields of past runs that say what others say, or that the archive does not keep."""


@app.command(
    "status",
    epilog=examples(
        ("a line a source, then what is wrong", "parknews status"),
        (
            "from a timer: write to me where something is wrong",
            "parknews status || mail -s parknews me@example.org",
        ),
    ),
)
def status(
    ctx: typer.Context,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell who is in PARKNEWS_NOTIFY of what has changed.")
    ] = False,
    show_all: All = False,
    as_json: Json = False,
) -> None:
    """Show each source's last success, next due time and yield; exit 1 where something is wrong."""
    settings = settings_of(ctx)
    sources = read_some_sources(settings.sources)
    if notify:
        require_addresses(settings.notify)
    found, timer = look(settings, sources)
    removals = waiting(settings.db, datetime.now(UTC))
    room = disk(settings.db)
    killed = killed_run(settings.db, sources)
    short = scarce(room.days_left if room else None)
    if notify:
        tell_changes(settings, sources)
    if as_json:
        print_json(
            {
                "timer": timer,
                "disk": {**(asdict(room) if room else {}), "trouble": short},
                "removals": removals,
                "killed_run": killed,
                "sources": [_health_json(health) for health in found],
            }
        )
    else:
        telling = ("wrong", "acknowledged")
        needs = [health for health in found if show_all or health.state in telling or _repeats(health)]
        _print_healths(answers(), needs if len(found) > FEW else found, in_full=show_all)
        if len(found) > FEW:
            answers().print(_summary(found), soft_wrap=True)
        if room:
            answers().print(_space(room), soft_wrap=True)
        own = (killed, f"timer: {timer}" if timer else "", f"disk: {short}" if short else "", *removals)
        for reason in filter(None, own):
            answers().print(f"! {reason}", soft_wrap=True)
    if killed or timer or short or removals or any(health.state == "wrong" for health in found):
        raise typer.Exit(ATTENTION)


def _space(room: Disk) -> str:
    days = room.days_left
    lasts = f", enough for {days} days at the last week's rate" if days is not None and days < 3650 else ""
    return f"{room.free_bytes / 1e9:.1f} GB free{lasts}"


def _health_json(health: Health) -> dict[str, Any]:
    answer = {**asdict(health), **asdict(health.held)}
    del answer["held"]
    answer["runs"] = [
        {name: _iso(value) for name, value in run.items() if name not in _NOT_TOLD} for run in answer["runs"]
    ]
    return {name: _iso(value) for name, value in answer.items()}


def _iso(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value


def _summary(found: list[Health]) -> str:
    """How many sources stand how."""
    states = Counter(health.state for health in found)
    now = datetime.now(UTC)
    due = sum(
        h.state not in ("paused", "removed") and (h.next_due_at is None or h.next_due_at <= now)
        for h in found
    )
    counts = ", ".join(f"{count} {state}" for state, count in states.most_common())
    return f"{len(found)} sources: {counts}; {due} due now (--all shows each)"


def _print_healths(console: Console, found: list[Health], *, in_full: bool) -> None:
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
    for health in found:
        rows.add_row(
            one_line(health.name),
            health.state,
            _when(health.last_success_at, "never"),
            _when(health.next_due_at, "never" if health.state in ("paused", "removed") else "now"),
            str(health.held.articles),
            str(health.runs[0].articles) if health.runs else "",
        )
    if found:
        console.print(rows)
    _print_figures(console, found, in_full=in_full)
    for health in found:
        if health.reason:
            known = f" (since {health.since:%Y-%m-%d})" if health.since else ""
            until = health.acknowledged_until
            last_day = until - timedelta(days=1) if until else None  # it ends with its last day
            known = f" (acknowledged until {last_day:%Y-%m-%d})" if last_day else known
            console.print(f"! {one_line(health.host)}: {one_line(health.reason)}{known}", soft_wrap=True)
    for health in found:
        for part in health.idle:
            says = f"{part} makes no difference, and is left out of its addresses"
            console.print(f"{one_line(health.host)}: {one_line(says)}", soft_wrap=True)
        if health.state in ("ok", "new"):
            for says in health.missed:
                console.print(
                    f"{one_line(health.host)}: {one_line(says)}; it was read by rule there", soft_wrap=True
                )


def _print_figures(console: Console, found: list[Health], *, in_full: bool) -> None:
    """What their numbers say: repeats where there are many, and in full what a run costs."""
    for health in found:
        if says := _repeats(health):
            console.print(f"{one_line(health.host)}: {says}", soft_wrap=True)
        if in_full and health.run_s is not None:
            per = f", {health.requests_per_new:g} requests per new article" if health.requests_per_new else ""
            says = f"its last run takes {span(health.run_s)} at its delay{per}"
            console.print(f"{one_line(health.host)}: {says}", soft_wrap=True)


def _repeats(health: Health) -> str:
    """Copies that look like lists: many with one title, or joined within their own source."""
    held, said = health.held, []
    if held.same_titled > _REPEATED * held.copies:
        said.append(f"{held.same_titled} of its {held.copies} copies have a title that others have too")
    if held.joined_within > _REPEATED * held.copies:
        said.append(f"{held.joined_within} of its {held.copies} copies are joined with others of its own")
    return "; ".join(said) + "; `show` one of them: are they lists?" if said else ""


def _when(moment: datetime | None, otherwise: str) -> str:
    """In the operator's own time zone, to the minute."""
    return moment.astimezone().strftime("%m-%d %H:%M") if moment else otherwise
