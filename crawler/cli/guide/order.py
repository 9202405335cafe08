"""The plan of a request and the deed, done by the same functions as `remove-source`."""

from __future__ import annotations

import shlex
from contextlib import closing
from typing import TYPE_CHECKING

from crawler.cli.guide.scope import ask_scope, scope_of, typed
from crawler.cli.terminal import one_line

if TYPE_CHECKING:
    from crawler.cli.guide.dialogue import Dialogue
    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.order import Order
    from pipelines.forget.plan import LeftOut, Plan
    from pipelines.forget.requests import Request

_SHOWN = 10
"""Lines of one kind in a plan that a person reads between two questions."""


def carry_out(talk: Dialogue, request: Request) -> Request:
    """Shows the plan and does it where that is agreed to; otherwise asks for another scope, or stops."""
    from pipelines.forget.removal import preview, remove  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.requests import note_order  # noqa: PLC0415

    scope = scope_of(request.answers)
    plan = preview(talk.db, scope, mentions=bool(request.answers.get("mentions")))
    command = f"parknews remove-source {typed(request.answers)}"
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
            request = talk.changed(note_order, request.id, _ordered(talk, scope))

    outcome = remove(talk.db, scope, order, expected=plan.hash, on_step=note)
    return talk.changed(note_order, request.id, outcome.removal.id)


def _order(talk: Dialogue, request: Request, plan: Plan) -> Order:
    from crawler.cli.removal_order import order_of  # noqa: PLC0415

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
    from pipelines.forget.known import under_way  # noqa: PLC0415

    found = under_way(talk.db, scope)
    assert found is not None  # it was ordered before its first step
    return found.id


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
    from pipelines.archive.file import read_only  # noqa: PLC0415
    from pipelines.forget.find import nearest  # noqa: PLC0415

    with closing(read_only(talk.db)) as connection:
        near = nearest(connection, scope)
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
