"""What the writer concludes from what pages say."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.archive import Archive
from pipelines.archive.blocks import block_hash
from pipelines.records import Claim, Reading, Rejection, Source
from pipelines.spelling import match_expression
from tests.readings import HOSTS, NOW, make_reading

if TYPE_CHECKING:
    from collections.abc import Callable

    Rows = Callable[..., list[tuple[object, ...]]]

PARK = (
    "本报讯 青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻。园区负责人说,"
    "三期厂房总建筑面积九万平方米,"
    "配有共享检测中心与职工公寓。\n入驻企业以精密传动和工业视觉为主,预计明年投产后新增岗位一千六百个。\n"
    "园区还将为企业提供一年的租金补贴,并安排专人代办开工手续。"
)
HARBOUR = (
    "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高。港务部门表示,新开的两条近洋航线把东南亚水果的"
    "到港时间缩短到三天。\n物流园正在建设第二座自动化立体库,计划秋季投入使用。"
)
OTHER = (
    "学校与企业共建的产业学院本周迎来首批新生,课程由车间技师与教师共同讲授。学生每周有两天在生产线上实习,"
    "毕业前须完成一项真实的工艺改进。\n学院负责人介绍,今年共录取学生二百四十名,其中三分之一来自本地职校。"
)

LIBRARY = (
    "市图书馆本周末举办古籍修复展览,观众可以在现场看到修复师的全部工作过程,并动手体验纸张除尘与补洞。"
    "馆方介绍,这批方志多年受潮,部分书页粘连,修复团队用了两年时间逐页揭开、压平、托裱。\n"
    "展览免费开放至月底,学校团体可以预约讲解,另有三场面向家长和孩子的手工课。"
)
FOREST = (
    "县林业局启动春季造林,今年计划在东部丘陵补植枫香和木荷,形成连片的防火林带。护林员说,去年的干旱使一部分"
    "幼树枯死,因此今年改在雨后栽种,每亩株数也有所减少。\n"
    "志愿者周末上山参加种植,林场提供工具和午饭,并给每棵树挂上带编号的木牌,方便日后查看成活情况。"
)


def test_the_same_text_on_two_hosts_is_one_article_with_two_copies(archive: Archive, rows: Rows) -> None:
    archive.ingest(
        [
            make_reading("https://park.example/a.html", PARK, page_id=1, day=date(2026, 1, 2)),
            make_reading("https://copier.example/b.html", PARK + "\n", page_id=2, day=date(2026, 1, 3)),
        ],
        NOW,
    )
    assert rows("SELECT url, copies, published_day FROM articles") == [
        ("https://park.example/a.html", 2, "2026-01-02")
    ]
    assert rows("SELECT url, kept, similarity FROM copies ORDER BY url") == [
        ("https://copier.example/b.html", 0, 1.0),
        ("https://park.example/a.html", 1, 1.0),
    ]


def test_different_texts_stay_apart(archive: Archive, rows: Rows) -> None:
    archive.ingest(
        [
            make_reading(f"https://park.example/{n}", text, page_id=n)
            for n, text in enumerate((PARK, HARBOUR, OTHER))
        ],
        NOW,
    )
    assert rows("SELECT count(*), max(copies) FROM articles") == [(3, 1)]


def test_writing_a_batch_twice_changes_nothing(archive: Archive) -> None:
    batch = [
        make_reading("https://park.example/a.html", PARK, page_id=1),
        make_reading("https://copier.example/b.html", PARK, page_id=2),
        Rejection("https://park.example/list", "park.example", "kind", "list page"),
    ]
    archive.ingest(batch, NOW)
    before = _dump(archive.path)
    again = archive.ingest(batch, NOW)
    assert (_dump(archive.path), again.counts.articles_new, again.counts.copies_joined) == (before, 0, 0)


def test_a_print_variant_is_the_same_copy(archive: Archive, rows: Rows) -> None:
    claim = (Claim("canonical", "https://park.example/a.html"),)
    archive.ingest(
        [
            make_reading("https://park.example/a.html", PARK, page_id=1),
            make_reading("https://park.example/a-print.html", PARK, page_id=2, claims=claim),
        ],
        NOW,
    )
    assert rows("SELECT url FROM copies") == [("https://park.example/a.html",)]


def test_a_canonical_link_that_different_texts_claim_counts_for_none(archive: Archive, rows: Rows) -> None:
    claim = (Claim("canonical", "https://park.example/news"),)
    archive.ingest([make_reading("https://park.example/1", PARK, page_id=1, claims=claim)], NOW)
    assert rows("SELECT url FROM copies") == [("https://park.example/news",)]
    archive.ingest([make_reading("https://park.example/2", HARBOUR, page_id=2, claims=claim)], NOW)
    assert rows("SELECT url FROM copies ORDER BY url") == [
        ("https://park.example/1",),
        ("https://park.example/2",),
    ]


def test_a_canonical_link_to_what_is_no_article_counts_for_nothing(archive: Archive, rows: Rows) -> None:
    target = "https://park.example/channel"
    claims = (Claim("canonical", target),)
    archive.ingest([make_reading("https://park.example/1", PARK, page_id=1, claims=claims)], NOW)
    archive.ingest([Rejection(target, "park.example", "kind", "list page")], NOW)
    assert rows("SELECT url FROM copies") == [("https://park.example/1",)]


def test_forwards_lead_to_where_an_article_is_now(archive: Archive, rows: Rows) -> None:
    archive.ingest([make_reading("https://park.example/a", PARK, page_id=1)], NOW)
    archive.ingest([make_reading("https://daily.example/b", HARBOUR, page_id=2, minutes=5)], NOW)
    archive.ingest([make_reading("https://copier.example/c", OTHER, page_id=3, minutes=6)], NOW)
    archive.ingest([make_reading("https://copier.example/c", HARBOUR, page_id=4, minutes=7)], NOW)
    archive.ingest([make_reading("https://daily.example/b", PARK, page_id=5, minutes=8)], NOW)
    archive.ingest([make_reading("https://copier.example/c", PARK, page_id=6, minutes=9)], NOW)
    gone = {old for (old,) in rows("SELECT old_id FROM forwards")}
    assert gone == {2, 3}
    assert {new for (new,) in rows("SELECT new_id FROM forwards")} == {1}


@pytest.mark.parametrize("target", ["https://daily.example/original.html", "https://park.example/"])
def test_a_claim_on_another_host_or_the_front_page_is_kept_and_not_obeyed(
    archive: Archive, rows: Rows, target: str
) -> None:
    claims = (Claim("canonical", target),)
    archive.ingest([make_reading("https://park.example/1", PARK, claims=claims)], NOW)
    assert rows("SELECT copies.url, claims.url FROM copies JOIN claims USING (reading_id)") == [
        ("https://park.example/1", target)
    ]


def test_a_changed_text_updates_its_copy_and_the_old_is_a_version(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a.html"
    archive.ingest([make_reading(url, PARK, page_id=1)], NOW)
    result = archive.ingest([make_reading(url, HARBOUR, page_id=2, minutes=60)], NOW)
    assert (result.counts.articles_new, result.counts.articles_updated) == (0, 1)
    assert rows("SELECT id, text FROM articles") == [(1, HARBOUR)]
    assert rows("SELECT fetched_at, text FROM versions JOIN texts ON texts.id = text_id ORDER BY 1") == [
        ("2026-01-05T08:00:00Z", PARK),
        ("2026-01-05T09:00:00Z", HARBOUR),
    ]
    assert rows("SELECT count(*) FROM nodes") == [(1,)]
    assert _found(rows, "标准厂房") == []
    assert _found(rows, "冷链") == [1]


def test_an_older_page_never_replaces_a_newer_one(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a.html"
    archive.ingest([make_reading(url, HARBOUR, page_id=2, minutes=60)], NOW)
    archive.ingest([make_reading(url, PARK, page_id=1)], NOW)
    assert rows("SELECT text FROM articles") == [(HARBOUR,)]


def test_the_same_page_read_better_replaces_the_reading(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a.html"
    archive.ingest([make_reading(url, PARK + "\n扫码关注我们", page_id=1, title="旧")], NOW)
    archive.ingest([make_reading(url, PARK, page_id=1, title="新")], NOW)
    assert rows("SELECT title, text FROM articles") == [("新", PARK)]


def test_an_article_that_is_joined_leaves_a_forward(archive: Archive, rows: Rows) -> None:
    archive.ingest([make_reading("https://park.example/a", PARK, page_id=1)], NOW)
    archive.ingest([make_reading("https://daily.example/b", HARBOUR, page_id=2, minutes=5)], NOW)
    archive.ingest([make_reading("https://daily.example/b", PARK, page_id=3, minutes=9)], NOW)
    assert rows("SELECT id, copies FROM articles") == [(1, 2)]
    assert rows("SELECT old_id, new_id FROM forwards") == [(2, 1)]
    assert _found(rows, "冷链") == []


def test_the_copy_that_others_credit_is_kept(archive: Archive, rows: Rows) -> None:
    archive.ingest(
        [
            make_reading("https://copier.example/1", PARK, page_id=1, day=date(2026, 1, 1), credited="daily"),
            make_reading("https://park.example/2", PARK, page_id=2, day=date(2026, 1, 2), credited="daily"),
            make_reading("https://daily.example/3", PARK, page_id=3, day=date(2026, 1, 3)),
        ],
        NOW,
    )
    assert rows("SELECT url FROM copies WHERE kept") == [("https://daily.example/3",)]


def test_a_rejected_page_that_becomes_a_copy_is_no_rejection_any_more(archive: Archive, rows: Rows) -> None:
    url = "https://park.example/a"
    archive.ingest([Rejection(url, "park.example", "fetch", "answered 503")], NOW)
    archive.ingest([make_reading(url, PARK)], NOW)
    assert rows("SELECT count(*) FROM rejections") == [(0,)]


def test_a_blocked_address_is_not_stored(archive: Archive, rows: Rows) -> None:
    [(salt,)] = rows("SELECT value FROM meta WHERE key = 'salt'")
    with sqlite3.connect(archive.path) as connection:
        connection.execute(
            "INSERT INTO removals (id, scope, requester, reason, at, plan_hash, state)"
            " VALUES (1, 'x', 'x', 'x', 'x', 'x', 'verified')"
        )
        digest = block_hash(str(salt), "prefix", "https://park.example/secret/")
        connection.execute("INSERT INTO blocks VALUES ('prefix', ?, 1)", (digest,))
    archive.ingest(
        [
            make_reading("https://park.example/secret/a", PARK, page_id=1),
            make_reading("https://park.example/open/b", HARBOUR, page_id=2),
        ],
        NOW,
    )
    assert rows("SELECT page_url FROM readings") == [("https://park.example/open/b",)]


def test_a_batch_that_fails_leaves_nothing(archive: Archive, rows: Rows) -> None:
    unknown_host = make_reading("https://unknown.example/b", HARBOUR, page_id=2)
    with pytest.raises(sqlite3.IntegrityError):
        archive.ingest([make_reading("https://park.example/a", PARK, page_id=1), unknown_host], NOW)
    assert rows("SELECT (SELECT count(*) FROM readings), (SELECT count(*) FROM copies)") == [(0, 0)]


CLAIM = (Claim("canonical", "https://park.example/claimed"),)
READINGS = [
    make_reading("https://park.example/1", PARK, page_id=1, minutes=1, day=date(2026, 1, 3), claims=CLAIM),
    make_reading("https://park.example/2", PARK + "(完)", page_id=2, minutes=2, claims=CLAIM),
    make_reading("https://park.example/3", HARBOUR, page_id=3, minutes=3, claims=CLAIM),
    make_reading("https://daily.example/4", PARK, page_id=4, minutes=4, day=date(2026, 1, 1)),
    make_reading("https://copier.example/5", HARBOUR, page_id=5, minutes=5, credited="park"),
    make_reading("https://copier.example/6", OTHER, page_id=6, minutes=6),
    make_reading("https://copier.example/6", PARK, page_id=7, minutes=7),
    Rejection("https://park.example/claimed-not", "park.example", "kind", "list page"),
    make_reading(
        "https://copier.example/8",
        PARK.replace("九万平方米", "十九万平方米"),
        page_id=8,
        minutes=8,
        day=date(2026, 1, 4),
        credited="daily",
    ),
    make_reading("https://daily.example/9", OTHER, page_id=9, minutes=9, day=date(2026, 1, 3)),
    make_reading("https://daily.example/10", LIBRARY, page_id=10, minutes=10, day=date(2026, 1, 5)),
    make_reading(
        "https://copier.example/11", FOREST, page_id=11, minutes=11, day=date(2026, 1, 4), credited="daily"
    ),
    make_reading("https://copier.example/12", FOREST + "\n" + LIBRARY, page_id=12, minutes=12),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(READINGS), cuts=st.sets(st.integers(1, len(READINGS) - 1)))
def test_conclusions_do_not_depend_on_order_or_batches(
    order: list[Reading | Rejection], cuts: set[int]
) -> None:
    assert _conclusions(order, cuts) == _conclusions(READINGS, set())


LATEST = [result for result in READINGS if isinstance(result, Reading) and result.page_id != 6]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(gone=st.sets(st.sampled_from([reading.page_id for reading in LATEST])), at_once=st.booleans())
def test_pages_that_go_leave_no_trace_in_what_is_concluded(gone: set[int], at_once: bool) -> None:
    taken_back = [
        Rejection(reading.url, reading.source, "kind", "list page", reading.page_id)
        for reading in LATEST
        if reading.page_id in gone
    ]
    left = [reading for reading in LATEST if reading.page_id not in gone]
    came_and_went = [*LATEST, *taken_back]
    cuts = {len(LATEST)} if at_once else set(range(len(LATEST), len(came_and_went)))
    assert _conclusions(came_and_went, cuts) == _conclusions([*left, *taken_back], set())


def _conclusions(order: list[Reading | Rejection], cuts: set[int]) -> list[list[tuple[object, ...]]]:
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        archive.put_sources([Source(host, host.split(".")[0]) for host in HOSTS])
        bounds = [0, *sorted(cuts - {0, len(order)}), len(order)]
        for start, end in itertools.pairwise(bounds):
            archive.ingest(order[start:end], NOW)
        with sqlite3.connect(archive.path) as connection:
            return [connection.execute(sql).fetchall() for sql in CONCLUSIONS]


CONCLUSIONS = (
    "SELECT title, text, published, source, source_name, url, credited_source, first_seen, copies,"
    " kept_because, first_publisher, first_publisher_status, first_publisher_because,"
    " credited_source_status, disputed FROM articles ORDER BY url",
    "SELECT copies.url, copies.title, copies.fetched_at, round(similarity, 6), kept, articles.url,"
    " credited_publisher, copies.credited_source_status FROM copies"
    " JOIN articles ON articles.id = copies.article_id ORDER BY copies.url",
    "SELECT articles.url, copies.url, claim, value, believed, reason FROM first_publisher_evidence evidence"
    " JOIN articles ON articles.id = evidence.article_id JOIN copies ON copies.id = copy_id ORDER BY 1, 2, 3",
    "SELECT articles.url, copies.url, position, kind, place, kept_value, copy_value, kept.url"
    " FROM differences"
    " JOIN articles ON articles.id = differences.article_id JOIN copies ON copies.id = copy_id"
    " JOIN copies kept ON kept.id = kept_copy_id ORDER BY 1, 2, 3",
    "SELECT articles.url, copies.url, round(secondary_copies.similarity, 6), round(contained, 6)"
    " FROM secondary_copies JOIN articles ON articles.id = secondary_copies.article_id"
    " JOIN copies ON copies.id = copy_id ORDER BY 1, 2",
    "SELECT node_id, cluster_id, other_id FROM secondary_nodes ORDER BY 1, 2",
    "SELECT * FROM touched_days",
    "SELECT text FROM texts ORDER BY text",
    "SELECT url, stage, reason FROM rejections ORDER BY url",
    "SELECT page_url, versions.page_id, versions.fetched_at, text FROM versions"
    " JOIN readings ON readings.id = reading_id JOIN texts ON texts.id = versions.text_id ORDER BY 1, 2",
)


def _found(rows: Rows, query: str) -> list[object]:
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid"
    return [row[0] for row in rows(sql, match_expression(query))]


def _dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())
