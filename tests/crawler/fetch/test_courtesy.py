"""What a host may expect: its robots.txt, its delay, the time that it asks for; and hosts that are down."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, crawl, pages_of, source
from tests.crawler.misbehaving import Answer, Asked, Server, Site, article, newspaper


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


def test_a_robots_txt_without_end_is_read_to_its_bound(tmp_path: Path) -> None:
    site = newspaper(3)
    rules = b"User-agent: *\nDisallow: /news/2023/1.html\n" + b"# nothing\n" * 1_000_000
    site.robots = Answer(rules, content_type="text/plain")
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host), options=replace(QUICK, max_body_bytes=1_000_000))
    asked = [site.asked(f"/news/2023/{n}.html") for n in range(3)]
    assert asked == [1, 0, 1]


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


def test_one_address_that_asks_for_a_day_rests_alone(tmp_path: Path) -> None:
    site = newspaper(8)
    site.pages["/news/2023/2.html"] = Answer(status=503, headers=(("Retry-After", "86400"),))
    with Server(site) as server:
        report = crawl(tmp_path / "a-pages.db", source(server.host))
        again = crawl(tmp_path / "a-pages.db", source(server.host))
    counts = report.sources[0]
    assert (counts.articles, counts.left_early, again.left, site.asked("/news/2023/2.html")) == (7, "", 1, 1)


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


def test_who_waits_for_a_host_holds_no_place_among_the_requests(tmp_path: Path) -> None:
    site = Site()
    site.pages["/"] = article(1)
    with Server(site, address="0.0.0.0") as server:
        hosts = [f"127.0.{n}.1:{server.port}" for n in range(1, 13)]
        report = crawl(
            tmp_path / "a-pages.db",
            *(source(host, delay_s=1.0) for host in hosts),
            options=replace(QUICK, concurrency=2),
        )
    asked = [one.path for one in site.log]
    assert (set(asked[:12]), asked.index("/") >= 20, report.fetched) == ({"/robots.txt"}, True, 12), asked


def test_what_a_host_says_about_use_is_kept_with_its_pages_and_respected_where_asked(tmp_path: Path) -> None:
    site = newspaper(4)
    site.robots = "User-agent: *\nContent-Signal: ai-train=no\n"
    rule = b'[{"location": "/news/2023/1.html", "tdm-reservation": 1}]'
    site.pages["/.well-known/tdmrep.json"] = Answer(rule, content_type="application/json")
    paths = [tmp_path / "a-pages.db", tmp_path / "b-pages.db", tmp_path / "c-pages.db"]
    with Server(site) as server:
        crawl(paths[0], source(server.host))
        crawl(paths[1], source(server.host, respect=("tdm-reservation",)))
        crawl(paths[2], source(server.host, respect=("ai-train",)))
    with CrawlStore(paths[0]) as store:
        signals = {page.url[-6:]: [r.kind for r in page.signals] for page in store.pages.take(9, 0)}
    assert (signals["1.html"], signals["2.html"]) == (
        ["content-signal", "tdm-reservation"],
        ["content-signal"],
    )
    assert [len(pages_of(path)) for path in paths] == [4, 3, 0]


@pytest.mark.parametrize(("meta_robots", "kept"), [("obey", 0), ("noindex", 1), ("ignore", 2)])
def test_wishes_are_passed_over_on_terms_that_are_stored_with_each_page(
    tmp_path: Path, meta_robots: str, kept: int
) -> None:
    site = newspaper(2)
    for n, wish in enumerate(("noarchive", "noindex, nofollow")):
        body = site.pages[f"/news/2023/{n}.html"]
        site.pages[f"/news/2023/{n}.html"] = Answer(_bytes(body), headers=(("X-Robots-Tag", wish),))
    path = tmp_path / "a-pages.db"
    with Server(site) as server:
        crawl(path, source(server.host, meta_robots=meta_robots, terms="licence of 2026-03-01"))
        with CrawlStore(path) as store:
            how = store.pages.how_fetched(f"{server.url}/news/2023/0.html")
    assert len(pages_of(path)) == kept
    assert how is not None
    assert ("noarchive not obeyed: licence of 2026-03-01" in how[0]) is (kept > 0)


def _bytes(page: object) -> bytes:
    if isinstance(page, Answer):
        return page.body
    return page if isinstance(page, bytes) else str(page).encode()
