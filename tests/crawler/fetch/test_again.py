"""What a second crawl asks for, and a revisit."""

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, crawl, pages_of, source
from tests.crawler.misbehaving import Answer, Server, article, list_page, newspaper, validated
from tests.readings import rows


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
        site.pages["/news/2023/3.html"] = validated(article(1003))
        del site.pages["/news/2023/4.html"]
        report = crawl(path, source(server.host), options=replace(QUICK, revisit=True))
        conditional = sum("if-none-match" in entry.headers for entry in site.log)
    counts = report.sources[0]
    assert (counts.fetched, counts.unchanged, counts.gone, conditional) == (1, 29, 1, 31)


def test_a_page_that_was_missing_at_first_is_asked_for_again_while_a_list_names_it(tmp_path: Path) -> None:
    site = newspaper(12)
    path = tmp_path / "a-pages.db"
    late = site.pages.pop("/news/2023/3.html")
    with Server(site) as server:
        crawl(path, source(server.host))
        crawl(path, source(server.host))  # too early
        early = site.asked("/news/2023/3.html")
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE urls SET next_at = next_at - 6.1 * 3600")
        site.pages["/news/2023/3.html"] = late
        crawl(path, source(server.host))
    assert (early, site.asked("/news/2023/3.html")) == (1, 2)
    assert "/news/2023/3.html" in pages_of(path, server.host)


def test_an_address_that_leads_on_to_a_page_is_told_with_it_whenever_it_is_found(tmp_path: Path) -> None:
    site = newspaper(3)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        target = f"{server.url}/news/2023/1.html"
        crawl(path, source(server.host))
        with CrawlStore(path) as store:
            store.pages.mark_ingested([page.page_id for page in store.pages.take(9, 0)])
        site.pages["/old/1.html"] = Answer(status=301, headers=(("Location", "/news/2023/1.html"),))
        site.pages["/"] = list_page(["/old/1.html", *(f"/news/2023/{n}.html" for n in range(3))])
        crawl(path, source(server.host))
        with CrawlStore(path) as store:
            again = [(page.url, page.led_from) for page in store.pages.take(9, 0)]
    assert again == [(target, (f"{server.url}/old/1.html",))]


def test_what_was_written_while_the_clock_stood_ahead_does_not_hold(tmp_path: Path) -> None:
    site = newspaper(3)
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host))
        with closing(sqlite3.connect(path)) as db, db:
            year_s = 400 * 86400
            db.execute(
                "UPDATE robots SET fetched_at = fetched_at + ?1, expires_at = expires_at + ?1", (year_s,)
            )
            db.execute("UPDATE crawls SET started_at = started_at + ?", (year_s,))
            db.execute(
                "UPDATE urls SET fetched_at = fetched_at + ?1, revisit_at = revisit_at + ?1", (year_s,)
            )
            db.execute("INSERT INTO rests VALUES (?, ?)", (server.host, time.time() + year_s))
        crawl(path, source(server.host))
        [(last,)] = rows(path, "SELECT MAX(revisit_at) FROM urls")
    assert (site.asked("/robots.txt"), site.asked("/"), last < time.time() + 100 * 86400) == (2, 2, True)


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
