"""`parknews show`: one article and the whole account of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.context import settings_of
from crawler.cli.examples import examples
from crawler.cli.output import answers, one_line, plain, print_indented, print_json
from crawler.cli.show_standing import (
    print_decisions,
    print_differences,
    print_first_publisher,
    print_held,
    print_moves,
    print_versions,
)
from pipelines.errors import ParknewsError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from rich.console import Console

    from pipelines.show import Apart, ShownArticle, ShownCopy, ShownRejection

EPILOG = examples(
    ("the article with this id", "parknews show 42"),
    (
        "the article that this page belongs to, or why it is none",
        "parknews show https://www.example.cn/1.html",
    ),
    ("everything about it, for a script", "parknews show 42 --json"),
)

_PIECE_CHARACTERS = 120
"""A stripped footer can be a page long; its first line and a half says what it was. --json has it all."""

_PAGES_MOST = 3
"""Pages that are named beside a notice that all of them have; --json has all."""

_FIELD_ORDER = "title published author editor credited_source site_name language"


def show(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="ID-or-URL", help="An article's id, or any URL it was seen at.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show one article: its text, all its copies, what was stripped, where its fields came from.

    For a URL that did not become a copy, the reason.
    """
    from pipelines.archive.file import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.archive.kept_out.blocks import answer  # noqa: PLC0415
    from pipelines.show import ShownRejection  # noqa: PLC0415
    from pipelines.show import show as find  # noqa: PLC0415

    db = settings_of(ctx).db
    connection = read_only(db)
    if removed := answer(connection, reference):
        print_json({"found": "removal", "removed": removed}) if as_json else print(removed)
        return
    found = find(connection, reference)
    held = None if found else _held_back(connection, reference)
    connection.close()
    if held:
        print_json({"found": "held back", "held": held}) if as_json else print(held)
        return
    if found is None:
        raise ParknewsError(_unknown(reference, str(db)))
    if isinstance(found, ShownRejection):
        print_json(shown_json(found)) if as_json else _print_rejection(answers(), found)
        return
    urls = [copy.url for copy in found.copies]
    verdicts, drawn = _of_pages(db, urls)
    if as_json:
        print_json({**shown_json(found), "permissions": verdicts, "drawn": drawn})
    else:
        _print_article(answers(), found)
        _print_of_pages(answers(), "Permission when it was fetched", verdicts)
        _print_of_pages(answers(), "Drawn by a browser, not as the host sent it", drawn)


def _held_back(connection: sqlite3.Connection, reference: str) -> str | None:
    """What is said of a page that says what a removal keeps down; None for any other."""
    from pipelines.archive.kept_out.stay_down import held_page  # noqa: PLC0415  # --help needs no archive
    from pipelines.urls import canonical_url  # noqa: PLC0415

    try:
        url = canonical_url(reference.strip())
    except ValueError:
        return None
    if (held := held_page(connection, url)) is None:
        return None
    number, at, decision = held
    what = f"held back since {at[:10]}: it says what removal {number} keeps down"
    if decision == "admitted":
        return f"{what}; it was admitted, and the next crawl reads it"
    return f"{what}; it waits in `parknews removals matches` for `removals decide`"


def _unknown(reference: str, db: str) -> str:
    """What is said of an id or URL that the archive does not know."""
    asked = one_line(reference)
    if not asked:
        return "show: give an article's id or a URL; `parknews search` finds ids"
    if asked.isdigit():
        return f"article {asked}: {db} has none of that number; `parknews search` finds ids"
    return f"{asked}: {db} knows no such page, neither as a copy nor as a rejection"


def shown_json(found: ShownArticle | ShownRejection) -> dict[str, Any]:
    """The answer as JSON has it: the fields of the record, with what it is in `found`."""
    kind = "rejection" if hasattr(found, "reason") else "article"
    return {"found": kind, **asdict(found)}


def _print_rejection(console: Console, found: ShownRejection) -> None:
    console.print(f"rejected: {plain(found.url)}")
    print_indented(console, f"{found.reason} (stage {found.stage}, source {found.source}, {found.at})", 2)


