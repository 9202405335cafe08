"""How numbers speak against one piece of news: two places that differ, and a quarter of the shared ones."""

from __future__ import annotations

import pytest

from pipelines.join import judge
from pipelines.join.features import Features
from pipelines.join.numbers import (
    NumbersCompared,
    Places,
    agree,
    compare_numbers,
    find_numbers,
    number_places,
)
from pipelines.normalise import fold_sounds, normalise


@pytest.mark.parametrize(
    ("shared", "differ", "against"),
    [(1, 1, False), (2, 2, True), (8, 1, False), (8, 2, True), (9, 2, False), (20, 5, True), (20, 4, False)],
)
def test_two_places_and_a_quarter_of_the_shared_ones_speak_against_a_join(
    shared: int, differ: int, against: bool
) -> None:
    assert NumbersCompared(shared, differ).contradict is against


def _places(**numbers: str) -> Places:
    """Places before numbers (`b…`) and after them (`a…`), each with the numbers found there."""
    return {
        ("<" if name[0] == "b" else ">") + name: frozenset(found.split()) for name, found in numbers.items()
    }


def test_numbers_of_one_side_that_all_agree_in_four_places_outweigh_the_other_side() -> None:
    same = _places(b1="3", b2="5", b3="7", b4="11")
    ours, theirs = same | _places(a1="3", a2="5"), same | _places(a1="5", a2="3")
    assert compare_numbers(ours, theirs) == NumbersCompared(4, 0)


def test_three_places_that_agree_do_not_outweigh_the_other_side() -> None:
    same = _places(b1="3", b2="5", b3="7")
    ours, theirs = same | _places(a1="3", a2="5"), same | _places(a1="5", a2="3")
    assert compare_numbers(ours, theirs) == NumbersCompared(2, 2)


@pytest.mark.parametrize(
    ("theirs", "differ"),
    [("1 20 30", 0), ("10 20 30", 1), ("1 20 30 40 50", 0), ("1", 0)],
    ids=["one of three", "none", "one of four", "all of one"],
)
def test_a_place_agrees_where_a_third_of_its_fewer_numbers_are_in_both(theirs: str, differ: int) -> None:
    assert compare_numbers(_places(b="1 2 3"), _places(b=theirs)).differ == differ


def test_a_place_differs_where_less_than_a_third_agree() -> None:
    assert compare_numbers(_places(b="1 2 3 4"), _places(b="1 20 30 40")).differ == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("125", "125", True),
        ("125", "12530", True),
        ("530", "12530", True),
        ("12", "1253", False),
        ("125", "126", False),
        ("12*", "12000*", True),
        ("12*", "120000000", True),
        ("12*", "13000*", False),
        ("032*", "3200", True),
        ("1200", "12", False),
    ],
)
def test_numbers_agree_by_their_value_or_where_punctuation_joined_them(
    one: str, other: str, same: bool
) -> None:
    assert (agree(one, other), agree(other, one)) == (same, same)


def _found(text: str) -> Places:
    normalised = normalise(text)
    return number_places(normalised, fold_sounds(normalised))


def test_a_number_stands_between_the_four_sounds_before_and_after_it() -> None:
    before, after = fold_sounds(normalise("本期中标")), fold_sounds(normalise("户企业入"))
    assert _found("公示本期中标12户企业入选") == {
        f"<{before}": frozenset(["12"]),
        f">{after}": frozenset(["12"]),
    }


def test_two_words_beside_a_number_make_no_place() -> None:
    assert _found("在5年3月") == {}


def test_a_unit_of_ten_thousand_is_told() -> None:
    assert set(_found("园区完成投资12亿元").values()) == {frozenset(["12*"])}


@pytest.mark.parametrize(
    "text",
    [
        "本文浏览次数：5600",
        "新闻发布时间：2026",
        "某某网站版权所有2026",
        "产品型号model2026",
        "招商服务热线是4005379735",
    ],
)
def test_numbers_of_the_page_and_of_latin_names_make_no_place(text: str) -> None:
    assert _found(text) == {}


@pytest.mark.parametrize(
    ("spelling", "digits"),
    [
        ("六点五亿", "65000*"),
        ("百分之十二点五", "125"),
        ("一万二千", "12000"),
        ("两千三百万", "2300*"),
        ("二〇二六年", "2026"),
        ("十二家", "12"),
        ("零点五", "05"),
    ],
)
def test_a_figure_in_characters_is_read_as_its_digits(spelling: str, digits: str) -> None:
    assert find_numbers(normalise(spelling)) == [digits]


@pytest.mark.parametrize("words", ["万一", "十分满意", "一致", "三农", "千万", "二" * 40])
def test_words_with_numerals_in_them_are_no_figures(words: str) -> None:
    assert find_numbers(words) == []


_REPORT = (
    "园区发布上半年运行情况，完成工业总产值{}元，同比增长{}，新签约项目投资{}元，有力支撑了全市经济稳步向好发展，"
    "下一步将继续抓好招商引资和项目建设，确保完成全年目标任务。"
)


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        (("6.5亿", "12.5%", "2300万"), "same"),
        (("6.3亿", "11.5%", "2300万"), "blocked"),
        (("六点三亿", "百分之十一点五", "两千三百万"), "blocked"),
        (("六点五亿", "百分之十二点五", "两千三百万"), "same"),
    ],
)
def test_figures_in_characters_and_in_digits_are_compared_by_what_they_say(
    theirs: tuple[str, ...], verdict: str
) -> None:
    ours = ("六点五亿", "百分之十二点五", "两千三百万")
    a, b = (Features(n, normalise(_REPORT.format(*each))) for n, each in enumerate((ours, theirs)))
    assert (judge(a, b).verdict, judge(b, a).verdict) == (verdict, verdict)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("02月07日01时36分在县域发生地震，03月09日复查", "2月7日1时36分在县域发生地震，3月9日复查"),
        ("新开工厂房8.5万平方米，出口货物4.5万吨", "新开工厂房85000平方米，出口货物45000吨"),
        ("新开工厂房8.5万平方米，出口货物4.5万吨", "新开工厂房85,000平方米，出口货物45,000吨"),
    ],
)
def test_one_figure_in_two_spellings_parts_no_copies(one: str, other: str) -> None:
    rest = (
        "园区负责人说，这些数字背后是企业对市场的信心，也是持续改善营商环境的结果，接下来还将在道路和公寓上继续投入。"
        * 2
    )
    features = (Features(number, normalise(text + rest)) for number, text in enumerate((one, other)))
    assert judge(*features).verdict == "same"
