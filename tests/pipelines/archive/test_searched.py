"""What the other copies say is found, with the copy that says it; and what pages spell otherwise."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines.archive.file import ARCHIVE, read_only
from pipelines.archive.searched import fill
from pipelines.forget.order import Order
from pipelines.forget.prove import check_index
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from pipelines.search import search
from pipelines.store import CrawlStore, store_path
from tests.readings import Fill, Told

KEPT = (
    "青岚湖科技园昨日启用第三期标准厂房，首批十二家装备企业签约入驻。园区负责人说，三期厂房总建筑面积九万平方米，"
    "配有共享检测中心与职工公寓。\n入驻企业以精密传动和工业视觉为主，预计明年投产后新增岗位一千六百个。\n"
    "园区还将为企业提供一年的租金补贴，并安排专人代办开工手续。"
)
OTHER = KEPT.replace("并安排专人代办开工手续。", "并安排专人代办开工手续。本报记者另悉，四期用地已经摘牌。")
OTHER_URL = "https://copier.example/b.html"


@pytest.fixture
def path(fill: Fill) -> Path:
    return fill(
        [
            Told("https://park.example/a.html", "三期标准厂房启用", KEPT, date(2026, 1, 2)),
            Told(OTHER_URL, "青岚湖再添九万平方米", OTHER, date(2026, 1, 4)),
            Told(
                "https://seo.example/c",
                "园区蕞大冷库",
                "海沧口岸物流园建成全国蕞大的冷库，短视屏里可以看到它的电视屏幕。艏批货物昨日入库，码头工人忙碌了一天。",
            ),
        ]
    )


def _found(path: Path, query: str) -> list[tuple[str, str]]:
    """Titles, with the address of another copy that holds the words."""
    with closing(read_only(path)) as connection:
        hits = search(connection, query)
    return [(hit.title, hit.elsewhere.url if hit.elsewhere else "") for hit in hits]


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("三期", ""),
        ("四期用地", OTHER_URL),
        ("手续。本报记者", ""),
        ('"代办开工手续。本报记者另悉"', OTHER_URL),
        ("三期 四期", OTHER_URL),
        ("title:再添九万", OTHER_URL),
        ("title:厂房 摘牌", OTHER_URL),
    ],
)
def test_a_word_of_another_copy_finds_the_article_and_says_which(path: Path, query: str, url: str) -> None:
    [(title, elsewhere)] = _found(path, query)
    assert title == "三期标准厂房启用"
    assert elsewhere == (url or elsewhere)


def test_a_hit_in_the_text_that_is_shown_names_no_other_copy(path: Path) -> None:
    assert _found(path, "标准厂房 公寓") == [("三期标准厂房启用", "")]


NAMING = OTHER.replace("四期用地已经摘牌", "四期用地已由苏州工业园区的江苏恒岚医药股份有限公司摘牌")


@pytest.mark.parametrize(
    ("query", "url", "said"),
    [
        ("region:江苏", OTHER_URL, "苏州工业园区"),
        ("park:苏州工业园区", OTHER_URL, "苏州工业园区"),
        ("company:恒岚医药", OTHER_URL, "江苏恒岚医药股份有限公司"),
        ("credited:临湖晚报", OTHER_URL, ""),
        ("source:copier.example", OTHER_URL, ""),
        ("lang:EN", OTHER_URL, ""),
        ("lang:%", None, ""),
        ("source:%", None, ""),
        ("source:Copier.Example", OTHER_URL, ""),
        ("厂房 (lang:zh OR lang:en)", OTHER_URL, ""),
        ("source:park.example lang:zh", "", ""),
        ("厂房 NOT region:江苏", None, ""),
    ],
)
def test_a_field_asks_every_copy_and_the_hit_says_which_has_it(
    fill: Fill, query: str, url: str | None, said: str
) -> None:
    path = fill(
        [
            Told("https://park.example/a.html", "三期标准厂房启用", KEPT, date(2026, 1, 2)),
            Told(OTHER_URL, "三期标准厂房启用", NAMING, date(2026, 1, 4), "临湖晚报", language="en"),
        ]
    )
    with closing(read_only(path)) as connection:
        hits = search(connection, query)
    found = [hit.elsewhere for hit in hits]
    assert [one.url if one else "" for one in found] == ([] if url is None else [url])
    marked = [one.snippet.text[a:b] for one in found if one for a, b in one.snippet.marks]
    assert marked == ([said] if said else [])


def test_what_another_copy_says_is_left_out_by_not(path: Path) -> None:
    assert _found(path, "厂房 NOT 摘牌") == []


@pytest.mark.parametrize(
    "query", ["最大", "视频", "首批", "全国最大的冷库", "蕞大", "屏幕", "title:最大冷库"]
)
def test_a_word_that_is_spelt_otherwise_is_found_by_either_spelling(path: Path, query: str) -> None:
    assert "园区蕞大冷库" in [title for title, _ in _found(path, query)]
    with closing(read_only(path)) as connection:
        [(text,)] = connection.execute("SELECT text FROM articles WHERE title = '园区蕞大冷库'")
    assert "蕞大" in text  # the page's own


def test_a_word_that_only_looks_so_is_not_another(path: Path) -> None:
    assert _found(path, "电视频") == []


@pytest.mark.parametrize("hide_only", [True, False])
def test_a_copy_that_is_hidden_or_removed_is_searched_no_more(path: Path, hide_only: bool) -> None:
    CrawlStore(store_path(path)).close()
    order = Order("legal", "letter", "2026-04-01T00:00:00Z", hide_only=hide_only)
    assert remove(path, make_scope(urls=[OTHER_URL]), order).trouble == ""
    assert (_found(path, "四期用地"), _found(path, "三期")) == ([], [("三期标准厂房启用", "")])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM other_words WHERE kind = 'copy'").fetchone() == (0,)
        assert check_index(connection) == []


def test_an_index_that_was_made_anew_is_as_the_writer_makes_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.execute("SELECT * FROM other_words"))
        connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
        fill(connection)
        connection.commit()
        assert list(connection.execute("SELECT * FROM other_words")) == before
        assert check_index(connection) == []


def test_an_archive_from_before_is_indexed_anew(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE other_words")
        connection.executescript((ARCHIVE.scripts / "0022_search.sql").read_text(encoding="utf-8"))
        assert connection.execute("SELECT count(*) FROM articles_fts_docsize").fetchone() == (0,)
        ARCHIVE.on_migrated(connection, ["0022_search"], False)
        connection.commit()
    assert _found(path, "四期用地") == [("三期标准厂房启用", OTHER_URL)]
