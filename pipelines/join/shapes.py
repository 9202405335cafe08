"""Whether two wordings are one, written with other signs: what no speaker would take for two names.

In: two normalised wordings. Out: whether characters stand for others of nearly the same shape, as machines
that read and copyists who evade filters put them (巿 for 市), or letters for a single character (z for 最).
"""

from __future__ import annotations

import re

_GROUPS = (
    "己已巳 未末朱 日曰 人入八 干千于 土士 大太犬 天夭 目自白百 王玉主 木本 力刀刁"
    " 儿几 又叉 市巿币 项顶 侯候 戊戌戍 拆折析 辩辨辫 微徽 往住 治冶洽 拔拨 贷货"
    " 园圆 壁璧 暑署 燥躁操 特持 待侍 团困因囚 开幵 令今 见贝 手毛 午牛 石右 古占"
    " 由甲田 乌鸟 历厉 斤斥 代伐 风凤 免兔 竞竟 师帅 州洲 作怍 体休 遗遣 赢羸"
    " 嬴蠃 候侯 买卖 名各 可司 间问 门们 问间 管菅 诸储 技枝 抢枪 杨扬 场扬 渡度"
    " 博搏 摸模 清请情 构沟购 缴激邀 幕墓慕募 辑揖 陪倍部 坚竖 季李 莱菜 蓝篮 籍藉"
    " 祥详 裕浴 官宫 未耒 迁汗 钓钩 采釆 券卷 刺剌 汩汨 味昧 盲肓 晴睛 即既 旱早"
    " 旦但 申电 失矢 甩用 业亚 厂广 万方 乎平 丈文 北比 丘兵 0o 1li 5s"
    " 8b 2z"
    # As Japanese type draws them, where they sound otherwise in Chinese.
    " 価价 伝传 囲围 戯戏 払拂 浜滨 缶罐 芸艺 蔵藏 軽轻 鉄铁 豊丰 仮假 糸丝 仏佛 弁瓣 戻戾"
)
_PAIRS = frozenset(one + other for group in _GROUPS.split() for one in group for other in group)

_SPELT_MOST = 6
"""Letters for one character: a syllable has no more (zhuang)."""
_LETTERS = re.compile(rf"[a-z]{{1,{_SPELT_MOST}}}")


def are_one_wording(one: str, other: str) -> bool:
    """Whether two wordings differ in how a character is drawn, or in letters for one character, alone."""
    one, other = _without_ends(one, other)
    if len(one) == len(other) and all(map(_PAIRS.__contains__, map("".join, zip(one, other, strict=True)))):
        return True
    letters, character = (one, other) if one.isascii() else (other, one)
    return len(character) == 1 and not character.isascii() and _LETTERS.fullmatch(letters) is not None


def _without_ends(one: str, other: str) -> tuple[str, str]:
    """Two wordings without what both begin and end with."""
    most = min(len(one), len(other))
    start = next((at for at in range(most) if one[at] != other[at]), most)
    stop = next((at for at in range(most - start) if one[-1 - at] != other[-1 - at]), most - start)
    return one[start : len(one) - stop], other[start : len(other) - stop]
