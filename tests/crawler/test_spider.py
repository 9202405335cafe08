"""One crawl over a site that does everything at once, and crawls that need a site of their own."""

import gzip
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from crawling import QUICK, crawl, finish, source, start
from misbehaving import Answer, Asked, Server, Site, article, list_page, sitemap

from crawler.store import CrawlStore

BOMB = gzip.compress(b" " * 50_000_000, 9)


def pages_of(path: Path, host: str = "http://") -> set[str]:
    """The paths that come out of the store as possible articles."""
    with CrawlStore(path) as store:
        return {page.url.partition(host)[2] for page in store.take(100_000, 0)}


def rejections_of(path: Path, host: str) -> dict[str, str]:
    with CrawlStore(path) as store:
        return {r.url.partition(host)[2]: r.reason for _, r in store.take_rejections(100_000)}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Server, Path]]:
    """A site with one of each, crawled once."""
    site = Site()
    canary = Site(pages={"/": "touched"})
    path = tmp_path_factory.mktemp("everything") / "archive-pages.db"
    tries: list[str] = []

    def flaky(asked: Asked) -> Answer | str:
        tries.append(asked.path)
        return Answer(b"later", status=503) if len(tries) < 3 else article(500)

    with Server(canary) as other, Server(site) as server:
        site.robots = (
            f"User-agent: *\nDisallow: /secret/\nAllow: /secret/open\nSitemap: {server.url}/maps.xml\n"
            f"Sitemap: http://other.example/sitemap.xml\n"
        )
        port = other.port
        site.pages = {
            "/": list_page(
                [f"/news/2023/{n}.html" for n in range(10)],
                ("/list_2.html", "下一页"),
                ("/secret/1.html", "秘密"),
                ("/secret/open/2.html", "公开"),
                ("/bad/", "坏"),
                ("/pictures/1.jpg", "图"),
                ("/search?q=园区", "搜索"),
                ("http://elsewhere.example/news/1.html", "别处"),
                ("mailto:a@example.cn", "信"),
                head=f'<link rel="alternate" type="application/rss+xml" href="{server.url}/feed.xml">',
            ),
            "/list_2.html": list_page([f"/news/2023/{n}.html" for n in range(10, 15)], ("/list_3.html", "3")),
            "/list_3.html": list_page([f"/news/2023/{n}.html?from=timeline#top" for n in range(12, 20)]),
            **{f"/news/2023/{n}.html": article(n) for n in range(20)},
            "/secret/1.html": article(100),
            "/secret/open/2.html": article(101),
            "/maps.xml": sitemap(f"{server.url}/map-news.xml.gz", f"{server.url}/maps.xml", index=True),
            "/map-news.xml.gz": Answer(
                sitemap(f"{server.url}/news/map/1001.html", "http://other.example/1.html", packed=True),
                content_type="application/x-gzip",
            ),
            "/news/map/1001.html": article(102),
            "/feed.xml": (
                "<rss version='2.0'><channel><title>示例</title><item><title>消息</title>"
                f"<link>{server.url}/feed/1.html?utm_source=rss</link>"
                "<pubDate>Mon, 23 Nov 2026 10:00:00 +0800</pubDate></item></channel></rss>"
            ).encode(),
            "/feed/1.html": article(103),
            "/bad/": list_page(
                [
                    f"/bad/{name}"
                    for name in ("404", "403", "500", "412", "empty", "image", "pdf", "huge", "short")
                ],
                *(
                    (f"/bad/{name}", "坏链接")
                    for name in ("reset", "flaky", "away", "private", "loop", "ping")
                ),
                *((f"/bad/{name}", "坏链接") for name in ("moved", "moved2", "refresh", "noindex", "follow")),
                *(
                    (f"/bad/{name}", "坏链接")
                    for name in ("bomb", "nul", "deep", "file", "localhost", "metadata")
                ),
            ),
            "/bad/403": Answer(b"no", status=403),
            "/bad/500": Answer(b"no", status=500),
            "/bad/412": Answer(b"<script>", status=412),
            "/bad/empty": Answer(b"  \n"),
            "/bad/image": Answer(b"\x89PNG\r\n\x1a\n" + b"\x00" * 500),
            "/bad/pdf": Answer(b"%PDF-1.7 text", content_type="application/pdf"),
            "/bad/huge": Answer(b"x" * 3_000_000),
            "/bad/short": Answer(b"cut off", length=1000),
            "/bad/reset": Answer(reset=True),
            "/bad/flaky": flaky,
            "/bad/away": Answer(status=302, headers=(("Location", "http://elsewhere.example/x"),)),
            "/bad/private": Answer(status=302, headers=(("Location", f"http://127.0.0.1:{port}/"),)),
            "/bad/localhost": Answer(status=302, headers=(("Location", f"http://localhost:{port}/"),)),
            "/bad/metadata": Answer(status=302, headers=(("Location", "http://169.254.169.254/latest/"),)),
            "/bad/file": Answer(status=302, headers=(("Location", "file:///etc/passwd"),)),
            "/bad/loop": Answer(status=302, headers=(("Location", "/bad/loop"),)),
            "/bad/ping": Answer(status=302, headers=(("Location", "/bad/pong"),)),
            "/bad/pong": Answer(status=302, headers=(("Location", "/bad/ping"),)),
            "/bad/moved": Answer(status=301, headers=(("Location", "/bad/target.html"),)),
            "/bad/moved2": Answer(status=302, headers=(("Location", "target.html?utm_source=x"),)),
            "/bad/target.html": article(104),
            "/bad/refresh": '<html><meta http-equiv="refresh" content="0; url=/bad/target2.html"></html>',
            "/bad/target2.html": article(105),
            "/bad/noindex": article(106, extra='<meta name="robots" content="noindex,follow">'),
            "/bad/follow": article(107, "/hidden/1.html", extra='<meta name="robots" content="nofollow">'),
            "/bad/bomb": Answer(BOMB, headers=(("Content-Encoding", "gzip"),)),
            "/bad/nul": article(108).replace("正式", "\x00正式"),
            "/bad/deep": "<div>" * 100_000 + article(109),
        }
        options = replace(QUICK, max_body_bytes=2_000_000, timeout_s=3.0, retries=2)
        report = crawl(path, source(server.host), options=options)
        assert canary.log == []
        assert report.left == 0
        yield site, server, path


