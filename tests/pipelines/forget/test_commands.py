"""The commands that a takedown handler types."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from tests.commands import Run, parknews_here
from tests.pipelines.forget.test_removal import unique_words
from tests.pipelines.forget.worlds import COPIER, DAILY, NAMES, PARK, WHO, MakeWorld, World, page_of
from tests.readings import rows


def test_a_dry_run_shows_the_plan_and_changes_nothing(world: World, parknews: Run) -> None:
    plan = parknews("remove-source", PARK, "--dry-run", "--json").json["plan"]
    assert (plan["counts"]["copies"], len(plan["urls"]), plan["needs_plan_hash"]) == (7, 7, False)
    assert rows(world.path, "SELECT count(*) FROM removals") == [(0,)]


def test_a_removal_ends_with_a_receipt_and_is_listed(world: World, parknews: Run) -> None:
    receipt = world.elsewhere / "receipt.md"
    done = parknews("remove-source", PARK, *WHO, "--yes", "--receipt", str(receipt))
    assert done.code == 0, done.err
    assert "State: **verified**" in done.out
    assert receipt.read_text("utf-8") == done.out
    assert [word for word in unique_words(world, PARK) if word in done.out] == []
    [listed] = parknews("removals", "list", "--json").json["removals"]
    assert (listed["state"], listed["verified"], listed["scope"]) == ("verified", True, f"host {PARK}")
    assert parknews("removals", "show", "1", "--json").json["complete"] is True
    assert parknews("removals", "verify", "1").code == 0


def test_a_removed_address_answers_with_its_removal_and_nothing_else(world: World, parknews: Run) -> None:
    url = world.of(PARK)[3].url
    [(article,)] = rows(world.path, "SELECT article_id FROM copies WHERE url = ?", url)
    parknews("remove-source", PARK, *WHO, "--yes")
    for words in (("show", url), ("show", str(article)), ("search", url), ("reuse", url)):
        answer = parknews(*words)
        assert answer.out.startswith("removed on 20")
        assert answer.out.endswith("by removal 1\n")


def test_more_than_a_fifth_needs_the_plans_hash(world: World, parknews: Run) -> None:
    refused = parknews("remove-source", DAILY, *WHO, "--yes")
    assert refused.code == 4
    plan = parknews("remove-source", DAILY, "--dry-run", "--json").json["plan"]
    assert plan["plan_hash"] in refused.err
    assert parknews("remove-source", DAILY, *WHO, "--plan-hash", "0" * 16).code == 4
    assert parknews("remove-source", DAILY, *WHO, "--yes", "--plan-hash", plan["plan_hash"]).code == 0


def test_pages_of_others_are_hidden_first_and_deleted_at_once_only_with_a_reason(
    world: World, parknews: Run
) -> None:
    scope = ("remove-source", "--credited", NAMES[PARK])
    waiting = parknews(*scope, *WHO, "--yes", "--json")
    assert (waiting.code, waiting.json["state"]) == (1, "hidden")
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", COPIER) == [(25,)]
    done = parknews(*scope, *WHO, "--yes", "--now", "court order", "--json")
    assert (done.code, done.json["state"], done.json["id"]) == (0, "verified", 1)
    assert "court order" in {event["detail"] for event in done.json["events"]}


def test_a_counter_notice_gives_back_what_is_hidden(world: World, parknews: Run) -> None:
    parknews("remove-source", PARK, *WHO, "--yes", "--hide-only")
    assert parknews("removals", "undo", "1").code == 2
    assert parknews("removals", "undo", "1", "--reason", "counter-notice").code == 0
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(7,)]


def test_a_file_of_requests_is_one_scope(world: World, parknews: Run) -> None:
    lines = [COPIER, world.of(PARK)[0].url, f"https://{DAILY}/b/", "credited = 无此报社", "# a remark"]
    letter = world.path.parent / "letter.txt"
    letter.write_text("\n".join(lines), encoding="utf-8")
    plan = parknews("remove-source", "--from", str(letter), "--dry-run", "--json").json["plan"]
    assert plan["counts"]["copies"] == 26 + 1 + 1


def test_exports_that_hold_some_of_it_are_named_with_their_rows(
    world: World, parknews: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("handed-out")
    assert parknews("export", "--output", str(world.path.parent / "all.csv")).code == 0
    assert parknews("export", "--what", "copies", "--output", str(elsewhere / "copies.csv")).code == 0
    for what in ("versions", "coverage"):
        assert parknews("export", "--what", what, "--output", str(elsewhere / f"{what}.csv")).code == 0
    copies = rows(world.path, "SELECT id FROM copies WHERE source = ? ORDER BY id", PARK)
    articles = rows(world.path, "SELECT DISTINCT article_id FROM copies WHERE source = ? ORDER BY 1", PARK)
    scope = (PARK, "--exports", str(elsewhere))
    plan = parknews("remove-source", *scope, "--dry-run", "--json").json["plan"]
    assert {export["file"]: export["rows"] for export in plan["exports"]} == {
        str(world.path.parent / "all.csv"): [row[0] for row in articles],
        str(elsewhere / "copies.csv"): [row[0] for row in copies],
        str(elsewhere / "versions.csv"): [row[0] for row in copies],
    }
    done = parknews("remove-source", *scope, *WHO, "--yes")
    assert done.code == 0, done.err
    told = [line for line in done.out.splitlines() if line.startswith("- an exported file holds some of it")]
    named = [export["export_id"] in line for export, line in zip(plan["exports"], told, strict=True)]
    assert named == [True] * 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say what is to go"),
        ((PARK,), "--requester and --reason"),
        (("--url", "ftp://x/1"), "not a web address"),
        (("--include-subdomains", "--url", "https://a.cn/1"), "needs a HOST"),
    ],
)
def test_wrong_usage_is_told_in_a_line(parknews: Run, words: tuple[str, ...], says: str) -> None:
    answer = parknews("remove-source", *words)
    assert (answer.code, says in answer.err) == (2, True), answer


def test_what_a_letter_says_is_found_with_the_reason(world: World, parknews: Run) -> None:
    page, letter = world.of(PARK)[3], world.path.parent / "letter.txt"
    letter.write_text(f"贵站转载了我社的文章：\n{page.text[:40]}\n", encoding="utf-8")
    for words, reason in (
        ((page.url,), "its address"),
        ((PARK,), "its host"),
        ((NAMES[PARK],), "it is on that publisher's site"),
        (("--text", str(letter)), "its text says this"),
    ):
        matches = parknews("removals", "find", *words, "--json").json["matches"]
        assert {"url": page.url, "reason": reason}.items() <= matches_by_url(matches)[page.url].items()
    assert parknews("removals", "find", "从未抓取的报社").out == "nothing matches\n"


def matches_by_url(matches: list[dict]) -> dict[str, dict]:
    return {match["url"]: match for match in matches}


def test_a_copier_with_a_forged_date_gets_its_own_pages_removed_and_not_its_victims(
    make_world: MakeWorld,
) -> None:
    """It says that it had the text four days before the daily, whom a third site credits with it."""
    victim = page_of(DAILY, 1, date(2026, 2, 5))
    forged = replace(victim, host=COPIER, day=date(2026, 2, 1))
    witness = replace(victim, host=PARK, day=date(2026, 2, 6), credited=NAMES[DAILY])
    filler = [page_of(DAILY, n, date(2026, 1, 2)) for n in range(10, 30)]
    world = make_world([victim, forged, witness, *filler], name="forged.db")

    run = partial(parknews_here, world.path)
    scope = ("remove-source", COPIER, "--with-copies")
    plan = run(*scope, "--dry-run", "--json").json["plan"]
    assert plan["urls"] == [forged.url]
    assert [survivor["url"] for survivor in plan["survivors"]] == [victim.url]
    assert run(*scope, *WHO, "--yes").code == 0
    assert rows(world.path, "SELECT url FROM copies WHERE title = ? ORDER BY url", victim.title) == [
        (victim.url,),
        (witness.url,),
    ]


def test_the_same_command_with_its_plans_hash_goes_on_after_the_rows_are_deleted(
    world: World, parknews: Run
) -> None:
    plan = parknews("remove-source", DAILY, "--dry-run", "--json").json["plan"]
    command = ("remove-source", DAILY, *WHO, "--yes", "--plan-hash", plan["plan_hash"])
    with sqlite3.connect(world.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        held = parknews(*command)
        reader.execute("ROLLBACK")
    assert (held.code, "a reader holds the archive's log" in held.err) == (4, True)
    assert parknews("removals", "list", "--json").json["removals"][0]["state"] == "deleted"
    done = parknews(*command, "--json")
    assert (done.code, done.json["id"], done.json["state"]) == (0, 1, "verified")


def test_no_digest_of_a_removed_address_can_be_made_without_the_archive(world: World, parknews: Run) -> None:
    url = world.of(PARK)[3].url
    assert parknews("remove-source", "--url", url, *WHO, "--yes").code == 0
    held = b"".join(path.read_bytes() for path in world.path.parent.iterdir() if path.is_file())
    digests = [hashlib.new(name, url.encode()) for name in ("md5", "sha1", "sha256", "blake2b")]
    assert [
        digest.name
        for digest in digests
        if digest.hexdigest()[:12].encode() in held or digest.digest()[:6] in held
    ] == []


def test_every_mistake_in_a_file_of_requests_is_told_with_its_line(world: World, parknews: Run) -> None:
    letter = world.elsewhere / "letter.txt"
    good, wrong = world.of(PARK)[3].url, ["javascript:alert(1)", "ftp://x/1", "credited="]
    letter.write_text(
        "\n".join(["# a letter", good, "", *wrong, "\x1b[31m", *["a b"] * 40]), encoding="utf-8"
    )
    answer = parknews("remove-source", "--from", str(letter), *WHO, "--yes")
    assert (answer.code, rows(world.path, "SELECT count(*) FROM removals")) == (2, [(0,)])
    assert [f"line {number}: " in answer.err for number in range(1, 8)] == [False] * 3 + [True] * 4
    assert ("and 24 lines more" in answer.err, "\x1b" in answer.err) == (True, False)


def test_a_mistyped_host_is_refused_and_the_nearest_named(world: World, parknews: Run) -> None:
    mistyped = PARK.replace("park", "parkk")
    refused = parknews("remove-source", mistyped, *WHO, "--yes")
    assert (refused.code, f"did you mean {PARK}?" in refused.err) == (2, True), refused
    assert "--block-only" in parknews("remove-source", mistyped, "--dry-run").out
    mistyped_name = parknews("remove-source", "--credited", NAMES[PARK] + "网", *WHO, "--yes")
    assert (mistyped_name.code, f"did you mean {NAMES[PARK]}?" in mistyped_name.err) == (2, True)
    assert rows(world.path, "SELECT count(*) FROM removals") == [(0,)]


def test_what_was_never_here_is_blocked_and_nothing_is_called_verified(world: World, parknews: Run) -> None:
    never = ("remove-source", "never.example.com", *WHO, "--yes")
    done = parknews(*never, "--block-only")
    assert done.code == 0, done.err
    assert "State: **blocked** (nothing was there" in done.out
    assert "verified" not in done.out.partition("## Verification")[0]
    assert parknews("removals", "show", "1", "--json").json["nothing_was_there"] is True
    assert parknews(*never).out.startswith("already done by removal 1")


def test_a_removal_that_is_through_is_not_recorded_again(world: World, parknews: Run) -> None:
    command = ("remove-source", PARK, *WHO, "--yes")
    assert parknews(*command).code == 0
    again = parknews(*command)
    assert (again.code, again.out.startswith("already done by removal 1")) == (0, True)
    assert parknews(*command, "--json").json["id"] == 1
    assert rows(world.path, "SELECT count(*) FROM removals") == [(1,)]


def test_the_receipt_has_the_numbers_of_the_plan_and_what_stays_down(world: World, parknews: Run) -> None:
    planned = parknews("remove-source", PARK, "--dry-run", "--json").json["plan"]["counts"]
    done = parknews("remove-source", PARK, *WHO, "--stay-down", "--yes")
    assert planned["signatures"] > 0
    assert f"- signatures: {planned['signatures']}\n" in done.out
    assert "The same texts are held when they come from other addresses" in done.out


def test_a_number_that_was_never_given_is_wrong_usage_and_nothing_to_go_on_with_is_said(
    world: World, parknews: Run
) -> None:
    for command in (("show", "9"), ("verify", "9"), ("go-on", "9"), ("undo", "9", "--reason", "x")):
        answer = parknews("removals", *command)
        assert (answer.code, "`parknews removals list`" in answer.err) == (2, True), answer
    assert parknews("removals", "go-on").out == "nothing is left to go on with\n"


def test_going_on_without_a_number_does_all_that_is_left_and_ends_with_the_gravest_code(
    world: World, parknews: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.forget.erase.CHECKPOINT_WAIT_MS", 50)
    urls = [page.url for page in world.pages if page.host == COPIER][-2:]
    with sqlite3.connect(world.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        ordered = [parknews("remove-source", "--url", url, *WHO, "--yes").code for url in urls]
        held = parknews("removals", "go-on", "--json")
        reader.execute("ROLLBACK")
    done = parknews("removals", "go-on", "--json")
    states = [[found["state"] for found in answer.json["removals"]] for answer in (held, done)]
    assert (ordered, held.code, done.code) == ([4, 4], 4, 0)
    assert states == [["deleted", "deleted"], ["verified", "verified"]]
    assert held.err.count("is not complete") == 2
