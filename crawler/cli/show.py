"""`parknews show` and `cite`: one article with the whole account of it, and as a reference."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from crawler.cli.account import print_attachments, print_heading, print_origins, print_stripped
from crawler.cli.terminal import (
    Json,
    answers,
    examples,
    one_line,
    plain,
    print_indented,
    print_json,
    settings_of,
    tell,
)
from crawler.config import Settings
from crawler.sources import read_sources
from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import answer
from pipelines.archive.kept_out.stay_down import held_page
from pipelines.archive.read.sources import source_names
from pipelines.cite import STYLES, cite, reference
from pipelines.errors import ConfigurationError, ParknewsError
from pipelines.pages.kinds import why_never
from pipelines.said import word_on
from pipelines.show import Apart, Held, Move, ShownArticle, ShownCopy, ShownRejection, Witness
from pipelines.show import show as find
from pipelines.store import store_beside
from pipelines.urls import canonical_url, host_of
from pipelines.utc import iso

app = typer.Typer()

_CHANGES_MOST = 12
"""Sentences shown of one change; a page that was written again has hundreds. --json has them all."""

_PAGES_MOST = 3
"""Pages that are named beside a notice that all of them have; --json has all."""


@app.command(
    "show",
    epilog=examples(
        ("the article with this id", "parknews show 42"),
        (
            "the article that this page belongs to, or why it is none",
            "parknews show https://www.example.cn/1.html",
        ),
        ("everything about it, for a script", "parknews show 42 --json"),
    ),
)
def show(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="ID-or-URL", help="An article's id, or any URL it was seen at.")
    ],
    as_json: Json = False,
) -> None:
    """Show one article: its text, all its copies, what was stripped, where its fields came from.

    For a URL that did not become a copy, the reason.
    """
    db = settings_of(ctx).db
    with reader(db) as connection:
        if removed := answer(connection, reference):
            tell(as_json, {"found": "removal", "removed": removed}, removed)
            return
        found = find(connection, reference)
        held = None if found else _held_back(connection, reference)
        found = found or (None if held else _not_archived(connection, settings_of(ctx), reference))
    if held:
        tell(as_json, {"found": "held back", "held": held}, held)
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


def _not_archived(
    connection: sqlite3.Connection, settings: Settings, reference: str
) -> ShownArticle | ShownRejection | None:
    """What became of a page that the archive does not know: waiting, a list, led elsewhere, passed over."""
    try:
        url = canonical_url(reference.strip())
    except ValueError:
        return None
    with store_beside(settings.db) as store:
        address = store.frontier.address(url) if store else None
    if address:
        there = find(connection, address.reason) if address.state == "redirected" else None
        at = iso(datetime.fromtimestamp(address.fetched_at, UTC)) if address.fetched_at else "not fetched"
        return there or ShownRejection(url, address.source, "fetch", address.account(), at)
    host, why = host_of(url), _denied(settings, url) or why_never(url)
    source = next((name for name in source_names(connection) if f".{host}".endswith(f".{name}")), "")
    return ShownRejection(url, source, "fetch", why, "not fetched") if source and why else None


def _denied(settings: Settings, url: str) -> str:
    """Why the sources file passes an address over; empty where it does not."""
    sources = read_sources(settings.sources) if settings.sources.exists() else []
    own = (s for s in sources if f".{host_of(url)}".endswith(f".{s.host}"))
    words = [word for source in own if (word := word_on(url, source.said))]
    return words[0].reason if words and words[0].kind == "deny" else ""


def _held_back(connection: sqlite3.Connection, reference: str) -> str | None:
    """What is said of a page that says what a removal keeps down; None for any other."""
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
    with store_beside(db) as store:
        fetched = {url: how for url in urls if store and (how := store.pages.how_fetched(url))}
    verdicts = {url: verdict for url, (verdict, _) in fetched.items() if verdict}
    return verdicts, {url: by for url, (_, by) in fetched.items() if by}


def _print_of_pages(console: Console, heading: str, said: dict[str, str]) -> None:
    if said:
        print_heading(console, heading)
    for url, words in said.items():
        print_indented(console, f"{one_line(words)}: {plain(url)}", 2)


def _print_article(console: Console, article: ShownArticle) -> None:
    for former in article.forwards:
        reason = "" if former.reason == "joined" else f": {one_line(former.reason)}"
        joined = f"article {former.old_id} was joined into article {former.new_id} on {former.at[:10]}"
        print_indented(console, f"{joined}{reason}", 0)
    console.print(Text(one_line(article.title), style="bold"))
    console.print(Text(" · ".join(_byline(article))))
    console.print(Text(plain(article.url), style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(plain(article.text)))
    print_heading(console, f"Copies ({len(article.copies)})")
    for copy in article.copies:
        _print_copy(console, copy, article)
    print_attachments(console, article.attachments)
    _print_held(console, article)
    _print_first_publisher(console, article)
    _print_differences(console, article)
    _print_versions(console, article)
    _print_decisions(console, article)
    _print_moves(console, article)
    _print_kept_apart(console, article.kept_apart)
    print_origins(console, article.copies[0].origins, article.copies[0].missed)
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
    if copy.read_by != "whole":
        both = " and whole, which said the same" if copy.read_by == "both" else ""
        print_indented(console, f"read by its source's template{both}", 8)
    if copy.gone_at:
        print_indented(console, f"gone: the page was found missing on {copy.gone_at}", 8)
    for variant in copy.variants:
        console.print(Text(f"        also at {plain(variant)}", style="dim"), soft_wrap=True)


def _print_held(console: Console, article: ShownArticle) -> None:
    """Pages of two articles: those that hold this one too, and what else this one's copies hold."""
    if article.held_by:
        print_heading(console, "Also held by, beside another article")
    for held in article.held_by:
        _print_holder(console, held, "with")
    if article.holds:
        print_heading(console, "Its copies also hold")
    for held in article.holds:
        _print_holder(console, held, "there is")


