"""What a page costs, in CPU and in pages a second, beside bare trafilatura and lxml on the same pages.

    python -m benchmarks.throughput [--pages 2000] [--weight 1] [--stages]

The baselines are `trafilatura.bare_extraction(..., with_metadata=True)` and lxml's parse, each in one process.
The whole path is `parknews crawl` in its own process, start-up included, against a server on loopback
(delay 0) that runs beside it on the same cores; reading alone is the stages of the workers, one page after the
other in this process. Pages of weight 1 have 44 KB, of weight 4 150 KB. `--stages` also prints the CPU of each
stage a page.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.pages import GeneratedPage, generate, serve

_WARM = 5
"""The first pages pay for imports and tables."""
PARKNEWS = Path(sys.executable).with_name("parknews")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--pages", type=int, default=2000)
    arguments.add_argument("--weight", type=int, default=1, help="how much stands around each article")
    arguments.add_argument("--stages", action="store_true", help="also print each stage's CPU a page")
    options = arguments.parse_args()
    pages = generate(options.pages, weight=options.weight)
    sample = pages[: min(len(pages), 400)]
    before = baseline(sample)
    with serve(options.pages, weight=options.weight) as port, tempfile.TemporaryDirectory() as folder:
        fetched = fetch_only(Path(folder), port)
        spent = children_cpu()
        whole = whole_path(Path(folder), port, options.pages)
        cpu_ms = 1000 * (children_cpu() - spent) / options.pages
    mark = time.process_time()
    after = baseline(sample)
    bare_ms = 1000 * (time.process_time() - mark) / len(sample)
    bare = (before + after) / 2
    spent_ms = stages(sample)
    parse_ms = spent_ms.pop("parse")
    size_kb = sum(len(page.html) for page in pages) / len(pages) / 1000
    print(f"pages                      {options.pages}, {size_kb:.0f} KB each")
    print(f"bare trafilatura           {bare:.1f} pages/s (before {before:.1f}, after {after:.1f})")
    print(f"crawl store alone          {fetched:.1f} pages/s, ratio {fetched / bare:.2f} (goal 300 pages/s)")
    print(f"whole path                 {whole:.1f} pages/s, ratio {whole / bare:.2f}")
    print(f"CPU of bare trafilatura    {bare_ms:.2f} ms a page, of lxml's parse {parse_ms:.2f}")
    spent_ms |= {"reading alone": sum(spent_ms.values()), "the whole path": cpu_ms}
    for name, ms in spent_ms.items():
        if options.stages or " " in name:
            ratios = f"{ms / bare_ms:.2f} of bare trafilatura's, {ms / parse_ms:.1f} x parse"
            print(f"CPU of {name:<19} {ms:.2f} ms a page, {ratios}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory, one process   {peak:.0f} MB")


def baseline(pages: list[GeneratedPage]) -> float:
    """Pages a second of bare trafilatura with metadata, one process."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - a second of import that --help need not pay

    bare_extraction(pages[0].html, with_metadata=True)
    start = time.perf_counter()
    for page in pages:
        bare_extraction(page.html, with_metadata=True)
    return len(pages) / (time.perf_counter() - start)


def children_cpu() -> float:
    """CPU seconds of all ended child processes and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def whole_path(folder: Path, port: int, count: int) -> float:
    sources = write_sources(folder, port)
    start = time.perf_counter()
    command = [PARKNEWS, "--db", folder / "archive.db", "--sources", sources, "crawl", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if run.returncode not in (0, 1):
        sys.exit(run.stderr[-2000:])
    report = json.loads(run.stdout.splitlines()[-1])
    copies = report["articles_new"] + report["copies_joined"]
    print(f"crawl: {copies} copies of {count} pages in {seconds:.1f} s, {report['copies_joined']} joined")
    return count / seconds


def fetch_only(folder: Path, port: int) -> float:
    """Pages a second of fetching into the crawl store, nothing drained."""
    script = (
        "import sys; from pathlib import Path; from crawler.fetch.spider import fetch; from pipelines.store import CrawlStore;"
        "from crawler.sources import read_sources; from crawler.config import FetchOptions;"
        "store = CrawlStore(Path(sys.argv[1])); report = fetch(read_sources(Path(sys.argv[2])), store,"
        " FetchOptions(backlog_max=10**9, log_level='WARNING')); print(report.fetched, report.elapsed_s)"
    )
    sources = write_sources(folder, port)
    run = subprocess.run(
        [sys.executable, "-c", script, folder / "alone-pages.db", sources],
        capture_output=True,
        text=True,
        check=True,
    )
    fetched, seconds = run.stdout.split()[-2:]
    return int(fetched) / float(seconds)


def write_sources(folder: Path, port: int) -> Path:
    path = folder / "sources.toml"
    host = f"bench.localhost:{port}"
    path.write_text(
        f'[[source]]\nhost = "{host}"\nname = "测试新闻网"\nstart_urls = ["http://{host}/"]\n'
        "allow_private = true\ndelay_s = 0.0\n",
        encoding="utf-8",
    )
    return path


def stages(pages: list[GeneratedPage]) -> dict[str, float]:
    """CPU milliseconds a page of each stage of reading, and of lxml's parse of the same bytes."""
    from lxml import html as lxml_html  # noqa: PLC0415 - as above

    from pipelines.clean import clean  # noqa: PLC0415
    from pipelines.decode import decode  # noqa: PLC0415
    from pipelines.extract import extract  # noqa: PLC0415
    from pipelines.places import find_mentions  # noqa: PLC0415
    from pipelines.records import Decoded, Extracted, Page, Source, Story  # noqa: PLC0415
    from pipelines.sign import sign  # noqa: PLC0415

    source = Source("bench.localhost", "测试新闻网")
    now = datetime.now(UTC)
    spent = dict.fromkeys(("parse", "decode", "extract", "clean", "mentions", "sign"), 0.0)
    for number, page in enumerate(pages):
        url = f"http://bench.localhost{page.path}"
        fetched = Page(number, source.host, url, url, 200, (("content-type", "text/html"),), page.html, now)
        marks = [time.process_time()]
        lxml_html.document_fromstring(page.html, parser=lxml_html.HTMLParser(encoding="utf-8"))
        marks.append(time.process_time())
        decoded = decode(fetched)
        marks.append(time.process_time())
        assert isinstance(decoded, Decoded)
        extracted = extract(decoded, fetched, source)
        marks.append(time.process_time())
        assert isinstance(extracted, Extracted)
        story = clean(extracted, fetched, source)
        marks.append(time.process_time())
        assert isinstance(story, Story)
        find_mentions(story.text)
        marks.append(time.process_time())
        sign(story.text)
        marks.append(time.process_time())
        if number >= _WARM:
            for name, start, end in zip(spent, marks[:-1], marks[1:], strict=True):
                spent[name] += end - start
    return {name: 1000 * seconds / max(1, len(pages) - _WARM) for name, seconds in spent.items()}


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
