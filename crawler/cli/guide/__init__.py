"""`parknews removals guide`: a request from the letter to the reply, step by step, in English or Chinese.

In: a person's answers, a line each (a terminal or a pipe). Out: the request's record and the removal that
comes of it; every step prints the command that does the same. What was said is in the archive at once, so
that the dialogue can stop anywhere and go on another day.
"""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.guide.dialogue import Dialogue
from crawler.cli.guide.order import carry_out
from crawler.cli.guide.reply import follow
from crawler.cli.guide.scope import ask_scope, is_said, show_matches
from crawler.cli.terminal import ATTENTION, examples, one_line, settings_of
from pipelines.errors import ConfigurationError
from pipelines.report.words import LANGUAGES, words
from pipelines.utc import iso

if TYPE_CHECKING:
    import sqlite3

    from pipelines.forget.requests import Request

EPILOG = examples(
    ("a letter came: record it and work it off", "parknews removals guide"),
    ("go on with request 3, in Chinese", "parknews removals guide 3 --lang zh"),
    note="Exit codes: 0 answered, 1 stopped or waiting: the same command goes on.",
)

_WORDS = Path(__file__).with_name("words.toml")


def guide(
    ctx: typer.Context,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[REQUEST]", help="The request to go on with; a new one otherwise."),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", metavar="zh|en", help="The language; that of the terminal otherwise.")
    ] = "",
) -> None:
    """Work a request off from the letter to the reply, question by question."""
    settings = settings_of(ctx)
    talk = Dialogue(settings.db, words(_language(lang), _WORDS), settings.removal_wait_days)
    try:
        is_done = _work_off(talk, number)
    except (EOFError, KeyboardInterrupt):
        print()
        talk.say("stopped", resume=talk.resume)
        is_done = False
    if not is_done:
        raise typer.Exit(ATTENTION)


def _work_off(talk: Dialogue, number: int | None) -> bool:
    talk.say("welcome", resume=talk.resume)
    request = _chosen(talk, number) or _recorded(talk)
    if request.closed_at:
        talk.say("closed_already", id=request.id, day=request.closed_at[:10], outcome=request.outcome)
        return True
    if request.removal_id is None:
        if not is_said(request):
            request = show_matches(talk, _letter(talk, request))
            request = ask_scope(talk, request)
        while not request.closed_at and request.removal_id is None:
            request = carry_out(talk, request)
    return bool(request.closed_at) or follow(talk, request)


def _chosen(talk: Dialogue, number: int | None) -> Request | None:
    """The request of that number, or one of the open ones; None where it is a new one."""
    from pipelines.archive.file import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.requests import known_request  # noqa: PLC0415

    with closing(read_only(talk.db)) as connection:
        if number is None:
            number = _picked(talk, connection)
        if number is None:
            return None
        talk.number = number
        return known_request(connection, number)


def _picked(talk: Dialogue, connection: sqlite3.Connection) -> int | None:
    """The number that is said once the open requests are shown."""
    from pipelines.forget.record import removal  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.requests import requests  # noqa: PLC0415

    waiting = requests(connection)
    if not waiting:
        return None
    talk.say("which")
    for request in waiting:
        order = removal(connection, request.removal_id) if request.removal_id else None
        state = talk.words("state_open")
        if order is not None:
            state = talk.words(f"removal_state.{order.state}")
            state = talk.words("state_ordered", removal=order.id, state=state)
        deadline = request.deadline or talk.words("no_deadline")
        talk.say("one_request", id=request.id, requester=request.requester, deadline=deadline, state=state)
    said = talk.ask("which_one")
    return int(said) if said.isdecimal() else None


def _recorded(talk: Dialogue) -> Request:
    """A new request, in the archive as soon as it is known whose it is."""
    from pipelines.forget.hide import RemovalArchive  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.requests import Request, open_request  # noqa: PLC0415

    said = Request(
        id=0,
        opened_at=iso(datetime.now(UTC)),
        requester=one_line(talk.ask("requester", must=True)),
        reason="",
    )
    with RemovalArchive(talk.db, create=False) as archive:
        request = archive.requests(open_request, said)
    talk.number = request.id
    talk.say("recorded", id=request.id, resume=talk.resume)
    return request


def _letter(talk: Dialogue, request: Request) -> Request:
    """What the letter says of itself: each answer is in the archive before the next question."""
    from pipelines.forget.requests import LETTER, note_letter  # noqa: PLC0415

    for name in LETTER:
        if getattr(request, name) or name in request.answers.get("said", ()):
            continue
        asked = _asked_day(talk) if name == "deadline" else one_line(talk.ask(name, must=name == "reason"))
        request = talk.changed(note_letter, request.id, name, asked)
    return request


def _asked_day(talk: Dialogue) -> str | None:
    while said := talk.ask("deadline"):
        try:
            return date.fromisoformat(said).isoformat()
        except ValueError:
            talk.say("not_a_day")
    return None


def _language(asked: str) -> str:
    """The language asked for, or the terminal's; English where that is neither."""
    if asked and asked not in LANGUAGES:
        raise ConfigurationError(f"--lang {asked}: write {' or '.join(LANGUAGES)}")
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    spoken = next(filter(None, names), "")
    return asked or ("zh" if spoken.startswith("zh") else "en")
