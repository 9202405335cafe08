"""Articles by the places and parks that their texts name: filters, facets, and what an article names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipelines.archive import read_only
from pipelines.archive.read.articles import Named, names_in
from pipelines.archive.read.selection import (
    FACETS,
    Selection,
    count_selected,
    counts,
    facet,
    select_ids,
)
from tests.pipelines.archive.test_analyst import HARBOUR, PLANT, SCHOOL
from tests.readings import Fill, Told


@pytest.fixture
def placed(fill: Fill) -> Iterator[sqlite3.Connection]:
    """Articles that name a city, a county of it, a municipality's district, and nothing."""
    path = fill(
        [
            Told("https://park.example/1", "一", f"苏州工业园区与江苏省昆山市签约。{PLANT}"),
            Told("https://park.example/2", "二", f"江苏省出台办法,苏州工业园区率先试行。{HARBOUR}"),
            Told("https://park.example/3", "三", f"北京市海淀区启用新楼。{SCHOOL}"),
            Told(
                "https://park.example/4",
                "四",
                "研究人员在实验室里测出新材料的强度,结果将在下月的会议上公布。",
            ),
        ]
    )
    opened = read_only(path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("selection", "titles"),
    [
        (Selection(regions=("320000",)), {"一", "二"}),
        (Selection(regions=("320500",)), {"一", "二"}),
        (Selection(regions=("320583",)), {"一"}),
        (Selection(regions=("320583", "110000")), {"一", "三"}),
        (Selection(regions=("330000",)), set()),
        (Selection(parks=("苏州工业园区",)), {"一", "二"}),
        (Selection(parks=("工业园区",)), set()),
        (Selection(parks=("北京市海淀区",)), set()),
        (Selection(parks=("海淀区",)), set()),
        (Selection(parks=("苏州工业园区",), regions=("320583",)), {"一"}),
        (Selection(query="实验室", regions=("320000",)), set()),
    ],
)
def test_a_region_covers_what_is_below_it_and_a_park_is_a_name(
    placed: sqlite3.Connection, selection: Selection, titles: set[str]
) -> None:
    assert _titles(placed, selection) == titles


def test_articles_fall_into_each_region_that_they_name_level_by_level(placed: sqlite3.Connection) -> None:
    assert facet(placed, Selection(), "region") == [("320000", 2), ("110000", 1)]
    assert facet(placed, Selection(regions=("320000",)), "region") == [("320500", 2)]
    assert facet(placed, Selection(regions=("320500",)), "region") == [("320583", 1)]
    assert facet(placed, Selection(regions=("320583",)), "region") == []
    assert facet(placed, Selection(regions=("110000",)), "region") == [("110108", 1)]
    assert facet(placed, Selection(query="实验室"), "region") == []
    assert facet(placed, Selection(), "park")[0] == ("苏州工业园区", 2)


def test_all_counts_of_a_selection_are_those_that_are_asked_one_by_one(placed: sqlite3.Connection) -> None:
    for selection in (Selection(), Selection(regions=("320000",)), Selection(query="园区 OR 港")):
        found = counts(placed, selection, 12)
        assert found.facets == {name: facet(placed, selection, name) for name in FACETS}
        assert found.total == count_selected(placed, selection) > 0
        assert found.undated == count_selected(placed, replace(selection, undated=True))


def test_what_a_facet_counts_is_what_its_filter_finds(placed: sqlite3.Connection) -> None:
    for code, count in facet(placed, Selection(), "region"):
        assert count_selected(placed, Selection(regions=(str(code),))) == count
    for name, count in facet(placed, Selection(), "park"):
        assert count_selected(placed, Selection(parks=(str(name),))) == count


def test_what_an_article_names_is_told_by_kind_the_most_named_first(placed: sqlite3.Connection) -> None:
    (first,) = select_ids(placed, Selection(regions=("320583",)))
    named = names_in(placed, first)
    assert (named["region"][0].name, named["region"][0].code) == ("苏州市", "320500")
    assert {one.name for one in named["region"]} == {"苏州市", "江苏省", "昆山市"}
    assert named["park"][0] == Named("苏州工业园区", "苏州工业园区", "320500", 1)


def _titles(connection: sqlite3.Connection, selection: Selection) -> set[str]:
    ids = list(select_ids(connection, selection))
    marks = ", ".join("?" * len(ids))
    rows = connection.execute(f"SELECT title FROM articles WHERE id IN ({marks})", ids)
    return {row[0] for row in rows}
