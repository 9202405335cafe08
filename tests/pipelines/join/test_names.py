"""How surely an exchange of wordings is one name for another, and how much of it parts two texts."""

from __future__ import annotations

import re

import pytest

from pipelines.join import judge
from pipelines.join.alignment import Gap
from pipelines.join.features import Features
from pipelines.join.names import (
    NAME,
    NAMED,
    NONE,
    RARE,
    STRONG,
    WEAK,
    are_one_wording,
    latin_evidence,
    name_evidence,
)
from pipelines.join.wordings import weigh_names
from pipelines.normalise import normalise


def _at(frame: str, wording: str) -> tuple[Features, slice]:
    before, after = (normalise(part) for part in frame.split("＿"))
    return Features(0, before + normalise(wording) + after), slice(
        len(before), len(before + normalise(wording))
    )


@pytest.mark.parametrize(
    ("frame", "one", "other", "evidence"),
    [
        ("园区的＿有限公司开工", "博沣翮", "朗岑", STRONG),
        ("由董事长＿介绍", "沈砚之", "钟榕生", STRONG),
        ("被告人＿当庭认罪", "沈砚之", "钟榕生", NAMED),
        ("来自＿的客商", "芜湖市", "遵义市", STRONG),
        ("来自＿的客商", "巨鹿县", "望江县", STRONG),
        ("来自＿的客商", "洛阳市", "五峰土家族自治县", NAMED),
        ("日前，＿获评绿色工厂", "南宁远大", "前程软件", NAMED),
        ("日前，＿一行到访", "厦门市党政", "厦门市政党", NONE),
        ("＿妇幼保健院完成手术", "城中", "肃州", NAMED),
        ("＿开展消防演练", "光明家居", "众合软件", NAMED),
        ("＿有限公司开展演练", "先锋前程", "时代长城", NAMED),
        ("完成了＿的试制", "翮岑砚", "沣榕罡", WEAK),
        ("将＿公司治理", "完善", "健全", WEAK),
        ("将＿各项制度", "完善", "健全", NONE),
        ("据悉＿有了企业", "我市", "该县", NONE),
    ],
)
def test_an_exchange_is_as_sure_as_what_stands_in_and_beside_it(
    frame: str, one: str, other: str, evidence: int
) -> None:
    (a, at_a), (b, at_b) = _at(frame, one), _at(frame, other)
    assert (name_evidence(a, at_a, b, at_b), name_evidence(b, at_b, a, at_a)) == (evidence, evidence)


@pytest.mark.parametrize(
    ("frame", "wording", "evidence"),
    [
        ("The ＿ group will build a plant.", "Varkesh", NAME),
        ("It was led by ＿ on Thursday.", "Fatima Okafor", NAME),
        ("It was led by ＿ on Thursday.", "Michael", NAME),
        ("It was led by ＿ on Thursday.", "Tanaka", RARE),
        ("The company ＿ its sales.", "expanded", NONE),
        ("Managers ＿ on Monday.", "stated", NONE),
        ("They visited Var＿ on Monday.", "kesh", NAME),
        ("A fresh ＿ing was opened.", "build", NONE),
    ],
)
def test_a_latin_wording_is_a_name_where_it_has_a_word_that_no_dictionary_has(
    frame: str, wording: str, evidence: int
) -> None:
    features, at = _at(frame, wording)
    assert latin_evidence(features.text, at) == evidence


@pytest.mark.parametrize(
    ("one", "other", "evidence"),
    [("Umbra", "Isolde", NAMED), ("Isolde", "Ferrari", NONE), ("growth", "Umbra", NONE)],
    ids=["a name and a rare word", "two rare words", "an ordinary word"],
)
def test_a_rare_latin_word_stands_for_a_name_where_the_other_is_surely_one(
    one: str, other: str, evidence: int
) -> None:
    sides = (_at("The ＿ group will build a plant.", wording) for wording in (one, other))
    (a, at_a), (b, at_b) = sides
    assert name_evidence(a, at_a, b, at_b) == evidence


def _exchanged(pairs: list[tuple[str, str]]) -> tuple[Features, Features, list[Gap]]:
    """Two texts that say the pairs' two sides, each once, between words that both have."""
    texts, gaps = ["", ""], []
    for number, pair in enumerate(pairs):
        beside = "甲乙丙丁戊己庚辛壬癸"[number % 10] + "开始讨论"
        spans = []
        for side in (0, 1):
            texts[side] += beside
            spans.append(slice(len(texts[side]), len(texts[side] + pair[side])))
            texts[side] += pair[side] + "的问题"
        gaps.append(Gap(*spans))
    return Features(0, texts[0]), Features(1, texts[1]), gaps


_BODY, _PLACE, _STRANGE = ("光明家居", "众合软件"), ("芜湖市", "遵义市"), ("翮岑砚", "沣榕罡")
_OTHER_STRANGE = ("瓴韫", "璟赟")
_WORDS = [
    ("困难", "难题"),
    ("完成", "结束"),
    ("提高", "增强"),
    ("目前", "如今"),
    ("美丽", "漂亮"),
    ("迅速", "飞快"),
    ("帮助", "协作"),
]


