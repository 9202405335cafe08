"""What is slow to count is counted once for all and may be a little old, never from before a removal."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from crawler.serve import made
from crawler.serve.made import Made
from pipelines.archive import Archive
from pipelines.archive.file import reader
from tests.crawler.serve.test_cached import Get


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Archive(tmp_path / "archive.db").close()
    return tmp_path / "archive.db"


def ask(path: Path, find: Callable[[sqlite3.Connection], object], wait_s: float = 5) -> tuple[object, bool]:
    """The value of one key, and whether it is behind."""
    with reader(path) as connection:
        seen = Made(path, connection, wait_s)
        return seen.get("key", find), seen.is_behind


def write(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def articles(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sources").fetchone()[0])


SOURCE = "INSERT INTO sources (host, name) VALUES ('a.example', 'a')"
REMOVAL = (
    "INSERT INTO removals (scope, requester, reason, at, plan_hash, state)"
    " VALUES ('{}', '', '', '', '', 'ordered')"
)
AGAIN = "INSERT INTO removal_events (removal_id, at, event) VALUES (1, '', 'found again')"


def test_many_who_ask_at_once_wait_for_one(path: Path) -> None:
    calls: list[int] = []

    def find(_: sqlite3.Connection) -> int:
        calls.append(1)
        time.sleep(0.1)
        return 7

    with reader(path), ThreadPoolExecutor(8) as pool:  # opening the file the first time makes its log
        answers = list(pool.map(lambda _: ask(path, find)[0], range(8)))
    assert (answers, len(calls)) == ([7] * 8, 1)


def test_what_is_counted_fast_is_of_the_present_state(path: Path) -> None:
    assert ask(path, articles) == (0, False)
    write(path, SOURCE)
    assert ask(path, articles) == (1, False)


def test_what_is_slow_may_be_a_little_old_but_not_from_before_a_removal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "_LONG_S", 0)
    monkeypatch.setattr(made, "_AGE", 10**9)
    assert ask(path, articles) == (0, False)
    write(path, SOURCE)
    assert ask(path, articles) == (0, True)
    write(path, REMOVAL)
    assert ask(path, articles) == (1, False)
    write(path, SOURCE.replace("'", "'2", 1))
    assert ask(path, articles) == (1, True)
    write(path, AGAIN)
    assert ask(path, articles) == (2, False)


def test_what_takes_longer_than_a_request_may_is_there_for_the_next(path: Path) -> None:
    def find(_: sqlite3.Connection) -> int:
        time.sleep(0.2)
        return 7

    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        ask(path, find, wait_s=0.01)
    assert ask(path, find) == (7, False)


def test_an_answer_that_is_a_little_old_has_no_tag(
    get: Get, archive_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "_LONG_S", 0)
    monkeypatch.setattr(made, "_AGE", 10**9)
    get("/")
    write(archive_path, "UPDATE sources SET name = name")
    answer = get("/")
    assert ("etag" in answer.headers, answer.headers["cache-control"]) == (False, "no-store")
