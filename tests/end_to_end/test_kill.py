"""kill -9 at any moment, then the same command again: nothing lost, nothing doubled.

The site has redirects, answers that it has no time, and pages that change between two visits. A moment is
a share of the requests that an undisturbed crawl makes, and a wait after it: a laden machine, which takes
seconds to begin, is killed at the same work as an idle one.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.site import Site
from tests.readings import rows

PARKNEWS = Path(sys.executable).with_name("parknews")
ARTICLES = 120
SEED = 20261123


def command(folder: Path, sources: Path, *options: str) -> list[str]:
    db = str(folder / "archive.db")
    return [str(PARKNEWS), "--db", db, "--sources", str(sources), "crawl", "--json", *options]


@dataclass(frozen=True)
class World:
    """A site, and the archives of crawls of it that nothing disturbed."""

    site: Site
    sources: Path
    first: Path
    """The folder of a whole crawl."""
    revisited: Path
    """The same after pages had changed and all were asked for again."""
    changed: dict[str, bytes]
    """The pages that change, as they are then."""
    requests: int
    """What the first crawl asked for."""
    revisits: int
    """What the second asked for."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("undisturbed")
    first, revisited = folder / "first", folder / "revisited"
    with Site(ARTICLES) as site:
        paths = sorted(site.articles)
        for path in paths[3::40]:
            site.moved[path] = path.replace("/news/", "/news/moved-")
            site.bodies[site.moved[path]] = site.bodies.pop(path)
        site.busy.update(paths[5::30])
        changed = {path: site.bodies[path] for path in paths[7::20]}
        sources = site.write_sources(folder / "sources.toml")
        first.mkdir()
        subprocess.run(command(first, sources), check=True, capture_output=True)
        requests = site.hits.total()
        shutil.copytree(first, revisited)
        changed = {path: body.replace(b"</p>", _CORRECTION, 1) for path, body in changed.items()}
        with _as_changed(site, changed):
            subprocess.run(command(revisited, sources, "--revisit"), check=True, capture_output=True)
        yield World(site, sources, first, revisited, changed, requests, site.hits.total() - requests)


_CORRECTION = "</p><p>更正：前文所列数字有误，以本段为准。</p>".encode()


@contextmanager
def _as_changed(site: Site, changed: dict[str, bytes]) -> Iterator[None]:
    before = {path: site.bodies[path] for path in changed}
    site.bodies |= changed
    yield
    site.bodies |= before


def moments(first: int, short: int, last: int) -> list[Any]:
    """Shares of the work after which the crawl is killed, and seconds more; the same for each run."""
    draw = random.Random(SEED)
    drawn = [(round(draw.uniform(0.0, 1.05), 2), round(draw.uniform(0.0, 0.6), 2)) for _ in range(last)]
    slow = [pytest.param(*moment, marks=pytest.mark.slow) for moment in drawn[short:]]
    return [*drawn[first:short], *slow]


@pytest.mark.parametrize(("share", "later_s"), moments(0, 3, 25))
def test_a_killed_crawl_ends_in_the_same_archive(
    world: World, tmp_path: Path, share: float, later_s: float
) -> None:
    for part in (share, (1 - share) / 2):
        _kill(command(tmp_path, world.sources), world.site, part * world.requests, later_s)
    _finish(command(tmp_path, world.sources), world, _committed(tmp_path, since=0.0))
    assert _archive(tmp_path) == _archive(world.first)
    assert _archive(tmp_path)[0] == [(ARTICLES,)]


@pytest.mark.parametrize(("share", "later_s"), moments(25, 27, 50))
def test_a_killed_revisit_ends_in_the_same_archive(
    world: World, tmp_path: Path, share: float, later_s: float
) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(world.first, folder)
    began = time.time()
    with _as_changed(world.site, world.changed):
        _kill(command(folder, world.sources, "--revisit"), world.site, share * world.revisits, later_s)
        still = () if _is_through(folder, since=began) else ("--revisit",)  # else that would be one more
        _finish(command(folder, world.sources, *still), world, _committed(folder, since=began))
    assert _archive(folder) == _archive(world.revisited)


def _kill(words: list[str], site: Site, requests: float, later_s: float) -> None:
    until = site.hits.total() + requests
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and site.hits.total() < until:
            time.sleep(0.005)
        time.sleep(later_s)
        process.send_signal(signal.SIGKILL)


def _finish(words: list[str], world: World, committed: set[str]) -> None:
    """The same command again, which asks for nothing that was committed."""
    before = dict(world.site.hits)
    subprocess.run(words, check=True, capture_output=True)
    assert {path for path in committed if world.site.hits[path] > before[path]} == set()


def _committed(folder: Path, since: float) -> set[str]:
    """Paths of the articles that were answered since a moment, as the crawl store has it."""
    path = folder / "archive-pages.db"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'urls'").fetchone():
            return set()
        known = "SELECT url FROM urls WHERE state = 'done' AND fetched_at >= ?"
        urls = [row[0] for row in connection.execute(known, (since,))]
    return {"/" + url.split("/", 3)[3] for url in urls if "/news/" in url}


def _is_through(folder: Path, since: float) -> bool:
    """Whether all that a revisit asks for was answered; what is left is in its own files."""
    known = "SELECT finished_at IS NOT NULL FROM crawls WHERE started_at >= ?"
    return any(row[0] for row in rows(folder / "archive-pages.db", known, since))


def _archive(folder: Path) -> list[list[tuple[object, ...]]]:
    """All that an archive says but for ids and the times of fetching, which differ between two runs."""
    return [rows(folder / "archive.db", sql) for sql in _SAYS]


_SAYS = (
    "SELECT count(*) FROM copies",
    "SELECT copies.url, copies.title, copies.published, copies.credited_source, texts.text FROM copies"
    " JOIN texts ON texts.id = copies.text_id ORDER BY copies.url",
    "SELECT group_concat(url) FROM (SELECT article_id, url FROM copies ORDER BY url) GROUP BY article_id"
    " ORDER BY min(url)",
    "SELECT url, kind, rule, text FROM stripped ORDER BY url, position",
    "SELECT url, stage, reason FROM rejections ORDER BY url",
)
