"""`parknews correct URL remove-line|keep-line`: a person's word on lines of a text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.pages.frontier import Fetched, Link
from pipelines.records import Source
from pipelines.stages import read_page
from pipelines.store import CrawlStore
from tests.commands import Run

HOST = "park.example"
URL = f"https://{HOST}/news/1.html"
LINES = (
    "滨江产业园区管委会今天宣布，园区一期工程已经全部建成，首批入驻企业将在下个月搬入新厂房开始生产。",
    "本报读者可以到园区展厅参观，凭报纸还能领取一份由园区企业提供的纪念品，先到先得。",
    "管委会表示，二期工程将在明年春天开工，规划了仓库、公寓和一座食堂，届时还会增加三条公交线路。",
)
CONTACT = "咨询热线：0000-0000000"


@pytest.fixture(autouse=True)
def archived(tmp_path: Path) -> None:
    """An archive of one article, and a store with its page."""
    body = "".join(f"<p>{line}</p>" for line in (*LINES, CONTACT))
    html = (
        "<html><head><title>一期工程建成</title></head><body><h1>一期工程建成</h1>"
        f"<div>2026-02-01 来源：滨江日报</div><div class='content'>{body}</div></body></html>"
    )
    with CrawlStore(tmp_path / "archive-pages.db") as store, Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(HOST, "滨江园区")])
        crawl = store.frontier.begin(HOST, every_s=3600, revisit=False, now=1000.0).crawl_id
        store.frontier.queue([Link(URL, HOST, HOST, "article", 30)])
        [entry] = [e for e in store.frontier.next_entries(HOST, HOST, 10, 1e12) if e.url == URL]
        at = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
        robots = "allowed, robots.txt 200"
        store.commits.page(
            crawl, entry, Fetched(URL, URL, 200, (), html.encode(), at, robots, kind="article", article=True)
        )
        [page] = store.pages.take(10, 0)
        archive.ingest([read_page(page, Source(HOST))], "2026-02-03T05:00:00Z")
        store.pages.mark_ingested([page.page_id])


def _correct(parknews: Run, *words: str) -> Any:
    return parknews("correct", URL, *words, "--reason", "as the editor says")


def _shown(parknews: Run) -> tuple[list[str], dict[str, str]]:
    """The text's lines, and what was stripped by which rule."""
    [copy] = parknews("show", URL, "--json").json["copies"]
    return copy["text"].split("\n"), {piece["text"]: piece["rule"] for piece in copy["stripped"]}


def _found(parknews: Run, word: str) -> int:
    return len(parknews("search", word, "--json").json["articles"])


def test_a_removed_line_is_gone_from_text_and_search_and_is_told_as_stripped(parknews: Run) -> None:
    assert (_shown(parknews)[0], _found(parknews, "纪念品")) == ([*LINES], 1)
    assert _correct(parknews, "remove-line", "本报读者可以").code == 0
    lines, stripped = _shown(parknews)
    assert (lines, stripped[LINES[1]], _found(parknews, "纪念品")) == ([LINES[0], LINES[2]], "correction", 0)
    assert parknews("changes").json["change"] == "corrected"


def test_a_kept_line_stands_where_it_stood_and_is_stripped_no_more(parknews: Run) -> None:
    assert CONTACT in _shown(parknews)[1]
    assert _correct(parknews, "keep-line", CONTACT).code == 0
    lines, stripped = _shown(parknews)
    assert (lines, CONTACT in stripped) == ([*LINES, CONTACT], False)


def test_words_on_lines_outlast_reprocess_and_are_taken_back_one_by_one(parknews: Run) -> None:
    _correct(parknews, "remove-line", LINES[1])
    _correct(parknews, "keep-line", CONTACT)
    assert parknews("reprocess").code == 0
    assert _shown(parknews)[0] == [LINES[0], LINES[2], CONTACT]
    assert parknews("correct", "--withdraw", "1").code == 0
    assert _shown(parknews)[0] == [*LINES, CONTACT]
    assert parknews("correct", "--withdraw", "2").code == 0
    assert _shown(parknews)[0] == [*LINES]


@pytest.mark.parametrize(
    ("field", "words", "message"),
    [
        ("remove-line", "没有这样一行", "no line begins so in its text"),
        ("keep-line", LINES[0], "no line begins so in what was stripped of it"),
        ("remove-line", "", "no line begins so"),
        ("drop-line", LINES[0], "no field that can be corrected"),
    ],
)
def test_a_line_that_is_not_there_is_an_error(parknews: Run, field: str, words: str, message: str) -> None:
    ended = _correct(parknews, field, words)
    assert (ended.code, message in ended.err) == (2, True)


def test_the_last_line_cannot_be_removed(parknews: Run) -> None:
    for line in LINES[:2]:
        assert _correct(parknews, "remove-line", line).code == 0
    ended = _correct(parknews, "remove-line", LINES[2])
    assert (ended.code, "nothing is left" in ended.err, _shown(parknews)[0]) == (2, True, [LINES[2]])


def test_without_the_stored_page_a_line_cannot_be_corrected(parknews: Run, tmp_path: Path) -> None:
    (tmp_path / "archive-pages.db").unlink()
    ended = _correct(parknews, "remove-line", LINES[1])
    assert (ended.code, "not stored any more" in ended.err, _shown(parknews)[0]) == (4, True, [*LINES])
