"""The truth about the demo's sites agrees with their definition and with itself."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from crawler.demo.definition import Definition, load
from crawler.demo.pages import blocks_of, change
from crawler.demo.truth import ARTICLE, NEVER, REJECTION, VARIANT, TruthRow, derive, read_truth


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load()


@pytest.fixture(scope="module")
def truth() -> list[TruthRow]:
    return read_truth()


def test_the_tracked_truth_is_up_to_date(definition: Definition, truth: list[TruthRow]) -> None:
    assert truth == derive(definition), "run: python -m crawler.demo.truth"


def test_there_are_enough_hosts_pages_and_stories(truth: list[TruthRow]) -> None:
    articles = [row for row in truth if row.expect == ARTICLE]
    assert len({row.url.partition("/")[0] for row in articles}) >= 8
    assert len(articles) >= 120
    assert len({row.cluster for row in articles}) >= 70
    assert sum(count - 1 for count in Counter(row.cluster for row in articles).values()) >= 50


def test_every_story_is_on_a_page(definition: Definition, truth: list[TruthRow]) -> None:
    assert definition.stories.keys() == {row.cluster for row in truth if row.expect == ARTICLE}


def test_all_twelve_contact_footers_are_used_by_the_portal(definition: Definition) -> None:
    portal = next(site for site in definition.sites if site.host == "portal.localhost")
    used = {name for page in portal.pages for name in page.after if name.startswith("contact:")}
    of_aggregator = {"contact:1"}
    assert used | of_aggregator == {name for name in definition.furniture if name.startswith("contact:")}


def test_no_url_is_named_twice(truth: list[TruthRow]) -> None:
    assert [url for url, count in Counter(row.url for row in truth).items() if count > 1] == []


def test_variants_are_variants_of_articles(truth: list[TruthRow]) -> None:
    articles = {row.url for row in truth if row.expect == ARTICLE}
    assert {row.of for row in truth if row.expect == VARIANT} <= articles


def test_every_kind_of_row_occurs(truth: list[TruthRow]) -> None:
    assert {row.expect for row in truth} == {ARTICLE, VARIANT, REJECTION, NEVER}


def test_no_expected_text_holds_furniture(definition: Definition, truth: list[TruthRow]) -> None:
    furniture = {line for lines in definition.furniture.values() for line in lines}
    assert [row.url for row in truth if furniture & set(row.text.split("\n"))] == []


def test_articles_have_texts_titles_and_days(truth: list[TruthRow]) -> None:
    articles = [row for row in truth if row.expect == ARTICLE]
    assert [row.url for row in articles if not (row.title and row.day and len(row.text) >= 60)] == []


def test_look_alikes_share_most_of_their_wording(truth: list[TruthRow]) -> None:
    office = "tjj.localhost/"
    bulletins = [row for row in truth if row.url.startswith(office) and row.cluster.startswith("industry-")]
    shapes = defaultdict(set)
    for row in bulletins:
        shapes["".join(c for c in row.text if not c.isdigit() and c not in ".—")].add(row.cluster)
    assert len(bulletins) == 6
    assert len(shapes) <= 2  # 加快 and 回落


@pytest.mark.parametrize(
    ("what", "shown", "expected"),
    [
        ("truncate:1", ["园区最大的视频基地。明天开业。"], ["园区最大的视频基地。明天开业。"]),
        ("skip:1", ["第二段"], ["第二段"]),
        (
            "swap:1,2",
            ["第二段", "园区最大的视频基地。明天开业。"],
            ["第二段", "园区最大的视频基地。明天开业。"],
        ),
        ("merge:1", ["园区最大的视频基地。明天开业。第二段"], ["园区最大的视频基地。明天开业。第二段"]),
        (
            "split",
            ["园区最大的视频基地。", "明天开业。", "第二段"],
            ["园区最大的视频基地。", "明天开业。", "第二段"],
        ),
        (
            "evasive",
            ["园区蕞大的视屏基地。明天开业。", "第二段"],
            ["园区蕞大的视屏基地。明天开业。", "第二段"],
        ),
        (
            "traditional",
            ["園區最大的視頻基地。明天開業。", "第二段"],
            ["園區最大的視頻基地。明天開業。", "第二段"],
        ),
        (
            "pinyin",
            ["園(yuán)區(qū)最大的視頻基地。明天開(kāi)業(yè)。", "第二段"],
            ["園區最大的視頻基地。明天開業。", "第二段"],
        ),
    ],
)
def test_a_change_does_to_page_and_truth_what_it_says(
    definition: Definition, what: str, shown: list[str], expected: list[str]
) -> None:
    blocks = change(blocks_of(("园区最大的视频基地。明天开业。", "第二段")), what, definition)
    assert [block.shown for block in blocks] == shown
    assert [block.expected for block in blocks] == expected


def test_a_concatenation_brings_the_other_story_with_its_title(definition: Definition) -> None:
    blocks = change(blocks_of(("第一篇",)), "concat:patent", definition)
    other = definition.stories["patent"]
    assert [block.shown for block in blocks] == ["第一篇", other.title, *other.lines]
