"""Look-alikes and copies that nothing was tuned to: python benchmarks/lookalikes.py [--seed 1] [--originals FILE]

Forms (`benchmarks/forms.py`) are filled in six ways each with made-up names and numbers; two fillings of
each, and every article, are copied by each kind of transformation at three levels. All go through the
product's own join stage. --originals also takes the originals of a documents.jsonl (see neardup.py), so
that the transformations meet real prose. Prints precision and recall, and for each kind of copy how many
are with their original; for each form how many fillings were merged.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

from benchmarks.forms import ARTICLES, BULLETINS, FORMS
from benchmarks.neardup import _open, _store
from pipelines.archive.join_index import SqliteJoinIndex
from pipelines.join import Joiner, judge
from pipelines.join.features import Features
from pipelines.sign import sign

if TYPE_CHECKING:
    from collections.abc import Callable

FILLINGS, COPIED, LEVELS = 6, 2, 3


@dataclass(frozen=True)
class Text:
    cluster: str
    kind: str
    level: int
    text: str
    also: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--originals", type=Path)
    parser.add_argument("--wrong", action="store_true", help="also show the pairs wrongly joined or missed")
    arguments = parser.parse_args()
    _report(texts(arguments.seed, arguments.originals), arguments.wrong)
    return 0


def texts(seed: int, originals: Path | None = None) -> list[Text]:
    draw = random.Random(seed)
    found = []
    for name, form in FORMS.items():
        for number in range(FILLINGS):
            text = fill(form, draw)
            found.append(Text(f"{name}/{number}", "original", 0, text))
            if number < COPIED:
                found += _copies(f"{name}/{number}", text, draw, [])
    articles = list(ARTICLES) + _read(originals)
    for number, text in enumerate(articles):
        found.append(Text(f"article/{number}", "original", 0, text))
        others = [(f"article/{n}", other) for n, other in enumerate(articles) if n != number]
        found += _copies(f"article/{number}", text, draw, others)
    draw.shuffle(found)
    return found


def _read(path: Path | None) -> list[str]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path else []
    return [row["text"] for row in rows if row["kind"] in ("original", "single")]


def _copies(cluster: str, text: str, draw: random.Random, others: list[tuple[str, str]]) -> list[Text]:
    found = []
    latin = sum("a" <= c <= "z" for c in text) > len(text) / 2
    for kind, transform in TRANSFORMATIONS.items():
        if latin and kind in _CHINESE:
            continue
        level = draw.randint(1, LEVELS)
        copy = transform(text, level, draw)
        if copy and copy != text:
            found.append(Text(cluster, kind, level, copy))
    if others and draw.random() < 0.5:
        name, other = draw.choice(others)
        found.append(Text(cluster, "concat", 1, text + "\n" + other[: len(text) * 3 // 4], name))
    return found


# Filling in ------------------------------------------------------------------------------------

_SYLLABLES = (
    "鼎盛瑞丰宏远华泰嘉禾博康天成汇智金辉海纳云帆星耀恒信卓越润达启明凌峰亿联朗科诚毅骏驰翔宇磊森沐泽"
)
_SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻柏窦章云苏潘葛奚范彭"
_GIVEN = "建国志强晓东丽华文博思远海波雪梅春生立新子涵俊杰秀英永刚佳怡振宇国栋婉清"
_PLACES = [
    "临沂",
    "襄阳",
    "遵义",
    "株洲",
    "芜湖",
    "德阳",
    "湛江",
    "柳州",
    "沧州",
    "咸阳",
    "九江",
    "台州",
    "宿迁",
    "绵阳",
    "龙岩",
    "大庆",
    "鞍山",
    "濮阳",
]
_INDUSTRY = [
    "机械制造",
    "生物医药",
    "电子材料",
    "环保科技",
    "食品",
    "新能源",
    "智能装备",
    "化工",
    "纺织",
    "物流",
]
_EC = [
    "Norvane",
    "Halbrook",
    "Zentrix",
    "Ostmark",
    "Quillon",
    "Brightwater",
    "Tesmer",
    "Ardel",
    "Kovacs",
    "Lumineer",
]
_EW = ["Systems", "Motors", "Energy", "Components", "Robotics", "Materials"]
_EF = ["Anna", "Peter", "Laura", "Viktor", "Helen", "Samuel", "Irene", "Douglas"]
_ES = ["Hartmann", "Okafor", "Lindgren", "Castellanos", "Petrov", "Whitfield", "Nakagawa", "Brennan"]


def fill(form: str, draw: random.Random) -> str:
    """The form with each slot filled in, the same everywhere."""
    values: dict[str, str] = {}
    for slot in re.findall(r"\{(\w+)\}", form):
        if slot not in values:
            values[slot] = _SLOTS[slot.rstrip("0123456789")](draw)
    return form.format(**values)


def _name(draw: random.Random, size: int = 2) -> str:
    return "".join(draw.choices(_SYLLABLES, k=size))


def _person(draw: random.Random) -> str:
    return draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))


def _company(draw: random.Random) -> str:
    place = draw.choice(_PLACES) if draw.random() < 0.4 else ""
    form = draw.choice(("有限公司", "有限责任公司", "股份有限公司", "集团"))
    return place + _name(draw) + draw.choice(_INDUSTRY) + form


_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "n": lambda draw: str(draw.randint(2, 10 ** draw.randint(1, 4))),
    "f": lambda draw: f"{draw.uniform(0.1, 10 ** draw.randint(1, 3)):.{draw.randint(1, 2)}f}",
    "m": lambda draw: str(draw.randint(1, 12)),
    "d": lambda draw: str(draw.randint(1, 28)),
    "c": _company,
    "p": _person,
    "k": lambda draw: (
        draw.choice(_PLACES)
        + _name(draw, draw.choice((0, 2)))
        + draw.choice(("经济开发区", "高新区", "工业园", "产业园", "科技城"))
    ),
    "v": lambda draw: (
        "".join(draw.choices("上下东西大小前后石杨柳沙泉桥山坪湾塘岭口河", k=2))
        + draw.choice(["村村", "社区"])
    ),
    "s": lambda draw: (
        draw.choice(_PLACES)
        + draw.choice(
            ["理工大学", "职业技术学院", "第一中学", "实验小学", "师范大学", "第三中学", "第二实验小学"]
        )
    ),
    "g": lambda draw: (
        _name(draw) + draw.choice(["牌变频水泵", "系列轴承", "智能电表", "新型涂料", "激光雷达", "锂电隔膜"])
    ),
    "r": lambda draw: draw.choice(_PLACES) + "市",
    "h": lambda draw: (
        draw.choice(("市", draw.choice(_PLACES) + "市"))
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
    "ec": lambda draw: f"{draw.choice(_EC)} {draw.choice(_EW)}",
    "ep": lambda draw: f"{draw.choice(_EF)} {draw.choice(_ES)}",
    "ek": lambda draw: (
        f"{draw.choice(_EC)} {draw.choice(('Industrial Park', 'Science Park', 'Free Trade Zone'))}"
    ),
    "em": lambda draw: draw.choice(["January", "March", "April", "June", "August", "October"]),
}

# Copying ---------------------------------------------------------------------------------------

_STOP = re.compile(r"(?<=[。！？])|(?<=[a-z]\. )")


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _STOP.split(text) if sentence]


@cache
def _sounds() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row, cell in itertools.product(range(0xB0, 0xD8), range(0xA1, 0xFF)):
        character = bytes((row, cell)).decode("gb2312", "ignore")
        if character:
            groups[lazy_pinyin(character, style=Style.NORMAL)[0]].append(character)
    return {character: group for group in groups.values() for character in group}


def _homophones(text: str, level: int, draw: random.Random) -> str:
    share = {1: 0.02, 2: 0.1, 3: 0.3}[level]
    return "".join(draw.choice(_sounds().get(c, [c])) if draw.random() < share else c for c in text)


_ADVICE = str.maketrans("最第一国家级唯佳好", "蕞苐①囯镓圾惟隹恏")
_SYNONYMS = [
    pair.split("/")
    for pair in [
        "近日/日前",
        "开展/进行",
        "表示/称",
        "推动/促进",
        "加快/加速",
        "提升/提高",
        "进一步/更加",
        "确保/保证",
        "加强/强化",
        "积极/主动",
        "围绕/聚焦",
        "有关/相关",
        "通过/经由",
        "详细/仔细",
        "完成/实现",
        "参加/参与",
        "帮助/协助",
        "困难/难题",
        "要求/须",
        "发展/壮大",
        "建设/打造",
        "企业/公司",
        "问题/情形",
        "目前/当前",
        "下一步/接下来",
        "工作/事务",
        "认真/切实",
        "影响/作用",
        "如今/现在",
        "已经/早已",
        "发现/察觉",
        "觉得/认为",
        "最后/末了",
        "因为/由于",
        "但是/然而",
        "所以/因此",
        "非常/十分",
        "看到/瞧见",
        "重要/关键",
        "支持/扶持",
        "新/全新",
        "举行/举办",
        "活动/行动",
        "持续/不断",
        "company/firm",
        "said/stated",
        "new/fresh",
        "build/construct",
        "about/roughly",
        "large/big",
        "growth/expansion",
    ]
]
_FILLERS = (
    "据了解，",
    "值得一提的是，",
    "记者获悉，",
    "事实上，",
    "与此同时，",
    "业内人士看来，",
    "可以说，",
)
_NOTES = (
    "编者按：以下内容来自合作媒体，观点仅供参考，转发是为了让更多朋友了解产业一线的动态，欢迎在评论区留下您的看法。",
    "点击上方蓝字关注我们，每天早上八点准时与您分享园区圈里的大事小情。",
    "本刊综合整理，如有疏漏，敬请指正，读者热线全天开放。",
)
_TEASERS = (
    "猜你喜欢：三条产业链如何在县城扎根；一位厂长的十个清晨；老工业基地的新账本；从仓库到展厅，他们只用了八十天。",
    "上一篇：夜班车上的程序员 下一篇：一座小城的芯片梦 热门标签：园区 招商 制造 人才 返回列表 打印本页",
    "扫描二维码下载客户端，更多精彩内容等你来看。声明：转载此文出于传递更多信息之目的，版权归原作者所有。",
)


def _reworded(text: str, level: int, draw: random.Random) -> str:
    for old, new in _SYNONYMS:
        if draw.random() < 0.4 + 0.2 * level:
            text = text.replace(old, new)
    return text


def _spun(text: str, level: int, draw: random.Random) -> str:
    sentences = []
    for sentence in _sentences(_reworded(text, level, draw)):
        clauses = re.split(r"(?<=，)", sentence)
        if len(clauses) > 3 and draw.random() < 0.2 * level:
            at = draw.randrange(len(clauses) - 2)
            clauses[at], clauses[at + 1] = clauses[at + 1], clauses[at]
        filler = draw.choice(_FILLERS) if draw.random() < 0.15 * level else ""
        sentences.append(filler + "".join(clauses))
    for _ in range(level):
        at = draw.randrange(max(1, len(sentences) - 1))
        sentences[at : at + 2] = sentences[at : at + 2][::-1]
    return "".join(sentences)


def _digest(text: str, level: int, draw: random.Random) -> str:
    sentences = _sentences(text)
    kept = sorted(draw.sample(range(len(sentences)), max(2, len(sentences) * (6 - level) // 6)))
    return "".join(sentences[at] for at in kept) if len(sentences) > 2 else ""


def _traditional(text: str, level: int, draw: random.Random) -> str:
    turned = str(opencc.OpenCC({1: "s2t", 2: "s2tw", 3: "s2twp"}[level]).convert(text))
    if draw.random() < 0.5:
        return turned
    return "".join(
        f"{c}({lazy_pinyin(c, style=Style.TONE)[0]})" if "一" <= c <= "龥" and draw.random() < 0.12 else c
        for c in turned
    )


def _combined(text: str, level: int, draw: random.Random) -> str:
    names = draw.sample(
        ["homophone", "spin", "lead", "teasers", "full width", "traditional", "ad law"], level + 1
    )
    for name in names:
        text = TRANSFORMATIONS[name](text, min(level, 2), draw)
    return text


TRANSFORMATIONS: dict[str, Callable[[str, int, random.Random], str]] = {
    "around": lambda t, n, d: (
        "首页 > 资讯 > 正文\n来源：网络 作者：小编 浏览：8211\n" + t + "\n" + d.choice(_TEASERS)
    ),
    "homophone": _homophones,
    "ad law": lambda t, n, d: t.translate(_ADVICE),
    "full width": lambda t, n, d: "".join(
        chr(ord(c) + 0xFEE0) if "0" <= c <= "z" and c.isalnum() else c + " " * (d.random() < 0.02 * n)
        for c in t
    ),
    "traditional": _traditional,
    "synonym": _reworded,
    "spin": _spun,
    "truncate": lambda t, n, d: t[: len(t) * (10 - 2 * n) // 10],
    "digest": _digest,
    "lead": lambda t, n, d: "".join(d.sample(_NOTES, min(n, 3))) + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_TEASERS, min(n, 3))),
    "paragraphs": lambda t, n, d: "\n".join(d.sample(s := _sentences(t), len(s))),
    "combination": _combined,
}
_CHINESE = ("homophone", "ad law", "traditional", "lead", "around", "teasers", "combination")


# Measuring -------------------------------------------------------------------------------------


def _labels(rows: list[Text]) -> list[int]:
    """The cluster of each text, by the product's own join stage."""
    connection = _open(Path(":memory:"))
    joiner = Joiner(SqliteJoinIndex(connection))
    nodes = []
    for row in rows:
        signed = sign(row.text)
        nodes.append(signed.node_id)
        _store(connection, row.text, signed)
        joiner.add(signed)
    joiner.relink()
    cluster = dict(connection.execute("SELECT node_id, cluster_id FROM nodes"))
    return [cluster[node] for node in nodes]


