"""A backup or a new archive beside the ledger: what was ordered holds again before anything is read."""

from __future__ import annotations

import shutil

import pytest

from tests.commands import Run
from tests.pipelines.forget import stranger
from tests.pipelines.forget.test_removal import unique_words
from tests.pipelines.forget.worlds import COPIER, PARK, WHO, World
from tests.readings import rows


def test_a_restored_backup_is_refused_until_the_removals_are_applied_again(
    world: World, parknews: Run
) -> None:
    backup = world.elsewhere / "backup"
    words = unique_words(world, PARK)
    assert parknews("backup", str(backup)).code == 0
    parknews("remove-source", PARK, *WHO, "--yes")
    assert parknews("restore", str(backup)).code == 4
    assert parknews("restore", str(backup), "--replace").code == 0
    for refused in (("search", "园区"), ("show", "1"), ("removals", "list")):
        answer = parknews(*refused)
        assert (answer.code, "removals replay" in answer.err) == (4, True), answer
    replayed = parknews("removals", "replay", "--json")
    assert (replayed.code, replayed.json["replayed"][0]["state"]) == (0, "verified")
    assert stranger.search(world.path.parent, words) == {}
    assert parknews("search", "园区").code == 0
    shutil.rmtree(backup)


def test_a_backup_from_while_it_was_hidden_is_deleted_again_with_all_that_was_ordered(
    world: World, parknews: Run
) -> None:
    backup = world.elsewhere / "backup"
    words = unique_words(world, PARK)
    everything = (PARK, *WHO, "--ticket", "T-1", "--stay-down", "--with-mentions", "--yes")
    assert parknews("remove-source", *everything, "--hide-only").code == 0
    assert parknews("backup", str(backup)).code == 0
    assert parknews("removals", "go-on", "1", "--now", "no counter-notice came").code == 0
    assert parknews("restore", str(backup), "--replace").code == 0
    shutil.rmtree(backup)
    assert parknews("removals", "list").code == 4
    assert parknews("removals", "replay", "--json").json["replayed"][0]["state"] == "verified"
    [listed] = parknews("removals", "list", "--json").json["removals"]
    assert (listed["ticket"], listed["stay_down"], listed["mentions"]) == ("T-1", True, True)
    assert stranger.search(world.path.parent, words) == {}
    assert rows(world.path, "SELECT count(*) > 0 FROM stay_down") == [(1,)]


def test_an_archive_made_anew_beside_its_ledger_keeps_the_source_out(world: World, parknews: Run) -> None:
    parknews("remove-source", PARK, *WHO, "--yes")
    for path in world.path.parent.glob("archive*.db*"):
        path.unlink()
    from pipelines.archive import Archive  # noqa: PLC0415
    from pipelines.errors import RefusedError  # noqa: PLC0415

    with pytest.raises(RefusedError, match="replay"):
        Archive(world.path)
    assert parknews("removals", "replay").code == 0
    with Archive(world.path) as archive:
        assert archive.blocklist().blocks(f"https://{PARK}/new.html")


def test_a_ledger_changed_by_hand_is_told(world: World, parknews: Run) -> None:
    parknews("remove-source", PARK, *WHO, "--yes")
    parknews("remove-source", "--url", world.of(COPIER)[0].url, *WHO, "--yes")
    ledger = world.path.with_name("archive-removals.jsonl")
    ledger.write_text(ledger.read_text("utf-8").replace("来函", "x", 1), encoding="utf-8")
    assert "changed by hand" in parknews("removals", "replay").err
