"""What a second crawl asks for, and a revisit."""

from dataclasses import replace
from pathlib import Path

from tests.crawler.crawling import QUICK, crawl, pages_of, source
from tests.crawler.misbehaving import Server, article, list_page, newspaper, validated


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
