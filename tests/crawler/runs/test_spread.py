"""Fetching in slices, here in processes of this machine: the same pages, the same pace, whatever is lost."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from crawler.fetch import slices
from crawler.fetch.slices import FetchedSlice, Slice, fetch_slice
from crawler.fetch.tally import FetchReport
from crawler.runs.spread import Here, fetch_spread
from crawler.web.removed import Removed
from pipelines.errors import WorkersError
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore, locked
from tests.crawler.crawling import QUICK, crawl, pages_of, source
from tests.crawler.misbehaving import Answer, Server, Site, article, list_page

DELAY_S = 0.25
ARTICLES = 8


def site(**pages: Any) -> Site:
    paths = [f"/news/2026/{n}.html" for n in range(ARTICLES)]
    return Site({"/": list_page(paths), **{path: article(n) for n, path in enumerate(paths)}, **pages})


def spread(folder: Path, *sources: CrawlSource, hands: Any = None, **options: Any) -> FetchReport:
    given = {name: options.pop(name) for name in ("slice_s", "lease_s") if name in options}
    with CrawlStore(folder / "there-pages.db") as store:
        removed = Removed(folder / "there.db")
        return fetch_spread(
            sources, store, replace(QUICK, **options), hands or Here(), removed=removed, **given
        )


class Losing:
    """Hands that do as `do` says with each slice, by its number."""

    room = 1

    def __init__(self, do: Callable[[int, Slice], FetchedSlice | None]) -> None:
        self._do, self.slices = do, []

    def submit(self, slice_: Slice) -> Future[FetchedSlice]:
        future: Future[FetchedSlice] = Future()
        self.slices.append(slice_)
        if (came := self._do(len(self.slices), slice_)) is not None:
            future.set_result(came)
        return future

    def result(self, future: Future[FetchedSlice]) -> FetchedSlice:
        return future.result()


def test_slices_fetch_what_one_crawl_does_at_its_pace(tmp_path: Path) -> None:
    with Server(site()) as one, Server(site()) as other:
        sources = [source(server.host, delay_s=DELAY_S) for server in (one, other)]
        report = spread(tmp_path, *sources, slice_s=3.0)
        logs = [list(server.site.log) for server in (one, other)]
        crawl(tmp_path / "here-pages.db", *sources)
    assert pages_of(tmp_path / "there-pages.db") == pages_of(tmp_path / "here-pages.db")
    assert [(run.articles, run.left, run.left_early) for run in report.sources] == [(ARTICLES, 0, "")] * 2
    for log in logs:
        paths = [asked.path for asked in log]
        assert len(paths) == len(set(paths))  # robots.txt, too, is asked for once
        gaps = [later.at - sooner.at for sooner, later in pairwise(log)]
        assert (min(gaps) > 0.3 * DELAY_S, median(gaps) > 0.95 * DELAY_S) == (True, True), gaps


def test_a_lost_slice_is_fetched_again_when_its_lease_is_over_and_its_late_answer_is_not_taken(
    tmp_path: Path,
) -> None:
    late: list[FetchedSlice] = []

    def first_is_lost(number: int, slice_: Slice) -> FetchedSlice | None:
        came = fetch_slice(slice_)
        if number > 1:
            return came
        late.append(came)
        return None

    with Server(site()) as server:
        hands = Losing(first_is_lost)
        report = spread(tmp_path, source(server.host), hands=hands, lease_s=0.5)
        counts = server.site.counts()
    assert len(pages_of(tmp_path / "there-pages.db")) == ARTICLES == report.sources[0].articles
    assert (len(hands.slices), {counts[f"/news/2026/{n}.html"] for n in range(ARTICLES)}) == (2, {2})


def test_a_slice_that_is_over_and_whose_worker_is_lost_with_it_is_fetched_again(tmp_path: Path) -> None:
    class Vanishing(Losing):
        def result(self, future: Future[FetchedSlice]) -> FetchedSlice:
            if len(self.slices) == 1:
                raise TimeoutError
            return future.result()

    with Server(site()) as server:
        hands = Vanishing(lambda _, slice_: fetch_slice(slice_))
        report = spread(tmp_path, source(server.host), hands=hands, lease_s=0.5)
    assert (len(hands.slices), report.sources[0].articles) == (2, ARTICLES)


def test_a_source_whose_slices_are_lost_again_and_again_is_left_and_told_of(tmp_path: Path) -> None:
    hands = Losing(lambda *_: None)
    report = spread(tmp_path, source("127.0.0.1:9"), hands=hands, lease_s=0.0, slice_s=0.0)
    assert (len(hands.slices), "slices of it were lost" in report.sources[0].left_early) == (4, True)


def test_who_goes_on_after_a_killed_run_waits_until_its_slices_are_over(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def kill(_: int, __: Slice) -> None:
        raise Killed

    with Server(site()) as server:
        ours = source(server.host)
        with pytest.raises(Killed):
            spread(tmp_path, ours, hands=Losing(kill), lease_s=3.0, slice_s=0.0)
        with CrawlStore(tmp_path / "there-pages.db") as store:
            assert store.frontier.leased(ours.host) > 0
        report = spread(tmp_path, ours)
        assert len(pages_of(tmp_path / "there-pages.db")) == ARTICLES == report.sources[0].articles


def test_a_budget_holds_over_all_slices(tmp_path: Path) -> None:
    with Server(site()) as one, Server(site()) as other:
        sources = [source(server.host, delay_s=0.05, max_pages=5) for server in (one, other)]
        report = spread(tmp_path, *sources)
    assert [run.fetched for run in report.sources] == [5, 5]
    assert all("budget of 5 pages" in run.left_early for run in report.sources)


def test_a_page_that_crashes_its_reader_is_rejected_and_the_others_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = slices._in_a_process
    bad = "/news/2026/3.html"

    def crash_once(slice_: Slice, folder: Path, ends: float) -> str:
        if (folder / "reading").exists():
            return whole(slice_, folder, ends)
        how = whole(replace(slice_, options=replace(slice_.options, max_pages=1)), folder, ends)
        assert not how
        (folder / "reading").write_text(
            f"{slice_.sources[0].host} {slice_.sources[0].start_urls[0][:-1]}{bad}"
        )
        return "crashed its reader (-11)"

    monkeypatch.setattr(slices, "_in_a_process", crash_once)
    with Server(site()) as server:
        spread(tmp_path, source(server.host), hands=Losing(lambda _, slice_: fetch_slice(slice_)))
        assert server.site.asked(bad) == 0
    with CrawlStore(tmp_path / "there-pages.db") as store:
        assert [r.reason for _, r in store.pages.take_rejections(9)] == ["crashed its reader (-11)"]
    assert len(pages_of(tmp_path / "there-pages.db")) == ARTICLES - 1


def test_a_page_that_hangs_its_reader_is_ended(tmp_path: Path) -> None:
    hang = {"/news/2026/1.html": Answer(b"x", wait_s=30.0)}
    with Server(site(**hang)) as server:
        report = spread(tmp_path, source(server.host), timeout_s=2.0, retries=0)
    assert (report.sources[0].articles, report.sources[0].failed) == (ARTICLES - 1, 1)


def test_what_a_killed_worker_left_goes_with_the_next_slice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, begun, under_way = (tmp_path / f"parknews-pages-{name}" for name in ("left", "begun", "under_way"))
    for folder in (left, begun, under_way):
        folder.mkdir()
        (folder / "slice.db").write_bytes(b"a page")
    for folder in (left, under_way):
        os.utime(folder, (time.time() - 100,) * 2)
    with Server(site()) as server, locked(under_way):
        spread(tmp_path, source(server.host), hands=Losing(lambda _, slice_: fetch_slice(slice_)))
    assert (left.exists(), begun.exists(), under_way.exists()) == (False, True, True)


def test_what_is_about_other_sources_is_refused(tmp_path: Path) -> None:
    def lie(_: int, slice_: Slice) -> FetchedSlice:
        came = fetch_slice(slice_)
        told = tuple(replace(run, host="other.example") for run in came.report.sources)
        return replace(came, report=replace(came.report, sources=told))

    with Server(site()) as server, pytest.raises(WorkersError, match="other sources"):
        spread(tmp_path, source(server.host), hands=Losing(lie))
