"""`parknews removals guide`: a request from the letter to the reply, step by step, in English or Chinese.

In: a person's answers, a line each (a terminal or a pipe). Out: the request's record and the removal that
comes of it, done by the same verbs as `remove-source` and `removals`; every step prints the command that does
the same. What was said is in the archive at once, so that the dialogue can stop anywhere and go on another
day.
"""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.cli.receipts import WORDS, language_of, login, sections
from crawler.cli.terminal import ATTENTION, examples, one_line, settings_of
from pipelines.archive.file import reader
from pipelines.errors import ConfigurationError
from pipelines.forget.find import find_matches, nearest
from pipelines.forget.order import Order, with_wait
from pipelines.forget.plan import Plan
from pipelines.forget.record import Outcome, recorded, removal
from pipelines.forget.requests import (
    LETTER,
    Request,
    changed,
    close_request,
    known_request,
    note_answers,
    note_letter,
    open_request,
    requests,
)
from pipelines.forget.scope import Scope, make_scope
from pipelines.forget.verbs import delete_now, go_on, preview, remove, restore_hidden
from pipelines.report.words import Words, words
from pipelines.utc import now_utc

EPILOG = examples(
    ("a letter came: record it and work it off", "parknews removals guide"),
    ("go on with request 3, in Chinese", "parknews removals guide 3 --lang zh"),
    note="Exit codes: 0 answered, 1 stopped or waiting: the same command goes on.",
)

_YES = ("y", "yes", "是", "好", "1")
_SHOWN = 10
"""Lines of one kind in a plan that a person reads between two questions."""


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
    talk = Dialogue(settings.db, words(language_of(lang), WORDS), settings.removal_wait_days)
    try:
        is_done = _work_off(talk, number)
    except (EOFError, KeyboardInterrupt):
        print()
        talk.say("stopped", resume=talk.resume)
        is_done = False
    if not is_done:
        raise typer.Exit(ATTENTION)


@dataclass
class Dialogue:
    """A conversation about one request: texts of guide.toml in one language, and a line each as answers."""

    db: Path
    words: Words
    wait_days: int
    number: int = 0

    def say(self, name: str, /, **values: object) -> None:
        """One of the guide's own texts; what it quotes is made harmless."""
        made = {key: one_line(value) if isinstance(value, str) else value for key, value in values.items()}
        print(self.words(name, **made))

    def ask(self, name: str, /, *, must: bool = False, **values: object) -> str:
        """An answer on one line; asked again where there has to be one."""
        while not (said := _line(f"{self.words(name, **values)}: ")) and must:
            pass
        return said

    def agrees(self, name: str) -> bool:
        """Yes or no; no where nothing is said."""
        return _line(f"{self.words(name)} [y/N]: ").lower() in _YES

    def choice(self, name: str, among: str) -> str:
        """One of the digits that the text offers."""
        self.say(name)
        while (said := self.ask("number")) not in tuple(among):
            pass
        return said

    def lines(self, name: str) -> list[str]:
        """What is pasted, until an empty line."""
        self.say(name)
        return list(iter(lambda: _line("> "), ""))

    def equivalent(self, command: str) -> None:
        """The command that does the same."""
        self.say("equivalent", command=command)

    @property
    def resume(self) -> str:
        """How to go on another day."""
        return f"parknews removals guide {self.number or ''}".rstrip()

    def changed(self, change: Callable[..., Request], *values: object) -> Request:
        """The request after a change of its row, which is in the archive from here on."""
        return changed(self.db, change, *values)

    def noted(self, request: Request, answers: dict[str, Any], **more: Any) -> Request:
        """Adds to the answers of a request, here and in the archive."""
        answers |= more
        return self.changed(note_answers, request.id, answers)


def _line(prompt: str) -> str:
    """A typed line; in a pipe it is shown, so that the dialogue can be read afterwards."""
    said = input(prompt).strip()
    if not sys.stdin.isatty():
        print(one_line(said))
    return said


def _work_off(talk: Dialogue, number: int | None) -> bool:
    """The whole way; whether the request is closed then."""
    talk.say("welcome", resume=talk.resume)
    request = _chosen(talk, number) or _recorded(talk)
    if request.closed_at:
        talk.say("closed_already", id=request.id, day=request.closed_at[:10], outcome=request.outcome)
        return True
    if request.removal_id is None:
        if list(_FLAGS)[-1] not in request.answers:  # the last question of what is to go
            request = _ask_scope(talk, _show_matches(talk, _letter(talk, request)))
        while not request.closed_at and request.removal_id is None:
            request = _carry_out(talk, request)
    return bool(request.closed_at) or _follow(talk, request)


def _chosen(talk: Dialogue, number: int | None) -> Request | None:
    """The request of that number, or one of the open ones; None where it is a new one."""
    with reader(talk.db) as connection:
        if number is None and (waiting := requests(connection)):
            talk.say("which")
            for request in waiting:
                state = talk.words("state_open")
                if request.removal_id:
                    order = removal(connection, request.removal_id)
                    state = talk.words(f"removal_state.{order.state}")
                    state = talk.words("state_ordered", removal=order.id, state=state)
                deadline = request.deadline or talk.words("no_deadline")
                who = request.requester
                talk.say("one_request", id=request.id, requester=who, deadline=deadline, state=state)
            said = talk.ask("which_one")
            number = int(said) if said.isdecimal() else None
        if number is None:
            return None
        talk.number = number
        return known_request(connection, number)


