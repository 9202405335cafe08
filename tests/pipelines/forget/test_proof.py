"""The proof of a removal finds what it removed wherever it lies, and whatever became of the schema."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from pipelines.forget.delete import seeker
from pipelines.forget.notes import notes_path
from pipelines.forget.passages import Hashes, Seeker
from pipelines.forget.prove import held_by
from pipelines.forget.rows import words_in_archive, words_in_store
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import go_on, remove, verify
from pipelines.pages.signs import read_signs
from pipelines.store import CrawlStore, locked
from tests.commands import Run
from tests.pipelines.added import add_everywhere
from tests.pipelines.forget.worlds import (
    DAILY,
    LETTER,
    PARK,
    WHO,
    MakeWorld,
    World,
    make_text,
    page_of,
    small_pages,
)

LONG = page_of(PARK, 777, text=make_text(777, lines=400))


def _removed(make_world: MakeWorld) -> tuple[World, int]:
    world = make_world([*small_pages(), LONG])
    return world, remove(world.path, make_scope(hosts=[PARK]), LETTER).removal.id


def _lines_in_every_table(path: Path) -> dict[str, str]:
    """Puts a removed paragraph of its own into a new column of every table; table → paragraph."""
    lines, put = iter(LONG.text.split("\n")), {}
    add_everywhere(path, lambda table: put.setdefault(table, "\n".join(islice(lines, 5))))
    return put


def _is_lawful(looks: Seeker, line: str, lawful: Hashes) -> bool:
    found = looks.find(line.encode())
    assert len(found)
    return bool(np.isin(found, lawful).any())


def test_what_pages_that_somebody_deleted_by_hand_left_goes_too(world: World) -> None:
    with closing(sqlite3.connect(world.path)) as connection:  # as the sqlite3 shell: without foreign keys
        page, host = connection.execute("SELECT reading_id, source FROM copies WHERE NOT kept").fetchone()
        connection.execute("DELETE FROM copies WHERE reading_id = ?", (page,))
        connection.execute("DELETE FROM readings WHERE id = ?", (page,))
        connection.execute("INSERT INTO missed VALUES (?, 'title', 'what its headline said')", (page,))
        connection.commit()
    told = remove(world.path, make_scope(hosts=[host]), LETTER)
    assert (told.removal.verified, "rows of missed that belong to nothing" in told.trouble) == (False, True)
    assert go_on(world.path, told.removal.id).removal.verified
    assert b"what its headline said" not in world.path.read_bytes()


def test_what_a_survivor_says_may_stand_in_any_file_beside_the_archive(make_world: MakeWorld) -> None:
    """A sources file holds a long name that the removed pages name, too."""
    shared = "本次签约的项目由酉阳土家族苗族自治县经济开发区管委会逐一跟踪落实，并按月公布进展情况。"
    surviving, removed = page_of(DAILY, 31), page_of(PARK, 32)
    survivor = replace(surviving, text=f"{surviving.text}\n{shared}")
    world = make_world([survivor, replace(removed, text=f"{shared}\n{removed.text}")])
    beside = world.path.with_name("sources.toml")
    beside.write_text(f'name = "{shared[10:]}"\n', encoding="utf-8")
    done = remove(world.path, make_scope(hosts=[PARK]), LETTER).removal
    assert done.verified
    [told] = [file for file in done.verification["files"] if file["file"] == beside.name]
    assert (told["left"], told["shared"] > 0) == (0, True)
    beside.write_text(removed.text[:200], encoding="utf-8")
    assert not verify(world.path, done.id).removal.verified


def test_what_lies_where_the_catalogue_knows_nothing_of_it_is_residue(make_world: MakeWorld) -> None:
    world, number = _removed(make_world)
    in_archive, in_store = map(_lines_in_every_table, (world.path, world.store_path))
    with closing(sqlite3.connect(world.path)) as archive, closing(sqlite3.connect(world.store_path)) as store:
        looks = seeker(archive, number)
        for put, there in ((in_archive, words_in_archive(archive)), (in_store, words_in_store(store))):
            lawful, _ = held_by(looks, there)
            assert [table for table, line in put.items() if _is_lawful(looks, line, lawful)] == []
    found = verify(world.path, number).removal
    names = {file["file"].removesuffix("-wal") for file in found.verification["files"] if file["left"]}
    assert (found.verified, names) == (False, {world.path.name, world.store_path.name})


def test_a_removed_address_there_is_told_by_its_table(make_world: MakeWorld) -> None:
    world, number = _removed(make_world)
    tables = add_everywhere(world.path, lambda _: LONG.url)
    told = verify(world.path, number).removal.verification["troubles"]
    untold = [table for table in tables if not any(t.endswith(f"rows of {table}") for t in told)]
    assert untold == ["uncounted"]  # each change empties it


def test_samples_that_another_sqlite_kept_of_index_keys_go_with_a_removal(world: World) -> None:
    url = world.of(PARK)[1].url
    with closing(sqlite3.connect(world.path, isolation_level=None)) as archive:
        columns = "tbl, idx, neq, nlt, ndlt, sample"
        archive.execute(f"CREATE TABLE samples ({columns})")
        archive.execute("INSERT INTO samples VALUES ('readings', 'x', '1', '0', '0', ?)", (url.encode(),))
        archive.execute("PRAGMA writable_schema = ON")  # as ANALYZE makes it where SQLite has STAT4
        archive.execute(
            "UPDATE sqlite_schema SET name = 'sqlite_stat4', tbl_name = 'sqlite_stat4',"
            f" sql = 'CREATE TABLE sqlite_stat4 ({columns})' WHERE name = 'samples'"
        )
    outcome = remove(world.path, make_scope(hosts=[PARK]), LETTER)
    assert (outcome.trouble, outcome.removal.verified) == ("", True)
    assert url.encode() not in world.path.read_bytes()


def test_how_a_removed_start_page_looked_goes_with_it(world: World) -> None:
    url = world.of(PARK)[1].url
    with CrawlStore(world.store_path) as store:
        for kind in (url, "article"):
            store.sources.put_signs(PARK, kind, read_signs(b"<p class=x>"), changed=False, at=0.0)
    assert remove(world.path, make_scope(urls=[url]), LETTER).removal.verified
    assert url.encode() not in world.store_path.read_bytes()


def test_a_proof_that_has_nothing_to_search_for_is_none(world: World, parknews: Run) -> None:
    page = world.of(PARK)[2]
    parknews("remove-source", "--url", page.url, *WHO, "--yes")
    letter = world.elsewhere / "letter.txt"
    letter.write_text("园区", encoding="utf-8")
    assert parknews("removals", "verify", "1", "--text", str(letter)).code == 2
    notes = notes_path(world.path)
    notes.unlink()
    assert "--text FILE" in parknews("removals", "verify", "1").err
    letter.write_text(page.text, encoding="utf-8")
    assert parknews("removals", "verify", "1", "--text", str(letter)).code == 0


@pytest.mark.parametrize("harm", ["harm\n", "{}\n", '{"order": "x", "kind": "anchors", "hashes": "AAAA"}\n'])
def test_damaged_notes_are_named(world: World, parknews: Run, harm: str) -> None:
    parknews("remove-source", "--url", world.of(PARK)[2].url, *WHO, "--yes")
    notes_path(world.path).write_text(harm, encoding="ascii")
    refused = parknews("removals", "verify", "1")
    assert (refused.code, notes_path(world.path).name in refused.err) == (4, True), refused


def test_what_a_killed_process_left_among_temporary_files_goes_too(
    world: World, parknews: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(world.elsewhere))
    left, in_use = (world.elsewhere / f"parknews-pages-{name}" for name in ("left", "in_use"))
    for folder in (left, in_use):
        folder.mkdir()
        (folder / "slice.db").write_text(world.of(PARK)[2].text)
        os.utime(folder, (0, 0))
    with locked(in_use):
        assert parknews("remove-source", PARK, *WHO, "--yes").code == 0
    assert (left.exists(), in_use.exists()) == (False, True)
