"""`parknews correct`, `split` and `join`: a person's word, above what was read and judged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from crawler.cli.terminal import (
    Json,
    address_of,
    answers,
    counted,
    examples,
    one_line,
    print_json,
    settings_of,
    tell,
)
from crawler.runs.lines import correct_line, take_back
from crawler.runs.lines import withdraw as withdraw_correction
from crawler.runs.lock import run_lock
from crawler.sources import said_of
from pipelines.archive import Archive
from pipelines.archive.file import reader
from pipelines.archive.read.articles import article_of_url
from pipelines.archive.write.people import LINES, NO_ARTICLE, all_corrections, all_decisions, find_page
from pipelines.errors import ConfigurationError
from pipelines.utc import now_utc

T = TypeVar("T")

app = typer.Typer()

_Url = Annotated[str | None, typer.Argument(metavar="[URL]", help="A copy's or a page's address.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with it.")]
_List = Annotated[bool, typer.Option("--list", help="Show what was decided, withdrawn ones too.")]
_Withdraw = Annotated[int | None, typer.Option("--withdraw", metavar="ID", help="Take this one back.")]


@app.command(
    "correct",
    epilog=examples(
        ("set a date", 'parknews correct URL published 2023-09-27 --reason "the printed edition"'),
        ("say that the author is not known", 'parknews correct URL author "" --reason "a login box"'),
        ("all that were made", "parknews correct --list"),
        ("take number 3 back", "parknews correct --withdraw 3"),
        (
            "take a line out of the text, by its beginning",
            'parknews correct URL remove-line "下载客户端" --reason "an ad"',
        ),
        (
            "keep one that was stripped",
            'parknews correct URL keep-line "咨询电话" --reason "part of the notice"',
        ),
        note="Fields: title, published, author, credited_source, language; remove-line and keep-line for\n"
        "lines of the text. A correction outlasts every later fetch and reprocess.",
    ),
)
def correct(
    ctx: typer.Context,
    url: _Url = None,
    field: Annotated[str | None, typer.Argument(metavar="[FIELD]", help="Which field.")] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="[VALUE]", help="What it is; empty: unknown.")
    ] = None,
    reason: _Reason = "",
    list_all: _List = False,
    withdraw: _Withdraw = None,
    as_json: Json = False,
) -> None:
    """Correct a field or a line of a page by hand."""
    settings = settings_of(ctx)
    archive = settings.db
    if list_all:
        _print_corrections(archive, as_json)
        return

    if withdraw is not None:
        withdraw_correction(archive, withdraw, said_of(settings.sources))
        tell(as_json, {"withdrawn": withdraw}, f"correction {withdraw} is taken back")
        return
    if url is None or field is None or value is None or not reason.strip():
        raise typer.BadParameter("give URL, FIELD, VALUE and --reason TEXT (or --list, or --withdraw ID)")
    if field in LINES:
        number = correct_line(archive, address_of(url), field, value, reason, said_of(settings.sources))
    else:
        with Archive(archive, create=False) as open_archive:
            number = open_archive.correct(address_of(url), field, value or None, reason, now_utc())
    tell(as_json, {"id": number}, f"correction {number} is in force")


@app.command(
    "reject",
    epilog=examples(
        ("this is no article", 'parknews reject URL --reason "a list of downloads"'),
        ("nor are these", "parknews reject 'https://www.example.cn/jobs/*' --reason \"vacancies\""),
        ("all that was rejected", "parknews reject --list"),
        ("take it back", "parknews reject URL --undo"),
        note="It outlasts every later fetch and reprocess. What has to be forgotten is `remove-source`.",
    ),
)
def reject(
    ctx: typer.Context,
    address: Annotated[
        str | None,
        typer.Argument(metavar="[URL-or-PATTERN]", help="A page, or a whole address with * in it."),
    ] = None,
    reason: _Reason = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: it may be an article again.")] = False,
    list_all: _List = False,
    as_json: Json = False,
) -> None:
    """Say that a page, or all whose address a pattern stands for, is no article."""
    settings = settings_of(ctx)
    if list_all:
        _print_corrections(settings.db, as_json, NO_ARTICLE)
        return
    if address is None or not (undo or reason.strip()):
        raise typer.BadParameter("give URL-or-PATTERN and --reason TEXT (or --undo, or --list)")
    meant = _meant(settings.db, address)
    if undo:
        read, asked = take_back(settings.db, meant, said_of(settings.sources))
        later = f", {asked} are asked for by the next run" if asked else ""
        done = {"address": meant, "read_again": read, "asked_again": asked}
        tell(as_json, done, f"{meant}: taken back; {read} pages are read again{later}")
        return
    with run_lock(settings.db), Archive(settings.db, create=False) as archive:
        gone = archive.reject(meant, reason.strip(), now_utc())
    tell(as_json, {"address": meant, "pages": gone}, f"{meant}: {counted(gone, 'article')} less")


def _meant(archive: Path, address: str) -> str:
    """The page that an address stands for, in its one spelling; a pattern as it is."""
    if "*" in address:
        if not address.startswith(("http://", "https://")) or address.split("/", 3)[2] in ("", "*"):
            hint = "write a pattern with its host: https://www.example.cn/jobs/*"
            raise ConfigurationError(f"{one_line(address)}: {hint}")
        return address
    url = address_of(address)
    with reader(archive) as connection:
        return find_page(connection, url) or url


@app.command(
    "split",
    epilog=examples(
        ("make a copy an article of its own", 'parknews split URL --reason "their own report"'),
        ("all splits and joins that were made", "parknews split --list"),
        ("take number 2 back", "parknews split --withdraw 2"),
    ),
)
def split(
    ctx: typer.Context,
    url: _Url = None,
    reason: _Reason = "",
    list_all: _List = False,
    withdraw: _Withdraw = None,
    as_json: Json = False,
) -> None:
    """Make a copy an article of its own, whatever the joins say."""
    _decide(ctx, (url,), reason, list_all=list_all, withdraw=withdraw, as_json=as_json)


@app.command(
    "join",
    epilog=examples(
        ("make two articles one", 'parknews join URL URL --reason "one statement, rewritten"'),
        ("all splits and joins that were made", "parknews join --list"),
        ("take number 2 back", "parknews join --withdraw 2"),
    ),
)
def join(
    ctx: typer.Context,
    url: _Url = None,
    other: Annotated[str | None, typer.Argument(metavar="[URL]", help="The other one.")] = None,
    reason: _Reason = "",
    list_all: _List = False,
    withdraw: _Withdraw = None,
    as_json: Json = False,
) -> None:
    """Make the articles of two copies one, whatever the joins say."""
    _decide(ctx, (url, other), reason, list_all=list_all, withdraw=withdraw, as_json=as_json)


def _decide(
    ctx: typer.Context,
    urls: tuple[str | None, ...],
    reason: str,
    *,
    list_all: bool,
    withdraw: int | None,
    as_json: bool,
) -> None:
    archive = settings_of(ctx).db
    if list_all:
        _print_decisions(archive, as_json)
        return

    with Archive(archive, create=False) as open_archive:
        if withdraw is not None:
            open_archive.withdraw_decision(withdraw, now_utc())
            found = _numbers(archive, _urls_of(archive, withdraw))
            words = f"decision {withdraw} is taken back{_told(found)}"
            tell(as_json, {"withdrawn": withdraw, "articles": found}, words)
            return
        named = [address_of(url) for url in urls if url is not None]
        if len(named) < len(urls) or not reason.strip():
            wanted = "URL" if len(urls) == 1 else "two URLs"
            raise typer.BadParameter(f"give {wanted} and --reason TEXT (or --list, or --withdraw ID)")
        before = _numbers(archive, named)
        if len(named) == 1:
            number = open_archive.split(named[0], reason, now_utc())
        else:
            number = open_archive.join(named[0], named[1], reason, now_utc())
    found = _numbers(archive, named)
    unchanged = ", as before" if found == before else ""
    words = f"decision {number} is in force{_told(found)}{unchanged}"
    tell(as_json, {"id": number, "articles": found}, words)


def _asked(archive: Path, question: Callable[[sqlite3.Connection], T]) -> T:
    with reader(archive) as connection:
        return question(connection)


def _numbers(archive: Path, urls: list[str]) -> dict[str, int | None]:
    """The article of each URL now; None where it is in none any more."""
    return _asked(archive, lambda connection: {url: article_of_url(connection, url) for url in urls})


def _urls_of(archive: Path, decision: int) -> list[str]:
    [row] = [row for row in _asked(archive, all_decisions) if row.id == decision]
    return [url for url in (row.url, row.other_url) if url]


def _told(found: dict[str, int | None]) -> str:
    """What became of the URLs: one article, or one each."""
    numbers = list(found.values())
    if None in numbers:
        return ""
    if len(numbers) == 2 and len(set(numbers)) == 1:
        return f": both are article {numbers[0]}"
    return ": " + ", ".join(f"{one_line(url)} is article {number}" for url, number in found.items())


def _print_corrections(archive: Path, as_json: bool, field: str = "") -> None:
    rows = [row for row in _asked(archive, all_corrections) if field in ("", row.field)]
    if as_json:
        print_json({"corrections": [row.as_dict() for row in rows]})
        return
    console = answers()
    for row in rows:
        console.print(f"{row.id}  {one_line(row.page_url)}", soft_wrap=True)
        state = f", taken back {row.withdrawn_at}" if row.withdrawn_at else ""
        value = "" if row.field == NO_ARTICLE else f" = {one_line(row.value or '(unknown)')}"
        console.print(f"   {row.field}{value}; {row.at}{state}")
        console.print(f"   {one_line(row.reason)}")


def _print_decisions(archive: Path, as_json: bool) -> None:
    rows = _asked(archive, all_decisions)
    if as_json:
        print_json({"decisions": [row.as_dict() for row in rows]})
        return
    console = answers()
    for row in rows:
        state = f", taken back {row.withdrawn_at}" if row.withdrawn_at else ""
        console.print(f"{row.id}  {row.kind}; {row.at}{state}")
        for url in filter(None, (row.url, row.other_url)):
            console.print(f"   {one_line(url)}", soft_wrap=True)
        console.print(f"   {one_line(row.reason)}")
