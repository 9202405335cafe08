"""Reading and fetching on a Dask cluster: the engine of `--engine tcp://scheduler:8786`, tls://…, local:N.

In: batches of pages, as they are handed to processes of this machine, and slices of a crawl. Out: the same
results. Dask moves them, and hands batches of a lost worker out again; a slice is for one worker alone, since
who was cut off may still ask hosts (crawler/runs/spread.py). In each Dask worker processes of ours read
(pipelines/workers.py) and fetch (crawler/fetch/slices.py), so that a page that hangs, crashes or bursts costs
itself only, as on one machine. A worker is sent that and nothing else; what it sends back is taken as data of
known shape about what it was sent.
"""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import math
import multiprocessing
import os
import pickle
import platform
import queue
import re
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, is_dataclass, replace
from functools import cache
from importlib.metadata import requires, version
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

from crawler.config import read_settings
from crawler.fetch.slices import FetchedSlice, fetch_slice
from crawler.runs.spread import BRING_S, SKEW_S, START_S
from pipelines import records
from pipelines.archive.rules import RULES
from pipelines.errors import ConfigurationError, WorkersError
from pipelines.records import FileText, Reading, Rejection
from pipelines.store import sweep_temporary
from pipelines.workers import WorkerOptions, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.fetch.slices import Slice
    from pipelines.records import Page, Source
    from pipelines.workers import Batch, Engine, Read, Readers

_ADDRESS = re.compile(r"(tcp|tls)://\S+:\d+")

TASK_PAGES = 24
"""Pages of a task, where all readers have work. Whatever it reads, a task costs 3 ms of CPU, and 4 ms a MB:
with 8 pages each `benchmarks/cluster.py` had .72 of what processes do, .85 with these."""

_TASKS_PER_READER = 2
"""Tasks under way per reader: none waits for the process that writes."""

_IN_FLIGHT_MAX = 128
"""Tasks handed out at once, however many workers there are."""

_COUNT_EVERY_S = 2.0
"""How often the workers are counted; Dask itself hears of them every half to five seconds."""

_SENT_BYTES = 64 * 1024 * 1024
"""Pages handed out at once have no more bytes than these and one batch."""

_FIRST_WORKER_S = 30.0

_SETTINGS = {
    "distributed.worker.daemon": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.low-level-log-length": 10,
}
"""Workers start processes. Dask looks at itself every 10 to 500 ms: two idle workers take 78 ms of CPU a
second, 11 with this. And each end of a connection keeps the last 1,000 messages, with the pages in them:
125 KB of memory a page."""

_READERS_PER_WORKER = 8
"""Of a cluster of this machine: to start a worker costs 5 s of CPU, to hand a page on .3 ms."""

SLICES_PER_THREAD = 2
"""Slices under way for each thread of a worker."""

_GONE = "the scheduler is gone; start it, and give the same command again"

_log = logging.getLogger(__name__)


def engine_of(written: str, options: WorkerOptions) -> Engine:
    """The engine that an option or setting names; empty: processes of this machine.

    Raises:
        ConfigurationError: it names none, or Dask is not installed.
    """
    if not written:
        return options
    local = re.fullmatch(r"local:([1-9]\d?)", written)
    if not local and not _ADDRESS.fullmatch(written):
        raise ConfigurationError(
            f"--engine {written}: write tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or local:N"
        )
    try:
        import distributed  # noqa: F401, PLC0415  # an optional package
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"--engine {written}: needs Dask: pip install 'parknews[cluster]'"
        ) from error
    if written.startswith("tcp://"):
        _log.warning("%s is not encrypted; use tls:// where others share the network", written)
    workers = int(local[1]) if local else 0
    return ClusterEngine("" if local else written, workers, options.page_limit_s)


@dataclass(frozen=True, slots=True)
class ClusterEngine:
    """A Dask cluster that runs already, or one of this machine that lives as long as its readers."""

    address: str
    """Of the scheduler; empty: a cluster of this machine is started."""
    workers: int
    """How many processes read in such a one."""
    page_limit_s: float
    """As in WorkerOptions."""

    def start(self, read: Read, *, latin: bool = False) -> Readers:
        """Connects, and waits for the first worker; workers load by themselves what they need.

        Raises:
            WorkersError: no scheduler answers, or no worker has joined it.
        """
        return _Cluster(read, self)


