"""The guide's second half: what is to go, the plan, the deed, and what follows until the reply.

In: the dialogue and the request. Out: the request as it stands then; all that is done is done by the same
functions as `remove-source` and `removals`.
"""

from __future__ import annotations

import shlex
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.cli.output import one_line
from pipelines.errors import ConfigurationError
from pipelines.removal.receipt import found_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.cli.guide import Dialogue
    from crawler.forgetting.removal import Outcome
    from pipelines.archive.removal_order import Order
    from pipelines.archive.removal_requests import Request
    from pipelines.removal.plan import LeftOut, Plan
    from pipelines.removal.scope import Scope

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
_SHOWN = 10


def show_matches(talk: Dialogue, request: Request) -> Request:
    """What the archive has of what the letter names, by source and reason; asked only once."""
    if "named" not in request.answers:
        request = _noted(talk, request, dict(request.answers), named=talk.lines("paste"))
    if named := request.answers["named"]:
        _show_found(talk, named)
    return request


def _show_found(talk: Dialogue, named: list[str]) -> None:
    from pipelines.archive.connect import read_only  # noqa: PLC0415  # --help needs no archive
    from pipelines.archive.removal_find import find_matches  # noqa: PLC0415

    talk.equivalent("parknews removals find " + " ".join(map(shlex.quote, named)))
    connection = read_only(talk.db)
    try:
        found = find_matches(connection, named)
    finally:
        connection.close()
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


def is_said(request: Request) -> bool:
    """Whether all is known of what is to go: the last question was answered."""
    return _WISHES[-1] in request.answers


def ask_scope(talk: Dialogue, request: Request, *, again: bool = False) -> Request:
    """What is to go and how, each answer recorded as it is given; or the request closed."""
    from pipelines.archive.removal_requests import close_request  # noqa: PLC0415

    kept = ("said", "named")
    answers = {name: said for name, said in request.answers.items() if not again or name in kept}
    if _has_part(answers):
        talk.equivalent(f"parknews remove-source {_typed(answers)}")
    while not answers.get("all_said"):
        if _has_part(answers) and not talk.agrees("more"):
            request = _noted(talk, request, answers, all_said=True)
            break
        chosen = talk.choice("scope", "012345")
        if chosen == "0":
            return changed(talk, close_request, request.id, _now(), talk.ask("why_nothing", must=True))
        part = _PARTS[chosen]
        said = talk.lines(part) if part == "urls" else [talk.ask(part, must=True)]
        try:
            _scope({**answers, part: [*answers.get(part, []), *said]})
        except ConfigurationError as error:
            talk.say("wrong", why=str(error))
            continue
        if said:
            request = _noted(talk, request, answers, **{part: [*answers.get(part, []), *said]})
    for wish in _WISHES:
        if wish not in answers:
            request = _noted(talk, request, answers, **{wish: talk.agrees(wish)})
    return request


def _has_part(answers: dict[str, Any]) -> bool:
    return any(part in answers for part in _PARTS.values())


def _noted(talk: Dialogue, request: Request, answers: dict[str, Any], **more: Any) -> Request:
    """Adds to the answers, here and in the archive."""
    from pipelines.archive.removal_requests import note_answers  # noqa: PLC0415

    answers |= more
    return changed(talk, note_answers, request.id, answers)


