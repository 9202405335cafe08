"""What follows once a removal is ordered, until the letter is answered.

In: the dialogue and a request with its removal. Out: whether the request is closed; all that is done is done
by the same functions as `removals`.
"""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.cli.terminal import one_line
from pipelines.forget.receipt import found_nothing
from pipelines.utc import iso

if TYPE_CHECKING:
    from crawler.cli.guide.dialogue import Dialogue
    from pipelines.forget.removal import Outcome
    from pipelines.forget.requests import Request


def follow(talk: Dialogue, request: Request) -> bool:
    """What there is to do after the order; whether the request is closed then."""
    from pipelines.forget.known import outcome_of  # noqa: PLC0415  # --help needs no archive
    from pipelines.forget.removal import go_on  # noqa: PLC0415  # --help needs no archive

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
    from pipelines.forget.known import outcome_of  # noqa: PLC0415
    from pipelines.forget.removal import delete_now, restore_hidden  # noqa: PLC0415

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
            done=(removal.verified_at or iso(datetime.now(UTC)))[:10],
            removal=removal.id,
            survivors=survivors,
            **numbers,
        )
    )
    print()
    return talk.agrees("answered") and _closed(talk, request, "answered")


def _closed(talk: Dialogue, request: Request, outcome: str) -> bool:
    from pipelines.forget.requests import close_request  # noqa: PLC0415

    talk.changed(close_request, request.id, iso(datetime.now(UTC)), outcome)
    talk.say("closed", id=request.id)
    return True


def _is_due(outcome: Outcome) -> bool:
    return outcome.removal.state == "hidden" and outcome.removal.is_due(iso(datetime.now(UTC)))
