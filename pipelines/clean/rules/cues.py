"""Lines that announce that the article has ended: other news, comments, neighbours, sharing."""

from __future__ import annotations

from pipelines.clean.rules.wording import CLOSE, OPEN, Rule, rule

CUES: tuple[Rule, ...] = (
    rule(
        "others-announced",
        "related",
        OPEN + r"(?:(?:相关|相關|推荐|推薦|热门|熱門|热点|熱點|延伸|更多|最新|精彩|猜你|猜您|你可能"
        r"|您可能|大家|看过|随机|隨機|为你|为您|為您|编辑|今日|本周|往期"
        r"|点击|图片|视频|关键词|精选|同类|最近)[^。，]{0,6}(?:阅读|閱讀|新闻|新聞|文章|推荐"
        r"|推薦|资讯|資訊|報導|报道|内容|內容|喜欢|喜歡|感兴趣|感興趣|還想看|还想看"
        r"|在看|精选|链接|鏈接|排行|回顾|发表|專題|专题|信息|话题)|看了又看|又看|猜你喜欢"
        r"|(?:园区|厂房|房源|项目|企业|产品|图文|文章|内容|视频|专题|栏目|频道|好文|精品|小编|站长|本站"
        r"|同城|热销|最新|精选)(?:推荐|推薦)"
        r"|更多(?:精彩|内容|资讯|新闻|消息|文章|阅读|推荐)|精彩(?:推荐|内容)|相关链接|relevant"
        r"|related(?: \w+)?"
        r"|you (?:may|might) also.*|more (?:from|stories|news)\b.*"
        r"|read (?:more|next)|next article|recommended(?: \w+)*|most (?:read|popular)"
        r"|latest (?:news|stories)|trending(?: now)?|also read|see also|don't miss)"
        + r"[\s\W_]{0,4}(?:\d+)?"
        + CLOSE,
    ),
    rule(
        "neighbours",
        "navigation",
        OPEN + r"(?:上一?[篇条則则]|下一?[篇条則则]|前一篇|后一篇|previous (?:article|post)"
        r"|next (?:article|post))(?:文章"
        r"|新闻|：|:|\s|$)",
    ),
    rule(
        "comments",
        "comment",
        OPEN + r"(?:(?:网友|網友|最新|热门|全部|精彩|发表|發表|我要|用户|查看|参与|0条|暂无"
        r"|共有?)\s?\d*\s?条?\s?(?:评论|評論|留言|跟贴|回复"
        r"|點評|点评)(?:\s?[(（]\d+[)）])?|评论(?:区|列表|\s?\(?\d+\)?)?|評論|留言|跟贴"
        r"|comments?(?: \(?\d+\)?)?|leave a (?:reply|comment)|(?:post|add) a comment"
        r"|\d+条.{0,12}评论|登录\s?评论.{0,6}|\d+\s?(?:comments?|条评论))" + CLOSE,
    ),
    rule(
        "share-line",
        "share",
        OPEN + r"(?:(?:分享|转发|轉發|转载)(?:到|至|给|給|本文|文章|此文)[^。]{0,30}|分享|share(?: this)?"
        r"|share(?: this)? (?:article|story|post|page|on|via|to)\b[^.!?]{0,60}|share\s?[:：][^.!?]{0,60})"
        + CLOSE,
    ),
    rule(
        "paywall",
        "navigation",
        r"^.{0,20}(?:to (?:continue|keep) reading|already a (?:subscriber|member)"
        r"|subscribe (?:now )?to (?:read|continue|keep)"
        r"|this (?:article|content|story) is (?:for|available to|exclusive to) (?:subscribers"
        r"|members))\b.{0,200}$"
        r"|^.{0,20}(?:登录|登錄|付费|付費|订阅|訂閱|开通会员|加入会员).{0,6}(?:后|後|即可|才能"
        r"|查看|阅读|閱讀).{0,14}(?:全文|剩余|内容|內容)?"
        r".{0,6}$|^\W{0,3}(?:本文|此文)(?:为|為)(?:付费|付費|会员|會員).{0,30}$",
    ),
    rule(
        "page-useful",
        "navigation",
        r"^(?:is|was) this (?:page|article|information) (?:useful|helpful)\b.{0,20}$"
        r"|^did you find (?:this|what).{0,60}\?$|^help us improve\b.{0,60}$"
        r"|^您?对(?:本次|该|此|以上).{0,10}(?:答复|回复|内容|信息|服务|文章|解读).{0,6}(?:满意|有帮助"
        r"|评价).{0,40}$",
    ),
    rule("company-note", "contact", r"^About (?:the )?[A-Z][\w&.,'’ -]{1,50}:?$", case=True),
    rule(
        "end-mark",
        "navigation",
        OPEN + r"(?:end|the end|完|全文完|本文完|正文已结束.{0,30}|文章结束|本文结束)" + CLOSE,
    ),
)
"""After one of these, where no real paragraph follows, nothing is the article's."""

PASSING_CUES = tuple(rule for rule in CUES if rule.name in ("others-announced", "share-line"))
"""Cues that also stand between the paragraphs of an article, with links below them."""
