"""A folded search finds a word in its other spellings; an exact one does not."""

from __future__ import annotations

import pytest

from pipelines.archive import read_only
from pipelines.archive.read.selection import Selection
from pipelines.search import search
from pipelines.spelling import SPELLINGS_MAX, spellings
from tests.readings import Fill, Told


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("园区", "園區"),
        ("園區", "园区"),
        ("台湾", "臺灣"),
        ("5G", "５ｇ"),
        ("ＡＩ", "ai"),
        ("里程", "裏程"),
        ("5G园区", "５ｇ園區"),
    ],
)
def test_a_word_has_its_other_spellings(word: str, other: str) -> None:
    assert other in spellings(word)


def test_a_long_word_has_its_uniform_spellings_and_no_flood() -> None:
    found = spellings("云澜产业园区发展规划环境影响评价报告书审查意见")
    assert "雲瀾產業園區發展規劃環境影響評價報告書審查意見" in found
    assert len(found) <= SPELLINGS_MAX


@pytest.mark.parametrize(("folded", "titles"), [(False, ["简"]), (True, ["繁", "简"])])
def test_folding_finds_both_scripts_and_marks_them(fill: Fill, folded: bool, titles: list[str]) -> None:
    path = fill(
        [
            Told(
                "https://a.example/1", "简", "青岚湖产业园区今年引进了十二个集成电路项目,总投资超过三十亿元。"
            ),
            Told(
                "https://b.example/2",
                "繁",
                "海滄口岸物流園區上月完成貨櫃吞吐四萬標箱,冷鏈倉庫利用率創下新高。",
            ),
        ]
    )
    connection = read_only(path)
    hits = search(connection, "园区", filters=Selection(folded=folded))
    connection.close()
    assert sorted(hit.title for hit in hits) == sorted(titles)
    assert all(hit.snippet.marks for hit in hits)


def test_filters_narrow_a_search(fill: Fill) -> None:
    text = "青岚湖产业园区今年引进了十二个集成电路项目,总投资超过三十亿元。"
    path = fill(
        [Told("https://a.example/1", "甲", text), Told("https://b.example/2", "乙", "港区园区" + text[::-1])]
    )
    connection = read_only(path)
    assert [hit.title for hit in search(connection, "园区", filters=Selection(sources=("b.example",)))] == [
        "乙"
    ]
    assert search(connection, "园区", filters=Selection(since="2026")) == []
    connection.close()
