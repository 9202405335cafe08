"""Thousands of copies, and a stranger who searches every byte of every file, before and after.

Nothing here asks the product what is left: `stranger.py` imports none of it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from tests.pipelines.forget import stranger
from tests.pipelines.forget.test_interrupted import PLACES, command
from tests.pipelines.forget.worlds import LETTER, PARK, MakeWorld, World, many_pages
from tests.readings import rows

SIZES = [pytest.param(200, id="200"), pytest.param(5_000, id="5000", marks=pytest.mark.slow)]

_READER = """
import sqlite3, sys, time
uris = [f"file:{path}?mode=ro" for path in sys.argv[1:]]
connections = [sqlite3.connect(uri, uri=True, isolation_level=None) for uri in uris]
print("open", flush=True)
while True:
    for connection in connections:
        connection.execute("BEGIN")
        for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            connection.execute(f'SELECT * FROM "{table}" LIMIT 50').fetchall()
        connection.execute("COMMIT")
        time.sleep(0.02)
"""


@pytest.fixture(params=SIZES)
def large(request: pytest.FixtureRequest, make_world: MakeWorld) -> World:
    """An archive in which the park has a fifth of the copies."""
    return make_world(many_pages(request.param))


@pytest.fixture(params=["plain", "with a reader"])
def reader(request: pytest.FixtureRequest, large: World) -> Iterator[str]:
    """Nobody, or somebody in another process who has both files open all the time and reads in them."""
    if request.param == "plain":
        yield request.param
        return
    words = [sys.executable, "-c", _READER, str(large.path), str(large.store_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield request.param
        assert process.poll() is None, "the reader broke"
        process.kill()


def words_of_the_park(world: World) -> list[str]:
    """Short pieces of everything that the park alone says, its titles, addresses and telephone numbers."""
    others = {
        line for page in world.pages if page.host != PARK for line in [page.title, *page.text.split("\n")]
    }
    found = []
    for page in world.of(PARK):
        found += [page.url, f"编辑部的热线电话是 0512-{page.number:07}"]
        own = [line for line in [page.title, *page.text.split("\n")] if line not in others]
        found += [piece for line in own for piece in (line, *stranger.pieces(line))]
    shared = {f"编辑部的热线电话是 0512-{page.number:07}" for page in world.pages if page.host != PARK}
    return [word for word in dict.fromkeys(found) if word not in shared]


def test_a_stranger_finds_every_piece_before_and_none_after(large: World, reader: str) -> None:
    words = words_of_the_park(large)
    assert stranger.search(large.path.parent, words)["archive.db"] == set(words)
    outcome = remove(large.path, make_scope(hosts=[PARK]), LETTER)
    assert outcome.trouble == "", reader
    assert stranger.search(large.path.parent, words) == {}
    assert stranger.index_finds(large.path, words[:: max(1, len(words) // 200)]) == []
    assert rows(large.path, "SELECT count(*) FROM copies WHERE source <> ?", PARK) == [
        (len(large.pages) - len(large.of(PARK)),)
    ]
    assert rows(large.path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(large.store_path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.slow
def test_killed_at_every_step_it_is_finished_by_the_same_command(make_world: MakeWorld) -> None:
    large = make_world(many_pages(5_000))
    words = words_of_the_park(large)
    killed = [place for place, call in PLACES if command(large, place, call).returncode == -signal.SIGKILL]
    assert len(killed) >= 8, killed  # a step that is through is not taken again, so it kills nobody
    finished = command(large, "result", 0)
    assert finished.stdout.strip() == "verified", finished.stderr[-2000:]
    assert stranger.search(large.path.parent, words) == {}
    assert rows(large.path, "PRAGMA integrity_check") == [("ok",)]
