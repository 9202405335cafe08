from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines.archive.file import read_only
from pipelines.archive.read import articles
from pipelines.records import Claim, Field, Rejection, Stripped
from pipelines.show import ShownArticle, ShownRejection, show
from tests.readings import Fill, Told

PARAGRAPHS = [
    "滨江产业园区管委会今天宣布，园区一期工程已经全部建成，首批入驻企业将在下个月搬入新厂房开始生产。",
    "据介绍，一期工程占地四百二十亩，建有标准厂房十八栋，配套的污水处理站和变电站也同时投入使用。",
    "管委会主任表示，二期工程的土地平整正在进行，计划引进精密仪器与新材料两个方向的制造企业。",
    "当地居民对此表示欢迎，不少人已经报名参加园区组织的技能培训班，希望在家门口找到合适的工作。",
]
TEXT = "\n".join(PARAGRAPHS)
SHORT = "\n".join(PARAGRAPHS[:3])
OTHER = "市图书馆本周末举办古籍修复展览，观众可以在现场看到修复师的全部工作过程，并动手体验。"
FOOTER = Stripped("contact", "phone line", "咨询热线 0000-0000000")


@pytest.fixture
def path(fill: Fill) -> Path:
    return fill(
        [
            Told(
                "https://park.example/1.html",
                "一期工程建成",
                TEXT,
                date(2026, 2, 1),
                stripped=(FOOTER,),
                canonical="https://park.example/1.html",
            ),
            Told("https://daily.example/n/2", "园区一期建成", SHORT, date(2026, 2, 2), credited="滨江园区"),
            Told("https://copier.example/3", "一期工程建成", TEXT, date(2026, 2, 3)),
            Told("https://park.example/9.html", "古籍展", OTHER),
            Told("https://park.example/mobile/9", "古籍展", OTHER, canonical="https://park.example/9.html"),
        ],
        [Rejection("https://park.example/list", "park.example", "kind", "list page")],
    )


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    opened = read_only(path)
    yield opened
    opened.close()


def _article(connection: sqlite3.Connection, reference: str) -> ShownArticle:
    found = show(connection, reference)
    assert isinstance(found, ShownArticle)
    return found


def _id_of(connection: sqlite3.Connection, url: str) -> int:
    return int(connection.execute("SELECT article_id FROM copies WHERE url = ?", (url,)).fetchone()[0])


def test_an_id_and_each_of_its_urls_show_the_same_article(connection: sqlite3.Connection) -> None:
    article = _article(connection, str(_id_of(connection, "https://park.example/1.html")))
    assert len(article.copies) == 3
    assert {copy.url: _article(connection, copy.url) for copy in article.copies} == {
        copy.url: article for copy in article.copies
    }


def test_a_url_is_found_in_any_spelling(connection: sqlite3.Connection) -> None:
    article = _article(connection, " HTTPS://Park.example:443/1.html?utm_source=x#top ")
    assert article.url == _article(connection, "https://park.example/1.html").url


def test_the_kept_copy_comes_first_and_its_text_is_the_articles(connection: sqlite3.Connection) -> None:
    article = _article(connection, "https://copier.example/3")
    kept = article.copies[0]
    assert (kept.kept, kept.similarity, kept.text, kept.url) == (True, 1.0, article.text, article.url)


def test_each_copy_says_why_it_was_joined(connection: sqlite3.Connection) -> None:
    article = _article(connection, "https://daily.example/n/2")
    why = {copy.url: copy.why for copy in article.copies}
    kept = article.copies[0]
    same = [copy.url for copy in article.copies if copy.text == kept.text and not copy.kept]
    other = [copy for copy in article.copies if copy.text != kept.text]
    assert why[kept.url] == "the kept copy: its text is the one shown"
    assert [why[url] for url in same] == ["its text is the same as the kept copy's"] * len(same)
    assert all(
        copy.why == f"joined with the kept copy: {copy.evidence[0].words}"
        and copy.evidence[0].words.startswith(f"{copy.evidence[0].containment:.0%} of its text")
        for copy in other
    )
    assert all(copy.evidence[0].url == kept.url and copy.evidence[0].containment > 0.9 for copy in other)


def test_what_was_stripped_and_where_fields_came_from_is_shown(connection: sqlite3.Connection) -> None:
    copies = {copy.url: copy for copy in _article(connection, "https://park.example/1.html").copies}
    copy = copies["https://park.example/1.html"]
    assert copy.stripped == (FOOTER,)
    assert copy.claims == (Claim("canonical", "https://park.example/1.html"),)
    assert copy.origins["published"] == Field("2026-02-01", "byline", "发布时间:2026-02-01")
    assert copies["https://daily.example/n/2"].origins["credited_source"].value == "滨江园区"


def test_a_page_that_calls_another_its_address_is_a_variant_of_it(connection: sqlite3.Connection) -> None:
    article = _article(connection, "https://park.example/mobile/9")
    assert [(copy.url, copy.variants) for copy in article.copies] == [
        ("https://park.example/9.html", ("https://park.example/mobile/9",))
    ]


def test_a_rejected_url_shows_stage_and_reason(connection: sqlite3.Connection) -> None:
    found = show(connection, "https://park.example/list")
    assert isinstance(found, ShownRejection)
    assert (found.stage, found.reason, found.source) == ("kind", "list page", "park.example")


@pytest.mark.parametrize(
    "reference", ["999", "0", "-1", "https://park.example/none", "not a url", "", "٣", "9" * 30]
)
def test_what_is_not_there_is_none(connection: sqlite3.Connection, reference: str) -> None:
    assert show(connection, reference) is None


def test_a_former_id_leads_to_todays_article(path: Path) -> None:
    writer = sqlite3.connect(path)
    with writer:
        writer.execute("INSERT INTO forwards VALUES (901, 900, 'joined', ''), (900, 1, 'joined', '')")
    writer.close()
    article = _article(read_only(path), "901")
    assert (article.id, article.forwarded_from) == (1, (901, 900))


def test_a_circle_of_forwards_ends(path: Path) -> None:
    writer = sqlite3.connect(path)
    with writer:
        writer.execute("INSERT INTO forwards VALUES (901, 900, 'joined', ''), (900, 901, 'joined', '')")
    writer.close()
    assert show(read_only(path), "901") is None


def test_a_look_alike_that_was_kept_apart_is_named_with_the_reason(path: Path) -> None:
    writer = sqlite3.connect(path)
    with writer:
        node_of = dict(
            writer.execute("SELECT r.page_url, t.node_id FROM texts t JOIN readings r ON r.text_id = t.id")
        )
        mine, other = node_of["https://park.example/1.html"], node_of["https://park.example/9.html"]
        low, high = sorted((mine, other))
        writer.execute(
            "INSERT OR REPLACE INTO pairs VALUES (?, ?, 'blocked', 'numbers', .9, .8, 10, 6, 0, 0)",
            (low, high),
        )
    writer.close()
    article = _article(read_only(path), "https://park.example/1.html")
    near = article.kept_apart[0]
    assert (near.title, near.reason, near.containment) == ("古籍展", "numbers", 0.9)


def test_what_left_an_article_is_looked_for_among_moves_and_not_among_all_copies(path: Path) -> None:
    with closing(read_only(path)) as connection:
        steps = connection.execute(
            f"EXPLAIN QUERY PLAN {articles._OF_ARTICLE['moved_away']}", (1,)
        ).fetchall()
    assert steps[0][3].startswith("SCAN m")
