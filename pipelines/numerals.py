"""A number as it is written in a text in, in figures or in Chinese characters; its value out.

Where numbers begin and end in a text, and what they count, their readers say: days (`dates`), amounts
(`places.money`), and what tells two texts apart (`join.numbers`, `join.differences`).
"""

from __future__ import annotations

import re
from math import prod

DIGITS = "〇零一二两三四五六七八九"
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12}
_ONES = {"〇": 0, "两": 2, **{digit: value for value, digit in enumerate("零一二三四五六七八九")}}
_SCALE_LEAST = UNITS["万"]
"""A unit from which on all that stands before it is counted in it: 一百二十万."""
_FIGURES = re.compile(r"[\d.]*")
_COUNTED = f"[零〇]*[{DIGITS[2:]}][十百千]"
_SECTION = f"(?:[零〇]*十|{_COUNTED})?(?:{_COUNTED})*[零〇]*[{DIGITS[2:]}]?"
_NUMERAL = re.compile(
    rf"(?:(?=[零〇]*[^零〇万亿点]){_SECTION}(?:万|万?亿))*{_SECTION}(?:点[{DIGITS}]+[十百千万亿]*)?"
)


def number_value(spelling: str) -> float:
    """The value of a figure in digits, in characters, or in digits with units: 1,600, 三百二十, 1.2亿."""
    if spelling.isascii() and spelling.isdigit():
        return float(spelling)
    spelling = "".join(spelling.replace(",", "").split()).removeprefix("百分之")
    figures = _FIGURES.match(spelling)
    if figures and figures[0]:
        return float(figures[0]) * unit_value(spelling[figures.end() :])
    whole, _, fraction = spelling.partition("点")
    decimals = fraction.rstrip("".join(UNITS))
    return (_whole_value(whole) + float(f"0.{_figures(decimals) or 0}")) * unit_value(
        fraction[len(decimals) :]
    )


def unit_value(units: str) -> float:
    """What stands behind a figure multiplies it by so much: 万亿, 十亿; 1 where nothing does."""
    return float(prod(UNITS[unit] for unit in units))


def is_numeral(spelling: str) -> bool:
    """Whether characters are a number as people write it: 三十亿, 十二点五亿; not 万千, not 十一五."""
    return _NUMERAL.fullmatch(spelling) is not None


def _whole_value(spelling: str) -> float:
    """二百四十 → 240; 二〇二六 → 2026; 一亿二千万 → 120000000; 三万亿五千亿 → 3500000000000."""
    if all(character in _ONES for character in spelling):
        return float(_figures(spelling) or 0)
    total = section = digit = scale = 0
    for character in spelling:
        unit = UNITS.get(character, 0)
        if unit > max(scale, _SCALE_LEAST):
            total, section, digit, scale = (total + section + digit) * unit, 0, 0, unit
        elif unit >= _SCALE_LEAST:
            total, section, digit, scale = total + (section + digit) * unit, 0, 0, unit
        elif unit:
            section, digit = section + (digit or 1) * unit, 0
        else:
            digit = _ONES[character]
    return float(total + section + digit)


def _figures(characters: str) -> str:
    return "".join(str(_ONES[character]) for character in characters)
