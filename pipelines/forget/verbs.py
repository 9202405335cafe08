"""What can be done to a removal: every verb over all files of an archive, one removal at a time.

In: a scope and an order, or the number of one that is not through. Out: an `Outcome`. The state in the
archive's `removals` says which step is next: order, hide, delete, forget, prove. Every step can be
interrupted at any moment and finds its work done, or does it, when the same command runs again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.archive.file import reader
from pipelines.archive.kept_out import agreement, stay_down
from pipelines.archive.kept_out.blocks import Term, read_blocklist, with_hosts
from pipelines.archive.kept_out.key import key_of, made_key
from pipelines.archive.kept_out.ledger import LedgerLine
from pipelines.archive.kept_out.redacted import is_of_passages
from pipelines.errors import RefusedError
from pipelines.forget.delete import delete
from pipelines.forget.erase import fold_log, forget_files, overwrite_slack
from pipelines.forget.files import Files, alone, opened
from pipelines.forget.find import is_known
from pipelines.forget.hide import give_back, hide, redact, undo
from pipelines.forget.order import (
    Order,
    enter,
    forget_words,
    go_ahead,
    hashed,
    ordering,
    put_blocks,
    put_order,
    put_replayed,
    say,
    sync_ledger,
    withhold_blocked,
)
from pipelines.forget.plan import Plan
from pipelines.forget.planning import exports_of, plan_removal, whole_plan
from pipelines.forget.prove import prove
from pipelines.forget.receipt import EXPORT
from pipelines.forget.record import (
    Outcome,
    Removal,
    left_to_do,
    outcome_of,
    put_event,
    removal,
    removals,
    set_state,
    still_held,
)
from pipelines.forget.redact import rewrite_pages
from pipelines.forget.requests import note_order
from pipelines.forget.rows import delete_from_archive, delete_from_store, delete_orphans
from pipelines.forget.scope import Scope, TermMatcher
from pipelines.pages.frontier import PRIORITY, Link
from pipelines.store import CrawlStore, store_path
from pipelines.urls import host_of
from pipelines.utc import now_utc

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
    with opened(archive_path) as files:
        made_key(archive_path)
        return whole_plan(files, scope, exports, mentions=mentions)


@dataclass(frozen=True, slots=True)
class Before:
    """What an archive knows of a scope before it is ordered."""

    pending: Removal | None
    """The removal of it that is not through, which the same command goes on with. Once its rows are deleted
    the scope has another plan, of what is left; what was agreed to stays agreed."""
    is_done: bool
    """A removal of exactly this scope is through and verified."""
    is_known: bool
    """It is whole sources that the archive has by name, if without a page."""


def look_up(archive_path: Path, scope: Scope) -> Before:
    """What an archive knows of a scope; nothing is changed."""
    with reader(archive_path) as connection:
        pending, done = _of_scope(connection, scope)
        return Before(pending, done is not None, is_known(connection, scope))


def remove(
    archive_path: Path,
    scope: Scope,
    order: Order,
    *,
    expected: str | None = None,
    exports: Sequence[Path] = (),
    vacuum: bool = False,
    request: int | None = None,
    on_step: OnStep | None = None,
) -> Outcome:
    """Orders the removal of a scope and carries it out; goes on with it where it was interrupted.

    Where one of the same scope is through and nothing has come since, nothing is ordered.

    Args:
        archive_path: the archive.
        scope: what is to go.
        order: who wants it and how.
        expected: the plan's hash, where exactly that plan is to be done.
        exports: folders besides the archive's own in which exported files lie.
        vacuum: write the files anew, whatever is found in them.
        request: the number of the request that it answers, which forgets what was said for it.
        on_step: is told each step's name before it begins.

    Raises:
        RefusedError: the plan is not the expected one any more.
        LockedError: another removal is under way.
        StorageError: the disk is full or fails; the same command goes on from there.
    """
    with _changing(archive_path) as files:
        made_key(archive_path)
        pending, done = _of_scope(files.archive, scope)
        was_done = False
        if pending is not None:
            number = pending.id
            if _may_go_ahead(pending, order):
                _let_go_ahead(files, number, order)
        elif done is not None and whole_plan(files, scope, exports).is_empty:
            number, was_done = done.id, True
        else:
            number = _order(files, scope, order, expected, exports)
        _note_letter(files, number, order)
        if request is not None:
            with files.transaction() as connection:
                note_order(connection, request, number)
        if was_done:
            return replace(outcome_of(files.archive, number), was_done=True)
        return _carry_on(files, number, vacuum=vacuum, on_step=on_step)


def go_on(
    archive_path: Path, removal_id: int, *, vacuum: bool = False, on_step: OnStep | None = None
) -> Outcome:
    """Carries a recorded removal on as far as it goes.

    Raises:
        ConfigurationError: there is no such removal.
        LockedError, StorageError: as for `remove`.
    """
    with _changing(archive_path) as files:
        return _carry_on(files, removal_id, vacuum=vacuum, on_step=on_step)


def delete_now(archive_path: Path, removal_id: int, reason: str) -> Outcome:
    """Deletes what a removal hides, before its time; why is recorded.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it hides nothing any more.
        LockedError, StorageError: as for `remove`.
    """
    with _changing(archive_path) as files:
        if (state := removal(files.archive, removal_id).state) not in ("blocked", "hidden"):
            raise RefusedError(f"removal {removal_id} is {state}: nothing of it waits to be deleted")
        _let_go_ahead(files, removal_id, Order("", "", now_utc(), now_reason=reason))
        return _carry_on(files, removal_id)


def pages_of_others(archive_path: Path, removal_id: int) -> list[tuple[str, str, str, str]]:
    """The pages that a removal hides and nobody named by address: URL, source, title, whom each credits.

    Each needs a person's yes before it is deleted after the wait.

    Raises:
        ConfigurationError: there is no such removal.
    """
    with reader(archive_path) as connection:
        outcome = outcome_of(connection, removal_id)
        mine = read_blocklist(connection, removal_id)
        rows = connection.execute(
            "SELECT page_url, source, title, coalesce(credited_source, '') FROM withheld"
            " JOIN readings ON readings.id = reading_id WHERE removal_id = ? ORDER BY page_url",
            (removal_id,),
        ).fetchall()
    asked = {line["digest"] for line in outcome.removal.asked}
    digests = {url: hashlib.sha256(f"{outcome.salt}{url}".encode()).hexdigest() for url, *_ in rows}
    return [tuple(row) for row in rows if digests[row[0]] not in asked and not mine.blocks_host(row[1])]


def say_yes(archive_path: Path, removal_id: int, kept: Collection[str] = ()) -> Outcome:
    """Deletes what has waited long enough, after a person's yes; single pages are given back instead.

    Args:
        archive_path: the archive.
        removal_id: whose pages.
        kept: addresses of the pages that are given back.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it hides nothing, or still waits.
        LockedError, StorageError: as for `remove`.
    """
    with _changing(archive_path) as files:
        order, at = removal(files.archive, removal_id), now_utc()
        if order.state != "hidden" or not order.is_due(at):
            raise RefusedError(f"removal {removal_id} is {order.state}: nothing of it waits for a yes now")
        with ordering(files) as connection:
            back = give_back(connection, files.joiner, removal_id, at, only=kept) if kept else 0
            why = f"a yes to each page of others, {back} given back"
            go_ahead(connection, removal_id, Order("", "", at, now_reason=why))
            enter(files, removal_id, "ordered", at, (Term("url", url) for url in kept))
        return _carry_on(files, removal_id)


def restore_hidden(archive_path: Path, removal_id: int, detail: str) -> int:
    """Gives back what a removal hides and has not deleted; returns how many pages.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it has deleted something.
        LockedError, StorageError: as for `remove`.
    """
    with _changing(archive_path) as files, ordering(files) as connection:
        at = now_utc()
        returned = undo(connection, files.joiner, removal_id, at, detail)
        enter(files, removal_id, "restored", at)
        return returned


def verify(archive_path: Path, removal_id: int, *, full: bool = False, text: str = "") -> Outcome:
    """Looks again for what a removal has deleted, and records what was found.

    Args:
        archive_path: the archive.
        removal_id: whose.
        full: search every byte of every file, and every raw page.
        text: the removed text as somebody gives it: searched for instead of what is noted.

    Raises:
        ConfigurationError: there is no such removal.
        RefusedError: it has not deleted yet.
        LockedError, StorageError: as for `remove`.
    """
    with _changing(archive_path) as files:
        if (state := removal(files.archive, removal_id).state) not in ("forgotten", "verified"):
            raise RefusedError(f"removal {removal_id} is {state}: there is nothing to verify yet")
        _find_returned(files, removal_id)
        return prove(files, removal_id, full=full, text=text)


def redact_what_came(archive_path: Path) -> int:
    """Takes passages that stay out from what a run stored of other pages that say them; how much that was.

    Lists and feeds name the pages with their titles, and are nobody's when they are stored.

    Raises:
        StorageError: the disk is full or fails.
    """
    with reader(archive_path) as connection:
        blocklist = read_blocklist(connection)
    with CrawlStore(store_path(archive_path)) as store:
        count = sum(rewrite_pages(store, blocklist).values())
        with store.reading() as connection:
            is_folded = count and fold_log(connection)
    if is_folded:
        overwrite_slack(store_path(archive_path))
    return count


def _find_returned(files: Files, removal_id: int) -> None:
    """Puts back blocks that somebody deleted, as the ledger has them, and hides what came back meanwhile."""
    order = removal(files.archive, removal_id).ledger_order
    lines = [e for e in agreement.own_entries(files.archive, files.path) if e.order == order]
    with files.transaction() as connection:
        rows = connection.execute("SELECT kind, hash FROM blocks WHERE removal_id = ?", (removal_id,))
        there = {(kind, bytes(digest)) for kind, digest in rows}
        ordered = {(kind, bytes.fromhex(digest)) for kind, digest in lines[-1].blocks}
        if missing := ordered - there:
            connection.execute("DELETE FROM blocks WHERE removal_id = ?", (removal_id,))
            put_blocks(connection, removal_id, ordered)
            put_event(connection, removal_id, now_utc(), "blocks were missing", f"{len(missing)}, put back")
        withhold_blocked(connection, removal_id)
    if still_held(files.archive, removal_id):
        hide(files, removal_id)


def correct_words(archive_path: Path, removal_id: int, said: Mapping[str, str]) -> None:
    """Puts other words of people on an order; those before are kept nowhere, but that there were some.

    Args:
        archive_path: the archive.
        removal_id: whose words.
        said: requester, reason, basis, ticket or operator, as they are to be.

    Raises:
        ConfigurationError: there is no such removal.
        LockedError, StorageError: as for `remove`.
    """
    with _changing(archive_path) as files:
        with ordering(files) as connection:
            order, at = removal(connection, removal_id), now_utc()
            say(connection, removal_id, said)
            forget_words(connection, files.path, order.ledger_order)
            enter(files, removal_id, "corrected", at)
            put_event(connection, removal_id, at, "corrected", ", ".join(said))
        forget_files(files)


def decide(archive_path: Path, url: str, *, admit: bool) -> None:
    """A person's word on a page that says what is to stay down: read after all, or refused for good.

    Raises:
        RefusedError: no page waits at this address.
        LockedError, StorageError: as for `remove`.
    """
    decision, at = "admitted" if admit else "refused", now_utc()
    with _changing(archive_path) as files:
        with ordering(files) as connection:
            waiting = stay_down.decide(connection, url, decision)
            if waiting is None:
                raise RefusedError(f"{url}: nothing waits at this address; `parknews removals matches` lists")
            source, removal_id = waiting
            put_event(connection, removal_id, at, f"a match was {decision}")
            if not admit and not _is_read(connection, url):
                put_blocks(connection, removal_id, hashed(connection, with_hosts([Term("url", url)])))
                delete_from_archive(connection, TermMatcher([Term("url", url)]))
                enter(files, removal_id, "ordered", at)
        if admit:
            files.store.frontier.ask_again(Link(url, source, host_of(url), "article", PRIORITY["announced"]))
        else:
            delete_from_store(files.store, read_blocklist(files.archive))


def _is_read(connection: sqlite3.Connection, url: str) -> bool:
    """Whether the archive has an earlier state of a page, which stays when an edited one is refused."""
    found = connection.execute("SELECT 1 FROM readings WHERE page_url = ?", (url,)).fetchone()
    return found is not None


def replay(archive_path: Path) -> list[Outcome]:
    """Applies what the ledger orders and an older state of the archive does not know of.

    Raises:
        RefusedError: the ledger was changed by hand, or belongs to another archive.
        LockedError, StorageError: as for `remove`.
    """
    with alone(archive_path), opened(archive_path, replaying=True) as files:
        numbers = [_replay(files, entry) for entry in agreement.behind(files.archive, archive_path)]
        if agreement.store_is_older(files.archive, files.store.path):
            numbers += _delete_from_older_store(files)
        sync_ledger(files)
        numbers = list(dict.fromkeys([*numbers, *left_to_do(files.archive)]))
        return [_carry_on(files, n) for n in numbers if n and removal(files.archive, n).is_pending]


def _delete_from_older_store(files: Files) -> list[int]:
    """Deletes once more what removals had deleted from the crawl store; their numbers, to be proved anew."""
    deleted = [one.id for one in removals(files.archive, "state IN ('deleted', 'forgotten', 'verified')")]
    for number in deleted:
        delete_from_store(files.store, read_blocklist(files.archive, number))
    with files.transaction() as connection:
        for number in deleted:
            set_state(connection, number, "deleted", now_utc(), "an older crawl store was put back")
    return deleted


@contextmanager
def _changing(archive_path: Path) -> Iterator[Files]:
    """The files, for one removal alone; the ledger has all that was ordered before."""
    with alone(archive_path), opened(archive_path) as files:
        sync_ledger(files)
        yield files


def _of_scope(connection: sqlite3.Connection, scope: Scope) -> tuple[Removal | None, Removal | None]:
    """The latest removal of exactly this scope that is not through, and the latest that is."""
    of_it = removals(connection, "scope = ?", scope.described(key_of(connection)))
    pending = (one for one in of_it if one.state not in ("verified", "restored"))
    done = (one for one in of_it if one.state == "verified" and one.verified)
    return next(pending, None), next(done, None)


def _order(files: Files, scope: Scope, order: Order, expected: str | None, exports: Sequence[Path]) -> int:
    """Blocks a scope and records it, as one transaction; returns the order's number."""
    with ordering(files) as connection:
        plan = plan_removal(connection, files, scope)
        if expected is not None and plan.hash != expected:
            raise RefusedError(
                f"the plan is {plan.hash} now, not {expected}: look at it again with --dry-run"
            )
        number = put_order(connection, plan, order)
        for export in exports_of(files.path, plan, exports):
            put_event(connection, number, order.at, EXPORT, export.told())
        enter(files, number, "ordered", order.at, plan.left_terms())
    return number


