"""The receipt of a removal: what was ordered, done and proof, for the requester's file and for a machine.

In: how far a removal is. Out: Markdown, or a dictionary for JSON. Neither holds a word of what was removed.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipelines.forget.record import Outcome, Removal
from pipelines.utc import iso

Say = Callable[..., str]

OUT_OF_REACH = ("out_backups", "out_handed", "out_medium", "out_images", "out_killed")
"""What no removal reaches, or can prove, as the receipt says it (crawler/cli/receipt.toml)."""

EXPORT = "held by an export"
"""The event that names an exported file and its rows."""

_ORDERED = ("scope", "requester", "reason", "basis", "ticket", "operator", "at", "plan_hash", "version")


def markdown(outcome: Outcome, say: Say) -> str:
    """The receipt for a person, in the words of one language: `say` fills those of crawler/cli/receipt.toml.

    What people said is shown as they said it: no HTML, link or table can be made of it.
    """
    removal = outcome.removal
    told = functools.partial(_told, say)
    lines = [f"# {told('title', id=str(removal.id))}", "", _state(removal, say), ""]
    if outcome.trouble:
        lines += [told("trouble", trouble=plainly(outcome.trouble, but="`")), ""]
    ordered = [(say(f"receipt_of.{name}"), plainly(str(getattr(removal, name)))) for name in _ORDERED]
    lines += ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in ordered if value), ""]
    for name in ("stay_down", "mentions"):
        lines += [told(name), ""] if getattr(removal, name) else []
    lines += [told("due", day=removal.due_at), ""] if removal.due_at else []
    lines += _asked(outcome, say)
    nothing = told("nothing" if removal.found_nothing else "nothing_yet")
    deleted = [f"- {_named(say, 'count', name)}: {n}" for name, n in removal.counts.items() if n]
    lines += [f"## {told('deleted')}", "", *(deleted or [nothing]), ""]
    lines += _survivors(removal.survivors, say)
    lines += _verification(removal, say)
    lines += [f"## {told('reach')}", "", *_out_of_reach(outcome, say), "", f"## {told('record')}", ""]
    lines += [
        f"- {at} {_named(say, 'event', event)}{': ' + plainly(detail) if detail else ''}"
        for at, event, detail in outcome.events
    ]
    lines += [f"- {told('ledger', head=outcome.ledger_head)}"] if outcome.ledger_head else []
    return "\n".join(lines) + "\n"


def sealed(
    text: str,
    say: Say,
    sign: Callable[[bytes], tuple[bytes, bytes]] | None = None,
    stamp: Callable[[bytes], tuple[bytes, datetime]] | None = None,
) -> str:
    """A receipt with its hash below, and where there is a key its signature, an authority its time stamp.

    Args:
        text: the receipt.
        say: the words of one language.
        sign: of bytes their Ed25519 signature and the public key (RFC 8032).
        stamp: of bytes an authority's token, and the time in it (RFC 3161).
    """
    body = text.encode()
    lines = ["", "---", "", _told(say, "hash", digest=hashlib.sha256(body).hexdigest())]
    if sign is not None:
        signature, public = (base64.b64encode(part).decode() for part in sign(body))
        lines += ["", _told(say, "signature", signature=signature), "", _told(say, "public", key=public)]
    if stamp is not None:
        token, at = stamp(body)
        lines += ["", _told(say, "stamp", at=iso(at), token=base64.b64encode(token).decode())]
    return text + "\n".join(lines) + "\n"


def plainly(said: str, *, but: str = "") -> str:
    """What a person said, or a file is called, in Markdown that shows just that.

    Args:
        said: the words.
        but: a sign that may mean something: ` around our own commands.
    """
    signs = "\\`*<>[]|".replace(but, "") if but else "\\`*<>[]|"
    return "".join(f"\\{sign}" if sign in signs else sign for sign in " ".join(said.split()))


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The receipt for a machine."""
    removal = outcome.removal
    return {
        **row(removal),
        "complete": not outcome.trouble and removal.state in ("verified", "restored"),
        "trouble": outcome.trouble,
        "nothing_was_there": removal.found_nothing,
        "events": [{"at": at, "event": event, "detail": detail} for at, event, detail in outcome.events],
        "salt": outcome.salt,
        "ledger_head": outcome.ledger_head,
    }


def row(removal: Removal) -> dict[str, Any]:
    """A removal of the record for a machine; one that found no page is called blocked, and not verified."""
    return asdict(removal) | ({"state": "blocked", "verified": False} if removal.found_nothing else {})


def _told(say: Say, name: str, /, **values: object) -> str:
    """A sentence of the receipt; names of files, tables and sources in it make no mark-up."""
    shown = {key: value if key in _OURS else plainly(str(value)) for key, value in values.items()}
    numbers = {key: value for key, value in values.items() if isinstance(value, int)}
    return say(f"receipt.{name}", **(shown | numbers))


_OURS = ("trouble", "state", "means")
"""Values that are words of ours, and plain already."""


def _named(say: Say, group: str, name: str) -> str:
    """What the record calls something, in the receipt's language; as it stands there where it is older."""
    try:
        return say(f"receipt_{group}.{name}")
    except KeyError:
        return name


def _state(removal: Removal, say: Say) -> str:
    state, means = removal.state, removal.state
    if removal.found_nothing:
        state, means = "blocked", "known" if any(removal.counts.values()) else "nothing"
    return _told(say, "state", state=state, means=say(f"receipt_state.{means}"))


def _asked(outcome: Outcome, say: Say) -> list[str]:
    """A line for each thing that was asked for, as a digest, and how to check it."""
    if not outcome.removal.asked:
        return []
    lines = [f"## {_told(say, 'asked')}", ""]
    for asked in outcome.removal.asked:
        names = {f"name{place}": name for place, name in enumerate(asked["names"])}
        why = say(f"left.{asked['why']}", **names) if asked["why"] else asked["detail"]
        state = say(f"receipt_line.{asked['state']}", n=asked["pages"], detail=plainly(why))
        what = filter(None, (_named(say, "kind", asked["kind"]), plainly(asked["shown"])))
        lines.append(f"- {' '.join(what)} `{asked['digest']}`: {state}")
    return [*lines, "", *([_told(say, "check", salt=outcome.salt), ""] if outcome.salt else [])]


def _survivors(survivors: Sequence[Mapping[str, Any]], say: Say) -> list[str]:
    shown = [
        "- " + _told(say, "survivor", article=str(survivor["article"]), source=survivor["source"])
        for survivor in survivors
        if "source" in survivor  # known once the others are hidden
    ]
    return [f"## {_told(say, 'survivors')}", "", *shown, ""] if shown else []


def _verification(removal: Removal, say: Say) -> list[str]:
    proof, lines = removal.verification, [f"## {_told(say, 'verification')}", ""]
    if not proof:
        return [*lines, _told(say, "not_yet"), ""]
    found = "none_left" if proof["verified"] else "some_left"
    how = "full" if proof.get("full", True) else "quick"
    said = [
        _told(say, found, at=removal.verified_at, passages=proof["passages"], files=len(proof["files"])),
        _told(say, how),
        _told(say, "short"),
    ]
    lines += [" ".join(said), ""]
    lines += [
        "- " + _told(say, "file", file=file["file"], left=file["left"], bytes=file["bytes"])
        for file in proof["files"]
    ]
    lines += [""]
    if proof["shared_with"]:
        lines += [_told(say, "shared"), ""]
        owners = proof["shared_with"].items()
        lines += ["- " + _told(say, "texts", owner=owner, n=number) for owner, number in owners]
        lines += [""]
    lines += [f"- **{plainly(trouble, but='`')}**" for trouble in proof["troubles"]]
    return lines + ([""] if proof["troubles"] else [])


def _out_of_reach(outcome: Outcome, say: Say) -> list[str]:
    proof = outcome.removal.verification
    told = [_told(say, "export", detail=detail) for _, event, detail in outcome.events if event == EXPORT]
    told += [_told(say, "elsewhere", **file) for file in proof.get("elsewhere", ())]
    told += [_told(say, "own_table", table=t, n=n) for t, n in proof.get("own_tables", {}).items()]
    told += [_told(say, "packed", name=name) for name in proof.get("not_searched", ())]
    told += [_told(say, "backup", name=name) for name in proof.get("backups", ())]
    return [f"- {sentence}" for sentence in (*told, *(_told(say, name) for name in OUT_OF_REACH))]
