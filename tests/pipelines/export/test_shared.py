"""A shared file has what visitors may read, and is searched by programs that know nothing of us."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from pipelines.records import Stripped
from tests.commands import parknews_here
from tests.pipelines.added import COLUMN, add_everywhere
from tests.readings import Fill, Told

PLANT = (
    "青岚湖科技园昨日启用第三期标准厂房，首批十二家装备企业签约入驻。园区负责人说，三期厂房总建筑面积九万平方米，"
    "配有共享检测中心与职工公寓。The AI Center opens in May."
)
HARBOUR = (
    "海沧口岸物流园上月完成集装箱吞吐四万标箱，冷链仓库利用率创下新高，港务部门表示满意，并将开两条航线。"
)
FOOTER = Stripped("contact", "phone", "咨询电话:0512-62881234 联系人:张小明")
SECRET = "zq9"


@pytest.fixture
def archive(fill: Fill) -> Path:
    plant = Told("https://park.example/a", "三期标准厂房启用", PLANT, date(2026, 1, 2), "青岚湖", (FOOTER,))
    path = fill([plant, Told("https://daily.example/c.html", "物流园吞吐创新高", HARBOUR)])
    with sqlite3.connect(path) as writer:
        writer.execute(
            "INSERT INTO removals (scope, requester, reason, at, plan_hash, state)"
            f" VALUES ('{SECRET}', '{SECRET}', '{SECRET}', '2026', '{SECRET}', 'ordered')"
        )
        writer.execute("DELETE FROM copies WHERE source = 'daily.example'")  # as a removal hides it
        writer.execute("DELETE FROM articles WHERE source = 'daily.example'")
    add_everywhere(path, lambda _: SECRET)
    return path


@pytest.fixture
def shared(archive: Path, tmp_path: Path) -> Path:
    target = tmp_path / "parks.db"
    done = parknews_here(archive, "share", "-o", str(target))
    assert (done.code, done.out.startswith("1 article shared in")) == (0, True), done.err
    return target


def test_it_has_nothing_that_a_visitor_may_not_read(shared: Path) -> None:
    held = shared.read_bytes()
    digest = hashlib.sha256(HARBOUR.encode()).digest()
    column = f'"{COLUMN}"'.encode()  # as the file would name it
    told = [SECRET.encode(), column, b"62881234", "张小明".encode(), "海沧口岸".encode(), digest]
    assert [one for one in told if one in held] == []


def test_it_has_the_articles_their_copies_and_the_views(shared: Path) -> None:
    with closing(sqlite3.connect(shared)) as connection:
        [(title, text, copies)] = connection.execute(
            "SELECT a.title, t.text, (SELECT count(*) FROM stripped) FROM articles a"
            " JOIN copies c ON c.article_id = a.id JOIN texts t ON t.id = c.text_id"
        )
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (title, text, copies) == ("三期标准厂房启用", PLANT, 1)
    assert names >= {"sources", "runs", "coverage", "reprints", "mentions", "differences"}
    assert not names & {"meta", "blocks", "removal_requests", "stay_down"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("园区", 1),
        ("厂", 1),
        ("标准厂房", 1),
        ("三期标准厂房", 1),
        ("园区 公寓", 1),
        ("AI", 1),
        ("物流", 0),
        ("cent", 0),
    ],
)
def test_sqlite_utils_finds_words_in_it(shared: Path, query: str, found: int) -> None:
    with closing(sqlite3.connect(shared)) as connection:
        rows = list(Database(connection).table("articles").search(query, columns=["title"]))
    assert rows == [{"title": "三期标准厂房启用"}] * found


def test_plain_datasette_shows_it_with_labels_and_a_search_box(shared: Path) -> None:
    metadata = json.loads(shared.with_name("parks.metadata.json").read_text(encoding="utf-8"))

    async def visit() -> tuple[str, list[Any], list[int]]:
        site = Datasette([str(shared)], metadata=metadata)
        await site.invoke_startup()
        page = (await site.client.get("/parks/articles")).text
        rows = (await site.client.get("/parks/articles.json?_shape=array&_search=园区")).json()
        queries = (await site.client.get("/parks.json")).json()["queries"]
        statuses = [(await site.client.get(f"/parks/{query['name']}")).status_code for query in queries]
        return page, rows, statuses

    page, rows, statuses = asyncio.run(visit())
    assert 'name="_search"' in page
    assert "One row a distinct piece of news" in page
    assert [row["title"] for row in rows] == ["三期标准厂房启用"]
    assert set(statuses) == {200}


def test_the_archive_itself_is_not_written_over(archive: Path) -> None:
    done = parknews_here(archive, "share", "-o", str(archive))
    assert (done.code, "is the archive itself" in done.err) == (2, True)
