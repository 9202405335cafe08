"""`parknews cite`: an article as a reference."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from crawler.cli.terminal import Json, examples, plain, print_json, settings_of
from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import answer
from pipelines.cite import STYLES, cite, reference
from pipelines.errors import ConfigurationError, ParknewsError
from pipelines.show import ShownArticle, show

app = typer.Typer()


@app.command(
    "cite",
    epilog=examples(
        ("as Chinese publications want it", "parknews cite 42"),
        ("for a bibliography", "parknews cite 42 --style bibtex >> references.bib"),
    ),
)
def write_reference(
    ctx: typer.Context,
    wanted: Annotated[
        str, typer.Argument(metavar="ID-or-URL", help="An article's id, or any URL it was seen at.")
    ],
    style: Annotated[
        str, typer.Option(metavar="|".join(STYLES), help="How the reference is written.")
    ] = "gbt7714",
    as_json: Json = False,
) -> None:
    """Cite an article: first publisher, day, address and day of access, in a style of your choice."""
    if style not in STYLES:
        raise ConfigurationError(f"--style {style}: one of {', '.join(STYLES)}")
    db = settings_of(ctx).db
    with reader(db) as connection:
        found = show(connection, wanted)
        removed = answer(connection, wanted)
    if not isinstance(found, ShownArticle):
        raise ParknewsError(removed or f"{wanted}: no such article in {db}; `parknews search` finds ids")
    text = cite(found, style)
    if as_json:
        print_json({"style": style, "citation": text, **asdict(reference(found))})
    else:
        sys.stdout.write(plain(text) + "\n")
