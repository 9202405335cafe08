"""What people wrote beside others' pages, and what lies in folders within: named or emptied, never missed."""

from __future__ import annotations

import gzip

from crawler.cli.receipts import RECEIPT, WORDS
from pipelines.archive import Archive
from pipelines.forget.receipt import markdown
from pipelines.forget.record import recorded
from pipelines.forget.rows import EMPTIED
from pipelines.forget.scope import make_scope
from pipelines.forget.snapshot import back_up
from pipelines.forget.verbs import remove
from pipelines.report.words import words
from tests.commands import Run
from tests.pipelines.forget import stranger
from tests.pipelines.forget.worlds import COPIER, DAILY, LETTER, PARK, WHO, WHOLE_PARK, World
from tests.readings import rows

AT = "2026-03-02T00:00:00Z"


def test_a_reason_that_quotes_what_goes_is_emptied_and_the_correction_holds_on(world: World) -> None:
    park = world.of(PARK)[3]
    other = [page for page in world.of(COPIER) if not page.credited]
    with Archive(world.path) as archive:
        archive.correct(other[1].url, "author", "甲", f"见{park.url}一文", AT)
        archive.correct(other[2].url, "author", "乙", f"据《{park.title}》的署名", AT)
        archive.correct(other[3].url, "author", "丙", f"见 {other[4].url} 一文", AT)
    remove(world.path, WHOLE_PARK, LETTER)
    assert rows(world.path, "SELECT value, reason FROM corrections ORDER BY id") == [
        ("甲", EMPTIED),
        ("乙", EMPTIED),
        ("丙", f"见 {other[4].url} 一文"),
    ]
    assert stranger.search(world.path.parent, [park.url, park.title]) == {}


def test_a_kept_search_that_quotes_what_goes_goes_too_and_a_set_gets_another_name(
    world: World, parknews: Run
) -> None:
    park, other = world.of(PARK)[3], world.of(COPIER)[5]
    for name, query in (("q", f'"{park.text[:30]}"'), (park.title, "园区"), ("kept", "园区 企业")):
        parknews("searches", "add", name, query)
    for name in (park.title, f"{park.title}续", "kept"):
        parknews("sets", "add", name, other.url)
    done = parknews("remove-source", "--url", park.url, *WHO, "--yes", "--json")
    assert done.json["counts"]["searches and names of sets that quoted it"] == 4
    assert rows(world.path, "SELECT name FROM searches") == [("kept",)]
    assert {name for (name,) in rows(world.path, "SELECT set_name FROM set_articles")} == {
        f"{EMPTIED} 1",
        f"{EMPTIED} 2",
        "kept",
    }
    assert stranger.search(world.path.parent, [park.text[:30], f"{park.title}续"]) == {}


def test_a_prefix_that_is_a_pages_address_stands_nowhere_in_clear(world: World, parknews: Run) -> None:
    url = world.of(DAILY)[-2].url
    done = parknews("remove-source", "--url-prefix", url, *WHO, "--yes", "--json")
    assert (done.code, done.json["state"], done.json["asked"][0]["state"]) == (0, "verified", "taken")
    lawful = {world.store_path.name}  # the site's list still leads there
    assert set(stranger.search(world.path.parent, [url.partition("//")[2]])) <= lawful


def test_a_reason_of_a_join_or_split_of_others_is_emptied_where_it_moved_their_copies_too(
    world: World,
) -> None:
    park = world.of(PARK)[3]
    with Archive(world.path) as archive:
        one, two = world.of(DAILY)[2], world.of(COPIER)[6]
        archive.join(one.url, two.url, f"同《{park.title}》一样", AT)
    assert park.title in str(rows(world.path, "SELECT reason FROM decisions UNION SELECT reason FROM moves"))
    remove(world.path, WHOLE_PARK, LETTER)
    assert rows(world.path, "SELECT reason FROM decisions") == [(EMPTIED,)]
    assert stranger.search(world.path.parent, [park.url, park.title]) == {}


def test_what_lies_in_a_folder_within_is_named_and_does_not_hold_the_removal_up(world: World) -> None:
    park, other = world.of(PARK)[3], world.of(DAILY)[4]
    folder = world.path.parent / "report" / "2026"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(f"<li>{park.title}</li><li>{park.text}</li>", encoding="utf-8")
    (folder / "pages.gz").write_bytes(gzip.compress(park.html))
    (folder / "others.html").write_text(other.text, encoding="utf-8")
    outcome = remove(world.path, make_scope(hosts=[PARK]), LETTER)
    found = recorded(world.path, 1).removal.verification
    assert (outcome.removal.state, outcome.trouble) == ("verified", "")
    assert [file["file"] for file in found["elsewhere"]] == ["report/2026/index.html", "report/2026/pages.gz"]
    assert "report/2026/index.html (in a folder within the archive's) holds" in markdown(
        outcome, words("en", WORDS, RECEIPT)
    )


def test_a_backup_within_is_named_as_one_and_not_searched(world: World) -> None:
    back_up(world.path, world.path.parent / "kept" / "first")
    remove(world.path, WHOLE_PARK, LETTER)
    found = recorded(world.path, 1).removal.verification
    assert (found["elsewhere"], found["backups"]) == ([], ["kept/first"])
