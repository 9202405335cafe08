"""Reading stored pages again: what changed is reported, a kill costs nothing, nothing is fetched."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.end_to_end.site import Site
from tests.processes import PARKNEWS, Child
from tests.readings import rows

ARTICLES = 60


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a crawled archive whose site has gone."""
    folder = tmp_path_factory.mktemp("crawled")
    with Site(ARTICLES) as site:
        sources = site.write_sources(folder / "sources.toml")
        _run(folder, "--sources", str(sources), "crawl")
    return folder


@pytest.fixture
def folder(crawled: Path, tmp_path: Path) -> Path:
    shutil.copytree(crawled, tmp_path / "copy")
    return tmp_path / "copy"


def test_the_same_rules_change_nothing(folder: Path) -> None:
    before = _dump(folder)
    report = _run(folder, "reprocess")
    assert (report["pages"], report["changed"], report["lost"], report["found"]) == (ARTICLES, 0, 0, 0)
    assert _dump(folder) == before


def test_what_changed_is_reported_and_shown(folder: Path) -> None:
    [first, second] = _article_urls(folder)[:2]
    _rewrite(folder, first, lambda html: html.replace(b"</h1>", "(改)</h1>".encode()))
    _rewrite(folder, second, lambda _: b"<html><title>404</title><h1>404 Not Found</h1></html>")
    report = _run(folder, "reprocess")
    assert (report["changed"], report["lost"], report["fields"]["title"]) == (1, 1, 1)
    with sqlite3.connect(folder / "archive.db") as connection:
        title = connection.execute("SELECT title FROM copies WHERE url = ?", (first,)).fetchone()[0]
        assert title.endswith("(改)")
        assert connection.execute("SELECT 1 FROM copies WHERE url = ?", (second,)).fetchone() is None
        assert connection.execute("SELECT stage FROM rejections WHERE url = ?", (second,)).fetchone()
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_selectors_of_the_sources_file_are_put_in_force_and_told(folder: Path) -> None:
    with (folder / "sources.toml").open("a", encoding="utf-8") as sources:
        sources.write('\n[source.read]\ntitle = "title"\nauthor = ".nobody"\n')
    report = _run(folder, "--sources", str(folder / "sources.toml"), "reprocess")
    assert (report["pages"], report["lost"], report["fields"]["title"]) == (ARTICLES, 0, ARTICLES)
    [copy, *_] = _run(folder, "show", "1")["copies"]
    assert copy["origins"]["title"]["origin"] == "sources file"
    assert copy["missed"] == [{"key": "author", "why": "finds nothing"}]
    files = ("--db", str(folder / "archive.db"), "--sources", str(folder / "sources.toml"))
    status = Child(PARKNEWS, *files, "status").end()
    told = f"`author` of [source.read] gave nothing on {ARTICLES} of its {ARTICLES} articles"
    assert (status.returncode, told in status.stdout) == (1, True)


def test_a_diff_shows_the_changed_line(folder: Path) -> None:
    url = _article_urls(folder)[0]
    _rewrite(folder, url, lambda html: html.replace(b"</h1>", "(改)</h1>".encode()))
    shown = Child(PARKNEWS, "--db", str(folder / "archive.db"), "reprocess", "--diff").end().stdout
    assert any(line.startswith("+title: ") and line.endswith("(改)") for line in shown.splitlines())


def test_a_killed_reprocess_goes_on_and_ends_the_same(folder: Path) -> None:
    for url in _article_urls(folder):
        _rewrite(folder, url, lambda html: html.replace(b"</h1>", "(改)</h1>".encode()))
    process = Child(PARKNEWS, "--db", str(folder / "archive.db"), "reprocess")
    while not _changed(folder):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _run(folder, "reprocess")
    assert _changed(folder) == ARTICLES
    assert rows(folder / "archive.db", "SELECT count(*) FROM meta WHERE key = 'reprocessed_to'")[0] == (0,)


def _run(folder: Path, *words: str) -> dict[str, Any]:
    done = Child(PARKNEWS, "--db", str(folder / "archive.db"), *words, "--json").end()
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


_LEARNED = 'INSERT INTO "template'
"""What templates are learned from another reading of a page says nothing of the page."""


def _dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "archive.db") as connection:
        return [line for line in connection.iterdump() if not line.startswith(_LEARNED)]


def _article_urls(folder: Path) -> list[str]:
    return [row[0] for row in rows(folder / "archive.db", "SELECT page_url FROM readings ORDER BY page_url")]


def _changed(folder: Path) -> int:
    with sqlite3.connect(folder / "archive.db", timeout=30) as connection:
        return int(connection.execute("SELECT count(*) FROM readings WHERE title LIKE '%(改)'").fetchone()[0])


def _rewrite(folder: Path, url: str, change: Any) -> None:
    """Changes a stored raw page, as better rules would change what is read from it."""
    with sqlite3.connect(folder / "archive-pages.db") as connection:
        [body] = connection.execute("SELECT body FROM pages WHERE url = ?", (url,)).fetchone()
        html = zstandard.ZstdDecompressor().decompress(body)
        packed = zstandard.ZstdCompressor().compress(change(html))
        connection.execute("UPDATE pages SET body = ? WHERE url = ?", (packed, url))
