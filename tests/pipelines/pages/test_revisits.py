"""Only what is new: a second run over a known site, with the clock moved."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pipelines.pages.revisits import (
    DAY_S,
    LONGEST_S,
    SHORTEST_S,
    first_interval_s,
    moments,
    next_gone_s,
    next_interval_s,
)
from tests.crawler.misbehaving import Server, Site, article, list_page, newspaper, validated
from tests.crawler.moved import parknews, write_source
from tests.readings import rows

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fresh", "age", "days"),
    [(True, None, 1), (False, None, 14), (False, timedelta(days=400), 40), (False, timedelta(hours=5), 1)],
    ids=["fresh", "unknown age", "a year old", "hours old"],
)
def test_what_is_fresh_is_asked_for_again_sooner(fresh: bool, age: timedelta | None, days: int) -> None:
    modified = None if age is None else format_datetime(NOW - age, usegmt=True)
    interval = first_interval_s(NOW, modified, fresh=fresh) / DAY_S
    assert days <= interval <= days * 1.2


def test_the_interval_follows_how_often_an_article_changes() -> None:
    quiet = next_interval_s(DAY_S, changed=False)
    lively = next_interval_s(8 * DAY_S, changed=True)
    bounds = next_interval_s(LONGEST_S, changed=False), next_interval_s(SHORTEST_S, changed=True)
    assert (quiet, lively, bounds) == (2 * DAY_S, 2 * DAY_S, (LONGEST_S, SHORTEST_S))


def test_what_is_gone_is_looked_for_a_few_times() -> None:
    waits, wait = [], next_gone_s(None)
    while wait is not None:
        waits.append(wait)
        wait = next_gone_s(wait)
    assert len(waits) == 4


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("2026-11-23T12:00:00Z", (NOW, NOW)),
        ("2026-11-23", (NOW.replace(hour=0), NOW.replace(hour=0) + timedelta(days=1))),
        ("Mon, 23 Nov 2026 12:00:00 GMT", (NOW, NOW)),
        ("neulich", None),
        ("Mon, 23 Nov 99999999999999999999 12:00:00 GMT", None),
    ],
)
def test_dates_of_sitemaps_and_feeds_are_spans(written: str, span: tuple[datetime, datetime] | None) -> None:
    assert moments(written) == (span and tuple(moment.timestamp() for moment in span))


def test_the_last_day_of_all_is_a_span_too() -> None:
    span = moments("9999-12-31")
    assert span is not None
    assert span[1] - span[0] == DAY_S


def statuses(site: Site, after: int = 0) -> Counter[bool]:
    return Counter("if-none-match" in entry.headers for entry in site.log[after:])


def test_a_second_run_asks_for_little_and_finds_what_is_new_changed_and_gone(tmp_path: Path) -> None:
    site = newspaper(300)
    with Server(site) as server:
        write_source(tmp_path, server.host)
        first = parknews(tmp_path, "crawl", "--json").json
        asked_first = len(site.log)
        site.log.clear()
        quiet = parknews(tmp_path, "crawl", "--json", days=18).json
        quiet_asked = statuses(site)
        site.log.clear()
        site.pages = newspaper(300, fresh=10).pages
        for n in (3, 4, 5):
            site.pages[f"/news/2023/{n}.html"] = validated(article(n).replace("九十天", "一百天"))
        for n in (6, 7):
            del site.pages[f"/news/2023/{n}.html"]
        news = parknews(tmp_path, "crawl", "--json", days=18 + 36).json
        gone = rows(tmp_path / "archive.db", "SELECT page_url FROM gone ORDER BY page_url")
        versions = rows(
            tmp_path / "archive.db", "SELECT count(*) FROM versions GROUP BY reading_id HAVING count(*) > 1"
        )
        shown = parknews(tmp_path, "show", f"{server.url}/news/2023/6.html")
    assert (first["pages_fetched"], rows(tmp_path / "archive.db", "SELECT count(*) FROM copies")) == (
        315,
        [(310,)],
    )
    assert (quiet["pages_fetched"], quiet["pages_unchanged"]) == (0, 301)
    assert quiet_asked[False] <= 0.05 * asked_first
    assert quiet_asked[True] == 301
    assert (news["articles_new"], news["articles_updated"], len(versions)) == (10, 3, 3)
    assert gone == [(f"{server.url}/news/2023/{n}.html",) for n in (6, 7)]
    assert "gone: the page was found missing" in shown.out


def test_a_page_that_comes_back_is_gone_no_more(tmp_path: Path) -> None:
    site = newspaper(3)
    page = site.pages["/news/2023/1.html"]
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl")
        del site.pages["/news/2023/1.html"]
        parknews(tmp_path, "crawl", days=18)
        missing = rows(tmp_path / "archive.db", "SELECT status FROM gone")
        site.pages["/news/2023/1.html"] = page
        parknews(tmp_path, "crawl", days=18 + 9)
        back = rows(tmp_path / "archive.db", "SELECT status FROM gone")
    assert (missing, back) == ([(404,)], [])


def mapped(url: str, **changed: str) -> bytes:
    urls = "".join(
        f"<url><loc>{url}/news/2023/{number}.html</loc><lastmod>{when}</lastmod></url>"
        for number, when in changed.items()
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def test_a_lastmod_that_moved_leads_to_a_revisit_the_same_hour(tmp_path: Path) -> None:
    site = newspaper(4)
    with Server(site) as server:
        write_source(tmp_path, server.host)
        old = dict.fromkeys("0123", "2023-05-01")
        site.pages["/sitemap.xml"] = mapped(server.url, **old)
        parknews(tmp_path, "crawl")
        site.pages["/news/2023/2.html"] = validated(article(2).replace("九十天", "一百天"))
        later = (datetime.now(UTC) + timedelta(minutes=30)).isoformat(timespec="seconds")
        site.pages["/sitemap.xml"] = mapped(server.url, **{**old, "2": later})
        site.log.clear()
        report = parknews(tmp_path, "crawl", "--json", days=1 / 24).json
    asked = [entry.path for entry in site.log if entry.path.startswith("/news/")]
    assert (asked, report["articles_updated"]) == (["/news/2023/2.html"], 1)


def test_a_feed_that_says_updated_leads_to_a_revisit(tmp_path: Path) -> None:
    site = newspaper(3)

    def feed(url: str, updated: str) -> bytes:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>示例</title><entry><title>消息</title>'
            f'<link href="{url}/news/2023/1.html"/><updated>{updated}</updated></entry></feed>'
        ).encode()

    with Server(site) as server:
        write_source(tmp_path, server.host)
        head = '<link rel="alternate" type="application/atom+xml" href="/feed.xml">'
        site.pages["/"] = list_page([f"/news/2023/{n}.html" for n in range(3)], head=head)
        site.pages["/feed.xml"] = feed(server.url, "2023-05-01T08:00:00Z")
        parknews(tmp_path, "crawl")
        later = (datetime.now(UTC) + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        site.pages["/feed.xml"] = feed(server.url, later)
        site.log.clear()
        parknews(tmp_path, "crawl", days=1 / 24)
    assert [entry.path for entry in site.log if entry.path.startswith("/news/")] == ["/news/2023/1.html"]
