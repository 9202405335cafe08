"""What a page costs, in CPU and in pages a second, beside bare trafilatura and lxml on the same pages.

    python -m benchmarks.throughput [--pages 2000] [--weight 1] [--stages]
    python -m benchmarks.throughput --mature 60 [--weight 10]
    python -m benchmarks.throughput --sources 1500
    python -m benchmarks.throughput --steady 5000

The baselines are `trafilatura.bare_extraction(..., with_metadata=True)` and lxml's parse, each in one process.
The whole path is `parknews crawl` in its own process, start-up included, against a server on loopback
(delay 0) that runs beside it on the same cores; reading alone is the stages of the workers, one page after the
other in this process. Pages of weight 1 have 44 KB, of weight 4 150 KB. `--stages` also prints the CPU of each
stage a page.

`--mature N` takes eight sources (benchmarks/makes.py), N new pages each of 100 to 200 KB (of weight 3: 44 KB), after
a crawl from which their templates were learned; the same crawl without templates beside it. Peak memory is that of
all processes at once, and of each.

`--sources N` fetches for half a minute from N hosts that are each asked once a second, and says how many pages came
in each second: from the first one on as many as the CPU allows.

`--steady N` samples the memory of a crawl of N pages once a second. The baseline is the mean between a tenth and three
tenths of the pages, when everything is loaded; the ratio of the last tenth to it is 1 where memory is flat.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from statistics import mean

from benchmarks import options
from benchmarks.pages import GeneratedPage, generate, serve
from benchmarks.sites import PARKNEWS, write_sources

_WARM = 5
"""The first pages pay for imports and tables."""


def main() -> None:
    arguments = options(__doc__)
    arguments.add_argument("--pages", type=int, default=2000)
    arguments.add_argument("--weight", type=int, help="how much stands around each article")
    arguments.add_argument("--stages", action="store_true", help="also print each stage's CPU a page")
    arguments.add_argument("--mature", type=int, help="new pages of each of eight sources that are known")
    arguments.add_argument("--sources", type=int, help="of which each is asked once a second")
    arguments.add_argument(
        "--steady", type=int, help="pages of a crawl whose memory is looked at all the while"
    )
    chosen = arguments.parse_args()
    if chosen.steady:
        steady(chosen.steady)
        return
    if chosen.sources:
        many(chosen.sources)
        return
    if chosen.mature:
        mature(chosen.mature, chosen.weight)
        return
    weight = chosen.weight or 1
    pages = generate(chosen.pages, weight=weight)
    sample = pages[: min(len(pages), 400)]
    before = baseline(sample)
    with serve(chosen.pages, weight=weight) as port, tempfile.TemporaryDirectory() as folder:
        fetched = fetch_only(Path(folder), port)
        spent = children_cpu()
        whole = whole_path(Path(folder), port, chosen.pages)
        cpu_ms = 1000 * (children_cpu() - spent) / chosen.pages
    mark = time.process_time()
    after = baseline(sample)
    bare_ms = 1000 * (time.process_time() - mark) / len(sample)
    bare = (before + after) / 2
    spent_ms = stages(sample)
    parse_ms = spent_ms.pop("parse")
    size_kb = sum(len(page.html) for page in pages) / len(pages) / 1000
    print(f"pages                      {chosen.pages}, {size_kb:.0f} KB each")
    print(f"bare trafilatura           {bare:.1f} pages/s (before {before:.1f}, after {after:.1f})")
    print(f"crawl store alone          {fetched:.1f} pages/s, ratio {fetched / bare:.2f} (goal 300 pages/s)")
    print(f"whole path                 {whole:.1f} pages/s, ratio {whole / bare:.2f}")
    print(f"CPU of bare trafilatura    {bare_ms:.2f} ms a page, of lxml's parse {parse_ms:.2f}")
    spent_ms |= {"reading alone": sum(spent_ms.values()), "the whole path": cpu_ms}
    for name, ms in spent_ms.items():
        if chosen.stages or " " in name:
            ratios = f"{ms / bare_ms:.2f} of bare trafilatura's, {ms / parse_ms:.1f} x parse"
            print(f"CPU of {name:<19} {ms:.2f} ms a page, {ratios}")
    print(f"peak memory                {_said(_peaks_mb[-1])}")


def baseline(pages: list[GeneratedPage]) -> float:
    """Pages a second of bare trafilatura with metadata, one process."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - a second of import that --help need not pay

    bare_extraction(pages[0].html, with_metadata=True)
    start = time.perf_counter()
    for page in pages:
        bare_extraction(page.html, with_metadata=True)
    return len(pages) / (time.perf_counter() - start)


