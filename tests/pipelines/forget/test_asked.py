"""A line for each thing that was asked for, and scopes that go by what pages say."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from pipelines.archive.file import reader
from pipelines.archive.kept_out.blocks import read_blocklist
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import preview
from tests.commands import Run
from tests.pipelines.forget.worlds import (
    COPIER,
    DAILY,
    NAMES,
    PARK,
    WHO,
    MakeWorld,
    Told,
    World,
    make_text,
    page_of,
)
from tests.readings import rows


def page(host: str, number: int, **more: Any) -> Told:
    return page_of(host, number, **{"day": date(2026, 2, number), **more})


def test_each_thing_asked_for_has_its_line(world: World, parknews: Run) -> None:
    park = world.of(PARK)
    assert parknews("remove-source", "--url", park[0].url, *WHO, "--yes").code == 0
    lines = [
        park[0].url,
        f"{park[1].url}\t侵权",
        f"https://{DAILY}/none.html",
        f"https://m.{PARK[4:]}/news/2026/4.html",
        f"《{park[2].title}》",
        "《无此标题》",
    ]
    letter = world.path.parent / "letter.txt"
    letter.write_text("\n".join(lines), encoding="utf-8")
    told = parknews("remove-source", "--from", str(letter), "--dry-run", "--json").json["plan"]["lines"]
    states = {line["asked"]: (line["state"], line["pages"]) for line in told}
    assert states == {
        park[0].url: ("removed", 0),
        park[1].url: ("taken", 1),
        f"https://{DAILY}/none.html": ("absent", 0),
        f"https://m.{PARK[4:]}/news/2026/4.html": ("redirected", 1),
        make_scope(titles=[park[2].title]).titles[0]: ("taken", 1),
        "无此标题": ("absent", 0),
    }
    letter.write_text("\r\n".join(lines), encoding="gb18030")  # as spreadsheets of Chinese Windows write it
    chinese = parknews("remove-source", "--from", str(letter), "--dry-run", "--lang", "zh").out
    assert f"https://{DAILY}/none.html: 不在档案中" in chinese


def test_a_page_that_went_is_kept_out_and_answered_for_on_the_sites_other_hosts_too(
    world: World, parknews: Run
) -> None:
    page = world.of(PARK)[3]
    mobile = page.url.replace("www.", "m.")
    assert parknews("remove-source", "--url", page.url, *WHO, "--yes").code == 0
    again = parknews("remove-source", "--url", mobile, "--dry-run", "--json").json["plan"]["lines"]
    assert [line["state"] for line in again] == ["removed"]
    with reader(world.path) as connection:
        blocklist = read_blocklist(connection)
    others = (page.url.replace("www.", ""), mobile.replace("/4.html", "/5.html"))
    assert [blocklist.blocks(url) for url in (mobile, *others)] == [True, True, False]


def test_pages_without_a_date_are_left_or_taken_as_it_is_said(make_world: MakeWorld) -> None:
    pages = [page(PARK, 1), page(PARK, 2, day=None), page(PARK, 3)]
    world = make_world(pages)
    plans = {
        undated: preview(
            world.path, make_scope(hosts=[PARK], since="2026-02-02", until="2026-02-28", undated=undated)
        )
        for undated in ("leave", "take")
    }
    assert {name: [p.page_url for p in plan.pages] for name, plan in plans.items()} == {
        "leave": [pages[2].url],
        "take": [pages[1].url, pages[2].url],
    }
    assert [left.kind for left in plans["leave"].left_out] == ["undated"]


def test_a_title_that_several_sources_have_is_left_for_a_person(make_world: MakeWorld) -> None:
    world = make_world(
        [page(PARK, 1, title="园区管委会发布新规"), page(DAILY, 2, title="园区管委会发布新规")]
    )
    plan = preview(world.path, make_scope(titles=["园區管委会发布新规"]))
    assert (plan.pages, {left.kind for left in plan.left_out}) == ((), {"several"})


def test_an_authors_articles_go_wherever_they_stand(make_world: MakeWorld) -> None:
    pages = [
        page(PARK, 1, author="張三丰"),
        page(DAILY, 2, author="李四 张三丰"),
        page(DAILY, 3, author="李四"),
    ]
    world = make_world(pages)
    plan = preview(world.path, make_scope(authors=["张三丰"]))
    assert {p.page_url for p in plan.pages} == {pages[0].url, pages[1].url}


def test_articles_that_name_somebody_are_listed_with_the_words_around(make_world: MakeWorld) -> None:
    pages = [
        page(PARK, 1, text=f"{make_text(1)}\n园区负责人趙小雨表示，项目已经投产。"),
        page(DAILY, 2, text=f"{make_text(2)}\nThe manager, Ann  Lee, said so."),
        page(DAILY, 3, text=f"{make_text(3)}\nThe manager, Joann Leeds, said so."),
    ]
    world = make_world(pages)
    named = preview(world.path, make_scope(persons=["赵小雨", "ann lee"])).pages
    assert {p.page_url: p.context.partition("号。 ")[2] for p in named} == {
        pages[0].url: "园区负责人趙小雨表示，项目已经投产。",
        pages[1].url: "The manager, Ann Lee, said so.",
    }


def test_one_article_goes_with_all_its_copies_by_its_number(world: World, parknews: Run) -> None:
    first = world.of(PARK)[0].url
    [(number,)] = rows(world.path, "SELECT article_id FROM copies WHERE url = ?", first)
    done = parknews("remove-source", "--article", str(number), *WHO, "--yes", "--now", "判决", "--json")
    assert (done.code, done.json["state"]) == (0, "verified")
    assert rows(world.path, "SELECT count(*) FROM articles WHERE id = ?", number) == [(0,)]
    assert rows(
        world.path,
        "SELECT count(*) FROM copies WHERE credited_source = ? AND source = ?",
        NAMES[PARK],
        COPIER,
    ) == [(0,)]


def test_readers_own_tables_stop_no_removal_and_are_named(world: World, parknews: Run) -> None:
    with closing(sqlite3.connect(world.path)) as archive:
        archive.execute("CREATE TABLE my_tags (article_id INTEGER REFERENCES articles (id), tag TEXT)")
        archive.execute("INSERT INTO my_tags SELECT id, '重要' FROM articles")
        archive.commit()
    plan = parknews("remove-source", PARK, "--dry-run").out
    done = parknews("remove-source", PARK, *WHO, "--yes")
    assert done.code == 0, done.err
    assert "my_tags: 4 rows" in plan
    assert "4 rows of your own table my_tags refer to articles that are no more" in done.out
    broken = {row[0] for row in rows(world.path, "PRAGMA foreign_key_check")}
    assert broken == {"my_tags"}  # all that our own keys would have deleted is gone


def test_what_readers_keep_of_it_is_named_however_they_keep_it(world: World, parknews: Run) -> None:
    page = world.of(PARK)[2]
    text = page.text.encode()
    kept = {
        "my_notes": f"参见：{page.text}",
        "my_titles": page.title[:16],
        "my_blobs": page.text.encode("utf-16-le"),
        "my_packed": zlib.compress(text),
        "my_hex": text.hex(),
        "my \"odd\" 'one'": page.text,
    }
    with closing(sqlite3.connect(world.path)) as archive:
        for name, value in kept.items():
            table = '"' + name.replace('"', '""') + '"'
            archive.execute(f'CREATE TABLE {table} ("a ""b""")')
            archive.execute(f"INSERT INTO {table} VALUES (?)", (value,))
        archive.execute("ALTER TABLE sources ADD COLUMN my_remark")
        archive.execute("UPDATE sources SET my_remark = ?", (page.title,))
        archive.commit()
    done = parknews("remove-source", PARK, *WHO, "--yes", "--json")
    assert (done.code, done.json["verified"]) == (4, False)
    own = {f"table {name}" for name in kept} | {"column sources.my_remark"}
    assert {name for name in own if f"your own {name} quotes" in done.json["trouble"]} == own