def _recorded(talk: Dialogue) -> Request:
    """A new request, in the archive as soon as it is known whose it is."""
    request = talk.changed(open_request, now_utc(), one_line(talk.ask("requester", must=True)))
    talk.number = request.id
    talk.say("recorded", id=request.id, resume=talk.resume)
    return request


def _letter(talk: Dialogue, request: Request) -> Request:
    """What the letter says of itself: each answer is in the archive before the next question."""
    for name in LETTER:
        if getattr(request, name) or name in request.answers.get("said", ()):
            continue
        said = _asked_day(talk) if name == "deadline" else one_line(talk.ask(name, must=name == "reason"))
        request = talk.changed(note_letter, request.id, name, said)
    return request


def _asked_day(talk: Dialogue) -> str | None:
    while said := talk.ask("deadline"):
        try:
            return date.fromisoformat(said).isoformat()
        except ValueError:
            talk.say("not_a_day")
    return None


def _show_matches(talk: Dialogue, request: Request) -> Request:
    """What the archive has of what the letter names, by source and reason; asked only once."""
    if "named" not in request.answers:
        request = talk.noted(request, dict(request.answers), named=talk.lines("paste"))
    if not (named := request.answers["named"]):
        return request
    talk.equivalent(f"parknews removals find {shlex.join(named)}")
    matches = find_matches(talk.db, named)
    talk.say("found_some" if matches else "found_none", n=len(matches))
    counted = Counter((match.source, match.source_name, match.kind, match.name) for match in matches)
    for (source, name, kind, whose), number in counted.most_common():
        why = talk.words(f"found.{kind}", name=whose)
        talk.say("found_line", source=source, name=name, n=number, reason=why)
    return request


_OPTIONS = {
    "prefixes": "--url-prefix",
    "urls": "--url",
    "credited": "--credited",
    "titles": "--title",
    "authors": "--author",
    "persons": "--person",
    "articles": "--article",
}
_FLAGS = {
    "with_copies": "--with-copies",
    "mentions": "--with-mentions",
    "stay_down": "--stay-down",
    "hide_only": "--hide-only",
}
_PARTS = ("hosts", "domains", *_OPTIONS)
"""In the order in which the guide numbers them, from 1."""


def _ask_scope(talk: Dialogue, request: Request, *, again: bool = False) -> Request:
    """What is to go and how, each answer recorded as it is given; or the request closed."""
    answers = {name: said for name, said in request.answers.items() if not again or name in ("said", "named")}
    if _has_part(answers):
        talk.equivalent(f"parknews remove-source {_typed(answers)}")
    while not answers.get("all_said"):
        if _has_part(answers) and not talk.agrees("more"):
            request = talk.noted(request, answers, all_said=True)
            break
        chosen = talk.choice("scope", "0123456789")
        if chosen == "0":
            return talk.changed(close_request, request.id, now_utc(), talk.ask("why_nothing", must=True))
        part = _PARTS[int(chosen) - 1]
        said = talk.lines(part) if part == "urls" else [talk.ask(part, must=True)]
        parts = {part: [*answers.get(part, []), *said]}
        try:
            _scope_of({**answers, **parts})
        except ConfigurationError as error:
            talk.say("wrong", why=str(error))
            continue
        if said:
            request = talk.noted(request, answers, **parts)
    for wish in _FLAGS:
        if wish not in answers:
            request = talk.noted(request, answers, **{wish: talk.agrees(wish)})
    return request


def _has_part(answers: dict[str, Any]) -> bool:
    return any(part in answers for part in _PARTS)


def _scope_of(answers: dict[str, Any]) -> Scope:
    """The scope that the answers describe."""
    below = answers.get("domains", [])
    return make_scope(
        hosts=[*answers.get("hosts", []), *below],
        domains=below,
        articles=[_number(said) for said in answers.get("articles", [])],
        **{part: answers.get(part, []) for part in _OPTIONS if part != "articles"},
        with_copies=bool(answers.get("with_copies")),
    )


def _number(said: str) -> int:
    if not said.isdecimal():
        raise ConfigurationError(f"{said[:200]}: not an article's number")
    return int(said)


def _typed(answers: dict[str, Any]) -> str:
    """The scope as options of `remove-source`."""
    typed = [*answers.get("hosts", []), *answers.get("domains", [])][:1]
    typed += ["--include-subdomains"] if answers.get("domains") else []
    for part, option in _OPTIONS.items():
        for value in answers.get(part, []):
            typed += [option, value]
    return shlex.join(typed + [flag for wish, flag in _FLAGS.items() if answers.get(wish)])