def test_every_good_page_is_stored_under_its_one_spelling(everything: tuple[Site, Server, Path]) -> None:
    _, server, path = everything
    expected = {f"/news/2023/{n}.html" for n in range(20)} | {
        "/secret/open/2.html", "/news/map/1001.html", "/feed/1.html", "/bad/flaky", "/bad/target.html",
        "/bad/target2.html", "/bad/follow", "/bad/nul", "/bad/deep",
    }  # fmt: skip
    assert pages_of(path, server.host) == expected


def test_every_bad_page_is_a_rejection_that_says_why(everything: tuple[Site, Server, Path]) -> None:
    _, server, path = everything
    assert rejections_of(path, server.host) == {
        "/secret/1.html": "robots.txt forbids it",
        "/bad/404": "HTTP 404: not found",
        "/bad/403": "HTTP 403: forbidden",
        "/bad/500": "HTTP 500",
        "/bad/412": "bot challenge: HTTP 412",
        "/bad/empty": "empty page",
        "/bad/image": "not text: text/html",
        "/bad/pdf": "not text: application/pdf",
        "/bad/huge": "larger than 1.91 MB",
        "/bad/bomb": "larger than 1.91 MB",
        "/bad/short": "connection closed before the end",
        "/bad/reset": "connection closed before the end",
        "/bad/away": "redirect leaves the source: elsewhere.example",
        "/bad/private": f"redirect leaves the source: 127.0.0.1:{rejections_port(path)}",
        "/bad/localhost": f"redirect leaves the source: localhost:{rejections_port(path)}",
        "/bad/metadata": "redirect leaves the source: 169.254.169.254",
        "/bad/file": "redirect to no web address: file:///etc/passwd",
        "/bad/loop": "redirects to itself",
        "/bad/ping": "redirects in a circle of 2",
        "/bad/pong": "redirects in a circle of 2",
        "/bad/noindex": "robots meta: noindex",
    }


