"""Telephone numbers, messengers, and pleas to use them."""

from __future__ import annotations

import re

from pipelines.clean.rules.wording import OPEN, Rule, rule

PHONE = (
    r"(?<![\d.])(?:(?:\+|00)?86[\s-]?)?(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|(?:400"
    r"|800)[\s-]?\d{3,4}[\s-]?\d{3,4}"
    r"|[(（]?0\d{2,3}[)）]?[\s-]{0,2}\d{7,8}|0\d-\d{8})(?!\d)"
)
_CONTACT_WORDS = (
    r"热线|熱線|咨询|諮詢|招商|微信|vx|wechat|whatsapp|联系人|聯繫人|联络人|联系方式|聯絡"
    r"|联系电话|聯絡電話|联系我们|电话|電話|手机|手機|传真|傳真"
    r"|邮箱|郵箱|e-?mail|qq|加微|扫一扫|掃一掃|同号|同號|客服|租售|洽谈|欢迎来电|来电|专线"
    r"|公众号|地址|邮编|tel|phone|call us|fax|contact"
)
CONTACT_WORDS = re.compile(_CONTACT_WORDS, re.IGNORECASE)
PHONES = re.compile(PHONE)

CONTACTS: tuple[Rule, ...] = (
    rule("phone", "contact", PHONE),
    rule(
        "messenger",
        "contact",
        r"(?:微信|wechat|vx|v信|qq群?|whatsapp|line id)\s?(?:号|號|公众号|:|：|同号|同號"
        r"|id)?\s?[:：]?\s?[\w-]{5,20}|微信号|微信號|@[\w-]+\.\w+|e-?mail\s?[:：]",
    ),
    rule(
        "contact-line",
        "contact",
        OPEN + r"(?:.{0,12}(?:热线|熱線|电话|電話|传真|邮箱|联系人|联络人|地址|邮编|联系方式|客服|网址|官网"
        r"|tel|fax|phone|e-?mail|address"
        r"|contact)\s?[:：]).{0,100}$|^.{0,20}(?:招商|租售|选址|入驻|投资).{0,12}(?:热线|电话"
        r"|咨询|专线).{0,60}$",
    ),
    rule(
        "contact-plea",
        "contact",
        r"^.{0,24}(?:请说明您|请留下您|欢迎(?:来电|咨询|致电|洽谈|联系|垂询)|快速(?:帮您"
        r"|为您)?对接|免费(?:咨询|选址|带看|对接|匹配|领取|发布)|一对一服务"
        r"|(?:立即|马上)(?:免费)?(?:匹配|申请|咨询|领取|预约|报名|体验|订阅|登录)"
        r"|(?:请)?(?:咨询|联系|致电|添加).{0,14}(?:顾问|经理|专员|客服|老师)"
        r"|添加.{0,10}微信|加.{0,6}微信|详情(?:请)?(?:咨询|致电|联系)|联系(?:我|我们)?时请(?:说|注)明"
        r"|for (?:more"
        r"|further) (?:information|details)"
        r"|for information (?:on|about)\b.{0,60}\bplease (?:contact|call)"
        r"|for (?:advertising|media|press|sales|general|leasing"
        r"|investment)\b.{0,16}(?:enquir|inquir)|media contact"
        r"|press contact|for (?:media )?inquiries|about the (?:company|author)).{0,120}$"
        r"|欢迎(?:广大|新老|各界|有意)?.{0,6}(?:客户|企业|朋友|商家|同仁|人士).{0,8}(?:来电|咨询|致电"
        r"|垂询|洽谈|选购).{0,50}$",
    ),
)
"""Counted after the last line of news only: news quotes telephone numbers too."""
