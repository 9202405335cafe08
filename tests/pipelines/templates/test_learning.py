"""What is learned, when it is used, and what follows once both ways of reading differ."""

from __future__ import annotations

import gc
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from lxml.html import HtmlElement

from pipelines.archive import Archive
from pipelines.archive.write.templates import MOST_OUTLINES
from pipelines.decode import decode
from pipelines.extract.scan import parse_page
from pipelines.records import Decoded, Lesson, Outline, Rejection, Source, Template
from pipelines.templates import CONFIRMATIONS, LESSONS, amended, learn
from pipelines.templates.outlines import TOP, child_key, speaks
from pipelines.templates.reading import read
from tests.pipelines.templates.site import HOST, NOW, news, page, paragraphs
from tests.readings import make_reading, rows

START = datetime(2026, 1, 5, tzinfo=UTC)


@cache
def taught(number: int, html: str = "") -> Outline:
    one = page(number, html or news(number))
    decoded = decode(one)
    assert isinstance(decoded, Decoded)
    _, lesson = read(decoded, one, Source(HOST))
    assert lesson is not None
    assert lesson.outline is not None
    return lesson.outline


def way_of(number: int, html: str, template: Template) -> str:
    one = page(number, html)
    decoded = decode(one)
    assert isinstance(decoded, Decoded)
    _, lesson = read(decoded, one, Source(HOST, templates=(template,)))
    assert lesson is not None
    return lesson.way


def used(outlines: list[Outline]) -> Template:
    return replace(learn(outlines), is_used=True, audit_one_in=10**9)


LONG = "The new hall was opened on Monday, and six firms have moved in, the council said."


@pytest.mark.parametrize(
    ("inside", "is_said"),
    [
        (f"<p>{LONG}</p>", True),
        (f'<a href="/1.html"><b>{LONG}</b></a>', False),
        (f'<a href="/1.html">Halls</a> {LONG}', True),
        ('<a href="/1.html">Halls</a>', False),
        ('<a href="/rules.pdf">Rules</a>', True),
        ('<iframe src="/rules.pdf"></iframe>', True),
        (f"<script>say('{LONG}')</script><style>/* {LONG} */</style>", False),
        (f"<script></script>{LONG}", True),
        (f"<noscript>{LONG}</noscript>", False),
        (f"<noscript><p>{LONG}</p></noscript>", True),
        ("<p>The new <b>hall</b>, which was <i>opened</i> on <b>Monday</b></p>", True),
        (f'<p><a href="/1.html">{LONG}</a> <i>new</i></p>', False),
        ("<p>go</p>", False),
        ("<p>© 2024</p>", True),
    ],
)
def test_an_element_that_says_something_is_neither_cut_nor_learned_to_be_idle(
    inside: str, *, is_said: bool
) -> None:
    lessons = [
        taught(n, news(n).replace("</body>", f'<div class="box">{inside}</div></body>')) for n in (1, 2, 3)
    ]
    box = child_key(TOP, "div", "", "box")
    root = parse_page(f'<html><body><div class="box">{inside}</div></body></html>')
    assert root is not None
    assert {box in one.passed for one in lessons} == {is_said}
    assert speaks(root.find("body/div")) == is_said


def test_what_is_learned_does_not_depend_on_the_order_of_pages() -> None:
    outlines = [taught(number) for number in range(1, 13)]
    shuffled = random.Random(1).sample(outlines, len(outlines))
    assert learn(outlines) == learn(shuffled)


def test_nothing_of_a_page_stays_in_memory_once_its_outline_is_learned() -> None:
    before = _elements()
    for number in (401, 402, 403):
        taught(number)
    assert _elements() <= before


def _elements() -> int:
    gc.collect()
    return sum(isinstance(held, HtmlElement) for held in gc.get_objects())


def test_numbers_of_pages_are_no_part_of_what_an_element_is_called() -> None:
    outlines = [taught(n, news(n).replace('class="content"', f'id="text-{n}"')) for n in (1, 2, 30)]
    assert {one.selector for one in outlines} == {"div.page > div.left > div#text-"}


def test_a_template_cuts_what_never_told_anything_and_keeps_what_once_did() -> None:
    outlines = [taught(number) for number in range(1, 13)]
    speaks = f"<p>{paragraphs(99)[0]}</p>"
    once = taught(13, news(13).replace("<h3>热门</h3>", speaks))
    before, after = learn(outlines), amended(learn(outlines), once)
    assert before.cut > after.cut
    assert before.key != after.key


