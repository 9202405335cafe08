"""Signatures are compared with plain datasketch as the how-to says, and tell how much two texts share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from datasketch import LeanMinHash

from pipelines.archive import Archive, read_only
from pipelines.export.file import ExportRequest, write_export
from pipelines.records import Source
from pipelines.sign import sign
from tests.pipelines.archive.sample_texts import HARBOUR, PARK
from tests.readings import HOSTS, NOW, make_reading

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "analyst-take-articles-along.md"
FORM = (
    "{month}月全市工业园区完成产值{a}亿元,实际利用外资{b}万美元,新开工项目{c}个,竣工项目{d}个,园区用电量{e}万千瓦时。"
    "统计部门表示,上述数据由各园区管委会按月上报,经核实后公布,如有调整以年报为准,并按照规定的时间和口径报送。"
    "各园区要继续做好企业服务和项目跟踪工作,及时协调解决用地、用工、融资等方面的困难,确保全年目标任务顺利完成。"
    "对连续两个月迟报、漏报的单位,将在年底考核中扣减相应分值,并约谈其主要负责人。"
)
"""Two of these are look-alikes that are kept apart: two articles with much text in common."""


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the how-to's Python leaves behind, run beside an export of three articles."""
    texts = [FORM.format(month=3, a=120, b=4300, c=17, d=9, e=880), HARBOUR + PARK]
    texts.append(FORM.format(month=4, a=134, b=3950, c=21, d=12, e=913))
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(host, host) for host in HOSTS])
        archive.ingest(
            [make_reading(f"https://park.example/{n}", text, page_id=n) for n, text in enumerate(texts)], NOW
        )
    connection = read_only(tmp_path / "archive.db")
    request = ExportRequest("parquet", signature=True)
    write_export(connection, tmp_path / "articles.parquet", request, made_at=NOW, version="test")
    connection.close()
    monkeypatch.chdir(tmp_path)
    [code] = [
        block
        for block in re.findall(r"^```python\n(.*?)^```", HOW_TO.read_text(encoding="utf-8"), re.M | re.S)
        if "datasketch" in block
    ]
    told: dict[str, Any] = {}
    exec(code, told)  # the how-to's own words
    return told


def test_what_stands_in_the_how_to_finds_what_is_alike(notebook: dict[str, Any]) -> None:
    assert len(notebook["rows"]) == 3
    bulletins = {row["id"] for row in notebook["rows"] if "完成产值" in row["text"]}
    alone = {row["id"] for row in notebook["rows"]} - bulletins
    assert len(bulletins) == 2
    assert set(notebook["alike"]) in (bulletins, alone)
    assert all(
        set(notebook["index"].query(notebook["signatures"][number])) == bulletins for number in bulletins
    )


def test_a_signature_tells_the_similarity_to_within_its_error(notebook: dict[str, Any]) -> None:
    one, other = (row for row in notebook["rows"] if row["text"].startswith(("3月", "4月")))
    signatures = (LeanMinHash.deserialize(row["signature"], "<") for row in (one, other))
    first, second = signatures
    a, b = (set(sign(row["text"]).shingles.tolist()) for row in (one, other))
    assert first.jaccard(second) == pytest.approx(
        len(a & b) / len(a | b), abs=0.13
    )  # three times 128 ** -.5 / 2


def test_a_text_of_ones_own_is_signed_in_the_same_bytes(notebook: dict[str, Any]) -> None:
    assert [sign(row["text"]).signature for row in notebook["rows"]] == [
        row["signature"] for row in notebook["rows"]
    ]
