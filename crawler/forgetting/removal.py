"""Removals over all files of an archive, each under the lock that lets one go on at a time.

In: a scope and an order, or the number of one that is not through. Out: an `Outcome`. Every step
(removal_steps.py) can be interrupted at any moment and finds its work done, or does it, when the same
command runs again. No lock of a crawl is needed: a crawl may go on meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from crawler.forgetting.removal_plan import exports_of, whole_plan
from crawler.forgetting.removal_steps import (
    all_open,
    carry_on,
    is_pending,
    known,
    now,
    outcome_of,
    verified,
)
from crawler.store import CrawlStore, store_path
from pipelines.archive import removal_states as record
from pipelines.archive.blocks import read_salt
from pipelines.archive.ledger import behind
from pipelines.archive.removal import RemovalArchive
from pipelines.archive.removal_order import Order
from pipelines.errors import LockedError, RefusedError, StorageError
from pipelines.removal.receipt import EXPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crawler.forgetting.removal_steps import OnStep, Outcome
    from pipelines.archive.removal_states import Removal
    from pipelines.removal.plan import Plan
    from pipelines.removal.scope import Scope


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
