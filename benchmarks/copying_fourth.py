"""A third family of ways to copy, for the fourth set of `benchmarks/lookalikes.py`.

As `benchmarks/copying.py`: in, a text, a level, a random generator; out, the copy or "". Notes and teasers
are made of other people's sentences here, furniture stands between paragraphs, and numbers stay as they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

from benchmarks.copying import sentences_of

if TYPE_CHECKING:
    import random

    from benchmarks.copying import Way

_OTHERS = (
    "业内普遍认为，下半年需求有望温和回升，但原料价格波动仍需警惕。",
    "他在致辞中回顾了学会四十年来走过的道路，并为青年学者颁发了证书。",
    "多家航空公司宣布恢复暂停已久的国际航线，暑运机票预订量明显上升。",
    "这部纪录片历时三年拍摄，镜头对准了五位生活在高原上的兽医。",
    "专家提醒，夏季用电负荷高，老旧线路应尽早检修，切勿私拉乱接。",
    "据不完全统计，已有二十多个城市出台了鼓励以旧换新的办法。",
    "古桥修缮采用传统工艺，石匠们按原样补配了栏板和望柱。",
    "一项覆盖上万人的研究显示，规律运动与睡眠质量之间存在明显关联。",
    "展览将持续到年底，市民可凭身份证免费领取参观券。",
    "球队主帅在赛后承认，下半场的换人调整没有取得预期效果。",
)
_FURNITURE = (
    "【字号：大 中 小】",
    "（图片来源：受访者供图）",
    "广告",
    "▲点击图片查看大图",
    "扫一扫，手机看新闻",
    "往下看更精彩↓↓↓",
    "您当前的位置：网站首页 >> 新闻中心 >> 综合要闻 >> 正文",
    "发布日期：昨天 阅读次数：1024 作者：佚名",
    "关键词：发展 建设 服务 相关标签",
)
_HEADLINES = (
    "一碗热汤面里的县城早晨",
    "谁在给高铁做减法？",
    "重磅！这份清单请收好",
    "从滞销到抢手，一颗梨的转身",
    "深夜的急诊室，他们守着一盏灯",
    "多地发布高温提醒 这些事项要注意",
    "考古新发现：窑址里的半枚指纹",
    "老字号如何留住年轻人",
)
_PAIRS = (
    "日前/近期 近日/近段时间 举行/开展 顺利/成功 位于/坐落在 计划/打算 表示/坦言 介绍/透露 负责人/相关人士 此次/本次 "
    "目前/眼下 接下来/下一阶段 继续/接着 逐一/一一 情况/状况 企业/厂家 员工/工人 热烈/热情 提出/给出 大家/众人 纷纷/都 "
    "方式/途径 建设/修建 项目/工程 已经/业已 正式/正式地 开始/着手 完成/做完 提升/增强 增强/提高 持续/不断地 帮助/助力 解决/破解 "
    "困难/难处 双方/两方 共同/携手 围绕/聚焦 服务/保障 优势/长处 实现/达到 今年/今年里 记者/笔者 看到/见到 告诉/对 现场/现场内 "
    "先后/依次 详细/细致 了解/询问 要求/强调 坚持/始终坚持 推动/助推 各项/多项 工作/任务 落地/落实 发挥/发扬 作用/效用 "
    "办理/受理 有关/相应 规定/要求 期间/时段 异议/不同意见 逾期/超过期限 敬请/请 咨询/询问 预计/料将 主要/大多 其中/这里面 "
    "增长/上升 下降/回落 达到/升至 截至/到 所有/全部 因为/由于 但是/可是 过去/以往 后来/之后 问题/毛病 办法/法子 发现/看出 "
    "年轻人/青年人 喜欢/爱 据说/听说 关键/要害 成本/花费 周边/附近 居民/住户 争议/争论 如今/当下 出版/发行"
)
_FILL = (
    "小编获悉，",
    "有意思的是，",
    "当然，",
    "说到这里，",
    "简单来说，",
    "从目前来看，",
    "不仅如此，",
    "大家注意，",
)
_EVASIONS = str.maketrans("最第一级佳首极全绝独唯王顶", "zZ①j家售己荃决ㄉ惟王鼎")
_LOST = re.compile(r"(?<=[一-龥])(?:了|的|也|都|将|正在|已经|进一步|逐步|还)(?=[一-龥])")


@cache
def _toned() -> dict[str, str]:
    """Characters in groups of one sound and tone, as an input method offers them."""
    groups: dict[str, str] = {}
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", "ignore")
            if character:
                sound = lazy_pinyin(character, style=Style.TONE)[0]
                groups[sound] = groups.get(sound, "") + character
    return {character: group for group in groups.values() for character in group}


def _typed(text: str, level: int, draw: random.Random) -> str:
    share = {1: 0.03, 2: 0.12, 3: 0.28}[level] * draw.uniform(0.7, 1.05)
    return "".join(draw.choice(_toned().get(c, c)) if draw.random() < share else c for c in text)


def _evaded(text: str, level: int, draw: random.Random) -> str:
    text = text.translate(_EVASIONS)
    return "".join(c + draw.choice("\u200b\u200d·*") * (draw.random() < 0.01 * level) for c in text)


def _widths(text: str, level: int, draw: random.Random) -> str:
    text = text.translate(str.maketrans("，。：；！？（）“”、", ',.:;!?()"",'))
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    gap = draw.choice(("&nbsp;", "\u3000", " ", "\ufeff"))
    return "".join(c + gap * (draw.random() < 0.04 * level) for c in (wide if level > 1 else text))


def _turned(text: str, level: int, draw: random.Random) -> str:
    turned = str(opencc.OpenCC({1: "s2t", 2: "s2tw", 3: "s2hk"}[level]).convert(text))
    style = draw.choice((Style.TONE, Style.TONE3, Style.NORMAL))
    marks = draw.choice(("()", "（）", "[]"))
    return "".join(
        f"{c}{marks[0]}{lazy_pinyin(c, style=style)[0]}{marks[1]}"
        if "一" <= c <= "龥" and draw.random() < 0.08 * (level - 1)
        else c
        for c in turned
    )


def _reworded(text: str, level: int, draw: random.Random) -> str:
    for pair in _PAIRS.split():
        old, new = pair.split("/")
        if draw.random() < 0.3 + 0.2 * level:
            text = text.replace(old, new)
    return text


def _spun(text: str, level: int, draw: random.Random) -> str:
    """Reworded, with small words lost, fillers, clauses and neighbouring sentences swapped."""
    sentences = []
    for sentence in sentences_of(_reworded(text, level, draw)):
        kept = _LOST.sub(lambda m: "" if draw.random() < 0.25 * level else m[0], sentence)
        clauses = re.split(r"(?<=[，；])", kept)
        if len(clauses) > 3 and draw.random() < 0.25 * level:
            at = draw.randrange(1, len(clauses) - 2)
            clauses[at], clauses[at + 1] = clauses[at + 1], clauses[at]
        sentences.append(draw.choice(_FILL) * (draw.random() < 0.12 * level) + "".join(clauses))
    for _ in range(level - 1):
        at = draw.randrange(max(1, len(sentences) - 1))
        sentences[at : at + 2] = sentences[at : at + 2][::-1]
    return "".join(sentences)


def _cut(text: str, level: int, draw: random.Random) -> str:
    kept = text[: int(len(text) * (0.8 - 0.12 * level))]
    return kept + draw.choice(("……", "……[详细]", "...查看全文", ""))


def _framed(text: str, level: int, draw: random.Random) -> str:
    """Furniture before, after, and between sentences."""
    sentences = sentences_of(text)
    for piece in draw.sample(_FURNITURE, 1 + 2 * level):
        at = draw.choice((0, len(sentences), draw.randint(0, len(sentences))))
        sentences.insert(at, f"\n{piece}\n")
    return "".join(sentences)


def _introduced(text: str, level: int, draw: random.Random) -> str:
    sign = draw.choice(("编者按：", "导语：", "【今日关注】", "小编说："))
    return sign + "".join(draw.sample(_OTHERS, level)) + "\n" + text


def _trailed(text: str, level: int, draw: random.Random) -> str:
    titles = "\n".join(f"· {title}" for title in draw.sample(_HEADLINES, 2 + 2 * level))
    return f"{text}\n{draw.choice(('热点推荐', '大家都在看', '更多阅读：'))}\n{titles}"


def _digest(text: str, level: int, draw: random.Random) -> str:
    sentences = sentences_of(text)
    if len(sentences) < 3:
        return ""
    count = max(2, round(len(sentences) * (0.9 - 0.15 * level)))
    return draw.choice(("", "【要点】", "内容提要：")) + "".join(
        sentences[at] for at in sorted(draw.sample(range(len(sentences)), count))
    )


def _shuffled(text: str, level: int, draw: random.Random) -> str:
    sentences = sentences_of(text)
    size = max(1, len(sentences) // (level + 1))
    blocks = ["".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]
    draw.shuffle(blocks)
    return "\n".join(blocks)


def _combined(text: str, level: int, draw: random.Random) -> str:
    for name in draw.sample(sorted(KINDS.keys() - {"combination", "digest", "truncate"}), 2 + (level > 1)):
        text = KINDS[name](text, min(level, 2), draw) or text
    return KINDS["truncate"](text, 1, draw) if level > 2 else text


KINDS: dict[str, Way] = {
    "around": _framed,
    "homophone": _typed,
    "ad law": _evaded,
    "full width": _widths,
    "traditional": _turned,
    "synonym": _reworded,
    "spin": _spun,
    "truncate": _cut,
    "digest": _digest,
    "note": _introduced,
    "teasers": _trailed,
    "paragraphs": _shuffled,
    "combination": _combined,
}
CHINESE = frozenset(KINDS) - {"full width", "truncate", "paragraphs", "digest"}