def _print_holder(console: Console, held: Held, how: str) -> None:
    console.print(f"  {plain(held.url)}", style="dim", soft_wrap=True)
    share = f"{held.contained:.0%} of the article's text is on that page"
    print_indented(console, f"{how} article {held.article_id}: {one_line(held.title)} ({share})", 8)


def _print_first_publisher(console: Console, article: ShownArticle) -> None:
    """Who was first, how sure that is, and everything that speaks for it or was not believed."""
    print_heading(console, "First publisher")
    name = one_line(article.first_publisher or "nobody can be named")
    reason = f": {one_line(article.first_publisher_because)}" if article.first_publisher_because else ""
    print_indented(console, f"{name} ({article.first_publisher_status}){reason}", 2)
    for url, witnesses in groupby(article.first_publisher_evidence, key=lambda witness: witness.url):
        console.print(f"    {plain(url)}", style="dim", soft_wrap=True)
        print_indented(console, "; ".join(filter(None, map(_witnessed, witnesses))), 8)


def _witnessed(witness: Witness) -> str:
    if witness.claim == "credits" and witness.reason == "itself":
        return ""  # its own name over its own article says nothing of who was first
    doubt = "" if witness.believed or witness.claim in ("seen", "sitemap") else "not believed: "
    note = f" ({doubt}{one_line(witness.reason)})" if witness.reason else ""
    return f"{witness.claim} {one_line(witness.value)}{note}"


def _print_differences(console: Console, article: ShownArticle) -> None:
    """Figures, dates and names that copies have otherwise than the kept one."""
    if article.differences:
        print_heading(console, "What differs from the kept copy")
    url = None
    for found in article.differences:
        if found.url != url:
            url = found.url
            console.print(f"  {plain(url)}", style="dim", soft_wrap=True)
        values = f"{one_line(found.kept_value)} here, {one_line(found.copy_value)} there"
        print_indented(console, f"{found.kind}: {values}  “{one_line(found.place)}”", 8)


def _print_versions(console: Console, article: ShownArticle) -> None:
    """What pages changed from one fetch to the next."""
    changed = [copy for copy in article.copies if copy.versions]
    if changed:
        print_heading(console, "Versions (the latest counts)")
    for copy in changed:
        console.print(f"  {plain(copy.url)}", style="dim", soft_wrap=True)
        for version in copy.versions:
            print_indented(console, f"{version.fetched_at}  {one_line(version.title)}", 4)
            for change in version.changes[:_CHANGES_MOST]:
                sign, _, sentence = change.partition(" ")
                print_indented(console, one_line(sentence), 8, lead=f"{sign} ")
            if len(version.changes) > _CHANGES_MOST:
                print_indented(console, f"and {len(version.changes) - _CHANGES_MOST} more", 8)


