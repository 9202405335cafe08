"""A crawl by three workers of which one is killed and one is cut off, beside the same crawl by this process.

    [unshare -rn] python -m tests.crawler.runs.lab FOLDER PAGES SITES

The demo's sites, and so many generated ones with so many pages together, are crawled into FOLDER/here, then
by workers into FOLDER/there. Where the process has a network namespace of its own, each worker has one too,
behind a cable (a pair of veth): to cut it off its cable is pulled, and loopback is the lab's, by a route.
Elsewhere the worker is stopped. What the sites saw of the second crawl is written to FOLDER/seen.json.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.config import FetchOptions
from crawler.demo.server import DemoServer
from crawler.fetch.slices import FORKS
from crawler.runs.cluster import ClusterEngine
from crawler.runs.run import RunOptions, crawl
from crawler.sources import read_sources
from pipelines.workers import WorkerOptions
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.processes import Child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.fetch.tally import RunProgress
    from crawler.runs.run import RunReport

DELAY_S = 0.1
SLICE_S, LEASE_S = 4.0, 25.0
"""What nothing is heard of is handed out again after both."""
WORKERS = 3
PACED = 10
"""Requests over which a site's pace is measured: one may be late on its way, and the next on time."""
HUB = "10.77.255.1"
_QUICK = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "20s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "30s",
}
_DASK = "import dask; dask.config.refresh(); from distributed.cli.dask_{} import main; main()"
_APART = """
import ctypes, subprocess, sys, time
from pathlib import Path
place = sys.argv.pop(1)
assert ctypes.CDLL(None).unshare(0x40000000) == 0  # CLONE_NEWNET
while subprocess.run(["ip", "link", "show", "eth0"], capture_output=True).returncode: time.sleep(0.05)
for name in ("all", "eth0"): Path(f"/proc/sys/net/ipv4/conf/{name}/rp_filter").write_text("0")
Path("/proc/sys/net/ipv4/conf/eth0/route_localnet").write_text("1")
for words in (
    f"addr add 10.77.{place}.2/30 dev eth0", "link set eth0 up",
    f"route add default via 10.77.{place}.1", f"route add 127.0.0.1/32 via 10.77.{place}.1",
): subprocess.run(["ip", *words.split()], check=True)
"""