def _report(rows: list[Text], show_wrong: bool) -> None:  # noqa: C901, PLR0912  # one table after another
    labels = _labels(rows)
    groups: dict[int, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        groups[label].append(number)
    right, wrong, merged = 0, [], defaultdict(set)
    for members in groups.values():
        for a, b in itertools.combinations(members, 2):
            if rows[a].cluster == rows[b].cluster:
                right += 1
            elif rows[a].cluster not in (rows[b].also,) and rows[b].cluster != rows[a].also:
                wrong.append((a, b))
                for at in (a, b):
                    merged[rows[at].cluster.split("/")[0]].add(at)
    sizes = Counter(row.cluster for row in rows)
    all_pairs = sum(size * (size - 1) // 2 for size in sizes.values())
    originals = {row.cluster: number for number, row in enumerate(rows) if row.kind == "original"}
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    missed = []
    for number, row in enumerate(rows):
        if row.kind != "original":
            hit = labels[number] == labels[originals[row.cluster]]
            for key in (row.kind, "form" if not row.cluster.startswith("article") else "article"):
                found[key][0] += hit
                found[key][1] += 1
            if not hit:
                missed.append((number, originals[row.cluster]))
    print(
        f"{len(rows)} texts: pair P {right / max(1, right + len(wrong)):.4f} R {right / all_pairs:.4f} (wrong {len(wrong)}, missed {all_pairs - right})"
    )
    print(
        "copy found: " + "  ".join(f"{kind} {hit / all_:.3f}" for kind, (hit, all_) in sorted(found.items()))
    )
    total = Counter(row.cluster.split("/")[0] for row in rows)
    print(
        "merged: " + "  ".join(f"{name} {len(at) / total[name]:.2f}" for name, at in sorted(merged.items()))
    )
    names = sum(name not in BULLETINS and name != "article" for name in merged)
    print(f"forms with a wrong pair: {len(merged)}, of these {names} differ in names")
    if show_wrong:
        for title, pairs in (("WRONG", wrong), ("MISSED", missed)):
            for a, b in pairs[:400]:
                verdict = judge(*(Features(at, sign(rows[at].text).normalised) for at in (a, b)))
                print(
                    title, *(f"{rows[at].cluster}:{rows[at].kind}:{rows[at].level}" for at in (a, b)), verdict
                )


if __name__ == "__main__":
    sys.exit(main())
