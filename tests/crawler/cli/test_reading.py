"""search, show, sources list and status over a small archive."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive, RunCounts
from pipelines.records import SourceRun
from tests.commands import Run

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def _json(out: str) -> Any:
    lines = out.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


@pytest.mark.usefixtures("archive")
def test_search_prints_one_json_object(parknews: Run) -> None:
    found = parknews("search", "园区", "--json")
    [article] = _json(found.out)["articles"]
    assert (found.code, found.err) == (0, "")
    assert {"id", "title", "url", "source", "published", "snippet"} <= article.keys()
    assert (article["url"], article["published"], article["copies"]) == (
        "https://park.example/1.html",
        "2026-02-01",
        2,
    )
    assert article["snippet"].startswith("滨江产业园区")
    assert [article["snippet"][a:b] for a, b in article["marks"]] == ["园区", "园区"]


@pytest.mark.usefixtures("archive")
def test_search_without_hits_is_no_failure_and_says_so_beside_the_answer(parknews: Run) -> None:
    found = parknews("search", "不存在")
    assert (found.code, found.out, found.err) == (0, "", "no article contains 不存在\n")
    assert _json(parknews("search", "不存在", "--json").out)["articles"] == []


@pytest.mark.usefixtures("archive")
def test_several_words_need_no_quotation_marks(parknews: Run) -> None:
    assert len(_json(parknews("search", "园区", "厂房", "--json").out)["articles"]) == 1
    assert len(_json(parknews("search", "园区", "公交", "--json").out)["articles"]) == 0


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    "command", [("search", "园区"), ("show", "1"), ("show", "https://park.example/list")]
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_a_terminal_obeys_is_never_printed(
    parknews: Run, command: tuple[str, ...], form: tuple[str, ...]
) -> None:
    found = parknews(*command, *form)
    assert found.code == 0
    assert _CONTROLS.findall(found.out + found.err) == []


@pytest.mark.usefixtures("archive")
def test_json_keeps_the_title_as_it_is(parknews: Run) -> None:
    [article] = _json(parknews("search", "园区", "--json").out)["articles"]
    assert article["title"] == "标题\x1b[31m\x9b2J\u202e倒"


@pytest.mark.usefixtures("archive")
def test_show_tells_people_the_whole_account(parknews: Run) -> None:
    shown = parknews("show", "https://copier.example/3").out
    for piece in (
        "滨江产业园区管委会今天宣布",
        "Copies (2)",
        "https://copier.example/3",
        "its text is the same as the kept copy's",
        "contact (phone line): 咨询热线 0000-0000000",
        "published: 2026-02-01  [byline]",
    ):
        assert piece in shown


@pytest.mark.usefixtures("archive")
def test_show_prints_one_json_object(parknews: Run) -> None:
    article = _json(parknews("show", "1", "--json").out)
    assert (article["found"], article["id"], len(article["copies"])) == ("article", 1, 2)
    assert article["copies"][0]["stripped"][0]["kind"] == "contact"


@pytest.mark.usefixtures("archive")
def test_show_says_why_a_url_was_rejected(parknews: Run) -> None:
    shown = parknews("show", "https://park.example/list", "--json")
    assert _json(shown.out) == {
        "found": "rejection",
        "url": "https://park.example/list",
        "source": "park.example",
        "stage": "kind",
        "reason": "list page",
        "at": "2026-03-01T08:00:30Z",
    }


@pytest.mark.usefixtures("archive")
def test_show_of_what_is_not_there_is_one_line_and_code_1(parknews: Run) -> None:
    shown = parknews("show", "999")
    assert (shown.code, shown.out, shown.err.count("\n")) == (1, "", 1)


@pytest.mark.usefixtures("sources")
def test_sources_list_shows_host_name_and_schedule(parknews: Run) -> None:
    assert parknews("sources", "list").out == (
        "park.example\n  滨江园区; every 6h, 1 s between requests\n  https://park.example/\n"
    )
    [source] = _json(parknews("sources", "list", "--json").out)["sources"]
    assert (source["host"], source["every_s"], source["start_urls"]) == (
        "park.example",
        21600,
        ["https://park.example/"],
    )


@pytest.mark.usefixtures("sources")
def test_status_before_the_first_run_is_new_and_no_trouble(parknews: Run) -> None:
    found = parknews("status", "--json")
    [source] = _json(found.out)["sources"]
    assert (found.code, source["state"], source["last_success_at"]) == (0, "new", None)


def _ran(path: Path, **counts: int) -> None:
    values = {"fetched": 2, "articles": 1, "unchanged": 0, "failed": 0, "refused": 0, **counts}
    with Archive(path) as archive:
        run = archive.start_run("2026-03-01T07:30:00Z", "test")
        last = SourceRun(host="park.example", down=False, last_error="HTTP 503" if counts else "", **values)
        archive.finish_run(run, "done", RunCounts(), "2026-03-01T07:40:00Z", [last])


@pytest.mark.usefixtures("sources")
def test_status_tells_last_success_and_next_due_time(parknews: Run, archive: Path) -> None:
    _ran(archive)
    found = parknews("status", "--json")
    [source] = _json(found.out)["sources"]
    assert (found.code, source["state"], source["articles"]) == (0, "ok", 1)
    assert (source["last_success_at"], source["next_due_at"]) == (
        "2026-03-01T07:30:00Z",
        "2026-03-01T13:30:00Z",
    )


@pytest.mark.usefixtures("sources")
def test_status_exits_1_with_a_line_for_each_source_in_trouble(parknews: Run, archive: Path) -> None:
    _ran(archive, fetched=0, articles=0, failed=3)
    found = parknews("status")
    last = found.out.splitlines()[-1]
    assert (found.code, last) == (
        1,
        "! park.example: its last run got no page (HTTP 503); open a start URL in a browser",
    )


def test_reading_leaves_the_archive_untouched(parknews: Run, archive: Path) -> None:
    before = archive.read_bytes()
    for command in (("search", "园区"), ("show", "1"), ("show", "https://nowhere.example/")):
        parknews(*command)
    assert archive.read_bytes() == before


def test_an_archive_can_be_read_from_a_folder_that_cannot_be_written(parknews: Run, archive: Path) -> None:
    connection = sqlite3.connect(archive)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    archive.parent.chmod(0o555)
    try:
        assert parknews("search", "园区").code == 0
    finally:
        archive.parent.chmod(0o755)
