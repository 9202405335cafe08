"""`parknews removals`: the record of removals, and what is done to one after it was ordered."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import guide
from crawler.cli.receipts import Language, SigningKey, end_with, language_of, report, report_all
from crawler.cli.terminal import (
    Json,
    answers,
    counted,
    examples,
    one_line,
    print_json,
    settings_of,
    table,
    tell,
    text_of,
)
from pipelines.archive.file import reader
from pipelines.archive.kept_out.stay_down import held_pages
from pipelines.errors import ConfigurationError
from pipelines.forget import verbs
from pipelines.forget.find import Answer, Match, find_asked
from pipelines.forget.receipt import row
from pipelines.forget.record import Removal, recorded, removals, unfinished_and_due
from pipelines.forget.requests import Request, requests
from pipelines.utc import now_utc

app = typer.Typer(no_args_is_help=True, help="The record of what was removed.")

Number = Annotated[int, typer.Argument(metavar="ID", help="The removal's number.")]

app.command("guide", epilog=guide.EPILOG)(guide.guide)


@app.command("replay", epilog=examples(("after a backup was put back", "parknews removals replay")))
def replay_ledger(ctx: typer.Context, as_json: Json = False) -> None:
    """Apply again what the ledger orders and a restored archive does not know of."""
    outcomes = verbs.replay(settings_of(ctx).db)
    if as_json:
        states = [{"id": o.removal.id, "state": o.removal.state, "trouble": o.trouble} for o in outcomes]
        print_json({"replayed": states})
    else:
        for outcome in outcomes:
            print(
                f"removal {outcome.removal.id}: {outcome.removal.state} {one_line(outcome.trouble)}".rstrip()
            )
        if not any(outcome.trouble for outcome in outcomes):
            print("the archive is up to date with its ledger")
    end_with(outcome for outcome in outcomes if outcome.trouble)


@app.command("list", epilog=examples(("every removal, the latest first", "parknews removals list")))
def list_removals(ctx: typer.Context, as_json: Json = False) -> None:
    """List the removals with their state, and the requests that are not answered yet with their deadlines."""
    with reader(settings_of(ctx).db) as connection:
        ordered, asked = removals(connection), requests(connection)
    if as_json:
        orders, letters = [row(removal) for removal in ordered], [asdict(request) for request in asked]
        print_json({"removals": orders, "requests": letters})
        return
    if ordered:
        _print_list(ordered)
    else:
        print("nothing was removed")
    _print_requests(asked)


@app.command("show", epilog=examples(("the receipt again", "parknews removals show 1")))
def show_removal(
    ctx: typer.Context,
    removal_id: Number,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there as well; .html to print.")
    ] = None,
    sign: SigningKey = None,
    lang: Language = "",
    as_json: Json = False,
) -> None:
    """Print the receipt of a removal as it stands now."""
    settings = settings_of(ctx)
    outcome, authority = recorded(settings.db, removal_id), settings.timestamp_authority
    report(outcome, as_json=as_json, receipt=receipt, lang=language_of(lang), key=sign, authority=authority)


@app.command("verify", epilog=examples(("search every file again", "parknews removals verify 1")))
def verify_removal(
    ctx: typer.Context,
    removal_id: Number,
    full: Annotated[
        bool, typer.Option("--full", help="Search every byte of the databases and every raw page, too.")
    ] = False,
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Search for this text, as the letter has it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Look again for what a removal deleted, in every file of the archive's folder."""
    said = text_of(text) if text else ""
    report(verbs.verify(settings_of(ctx).db, removal_id, full=full, text=said), as_json=as_json)


