"""`parknews sources`: what the sources file says, and a look at sites before and after they are sources.

Sites are looked at some at a time, so that hundreds can be added by one command.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crawler.cli.terminal import (
    ATTENTION,
    Json,
    answers,
    counted,
    examples,
    one_line,
    print_json,
    settings_of,
    span,
    table,
)
from crawler.config import Settings, fetch_options, require_contact
from crawler.runs.lock import run_lock
from crawler.sources import (
    KEYS,
    active,
    add_entries,
    bare_source,
    choose,
    duration,
    entry,
    known_sources,
    nothing_to_crawl,
    read_opml,
    read_some_sources,
    read_sources,
    remove_entry,
    set_paused,
    value_of,
)
from crawler.sources import rename as rename_entry
from pipelines.archive.file import missing, reader
from pipelines.archive.read.sources import LearnedTemplate, changed_templates, learned_templates, source_names
from pipelines.errors import ConfigurationError
from pipelines.records import DEFAULT_TIME_ZONE, CrawlSource
from pipelines.store import Asked, CrawlStore, store_path
from pipelines.utc import iso

if TYPE_CHECKING:
    from crawler.runs.survey import Survey

app = typer.Typer(no_args_is_help=True, help="The publications that may be crawled.")

Host = Annotated[str, typer.Argument(metavar="HOST", help="The source, by its host.")]

_AT_ONCE = 16
"""Sites looked at together: as many as a crawl has requests under way."""
_LOOK_S = 180.0
"""For these sites together; 20 pages at one a second take half a minute, a slow site three times as long."""
FEW = 3
"""Sites that are shown with all that was found; more become a table."""


@app.command(
    "add",
    epilog=examples(
        (
            "look at a site, and write it once you agree",
            "parknews sources add https://www.example-park.gov.cn/news/",
        ),
        ("hundreds of sites, from a script", "parknews sources add --from sites.txt --yes"),
        (
            "a site of which you know what is what",
            "parknews sources add www.example.cn --article '/news/*.html' --list '/news/$' --deny '*?print='",
        ),
        note="A PATTERN is one of robots.txt: it begins with / and stands for every path that begins so,\n"
        "* for anything, $ for the end. What begins with ^ is a regular expression. The longest holds.",
    ),
)
def add(
    ctx: typer.Context,
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Home pages or news lists.")
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A file with one URL a line, or OPML; - is stdin."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking what can be taken.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The sites may have private addresses (intranets).")
    ] = False,
    render: Annotated[
        bool, typer.Option("--render", help="Draw their pages in a browser (render = true).")
    ] = False,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What the site is called; else what it says.")
    ] = None,
    delay_s: Annotated[
        float | None, typer.Option("--delay", metavar="SECONDS", help="Between two requests (delay_s); 1.")
    ] = None,
    every: Annotated[
        str | None, typer.Option("--every", metavar="DURATION", help="How often it is due: 30m, 6h, 1d; 6h.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="ZONE", help="Of its dates: Asia/Shanghai.")
    ] = None,
    articles: Annotated[
        list[str] | None,
        typer.Option("--article", metavar="PATTERN", help="Addresses that are articles: '/news/*.html'."),
    ] = None,
    lists: Annotated[
        list[str] | None, typer.Option("--list", metavar="PATTERN", help="Addresses that are lists: '/tag/'.")
    ] = None,
    deny: Annotated[
        list[str] | None,
        typer.Option("--deny", metavar="PATTERN", help="Addresses that are not asked for: '*?print='."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; writes with --yes only.")
    ] = False,
) -> None:
    """Look at sites, show what would be taken from them, and write them into the sources file.

    Sites of a FILE that stand in the sources file already are passed over, and with --yes each is written
    as soon as it was looked at: what was interrupted is taken up by the same command.
    """
    settings = settings_of(ctx)
    if str(from_file) == "-" and not yes and not as_json:
        raise ConfigurationError("--from -: give --yes (or --json) with it; nobody could answer a question")
    said = {
        "name": ("--name", name),
        "delay_s": ("--delay", delay_s),
        "every": ("--every", every),
        "time_zone": ("--time-zone", time_zone),
        "articles": ("--article", articles or None),
        "lists": ("--list", lists or None),
        "deny": ("--deny", deny or None),
    }
    wanted = _wanted(urls or [], from_file, allow_private=allow_private, render=render)
    wanted = _as_said(wanted, said)
    wanted = _unknown(settings, wanted, skip=from_file is not None)
    wanted = _not_removed(settings, wanted, named=from_file is None)
    found: list[Survey] = []
    for looked in _surveys(settings, wanted):
        found += looked
        if not as_json:
            _print_looked(answers(), looked, briefly=len(wanted) > FEW)
        if yes:
            _write(settings, looked)
    good = [survey for survey in found if not survey.problem]
    if as_json:
        print_json({"sources": [asdict(survey) for survey in found], "written": bool(good and yes)})
    elif good and not yes and typer.confirm(f"Write {len(good)} into {settings.sources}?", err=True):
        _write(settings, found)
    if len(good) < len(found):
        raise typer.Exit(ATTENTION)


@app.command(
    "check",
    epilog=examples(("does every source still answer, and can it be read?", "parknews sources check")),
)
def check(
    ctx: typer.Context,
    hosts: Annotated[
        list[str] | None, typer.Argument(metavar="[HOST]...", help="Sources; all where none.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try every source with a few pages; exit 1 where nothing could be read. Nothing is archived."""
    settings = settings_of(ctx)
    sources = active(read_some_sources(settings.sources), hosts or [])
    sources = _not_removed(settings, sources, named=bool(hosts))
    found = [survey for looked in _surveys(settings, sources) for survey in looked]
    if as_json:
        print_json({"sources": [asdict(survey) for survey in found]})
    else:
        _print_checked(answers(), found)
    if any(survey.problem for survey in found):
        raise typer.Exit(ATTENTION)


