"""Under which address a page is asked for, and which are never asked for."""

from dataclasses import replace
from pathlib import Path

from tests.crawler.crawling import QUICK, crawl, pages_of, source
from tests.crawler.misbehaving import Answer, Server, Site, article, list_page, newspaper
from tests.readings import rows


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
        left = rows(path, "SELECT COUNT(*) FROM urls WHERE url = ?", removed)[0][0]
    assert (left, site.asked("/news/2023/4.html"), report.sources[0].refused) == (0, 0, 1)


def test_a_page_known_by_its_index_file_only_is_asked_for_by_that_name(tmp_path: Path) -> None:
    site = newspaper(3)
    site.pages["/"] = list_page(["/park/index.html"])
    site.pages["/park/index.html"] = article(1)
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host))
        assert pages_of(tmp_path / "a-pages.db", server.host) == {"/park/"}