def rejections_port(path: Path) -> str:
    with sqlite3.connect(path) as db:
        [row] = db.execute("SELECT reason FROM rejected WHERE url LIKE '%/bad/private'").fetchall()
    return str(row[0]).rpartition(":")[2]


def test_what_is_never_worth_asking_for_is_not_asked_for(everything: tuple[Site, Server, Path]) -> None:
    site, _, _ = everything
    asked = {
        path for path in site.counts() if path.startswith(("/pictures", "/search", "/secret/1", "/hidden"))
    }
    assert asked == set()


def test_nothing_but_retries_is_asked_for_twice(everything: tuple[Site, Server, Path]) -> None:
    site, _, _ = everything
    twice = {path: times for path, times in site.counts().items() if times > 1}
    assert 3 <= twice.pop("/bad/reset") <= 6  # Twisted asks once more where a kept connection breaks
    assert twice == {"/bad/500": 3, "/bad/short": 3, "/bad/flaky": 3}


def test_the_verdict_of_robots_txt_is_stored_with_a_page(everything: tuple[Site, Server, Path]) -> None:
    _, server, path = everything
    with CrawlStore(path) as store:
        assert store.robots_verdict(f"{server.url}/feed/1.html") == "allowed, robots.txt 200"


def test_what_a_feed_says_of_a_page_is_kept(everything: tuple[Site, Server, Path]) -> None:
    _, server, path = everything
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT url, announced, title FROM announcements WHERE via = 'feed'").fetchall()
    assert rows == [(f"{server.url}/feed/1.html", "Mon, 23 Nov 2026 10:00:00 +0800", "消息")]


def test_we_say_who_we_are(everything: tuple[Site, Server, Path]) -> None:
    site, _, _ = everything
    assert {entry.headers["user-agent"] for entry in site.log} == {"parknews/0.1"}


def newspaper(articles: int) -> Site:
    """A site that answers validators, with 20 headlines a list page."""
    site = Site()
    lists = [list(range(n, min(n + 20, articles))) for n in range(0, articles, 20)]
    for place, numbers in enumerate(lists):
        more = (f"/list_{place + 2}.html", "下一页") if place + 1 < len(lists) else ("/", "首页")
        path = "/" if place == 0 else f"/list_{place + 1}.html"
        site.pages[path] = _validated(list_page([f"/news/2023/{n}.html" for n in numbers], more))
    for n in range(articles):
        site.pages[f"/news/2023/{n}.html"] = _validated(article(n))
    return site


def _validated(body: str):
    tag = f'"{hash(body)}"'

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers=(("ETag", tag),))
        return Answer(body.encode(), headers=(("ETag", tag),))

    return answer


def test_a_second_run_asks_for_lists_only_and_finds_what_is_new(tmp_path: Path) -> None:
    site = newspaper(60)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host))
        site.log.clear()
        quiet = crawl(path, source(server.host))
        quiet_asked = site.counts()
        site.log.clear()
        site.pages["/news/2026/900.html"] = article(900)
        site.pages["/"] = list_page(
            ["/news/2026/900.html", *(f"/news/2023/{n}.html" for n in range(19))], ("/list_2.html", "下一页")
        )
        news = crawl(path, source(server.host))
    assert (quiet.fetched, dict(quiet_asked), news.sources[0].articles, site.asked("/news/2023/0.html")) == (
        0,
        {"/": 1},
        1,
        0,
    )


def test_a_revisit_asks_conditionally_and_stores_what_changed(tmp_path: Path) -> None:
    site = newspaper(30)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host))
        site.log.clear()
        site.pages["/news/2023/3.html"] = _validated(article(1003))
        del site.pages["/news/2023/4.html"]
        report = crawl(path, source(server.host), options=replace(QUICK, revisit=True))
        conditional = sum("if-none-match" in entry.headers for entry in site.log)
    counts = report.sources[0]
    assert (counts.fetched, counts.unchanged, counts.gone, conditional) == (1, 29, 1, 31)


