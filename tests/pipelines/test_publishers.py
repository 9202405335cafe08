from __future__ import annotations

import pytest

from pipelines.publishers import normalise_publisher


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("苏州日报社", "苏州日报"),
        ("苏州日报", "苏州日报"),
        ("《苏州日报》", "苏州日报"),
        ("《瞭望》杂志社", "瞭望杂志"),
        ("读者杂志社", "读者杂志"),
        ("新华社", "新华社"),
        ("新华网", "新华网"),
        ("南港新聞社", "南港新聞社"),
        ("来源：苏州日报 记者 张三", "苏州日报"),
        ("人民日报社记者李四", "人民日报"),
        ("中国记者协会", "中国记者协会"),
        ("微信公众号“园区发布”", "园区发布"),
        ("【环球网】", "环球网"),
        ("ＥＥＴＯＰ", "EETOP"),
        ("Source: The Park Times", "The Park Times"),
        ("经济日报-中国经济网", "经济日报-中国经济网"),
        ("", ""),
    ],
)
def test_equal_publishers_meet_in_one_spelling(name: str, spelling: str) -> None:
    assert normalise_publisher(name) == spelling


@pytest.mark.parametrize(
    "name", ["苏州日报社", "《瞭望》杂志社", "微信公众号“园区发布”", "来源：A报社 记者 B"]
)
def test_a_spelling_stays_as_it_is(name: str) -> None:
    once = normalise_publisher(name)
    assert normalise_publisher(once) == once
