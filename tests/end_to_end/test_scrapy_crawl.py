"""`scrapy crawl news` from the root does what `parknews crawl` does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from pipelines.store import store_path
from tests.crawler.crawling import pages_of
from tests.end_to_end.site import Site

ROOT = Path(__file__).parents[2]
SCRAPY = Path(sys.executable).with_name("scrapy")


def test_scrapy_crawl_news_archives_what_it_fetches(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Site(30) as site:
        sources = site.write_sources(tmp_path / "sources.toml")
        environment = {**os.environ, "PARKNEWS_DB": str(archive), "PARKNEWS_SOURCES": str(sources)}
        ended = subprocess.run(
            [SCRAPY, "crawl", "news"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert ("Traceback" in ended.stderr, pages_of(store_path(archive))) == (False, set())  # all drained
    with sqlite3.connect(archive) as connection:
        assert connection.execute("SELECT count(*) FROM copies").fetchone() == (30,)
        assert connection.execute("SELECT outcome, articles_new + copies_joined FROM runs").fetchall() == [
            ("done", 30)
        ]
