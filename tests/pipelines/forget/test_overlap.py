"""Removals that hold the same pages: hidden, deleted and undone in every order, and again after a restore."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from pipelines.archive.kept_out.blocks import answer
from pipelines.forget.order import Order
from pipelines.forget.scope import Scope, make_scope
from pipelines.forget.verbs import delete_now, go_on, remove, replay, restore_hidden
from pipelines.store import store_path
from tests.pipelines.forget.worlds import DAILY, NAMES, PARK, World
from tests.readings import rows

SCOPES = {"a": make_scope(hosts=[PARK]), "b": make_scope(credited=[NAMES[DAILY]])}
"""The park's page that credits the daily is within both."""

PROGRAMS = ("h", "hu", "hd", "d")
"""What is done with one scope: hidden, undone, deleted."""


def interleaved(first: str, second: str) -> Iterator[tuple[str, ...]]:
    """Every order of two programs, each kept in its own."""
    size = len(first) + len(second)
    for places in combinations(range(size), len(first)):
        one, two = iter(first), iter(second)
        yield tuple(f"a{next(one)}" if n in places else f"b{next(two)}" for n in range(size))


ORDERS = [order for one in PROGRAMS for two in PROGRAMS for order in interleaved(one, two)]
SOON = {
    ("ah", "bh", "bu"),
    ("ah", "bh", "au", "bu"),
    ("bh", "ah", "bu", "au"),
    ("ah", "bh", "bu", "ad"),
    ("bh", "ad", "bu"),
    ("ad", "bh", "bu"),
    ("bh", "ah", "bd", "au"),
}
"""Those in which something was lost or kept wrongly once, and one of each kind; the others take minutes."""


def copies(path: Path) -> list[tuple[int, str]]:
    return rows(path, "SELECT id, url FROM copies ORDER BY id")


def do(path: Path, step: str, numbers: dict[str, int], at: str) -> None:
    """One step, as the commands do it."""
    name, deed = step
    if deed == "u":
        restore_hidden(path, numbers[name], "counter-notice")
        return
    if deed == "d" and name in numbers:
        outcome = delete_now(path, numbers[name], "no counter-notice")
    else:
        outcome = remove(path, SCOPES[name], Order("r", "r", at, hide_only=deed == "h"))
    numbers[name] = outcome.removal.id
    assert (outcome.trouble, outcome.removal.state) == ("", "hidden" if deed == "h" else "verified")


def held(path: Path, scope: Scope, folder: Path) -> set[str]:
    """The copies that a scope takes by itself."""
    alone = folder / path.name
    copied(path, alone)
    before = copies(alone)
    remove(alone, scope, Order("r", "r", "2026-04-01T00:00:00Z", hide_only=True))
    return {url for _, url in before} - {url for _, url in copies(alone)}


def copied(path: Path, to: Path) -> None:
    """Archive and crawl store as a backup has them: without the ledger, which stays where it is."""
    to.parent.mkdir(exist_ok=True)
    for file in (path, store_path(path)):
        shutil.copy(file, to.with_name(file.name))


@pytest.mark.parametrize(
    "order", [pytest.param(o, marks=[] if o in SOON else pytest.mark.slow, id="-".join(o)) for o in ORDERS]
)
def test_in_every_order_what_is_in_force_is_gone_and_nothing_else_also_after_a_restore(
    world: World, tmp_path: Path, order: tuple[str, ...]
) -> None:
    outside = tmp_path.with_name(tmp_path.name + "-outside")
    world_files = outside / "backup" / world.path.name
    outside.mkdir()
    copied(world.path, world_files)
    before = copies(world.path)
    takes = {name: held(world_files, scope, outside / name) for name, scope in SCOPES.items()}
    assert takes["a"] & takes["b"]

    numbers: dict[str, int] = {}
    for place, step in enumerate(order):
        do(world.path, step, numbers, f"2026-04-0{place + 1}T00:00:00Z")
    last = dict(order)  # two letters each
    gone = {url for name in takes if last[name] != "u" for url in takes[name]}
    left = [(number, url) for number, url in before if url not in gone]
    assert copies(world.path) == left
    assert unanswered(world.path) == []

    copied(world_files, world.path)
    assert [outcome.trouble for outcome in replay(world.path)] == [""] * len(
        [name for name in last if last[name] != "u"]
    )
    assert copies(world.path) == left
    assert replay(world.path) == []


def unanswered(path: Path) -> list[int]:
    """Numbers of articles that a removal answers for although they are there."""
    connection = sqlite3.connect(path)
    try:
        there = [row[0] for row in connection.execute("SELECT id FROM articles")]
        return [number for number in there if answer(connection, str(number)) is not None]
    finally:
        connection.close()


def test_a_removal_that_lost_its_mark_to_another_finds_its_pages_again(world: World) -> None:
    numbers: dict[str, int] = {}
    do(world.path, "ah", numbers, "2026-04-01T00:00:00Z")
    connection = sqlite3.connect(world.path)
    connection.execute("DELETE FROM withheld WHERE removal_id = 1")  # as archives of older versions have it
    connection.commit()
    connection.close()
    do(world.path, "ad", numbers, "2026-04-02T00:00:00Z")
    assert rows(world.path, "SELECT count(*) FROM readings WHERE source = ?", PARK) == [(0,)]


def test_a_removal_that_passed_its_pages_over_deletes_them_when_it_goes_on(world: World) -> None:
    numbers: dict[str, int] = {}
    do(world.path, "ah", numbers, "2026-04-01T00:00:00Z")
    connection = sqlite3.connect(world.path)
    connection.execute("DELETE FROM withheld")  # as an older version left it: "4 rows of readings" for ever
    connection.execute("UPDATE removals SET state = 'forgotten', mode = 'delete'")
    connection.commit()
    connection.close()
    outcome = go_on(world.path, 1)
    assert (outcome.trouble, outcome.removal.state, outcome.removal.verified) == ("", "verified", True)
    assert "found again" in {event for _, event, _ in outcome.events}
    assert rows(world.path, "SELECT count(*) FROM readings WHERE source = ?", PARK) == [(0,)]
