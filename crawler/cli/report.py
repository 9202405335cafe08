"""`parknews report`: the pictures of the archive as a folder that opens from disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import Annotated

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.options import day_of
from crawler.cli.output import one_line, print_json
from pipelines.errors import StorageError

EPILOG = examples(
    ("everything, then open report/index.html", "parknews report --out report"),
    ("one quarter", "parknews report --since 2025-01 --until 2025-03 --out first-quarter"),
)


def report(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder to write; made where missing.")
    ],
    since: Annotated[
        str, typer.Option(metavar="DAY", help="First day, month or year: 2025-03-01, 2025.")
    ] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Last day, month or year, included.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Draw the archive: who publishes, who copies whom, what spreads, what failed. In Chinese and English."""
    from pipelines.archive.file import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.archive.read.figures import figures  # noqa: PLC0415
    from pipelines.archive.read.selection import Days  # noqa: PLC0415
    from pipelines.report.page import write_report  # noqa: PLC0415

    days = Days(day_of("--since", since), day_of("--until", until))
    connection = read_only(settings_of(ctx).db)
    found = figures(connection, days)
    connection.close()
    made_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    try:
        files = write_report(found, out, made_at)
    except OSError as error:
        raise StorageError(f"{out}: {error.strerror or error}; name another folder with --out") from error
    if as_json:
        print_json(
            {"out": str(out), "files": [file.name for file in files], "articles": found.total.articles}
        )
    else:
        print(f"{found.total.articles:,} articles drawn: open {one_line(str(out / 'index.html'))}")