@app.command(
    "list",
    epilog=examples(
        ("what would be crawled, and how often", "parknews sources list"),
        ("of another file, for a script", "parknews --sources mine.toml sources list --json"),
    ),
)
def list_sources(ctx: typer.Context, as_json: Json = False) -> None:
    """List the sources of the sources file, with their schedule."""
    path = settings_of(ctx).sources
    sources = read_sources(path)
    if as_json:
        print_json({"sources": [asdict(source) for source in sources]})
    elif sources:
        _print_sources(answers(), sources)
    if not sources:
        raise nothing_to_crawl(path)


@app.command(
    "show",
    epilog=examples(
        ("how its pages are made, as far as was learned", "parknews sources show www.example-park.gov.cn")
    ),
)
def show_source(ctx: typer.Context, host: Host, as_json: Json = False) -> None:
    """Show what was learned of a source's pages: where articles stand, from how many pages, how well."""
    settings = settings_of(ctx)
    with reader(settings.db) as connection:
        found = learned_templates(connection, host)
        known = host in source_names(connection)
        changed = changed_templates(connection).get(host)
    if not known:
        raise ConfigurationError(
            f"{one_line(host)}: the archive has no such source; `parknews status` lists them"
        )
    if as_json:
        change = {"at": changed[0], "before": changed[1]} if changed else None
        print_json({"host": host, "templates": [asdict(one) for one in found], "changed": change})
    else:
        _print_templates(answers(), found, changed)


@app.command(
    "forget-templates",
    epilog=examples(
        (
            "learn its pages anew; what is archived stays",
            "parknews sources forget-templates www.example-park.gov.cn",
        )
    ),
)
def forget_templates(ctx: typer.Context, host: Host) -> None:
    """Drop what was learned of how a source makes its pages: they are read whole until it is relearned."""
    from pipelines.archive import Archive  # noqa: PLC0415

    db = settings_of(ctx).db
    if not db.exists():
        raise missing(db)
    with run_lock(db), Archive(db, create=False) as archive:
        forgotten = archive.forget_templates(host)
    print(f"{host}: {counted(forgotten, 'template')} forgotten", file=sys.stderr)


