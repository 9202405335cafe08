"""The notices on a page in; what they say about rights, and whom to ask for a takedown, out as data.

The notices are what cleaning stripped, within the article and below it, so nothing is lost with them: a
person who handles a complaint needs the holder and the contact, not the paragraph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.clean.rules import PHONES
from pipelines.records import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.records import Stripped

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "licence",
            r"creative commons|\bcc[ -]by\b|知识共享|知識共享|open government licen[cs]e|署名-|public domain",
        ),
        (
            "takedown",
            r"侵删|侵刪|(?:侵权|侵權|侵犯|版权问题|异议|不妥).{0,40}(?:联系|聯繫|聯絡|删除|刪除"
            r"|告知|处理|通知|致电|来函)"
            r"|(?:联系|聯繫|聯絡|通知|告知).{0,16}(?:删除|刪除|删稿|下架)|\btake ?down\b|remov(?:e"
            r"|al) (?:of|request)",
        ),
        (
            "reprint-with-credit",
            r"(?:转载|轉載|引用|转发).{0,14}(?:请|請|须|需|应|务必|必须|时).{0,14}(?:注明|註明"
            r"|标明|標明|保留|署名)"
            r"|请注明(?:出处|来源)|with (?:proper )?attribution|please credit",
        ),
        (
            "reprint-needs-consent",
            r"(?:未经|未經|未获).{0,24}(?:授权|授權|许可|許可|同意|允许|书面|書面)|(?:不得|禁止"
            r"|严禁|嚴禁|谢绝|請勿|请勿)"
            r".{0,12}(?:转载|轉載|复制|複製|使用|摘编|镜像|引用)|(?:without"
            r"|unless) .{0,40}(?:permission|consent|authori[sz]ation)"
            r"|(?:may|shall|must) not be (?:published|reproduced|republished|broadcast|copied)",
        ),
        (
            "reserved",
            r"版权所有|版權所有|all rights reserved|©|\bcopyright\b|版权(?:均)?(?:归|属)|版權(?:歸"
            r"|屬)|著作权归",
        ),
    )
)
_HOLDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:版权|版權|著作权|著作權)(?:均|仍)?(?:归|歸|属于?|屬於?)(.{2,30}?)(?:所有|拥有|享有"
        r"|[。，,；;]|$)",
        r"(?:版权所有"
        r"|版權所有)\s?[:：©]?\s?(?:\d{4}(?:\s?[-–—]\s?\d{4})?)?\s?([\w\u4e00-\u9fff（）()·. ]{2,40}?)(?:未经"
        r"|不得|copyright|[。，,|｜；;]|\s{2}|$)",
        r"^(?:(?:copyright|©|\(c\)|\d{4}|[\s–—-])*)\s?([\u4e00-\u9fff·]{2,30}?)\s?(?:版权所有|版權所有)",
        r"(?:copyright|©)\s?(?:©|\(c\))?\s?(?:\d{4}(?:\s?[-–—]\s?(?:\d{4}"
        r"|present))?,?)?\s?(?:by )?([^.。|｜,，;；©\d][^.。|｜,，;；©]{1,50})",
        r"(?:来源|來源)\s?[:：]\s?([^”\"』」]{2,20})[”\"』」].{0,8}(?:作品|文章|稿件|内容)",
    )
)
_AFTER_HOLDER = re.compile(r"\s(?:框架|powered|theme|design|all rights|技术支持|备案|\w?icp)", re.IGNORECASE)
_NOT_HOLDER = re.compile(
    r"^(?:所有|本文|all rights.*|rights reserved.*|未经.*|原?作者|原?出处|翻印必究|违者必究|and .*)$|^\W*$",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"[\w.+-]{1,64}(?:@|＠|\(at\)|#)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.IGNORECASE | re.ASCII
)
_OTHER_CONTACT = re.compile(
    r"(?:QQ|微信号?|wechat|地址|电话|電話|热线|邮箱|信箱)\s?[:：]\s?([^\s，,。；;]{4,60})", re.IGNORECASE
)
_NEAR = 3
"""Pieces after a takedown notice in which its contact may stand in a line of its own."""
_MOST = 12
_EVIDENCE = 300


def read_rights(stripped: Sequence[Stripped]) -> tuple[Right, ...]:
    """What the stripped notices say about rights, in page order, each once."""
    found: dict[tuple[str, str, str], Right] = {}
    for index, piece in enumerate(stripped):
        if piece.kind not in ("copyright", "contact", "editor") or len(piece.text) > 3000:
            continue
        holder = _holder(piece.text)
        for kind, pattern in _KINDS:
            if pattern.search(piece.text):
                contact = _contact_near(stripped, index) if kind == "takedown" else ""
                right = Right(kind, holder, contact, piece.text[:_EVIDENCE])
                found.setdefault((kind, holder, contact), right)
    return tuple(found.values())[:_MOST]


def _holder(text: str) -> str:
    """Whom a notice names as the owner; empty where it names nobody in particular."""
    for pattern in _HOLDERS:
        match = pattern.search(text)
        name = _AFTER_HOLDER.split(match[1])[0].strip(' \t:：-–—“”"《》()（）的') if match else ""
        if 2 <= len(name) <= 50 and not _NOT_HOLDER.match(name):
            return name
    return ""


def _contact_near(stripped: Sequence[Stripped], index: int) -> str:
    """The takedown contact: in the notice itself, else in the lines right below it."""
    own = _contact(stripped[index].text)
    below = (
        _contact(piece.text) for piece in stripped[index + 1 : index + 1 + _NEAR] if piece.kind == "contact"
    )
    return own or next((contact for contact in below if contact), "")


def _contact(text: str) -> str:
    found = [match[0] for match in _MAIL.finditer(text)] + [
        match[0].strip() for match in PHONES.finditer(text)
    ]
    if not found:
        found = [match[1] for match in _OTHER_CONTACT.finditer(text)]
    return ", ".join(dict.fromkeys(found))[:200]
