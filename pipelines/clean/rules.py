"""The wordings of what stands around the news: each rule has a name, a kind and a pattern.

Three strengths. `CUES` announce that the article has ended (相关阅读, 责任编辑); `LINES` take a line
wherever it stands; `TAIL` rules need the company of others, after the last line of news.
No pattern nests one repetition in another, so each is linear in the length of a line.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """One wording."""

    name: str
    kind: str
    pattern: re.Pattern[str]


def _rule(name: str, kind: str, pattern: str) -> Rule:
    return Rule(name, kind, re.compile(pattern, re.IGNORECASE))


_OPEN = r"^[\s\W_]{0,6}"
_CLOSE = r"[\s\W_]{0,6}$"

PHONE = (
    r"(?<![\d.])(?:(?:\+|00)?86[\s-]?)?(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|(?:400"
    r"|800)[\s-]?\d{3,4}[\s-]?\d{3,4}"
    r"|[(（]?0\d{2,3}[)）]?[\s-]{0,2}\d{7,8}|0\d-\d{8})(?!\d)"
)
_CONTACT_WORDS = (
    r"热线|熱線|咨询|諮詢|招商|微信|vx|wechat|whatsapp|联系人|聯繫人|联系方式|聯絡"
    r"|联系电话|聯絡電話|联系我们|电话|電話|手机|手機|传真|傳真"
    r"|邮箱|郵箱|e-?mail|qq|加微|扫一扫|掃一掃|同号|同號|客服|租售|洽谈|欢迎来电|来电|专线"
    r"|公众号|地址|邮编|tel|phone|call us|fax|contact"
)

CUES: tuple[Rule, ...] = (
    _rule(
        "others-announced",
        "related",
        _OPEN + r"(?:(?:相关|相關|推荐|推薦|热门|熱門|热点|熱點|延伸|更多|最新|精彩|猜你|猜您|你可能"
        r"|您可能|大家|看过|随机|隨機|为你|为您|為您|编辑|今日|本周|往期"
        r"|点击|图片|视频|关键词|精选|同类|最近)[^。，]{0,6}(?:阅读|閱讀|新闻|新聞|文章|推荐"
        r"|推薦|资讯|資訊|報導|报道|内容|內容|喜欢|喜歡|感兴趣|感興趣|還想看|还想看"
        r"|在看|精选|链接|鏈接|排行|回顾|发表|專題|专题|信息|话题)|看了又看|又看|猜你喜欢"
        r"|(?:园区|厂房|房源|项目|企业|产品|图文|文章|内容|视频|专题|栏目|频道|好文|精品|小编|站长|本站"
        r"|同城|热销|最新|精选)(?:推荐|推薦)"
        r"|相关链接|relevant|related(?: \w+)?"
        r"|you (?:may|might) also.*|more (?:from|stories|news)\b.*"
        r"|read (?:more|next)|next article|recommended(?: \w+)*|most (?:read|popular)"
        r"|latest (?:news|stories)|trending(?: now)?|also read|see also|don't miss)"
        + r"[\s\W_]{0,4}(?:\d+)?"
        + _CLOSE,
    ),
    _rule(
        "neighbours",
        "navigation",
        _OPEN + r"(?:上一?[篇条則则]|下一?[篇条則则]|前一篇|后一篇|previous (?:article|post)"
        r"|next (?:article|post))(?:文章"
        r"|新闻|：|:|\s|$)",
    ),
    _rule(
        "comments",
        "comment",
        _OPEN + r"(?:(?:网友|網友|最新|热门|全部|精彩|发表|發表|我要|用户|查看|参与|0条|暂无"
        r"|共有?)\s?\d*\s?条?\s?(?:评论|評論|留言|跟贴|回复"
        r"|點評|点评)(?:\s?[(（]\d+[)）])?|评论(?:区|列表|\s?\(?\d+\)?)?|評論|留言|跟贴"
        r"|comments?(?: \(?\d+\)?)?|leave a (?:reply|comment)|(?:post|add) a comment"
        r"|登录\s?评论.{0,6}|\d+\s?(?:comments?|条评论))" + _CLOSE,
    ),
    _rule(
        "share-line",
        "share",
        _OPEN + r"(?:(?:分享|转发|轉發|转载)(?:到|至|给|給|本文|文章|此文)[^。]{0,30}|分享|share(?: this)?"
        r"|share(?: this)? (?:article|story|post|page|on|via|to)\b[^.!?]{0,60}|share\s?[:：][^.!?]{0,60})"
        + _CLOSE,
    ),
    _rule(
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
    _rule(
        "page-useful",
        "navigation",
        r"^(?:is|was) this (?:page|article|information) (?:useful|helpful)\b.{0,20}$"
        r"|^did you find (?:this|what).{0,60}\?$|^help us improve\b.{0,60}$",
    ),
    Rule("company-note", "contact", re.compile(r"^About (?:the )?[A-Z][\w&.,'’ -]{1,50}:?$")),
    _rule(
        "end-mark",
        "navigation",
        _OPEN + r"(?:end|the end|完|全文完|本文完|正文已结束.{0,30}|文章结束|本文结束)" + _CLOSE,
    ),
)
"""After one of these, where no real paragraph follows, nothing is the article's."""

