"""A letter, pasted whole: what it asks about, and what the archive has of it."""

from __future__ import annotations

import sqlite3
import tracemalloc
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from opencc import OpenCC

from pipelines.forget.find import find_asked
from pipelines.forget.letter import Asked, read_letter
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import preview
from tests.commands import Run
from tests.pipelines.forget.worlds import COPIER, DAILY, NAMES, PARK, WHO, MakeWorld, Told, World, page_of


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("请删除https://a.cn/1.html。谢谢", ["https://a.cn/1.html"]),
        ("https://a.cn/1.html，https://a.cn/2.html；", ["https://a.cn/1.html", "https://a.cn/2.html"]),
        ("https://a.cn/1.html,转载未授权", ["https://a.cn/1.html"]),
        (
            "https://a.cn/1,https://a.cn/2;http://b.cn/c,3",
            ["https://a.cn/1", "https://a.cn/2", "http://b.cn/c,3"],
        ),
        ("https://a.cn/1.html,not licensed", ["https://a.cn/1.html"]),
        ("https://a.cn/1.html\t侵权", ["https://a.cn/1.html"]),
        ("https://a.cn/c,1,2.html", ["https://a.cn/c,1,2.html"]),
        ("贵站m.a.cn/n/7.html转载", ["https://m.a.cn/n/7.html"]),
        ("(see a.example.com/x(1).html)", ["https://a.example.com/x(1).html"]),
        ("写信给 law@a.cn，附件letter.txt", []),
        ("https://a.cn/园区/1.html", ["https://a.cn/%E5%9B%AD%E5%8C%BA/1.html"]),
        ("https://a.cn/园区/1.html一文", ["https://a.cn/%E5%9B%AD%E5%8C%BA/1.html"]),
        ("1.https://a.cn/1.html2.https://a.cn/2.html", ["https://a.cn/1.html", "https://a.cn/2.html"]),
        ("> https://a.cn/news/\n> 2026/1.html", ["https://a.cn/news/2026/1.html"]),
        ("https://a.cn/news/\n全部内容", ["https://a.cn/news/"]),
        ("hxxps://a[.]cn/1.html", ["https://a.cn/1.html"]),
        ("見ａ．ｃｎ／１．ｈｔｍｌ，", ["https://a.cn/1.html"]),
        ("<a href='//a.cn/1.php?a=1&amp;b=2'>", ["https://a.cn/1.php?a=1&b=2"]),
    ],
)
def test_addresses_are_read_out_of_sentences(said: str, asked: list[str]) -> None:
    assert [one.words for one in read_letter(said) if one.kind == "address"] == asked


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("《园区“十五五”规划》和〈新规〉", ["园区“十五五”规划", "新规"]),
        ("「夜間開放日」『公告』【快讯】", ["夜間開放日", "公告", "快讯"]),
        ('"A new park" and ‘The park’s day’', ["A new park", "The park’s day"]),
        ("“园区表示，\n基地免收机时费”", ["园区表示， 基地免收机时费"]),
        ("「簽約「新材料」項目」﹁公告﹂〝通知〞＂快訊＂", ["簽約「新材料」項目", "公告", "通知", "快訊"]),
        ("« Un » et « deux », »Drei« ‹vier›", ["Un", "deux", "Drei", "vier"]),
    ],
)
def test_titles_and_passages_are_read_in_any_quotation_marks(said: str, quoted: list[str]) -> None:
    assert [one.words for one in read_letter(said) if one.kind == "quoted"] == quoted


def test_a_list_of_titles_needs_no_marks() -> None:
    assert read_letter("1. 园区新规发布\n（二）招商公告") == [
        Asked("line", "园区新规发布"),
        Asked("line", "招商公告"),
    ]


def test_a_whole_letter_is_answered_thing_by_thing(world: World) -> None:
    park = world.of(PARK)
    traditional = OpenCC("s2t").convert
    passage = park[3].text.split("\n")[1]
    letter = (
        f"敬启者：\n我社发现贵站转载：{park[0].url}。另有{park[1].url.partition('//')[2]}，"
        f"及《{traditional(park[2].title)}》、《并无此文》一文；m.{PARK[4:]}/news/2026/5.html 亦同。\n"
        f"文中“{traditional(passage)}”为我社所写。\n此致\n{traditional(NAMES[DAILY])}社"
    )
    answers = {a.asked.words: (a.state, [m.url for m in a.matches]) for a in find_asked(world.path, letter)}
    assert {page.url for page in world.of(DAILY)} <= set(answers.pop(traditional(NAMES[DAILY]) + "社")[1])
    assert answers.pop("")[0] == "here"  # what its running text names
    assert answers == {
        park[0].url: ("here", [park[0].url]),
        park[1].url: ("here", [park[1].url]),
        f"https://m.{PARK[4:]}/news/2026/5.html": ("redirected", [park[4].url]),
        traditional(park[2].title): ("here", [park[2].url]),
        "并无此文": ("not here", []),
        traditional(passage): ("here", [park[3].url]),
    }


