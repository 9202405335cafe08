"""The words that stand before values in bylines (作者：, 来源：), and where such a value ends."""

from __future__ import annotations

import re

from pipelines.normalise import simplify

_LABELS = (
    r"作\s?者|文|撰文|撰稿|选稿|记者|記者|通讯员|編輯|编辑|责任编辑|責任編輯|责编|责任校对"
    r"|校对|审核|终审|(?:发布|發布|發佈|发表|發表|更新|出版|刊登|发稿)(?:时间|時間|日期|于|人|者)?"
    r"|时间|時間|日期|浏览(?:次数|量)?|瀏覽|点击(?:次数|率|数)?|點擊|阅读(?:次数|量|数)?"
    r"|閱讀|人气|人氣|字体|字體|字号|大小|分享|评论"
    r"|評論|来源|來源|稿源|访问(?:次数|量)?|次数|录入"
    r"|关键词|标签|原标题|摄影|图片|author|by|editor|published|posted|updated|date|views?"
    r"|share|print|comments?|source|font size|hits|reporter"
)
_GLUED = (
    r"\d+\s?(?:评论|阅读|浏览|次|人|views?)|我要(?:评论|打印|纠错|投稿|分享)|打印本|字体[:：]|字号"
    r"|责任编辑|责编|A-|A\+|T\|"
)
_NEXT_LABEL = rf"(?:{_LABELS})\s?[:：/／丨\[(（]|\s(?:{_LABELS})(?:[\s｜|]|$)|{_GLUED}"
"""A label ends the value before it where a colon or white space marks it: names end in 评论 and 发布 too."""
_VALUE_END = re.compile(
    simplify(
        rf"{_NEXT_LABEL}|[|｜,，;；。!！\[【\]】(（)）／/]|(?:19|20)\d\d\s?[-年/.]\s?\d|\d{{1,2}}[:：]\d\d"
        rf"|\s[-–—]\s|\s{{2,}}|\s[\u4e00-\u9fff]{{2,6}}[:：]|https?:"
    ),
    re.IGNORECASE,
)


_LABEL_FIRST = re.compile(simplify(rf"^(?:{_LABELS})\s?[:：]"), re.IGNORECASE)


def value_after(text: str, label_end: int) -> str:
    """What follows a label that ends at this place, up to the next label, bracket, date or stop."""
    value = text[label_end:].strip(" :：/／\u3000[【(（")
    if _LABEL_FIRST.match(simplify(value)):
        return ""  # nothing stands after the label but the next one
    end = _VALUE_END.search(simplify(value), 1)
    return (value[: end.start()] if end else value).strip()