def main() -> None:
    folder, pages, sites = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    apart = "veth" in _ip("link", "help") and _network("self") != os.environ["OUTSIDE"]
    if apart:
        _ip("link", "set", "lo", "up")
        _ip("addr", "add", f"{HUB}/32", "dev", "lo")
    with ExitStack() as opened:
        demo = opened.enter_context(DemoServer())
        made = [_site(number, pages // sites, sites) for number in range(sites)]
        servers = [opened.enter_context(Server(site)) for site in made]
        (folder / "sources.toml").write_text(
            demo.sources_toml(delay_s=0.02) + "".join(_entry(server) for server in servers), encoding="utf-8"
        )
        reports = [_crawl(folder / "here", WorkerOptions(workers=1), made)]
        for site in made:
            site.log.clear()
            site.most_at_once = 0
        lab = Lab(folder, apart)
        opened.callback(lab.close)
        engine = ClusterEngine(lab.address, 0, 20.0)
        reports.append(_crawl(folder / "there", engine, made, lab))
    pace_s = min(
        (later.at - sooner.at) / PACED
        for site in made
        for sooner, later in zip(site.log, site.log[PACED:], strict=False)
    )
    seen = {
        "apart": apart,
        "lost": len(lab.lost),
        "outcomes": [report.outcome for report in reports],
        "at_once": max(site.most_at_once for site in made),
        "pace_s": pace_s,
        "most": max(max(site.counts().values()) for site in made),
        "canaries": demo.canary_hits,
    }
    (folder / "seen.json").write_text(json.dumps(seen))


def _crawl(
    folder: Path,
    engine: WorkerOptions | ClusterEngine,
    made: Sequence[Site],
    lab: Lab | None = None,
) -> RunReport:
    def lose(_: RunProgress) -> None:
        if lab and 2 * sum(len(site.log) for site in made) > sum(len(site.pages) for site in made):
            lab.lose()

    folder.mkdir()
    fetch = FetchOptions(runtime=str(folder / "runtime"), retry_base_s=0.1, timeout_s=10.0)
    options = RunOptions(fetch=fetch, engine=engine, slice_s=SLICE_S, lease_s=LEASE_S)
    return crawl(
        folder / "archive.db", read_sources(folder.parent / "sources.toml"), options, on_progress=lose
    )


def _site(number: int, pages: int, sites: int) -> Site:
    """Each page has a day of its own: of copies of one day that is kept which was fetched first."""
    days = [date(2010, 1, 1) + timedelta(place * sites + number) for place in range(pages)]
    dated = [f'<meta property="article:published_time" content="{day}">' for day in days]
    paths = [f"/news/2026/{number}-{page}.html" for page in range(pages)]
    lists = [paths[place : place + 100] for place in range(0, pages, 100)]
    links = [f"/list/{place}.html" for place in range(1, len(lists))]
    site = Site(
        {path: article(number * 10_000 + place, extra=dated[place]) for place, path in enumerate(paths)}
    )
    site.pages |= {f"/list/{place}.html": list_page(some) for place, some in enumerate(lists) if place}
    site.pages["/"] = list_page([*lists[0], *links])
    return site


def _entry(server: Server) -> str:
    return (
        f'\n[[source]]\nhost = "{server.host}"\nname = "示例园区网"\nstart_urls = ["{server.url}/"]\n'
        f"allow_private = true\ndelay_s = {DELAY_S}\n"
    )


class Lab:
    """A scheduler and three workers."""

    def __init__(self, folder: Path, apart: bool) -> None:
        self._apart = apart
        self._environment = os.environ | _QUICK
        self._children: list[Child] = []
        file, host = folder / "scheduler.json", HUB if apart else "127.0.0.1"
        where = ("--host", host, "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        self._start(_DASK.format("scheduler"), *where)
        while not file.exists() or not file.read_text():
            time.sleep(0.05)
        self.address = json.loads(file.read_text())["address"]
        self.workers = [self._worker(place) for place in range(WORKERS)]
        from distributed import Client  # noqa: PLC0415  # an optional package

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(WORKERS)
            workers = client.scheduler_info(n_workers=-1)["workers"]
            client.gather([client.submit(warm, workers=[worker], pure=False) for worker in workers])
        self.lost: list[int] = []

    def lose(self) -> None:
        """Kills one worker and cuts another off, once."""
        if self.lost:
            return
        self.lost = [worker.pid for worker in self.workers[:2]]
        os.kill(self.lost[0], signal.SIGKILL)
        if self._apart:
            _ip("link", "set", "cable1", "down")
        else:
            os.kill(self.lost[1], signal.SIGSTOP)

    def close(self) -> None:
        for child in reversed(self._children):
            with suppress(ProcessLookupError):
                child.kill()
            child.wait()

    def _worker(self, place: int) -> Child:
        words = (self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
        if not self._apart:
            return self._start(_DASK.format("worker"), *words)
        worker = self._start(_APART + _DASK.format("worker"), str(place), *words)
        while _network(worker.pid) == _network("self"):
            time.sleep(0.05)
        cable = f"cable{place}"
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(worker.pid))
        _ip("addr", "add", f"10.77.{place}.1/30", "dev", cable)
        for name, value in (("rp_filter", "0"), ("route_localnet", "1")):
            Path(f"/proc/sys/net/ipv4/conf/{cable}/{name}").write_text(value)
        _ip("link", "set", cable, "up")
        return worker

    def _start(self, code: str, *words: str) -> Child:
        child = Child(code, *words, env=self._environment)
        self._children.append(child)
        return child


def _network(process: int | str) -> str:
    return str(Path(f"/proc/{process}/ns/net").readlink())


def warm() -> None:
    """In a worker: starts what fetching processes are forked from, as slow as a slice on a laden machine."""
    process = FORKS.Process(target=int)
    process.start()
    process.join()


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=words[-1] != "help")
    return done.stdout + done.stderr


if __name__ == "__main__":
    main()
