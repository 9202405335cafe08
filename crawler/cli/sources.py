"""`parknews sources`: what the sources file says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.output import answers, one_line, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.records import CrawlSource

EPILOG = examples(
    ("what would be crawled, and how often", "parknews sources list"),
    ("of another file, for a script", "parknews --sources mine.toml sources list --json"),
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="The publications that may be crawled.")


@app.command("list", epilog=EPILOG)
def list_sources(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the sources of the sources file, with their schedule."""
    from crawler.sources import nothing_to_crawl, read_sources  # noqa: PLC0415  # --help reads no file

    path = settings_of(ctx).sources
    sources = read_sources(path)
    if as_json:
        print_json({"sources": [asdict(source) for source in sources]})
    elif sources:
        _print_sources(answers(), sources)
    if not sources:
        raise nothing_to_crawl(path)


def _print_sources(console: Console, sources: list[CrawlSource]) -> None:
    for source in sources:
        console.print(one_line(source.host), style="bold", soft_wrap=True)
        manners = f"every {duration(source.every_s)}, {source.delay_s:g} s between requests"
        console.print(f"  {one_line(source.name)}; {manners}")
        for url in source.start_urls:
            console.print(f"  {one_line(url)}", style="dim", soft_wrap=True)


def duration(seconds: float) -> str:
    """Seconds in the largest unit that leaves no rest: 6h, 90m, 2d."""
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size:g}{unit}"
    return f"{seconds:g}s"
