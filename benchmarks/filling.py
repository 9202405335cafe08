"""Forms filled in with made-up names and numbers, for `benchmarks/lookalikes.py`.

In: a form with slots, a random generator. Out: the text; a slot has one filling throughout a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
_EW = ["Systems", "Motors", "Energy", "Components", "Robotics", "Materials"]
_EF = ["Anna", "Peter", "Laura", "Viktor", "Helen", "Samuel", "Irene", "Douglas"]
_ES = ["Hartmann", "Okafor", "Lindgren", "Castellanos", "Petrov", "Whitfield", "Nakagawa", "Brennan"]


def fill(form: str, draw: random.Random, slots: Slots) -> str:
    """The form with each slot filled in, the same everywhere."""
    values: dict[str, str] = {}
    for slot in re.findall(r"\{(\w+)\}", form):
        if slot not in values:
            values[slot] = slots[slot.rstrip("0123456789")](draw)
    return form.format(**values)


def brand_of(draw: random.Random, size: int = 2) -> str:
    return "".join(draw.choices(_SYLLABLES, k=size))


def _person(draw: random.Random) -> str:
    return draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))


def _company(draw: random.Random) -> str:
    place = draw.choice(_PLACES.split()) if draw.random() < 0.4 else ""
    form = draw.choice(("有限公司", "有限责任公司", "股份有限公司", "集团"))
    return place + brand_of(draw) + draw.choice(_INDUSTRY.split()) + form


SLOTS: Slots = {
    "n": lambda draw: str(draw.randint(2, 10 ** draw.randint(1, 4))),
    "f": lambda draw: f"{draw.uniform(0.1, 10 ** draw.randint(1, 3)):.{draw.randint(1, 2)}f}",
    "m": lambda draw: str(draw.randint(1, 12)),
    "d": lambda draw: str(draw.randint(1, 28)),
    "c": _company,
    "p": _person,
    "k": lambda draw: (
        draw.choice(_PLACES.split())
        + brand_of(draw, draw.choice((0, 2)))
        + draw.choice(("经济开发区", "高新区", "工业园", "产业园", "科技城"))
    ),
    "v": lambda draw: (
        "".join(draw.choices("上下东西大小前后石杨柳沙泉桥山坪湾塘岭口河", k=2))
        + draw.choice(["村村", "社区"])
    ),
    "s": lambda draw: (
        draw.choice(_PLACES.split())
        + draw.choice(
            ["理工大学", "职业技术学院", "第一中学", "实验小学", "师范大学", "第三中学", "第二实验小学"]
        )
    ),
    "g": lambda draw: (
        brand_of(draw)
        + draw.choice(["牌变频水泵", "系列轴承", "智能电表", "新型涂料", "激光雷达", "锂电隔膜"])
    ),
    "r": lambda draw: draw.choice(_PLACES.split()) + "市",
    "h": lambda draw: (
        draw.choice(("市", draw.choice(_PLACES.split()) + "市"))
        + draw.choice(["人民医院", "第二人民医院", "中医院", "妇幼保健院", "中心医院", "第三医院"])
    ),
    "o": lambda draw: (
        "".join(draw.choices("长青文化人民建设解放新华迎宾滨河兴业科创", k=2))
        + draw.choice(["路", "大道", "街"])
    ),
    "b": lambda draw: draw.choice(
        [
            "市税务局",
            "市水利局",
            "县气象局",
            "农商银行",
            "工商银行",
            "市总工会",
            "区财政局",
            "市供销社",
            "建设银行",
        ]
    ),
    "ec": lambda draw: f"{draw.choice(_EC.split())} {draw.choice(_EW)}",
    "ep": lambda draw: f"{draw.choice(_EF)} {draw.choice(_ES)}",
    "ek": lambda draw: (
        f"{draw.choice(_EC.split())} {draw.choice(('Industrial Park', 'Science Park', 'Free Trade Zone'))}"
    ),
    "em": lambda draw: draw.choice(["January", "March", "April", "June", "August", "October"]),
}