def _note_letter(files: Files, removal_id: int, order: Order) -> None:
    """Records another letter about what is ordered already; the same words are the same letter."""
    said = (order.requester, order.reason, order.basis, order.ticket)
    known = removal(files.archive, removal_id)
    if said != (known.requester, known.reason, known.basis, known.ticket):
        with files.transaction() as connection:
            put_event(connection, removal_id, order.at, "asked for again", "; ".join(filter(None, said)))


def _may_go_ahead(pending: Removal, order: Order) -> bool:
    """Whether the order lets a removal delete that only hides, or waits, until now."""
    waits = pending.mode == "hide" or pending.due_at is not None
    return waits and not order.hide_only and (pending.mode == "hide" or order.due_at is None)


def _let_go_ahead(files: Files, removal_id: int, order: Order) -> None:
    with ordering(files) as connection:
        go_ahead(connection, removal_id, order)
        enter(files, removal_id, "ordered", order.at)


def _replay(files: Files, entry: LedgerLine) -> int | None:
    """Applies an entry of the ledger; returns the order's number, None where the entry takes one back."""
    with files.transaction() as connection:
        number = put_replayed(connection, entry, now_utc())
        if number is not None and entry.event == "ordered":
            withhold_blocked(connection, number, but_not=entry.left)
        elif number is not None and entry.event == "restored":
            give_back(connection, files.joiner, number, now_utc())
            put_event(connection, number, now_utc(), "replayed from the ledger")
            set_state(connection, number, "restored", now_utc())
    return number if entry.event == "ordered" else None


