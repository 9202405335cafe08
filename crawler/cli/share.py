"""`parknews share`: the archive as a file that may be handed out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.terminal import Json, counted, examples, one_line, settings_of, tell
from crawler.serve.labels import shared_metadata
from pipelines.archive.file import reader
from pipelines.errors import ConfigurationError
from pipelines.export.shared import share as write
from pipelines.export.shared import shared_columns

app = typer.Typer()


@app.command(
    "share",
    epilog=examples(
        ("into a file for others", "parknews share --output parks.db"),
        ("in plain Datasette", "datasette parks.db --metadata parks.metadata.json"),
        ("searched without parknews", "sqlite-utils search parks.db articles 园区"),
        note="It holds what a visitor of `serve` may read: no key, nobody who asked for a removal, no text\n"
        "that a removal holds back; telephone numbers in stripped text are masked.",
    ),
)
def share(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")],
    as_json: Json = False,
) -> None:
    """Write the archive as a file that may be handed out, with a search index for other programs."""
    db = settings_of(ctx).db
    if not output.parent.exists():
        raise ConfigurationError(f"{output.parent}: no such folder; make it, or name another file")
    if output.exists() and output.resolve() == db.resolve():
        raise ConfigurationError(f"{output}: is the archive itself; name another file")
    with reader(db) as connection:
        counts = write(connection, output)
        metadata = shared_metadata(output.stem, shared_columns(connection))
    beside = output.with_name(f"{output.stem}.metadata.json")
    beside.write_text(json.dumps(metadata, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    where, described = one_line(str(output)), one_line(beside.name)
    answer = {"file": str(output), "metadata": str(beside), "rows": counts}
    tell(
        as_json,
        answer,
        f"{counted(counts['articles'], 'article')} shared in {where}; {described} is for Datasette",
    )
