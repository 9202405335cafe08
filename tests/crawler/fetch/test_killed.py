"""A crawl killed at any moment is taken up without loss or doubling."""

import random
import signal
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.store import CrawlStore
from tests.crawler.crawling import QUICK, crawl, source, start
from tests.crawler.misbehaving import Answer, Asked, Server, Site, newspaper


@pytest.mark.parametrize("seed", range(1))
def test_a_killed_crawl_is_taken_up_without_loss_or_doubling(tmp_path: Path, seed: int) -> None:
    kill_and_resume(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 17))
def test_a_crawl_killed_at_many_moments_is_taken_up(tmp_path: Path, seed: int) -> None:
    kill_and_resume(tmp_path, seed)


def kill_and_resume(folder: Path, seed: int) -> None:
    """Kill a crawl at random moments, resume it each time, and compare with an undisturbed one."""
    moments = random.Random(seed)
    site = newspaper(80)
    site.pages["/news/2023/7.html"] = Answer(status=301, headers=(("Location", "/moved/7.html"),))
    site.pages["/moved/7.html"] = Answer(status=302, headers=(("Location", "/news/2023/8.html"),))
    site.pages["/news/2023/9.html"] = busy_at_first(site.pages["/news/2023/9.html"])
    path = folder / "a-pages.db"
    committed: set[str] = set()
    with Server(site) as server:
        for _ in range(3):
            child = start(path, source(server.host))
            started = len(site.log)
            wanted = moments.randrange(1, 30)
            deadline = time.monotonic() + 20
            while len(site.log) - started < wanted and child.poll() is None and time.monotonic() < deadline:
                time.sleep(moments.random() * 0.01)
            child.send_signal(signal.SIGKILL)
            child.wait()
            again = {entry.path for entry in site.log[started:]} & committed
            assert again == set(), f"fetched although committed: {again} (seed {seed})"
            committed = _done(path, server.host) if path.exists() else set()
        started = len(site.log)
        crawl(path, source(server.host))
        assert {entry.path for entry in site.log[started:]} & committed == set()
        kill_a_revisit(path, server, site, moments)
    with CrawlStore(path) as store:
        urls = [page.url.partition(server.host)[2] for page in store.pages.take(1000, 0)]
    assert sorted(urls) == sorted(f"/news/2023/{n}.html" for n in range(80) if n != 7)


def busy_at_first(page):
    """Has no time the first time it is asked."""
    asked_before: list[Asked] = []

    def answer(asked: Asked) -> Answer:
        asked_before.append(asked)
        return Answer(b"later", status=503) if len(asked_before) == 1 else page(asked)

    return answer


def kill_a_revisit(path: Path, server: Server, site: Site, moments: random.Random) -> None:
    """A revisit killed twice asks for no page again that had answered, and in the end for all."""
    again = replace(QUICK, revisit=True)
    began, begin = len(site.log), time.time()
    for last in (False, True):
        started = len(site.log)
        child = start(path, source(server.host), options=again)
        wanted, deadline = moments.randrange(3, 40), time.monotonic() + 20
        while len(site.log) - started < wanted and child.poll() is None and time.monotonic() < deadline:
            time.sleep(moments.random() * 0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        with CrawlStore(path) as store, sqlite3.connect(store.path) as db:
            rows = db.execute(
                "SELECT url FROM urls WHERE status = 304 AND fetched_at > ?", (begin,)
            ).fetchall()
        answered, known = {row[0].partition(server.host)[2] for row in rows}, len(site.log)
        finished = crawl(path, source(server.host), options=again) if last else None
        asked = {entry.path for entry in site.log[known:]}
        lists = {entry for entry in asked if not entry.startswith("/news/")}
        assert not finished or (asked - lists) & answered == set()
    articles = {entry.path for entry in site.log[began:] if entry.path.startswith("/news/")}
    assert articles == {f"/news/2023/{n}.html" for n in range(80) if n != 7}


def _done(path: Path, host: str) -> set[str]:
    with CrawlStore(path) as store, sqlite3.connect(store.path) as db:
        rows = db.execute("SELECT url FROM urls WHERE state NOT IN ('queued')").fetchall()
    return {row[0].partition(host)[2] for row in rows}
