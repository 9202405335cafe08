"""Lines that count after the last line of news only, and need the company of others."""

from __future__ import annotations

from pipelines.clean.rules.contacts import CONTACTS
from pipelines.clean.rules.notices import NOTICES
from pipelines.clean.rules.wording import Rule, rule

TAIL: tuple[Rule, ...] = (
    *NOTICES,
    *CONTACTS,
    rule(
        "praise", "share", r"^.{0,12}(?:点个?赞|在看|转发|分享|收藏|点亮|点击右下角|三连|打赏|赞赏).{0,30}$"
    ),
    rule(
        "site-closing",
        "navigation",
        r"^.{0,6}以上(?:就|便)?是.{2,80}(?:全部|所有|相关|详细|具体)?(?:内容|介绍|信息|分享"
        r"|解答).{0,40}(?:帮助|参考|了解|关注|喜欢|收藏).{0,20}$",
    ),
    rule(
        "social-page",
        "share",
        r"^.{0,12}(?:facebook|instagram|telegram|twitter|youtube|微博).{0,8}(?:专页|主页|频道|账号)?\s?[:：].{2,80}$",
    ),
    rule(
        "best-viewed",
        "navigation",
        r"^.{0,6}(?:最佳|建议)(?:使用|以)?.{0,12}(?:浏览|观看|分辨率|解析度).{0,60}$"
        r"|^best viewed (?:with|in|at)\b.{0,60}$",
    ),
    rule(
        "click-here",
        "related",
        r"^(?!.{0,60}[，,].{0,60}。$)\W{0,4}(?:点击|戳|查看|阅读|戳这里|点击这里|click here).{0,50}$",
    ),
)
"""News quotes phone numbers and speaks of copyright too."""
