"""When a browser draws, how it keeps the delay, and what happens where there is none."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.drawing.chromium import has_sandbox, require_browser
from crawler.runs.status import diagnose
from pipelines.errors import ConfigurationError
from pipelines.store.sources import Watched
from tests.crawler.crawling import QUICK, finish, source, start
from tests.crawler.drawing.drawn_site import APP, SHELL, drawn_from, needs_chromium, park
from tests.crawler.misbehaving import Answer, Server, Site, article

PARKNEWS = Path(sys.executable).with_name("parknews")


@needs_chromium
def test_requests_keep_the_delay_whoever_makes_them(tmp_path: Path) -> None:
    site = Site(
        pages={
            "/": SHELL % "list",
            "/app.js": Answer(APP.encode(), content_type="text/javascript"),
            "/api/list": drawn_from("<title>新闻</title><body>暂无</body>"),
        }
    )
    with Server(site) as server:
        finish(start(tmp_path / "pages.db", source(server.host, "/", render=True, delay_s=0.5)), 120)
    times = [asked.at for asked in site.log]
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert (len(times), min(gaps) > 0.45) == (6, True), gaps


@pytest.mark.slow
@needs_chromium
def test_pages_drawn_while_others_wait_at_their_host_do_not_wait_for_each_other(tmp_path: Path) -> None:
    options = replace(QUICK, runtime=str(tmp_path / "runtime"), per_host=1, timeout_s=8.0)
    site = park()
    with Server(site) as server:
        report = finish(
            start(tmp_path / "pages.db", source(server.host, "/", render=True), options=options), 50
        )
    assert (report.sources[0].articles, report.sources[0].failed, site.most_at_once) == (5, 0, 1)


@pytest.mark.slow
def test_a_survey_says_which_sites_need_a_browser(tmp_path: Path) -> None:
    with Server(park()) as server:
        done = subprocess.run(
            [str(PARKNEWS), "--sources", "sources.toml", "sources", "add", "--allow-private", server.url],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert "empty until their scripts have run: try it with --render" in done.stdout


_WITHOUT = """
import json, sys
from crawler.fetch.spider import fetch
from pipelines.records import CrawlSource
from crawler.config import FetchOptions
from pipelines.store import CrawlStore
host = sys.argv[2]
source = CrawlSource(host, "示例", (f"http://{host}/",), allow_private=True, delay_s=0.0)
with CrawlStore(sys.argv[1]) as store:
    fetch([source], store, FetchOptions(backlog_max=0))
print([name for name in sys.modules if "playwright" in name])
"""


def test_a_run_that_needs_no_browser_loads_none(tmp_path: Path) -> None:
    with Server(Site(pages={"/": article(1)})) as server:
        command = [sys.executable, "-c", _WITHOUT, str(tmp_path / "pages.db"), server.host]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scrapy_playwright", None)
    with pytest.raises(ConfigurationError, match=r"x.cn: render = true, .*pip install 'parknews\[browser\]'"):
        require_browser([source("x.cn", render=True)], "", "")


def test_only_sources_that_ask_for_it_need_a_browser() -> None:
    require_browser([source("x.cn")], "/no/such/browser", "")


def test_a_sandbox_is_left_out_for_root_or_by_choice() -> None:
    assert [has_sandbox("off"), has_sandbox("")] == [False, os.geteuid() != 0]


def test_without_a_browser_nothing_is_fetched(tmp_path: Path) -> None:
    site = Site(pages={"/": article(1)})
    with Server(site) as server:
        (tmp_path / "sources.toml").write_text(
            f'[[source]]\nhost = "{server.host}"\nname = "示例"\nstart_urls = ["{server.url}/"]\n'
            "allow_private = true\nrender = true\n"
        )
        done = subprocess.run(
            [str(PARKNEWS), "--db", "archive.db", "--sources", "sources.toml", "crawl"],
            cwd=tmp_path,
            env={**os.environ, "PARKNEWS_BROWSER": "/no/such/browser"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, site.log) == (2, [])
    assert "render = true, and PARKNEWS_BROWSER='/no/such/browser' cannot be run" in done.stderr


def test_status_names_the_source_that_has_no_browser() -> None:
    lacks = {"x.cn": Watched(browser="no browser was found")}
    [health] = diagnose([source("x.cn", render=True)], [], {}, lacks)
    assert (health.state, health.reason) == (
        "wrong",
        "its pages need a browser (render = true): no browser was found",
    )
