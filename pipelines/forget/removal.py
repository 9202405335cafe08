"""Removals over all files of an archive, each under the lock that lets one go on at a time.

In: a scope and an order, or the number of one that is not through. Out: an `Outcome`. Every step
(removal_steps.py) can be interrupted at any moment and finds its work done, or does it, when the same
command runs again. No lock of a crawl is needed: a crawl may go on meanwhile.

A removal carried on as far as it goes: hide, delete, make the files forget, search them, verify.

In: the archive and the crawl store, open, and a removal's number. Out: an `Outcome`. The state in the
archive's `removals` says which step is next; a step that was done finds nothing left to do.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from pipelines.archive.kept_out.blocks import LOOK_S, read_blocklist, read_salt
from pipelines.archive.kept_out.ledger import behind
from pipelines.errors import ConfigurationError, LockedError, RefusedError, StorageError
from pipelines.forget import record
from pipelines.forget.hide import RemovalArchive
from pipelines.forget.order import Order
from pipelines.forget.prove import verification
from pipelines.forget.receipt import EXPORT
from pipelines.forget.record import now
from pipelines.forget.residue import in_own_process
from pipelines.forget.slack import clear_slack
from pipelines.forget.whole_plan import exports_of, whole_plan
from pipelines.store import CrawlStore, store_path

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pipelines.archive.kept_out.scope import Scope
    from pipelines.forget.plan import Plan
    from pipelines.forget.record import Removal

    OnStep = Callable[[str], None]


def preview(
    archive_path: Path, scope: Scope, exports: Sequence[Path] = (), *, mentions: bool = False
) -> Plan:
    """The plan of a scope over all files; nothing is changed.

    Args:
        archive_path: the archive.
        scope: what is to go.
        exports: folders besides the archive's own in which exported files lie.
        mentions: count the raw pages of others that quote or link it, which would go with `mentions`.

    Raises:
        RefusedError, StorageError, ForeignArchiveError, NewerArchiveError: see the archive's opening.
    """
    with _open(archive_path) as (archive, store):
        return whole_plan(archive, store, scope, exports, mentions=mentions)


def remove(
    archive_path: Path,
    scope: Scope,
    order: Order,
    *,
    expected: str | None = None,
    exports: Sequence[Path] = (),
    vacuum: bool = False,
    on_step: OnStep | None = None,
) -> Outcome:
    """Orders the removal of a scope and carries it out; goes on with it where it was interrupted.

    Where one of the same scope is through and nothing has come since, nothing is ordered.

    Raises:
        RefusedError: the plan is not the expected one any more.
        LockedError: another removal is under way.
        StorageError: the disk is full or fails; the same command goes on from there.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        archive.sync_ledger()
        described = scope.described(read_salt(archive.connection))
        pending = record.unfinished(archive.connection, described)
        done = None if pending else record.finished(archive.connection, described)
        if done and whole_plan(archive, store, scope, exports).is_empty:
            return replace(outcome_of(archive.connection, done.id), was_done=True)
        if pending is None:
            number, plan = archive.order(scope, order, expected)
            archive.sync_ledger()
            for export in exports_of(archive, plan, exports):
                archive.note(number, order.at, EXPORT, export.told())
        else:
            number = pending.id
            if _may_go_ahead(pending, order):
                archive.go_ahead(number, order)
                archive.sync_ledger()
        return carry_on(archive, store, number, vacuum=vacuum, on_step=on_step)


def go_on(
    archive_path: Path, removal_id: int, *, vacuum: bool = False, on_step: OnStep | None = None
) -> Outcome:
    """Carries a recorded removal on as far as it goes.

    Raises:
        ConfigurationError: there is no such removal.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        archive.sync_ledger()
        return carry_on(archive, store, removal_id, vacuum=vacuum, on_step=on_step)


def delete_now(archive_path: Path, removal_id: int, reason: str, *, on_step: OnStep | None = None) -> Outcome:
    """Deletes what a removal hides, before its time; why is recorded.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it hides nothing any more.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        archive.sync_ledger()
        if (state := known(archive.connection, removal_id).state) not in ("blocked", "hidden"):
            raise RefusedError(f"removal {removal_id} is {state}: nothing of it waits to be deleted")
        archive.go_ahead(removal_id, Order("", "", now(), now_reason=reason))
        archive.sync_ledger()
        return carry_on(archive, store, removal_id, on_step=on_step)


def restore_hidden(archive_path: Path, removal_id: int, detail: str) -> int:
    """Gives back what a removal hides and has not deleted; returns how many pages.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it has deleted something.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, _):
        archive.sync_ledger()
        restored = archive.undo(removal_id, now(), detail)
        archive.sync_ledger()
        return restored


def verify(archive_path: Path, removal_id: int) -> Outcome:
    """Searches all files again for what a removal has deleted, and records what was found.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it has not deleted yet.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        found = known(archive.connection, removal_id)
        if found.state not in ("forgotten", "verified"):
            raise RefusedError(f"removal {removal_id} is {found.state}: there is nothing to verify yet")
        return verified(archive, store, removal_id)


def decide(archive_path: Path, url: str, *, admit: bool) -> None:
    """A person's word on a page that says what is to stay down: read after all, or refused for good.

    Raises:
        RefusedError: no page waits at this address.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        page_id = archive.decide(url, admit=admit, at=now())
        if page_id is not None:
            store.read_again([page_id])
        else:
            blocklist = archive.blocklist()
            store.delete_blocked(blocklist.blocks, blocklist.blocks_host)


def replay(archive_path: Path, *, on_step: OnStep | None = None) -> list[Outcome]:
    """Applies what the ledger orders and an older state of the archive does not know of.

    Raises:
        RefusedError: the ledger was changed by hand, or belongs to another archive.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path, replaying=True) as (archive, store):
        missing = behind(archive.connection, archive_path)
        numbers = [archive.replay(entry, now()) for entry in missing]
        waiting = all_open(archive.connection)
        return [
            carry_on(archive, store, number, on_step=on_step)
            for number in dict.fromkeys([*numbers, *waiting])
            if number is not None and is_pending(known(archive.connection, number))
        ]


def _may_go_ahead(pending: Removal, order: Order) -> bool:
    """Whether the order lets a removal delete that only hides, or waits, until now."""
    waits = pending.mode == "hide" or pending.due_at is not None
    return waits and not order.hide_only and (pending.mode == "hide" or order.due_at is None)


@contextmanager
def _open(archive_path: Path, *, replaying: bool = False) -> Iterator[tuple[RemovalArchive, CrawlStore]]:
    with (
        RemovalArchive(archive_path, create=False, replaying=replaying) as archive,
        CrawlStore(store_path(archive_path)) as store,
    ):
        yield archive, store


@contextmanager
def _locked(archive_path: Path) -> Iterator[None]:
    """One removal at a time; the system lets go of the lock when the process ends, however it ends."""
    lock = FileLock(archive_path.with_name(archive_path.name + ".removal.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(f"{archive_path}: another removal is under way; wait until it has ended") from error
    except OSError as error:
        raise StorageError(
            f"{lock.lock_file}: {error.strerror or error}; mend the folder's rights"
        ) from error
    try:
        yield
    finally:
        lock.release()


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