PASSING_CUES = tuple(rule for rule in CUES if rule.name in ("others-announced", "share-line"))
"""Cues that also stand between the paragraphs of an article, with links below them."""

LINES: tuple[Rule, ...] = (
    _rule(
        "editor-line",
        "editor",
        _OPEN + r"(?:本文|本期|网站|网络|值班|执行|实习|新媒体|稿件)?(?:责任编辑|責任編輯|责编|責編"
        r"|责任校对|编辑|編輯|主编|校对|校對|编审|审核|審核|终审"
        r"|复审|初审|一审|二审|三审|监制|統籌|统筹|责校|签发|选稿|责任主编|美编|视觉"
        r"|文字编辑|editor|edited by)\s?[:：丨|／/_＝=][^。]{0,60}$",
    ),
    _rule(
        "editor-aside",
        "editor",
        r"^[（(【\[\s]{1,3}(?:本文)?(?:责任编辑|責任編輯|责编|責編|编辑|編輯|实习编辑|本文编辑"
        r"|editor)[\s:：_、/].{0,40}$",
    ),
    _rule("editor-code", "editor", r"^.{0,30}[_（(]\s?[A-Z]{1,3}\d{2,7}\s?[)）]?$"),
    _rule(
        "original-title",
        "original-title",
        _OPEN + r"(?:本文|文章)?(?:原标题|原標題|原题|原文标题|original title)\s?[:：为]",
    ),
    _rule(
        "byline",
        "editor",
        _OPEN + r"(?:(?:信息|文章|稿件|新闻)?(?:发布|發布|發佈|发表|发稿|更新|创建|编辑|添加"
        r"|录入)?(?:时间|時間|日期|于)\s?[:：]|(?:文章|信息"
        r"|新闻|稿件|资讯|内容|消息"
        r"|原文)?(?:来源|來源|出处|稿源|出處)\s?[:：]"
        r"|作\s?者\s?[:：]|原创\s?[:：]|source\s?[:：]|published(?: on)?\s?[:：]?\s|posted (?:on|by)"
        r"|(?:last |first )?(?:updated|modified|published)\s?[:：]?\s"
        r"|by\s[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}$|(?:浏览|瀏覽"
        r"|点击|點擊|阅读|閱讀|人气|访问)(?:次数|量|数)?\s?[:：]"
        r"|(?:文章)?(?:录入|编号|索引号|发布机构|信息来源|责任单位|供稿单位|发布单位"
        r"|发文机关)\s?[:：])[^。]{0,120}$",
    ),
    _rule(
        "date-line",
        "editor",
        r"^[^，。：:]{0,20}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s\d{1,2}[:：]\d{2}(?:[:：]\d{2})?$|"
        r"^(?:\[|【|\()?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?[\s"
        r"|]{0,3}(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)(?:\s.{0,60}|[\]】)])?$"
        r"|^\w{0,16}\d{1,3}\s?(?:分钟|小时|天|周|个月|年|days?|hours?)\s?(?:前"
        r"|ago)(?:\s?\(\d\d-\d\d\))?.{0,20}$",
    ),
    _rule(
        "place",
        "navigation",
        _OPEN + r"(?:(?:您|你)?(?:现在|当前|當前|目前|所在)(?:所在)?(?:的)?(?:位置|栏目)|当前位置"
        r"|目前位置|您的位置|位置\s?[:：]"
        r"|首页\s?[>＞»›/-]|home\s?[>»›/])[^。]{0,120}$",
    ),
    _rule(
        "page-tool",
        "navigation",
        _OPEN + r"(?:(?:【|\[)?(?:字体|字號|字号|字体大小|font size)[\s:：]{0,3}.{0,24}|(?:放大|缩小"
        r"|默认)字体.{0,20}"
        r"|(?:[大中小]\s){1,2}[大中小]|[Tt](?:大|小|\|)|[Aa][+-]\s?[Aa]?[+-]?|打印(?:本页|本文|此页)?|列印"
        r"|关闭(?:窗口|本页|页面)?|關閉視窗|返回(?:顶部|列表|首页|上页|上一页)?|我要(?:纠错"
        r"|投稿|打印|评论)|收藏(?:本文)?|加入收藏|举报|点赞"
        r"|print(?: this)?(?: page)?|close window|back to (?:top|list)"
        r"|加载中.{0,6}|展开(?:全文|阅读全文|更多)|阅读全文|查看更多|点击(?:加载|查看)更多"
        r"|loading.{0,6}|广告|廣告"
        r"|advertisement|ads?|sponsored|登录|注册|关注|订阅|訂閱|追蹤|赞|收藏|复制链接|上一页|下一页|\d{1,3}"
        r"|本文共\s?\d+\s?字.{0,20}|(?:全文)?共\s?\d+\s?字.{0,20}|继续滑动.{0,14}|(?:左右"
        r"|向[左上下右])滑动?.{0,10}"
        r"|保存图片.{0,10}|听新闻|语音播报|朗读|视频加载中.*|play|pause|已关注|\+\s?关注"
        r"|跟贴\s?\d*|回复\s?\d*|powered by .{1,30})"
        r"(?:[\s|\]】\[【（()）]{1,3}(?:打印|关闭|收藏|分享|返回|大|中|小|print|close|窗口|本页)){0,5}"
        + _CLOSE,
    ),
    _rule(
        "site-note",
        "editor",
        r"^\W{0,3}(?:编者按|編者按|编者注|小编按|编辑提示|编辑提醒|温馨提示|友情提示|提示"
        r"|[^，。]{0,8}(?:导读|導讀|导语))\W{1,3}.{0,60}"
        r"(?:本文(?:为|转|来自|由|仅)|文中|本站|本网|转自|转载|客服|微信|关注我们|整理发布"
        r"|小编|文末|仅供).{0,80}$",
    ),
    Rule(
        "byline-english",
        "editor",
        re.compile(
            r"^(?:[Bb]y|BY|Words by|Story by)\s[A-Z][\w.'’-]*(?: (?:and |& |de |van |von "
            r"|al-)?[A-Z][\w.'’-]*){1,8}"
            r"(?:\s?(?:[,|·•–—-]| in [A-Z]).{0,100})?$"
            r"|^\W?(?:Additional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|Compiled"
            r"|[Pp]roduction) by [A-Z].{0,200}$"
            r"|^\d{1,2}[ -]min(?:ute)?s?(?: read)?$"
        ),
    ),
    Rule(
        "photo-credit",
        "caption",
        re.compile(
            r"^(?:Photo(?:graph)?|Image|Picture|Screenshot|Illustration|Credit|Photo credit|Image credit)s?"
            r"(?: (?:by|courtesy(?: of)?)|\s?[:/])\s?\S.{0,80}$|^(?:HIDE|SHOW) CAPTION$"
            r"|^\d{1,2}:\d\d\s?[-–—]\s?Source\s?:.{0,40}$"
            r"|^[（(]?(?:图片|圖片|图|圖|摄影|攝影|供图)\s?[:：/|丨]?\s?(?:来源|來源|由"
            r"|源自)\s?[:：]?.{1,30}$"
        ),
    ),
    _rule(
        "player",
        "navigation",
        r"^(?:\d{1,2}:)?\d{1,2}:\d{2}\s?/\s?(?:\d{1,2}:)?\d{1,2}:\d{2}.{0,12}$|^语音播报.{0,12}$"
        r"|^(?:story highlights|synopsis|key points|at a glance)$"
        r"|^(?:video player is loading|this is a modal window|beginning of dialog window|end of dialog window"
        r"|advertisement(?: - scroll to continue)?|scroll to continue)\b.{0,60}$",
    ),
    _rule("ruler", "navigation", r"^[\W_]+$"),
    _rule(
        "loading", "navigation", r"^.{0,20}(?:加载中|请稍候|请稍等|请刷新|刷新本页面|loading\.\.\.).{0,12}$"
    ),
    _rule(
        "print-edition",
        "editor",
        r"^\W{0,3}《[^《》]{2,14}》\s?[（(]?\s?[^。]{0,20}\d{1,4}\s?年?[^。]{0,20}(?:版"
        r"|期)[^。]{0,6}[)）]?\W{0,2}$",
    ),
    _rule(
        "more-at",
        "related",
        r"^\W{0,4}(?:想?(?:了解)?更多|欲知|获取更多|查看更多).{0,60}(?:关注|点击|访问|尽在"
        r"|进入|下载|登录|搜索|期待|请看|请见).{0,40}$",
    ),
    _rule(
        "tags",
        "navigation",
        _OPEN + r"(?:关键词|關鍵詞|关键字|標籤|标签|tags?|keywords?|话题|分类|栏目|文章分类|category"
        r"|filed under)\s?[:：][^。]{0,100}$",
    ),
    _rule(
        "scan-code",
        "contact",
        _OPEN + r"(?:(?:长按|長按|扫描|掃描|扫码|掃碼|扫一扫|掃一掃|识别|微信扫|手机扫|用微信|打开微信"
        r"|请使用微信)[^。]{0,50}"
        r"|[^。]{0,30}(?:扫一扫|掃一掃|扫描二维码|扫码关注|长按识别|长按二维码|识别二维码"
        r"|掃描QR|下方二维码|加微信|微信同号"
        r"|微信同號)[^。]{0,40})[。！!]?" + _CLOSE,
    ),
    _rule(
        "page-apps",
        "share",
        _OPEN + r"(?:下载.{0,12}(?:app|客户端).{0,20}|打开.{0,10}(?:app|客户端).{0,20}"
        r"|(?:欢迎)?关注.{0,20}(?:公众号|微信"
        r"|微博|头条号|官微).{0,30}|subscribe to .{0,60}|sign up for .{0,80}|follow us.{0,60}"
        r"|.{0,160}newsletter\b.{0,120}\bsign up(?: here)?|join .{0,40}\b(?:telegram|whatsapp"
        r"|channel)\b.{0,80}"
        r"|stay with .{0,40} for (?:updates|more|the latest)\b.{0,40}|.{0,100}\b(?:can be reached"
        r"|reach (?:him|her|them)) (?:at|on|by)\b.{0,80}"
        r"|download (?:the|our) .{0,30}app.{0,30}|(?:喜欢|喜歡).{0,12}(?:赞|讚).{0,6}|点击.{0,8}(?:蓝字"
        r"|蓝色字|关注).{0,24}|如果.{0,10}喜欢.{0,20}(?:点赞|转发"
        r"|分享|关注).{0,20})" + _CLOSE,
    ),
    _rule(
        "record-number",
        "copyright",
        r"(?:icp备|icp備|icp证|公网安备|公網安備)\s?\w{0,10}\d{4,}|^\W{0,4}(?:copyright|©|\(c\)|版权所有"
        r"|版權所有).{0,160}$|all rights reserved\.?.{0,60}$",
    ),
)
"""Taken wherever they stand, in a line of their own."""

