"""Sites that change and sites that mislead: whatever is learned of them, no text in the archive is wrong."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest

from pipelines.archive import Archive
from pipelines.records import Source
from pipelines.templates import CONFIRMATIONS, LESSONS
from tests.pipelines.templates.site import (
    HOST,
    ingest,
    news,
    page,
    paragraphs,
    redesigned,
    title_of,
    ways,
    wrong_texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.records import Page

ENOUGH = LESSONS + CONFIRMATIONS
CHANGES = "SELECT at, selector FROM template_changes"
COMMENTS = "".join(
    f"<p>网友{name}说，这里的施工进度比预想的快，希望{name}期工程也能早日完工，让大家都用上。</p>"
    for name in "甲乙丙丁戊己庚辛"
)


def answers(archive: Archive, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(archive.path) as connection:
        return connection.execute(sql).fetchall()


def test_pages_of_one_make_are_read_by_its_template_once_it_is_confirmed(archive: Archive) -> None:
    ingest(archive, [page(n, news(n)) for n in range(1, ENOUGH + 1)])
    assert ways(archive.path) == {"whole": LESSONS, "both": CONFIRMATIONS}
    [template] = archive.templates(HOST)
    assert (template.is_used, template.selector) == (True, "div.page > div.left > div.content")
    ingest(archive, [page(n, news(n)) for n in range(ENOUGH + 1, ENOUGH + 21)])
    assert ways(archive.path)["template"] >= 18
    assert wrong_texts(archive.path) == []


@pytest.mark.parametrize("before", [40, pytest.param(250, marks=pytest.mark.slow)])
def test_a_redesign_is_noticed_within_five_pages_and_learned_within_thirty(
    archive: Archive, before: int
) -> None:
    ingest(archive, [page(n, news(n)) for n in range(1, before + 1)])
    ingest(archive, [page(n, redesigned(n)) for n in range(before + 1, before + 5)])
    assert answers(archive, CHANGES) == []
    ingest(archive, [page(before + 5, redesigned(before + 5))])
    first = page(before + 1, "").fetched_at.isoformat().replace("+00:00", "Z")
    assert answers(archive, CHANGES) == [(first, "div.page > div.left > div.content")]
    ingest(archive, [page(n, redesigned(n)) for n in range(before + 6, before + 31)])
    assert {template.is_used for template in archive.templates(HOST)} == {True}
    assert len(archive.templates(HOST)) == 2
    ingest(archive, [page(n, redesigned(n)) for n in range(before + 31, 2 * before + 1)])
    assert answers(archive, CHANGES) == [(first, "div.page > div.left > div.content")]
    assert (wrong_texts(archive.path), sum(ways(archive.path).values())) == ([], max(2 * before, before + 30))


def test_what_came_back_to_its_old_make_has_not_changed(archive: Archive) -> None:
    ingest(archive, [page(n, news(n)) for n in range(1, 41)])
    ingest(archive, [page(n, redesigned(n)) for n in range(41, 47)])
    assert len(answers(archive, CHANGES)) == 1
    ingest(archive, [page(47, news(47))])
    assert answers(archive, CHANGES) == []


def _alternating(number: int) -> str:
    return news(number) if number % 2 else redesigned(number)


def _body_or_comments(number: int) -> str:
    """Every fourth page has comments where the others have the text, and the text where these have a box."""
    if number % 4:
        return news(number)
    text = "".join(f"<p>{line}</p>" for line in paragraphs(number))
    return news(number, body=COMMENTS[:200], extra=f'<div class="box">{text}</div>')


def _text_in_a_cut_part(number: int) -> str:
    """From the thirtieth page on the text stands where the list of related news stood."""
    if number < 30:
        return news(number)
    text = "".join(f"<p>{line}</p>" for line in paragraphs(number))
    return news(number, body=f"<p>{title_of(number)}</p>").replace("<h3>相关新闻</h3>", text)


def _one_of_another_make(number: int) -> str:
    """One page has both makes' elements."""
    if number != 35:
        return news(number)
    return redesigned(number).replace("<footer>", '<div class="page"><div class="left"><div class="content">')


def _half_elsewhere(number: int) -> str:
    """From the thirtieth page on every third has its last paragraph in an element of its own."""
    if number < 30 or number % 3:
        return news(number)
    *first, last = paragraphs(number)
    return news(
        number, body="".join(f"<p>{line}</p>" for line in first) + f'<div class="box"><p>{last}</p></div>'
    )


SAID = (
    "SELECT c.url, c.title, t.text, c.published, c.author, c.credited_source FROM copies c"
    " JOIN texts t ON t.id = c.text_id ORDER BY c.url",
    "SELECT url, kind, text FROM stripped ORDER BY url, kind, text",
    "SELECT a.url, b.url FROM copies a JOIN copies b USING (article_id) ORDER BY a.url, b.url",
    "SELECT url, stage, reason FROM rejections ORDER BY url",
)


def said(folder: Path, name: str, pages: list[Page], *, by_templates: bool = True) -> list[object]:
    """All that an archive of these pages tells, ids aside."""
    with Archive(folder / f"{name}.db") as archive:
        archive.put_sources([Source(HOST, "园区新闻网")])
        ingest(archive, pages, by_templates=by_templates)
        return [answers(archive, sql) for sql in SAID]


@pytest.mark.parametrize(
    "make", [_alternating, _body_or_comments, _text_in_a_cut_part, _one_of_another_make, _half_elsewhere]
)
def test_a_site_that_misleads_says_what_its_whole_pages_say(
    tmp_path: Path, make: Callable[[int], str]
) -> None:
    pages = [page(n, make(n)) for n in range(1, 57)]
    assert said(tmp_path, "by", pages) == said(tmp_path, "without", pages, by_templates=False)
    assert ways(tmp_path / "by.db")["template"] > 0


def _mixed(number: int) -> str:
    return _text_in_a_cut_part(number) if number % 5 else redesigned(number)


@pytest.mark.parametrize("pages", [36, pytest.param(300, marks=pytest.mark.slow)])
def test_five_orders_of_arrival_give_the_same_archive(tmp_path: Path, pages: int) -> None:
    told = []
    for seed in range(5):
        order = [page(n, _mixed(n)) for n in range(1, pages + 1)]
        random.Random(seed).shuffle(order)
        told.append(said(tmp_path, str(seed), order))
    assert all(one == told[0] for one in told[1:])


def _read_until_killed(path: Path, pages: int) -> None:
    with Archive(path) as archive:
        archive.put_sources([Source(HOST, "园区新闻网")])
        ingest(archive, [page(n, _mixed(n)) for n in range(1, pages + 1)])


@pytest.mark.parametrize(("pages", "killed_at"), [(34, 28), pytest.param(200, 90, marks=pytest.mark.slow)])
def test_a_kill_in_the_middle_leaves_the_same_archive(tmp_path: Path, pages: int, killed_at: int) -> None:
    undisturbed = said(tmp_path, "undisturbed", [page(n, _mixed(n)) for n in range(1, pages + 1)])
    path = tmp_path / "killed.db"
    reader = multiprocessing.get_context("spawn").Process(target=_read_until_killed, args=(path, pages))
    reader.start()
    while reader.is_alive() and _copies(path) < killed_at:
        time.sleep(0.01)
    assert reader.is_alive()
    reader.kill()
    reader.join()
    assert said(tmp_path, "killed", [page(n, _mixed(n)) for n in range(1, pages + 1)]) == undisturbed


def _copies(path: Path) -> int:
    try:
        with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM copies").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