@app.command(
    "ack",
    epilog=examples(
        (
            "it is being rebuilt until the new year",
            "parknews sources ack www.example-park.gov.cn --until 2026-12-31",
        )
    ),
)
def acknowledge(
    ctx: typer.Context,
    host: Host,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Silent until this day: 2026-12-31.")],
) -> None:
    """Say that a source's troubles are known: no exit code and no message for them until a day."""
    settings, source = _of(ctx, host)
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise ConfigurationError(f"--until {until}: write a day as 2026-12-31") from None
    if day < datetime.now().astimezone().date():
        raise ConfigurationError(f"--until {day}: is over; name a day to come")
    with _store(settings.db) as store:
        end = datetime.combine(day, time.min, UTC) + timedelta(days=1)
        store.sources.acknowledge(source.host, end.timestamp(), at=datetime.now(UTC).timestamp())
    print(f"{source.host}: its troubles are acknowledged until {day}", file=sys.stderr)


@app.command(
    "log",
    epilog=examples(
        ("the last 50 requests", "parknews sources log www.example-park.gov.cn"),
        ("of the last 30 days all", "parknews sources log www.example-park.gov.cn --limit 1000000 --json"),
    ),
)
def log(
    ctx: typer.Context,
    host: Host,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many, the latest.")] = 50,
    as_json: Json = False,
) -> None:
    """Show what was asked of a source: when, why, the answer, its bytes and how long it took."""
    settings, source = _of(ctx, host)
    with _store(settings.db) as store:
        asked = store.sources.logged(source.host, limit)
    if as_json:
        print_json(
            {"requests": [{**asdict(one), "at": iso(datetime.fromtimestamp(one.at, UTC))} for one in asked]}
        )
    else:
        _print_asked(answers(), asked)


@app.command(
    "pause",
    epilog=examples(("not while it is being rebuilt", "parknews sources pause www.example-park.gov.cn")),
)
def pause(ctx: typer.Context, host: Host) -> None:
    """Leave a source out of runs; what is archived of it stays."""
    _set_paused(ctx, host, paused=True)


@app.command("resume", epilog=examples(("take it again", "parknews sources resume www.example-park.gov.cn")))
def resume(ctx: typer.Context, host: Host) -> None:
    """Take a source again that was paused."""
    _set_paused(ctx, host, paused=False)


def _set_paused(ctx: typer.Context, host: str, *, paused: bool) -> None:
    settings, source = _of(ctx, host)
    if source.paused != paused:
        set_paused(settings.sources, source.host, paused=paused)
    _note(settings)
    done = "paused; `parknews sources resume` takes it again" if paused else "is crawled again"
    already = "was so already: " if source.paused == paused else ""
    print(f"{source.host}: {already}{done}", file=sys.stderr)


def _note(settings: Settings) -> None:
    from crawler.runs.run import note_sources  # noqa: PLC0415  # loads Scrapy, which `sources list` needs not

    note_sources(settings.db, read_sources(settings.sources))


@app.command(
    "rename",
    epilog=examples(
        ("as it calls itself now", "parknews sources rename www.example-park.gov.cn 示例高新区管委会")
    ),
)
def rename(
    ctx: typer.Context,
    host: Host,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What is shown beside everything of it.")],
) -> None:
    """Give a source another name, in the sources file and beside what is archived of it."""
    settings, source = _of(ctx, host)
    rename_entry(settings.sources, source.host, name)
    _note(settings)
    print(f"{source.host}: {one_line(source.name)} is {one_line(name)} now", file=sys.stderr)


@app.command(
    "remove",
    epilog=examples(
        ("crawl it no more", "parknews sources remove www.example-park.gov.cn"),
        ("and forget what was archived of it", "parknews remove-source www.example-park.gov.cn"),
    ),
)
def remove(ctx: typer.Context, host: Host) -> None:
    """Take a source out of the sources file; what is archived of it stays."""
    settings, source = _of(ctx, host)
    remove_entry(settings.sources, source.host)
    print(
        f"{source.host}: out of {settings.sources}; what is archived of it stays"
        " (`parknews remove-source` forgets it)",
        file=sys.stderr,
    )


@app.command(
    "release",
    epilog=examples(
        ("its owner has moved it to a new system", "parknews sources release www.example-park.gov.cn")
    ),
)
def release(ctx: typer.Context, host: Host) -> None:
    """Say that a source which was held is the right one: it is crawled again."""
    settings, source = _of(ctx, host)
    with _store(settings.db) as store:
        released = store.sources.release(source.host)
    print(f"{source.host}: {'released' if released else 'was not held'}", file=sys.stderr)