def carry_out(talk: Dialogue, request: Request) -> Request:
    """Shows the plan and does it where that is agreed to; otherwise asks for another scope, or stops."""
    from crawler.forgetting.removal import preview, remove  # noqa: PLC0415  # --help needs no archive
    from pipelines.archive.removal_requests import note_order  # noqa: PLC0415

    scope = _scope(request.answers)
    plan = preview(talk.db, scope, mentions=bool(request.answers.get("mentions")))
    command = f"parknews remove-source {_typed(request.answers)}"
    talk.equivalent(f"{command} --dry-run")
    _show(talk, plan)
    chosen = talk.choice("go_on", "012")
    if chosen == "0":
        raise KeyboardInterrupt
    if chosen == "2":
        return ask_scope(talk, request, again=True)
    if plan.is_large and talk.ask("type_hash", part=f"{plan.part:.0%}") != plan.hash:
        talk.say("not_the_hash")
        return request
    order = _order(talk, request, plan)
    said = {
        name: getattr(request, name)
        for name in ("requester", "reason", "basis", "ticket")
        if getattr(request, name)
    }
    who = " ".join(f"--{name} {shlex.quote(value)}" for name, value in said.items())
    talk.equivalent(f"{command} {who} --plan-hash {plan.hash} --yes")

    def note(_step: str) -> None:
        """Once it is ordered, nothing of what was said for it stays."""
        nonlocal request
        if request.removal_id is None:
            request = changed(talk, note_order, request.id, _ordered(talk, scope))

    outcome = remove(talk.db, scope, order, expected=plan.hash, on_step=note)
    return changed(talk, note_order, request.id, outcome.removal.id)


def follow(talk: Dialogue, request: Request) -> bool:
    """What there is to do after the order; whether the request is closed then."""
    from crawler.forgetting.removal import go_on, outcome_of  # noqa: PLC0415  # --help needs no archive

    assert request.removal_id is not None
    outcome = outcome_of(talk.db, request.removal_id)
    if outcome.removal.state not in ("verified", "restored", "hidden") or _is_due(outcome):
        talk.equivalent(f"parknews removals go-on {request.removal_id}")
        outcome = go_on(talk.db, request.removal_id)
    removal = outcome.removal
    if outcome.trouble:
        talk.say("done_trouble", removal=removal.id, trouble=outcome.trouble)
        return False
    if removal.state == "hidden":
        outcome = _while_hidden(talk, outcome)
        if outcome.removal.state == "hidden":
            return False
    if outcome.removal.state == "restored":
        return _closed(talk, request, "undone after a counter-notice")
    return _answered(talk, request, outcome)


def _while_hidden(talk: Dialogue, outcome: Outcome) -> Outcome:
    from crawler.forgetting.removal import delete_now, outcome_of, restore_hidden  # noqa: PLC0415

    removal = outcome.removal
    until = talk.words("until", day=removal.due_at[:10]) if removal.due_at else ""
    talk.say("done_hidden", removal=removal.id, until=until)
    chosen = talk.choice("hidden_menu", "012")
    if chosen == "1":
        why = one_line(talk.ask("why_now", must=True))
        talk.equivalent(f"parknews removals go-on {removal.id} --now {shlex.quote(why)}")
        return delete_now(talk.db, removal.id, why)
    if chosen == "2":
        why = one_line(talk.ask("why_undo", must=True))
        talk.equivalent(f"parknews removals undo {removal.id} --reason {shlex.quote(why)}")
        talk.say("undone", removal=removal.id, pages=restore_hidden(talk.db, removal.id, why))
    return outcome_of(talk.db, removal.id)


def _answered(talk: Dialogue, request: Request, outcome: Outcome) -> bool:
    removal = outcome.removal
    numbers = {"pages": removal.counts.get("pages read", 0), "articles": removal.counts.get("articles", 0)}
    command = f"parknews removals show {removal.id}"
    nothing = found_nothing({"state": removal.state, "counts": removal.counts})
    talk.say("done_nothing" if nothing else "done_verified", removal=removal.id, command=command, **numbers)
    sources = sorted({str(survivor["source"]) for survivor in removal.survivors})
    survivors = (
        talk.words("survivors", n=len(removal.survivors), sources=", ".join(sources)) if sources else ""
    )
    talk.say_block("reply_heading")
    print()
    print(
        talk.words(
            "reply_nothing" if nothing else "reply",
            requester=one_line(request.requester),
            received=request.opened_at[:10],
            done=(removal.verified_at or _now())[:10],
            removal=removal.id,
            survivors=survivors,
            **numbers,
        )
    )
    print()
    return talk.agrees("answered") and _closed(talk, request, "answered")


