"""Words that exclude each other, in forms that differ in nothing else."""

import pytest

from pipelines.join import judge
from pipelines.join.contrasts import are_one, exclusive, is_turned
from pipelines.join.features import Features
from pipelines.sign import sign


def _features(text: str) -> Features:
    signed = sign(text)
    return Features(signed.node_id, signed.normalised)


def _verdict(one: str, other: str) -> str:
    return judge(_features(one), _features(other)).verdict


@pytest.mark.parametrize(
    ("one", "other", "before", "after"),
    [
        ("教育", "科技", "", "部印发通知"),
        ("日本", "柬埔寨", "来自", "的客商"),
        ("迈为股份", "药明康德", "走进", "考察"),
        ("上升", "回落", "用电量", "三成"),
        ("东", "西", "园区", "侧道路"),
        ("一", "二", "", "期厂房"),
        ("a", "b", "", "座大楼"),
        ("ii", "iii", "", "标段"),
        ("iii", "二", "", "标段"),
        ("3", "4", "公示第", "批企业名单"),
        ("5", "12", "创业大道", "号桥封闭"),
        ("9", "11", "空气质量", "月份报告"),
        ("4", "12", "roof of unit", "millroad"),
        ("1", "2", "제", "산업단지"),
        ("norden", "süden", "in richtung", "gesperrt"),
        ("ohio", "nevada", "farmersin", "gathered"),
    ],
)
def test_two_words_of_one_kind_exclude_each_other(one: str, other: str, before: str, after: str) -> None:
    texts = [(before + word + after, slice(len(before), len(before) + len(word))) for word in (one, other)]
    (a, at_a), (b, at_b) = texts
    assert exclusive(a, at_a, b, at_b) is not None


@pytest.mark.parametrize(
    ("one", "other", "before", "after"),
    [
        ("上升", "增长", "用电量", "三成"),
        ("发改委", "国家发展改革委", "", "印发通知"),
        ("i", "一", "", "标段"),
        ("38", "36", "新开工项目", "个"),
        ("3", "三", "第", "批企业名单"),
        ("上", "下", "", "月份的述职报告，上月和下月都有"),
        ("日本", "柬埔寨", "来自", "的客商，柬埔寨客商"),
        ("made", "took", "they", "care"),
    ],
    ids=[
        "synonyms",
        "two names of one",
        "one number",
        "a figure",
        "one in figures",
        "both are said",
        "both are named",
        "no kind",
    ],
)
def test_other_exchanges_exclude_nothing(one: str, other: str, before: str, after: str) -> None:
    texts = [(before + word + after, slice(len(before), len(before) + len(word))) for word in (one, other)]
    (a, at_a), (b, at_b) = texts
    assert exclusive(a, at_a, b, at_b) is None


@pytest.mark.parametrize(
    ("one", "other", "after", "expected"),
    [
        ("工信部", "工业和信息化部", "通知", True),
        ("ii", "二", "标段", True),
        ("教育部", "科技部", "通知", False),
    ],
)
def test_two_names_of_one_thing_are_one(one: str, other: str, after: str, expected: bool) -> None:
    assert are_one(one + after, slice(0, len(one)), other + after, slice(0, len(other))) == expected


@pytest.mark.parametrize(("more", "turned"), [("不予", True), ("已", False)])
def test_a_negation_turns_what_both_say(more: str, turned: bool) -> None:
    assert is_turned("拟批准", slice(1, 1), f"拟{more}批准", slice(1, 1 + len(more))) == turned


VISIT = (
    "{0}代表团到访园区洽谈合作。近日，来自{0}的代表团一行十二人到访园区，先后考察了综合服务中心、标准厂房和保税仓库，"
    "与园区管委会及入驻企业座谈。座谈会上，园区负责人介绍了区位交通、产业配套和营商环境，表示愿在先进制造、跨境物流等领域深化往来。"
    "{0}代表团对园区的条件给予肯定，希望推动更多项目落地，双方商定年内组织企业互访。"
)
PURCHASE = (
    "{0}采购项目公告。受采购人委托，现就{0}采购进行公开招标，欢迎符合条件的供应商参加。供应商须具有独立法人资格和良好信誉，"
    "近三年内无重大违法记录。招标文件自公告之日起在交易平台下载，逾期不再受理，保证金以保函形式提交，"
    "中标后{0}须在约定期限内送达指定仓库并通过验收。"
)
BILL = (
    "The governor of {0} signed a bill on warehouses. Lawmakers in {0} had debated it for two years "
    "before it passed with a narrow majority. It lowers fees for buildings that run on solar power "
    "and asks counties to publish their plans. Business groups in {0} welcomed the decision. "
)


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (VISIT, "丹麦", "挪威"),
        (VISIT, "水利部", "文旅部"),
        (VISIT, "顺丰", "京东"),
        (PURCHASE, "救生雨衣", "折叠帐篷"),
        (PURCHASE, "二期围墙", "三期围墙"),
        (PURCHASE, "左岸路灯", "右岸路灯"),
        (BILL, "Oregon", "Vermont"),
    ],
)
def test_a_form_that_differs_in_one_word_is_other_news(form: str, one: str, other: str) -> None:
    assert _verdict(form.format(one), form.format(other)) == "blocked"


def test_a_form_written_with_two_names_of_one_body_is_one_piece_of_news() -> None:
    assert _verdict(VISIT.format("工信部"), VISIT.format("工业和信息化部")) == "same"
