"""`parknews read`: what would be archived of one page, field by field; nothing is written."""

from __future__ import annotations

import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from crawler.cli.account import Line, attachments, origins, print_section, stripped
from crawler.cli.running import log_to
from crawler.cli.terminal import (
    Json,
    address_of,
    answers,
    examples,
    one_line,
    plain,
    print_indented,
    print_json,
    remarks,
    settings_of,
)
from crawler.config import Settings, fetch_options
from crawler.runs.single import Seen, see_address, see_bytes, source_for
from crawler.sources import read_sources
from pipelines.errors import ConfigurationError
from pipelines.records import Field, Published, Reading, Rejection

app = typer.Typer()

_NOWHERE = "https://localhost/page.html"
"""The address of a page of which nobody said where it stands."""


@app.command(
    "read",
    epilog=examples(
        ("what would be archived of this page", "parknews read https://www.example.cn/1.html"),
        (
            "of a page that is at hand, with what a source's entry says",
            "parknews read page.html --source www.example.cn",
        ),
        ("of what another program fetched", "curl -s URL | parknews read - --url URL"),
        note="A page is asked for by the crawler's rules: robots.txt, pace, contact, removals. Nothing is\n"
        "written: no archive, no page. What is read wrongly is mended in [source.read] of the sources file.",
    ),
)
def read(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="URL-or-FILE", help="An address, a file, or - for what comes on stdin.")
    ],
    host: Annotated[
        str,
        typer.Option(
            "--source",
            metavar="HOST",
            help="Read it as a page of this source. [dim]Default: by its address.[/]",
        ),
    ] = "",
    url: Annotated[
        str,
        typer.Option("--url", metavar="URL", help="The address of a page that comes from a file or stdin."),
    ] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The address may be private (intranets).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what would be archived of one page, each field with its origin, or why it is refused."""
    settings = settings_of(ctx)
    log_to(remarks(), settings.verbose)
    seen = _seen(settings, reference, host, url, allow_private=allow_private)
    if as_json:
        print_json(_as_json(seen))
    elif isinstance(seen.result, Rejection):
        _print_rejection(answers(), seen, seen.result)
    else:
        _print_reading(answers(), seen, seen.result)


def _seen(settings: Settings, reference: str, host: str, url: str, *, allow_private: bool) -> Seen:
    sources = read_sources(settings.sources) if host or settings.sources.exists() else []
    body = _bytes(reference)
    address = (
        address_of(url or (f"https://{host}/page.html" if host else _NOWHERE)) if body is not None else ""
    )
    address = address or address_of(reference)
    known = source_for(address, sources, host, allow_private=allow_private)
    if body is not None:
        return see_bytes(body, address, known, settings.db)
    return see_address(address, known, fetch_options(settings), settings.db)


def _bytes(reference: str) -> bytes | None:
    """The bytes of a page that is at hand; None for an address."""
    if reference == "-":
        return sys.stdin.buffer.read()
    if "://" in reference:
        return None
    try:
        return Path(reference).read_bytes()
    except OSError as error:
        hint = "an address begins with https:// or http://"
        raise ConfigurationError(f"{one_line(reference)}: {error.strerror or error}; {hint}") from None


def _print_rejection(console: Console, seen: Seen, rejection: Rejection) -> None:
    console.print(f"would be rejected: {plain(rejection.url)}", soft_wrap=True)
    print_indented(console, f"{one_line(rejection.reason)} (stage {rejection.stage})", 2)
    _print_source(console, seen)


def _print_reading(console: Console, seen: Seen, reading: Reading) -> None:
    story = reading.story
    console.print(Text(one_line(story.title.value), style="bold"))
    console.print(Text(plain(reading.url), style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(plain(story.text)))
    _print_source(console, seen)
    print_section(console, "Attachments", attachments(story.attachments))
    print_section(console, "Where the fields came from", origins(_origins(reading), story.missed))
    said = (": ".join(filter(None, (right.kind, right.holder or right.value))) for right in story.rights)
    print_section(console, "What the page says about rights", (Line(one_line(one), 2) for one in said))
    print_section(console, "Stripped", [*stripped(story.stripped, 2)] or [Line("nothing", 2)])


def _print_source(console: Console, seen: Seen) -> None:
    known = "as the sources file has it" if seen.in_sources_file else "not in the sources file"
    console.print()
    console.print(
        f"Read as a page of {plain(seen.page.source)}, {known}; nothing was written.", soft_wrap=True
    )
    if said := _by_template(seen.result):
        console.print(said, soft_wrap=True)


def _by_template(result: Reading | Rejection) -> str:
    """How the template of its source reads it, beside what was read whole; empty where nothing is learned."""
    lesson = result.lesson
    if lesson is None or lesson.template is None:
        return ""
    if lesson.agrees:
        return "Its source's template reads the same."
    if lesson.agrees is False:
        return f"Its source's template reads otherwise: {', '.join(lesson.differs)}."
    return "Its source's template does not fit it: it is read whole."


def _origins(reading: Reading) -> dict[str, Field]:
    """Every field that was found, with where it stood."""
    found: dict[str, Field] = {}
    for name in (field.name for field in fields(reading.story)):
        value = getattr(reading.story, name)
        if isinstance(value, Published):
            found[name] = Field(value.value, value.origin, value.evidence)
        elif isinstance(value, Field):
            found[name.removesuffix("_from")] = value
    return found


def _as_json(seen: Seen) -> dict[str, Any]:
    """The answer as JSON has it, by the names that `show --json` has for a copy."""
    result = seen.result
    lesson = result.lesson
    about = {
        "source": seen.page.source,
        "in_sources_file": seen.in_sources_file,
        "template": {"agrees": lesson.agrees, "differs": lesson.differs}
        if lesson and lesson.template
        else None,
    }
    if isinstance(result, Rejection):
        return {
            "found": "rejection",
            "url": result.url,
            **about,
            "stage": result.stage,
            "reason": result.reason,
        }
    story, published = result.story, result.story.published
    origins = _origins(result)
    names = ("title", "author", "editor", "credited_source", "site_name", "dateline")
    return {
        "found": "article",
        "url": result.url,
        **about,
        "encoding": result.encoding,
        **{name: origins[name].value if name in origins else None for name in names},
        "published": published and published.value,
        "published_day": published and published.day.isoformat(),
        "date_origin": published and published.origin,
        "language": story.language,
        "text": story.text,
        "origins": {name: asdict(field) for name, field in origins.items()},
        "attachments": [asdict(file) for file in story.attachments],
        "missed": [asdict(missed) for missed in story.missed],
        "stripped": [asdict(piece) for piece in story.stripped],
        "rights": [asdict(right) for right in story.rights],
        "claims": [asdict(claim) for claim in story.claims],
    }
