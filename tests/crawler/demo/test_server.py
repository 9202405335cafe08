"""What the demo's hosts send over the wire."""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Callable
from datetime import date, datetime

import pytest

from crawler.demo.server import SHANGHAI, DemoServer, ago
from tests.crawler.demo.conftest import Answer

Ask = Callable[..., Answer]


def test_the_newspaper_declares_gb2312_and_sends_characters_that_only_gbk_has(ask: Ask) -> None:
    answer = ask("paper.localhost", "/bdxw/2023/0715/10231.shtml")
    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset=gb2312" in answer.body
    assert "陶喆" in answer.body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("gb2312")


def test_the_traditional_site_sends_big5(ask: Ask) -> None:
    answer = ask("gangwan.localhost", "/news/230410/ferry.html")
    assert answer.headers["Content-Type"] == "text/html; charset=big5"
    assert "雲港快船復航" in answer.body.decode("big5")


def test_a_page_that_declares_utf_8_is_gbk(ask: Ask) -> None:
    answer = ask("zaixian.localhost", "/news/2023-05/17.html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"charset=utf-8" in answer.body
    assert "云澜二桥合龙" in answer.body.decode("gbk")


def test_a_page_declares_no_charset(ask: Ask) -> None:
    answer = ask("zaixian.localhost", "/news/2022-03/9.html")
    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset" not in answer.body
    assert "身份证" in answer.body.decode("gbk")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 7, 1), "今天"),
        (date(2026, 6, 28), "3天前"),
        (date(2026, 6, 20), "2周前 (06-20)"),
        (date(2025, 10, 3), "9个月前 (10-03)"),
        (date(2023, 9, 27), "3年前 (2023-09-27)"),
    ],
)
def test_relative_dates_are_those_of_a_widespread_theme(day: date, words: str) -> None:
    assert ago(day, datetime(2026, 7, 1, 12, 0, tzinfo=SHANGHAI)) == words


def test_relative_dates_are_rendered_from_now(ask: Ask) -> None:
    body = ask("chanye.localhost", "/post/5101.html").body.decode()
    assert "admin9个月前 (10-04)云澜产业信息" in body  # 270 days before 1 July 2026
    assert "@ago" not in body


def test_a_known_page_is_not_sent_again(ask: Ask) -> None:
    first = ask("park.localhost", "/xwzx/yqyw/202403/t20240305_31021.html")
    again = ask(
        "park.localhost",
        "/xwzx/yqyw/202403/t20240305_31021.html",
        {"If-None-Match": first.headers["ETag"], "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    )
    assert (first.status, again.status, again.body) == (200, 304, b"")


def test_an_older_copy_by_date_is_sent_again(ask: Ask) -> None:
    path = "/xwzx/yqyw/202403/t20240305_31021.html"
    modified = ask("park.localhost", path).headers["Last-Modified"]
    known = ask("park.localhost", path, {"If-Modified-Since": modified})
    older = ask("park.localhost", path, {"If-Modified-Since": "Mon, 04 Mar 2024 00:00:00 GMT"})
    assert (known.status, older.status) == (304, 200)


def test_requests_that_break_robots_txt_are_counted(ask: Ask, server: DemoServer) -> None:
    before = server.canary_hits
    rules = ask("zaixian.localhost", "/robots.txt").body.decode()
    assert ask("zaixian.localhost", "/admin/list.html").status == 200
    assert "Disallow: /admin/" in rules
    assert server.canary_hits - before == 1


def test_the_calendar_has_no_end(ask: Ask, server: DemoServer) -> None:
    before = server.trap_hits
    body = ask("zaixian.localhost", "/events?month=2399-12").body.decode()
    assert "/events?month=2400-01" in body
    assert server.trap_hits - before == 1


def test_session_ids_differ_at_each_request_and_change_nothing(ask: Ask) -> None:
    lists = [ask("zaixian.localhost", "/news/").body for _ in range(2)]
    plain = ask("zaixian.localhost", "/news/2024-11/41.html").body
    assert lists[0] != lists[1]
    assert ask("zaixian.localhost", f"/news/2024-11/41.html?PHPSESSID={'a' * 32}").body == plain


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/news/2023-01/missing.html", 404),
        ("/news/2023-01/gone.html", 410),
        ("/news/2023-01/broken.html", 500),
        ("/go/a", 302),
        ("/go/b", 302),
        ("/news/2023-02/soft404.html", 200),
        ("/no/such/page", 404),
    ],
)
def test_the_ill_behaved_host_answers_as_defined(ask: Ask, path: str, status: int) -> None:
    assert ask("zaixian.localhost", path).status == status


def test_the_gzipped_sitemap_names_the_articles(ask: Ask) -> None:
    answer = ask("zaixian.localhost", "/sitemap.xml.gz")
    assert b"/news/2024-11/41.html</loc>" in gzip.decompress(answer.body)


def test_a_request_for_another_host_is_misdirected(ask: Ask) -> None:
    assert ask("park.localhost", "/", name="paper.localhost").status == 421


def test_the_sources_file_names_every_site_with_its_port(server: DemoServer) -> None:
    entries = tomllib.loads(server.sources_toml(delay_s=0.01))["source"]
    assert {entry["host"] for entry in entries} == {
        f"{site.host}:{server.ports[site.host]}" for site in server.definition.sites
    }
    assert all(entry["allow_private"] and entry["delay_s"] == 0.01 for entry in entries)


def test_every_page_is_reached_by_links_alone(ask: Ask, server: DemoServer) -> None:
    """Lists are paginated, so a site without a sitemap can be found whole."""
    for site in server.definition.sites:
        paths = [
            section.path if n == 1 else section.next_path.format(n=n)
            for section in site.sections
            for n in range(1, 9)
        ]
        bodies = b"".join(ask(site.host, path).body for path in paths)
        assert [
            page.path for page in site.pages if page.path.encode() not in bodies.replace(b"&amp;", b"&")
        ] == []
