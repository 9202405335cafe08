"""Days written in Chinese numerals, as in signatures: 二〇二六年九月三日, 中華民國一一五年九月三日."""

from __future__ import annotations

import re

_DIGITS = {"〇": 0, "○": 0, "Ｏ": 0, "零": 0, **{digit: n for n, digit in enumerate("一二三四五六七八九", 1)}}
_NUMERAL = "〇○Ｏ零一二三四五六七八九"
_TO_99 = "[二三四五六七八九]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九]"
_WRITTEN = re.compile(
    rf"(?P<year>[{_NUMERAL}]{{4}}|(?<=民國)[{_NUMERAL}]{{2,3}}|(?<=民国)[{_NUMERAL}]{{2,3}}"
    r"|(?<!\d)(?:19|20)\d\d)\s?年\s?"
    rf"(?P<month>十[一二]?|[一二三四五六七八九]|元)\s?月\s?(?P<day>{_TO_99})\s?日"
)


def arabic(text: str) -> str:
    """The text with such days in figures: 2026年9月3日."""
    return _WRITTEN.sub(_figures, text) if "月" in text else text


def _figures(match: re.Match[str]) -> str:
    year = "".join(str(_DIGITS.get(digit, digit)) for digit in match["year"])
    month = "1" if match["month"] == "元" else str(number(match["month"]))
    return f"{year}年{month}月{number(match['day'])}日"


def number(written: str) -> int:
    """A number below a hundred: 三, 十二, 二十一, 廿三."""
    tens, ten, ones = written.replace("廿", "二十").rpartition("十")
    low = _DIGITS[ones[-1]] if ones else 0
    return (_DIGITS[tens[-1]] if tens else 1) * 10 * bool(ten) + low
