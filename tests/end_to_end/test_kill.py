"""kill -9 at any moment, then the same command again: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.site import Site

PARKNEWS = Path(sys.executable).with_name("parknews")
ARTICLES = 120
SEED = 20261123


def command(folder: Path, sources: Path) -> list[str]:
    return [str(PARKNEWS), "--db", str(folder / "archive.db"), "--sources", str(sources), "crawl", "--json"]


def moments(count: int) -> list[float]:
    """Seconds after the start at which the crawl is killed; the same for each run of the tests."""
    draw = random.Random(SEED)
    return [round(draw.uniform(0.4, 6.0), 2) for _ in range(count)]


@pytest.mark.parametrize("after_s", moments(5))
def test_a_killed_crawl_ends_in_the_same_archive(tmp_path: Path, after_s: float) -> None:
    _kill_and_compare(tmp_path, after_s)


@pytest.mark.slow
@pytest.mark.parametrize("after_s", moments(50)[5:])
def test_a_killed_crawl_ends_in_the_same_archive_at_more_moments(tmp_path: Path, after_s: float) -> None:
    _kill_and_compare(tmp_path, after_s)


def _kill_and_compare(tmp_path: Path, after_s: float) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    undisturbed.mkdir()
    killed.mkdir()
    with Site(ARTICLES) as site:
        sources = site.write_sources(tmp_path / "sources.toml")
        subprocess.run(command(undisturbed, sources), check=True, capture_output=True)
        for kill in (after_s, after_s / 2):
            _kill(command(killed, sources), kill)
            committed = _committed(killed)
            before = dict(site.hits)
        subprocess.run(command(killed, sources), check=True, capture_output=True)
        again = {path for path in committed if site.hits[path] > before[path]}
    assert again == set()
    assert _archive(killed) == _archive(undisturbed)
    assert _archive(killed)[0] == [(ARTICLES,)]


def _kill(words: list[str], after_s: float) -> None:
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)


def _committed(folder: Path) -> set[str]:
    """Paths of the articles whose raw page is in the crawl store."""
    path = folder / "archive-pages.db"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'pages'").fetchone():
            return set()
        urls = [row[0] for row in connection.execute("SELECT url FROM pages")]
    return {"/" + url.split("/", 3)[3] for url in urls if "/news/" in url}


def _archive(folder: Path) -> list[list[tuple[object, ...]]]:
    """All that an archive says but for ids and the times of fetching, which differ between two runs."""
    with sqlite3.connect(folder / "archive.db") as connection:
        return [connection.execute(sql).fetchall() for sql in _SAYS]


_SAYS = (
    "SELECT count(*) FROM copies",
    "SELECT copies.url, copies.title, copies.published, copies.credited_source, texts.text FROM copies"
    " JOIN texts ON texts.id = copies.text_id ORDER BY copies.url",
    "SELECT group_concat(url) FROM (SELECT article_id, url FROM copies ORDER BY url) GROUP BY article_id"
    " ORDER BY min(url)",
    "SELECT url, kind, rule, text FROM stripped ORDER BY url, position",
    "SELECT url, stage, reason FROM rejections ORDER BY url",
)
