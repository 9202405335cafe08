"""What copyists do to a text, each at three levels: the first family, for `benchmarks/lookalikes.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

from benchmarks.copying import homophones_of, sentences_of

if TYPE_CHECKING:
    import random

    from benchmarks.copying import Way


def _homophones(text: str, level: int, draw: random.Random) -> str:
    share = {1: 0.02, 2: 0.1, 3: 0.3}[level]
    return "".join(draw.choice(homophones_of(c)) if draw.random() < share else c for c in text)


_ADVICE = str.maketrans("最第一国家级唯佳好", "蕞苐①囯镓圾惟隹恏")
SYNONYMS = (
    "近日/日前 开展/进行 表示/称 推动/促进 加快/加速 提升/提高 进一步/更加 确保/保证 加强/强化 积极/主动 围绕/聚焦 有关/相关 "
    "通过/经由 详细/仔细 完成/实现 参加/参与 帮助/协助 困难/难题 要求/须 发展/壮大 建设/打造 企业/公司 问题/情形 目前/当前 "
    "下一步/接下来 工作/事务 认真/切实 影响/作用 如今/现在 已经/早已 发现/察觉 觉得/认为 最后/末了 因为/由于 但是/然而 "
    "所以/因此 非常/十分 看到/瞧见 重要/关键 支持/扶持 新/全新 举行/举办 活动/行动 持续/不断 company/firm "
    "said/stated new/fresh build/construct about/roughly large/big "
    "growth/expansion"
)
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
    for old, new in (pair.split("/") for pair in SYNONYMS.split()):
        if draw.random() < 0.4 + 0.2 * level:
            text = text.replace(old, new)
    return text


def _spun(text: str, level: int, draw: random.Random) -> str:
    sentences = []
    for sentence in sentences_of(_reworded(text, level, draw)):
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


def digest(text: str, level: int, draw: random.Random) -> str:
    """Some of the sentences, in their order."""
    sentences = sentences_of(text)
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
        text = KINDS[name](text, min(level, 2), draw)
    return text


KINDS: dict[str, Way] = {
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
    "digest": digest,
    "lead": lambda t, n, d: "".join(d.sample(_NOTES, min(n, 3))) + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_TEASERS, min(n, 3))),
    "paragraphs": lambda t, n, d: "\n".join(d.sample(s := sentences_of(t), len(s))),
    "combination": _combined,
}
CHINESE = frozenset({"homophone", "ad law", "traditional", "lead", "around", "teasers", "combination"})
