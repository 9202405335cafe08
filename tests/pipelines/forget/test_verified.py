"""Every removal can end verified, whatever its letter quotes or names; only a true one does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from pipelines.forget.order import Order
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import decide, remove
from pipelines.pages.frontier import Link
from pipelines.store import CrawlStore
from tests.commands import Run
from tests.pipelines.forget import stranger
from tests.pipelines.forget.test_stay_down import come
from tests.pipelines.forget.worlds import (
    COPIER,
    NAMES,
    PARK,
    STAY_DOWN,
    WHO,
    MakeWorld,
    Told,
    World,
    make_text,
    page_of,
)
from tests.readings import rows

SECRET = "贵站所载之事涉及某某公司未公开的机密"


def test_a_letter_that_quotes_what_goes_is_warned_of_kept_and_verified(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    reason = f"请删除《{page.title}》,见{page.url}。{page.text[:40]}"
    who = ("--requester", f"{page.title}作者", "--reason", reason)
    done = parknews("remove-source", "--url", page.url, *who, "--yes", "--json")
    assert (done.code, done.json["state"], done.json["reason"]) == (0, "verified", reason)
    assert "--requester '…作者'" in done.err
    assert "--reason '请删除《…》,见…" in done.err
    assert parknews("removals", "verify", "1").code == 0


def test_a_credit_that_the_pages_name_is_verified(make_world: MakeWorld) -> None:
    own = [
        page_of(PARK, n, text=f"来源：{NAMES[PARK]}管理委员会政策研究室\n{make_text(n)}") for n in range(3)
    ]
    copied = [replace(page, host=COPIER, credited=NAMES[PARK]) for page in own]
    filler = [page_of(COPIER, n) for n in range(100, 120)]
    world = make_world([*own, *copied, *filler])
    order = Order("legal", f"来源：{NAMES[PARK]}管理委员会政策研究室", "2026-04-01T00:00:00Z", now_reason="x")
    outcome = remove(world.path, make_scope(credited=[NAMES[PARK]], hosts=[PARK]), order)
    assert (outcome.removal.state, outcome.trouble) == ("verified", "")


def test_a_reason_is_corrected_and_the_words_before_are_nowhere(world: World, parknews: Run) -> None:
    page = world.of(PARK)[3]
    parknews("remove-source", "--url", page.url, "--requester", "甲", "--reason", SECRET, "--yes")
    assert stranger.search(world.path.parent, [SECRET]) != {}
    assert parknews("removals", "correct", "1", "--reason", "来函第三号").code == 0
    assert stranger.search(world.path.parent, [SECRET]) == {}
    assert parknews("removals", "show", "1", "--json").json["reason"] == "来函第三号"
    assert parknews("removals", "verify", "1").code == 0
    assert parknews("removals", "correct", "1").code == 2


def test_of_a_removed_article_a_set_keeps_the_number_alone(world: World, parknews: Run) -> None:
    page, other = world.of(PARK)[3], world.of(COPIER)[5]
    parknews("sets", "add", "cases", page.url, "--label", SECRET, "--note", "见首段")
    parknews("sets", "add", "cases", other.url, "--note", f"另见：{page.text[:60]}")
    parknews("remove-source", "--url", page.url, "--requester", "甲", "--reason", "来函", "--yes")
    assert stranger.search(world.path.parent, [SECRET, page.text[10:50]]) == {}
    assert parknews("removals", "verify", "1").code == 0
    gone, stays = parknews("sets", "show", "cases", "--json").json["articles"]
    assert (gone["article_id"] > 0, gone["title"], gone["label"], gone["note"]) == (True, None, "", "")
    assert stays["title"] == other.title


def test_a_correction_is_replayed_too(world: World, parknews: Run) -> None:
    backup = world.elsewhere / "backup"
    page = world.of(PARK)[3]
    parknews("remove-source", "--url", page.url, "--requester", "甲", "--reason", SECRET, "--yes")
    parknews("backup", str(backup))
    parknews("removals", "correct", "1", "--reason", "来函第三号")
    parknews("restore", str(backup), "--replace")
    assert parknews("removals", "replay").code == 0
    assert parknews("removals", "show", "1", "--json").json["reason"] == "来函第三号"
    assert stranger.search(world.path.parent, [SECRET]) == {}


def test_a_match_that_was_refused_leaves_its_removal_verifiable(world: World) -> None:
    number = remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN).removal.id
    copy = Told(COPIER, 501, "换了标题", world.of(PARK)[3].text)
    come(world, copy)
    decide(world.path, copy.url, admit=False)
    from pipelines.forget.verbs import verify  # noqa: PLC0415  # only here

    outcome = verify(world.path, number)
    assert (outcome.removal.verified, outcome.trouble) == (True, "")


def _redirected(world: World, *way: str) -> None:
    """What the crawl saw: each address led to the next, by a redirect or a page that refreshes."""
    with CrawlStore(world.store_path) as store:
        for url, target in pairwise(way):
            crawl = store.frontier.begin(COPIER, every_s=1e9, revisit=False, now=1000.0).crawl_id
            store.frontier.queue([Link(url, COPIER, COPIER, "article", 1)])
            entry = next(e for e in store.frontier.next_entries(COPIER, COPIER, 99, 1e12) if e.url == url)
            store.commits.redirect(crawl, entry, 301, Link(target, COPIER, COPIER, "article", 1), now=2000.0)


@pytest.mark.parametrize("hops", [1, 3])
def test_an_address_that_leads_to_the_copy_takes_it(world: World, parknews: Run, hops: int) -> None:
    page = world.of(COPIER)[-1]
    short = [f"https://{COPIER}/s/{n}" for n in range(hops)]
    _redirected(world, *short, page.url)
    plan = parknews("remove-source", "--url", short[0], "--dry-run", "--json").json["plan"]
    assert (plan["urls"], plan["led"][short[0]][-1]) == ([page.url], page.url)
    done = parknews("remove-source", "--url", short[0].replace("https", "http"), *WHO, "--yes", "--json")
    assert (done.code, done.json["state"]) == (0, "verified")
    assert rows(world.path, "SELECT count(*) FROM copies WHERE url = ?", page.url) == [(0,)]
    assert stranger.search(world.path.parent, [page.text.split("\n")[0], *short]) == {}


def test_an_address_that_leads_to_another_owner_takes_nothing_there(world: World, parknews: Run) -> None:
    short = f"https://{COPIER}/s/1"
    _redirected(world, short, world.of(PARK)[3].url)
    done = parknews("remove-source", "--url", short, *WHO, "--yes", "--block-only", "--json")
    assert (done.json["state"], done.json["verified"], done.json["nothing_was_there"]) == (
        "blocked",
        False,
        True,
    )
    listed = parknews("removals", "list", "--json").json["removals"]
    assert (listed[0]["state"], listed[0]["verified"]) == ("blocked", False)
    assert "verified" not in parknews("removals", "show", "1").out
    assert rows(world.path, "SELECT count(*) FROM copies WHERE source = ?", PARK) == [(7,)]


def test_copies_that_came_back_after_blocks_were_deleted_by_hand_are_found(
    world: World, parknews: Run
) -> None:
    page = world.of(PARK)[3]
    parknews("remove-source", PARK, *WHO, "--yes")
    rows(world.path, "DELETE FROM blocks")
    rows(world.path, "UPDATE sources SET status = 'active'")
    assert page.url in come(world, page)
    found = parknews("removals", "verify", "1")
    assert (found.code, "came back" in found.err) == (4, True), found
    assert rows(world.path, "SELECT count(*) FROM copies WHERE url = ?", page.url) == [(0,)]
    done = parknews("removals", "go-on", "1", "--json")
    assert (done.code, done.json["state"], done.json["verified"]) == (0, "verified", True)
    assert stranger.search(world.path.parent, [page.text.split("\n")[0]]) == {}
    assert come(world, page) & {page.url} == set()