BARE_DATE = _rule(
    "date-below-title",
    "editor",
    r"^(?:\w{3,9}day,? )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)\w{0,6}\.? \d{1,2}|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep"
    r"|oct|nov|dec)\w{0,6}\.?)$",
)
"""A day without a year, in a line below the title; days with one are read as dates."""

BYLINE = next(rule for rule in LINES if rule.name == "byline")

NOTICES: tuple[Rule, ...] = (
    _rule(
        "rights-notice",
        "copyright",
        r"^\W{0,6}(?:特别|郑重|重要)?(?:版权|版權|免责|免責|法律|转载|風險|风险|侵权"
        r"|著作权)(?:与免责)?(?:声明|聲明|說明|说明|提示|申明"
        r"|事宜|条款|及免责).{0,600}$|^\W{0,4}(?:特别|郑重|重要|本站|本网|平台)?(?:声明|聲明"
        r"|申明)\s?[:：].{0,600}$"
        r"|^\W{0,4}disclaimer\b.{0,600}$"
        r"|^\W{0,4}凡(?:本网|本站|注明|来源|本公众号|未注明|署名).{0,500}$",
    ),
    _rule(
        "rights-reserved",
        "copyright",
        r"^.{0,80}(?:未经|未經|不得|禁止|严禁|谢绝|请勿|請勿|勿).{0,24}(?:授权|授權|许可|書面"
        r"|书面|转载|轉載|复制|複製|摘编|镜像"
        r"|使用).{0,160}$|^.{0,60}(?:转载|轉載|引用).{0,8}(?:请|請|须|需|务必|时).{0,8}(?:注明"
        r"|註明|标明|保留|联系"
        r"|署名).{0,80}$",
    ),
    _rule(
        "takedown",
        "copyright",
        r"(?:如有|若有|如涉及|如涉|涉及|如果|若|如|侵犯).{0,30}(?:侵权|侵犯|侵權|不妥|异议"
        r"|版权|版權|著作权).{0,60}(?:联系|聯繫|聯絡"
        r"|删除|刪除|告知|处理|通知|来函|致电)|侵删|侵刪|仅提供信息(?:存储|发布)"
        r"|用户上传并发布|侵权(?:必究|删除|请联系)|联系(?:我们|本站|本网"
        r"|管理员|作者|编辑).{0,6}(?:删除|处理|删稿)|(?:内容|文章|图片|稿件|作品|信息"
        r"|观点).{0,20}(?:仅代表|只代表|不代表|仅供|来自网络"
        r"|来源于网络|来源网络|网络转载|互联网).{0,60}(?:立场|参考|观点|无关|网络|互联网|删除"
        r"|建议|投资|交流|学习|负责)",
    ),
    _rule(
        "collected",
        "copyright",
        r"^.{0,40}(?:本文|本站|本网|文章|内容|图文|素材|部分图片).{0,14}(?:网络蜘蛛|自动收集"
        r"|网友(?:上传|投稿|发布)|整理自网络"
        r"|综合(?:自)?网络|转载自网络|来自网络|来源于?网络|来自互联网|来源于?互联网|采集自"
        r"|由用户|原创文章).{0,120}$|^\W{0,4}(?:views"
        r"|opinions) expressed .{0,300}$|not be reproduced.{0,120}$|(?:原创文章|原创内容).{0,10}(?:禁止"
        r"|不得|未经).{0,30}$",
    ),
)
"""Notices about rights. They may be as long as paragraphs, so they count at the ends of a text only."""

