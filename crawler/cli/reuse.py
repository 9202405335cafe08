"""`parknews reuse`: where else a passage stands."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.text import Text

from crawler.cli.terminal import Json, answers, examples, one_line, print_indented, print_json, settings_of
from pipelines.archive.file import reader
from pipelines.archive.read.articles import article
from pipelines.errors import ConfigurationError
from pipelines.reuse import reused
from pipelines.show import present_number

app = typer.Typer()


@app.command(
    "reuse",
    epilog=examples(
        ("which other articles say sentences of number 42", "parknews reuse 42"),
        ("where a passage stands", "parknews reuse '新建的标准厂房全部交付使用，首批企业已经投产'"),
        ("a text of a file", "parknews reuse - < text.txt"),
        note="A sentence is found where it stands exactly, case and white space aside, in any copy.",
    ),
)
def reuse(
    ctx: typer.Context,
    wanted: Annotated[
        str, typer.Argument(metavar="ID-or-URL-or-TEXT", help="An article, or a passage; - reads stdin.")
    ],
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many articles at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Find where else a passage, or what an article says, stands."""
    with reader(settings_of(ctx).db) as connection:
        number = present_number(connection, wanted)
        row = None if number is None else article(connection, number)
        passage = row["text"] if row else sys.stdin.read() if wanted == "-" else wanted
        if not passage.strip():
            raise ConfigurationError("reuse: nothing to look for: give an article or a passage of a text")
        asked, found = reused(connection, passage, but=number, limit=limit)
    if as_json:
        articles = [
            {
                "id": one.hit.id,
                "title": one.hit.title,
                "url": one.hit.url,
                "source_name": one.hit.source_name,
                "published_day": one.hit.published_day,
                "in_copy": one.hit.elsewhere.url if one.hit.elsewhere else None,
                "sentences": one.sentences,
            }
            for one in found
        ]
        print_json({"sentences": asked, "articles": articles})
        return
    console = answers()
    for one in found:
        console.print(Text.assemble((f"{one.hit.id:>5}", "cyan"), "  ", (one_line(one.hit.title), "bold")))
        where = one.hit.elsewhere.source_name if one.hit.elsewhere else one.hit.source_name
        told = f"{one.hit.published_day or 'no date':10}  {one_line(where)}  {len(one.sentences)} of {asked}"
        console.print(Text(f"       {told} sentences", style="dim"))
        print_indented(console, one_line(one.sentences[0])[:120], 7)
    if not found:
        print("no other article says any of it", file=sys.stderr)
