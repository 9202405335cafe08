"""`parknews report`: the pictures of the archive as a folder that opens from disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.filters import Since, Until
from crawler.cli.terminal import Json, counted, day_of, examples, one_line, settings_of, tell
from pipelines.archive.file import reader
from pipelines.archive.read.figures import Figures
from pipelines.archive.read.selection import Days
from pipelines.errors import StorageError
from pipelines.report.page import write_report

app = typer.Typer()


@app.command(
    "report",
    epilog=examples(
        ("everything, then open report/index.html", "parknews report --out report"),
        ("one quarter", "parknews report --since 2025-01 --until 2025-03 --out first-quarter"),
    ),
)
def report(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder to write; made where missing.")
    ],
    since: Since = "",
    until: Until = "",
    as_json: Json = False,
) -> None:
    """Draw the archive: who publishes, who copies whom, what spreads, what failed. In Chinese and English."""
    days = Days(day_of("--since", since), day_of("--until", until))
    made_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    with reader(settings_of(ctx).db) as connection:
        connection.execute("BEGIN")  # all pictures are of one state
        found = Figures(connection, days)
        try:
            files = write_report(found, out, made_at)
        except OSError as error:
            raise StorageError(f"{out}: {error.strerror or error}; name another folder with --out") from error
        articles = found.total.articles
    answer = {"out": str(out), "files": [file.name for file in files], "articles": articles}
    tell(as_json, answer, f"{counted(articles, 'article')} drawn: open {one_line(str(out / 'index.html'))}")
