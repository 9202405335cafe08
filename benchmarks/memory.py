"""Memory of a long crawl: the same after 5,000 pages as after 1,000?

    python -m benchmarks.memory [--pages 5000]

Runs `parknews crawl` over generated pages on loopback and samples its processes' memory once a second: what is
theirs alone and their part of what they share (PSS), since workers are forked from one process and share what it has
loaded. The baseline is the mean between a tenth and three tenths of the pages, when everything is loaded; the ratio
of the last tenth to it is 1 where memory is flat.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks import options
from benchmarks.pages import serve
from benchmarks.sites import PARKNEWS, write_sources
from benchmarks.throughput import shares_mb


@dataclass(frozen=True)
class Sample:
    archived: int
    main_mb: float
    worker_mb: float
    """Of the largest of the other processes: a worker, or the one that they are forked from."""
    all_mb: float
    """Of all processes together."""


def main() -> None:
    arguments = options(__doc__)
    arguments.add_argument("--pages", type=int, default=5000)
    pages = arguments.parse_args().pages
    with serve(pages) as port, tempfile.TemporaryDirectory() as folder:
        samples = crawl(Path(folder), port)
    early = [s for s in samples if pages * 0.1 <= s.archived <= pages * 0.3]
    late = [s for s in samples if s.archived >= pages * 0.9]
    if not early or not late:
        sys.exit("too few samples; give more --pages")
    for name in ("main_mb", "worker_mb", "all_mb"):
        first, last = (mean(getattr(s, name) for s in part) for part in (early, late))
        peak = max(getattr(s, name) for s in samples)
        print(
            f"{name:10} early {first:6.0f} MB, late {last:6.0f} MB, ratio {last / first:.2f}, peak {peak:.0f} MB"
        )


def crawl(folder: Path, port: int) -> list[Sample]:
    sources = write_sources(folder, {f"bench.localhost:{port}": "Test"})
    database = folder / "archive.db"
    command = [PARKNEWS, "--db", database, "--sources", sources, "crawl"]
    samples = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(1)
            main, *others = shares_mb(process.pid) or [0.0]
            samples.append(Sample(_archived(database), main, max(others, default=0.0), main + sum(others)))
    return samples


def _archived(database: Path) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM copies").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


if __name__ == "__main__":
    main()
