"""The receipt of a removal: what was ordered, done and proof, for the requester's file and for a machine.

In: how far a removal is. Out: Markdown, or a dictionary for JSON. Neither holds a word of what was removed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.forget.record import Outcome, Removal

OUT_OF_REACH = (
    "Backups and copies of the files that were made before: a restored one is refused until the removal has"
    " been applied to it again (`parknews removals replay`).",
    "Files that were handed out, and the caches of those who read them.",
    "What the storage medium itself keeps of deleted blocks (snapshots, flash memory).",
)

EXPORT = "held by an export"
"""The event that names an exported file and its rows."""

_STATES = {
    "blocked": "ordered; not yet hidden from readers everywhere: run the same command again",
    "hidden": "hidden from readers and kept out; nothing is deleted yet",
    "deleted": "deleted; the files still have to forget: run the same command again",
    "forgotten": "deleted and made to forget; not verified",
    "verified": "deleted, forgotten and verified",
    "restored": "undone before anything was deleted",
}


_FULL = (
    "Every byte was read, compressed pages unpacked; the search index was compared with the texts token by"
    " token."
)
_QUICK = (
    "In the archive and its crawl store every byte that belongs to no row is empty, every row was looked at"
    " by its address, page and owner, and what is nobody's was searched; the search index has as many tokens"
    " as its rows. Raw pages of others were not read (`removals verify --full` does, and searches every"
    " byte)."
)

_ORDERED = ("scope", "requester", "reason", "basis", "ticket", "operator", "at", "plan_hash", "version")


def markdown(outcome: Outcome) -> str:
    """The receipt for a person."""
    removal, proof = outcome.removal, outcome.removal.verification
    lines = [f"# Removal {removal.id}", "", _state(removal), ""]
    if outcome.trouble:
        lines += [f"**Not complete:** {outcome.trouble}", ""]
    ordered = [(name.replace("_", " "), str(getattr(removal, name)).replace("|", "/")) for name in _ORDERED]
    lines += ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in ordered if value), ""]
    if removal.stay_down:
        lines += ["The same texts are held when they come from other addresses (`removals matches`).", ""]
    if removal.mentions:
        lines += ["Stored raw pages of others that quote or link it were to go, too.", ""]
    if removal.due_at:
        lines += [f"To be deleted no earlier than {removal.due_at}.", ""]
    nothing = "nothing was there" if removal.found_nothing else "nothing yet"
    deleted = [f"- {name}: {number}" for name, number in removal.counts.items() if number]
    lines += ["## What was deleted", "", *(deleted or [nothing]), ""]
    lines += _survivors(removal.survivors)
    lines += _verification(proof, removal.verified_at)
    lines += ["## What could not be reached", ""]
    lines += [
        f"- an exported file holds some of it: {detail}"
        for _, event, detail in outcome.events
        if event == EXPORT
    ]
    lines += [
        f"- {file['file']} (in a folder within the archive's) holds {file['left']} passages: delete it"
        " or make it anew"
        for file in proof.get("elsewhere", ())
    ]
    lines += [
        f"- {number} rows of your own table {table} refer to articles that are no more"
        for table, number in proof.get("own_tables", {}).items()
    ]
    lines += [f"- {name}: packed so that it cannot be searched" for name in proof.get("not_searched", ())]
    lines += [f"- {name}: a backup in the archive's folder" for name in proof.get("backups", ())]
    lines += [*(f"- {sentence}" for sentence in OUT_OF_REACH), "", "## Record", ""]
    lines += [f"- {at} {event}{': ' + detail if detail else ''}" for at, event, detail in outcome.events]
    return "\n".join(lines) + "\n"


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The receipt for a machine."""
    removal = outcome.removal
    return {
        **row(removal),
        "complete": not outcome.trouble and removal.state in ("verified", "restored"),
        "trouble": outcome.trouble,
        "nothing_was_there": removal.found_nothing,
        "events": [{"at": at, "event": event, "detail": detail} for at, event, detail in outcome.events],
        "out_of_reach": list(OUT_OF_REACH),
    }


def row(removal: Removal) -> dict[str, Any]:
    """A removal of the record for a machine; one that found no page is called blocked, and not verified."""
    return asdict(removal) | ({"state": "blocked", "verified": False} if removal.found_nothing else {})


def _state(removal: Removal) -> str:
    if removal.found_nothing:
        known = "no page was there, and what was known of its addresses is deleted"
        what = known if any(removal.counts.values()) else "nothing was there"
        return f"State: **blocked** ({what}; it is kept out from now on)."
    return f"State: **{removal.state}** ({_STATES.get(removal.state, '')})."


def _survivors(survivors: Sequence[Mapping[str, Any]]) -> list[str]:
    if not survivors:
        return []
    shown = [
        f"- article {survivor['article']}, shown as {survivor['source']} has it" for survivor in survivors
    ]
    return ["## Articles that stay, under another source's own text", "", *shown, ""]


def _verification(proof: Mapping[str, Any], at: str | None) -> list[str]:
    if not proof:
        return ["## Verification", "", "not done yet", ""]
    word = "Nothing was left" if proof["verified"] else "Something was left"
    lines = [
        "## Verification",
        "",
        f"{word} on {at}: {proof['passages']} passages were searched for in {len(proof['files'])} files,"
        " in UTF-8, UTF-16, GB18030, Big5 and as the search index spells them. "
        + (_FULL if proof.get("full", True) else _QUICK)
        + " Titles of fewer than eight characters are too common to be told from others' words: their rows"
        " were counted instead.",
        "",
        *(
            f"- {file['file']}: {file['left']} passages left in {file['bytes']} bytes"
            for file in proof["files"]
        ),
        "",
    ]
    if proof["shared_with"]:
        lines += ["What others lawfully still say (their own copies, teasers and links):", ""]
        lines += [f"- {owner}: {number} texts" for owner, number in proof["shared_with"].items()]
        lines += [""]
    lines += [f"- **{trouble}**" for trouble in proof["troubles"]]
    return lines + ([""] if proof["troubles"] else [])
