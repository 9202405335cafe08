"""Pages whose texts are copies, and whether they are one article."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.join.occasions import Page, compare_headlines, occasions


def _pages(*rows: tuple[str, str, str | None, int]) -> list[Page]:
    return [
        Page(f"http://{host}/{n}", host, title, day, node) for n, (host, title, day, node) in enumerate(rows)
    ]


def _parts(pages: list[Page], similarity: float) -> list[list[int]]:
    """The pages' numbers by part."""
    found = occasions(pages, lambda a, b: 1.0 if a == b else similarity)
    parts: dict[int, list[int]] = {}
    for page in pages:
        parts.setdefault(found[page.url], []).append(int(page.url.rsplit("/", 1)[1]))
    return sorted(parts.values())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("云岭新城安全例会召开", "云岭新城安全例会召開", "same"),
        ("（简报第85期）云岭新城走实发展之路", "云岭新城走实发展之路", "same"),
        ("关于举办培训班的通知", "关于举办培训班的通知(1)", "same"),
        ("关于举办培训班的通知", "关于举办培训班的补充通知", "added"),
        ("续期提示（2025年3月）", "续期提示（2025年4月）", "form"),
        ("续期提示（第1批）", "续期提示（第10批）", "form"),
        ("东区道路改造招标公告", "西区道路改造招标公告", "form"),
        ("拟批准项目的公示", "拟不予批准项目的公示", "form"),
        ("中秋节前教育会议召开", "市民广场喷泉开放时间", "other"),
    ],
)
def test_how_two_headlines_stand_to_each_other(one: str, other: str, expected: str) -> None:
    assert compare_headlines(one, other) == compare_headlines(other, one) == expected


def test_twelve_monthly_notices_with_one_text_are_twelve() -> None:
    months = [
        ("a.example", f"续期提示（2025年{month}月）", f"2025-{month:02}-01", 1) for month in range(1, 13)
    ]
    assert _parts(_pages(*months), 1.0) == [[n] for n in range(12)]


@pytest.mark.parametrize(
    ("other", "day", "similarity", "is_one"),
    [
        ("关于暂停办理业务的通知", "2025-06-01", 0.9, True),
        ("关于恢复办理业务的通知", "2025-06-01", 0.9, False),
        ("关于恢复办理业务的通知", "2025-05-01", 0.98, True),
        ("关于恢复办理业务的通知", "2025-05-01", 0.95, False),
        ("关于恢复办理业务的通知", None, 0.6, False),
        ("园区喷泉本周开放", "2025-06-01", 0.9, True),
        ("园区喷泉本周开放", "2025-06-01", 0.4, False),
    ],
    ids=[
        "its headline",
        "other day",
        "one day",
        "one day, other words",
        "no day",
        "another headline",
        "a template",
    ],
)
def test_a_second_page_of_a_host(other: str, day: str | None, similarity: float, is_one: bool) -> None:
    pages = _pages(("a.example", "关于暂停办理业务的通知", "2025-05-01", 1), ("a.example", other, day, 2))
    assert (len(_parts(pages, similarity)) == 1) == is_one


def test_pages_of_other_hosts_go_with_the_notice_that_they_copy() -> None:
    pages = _pages(
        ("a.example", "三月份例会召开", "2025-03-05", 1),
        ("a.example", "四月份例会召开", "2025-04-05", 2),
        ("b.example", "四月份例会召开", "2025-04-06", 3),
        ("c.example", "安全生产例会", None, 1),
    )
    assert _parts(pages, 0.7) == [[0, 3], [1, 2]]


def test_one_page_a_host_is_one_article_whatever_its_headline_and_day() -> None:
    pages = _pages(
        ("a.example", "三月份例会召开", "2025-03-05", 1), ("b.example", "园区开会", "2025-04-05", 2)
    )
    assert _parts(pages, 0.3) == [[0, 1]]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.example", "b.example"]),
            st.sampled_from(["三月份例会召开", "四月份例会召开", "四月份例会召开(1)", "喷泉开放"]),
            st.sampled_from([None, "2025-03-05", "2025-04-05"]),
            st.integers(1, 3),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_pages_does_not_matter(
    rows: list[tuple[str, str, str | None, int]], chance: random.Random
) -> None:
    pages = _pages(*rows)
    shuffled = pages[:]
    chance.shuffle(shuffled)
    told = [occasions(some, lambda a, b: 1.0 if a == b else 0.6) for some in (pages, shuffled)]
    assert told[0] == told[1]