TAIL: tuple[Rule, ...] = (
    *NOTICES,
    _rule("phone", "contact", PHONE),
    _rule(
        "messenger",
        "contact",
        r"(?:微信|wechat|vx|v信|qq群?|whatsapp|line id)\s?(?:号|號|公众号|:|：|同号|同號"
        r"|id)?\s?[:：]?\s?[\w-]{5,20}|微信号|微信號|@[\w-]+\.\w+|e-?mail\s?[:：]",
    ),
    _rule(
        "contact-line",
        "contact",
        _OPEN + r"(?:.{0,12}(?:热线|熱線|电话|電話|传真|邮箱|联系人|地址|邮编|联系方式|客服|网址|官网"
        r"|tel|fax|phone|e-?mail|address"
        r"|contact)\s?[:：]).{0,100}$|^.{0,20}(?:招商|租售|选址|入驻|投资).{0,12}(?:热线|电话"
        r"|咨询|专线).{0,60}$",
    ),
    _rule(
        "contact-plea",
        "contact",
        r"^.{0,24}(?:请说明您|请留下您|欢迎(?:来电|咨询|致电|洽谈|联系|垂询)|快速(?:帮您"
        r"|为您)?对接|免费(?:咨询|选址|带看|对接|匹配|领取|发布)|一对一服务"
        r"|(?:立即|马上)(?:免费)?(?:匹配|申请|咨询|领取|预约|报名|体验|订阅|登录)"
        r"|(?:请)?(?:咨询|联系|致电|添加).{0,14}(?:顾问|经理|专员|客服|老师)"
        r"|添加.{0,10}微信|加.{0,6}微信|详情(?:请)?(?:咨询|致电|联系)|for more information|media contact"
        r"|press contact|for (?:media )?inquiries|about the (?:company|author)).{0,120}$",
    ),
    _rule(
        "praise", "share", r"^.{0,12}(?:点个?赞|在看|转发|分享|收藏|点亮|点击右下角|三连|打赏|赞赏).{0,30}$"
    ),
    _rule("click-here", "related", r"^\W{0,4}(?:点击|戳|查看|阅读|戳这里|点击这里|click here).{0,50}$"),
)
"""Counted after the last line of news only: news quotes phone numbers and speaks of copyright too."""

