"""Reading on a Dask cluster of real processes: what they are sent, what becomes of those that are lost."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.runs.cluster import TASK_PAGES, ClusterEngine, engine_of, identity, read_there, results_of
from crawler.runs.warc import write_warc
from pipelines.errors import ConfigurationError, WorkersError
from pipelines.records import Page, Reading, Rejection
from pipelines.workers import WorkerOptions
from tests.commands import parknews_here
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source
from tests.crawler.runs.lab import DELAY_S
from tests.pipelines.test_workers import SOURCE, page, read
from tests.processes import PARKNEWS, Child
from tests.readings import make_reading, rows

HOST = SOURCE.host
ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s",
}
WORKERS = 3


class Dask:
    """A scheduler, and workers, each a process of its own and followed by another when it dies."""

    def __init__(
        self, folder: Path, workers: int = WORKERS, protocol: str = "tcp", **environment: str
    ) -> None:
        self._file = folder / "scheduler.json"
        self._environment = ENVIRONMENT | environment
        where = ["--protocol", protocol, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self._scheduler = self._start("scheduler", *where)
        while not self._file.exists() or not self._file.read_text():
            assert self._scheduler.poll() is None, self._scheduler.communicate()
            time.sleep(0.05)
        self.address = re.findall(r"t\w+://[\d.:]+", self._file.read_text())[0]
        self._ended = threading.Event()
        self.workers = [self._worker() for _ in range(workers)]
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def close(self) -> None:
        self._ended.set()
        self._keeper.join()
        for child in (*self.workers, self._scheduler):
            child.kill()
            child.wait()

    def _keep(self) -> None:
        while not self._ended.wait(0.2):
            self.workers = [self._worker() if one.poll() is not None else one for one in self.workers]

    def _worker(self) -> Child:
        return self._start("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard")

    def _start(self, what: str, *arguments: str) -> Child:
        refresh = "import dask; dask.config.refresh()"  # it was imported in another environment
        code = f"{refresh}; from distributed.cli.dask_{what} import main; main()"
        return Child(code, "--scheduler-file", str(self._file), *arguments, env=self._environment)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A scheduler with three workers."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    started = Dask(tmp_path_factory.mktemp("dask"))
    yield started
    started.close()


@pytest.fixture
def scheduler(dask: Dask) -> str:
    """Its address, all workers being there."""
    from distributed import Client  # noqa: PLC0415  # skipped where it is missing

    with Client(dask.address, set_as_default=False) as client:
        client.wait_for_workers(WORKERS, timeout=60)
    return dask.address


def outcome(results: list[tuple[Page, Reading | Rejection]]) -> dict[int, str]:
    """The text or the rejection's reason, by page number."""
    assert len({page.page_id for page, _ in results}) == len(results)
    return {
        page.page_id: result.reason.split(" (")[0] if isinstance(result, Rejection) else result.story.text
        for page, result in results
    }


def test_what_lost_workers_had_is_read_by_others_once(dask: Dask, scheduler: str) -> None:
    killed, cut_off = (worker.pid for worker in dask.workers[:2])
    results: list[tuple[Page, Reading | Rejection]] = []
    words = [["slow", *["good"] * (TASK_PAGES - 1)] for _ in range(12)]
    waiting = [
        [(page(place * TASK_PAGES + n, word), SOURCE) for n, word in enumerate(batch)]
        for place, batch in enumerate(words)
    ]
    with ClusterEngine(scheduler, 0, 10.0).start(read) as readers:
        while waiting or readers.busy:
            while waiting and readers.room > 0:
                readers.submit(waiting.pop())
            before = len(results)
            results += readers.collect(1.0)
            if before == 0 < len(results):
                os.kill(killed, signal.SIGKILL)
                os.kill(cut_off, signal.SIGSTOP)
    with contextlib.suppress(ProcessLookupError):
        os.kill(cut_off, signal.SIGKILL)
    said = [f"{word} 测试园区" for batch in words for word in batch]
    assert outcome(results) == dict(enumerate(said))


def test_a_page_that_kills_every_worker_is_rejected_and_its_neighbours_are_read(scheduler: str) -> None:
    words = ["good", "kill", "hang", "fine", "crash"]
    results = []
    with ClusterEngine(scheduler, 0, 4.0).start(read) as readers:
        readers.submit([(page(number, word), SOURCE) for number, word in enumerate(words)])
        while readers.busy:
            results += readers.collect(1.0)
    assert outcome(results) == {
        0: "good 测试园区",
        1: "crashed every worker that read it",
        2: "took longer than 4 s",
        3: "fine 测试园区",
        4: "crashed its worker",
    }