def _carry_out(talk: Dialogue, request: Request) -> Request:
    """Shows the plan and does it where that is agreed to; otherwise asks for another scope, or stops."""
    scope, answers = _scope_of(request.answers), request.answers
    plan = preview(talk.db, scope, mentions=bool(answers.get("mentions")))
    command = f"parknews remove-source {_typed(request.answers)}"
    talk.equivalent(f"{command} --dry-run")
    _show(talk, plan)
    chosen = talk.choice("go_on", "012")
    if chosen == "0":
        raise KeyboardInterrupt
    if chosen == "2":
        return _ask_scope(talk, request, again=True)
    if plan.is_large and talk.ask("type_hash", part=f"{plan.part:.0%}") != plan.hash:
        talk.say("not_the_hash")
        return request
    said = {name: getattr(request, name) for name in ("requester", "reason", "basis", "ticket")}
    who = " ".join(f"--{name} {shlex.quote(value)}" for name, value in said.items() if value)
    talk.equivalent(f"{command} {who} --plan-hash {plan.hash} --yes")
    order = Order(
        **said,
        at=now_utc(),
        operator=login(),
        hide_only=bool(answers.get("hide_only")),
        stay_down=bool(answers.get("stay_down")),
        mentions=bool(answers.get("mentions")),
    )
    order = with_wait(order, plan, talk.wait_days)
    remove(talk.db, scope, order, expected=plan.hash, request=request.id)
    with reader(talk.db) as connection:
        return known_request(connection, request.id)


def _show(talk: Dialogue, plan: Plan) -> None:
    talk.say(
        "plan_takes",
        hash=plan.hash,
        copies=len(plan.copies_gone),
        all=plan.copies_in_archive,
        part=f"{plan.part:.1%}",
        articles=len(plan.articles_gone),
    )
    if not plan.pages:
        talk.say("plan_nothing")
        if near := nearest(talk.db, plan.scope):
            talk.say("plan_nearest", names=", ".join(near))
    for heading, lines in sections(plan, talk.words):
        print("\n  ".join([heading, *lines[:_SHOWN], *(["…"] if len(lines) > _SHOWN else [])]))
    if plan.reaches_others:
        talk.say("plan_waits", days=talk.wait_days)


def _follow(talk: Dialogue, request: Request) -> bool:
    """What there is to do after the order; whether the request is closed then."""
    assert request.removal_id is not None
    outcome = recorded(talk.db, request.removal_id)
    order = outcome.removal
    if order.state not in ("verified", "restored", "hidden") or (
        order.state == "hidden" and order.is_due(now_utc())
    ):
        talk.equivalent(f"parknews removals go-on {order.id}")
        outcome = go_on(talk.db, order.id)
    if outcome.trouble:
        talk.say("done_trouble", removal=order.id, trouble=outcome.trouble)
        return False
    if outcome.removal.state == "hidden":
        outcome = _while_hidden(talk, outcome)
    if outcome.removal.state == "hidden":
        return False
    if outcome.removal.state == "restored":
        return _closed(talk, request, "undone after a counter-notice")
    return _answered(talk, request, outcome)


def _while_hidden(talk: Dialogue, outcome: Outcome) -> Outcome:
    """Deletes it now, gives it back, or waits."""
    order = outcome.removal
    until = talk.words("until", day=order.due_at[:10]) if order.due_at else ""
    talk.say("done_hidden", removal=order.id, until=until)
    chosen = talk.choice("hidden_menu", "012")
    if chosen == "1":
        why = one_line(talk.ask("why_now", must=True))
        talk.equivalent(f"parknews removals go-on {order.id} --now {shlex.quote(why)}")
        return delete_now(talk.db, order.id, why)
    if chosen == "2":
        why = one_line(talk.ask("why_undo", must=True))
        talk.equivalent(f"parknews removals undo {order.id} --reason {shlex.quote(why)}")
        talk.say("undone", removal=order.id, pages=restore_hidden(talk.db, order.id, why))
    return recorded(talk.db, order.id)


def _answered(talk: Dialogue, request: Request, outcome: Outcome) -> bool:
    """Offers a reply; whether it was sent, which closes the request."""
    done = outcome.removal
    numbers = {"pages": done.counts.get("pages read", 0), "articles": done.counts.get("articles", 0)}
    ending = "_nothing" if done.found_nothing else ""
    talk.say(
        f"done{ending or '_verified'}",
        removal=done.id,
        command=f"parknews removals show {done.id}",
        **numbers,
    )
    sources = sorted({str(survivor["source"]) for survivor in done.survivors})
    survivors = talk.words("survivors", n=len(done.survivors), sources=", ".join(sources)) if sources else ""
    reply = talk.words(
        f"reply{ending}",
        requester=one_line(request.requester),
        received=request.opened_at[:10],
        done=(done.verified_at or now_utc())[:10],
        removal=done.id,
        survivors=survivors,
        **numbers,
    )
    talk.say("reply_heading")
    print(f"\n{reply}\n")
    return talk.agrees("answered") and _closed(talk, request, "answered")


def _closed(talk: Dialogue, request: Request, outcome: str) -> bool:
    talk.changed(close_request, request.id, now_utc(), outcome)
    talk.say("closed", id=request.id)
    return True
