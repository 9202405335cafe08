"""The dateline with which agencies open a text, as data: 新华社北京5月8日电（记者 …）, HANOI, Feb 20 -.

It stays in the text, which is quoted with it; kept apart it tells whose report the text is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.records import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPORTERS = r"(?:\s?[（(【][^（()）】]{2,40}[）)】])?"
_DATELINES = (
    re.compile(rf"^[\u4e00-\u9fff·A-Za-z]{{2,20}}\d{{1,2}}月\d{{1,2}}日(?:综合)?[电電讯訊]{_REPORTERS}"),
    re.compile(
        rf"^[\u4e00-\u9fffA-Za-z]{{2,12}}(?:快讯|[讯訊]|消息)"
        rf"(?:{_REPORTERS}(?=[\s，,：:]|\d)|[（(][^（()）]{{2,40}}[）)])"
    ),
    re.compile(r"^[（(【〔\[][^（()）【】〔〕\[\]]{0,36}(?:[电電讯訊]|報導|报道|报导|報道)[）)】〕\]]"),
    re.compile(
        r"^[A-Z][A-Z.' -]{3,30}(?:, [A-Z][a-z.]{2,12}(?: [A-Z][a-z]{2,12})?)?"
        r"(?:,? (?:[A-Z][a-z]{2,8}\.? \d{1,2})(?:, \d{4})?)?"
        r"(?: ?\([A-Z][\w ]{1,20}\)| ?/[A-Z][\w -]{2,30}/)?(?= ?(?:--|—|–|-) )"
    ),
)
_FIRST_LINES = 3
"""A lead or a photo's caption may stand above the line that the dateline opens."""


def read_dateline(lines: Sequence[str]) -> Field | None:
    """The dateline of a text, or None where its first lines have none."""
    for line in lines[:_FIRST_LINES]:
        for pattern in _DATELINES:
            match = pattern.match(line)
            if match:
                return Field(match[0].strip(), "opening", line[:200])
    return None
