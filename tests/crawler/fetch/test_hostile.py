"""One crawl over a site that does everything wrong: it ends by itself and loses nothing good."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crawler.fetch.hostile import behaviours, front_page, good_pages
from tests.crawler.misbehaving import Server, Site
from tests.readings import rows

_CHILD = """
import sys, json
from pathlib import Path
if __name__ == "__main__":
    from pipelines.records import CrawlSource
    from crawler.config import FetchOptions
    from crawler.runs.run import RunOptions, crawl
    from pipelines.workers import WorkerOptions
    folder, host = Path(sys.argv[1]), sys.argv[2]
    starts = (f"http://{host}/",)
    source = CrawlSource(host, "示例", starts, allow_private=True, delay_s=0.0, max_list_pages=150)
    fetch = FetchOptions(timeout_s=3.0, retries=1, retry_base_s=0.1, log_level="WARNING")
    report = crawl(folder / "archive.db", [source], RunOptions(fetch=fetch, engine=WorkerOptions(workers=1)))
    print(json.dumps({"outcome": report.outcome, "elapsed_s": report.elapsed_s}))
"""
MEMORY_MAX = 400 * 1024 * 1024


@dataclass
class Crawled:
    site: Site
    canaries: Site
    folder: Path
    host: str
    peak_bytes: int
    code: int
    errors: str

    def rows(self, sql: str) -> list[tuple]:
        return rows(self.folder / "archive.db", sql)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "child.py").write_text(_CHILD, encoding="utf-8")
    site, canaries = Site(), Site()
    with Server(canaries) as canary, Server(site) as server:
        site.robots = f"User-agent: *\nDisallow: /canary\nSitemap: {server.url}/h/maps.xml\n"
        bad = behaviours(server.url, canary.port)
        paths = [path for path in bad if path.endswith((".html", "/")) and path.count("/") <= 3]
        good = good_pages()
        mixed = [*paths, *good, "/canary/forbidden.html"]
        mixed.sort(key=lambda path: zlib.crc32(path.encode()))
        site.pages = {**bad, **good, "/": front_page(mixed, canary.port), "/canary/forbidden.html": "touched"}
        child = subprocess.Popen(
            [sys.executable, str(folder / "child.py"), str(folder), server.host],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        peak = _watch(child)
        out, errors = child.communicate(timeout=10)
        assert child.returncode == 0, errors[-3000:]
        print(json.loads(out.splitlines()[-1]), f"{peak / 1e6:.0f} MB", f"{len(bad)} behaviours")
        yield Crawled(site, canaries, folder, server.host, peak, child.returncode, errors)


def _watch(child: subprocess.Popen[str], limit_s: float = 300.0) -> int:
    """The most memory that the process and its workers held at once (proportional set size)."""
    peak, deadline = 0, time.monotonic() + limit_s
    while child.poll() is None:
        assert time.monotonic() < deadline or child.kill(), "the crawl did not end by itself"
        peak = max(peak, sum(map(_memory, _family(child.pid))))
        time.sleep(0.3)
    return peak


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(member for child in children for member in _family(int(child)))]
    except OSError:
        return []


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def test_there_are_many_behaviours() -> None:
    assert len(behaviours("http://x.cn", 1)) >= 40


def test_nothing_is_touched_that_must_not_be(crawled: Crawled) -> None:
    assert (crawled.canaries.log, [a.path for a in crawled.site.log if a.path.startswith("/canary")]) == (
        [],
        [],
    )


def test_every_good_page_is_archived(crawled: Crawled) -> None:
    held = {url.partition(crawled.host)[2] for (url,) in crawled.rows("SELECT url FROM copies")}
    assert set(good_pages()) - held == set()


def test_memory_is_bounded(crawled: Crawled) -> None:
    assert crawled.peak_bytes < MEMORY_MAX


def test_no_traps_are_walked(crawled: Crawled) -> None:
    assert len(crawled.site.log) < 3000


def test_every_bad_page_has_its_reason(crawled: Crawled) -> None:
    reasons = {
        url.partition(crawled.host)[2].removeprefix("/h/").removesuffix(".html"): reason
        for url, reason in crawled.rows("SELECT url, reason FROM rejections")
    }
    expected = {
        "gzip-bomb": "larger than",
        "zstd-bomb": "larger than",
        "deflate-bomb": "larger than",
        "20mb": "larger than",
        "endless": "larger than",
        "drip": "timeout",
        "drip-endless": "timeout",
        "slow": "timeout",
        "412": "bot challenge: HTTP 412",
        "521": "bot challenge: HTTP 521",
        "script-wall": "bot challenge",
        "png": "not text",
        "self": "redirects to itself",
        "redirect-private-0": "redirect leaves the source",
        "redirect-scheme-0": "redirect to no web address",
    }
    got = {name: reasons.get(name, "") for name in expected}
    assert {name: got[name] for name, words in expected.items() if not got[name].startswith(words)} == {}
    assert any(reason.startswith("more than 10 redirects") for reason in reasons.values())


def test_titles_of_every_kind_are_kept_as_text(crawled: Crawled) -> None:
    assert crawled.rows("SELECT count(*) FROM articles")[0][0] >= 20
    shown = crawled.rows("SELECT title FROM copies WHERE url LIKE '%title-script%'")
    assert shown == [] or "<script>" in shown[0][0]
