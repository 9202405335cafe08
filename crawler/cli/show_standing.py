"""What `parknews show` prints of how an article's copies stand to each other."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from crawler.cli.output import one_line, plain, print_indented

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.show import Held, Move, ShownArticle, Witness

_CHANGES_MOST = 12
"""Sentences shown of one change; a page that was written again has hundreds. --json has them all."""


def print_held(console: Console, article: ShownArticle) -> None:
    """Pages of two articles: those that hold this one too, and what else this one's copies hold."""
    if article.held_by:
        _heading(console, "Also held by, beside another article")
    for held in article.held_by:
        _print_held(console, held, "with")
    if article.holds:
        _heading(console, "Its copies also hold")
    for held in article.holds:
        _print_held(console, held, "there is")


def _print_held(console: Console, held: Held, how: str) -> None:
    console.print(f"  {plain(held.url)}", style="dim", soft_wrap=True)
    share = f"{held.contained:.0%} of the article's text is on that page"
    print_indented(console, f"{how} article {held.article_id}: {one_line(held.title)} ({share})", 8)


def print_first_publisher(console: Console, article: ShownArticle) -> None:
    """Who was first, how sure that is, and everything that speaks for it or was not believed."""
    _heading(console, "First publisher")
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


def print_differences(console: Console, article: ShownArticle) -> None:
    """Figures, dates and names that copies have otherwise than the kept one."""
    if article.differences:
        _heading(console, "What differs from the kept copy")
    url = None
    for found in article.differences:
        if found.url != url:
            url = found.url
            console.print(f"  {plain(url)}", style="dim", soft_wrap=True)
        values = f"{one_line(found.kept_value)} here, {one_line(found.copy_value)} there"
        print_indented(console, f"{found.kind}: {values}  “{one_line(found.place)}”", 8)


def print_versions(console: Console, article: ShownArticle) -> None:
    """What pages changed from one fetch to the next."""
    changed = [copy for copy in article.copies if copy.versions]
    if changed:
        _heading(console, "Versions (the latest counts)")
    for copy in changed:
        console.print(f"  {plain(copy.url)}", style="dim", soft_wrap=True)
        for version in copy.versions:
            print_indented(console, f"{version.fetched_at}  {one_line(version.title)}", 4)
            for change in version.changes[:_CHANGES_MOST]:
                sign, _, sentence = change.partition(" ")
                print_indented(console, one_line(sentence), 8, lead=f"{sign} ")
            if len(version.changes) > _CHANGES_MOST:
                print_indented(console, f"and {len(version.changes) - _CHANGES_MOST} more", 8)


def print_decisions(console: Console, article: ShownArticle) -> None:
    """What people ordered of its copies."""
    if article.decisions:
        _heading(console, "Decided by people")
    for decision in article.decisions:
        what = f"{decision.id}  {decision.kind} on {decision.at}: {one_line(decision.reason)}"
        print_indented(console, what, 2)
        for url in filter(None, (decision.url, decision.other_url)):
            console.print(f"    {plain(url)}", style="dim", soft_wrap=True)


def print_moves(console: Console, article: ShownArticle) -> None:
    """Copies that came from other articles or went there: why a list of last week is not today's."""
    if article.moves:
        _heading(console, "Moved here")
    for move in article.moves:
        what = f"from article {move.from_article} to {move.to_article} on {move.at}: {one_line(move.reason)}"
        _print_move(console, move, what)
    if article.moved_away:
        _heading(console, "Moved away")
    for move in article.moved_away:
        what = f"article {move.to_article} has it now; it left on {move.at}: {one_line(move.reason)}"
        _print_move(console, move, what)


def _print_move(console: Console, move: Move, what: str) -> None:
    console.print(f"  {plain(move.url)}", style="dim", soft_wrap=True)
    print_indented(console, what, 8)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(text, style="bold")
