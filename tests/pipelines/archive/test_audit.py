"""What an audit reads of a whole archive."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from pipelines.archive.file import read_only
from pipelines.archive.read.sources import (
    CopyRow,
    read_copies,
    read_rejections,
    source_yields,
    stripped_by_source,
)
from pipelines.records import Rejection, Stripped
from tests.conftest import Told
from tests.readings import Fill

TEXT = (
    "青岚湖科技园昨日启用第三期标准厂房，首批十二家装备企业签约入驻。园区负责人说，三期厂房总建筑面积九万平方米，"
    "配有共享检测中心与职工公寓，预计明年投产后新增岗位一千六百个。"
)


def test_every_copy_rejection_and_source_is_read(fill: Fill) -> None:
    park = Told("https://park.example/a", "厂房启用", TEXT, day=date(2024, 3, 5), credited="管委会")
    copier = Told(
        "https://copier.example/b", "厂房启用", TEXT + "\n", stripped=(Stripped("contact", "phone", "电话"),)
    )
    path = fill(
        [park, copier], [Rejection("https://copier.example/list", "copier.example", "kind", "list page")]
    )
    with closing(read_only(path)) as connection:
        copies = read_copies(connection)
        rejections = read_rejections(connection)
        sources, stripped = source_yields(connection), stripped_by_source(connection)
    assert [(row.url, row.text.strip()) for row in copies] == [(copier.url, TEXT), (park.url, TEXT)]
    assert copies[1] == CopyRow(
        park.url, copies[0].article_id, "厂房启用", TEXT, "2024-03-05", "管委会", "zh-Hans"
    )
    assert rejections == {"https://copier.example/list": "list page"}
    held = {host: (of.articles, of.copies, of.rejections) for host, of in sources.items()}
    assert held == {"copier.example": (0, 1, 1), "park.example": (1, 1, 0)}
    assert stripped == {"copier.example": 1}
