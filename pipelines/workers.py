"""Where pages are read: what any engine offers, and the one that needs nothing, processes of this machine.

In: pages with what is known of their sources. Out: a Reading, a FileText or a Rejection for each, as they
come. Worker processes survive any page: a crash, a hang or a bomb costs one page, never a run. A batch whose
worker died or took too long is read again page by page; a page that does it again alone becomes a
rejection. Workers end with their parent, however it ends.
"""

from __future__ import annotations

import fcntl
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, TimeoutError, wait  # noqa: A004 - the future's own error
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from pebble import ProcessExpired, ProcessPool

from pipelines.errors import WorkersError
from pipelines.records import Page, Rejection, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from pipelines.records import FileText, Reading

    Result = Reading | FileText | Rejection

    Read = Callable[[Page, Source], Result]
    Batch = Sequence[tuple[Page, Source]]

BATCH_PAGES = 8
"""Pages handed to a worker at once: spreads the cost of a hand-over (0.4 ms) thin."""

BATCHES_PER_WORKER = 3
"""Batches under way per worker: none ever waits for the writer, and little is lost by a kill."""

WORKER_MEMORY_BYTES = 3 * 1024**3
"""Address space of one worker; a page that needs more fails with MemoryError and is rejected."""

_log = logging.getLogger(__name__)


class Readers(Protocol):
    """Readers at work, wherever they are; entered before and left after."""

    def __enter__(self) -> Readers: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def room(self) -> int:
        """How many more batches may be handed in."""

    @property
    def is_half_empty(self) -> bool:
        """Whether no more batches are under way than there is room for."""

    @property
    def busy(self) -> bool:
        """Whether any batch is under way."""

    def submit(self, batch: Batch) -> None:
        """Hands in a batch of pages."""

    def collect(self, timeout_s: float) -> list[tuple[Page, Result]]:
        """Results of the batches that end within `timeout_s`; an empty list where none does."""


class Engine(Protocol):
    """Starts readers; whoever drains is handed one and does not know which."""

    def start(self, read: Read, *, latin: bool = False) -> Readers:
        """Readers that read by `read`, a function that other processes can import.

        `latin`: some of the texts are in Latin script, for which more is loaded.

        Raises:
            WorkersError: they cannot be started or reached.
        """


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """The embedded engine: processes of this machine."""

    workers: int = max(1, min(os.cpu_count() or 1, 8))
    page_limit_s: float = 20.0
    """Wall time for one page read alone, and for a batch; real pages take 0.05 s."""

    def start(self, read: Read, *, latin: bool = False) -> Workers:
        """Worker processes that read by `read`."""
        return Workers(read, self, latin=latin)


class Workers:
    """A pool that reads pages; at most `room` more batches may be handed in."""

    def __init__(self, read: Read | None, options: WorkerOptions, *, latin: bool = False) -> None:
        self._read = read  # None: every batch brings its own (`read_packed`)
        self._options = options
        self._pool: Any = ProcessPool(  # pebble's methods are not typed
            max_workers=options.workers,
            max_tasks=500,  # a worker is replaced after 4,000 pages, so that no leak of a parser grows
            initializer=start_worker,
            context=_context(latin=latin),
        )
        self._running: dict[Future[list[Result]], Batch] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    @property
    def room(self) -> int:
        """How many more batches may be handed in."""
        return self._options.workers * BATCHES_PER_WORKER - len(self._running)

    @property
    def is_half_empty(self) -> bool:
        """Whether no more batches are under way than there is room for."""
        return self.room >= len(self._running)

    @property
    def busy(self) -> bool:
        """Whether any batch is under way."""
        return bool(self._running)

    def submit(self, batch: Batch) -> None:
        """Hands in a batch of pages."""
        self._running[self._schedule(_read_batch, self._read, batch)] = batch

    def collect(self, timeout_s: float) -> list[tuple[Page, Result]]:
        """Results of the batches that end within `timeout_s`; an empty list where none does."""
        done, _ = wait(self._running, timeout=timeout_s, return_when=FIRST_COMPLETED)
        results: list[tuple[Page, Result]] = []
        for future in done:
            batch = self._running.pop(future)
            came = self._waited(future, partial(self._one_by_one, self._read, batch))
            results += zip((page for page, _ in batch), came, strict=True)
        return results

    def read_packed(self, packed: bytes) -> bytes:
        """What came of a reader and a batch, packed as these. Threads may call it side by side."""
        came: bytes = self._waited(
            self._schedule(_read_packed, packed),
            lambda: pickle.dumps(self._one_by_one(*pickle.loads(packed))),  # noqa: S301  # our own, as there
        )
        return came

    def _schedule(self, do: Callable[..., Any], *given: object) -> Future[Any]:
        try:
            future: Future[Any] = self._pool.schedule(do, args=given, timeout=self._options.page_limit_s)
        except BrokenProcessPool as error:
            raise _cannot_start(error) from error
        return future

    def _waited(self, future: Future[Any], otherwise: Callable[[], Any]) -> Any:
        """What came; or `otherwise`, where its worker died or took too long."""
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise _cannot_start(error) from error
        except (TimeoutError, ProcessExpired) as error:
            _log.warning("a worker failed (%s); its pages are read one by one", error)
            return otherwise()

    def _one_by_one(self, read: Read | None, batch: Batch) -> list[Result]:
        return [self._read_alone(read, page, source) for page, source in batch]

    def _read_alone(self, read: Read | None, page: Page, source: Source) -> Result:
        future = self._schedule(_read_batch, read, [(page, source)])
        try:
            [result] = future.result()
        except TimeoutError:
            reason = f"took longer than {self._options.page_limit_s:g} s"
            return Rejection(page.url, page.source, "extract", reason)
        except ProcessExpired as error:
            return Rejection(page.url, page.source, "extract", f"crashed its worker ({error})")
        else:
            return result  # type: ignore[no-any-return]  # pebble's are not typed


def _context(*, latin: bool) -> Any:
    """Workers are forked from a process that has loaded what reading needs, and has no threads of ours."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "pipelines.warmed_latin" if latin else "pipelines.warmed"])
    return context


def _cannot_start(error: BaseException) -> WorkersError:
    return WorkersError(f"the worker processes cannot start ({error}); what they say stands above")


def _read_batch(read: Read, batch: Batch) -> list[Result]:
    return [_read_page(read, page, source) for page, source in batch]


def _read_packed(packed: bytes) -> bytes:
    return pickle.dumps(_read_batch(*pickle.loads(packed)))  # noqa: S301  # packed by whoever asked for workers


def _read_page(read: Read, page: Page, source: Source) -> Result:
    try:
        result = read(page, source)
    except Exception as error:  # noqa: BLE001 - whatever a page does to a library, it costs that page only
        _log.debug("reading %s failed", page.url, exc_info=True)
        return Rejection(page.url, page.source, "extract", f"failed: {type(error).__name__}: {error}"[:300])
    return replace(result, page_id=page.page_id)


def start_worker() -> None:
    """Runs first in each worker: it dies with its parent, leaves Ctrl-C to it and has a bound of memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = WORKER_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(WORKER_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def _die_with_parent() -> None:
    """Two ways: the kernel's (works while C code holds the interpreter), and a thread for other systems.

    The parent is who asked for the workers, not the process that they are forked from: it alone holds the
    other end of a pipe, and SIGKILL is what the kernel reports its closing by.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(parent.sentinel, _F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, os.O_ASYNC)

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


_F_SETSIG = 10
"""fcntl(2)."""