@app.command("go-on", epilog=examples(("delete what has waited long enough", "parknews removals go-on")))
def go_on_with(
    ctx: typer.Context,
    removal_id: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="The removal's number; all that are due otherwise.")
    ] = None,
    now: Annotated[
        str, typer.Option(metavar="WHY", help="Delete what is hidden before its time; needs an ID.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Yes to each page of other sources, after the wait; needs an ID.")
    ] = False,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Give this page of theirs back; needs an ID.")
    ] = None,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Write the files anew, whatever is found.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Go on with a removal that was interrupted, or whose waiting period is over.

    Pages of other sources that have waited are asked about one by one, or need
    --yes; until then they stay hidden.
    """
    db = settings_of(ctx).db
    if (yes or keep) and removal_id is None:
        raise ConfigurationError("--yes and --keep need the removal's number")
    if now:
        if removal_id is None:
            raise ConfigurationError("--now needs the removal's number")
        report(verbs.delete_now(db, removal_id, one_line(now)), as_json=as_json)
        return
    if removal_id is not None and _waits_for_yes(recorded(db, removal_id).removal):
        kept = _kept(verbs.pages_of_others(db, removal_id), keep or [], yes=yes)
        if kept is not None:
            report(verbs.say_yes(db, removal_id, kept), as_json=as_json)
            return
    if removal_id is not None:
        report(verbs.go_on(db, removal_id, vacuum=vacuum), as_json=as_json)
        return
    outcomes = [verbs.go_on(db, number, vacuum=vacuum) for number in unfinished_and_due(db)]
    if not outcomes and not as_json:
        print("nothing is left to go on with")
    report_all(outcomes, as_json=as_json)


def _waits_for_yes(removal: Removal) -> bool:
    return removal.state == "hidden" and removal.due_at is not None and removal.is_due(now_utc())


def _kept(pages: list[tuple[str, str, str, str]], keep: list[str], *, yes: bool) -> list[str] | None:
    """Which pages of other sources are given back; None where nobody said yes or no to each."""
    kept, takes_all = list(keep), yes
    for url, source, title, credited in pages:
        if url in kept or takes_all:
            continue
        why = f"credits {credited}" if credited else "a copy"
        print(f"{one_line(title)}  ({one_line(url)}, {source}, {one_line(why)})", file=sys.stderr)
        if not sys.stdin.isatty():
            continue
        said = typer.prompt("Is it deleted? y, n, or a for all that follow", default="n").lower()
        takes_all = said == "a"
        kept += [] if said in ("y", "a") else [url]
    if yes or sys.stdin.isatty():
        return kept
    print(
        f"parknews: {len(pages)} pages of others wait: --yes for each, --keep URL for some", file=sys.stderr
    )
    return None


@app.command(
    "correct",
    epilog=examples(
        ("a reason that quotes a title", "parknews removals correct 1 --reason 'letter of 3 March'")
    ),
)
def correct(
    ctx: typer.Context,
    removal_id: Number,
    requester: Annotated[str, typer.Option(metavar="TEXT", help="Who asked.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The law or contract invoked.")] = "",
    ticket: Annotated[str, typer.Option(metavar="TEXT", help="Your own reference.")] = "",
) -> None:
    """Say otherwise who asked for a removal and why; the words before are kept nowhere."""
    words = {"requester": requester, "reason": reason, "basis": basis, "ticket": ticket}
    said = {name: one_line(typed) for name, typed in words.items() if typed}
    if not said:
        raise ConfigurationError("say what is to be corrected: --requester, --reason, --basis or --ticket")
    verbs.correct_words(settings_of(ctx).db, removal_id, said)
    print(f"removal {removal_id}: {', '.join(said)} corrected")


@app.command(
    "undo", epilog=examples(("after a counter-notice", "parknews removals undo 1 --reason 'counter-notice'"))
)
def undo(
    ctx: typer.Context,
    removal_id: Number,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept in the record.")] = "",
    as_json: Json = False,
) -> None:
    """Give back what a removal hides, as long as nothing of it is deleted."""
    if not reason:
        raise ConfigurationError("say why with --reason: it is kept in the record")
    pages = verbs.restore_hidden(settings_of(ctx).db, removal_id, one_line(reason))
    undone = f"removal {removal_id} is undone: {pages} pages are back, under the numbers they had"
    tell(as_json, {"removal": removal_id, "pages": pages}, undone)


@app.command(
    "find",
    epilog=examples(
        ("what a letter asks about", "parknews removals find --text letter.txt"),
        ("or pasted", "parknews removals find '请删除 www.example.cn/1.html 《园区新规》'"),
        ("what a publisher has here, or is credited for", "parknews removals find 示例日报"),
        note="A letter: a file, an argument or standard input (-); addresses, 《titles》, “passages”, names.",
    ),
)
def find(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LETTER]...", help="A letter, or words of it; a file's name; - for stdin."),
    ] = None,
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with the letter; - for standard input.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what matches each thing that a letter asks about, with the reason. Nothing is changed."""
    said = [text_of(Path(word)) if _is_file(word) else word for word in words or ()]
    letter = "\n".join([*said, *([text_of(text)] if text else [])])
    if not letter.strip():
        raise ConfigurationError("say what to look for: a letter, words out of it, or --text FILE")
    answers = find_asked(settings_of(ctx).db, letter)
    if as_json:
        print_json({"matches": _matches_json(answers), "asked": [_answer_json(answer) for answer in answers]})
        return
    shown: set[str] = set()
    for answer in answers:
        _print_answer(answer, shown)
    if not any(answer.matches for answer in answers):
        print("nothing matches")


