"""Archive, crawl store, ledger and key know each other: what is older, changed, cut short or gone is told."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.forget.order import Order
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from pipelines.store import CrawlStore
from tests.commands import Run
from tests.pipelines.forget import stranger
from tests.pipelines.forget.test_removal import unique_words
from tests.pipelines.forget.worlds import COPIER, NAMES, PARK, WHO, MakeWorld, World, page_of, reading_of
from tests.processes import Child
from tests.readings import rows


def _ledger(world: World) -> Path:
    return world.path.with_name("archive-removals.jsonl")


def _files(world: World) -> dict[str, bytes]:
    """Every file of the archive as it is now, with nothing left in a log."""
    for path in (world.path, world.store_path):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {path.name: path.read_bytes() for path in world.path.parent.glob("archive*") if path.is_file()}


def _refused(parknews: Run, says: str) -> bool:
    answers = [parknews(*words) for words in (("search", "园区"), ("show", "1"), ("removals", "list"))]
    return [(a.code, a.out, says in a.err) for a in answers] == [(4, "", True)] * 3


def _two_removals(world: World, parknews: Run) -> None:
    parknews("remove-source", PARK, *WHO, "--yes")
    parknews("remove-source", "--url", world.of(COPIER)[-1].url, *WHO, "--yes")


def test_a_ledger_without_its_last_line_is_told_and_written_again(world: World, parknews: Run) -> None:
    _two_removals(world, parknews)
    whole = _ledger(world).read_bytes()
    _ledger(world).write_bytes(whole[: whole[:-1].rfind(b"\n") + 1])
    assert _refused(parknews, "lacks its last lines: 1 of 2")
    assert parknews("removals", "replay").code == 0
    assert _ledger(world).read_bytes() == whole
    assert parknews("search", "园区").code == 0


@pytest.mark.parametrize("undone", [True, False])
def test_a_ledger_that_is_gone_is_told_and_written_again(world: World, parknews: Run, undone: bool) -> None:
    parknews("remove-source", PARK, *WHO, "--yes", "--hide-only")
    if undone:
        parknews("removals", "undo", "1", "--reason", "counter-notice")
    whole = _ledger(world).read_bytes()
    _ledger(world).unlink()
    assert _refused(parknews, "the ledger of removals is missing")
    assert parknews("removals", "replay").code == 0
    assert _ledger(world).read_bytes() == whole


@pytest.mark.parametrize("line", [0, -2])
def test_an_edited_line_is_told_be_it_the_last(world: World, parknews: Run, line: int) -> None:
    _two_removals(world, parknews)
    lines = _ledger(world).read_text("utf-8").split("\n")
    for was, now in (("来函", "x"), ('"mode": "delete"', '"mode": "hide"')):
        edited = [*lines]
        edited[line] = edited[line].replace(was, now)
        _ledger(world).write_text("\n".join(edited), "utf-8")
        assert _refused(parknews, "changed by hand")
        assert "changed by hand" in parknews("removals", "replay").err


def test_bytes_that_are_not_utf8_are_told(world: World, parknews: Run) -> None:
    parknews("remove-source", PARK, *WHO, "--yes")
    _ledger(world).write_bytes(b"\xff\xfe" + _ledger(world).read_bytes())
    assert _refused(parknews, "not UTF-8")


def test_an_older_archive_whose_ledger_is_gone_too_is_told_by_the_crawl_store(
    world: World, parknews: Run
) -> None:
    parknews("remove-source", "--url", world.of(COPIER)[-1].url, *WHO, "--yes")
    before = _files(world)["archive.db"]
    parknews("remove-source", PARK, *WHO, "--yes")
    _files(world)
    world.path.write_bytes(before)
    _ledger(world).unlink()
    assert _refused(parknews, "2 orders were given, this archive knows of 1")
    assert parknews("removals", "replay").code == 4


def test_an_old_pages_file_beside_a_new_archive_is_told_and_emptied_again(
    world: World, parknews: Run
) -> None:
    words = unique_words(world, PARK)
    before = _files(world)[world.store_path.name]
    parknews("remove-source", PARK, *WHO, "--yes")
    _files(world)
    world.store_path.write_bytes(before)
    assert _refused(parknews, "an older state of the crawl store")
    assert parknews("removals", "replay").code == 0
    assert stranger.search(world.path.parent, words) == {}
    assert parknews("removals", "show", "1", "--json").json["complete"] is True
    assert parknews("search", "园区").code == 0


def test_a_pages_file_made_anew_is_none_from_before(world: World, parknews: Run) -> None:
    parknews("remove-source", PARK, *WHO, "--yes")
    for path in world.path.parent.glob("archive-pages.db*"):
        path.unlink()
    with CrawlStore(world.store_path) as store:
        from tests.pipelines.forget.worlds import store_pages  # noqa: PLC0415  # only here

        store_pages(store, [world.of(COPIER)[0]])
    assert parknews("search", "园区").code == 0


def test_an_archive_whose_ledger_is_gone_is_not_restored_to_an_older_one_unnoticed(
    world: World, parknews: Run
) -> None:
    backup = world.elsewhere / "backup"
    words = unique_words(world, PARK)
    parknews("backup", str(backup))
    parknews("remove-source", PARK, *WHO, "--yes")
    _ledger(world).unlink()
    assert parknews("restore", str(backup), "--replace").code == 0
    assert _refused(parknews, "1 orders of")
    assert parknews("removals", "replay").code == 0
    shutil.rmtree(backup)
    assert stranger.search(world.path.parent, words) == {}


def test_two_orders_of_one_second_and_one_of_an_earlier_day_are_all_applied_again(
    world: World, parknews: Run
) -> None:
    """Hidden, given back and ordered anew within a second, then once more after the clock was set back."""
    backup = world.elsewhere / "backup"
    parknews("backup", str(backup))
    hides = Order("legal", "letter", "2026-04-01T00:00:00Z", hide_only=True)
    scope = make_scope(hosts=[PARK])
    for _ in range(2):
        number = remove(world.path, scope, hides).removal.id
        parknews("removals", "undo", str(number), "--reason", "x")
    remove(world.path, scope, hides)
    other = make_scope(urls=[world.of(COPIER)[-1].url])
    remove(world.path, other, replace(hides, at="2025-04-01T00:00:00Z"))
    assert parknews("restore", str(backup), "--replace").code == 0
    assert parknews("removals", "replay").code == 0
    states = [one["state"] for one in parknews("removals", "list", "--json").json["removals"]]
    assert states == ["hidden", "hidden", "restored", "restored"]
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(0,)]


def test_a_replay_leaves_the_contested_page_that_the_deed_left(make_world: MakeWorld) -> None:
    own = [page_of(PARK, n) for n in range(6)]
    copied = [replace(page, host=COPIER, credited=NAMES[PARK]) for page in own]
    earlier = replace(own[0], host="daily.example.net", number=77)
    filler = [page_of(COPIER, n) for n in range(100, 130)]
    world = make_world([earlier, *copied, *own, *filler])
    contested = copied[0].url
    before = _files(world)
    scope = make_scope(credited=[NAMES[PARK]])
    order = Order("legal", "letter", "2026-04-01T00:00:00Z", now_reason="court order")
    first = remove(world.path, scope, order)
    kept = rows(world.path, "SELECT url FROM copies ORDER BY url")
    assert (contested,) in kept
    _files(world)
    for name in ("archive.db", world.store_path.name):
        world.path.with_name(name).write_bytes(before[name])
    from pipelines.forget.verbs import replay  # noqa: PLC0415  # only here

    [again] = replay(world.path)
    assert (first.removal.state, again.removal.state) == ("verified", "verified")
    assert rows(world.path, "SELECT url FROM copies ORDER BY url") == kept


def test_a_restore_that_meets_a_full_disk_leaves_the_present_files_whole(world: World, parknews: Run) -> None:
    """Rows that lie in the log alone, too: somebody has the archive open, so that nothing is folded in."""
    backup = world.elsewhere / "backup"
    parknews("backup", str(backup))
    with closing(sqlite3.connect(world.path)) as reader, Archive(world.path) as archive:
        reader.execute("SELECT count(*) FROM copies").fetchone()
        new = [page_of(COPIER, n) for n in range(900, 940)]
        archive.ingest([reading_of(page, page.number) for page in new], "2026-05-01T00:00:00Z")
        [(count,)] = rows(world.path, "SELECT count(*) FROM copies")
        words = [sys.executable, "-m", "crawler.cli", "--db", str(world.path), "restore", str(backup)]
        full = subprocess.run(
            [*words, "--replace"], capture_output=True, text=True, preexec_fn=_full, check=False, timeout=120
        )
    assert full.returncode == 4, full.stderr
    assert rows(world.path, "SELECT count(*) FROM copies") == [(count,)]
    left = [
        path.name for path in world.path.parent.iterdir() if "partial" in path.name or "before" in path.name
    ]
    assert left == []
    assert parknews("search", "园区").code == 0


def _full() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


_CHILD = """
import os, signal, sys
from pathlib import Path
from pipelines.forget import snapshot
name, call = sys.argv[3:]
original, calls = getattr(Path, name), [0]
def killed(self, *args, **known):
    calls[0] += 1
    if calls[0] == int(call):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, *args, **known)
setattr(Path, name, killed)
snapshot.restore(Path(sys.argv[1]), Path(sys.argv[2]), replace=True)
"""


@pytest.mark.parametrize(
    "call", [pytest.param(n, marks=() if n == 3 else pytest.mark.slow) for n in range(1, 5)]
)
def test_a_restore_that_was_killed_is_refused_until_it_is_done_again(
    world: World, parknews: Run, call: int
) -> None:
    backup = world.elsewhere / "backup"
    words = unique_words(world, PARK)
    parknews("backup", str(backup))
    parknews("remove-source", PARK, *WHO, "--yes")
    arguments = (str(backup), str(world.path), "replace", str(call))
    assert Child(_CHILD, *arguments).wait(120) == -signal.SIGKILL
    shown = parknews("search", world.of(PARK)[3].title)
    assert shown.code == 0 or (shown.code, "`parknews restore`" in shown.err) == (4, True), shown
    assert PARK not in shown.out
    assert parknews("restore", str(backup), "--replace").code == 0
    assert _refused(parknews, "1 orders of")
    assert parknews("removals", "replay").code == 0
    shutil.rmtree(backup)
    assert stranger.search(world.path.parent, words) == {}
