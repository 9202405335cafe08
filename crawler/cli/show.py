"""`parknews show` and `cite`: one article with the whole account of it, and as a reference."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from crawler.cli.account import Address, Line, attachments, origins, print_section, stripped
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
from crawler.sources import known_sources
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

_Reference = Annotated[
    str, typer.Argument(metavar="ID-or-URL", help="An article's id, or any URL it was seen at.")
]
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
    reference: _Reference,
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
        found, held, url = find(connection, reference), None, _address(reference)
        if found is None and url:
            held = _held_back(connection, url)
            found = None if held else _not_archived(connection, settings_of(ctx), url)
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
        print_section(answers(), "Permission when it was fetched", _said_of(verdicts))
        print_section(answers(), "Drawn by a browser, not as the host sent it", _said_of(drawn))


def _address(reference: str) -> str:
    """A reference as an address in its one spelling; empty where it is none."""
    try:
        return canonical_url(reference.strip())
    except ValueError:
        return ""


def _not_archived(
    connection: sqlite3.Connection, settings: Settings, url: str
) -> ShownArticle | ShownRejection | None:
    """What became of a page that the archive does not know: waiting, a list, led elsewhere, passed over."""
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
    own = (s for s in known_sources(settings.sources) if f".{host_of(url)}".endswith(f".{s.host}"))
    words = [word for source in own if (word := word_on(url, source.said))]
    return words[0].reason if words and words[0].kind == "deny" else ""


def _held_back(connection: sqlite3.Connection, url: str) -> str | None:
    """What is said of a page that says what a removal keeps down; None for any other."""
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


def _said_of(pages: dict[str, str]) -> Iterator[Line]:
    return (Line(f"{one_line(words)}: {plain(url)}", 2) for url, words in pages.items())


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
    kept = article.copies[0]
    for heading, lines in (
        (f"Copies ({len(article.copies)})", _copies(article)),
        ("Attachments", attachments(article.attachments)),
        ("Also held by, beside another article", _holders(article.held_by, "with")),
        ("Its copies also hold", _holders(article.holds, "there is")),
        ("First publisher", _first_publisher(article)),
        ("What differs from the kept copy", _differences(article)),
        ("Versions (the latest counts)", _versions(article)),
        ("Decided by people", _decisions(article)),
        ("Moved here", _moves(article.moves, "from article {0.from_article} to {0.to_article} on")),
        ("Moved away", _moves(article.moved_away, "article {0.to_article} has it now; it left on")),
        ("Look-alikes that were kept apart", _kept_apart(article.kept_apart)),
        ("Where the fields came from", origins(kept.origins, kept.missed)),
        ("What the pages say about rights", _rights(article.copies)),
        ("Stripped", _stripped(article.copies)),
    ):
        print_section(console, heading, lines)


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


def _copies(article: ShownArticle) -> Iterator[Line | Address]:
    for copy in article.copies:
        day = copy.published_day or "no date"
        mark = "* " if copy.kept else "  "
        yield Line(f"{mark}{copy.similarity:4.2f}  {day:10}  {one_line(copy.source_name)}", 0)
        yield Address(copy.url, 8)
        yield Line(one_line(copy.why))
        if copy.kept and article.kept_because:
            yield Line(f"kept because: {one_line(article.kept_because)}")
        if copy.credited_source and copy.credited_source != copy.source_name:
            status = copy.credited_source_status or "not yet looked at"
            yield Line(f"credits {one_line(copy.credited_source)}: {status}")
        if copy.read_by != "whole":
            both = " and whole, which said the same" if copy.read_by == "both" else ""
            yield Line(f"read by its source's template{both}")
        if copy.gone_at:
            yield Line(f"gone: the page was found missing on {copy.gone_at}")
        for variant in copy.variants:
            yield Address(variant, 8, "also at ")


def _holders(found: tuple[Held, ...], how: str) -> Iterator[Line | Address]:
    """Pages of two articles: those that hold this one too, or what else this one's copies hold."""
    for held in found:
        yield Address(held.url)
        share = f"{held.contained:.0%} of the article's text is on that page"
        yield Line(f"{how} article {held.article_id}: {one_line(held.title)} ({share})")