def _print_answer(answer: Answer, shown: set[str]) -> None:
    """What was asked and what became of it; each copy once."""
    asked = one_line(answer.asked.words[:_ASKED_MOST]) or "names and titles in the letter"
    detail = one_line(answer.detail)
    number = f", {counted(len(answer.matches), 'copy', 'copies')}" if answer.matches else ""
    reasons = Counter(one_line(match.reason) for match in answer.matches)
    if 1 < len(reasons) <= _REASONS_SHOWN:  # a publisher's own copies, and those that credit it
        number += f" ({'; '.join(f'{count:,}: {reason}' for reason, count in reasons.most_common())})"
    print(f"{asked}: {f'{answer.state} {detail}'.rstrip() if answer.detail else answer.state}{number}")
    new = [match for match in answer.matches if match.url not in shown]
    shown |= {match.url for match in new}
    for match in new[:_SHOWN]:
        print(f"    {one_line(match.url)}  ({one_line(match.source_name)}, article {match.article_id})")
        print(f"        {one_line(match.title)}: {one_line(match.reason)}")
    if len(new) > _SHOWN:
        per_source = Counter(match.source for match in new[_SHOWN:]).most_common()
        told = ", ".join(f"{source} {count:,}" for source, count in per_source[:_SHOWN])
        print(f"    and {len(new) - _SHOWN:,} more ({one_line(told)}); --json has all")


def _matches_json(answers: list[Answer]) -> list[dict[str, object]]:
    """Every copy once, with the first reason."""
    once: dict[str, Match] = {}
    for answer in answers:
        for match in answer.matches:
            once.setdefault(match.url, match)
    return [asdict(match) for match in once.values()]


def _answer_json(answer: Answer) -> dict[str, object]:
    return {
        "asked": answer.asked.words,
        "kind": answer.asked.kind,
        "state": answer.state,
        "detail": answer.detail,
        "urls": [match.url for match in answer.matches],
    }


def _is_file(word: str) -> bool:
    """Whether a word is the name of a file that is there, or - for standard input."""
    return word == "-" or (len(word) < _NAME_MOST and "\n" not in word and Path(word).is_file())


_NAME_MOST = 255
"""Bytes of a file's name: a longer word is no name."""
_ASKED_MOST = 120
_REASONS_SHOWN = 3
_SHOWN = 20
"""Copies of one thing that a person reads."""


@app.command("matches", epilog=examples(("what waits for a decision", "parknews removals matches")))
def matches(ctx: typer.Context, as_json: Json = False) -> None:
    """List pages that say what is to stay down, and wait to be admitted or refused."""
    with reader(settings_of(ctx).db) as connection:
        held = held_pages(connection)
    names = ("url", "source", "removal", "containment", "at")
    if as_json:
        print_json({"matches": [dict(zip(names, row, strict=True)) for row in held]})
        return
    for url, source, removal_id, containment, at in held:
        print(f"{one_line(url)}  ({one_line(source)}, {at[:10]}): {containment:.0%} of removal {removal_id}")
    if not held:
        print("nothing waits")


@app.command(
    "decide",
    epilog=examples(
        ("it is another text", "parknews removals decide https://a.example/1.html --admit"),
        ("it is the removed one", "parknews removals decide https://a.example/1.html --refuse"),
    ),
)
def decide(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="As `removals matches` lists it.")],
    admit: Annotated[
        bool | None, typer.Option("--admit/--refuse", help="Read it after all, or keep it out for good.")
    ] = None,
) -> None:
    """Say whether a page that looks like a removed text may come in."""
    if admit is None:
        raise ConfigurationError("say --admit or --refuse")
    verbs.decide(settings_of(ctx).db, url, admit=admit)
    print(f"{one_line(url)} is " + ("read by the next crawl" if admit else "kept out for good"))


def _print_requests(asked: list[Request]) -> None:
    today = now_utc()[:10]
    for request in asked:
        deadline = f"answer by {request.deadline}" if request.deadline else "no deadline"
        late = "! " if request.deadline and request.deadline < today else ""
        order = f", removal {request.removal_id}" if request.removal_id else ", nothing ordered yet"
        print(
            f"{late}request {request.id}: {deadline}{order}; {one_line(request.requester)}"
            f" (`parknews removals guide {request.id}`)"
        )


def _print_list(ordered: list[Removal]) -> None:
    rows = table("no.", "ordered", "state", "verified", "requester", "scope", right=("no.",))
    now = now_utc()
    for removal in ordered:
        waits = removal.state == "hidden" and not removal.is_due(now)
        state = f"hidden until {removal.due_at[:10]}" if waits and removal.due_at else removal.state
        nothing = removal.found_nothing
        rows.add_row(
            str(removal.id),
            removal.at[:10],
            "blocked" if nothing else state,
            "nothing was there" if nothing else "yes" if removal.verified else "no",
            one_line(removal.requester),
            one_line(removal.scope),
        )
    answers().print(rows)
