"""Scrapy's own command runs the spider."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.crawler.crawling import pages_of
from tests.crawler.misbehaving import Server, newspaper


def test_scrapy_runs_the_same_spider_with_the_same_settings(tmp_path: Path) -> None:
    site = newspaper(5)
    with Server(site) as server:
        sources = tmp_path / "sources.toml"
        sources.write_text(
            f'[[source]]\nhost = "{server.host}"\nname = "示例"\nstart_urls = ["{server.url}/"]\n'
            "allow_private = true\ndelay_s = 0\n",
            encoding="utf-8",
        )
        known = {"PARKNEWS_DB": str(tmp_path / "archive.db"), "PARKNEWS_SOURCES": str(sources)}
        ended = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "news"],
            env={**os.environ, **known},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert pages_of(tmp_path / "archive-pages.db") == set()  # all drained
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        assert archive.execute("SELECT count(*) FROM readings").fetchone() == (5,)
