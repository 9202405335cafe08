"""Lines of the page and not of the news, wherever they stand: editors, bylines, tools, record numbers."""

from __future__ import annotations

from pipelines.clean.rules.wording import CLOSE, OPEN, Rule, rule

LINES: tuple[Rule, ...] = (
    rule(
        "editor-line",
        "editor",
        OPEN + r"(?:本文|本期|网站|网络|值班|执行|实习|新媒体|稿件)?(?:责任编辑|責任編輯|责编|責編"
        r"|责任校对|编辑|編輯|主编|校对|校對|编审|审核|審核|终审"
        r"|复审|初审|终校|[一二三]审(?:[一二三]校)?|[一二三]校|值班主任|值班总编|监制|統籌|统筹|责校"
        r"|签发|选稿|责任主编|美编|视觉"
        r"|文字编辑|editor|edited by)\s?[:：丨|／/_＝=][^。]{0,60}$",
    ),
    rule(
        "editor-aside",
        "editor",
        r"^[（(【\[\s]{1,3}(?:本文)?(?:责任编辑|責任編輯|责编|責編|编辑|編輯|实习编辑|本文编辑"
        r"|editor)[\s:：_、/].{0,40}$",
    ),
    rule("editor-code", "editor", r"^.{0,30}[_（(]\s?[A-Z]{1,3}\d{2,7}\s?[)）]?$"),
    rule(
        "original-title",
        "original-title",
        OPEN + r"(?:本文|文章)?(?:原标题|原標題|原题|原文标题|original title)\s?[:：为]",
    ),
    rule(
        "byline",
        "editor",
        OPEN + r"(?:(?:信息|文章|稿件|新闻)?(?:发布|發布|發佈|发表|发稿|更新|创建|编辑|添加"
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
    rule(
        "credit-line",
        "editor",
        r"^(?:this (?:story|article|post|report|piece) )?(?:was |has been )?(?:originally|first)"
        r" (?:appeared|published|posted|ran) (?:in|on|by|at) .{2,60}$"
        r"|^[（(【\[]?\s?(?:(?:本文|文章|原文|内容|以上内容)?(?:转载自|转自|摘自)|稿源"
        r"|(?:本文|文章|原文|以上内容)来(?:自|源于?))(?:\s?[:：《“\"「].{2,100}"
        r"|\s?[^，。了的在是]{2,20}(?:[，,].{0,80}(?:授权|作者|转载|原文|侵|整理|编辑"
        r"|发布).{0,40})?)。?[）)】\]]?$",
    ),
    rule(
        "credits",
        "editor",
        r"^\W{0,3}(?:编辑|来源(?!.{1,4}综合)|出品|监制|制作|策划|设计|统筹|校对|审核|剪辑"
        r"|排版)\s?[|｜丨/／]\s?[^。，]{2,60}$"
        r"|^\W{0,3}(?:文字|图文|撰文|撰稿|文案|图片|摄影|供图|视频|来稿)\s?[|｜丨]\s?[^。，]{2,40}$"
        r"|^以下文章来源于.{2,60}$",
    ),
    rule(
        "about-the-author",
        "editor",
        r"^[（(]\s?(?:本文)?作者(?:系|为|单位|简介|[:：])[^（()）]{2,100}[)）]$"
        r"|^[（(]?\s?(?:本文)?(?:原载|刊载|刊登|发表|首发|原刊|出|摘编"
        r"|节选)[于自].{0,8}《[^《》]{2,20}》.{0,30}[)）]$",
    ),
    rule(
        "supplied-by",
        "editor",
        r"^[（(]\s?[^（()），。]{2,24}(?:供稿|供图|报送|图文|整理|投稿|编辑)\s?[)）]$",
    ),
    rule(
        "date-line",
        "editor",
        r"^(?:\w{3,9}day,? )?(?:jan|feb|mar|apr|may"
        r"|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}, \d{4},?"
        r"(?: at)? \d{1,2}:\d{2}\s?[ap]\.?m\.?(?: [a-z]{2,4})?$|"
        r"^[^，。：:]{0,20}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s\d{1,2}[:：]\d{2}(?:[:：]\d{2})?$|"
        r"^(?:\[|【|\()?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?[\s"
        r"|]{0,3}(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)(?:\s.{0,60}|[\]】)])?$"
        r"|^\w{0,16}\d{1,3}\s?(?:分钟|小时|天|周|个月|年|days?|hours?)\s?(?:前"
        r"|ago)(?:\s?\(\d\d-\d\d\))?.{0,20}$",
    ),
    rule(
        "place",
        "navigation",
        OPEN + r"(?:(?:您|你)?(?:现在|当前|當前|目前|所在)(?:所在)?(?:的)?(?:位置|栏目)|当前位置"
        r"|目前位置|您的位置|位置\s?[:：]"
        r"|首页\s?[>＞»›/-]|home\s?[>»›/])[^。]{0,120}$",
    ),
    rule(
        "page-tool",
        "navigation",
        OPEN + r"(?:(?:【|\[)?(?:字体|字号|字体大小|font size)[\s:：]{0,3}.{0,24}|[大中小]字[号体]"
        r"|(?:放大|缩小|默认)字体.{0,20}"
        r"|(?:[大中小]\s){1,2}[大中小]|[Tt](?:大|小|\|)|[Aa][+-]\s?[Aa]?[+-]?|打印(?:本页|本文|此页)?|列印"
        r"|关闭(?:窗口|本页|页面)?|關閉視窗|返回(?:顶部|列表|首页|上页|上一页)?|我要(?:纠错"
        r"|投稿|打印|评论)|收藏(?:本文)?|加入收藏|举报|点赞"
        r"|print(?: this)?(?: page)?|close window|back to (?:top|list)"
        r"|加载中.{0,6}|展开(?:全文|阅读全文|更多)|阅读全文|查看更多|点击(?:加载|查看)更多"
        r"|loading.{0,6}|广告|廣告"
        r"|advertisement|ads?|sponsored|登录|注册|关注|订阅|訂閱|追蹤|赞|收藏|复制链接|上一页|下一页|\d{1,3}"
        r"|共\s?\d{1,3}\s?页|第\s?\d{1,3}\s?页|本文共\s?\d+\s?字.{0,20}|(?:全文)?共\s?\d+\s?字.{0,20}|继续滑动.{0,14}|(?:左右"
        r"|向[左上下右])滑动?.{0,10}"
        r"|保存图片.{0,10}|听新闻|语音播报|朗读|视频加载中.*|play|pause|已关注|\+\s?关注"
        r"|(?:视频|节目|内容)简介|(?:来信|信件|回复|答复|咨询|问题|新闻|文章|详细|正文)内容|(?:发帖"
        r"|主题|积分|帖子|精华|威望"
        r"|金币|阅读权限)(?:数)?\s?[:：]?\s?\d+"
        r"|跟贴\s?\d*|回复\s?\d*|powered by .{1,30})"
        r"(?:[\s|\]】\[【（()）]{1,3}(?:打印|关闭|收藏|分享|返回|大|中|小|print|close|窗口|本页)){0,5}"
        + CLOSE,
    ),
    rule(
        "site-note",
        "editor",
        r"^\W{0,3}(?:编者按|編者按|编者注|小编按|编辑提示|编辑提醒|温馨提示|友情提示|提示"
        r"|[^，。]{0,8}(?:导读|導讀|导语))\W{1,3}.{0,60}"
        r"(?:本文(?:为|转|来自|由|仅)|文中|本站|本网|转自|转载|客服|微信|关注我们|整理发布"
        r"|小编|文末|仅供).{0,80}$",
    ),
    rule(
        "byline-english",
        "editor",
        r"^(?:[Bb]y|BY|Words by|Story by)\s[A-Z][\w.'’-]*(?: (?:and |& |de |van |von "
        r"|al-)?[A-Z][\w.'’-]*){1,8}"
        r"(?:\s?(?:[,|·•–—-]| in [A-Z]).{0,100})?$"
        r"|^\W?(?:Additional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|Compiled"
        r"|[Pp]roduction) by [A-Z].{0,200}$"
        r"|^\W{0,3}(?:[Ww]ith )?(?:[Aa]ssistance|[Cc]ontributions?|[Aa]dditional reporting)"
        r" (?:from|by) [A-Z].{0,80}$"
        r"|^\d{1,2}[ -]min(?:ute)?s?(?: read)?$|^(?:NEWS PROVIDED BY|News provided by)\b.{0,60}$",
        case=True,
    ),
    rule(
        "letter-row",
        "editor",
        r"^(?:答复|回复|答覆|回覆)(?:单位|部门|机构|时间|日期|人)[:：\s].{2,40}$",
    ),
    rule(
        "share-price",
        "advertisement",
        r"^[\u4e00-\u9fffA-Za-z*() ]{2,16}(?:[(（]?\d{5,6}[)）]?)?"
        r"\s\d{1,5}\.\d{2,3}\s(?:[+-]\d+\.\d+\s)?[+-]\d+\.\d+%$",
    ),
    rule(
        "mailing-list",
        "share",
        r"^(?:sign up|subscribe)\b.{0,120}\b(?:newsletters?|briefing|inbox|e-?mails?"
        r"|alerts|bulletin|digest)\b.{0,40}$"
        r"|^(?:get|receive|want|never miss|don['’]t miss)\b[^.!?]{0,60}\b(?:newsletters?|briefing|inbox"
        r"|alertsdigest|bulletin)\b[^.!?]{0,30}[.!?]?$"
        r"|^you (?:are receiving|(?:have )?received) this (?:e-?mail|newsletter|message)\b.{0,120}$",
    ),
    rule(
        "photo-credit",
        "caption",
        r"^(?:Photo(?:graph)?|Image|Picture|Screenshot|Illustration|Credit|Photo credit|Image credit)s?"
        r"(?: (?:by|courtesy(?: of)?)|\s?[:/])\s?\S.{0,80}$|^(?:HIDE|SHOW) CAPTION$"
        r"|^\d{1,2}:\d\d\s?[-–—]\s?Source\s?:.{0,40}$"
        r"|^[（(]?(?:资料|网络|档案)(?:图片|照片)[)）]?$"
        r"|^[（(]?(?:图片|圖片|图|圖|摄影|攝影|供图|(?:部分|本文|文中|以上)(?:配图|图片"
        r"|照片)(?:均)?)\s?[:：/|丨]?\s?(?:来源|来自|由"
        r"|源自)\s?[:：]?.{1,30}$",
        case=True,
    ),
    rule(
        "player",
        "navigation",
        r"^(?:\d{1,2}:)?\d{1,2}:\d{2}\s?/\s?(?:\d{1,2}:)?\d{1,2}:\d{2}.{0,12}$|^语音播报.{0,12}$"
        r"|^(?:story highlights|synopsis|key points|at a glance)$"
        r"|^(?:video player is loading|this is a modal window|beginning of dialog window|end of dialog window"
        r"|advertisement(?: - scroll to continue)?|scroll to continue)\b.{0,60}$",
    ),
    rule(
        "follow-bullet",
        "share",
        r"^[※▪•●◎★☆▶►»＞>◆■]\s?.{0,40}(?:app|粉丝|追踪|订阅|电子报|公众号|社群|频道).{0,40}$",
    ),
    rule("buttons", "navigation", r"^(?:[\[【(（]\s?[^\[\]【】()（）]{2,6}\s?[\]】)）]\s?){3,12}$"),
    rule(
        "page-address",
        "navigation",
        r"^(?:(?:原文|本文|文章|网页|本页)?(?:链接|网址|地址|出处)\s?[:：]?\s?)?(?:https?://"
        r"|www\.)[\x21-\x7e]{4,200}$",
    ),
    rule(
        "enlarge",
        "navigation",
        r"^[（(]?(?:请?点击?|单击)(?:图片?|照片).{0,6}(?:放大|浏览|查看|翻页).{0,10}$",
    ),
    rule("ruler", "navigation", r"^[\W_]+$"),
    rule(
        "loading", "navigation", r"^.{0,20}(?:加载中|请稍候|请稍等|请刷新|刷新本页面|loading\.\.\.).{0,12}$"
    ),
    rule(
        "print-edition",
        "editor",
        r"^\W{0,3}《[^《》]{2,14}》\s?[（(]?\s?[^。]{0,20}\d{1,4}\s?年?[^。]{0,20}(?:版"
        r"|期)[^。]{0,6}[)）]?\W{0,2}$",
    ),
    rule(
        "more-at",
        "related",
        r"^[^。]{0,30}尽在.{2,20}(?:app|客户端|网)$|^\W{0,4}(?:想?(?:了解|看|睇|知)?更多|欲知|获取更多"
        r"|查看更多).{0,60}(?:关注|点击|访问|尽在"
        r"|进入|下载|登录|搜索|期待|请看|请见|锁定|追踪).{0,40}$",
    ),
    rule(
        "tags",
        "navigation",
        OPEN + r"(?:关键词|关键字|(?:文章|本文|相关)?标签|tags?|keywords?|话题|(?:文章|所属)?分类"
        r"|(?:所属)?栏目|(?:分类|所属)?专栏|category"
        r"|filed under)\s?[:：][^。]{0,100}$",
    ),
    rule(
        "scan-code",
        "contact",
        r"^(?!.{0,60}(?:[，,]这|让|使得|了不少|就能看到).{0,60}。$)"
        r"(?=.{0,80}[^。]$|.{0,80}(?:二维码|公众号|关注|更多|添加|[加入]群|咨询|下载|小程序|客服|报名"
        r"|微信))[\s\W_]{0,6}"
        r"(?:(?:长按|長按|扫描|掃描|扫码|掃碼|扫一扫|掃一掃|识别|微信扫|手机扫|用微信|打开微信"
        r"|请使用微信)[^。]{0,50}"
        r"|[^。]{0,30}(?:扫一扫|掃一掃|扫描二维码|扫码关注|长按识别|长按二维码|识别二维码"
        r"|掃描QR|下方二维码|加微信|微信同号"
        r"|微信同號)[^。]{0,40})[。！!]?" + CLOSE,
    ),
    rule(
        "page-apps",
        "share",
        OPEN + r"(?:.{2,8}就(?:看|来|上|用).{2,20}(?:app|客户端)[，,。!！].{0,60}"
        r"|(?:立即|马上|现在|快来|扫码)?下载.{0,14}(?:app|客户端).{0,24}|打开.{0,10}(?:app"
        r"|客户端)(?!.{0,12}(?:企业|居民|群众|市民|职工|农户)).{0,20}"
        r"|点击.{0,6}[“\"「【].{2,20}[”\"」】].{0,6}(?:关注|订阅|蓝字).{0,12}"
        r"|(?:欢迎)?关注.{0,20}(?:公众号|微信"
        r"|微博|头条号|官微).{0,30}|subscribe to .{0,60}|sign up for .{0,80}|follow us.{0,60}"
        r"|.{0,160}newsletter\b.{0,120}\bsign up(?: here)?|join .{0,40}\b(?:telegram|whatsapp"
        r"|channel)\b.{0,80}"
        r"|stay with .{0,40} for (?:updates|more|the latest)\b.{0,40}|.{0,100}\b(?:can be reached"
        r"|reach (?:him|her|them)) (?:at|on|by)\b.{0,80}"
        r"|download (?:the|our) .{0,30}app.{0,30}|(?:喜欢|喜歡).{0,12}(?:赞|讚).{0,6}|点击.{0,8}(?:蓝字"
        r"|蓝色字|关注).{0,24}|如果.{0,10}喜欢.{0,20}(?:点赞|转发"
        r"|分享|关注).{0,20})" + CLOSE,
    ),
    rule(
        "record-number",
        "copyright",
        r"(?:icp备|icp備|icp证|公网安备|公網安備)\s?\w{0,10}\d{4,}|^(?!(?-i:Copyright (?!by|of|and"
        r"|notice)[a-z]+ [a-z]+))"
        r"\W{0,4}(?:copyright|©|\(c\)|版权所有(?![者人权])"
        r").{0,160}$|all rights reserved\.?.{0,60}$|^(?:19|20)\d\d\s?[-–—]\s?(?:19"
        r"|20)\d\d\s[^，。]{2,40}$",
    ),
)
"""Taken wherever they stand, in a line of their own."""

BARE_DATE = rule(
    "date-below-title",
    "editor",
    r"^(?:\w{3,9}day,? )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)\w{0,6}\.? \d{1,2}|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep"
    r"|oct|nov|dec)\w{0,6}\.?)$",
)
"""A day without a year, in a line below the title; days with one are read as dates."""

CREDIT_LINE = next(rule for rule in LINES if rule.name == "credit-line")
BYLINE = next(rule for rule in LINES if rule.name == "byline")