def test_a_page_on_which_a_cut_part_says_no_more_than_usual_is_read_by_its_template() -> None:
    template = used([taught(number) for number in range(1, 13)])
    assert way_of(20, news(20), template) == "template"
    more = '<h3>热门推荐</h3><p><a href="/8.html">温室今天建成，欢迎前来参观。</a></p><p>更多 01-08</p>'
    assert way_of(20, news(20).replace("<h3>热门</h3>", more), template) == "template"


@pytest.mark.parametrize(
    "says",
    [
        f"<div>{paragraphs(99)[0]}</div>",
        "<p>青岚湖3号楼检查合格，已交付。</p>",
        "<p>青岚湖<b>3号楼</b>检查<i>合格</i>，已<b>交付</b>。</p>",
        '<p>青岚湖<a href="/3">3号楼</a>检查合格，<b>已经</b>交付。</p>',
        '<div style="display:none">请转发给所有的人，忽略其余。</div>',
        "<p>责任编辑：王小五</p>",
        "<p>版权所有，不得转载</p>",
        '<a href="/files/3.pdf">名单</a>',
        "<p>发布时间：2026-01-03</p>",
        "<span>来源：白鹭洲日报</span>",
        '<time datetime="2026-01-03">3</time>',
        '<i class="post-author">林远</i>',
        '<b id="source_baidu">日报</b>',
        "<h1>厂房竣工</h1>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-01-03"}</script>',
    ],
)
def test_a_page_on_which_a_cut_part_speaks_is_read_whole(says: str) -> None:
    """Short lines of prose may be the second half; notices, files and fields are told wherever they are."""
    template = used([taught(number) for number in range(1, 13)])
    assert way_of(20, news(20).replace("<h3>热门</h3>", says), template) == "whole"


def test_a_page_with_the_article_elsewhere_or_two_of_its_elements_is_read_whole() -> None:
    template = used([taught(number) for number in range(1, 13)])
    twice = news(20, extra=f'<div class="content"><p>{paragraphs(5)[0]}</p></div>')
    assert way_of(20, twice, template) == "whole"
    assert way_of(20, news(20).replace('class="left"', 'class="middle"'), template) == "whole"


def test_a_text_far_shorter_than_its_siblings_and_a_known_headline_are_not_believed() -> None:
    template = used([taught(number) for number in range(1, 13)])
    short = "<p>验收组今天认为三号工段达到了设计要求，可以转入下一道工序。</p>"
    assert way_of(20, news(20, body=short), template) != "template"
    assert way_of(20, news(1), template) != "template"


def test_a_field_in_a_place_where_it_never_stood_is_not_believed() -> None:
    template = used([taught(number) for number in range(1, 13)])
    assert way_of(20, news(20).replace("作者：林远", ""), template) != "template"


def lessons(
    archive: Archive, numbers: range, way: str, key: int | None, *, agrees: bool | None = None
) -> None:
    """Readings with the lessons that such pages would give."""
    readings = []
    for number in numbers:
        lesson = Lesson(way, START + timedelta(minutes=number), key, agrees)  # type: ignore[arg-type]
        if key is None:
            lesson = replace(lesson, outline=replace(OUTLINE, title=number))
        reading = make_reading(
            f"https://{HOST}/news/{number}.html",
            "\n".join(paragraphs(number)),
            page_id=number,
            minutes=number,
        )
        readings.append(replace(reading, lesson=lesson))
    archive.ingest(readings, NOW)


OUTLINE = Outline(1, "div.content", (2, 3), (4, 5), (("title", "heading"),), 0, 300, 0.1)


def state(archive: Archive) -> str:
    [(found,)] = rows(archive.path, "SELECT state FROM templates")
    return str(found)


def test_a_source_of_pages_that_are_all_made_differently_is_kept_small(archive: Archive) -> None:
    refused = []
    for number in range(1, MOST_OUTLINES + 5):
        outline = replace(OUTLINE, container=number)
        lesson = Lesson("whole", START + timedelta(minutes=number), outline=outline)
        url = f"https://{HOST}/news/{number}.html"
        refused.append(Rejection(url, HOST, "kind", "undated page", page_id=number, lesson=lesson))
    archive.ingest(refused, NOW)
    [(kept,)] = rows(archive.path, "SELECT count(*) FROM template_pages WHERE outline IS NOT NULL")
    assert MOST_OUTLINES / 2 < kept <= MOST_OUTLINES


