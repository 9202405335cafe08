"""`correct`, `split` and `join` from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.records import Field, Source, Stripped
from tests.commands import parknews_here
from tests.readings import HOSTS, NOW, make_reading, rows

A, B = "https://park.example/a", "https://daily.example/b"
TEXT = "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻,预计明年投产后新增岗位一千六百个。" * 3


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.put_sources([Source(host, host) for host in HOSTS])
        archive.ingest([make_reading(A, TEXT, page_id=1), make_reading(B, TEXT, page_id=2, minutes=1)], NOW)
    return path


def run(db: Path, *words: str) -> dict[str, object]:
    done = parknews_here(db, *words, "--json")
    assert done.code == 0, done.err
    return done.json


def articles(db: Path) -> int:
    return int(rows(db, "SELECT count(*) FROM articles")[0][0])


def test_a_correction_is_made_listed_and_taken_back(db: Path) -> None:
    assert run(db, "correct", A, "title", "改正的标题", "--reason", "typing error") == {"id": 1}
    assert rows(db, "SELECT title FROM copies WHERE url = ?", A)[0] == ("改正的标题",)
    run(db, "correct", "--withdraw", "1")
    answer = json.dumps(run(db, "correct", "--list"), ensure_ascii=False)
    assert '"field": "title", "value": "改正的标题", "reason": "typing error"' in answer
    assert '"withdrawn_at": "20' in answer


def test_a_corrected_author_is_gone_from_what_is_shown(db: Path) -> None:
    story = make_reading(A, TEXT).story
    byline = Stripped("editor", "byline", "本报记者 张三丰")
    story = replace(
        story, author=Field("张三丰", "byline", "作者：张三丰"), stripped=(*story.stripped, byline)
    )
    with Archive(db) as archive:
        archive.ingest([replace(make_reading(A, TEXT, page_id=3, minutes=9), story=story)], NOW)
    assert "张三丰" in json.dumps(run(db, "show", A), ensure_ascii=False)
    run(db, "correct", A, "author", "李四", "--reason", "letter of 3 March")
    shown = json.dumps(run(db, "show", A), ensure_ascii=False)
    assert ("张三丰" in shown, "李四" in shown, "0512-0000000" in shown) == (False, True, True)


def test_a_split_and_a_join_are_each_others_opposite(db: Path) -> None:
    assert articles(db) == 1
    run(db, "split", B, "--reason", "their own report")
    assert articles(db) == 2
    run(db, "join", A, B, "--reason", "after all")
    assert articles(db) == 1
    assert json.dumps(run(db, "join", "--list")).count('"withdrawn_at": null') == 2


def said(db: Path, *words: str) -> str:
    return " ".join(parknews_here(db, *words).out.split())


def test_it_is_said_what_became_of_the_articles(db: Path) -> None:
    assert said(db, "split", B, "--reason", "own") == f"decision 1 is in force: {B} is article 2"
    assert said(db, "split", B, "--reason", "own") == f"decision 2 is in force: {B} is article 2, as before"
    assert said(db, "join", A, B, "--reason", "one") == "decision 3 is in force: both are article 1"
    assert said(db, "split", A, "--reason", "own").startswith(f"decision 4 is in force: {A} is article ")
    assert said(db, "join", "--withdraw", "4") == f"decision 4 is taken back: {A} is article 1"
    assert run(db, "join", "--withdraw", "3") == {"withdrawn": 3, "articles": {A: 1, B: 2}}


def test_what_is_no_address_is_told_in_one_line_as_everywhere(db: Path) -> None:
    told = [
        parknews_here(db, *words, "--reason", "y").err
        for words in (("split", "ftp://x/y"), ("reject", "x y"))
    ]
    assert told == [
        "parknews: ftp://x/y: not an http(s) address: 'ftp://x/y'\n",
        "parknews: x y: not an http(s) address: 'x y'\n",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("correct", A, "title", "x"),
        ("correct", A, "colour", "x", "--reason", "y"),
        ("correct", A),
        ("split", "--reason", "y"),
        ("split", "https://park.example/none", "--reason", "y"),
        ("join", A, "--reason", "y"),
        ("join", A, A, "--reason", "y"),
        ("split", "--withdraw", "9"),
        ("correct", "--withdraw", "9"),
        ("split", "ftp://x/y", "--reason", "y"),
    ],
)
def test_what_cannot_be_done_is_wrong_usage(db: Path, words: tuple[str, ...]) -> None:
    done = parknews_here(db, *words)
    assert (done.code, done.out) == (2, "")
