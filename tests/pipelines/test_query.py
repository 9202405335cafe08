"""The query language: what is meant by what was typed, and what is told where it may mean something else."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.query import (
    And,
    Field,
    Hint,
    Needle,
    Not,
    Words,
    _places_among_words,
    expression,
    is_text,
    parse,
    places_of,
)
from pipelines.spelling import tokens


def _asked(query: str) -> str:
    tree = parse(query).tree
    assert tree is not None
    assert is_text(tree)
    return expression(tree)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("园区", '"园 区"'),
        ("园区 苏州", '("园 区" AND "苏 州")'),
        ("园区，苏州", '("园 区" AND "苏 州")'),
        ("园区、苏州；招商", '("园 区" AND "苏 州" AND "招 商")'),
        ("园区,苏州", '("园 区" AND "苏 州")'),
        ("园区 AND 苏州", '("园 区" AND "苏 州")'),
        ("园区 OR 苏州", '("园 区" OR "苏 州")'),
        ("园区 苏州 OR 招商", '(("园 区" AND "苏 州") OR "招 商")'),
        ("园区 (苏州 OR 招商)", '("园 区" AND ("苏 州" OR "招 商"))'),
        ("园区 NOT 苏州", '(("园 区") NOT "苏 州")'),
        ("园区 AND NOT (苏州 OR 无锡)", '(("园 区") NOT ("苏 州" OR "无 锡"))'),
        ("园区 NOT NOT 苏州", '("园 区" AND "苏 州")'),
        ('"园区 招商"', '"园 区 招 商"'),
        ("“园区 招商”", '"园 区 招 商"'),
        ("园区“招商引资”", '("园 区" AND "招 商 引 资")'),
        ('"亿元。园区"', '"亿 元 。 园 区"'),
        ('"园区 招商', '"园 区 招 商"'),
        ("AI", '"ai"'),
        ("develop*", '"develop" *'),
        ('"new develop"*', '"new develop" *'),
        ("园区*", '"园 区"'),
        ("5G专网", '"5 g 专 网"'),
        ('5" 屏', '("5 """ AND "屏")'),
        ("3.5 1,200 C++ R&D", '("3 . 5" AND "1 , 2 0 0" AND "c + +" AND "r & d")'),
        ("NEAR(园区 招商, 30)", 'NEAR("园 区" "招 商", 30)'),
        ("NEAR(园区 招商)", 'NEAR("园 区" "招 商", 20)'),
        ("园区 NEAR 招商", 'NEAR("园 区" "招 商", 20)'),
        ("园区 NEAR/5 招商 OR 港", '(NEAR("园 区" "招 商", 5) OR "港")'),
        ("title:园区", '{title other_titles} : "园 区"'),
        ("title：园区", '{title other_titles} : "园 区"'),
        ('title:"new park" x', '({title other_titles} : "new park" AND "x")'),
        ("title:(a OR b)", '({title other_titles} : "a" OR {title other_titles} : "b")'),
        ("http://x.cn/a", '"http : / / x . cn / a"'),
        ("⼯艺", '"工 艺"'),
    ],
)
def test_a_query_means_what_it_looks_like(query: str, asked: str) -> None:
    assert (_asked(query), parse(query).hints) == (asked, ())


@pytest.mark.parametrize(
    ("query", "asked", "hint"),
    [
        ("OR 园区", '("or" AND "园 区")', Hint("literal", "OR")),
        ("园区 OR", '("园 区" AND "or")', Hint("literal", "OR")),
        ("园区 NOT", '("园 区" AND "not")', Hint("literal", "NOT")),
        ("园区 or 苏州", '("园 区" AND "or" AND "苏 州")', Hint("operator", "or")),
        ("。", '"。"', Hint("literal", "。")),
        ("titel:园区", '"titel : 园 区"', Hint("field", "titel")),
        ("园区 -苏州", '("园 区" AND "- 苏 州")', Hint("minus", "-苏州")),
        ("(园区", '"园 区"', Hint("bracket", "(")),
        ("园区)", '"园 区"', Hint("bracket", ")")),
        ("since:昨天", '"昨 天"', Hint("day", "昨天")),
        ("since:2025-13", '"2 0 2 5 - 1 3"', Hint("day", "2025-13")),
        ("region:火星", '"火 星"', Hint("region", "火星")),
    ],
)
def test_what_was_taken_as_words_is_told(query: str, asked: str, hint: Hint) -> None:
    assert (_asked(query), parse(query).hints) == (asked, (hint,))


def test_what_is_told_of_a_query_is_bounded() -> None:
    assert len(parse(" ".join(f"x{n})" for n in range(300))).hints) == 10


def test_fields_are_read_and_may_be_grouped_and_left_out() -> None:
    tree = parse("source:(a.example OR b.example) NOT credited:新华社 region:江苏 since:2024 lang:en").tree
    assert isinstance(tree, And)
    first, credited, region, since, language = tree.parts
    assert [part.values for part in first.parts] == [("a.example",), ("b.example",)]  # type: ignore[union-attr]
    assert credited == Not(Field("credited", ("新华社",)))
    assert region == Field("region", ("320000",))
    assert (since, language) == (Field("since", ("2024",)), Field("lang", ("en",)))


def test_a_folded_query_has_every_spelling_and_is_bounded() -> None:
    tree = parse("园区", folded=True).tree
    assert isinstance(tree, Words)
    assert {"".join(needle.tokens) for needle in tree.needles} >= {"园区", "園區", "園区"}
    long = parse(" ".join(["发展台湾园区" * 4] * 40), folded=True).tree
    assert long is not None
    assert len(expression(long)) < 40_000


_SIGNS = [
    "(",
    ")",
    '"',
    "“",
    "”",
    " ",
    "OR",
    "AND",
    "NOT",
    "NEAR(",
    "NEAR/9",
    "title:",
    "since:",
    "region:",
    "*",
    ",",
    "园",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_SIGNS) | st.text(max_size=3), max_size=60).map("".join))
def test_nothing_that_is_typed_is_refused(query: str) -> None:
    parse(query)
    parse(" ".join(query))


@pytest.mark.parametrize("piece", ["(", ")", '"', "NOT ", "a OR ", "title:", "NEAR(a b ", "(a OR ", "园"])
def test_a_flood_is_read_at_once_and_has_no_depth(piece: str) -> None:
    began = time.perf_counter()
    tree = parse(piece * 5_000).tree
    if tree is not None and is_text(tree):
        assert len(expression(tree)) < 20_000
    assert time.perf_counter() - began < 1


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="园区招商 \u3000\u200bＡAaée\u0301ß⼯工İ5，", max_size=30),
    st.lists(
        st.sampled_from(["园", "区招", "园区", "工", "5", "，园", "a", "é", "招 a", "园a区"]), max_size=3
    ),
)
@example("园 区招\u200b商园区", ["园区", "区招"])
@example("İ园区", ["园区"])
def test_places_are_the_same_whether_they_are_looked_for_in_the_text_or_among_its_tokens(
    text: str, words: list[str]
) -> None:
    needles = [Needle(tuple(tokens(word))) for word in words]
    assert set(places_of(text, needles)) == _places_among_words(text, needles)
