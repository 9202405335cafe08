"""What is to go: what the archive has of what a letter names, and the scope that is chosen.

In: the dialogue and the request. Out: the request with its answers, each recorded as it is given, and the
scope that they describe.
"""

from __future__ import annotations

import shlex
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.errors import ConfigurationError
from pipelines.utc import iso

if TYPE_CHECKING:
    from crawler.cli.guide.dialogue import Dialogue
    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.requests import Request

_PARTS = {"1": "hosts", "2": "domains", "3": "prefixes", "4": "urls", "5": "credited"}
_WISHES = ("with_copies", "mentions", "stay_down", "hide_only")
_OPTIONS = {"prefixes": "--url-prefix", "urls": "--url", "credited": "--credited"}
_FLAGS = {
    "with_copies": "--with-copies",
    "mentions": "--with-mentions",
    "stay_down": "--stay-down",
    "hide_only": "--hide-only",
}
_CREDITS = "it credits "


def show_matches(talk: Dialogue, request: Request) -> Request:
    """What the archive has of what the letter names, by source and reason; asked only once."""
    if "named" not in request.answers:
        request = _noted(talk, request, dict(request.answers), named=talk.lines("paste"))
    if named := request.answers["named"]:
        _show_found(talk, named)
    return request


def is_said(request: Request) -> bool:
    """Whether all is known of what is to go: the last question was answered."""
    return _WISHES[-1] in request.answers


def ask_scope(talk: Dialogue, request: Request, *, again: bool = False) -> Request:
    """What is to go and how, each answer recorded as it is given; or the request closed."""
    from pipelines.forget.requests import close_request  # noqa: PLC0415

    kept = ("said", "named")
    answers = {name: said for name, said in request.answers.items() if not again or name in kept}
    if _has_part(answers):
        talk.equivalent(f"parknews remove-source {typed(answers)}")
    while not answers.get("all_said"):
        if _has_part(answers) and not talk.agrees("more"):
            request = _noted(talk, request, answers, all_said=True)
            break
        chosen = talk.choice("scope", "012345")
        if chosen == "0":
            why = talk.ask("why_nothing", must=True)
            return talk.changed(close_request, request.id, iso(datetime.now(UTC)), why)
        part = _PARTS[chosen]
        said = talk.lines(part) if part == "urls" else [talk.ask(part, must=True)]
        try:
            scope_of({**answers, part: [*answers.get(part, []), *said]})
        except ConfigurationError as error:
            talk.say("wrong", why=str(error))
            continue
        if said:
            request = _noted(talk, request, answers, **{part: [*answers.get(part, []), *said]})
    for wish in _WISHES:
        if wish not in answers:
            request = _noted(talk, request, answers, **{wish: talk.agrees(wish)})
    return request


def scope_of(answers: dict[str, Any]) -> Scope:
    """The scope that the answers describe."""
    from crawler.cli.removal_order import hosts_and_domains  # noqa: PLC0415
    from pipelines.archive.kept_out.scope import make_scope  # noqa: PLC0415

    below = answers.get("domains", [])
    hosts, domains = hosts_and_domains(below, bool(below))
    return make_scope(
        hosts=[*answers.get("hosts", []), *hosts],
        domains=domains,
        prefixes=answers.get("prefixes", []),
        urls=answers.get("urls", []),
        credited=answers.get("credited", []),
        with_copies=bool(answers.get("with_copies")),
    )


def typed(answers: dict[str, Any]) -> str:
    """The scope as options of `remove-source`."""
    hosts = [*answers.get("hosts", []), *answers.get("domains", [])]
    words = hosts[:1]
    words += ["--include-subdomains"] if answers.get("domains") else []
    for part, option in _OPTIONS.items():
        for value in answers.get(part, []):
            words += [option, value]
    words += [flag for wish, flag in _FLAGS.items() if answers.get(wish)]
    return shlex.join(words)


def _show_found(talk: Dialogue, named: list[str]) -> None:
    from pipelines.archive.file import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.find import find_matches  # noqa: PLC0415

    talk.equivalent("parknews removals find " + " ".join(map(shlex.quote, named)))
    with closing(read_only(talk.db)) as connection:
        found = find_matches(connection, named)
    if not found:
        talk.say("found_none")
        return
    talk.say("found_some", n=len(found))
    for (source, name, reason), number in Counter(
        (match.source, match.source_name, match.reason) for match in found
    ).most_common():
        credited = reason.removeprefix(_CREDITS)
        key = "credits" if credited != reason else reason
        why = talk.words(f"found.{key}", name=credited)
        talk.say("found_line", source=source, name=name, n=number, reason=why)


def _has_part(answers: dict[str, Any]) -> bool:
    return any(part in answers for part in _PARTS.values())


def _noted(talk: Dialogue, request: Request, answers: dict[str, Any], **more: Any) -> Request:
    """Adds to the answers, here and in the archive."""
    from pipelines.forget.requests import note_answers  # noqa: PLC0415

    answers |= more
    return talk.changed(note_answers, request.id, answers)
