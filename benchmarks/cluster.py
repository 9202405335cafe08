"""Pages a second of `warc import`: processes of this machine against a Dask cluster of this machine.

    python -m benchmarks.cluster [PAGES [WORKERS]]

Generated pages (benchmarks/pages.py) are written to one WARC file and imported into archives of their own,
alternately, twice each; the faster run of each counts. Wall time includes the start of everything. Beside the
rate: CPU time of all processes, the greatest memory of the one that writes, and the bytes of a page and its
result on their way.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.pages import generate
from crawler.runs.warc import write_warc
from pipelines.records import Page, Source
from pipelines.stages import read_page

HOST = "bench.example"
SOURCES = f'[[source]]\nhost = "{HOST}"\nname = "x"\nstart_urls = ["http://{HOST}/"]\n'

IMPORT = """
import resource, sys
from crawler.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def main() -> None:
    count, workers = (int(word) for word in [*sys.argv[1:], *["1000", "2"][len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sources.toml").write_text(SOURCES)
        pages = made(count)
        write_warc(pages, folder / "pages.warc.gz", "benchmark")
        results = [read_page(page, Source(HOST)) for page in pages[:50]]
        sent, back = (len(pickle.dumps(some)) / 50_000 for some in (pages[:50], results))
        print(f"{count} pages; a page is {sent:.1f} KB on its way, its result {back:.1f} KB")
        runs: dict[str, list[tuple[float, float, int]]] = {}
        for turn in range(2):
            for engine in ("", f"local:{workers}"):
                runs.setdefault(engine, []).append(imported(folder, f"{turn}{engine}", engine, workers))
    for engine, taken in runs.items():
        wall_s, cpu_s, memory = min(taken)
        label = engine or f"{workers} processes"
        rates = f"{count / wall_s:6.1f} pages/s, {1000 * cpu_s / count:6.1f} ms CPU a page"
        print(f"{label:>12}: {rates}, {memory / 1024:.0f} MB in the process that writes")
    embedded, cluster = (min(taken)[0] for taken in runs.values())
    print(f"the cluster does {embedded / cluster:.2f} of what the processes do")


def made(count: int) -> list[Page]:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        Page(number, HOST, url, url, 200, (("content-type", "text/html; charset=utf-8"),), one.html, at)
        for number, one in enumerate(generate(count))
        for url in [f"http://{HOST}{one.path}"]
    ]


def imported(folder: Path, name: str, engine: str, workers: int) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of CPU of all its processes, and KB of memory of the writing one."""
    paths = ["--db", str(folder / name / "archive.db"), "--sources", str(folder / "sources.toml")]
    command = [*paths, "warc", "import", str(folder / "pages.warc.gz"), "--json"]
    environment = os.environ | {"PARKNEWS_WORKERS": str(workers), "PARKNEWS_ENGINE": engine}
    before, started = os.times(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, *command], capture_output=True, text=True, check=True, env=environment
    )
    wall_s, after = time.monotonic() - started, os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return wall_s, cpu_s, int(done.stderr.split()[-1])


if __name__ == "__main__":
    main()