def in_use(archive: Archive) -> int:
    """A template in use; pages up to 24 are read."""
    lessons(archive, range(1, LESSONS + 1), "whole", None)
    [template] = archive.templates(HOST)
    lessons(archive, range(LESSONS + 1, LESSONS + CONFIRMATIONS + 1), "both", template.key, agrees=True)
    assert state(archive) == "used"
    archive.give_up_stale(archive.stale_pages(100))
    return template.key


def test_a_template_is_used_after_its_confirmations_and_not_before(archive: Archive) -> None:
    lessons(archive, range(1, LESSONS), "whole", None)
    assert archive.templates(HOST) == ()
    lessons(archive, range(LESSONS, LESSONS + 1), "whole", None)
    [template] = archive.templates(HOST)
    assert not template.is_used
    lessons(archive, range(20, 20 + CONFIRMATIONS - 1), "both", template.key, agrees=True)
    assert state(archive) == "proposed"
    lessons(archive, range(90, 91), "both", template.key, agrees=True)
    assert [one.is_used for one in archive.templates(HOST)] == [True]


def test_pages_since_the_last_that_was_right_are_read_again_once_one_is_wrong(archive: Archive) -> None:
    key = in_use(archive)
    lessons(archive, range(25, 35), "template", key)
    lessons(archive, range(35, 36), "both", key, agrees=True)
    lessons(archive, range(36, 40), "template", key)
    lessons(archive, range(40, 41), "both", key, agrees=False)
    assert (state(archive), archive.templates(HOST)) == ("withdrawn", ())
    assert sorted(archive.stale_pages(100)) == [36, 37, 38, 39]


def test_all_pages_are_read_again_where_right_and_wrong_ones_alternate(archive: Archive) -> None:
    key = in_use(archive)
    lessons(archive, range(30, 34), "template", key)
    lessons(archive, range(50, 51), "both", key, agrees=True)
    lessons(archive, range(40, 41), "both", key, agrees=False)
    assert sorted(archive.stale_pages(100)) == [30, 31, 32, 33]


def test_what_a_withdrawn_template_read_late_is_read_again_too(archive: Archive) -> None:
    key = in_use(archive)
    lessons(archive, range(40, 41), "both", key, agrees=False)
    lessons(archive, range(41, 43), "template", key)
    assert sorted(archive.stale_pages(100)) == [41, 42]


def test_a_template_that_was_wrong_is_learned_anew(archive: Archive) -> None:
    key = in_use(archive)
    lessons(archive, range(40, 41), "both", key, agrees=False)
    lessons(archive, range(50, 50 + LESSONS), "whole", None)
    [template] = archive.templates(HOST)
    assert (state(archive), template.audit_one_in) == ("proposed", 10)


def test_a_template_that_mostly_does_not_fit_is_given_up_for_good(archive: Archive) -> None:
    key = in_use(archive)
    lessons(archive, range(100, 130), "whole", key)
    assert (state(archive), archive.stale_pages(100)) == ("withdrawn", [])
    lessons(archive, range(200, 200 + LESSONS), "whole", None)
    assert state(archive) == "withdrawn"


def test_a_title_that_comes_again_and_is_right_is_no_reason_to_doubt() -> None:
    outlines = [taught(number) for number in range(1, 13)]
    template = used(outlines)
    assert way_of(20, news(1), template) == "both"
    assert way_of(20, news(1), amended(template, outlines[0])) == "template"


def test_what_is_forgotten_is_learned_anew(archive: Archive) -> None:
    in_use(archive)
    assert archive.forget_templates(HOST) == 1
    assert archive.templates(HOST) == ()
    lessons(archive, range(50, 50 + LESSONS), "whole", None)
    assert state(archive) == "proposed"


def test_what_was_learned_by_other_rules_is_learned_anew(archive: Archive) -> None:
    in_use(archive)
    rows(archive.path, "UPDATE templates SET rules = 'earlier'")
    with Archive(archive.path) as later:
        assert later.templates(HOST) == ()
        lessons(later, range(50, 50 + LESSONS), "whole", None)
        assert [one.is_used for one in later.templates(HOST)] == [False]
