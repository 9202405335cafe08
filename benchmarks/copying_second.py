"""Further ways of copying, made after the first were known: the second family, for `benchmarks/lookalikes.py`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

from benchmarks.copying import LEVELS, homophones_of, read_thesaurus, sentences_of, share_of
from benchmarks.copying_first import SYNONYMS, digest

if TYPE_CHECKING:
    import random

    from benchmarks.copying import Way

_VARIANTS = str.maketrans(
    "启峰群里线台才并床村杯泛烟猫略众岩草痴迹凉减决况凑却厘厨厕着于历注采册回因吃",
    "啓峯羣裏綫臺纔並牀邨盃汎煙貓畧衆巖艸癡跡涼減決況湊卻釐廚廁著於歷註採冊囘囙喫",
)
_ADVICE_WIDE = str.maketrans("最第一国家级唯独佳首顶极全网绝对好王", "蕞弟壹囯傢級惟毒嘉手鼎及荃罔決対恏主")
_ALIKE = (
    "已己 未末 日曰 人入 干千 土士 大太 天夭 目自 白自 王玉 木本 力刀 儿几 又叉 市巿 项顶 侯候 戊戌 折拆 辩辨 微徽 往住 治冶 "
    "析折 拔拨 贷货 园圆 壁璧 暑署 燥躁 洽治 0O 1l 5S 8B"
)
_ALIKE_OF = {one: other for pair in _ALIKE.split() for one, other in (pair, pair[::-1])}
_SYNONYMS = (
    "此外/另外 目前/眼下 日前/前不久 今年/本年 去年/上年 以来/至今 持续/一直 推进/推动 实施/施行 落实/落地 建成/建好 "
    "投产/投入生产 打造/营造 优化/改善 完善/健全 支撑/支持 引领/带领 带动/拉动 聚集/集聚 布局/部署 突破/攻克 助力/帮助 "
    "促进/推动 提供/给予 实现/达成 达到/到达 超过/超出 增长/增加 下降/下滑 全面/全方位 深入/深度 有效/切实 显著/明显 "
    "不断/持续 迅速/很快 充分/足够 良好/较好 重点/着重 主要/首要 相关/有关 介绍/讲解 指出/谈到 强调/着重指出 表示/说道 "
    "认为/觉得 希望/期望 要求/需要 了解/知晓 参观/观看 座谈/交谈 会议/会 召开/举行 出席/参加 邀请/请来 负责人/主管 人员/人士 "
    "员工/职员 团队/班子 群众/百姓 居民/住户 客户/用户 产品/货品 技术/工艺 研发/开发 创新/革新 市场/商场 项目/工程 "
    "园区/产业园 区域/地区 基地/据点 平台/载体 资金/钱款 成本/费用 效益/收益 效率/成效 质量/品质 水平/水准 能力/本领 "
    "优势/长处 机遇/机会 挑战/考验 经验/做法 措施/举措 办法/方法 方案/计划 目标/指标 任务/工作 情况/状况 困难/难处 问题/难点 "
    "原因/缘由 结果/成果 过程/进程 关键/要紧 核心/中心 基础/根基 条件/前提 环境/氛围 服务/服侍 管理/治理 安全/平安 生产/制造 "
    "使用/采用 利用/运用 获得/取得 赢得/博得 成为/变成 形成/构成 包括/包含 涉及/牵涉 属于/归于 位于/坐落于 经过/历经 "
    "根据/依据 按照/依照 由于/因为 为了/为 以及/和 并且/而且 或者/或是 如果/倘若 虽然/尽管 但是/不过 因此/所以 同时/与此同时 "
    "首先/第一 其次/第二 最后/末了 尤其/特别 大约/约莫 几乎/差不多 仅仅/只 马上/立即 终于/总算 曾经/一度 常常/经常 逐步/逐渐 "
    "共同/一起 互相/彼此 分别/各自 严格/严厉 认真/仔细 积极/主动 热情/热忱 漂亮/美丽 巨大/庞大"
)
_FILLERS = (
    "另据报道，",
    "不难看出，",
    "换句话说，",
    "从现场看，",
    "总的来说，",
    "更重要的是，",
    "对此，",
    "众所周知，",
)
_NOTES = (
    "【导读】小编为您整理了最近大家都在讨论的话题，希望对从事相关行业的读者有所启发，欢迎收藏。",
    "（本报讯）",
    "摘要：本文选自合作媒体，略有删改，标题为编者所加，供各位同仁研究参考之用，不构成任何投资建议。",
    "大家好，欢迎来到今天的产业早读，我们每天精选一条值得关注的消息，下面请看正文。",
)
_TEASERS = (
    "延伸阅读：为什么有人把仓库建在山洞里？ 十张图看懂一条产业链的搬家史 老街新生：一个街区的慢改造 专访：做隐形冠军要忍得住寂寞",
    "免责声明：本文仅代表作者个人观点，与本网无关，其原创性以及文中陈述内容未经本站证实，请读者仅作参考，并自行核实相关内容。",
    "【打印】【收藏】【关闭】 责任编辑：小林 分享到：微信 微博 空间 评论（0） 登录后参与讨论 热门推荐 返回顶部",
    "更多资讯请关注公众号，回复关键词领取行业报告，加群请备注单位和姓名，合作投稿请发邮件，二十四小时内答复。",
)


@cache
def _own_thesaurus() -> dict[str, list[str]]:
    return read_thesaurus(pair.replace("/", " ") for pair in (_SYNONYMS + " " + SYNONYMS).split())


thesaurus: dict[str, list[str]] = {}
"""Filled by `--thesaurus`; else our own few hundred pairs."""


def _words(text: str, known: dict[str, list[str]]) -> list[str]:
    """A text in words that the thesaurus knows and in pieces between them, by longest match."""
    pieces, at = [], 0
    while at < len(text):
        size = next((n for n in (4, 3, 2) if text[at : at + n] in known), 1)
        pieces.append(text[at : at + size])
        at += size
    return pieces


def _synonyms(text: str, level: int, draw: random.Random) -> str:
    known = thesaurus or _own_thesaurus()
    share = share_of(level, draw, 0.05, 0.25) * 2.0  # of two-character words, most of what a text is made of
    return "".join(
        draw.choice(known[piece]) if known.get(piece) and draw.random() < share else piece
        for piece in _words(text, known)
    )


def _reordered(text: str, level: int, draw: random.Random) -> str:
    """Sentences in another order, with fillers and clauses swapped."""
    sentences = sentences_of(text)
    for _ in range(level + 1):
        at = draw.randrange(max(1, len(sentences) - 1))
        sentences[at : at + 2] = sentences[at : at + 2][::-1]
    found = []
    for sentence in sentences:
        clauses = re.split(r"(?<=，)", sentence)
        if len(clauses) > 2 and draw.random() < 0.2 * level:
            at = draw.randrange(len(clauses) - 1)
            if at + 2 < len(clauses):
                clauses[at : at + 2] = clauses[at : at + 2][::-1]
        found.append((draw.choice(_FILLERS) if draw.random() < 0.15 * level else "") + "".join(clauses))
    return _synonyms("".join(found), 1, draw)


def _bracketed(text: str, level: int, draw: random.Random) -> str:
    share = share_of(level, draw, 0.05, 0.4)
    turned = str(opencc.OpenCC("s2t").convert(text)) if draw.random() < 0.7 else text
    marks = draw.choice(("()", "（）"))
    return "".join(
        f"{c}{marks[0]}{lazy_pinyin(c, style=Style.TONE)[0]}{marks[1]}"
        if "一" <= c <= "龥" and draw.random() < share
        else c
        for c in turned
    )


_HAN = "零一二三四五六七八九"


def _in_han(number: int) -> str:
    """A number below ten thousand in characters: 二百四十."""
    if number < 10:
        return _HAN[number]
    found, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            found += "零" * zero + _HAN[digit] + name
            zero = False
        else:
            zero = bool(found)
    return found.removeprefix("一") if found.startswith("一十") else found


def _numbers(text: str, level: int, draw: random.Random) -> str:
    """Numbers written otherwise: 1.2亿 as 12000万, 5% as 百分之五, 2026年 as 二〇二六年, 1600 as 1,600."""
    share = 0.3 * level + 0.1

    def percent(match: re.Match[str]) -> str:
        whole, _, part = match[1].partition(".")
        return "百分之" + _in_han(int(whole)) + ("点" + "".join(_HAN[int(c)] for c in part) if part else "")

    def year(match: re.Match[str]) -> str:
        return "".join("〇一二三四五六七八九"[int(c)] for c in match[1]) + "年"

    rules = [
        (r"(\d{1,3}(?:\.\d+)?)%", percent),
        (r"(?<!\d)((?:19|20)\d\d)年", year),
        (r"(\d{1,4}(?:\.\d{1,2})?)亿", lambda m: f"{round(float(m[1]) * 10000)}万"),
        (r"(?<![\d.])(\d{5,7})万", lambda m: f"{int(m[1]) / 10000:g}亿"),
        (r"(?<![\d.])([1-9]\d{3,6})(?![\d.年万亿])", lambda m: f"{int(m[1]):,}"),
        (r"(?<![\d.])(\d{1,2})月(\d{1,2})日", lambda m: f"{_in_han(int(m[1]))}月{_in_han(int(m[2]))}日"),
        (r"(?<![\d.,])(\d{1,3})(?=[个家名项户人条天])", lambda m: _in_han(int(m[1]))),
    ]
    for pattern, rewritten in rules:
        if draw.random() < share:
            text = re.sub(pattern, rewritten, text)
    return text


def _blurred(text: str, level: int, draw: random.Random) -> str:
    """As read by a machine: characters taken for others that look alike, lost, or doubled; broken lines."""
    share = share_of(level, draw, 0.003, 0.03)
    found = []
    for c in text:
        chance = draw.random()
        if chance < 0.3 and c in _ALIKE_OF:
            found.append(_ALIKE_OF[c])
        elif chance < share and not c.isdigit():
            found.append(draw.choice(("", c + c, draw.choice(homophones_of(c)), "口")))
        else:
            found.append(c + ("\n" if draw.random() < 0.02 else ""))
    return "".join(found)


def _marks(text: str, level: int, draw: random.Random) -> str:
    """Other punctuation or none."""
    if level == LEVELS:
        return re.sub(
            r"(?<!\d)[，。、；：“”！？,;:]|[，。、；：“”！？,;:](?!\d)", draw.choice(("", " ")), text
        )
    styles = ("，。：；！？（）", ",.:;!?()"), ("，。、；", "  ,|"), ("，。：“”", "﹐｡︰「」")
    return text.translate(str.maketrans(*draw.choice(styles)))


def _paragraphs(text: str, level: int, draw: random.Random) -> str:
    """Paragraphs made of other sentences, in another order at the higher levels."""
    sentences, paragraphs = sentences_of(text.replace("\n", "")), []
    while sentences:
        size = draw.randint(1, 4)
        paragraphs.append("".join(sentences[:size]))
        sentences = sentences[size:]
    if level > 1:
        draw.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def _several(text: str, level: int, draw: random.Random) -> str:
    for name in draw.sample(sorted(KINDS.keys() - {"several", "digest"}), 2 + (level > 1)):
        text = KINDS[name](text, min(level, 2), draw) or text
    return text


KINDS: dict[str, Way] = {
    "homophone": lambda t, n, d: "".join(
        d.choice(homophones_of(c)) if d.random() < share else c
        for share in [share_of(n, d, 0.01, 0.3)]
        for c in t
    ),
    "variants": lambda t, n, d: t.translate(_VARIANTS),
    "ad law": lambda t, n, d: t.translate(_ADVICE_WIDE),
    "full width": lambda t, n, d: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c + d.choice(" \u3000\u200b") * (d.random() < 0.03 * n)
        for c in t
    ),
    "traditional": lambda t, n, d: str(opencc.OpenCC({1: "s2t", 2: "s2hk", 3: "s2twp"}[n]).convert(t)),
    "pinyin": _bracketed,
    "synonym": _synonyms,
    "spin": _reordered,
    "truncate": lambda t, n, d: t[: int(len(t) * (1 - share_of(n, d, 0.4, 0.6)))],
    "note": lambda t, n, d: "\n".join(d.sample(_NOTES, n)) + "\n" + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_TEASERS, n)),
    "paragraphs": _paragraphs,
    "digest": digest,
    "numbers": _numbers,
    "marks": _marks,
    "blurred": _blurred,
    "several": _several,
}
CHINESE = frozenset(KINDS) - {"full width", "truncate", "paragraphs", "digest", "marks"}