def _of(ctx: typer.Context, host: str) -> tuple[Settings, CrawlSource]:
    """The source of that host."""
    settings = settings_of(ctx)
    return settings, choose(read_sources(settings.sources), [host])[0]


def _wanted(
    urls: list[str], from_file: Path | None, *, allow_private: bool, render: bool
) -> list[CrawlSource]:
    """The sources that were named, those of one host together."""
    named = [(url, "") for url in urls] + (_listed(from_file) if from_file else [])
    if not named:
        raise ConfigurationError("name a URL, or a file of URLs with --from")
    found: dict[str, CrawlSource] = {}
    for url, name in named:
        try:
            source = bare_source(url, allow_private=allow_private, render=render)
        except ValueError as error:
            raise ConfigurationError(f"{one_line(url)}: {error}") from None
        known = found.get(source.host, source)
        starts = tuple(dict.fromkeys((*known.start_urls, *source.start_urls)))
        own = name if name and known.name == known.host else known.name
        found[source.host] = replace(known, start_urls=starts, name=own)
    return list(found.values())


def _listed(from_file: Path) -> list[tuple[str, str]]:
    """URLs and names of a list: a URL a line, or OPML as feed readers write it."""
    try:
        body = sys.stdin.buffer.read() if str(from_file) == "-" else from_file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{from_file}: cannot be read ({error.strerror})") from None
    try:
        if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            return read_opml(body)
        lines = (line.strip() for line in body.decode("utf-8-sig").splitlines())
    except ValueError as error:
        raise ConfigurationError(f"{from_file}: neither a URL a line nor OPML ({error})") from None
    return [(line, "") for line in lines if line and not line.startswith("#")]


def _as_said(wanted: list[CrawlSource], said: Mapping[str, tuple[str, object]]) -> list[CrawlSource]:
    """The sources with what the options say of them."""
    given = {key: value_of(key, value, option) for key, (option, value) in said.items() if value is not None}
    if "name" in given and len(wanted) > 1:
        raise ConfigurationError(f"--name: these are {len(wanted)} sites; name them one at a time")
    return [replace(source, **{KEYS[key][0]: value for key, value in given.items()}) for source in wanted]


def _unknown(settings: Settings, wanted: list[CrawlSource], *, skip: bool) -> list[CrawlSource]:
    """Those that do not stand in the sources file; the others are an error, or passed over."""
    known = {source.host for source in known_sources(settings.sources)}
    twice = [source.host for source in wanted if source.host in known]
    if twice and not skip:
        raise ConfigurationError(f"{twice[0]}: stands in {settings.sources} already")
    if twice:
        print(f"{len(twice)} of {len(wanted)} stand in {settings.sources} already", file=sys.stderr)
    return [source for source in wanted if source.host not in known]


def _not_removed(settings: Settings, wanted: list[CrawlSource], *, named: bool) -> list[CrawlSource]:
    """Those that no removal keeps out; the others are refused where they were named, or passed over."""
    from crawler.runs.watch import refuse_removed, removed_starts  # noqa: PLC0415  # loads numpy: 0.1 s

    removed = removed_starts(settings.db, wanted)
    if named:
        refuse_removed(removed)
    for host, why in removed.items():
        print(f"{one_line(host)}: {why}; passed over", file=sys.stderr)
    return [source for source in wanted if source.host not in removed]


def _surveys(settings: Settings, sources: list[CrawlSource]) -> Iterator[list[Survey]]:
    """Looks at some sites at a time; what came of them, as it comes."""
    from crawler.runs.survey import survey  # noqa: PLC0415  # loads Scrapy, which `sources list` needs not

    require_contact(sources, settings.contact)
    options = fetch_options(settings, time_limit_s=_LOOK_S)
    for first in range(0, len(sources), _AT_ONCE):
        if len(sources) > _AT_ONCE:
            last = min(first + _AT_ONCE, len(sources))
            print(f"looking at {first + 1} to {last} of {len(sources)}", file=sys.stderr)
        yield survey(sources[first : first + _AT_ONCE], options, settings.db)


def _write(settings: Settings, looked: list[Survey]) -> None:
    good = [survey.source for survey in looked if not survey.problem]
    if good:
        add_entries(settings.sources, good)
        print(f"{len(good)} written into {settings.sources}", file=sys.stderr)