def test_a_gbk_page_leads_to_where_a_browser_would_go(tmp_path: Path) -> None:
    site = Site()
    html = list_page(["/新闻/1.html", "/show.asp?id=7&lm=园区"]).replace(
        "<head>", '<head><meta charset="gb2312">'
    )
    site.pages = {
        "/": Answer(html.encode("gb18030"), content_type="text/html"),
        "/%E6%96%B0%E9%97%BB/1.html": article(1),
        "/show.asp?id=7&lm=%D4%B0%C7%F8": article(2),
    }
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host))
        assert pages_of(path, server.host) == {"/%E6%96%B0%E9%97%BB/1.html", "/show.asp?id=7&lm=%D4%B0%C7%F8"}


def test_a_source_may_include_its_subdomains(tmp_path: Path) -> None:
    site, sub = Site(), Site()
    sub.pages = {"/": list_page(["/news/20231.html"]), "/news/20231.html": article(1)}
    path = tmp_path / "a-pages.db"
    with Server(sub) as under, Server(site) as server:
        host = f"park.localhost:{server.port}"
        site.pages = {"/": list_page([f"http://news.park.localhost:{server.port}/2023/5.html"])}
        site.pages["/2023/5.html"] = article(5)
        apart = crawl(path, source(host))
        within = crawl(tmp_path / "b-pages.db", source(host, include_subdomains=True))
    assert (apart.sources[0].articles, within.sources[0].articles, under.site.log) == (0, 1, [])


def test_a_removed_address_is_never_asked_for(tmp_path: Path) -> None:
    site = newspaper(5)
    site.pages["/news/2023/3.html"] = Answer(status=302, headers=(("Location", "/news/2023/4.html"),))
    with Server(site) as server:
        blocked = (f"{server.url}/news/2023/4.html", f"{server.url}/news/2023/1.html")
        report = crawl(tmp_path / "a-pages.db", source(server.host), blocked=blocked)
    got = (report.sources[0].articles, report.sources[0].refused, site.asked("/news/2023/4.html"))
    assert (*got, site.asked("/news/2023/1.html")) == (2, 1, 0, 0)


def test_an_address_removed_since_it_was_queued_leaves_the_frontier(tmp_path: Path) -> None:
    site = newspaper(5)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host), options=replace(QUICK, max_pages=1, concurrency=1))
        removed = f"{server.url}/news/2023/4.html"
        report = crawl(path, source(server.host), blocked=(removed,))
        with sqlite3.connect(path) as db:
            left = db.execute("SELECT COUNT(*) FROM urls WHERE url = ?", (removed,)).fetchone()[0]
    assert (left, site.asked("/news/2023/4.html"), report.sources[0].refused) == (0, 0, 1)


def test_a_page_known_by_its_index_file_only_is_asked_for_by_that_name(tmp_path: Path) -> None:
    site = newspaper(3)
    site.pages["/"] = list_page(["/park/index.html"])
    site.pages["/park/index.html"] = article(1)
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host))
        assert pages_of(tmp_path / "a-pages.db", server.host) == {"/park/"}


@pytest.mark.parametrize(
    "answer",
    [Answer(status=503), Answer(status=429, headers=(("Retry-After", "86400"),))],
    ids=["always busy", "come back tomorrow"],
)
def test_a_host_that_has_no_time_is_left_for_a_later_run(tmp_path: Path, answer: Answer) -> None:
    site = newspaper(40)
    for n in range(40):
        site.pages[f"/news/2023/{n}.html"] = answer
    with Server(site) as server:
        options = replace(QUICK, retry_max_s=5.0)
        report = crawl(tmp_path / "a-pages.db", source(server.host), options=options)
    assert (report.left > 20, len(site.log) < 20, report.stopped) == (True, True, False)


def test_sixteen_at_once_get_nothing_that_robots_txt_forbids(tmp_path: Path) -> None:
    site = newspaper(20)
    site.robots = lambda _: Answer(b"User-agent: *\nDisallow: /news/", content_type="text/plain", wait_s=0.5)
    with Server(site) as server:
        starts = [f"/news/2023/{n}.html" for n in range(20)]
        options = replace(QUICK, concurrency=16, per_host=16)
        report = crawl(tmp_path / "a-pages.db", source(server.host, *starts, "/"), options=options)
    leaked = [path for path in site.counts() if path.startswith("/news/")]
    assert (leaked, site.asked("/robots.txt"), report.sources[0].refused, site.asked("/")) == ([], 1, 20, 1)


