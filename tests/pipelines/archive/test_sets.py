"""Sets outlast joins and removals, and are searched; a sample stays as it is while the archive grows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.archive.file import reader
from pipelines.archive.read.selection import Selection, count_selected, select_ids
from pipelines.archive.read.sets import Kept, kept_in, set_names, sets_of
from pipelines.archive.write.kept import put_in_set, take_from_set
from pipelines.errors import ConfigurationError
from tests.readings import Fill, Told

AT = "2026-03-02T08:00:00Z"
TEXTS = (
    "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻,总建筑面积九万平方米,配有检测中心。",
    "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高,两条近洋航线把到港时间缩短到三天。",
    "学校与企业共建的产业学院本周迎来首批新生,课程由车间技师与教师共同讲授,学生每周有两天在生产线上实习。",
)


@pytest.fixture
def path(fill: Fill) -> Path:
    return fill(
        [
            Told(f"https://s{n}.example/a", f"标题{n}", text, date(2026, 1, n))
            for n, text in enumerate(TEXTS, 1)
        ]
    )


def _ids(path: Path, query: str, **narrower: Any) -> list[int]:
    with reader(path) as connection:
        return list(select_ids(connection, Selection(query=query, **narrower)))


def _kept(path: Path, name: str = "cases") -> list[Kept]:
    with reader(path) as connection:
        return kept_in(connection, name)


def test_a_set_and_a_label_are_fields_of_every_query(path: Path) -> None:
    plant, port, school = (_ids(path, f"标题{n}")[0] for n in (1, 2, 3))
    put_in_set(path, "cases", [plant, port], AT, label="fire")
    put_in_set(path, "cases", [port], AT, label="flood", note="as planned")
    found = {
        query: _ids(path, query) for query in ("set:cases", "set:cases 物流园", "label:fire", "NOT set:cases")
    }
    assert found == {
        "set:cases": [port, plant],
        "set:cases 物流园": [port],
        "label:fire": [plant],
        "NOT set:cases": [school],
    }
    assert {(kept.article_id, kept.label, kept.note) for kept in _kept(path)} == {
        (plant, "fire", ""),
        (port, "flood", "as planned"),
    }


def test_an_article_that_was_joined_is_in_the_set_under_its_number_of_today(path: Path) -> None:
    put_in_set(path, "cases", _ids(path, "标题1"), AT, label="plant", note="see the plant")
    put_in_set(path, "cases", _ids(path, "标题2"), AT, label="port", note="see the harbour")
    with Archive(path) as archive:
        archive.join("https://s1.example/a", "https://s2.example/a", "one event", AT)
    [today] = _ids(path, "set:cases")
    with reader(path) as connection:
        assert sorted(kept.note for kept in sets_of(connection, today)) == [
            "see the harbour",
            "see the plant",
        ]
    assert _ids(path, "label:port") == _ids(path, "label:plant") == [today]
    assert take_from_set(path, "cases", [today]) == 2
    assert _kept(path) == []


def test_whole_sets_go_and_what_cannot_be_kept_is_refused(path: Path) -> None:
    put_in_set(path, "cases", [1, 3], AT)
    assert take_from_set(path, "cases") == 2
    with reader(path) as connection:
        assert set_names(connection) == []
    for name, note in (("two words", None), ("cases", "长" * 4_001)):
        with pytest.raises(ConfigurationError):
            put_in_set(path, name, [1], AT, note=note)


def test_a_sample_is_the_same_again_and_stays_while_the_archive_grows(fill: Fill) -> None:
    def story(number: int) -> Any:
        words = "".join(chr(0x4E00 + number * 211 + place * 37) for place in range(60))
        return Told(f"https://s.example/{number}", f"标题{number}", f"园区{words}。", date(2026, 1, 1))

    path = fill([story(number) for number in range(40)])
    drawn = set(_ids(path, "园区", sample=10, seed=7))
    assert len(drawn) == 10
    assert set(_ids(path, "园区", sample=10, seed=7)) == drawn
    assert set(_ids(path, "园区", sample=10, seed=8)) != drawn
    assert set(_ids(path, "园区", sample=5, seed=7)) < drawn
    with Archive(path) as archive:
        archive.ingest([story(number).reading(number) for number in range(40, 60)], AT)
    grown = set(_ids(path, "园区", sample=10, seed=7))
    assert {number for number in grown if number <= 40} <= drawn
    with reader(path) as connection:
        assert count_selected(connection, Selection(query="园区", sample=10, seed=7)) == 10
