"""Removals over all files of an archive: block, hide, delete, make the files forget, verify, record.

In: a scope and an order, or the number of one that is not through. Out: an `Outcome`. Every step can be
interrupted at any moment and finds its work done, or does it, when the same command runs again; the state
is in the archive's `removals`. No lock of a crawl is needed: a crawl may go on meanwhile.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from crawler.forgetting.exports_known import exports_with
from crawler.forgetting.own_process import in_own_process
from crawler.forgetting.removal_check import verification
from crawler.forgetting.residue import search_pages
from crawler.store import CrawlStore, store_path
from pipelines.archive import removal_order as record
from pipelines.archive.blocks import LOOK_S, ScopeMatcher, read_blocklist, read_salt
from pipelines.archive.connect import read_only
from pipelines.archive.ledger import behind
from pipelines.archive.removal import RemovalArchive
from pipelines.archive.slack import clear_slack
from pipelines.errors import ConfigurationError, LockedError, RefusedError, StorageError
from pipelines.removal.receipt import EXPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pipelines.archive.removal_order import Order, Removal
    from pipelines.removal.plan import KnownExport, Plan
    from pipelines.removal.scope import Scope

    OnStep = Callable[[str], None]

MENTIONS = "raw pages of others that mention it"
"""In the counts of a plan: what `mentions` would delete."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a removal is now."""

    removal: Removal
    events: tuple[tuple[str, str, str], ...]
    trouble: str = ""
    """What keeps it from being complete; empty where it is, or where it waits as ordered."""
    was_done: bool = False
    """It was through before, and nothing has come since: nothing was done."""


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
        return _whole_plan(archive, store, scope, exports, mentions=mentions)


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
        if done and _whole_plan(archive, store, scope, exports).is_empty:
            return replace(_outcome(archive, done.id), was_done=True)
        if pending is None:
            number, plan = archive.order(scope, order, expected)
            archive.sync_ledger()
            for export in _exports_of(archive, plan, exports):
                archive.note(number, order.at, EXPORT, export.told())
        else:
            number = pending.id
            if _may_go_ahead(pending, order):
                archive.go_ahead(number, order)
                archive.sync_ledger()
        return _carry_out(archive, store, number, vacuum=vacuum, on_step=on_step)


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
        return _carry_out(archive, store, removal_id, vacuum=vacuum, on_step=on_step)


def delete_now(archive_path: Path, removal_id: int, reason: str, *, on_step: OnStep | None = None) -> Outcome:
    """Deletes what a removal hides, before its time; why is recorded.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it hides nothing any more.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        archive.sync_ledger()
        if (state := _known(archive, removal_id).state) not in ("blocked", "hidden"):
            raise RefusedError(f"removal {removal_id} is {state}: nothing of it waits to be deleted")
        archive.go_ahead(removal_id, record.Order("", "", _now(), now_reason=reason))
        archive.sync_ledger()
        return _carry_out(archive, store, removal_id, vacuum=False, on_step=on_step)


def restore_hidden(archive_path: Path, removal_id: int, detail: str) -> int:
    """Gives back what a removal hides and has not deleted; returns how many pages.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it has deleted something.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, _):
        archive.sync_ledger()
        restored = archive.undo(removal_id, _now(), detail)
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
        found = _known(archive, removal_id)
        if found.state not in ("forgotten", "verified"):
            raise RefusedError(f"removal {removal_id} is {found.state}: there is nothing to verify yet")
        return _verified(archive, store, removal_id)


def decide(archive_path: Path, url: str, *, admit: bool) -> None:
    """A person's word on a page that says what is to stay down: read after all, or refused for good.

    Raises:
        RefusedError: no page waits at this address.
        LockedError, StorageError: as for `remove`.
    """
    with _locked(archive_path), _open(archive_path) as (archive, store):
        page_id = archive.decide(url, admit=admit, at=_now())
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
        numbers = [archive.replay(entry, _now()) for entry in missing]
        waiting = [found.id for found in record.removals(archive.connection) if _is_open(found)][::-1]
        return [
            _carry_out(archive, store, number, vacuum=False, on_step=on_step)
            for number in dict.fromkeys([*numbers, *waiting])
            if number is not None and _is_pending(_known(archive, number))
        ]