def _of_pages(db: Path, urls: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """What robots.txt said of each copy's raw page, and by what it was drawn, where it is still there."""
    from pipelines.store import CrawlStore, store_path  # noqa: PLC0415  # --help needs no store

    path = store_path(db)
    if not path.exists():
        return {}, {}
    with CrawlStore(path) as store:
        verdicts = {url: verdict for url in urls if (verdict := store.robots_verdict(url))}
        drawn = {url: by for url in urls if (by := store.rendered_by(url))}
    return verdicts, drawn


def _print_of_pages(console: Console, heading: str, said: dict[str, str]) -> None:
    if said:
        _heading(console, heading)
    for url, words in said.items():
        print_indented(console, f"{one_line(words)}: {plain(url)}", 2)


def _print_article(console: Console, article: ShownArticle) -> None:
    from rich.text import Text  # noqa: PLC0415  # --json needs none of it

    for former in article.forwards:
        reason = "" if former.reason == "joined" else f": {one_line(former.reason)}"
        joined = f"article {former.old_id} was joined into article {former.new_id} on {former.at[:10]}"
        print_indented(console, f"{joined}{reason}", 0)
    console.print(Text(one_line(article.title), style="bold"))
    console.print(Text(" · ".join(_byline(article))))
    console.print(Text(plain(article.url), style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(plain(article.text)))
    _heading(console, f"Copies ({len(article.copies)})")
    for copy in article.copies:
        _print_copy(console, copy, article)
    print_held(console, article)
    print_first_publisher(console, article)
    print_differences(console, article)
    print_versions(console, article)
    print_decisions(console, article)
    print_moves(console, article)
    _print_kept_apart(console, article.kept_apart)
    _print_origins(console, article.copies[0])
    _print_rights(console, article.copies)
    _print_stripped(console, article.copies)


def _byline(article: ShownArticle) -> list[str]:
    parts = [f"article {article.id}", article.published_day or "no date", article.source_name]
    if article.credited_source and article.credited_source != article.source_name:
        status = f" ({article.credited_source_status})" if article.credited_source_status else ""
        parts.append(f"credited to {article.credited_source}{status}")
    if article.first_publisher not in {None, article.source_name, article.credited_source}:
        parts.append(f"first published by {article.first_publisher} ({article.first_publisher_status})")
    if article.disputed:
        parts.append("disputed: its copies differ")
    if article.author:
        parts.append(f"by {article.author}")
    return [one_line(part) for part in parts]


def _print_copy(console: Console, copy: ShownCopy, article: ShownArticle) -> None:
    from rich.text import Text  # noqa: PLC0415

    day = copy.published_day or "no date"
    mark = "* " if copy.kept else "  "
    console.print(Text(f"{mark}{copy.similarity:4.2f}  {day:10}  {one_line(copy.source_name)}"))
    console.print(Text(f"        {plain(copy.url)}", style="dim"), soft_wrap=True)
    print_indented(console, one_line(copy.why), 8)
    if copy.kept and article.kept_because:
        print_indented(console, f"kept because: {one_line(article.kept_because)}", 8)
    if copy.credited_source and copy.credited_source != copy.source_name:
        credit = (
            f"credits {one_line(copy.credited_source)}: {copy.credited_source_status or 'not yet looked at'}"
        )
        print_indented(console, credit, 8)
    if copy.gone_at:
        print_indented(console, f"gone: the page was found missing on {copy.gone_at}", 8)
    for variant in copy.variants:
        console.print(Text(f"        also at {plain(variant)}", style="dim"), soft_wrap=True)


def _print_kept_apart(console: Console, kept_apart: tuple[Apart, ...]) -> None:
    if kept_apart:
        _heading(console, "Look-alikes that were kept apart")
    for near in kept_apart:
        print_indented(console, f"article {near.id}: {one_line(near.title)}", 2)
        print_indented(console, f"blocked from it by its {near.reason}: {near.words}", 8)


def _print_origins(console: Console, kept: ShownCopy) -> None:
    _heading(console, "Where the fields came from")
    for name in sorted(kept.origins, key=_FIELD_ORDER.find):
        field = kept.origins[name]
        value, evidence = one_line(field.value), one_line(field.evidence)
        said = f"{name}: {value}" if value else name
        quoted = f" “{_short(evidence)}”" if evidence not in ("", value) else ""
        print_indented(console, f"{said}  [{one_line(field.origin)}]{quoted}", 2)


def _print_rights(console: Console, copies: tuple[ShownCopy, ...]) -> None:
    """Each notice once, with the pages that have it: a copied article has the same one twenty times."""
    pages: dict[str, list[str]] = {}
    for copy in copies:
        for right in copy.rights:
            contact = f"takedown contact {right.contact}" if right.contact else ""
            named = one_line("; ".join(filter(None, (right.holder, contact))))
            pages.setdefault(f"{right.kind}: {named}" if named else right.kind, []).append(copy.url)
    if pages:
        _heading(console, "What the pages say about rights")
    for notice, urls in pages.items():
        print_indented(console, notice, 2)
        for url in urls[:_PAGES_MOST]:
            console.print(f"    {plain(url)}", style="dim", soft_wrap=True)
        if len(urls) > _PAGES_MOST:
            print_indented(console, f"and {len(urls) - _PAGES_MOST} more", 4)


def _print_stripped(console: Console, copies: tuple[ShownCopy, ...]) -> None:
    _heading(console, "Stripped")
    for copy in copies:
        if copy.stripped:
            console.print(f"  from {plain(copy.url)}", style="dim", soft_wrap=True)
        for piece in copy.stripped:
            print_indented(console, f"{piece.kind} ({piece.rule}): {_short(one_line(piece.text))}", 4)
    if not any(copy.stripped for copy in copies):
        print_indented(console, "nothing", 2)


def _short(text: str) -> str:
    return text if len(text) <= _PIECE_CHARACTERS else text[: _PIECE_CHARACTERS - 1] + "…"


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(text, style="bold")