def test_batches_go_out_together_where_all_readers_have_work(scheduler: str) -> None:
    waiting = [[(page(n, "slow" if n < WORKERS else "good"), SOURCE)] for n in reversed(range(120))]
    handed_in, results = 0, []
    with ClusterEngine(scheduler, 0, 60.0).start(read) as readers:
        while readers.room > 0 and waiting:
            readers.submit(waiting.pop())
            handed_in += 1
        while readers.busy:
            results += readers.collect(1.0)
    assert handed_in >= WORKERS + WORKERS * TASK_PAGES  # of a page each; that many wait
    assert len(outcome(results)) == handed_in


def test_batches_that_were_read_are_not_kept(scheduler: str) -> None:
    waiting = [[(page(number, f"{number} {' ' * 300_000}"), SOURCE)] for number in range(80)]
    with ClusterEngine(scheduler, 0, 10.0).start(read) as readers:
        while waiting or readers.busy:
            while waiting and readers.room > 0:
                readers.submit(waiting.pop())
            readers.collect(1.0)
        held = [one for some in gc.get_objects() if type(some) in (list, tuple) for one in some]
        assert sum(type(one) is bytes and len(one) > 300_000 for one in held) <= 20


def news(number: int) -> Page:
    url = f"http://{HOST}/news/2026/{number}.html"
    return replace(page(number, article(number)), url=url, url_answered=url)


def says(folder: Path) -> list[Any]:
    queries = (
        "SELECT url, title, published, similarity, kept FROM copies ORDER BY url",
        "SELECT url, title, text, copies FROM articles ORDER BY url",
        "SELECT url, kind, text FROM stripped ORDER BY url, kind, text",
        "SELECT url, stage, reason FROM rejections ORDER BY url",
    )
    return [rows(folder / "archive.db", query) for query in queries]


