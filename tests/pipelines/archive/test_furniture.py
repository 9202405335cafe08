"""What becomes furniture of a source, and that the order in which pages came does not matter."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.archive import Archive
from pipelines.furniture import edge_lines, furniture_on, line_key, titles_needed
from pipelines.records import Reading, Source
from tests.readings import HOSTS, NOW, make_reading, rows

Rows = Callable[..., list[tuple[object, ...]]]


FOOTER = "青岚湖资讯平台为您提供一站式选址服务"
QUOTE = "负责人表示,园区将继续优化服务。"


def read(number: int, title: str, lines: list[str], furniture: frozenset[int]) -> Reading:
    """As the stages do: lines that are furniture of the source are left out of the text."""
    used = furniture_on(lines, furniture)
    text = "\n".join(line for line in lines if line_key(line) not in used)
    reading = make_reading(
        f"https://park.example/{number}", text, page_id=number, minutes=number, title=title
    )
    return replace(reading, edge_lines=edge_lines(lines), furniture_used=tuple(sorted(used)))


def page(number: int, *tail: str, title: str = "") -> tuple[int, str, list[str]]:
    body = [
        f"第{number}号地块今日开工,建设{number * 37 % 101}条产线,总投资{number * 11}亿元。" * 2
        for _ in range(2)
    ]
    return number, title or f"第{number}号地块开工", [f"导语{number}。{body[0]}", body[1] + "完", *tail]


def ingest(archive: Archive, pages: list[tuple[int, str, list[str]]]) -> None:
    """Ingests pages one by one, and reads again what became stale, as draining does."""
    by_id = {number: (number, title, lines) for number, title, lines in pages}
    for entry in pages:
        archive.ingest([read(*entry, archive.furniture("park.example"))], NOW)
    while stale := archive.stale_pages(10):
        archive.ingest([read(*by_id[number], archive.furniture("park.example")) for number in stale], NOW)


def test_a_line_on_three_pages_leaves_the_pages_that_came_before_too(archive: Archive, rows: Rows) -> None:
    ingest(archive, [page(number, FOOTER) for number in (1, 2, 3)])
    assert rows("SELECT count(*) FROM texts WHERE text LIKE ?", f"%{FOOTER}%") == [(0,)]


def test_a_line_on_two_pages_stays(archive: Archive, rows: Rows) -> None:
    ingest(archive, [page(number, FOOTER) for number in (1, 2)])
    assert rows("SELECT count(*) FROM texts WHERE text LIKE ?", f"%{FOOTER}%") == [(2,)]


def test_posting_one_article_again_makes_nothing_furniture(archive: Archive) -> None:
    ingest(archive, [page(number, FOOTER, title="同一条新闻") for number in (1, 2, 3, 4)])
    assert archive.furniture("park.example") == frozenset()


def test_a_statement_in_a_few_of_many_reports_stays(archive: Archive) -> None:
    pages = [page(number, *([QUOTE] if number <= 3 else []), FOOTER) for number in range(1, 61)]
    ingest(archive, pages)
    assert archive.furniture("park.example") == {line_key(FOOTER)}


def test_a_page_that_changed_gives_back_what_it_taught(archive: Archive, rows: Rows) -> None:
    pages = [page(number, FOOTER) for number in (1, 2, 3)]
    ingest(archive, pages)
    changed = replace(
        read(*page(3), frozenset()), page_id=9, fetched_at=make_reading("x://y/z", "", minutes=99).fetched_at
    )
    archive.ingest([changed], NOW)
    while stale := archive.stale_pages(10):
        archive.ingest([read(*pages[n - 1], archive.furniture("park.example")) for n in stale], NOW)
    assert rows("SELECT count(*) FROM texts WHERE text LIKE ?", f"%{FOOTER}%") == [(2,)]


def test_the_shared_lead_of_a_series_stays() -> None:
    lead = "开栏的话:从今天起,本报推出系列报道,走进青岚湖科技园的一线车间,记录普通人的故事。"
    body = [f"第{n}段" for n in range(20)]
    assert line_key(lead) not in edge_lines([lead, *body])
    assert line_key("点击上方蓝字关注我们") in edge_lines(["点击上方蓝字关注我们", *body])


@pytest.mark.parametrize(
    ("readings", "needed"), [(1, 3), (36, 3), (37, 4), (100, 5), (1000, 16), (10_000, 50)]
)
def test_more_pages_ask_for_more_titles(readings: int, needed: int) -> None:
    assert titles_needed(readings) == needed


PAGES = [
    *(page(number, QUOTE, FOOTER) for number in (1, 2, 3)),
    *(page(number, FOOTER) for number in (4, 5)),
    page(6, QUOTE, title="第1号地块开工"),
    *(page(number) for number in range(7, 42)),
]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(PAGES))
def test_what_is_learned_does_not_depend_on_order(order: list[tuple[int, str, list[str]]]) -> None:
    assert _result(order) == _result(PAGES)


def _result(order: list[tuple[int, str, list[str]]]) -> list[list[tuple[object, ...]]]:
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        archive.put_sources([Source(host, host) for host in HOSTS])
        ingest(archive, order)
        return [
            rows(archive.path, sql)
            for sql in (
                "SELECT copies.url, texts.text FROM copies JOIN texts ON texts.id = text_id ORDER BY url",
                "SELECT source, line, titles FROM source_lines ORDER BY source, line",
                "SELECT group_concat(url) FROM (SELECT url, article_id FROM copies ORDER BY url)"
                " GROUP BY article_id ORDER BY 1",
            )
        ]


FORM = [
    "各有关单位：",
    "一、活动时间",
    "时间：另行通知",
    "临湖智造园管理委员会",
    "特此公告。",
    "本办法自公布之日起施行，由管委会负责解释。",
]


@pytest.mark.parametrize("line", FORM)
def test_what_notices_have_in_common_is_their_form(line: str) -> None:
    assert line_key(line) not in edge_lines([line])


@pytest.mark.parametrize(
    "line",
    [
        "欢迎关注临湖智造园",
        "Sign up for our newsletter",
        "园区产业网，与两万家企业一起成长，每天带来新鲜的产业观察。",
    ],
)
def test_what_speaks_to_readers_or_is_a_sentence_may_be_furniture(line: str) -> None:
    assert line_key(line) in edge_lines([*"一二三四五", line])