def _first_publisher(article: ShownArticle) -> Iterator[Line | Address]:
    """Who was first, how sure that is, and everything that speaks for it or was not believed."""
    name = one_line(article.first_publisher or "nobody can be named")
    reason = f": {one_line(article.first_publisher_because)}" if article.first_publisher_because else ""
    yield Line(f"{name} ({article.first_publisher_status}){reason}", 2)
    for url, witnesses in groupby(article.first_publisher_evidence, key=lambda witness: witness.url):
        yield Address(url, 4)
        yield Line("; ".join(filter(None, map(_witnessed, witnesses))))


def _witnessed(witness: Witness) -> str:
    if witness.claim == "credits" and witness.reason == "itself":
        return ""  # its own name over its own article says nothing of who was first
    doubt = "" if witness.believed or witness.claim in ("seen", "sitemap") else "not believed: "
    note = f" ({doubt}{one_line(witness.reason)})" if witness.reason else ""
    return f"{witness.claim} {one_line(witness.value)}{note}"


def _differences(article: ShownArticle) -> Iterator[Line | Address]:
    """Figures, dates and names that copies have otherwise than the kept one."""
    for url, differences in groupby(article.differences, key=lambda found: found.url):
        yield Address(url)
        for found in differences:
            values = f"{one_line(found.kept_value)} here, {one_line(found.copy_value)} there"
            yield Line(f"{found.kind}: {values}  “{one_line(found.place)}”")


def _versions(article: ShownArticle) -> Iterator[Line | Address]:
    """What pages changed from one fetch to the next."""
    for copy in article.copies:
        if copy.versions:
            yield Address(copy.url)
        for version in copy.versions:
            yield Line(f"{version.fetched_at}  {one_line(version.title)}", 4)
            for change in version.changes[:_CHANGES_MOST]:
                sign, _, sentence = change.partition(" ")
                yield Line(one_line(sentence), lead=f"{sign} ")
            if len(version.changes) > _CHANGES_MOST:
                yield Line(f"and {len(version.changes) - _CHANGES_MOST} more")


def _decisions(article: ShownArticle) -> Iterator[Line | Address]:
    """What people ordered of its copies."""
    for decision in article.decisions:
        yield Line(f"{decision.id}  {decision.kind} on {decision.at}: {one_line(decision.reason)}", 2)
        yield from (Address(url, 4) for url in (decision.url, decision.other_url) if url)


def _moves(moves: tuple[Move, ...], what: str) -> Iterator[Line | Address]:
    """Copies that came from other articles or went there: why a list of last week is not today's."""
    for move in moves:
        yield Address(move.url)
        yield Line(f"{what.format(move)} {move.at}: {one_line(move.reason)}")


def _kept_apart(kept_apart: tuple[Apart, ...]) -> Iterator[Line]:
    for near in kept_apart:
        yield Line(f"article {near.id}: {one_line(near.title)}", 2)
        yield Line(f"blocked from it by its {near.reason}: {near.words}")


def _rights(copies: tuple[ShownCopy, ...]) -> Iterator[Line | Address]:
    """Each notice once, with the pages that have it: a copied article has the same one twenty times."""
    pages: dict[str, list[str]] = {}
    for copy in copies:
        for right in copy.rights:
            contact = f"takedown contact {right.contact}" if right.contact else ""
            signal = f"{right.value} ({right.origin}, {copy.fetched_at[:10]})".strip()
            said = (right.holder, contact) if right.origin == "notice" else (signal,)
            named = one_line("; ".join(filter(None, said)))
            pages.setdefault(f"{right.kind}: {named}" if named else right.kind, []).append(copy.url)
    for notice, urls in pages.items():
        yield Line(notice, 2)
        yield from (Address(url, 4) for url in urls[:_PAGES_MOST])
        if len(urls) > _PAGES_MOST:
            yield Line(f"and {len(urls) - _PAGES_MOST} more", 4)


def _stripped(copies: tuple[ShownCopy, ...]) -> Iterator[Line | Address]:
    for copy in copies:
        if copy.stripped:
            yield Address(copy.url, 2, "from ")
        yield from stripped(copy.stripped, 4)
    if not any(copy.stripped for copy in copies):
        yield Line("nothing", 2)


@app.command(
    "cite",
    epilog=examples(
        ("as Chinese publications want it", "parknews cite 42"),
        ("for a bibliography", "parknews cite 42 --style bibtex >> references.bib"),
    ),
)
def write_reference(
    ctx: typer.Context,
    wanted: _Reference,
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
    tell(as_json, {"style": style, "citation": text, **asdict(reference(found))}, plain(text))
