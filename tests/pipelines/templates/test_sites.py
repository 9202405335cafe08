"""Sites that change and sites that mislead: whatever is learned of them, no text in the archive is wrong."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.archive.write.templates import MISSES
from pipelines.records import Page, Reading, Source
from pipelines.stages import read_page
from pipelines.templates import CONFIRMATIONS, LESSONS
from tests.pipelines.templates.site import (
    HOST,
    LEARNED,
    ingest,
    news,
    page,
    paragraphs,
    redesigned,
    title_of,
    ways,
    wrong_texts,
)
from tests.readings import rows

CHANGES = "SELECT at, selector FROM template_changes"
COMMENTS = "".join(
    f"<p>网友{name}说，这里的施工进度比预想的快，希望{name}期工程也能早日完工，让大家都用上。</p>"
    for name in "甲乙丙丁戊己庚辛"
)


def answers(archive: Archive, sql: str) -> list[tuple[object, ...]]:
    return rows(archive.path, sql)


def test_pages_of_one_make_are_read_by_its_template_once_it_is_confirmed(known: Archive) -> None:
    by_template = LEARNED - LESSONS - CONFIRMATIONS
    assert ways(known.path) == {"whole": LESSONS, "both": CONFIRMATIONS, "template": by_template}
    [template] = known.templates(HOST)
    assert (template.is_used, template.selector) == (True, "div.page > div.left > div.content")
    assert wrong_texts(known.path) == []


def _redesign(archive: Archive, before: int, after: int) -> None:
    """Pages of a new make come in the middle of a crawl."""
    ingest(archive, [page(n, redesigned(n)) for n in range(before + 1, before + MISSES)])
    assert answers(archive, CHANGES) == []
    ingest(archive, [page(before + MISSES, redesigned(before + MISSES))])
    first = page(before + 1, "").fetched_at.isoformat().replace("+00:00", "Z")
    assert answers(archive, CHANGES) == [(first, "div.page > div.left > div.content")]
    ingest(archive, [page(n, redesigned(n)) for n in range(before + MISSES + 1, before + 31)])
    assert {template.is_used for template in archive.templates(HOST)} == {True}
    assert len(archive.templates(HOST)) == 2
    ingest(archive, [page(n, redesigned(n)) for n in range(before + 31, after + 1)])
    assert answers(archive, CHANGES) == [(first, "div.page > div.left > div.content")]
    assert (wrong_texts(archive.path), sum(ways(archive.path).values())) == ([], after)


def test_a_redesign_is_noticed_within_five_pages_and_learned_within_thirty(known: Archive) -> None:
    _redesign(known, LEARNED, LEARNED + 32)


@pytest.mark.slow
def test_a_redesign_in_the_middle_of_500_pages_leaves_no_wrong_text(archive: Archive) -> None:
    ingest(archive, [page(n, news(n)) for n in range(1, 251)])
    _redesign(archive, 250, 500)


def test_what_came_back_to_its_old_make_has_not_changed(known: Archive) -> None:
    ingest(known, [page(n, redesigned(n)) for n in range(LEARNED + 1, LEARNED + 1 + MISSES)])
    assert len(answers(known, CHANGES)) == 1
    ingest(known, [page(LEARNED + 7, news(LEARNED + 7))])
    assert answers(known, CHANGES) == []


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


def _continued_in_a_cut_part(number: int) -> str:
    """The text goes on, in lines as short as buttons, where the list of related news stood."""
    more = "".join(
        f"<p>{place}{number}号楼检查合格，已交付。</p>" for place in ("青岚湖", "白鹭洲", "松风岭")
    )
    return news(number).replace("<h3>相关新闻</h3>", more)


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


MISLEADING = (
    _alternating,
    _body_or_comments,
    _text_in_a_cut_part,
    _continued_in_a_cut_part,
    _one_of_another_make,
    _half_elsewhere,
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


def _unlike_whole(archive: Archive, pages: list[Page]) -> list[str]:
    """Those of some pages of which the archive says something else than the whole page."""
    told = dict(answers(archive, "SELECT url, text FROM copies c JOIN texts t ON t.id = c.text_id"))  # type: ignore[arg-type]
    whole = {one.url: read_page(one, Source(HOST)) for one in pages}
    texts = {url: said.story.text if isinstance(said, Reading) else None for url, said in whole.items()}
    return [url for url, text in texts.items() if told.get(url) != text]


def test_a_known_site_that_begins_to_mislead_says_what_its_whole_pages_say(known: Archive) -> None:
    makes = [
        _body_or_comments,
        _half_elsewhere,
        news,
        _text_in_a_cut_part,
        _continued_in_a_cut_part,
        redesigned,
    ]
    pages = [page(n, makes[n % 6](n)) for n in range(LEARNED + 1, LEARNED + 13)]
    pages.append(page(99, _one_of_another_make(35)))
    ingest(known, pages)
    assert _unlike_whole(known, pages) == []


@pytest.mark.slow
@pytest.mark.parametrize("make", MISLEADING)
def test_a_site_that_misleads_says_what_its_whole_pages_say(
    tmp_path: Path, make: Callable[[int], str]
) -> None:
    pages = [page(n, make(n)) for n in range(1, 57)]
    assert said(tmp_path, "by", pages) == said(tmp_path, "without", pages, by_templates=False)
    assert ways(tmp_path / "by.db")["template"] > 0


def _mixed(number: int) -> str:
    return _text_in_a_cut_part(number) if number % 5 else redesigned(number)


def test_neither_the_order_of_arrival_nor_a_stop_shows_in_the_archive(tmp_path: Path) -> None:
    order = [page(n, _mixed(n)) for n in range(1, 33)]
    told = said(tmp_path, "in order", order)
    random.Random(1).shuffle(order)
    said(tmp_path, "stopped", order[:20])
    assert said(tmp_path, "stopped", order) == told


@pytest.mark.slow
def test_five_orders_of_arrival_give_the_same_archive(tmp_path: Path) -> None:
    told = []
    for seed in range(5):
        order = [page(n, _mixed(n)) for n in range(1, 301)]
        random.Random(seed).shuffle(order)
        told.append(said(tmp_path, str(seed), order))
    assert all(one == told[0] for one in told[1:])


def _read_until_killed(path: Path, pages: int) -> None:
    with Archive(path) as archive:
        archive.put_sources([Source(HOST, "园区新闻网")])
        ingest(archive, [page(n, _mixed(n)) for n in range(1, pages + 1)])


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_the_same_archive(tmp_path: Path) -> None:
    undisturbed = said(tmp_path, "undisturbed", [page(n, _mixed(n)) for n in range(1, 201)])
    path = tmp_path / "killed.db"
    reader = multiprocessing.get_context("spawn").Process(target=_read_until_killed, args=(path, 200))
    reader.start()
    while reader.is_alive() and _copies(path) < 90:
        time.sleep(0.01)
    assert reader.is_alive()
    reader.kill()
    reader.join()
    assert said(tmp_path, "killed", [page(n, _mixed(n)) for n in range(1, 201)]) == undisturbed


def _copies(path: Path) -> int:
    try:
        with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM copies").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
