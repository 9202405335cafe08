"""`parknews searches`: queries that are kept under a name, each with its feeds and messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from crawler.cli.terminal import Json, answers, examples, one_line, print_json, settings_of
from pipelines.archive.file import reader
from pipelines.archive.read.changes import kept_searches, new_for
from pipelines.archive.write.kept import add_search, remove_search
from pipelines.errors import ConfigurationError
from pipelines.utc import now_utc

app = typer.Typer(
    help="Keep queries under a name, each with a feed, and be told what is new.", no_args_is_help=True
)


@app.command(
    "add",
    epilog=examples(
        ("what is said of one park", "parknews searches add kunshan 'park:昆山高新区'"),
        ("signings in a province", "parknews searches add signings '(签约 OR 落户) region:江苏'"),
        note="`serve` has it at /searches/NAME.atom and /searches/NAME.feed.json. What is new is told after\n"
        "each crawl to PARKNEWS_NOTIFY, once; what the archive holds now counts as told.",
    ),
)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, _ and -.")],
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="In the language of `search`.")],
) -> None:
    """Keep a query under a name; one that is there gets the new query."""
    add_search(settings_of(ctx).db, name, " ".join(query), now_utc())
    print(f"kept: {one_line(name)}")


@app.command("list", epilog=examples(("all of them, and how much is new", "parknews searches list")))
def list_all(ctx: typer.Context, as_json: Json = False) -> None:
    """List what is kept, with how many articles were not told yet."""
    with reader(settings_of(ctx).db) as connection:
        found = [(kept, len(new_for(connection, kept))) for kept in kept_searches(connection)]
    if as_json:
        print_json({"searches": [{**asdict(kept), "new": new} for kept, new in found]})
        return
    console = answers()
    for kept, new in found:
        console.print(f"{one_line(kept.name)}: {one_line(kept.query)}" + (f"  ({new} new)" if new else ""))


@app.command("remove", epilog=examples(("no more of it", "parknews searches remove kunshan")))
def remove(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Keep a query no longer."""
    if not remove_search(settings_of(ctx).db, name):
        raise ConfigurationError(f"{name[:80]}: no search is kept under this name (`parknews searches list`)")
    print(f"no longer kept: {one_line(name)}")
