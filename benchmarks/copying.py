"""What copyists do to a text, for `benchmarks/lookalikes.py`: each at three levels.

In: a text, a level, a random generator. Out: the copy; "" where it cannot be done to this text.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import opencc
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

LEVELS = 3

_STOP = re.compile(r"(?<=[。！？])|(?<=[a-z]\. )")


def sentences_of(text: str) -> list[str]:
    """A text in sentences, each with its stop."""
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


def _digest(text: str, level: int, draw: random.Random) -> str:
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
    "paragraphs": lambda t, n, d: "\n".join(d.sample(s := sentences_of(t), len(s))),
    "combination": _combined,
}
CHINESE = ("homophone", "ad law", "traditional", "lead", "around", "teasers", "combination")


# Further ways of copying, made after the first were known ------------------------------------------

_VARIANTS = str.maketrans(
    "启峰群里线台才并床村杯泛烟猫略众岩草痴迹凉减决况凑却厘厨厕着于历注采册回因吃",
    "啓峯羣裏綫臺纔並牀邨盃汎煙貓畧衆巖艸癡跡涼減決況湊卻釐廚廁著於歷註採冊囘囙喫",
)
_ADVICE_WIDE = str.maketrans("最第一国家级唯独佳首顶极全网绝对好王", "蕞弟壹囯傢級惟毒嘉手鼎及荃罔決対恏主")
_ALIKE = [
    "已己",
    "未末",
    "日曰",
    "人入",
    "干千",
    "土士",
    "大太",
    "天夭",
    "目自",
    "白自",
    "王玉",
    "木本",
    "力刀",
    "儿几",
    "又叉",
    "市巿",
    "项顶",
    "侯候",
    "戊戌",
    "折拆",
    "辩辨",
    "微徽",
    "往住",
    "治冶",
    "析折",
    "拔拨",
    "贷货",
    "园圆",
    "壁璧",
    "暑署",
    "燥躁",
    "洽治",
    "0O",
    "1l",
    "5S",
    "8B",
]
_ALIKE_OF = {one: other for pair in _ALIKE for one, other in (pair, pair[::-1])}
_MORE_SYNONYMS = [
    "此外/另外",
    "目前/眼下",
    "日前/前不久",
    "今年/本年",
    "去年/上年",
    "以来/至今",
    "持续/一直",
    "推进/推动",
    "实施/施行",
    "落实/落地",
    "建成/建好",
    "投产/投入生产",
    "打造/营造",
    "优化/改善",
    "完善/健全",
    "支撑/支持",
    "引领/带领",
    "带动/拉动",
    "聚集/集聚",
    "布局/部署",
    "突破/攻克",
    "助力/帮助",
    "促进/推动",
    "提供/给予",
    "实现/达成",
    "达到/到达",
    "超过/超出",
    "增长/增加",
    "下降/下滑",
    "全面/全方位",
    "深入/深度",
    "有效/切实",
    "显著/明显",
    "不断/持续",
    "迅速/很快",
    "充分/足够",
    "良好/较好",
    "重点/着重",
    "主要/首要",
    "相关/有关",
    "介绍/讲解",
    "指出/谈到",
    "强调/着重指出",
    "表示/说道",
    "认为/觉得",
    "希望/期望",
    "要求/需要",
    "了解/知晓",
    "参观/观看",
    "座谈/交谈",
    "会议/会",
    "召开/举行",
    "出席/参加",
    "邀请/请来",
    "负责人/主管",
    "人员/人士",
    "员工/职员",
    "团队/班子",
    "群众/百姓",
    "居民/住户",
    "客户/用户",
    "产品/货品",
    "技术/工艺",
    "研发/开发",
    "创新/革新",
    "市场/商场",
    "项目/工程",
    "园区/产业园",
    "区域/地区",
    "基地/据点",
    "平台/载体",
    "资金/钱款",
    "成本/费用",
    "效益/收益",
    "效率/成效",
    "质量/品质",
    "水平/水准",
    "能力/本领",
    "优势/长处",
    "机遇/机会",
    "挑战/考验",
    "经验/做法",
    "措施/举措",
    "办法/方法",
    "方案/计划",
    "目标/指标",
    "任务/工作",
    "情况/状况",
    "困难/难处",
    "问题/难点",
    "原因/缘由",
    "结果/成果",
    "过程/进程",
    "关键/要紧",
    "核心/中心",
    "基础/根基",
    "条件/前提",
    "环境/氛围",
    "服务/服侍",
    "管理/治理",
    "安全/平安",
    "生产/制造",
    "使用/采用",
    "利用/运用",
    "获得/取得",
    "赢得/博得",
    "成为/变成",
    "形成/构成",
    "包括/包含",
    "涉及/牵涉",
    "属于/归于",
    "位于/坐落于",
    "经过/历经",
    "根据/依据",
    "按照/依照",
    "由于/因为",
    "为了/为",
    "以及/和",
    "并且/而且",
    "或者/或是",
    "如果/倘若",
    "虽然/尽管",
    "但是/不过",
    "因此/所以",
    "同时/与此同时",
    "首先/第一",
    "其次/第二",
    "最后/末了",
    "尤其/特别",
    "大约/约莫",
    "几乎/差不多",
    "仅仅/只",
    "马上/立即",
    "终于/总算",
    "曾经/一度",
    "常常/经常",
    "逐步/逐渐",
    "共同/一起",
    "互相/彼此",
    "分别/各自",
    "严格/严厉",
    "认真/仔细",
    "积极/主动",
    "热情/热忱",
    "漂亮/美丽",
    "巨大/庞大",
]
_MORE_FILLERS = (
    "另据报道，",
    "不难看出，",
    "换句话说，",
    "从现场看，",
    "总的来说，",
    "更重要的是，",
    "对此，",
    "众所周知，",
)
_MORE_NOTES = (
    "【导读】小编为您整理了最近大家都在讨论的话题，希望对从事相关行业的读者有所启发，欢迎收藏。",
    "（本报讯）",
    "摘要：本文选自合作媒体，略有删改，标题为编者所加，供各位同仁研究参考之用，不构成任何投资建议。",
    "大家好，欢迎来到今天的产业早读，我们每天精选一条值得关注的消息，下面请看正文。",
)
_MORE_TEASERS = (
    "延伸阅读：为什么有人把仓库建在山洞里？ 十张图看懂一条产业链的搬家史 老街新生：一个街区的慢改造 专访：做隐形冠军要忍得住寂寞",
    "免责声明：本文仅代表作者个人观点，与本网无关，其原创性以及文中陈述内容未经本站证实，请读者仅作参考，并自行核实相关内容。",
    "【打印】【收藏】【关闭】 责任编辑：小林 分享到：微信 微博 空间 评论（0） 登录后参与讨论 热门推荐 返回顶部",
    "更多资讯请关注公众号，回复关键词领取行业报告，加群请备注单位和姓名，合作投稿请发邮件，二十四小时内答复。",
)


def _share(level: int, draw: random.Random, least: float, most: float) -> float:
    """A share within the level's third of a range."""
    return least + (most - least) * (level - draw.random()) / LEVELS


