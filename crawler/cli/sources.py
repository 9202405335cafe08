"""`parknews sources`: what the sources file says."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.failures import ATTENTION
from crawler.cli.output import answers, one_line, print_json, table
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.config import Settings
    from crawler.records import CrawlSource
    from crawler.store import CrawlStore
    from crawler.survey import Survey

EPILOG = examples(
    ("what would be crawled, and how often", "parknews sources list"),
    ("of another file, for a script", "parknews --sources mine.toml sources list --json"),
)

ADD_EPILOG = examples(
    (
        "look at a site, and write it once you agree",
        "parknews sources add https://www.example-park.gov.cn/news/",
    ),
    ("hundreds of sites, from a script", "parknews sources add --from sites.txt --yes"),
)
CHECK_EPILOG = examples(("does every source still answer, and can it be read?", "parknews sources check"))
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


@app.command("add", epilog=ADD_EPILOG)
def add(
    ctx: typer.Context,
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Home pages or news lists.")
    ] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A file with one URL a line.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking what can be taken.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The sites may have private addresses (intranets).")
    ] = False,
    render: Annotated[
        bool, typer.Option("--render", help="Draw their pages in a browser (render = true).")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; writes with --yes only.")
    ] = False,
) -> None:
    """Look at sites, show what would be taken from them, and write them into the sources file."""
    from crawler.sources_file import add_entries, entry  # noqa: PLC0415  # --help needs none of it

    settings = settings_of(ctx)
    wanted = _wanted(urls or [], from_file, allow_private=allow_private, render=render)
    _refuse_known(settings, wanted)
    found = _survey(settings, wanted)
    good = [survey for survey in found if not survey.problem]
    if as_json:
        print_json({"sources": [asdict(survey) for survey in found], "written": bool(good and yes)})
    else:
        for survey in found:
            _print_survey(answers(), survey, entry(survey.source))
    if good and (
        yes or (not as_json and typer.confirm(f"Write {len(good)} into {settings.sources}?", err=True))
    ):
        add_entries(settings.sources, [survey.source for survey in good])
        print(f"{len(good)} written into {settings.sources}", file=sys.stderr)
    if len(good) < len(found):
        raise typer.Exit(ATTENTION)


@app.command("check", epilog=CHECK_EPILOG)
def check(
    ctx: typer.Context,
    hosts: Annotated[
        list[str] | None, typer.Argument(metavar="[HOST]...", help="Sources; all where none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Try every source with a few pages; exit 1 where nothing could be read. Nothing is archived."""
    from crawler.sources import choose, nothing_to_crawl, read_sources  # noqa: PLC0415

    settings = settings_of(ctx)
    sources = choose(read_sources(settings.sources), hosts or [])
    if not sources:
        raise nothing_to_crawl(settings.sources)
    found = _survey(settings, sources)
    if as_json:
        print_json({"sources": [asdict(survey) for survey in found]})
    else:
        _print_checked(answers(), found)
    if any(survey.problem for survey in found):
        raise typer.Exit(ATTENTION)


def _wanted(
    urls: list[str], from_file: Path | None, *, allow_private: bool, render: bool
) -> list[CrawlSource]:
    from crawler.survey import bare_source  # noqa: PLC0415

    lines = from_file.read_text(encoding="utf-8-sig").splitlines() if from_file else []
    urls = [*urls, *(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))]
    if not urls:
        raise ConfigurationError("name a URL, or a file of URLs with --from")
    found: dict[str, CrawlSource] = {}
    for url in urls:
        try:
            source = bare_source(url, allow_private=allow_private, render=render)
        except ValueError as error:
            raise ConfigurationError(f"{one_line(url)}: {error}") from None
        known = found.get(source.host)
        starts = (*known.start_urls, *source.start_urls) if known else source.start_urls
        found[source.host] = replace(source, start_urls=tuple(dict.fromkeys(starts)))
    return list(found.values())


def _refuse_known(settings: Settings, wanted: list[CrawlSource]) -> None:
    from crawler.sources import read_sources  # noqa: PLC0415

    known = {s.host for s in read_sources(settings.sources)} if settings.sources.exists() else set()
    for source in wanted:
        if source.host in known:
            raise ConfigurationError(f"{source.host}: stands in {settings.sources} already")


def _survey(settings: Settings, sources: list[CrawlSource]) -> list[Survey]:
    from crawler.cli.crawl import run_options  # noqa: PLC0415
    from crawler.sources import require_contact  # noqa: PLC0415
    from crawler.survey import survey  # noqa: PLC0415

    require_contact(sources, settings.contact)
    return survey(sources, run_options(settings, revisit=False).fetch)


def _print_survey(console: Console, survey: Survey, written: str) -> None:
    console.print(one_line(f"{survey.source.name} ({survey.source.host})"), style="bold", soft_wrap=True)
    facts = {
        "robots.txt": survey.robots,
        "encoding": survey.encoding or "unknown",
        "feeds": ", ".join(survey.feeds) or "none",
        "sitemaps": ", ".join(survey.sitemaps) or "none",
        "lists": ", ".join(survey.lists) or "the start page only",
    }
    for name, value in facts.items():
        console.print(f"  {name}: {one_line(value)}", soft_wrap=True)
    for sample in survey.articles:
        title = f"{sample.published or 'no date':10}  {sample.title}  ({sample.characters} characters)"
        console.print(f"  {one_line(title)}", soft_wrap=True)
    if survey.problem:
        console.print(f"! {one_line(survey.problem)}", soft_wrap=True)
    else:
        console.print(written, style="dim", soft_wrap=True)


def _print_checked(console: Console, found: list[Survey]) -> None:
    rows = table(
        "source", "robots.txt", "feeds", "sitemaps", "articles", right=("feeds", "sitemaps", "articles")
    )
    for survey in found:
        read = f"{len(survey.articles)} of {len(survey.articles) + survey.rejected}"
        rows.add_row(
            one_line(survey.source.name),
            survey.robots,
            str(len(survey.feeds)),
            str(len(survey.sitemaps)),
            read,
        )
    console.print(rows)
    for survey in found:
        if survey.problem:
            console.print(f"! {one_line(survey.source.host)}: {one_line(survey.problem)}", soft_wrap=True)


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
    from crawler.store import CrawlStore, store_path  # noqa: PLC0415
    from pipelines.archive.connect import missing  # noqa: PLC0415

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
