"""`parknews sources`: what the sources file says."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.output import answers, one_line, print_json
from crawler.cli.sources_look import ADD_EPILOG, CHECK_EPILOG, add, check
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.pages.records import CrawlSource
    from pipelines.store import CrawlStore

EPILOG = examples(
    ("what would be crawled, and how often", "parknews sources list"),
    ("of another file, for a script", "parknews --sources mine.toml sources list --json"),
)

ACK_EPILOG = examples(
    (
        "it is being rebuilt until the new year",
        "parknews sources ack www.example-park.gov.cn --until 2026-12-31",
    )
)
RELEASE_EPILOG = examples(
    ("its owner has moved it to a new system", "parknews sources release www.example-park.gov.cn")
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="The publications that may be crawled.")
app.command("add", epilog=ADD_EPILOG)(add)
app.command("check", epilog=CHECK_EPILOG)(check)


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


@app.command("ack", epilog=ACK_EPILOG)
def acknowledge(
    ctx: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="The source, by its host.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Silent until this day: 2026-12-31.")],
) -> None:
    """Say that a source's troubles are known: no exit code and no message for them until a day."""
    from crawler.sources import choose, read_sources  # noqa: PLC0415

    settings = settings_of(ctx)
    [source] = choose(read_sources(settings.sources), [host])
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise ConfigurationError(f"--until {until}: write a day as 2026-12-31") from None
    if day < datetime.now().astimezone().date():
        raise ConfigurationError(f"--until {day}: is over; name a day to come")
    with _store(settings.db) as store:
        end = datetime.combine(day, time.min, UTC) + timedelta(days=1)
        store.acknowledge(source.host, end.timestamp(), at=datetime.now(UTC).timestamp())
    print(f"{source.host}: its troubles are acknowledged until {day}", file=sys.stderr)


@app.command("release", epilog=RELEASE_EPILOG)
def release(
    ctx: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="The source, by its host.")],
) -> None:
    """Say that a source which was held is the right one: it is crawled again."""
    from crawler.sources import choose, read_sources  # noqa: PLC0415

    settings = settings_of(ctx)
    [source] = choose(read_sources(settings.sources), [host])
    with _store(settings.db) as store:
        released = store.release(source.host)
    print(f"{source.host}: {'released' if released else 'was not held'}", file=sys.stderr)


def _store(db: Path) -> CrawlStore:
    from pipelines.archive.file import missing  # noqa: PLC0415
    from pipelines.store import CrawlStore, store_path  # noqa: PLC0415

    if not db.exists():
        raise missing(db)
    return CrawlStore(store_path(db))


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
