"""`parknews sets`: articles that somebody keeps under a name, with labels and notes of his own."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import filters
from crawler.cli.terminal import Json, answers, examples, one_line, print_indented, print_json, settings_of
from pipelines.archive.file import reader
from pipelines.archive.read.selection import Selection, select_ids, understood
from pipelines.archive.read.sets import kept_in, set_names
from pipelines.archive.write.kept import put_in_set, take_from_set
from pipelines.errors import ConfigurationError
from pipelines.show import present_number
from pipelines.utc import now_utc

app = typer.Typer(help="Keep articles in sets, with labels and notes of your own.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="SET", help="Letters, digits, _ and -.")]
_Articles = Annotated[list[str] | None, typer.Argument(metavar="ID-or-URL...", help="An id, or any URL.")]
_Label = Annotated[str | None, typer.Option(metavar="TEXT", help="A word of yours: label:TEXT finds it.")]
_Note = Annotated[str | None, typer.Option(metavar="TEXT", help="What you have to say of it.")]


@app.command(
    "add",
    epilog=examples(
        ("two articles", "parknews sets add cases 42 https://park.example/a.html --label fire"),
        (
            "forty of what a search finds, for coding by hand",
            "parknews sets add coded --query '园区 环保' --sample 40 --seed 7",
        ),
        note="set:NAME and label:TEXT find them in every search, export and feed. A set is seen by whoever\n"
        "sees the archive in a browser; `share` leaves sets out. An article that is joined to another is\n"
        "found under that one; of a removed one the number stays, without label and note.",
    ),
)
def add(
    ctx: typer.Context,
    name: _Name,
    articles: _Articles = None,
    query: Annotated[str, typer.Option(metavar="QUERY", help="All that this finds.")] = "",
    sample: filters.Sample = 0,
    seed: filters.Seed = 0,
    label: _Label = None,
    note: _Note = None,
) -> None:
    """Put articles into a set; it is made where it is missing."""
    archive = settings_of(ctx).db
    with reader(archive) as connection:
        ids = _numbers(connection, archive, articles or ())
        if query:
            if understood(query, folded=False).tree is None:
                raise ConfigurationError(f"--query {query[:80]!r}: looks for nothing; give a word, as 园区")
            selection = Selection(query=query, sample=sample, seed=seed)
            ids += select_ids(connection, selection)
    if not ids:
        raise ConfigurationError("sets add: give ids or URLs of articles, or a --query that finds some")
    put_in_set(archive, name, ids, now_utc(), label=label, note=note)
    print(f"{len(dict.fromkeys(ids)):,} in {one_line(name)}")


@app.command("list", epilog=examples(("every set, and how many articles it holds", "parknews sets list")))
def list_all(ctx: typer.Context, as_json: Json = False) -> None:
    """List the sets."""
    with reader(settings_of(ctx).db) as connection:
        found = set_names(connection)
    if as_json:
        print_json({"sets": [{"name": name, "articles": articles} for name, articles in found]})
        return
    for name, articles in found:
        print(f"{one_line(name)}: {articles:,}")


@app.command("show", epilog=examples(("what is in it", "parknews sets show cases")))
def show(ctx: typer.Context, name: _Name, as_json: Json = False) -> None:
    """Show what a set holds, with labels and notes."""
    with reader(settings_of(ctx).db) as connection:
        found = kept_in(connection, name)
    if as_json:
        print_json({"set": name, "articles": [asdict(kept) for kept in found]})
        return
    if not found:
        print(f"no set {one_line(name)[:80]} (`parknews sets list`)", file=sys.stderr)
    console = answers()
    for kept in found:
        label = f"  [{one_line(kept.label)}]" if kept.label else ""
        title = "no longer in the archive" if kept.title is None else one_line(kept.title)
        console.print(f"{kept.article_id:>5}  {kept.published_day or 'no date':10}  {title}{label}")
        if kept.note:
            print_indented(console, one_line(kept.note), 7, style="dim")


@app.command(
    "note",
    epilog=examples(
        ("say something of it", 'parknews sets note cases 42 "the figure is the planned one"'),
        ("label it otherwise", "parknews sets note cases 42 --label planned"),
    ),
)
def note_one(
    ctx: typer.Context,
    name: _Name,
    article: Annotated[str, typer.Argument(metavar="ID-or-URL")],
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="The note; empty takes it away.")
    ] = None,
    label: _Label = None,
) -> None:
    """Write a note or a label to an article of a set."""
    archive = settings_of(ctx).db
    with reader(archive) as connection:
        ids = _numbers(connection, archive, [article])
        if not any(kept.article_id == ids[0] for kept in kept_in(connection, name)):
            raise ConfigurationError(f"{article} is not in {name[:80]}; `parknews sets add` puts it there")
    put_in_set(archive, name, ids, now_utc(), label=label, note=text)
    print(f"noted: {one_line(name)} {ids[0]}")


@app.command(
    "remove",
    epilog=examples(
        ("one article", "parknews sets remove cases 42"),
        ("the whole set", "parknews sets remove cases --all"),
    ),
)
def remove(
    ctx: typer.Context,
    name: _Name,
    articles: _Articles = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole set.")] = False,
) -> None:
    """Take articles out of a set; what has been noted of them goes too."""
    archive = settings_of(ctx).db
    if bool(articles) == everything:
        raise ConfigurationError("sets remove: give ids or URLs of articles, or --all")
    ids = None
    if articles:
        with reader(archive) as connection:
            ids = [present_number(connection, article, is_there=False) or 0 for article in articles]
    print(f"{take_from_set(archive, name, ids):,} taken out of {one_line(name)}")


def _numbers(connection: sqlite3.Connection, archive: Path, references: Iterable[str]) -> list[int]:
    """Today's numbers of articles that are there; raises ConfigurationError for any other."""
    found = []
    for reference in references:
        number = present_number(connection, reference)
        if number is None:
            raise ConfigurationError(
                f"{reference}: no such article in {archive}; `parknews search` finds ids"
            )
        found.append(number)
    return found
