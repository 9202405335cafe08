"""`parknews changes`: what changed in the archive since a number, for copies of it elsewhere."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from crawler.cli.terminal import examples, settings_of
from pipelines.archive.file import reader
from pipelines.archive.read.changes import as_json, changes_since

app = typer.Typer()


@app.command(
    "changes",
    epilog=examples(
        ("everything, as the beginning of a copy", "parknews changes > changes.jsonl"),
        ("what came after the last line that you have", "parknews changes --since 1520"),
        note="One JSON object a line, in the order of `seq`. An article that changed twice stands once, as\n"
        "it is now; a removed one has no text.",
    ),
)
def changes(
    ctx: typer.Context,
    since: Annotated[int, typer.Option(min=0, metavar="SEQ", help="Only what came after this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 1_000_000,
) -> None:
    """Tell what changed of each article since a number, as JSON Lines."""
    with reader(settings_of(ctx).db) as connection:
        connection.execute("BEGIN")  # one state of the archive
        for change in changes_since(connection, since, limit):
            print(json.dumps(as_json(change), ensure_ascii=False))
