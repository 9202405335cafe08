"""How a crawl ends: where a site has no end, when it is told to, when the disk is full."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from scrapy.http import Response

from crawler.fetch.looking import entry_of
from crawler.fetch.spider import NewsSpider
from pipelines.errors import StorageError
from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, crawl, finish, pages_of, source, start
from tests.crawler.misbehaving import Answer, Asked, Server, Site, article, list_page, newspaper


def test_an_endless_calendar_ends(tmp_path: Path) -> None:
    site = newspaper(3)

    def month(asked: Asked) -> str:
        n = int(asked.path.rpartition("=")[2])
        return list_page(
            ["/news/2023/1.html"], (f"/calendar?month={n + 1}", "下一页"), (f"/calendar?month={n - 1}", "<")
        )

    site.pages["/"] = list_page(["/news/2023/1.html"], ("/calendar?month=0", "日历"))
    site.pages["/calendar"] = month
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(server.host))
    assert (report.left <= 2, len(site.log) < 60, report.sources[0].articles) == (True, True, 1)


def test_lists_without_end_are_bounded_by_their_number(tmp_path: Path) -> None:
    site = Site()

    def page(asked: Asked) -> str:
        n = int(asked.path.rpartition("=")[2])
        return list_page([f"/news/2023/{n}.html"], (f"/list?page={n + 1}", "下一页"))

    site.pages = {"/": list_page([], ("/list?page=1", "更多")), "/list": page}
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host, max_list_pages=30))
    lists = sum(path.startswith("/list") for path in site.counts())
    assert 25 <= lists <= 31


def test_a_time_limit_ends_the_run_and_what_is_left_waits(tmp_path: Path) -> None:
    site = newspaper(40)
    site.robots = "User-agent: *\nCrawl-delay: 0.5\n"
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(server.host), options=replace(QUICK, time_limit_s=3.0))
    assert (report.stopped, report.left > 0, len(site.log) < 20) == (True, True, True)


def test_sigterm_finishes_what_is_in_flight(tmp_path: Path) -> None:
    site = newspaper(40)
    for n in range(40):
        site.pages[f"/news/2023/{n}.html"] = Answer(article(n).encode(), wait_s=0.3)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        child = start(path, source(server.host))
        while len(site.log) < 12:
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        report = finish(child)
    assert (report.stopped, len(pages_of(path)), report.left > 0) == (
        True,
        sum(entry.path.startswith("/news/") for entry in site.log),
        True,
    )


def test_a_full_backlog_holds_fetching_until_it_is_drained(tmp_path: Path) -> None:
    site = newspaper(60)
    path = tmp_path / "a-pages.db"
    with Server(site) as server, CrawlStore(path) as store:
        child = start(path, source(server.host), options=replace(QUICK, backlog_max=10))
        deadline = time.monotonic() + 20
        while store.pages.pending() <= 10 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(1.0)
        held = store.pages.pending()
        drained: set[str] = set()
        while len(drained) < 60 and time.monotonic() < deadline:
            pages = store.pages.take(8, 0)
            store.pages.mark_ingested([page.page_id for page in pages])
            drained |= {page.url for page in pages}
            time.sleep(0.02)
        finish(child)
    assert (10 < held < 60, len(drained)) == (True, 60)


def test_a_run_that_is_asked_to_stop_by_its_caller_ends(tmp_path: Path) -> None:
    site = newspaper(5)
    site.robots = "User-agent: *\nCrawl-delay: 60\n"
    with Server(site) as server:
        child = start(tmp_path / "a-pages.db", source(server.host))
        while not site.log:
            time.sleep(0.02)
        time.sleep(0.3)
        os.kill(child.pid, signal.SIGINT)
        report = finish(child, 15)
    assert (report.stopped, report.left >= 1, len(site.log)) == (True, True, 1)


def test_a_full_disk_ends_the_run_with_one_clear_line(tmp_path: Path) -> None:
    site = newspaper(60)
    for n in range(60):
        noise = f"<!--{os.urandom(40_000).hex()}-->"
        site.pages[f"/news/2023/{n}.html"] = article(n) + noise
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from crawler.config import FetchOptions\n"
        "from crawler.fetch.spider import fetch\n"
        "from pipelines.records import CrawlSource\n"
        "from pipelines.store import CrawlStore\n"
        "from pipelines.errors import StorageError\n"
        "host = sys.argv[2]\n"
        "source = CrawlSource(host, 'x', (f'http://{host}/',), allow_private=True, delay_s=0)\n"
        "try: fetch([source], CrawlStore(sys.argv[1]), FetchOptions(backlog_max=0))\n"
        "except StorageError as error: print(error)\n"
    )
    with Server(site) as server:
        path = tmp_path / "a-pages.db"
        ended = subprocess.run(
            [sys.executable, "-c", code, str(path), server.host],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.stdout.count("\n") == 1, ended.stderr[-2000:]
    assert ended.stdout.startswith(str(path))
    assert "free space" in ended.stdout


def test_a_store_that_cannot_be_read_at_the_start_ends_the_run_with_its_error(tmp_path: Path) -> None:
    with CrawlStore(tmp_path / "a-pages.db") as store:
        spider = NewsSpider(sources=[source("site.localhost")], store=store, options=QUICK)
        with store.writing() as connection:
            connection.execute("ALTER TABLE urls RENAME TO lost")
        spider.begin(SimpleNamespace(nudge=lambda: None))  # type: ignore[arg-type]
        assert (isinstance(spider.fatal, StorageError), spider.stopping) == (True, True)


def test_an_answer_that_brings_out_a_fault_of_ours_is_given_up(tmp_path: Path) -> None:
    class Outcomes:
        failed: BaseException | None = None

        def answer(self, _entry: object, _response: object) -> None:
            raise KeyError("a fault")

        def failure(self, _entry: object, error: BaseException) -> None:
            self.failed = error

    with CrawlStore(tmp_path / "a-pages.db") as store:
        spider = NewsSpider(sources=[], store=store, options=QUICK)
        spider._outcomes = outcomes = Outcomes()  # type: ignore[assignment]
        spider._deal_with(
            entry_of("http://site.localhost/", "site.localhost"), Response("http://site.localhost/")
        )
    assert isinstance(outcomes.failed, KeyError)