def _print_decisions(console: Console, article: ShownArticle) -> None:
    """What people ordered of its copies."""
    if article.decisions:
        print_heading(console, "Decided by people")
    for decision in article.decisions:
        what = f"{decision.id}  {decision.kind} on {decision.at}: {one_line(decision.reason)}"
        print_indented(console, what, 2)
        for url in filter(None, (decision.url, decision.other_url)):
            console.print(f"    {plain(url)}", style="dim", soft_wrap=True)


def _print_moves(console: Console, article: ShownArticle) -> None:
    """Copies that came from other articles or went there: why a list of last week is not today's."""
    if article.moves:
        print_heading(console, "Moved here")
    for move in article.moves:
        what = f"from article {move.from_article} to {move.to_article} on {move.at}: {one_line(move.reason)}"
        _print_move(console, move, what)
    if article.moved_away:
        print_heading(console, "Moved away")
    for move in article.moved_away:
        what = f"article {move.to_article} has it now; it left on {move.at}: {one_line(move.reason)}"
        _print_move(console, move, what)


def _print_move(console: Console, move: Move, what: str) -> None:
    console.print(f"  {plain(move.url)}", style="dim", soft_wrap=True)
    print_indented(console, what, 8)


def _print_kept_apart(console: Console, kept_apart: tuple[Apart, ...]) -> None:
    if kept_apart:
        print_heading(console, "Look-alikes that were kept apart")
    for near in kept_apart:
        print_indented(console, f"article {near.id}: {one_line(near.title)}", 2)
        print_indented(console, f"blocked from it by its {near.reason}: {near.words}", 8)


def _print_rights(console: Console, copies: tuple[ShownCopy, ...]) -> None:
    """Each notice once, with the pages that have it: a copied article has the same one twenty times."""
    pages: dict[str, list[str]] = {}
    for copy in copies:
        for right in copy.rights:
            contact = f"takedown contact {right.contact}" if right.contact else ""
            signal = f"{right.value} ({right.origin}, {copy.fetched_at[:10]})".strip()
            said = (right.holder, contact) if right.origin == "notice" else (signal,)
            named = one_line("; ".join(filter(None, said)))
            pages.setdefault(f"{right.kind}: {named}" if named else right.kind, []).append(copy.url)
    if pages:
        print_heading(console, "What the pages say about rights")
    for notice, urls in pages.items():
        print_indented(console, notice, 2)
        for url in urls[:_PAGES_MOST]:
            console.print(f"    {plain(url)}", style="dim", soft_wrap=True)
        if len(urls) > _PAGES_MOST:
            print_indented(console, f"and {len(urls) - _PAGES_MOST} more", 4)


def _print_stripped(console: Console, copies: tuple[ShownCopy, ...]) -> None:
    print_heading(console, "Stripped")
    for copy in copies:
        if copy.stripped:
            console.print(f"  from {plain(copy.url)}", style="dim", soft_wrap=True)
        print_stripped(console, copy.stripped)
    if not any(copy.stripped for copy in copies):
        print_indented(console, "nothing", 2)


@app.command(
    "cite",
    epilog=examples(
        ("as Chinese publications want it", "parknews cite 42"),
        ("for a bibliography", "parknews cite 42 --style bibtex >> references.bib"),
    ),
)
def write_reference(
    ctx: typer.Context,
    wanted: Annotated[
        str, typer.Argument(metavar="ID-or-URL", help="An article's id, or any URL it was seen at.")
    ],
    style: Annotated[
        str, typer.Option(metavar="|".join(STYLES), help="How the reference is written.")
    ] = "gbt7714",
    as_json: Json = False,
) -> None:
    """Cite an article: first publisher, day, address and day of access, in a style of your choice."""
    if style not in STYLES:
        raise ConfigurationError(f"--style {style}: one of {', '.join(STYLES)}")
    db = settings_of(ctx).db
    with reader(db) as connection:
        found = find(connection, wanted)
        removed = answer(connection, wanted)
    if not isinstance(found, ShownArticle):
        raise ParknewsError(removed or f"{wanted}: no such article in {db}; `parknews search` finds ids")
    text = cite(found, style)
    if as_json:
        print_json({"style": style, "citation": text, **asdict(reference(found))})
    else:
        sys.stdout.write(plain(text) + "\n")
