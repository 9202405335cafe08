"""A fourth family of ways to copy, for the fifth set of `benchmarks/lookalikes.py`.

As `benchmarks/copying.py`: in, a text, a level, a random generator; out, the copy or "". Characters are also
taken from Japanese type, syllables stand in brackets for whole words, teasers are abstracts of other news,
digests are numbered, and sentences are broken up and run together.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

from benchmarks.copying import homophones_of, sentences_of

if TYPE_CHECKING:
    import random

    from benchmarks.copying import Way

_PAIRS = (
    "日前/近来 近日/这几天 连日来/这些天来 目前/截至目前 此前/早前 今后/往后 将/会 并/且 以及/及 为了/为着 因为/因 如果/若 "
    "但/不过 却/反倒 只/仅 都/皆 很/颇 非常/相当 十分/极为 越来越/日益 曾/曾经 已/已然 正在/正 仍/依然 常/时常 便/就 "
    "表示/指出 介绍/谈道 告诉/对 认为/指出 强调/突出强调 希望/盼望 感谢/致谢 欢迎/迎接 参观/走访 考察/实地察看 了解/摸清 "
    "召开/举办 举行/召开 开展/组织 组织/安排 参加/到场 出席/莅临 邀请/约请 围绕/紧扣 就/针对 推进/推动 推动/加快 加强/强化 "
    "提升/改善 提高/提升 增强/加强 完善/优化 打造/建设 建设/构建 形成/构筑 实现/做到 确保/力保 保障/护航 服务/服务好 支持/扶助 "
    "帮助/协助 解决/化解 问题/课题 困难/难关 情况/状况 工作/各项工作 任务/使命 措施/办法 办法/招数 方式/形式 经验/心得 成果/成绩 "
    "优势/强项 特色/亮点 机会/机遇 需求/需要 市场/行情 产品/成品 技术/工艺 设备/装置 车间/厂区 工人/职工 员工/工作人员 企业/厂商 "
    "公司/企业 客户/买家 群众/老百姓 居民/街坊 孩子/小孩 家长/父母 专家/业内专家 记者/本报记者 负责人/有关人士 领导/负责同志 "
    "现场/当场 当天/当日 清晨/一早 傍晚/黄昏 如今/现今 过去/从前 后来/再后来 最后/到头来 开始/着手 结束/收尾 持续/接连 进一步/再 "
    "逐步/渐渐 顺利/圆满 积极/踊跃 认真/细致 详细/具体 有效/切实 有力/强劲 广泛/普遍 重要/要紧 关键/核心 主要/多半 全面/整体 "
    "增长/攀升 下降/走低 达到/来到 超过/突破 约/大约 左右/上下 其中/当中 有关/相关 相应/对应 规定/条款 要求/指令 按照/依照 根据/按 "
    "通过/借助 方面/这边 范围/区间 期间/时期 提出/反映 提供/给出 说/说道 做/干 发现/察觉 看到/瞧见 听到/听见 觉得/感到 喜欢/钟爱"
)
_NOISE = (
    "其实，",
    "毫无疑问，",
    "在笔者看来，",
    "话说回来，",
    "一方面，",
    "公开资料显示，",
    "需要指出的是，",
)
_NOTES = (
    "阅读提示：全文约八百字，预计阅读时间三分钟。欢迎转给需要的朋友。",
    "本文由产业观察整理发布，转载请注明出处。以下为正文：",
    "前言：每座城市都有自己的故事，每家企业都有自己的坚持。让我们跟随镜头，一起去看一看。",
    "小伙伴们注意啦！今天给大家带来一则新鲜出炉的消息，干货满满，记得看到最后哦~",
    "（接上期）感谢读者来信指正，本刊已对前文疏漏之处作了修订，并向提供线索的朋友赠送纪念品。",
)
_ABSTRACTS = (
    "【相关】山村里的无人机飞手学校 去年秋天，这所只有三间教室的学校送走了第一批毕业生，他们中最年轻的只有十七岁。",
    "【荐读】一瓶酱油的三百六十五天 从浸豆到出油，老师傅守着三百口缸，天晴揭盖，落雨盖缸，日子过得像钟摆。",
    "下一篇 跨海大桥合龙倒计时：最后一段钢箱梁重达两千三百吨，吊装窗口只有四个小时，气象专家全程驻守。",
    "你可能错过的 为何说今年的冬小麦长势喜人？三位农技专家从墒情、苗情、病虫害作出解读。",
    "视频 | 直击高原上的光热电站，上万面镜子追着太阳转，夜里也能发电。",
    "Read next: How a village bakery became the unlikely supplier to three airlines, and why its owner still opens at four.",
)
_FRAME = (
    "当前位置：首页 / 产业资讯 / 详情",
    "文 | 本刊特约作者 图 | 资料图",
    "阅读 3.2万 · 评论 86 · 点赞 415",
    "字体： 小 中 大 打印 分享至：",
    "图为活动现场。",
    "—— 正文 ——",
    "（全文完）",
    "特别提示：本页面所载内容来源于公开渠道，仅供学习交流，不代表本平台立场，如有异议请与编辑部联系处理。",
    "© 产业资讯网 保留所有权利 举报邮箱 客服中心 下载客户端",
)
_EVASIONS = {
    "最": ("蕞", "Zui", "最/"),
    "第一": ("第①", "第1", "弟一"),
    "唯一": ("唯①", "惟一"),
    "国家": ("国+家", "囯家"),
    "首": ("手", "首/"),
    "级": ("及", "J"),
    "全": ("荃", "全·"),
    "优": ("优*", "忧"),
}


@cache
def _japanese() -> dict[str, str]:
    """Simplified characters as Japanese type draws them, where it draws them otherwise."""
    traditional, japanese = opencc.OpenCC("s2t"), opencc.OpenCC("t2jp")
    found = {}
    for code in range(0x4E00, 0x9FA6):
        turned = str(japanese.convert(traditional.convert(chr(code))))
        if len(turned) == 1 and turned != chr(code):
            found[chr(code)] = turned
    return found


def _misheard(text: str, level: int, draw: random.Random) -> str:
    """Homophones in runs, as dictation makes them."""
    share, found, run = draw.uniform(0.01, 0.1 * level), [], 0
    for c in text:
        run = run - 1 if run else draw.choice((1, 2, 3)) * (draw.random() < share / 2)
        found.append(draw.choice(homophones_of(c)) if run else c)
    return "".join(found)


def _drawn(text: str, level: int, draw: random.Random) -> str:
    share = level / 3
    return "".join(_japanese().get(c, c) if draw.random() < share else c for c in text)


def _evaded(text: str, level: int, draw: random.Random) -> str:
    for word, others in _EVASIONS.items():
        text = text.replace(word, draw.choice(others))
    return "".join(c + "\u200b" * (draw.random() < 0.05 * level) for c in text)


def _wide(text: str, level: int, draw: random.Random) -> str:
    """Full width, also of the marks, with blanks between all characters of some sentences."""
    found = []
    for sentence in sentences_of(text):
        wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in sentence)
        found.append("\u3000".join(wide) if draw.random() < 0.2 * level else wide)
    return "".join(found)


def _turned(text: str, level: int, draw: random.Random) -> str:
    """Traditional, and from the second level with the syllables of characters or of pairs in brackets."""
    turned = str(opencc.OpenCC({1: "s2twp", 2: "s2t", 3: "s2hk"}[level]).convert(text))
    if level == 1:
        return turned
    size = draw.choice((1, 1, 2))

    def sounded(match: re.Match[str]) -> str:
        if draw.random() > 0.12 * level:
            return match[0]
        return f"{match[0]}({''.join(lazy_pinyin(match[0], style=Style.TONE))})"

    return re.sub(rf"[一-龥]{{{size}}}", sounded, turned)


def _reworded(text: str, level: int, draw: random.Random) -> str:
    known = dict(pair.split("/") for pair in _PAIRS.split())
    share = draw.uniform(0.1, 0.1 + 0.2 * level)
    pattern = "|".join(sorted(known, key=len, reverse=True))
    return re.sub(pattern, lambda match: known[match[0]] if draw.random() < share else match[0], text)


def _spun(text: str, level: int, draw: random.Random) -> str:
    """Reworded, sentences broken up or run together, words put in, neighbours swapped."""
    text = _reworded(text, level, draw)
    text = re.sub("，", lambda match: "。" if draw.random() < 0.1 * level else match[0], text)
    text = re.sub("。(?!$)", lambda match: "，" if draw.random() < 0.1 * level else match[0], text)
    sentences = [draw.choice(_NOISE) * (draw.random() < 0.12 * level) + s for s in sentences_of(text)]
    for _ in range(level):
        at = draw.randrange(max(1, len(sentences) - 1))
        sentences[at : at + 2] = sentences[at : at + 2][::-1]
    return "".join(sentences)


def _cut(text: str, level: int, draw: random.Random) -> str:
    """The first sentences, down to two fifths; or without the first."""
    least = len(text) * (0.85 - 0.15 * level)
    sentences = sentences_of(text)
    if level == 1 and draw.random() < 0.3 and len(sentences) > 3:
        return "".join(sentences[1:])
    found = ""
    for sentence in sentences:
        found += sentence
        if len(found) >= least:
            break
    return found + draw.choice(("（未完待续）", "……更多内容请查看原文", ""))


def _digest(text: str, level: int, draw: random.Random) -> str:
    """Sentences picked out and numbered."""
    sentences = sentences_of(text)
    if len(sentences) < 4:
        return ""
    kept = sorted(draw.sample(range(len(sentences)), max(3, round(len(sentences) * (1 - 0.15 * level)))))
    signs = draw.choice(("①②③④⑤⑥⑦⑧⑨⑩", "······" * 2, "一二三四五六七八九十"))
    return "\n".join(f"{signs[place % 10]}、{sentences[at]}" for place, at in enumerate(kept))


def _framed(text: str, level: int, draw: random.Random) -> str:
    before, after = draw.sample(_FRAME[:6], level), draw.sample(_FRAME[4:], level)
    return "\n".join([*before, text, *after])


def _paragraphs(text: str, level: int, draw: random.Random) -> str:
    """Sentences in paragraphs of other lengths; at the higher levels in another order."""
    sentences, found = sentences_of(text.replace("\n", "")), []
    while sentences:
        size = draw.randint(1, 3)
        found.append("".join(sentences[:size]))
        sentences = sentences[size:]
    if level == 1:
        return "\n".join(found)
    at = draw.randrange(len(found))
    return "\n\n".join(found[at:] + found[:at] if level == 2 else draw.sample(found, len(found)))


def _combined(text: str, level: int, draw: random.Random) -> str:
    for name in draw.sample(sorted(KINDS.keys() - {"combination", "digest", "truncate"}), level + 1):
        text = KINDS[name](text, min(level, 2), draw) or text
    return KINDS["truncate"](text, 1, draw) if draw.random() < 0.3 else text


KINDS: dict[str, Way] = {
    "homophone": _misheard,
    "variants": _drawn,
    "ad law": _evaded,
    "full width": _wide,
    "traditional": _turned,
    "synonym": _reworded,
    "spin": _spun,
    "truncate": _cut,
    "digest": _digest,
    "around": _framed,
    "note": lambda t, n, d: "\n".join(d.sample(_NOTES, n)) + "\n" + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_ABSTRACTS, n)),
    "paragraphs": _paragraphs,
    "combination": _combined,
}
CHINESE = frozenset(KINDS) - {"full width", "truncate", "paragraphs", "digest"}
