"""A copy elsewhere that follows the changes feed is what the archive is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.archive.file import read_only
from pipelines.archive.read.changes import as_json, changes_since, kept_searches, new_for
from pipelines.archive.write.kept import add_search, note_told, remove_search
from pipelines.errors import ConfigurationError
from pipelines.records import Rejection
from tests.readings import Fill, Told, rows

AT = "2026-03-02T08:00:00Z"
PLANT = (
    "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻,总建筑面积九万平方米,配有检测中心。\n"
    "预计明年投产后新增岗位一千六百个,园区为企业提供一年的租金补贴。"
)
PORT = (
    "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高,两条近洋航线把到港时间缩短到三天。\n"
    "今年再建一座自动化立体库。"
)
A, B, C = "https://park.example/a.html", "https://copier.example/b.html", "https://daily.example/c"


def _seen(host: str) -> Rejection:
    """A page that makes the archive know a source."""
    return Rejection(f"https://{host}/", host, "kind", "list page")


def _changes(path: Path, since: int = 0) -> list[dict[str, Any]]:
    with closing(read_only(path)) as connection:
        return [as_json(change) for change in changes_since(connection, since, 1000)]


def _told(path: Path, since: int = 0) -> list[tuple[int, str]]:
    return [(line["id"], line["change"]) for line in _changes(path, since)]


def test_a_new_article_and_a_copy_that_joins_it_are_told_in_order(fill: Fill) -> None:
    path = fill([Told(A, "厂房启用", PLANT), Told(C, "吞吐新高", PORT)], [_seen("copier.example")])
    assert _told(path) == [(1, "new"), (2, "new")]
    last = _changes(path)[-1]["seq"]
    with Archive(path) as archive:
        archive.ingest([Told(B, "厂房启用", PLANT).reading(9)], AT)
    [joined] = _changes(path, last)
    assert (joined["article"]["title"], joined["change"]) == ("厂房启用", "joined")
    assert joined["article"]["copies"] == [B, A]


def test_writing_the_same_again_is_no_change(fill: Fill) -> None:
    page = Told(A, "厂房启用", PLANT)
    path = fill([page])
    last = _changes(path)[-1]["seq"]
    with Archive(path) as archive:
        archive.ingest([page.reading(1)], AT)
    assert _changes(path, last) == []


def test_a_correction_and_a_split_are_told_as_what_they_are(fill: Fill) -> None:
    a, b = (Told(A, "厂房启用", PLANT), Told("https://b.example/b", "厂房启用", PLANT))
    path = fill([a, b])
    with Archive(path) as archive:
        archive.correct(a.url, "title", "三期厂房启用", "as the paper has it", AT)
        last = _changes(path)[-1]["seq"]
        assert [change for _, change in _told(path)] == ["corrected"]
        archive.ingest([replace(a, day=date(2026, 1, 3)).reading(1)], AT)
        assert [change for _, change in _told(path)] == ["changed"]  # whatever was corrected before
        archive.split(b.url, "another occasion", AT)
    assert dict(_told(path, last)) == {1: "split", 2: "new"}


def test_what_is_removed_leaves_its_number_and_no_text(fill: Fill) -> None:
    path = fill([Told(A, "厂房启用", PLANT)])
    with Archive(path) as archive:
        archive._database.conn.execute("DELETE FROM copies")
        archive._database.conn.execute("DELETE FROM articles")
        archive._database.conn.commit()
    [line] = _changes(path)
    assert (line["id"], line["change"], "article" in line) == (1, "removed", False)


def test_a_kept_search_tells_what_is_new_once(fill: Fill) -> None:
    path = fill([Told(A, "厂房启用", PLANT)], [_seen("daily.example")])
    add_search(path, "halls", "厂房 OR 物流园", AT)
    with Archive(path) as archive:
        archive.ingest([Told(C, "吞吐新高", PORT, date(2026, 1, 2)).reading(9)], AT)
    with closing(read_only(path)) as connection:
        [kept] = kept_searches(connection)
        assert new_for(connection, kept) == [2]
    note_told(path, {"halls": 2})
    with closing(read_only(path)) as connection:
        assert new_for(connection, kept_searches(connection)[0]) == []
    assert (remove_search(path, "halls"), remove_search(path, "halls")) == (True, False)


@pytest.mark.parametrize(("name", "query"), [("a/b", "园区"), ("ok", '""'), ("", "园区")])
def test_a_search_that_could_not_be_shown_is_not_kept(fill: Fill, name: str, query: str) -> None:
    path = fill([Told(A, "厂房启用", PLANT)])
    with pytest.raises(ConfigurationError):
        add_search(path, name, query, AT)


def test_the_importer_of_the_how_to_follows_changes_and_removals(fill: Fill, tmp_path: Path) -> None:
    guide = Path(__file__).parents[3] / "docs/how-to/follow-the-archive.md"
    [program] = re.findall(r"```python\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    path = fill([Told(A, "厂房启用", PLANT), Told(C, "吞吐新高", PORT)], [_seen("copier.example")])

    def follow(since: int) -> tuple[int, list[int]]:
        lines = "".join(json.dumps(line) + "\n" for line in _changes(path, since))
        copy = tmp_path / "copy.db"
        subprocess.run([sys.executable, "-c", program, str(copy)], input=lines, text=True, check=True)
        [seq] = rows(copy, "SELECT seq FROM followed")[0]
        return seq, [row[0] for row in rows(copy, "SELECT id FROM articles ORDER BY id")]

    since, there = follow(0)
    assert there == [1, 2]
    with Archive(path) as archive:
        archive._database.conn.execute("DELETE FROM copies WHERE article_id = 1")
        archive._database.conn.execute("DELETE FROM articles WHERE id = 1")
        archive._database.conn.commit()
    assert follow(since)[1] == [2]
