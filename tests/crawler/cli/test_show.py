"""show tells how an article's copies stand to each other, to people and to scripts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from crawler.cli.terminal import print_indented
from pipelines.archive import Archive
from pipelines.records import Source
from pipelines.store import CrawlStore, store_path
from tests.commands import Run
from tests.pipelines.archive.sample_texts import FOREST, LIBRARY, PARK
from tests.readings import HOSTS, NOW, make_reading

OWN, WRONG, CHANGED = "https://daily.example/1", "https://copier.example/2", "https://park.example/3"
BOTH = "https://copier.example/both"
BULLETIN = (
    "全市工业园区{month}月完成产值{a}亿元,实际利用外资{b}万美元,新开工项目{c}个,竣工项目{d}个,园区用电量{e}万千瓦时,"
    "新增就业{f}人。统计部门表示,上述数据由各园区管委会按月上报,经核实后公布,如有调整以年报为准。"
    "各园区要继续做好企业服务和项目跟踪工作,及时协调解决用地、用工、融资等方面的困难,确保全年目标任务顺利完成,"
    "并按照规定的时间和口径报送统计报表,不得迟报、漏报、瞒报。"
)


@pytest.fixture
def standing(tmp_path: Path) -> None:
    wrong = PARK.replace("九万平方米", "十九万平方米")
    months = [
        BULLETIN.format(month=3, a=120, b=4300, c=17, d=9, e=880, f=1320),
        BULLETIN.format(month=4, a=134, b=3950, c=21, d=12, e=913, f=1455),
    ]
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(host, host.split(".")[0]) for host in HOSTS])
        archive.ingest(
            [
                make_reading(OWN, PARK, page_id=1, day=date(2026, 1, 1), title="厂房启用"),
                make_reading(WRONG, wrong, page_id=2, minutes=1, day=date(2026, 1, 2), credited="daily"),
                make_reading(CHANGED, PARK, page_id=3, minutes=2),
                make_reading("https://daily.example/f", FOREST, page_id=4, minutes=3),
                make_reading("https://park.example/l", LIBRARY, page_id=5, minutes=4, title="古籍展"),
                make_reading(BOTH, FOREST + "\n" + LIBRARY, page_id=6, minutes=5),
                *(
                    make_reading(f"https://park.example/m{n}", text, page_id=10 + n, minutes=6)
                    for n, text in enumerate(months)
                ),
            ],
            NOW,
        )
        archive.ingest([make_reading(CHANGED, PARK + "\n签约仪式改在下周举行。", page_id=7, minutes=60)], NOW)
        archive.split(CHANGED, "its own report", NOW)
        archive.withdraw_decision(1, NOW)


@pytest.mark.usefixtures("standing")
def test_people_read_why_it_is_kept_who_was_first_what_differs_and_what_changed(parknews: Run) -> None:
    shown = " ".join(parknews("show", OWN, COLUMNS="200").out.split())
    for piece in (
        "disputed: its copies differ",
        "kept because: credited by 1 other publisher",
        "credits daily: contradicted",
        "joined with the kept copy: 97% of its text",
        "First publisher daily (likely): credited by 1 other publisher",
        "credits daily; published 2026-01-02; seen 2026-01-05T08:01:00Z (in the back-catalogue)",
        "figure: 九万 here, 十九万 there “责人说,三期厂房总建筑面积…平方米,配有共享检测中心与”",
        "2026-01-05T09:00:00Z 园区新闻 + 签约仪式改在下周举行。",
        "from article 1 to 6 on 2026-01-06T00:00:00Z: its own report",
        "from article 6 to 1 on 2026-01-06T00:00:00Z: taken back: its own report",
    ):
        assert piece in shown


@pytest.mark.usefixtures("standing")
def test_an_old_number_says_where_it_leads_since_when_and_why(parknews: Run) -> None:
    shown = parknews("show", "6").out
    assert shown.startswith(
        "article 6 was joined into article 1 on 2026-01-06: taken back: its own report\n厂房启用\narticle 1 ·"
    )
    assert parknews("show", "6", "--json").json["forwards"] == [
        {"old_id": 6, "new_id": 1, "reason": "taken back: its own report", "at": NOW}
    ]


@pytest.mark.usefixtures("standing")
def test_who_reads_a_joined_article_reads_who_joined_it_and_why(parknews: Run) -> None:
    assert parknews("join", OWN, "https://daily.example/f", "--reason", "one event").code == 0
    shown = " ".join(parknews("show", OWN).out.split())
    assert "joined by a person's word (decision 2): one event" in shown
    assert re.search(rf"Decided by people 2 join on \S+: one event {OWN} https://daily.example/f", shown)
    assert parknews("join", "--withdraw", "2").code == 0
    assert "Decided by people" not in parknews("show", OWN).out


@pytest.mark.usefixtures("standing")
def test_an_article_says_which_copies_have_left_it(parknews: Run) -> None:
    assert parknews("split", WRONG, "--reason", "other figures").code == 0
    shown = " ".join(parknews("show", "1").out.split())
    assert f"Moved away {WRONG} article 6 has it now; it left on " not in shown  # 6 led here before
    assert re.search(rf"Moved away {WRONG} article \d+ has it now; it left on \S+: other figures", shown)


@pytest.mark.usefixtures("standing")
def test_a_page_of_two_articles_is_told_at_both(parknews: Run) -> None:
    primary, other = (
        ("https://daily.example/f", "https://park.example/l")
        if BOTH in parknews("show", "https://daily.example/f").out.split("Also held by")[0]
        else ("https://park.example/l", "https://daily.example/f")
    )
    assert "Its copies also hold" in parknews("show", primary).out
    held = parknews("show", other).out
    assert "Also held by, beside another article" in held
    assert "100% of the article's text is on that page" in " ".join(held.split())


@pytest.mark.usefixtures("standing")
def test_a_look_alike_is_told_with_what_the_guard_saw(parknews: Run) -> None:
    shown = " ".join(parknews("show", "https://park.example/m0").out.split())
    assert "blocked from it by its numbers: " in shown
    assert "figures differ" in shown


@pytest.mark.usefixtures("standing")
def test_scripts_get_all_of_it(parknews: Run) -> None:
    found = parknews("show", OWN, "--json").json
    assert (found["first_publisher"], found["first_publisher_status"], found["disputed"]) == (
        "daily",
        "likely",
        True,
    )
    assert [(d["url"], d["kept_value"], d["copy_value"]) for d in found["differences"]] == [
        (WRONG, "九万", "十九万")
    ]
    assert {(w["url"], w["claim"], w["value"]) for w in found["first_publisher_evidence"]} >= {
        (WRONG, "credits", "daily"),
        (OWN, "published", "2026-01-01"),
    }
    versions = {copy["url"]: [v["changes"] for v in copy["versions"]] for copy in found["copies"]}
    assert versions == {OWN: [], WRONG: [], CHANGED: [[], ["+ 签约仪式改在下周举行。"]]}


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("99999", "has none of that number"),
        ("https://nowhere.example/1", "neither as a copy nor as a rejection"),
        (" ", "give an article's id or a URL"),
    ],
)
def test_what_is_not_there_is_told_by_what_was_asked(parknews: Any, reference: str, said: str) -> None:
    found = parknews("show", reference)
    assert (found.code, said in found.err) == (1, True)


def test_a_long_change_is_shown_whole_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An ideographic sentence has no blanks: it stands beside its sign, folded, and nothing is cut off."""
    sentence = "园区管委会表示将在年内完成二期厂房的验收与分配工作并公布名单" * 6
    console = Console(force_terminal=True, width=80, highlight=False)
    print_indented(console, sentence, 8, lead="+ ")
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("        + 园区管委会")
    assert (len(lines), "".join(line.strip() for line in lines)) == (6, f"+ {sentence}")


