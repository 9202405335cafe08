"""What a text names is found where it stands; what cannot be told is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.places import division_names, find_mentions, park_entity, region_codes, region_name
from pipelines.places.regions import brief_name


def _found(text: str, kind: str) -> list[str]:
    return [mention.name for mention in find_mentions(text) if mention.kind == kind]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("江苏省苏州市昨日宣布", ["320000", "320500"]),
        ("苏州与昆山签约,昆山市派人参加", ["320500", "320583", "320583"]),
        ("臺灣與廣東的展商", ["710000", "440000"]),
        ("吉林的工厂", ["220000"]),
        ("朝阳区的一家工厂", []),
        ("北京市朝阳区的一家工厂", ["110000", "110105"]),
        ("爱好和平的人民", []),
        ("隆重庆祝西安全面开工", []),
        ("这里日照时间长,来宾很多", []),
        ("山东日照的港口", ["370000", "371100"]),
        ("上海路的商铺和南京东路的人流", []),
        ("苏州日报报道", []),
        ("网络大连接", []),
        ("有机复合肥料", []),
        ("恩施土家族苗族自治州与恩施的茶", ["422800", "422800"]),
        ("雄安新区揭牌", ["130000"]),
    ],
)
def test_regions_are_told_from_other_words(text: str, codes: list[str]) -> None:
    assert [mention.code for mention in find_mentions(text) if mention.kind == "region"] == codes


@pytest.mark.parametrize(
    ("text", "parks"),
    [
        ("苏州工业园区昨日开工", ["苏州工业园区"]),
        ("项目位于青岚湖科技园,占地百亩", ["青岚湖科技园"]),
        ("“云栖小镇”之外,走进“云岚软件园”", ["云岚软件园"]),
        ("澄湖物流园开园。澄湖物流园很大。", ["澄湖物流园", "澄湖物流园"]),
        ("建设生物医药产业园和国家级经济技术开发区", []),
        ("五大产业园区齐头并进", []),
        ("全市新建了三个工业园", []),
        ("开发区域内的道路", []),
        ("臺灣新竹科學園區", ["臺灣新竹科學園區"]),
        ("江苏省昆山市经济开发区", ["江苏省昆山市经济开发区"]),
    ],
)
def test_parks_are_names_and_not_kinds(text: str, parks: list[str]) -> None:
    assert _found(text, "park") == parks


@pytest.mark.parametrize(
    ("text", "companies"),
    [
        ("与江苏恒岚医药股份有限公司签约", ["江苏恒岚医药股份有限公司"]),
        ("青岚集团说,青岚集团将扩产", ["青岚集团", "青岚集团"]),
        ("虽然中岚信用评级有限责任公司认为", ["中岚信用评级有限责任公司"]),
        ("二十国集团与利益集团", []),
        ("一家有限公司", []),
        ("一人有限责任公司的股东", []),
        ("大型企业集团", []),
        ("星期三临江精密机械有限公司开业", ["临江精密机械有限公司"]),
        ("明天控股有限公司昨日公告", ["明天控股有限公司"]),
        ("星期六股份有限公司发布年报", ["星期六股份有限公司"]),
    ],
)
def test_companies_begin_where_their_names_do(text: str, companies: list[str]) -> None:
    assert _found(text, "company") == companies


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("总投资三十亿元", [(3e9, "CNY")]),
        ("投资1,200.5万美元、8000多万元人民币", [(12_005_000, "USD"), (8e7, "CNY")]),
        ("1.04万亿元", [(1.04e12, "CNY")]),
        ("两千五百万元", [(2.5e7, "CNY")]),
        ("USD 3.5 billion, $12 million and £5", [(3.5e9, "USD"), (1.2e7, "USD"), (5, "GBP")]),
        ("７０亿元", [(7e9, "CNY")]),
        ("多元一体,二元结构,单元楼,3元件", []),
    ],
)
def test_amounts_of_money_have_value_and_currency(text: str, amounts: list[tuple[float, str]]) -> None:
    found = [(m.value, m.unit) for m in find_mentions(text) if m.kind == "money"]
    assert found == [(pytest.approx(value), unit) for value, unit in amounts]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("江苏", ("320000",)),
        ("苏州市", ("320500",)),
        ("昆山", ("320583",)),
        ("江苏省昆山", ("320583",)),
        ("蘇州", ("320500",)),
        ("320583", ("320583",)),
        ("北京朝阳区", ("110105",)),
        ("朝阳区", ("110105", "220104")),
        ("苏州来客", ()),
        ("999999", ()),
        (" ", ()),
    ],
)
def test_a_persons_name_for_a_region_is_understood(name: str, codes: tuple[str, ...]) -> None:
    assert region_codes(name) == codes


@given(st.text(alphabet="江苏省州市工业园区新集团有限公司亿元三1,。“ \n京北朝阳", max_size=60))
def test_every_mention_is_the_text_at_its_place(text: str) -> None:
    for mention in find_mentions(text):
        assert text[mention.start : mention.end] == mention.name
        assert mention.code is None or region_name(mention.code)


def _amounts(text: str) -> list[tuple[str, float | None, str | None]]:
    return [(m.name, m.value, m.role) for m in find_mentions(text) if m.kind == "money"]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        (
            "总投资1亿2000万元,其中设备投资3000万元。",
            [("1亿2000万元", 1.2e8, "investment"), ("3000万元", 3e7, "part")],
        ),
        (
            "年产值达十二点五亿元,利润八千万元",
            [("十二点五亿元", 1.25e9, "output"), ("八千万元", 8e7, "profit")],
        ),
        ("拟投资12.5个亿,带动14个亿人次消费", [("12.5个亿", 1.25e9, "investment")]),
        ("产业规模近百亿元,另有数百亿元和十几亿元的项目", [("百亿元", 1e10, "output")]),
        (
            "注册资本5000万元,去年纳税1亿零200万元",
            [("5000万元", 5e7, "capital"), ("1亿零200万元", 1.02e8, "tax")],
        ),
        ("总投资3亿至5亿元", [("3亿", 3e8, "investment"), ("5亿元", 5e8, "investment")]),
        ("给予最高500万元奖励,授信2亿元", [("500万元", 5e6, "subsidy"), ("2亿元", 2e8, "financing")]),
        ("全市固定资产投资860亿元", [("860亿元", 8.6e10, "completed")]),
        ("云澜投资有限公司购地8000万元", [("8000万元", 8e7, None)]),
        ("总投资不明。到场祝贺的人送来2万元", [("2万元", 2e4, None)]),
        (
            "It invested $3.5 billion; revenue was US$20 million.",
            [("$3.5 billion", 3.5e9, "investment"), ("US$20 million", 2e7, "revenue")],
        ),
    ],
)
def test_amounts_are_numbers_that_say_what_they_are(
    text: str, amounts: list[tuple[str, float, str | None]]
) -> None:
    assert _amounts(text) == amounts


def test_the_words_that_give_an_amount_its_role_stand_in_its_text() -> None:
    text = "計劃總投資額為人民幣10億元,其中一期投資2億元"
    (whole, part) = (m for m in find_mentions(text) if m.kind == "money")
    assert (whole.value, whole.role_words, part.role_words) == (1e9, "總投資額", "其中一期投資")


@pytest.mark.parametrize("park", ["高新区", "经开区", "工业园区", "产业园", "国家级经济技术开发区"])
def test_every_prefecture_is_found_before_what_only_a_town_has(park: str) -> None:
    prefectures = {
        code: region_name(code)
        for code in division_names()
        if code.endswith("00") and not code.endswith("0000")
    }
    missed = {
        name
        for code, name in prefectures.items()
        if code not in {m.code for m in find_mentions(f"记者从{brief_name(name)}{park}获悉")}
    }
    # Shorter names of a province (吉林, 海南) and of a company (阿里)
    assert missed == {"吉林市", "海南藏族自治州", "阿里地区"}


@pytest.mark.parametrize(("name", "code"), [("米林市", "540481"), ("错那县", "540581"), ("白杨市", "659012")])
def test_divisions_have_their_names_of_today_and_of_before(name: str, code: str) -> None:
    assert [m.code for m in find_mentions(f"{name}的企业")] == [code]


@pytest.mark.parametrize(
    ("names", "entity"),
    [
        (["嘉兴工业园区", "嘉興工業園區", "浙江省嘉兴工业园区", "嘉兴市工业园区"], "嘉兴工业园区"),
        (["昆山高新区", "江苏省昆山市高新技术产业开发区", "昆山市国家级高新技术开发区"], "昆山高新区"),
        (["苏州经开区", "苏州市经济技术开发区"], "苏州经开区"),
        (["“青岚湖科技园区”", "“青嵐湖科技園”"], "青岚湖科技园"),
        (["中科智芯(苏州)有限公司", "苏州中科智芯有限公司", "蘇州市中科智芯股份有限公司"], "苏州中科智芯"),
        (["杭州中科智芯有限公司"], "杭州中科智芯"),
        (["宁德时代", "宁德时代新能源科技股份有限公司", "寧德時代"], "宁德时代"),
        (["华为", "华为技术有限公司"], "华为"),
        (["中信建投证券股份有限公司"], "中信建投"),
        (["江苏恒瑞医药股份有限公司", "恒瑞医药"], "恒瑞医药"),
    ],
)
def test_a_park_and_a_company_have_one_name_each(names: list[str], entity: str) -> None:
    found = [[m.entity for m in find_mentions(name) if m.kind != "region"] for name in names]
    assert found == [[entity]] * len(names)


def test_a_park_is_searched_by_any_of_its_names() -> None:
    assert park_entity("江蘇省崑山市高新技術產業開發區") == park_entity("昆山高新区") == "昆山高新区"
    assert park_entity("一个没有的园") == "一个没有的园"


def test_a_company_that_is_named_for_a_town_is_not_in_it() -> None:
    found = [(m.kind, m.name) for m in find_mentions("宁德时代在宁德市扩产,京东路的华为和一中华为人熟知")]
    assert found[:2] == [("company", "宁德时代"), ("region", "宁德市")]
    assert ("company", "京东") not in found