@contextlib.contextmanager
def raised(engine: Engine) -> Iterator[Engine]:
    """The engine; where it is to have a cluster of this machine, that is started and ends with the block."""
    if not isinstance(engine, ClusterEngine) or engine.address:
        yield engine
        return
    from distributed import LocalCluster  # noqa: PLC0415  # an optional package

    _set_dask()
    with LocalCluster(
        n_workers=(workers := math.ceil(engine.workers / _READERS_PER_WORKER)),
        threads_per_worker=math.ceil(engine.workers / workers),
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    ) as cluster:
        yield replace(engine, address=cluster.scheduler_address)


def _set_dask() -> None:
    """Dask's settings of this process, for good: what ends with a block takes Dask's own defaults with it."""
    import dask  # noqa: PLC0415  # an optional package

    dask.config.set(_SETTINGS)
    logging.getLogger("distributed").setLevel(logging.ERROR)  # it tells the end of every worker at length


class ClusterHands:
    """Hands of a cluster: each slice is for one worker, and for no other should that be lost."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._out: Counter[str] = Counter()
        self._workers: dict[str, int] = {}
        self._counted_s = 0.0

    @property
    def room(self) -> int:
        """How many more slices may be handed in.

        Raises:
            WorkersError: the scheduler is gone.
        """
        if self._client.status == "closed":
            raise WorkersError(_GONE)
        if self._client.status == "running" and time.monotonic() >= self._counted_s + _COUNT_EVERY_S:
            with contextlib.suppress(OSError):
                self._workers = self._client.nthreads()
            self._counted_s = time.monotonic()
        return sum(max(0, self._most(worker) - self._out[worker]) for worker in self._workers)

    def submit(self, slice_: Slice) -> Any:
        """Fetches it on the worker that has least to do."""
        worker = min(self._workers, key=lambda name: self._out[name] / self._most(name))
        future = self._client.submit(
            fetch_there,
            pickle.dumps(slice_),
            identity(),
            time.time(),
            pure=False,
            priority=1,
            workers=[worker],
            allow_other_workers=False,
        )
        self._out[worker] += 1
        future.add_done_callback(lambda _: self._out.subtract([worker]))
        return future

    def result(self, future: Any) -> FetchedSlice:
        """What a worker sent for a slice.

        Raises:
            WorkersError: it is no such thing.
            TimeoutError: nothing comes.
        """
        came = _data(future.result(timeout=BRING_S))
        if not isinstance(came, FetchedSlice):
            raise WorkersError("a worker sent what is no fetched slice")
        return came

    def _most(self, worker: str) -> int:
        """A slice mostly waits for its hosts."""
        return SLICES_PER_THREAD * self._workers[worker]


@contextlib.contextmanager
def hands_of(engine: Engine) -> Iterator[ClusterHands | None]:
    """The hands of a cluster that was raised; None where processes of this machine read.

    Raises:
        WorkersError: no scheduler answers, or no worker has joined it.
    """
    if not isinstance(engine, ClusterEngine):
        yield None
        return
    with _client(engine) as client:
        yield ClusterHands(client)


class _Cluster:
    """The readers of a cluster, seen from the process that writes."""

    def __init__(self, read: Read, engine: ClusterEngine) -> None:
        self._read = read
        self._page_limit_s = engine.page_limit_s
        self._open = contextlib.ExitStack()
        self._running: dict[Any, Batch] = {}
        self._held: list[tuple[Page, Source]] = []
        self._sent_bytes = 0
        self._lost: list[Batch] = []
        self._suspects: list[Batch] = []
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._threads, self._counted_s = 1, 0.0
        with contextlib.ExitStack() as undo:
            undo.callback(self._open.close)
            self._client = self._open.enter_context(_client(engine))
            undo.pop_all()

    def __enter__(self) -> _Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def room(self) -> int:
        """How many more batches may be handed in; none while pages are tried that may have killed workers."""
        if self._suspects or self._lost or self._client.status != "running":
            return 0
        if self._sent_bytes > _SENT_BYTES:
            return 0
        return min(self._count_threads() * _TASKS_PER_READER, _IN_FLIGHT_MAX) - len(self._running)

    @property
    def is_half_empty(self) -> bool:
        """Whether no more batches are under way than there is room for."""
        return self.room >= len(self._running)

    @property
    def busy(self) -> bool:
        """Whether any batch is under way."""
        return bool(self._running or self._held or self._suspects or self._lost)

    def submit(self, batch: Batch) -> None:
        """Hands in a batch of pages; with others, where all readers have work."""
        self._held += batch
        if len(self._held) >= TASK_PAGES or len(self._running) < self._count_threads():
            self._hand_out_held()

    def _hand_out_held(self) -> None:
        if self._held:
            held, self._held = self._held, []
            self._hand_out(held)

    def _hand_out(self, batch: Batch) -> None:
        future = self._client.submit(
            read_there, pickle.dumps((self._read, batch)), identity(), self._page_limit_s, pure=False
        )
        self._running[future] = batch
        self._sent_bytes += _bytes(batch)
        future.add_done_callback(self._done.put)

    def collect(self, timeout_s: float) -> list[tuple[Page, Reading | FileText | Rejection]]:
        """Results of the batches that end within `timeout_s`; an empty list where none does."""
        self._hand_out_held()
        self._hand_in_again()
        results: list[tuple[Page, Reading | FileText | Rejection]] = []
        with contextlib.suppress(queue.Empty):
            future = self._done.get(timeout=timeout_s)
            while True:
                batch = self._running.pop(future)
                self._sent_bytes -= _bytes(batch)
                results += self._results(future, batch)
                future = self._done.get_nowait()
        return results

    def _hand_in_again(self) -> None:
        """What a scheduler lost that was started again; and, when nothing else runs, one suspect."""
        if self._client.status == "closed":
            raise WorkersError(_GONE)
        if self._lost and self._client.status == "running":
            self._hand_out(self._lost.pop())
        elif self._suspects and not self._running:
            self._hand_out(self._suspects[-1])

    def _results(self, future: Any, batch: Batch) -> list[tuple[Page, Reading | FileText | Rejection]]:
        """What came of a batch; nothing yet where it is handed in again."""
        if future.cancelled():
            self._lost.append(batch)
            return []
        error = future.exception() if future.status == "error" else None
        is_suspect = bool(self._suspects) and batch is self._suspects[-1]
        if type(error).__name__ == "KilledWorker" and not is_suspect:
            _log.warning("workers died of a batch; its %d pages are read one by one", len(batch))
            self._suspects += [[one] for one in batch]
            return []
        if is_suspect:
            self._suspects.pop()
        pages = [page for page, _ in batch]
        if type(error).__name__ == "KilledWorker":
            reason = "crashed every worker that read it"
            return [(page, Rejection(page.url, page.source, "extract", reason)) for page in pages]
        if error is not None:
            said = f"{type(error).__name__}: {error}"
            raise WorkersError(f"a worker cannot read ({said}); is the same parknews installed there?")
        return list(zip(pages, results_of(pages, future.result()), strict=True))

    def _count_threads(self) -> int:
        """Readers of the cluster; one at least, since a batch that waits for a worker is under way too."""
        if time.monotonic() >= self._counted_s + _COUNT_EVERY_S:
            with contextlib.suppress(OSError):  # the scheduler is gone: `collect` says so
                threads = sum(self._client.nthreads().values())
                if not threads:
                    _log.warning("no worker is left at %s; waiting for one", self._client.scheduler.address)
                self._threads = max(1, threads)
            self._counted_s = time.monotonic()
        return self._threads


def _bytes(batch: Batch) -> int:
    return sum(len(page.body) for page, _ in batch)


@contextlib.contextmanager
def _client(engine: ClusterEngine) -> Iterator[Any]:
    """A Dask client; addresses of keys and certificates are Dask's own settings."""
    from distributed import Client  # noqa: PLC0415  # an optional package

    _set_dask()
    with contextlib.ExitStack() as opened:
        raised_ = opened.enter_context(raised(engine))
        assert isinstance(raised_, ClusterEngine)
        try:
            try:
                client = opened.enter_context(Client(raised_.address, set_as_default=False))
            except Exception as error:
                traceback.clear_frames(error.__traceback__)
                gc.collect()  # ends the half-made client here: in the next one's thread both would wait
                raise
            client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
        except TimeoutError as error:
            raise WorkersError(
                f"{raised_.address}: no worker has joined the scheduler; start some"
            ) from error
        except TypeError as error:  # Dask's word for a client that has no certificate
            raise WorkersError(
                f"{raised_.address}: who asks needs a certificate; name it with"
                " DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY"
            ) from error
        except OSError as error:
            raise WorkersError(
                f"{raised_.address}: no scheduler answers ({' '.join(str(error).split())})"
            ) from error
        yield client


