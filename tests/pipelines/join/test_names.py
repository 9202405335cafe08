"""How surely an exchange of wordings is one name for another, and how much of it parts two texts."""

from __future__ import annotations

import re

import pytest

from pipelines.join.alignment import Gap
from pipelines.join.features import Features
from pipelines.join.latin import is_latin_name
from pipelines.join.lexicon import NAMED, NONE, STRONG, WEAK, name_evidence
from pipelines.join.names import weigh_names
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
        ("来自＿的客商", "芜湖市", "遵义市", NAMED),
        ("来自＿的客商", "巨鹿县", "望江县", NAMED),
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
    ("frame", "wording", "is_name"),
    [
        ("The ＿ group will build a plant.", "Varkesh", True),
        ("It was led by ＿ on Thursday.", "Fatima Okafor", True),
        ("The company ＿ its sales.", "expanded", False),
        ("Managers ＿ on Monday.", "stated", False),
        ("They visited Var＿ on Monday.", "kesh", True),
        ("A fresh ＿ing was opened.", "build", False),
    ],
)
def test_a_latin_wording_is_a_name_where_it_has_a_word_that_no_dictionary_has(
    frame: str, wording: str, is_name: bool
) -> None:
    features, at = _at(frame, wording)
    assert is_latin_name(features.text, at) is is_name


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


_PLACE, _STRANGE = ("芜湖市", "遵义市"), ("翮岑砚", "沣榕罡")
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
        ([_STRANGE], False),
        ([_STRANGE, _OTHER_STRANGE], True),
        ([_PLACE, *_WORDS[:2]], True),
        ([_PLACE, *_WORDS[:3]], False),
        (_WORDS, False),
    ],
    ids=["a place", "one unknown word", "two unknown words", "one in three", "one in four", "synonyms"],
)
def test_names_part_two_texts_where_they_are_sure_enough_and_frequent(
    pairs: list[tuple[str, str]], against: bool
) -> None:
    assert weigh_names(*_exchanged(pairs))[1] is against


_MANY = list(
    zip(
        re.findall(
            "..",
            "老师天气窗户电影历史数学邻居晚上小说飞机石头草原海洋太阳星星夏天房屋鞋子手表钢笔黑板礼物牛奶",
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
