"""What differs between two copies of one article, and what only looks so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.join.differences import DIFFERENCES_MOST, differences, spell_out, turned

TEXT = (
    "青岚湖科技园2026年3月5日举行集中签约仪式，共签约项目12个，总投资1.2亿元，同比增长12.5%。园区党工委书记王伟主持仪式。"
    "首批入驻的十二家企业将在三期标准厂房投产，预计新增就业岗位1,600个，其中研发岗位四分之一。\n"
    "仪式后，与会企业家参观了青岚湖展示中心，并与湖州银行签订合作协议，授信额度三千万元，期限五年。"
)


def between(one: str, other: str) -> list[tuple[str, str, str]]:
    return [(d.kind, d.ours, d.theirs) for d in differences(spell_out(one), spell_out(other))]


@pytest.mark.parametrize(
    ("kind", "ours", "theirs"),
    [
        ("figure", "12个", "15个"),
        ("figure", "1.2亿", "12亿"),
        ("figure", "12.5%", "1.25%"),
        ("figure", "十二家", "十三家"),
        ("figure", "1,600", "1,660"),
        ("date", "3月5日", "3月6日"),
        ("date", "2026年3月5日", "2025年3月5日"),
    ],
)
def test_one_changed_value_is_one_difference(kind: str, ours: str, theirs: str) -> None:
    found = between(TEXT, TEXT.replace(ours, theirs))
    assert [entry[0] for entry in found] == [kind]
    assert found[0][1] in TEXT
    assert found[0][1] != found[0][2]


def test_a_difference_shows_its_place_and_both_values_as_they_stand() -> None:
    other = TEXT.replace("共签约项目12个", "共签约项目15个")
    [found] = differences(spell_out(TEXT), spell_out(other))
    place = "行集中签约仪式，共签约项目…个，总投资1.2亿元，同比增长12.5%。园"
    assert (found.kind, found.place, found.ours, found.theirs) == ("figure", place, "12", "15")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("姜海德", "郎国杰"), ("云宁德", "许栋春"), ("众合达新材料", "天工新材料"), ("曹强思", "云雅明")],
)
def test_one_other_name_in_a_verbatim_copy_is_a_difference(ours: str, theirs: str) -> None:
    said = f"当天走访了园区企业，{ours}股份有限公司" if "材料" in ours else f"市科技局副局长{ours}认为"
    text = TEXT + said + "，家居五金是典型的技术密集型行业，项目投产后日产能可达4603件。"
    assert [kind for kind, *_ in between(text, text.replace(ours, theirs))] == ["name"]
    assert between(text, text.replace("认为", "表示")) == []


def test_another_persons_name_is_a_difference() -> None:
    assert between(TEXT, TEXT.replace("书记王伟主持", "书记李强主持")) == [("name", "王伟", "李强")]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("1.2亿元", "12000万元"),
        ("1.2亿元", "１．２亿元"),
        ("1.2亿元", "1.2億元"),
        ("1,600个", "1600个"),
        ("十二家", "12家"),
        ("三千万元", "3000万元"),
        ("2026年3月5日", "3月5日"),
        ("2026年3月5日", "２０２６年３月５日"),
        ("2026年3月5日", "2026-03-05"),
        ("2026年3月5日", "二〇二六年三月五日"),
        ("12.5%", "12.5％"),
        ("最", "蕞"),
        ("湖州银行", "湖州银行股份有限公司"),
        ("举行集中签约仪式，", ""),
    ],
)
def test_another_spelling_of_a_value_is_no_difference(ours: str, theirs: str) -> None:
    assert between(TEXT, TEXT.replace(ours, theirs)) == []


@pytest.mark.parametrize(
    "other",
    [
        TEXT[:120],
        "编者按：以下为转载，2019年本站曾报道该园区招商 35 个项目。\n" + TEXT,
        TEXT + "\n浏览次数：5600 发布时间：2026-3-9 电话：0572-5550000",
        "\n".join(reversed(TEXT.split("\n"))),
        TEXT.translate(str.maketrans("岚园举资总", "嵐園舉資總")),
    ],
    ids=["truncated", "note before", "page's own numbers", "reordered", "traditional"],
)
def test_a_copy_with_more_less_or_other_order_has_no_differences(other: str) -> None:
    assert between(TEXT, other) == []


def test_the_entries_of_a_list_are_not_taken_for_each_other() -> None:
    entries = [
        f"{park}园区完成产值{value}亿元。"
        for park, value in zip("甲乙丙丁戊", (12, 35, 48, 51, 66), strict=True)
    ]
    assert between("".join(entries), "".join(entries[:1] + entries[2:])) == []


def test_which_text_comes_first_does_not_matter() -> None:
    other = TEXT.replace("12个", "15个").replace("五年", "六年")
    found = differences(spell_out(TEXT), spell_out(other))
    assert turned(differences(spell_out(other), spell_out(TEXT))) == found
    assert len(found) == 2


def test_a_homophone_in_a_figure_in_characters_is_no_other_figure() -> None:
    one = "全区今年新入园企业三百二十四家，比去年多出一成，其中制造业企业占到一半以上。" * 2
    assert between(one, one.replace("三百二十四", "三百二石四")) == []


def test_differences_are_bounded() -> None:
    one = "".join(f"{chr(0x4E00 + n * 7)}号厂房完成产值{n + 2}万元，较上年有所增长；" for n in range(80))
    other = "".join(f"{chr(0x4E00 + n * 7)}号厂房完成产值{n + 500}万元，较上年有所增长；" for n in range(80))
    assert len(between(one, other)) == DIFFERENCES_MOST


PIECES = st.text(
    "〇零一二两三四五九十百千万亿点分之年月日号:,./- 0123456789个家园区开工\n億萬２．%a", max_size=60
) | st.text(max_size=20)


@given(PIECES, PIECES)
def test_any_two_texts_can_be_compared_both_ways(one: str, other: str) -> None:
    ours, theirs = spell_out(one), spell_out(other)
    assert len(differences(ours, theirs)) <= DIFFERENCES_MOST
    assert differences(ours, ours) == ()


@pytest.mark.parametrize(
    "text", ["一万亿" * 5000, "9" * 20000, "1" + "亿" * 9000, "1,111," * 3000, "2026年3月5日" * 2000]
)
def test_a_text_made_to_be_hard_takes_no_longer_than_others(text: str) -> None:
    started = time.process_time()
    differences(spell_out(text), spell_out(text[1:]))
    assert time.process_time() - started < 1.0
