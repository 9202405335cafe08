"""kill -9 at each step, a crawl that commits late, a reader that holds the log, a full disk: it finishes."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from pipelines.forget.scope import make_scope
from pipelines.forget.snapshot import back_up, restore
from pipelines.forget.verbs import remove
from pipelines.store import CrawlStore
from tests.pipelines.forget import stranger
from tests.pipelines.forget.test_removal import unique_words
from tests.pipelines.forget.worlds import LETTER, PARK, World, store_pages
from tests.processes import Child, Ended
from tests.readings import rows

SCOPE = make_scope(hosts=[PARK])

_CHILD = """
import os, signal, sys
from pathlib import Path
from pipelines.archive.kept_out import agreement
from pipelines.forget import delete, erase, hide, prove, redact, rows, verbs
from pipelines.forget.order import Order
from pipelines.forget.scope import make_scope

hide.HIDE_AT_ONCE, delete.FORGET_AT_ONCE = 3, 2
path, host, place, call = sys.argv[1:]
name, *callers = {
    "order": ("put_order", verbs), "replay": ("put_replayed", verbs),
    "ledger": ("append", agreement), "hide": ("hide_some", hide),
    "forget": ("delete_some", delete), "draw": ("conclude", hide, delete),
    "store": ("delete_keys", rows), "files": ("forget_files", verbs),
    "advance": ("set_state", delete, verbs), "search": ("search_files", prove),
    "rewrite": ("rewrite_values", hide), "raw": ("_changed", redact),
    "slack": ("overwrite_slack", erase), "result": ("put_verification", prove),
}[place]
original, calls = getattr(callers[0], name), [0]

def killed(*args, **known):
    calls[0] += 1
    if calls[0] == int(call):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **known)

if int(call):
    for caller in callers:
        setattr(caller, name, killed)
order = Order("legal", "letter", "2026-04-01T00:00:00Z")
if host == "replay":
    [outcome] = verbs.replay(Path(path))
elif "\\n" in host:
    url, _, passage = host.partition("\\n")
    outcome = verbs.remove(Path(path), make_scope(urls=[url], passages=[passage]), order)
else:
    outcome = verbs.remove(Path(path), make_scope(hosts=[host]), order)