@cache
def _own_thesaurus() -> dict[str, list[str]]:
    return read_thesaurus(pair.replace("/", " ") for pair in [*_MORE_SYNONYMS, *map("/".join, _SYNONYMS)])


def read_thesaurus(lines: Iterable[str]) -> dict[str, list[str]]:
    """Each word of two and more characters with those that a line names beside it."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        words = [word for word in line.split() if len(word) > 1 and not word.endswith("=")]
        for word in words:
            found[word] += [other for other in words if other != word]
    return found


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
    share = _share(level, draw, 0.05, 0.25) * 2.0  # of two-character words, most of what a text is made of
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
        found.append((draw.choice(_MORE_FILLERS) if draw.random() < 0.15 * level else "") + "".join(clauses))
    return _synonyms("".join(found), 1, draw)


def _bracketed(text: str, level: int, draw: random.Random) -> str:
    share = _share(level, draw, 0.05, 0.4)
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
    share = _share(level, draw, 0.003, 0.03)
    found = []
    for c in text:
        chance = draw.random()
        if chance < 0.3 and c in _ALIKE_OF:
            found.append(_ALIKE_OF[c])
        elif chance < share and not c.isdigit():
            found.append(draw.choice(("", c + c, draw.choice(_sounds().get(c, [c])), "口")))
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
    for name in draw.sample(sorted(MORE.keys() - {"several", "digest"}), 2 + (level > 1)):
        text = MORE[name](text, min(level, 2), draw) or text
    return text


MORE: dict[str, Callable[[str, int, random.Random], str]] = {
    "homophone": lambda t, n, d: "".join(
        d.choice(_sounds().get(c, [c])) if d.random() < share else c
        for share in [_share(n, d, 0.01, 0.3)]
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
    "truncate": lambda t, n, d: t[: int(len(t) * (1 - _share(n, d, 0.4, 0.6)))],
    "note": lambda t, n, d: "\n".join(d.sample(_MORE_NOTES, n)) + "\n" + t,
    "teasers": lambda t, n, d: t + "\n" + "\n".join(d.sample(_MORE_TEASERS, n)),
    "paragraphs": _paragraphs,
    "digest": _digest,
    "numbers": _numbers,
    "marks": _marks,
    "blurred": _blurred,
    "several": _several,
}
CHINESE_MORE = frozenset(MORE) - {"full width", "truncate", "paragraphs", "digest", "marks"}
CUTTING = frozenset({"truncate", "digest"})