def unfinished_and_due(archive_path: Path) -> list[int]:
    """Numbers of the removals that were interrupted, or whose time to be deleted has come."""
    connection = read_only(archive_path)
    connection.row_factory = None
    try:
        return [found.id for found in record.removals(connection) if _is_open(found)][::-1]
    finally:
        connection.close()


def is_done(archive_path: Path, scope: Scope) -> bool:
    """Whether a removal of exactly this scope is through and verified."""
    connection = read_only(archive_path)
    connection.row_factory = None
    try:
        return record.finished(connection, scope.described(read_salt(connection))) is not None
    finally:
        connection.close()


def under_way(archive_path: Path, scope: Scope) -> Removal | None:
    """The removal of this scope that is not through, which the same command goes on with.

    Once its rows are deleted the scope has another plan, of what is left; what was agreed to stays agreed.
    """
    connection = read_only(archive_path)
    connection.row_factory = None
    try:
        return record.unfinished(connection, scope.described(read_salt(connection)))
    finally:
        connection.close()


def outcome_of(archive_path: Path, removal_id: int) -> Outcome:
    """What is recorded of a removal.

    Raises:
        ConfigurationError: there is no such removal.
    """
    connection = read_only(archive_path)
    connection.row_factory = None
    try:
        found = record.removal(connection, removal_id)
        if found is None:
            raise ConfigurationError(f"there is no removal {removal_id}; `parknews removals list` shows them")
        return Outcome(found, tuple(record.events(connection, removal_id)))
    finally:
        connection.close()


# Steps -----------------------------------------------------------------------------------------


def _may_go_ahead(pending: Removal, order: Order) -> bool:
    """Whether the order lets a removal delete that only hides, or waits, until now."""
    waits = pending.mode == "hide" or pending.due_at is not None
    return waits and not order.hide_only and (pending.mode == "hide" or order.due_at is None)


def _is_open(found: Removal) -> bool:
    """Whether there is something left to do now, and not only later."""
    return _is_pending(found) and (found.state != "hidden" or found.is_due(_now()))


def _is_pending(found: Removal) -> bool:
    """Whether it is not through, or something was found again of what it had deleted."""
    return found.state in record.UNFINISHED or (found.state == "verified" and not found.verified)


def _carry_out(
    archive: RemovalArchive, store: CrawlStore, removal_id: int, *, vacuum: bool, on_step: OnStep | None
) -> Outcome:
    say = on_step or (lambda _: None)
    found = _known(archive, removal_id)
    came = _is_pending(found) and archive.withhold_blocked(removal_id)
    if came or found.state == "blocked":
        say("hiding")
        while archive.hide(removal_id, _now()):
            pass
    if came and found.state not in ("blocked", "hidden"):
        archive.note(removal_id, _now(), "found again", f"{came} pages, deleted once more")
        say("deleting")
        _delete(archive, store, removal_id)
    found = _known(archive, removal_id)
    if found.state == "hidden" and not found.is_due(_now()):
        return _outcome(archive, removal_id)
    if found.state == "hidden":
        say("deleting")
        _delete(archive, store, removal_id)
    if _known(archive, removal_id).state == "deleted":
        say("making the files forget")
        if trouble := _forget_files(archive, store, removal_id, vacuum=vacuum):
            return _outcome(archive, removal_id, trouble)
    found = _known(archive, removal_id)
    if found.state == "forgotten" or (found.state == "verified" and not found.verified):
        say("searching every file")
        return _verified(archive, store, removal_id)
    return _outcome(archive, removal_id)


def _delete(archive: RemovalArchive, store: CrawlStore, removal_id: int) -> None:
    """Facts first, then what the crawl store has; a page that a crawl was fetching is committed by then."""
    started = time.monotonic()
    while archive.forget(removal_id, _now()):
        pass
    time.sleep(max(0.0, 3 * LOOK_S - (time.monotonic() - started)))
    mine = read_blocklist(archive.connection, removal_id)
    archive.put_passages(removal_id, store.announced_titles(mine.blocks))
    counts = store.delete_blocked(mine.blocks, mine.blocks_host)
    archive.advance(removal_id, "deleted", _now(), _numbers(counts), counts)