print(outcome.removal.state, outcome.trouble)
"""


def command(world: World, place: str, call: int, what: str = PARK) -> Ended:
    return Child(_CHILD, str(world.path), what, place, str(call)).end(120)


PLACES = [
    ("order", 1),
    ("ledger", 1),
    ("hide", 1),
    ("hide", 2),
    ("forget", 1),
    ("draw", 3),
    ("forget", 3),
    ("store", 1),
    ("store", 3),
    ("advance", 1),
    ("files", 1),
    ("slack", 1),
    ("advance", 2),
    ("search", 1),
    ("result", 1),
]
"""Where the process is killed, and at which time that it comes there; in the order in which it does."""
_IN_SHORT = {("ledger", 1), ("hide", 2), ("forget", 3), ("store", 3)}


@pytest.mark.parametrize(
    ("place", "call"),
    [pytest.param(*place, marks=() if place in _IN_SHORT else pytest.mark.slow) for place in PLACES],
)
def test_a_killed_removal_is_finished_by_the_same_command(world: World, place: str, call: int) -> None:
    words = unique_words(world, PARK)
    assert command(world, place, call).returncode == -signal.SIGKILL
    finished = command(world, place, 0)
    assert finished.stdout.strip() == "verified", finished.stderr[-2000:]
    assert stranger.search(world.path.parent, words) == {}
    assert rows(world.path, "SELECT count(*) FROM removals") == [(1,)]
    assert rows(world.store_path, "SELECT count(*) FROM pages WHERE source = ?", PARK) == [(0,)]
    assert len(world.path.with_name("archive-removals.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, marks=() if place == "store" else pytest.mark.slow)
        for place in ("replay", "hide", "forget", "draw", "store", "files", "search", "result")
    ],
)
def test_a_killed_replay_is_finished_by_the_same_command(world: World, place: str) -> None:
    backup = world.elsewhere / "backup"
    words = unique_words(world, PARK)
    back_up(world.path, backup)
    assert remove(world.path, SCOPE, LETTER).trouble == ""
    ledger = world.path.with_name("archive-removals.jsonl")
    whole = ledger.read_bytes()
    restore(backup, world.path, replace=True)
    shutil.rmtree(backup)
    assert command(world, place, 1, "replay").returncode == -signal.SIGKILL
    finished = command(world, place, 0, "replay")
    assert finished.stdout.strip() == "verified", finished.stderr[-2000:]
    assert stranger.search(world.path.parent, words) == {}
    assert ledger.read_bytes() == whole


@pytest.mark.parametrize(
    ("place", "call"),
    [
        pytest.param(*place, marks=() if place == ("raw", 1) else pytest.mark.slow)
        for place in (
            ("order", 1),
            ("ledger", 1),
            ("hide", 1),
            ("rewrite", 1),
            ("draw", 2),
            ("raw", 1),
            ("raw", 2),
            ("advance", 1),
            ("files", 1),
            ("slack", 1),
            ("search", 1),
            ("result", 1),
        )
    ],
)
def test_a_killed_redaction_is_finished_by_the_same_command(world: World, place: str, call: int) -> None:
    page = world.of(PARK)[3]
    line = page.text.split("\n")[2]
    what = f"{page.url}\n{line}"
    assert command(world, place, call, what).returncode == -signal.SIGKILL
    finished = command(world, place, 0, what)
    assert finished.stdout.strip() == "verified", finished.stderr[-2000:]
    assert stranger.search(world.path.parent, stranger.pieces(line)) == {}
    assert rows(world.path, "SELECT count(*) FROM articles WHERE url = ?", page.url) == [(1,)]
    assert rows(world.path, "SELECT count(*) FROM removals") == [(1,)]


@pytest.mark.parametrize("place", ["forget", "files"])
def test_while_a_removal_is_unfinished_readers_see_nothing_of_it(world: World, place: str) -> None:
    words = unique_words(world, PARK)
    command(world, place, 1)
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(0,)]
    assert rows(world.path, "SELECT count(*) FROM articles WHERE source = ?", PARK) == [(0,)]
    assert rows(world.path, "SELECT count(*) FROM stripped WHERE source = ?", PARK) == [(0,)]
    assert stranger.index_finds(world.path, words) == []


def test_a_page_that_a_crawl_commits_in_the_last_moment_is_deleted_too(world: World) -> None:
    late = replace(world.pages[0], number=900, path="")

    def commit(step: str) -> None:
        if step == "searching every file":
            with CrawlStore(world.store_path) as store:
                store_pages(store, [late])

    assert late.host == PARK
    outcome = remove(world.path, SCOPE, LETTER, on_step=commit)
    assert (outcome.removal.state, outcome.trouble) == ("verified", "")
    assert rows(world.store_path, "SELECT count(*) FROM pages WHERE source = ?", PARK) == [(0,)]
    assert rows(world.store_path, "SELECT count(*) FROM urls WHERE url = ?", late.url) == [(0,)]


def test_a_reader_that_holds_the_log_is_told_of_and_the_command_finishes_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.forget.erase.CHECKPOINT_WAIT_MS", 100)
    words = unique_words(world, PARK)
    with sqlite3.connect(world.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        first = remove(world.path, SCOPE, LETTER)
        reader.execute("ROLLBACK")
    assert "a reader holds the archive's log" in first.trouble
    assert (first.removal.state, first.removal.verified) == ("deleted", False)
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(0,)]
    second = remove(world.path, SCOPE, LETTER)
    assert (second.removal.id, second.removal.state, second.trouble) == (first.removal.id, "verified", "")
    assert stranger.search(world.path.parent, words) == {}


@pytest.mark.parametrize(
    ("command_name", "most_bytes"),
    [
        pytest.param(name, most, marks=() if (name, most) == ("remove-source", 60_000) else pytest.mark.slow)
        for name, limits in (
            ("remove-source", (2_000, 60_000, 200_000, 500_000)),
            ("redact", (2_000, 60_000, 200_000)),
        )
        for most in limits
    ],
)
def test_a_full_disk_stops_it_and_the_same_command_goes_on(
    world: World, command_name: str, most_bytes: int
) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    page = world.of(PARK)[3]
    passage = page.text.split("\n")[2]
    what = {"remove-source": [PARK], "redact": [page.url, "--passage", passage]}[command_name]
    gone = {"remove-source": unique_words(world, PARK), "redact": stranger.pieces(passage)}[command_name]
    words = [sys.executable, "-m", "crawler.cli", "--db", str(world.path), command_name, *what]
    words += ["--requester", "legal", "--reason", "letter", "--yes"]
    full = subprocess.run(words, capture_output=True, text=True, preexec_fn=limited, check=False, timeout=120)
    assert full.returncode == 4, full.stderr
    assert full.stderr.strip().splitlines()[-1].startswith("parknews: ")
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert stranger.search(world.path.parent, gone) == {}
