"""The same text does not come back from another address; another month's bulletin does."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace

import pytest

from pipelines.archive import Archive
from pipelines.archive.kept_out.stay_down import held_pages
from pipelines.drain import drain
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import decide, remove
from pipelines.records import Source
from pipelines.store import CrawlStore
from pipelines.workers import WorkerOptions
from tests.commands import parknews_here
from tests.pipelines.forget.worlds import (
    COPIER,
    NAMES,
    PARK,
    STAY_DOWN,
    MakeWorld,
    Told,
    World,
    make_text,
    reading_of,
    store_pages,
)
from tests.readings import rows

BULLETIN = (
    "青岚湖园区{month}月份经济运行情况公布。全月规模以上工业产值{a}亿元,同比增长百分之{b},新签约项目{c}个,"
    "其中外资项目{d}个。园区管委会有关负责人介绍,当月完成固定资产投资{e}亿元,新增就业岗位{f}个,"
    "实际使用外资{g}万美元,进出口总额{h}亿元。下一步园区将继续推进重点项目建设,优化营商环境,加快新兴产业集聚,"
    "完善基础设施配套,提升企业服务水平,推动园区经济平稳健康发展。"
)
MARCH = BULLETIN.format(month=3, a=412, b=73, c=26, d=4, e=88, f=1630, g=5120, h=233)
APRIL = BULLETIN.format(month=4, a=398, b=51, c=19, d=7, e=92, f=1475, g=4890, h=219)


def come(world: World, *pages: Told) -> set[str]:
    """What of these pages is in the archive once they were read."""
    with Archive(world.path) as archive:
        archive.ingest([reading_of(page, 9000 + n) for n, page in enumerate(pages)], "2026-05-01T00:00:00Z")
    return {row[0] for row in rows(world.path, "SELECT url FROM copies")}


def test_a_removed_text_waits_wherever_it_comes_from(world: World) -> None:
    removed = world.of(PARK)[3]
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    whole = Told(COPIER, 501, "换了标题", removed.text)
    cut = Told(COPIER, 502, "只有一半", "\n".join(removed.text.split("\n")[:2]))
    other = Told(COPIER, 503, "另一篇", make_text(503))
    assert come(world, whole, cut, other) & {whole.url, cut.url, other.url} == {other.url}
    with sqlite3.connect(world.path) as connection:
        assert {row[0] for row in held_pages(connection)} == {whole.url, cut.url}


def test_marchs_bulletin_stays_down_and_aprils_comes_in(make_world: MakeWorld) -> None:
    filler = [Told(COPIER, n, f"其他{n}", make_text(n)) for n in range(10)]
    world = make_world([Told(PARK, 1, "三月运行情况", MARCH), *filler])
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    march, april = Told(COPIER, 601, "三月", MARCH), Told(COPIER, 602, "四月", APRIL)
    assert come(world, march, april) & {march.url, april.url} == {april.url}


def test_survivors_are_not_held_back_when_they_are_read_again(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    survivor = next(page for page in world.of(COPIER) if page.credited)
    assert survivor.url in come(world, replace(survivor, title="改了标题"))
    assert rows(world.path, "SELECT title FROM copies WHERE url = ?", survivor.url) == [("改了标题",)]


def test_a_person_decides_on_a_match(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    one = Told(COPIER, 501, "一", world.of(PARK)[3].text)
    two = Told(COPIER, 502, "二", world.of(PARK)[4].text)
    come(world, one, two)
    decide(world.path, one.url, admit=True)
    decide(world.path, two.url, admit=False)
    assert come(world, one, two) & {one.url, two.url} == {one.url}
    with Archive(world.path) as archive:
        assert archive.blocklist().blocks(two.url)
    with CrawlStore(world.store_path) as store:
        assert store.pages.latest(two.url) is None


def test_what_is_kept_holds_no_word(world: World) -> None:
    from tests.pipelines.forget import stranger  # noqa: PLC0415
    from tests.pipelines.forget.test_removal import unique_words  # noqa: PLC0415

    words = unique_words(world, PARK)
    assert remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN).trouble == ""
    assert rows(world.path, "SELECT count(*) > 0 FROM stay_down") == [(1,)]
    assert stranger.search(world.path.parent, words) == {}


def test_showing_a_page_that_waits_says_where_it_waits(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    page = Told(COPIER, 501, "换了标题", world.of(PARK)[3].text)
    come(world, page)
    done = parknews_here(world.path, "show", page.url)
    assert (done.code, "it waits in `parknews removals matches`" in done.out) == (0, True)
    decide(world.path, page.url, admit=True)
    done = parknews_here(world.path, "show", page.url)
    assert "it was admitted, and the next crawl reads it" in done.out
    unknown = parknews_here(world.path, "show", "https://x.example/")
    assert (unknown.code, "knows no such page" in unknown.err) == (1, True)


def test_a_page_that_is_edited_into_the_removed_text_waits_and_goes_on_as_it_was(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    innocent = Told(COPIER, 701, "人才公寓", make_text(701))
    assert innocent.url in come(world, innocent)
    edited = replace(innocent, title="换了标题", text=world.of(PARK)[3].text)
    come(world, edited)
    assert rows(world.path, "SELECT title FROM copies WHERE url = ?", innocent.url) == [("人才公寓",)]
    with sqlite3.connect(world.path) as connection:
        assert [row[0] for row in held_pages(connection)] == [innocent.url]
    decide(world.path, innocent.url, admit=False)
    assert innocent.url in come(world, edited)
    assert rows(world.path, "SELECT title FROM copies WHERE url = ?", innocent.url) == [("人才公寓",)]


@pytest.mark.parametrize("kept_out", ["held", "credited", "blocked"])
def test_what_is_kept_out_is_told_by_its_place(world: World, kept_out: str) -> None:
    order = replace(STAY_DOWN, now_reason="court order")
    remove(world.path, make_scope(hosts=[PARK], credited=[NAMES[PARK]]), order)
    text = world.of(PARK)[3].text if kept_out == "held" else make_text(801)
    page = Told(PARK if kept_out == "blocked" else COPIER, 801, "新页", text)
    page = replace(page, credited=NAMES[PARK] if kept_out == "credited" else "")
    readings = [reading_of(Told(COPIER, 802, "另一页", make_text(802)), 9001), reading_of(page, 9002)]
    with Archive(world.path) as archive:
        assert archive.ingest(readings, "2026-05-01T00:00:00Z").kept_out == (1,)


def test_the_raw_page_of_what_is_kept_out_is_deleted(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    page, other = Told(PARK, 801, "新页", make_text(801)), Told(COPIER, 802, "另一页", make_text(802))
    with CrawlStore(world.store_path) as store, Archive(world.path) as archive:
        ids = store_pages(store, [page, other])
        with store.writing() as connection:
            connection.execute("UPDATE pages SET ingested = 0 WHERE page_id IN (?, ?)", tuple(ids.values()))
        done = threading.Event()
        done.set()
        sources = {COPIER: Source(COPIER, COPIER)}
        drain(archive, store.pages, sources, WorkerOptions(workers=1), no_more=done)
        assert [number for number in ids.values() if store.pages.stored([number])] == [ids[other.url]]


def test_a_page_that_is_admitted_is_asked_for_again(world: World) -> None:
    remove(world.path, make_scope(hosts=[PARK]), STAY_DOWN)
    one = Told(COPIER, 501, "一", world.of(PARK)[3].text)
    with CrawlStore(world.store_path) as store:
        [page_id] = store_pages(store, [one]).values()
        store.pages.drop([page_id])
    come(world, one)
    decide(world.path, one.url, admit=True)
    sql = "SELECT state, etag, last_modified FROM urls WHERE url = ?"
    assert rows(world.store_path, sql, one.url) == [("queued", None, None)]