def _forget_files(archive: RemovalArchive, store: CrawlStore, removal_id: int, *, vacuum: bool) -> str:
    """Returns what holds a log, so that the same command has to be run again."""
    troubles = [archive.forget_files(vacuum=vacuum), store.forget_files(vacuum=vacuum)]
    trouble = "; ".join(filter(None, troubles))
    if not trouble:
        _empty_slack(archive.path, store.path)
    if trouble:
        archive.note(removal_id, _now(), "unfinished", trouble)
        return f"{trouble}: end what reads it (a long query, `parknews serve`) and run the same command again"
    archive.advance(removal_id, "forgotten", _now(), "with VACUUM" if vacuum else "")
    return ""


def _empty_slack(*paths: Path) -> None:
    """Empties what belongs to nothing; where writers never pause, the verification sees to what is left."""
    for path in paths:
        in_own_process(clear_slack, path)


def _verified(archive: RemovalArchive, store: CrawlStore, removal_id: int) -> Outcome:
    """Searches; where our own files still hold something, makes them anew and searches once more."""
    found = _known(archive, removal_id)
    mine = read_blocklist(archive.connection, removal_id)
    if any(store.count_blocked(mine.blocks, mine.blocks_host).values()):  # committed in the last moment
        store.delete_blocked(mine.blocks, mine.blocks_host)
        _empty_slack(store.path)
    result = _searched(archive, store, found)
    if result["needs_vacuum"]:
        archive.note(removal_id, _now(), "made the files anew", ", ".join(result["needs_vacuum"]))
        trouble = archive.forget_files(vacuum=True) or store.forget_files(vacuum=True)
        if trouble:
            return _outcome(
                archive, removal_id, f"{trouble}: end what reads it and run the same command again"
            )
        result = _searched(archive, store, found)
    archive.put_verification(removal_id, result, _now())
    trouble = "" if result["verified"] else "; ".join(result["troubles"])
    return _outcome(archive, removal_id, trouble)


def _searched(archive: RemovalArchive, store: CrawlStore, removal: Removal) -> dict[str, Any]:
    result = verification(archive, store, removal)
    if number := result["mentions_deleted"]:
        archive.note(removal.id, _now(), "mentions deleted", f"{number} stored raw pages of others")
    return result


# Pieces ----------------------------------------------------------------------------------------


def _whole_plan(
    archive: RemovalArchive,
    store: CrawlStore,
    scope: Scope,
    exports: Sequence[Path],
    *,
    mentions: bool = False,
) -> Plan:
    plan = archive.preview(scope, _now())
    matcher = ScopeMatcher(scope)
    urls = {url for page in plan.pages for url in (page.page_url, page.copy_url)}

    def is_blocked(url: str) -> bool:
        return url in urls or (not scope.is_narrowed and matcher.blocks(url))

    def is_host_blocked(host: str) -> bool:
        return not scope.is_narrowed and matcher.blocks_host(host)

    counts = {**plan.counts, **store.count_blocked(is_blocked, is_host_blocked)}
    if mentions:
        looks = archive.would_look_for(
            [page.reading_id for page in plan.pages], store.announced_titles(is_blocked)
        )
        counts[MENTIONS] = len(search_pages(store, looks, but_not=is_blocked).page_ids)
    return replace(plan, counts=counts, exports=_exports_of(archive, plan, exports))


def _exports_of(archive: RemovalArchive, plan: Plan, folders: Sequence[Path]) -> tuple[KnownExport, ...]:
    articles = (*plan.articles_gone, *plan.articles_shared)
    return exports_with((archive.path.parent, *folders), articles, plan.copies_of_it)


def _known(archive: RemovalArchive, removal_id: int) -> Removal:
    found = record.removal(archive.connection, removal_id)
    if found is None:
        raise ConfigurationError(f"there is no removal {removal_id}; `parknews removals list` shows them")
    return found


def _outcome(archive: RemovalArchive, removal_id: int, trouble: str = "") -> Outcome:
    events = tuple(record.events(archive.connection, removal_id))
    return Outcome(_known(archive, removal_id), events, trouble)


def _numbers(counts: dict[str, int]) -> str:
    return ", ".join(f"{name}: {number}" for name, number in counts.items() if number)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