@pytest.mark.parametrize(
    "robots",
    [
        Answer(b"User-agent: *\nAllow: /", status=500),
        Answer(b"", status=503),
        Answer(b"", status=429),
        Answer(reset=True),
        Answer(status=302, headers=(("Location", "/robots.txt"),)),
        Answer(status=302, headers=(("Location", "http://169.254.169.254/robots.txt"),)),
    ],
    ids=["500", "503", "429", "reset", "loop", "private"],
)
def test_nothing_is_fetched_where_robots_txt_gives_no_clear_answer(tmp_path: Path, robots: Answer) -> None:
    site = newspaper(3)
    site.robots = robots
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(server.host))
    others = [path for path in site.counts() if path != "/robots.txt"]
    assert (others, report.sources[0].down, report.left > 0) == ([], True, True)


def test_a_delay_holds_between_any_two_requests(tmp_path: Path) -> None:
    site = newspaper(6)
    site.robots = "User-agent: *\nCrawl-delay: 0.3\n"
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host, delay_s=0.1))
    gaps = [b.at - a.at for a, b in pairwise(site.log)]
    held = (min(gaps) >= 0.2, sum(gaps) >= 0.29 * len(gaps), len(gaps) >= 7)  # its own threads may be late
    assert (held, site.most_at_once) == ((True, True, True), 1), gaps


def test_a_host_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    site = newspaper(4)
    first: list[float] = []

    def busy(asked: Asked) -> Answer | str:
        first.append(asked.at)
        return Answer(status=429, headers=(("Retry-After", "2"),)) if len(first) == 1 else article(2)

    site.pages["/news/2023/2.html"] = busy
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(server.host), options=replace(QUICK, per_host=1))
    later = [entry.at for entry in site.log if entry.at > first[0]]
    assert (report.sources[0].articles, min(later) - first[0] >= 1.9, first[1] - first[0] >= 1.9) == (
        4,
        True,
        True,
    )


def test_a_host_that_is_down_is_said_to_be_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    with Server(Site()) as server:
        gone = server.host
    site = newspaper(3)
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(gone), source(server.host))
    down, up = report.sources
    assert (down.down, up.down, up.articles, report.all_down) == (True, False, 3, False)


def test_all_hosts_down_is_said_to_be(tmp_path: Path) -> None:
    with Server(Site()) as server:
        gone = server.host
    assert crawl(tmp_path / "a-pages.db", source(gone)).all_down


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


def test_a_budget_ends_the_run_and_the_next_goes_on(tmp_path: Path) -> None:
    site = newspaper(30)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        first = crawl(path, source(server.host), options=replace(QUICK, max_pages=10))
        second = crawl(path, source(server.host))
    assert (first.stopped, first.fetched < 20, first.left > 0, second.stopped, len(pages_of(path))) == (
        True,
        True,
        True,
        False,
        30,
    )
    assert max(site.counts().values()) == 1


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
        while store.pending() <= 10 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(1.0)
        held = store.pending()
        drained: set[str] = set()
        while len(drained) < 60 and time.monotonic() < deadline:
            pages = store.take(8, 0)
            store.mark_ingested([page.page_id for page in pages])
            drained |= {page.url for page in pages}
            time.sleep(0.02)
        finish(child)
    assert (10 < held < 60, len(drained)) == (True, 60)


def kill_and_resume(folder: Path, seed: int) -> None:
    """Kill a crawl at random moments, resume it each time, and compare with an undisturbed one."""
    moments = random.Random(seed)
    site = newspaper(80)
    site.pages["/news/2023/7.html"] = Answer(status=301, headers=(("Location", "/moved/7.html"),))
    site.pages["/moved/7.html"] = Answer(status=302, headers=(("Location", "/news/2023/8.html"),))
    site.pages["/news/2023/9.html"] = busy_at_first(site.pages["/news/2023/9.html"])
    path = folder / "a-pages.db"
    committed: set[str] = set()
    with Server(site) as server:
        for _ in range(3):
            child = start(path, source(server.host))
            started = len(site.log)
            wanted = moments.randrange(1, 30)
            deadline = time.monotonic() + 20
            while len(site.log) - started < wanted and child.poll() is None and time.monotonic() < deadline:
                time.sleep(moments.random() * 0.01)
            child.send_signal(signal.SIGKILL)
            child.wait()
            again = {entry.path for entry in site.log[started:]} & committed
            assert again == set(), f"fetched although committed: {again} (seed {seed})"
            committed = _done(path, server.host) if path.exists() else set()
        started = len(site.log)
        crawl(path, source(server.host))
        assert {entry.path for entry in site.log[started:]} & committed == set()
        kill_a_revisit(path, server, site, moments)
    with CrawlStore(path) as store:
        urls = [page.url.partition(server.host)[2] for page in store.take(1000, 0)]
    assert sorted(urls) == sorted(f"/news/2023/{n}.html" for n in range(80) if n != 7)