COUNTED = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
code = subprocess.call(sys.argv[1:])
while True:
    try:
        os.wait()
    except ChildProcessError:
        sys.exit(code)
"""
"""Runs a command and waits for what it leaves behind: workers are no children of the crawl's own process."""


_peaks_mb: list[list[float]] = []
"""What each process of each command had when all had the most."""


def _said(shares: list[float]) -> str:
    each = ", ".join(f"{mb:.0f}" for mb in sorted(shares, reverse=True))
    return f"{sum(shares):.0f} MB in all processes ({each})"


def run_counted(command: list[object]) -> subprocess.CompletedProcess[str]:
    """Runs a command so that `children_cpu` has all its processes; its memory is looked at twice a second."""
    counted = [sys.executable, "-c", COUNTED, *map(str, command)]
    peak: list[float] = []
    with subprocess.Popen(counted, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while True:
            try:
                out, err = process.communicate(timeout=0.5)
            except subprocess.TimeoutExpired:
                peak = max(peak, shares_mb(process.pid), key=sum)
            else:
                break
    _peaks_mb.append(peak)
    return subprocess.CompletedProcess(counted, process.returncode, out, err)


def shares_mb(pid: int) -> list[float]:
    """The memory of a process and of each that came of it: its own, and its part of what it shares (PSS).

    Workers are forked from one process and share what it has loaded: resident sizes would count that once each.
    """
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    tree = [pid]
    for parent in tree:
        tree += [child for child, its_parent in parents.items() if its_parent == parent]
    shares = []
    for one in tree:
        with suppress(OSError, IndexError):  # it has ended
            said = Path(f"/proc/{one}/smaps_rollup").read_text().split("\nPss:")[1]
            shares.append(int(said.split()[0]) / 1024)
    return shares


def children_cpu() -> float:
    """CPU seconds of all ended child processes and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _hosts(port: int, *labels: str) -> dict[str, str]:
    """A host of loopback for each label, with its name."""
    return {f"{label}.localhost:{port}": f"Test {label}" for label in labels or ("bench",)}


def whole_path(folder: Path, port: int, count: int) -> float:
    sources = write_sources(folder, _hosts(port))
    start = time.perf_counter()
    command = [PARKNEWS, "--db", folder / "archive.db", "--sources", sources, "crawl", "--json"]
    run = run_counted(command)
    seconds = time.perf_counter() - start
    if run.returncode not in (0, 1):
        sys.exit(run.stderr[-2000:])
    report = json.loads(run.stdout.splitlines()[-1])
    copies = report["articles_new"] + report["copies_joined"]
    print(f"crawl: {copies} copies of {count} pages in {seconds:.1f} s, {report['copies_joined']} joined")
    return count / seconds


def fetch_only(folder: Path, port: int) -> float:
    """Pages a second of fetching into the crawl store, nothing drained."""
    fetched, seconds, _ = _fetch(folder / "alone-pages.db", write_sources(folder, _hosts(port)))
    return fetched / seconds


def many(count: int) -> None:
    """How many pages of so many sources, each asked once a second, come in each of the first seconds."""
    with serve(60) as port, tempfile.TemporaryDirectory() as name:
        sources = write_sources(Path(name), _hosts(port, *(f"s{n}" for n in range(count))), delay_s=1.0)
        store = Path(name) / "many-pages.db"
        fetched, seconds, cpu_s = _fetch(store, sources, time_limit_s=30)
        with closing(sqlite3.connect(store)) as connection:
            came = [row[0] for row in connection.execute("SELECT fetched_at FROM pages ORDER BY 1")]
    rates = [len(list(pages)) for _, pages in groupby(came)]
    print(f"{fetched} pages of {count} sources in {seconds:.1f} s on {cpu_s / seconds:.0%} of a core")
    print("pages in each second:", *rates)


def _fetch(store: Path, sources: Path, **options: float) -> tuple[int, float, float]:
    """Pages, seconds and CPU seconds of fetching alone."""
    script = (
        "import sys, time; from pathlib import Path; from crawler.fetch.spider import fetch;"
        "from pipelines.store import CrawlStore; from crawler.sources import read_sources;"
        "from crawler.config import FetchOptions; store = CrawlStore(Path(sys.argv[1])); used = time.process_time();"
        f"options = FetchOptions(backlog_max=10**9, log_level='WARNING', **{options});"
        "report = fetch(read_sources(Path(sys.argv[2])), store, options);"
        "print(report.fetched, report.elapsed_s, time.process_time() - used)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, store, sources], capture_output=True, text=True, check=True
    )
    fetched, seconds, cpu_s = run.stdout.split()[-3:]
    return int(fetched), float(seconds), float(cpu_s)


def steady(pages: int) -> None:
    """Whether the memory of a crawl grows, of its main process, of the largest other and of all together."""
    samples: list[tuple[int, dict[str, float]]] = []
    with serve(pages) as port, tempfile.TemporaryDirectory() as name:
        database = Path(name) / "archive.db"
        command = [PARKNEWS, "--db", database, "--sources", write_sources(Path(name), _hosts(port)), "crawl"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                time.sleep(1)
                main, *others = shares_mb(process.pid) or [0.0]
                found = {"main": main, "largest other": max(others, default=0.0), "all": main + sum(others)}
                samples.append((_archived(database), found))
    early = [found for archived, found in samples if pages * 0.1 <= archived <= pages * 0.3]
    late = [found for archived, found in samples if archived >= pages * 0.9]
    if not early or not late:
        sys.exit("too few samples; give more pages")
    for name in early[0]:
        first, last = (mean(found[name] for found in part) for part in (early, late))
        peak = max(found[name] for _, found in samples)
        print(
            f"{name:13} early {first:6.0f} MB, late {last:6.0f} MB, ratio {last / first:.2f}, peak {peak:.0f} MB"
        )


def _archived(database: Path) -> int:
    """Copies in an archive, which may not be there yet."""
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(*) FROM copies").fetchone()[0])
    return 0


LEARNED_FROM = 60
"""Pages of each source in the crawl before: 24 teach, and some are under way."""


def mature(count: int, weight: int | None) -> None:
    """Reading alone, and the whole path, with templates and without, beside bare trafilatura and lxml's parse."""
    from benchmarks.makes import SOURCES, WEIGHT, all_sources, articles  # noqa: PLC0415

    weight = weight or WEIGHT
    sample = [page for source in range(SOURCES) for page in articles(source, 40, weight=weight)]
    size = sum(len(page.html) for page in sample) / len(sample) / 1000
    bare_ms, parse_ms = _bare_ms(sample[10::20]), _parse_ms(sample)
    print(f"pages               {SOURCES} sources, {count} new pages each, {size:.0f} KB a page")
    print(f"bare trafilatura    {bare_ms:.1f} ms CPU a page; lxml's parse {parse_ms:.2f}")
    for name, ms in _reading_ms(SOURCES, weight).items():
        print(
            f"reading {name:11} {ms:.1f} ms, {ms / bare_ms:.3f} of trafilatura, {ms / parse_ms:.1f} x parse"
        )
    with serve(LEARNED_FROM + count, weight=weight, make=all_sources) as port:
        for name, script in (("by template", _CRAWL), ("whole", _CRAWL_WHOLE)):
            with tempfile.TemporaryDirectory() as folder:
                sources = write_sources(Path(folder), _hosts(port, *(f"m{n}" for n in range(SOURCES))))
                _crawl(script, Path(folder), sources, "--max-pages", str(SOURCES * LEARNED_FROM))
                spent, start = children_cpu(), time.perf_counter()
                pages = _crawl(script, Path(folder), sources, "--max-pages", str(SOURCES * count))
                cpu_ms = 1000 * (children_cpu() - spent) / pages
                rate = pages / (time.perf_counter() - start)
                print(
                    f"whole path, {name:11} {pages} pages, {rate:.1f} pages/s ({rate * bare_ms / 1000:.2f} of"
                    f" trafilatura), {cpu_ms:.1f} ms CPU a page, {cpu_ms / bare_ms:.2f} of trafilatura's;"
                    f" peak memory {_said(_peaks_mb[-1])}"
                )


_CRAWL = "from crawler.cli import main; main()"
_CRAWL_WHOLE = (
    "import functools, crawler.runs.run as run; run.drain = functools.partial(run.drain, by_templates=False);"
    + _CRAWL
)


def _crawl(script: str, folder: Path, sources: Path, *options: str) -> int:
    """Crawls into the archive of a folder; how many pages were archived or refused."""
    command = [sys.executable, "-c", script, "--db", folder / "archive.db", "--sources", sources, "crawl"]
    run = run_counted([*command, "--json", *options])
    if run.returncode not in (0, 1):
        sys.exit(run.stderr[-2000:])
    report = json.loads(run.stdout.splitlines()[-1])
    return int(report["articles_new"] + report["copies_joined"])


def _bare_ms(pages: list[GeneratedPage]) -> float:
    mark = time.process_time()
    baseline(pages)
    return 1000 * (time.process_time() - mark) / (len(pages) + 1)


def _parse_ms(pages: list[GeneratedPage]) -> float:
    from pipelines.extract.scan import parse_page  # noqa: PLC0415

    texts = [page.html.decode() for page in pages]
    mark = time.process_time()
    for text in texts:
        parse_page(text)
    return 1000 * (time.process_time() - mark) / len(texts)


def _reading_ms(count: int, weight: int) -> dict[str, float]:
    """CPU a page of all stages, whole and by the template that the first pages taught."""
    from benchmarks.makes import articles  # noqa: PLC0415
    from pipelines.records import Page, Source  # noqa: PLC0415
    from pipelines.stages import read_page  # noqa: PLC0415
    from pipelines.templates import LESSONS, learn  # noqa: PLC0415

    spent = {"whole": 0.0, "by template": 0.0}
    pages = 0
    for source in range(count):
        found = [
            Page(n, "m", url, url, 200, (), page.html, datetime.now(UTC))
            for n, page in enumerate(articles(source, 40, weight=weight))
            for url in [f"http://m.example{page.path}"]
        ]
        taught = [read_page(page, Source("m")) for page in found[:LESSONS]]
        learned = learn([one.lesson.outline for one in taught if one.lesson and one.lesson.outline])
        by_template = Source("m", templates=(replace(learned, is_used=True, audit_one_in=10**9),))
        for name, known in (("whole", Source("m")), ("by template", by_template)):
            mark = time.process_time()
            for page in found[LESSONS:]:
                read_page(page, known)
            spent[name] += time.process_time() - mark
        pages += len(found) - LESSONS
    return {name: 1000 * seconds / pages for name, seconds in spent.items()}


def stages(pages: list[GeneratedPage]) -> dict[str, float]:
    """CPU milliseconds a page of each stage of reading, and of lxml's parse of the same bytes."""
    from lxml import html as lxml_html  # noqa: PLC0415 - as above

    from benchmarks.corpus import STAGES, Result, by_stages  # noqa: PLC0415
    from pipelines.records import Page  # noqa: PLC0415

    spent = dict.fromkeys(("parse", *STAGES), 0.0)
    parse = partial(lxml_html.document_fromstring, parser=lxml_html.HTMLParser(encoding="utf-8"))
    for number, page in enumerate(pages):
        url, headers = f"http://bench.localhost{page.path}", (("content-type", "text/html"),)
        result = Result()
        result.time("parse", partial(parse, page.html))
        by_stages(
            Page(number, "bench.localhost", url, url, 200, headers, page.html, datetime.now(UTC)), result
        )
        for name in spent if number >= _WARM else ():
            spent[name] += result.spent[name]
    return {name: 1000 * seconds / max(1, len(pages) - _WARM) for name, seconds in spent.items()}


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