# What is sent back is read as data: our records and what they are made of, no other class.


class _Data(pickle.Unpickler):
    """Opens what a worker sent without calling anything that is no record (Python's manual on pickle)."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of a record.

        Raises:
            UnpicklingError: it is none.
        """
        is_record = module == records.__name__ and is_dataclass(getattr(records, name, None))
        if not is_record and (module, name) not in _PLAIN:
            raise pickle.UnpicklingError(f"{module}.{name} is no record")
        return super().find_class(module, name)


_PLAIN = {
    ("crawler.fetch.slices", "FetchedSlice"),
    ("crawler.fetch.tally", "FetchReport"),
    ("crawler.fetch.tally", "HostState"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"),
    ("zoneinfo", "ZoneInfo._unpickle"),
}


def results_of(pages: list[Page], packed: bytes) -> list[Reading | FileText | Rejection]:
    """The results that a worker sent for these pages, and for no others."""
    results = _data(packed)
    if not isinstance(results, list) or len(results) != len(pages) or not all(map(_is_about, pages, results)):
        raise WorkersError("a worker sent results about other pages than it was given")
    return results


def _data(packed: bytes) -> Any:
    """What a worker sent, as data.

    Raises:
        WorkersError: it is none; or it says why there is none.
    """
    try:
        found = _Data(io.BytesIO(packed)).load()
    except Exception as error:
        raise WorkersError(f"a worker sent what is no result ({error})") from error
    if isinstance(found, str):
        raise WorkersError(found)
    return found


def _is_about(page: Page, result: object) -> bool:
    """A rejection of a page that broke its reader names no page (`Rejection.page_id`)."""
    ids = {page.page_id, None} if isinstance(result, Rejection) else {page.page_id}
    return (
        isinstance(result, Reading | FileText | Rejection)
        and (result.url, result.source) == (page.url, page.source)
        and result.page_id in ids
    )


# In a worker.


def read_there(task: bytes, asked_by: Mapping[str, str], page_limit_s: float) -> bytes:
    """In a Dask worker: what came of a reader and a batch, packed as these; or why nothing did, a string."""
    if why := _why_not(asked_by):
        return pickle.dumps(why)
    return _processes(page_limit_s).read_packed(task)


def fetch_there(task: bytes, asked_by: Mapping[str, str], asked_at: float) -> bytes:
    """In a Dask worker: what came of a slice, packed; or why nothing did, a string.

    Raises:
        RuntimeError: its time to begin is over, by this machine's clock.
    """
    from distributed import secede  # noqa: PLC0415  # an optional package

    if why := _why_not(asked_by):
        return pickle.dumps(why)
    late_s = time.time() - asked_at
    if not -SKEW_S <= late_s <= START_S + SKEW_S:
        raise RuntimeError(
            f"{platform.node()} began {late_s:.0f} s late; is its clock right, or is it laden?"
        )
    secede()  # it mostly waits for hosts: whoever reads has the thread
    slice_ = pickle.loads(task)  # noqa: S301  # Dask runs what its clients send in any case
    ours = str(read_settings(os.environ).runtime)  # where this machine's crawls share each host's pace
    return pickle.dumps(fetch_slice(replace(slice_, options=replace(slice_.options, runtime=ours))))


def _why_not(asked_by: Mapping[str, str]) -> str:
    """What keeps this worker from working for who asks; empty where nothing does."""
    here = identity()
    differing = [name for name in sorted({*here, *asked_by}) if here.get(name) != asked_by.get(name)]
    if differing:
        said = ", ".join(f"{name} {here.get(name)} there, {asked_by.get(name)} here" for name in differing)
        return f"a worker at {platform.node()} reads by something else than this process: {said}"
    if multiprocessing.current_process().daemon:
        return (
            f"a worker at {platform.node()} may start no processes; start it with"
            " DASK_DISTRIBUTED__WORKER__DAEMON=False"
        )
    return ""


@cache
def identity() -> dict[str, str]:
    """By what a process reads: versions of parknews and of all that it needs, the rules, Python's version."""
    needed = [re.split(r"[^\w.-]", line)[0] for line in requires("parknews") or () if "extra ==" not in line]
    found = {name: version(name) for name in needed}
    return found | {"parknews": version("parknews"), "rules": RULES, "Python": platform.python_version()}


_starting = threading.Lock()
_started: dict[float, Workers] = {}


def _processes(page_limit_s: float) -> Workers:
    """The processes of this worker, as many as it has threads, for all readers; they end with it."""
    from distributed import get_worker  # noqa: PLC0415  # an optional package

    with _starting:
        if page_limit_s not in _started:
            sweep_temporary()
            readers = Workers(None, WorkerOptions(get_worker().state.nthreads, page_limit_s))
            _started[page_limit_s] = readers
            ended = SystemExit("the worker ends")
            Finalize(None, readers.__exit__, (SystemExit, ended, None), exitpriority=1)
        return _started[page_limit_s]
