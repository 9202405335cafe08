"""`parknews reprocess`: reads the stored pages again with the present rules."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli.running import Engine, engine_for, lines, settings_with
from crawler.cli.terminal import Json, answers, counted, examples, plain, print_json, remarks
from crawler.runs.reprocess import ReprocessReport
from crawler.runs.reprocess import reprocess as read_again
from crawler.sources import said_of
from pipelines.compare import Change

app = typer.Typer()


@app.command(
    "reprocess",
    epilog=examples(
        ("after an update: read all stored pages again", "parknews reprocess"),
        (
            "with a diff of every page that says something else now",
            "parknews reprocess --diff > changes.diff",
        ),
        ("without what was learned of how sources make their pages", "parknews reprocess --full"),
        note="Nothing is fetched. A killed reprocess goes on where it stopped.",
    ),
)
def reprocess(
    ctx: typer.Context,
    full: Annotated[
        bool, typer.Option("--full", help="Read every page whole, and say where templates read otherwise.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what changed on each page.")] = False,
    engine: Engine = "",
    as_json: Json = False,
) -> None:
    """Extract, clean and de-duplicate the stored pages again, with a report of what changed."""
    settings = settings_with(ctx, engine)
    report = read_again(
        settings.db,
        engine_for(settings),
        said=said_of(settings.sources),
        on_change=_print_diff if diff else None,
        on_batch=lines(
            remarks(), lambda total: f"{total.pages + total.rejections} pages read again", at_once=False
        ),
        by_templates=not full,
    )
    if as_json:
        print_json(_as_json(report))
    else:
        _print_report(report)


def _print_diff(change: Change) -> None:
    answers().print(plain(change.diff()), soft_wrap=True)


def _print_report(report: ReprocessReport) -> None:
    console = answers()
    if report.resumed:
        console.print("went on where an earlier reprocess had stopped")
    console.print(
        f"{counted(report.pages, 'page')} read again: {report.changed} changed,"
        f" {report.found} are articles now, {report.lost} are none any more"
    )
    if report.by_template:
        changed = f"{report.unlike_template} of these changed"
        console.print(f"{report.by_template} of them had been read by a template, {changed}")
    for field, pages in report.fields.items():
        console.print(f"  {field} on {pages}")


def _as_json(report: ReprocessReport) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__slots__}