def _carry_on(
    files: Files, removal_id: int, *, vacuum: bool = False, on_step: OnStep | None = None
) -> Outcome:
    """Takes each step that is due, in order."""
    say, is_swept = on_step or (lambda _: None), False
    before, came = removal(files.archive, removal_id), 0
    if before.is_pending:
        with files.transaction() as connection:
            withhold_blocked(connection, removal_id)
            came = still_held(connection, removal_id)
    if came or before.state == "blocked":
        say("hiding")
        hide(files, removal_id)
    was_deleted = before.state not in ("blocked", "hidden")
    if came and was_deleted:
        with files.transaction() as connection:
            put_event(connection, removal_id, now_utc(), "found again", f"{came} pages, deleted once more")
    hidden = removal(files.archive, removal_id)
    if (came and was_deleted) or (hidden.state == "hidden" and hidden.may_be_deleted):
        say("deleting")
        is_redaction = is_of_passages(read_blocklist(files.archive, removal_id))
        (redact if is_redaction else delete)(files, removal_id)
    if removal(files.archive, removal_id).state == "deleted":
        say("making the files forget")
        trouble, is_swept = _forget_files(files, removal_id, vacuum=vacuum)
        if trouble:
            return outcome_of(files.archive, removal_id, trouble)
    forgotten = removal(files.archive, removal_id)
    if forgotten.state == "forgotten" or (forgotten.state == "verified" and not forgotten.verified):
        if forgotten.verification.get("troubles"):  # as the last proof told
            with files.transaction() as connection:
                delete_orphans(connection)
            is_swept = False
        say("searching every file")
        return prove(files, removal_id, is_swept=is_swept)
    return outcome_of(files.archive, removal_id)


def _forget_files(files: Files, removal_id: int, *, vacuum: bool) -> tuple[str, bool]:
    """Returns what holds a log, so that the same command has to be run again; whether slack is empty."""
    trouble, is_swept = forget_files(files, vacuum=vacuum)
    with files.transaction() as connection:
        if trouble:
            put_event(connection, removal_id, now_utc(), "unfinished", trouble)
        else:
            set_state(connection, removal_id, "forgotten", now_utc(), "with VACUUM" if vacuum else "")
    end_it = "end what reads it (a long query, `parknews serve`) and run the same command again"
    return f"{trouble}: {end_it}" if trouble else "", is_swept
