"""Draining: from stored pages to an archive, whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.drain import drain
from pipelines.records import Page, Rejection, Source
from pipelines.workers import BATCH_PAGES, BATCHES_PER_WORKER, Readers, WorkerOptions
from tests.readings import make_reading, rows

HOST = "news.example"
SOURCE = Source(HOST, "青岚湖新闻")
OPTIONS = WorkerOptions(workers=2)
SLOGAN = "青岚湖新闻，和你一起看见湖区每一天"


class Queue:
    """Stored pages in memory; remembers how many were ever taken and not yet ingested."""

    def __init__(self, pages: Sequence[Page], rejections: Sequence[Rejection] = ()) -> None:
        self._pages = {page.page_id: page for page in pages}
        self._waiting = set(self._pages)
        self._rejections = dict(enumerate(rejections))
        self._taken: set[int] = set()
        self.most_under_way = 0
        self.fail_to_mark = False
        self.lists: list[int] = []

    def take(self, limit: int, after: int) -> list[Page]:
        found = [self._pages[number] for number in sorted(self._waiting) if number > after][:limit]
        self._taken.update(page.page_id for page in found)
        self.most_under_way = max(self.most_under_way, len(self._taken & self._waiting))
        return found

    def stored(self, page_ids: Sequence[int]) -> list[Page]:
        return [self._pages[number] for number in page_ids if number in self._pages]

    def mark_ingested(self, page_ids: Sequence[int]) -> None:
        if self.fail_to_mark:
            raise KeyboardInterrupt
        self._waiting.difference_update(page_ids)

    def rewrite(self, page: Page) -> None:
        raise AssertionError(page)

    def mark_lists(self, page_ids: Sequence[int]) -> None:
        self.lists += page_ids

    def drop(self, page_ids: Sequence[int]) -> None:
        for number in page_ids:
            self._pages.pop(number, None)
            self._waiting.discard(number)

    def take_rejections(self, limit: int) -> list[tuple[int, Rejection]]:
        return list(self._rejections.items())[:limit]

    def mark_rejections(self, ids: Sequence[int]) -> None:
        for number in ids:
            self._rejections.pop(number, None)


def page(number: int) -> Page:
    subject = ["厂房", "码头", "学校", "公园", "桥梁", "电站", "剧院", "粮仓", "灯塔", "温室"][number % 10]
    body = "".join(
        f"<p>第{number}号{subject}的建设者在第{line}个工作周完成了{number * 31 + line * 7}项检查，"
        f"验收组认为{subject}的{line}号工段达到了设计要求，可以转入下一道工序。</p>"
        for line in range(1, 6)
    )
    title = f"第{number}号{subject}建设进展"
    html = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div class=body>{body}"
        f"<p>{SLOGAN}</p></div></body></html>"
    )
    url = f"https://{HOST}/{number}.html"
    at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=number)
    return Page(number, HOST, url, url, 200, (("content-type", "text/html"),), html.encode(), at)


def run(path: Path, queue: Queue) -> None:
    no_more = threading.Event()
    no_more.set()
    with Archive(path) as archive:
        archive.put_sources([SOURCE])
        drain(archive, queue, {HOST: SOURCE}, OPTIONS, no_more=no_more)


def test_every_page_is_archived_once_and_rejections_arrive(tmp_path: Path) -> None:
    refusal = Rejection(f"https://{HOST}/secret", HOST, "fetch", "robots.txt forbids it")
    run(tmp_path / "archive.db", Queue([page(n) for n in range(1, 31)], [refusal]))
    assert rows(tmp_path / "archive.db", "SELECT count(*), count(DISTINCT url) FROM copies") == [(30, 30)]
    assert rows(tmp_path / "archive.db", "SELECT url, stage, reason FROM rejections") == [
        (refusal.url, "fetch", "robots.txt forbids it")
    ]


class _Asked(Exception):  # noqa: N818  # no error
    """What an engine was asked to be ready for."""


class Noting:
    """An engine that is never there."""

    def start(self, read: object, *, latin: bool = False) -> Readers:
        raise _Asked(latin)


@pytest.mark.parametrize(("language", "latin"), [("zh-Hans", False), ("und", False), ("en", True)])
def test_readers_are_ready_for_latin_script_where_the_archive_has_some(
    tmp_path: Path, language: str, latin: bool
) -> None:
    one = make_reading(f"https://{HOST}/1.html", "The park opened a plant. " * 9, language=language)
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([SOURCE])
        archive.ingest([one], "2026-01-06T00:00:00Z")
        with pytest.raises(_Asked) as asked:
            drain(archive, Queue([]), {HOST: SOURCE}, Noting(), no_more=threading.Event())
    assert asked.value.args == (latin,)


def test_what_is_ready_for_latin_script_has_loaded_what_tells_its_languages() -> None:
    code = (
        "import {}, py3langid.langid as found; print(found.IDENTIFIER is not None)"  # as each worker has it
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", code.format(module)], capture_output=True, text=True, check=True
        ).stdout
        for module in ("pipelines.warmed", "pipelines.warmed_latin")
    ]
    assert found == ["False\n", "True\n"]


def test_what_reading_finds_to_be_a_list_is_told_to_the_queue(tmp_path: Path) -> None:
    items = "".join(
        f'<div class="item"><h3><a href="/{n}.html">第{n}号码头建设进展</a></h3><p>建设者完成了第{n}项检查，'
        "验收组认为达到了设计要求，可以转入下一道工序。</p></div>"
        for n in range(3)
    )
    queue = Queue([page(1), replace(page(2), body=f"<html><body>{items}</body></html>".encode())])
    run(tmp_path / "archive.db", queue)
    assert queue.lists == [2]


def test_a_line_on_every_page_is_stripped_from_all_of_them(tmp_path: Path) -> None:
    run(tmp_path / "archive.db", Queue([page(n) for n in range(1, 31)]))
    assert rows(tmp_path / "archive.db", f"SELECT count(*) FROM texts WHERE text LIKE '%{SLOGAN}%'") == [(0,)]
    assert rows(
        tmp_path / "archive.db",
        f"SELECT count(*) FROM stripped WHERE kind = 'repeated' AND text = '{SLOGAN}'",
    ) == [(30,)]


def test_pages_that_were_archived_and_not_marked_change_nothing_the_second_time(tmp_path: Path) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed.db", tmp_path / "disturbed.db"
    pages = [page(n) for n in range(1, 13)]
    run(undisturbed, Queue(pages))
    queue = Queue(pages)
    queue.fail_to_mark = True
    with pytest.raises(KeyboardInterrupt):
        run(disturbed, queue)
    assert rows(disturbed, "SELECT count(*) > 0 FROM copies") == [(1,)]
    queue.fail_to_mark = False
    run(disturbed, queue)
    says = "SELECT copies.url, title, texts.text FROM copies JOIN texts ON texts.id = text_id ORDER BY url"
    assert rows(disturbed, says) == rows(undisturbed, says)


def test_no_more_pages_are_taken_than_the_workers_have_room_for(tmp_path: Path) -> None:
    queue = Queue([page(n) for n in range(1, 101)])
    run(tmp_path / "archive.db", queue)
    assert BATCH_PAGES < queue.most_under_way <= OPTIONS.workers * BATCHES_PER_WORKER * BATCH_PAGES


def test_who_is_in_a_hurry_waits_for_what_is_being_read_and_no_more(tmp_path: Path) -> None:
    queue = Queue([page(n) for n in range(1, 121)])
    no_more, leave = threading.Event(), threading.Event()
    no_more.set()
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([SOURCE])
        drain(
            archive,
            queue,
            {HOST: SOURCE},
            OPTIONS,
            no_more=no_more,
            leave=leave,
            on_batch=lambda _: leave.set(),
        )
    [(copies,)] = rows(tmp_path / "archive.db", "SELECT count(*) FROM copies")
    assert BATCH_PAGES <= copies <= (OPTIONS.workers * BATCHES_PER_WORKER + 2) * BATCH_PAGES
    assert len(queue.take(200, 0)) == 120 - copies