def busy_at_first(page):
    """Has no time the first time it is asked."""
    asked_before: list[Asked] = []

    def answer(asked: Asked) -> Answer:
        asked_before.append(asked)
        return Answer(b"later", status=503) if len(asked_before) == 1 else page(asked)

    return answer


def kill_a_revisit(path: Path, server: Server, site: Site, moments: random.Random) -> None:
    """A revisit killed twice asks for no page again that had answered, and in the end for all."""
    again = replace(QUICK, revisit=True)
    began, begin = len(site.log), time.time()
    for last in (False, True):
        started = len(site.log)
        child = start(path, source(server.host), options=again)
        wanted, deadline = moments.randrange(3, 40), time.monotonic() + 20
        while len(site.log) - started < wanted and child.poll() is None and time.monotonic() < deadline:
            time.sleep(moments.random() * 0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        with CrawlStore(path) as store, sqlite3.connect(store.path) as db:
            rows = db.execute(
                "SELECT url FROM urls WHERE status = 304 AND fetched_at > ?", (begin,)
            ).fetchall()
        answered, known = {row[0].partition(server.host)[2] for row in rows}, len(site.log)
        finished = crawl(path, source(server.host), options=again) if last else None
        asked = {entry.path for entry in site.log[known:]}
        lists = {entry for entry in asked if not entry.startswith("/news/")}
        assert not finished or (asked - lists) & answered == set()
    articles = {entry.path for entry in site.log[began:] if entry.path.startswith("/news/")}
    assert articles == {f"/news/2023/{n}.html" for n in range(80) if n != 7}


def _done(path: Path, host: str) -> set[str]:
    with CrawlStore(path) as store, sqlite3.connect(store.path) as db:
        rows = db.execute("SELECT url FROM urls WHERE state NOT IN ('queued')").fetchall()
    return {row[0].partition(host)[2] for row in rows}


@pytest.mark.parametrize("seed", range(1))
def test_a_killed_crawl_is_taken_up_without_loss_or_doubling(tmp_path: Path, seed: int) -> None:
    kill_and_resume(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 17))
def test_a_crawl_killed_at_many_moments_is_taken_up(tmp_path: Path, seed: int) -> None:
    kill_and_resume(tmp_path, seed)


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


def test_scrapy_runs_the_same_spider_with_the_same_settings(tmp_path: Path) -> None:
    site = newspaper(5)
    with Server(site) as server:
        sources = tmp_path / "sources.toml"
        sources.write_text(
            f'[[source]]\nhost = "{server.host}"\nname = "示例"\nstart_urls = ["{server.url}/"]\n'
            "allow_private = true\ndelay_s = 0\n",
            encoding="utf-8",
        )
        known = {"PARKNEWS_DB": str(tmp_path / "archive.db"), "PARKNEWS_SOURCES": str(sources)}
        ended = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "news"],
            env={**os.environ, **known},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert pages_of(tmp_path / "archive-pages.db") == set()  # all drained
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        assert archive.execute("SELECT count(*) FROM readings").fetchone() == (5,)


def test_a_full_disk_ends_the_run_with_one_clear_line(tmp_path: Path) -> None:
    site = newspaper(60)
    for n in range(60):
        noise = f"<!--{os.urandom(40_000).hex()}-->"
        site.pages[f"/news/2023/{n}.html"] = article(n) + noise
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from crawler.fetch import fetch; from crawler.records import CrawlSource, FetchOptions\n"
        "from crawler.store import CrawlStore\n"
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