def test_a_passage_that_only_a_copy_has_names_that_copy(make_world: MakeWorld) -> None:
    first = replace(_page(PARK, 1), day=date(2026, 2, 1))
    copy = replace(
        first,
        host=COPIER,
        day=date(2026, 2, 9),
        credited=NAMES[PARK],
        text=f"{first.text}\n本网记者另从码头获悉，七号泊位将于月底恢复夜航。",
    )
    world = make_world([first, copy])
    [answer] = find_asked(world.path, "“七号泊位将于月底恢复夜航”")
    assert [match.url for match in answer.matches] == [copy.url]


def test_what_was_removed_is_answered_with_its_removal(world: World, parknews: Run) -> None:
    url = world.of(PARK)[0].url
    assert parknews("remove-source", "--url", url, *WHO, "--yes").code == 0
    found = parknews("removals", "find", f"请删除{url}。", "--json").json
    [asked] = found["asked"]
    assert (found["matches"], asked["state"]) == ([], "removed")
    assert asked["detail"].startswith("by removal 1 on 20")


@pytest.mark.parametrize("rest", ["", "?page=2", "*"])
def test_nothing_is_said_of_an_address_that_was_removed(world: World, parknews: Run, rest: str) -> None:
    assert parknews("remove-source", PARK, *WHO, "--yes").code == 0
    said = parknews("reject", world.of(PARK)[0].url + rest, "--reason", "its headline")
    assert (said.code, "by removal 1" in said.err) == (4, True)
    assert parknews("removals", "verify", "1").code == 0


def test_copies_of_a_publisher_are_told_from_those_that_credit_it(world: World, parknews: Run) -> None:
    shown = parknews("removals", "find", f"《{NAMES[PARK]}》").out.splitlines()[0]
    own, credit = ": it is on that publisher's site; ", f": it credits {NAMES[PARK]}"
    assert (own in shown, credit in shown) == (True, True)


def test_a_long_answer_says_how_much_it_leaves_out(world: World, parknews: Run) -> None:
    shown = parknews("removals", "find", COPIER)
    assert f"{COPIER}: here, 26 copies" in shown.out
    assert f"and 6 more ({COPIER} 6); --json has all" in shown.out
    assert len(parknews("removals", "find", COPIER, "--json").json["matches"]) == 26


def test_a_letter_in_a_file_of_another_encoding_is_read(world: World, parknews: Run) -> None:
    url, letter = world.of(DAILY)[3].url, world.path.parent / "letter.txt"
    letter.write_bytes(f"尊敬的编辑：请将贵站所载文章删除，其网址为{url}。此致敬礼".encode("gb18030"))
    assert url in parknews("removals", "find", str(letter)).out


def test_a_publisher_is_removed_in_both_scripts(make_world: MakeWorld) -> None:
    pages = [
        replace(_page(COPIER, n), credited=name)
        for n, name in enumerate(("青岚湖园区管委会", "青嵐湖園區管委會", "澜江日报"), start=1)
    ]
    world = make_world(pages)
    plans = [preview(world.path, make_scope(credited=[page.credited])) for page in pages[:2]]
    assert [[page.page_url for page in plan.pages] for plan in plans] == [[p.url for p in pages[:2]]] * 2


def _page(host: str, number: int) -> Told:
    return page_of(host, number, date(2026, 2, number))


def test_what_a_letter_asks_about_is_looked_for_without_holding_all_copies(world: World) -> None:
    _add_copies(world, 2000)
    letter = f"请删除{world.of(PARK)[0].url}和《{world.of(PARK)[1].title}》。"
    find_asked(world.path, letter)
    tracemalloc.start()
    found = find_asked(world.path, letter)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found[0].matches) == 1
    assert peak < 2000 * 400  # a copy with its addresses and title takes 1,500 bytes


def _add_copies(world: World, count: int) -> None:
    """Further pages that nobody asks about."""
    with closing(sqlite3.connect(world.path)) as connection, connection:
        for table in ("readings", "copies"):
            connection.execute(f"CREATE TEMP TABLE {table}_one AS SELECT * FROM main.{table} LIMIT 1")
        for number in range(10_000, 10_000 + count):
            url = f"https://{PARK}/further/{number}.html"
            connection.execute(
                "UPDATE readings_one SET id = ?1, page_url = ?2, url_answered = ?2", (number, url)
            )
            connection.execute(
                "UPDATE copies_one SET id = ?1, reading_id = ?1, url = ?2, kept = 0, title = ?2",
                (number, url),
            )
            connection.execute("INSERT INTO readings SELECT * FROM temp.readings_one")
            connection.execute("INSERT INTO copies SELECT * FROM temp.copies_one")