def test_an_import_that_is_killed_goes_on_and_ends_as_an_embedded_one(scheduler: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    file = tmp_path / "pages.warc.gz"
    pages = [news(n) for n in range(1, 49)]
    write_warc(pages, file, "parknews/test")
    for folder in (here, there):
        folder.mkdir()
        write_source(folder, HOST)
    assert parknews_here(here, "warc", "import", str(file)).code == 0
    arguments = ("--db", str(there / "archive.db"), "--sources", str(there / "sources.toml"))
    command = [*arguments, "warc", "import", str(file), "--engine", scheduler]
    coordinator = Child(PARKNEWS, *command)
    while coordinator.poll() is None and not _archived(there):
        time.sleep(0.02)
    coordinator.kill()
    coordinator.wait()
    assert 0 < _archived(there) < len(pages)
    again = parknews_here(there, "warc", "import", str(file), "--engine", scheduler, "--json")
    assert (again.code, again.json["known"] + again.json["pages"]) == (0, len(pages))
    assert again.json["known"] > 0
    assert says(there) == says(here)


def _archived(folder: Path) -> int:
    with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(folder / "archive.db") as db:
        return db.execute("SELECT COUNT(*) FROM copies").fetchone()[0]
    return 0


@pytest.mark.parametrize(("pages", "sites"), [(150, 3), pytest.param(5000, 10, marks=pytest.mark.slow)])
def test_a_crawl_that_loses_two_of_three_workers_leaves_the_archive_that_this_process_leaves(
    tmp_path: Path, pages: int, sites: int
) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    here = str(Path("/proc/self/ns/net").readlink())
    lab = [sys.executable, "-m", "tests.crawler.runs.lab", str(tmp_path), str(pages), str(sites)]
    environment = os.environ | {"OUTSIDE": here}
    done = subprocess.run(
        [*_apart(), *lab], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert says(tmp_path / "there") == says(tmp_path / "here")
    assert len(says(tmp_path / "there")[0]) > pages
    assert (seen["lost"], seen["outcomes"], seen["canaries"]) == (2, ["done", "done"], 0)
    assert (seen["at_once"], seen["pace_s"] > 0.8 * DELAY_S, seen["most"] <= 3) == (1, True, True), seen


def _apart() -> list[str]:
    """What gives a process a network of its own; nothing where the machine does not allow it."""
    command = ["unshare", "--map-root-user", "--net"]
    tried = "ip link add tried type veth peer name other && ip link delete tried"
    allowed = shutil.which("unshare") and shutil.which("ip")
    return (
        command
        if allowed and not subprocess.run([*command, "sh", "-c", tried], check=False).returncode
        else []
    )


def test_over_tls_who_has_no_certificate_gets_nothing(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    import dask as dask_  # noqa: PLC0415  # after distributed, whose defaults a setting would take with it

    places = own_certificate(tmp_path)
    named = {f"DASK_{place.upper().replace('.', '__')}": value for place, value in places.items()}
    started = Dask(tmp_path, 1, "tls", **named)
    try:
        engine = engine_of(started.address, WorkerOptions(page_limit_s=10.0))
        with pytest.raises(WorkersError, match="needs a certificate"):
            engine.start(read)
        with dask_.config.set(places), engine.start(read) as readers:
            readers.submit([(page(1, "good"), SOURCE)])
            while not (results := readers.collect(1.0)):
                pass
    finally:
        started.close()
    assert outcome(results) == {1: "good 测试园区"}


def own_certificate(folder: Path) -> dict[str, str]:
    """One certificate for all three parts, signed by itself; Dask's settings that name it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cluster")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    parts = ("scheduler", "worker", "client")
    return {
        "distributed.comm.tls.ca-file": str(folder / "cert.pem"),
        "distributed.comm.require-encryption": "True",
        **{f"distributed.comm.tls.{part}.cert": str(folder / "cert.pem") for part in parts},
        **{f"distributed.comm.tls.{part}.key": str(folder / "key.pem") for part in parts},
    }


def test_a_cluster_of_this_machine_crawls_as_this_process_does(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    paths = [f"/news/2026/{n}.html" for n in range(6)]
    site = Site(
        {"/": list_page([*paths, "/gone.html"]), **{path: article(n) for n, path in enumerate(paths)}}
    )
    here, there = tmp_path / "here", tmp_path / "there"
    with Server(site) as server:
        for folder in (here, there):
            folder.mkdir()
            write_source(folder, server.host)
        assert parknews(here, "crawl").code == 0
        done = parknews_here(there, "crawl", "--engine", "local:1")
    assert (done.code, "distributed" in done.err) == (0, False), done.err
    assert set(site.counts().values()) == {2}
    assert says(there) == says(here)


def test_a_worker_that_reads_by_something_else_is_named() -> None:
    asked_by = identity() | {"rules": "0", "lxml": "1.0"}
    packed = read_there(pickle.dumps((read, [])), asked_by, 3.0)
    with pytest.raises(WorkersError, match=r"lxml \S+ there, 1.0 here, rules \w+ there, 0 here"):
        results_of([], packed)


def _reading(number: int) -> Reading:
    return make_reading(page(number, "").url, "text", page_id=number)


@pytest.mark.parametrize(
    "sent",
    [
        os.system,
        subprocess.Popen,
        [eval],
        [_reading(1)],
        [_reading(2), _reading(1)],
        [_reading(1), replace(_reading(2), url="http://removed.example/")],
        [_reading(1), replace(_reading(2), source="other.example")],
        [_reading(1), Rejection(page(2, "").url, HOST, "extract", "no text", page_id=1)],
        [_reading(1), None],
    ],
)
def test_what_is_no_result_about_the_pages_that_were_sent_is_refused(sent: object) -> None:
    with pytest.raises(WorkersError, match="a worker sent"):
        results_of([page(1, ""), page(2, "")], pickle.dumps(sent))


def test_results_come_back_as_they_were_made() -> None:
    results = [_reading(1), Rejection(page(2, "").url, HOST, "extract", "no text")]
    found = results_of([page(1, ""), page(2, "")], pickle.dumps(results))
    assert found == results
    assert list(found[0].signed.shingles) == list(results[0].signed.shingles)


@pytest.mark.parametrize("written", ["local:0", "local", "http://x:1", "tcp://host", "local:1000"])
def test_an_engine_that_is_none_is_named(written: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(written)):
        engine_of(written, WorkerOptions())


def test_without_an_engine_processes_of_this_machine_read() -> None:
    options = WorkerOptions(workers=3)
    assert engine_of("", options) is options


def test_who_lacks_dask_is_told_what_to_install(tmp_path: Path) -> None:
    without = "import sys; sys.modules['distributed'] = None; " + PARKNEWS
    done = Child(without, "--db", str(tmp_path / "a.db"), "reprocess", "--engine", "local:2").end()
    assert (done.returncode, "pip install 'parknews[cluster]'" in done.stderr) == (2, True)


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    import dask  # noqa: PLC0415  # as above

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(WorkersError, match=r"tcp://127\.0\.0\.1:9: no scheduler answers"),
    ):
        ClusterEngine("tcp://127.0.0.1:9", 0, 3.0).start(read)
