"""Reading on a Dask cluster of real processes: what they are sent, what becomes of those that are lost."""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.runs.cluster import ClusterEngine, engine_of, identity, read_there, results_of
from crawler.runs.warc import write_warc
from pipelines.errors import ConfigurationError, WorkersError
from pipelines.records import Page, Reading, Rejection
from pipelines.workers import WorkerOptions
from tests.crawler.misbehaving import article
from tests.crawler.moved import parknews_here, write_source
from tests.pipelines.test_workers import SOURCE, page, read
from tests.readings import make_reading

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = SOURCE.host
ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(ROOT),
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s",
}
DASK = [sys.executable, "-m"]


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with three workers, each a process that is started again when it dies."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    folder = tmp_path_factory.mktemp("dask")
    where = ["--scheduler-file", str(folder / "scheduler.json")]
    commands = [
        ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        ["distributed.cli.dask_worker", "--nworkers", "3", "--nthreads", "1", "--no-dashboard"],
    ]
    with contextlib.ExitStack() as running:
        for command in commands:
            log = running.enter_context((folder / command[0]).open("wb"))
            started = subprocess.Popen(
                [*DASK, *command, *where], env=ENVIRONMENT, stdout=log, stderr=log, cwd=folder
            )
            running.callback(started.wait)
            running.callback(started.terminate)
            while not (folder / "scheduler.json").exists():
                assert started.poll() is None, (folder / command[0]).read_text()
                time.sleep(0.1)
        yield re.findall(r"tcp://[\d.:]+", (folder / "scheduler.json").read_text())[0]


def pids(address: str) -> list[int]:
    """Of the workers, once all three are there."""
    from distributed import Client  # noqa: PLC0415  # skipped where it is missing

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(3, timeout=60)
        return sorted(client.run(os.getpid).values())


def outcome(results: list[tuple[Page, Reading | Rejection]]) -> dict[int, str]:
    """The text or the rejection's reason, by page number."""
    assert len({page.page_id for page, _ in results}) == len(results)
    return {
        page.page_id: result.reason.split(" (")[0] if isinstance(result, Rejection) else result.story.text
        for page, result in results
    }


def test_what_lost_workers_had_is_read_by_others_once(scheduler: str) -> None:
    killed, cut_off, _ = pids(scheduler)
    results: list[tuple[Page, Reading | Rejection]] = []
    waiting = [[(page(n, "slow"), SOURCE), (page(n + 1, "slow"), SOURCE)] for n in range(0, 60, 2)]
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
    assert outcome(results) == dict.fromkeys(range(60), "slow 测试园区")


def test_a_page_that_kills_every_worker_is_rejected_and_its_neighbours_are_read(scheduler: str) -> None:
    words = ["good", "kill", "hang", "fine", "crash"]
    results = []
    pids(scheduler)
    with ClusterEngine(scheduler, 0, 6.0).start(read) as readers:
        readers.submit([(page(number, word), SOURCE) for number, word in enumerate(words)])
        while readers.busy:
            results += readers.collect(1.0)
    assert outcome(results) == {
        0: "good 测试园区",
        1: "crashed every worker that read it",
        2: "took longer than 6 s",
        3: "fine 测试园区",
        4: "crashed its worker",
    }


def news(number: int) -> Page:
    url = f"http://{HOST}/news/2026/{number}.html"
    return replace(page(number, article(number)), url=url, url_answered=url)


def rows(folder: Path) -> list[Any]:
    queries = (
        "SELECT url, title, published, similarity, kept FROM copies ORDER BY url",
        "SELECT url, title, text, copies FROM articles ORDER BY url",
        "SELECT url, kind, text FROM stripped ORDER BY url, kind, text",
        "SELECT url, stage, reason FROM rejections ORDER BY url",
    )
    with sqlite3.connect(folder / "archive.db") as db:
        return [db.execute(query).fetchall() for query in queries]


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
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        *arguments,
        "warc",
        "import",
        str(file),
        "--engine",
        scheduler,
    ]
    with subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, stderr=subprocess.PIPE) as coordinator:
        while coordinator.poll() is None and not _archived(there):
            time.sleep(0.02)
        coordinator.kill()
    assert 0 < _archived(there) < len(pages)
    again = parknews_here(there, "warc", "import", str(file), "--engine", scheduler, "--json")
    assert (again.code, again.json["known"]) == (0, len(pages))
    assert rows(there) == rows(here)


def _archived(folder: Path) -> int:
    with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(folder / "archive.db") as db:
        return db.execute("SELECT COUNT(*) FROM copies").fetchone()[0]
    return 0


def test_a_cluster_of_this_machine_is_started_and_ended(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    write_source(tmp_path, HOST)
    write_warc([news(1)], tmp_path / "pages.warc.gz", "parknews/test")
    done = parknews_here(tmp_path, "warc", "import", str(tmp_path / "pages.warc.gz"), "--engine", "local:1")
    assert (done.code, _archived(tmp_path), done.errors) == (0, 1, "")


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
    script = "import sys; sys.modules['distributed'] = None; from crawler.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        script,
        "--db",
        str(tmp_path / "a.db"),
        "reprocess",
        "--engine",
        "local:2",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, "pip install 'parknews[cluster]'" in done.stderr) == (2, True)


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    dask = pytest.importorskip("dask", reason="the extra `cluster` is not installed")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(WorkersError, match=r"tcp://127\.0\.0\.1:9: no scheduler answers"),
    ):
        ClusterEngine("tcp://127.0.0.1:9", 0, 3.0).start(read)