def _closed(talk: Dialogue, request: Request, outcome: str) -> bool:
    from pipelines.archive.removal_requests import close_request  # noqa: PLC0415

    changed(talk, close_request, request.id, _now(), outcome)
    talk.say("closed", id=request.id)
    return True


def _show(talk: Dialogue, plan: Plan) -> None:
    part = f"{plan.part:.1%}"
    talk.say(
        "plan",
        hash=plan.hash,
        copies=plan.copies_gone,
        all=plan.copies_in_archive,
        part=part,
        articles=len(plan.articles_gone),
    )
    if not plan.pages:
        talk.say_block("plan_nothing")
        _show_nearest(talk, plan.scope)
    _list(talk, "plan_titles", [one_line(title) for title in plan.titles])
    _list(talk, "plan_stay", [f"{one_line(s.title)} ({s.source})" for s in plan.survivors])
    _list(talk, "plan_left", [_left(talk, left) for left in plan.left_out])
    _list(talk, "plan_exports", [one_line(export.told()) for export in plan.exports])
    if plan.reaches_others:
        talk.say("plan_waits", days=talk.wait_days)


def _show_nearest(talk: Dialogue, scope: Scope) -> None:
    from pipelines.archive.connect import read_only  # noqa: PLC0415
    from pipelines.archive.removal_find import nearest  # noqa: PLC0415

    connection = read_only(talk.db)
    try:
        near = nearest(connection, scope)
    finally:
        connection.close()
    if near:
        talk.say("plan_nearest", names=", ".join(near))


def _left(talk: Dialogue, left: LeftOut) -> str:
    names = {f"name{place}": name for place, name in enumerate(left.names)}
    return one_line(f"{left.url} ({talk.words(f'left.{left.kind}', **names)})")


def _list(talk: Dialogue, heading: str, lines: list[str]) -> None:
    if lines:
        talk.say(heading, n=len(lines))
        for line in lines[:_SHOWN]:
            print(f"  {line}")
        if len(lines) > _SHOWN:
            print("  …")


def _scope(answers: dict[str, Any]) -> Scope:
    from crawler.cli.removal import hosts_and_domains  # noqa: PLC0415
    from pipelines.removal.scope import make_scope  # noqa: PLC0415

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


def _typed(answers: dict[str, Any]) -> str:
    """The scope as options of `remove-source`."""
    hosts = [*answers.get("hosts", []), *answers.get("domains", [])]
    words = hosts[:1]
    words += ["--include-subdomains"] if answers.get("domains") else []
    for part, option in _OPTIONS.items():
        for value in answers.get(part, []):
            words += [option, value]
    words += [flag for wish, flag in _FLAGS.items() if answers.get(wish)]
    return shlex.join(words)


def _order(talk: Dialogue, request: Request, plan: Plan) -> Order:
    from crawler.cli.removal import order_of  # noqa: PLC0415

    return order_of(
        plan,
        reason=request.reason,
        requester=request.requester,
        basis=request.basis,
        ticket=request.ticket,
        operator="",
        hide_only=bool(request.answers.get("hide_only")),
        stay_down=bool(request.answers.get("stay_down")),
        mentions=bool(request.answers.get("mentions")),
        now="",
        wait_days=talk.wait_days,
    )


def _ordered(talk: Dialogue, scope: Scope) -> int:
    from crawler.forgetting.removal import under_way  # noqa: PLC0415

    found = under_way(talk.db, scope)
    assert found is not None  # it was ordered before its first step
    return found.id


def _is_due(outcome: Outcome) -> bool:
    return outcome.removal.state == "hidden" and outcome.removal.is_due(_now())


def changed(talk: Dialogue, change: Callable[..., Request], *values: object) -> Request:
    """The request after a change of its row."""
    from pipelines.archive.removal import RemovalArchive  # noqa: PLC0415

    with RemovalArchive(talk.db, create=False) as archive:
        return archive.requests(change, *values)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