SITE = "news.example-park.cn"


@pytest.fixture
def fetched_pages(tmp_path: Path) -> None:
    """An archive and a frontier: a list, a feed, redirects, what waits and what was left."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(SITE, "园区观察")])
        archive.ingest([make_reading(f"http://{SITE}/1", PARK, page_id=1)], NOW)
    with CrawlStore(store_path(tmp_path / "archive.db")) as store:
        rows = [
            ("/columns/2", "list", "done", None, 1e9),
            ("/feed", "feed", "done", None, 1e9),
            ("/old/1", "unknown", "redirected", f"http://{SITE}/1", 1e9),
            ("/old/2", "unknown", "redirected", f"http://{SITE}/2", 1e9),
            ("/3", "article", "queued", None, None),
            ("/tags/9", "tag", "done", "left for a later run: nothing new", None),
        ]
        with store.writing() as db:
            db.executemany(
                "INSERT INTO urls (url, source, host, kind, state, priority, depth, reason, fetched_at)"
                " VALUES (?, ?, ?, ?, ?, 0, 1, ?, ?)",
                [
                    (f"http://{SITE}{path}", SITE, SITE, kind, state, reason, at)
                    for path, kind, state, reason, at in rows
                ],
            )


@pytest.mark.usefixtures("fetched_pages")
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/columns/2", "list page"),
        ("/feed", "feed: it names pages"),
        ("/old/2", f"redirect: it leads to http://{SITE}/2"),
        ("/3", "not asked for yet"),
        ("/tags/9", "left for a later run"),
        ("/so/", "passed over: its address is a search's"),
        ("/share/?url=x", "passed over: its address is a service's"),
        ("/list.php?kw=x", "passed over: its address is a search's"),
        ("/a/b/a/b/a/b/", "passed over: its address repeats itself"),
    ],
)
def test_an_address_without_an_article_has_its_reason(parknews: Run, path: str, reason: str) -> None:
    shown = parknews("show", f"http://{SITE}{path}", "--json")
    answer = shown.json
    assert (shown.code, answer["found"], answer["reason"].startswith(reason)) == (0, "rejection", True)


@pytest.mark.usefixtures("fetched_pages")
def test_an_address_that_leads_to_an_article_shows_it(parknews: Run) -> None:
    assert parknews("show", f"http://{SITE}/old/1", "--json").json["url"] == f"http://{SITE}/1"


@pytest.mark.usefixtures("fetched_pages")
@pytest.mark.parametrize("url", [f"http://{SITE}/never-seen", "http://other.example/so/"])
def test_an_address_that_nothing_is_known_of_is_said_to_be_unknown(parknews: Run, url: str) -> None:
    shown = parknews("show", url)
    assert (shown.code, "knows no such page" in shown.err) == (1, True)
