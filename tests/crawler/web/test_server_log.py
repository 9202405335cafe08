"""What a host's own log shows of two crawls at once, sixteen requests each: rate, rest and permission."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pytest

from tests.crawler.crawling import QUICK, finish, source, start
from tests.crawler.misbehaving import Answer, Asked, Server, Site, article, list_page

ARTICLES = 8
DELAY_S = 0.3
REST_S = 3.0


@dataclass(frozen=True)
class Logged:
    log: list[Asked]
    articles: list[int]
    most_at_once: int


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    folder = tmp_path_factory.mktemp("log")
    answers = iter([Answer(status=429, headers=(("Retry-After", f"{REST_S:.0f}"),))])
    news = [f"/news/2026/{n}.html" for n in range(ARTICLES)]
    private = [f"/private/2026/{n}.html" for n in range(ARTICLES)]
    pages = {path: article(n) for n, path in enumerate(news)}
    site = Site(
        robots=f"User-agent: *\nDisallow: /private/\nCrawl-delay: {DELAY_S}\n",
        pages={
            "/": list_page([path for pair in zip(news, private, strict=True) for path in pair]),
            **pages,
            **dict.fromkeys(private, article(99)),
            news[2]: lambda _: next(answers, pages[news[2]]),
        },
    )
    options = replace(QUICK, concurrency=16, per_host=16, runtime=str(folder / "runtime"))
    with Server(site) as server:
        ours = source(server.host, delay_s=0.05)
        both = [start(folder / f"{name}-pages.db", ours, options=options) for name in "ab"]
        articles = [finish(child).sources[0].articles for child in both]
    return Logged(site.log, articles, site.most_at_once)


def test_both_have_everything(logged: Logged) -> None:
    assert logged.articles == [ARTICLES, ARTICLES]


def test_robots_txt_is_asked_for_first_and_nothing_that_it_forbids(logged: Logged) -> None:
    paths = [asked.path for asked in logged.log]
    forbidden = [path for path in paths if path.startswith("/private/")]
    assert (paths[0], paths.count("/robots.txt"), forbidden) == ("/robots.txt", 2, [])


def test_the_host_has_one_request_at_a_time_and_its_delay_between_any_two(logged: Logged) -> None:
    known = max(n for n, asked in enumerate(logged.log) if asked.path == "/robots.txt")
    gaps = [later.at - sooner.at for sooner, later in pairwise(logged.log[known + 1 :])]
    held = (min(gaps) > 0.5 * DELAY_S, median(gaps) > 0.95 * DELAY_S)  # a request may be late on its way
    assert (logged.most_at_once, held) == (1, (True, True)), gaps


def test_a_rest_that_one_was_asked_for_is_kept_by_both(logged: Logged) -> None:
    longest = max(later.at - sooner.at for sooner, later in pairwise(logged.log))
    assert longest > 0.9 * REST_S
