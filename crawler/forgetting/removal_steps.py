"""A removal carried on as far as it goes: hide, delete, make the files forget, search them, verify.

In: the archive and the crawl store, open, and a removal's number. Out: an `Outcome`. The state in the
archive's `removals` says which step is next; a step that was done finds nothing left to do.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.forgetting.own_process import in_own_process
from crawler.forgetting.removal_check import verification
from pipelines.archive import removal_states as record
from pipelines.archive.blocks import LOOK_S, read_blocklist
from pipelines.archive.slack import clear_slack
from pipelines.errors import ConfigurationError
from pipelines.utc import iso

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from crawler.store import CrawlStore
    from pipelines.archive.removal import RemovalArchive
    from pipelines.archive.removal_states import Removal

    OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a removal is now."""

    removal: Removal
    events: tuple[tuple[str, str, str], ...]
    trouble: str = ""
    """What keeps it from being complete; empty where it is, or where it waits as ordered."""
    was_done: bool = False
    """It was through before, and nothing has come since: nothing was done."""


def carry_on(
    archive: RemovalArchive,
    store: CrawlStore,
    removal_id: int,
    *,
    vacuum: bool = False,
    on_step: OnStep | None = None,
) -> Outcome:
    """Takes each step that is due, in order.

    Args:
        archive: where it is ordered and recorded.
        store: the archive's crawl store.
        removal_id: which removal.
        vacuum: write the files anew, whatever is found in them.
        on_step: is told each step's name before it begins.
    """
    say = on_step or (lambda _: None)
    found = known(archive.connection, removal_id)
    came = is_pending(found) and archive.withhold_blocked(removal_id)
    if came or found.state == "blocked":
        say("hiding")
        while archive.hide(removal_id, now()):
            pass
    if came and found.state not in ("blocked", "hidden"):
        archive.note(removal_id, now(), "found again", f"{came} pages, deleted once more")
        say("deleting")
        _delete(archive, store, removal_id)
    found = known(archive.connection, removal_id)
    if found.state == "hidden" and found.is_due(now()):
        say("deleting")
        _delete(archive, store, removal_id)
    return _prove(archive, store, removal_id, vacuum=vacuum, say=say)


def _prove(
    archive: RemovalArchive, store: CrawlStore, removal_id: int, *, vacuum: bool, say: OnStep
) -> Outcome:
    """What follows once the rows are deleted; nothing before that."""
    if known(archive.connection, removal_id).state == "deleted":
        say("making the files forget")
        if trouble := _forget_files(archive, store, removal_id, vacuum=vacuum):
            return outcome_of(archive.connection, removal_id, trouble)
    found = known(archive.connection, removal_id)
    if found.state == "forgotten" or (found.state == "verified" and not found.verified):
        say("searching every file")
        return verified(archive, store, removal_id)
    return outcome_of(archive.connection, removal_id)


def verified(archive: RemovalArchive, store: CrawlStore, removal_id: int) -> Outcome:
    """Searches every file; makes our own anew where they still hold something, and searches once more."""
    found = known(archive.connection, removal_id)
    mine = read_blocklist(archive.connection, removal_id)
    if any(store.count_blocked(mine.blocks, mine.blocks_host).values()):  # committed in the last moment
        store.delete_blocked(mine.blocks, mine.blocks_host)
        _empty_slack(store.path)
    result = _searched(archive, store, found)
    if result["needs_vacuum"]:
        archive.note(removal_id, now(), "made the files anew", ", ".join(result["needs_vacuum"]))
        trouble = archive.forget_files(vacuum=True) or store.forget_files(vacuum=True)
        if trouble:
            return outcome_of(
                archive.connection, removal_id, f"{trouble}: end what reads it and run the same command again"
            )
        result = _searched(archive, store, found)
    archive.put_verification(removal_id, result, now())
    trouble = "" if result["verified"] else "; ".join(result["troubles"])
    return outcome_of(archive.connection, removal_id, trouble)


def all_open(connection: sqlite3.Connection) -> list[int]:
    """Numbers of the removals with something left to do now, and not only later; the oldest first."""
    at = now()
    return [
        found.id
        for found in reversed(record.removals(connection))
        if is_pending(found) and (found.state != "hidden" or found.is_due(at))
    ]


def is_pending(found: Removal) -> bool:
    """Whether it is not through, or something was found again of what it had deleted."""
    return found.state in record.UNFINISHED or (found.state == "verified" and not found.verified)


def known(connection: sqlite3.Connection, removal_id: int) -> Removal:
    """A removal that is there.

    Raises:
        ConfigurationError: it is not.
    """
    found = record.removal(connection, removal_id)
    if found is None:
        raise ConfigurationError(f"there is no removal {removal_id}; `parknews removals list` shows them")
    return found


def outcome_of(connection: sqlite3.Connection, removal_id: int, trouble: str = "") -> Outcome:
    """How far a removal is, as recorded."""
    return Outcome(known(connection, removal_id), tuple(record.events(connection, removal_id)), trouble)


def now() -> str:
    """The time as the record has it."""
    return iso(datetime.now(UTC))


def _delete(archive: RemovalArchive, store: CrawlStore, removal_id: int) -> None:
    """Facts first, then what the crawl store has; a page that a crawl was fetching is committed by then."""
    started = time.monotonic()
    while archive.forget(removal_id, now()):
        pass
    time.sleep(max(0.0, 3 * LOOK_S - (time.monotonic() - started)))
    mine = read_blocklist(archive.connection, removal_id)
    archive.put_passages(removal_id, store.announced_titles(mine.blocks))
    counts = store.delete_blocked(mine.blocks, mine.blocks_host)
    archive.advance(removal_id, "deleted", now(), _numbers(counts), counts)


def _forget_files(archive: RemovalArchive, store: CrawlStore, removal_id: int, *, vacuum: bool) -> str:
    """Returns what holds a log, so that the same command has to be run again."""
    troubles = [archive.forget_files(vacuum=vacuum), store.forget_files(vacuum=vacuum)]
    trouble = "; ".join(filter(None, troubles))
    if not trouble:
        _empty_slack(archive.path, store.path)
    if trouble:
        archive.note(removal_id, now(), "unfinished", trouble)
        return f"{trouble}: end what reads it (a long query, `parknews serve`) and run the same command again"
    archive.advance(removal_id, "forgotten", now(), "with VACUUM" if vacuum else "")
    return ""


def _empty_slack(*paths: Path) -> None:
    """Empties what belongs to nothing; where writers never pause, the verification sees to what is left."""
    for path in paths:
        in_own_process(clear_slack, path)


def _searched(archive: RemovalArchive, store: CrawlStore, removal: Removal) -> dict[str, Any]:
    result = verification(archive, store, removal)
    if number := result["mentions_deleted"]:
        archive.note(removal.id, now(), "mentions deleted", f"{number} stored raw pages of others")
    return result


def _numbers(counts: dict[str, int]) -> str:
    return ", ".join(f"{name}: {number}" for name, number in counts.items() if number)