CONTACT_WORDS = re.compile(_CONTACT_WORDS, re.IGNORECASE)
PHONES = re.compile(PHONE)

TRAILING: tuple[Rule, ...] = (
    _rule(
        "more-link",
        "navigation",
        r"(?<=[。！？”.!?）)])\s*(?:返回.{1,8}[，,]\s?查看更多|查看更多|阅读全文|点击查看(?:全文"
        r"|详情|更多)?|read more"
        r"|continue reading)[\s>»›.…]{0,4}$",
    ),
    _rule(
        "editor-aside",
        "editor",
        r"\s*[（(【\[]\s?(?:本文)?(?:责任编辑|責任編輯|责\s?编|責編|编辑|編輯|实习编辑|校对"
        r"|审核|编审|作者系.{0,12}编辑"
        r"|editor)[\s:：_、/=|][^（()）】\]]{0,40}[）)】\]][。.]?$",
    ),
    _rule(
        "editor-tail",
        "editor",
        r"(?<=[。！？”.!?）)])\s*(?:责任编辑|責任編輯|责编|責編|编辑|編輯)\s?[:：][^。]{0,40}$",
    ),
    _rule("editor-code", "editor", r"(?<=[。！？”])\s*[（(][A-Z]{0,3}\d{2,6}[)）]$"),
    _rule(
        "source-aside",
        "editor",
        r"\s*[（(【\[]\s?(?:来源|來源|稿源|转载自|转自|摘自|信息来源|文章来源"
        r"|source)\s?[:：][^（()）】\]]{1,40}[）)】\]][。.]?$",
    ),
    _rule(
        "rights-aside",
        "copyright",
        r"\s*[（(【\[][^（()）】\]]{0,10}(?:版权所有|不得转载|禁止转载|原创文章|转载请"
        r"|未经授权|侵删|请勿转载)[^（()）】\]]{0,60}[）)】\]][。.]?$",
    ),
    _rule(
        "close-window",
        "navigation",
        r"\s*[\[【(（](?:关闭窗口|关闭|打印|返回|返回列表|返回顶部|打印本页|查看原文|阅读原文"
        r"|close|print)[\]】)）]",
    ),
    _rule(
        "original-title-aside",
        "original-title",
        r"^[（(【\[]\s?(?:原标题|原標題|原题)\s?[:：][^（()）】\]]{1,120}[）)】\]]"
        r"|\s*[（(【\[]\s?(?:原标题|原標題"
        r"|原题)\s?[:：].{1,120}[）)】\]]$",
    ),
)
"""Pieces cut off a line whose rest is news."""


def first_match(text: str, rules: tuple[Rule, ...]) -> Rule | None:
    """The first of these rules that a line fits; None where none does."""
    return next((rule for rule in rules if rule.pattern.search(text)), None)
