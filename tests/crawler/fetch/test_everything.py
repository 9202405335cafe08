"""One crawl over a site that does everything at once."""

import gzip
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, crawl, pages_of, source
from tests.crawler.misbehaving import Answer, Asked, Server, Site, article, list_page, sitemap
from tests.readings import rows


def rejections_of(path: Path, host: str) -> dict[str, str]:
    with CrawlStore(path) as store:
        return {r.url.partition(host)[2]: r.reason for _, r in store.pages.take_rejections(100_000)}


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
                *(
                    (f"/bad/{name}", "坏链接")
                    for name in ("moved", "moved2", "refresh", "noindex", "noarchive", "follow")
                ),
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
            "/bad/noarchive": Answer(article(110).encode(), headers=(("X-Robots-Tag", "noarchive"),)),
            "/bad/follow": article(107, "/hidden/1.html", extra='<meta name="robots" content="nofollow">'),
            "/bad/bomb": Answer(gzip.compress(b" " * 50_000_000, 9), headers=(("Content-Encoding", "gzip"),)),
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
        "/bad/noarchive": "robots meta: noarchive",
    }


def rejections_port(path: Path) -> str:
    [row] = rows(path, "SELECT reason FROM rejected WHERE url LIKE '%/bad/private'")
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
        assert store.pages.how_fetched(f"{server.url}/feed/1.html") == ("allowed, robots.txt 200", "")


def test_what_a_feed_says_of_a_page_is_kept(everything: tuple[Site, Server, Path]) -> None:
    _, server, path = everything
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT url, announced, title FROM announcements WHERE via = 'feed'").fetchall()
    assert rows == [(f"{server.url}/feed/1.html", "Mon, 23 Nov 2026 10:00:00 +0800", "消息")]


def test_we_say_who_we_are(everything: tuple[Site, Server, Path]) -> None:
    site, _, _ = everything
    assert {entry.headers["user-agent"] for entry in site.log} == {"parknews/0.1"}
