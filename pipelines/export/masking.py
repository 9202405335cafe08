"""Phone numbers and personal contacts made unreadable, for texts that cleaning took out of pages.

In: a text. Out: the same text, as long, with the digits of numbers one could ring, addresses of mail and
names of contact persons replaced by asterisks. It errs towards masking: what it is for is footers, where a
run of seven digits is nearly always somebody's number. Dates, years and registration numbers stay.
"""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"(?<![\w.*/=-])(?:\+|0{2})?\d(?:[ \t()()._\-—–‐·]{0,2}\d){6,17}(?![\d*])", re.ASCII)
_WIDE = re.compile("[\uff10-\uff19](?:[ \\-—–()－\u3000]{0,2}[\uff10-\uff19]){6,17}")
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++[@\uff20][A-Za-z0-9-]++(?:[.\uff0e][A-Za-z0-9-]++)++"
)
"""Begun where a run of such characters begins, and never gone back on: a page of digits takes no longer."""
_ACCOUNT = re.compile(
    r"(?i)(?P<label>微信号?|微博|wechat|weixin|qq群?|whatsapp|telegram|skype|钉钉)(?P<gap>[:\uff1a\s号为是]{1,4})"
    r"(?P<value>[A-Za-z0-9_-]{4,})"
)
_PERSON = re.compile(
    r"(?P<label>联\s?系\s?人|联络人|經辦人|经办人|聯絡人)(?P<gap>[:\uff1a\s]{0,3})(?P<value>[\u4e00-\u9fff]{2,3})"
)
_DATE = re.compile(r"(?:19|20)\d{2}[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:0?[1-9]|[12]\d|3[01])")
_BEFORE = 16
"""Characters before a number in which `_REGISTERED` finds all that it can."""
_REGISTERED = re.compile(r"(?:备案?|許可證|许可证|证|编号|公网安备|ICP)[^\d\n]{0,8}$")


def mask_contacts(text: str) -> str:
    """The text with phone numbers, mail addresses, accounts and contact persons as asterisks."""
    text = _MAIL.sub(lambda match: "*" * len(match[0]), text)
    text = _ACCOUNT.sub(_value_only, text)
    text = _PERSON.sub(_value_only, text)
    text = _NUMBER.sub(_digits, text)
    return _WIDE.sub(lambda match: re.sub("[\uff10-\uff19]", "*", match[0]), text)


def masked(value: Any) -> Any:
    """A column's value with its contacts masked; what is no text stays."""
    return mask_contacts(value) if isinstance(value, str) else value


def _value_only(match: re.Match[str]) -> str:
    return f"{match['label']}{match['gap']}{'*' * len(match['value'])}"


def _digits(match: re.Match[str]) -> str:
    number = match[0]
    if _DATE.match(number.strip()) and len(re.sub(r"\D", "", number)) <= 14 and _is_date(number):
        return number
    if _REGISTERED.search(match.string[max(0, match.start() - _BEFORE) : match.start()]):
        return number
    return re.sub(r"\d", "*", number)


def _is_date(number: str) -> bool:
    """Whether a run is a day, or a day and a time: 2023-09-27, 20230927, 2015-11-26 16."""
    digits = re.sub(r"\D", "", number)
    return len(digits) in {8, 10, 12, 14} or bool(re.fullmatch(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}.*", number))
