"""Forms filled in with made-up names and numbers, for `benchmarks/lookalikes.py`.

In: a form with slots (forms.toml says which), a random generator. Out: the text; a slot has one filling
throughout a text. Slots are filled from short lists, or from wide ones: every place of GB/T 2260, surnames by how
common they are, names of ordinary words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipelines.places import division_names

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Slots = dict[str, Callable[[random.Random], str]]

_SYLLABLES = (
    "鼎盛瑞丰宏远华泰嘉禾博康天成汇智金辉海纳云帆星耀恒信卓越润达启明凌峰亿联朗科诚毅骏驰翔宇磊森沐泽"
)
_SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻柏窦章云苏潘葛奚范彭"
_GIVEN = "建国志强晓东丽华文博思远海波雪梅春生立新子涵俊杰秀英永刚佳怡振宇国栋婉清"
_PLACES = "临沂 襄阳 遵义 株洲 芜湖 德阳 湛江 柳州 沧州 咸阳 九江 台州 宿迁 绵阳 龙岩 大庆 鞍山 濮阳"
_INDUSTRY = "机械制造 生物医药 电子材料 环保科技 食品 新能源 智能装备 化工 纺织 物流"
_EC = "Norvane Halbrook Zentrix Ostmark Quillon Brightwater Tesmer Ardel Kovacs Lumineer"
_EW = "Systems Motors Energy Components Robotics Materials".split()
_EF = "Anna Peter Laura Viktor Helen Samuel Irene Douglas".split()
_ES = "Hartmann Okafor Lindgren Castellanos Petrov Whitfield Nakagawa Brennan".split()


def fill(form: str, draw: random.Random, slots: Slots) -> str:
    """The form with each slot filled in, the same everywhere."""
    values: dict[str, str] = {}
    for slot in re.findall(r"\{(\w+)\}", form):
        if slot not in values:
            values[slot] = slots[slot.rstrip("0123456789")](draw)
    return form.format(**values)


def _brand_of(draw: random.Random, size: int = 2) -> str:
    return "".join(draw.choices(_SYLLABLES, k=size))


def _person(draw: random.Random) -> str:
    return draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))


def _company(draw: random.Random) -> str:
    place = draw.choice(_PLACES.split()) if draw.random() < 0.4 else ""
    form = draw.choice(("有限公司", "有限责任公司", "股份有限公司", "集团"))
    return place + _brand_of(draw) + draw.choice(_INDUSTRY.split()) + form


SLOTS: Slots = {
    "n": lambda draw: str(draw.randint(2, 10 ** draw.randint(1, 4))),
    "f": lambda draw: f"{draw.uniform(0.1, 10 ** draw.randint(1, 3)):.{draw.randint(1, 2)}f}",
    "m": lambda draw: str(draw.randint(1, 12)),
    "d": lambda draw: str(draw.randint(1, 28)),
    "c": _company,
    "p": _person,
    "k": lambda draw: (
        draw.choice(_PLACES.split())
        + _brand_of(draw, draw.choice((0, 2)))
        + draw.choice(("经济开发区", "高新区", "工业园", "产业园", "科技城"))
    ),
    "v": lambda draw: (
        "".join(draw.choices("上下东西大小前后石杨柳沙泉桥山坪湾塘岭口河", k=2))
        + draw.choice(["村村", "社区"])
    ),
    "s": lambda draw: (
        draw.choice(_PLACES.split())
        + draw.choice("理工大学 职业技术学院 第一中学 实验小学 师范大学 第三中学 第二实验小学".split())
    ),
    "g": lambda draw: (
        _brand_of(draw) + draw.choice("牌变频水泵 系列轴承 智能电表 新型涂料 激光雷达 锂电隔膜".split())
    ),
    "r": lambda draw: draw.choice(_PLACES.split()) + "市",
    "h": lambda draw: (
        draw.choice(("市", draw.choice(_PLACES.split()) + "市"))
        + draw.choice("人民医院 第二人民医院 中医院 妇幼保健院 中心医院 第三医院".split())
    ),
    "o": lambda draw: (
        "".join(draw.choices("长青文化人民建设解放新华迎宾滨河兴业科创", k=2))
        + draw.choice(["路", "大道", "街"])
    ),
    "b": lambda draw: draw.choice(
        "市税务局 市水利局 县气象局 农商银行 工商银行 市总工会 区财政局 市供销社 建设银行".split()
    ),
    "ec": lambda draw: f"{draw.choice(_EC.split())} {draw.choice(_EW)}",
    "ep": lambda draw: f"{draw.choice(_EF)} {draw.choice(_ES)}",
    "ek": lambda draw: (
        f"{draw.choice(_EC.split())} {draw.choice(('Industrial Park', 'Science Park', 'Free Trade Zone'))}"
    ),
    "em": lambda draw: draw.choice("January March April June August October".split()),
}


_GIVEN_WIDE = (
    "伟芳娜敏静磊军洋勇艳杰娟涛明超霞平刚桂英玉兰健鹏飞宇浩然欣悦梓轩雨桐俊熙嘉豪诗琪一凡天佑鑫淼锦程瑾瑜慧敏"
    "德胜福来根生长顺满仓守信怀远致远承志景行卫东援朝跃进爱民拥军继红秋菊冬梅夏荷春燕立群广才宝山庆丰耀祖"
)
_SURNAMES_WIDE = "王王王李李李张张张刘刘陈陈杨杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史龙陶贺顾毛郝龚邵万钱严武戴莫孔向汤"
_NAME_WORDS = (
    "时代 阳光 东方 大地 长城 前程 未来 创新 先锋 和谐 四方 远大 天地 光明 海洋 明珠 同创 众合 世纪 环球 精工 金牛 红星 绿源 "
    "蓝天 银河 紫光 青山 白云 长江 黄山 泰山 中原 北斗 领航 卓识 惠民 振兴 腾飞 巨力 双龙 三峰 九州 百川 千里马 爱家 好运 "
    "小蜜蜂 大拇指 聚合 元气 极光 量子 云图 数智 深蓝 芯源 微光 晶科 朗新 易达 捷顺 格致 思特 诺华 康瑞 赛维"
)
_TRADES_WIDE = (
    "科技 实业 机电 生物科技 半导体 精密仪器 建设工程 信息技术 新材料 医疗器械 农业发展 供应链管理 环境工程 自动化设备 装饰工程 "
    "汽车零部件 包装制品 网络科技 文化传媒 投资控股 药业 光电 软件 家居"
)
_LATIN_NAMES = (
    "Argent Belcour Cindra Dovemark Elstow Fenwick Garrison Hexam Isolde "
    "Jarrow Kelso Lorimer Morven Nexan Orsted Pembury Quorn Redmire Selkirk "
    "Tarland Umbra Varden Wexcombe Yarrow"
)


@cache
def _divisions() -> dict[str, list[str]]:
    """Names of prefectures and of counties, of GB/T 2260."""
    pairs = division_names().items()
    return {
        "city": [
            name for code, name in pairs if code[4:] == "00" and code[2:] != "0000" and name[-1] == "市"
        ],
        "county": [
            name for code, name in pairs if code[4:] != "00" and name[-1] in "县市区" and len(name) > 2
        ],
    }


def _place(draw: random.Random) -> str:
    return draw.choice(_divisions()[draw.choice(("city", "county"))])


def _bare_place(draw: random.Random) -> str:
    return _place(draw)[:-1]


def _wide_person(draw: random.Random) -> str:
    size = draw.choice((1, 2, 2, 2))
    return draw.choice(_SURNAMES_WIDE) + "".join(draw.choices(_GIVEN_WIDE, k=size))


def _brand(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.4:
        return draw.choice(_NAME_WORDS.split())
    if kind < 0.9:
        return _brand_of(draw, draw.choice((2, 2, 3)))
    return draw.choice(_LATIN_NAMES.split())


def _wide_company(draw: random.Random) -> str:
    place = _bare_place(draw) if draw.random() < 0.5 else ""
    if draw.random() < 0.2:  # as briefs name them
        return _brand(draw) + draw.choice(("股份", "科技", "集团", "电子", "药业"))
    end = draw.choice(("有限公司", "有限公司", "股份有限公司", "有限责任公司", "集团有限公司"))
    return place + _brand(draw) + draw.choice(_TRADES_WIDE.split()) + end


def _wide_park(draw: random.Random) -> str:
    own = draw.choice(
        (
            "",
            "",
            _brand(draw),
            draw.choice("东西南北") + draw.choice("湖城山郊岸"),
            draw.choice("中德新苏滨临") + draw.choice("江海港河"),
        )
    )
    end = "经济技术开发区 高新技术产业开发区 经开区 高新区 工业园区 产业园 科技园 综合保税区 软件园 循环经济产业园 智能制造产业园".split()
    return _bare_place(draw) + own + draw.choice(end)


WIDE_SLOTS: Slots = SLOTS | {
    "c": _wide_company,
    "p": _wide_person,
    "k": _wide_park,
    "r": _place,
    "v": lambda draw: (
        _bare_place(draw) * (draw.random() < 0.2)
        + "".join(
            draw.choices(
                "李王张刘东西南北上下大小新老双三龙凤金石家庄岗坡沟洼桥店寨营台泉柳槐枣",
                k=draw.choice((2, 2, 3)),
            )
        )
        + draw.choice("村 村 社区 镇".split())
    ),
    "s": lambda draw: (
        _bare_place(draw)
        + draw.choice(
            "大学 学院 职业技术学院 实验中学 第二小学 外国语学校 工程学院 第五中学 农业大学".split()
        )
    ),
    "b": lambda draw: (
        _bare_place(draw)
        + draw.choice("海关 市场监管局 税务局 交通运输局 农商银行 供电公司 气象局 总工会 商务局".split())
    ),
    "h": lambda draw: _bare_place(draw) + draw.choice("人民医院 中医院 妇幼保健院 第二人民医院".split()),
    "o": lambda draw: (
        "".join(draw.choices("长春和平文昌建国中山人民胜利幸福科苑金湖星海朝阳永安", k=2))
        + draw.choice("路 大道 街 巷".split())
    ),
    "z": lambda draw: (
        f"{draw.choice(('', 'G', 'XG', 'GY-'))}{draw.randint(2019, 2027)}-{draw.randint(1, 99):02d}"
        if draw.random() < 0.5
        else f"{draw.randint(300000, 699999)}"
    ),
    "i": lambda draw: draw.choice("机器人 固态电池 光刻胶 稀土永磁 低空经济 创新药 算力 液冷".split()),
    "y": lambda draw: draw.choice("葡萄 猕猴桃 蜜桃 脐橙 樱桃 杨梅 冬枣 雪梨".split()),
    "u": lambda draw: draw.choice(["上涨", "下降"]),
    "t": lambda draw: draw.choice(["up", "down"]),
    "ec": lambda draw: (
        f"{draw.choice(_LATIN_NAMES.split())} {draw.choice(('Holdings', 'Group', 'Technologies', 'Foods', 'Logistics', 'Pharma', 'Steel', 'Semiconductor'))}"
    ),
    "ep": lambda draw: (
        f"{draw.choice(['James', 'Mary', 'Wei', 'Ravi', 'Sofia', 'Omar', 'Ingrid', 'Carlos', 'Mei', 'Jonas', 'Fatima', 'Paul'])} {draw.choice(['Carter', 'Nguyen', 'Ferrari', 'Haddad', 'Eriksen', 'Moreau', 'Tanaka', 'Silva', 'Novak', 'Chen', 'Murphy', 'Adeyemi'])}"
    ),
    "ek": lambda draw: (
        f"{draw.choice(_LATIN_NAMES.split())} {draw.choice(('Industrial Park', 'Economic Zone', 'Technology Park', 'Logistics Hub', 'Free Zone'))}"
    ),
    "em": lambda draw: draw.choice(
        "January February March April May June July August September October November December".split()
    ),
}