def _print_looked(console: Console, looked: list[Survey], *, briefly: bool) -> None:
    if briefly:
        _print_checked(console, looked)
        return
    for survey in looked:
        _print_survey(console, survey, entry(survey.source))


def _print_survey(console: Console, survey: Survey, written: str) -> None:
    console.print(one_line(f"{survey.source.name} ({survey.source.host})"), style="bold", soft_wrap=True)
    facts = {
        "robots.txt": survey.robots,
        "encoding": survey.encoding or "unknown",
        "language": survey.source.language or "unknown",
        "time zone": survey.source.time_zone or f"{DEFAULT_TIME_ZONE}, or what its pages state",
        "feeds": ", ".join(survey.feeds) or "none",
        "sitemaps": ", ".join(survey.sitemaps) or "none",
        "lists": ", ".join(survey.lists) or "the start page only",
        "posts named": _named(survey),
        "samples": _samples(survey),
        "pace": _pace(survey),
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


def _named(survey: Survey) -> str:
    """The posts that feeds and sitemaps name."""
    by = [f"{survey.announced[via]} by {via}" for via in ("sitemap", "feed") if survey.announced.get(via)]
    return " and ".join(by) or "none by a sitemap or feed: they are found on its lists alone"


def _samples(survey: Survey) -> str:
    """What became of the pages that were read."""
    if not survey.judged:
        return "no page could be judged"
    said = f"{len(survey.articles)} of {survey.judged} pages read as articles"
    return said + (
        f"; {survey.listlike} of {survey.judged} samples look like lists" if survey.listlike else ""
    )


def _pace(survey: Survey) -> str:
    """How long the first run takes."""
    least = f"at least {span(survey.first_run_s)} for the {survey.known} addresses known so far"
    return f"{survey.delay_s:g} s between requests; the first run takes {least}"


def _print_checked(console: Console, found: list[Survey]) -> None:
    rows = table(
        "source", "robots.txt", "feeds", "sitemaps", "articles", right=("feeds", "sitemaps", "articles")
    )
    for survey in found:
        read = f"{len(survey.articles)} of {survey.judged}"
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


def _print_templates(console: Console, found: list[LearnedTemplate], changed: tuple[str, str] | None) -> None:
    if not found:
        console.print("no template is learned: every page is read whole")
    for one in found:
        console.print(one_line(one.selector), style="bold", soft_wrap=True)
        age = (datetime.now(UTC) - datetime.fromisoformat(one.at)).days
        learned = f"learned from {one.pages} pages {age} days ago, {one.cut} kinds of elements left out"
        console.print(f"  {one.state}; {learned}", soft_wrap=True)
        erred = f", differed {one.erred} times" if one.erred else ""
        console.print(f"  read {one.read} pages; agreed with the whole page on {one.agreed}{erred}")
    if changed:
        said = f"! template changed on {changed[0][:10]}: articles stood in {one_line(changed[1])}"
        console.print(said, soft_wrap=True)


def _print_asked(console: Console, asked: list[Asked]) -> None:
    """A line a request, however long its address: this is read with grep, too."""
    for one in asked:
        when = datetime.fromtimestamp(one.at).astimezone().strftime("%m-%d %H:%M:%S")
        size = "-" if one.body_bytes is None else f"{one.body_bytes:,} bytes"
        led = f" (named by {one.led_by})" if one.led_by else ""
        said = f"{when}  {one.answer}, {size}, {one.took_ms} ms  {one.why}: {one.url}{led}"
        console.print(one_line(said), soft_wrap=True)
    if not asked:
        console.print("nothing was asked of it in 30 days")


def _store(db: Path) -> CrawlStore:
    if not db.exists():
        raise missing(db)
    return CrawlStore(store_path(db))


def _print_sources(console: Console, sources: list[CrawlSource]) -> None:
    for source in sources:
        paused = " (paused)" if source.paused else ""
        console.print(one_line(source.host) + paused, style="bold", soft_wrap=True)
        manners = f"every {duration(source.every_s)}, {source.delay_s:g} s between requests"
        console.print(f"  {one_line(source.name)}; {manners}")
        for url in source.start_urls:
            console.print(f"  {one_line(url)}", style="dim", soft_wrap=True)
