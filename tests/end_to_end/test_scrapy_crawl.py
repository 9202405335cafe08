"""`scrapy crawl news` from the root does what `parknews crawl` does; its other commands keep to our rules."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.store import store_path
from tests.crawler.crawling import pages_of
from tests.end_to_end.site import Site

ROOT = Path(__file__).parents[2]
SCRAPY = Path(sys.executable).with_name("scrapy")


def test_scrapy_crawl_news_archives_what_it_fetches_and_gives_each_copy_as_an_item(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Site(30) as site:
        sources = site.write_sources(tmp_path / "sources.toml")
        environment = {**os.environ, "PARKNEWS_DB": str(archive), "PARKNEWS_SOURCES": str(sources)}
        ended = subprocess.run(
            [SCRAPY, "crawl", "news", "-O", tmp_path / "items.jsonl", "-a", f"hosts={site.host}"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert ("Traceback" in ended.stderr, pages_of(store_path(archive))) == (False, set())  # all drained
    items = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text("utf-8").splitlines()]
    with sqlite3.connect(archive) as connection:
        copies = connection.execute("SELECT url, title FROM copies ORDER BY url").fetchall()
        assert sorted((item["url"], item["title"]) for item in items) == copies
        assert len(copies) == 30
        assert connection.execute("SELECT outcome, articles_new + copies_joined FROM runs").fetchall() == [
            ("done", 30)
        ]


@pytest.mark.slow
def test_a_script_of_ones_own_has_our_rules_by_the_addon_and_its_own_pipeline(tmp_path: Path) -> None:
    guide = (ROOT / "docs/how-to/scrapy.md").read_text("utf-8")
    [script] = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    with Site(4) as site:
        site.bodies |= {"/robots.txt": b"User-agent: *\nDisallow: " + min(site.articles).encode()}
        sources = str(site.write_sources(tmp_path / "sources.toml"))
        environment = {**os.environ, "PARKNEWS_DB": str(tmp_path / "a.db"), "PARKNEWS_SOURCES": sources}
        ended = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
    written = (tmp_path / "articles.jsonl").read_text("utf-8").splitlines()
    printed = ended.stdout.splitlines()
    assert (len(printed), len(written), site.hits[min(site.articles)]) == (3, 3, 0)


def _scrapy(site: Site, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    sources = site.write_sources(folder / "sources.toml")
    archive = str(folder / "archive.db")
    environment = {**os.environ, "PARKNEWS_DB": archive, "PARKNEWS_SOURCES": str(sources)}
    command = [str(SCRAPY), *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=120
    )


def test_scrapy_fetch_and_shell_ask_by_our_rules_and_keep_nothing(tmp_path: Path) -> None:
    with Site(1) as site:
        site.bodies |= {"/robots.txt": b"User-agent: *\nDisallow: /closed/"}
        [path] = site.articles
        address = f"http://{site.host}"
        fetched = _scrapy(site, tmp_path, "fetch", address + path)
        shown = _scrapy(site, tmp_path, "shell", address + path, "-c", "response.status")
        refused = _scrapy(site, tmp_path, "fetch", address + "/closed/1.html")
    assert (fetched.stdout.strip(), shown.stdout.strip()) == (site.bodies[path].decode().strip(), "200")
    assert f"{address}/closed/1.html: not fetched: robots.txt forbids it" in refused.stderr
    assert (site.hits["/closed/1.html"], [*tmp_path.iterdir()]) == (0, [tmp_path / "sources.toml"])