@pytest.mark.parametrize(
    "trigger",
    [
        "BEFORE DELETE ON readings BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE DELETE ON text_rows BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE DELETE ON tallies BEGIN SELECT raise ( ignore ); END",
        "BEFORE DELETE ON copies BEGIN SELECT RAISE(IGNORE); END",
        "AFTER DELETE ON first_publisher_evidence BEGIN INSERT INTO first_publisher_evidence VALUES"
        " (old.article_id, old.copy_id, old.claim, old.value, old.believed, old.reason); END",
        "BEFORE DELETE ON articles BEGIN SELECT RAISE(ABORT, 'kept'); END",
        "AFTER DELETE ON articles BEGIN SELECT my_function(old.title); END",
        "AFTER DELETE ON articles BEGIN INSERT INTO my_log VALUES (old.title); END",
    ],
)
def test_a_trigger_of_a_readers_own_that_keeps_rows_is_named(
    world: World, parknews: Run, trigger: str
) -> None:
    rows(world.path, "CREATE TABLE my_log (title TEXT)")
    rows(world.path, f"CREATE TRIGGER my_own {trigger}")
    held = parknews("remove-source", PARK, *WHO, "--yes")
    assert (held.code, "my_own" in held.err, "drop them" in held.err) == (4, True, True), held
    rows(world.path, "DROP TRIGGER my_own")
    rows(world.path, "DELETE FROM my_log")
    if "copies" in trigger:  # no plan could be made
        assert parknews("remove-source", PARK, *WHO, "--yes").code == 0
    assert parknews("removals", "go-on").code == 0
    assert parknews("removals", "show", "1", "--json").json["state"] == "verified"


@pytest.mark.parametrize(("table", "full"), [("texts", ()), ("stripped_pieces", ("--full",))])
def test_rows_that_a_deletion_by_hand_left_behind_keep_a_removal_from_being_verified(
    world: World, parknews: Run, table: str, full: tuple[str, ...]
) -> None:
    gone, asked = world.of(PARK)[2:4]
    rows(world.path, "DELETE FROM copies WHERE url = ?", gone.url)
    rows(world.path, "DELETE FROM readings WHERE page_url = ?", gone.url)
    rows(world.path, "DELETE FROM versions WHERE reading_id NOT IN (SELECT id FROM readings)")
    parknews("remove-source", "--url", asked.url, *WHO, "--yes")
    checked = parknews("removals", "verify", "1", *full)
    assert (checked.code, f"rows of {table} that" in checked.err) == (4, True), checked.err
