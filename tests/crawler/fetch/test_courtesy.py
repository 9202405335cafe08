"""What a host may expect: its robots.txt, its delay, the time that it asks for; and hosts that are down."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.crawler.crawling import QUICK, crawl, source
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
            options=replace(QUICK, concurrency=4),
        )
    first_page = next(n for n, asked in enumerate(site.log) if asked.path == "/")
    assert (first_page >= 10, report.fetched) == (True, 12), [asked.path for asked in site.log]