@pytest.mark.parametrize(
    ("pairs", "against"),
    [
        ([_PLACE], True),
        ([_STRANGE], True),
        ([_STRANGE, _WORDS[0]], False),
        ([_STRANGE, _OTHER_STRANGE], True),
        ([_BODY, *_WORDS[:2]], True),
        ([_BODY, *_WORDS[:3]], False),
        ([_PLACE, *_WORDS], True),
        (_WORDS, False),
    ],
    ids=[
        "a place",
        "one unknown word alone",
        "one unknown word beside another",
        "two unknown words",
        "one in three",
        "one in four",
        "a place among words",
        "synonyms",
    ],
)
def test_names_part_two_texts_where_they_are_sure_enough_and_frequent(
    pairs: list[tuple[str, str]], against: bool
) -> None:
    assert weigh_names(*_exchanged(pairs))[1] is against


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("枣庄第", "枣庄z", True),
        ("晋州市", "晋州巿", True),
        ("团", "tuan", True),
        ("建国", "建军", False),
        ("第一", "abc", False),
    ],
)
def test_a_wording_drawn_otherwise_is_no_other_wording(one: str, other: str, are_one: bool) -> None:
    assert (are_one_wording(one, other), are_one_wording(other, one)) == (are_one, are_one)


def test_a_name_at_the_edge_of_shared_text_counts_behind_an_editors_note() -> None:
    rest = (
        "消防局接报后派出八辆车赶到现场，凌晨四点把火扑灭，没有人受伤，起火原因还要调查，附近仓库照常开门。"
    )
    note = "这里每天早晨为您读一条值得花三分钟的消息，下面请听正文。"
    one, other = (Features(n, normalise(text + rest)) for n, text in enumerate((note + "阜新市", "济宁市")))
    assert judge(one, other).reason == "names"


@pytest.mark.parametrize(
    ("one", "other"),
    [("渭城", "綦江"), ("渭城区", "綦江区"), ("泰安市沣翮", "金昌市朗岑")],
    ids=["its kind in what both say", "its kind before", "a road behind it"],
)
def test_a_region_at_the_edge_counts_with_the_kind_that_both_texts_share(one: str, other: str) -> None:
    kind = "路" if "市" in one else "" if one.endswith("区") else "区"
    rest = (
        kind
        + "消防局接报后派出八辆车赶到现场，凌晨四点把火扑灭，没有人受伤，起火原因还要调查，附近仓库照常开门。"
    )
    note = "这里每天早晨为您读一条值得花三分钟的消息，下面请听正文。"
    a, b = (Features(n, normalise(text + rest)) for n, text in enumerate((note + one, other)))
    assert judge(a, b).reason == "names"


def test_one_character_at_the_start_of_a_text_does_not_survive_in_any_word_of_its_sound() -> None:
    rest = "州市农技人员走进经营门店，查看进销台账和产品标签，发现的问题当场整改。"
    a, b = (Features(n, normalise(first + rest)) for n, first in enumerate("荆泸"))
    assert judge(a, b).reason == "names"


_MANY = list(
    zip(
        re.findall(
            "..",
            "老师天气窗户电影花瓶台灯邻居晚上小说飞机石头草原海洋太阳星星湖泊房屋鞋子手表钢笔黑板礼物牛奶",
        ),
        re.findall(
            "..",
            "学生春天桌子音乐地理朋友早晨故事报纸火车森林沙漠河流月亮冬天秋天衣服帽子眼镜铅笔操场蛋糕面包",
        ),
        strict=True,
    )
)


def test_one_sure_name_among_many_rewordings_does_not_part_two_texts() -> None:
    sure = ("博沣翮集团", "朗岑罡集团")
    assert weigh_names(*_exchanged([sure, *_MANY[:6]]))[1] is True
    assert weigh_names(*_exchanged([sure, *_MANY]))[1] is False


@pytest.mark.parametrize(
    ("pairs", "more", "against"),
    [
        ([("harvest", "journey")] * 2, 0, True),
        ([("harvest", "journey")], 0, True),
        ([("harvest", "journey")], 900, False),
        ([("she", "may")] * 2, 0, False),
        ([("harvest", "journey")] * 2, 900, False),
        ([("harvest", "journey")] * 3, 900, True),
        ([("harvest", "journey")] * 2 + _WORDS[:1], 0, True),
        ([("harvest", "journey")] * 2 + _WORDS[:2], 0, False),
    ],
    ids=["twice", "once, first", "once in 900", "no things", "2 in 900", "3 in 900", "half", "a third"],
)
def test_a_latin_word_for_another_throughout_is_a_slot(
    pairs: list[tuple[str, str]], more: int, against: bool
) -> None:
    a, b, gaps = _exchanged(pairs)
    rest = "".join(chr(0x4E00 + number) for number in range(more))
    assert weigh_names(Features(0, a.text + rest), Features(1, b.text + rest), gaps)[1] is against
