"""What `parknews demo` prints at its end."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from crawler.cli.demo import next_commands, render
from crawler.demo.compare import DemoScore, score
from tests.crawler.demo.test_compare import COPIES, PORTS, REJECTIONS, TODAY, TRUTH

FOUND = [
    ("云澜公共资源交易中心", (14, 8, 1, 20, 3)),
    ("Delta Business Review", (9, 7, 0, 5, 1)),
]


@pytest.fixture
def result() -> DemoScore:
    return score(COPIES, REJECTIONS, TRUTH, PORTS, today=TODAY)


def printed(result: DemoScore, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(render(result, FOUND, Path("data/demo-archive/archive.db")))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_has_a_row_a_source_and_totals_on_80_columns(result: DemoScore) -> None:
    lines = [" ".join(line.split()) for line in printed(result, 80).splitlines()]
    assert "云澜公共资源交易中心 14 8 1 20 3" in lines
    assert "Delta Business Review 9 7 0 5 1" in lines
    assert "all 23 15 1 25 4" in lines


def test_the_verdict_is_said_in_words(result: DemoScore) -> None:
    assert "The truth of the demo is met" in printed(result, 80)


def test_faults_are_named_by_url() -> None:
    text = printed(score(COPIES[1:], REJECTIONS, TRUTH, PORTS, today=TODAY, canary_hits=2), 80)
    assert "The truth of the demo is NOT met" in text
    assert "lost: park.localhost/1" in text
    assert "2 requests broke robots.txt" in text


def test_three_commands_are_worth_typing_next() -> None:
    assert next_commands(Path("my demo/archive.db")) == (
        "parknews --db 'my demo/archive.db' search 园区",
        "parknews --db 'my demo/archive.db' show 1",
        "parknews --db 'my demo/archive.db' serve",
    )
