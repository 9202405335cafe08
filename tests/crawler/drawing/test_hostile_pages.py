"""Pages drawn by Debian's chromium, good ones and such as try everything, in one crawl."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from dataclasses import dataclass, replace

import pytest

from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, finish, source, start
from tests.crawler.drawing.drawn_site import (
    APP,
    SHELL,
    browser_processes,
    drawn_from,
    hostile_pages,
    needs_chromium,
)
from tests.crawler.misbehaving import Answer, Server, Site, article


@dataclass
class Crawled:
    site: Site
    canaries: Site
    packets: list[bytes]
    pages: dict[str, str]
    """Path -> the stored document."""
    how: dict[str, str]
    """Path -> by what it was drawn."""
    reasons: dict[str, str]
    left_over: list[str]
    """The crawl's own processes that were still there after it."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("drawn")
    site, canaries, crawl = Site(), Site(), [0]
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(0.2)
    with Server(canaries) as canary, Server(site) as server, listener:
        hostile = hostile_pages(crawl, canary.port, listener.getsockname()[1])
        good = [f"/news/2026/{n}.html" for n in range(3)] + ["/news/2026/post.html"]
        paths = [*good[:2], *(path for path in hostile if path.startswith("/news/")), *good[2:]]
        links = "".join(f'<li><a href="{path}">示例园区新闻标题之{path[11:-5]}</a></li>' for path in paths)
        site.robots = "User-agent: *\nDisallow: /canary\n"
        site.pages = {
            **hostile,  # type: ignore[dict-item]
            "/": SHELL % "list",
            "/app.js": Answer(APP.encode(), content_type="text/javascript"),
            "/api/list": drawn_from(f"<title>新闻中心</title><body><ul>{links}</ul></body>"),
            **{path: SHELL % path[11:-5] for path in good},
            **{f"/api/{n}": drawn_from(article(n)) for n in range(3)},
            "/api/post": b"{}",
        }
        seen = source(server.host, "/", render=True, delay_s=0.02)
        child = start(
            folder / "pages.db", seen, options=replace(QUICK, contact="me@example.org", timeout_s=8.0)
        )
        crawl[0] = child.pid
        family, ended = set[str](), threading.Event()
        watching = threading.Thread(target=_watch, args=(child.pid, family, ended))
        watching.start()
        finish(child, timeout_s=280)
        ended.set()
        watching.join()
        left_over = [line for line in _processes("pid,stat,args") if _runs(line, family)]
        packets = _packets(listener)
    with CrawlStore(folder / "pages.db") as store:
        stored = {page.url.partition(server.host)[2]: page for page in store.pages.take(100, 0)}
        how = {path: store.pages.drawn_by(page.page_id) for path, page in stored.items()}
        rejections = [rejection for _, rejection in store.pages.take_rejections(100)]
    return Crawled(
        site,
        canaries,
        packets,
        {path: page.body.decode() for path, page in stored.items()},
        how,
        {rejection.url.partition("/2026/")[2]: rejection.reason for rejection in rejections},
        left_over,
    )


def _watch(crawl: int, family: set[str], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        family.update(str(pid) for pid, _ in browser_processes(crawl))


def _runs(line: str, family: set[str]) -> bool:
    """Whether a process of the crawl does; one that has ended may wait for the system to take note."""
    pid, state, _ = line.split(None, 2)
    return pid in family and not state.startswith("Z")


def _packets(listener: socket.socket) -> list[bytes]:
    try:
        return [listener.recvfrom(2048)[0]]
    except TimeoutError:
        return []


def _processes(columns: str) -> list[str]:
    command = ["ps", "-ww", "-eo", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@needs_chromium
def test_news_that_a_script_draws_is_stored_as_drawn(crawled: Crawled) -> None:
    paths = [f"/news/2026/{n}.html" for n in range(3)]
    texts = [re.findall(r"<h1>(.*?)</h1>", crawled.pages.get(path, "")) for path in paths]
    assert texts == [[f"示例园区第{n}号项目开工"] for n in range(3)]


@needs_chromium
def test_no_address_is_touched_that_must_not_be(crawled: Crawled) -> None:
    assert (crawled.canaries.log, crawled.packets, crawled.site.asked("/canary")) == ([], [], 0)


@needs_chromium
def test_the_page_that_tried_is_stored_all_the_same(crawled: Crawled) -> None:
    assert "示例园区第50号项目开工" in crawled.pages["/news/2026/reach.html"]


@needs_chromium
def test_what_cannot_be_drawn_is_a_rejection_with_its_reason(crawled: Crawled) -> None:
    names = ("hang", "crash", "dies", "grows", "away", "form", "reload", "wall")
    assert {name: crawled.reasons.get(f"{name}.html", "")[:40] for name in names} == {
        "hang": "not drawn: its script never came to an e",
        "crash": "not drawn: the browser crashed on it",
        "dies": "not drawn: the browser crashed on it",
        "grows": "not drawn: larger than 8 MB",
        "away": "redirect leaves the source: 127.0.0.1:" + crawled.reasons["away.html"][38:40],
        "form": "redirect leaves the source: 127.0.0.1:" + crawled.reasons["form.html"][38:40],
        "reload": "bot challenge: it loads itself again ins",
        "wall": "bot challenge: HTTP 412",
    }


@needs_chromium
def test_nothing_is_run_of_a_challenge(crawled: Crawled) -> None:
    assert crawled.site.asked("/api/wall") == 0


@needs_chromium
def test_a_page_may_ask_for_so_much_and_no_more(crawled: Crawled) -> None:
    asked = sum(count for path, count in crawled.site.counts().items() if path.startswith("/api/n"))
    assert 50 <= asked <= 60


@needs_chromium
def test_pages_share_a_script_and_pictures_and_styles_are_not_asked_for(crawled: Crawled) -> None:
    asked = [crawled.site.asked(path) for path in ("/app.js", "/logo.png", "/style.css", "/sw.js")]
    assert asked == [1, 0, 0, 0]


@needs_chromium
def test_the_browser_says_who_it_is_and_sends_no_cookies(crawled: Crawled) -> None:
    agents = {asked.headers["user-agent"] for asked in crawled.site.log}
    cookies = [asked.path for asked in crawled.site.log if "cookie" in asked.headers]
    assert (agents, cookies) == ({"parknews/0.1 (+me@example.org)"}, [])
    assert "我是parknews/0.1 (+me@example.org)" in crawled.pages["/news/2026/told.html"]


@needs_chromium
def test_data_may_be_posted_for_to_the_site_itself(crawled: Crawled) -> None:
    assert crawled.site.told == [""]


@needs_chromium
def test_a_stored_page_says_by_what_it_was_drawn(crawled: Crawled) -> None:
    assert re.fullmatch(r"drawn by Chromium [\d.]+, 2 requests", crawled.how["/news/2026/1.html"])


@needs_chromium
def test_no_process_outlives_the_crawl(crawled: Crawled) -> None:
    assert crawled.left_over == []
