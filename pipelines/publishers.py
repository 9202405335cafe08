"""A publisher's name as a page spells it in, one spelling out, so that equal publishers meet.

Only what is certainly the same body is made equal: a paper and its publishing house (苏州日报社, 苏州日报),
never an agency and its site (新华社 is not 新华网).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.normalise import normalise, simplify
from pipelines.words import pattern, words

_LABEL = pattern(
    r"^{credit.what}?{credit.label|credit.taken_from|credit.via|credit.lead_in}\s*[:：]?\s*(?=\S)",
    as_written=True,
)
_ACCOUNT = pattern(
    r"{publisher.official}?{publisher.network|publisher.platform}?{publisher.account}[:：\s]*"
    r"|{publisher.official}{publisher.network}[:：\s]*|{publisher.network}[:：]\s*",
    as_written=True,
)
_REPORTER = pattern(
    r"[\s,，;；/|｜·]*{byline.rank}?{byline.person}(?![\u4e00-\u9fff]{0,4}{publisher.body}$).{0,40}$",
    as_written=True,
)
_BRACKETS = tuple(zip("《〈「『【[(“\"'<", "》〉」』】])”\"'>", strict=True))
_HOUSE = pattern(r"(?:(?<=报)|(?<=杂志))社$", as_written=True)
_EDITION = re.compile(r"\s*第?[A-Z]?\d{1,3}版(?:[:：].*)?$|\s*第[一二三四五六七八九十]{1,3}版$")
"""The newspaper's page on which it stood: 《临江日报》第3版."""
_ITS_PAPER = re.compile(r"^[\u4e00-\u9fff]{2,8}网\s?[-－–—]{1,2}\s?《([^《》]{2,16})》$")
"""How a paper's site credits the paper: 江岸网－《江岸日报》."""
_TRIM = " \t\u3000\xa0:：,，;；|｜/·-—_。.、*"


def normalise_publisher(name: str) -> str:
    """The publisher's name in its one spelling; empty where nothing is left of it.

    Width is folded (NFKC), labels (来源：), brackets, channel words (微信公众号) and reporters' names
    that follow are dropped, and so is 社 after 报 or 杂志 alone.
    """
    text = " ".join(unicodedata.normalize("NFKC", name).split()).strip(_TRIM)
    text = _LABEL.sub("", text)
    text = _ACCOUNT.sub("", text).strip(_TRIM)
    text = _REPORTER.sub("", text).strip(_TRIM)
    text = _EDITION.sub("", text).strip(_TRIM)
    text = _unwrap(text)
    if simplify(text) in words("credit.nobody"):
        return ""
    text = _ITS_PAPER.sub(r"\1", text)
    text = re.sub(r"^[《「](.{1,20})[》」]", r"\1", text)
    return _HOUSE.sub("", text).strip(_TRIM)


@lru_cache(maxsize=10_000)
def publisher_of(name: str) -> str:
    """A publisher's one spelling, in simplified characters: 雲瀾日報 and 云澜日报社 are one."""
    return "".join(map(_simplified, normalise_publisher(name)))


def _simplified(character: str) -> str:
    spelling = normalise(character) if character >= _FIRST_IDEOGRAPH else character
    return spelling if len(spelling) == 1 else character


_FIRST_IDEOGRAPH = "\u2e80"


def _unwrap(text: str) -> str:
    """Take off brackets that hold the whole name, and empty or trailing asides in brackets."""
    for _ in range(3):
        for opening, closing in _BRACKETS:
            if text[:1] == opening and text[-1:] == closing and len(text) > 2:
                text = text[1:-1].strip(_TRIM)
            if opening in "《「『【" and text[:1] == opening and closing in text:
                inner, rest = text[1:].split(closing, 1)
                text = inner if rest.strip(_TRIM) in ("", "社", "网站", "杂志") else text
    return text
