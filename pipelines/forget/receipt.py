"""The receipt of a removal: what was ordered, done and found, for the requester's file and for a machine.

In: the record of a removal. Out: Markdown, or a dictionary for JSON. Neither holds a word of what was
removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Event = tuple[str, str, str]

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


def markdown(removal: Mapping[str, Any], events: Sequence[Event], trouble: str = "") -> str:
    """The receipt for a person."""
    lines = [f"# Removal {removal['id']}", "", _state(removal), ""]
    if trouble:
        lines += [f"**Not complete:** {trouble}", ""]
    lines += _table(
        (name.replace("_", " "), removal[name])
        for name in (
            "scope",
            "requester",
            "reason",
            "basis",
            "ticket",
            "operator",
            "at",
            "plan_hash",
            "version",
        )
        if removal.get(name)
    )
    if removal.get("stay_down"):
        lines += ["The same texts are held when they come from other addresses (`removals matches`).", ""]
    if removal.get("mentions"):
        lines += ["Stored raw pages of others that quote or link it were to go, too.", ""]
    if removal.get("due_at"):
        lines += [f"To be deleted no earlier than {removal['due_at']}.", ""]
    nothing = "nothing was there" if found_nothing(removal) else "nothing yet"
    lines += ["## What was deleted", "", *_numbers(removal["counts"], nothing)]
    lines += _survivors(removal["survivors"])
    lines += _verification(removal["verification"], removal.get("verified_at"))
    lines += ["## What could not be reached", ""]
    lines += [
        f"- an exported file holds some of it: {detail}" for _, event, detail in events if event == EXPORT
    ]
    found = removal["verification"]
    lines += [
        f"- {file['file']} (in a folder within the archive's) holds {file['left']} passages: delete it"
        " or make it anew"
        for file in found.get("elsewhere", ())
    ]
    lines += [f"- {name}: packed so that it cannot be searched" for name in found.get("not_searched", ())]
    lines += [f"- {name}: a backup in the archive's folder" for name in found.get("backups", ())]
    lines += [*(f"- {sentence}" for sentence in OUT_OF_REACH), ""]
    lines += [
        "## Record",
        "",
        *(f"- {at} {event}{': ' + detail if detail else ''}" for at, event, detail in events),
    ]
    return "\n".join(lines) + "\n"


def as_json(removal: Mapping[str, Any], events: Sequence[Event], trouble: str = "") -> dict[str, Any]:
    """The receipt for a machine."""
    return {
        **removal,
        "complete": not trouble and removal["state"] in ("verified", "restored"),
        "trouble": trouble,
        "nothing_was_there": found_nothing(removal),
        "events": [{"at": at, "event": event, "detail": detail} for at, event, detail in events],
        "out_of_reach": list(OUT_OF_REACH),
    }


def found_nothing(removal: Mapping[str, Any]) -> bool:
    """Whether it went through without anything to delete: it blocks, and proves nothing."""
    return removal["state"] == "verified" and not any(removal["counts"].values())


def _state(removal: Mapping[str, Any]) -> str:
    if found_nothing(removal):
        return "State: **blocked** (nothing was there; it is kept out from now on)."
    return f"State: **{removal['state']}** ({_STATES.get(removal['state'], '')})."


def _table(rows: Iterable[tuple[str, Any]]) -> list[str]:
    cells = [f"| {name} | {str(value).replace('|', '/')} |" for name, value in rows]
    return ["| | |", "| --- | --- |", *cells, ""]


def _numbers(counts: Mapping[str, int], nothing: str) -> list[str]:
    some = [(name, number) for name, number in counts.items() if number]
    return [*(f"- {name}: {number}" for name, number in some), *([] if some else [nothing]), ""]


def _survivors(survivors: Sequence[Mapping[str, Any]]) -> list[str]:
    if not survivors:
        return []
    shown = [
        f"- article {survivor['article']}, shown as {survivor['source']} has it" for survivor in survivors
    ]
    return ["## Articles that stay, under another source's own text", "", *shown, ""]


def _verification(found: Mapping[str, Any], at: str | None) -> list[str]:
    if not found:
        return ["## Verification", "", "not done yet", ""]
    word = "Nothing was left" if found["verified"] else "Something was left"
    lines = [
        "## Verification",
        "",
        f"{word} on {at}: {found['passages']} passages were searched for in {len(found['files'])} files,"
        " in UTF-8, UTF-16, GB18030, Big5 and as the search index spells them, compressed pages unpacked;"
        " the search index was compared with the texts character by character. Titles of fewer than eight"
        " characters are too common to be told from others' words: their rows were counted instead.",
        "",
        *(
            f"- {file['file']}: {file['left']} passages left in {file['bytes']} bytes"
            for file in found["files"]
        ),
        "",
    ]
    if found["shared_with"]:
        lines += ["What others lawfully still say (their own copies, teasers and links):", ""]
        lines += [f"- {owner}: {number} texts" for owner, number in found["shared_with"].items()]
        lines += [""]
    lines += [f"- **{trouble}**" for trouble in found["troubles"]]
    return lines + ([""] if found["troubles"] else [])
