"""Pages a second of `warc import`: processes of this machine against a Dask cluster of this machine.

    python -m benchmarks.cluster [FEW [MANY [WORKERS]]]

Generated pages (benchmarks/pages.py) are written to two WARC files, of few pages and of many, and imported into
archives of their own, alternately by both engines. What MANY takes longer than FEW is the cost of pages; the rest
is that of starting, told beside it. CPU time is that of all processes: on a machine with other work it is what to
go by. Beside them: the greatest memory of the process that writes, and the bytes of a page and its result on their
way.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.pages import generate
from benchmarks.sites import write_sources
from benchmarks.throughput import children_cpu, run_counted
from crawler.runs.warc import write_warc
from pipelines.records import Page, Source
from pipelines.stages import read_page

HOST = "bench.example"

IMPORT = """
import resource, sys
from crawler.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def main() -> None:
    few, many, workers = (int(word) for word in [*sys.argv[1:], *["200", "1000", "2"][len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sources(folder, {HOST: "x"})
        pages = made(many)
        for count in (few, many):
            write_warc(pages[:count], folder / f"{count}.warc.gz", "benchmark")
        results = [read_page(page, Source(HOST)) for page in pages[:50]]
        sent, back = (len(pickle.dumps(some)) / 50_000 for some in (pages[:50], results))
        print(f"a page is {sent:.1f} KB on its way, its result {back:.1f} KB", flush=True)
        costs = []
        for engine in ("", f"local:{workers}"):
            start, whole = (imported(folder, count, engine, workers) for count in (few, many))
            wall_s, cpu_s = (
                (after - before) / (many - few) for before, after in zip(start[:2], whole[:2], strict=True)
            )
            costs.append((wall_s, cpu_s))
            print(
                f"{engine or f'{workers} processes':>12}: {1 / wall_s:6.1f} pages/s,"
                f" {1000 * cpu_s:6.1f} ms CPU a page; starting took {start[0] - few * wall_s:.1f} s and"
                f" {start[1] - few * cpu_s:.1f} s CPU; {start[2] / 1024:.0f} MB at {few} pages and"
                f" {whole[2] / 1024:.0f} MB at {many} in the process that writes",
                flush=True,
            )
        for what, here, there in zip(("the clock", "CPU time"), *costs, strict=True):
            print(f"by {what} the cluster does {here / there:.2f} of what the processes do, without starts")


def made(count: int) -> list[Page]:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        Page(number, HOST, url, url, 200, (("content-type", "text/html; charset=utf-8"),), one.html, at)
        for number, one in enumerate(generate(count))
        for url in [f"http://{HOST}{one.path}"]
    ]


def imported(folder: Path, count: int, engine: str, workers: int) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of CPU of all its processes, and KB of memory of the writing one."""
    archive = folder / f"{count}-{engine or 'here'}" / "archive.db"
    paths = ["--db", str(archive), "--sources", str(folder / "sources.toml")]
    command = [*paths, "warc", "import", str(folder / f"{count}.warc.gz"), "--json"]
    os.environ |= {"PARKNEWS_WORKERS": str(workers), "PARKNEWS_ENGINE": engine}
    before, started = children_cpu(), time.monotonic()
    done = run_counted([sys.executable, "-c", IMPORT, *command])
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return time.monotonic() - started, children_cpu() - before, int(done.stderr.split()[-1])


if __name__ == "__main__":
    main()
