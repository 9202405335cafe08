"""Pieces cut off a line whose rest is news: asides of editors, credits, buttons."""

from __future__ import annotations

from pipelines.clean.rules.wording import Rule, rule

PIECES: tuple[Rule, ...] = (
    rule(
        "more-link",
        "navigation",
        r"(?<=[。！？”.!?）)])\s*(?:返回.{1,8}[，,]\s?查看更多|查看更多|阅读全文|点击查看(?:全文"
        r"|详情|更多)?|read more"
        r"|continue reading)[\s>»›.…]{0,4}$",
    ),
    rule(
        "editor-aside",
        "editor",
        r"\s*[（(【\[]\s?(?:本文)?(?:责任编辑|責任編輯|责\s?编|責編|编辑|編輯|实习编辑|校对"
        r"|审核|编审|作者系.{0,12}编辑"
        r"|editor)[\s:：_、/=|][^（()）】\]]{0,40}[）)】\]][。.]?$",
    ),
    rule(
        "editor-tail",
        "editor",
        r"(?<=[。！？”.!?）)])\s*(?:责任编辑|責任編輯|责编|責編|编辑|編輯)\s?[:：][^。]{0,40}$",
    ),
    rule("editor-code", "editor", r"(?<=[。！？”])\s*[（(][A-Z]{0,3}\d{2,6}[)）]$"),
    rule(
        "source-aside",
        "editor",
        r"\s*[（(【\[]\s?(?:来源|來源|稿源|转载自|转自|摘自|信息来源|文章来源"
        r"|source)\s?[:：][^（()）】\]]{1,40}[）)】\]][。.]?$",
    ),
    rule(
        "photo-credit",
        "caption",
        r"\s*[（(【\[]\s?(?:(?:资料)?图片?|照片|摄影|图源|图片来源|制图|photos?|image|picture|credit)\s?"
        r"(?:[:：/／丨|]|来源|由|by )[^（()）】\]]{1,36}[)）】\]][。.]?$"
        r"|\s*[（(【\[]\s?(?:资料图片?|[^（()）】\]，。]{1,20}(?:供图|图片?提供|制图))\s?[)）】\]][。.]?$",
    ),
    rule(
        "photo-credit",
        "caption",
        r"(?<=[.!?。！？\"”)])\s*(?:Photo|Photograph|Image|Picture|Credit|Photo credit|Image credit)s?"
        r"(?: (?:by|courtesy(?: of)?)|\s?[:/])\s?[^.。]{2,60}$",
        case=True,
    ),
    rule(
        "rights-aside",
        "copyright",
        r"\s*[（(【\[][^（()）】\]]{0,10}(?:版权所有|不得转载|禁止转载|原创文章|转载请"
        r"|未经授权|侵删|请勿转载)[^（()）】\]]{0,60}[）)】\]][。.]?$",
    ),
    rule(
        "letter-label",
        "navigation",
        r"^(?:(?:来信|信件|留言|咨询|提问|问题|诉求)(?:内容|详情|描述)|(?:答复|回复)(?:内容|意见))[:：\s]\s?(?=\S.{10})",
    ),
    rule(
        "close-window",
        "navigation",
        r"\s*[\[【(（](?:关闭窗口|关闭|打印|返回|返回列表|返回顶部|打印本页|查看原文|阅读原文"
        r"|close|print)[\]】)）]",
    ),
    rule(
        "original-title-aside",
        "original-title",
        r"^[（(【\[]\s?(?:原标题|原標題|原题)\s?[:：][^（()）】\]]{1,120}[）)】\]]"
        r"|\s*[（(【\[]\s?(?:原标题|原標題"
        r"|原题)\s?[:：].{1,120}[）)】\]]$",
    ),
)
"""Pieces cut off a line whose rest is news."""
