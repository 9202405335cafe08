"""Fetching a slice: some sources, for some seconds and pages, wherever this runs.

In: a Slice, which is a part of the crawl store (pipelines/store/parts.py), how its hosts stand, and how to
fetch. Out: a FetchedSlice: what differs in that part now, how its hosts stand then, and what was done. The
spider of every crawl does it, in a process of its own, so that a page that crashes or hangs its reader costs
itself only: it becomes a rejection. Nothing but the argument is read, and nothing is left behind.
"""

from __future__ import annotations

import math
import multiprocessing
import pickle
import time
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from crawler.config import FetchOptions
from crawler.fetch.spider import fetch
from crawler.fetch.tally import FetchReport, HostState, RunProgress
from pipelines.pages.frontier import Entry
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore, temporary_folder
from pipelines.store.parts import Changes, changes
from pipelines.workers import start_worker

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])  # to start Python for a slice would take a second of CPU time
_LARGEST_BYTES = 64 * 1024 * 1024
"""A slice ends when its store has grown to this."""
_CRASHES_MAX = 5
"""Readers that one slice may cost; then it ends with what it has."""
BEGIN_S = 30.0
"""What a process may take to begin; then its time counts."""
ENDS_LATE_S = 10.0
"""How long a slice may take to end once its last request has."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What is fetched."""

    sources: tuple[CrawlSource, ...]
    part: bytes
    """Of the crawl store."""
    hosts: tuple[HostState, ...]
    options: FetchOptions
    """Its time and pages are those of the slice."""


@dataclass(frozen=True, slots=True)
class FetchedSlice:
    """What came of it."""

    changes: Changes
    report: FetchReport


def fetch_slice(slice_: Slice) -> FetchedSlice:
    """Fetches a slice; nothing of it is asked for after `BEGIN_S` and its time.

    Raises:
        RuntimeError: the process that fetches does not start or ends with an error, which its log says.
    """
    ends = time.monotonic() + BEGIN_S + (slice_.options.time_limit_s or 0.0)
    with temporary_folder() as folder:
        (folder / _STORE).write_bytes(slice_.part)
        report = FetchReport(stopped=True)
        for _ in range(_CRASHES_MAX):
            how = _in_a_process(replace(slice_, part=b""), folder, ends)
            if not how:
                report = pickle.loads((folder / _REPORT).read_bytes())  # noqa: S301  # our own process wrote it
                break
            if not _give_up(folder, how) or time.monotonic() >= ends:
                break
        return FetchedSlice(changes(slice_.part, folder / _STORE), report)


_STORE, _REPORT, _READING = "slice.db", "report", "reading"


def _in_a_process(slice_: Slice, folder: Path, ends: float) -> str:
    """Fetches in a process of its own; how a page ended that, empty where none did."""
    process = FORKS.Process(target=_run, args=(slice_, folder, ends))
    process.start()
    hangs_s = slice_.options.timeout_s
    last = ends + slice_.options.timeout_s + ENDS_LATE_S
    while process.is_alive():
        process.join(0.5)
        if time.monotonic() > last or time.time() - _heard_at(folder) > hangs_s:
            process.kill()
            process.join()
            return f"took longer than {hangs_s:g} s"
    if process.exitcode and process.exitcode > 0:
        raise RuntimeError(f"the process that fetches ended with {process.exitcode}")
    return f"crashed its reader ({process.exitcode})" if process.exitcode else ""


def _heard_at(folder: Path) -> float:
    """When the process said last that it lives; epoch seconds, far ahead before the first time."""
    alive = folder / _READING
    return alive.stat().st_mtime if alive.exists() else math.inf


def _run(slice_: Slice, folder: Path, ends: float) -> None:
    """In that process."""
    start_worker()
    path, alive, full = folder / _STORE, folder / _READING, Event()
    limit_s = min(slice_.options.time_limit_s or math.inf, ends - time.monotonic())
    options = replace(slice_.options, time_limit_s=max(1.0, limit_s), within_round=True, backlog_max=0)

    def look(_: RunProgress) -> None:
        alive.touch()
        if path.stat().st_size > _LARGEST_BYTES:
            full.set()

    def note(entry: Entry) -> None:
        alive.write_text(f"{entry.source} {entry.url}")

    with CrawlStore(path) as store:
        report = fetch(
            slice_.sources, store, options, on_progress=look, stop=full, hosts=slice_.hosts, on_answer=note
        )
    (folder / _REPORT).write_bytes(pickle.dumps(report))


def _give_up(folder: Path, how: str) -> bool:
    """Rejects the page that was read last, and still waits; whether there was one."""
    if not (folder / _READING).exists():
        return False
    host, _, url = (folder / _READING).read_text().partition(" ")
    with CrawlStore(folder / _STORE) as store:
        now = time.time()
        for entry in store.frontier.waiting(host, now):
            if entry.url == url:
                round_ = store.frontier.aside(host, now=now)
                store.commits.failure(round_.crawl_id, entry, "failed", how, None, now=now)
                return True
    return False
