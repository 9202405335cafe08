"""Every question of the cookbook has SQL that runs on the demo archive, in a plain connection."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import pandas
import pytest

ROOT = Path(__file__).parents[2]
RECIPES = dict(
    re.findall(
        r"^## (\d+)\. .*?```sql\n(.*?)```",
        (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8"),
        re.M | re.S,
    )
)
MAY_BE_EMPTY = {"6", "10", "13", "15", "17"}
"""Questions about what is amiss, which the demo need not have, and about the newest quarter."""
SECONDS_MAX = 2.0


@pytest.fixture(scope="module")
def archive(demo: Any) -> sqlite3.Connection:
    opened = sqlite3.connect(f"file:{demo.archive}?mode=ro", uri=True)
    assert opened.execute("SELECT count(*) FROM articles").fetchone()[0], demo.answer
    return opened


def test_the_cookbook_has_enough_questions() -> None:
    assert len(RECIPES) >= 15


@pytest.mark.parametrize("number", RECIPES)
def test_the_sql_of_a_question_answers_it(archive: sqlite3.Connection, number: str) -> None:
    started = time.monotonic()
    rows = archive.execute(RECIPES[number]).fetchall()
    assert rows or number in MAY_BE_EMPTY
    assert time.monotonic() - started < SECONDS_MAX


def test_a_question_reads_into_pandas(archive: sqlite3.Connection) -> None:
    frame = pandas.read_sql(RECIPES["7"], archive)
    assert list(frame.columns) == ["from_name", "to_name", "articles", "shortest_lag", "mean_lag"]
    assert (frame["articles"] > 0).all()


def test_search_in_sql_finds_what_a_scan_finds(archive: sqlite3.Connection) -> None:
    found = {row[0] for row in archive.execute(RECIPES["4"])}
    scanned = {
        number
        for number, title, text in archive.execute("SELECT id, title, text FROM articles")
        if all(any(word in "".join(part.split()) for part in (title, text)) for word in ("园区", "企业"))
    }
    assert found == scanned


def test_what_is_copied_within_a_day_agrees_with_the_dates(archive: sqlite3.Connection) -> None:
    counted = sum(row[2] for row in archive.execute(RECIPES["8"]))
    copies = archive.execute(
        "SELECT c.published_day, k.published_day FROM copies c JOIN copies k ON k.article_id = c.article_id"
        " AND k.kept = 1 WHERE c.kept = 0 AND c.source <> k.source"
    ).fetchall()
    days = [(pandas.Timestamp(a) - pandas.Timestamp(b)).days for a, b in copies if a and b]
    assert counted == sum(day in {0, 1} for day in days)
