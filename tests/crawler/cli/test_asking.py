"""`crawl --dry-run`, `crawl URL` and `retry`: what would be asked for, and single addresses now."""

from __future__ import annotations

from pathlib import Path

from tests.commands import parknews_here
from tests.crawler.misbehaving import Answer, Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source
from tests.readings import rows


def _frontier(folder: Path) -> list[tuple[str, str]]:
    return sorted(rows(folder / "archive-pages.db", "SELECT url, state FROM urls"))


def test_a_dry_run_asks_for_nothing_and_leaves_all_as_it_was(tmp_path: Path) -> None:
    news = [f"/news/2023/{n}.html" for n in range(3)]
    site = Site(pages={"/": list_page(news), **{path: article(n) for n, path in enumerate(news)}})
    with Server(site) as server:
        write_source(tmp_path, server.host)
        before = parknews_here(tmp_path, "crawl", "--dry-run", "--json").json["sources"][0]
        assert (before["lists"], before["new"], before["again"]) == ([server.url + "/"], [], [])
        assert (site.log, (tmp_path / "archive-pages.db").exists()) == ([], False)


def test_one_page_is_asked_for_and_what_waits_beside_it_waits(tmp_path: Path) -> None:
    news = [f"/news/2023/{n}.html" for n in range(6)]
    site = Site(pages={"/": list_page(news), **{path: article(n) for n, path in enumerate(news)}})
    site.pages["/moved.html"] = Answer(b"", status=301, headers=(("Location", "/news/2023/9.html"),))
    site.pages["/news/2023/9.html"] = article(9)
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl", "--max-pages", "2")
        waiting, asked = _frontier(tmp_path), site.counts()
        one = parknews(tmp_path, "crawl", f"{server.url}/moved.html", f"{server.url}/none.html", "--json")
        planned = parknews_here(tmp_path, "crawl", "--dry-run", "--json").json["sources"][0]
        now, more = _frontier(tmp_path), site.counts() - asked
        due = parknews(tmp_path, "crawl", "--due", "--json").json
        foreign = parknews_here(tmp_path, "crawl", "https://other.example/1.html")
    assert (one.code, [(page["became"], bool(page["article"])) for page in one.json["pages"]]) == (
        1,
        [("示例园区第9号项目开工", True), ("HTTP 404: not found", False)],
    )
    assert more == {"/moved.html": 1, "/news/2023/9.html": 1, "/none.html": 1}
    assert {row for row in now if row in waiting} == set(waiting), "the round that was stopped goes on"
    assert due["articles_new"] == len(planned["new"]) > 1
    assert (foreign.code, "no source of the sources file" in foreign.err) == (2, True)


def test_what_failed_or_went_is_asked_for_again(tmp_path: Path) -> None:
    news = [f"/news/2023/{n}.html" for n in range(3)]
    site = Site(pages={"/": list_page(news), news[0]: article(0)})
    site.pages[news[1]] = Answer(b"", status=403)
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl")
        site.pages |= {news[1]: article(1), news[2]: article(2)}
        lists = site.asked("/")
        retried = parknews(tmp_path, "retry", server.host, "--json")
        again = parknews_here(tmp_path, "retry", server.host, "--json").json
        unknown = parknews_here(tmp_path, "retry", f"{server.url}/never.html")
    assert (retried.code, retried.json) == (0, {"asked": 2, "answered": 2, "articles_new": 2})
    assert (site.asked("/"), again["asked"], unknown.code) == (lists, 0, 2)
