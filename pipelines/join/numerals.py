"""What figures written in characters say: 六点五亿, 一万二千, 二〇二六.

In: a spelling, or a normalised text, which has no decimal points. Out: its value; or the figures in the text,
as its digits would be there without the point, so that 六点五亿 and 6.5亿 (65亿 there) can be compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HAN = "〇零一二两三四五六七八九"
_ONES = (
    {character: max(0, place - 1) for place, character in enumerate("〇零一二")}
    | {"两": 2}
    | {character: value for value, character in enumerate("三四五六七八九", start=3)}
)
_SMALL = {"十": 10, "百": 100, "千": 1000}
_GREAT = {"万": 10**4, "亿": 10**8}
SCALES = frozenset(_GREAT)
SIGNS = frozenset(f"{HAN}点0123456789") | _SMALL.keys() | SCALES
"""What figures are written with."""
_DIGITS = re.compile(r"[\d.]*")
_SPELT = re.compile(rf"[{HAN}点十百千万亿]{{2,}}")
_LEAST, _MOST = 2, 16
_FIGURE = re.compile(
    rf"(?:[{HAN}十][{HAN}十百千万亿]*点[{HAN}]+[万亿]*|[{HAN}十][{HAN}十百千万亿]*[十百千万亿][{HAN}十百千万亿]*|十[{HAN}]|[{HAN}]{{3,}})"
)
"""With a decimal, with a unit after a digit, or three digits and more: 万一, 十分 and 一二 are words."""


def digits_of(spelling: str) -> str | None:
    """A figure in characters in digits without a point: 65000万 of 六点五亿; None where it is none."""
    match = _FIGURE.fullmatch(spelling)
    if match is None or not _LEAST <= len(spelling) <= _MOST:
        return None
    value = number_value(spelling)
    unit = "万" if spelling[-1] in SCALES else ""
    return f"{value / 10**4 if unit else value:.12g}".replace(".", "") + unit


def spelt_figures(normalised: str) -> Iterator[tuple[int, int, str]]:
    """Where figures in characters stand in a text, each with its digits."""
    for run in _SPELT.finditer(normalised):
        for match in _FIGURE.finditer(run.group()):
            digits = digits_of(match.group())
            if digits:
                yield run.start() + match.start(), run.start() + match.end(), digits


def number_value(spelling: str) -> float:
    """The value of a figure in digits, in Chinese characters, or in digits with 万 or 亿."""
    if spelling.isascii() and spelling.isdigit():
        return float(spelling)
    spelling = "".join(spelling.replace(",", "").split()).removeprefix("百分之")
    digits = _DIGITS.match(spelling)
    assert digits is not None
    if digits.group():
        value = float(digits.group())
        for unit in spelling[digits.end() :]:
            value *= _SMALL.get(unit) or _GREAT[unit]
        return value
    whole, _, fraction = spelling.partition("点")
    units = 1
    while fraction and fraction[-1] in _GREAT:
        units *= _GREAT[fraction[-1]]
        fraction = fraction[:-1]
    decimals = "".join(str(_ONES[character]) for character in fraction)
    return (_han_value(whole) + float(f"0.{decimals or 0}")) * units


def _han_value(spelling: str) -> float:
    """二百四十 → 240; 二〇二六 → 2026; 一亿二千万 → 120000000."""
    if all(character in _ONES for character in spelling):
        return float("".join(str(_ONES[character]) for character in spelling))
    total, section, digit = 0, 0, None
    for character, value in _values_of(spelling):
        if character in _GREAT:
            total = (
                (total + section + (digit or 0)) * value
                if value > 10**4
                else total + (section + (digit or 0)) * value
            )
            section, digit = 0, None
        elif character in _SMALL:
            section, digit = section + (1 if digit is None else digit) * value, None
        else:
            digit = value
    return float(total + section + (digit or 0))


def _values_of(spelling: str) -> Iterator[tuple[str, int]]:
    for character in spelling:
        value = _ONES.get(character)
        yield character, value if value is not None else _SMALL.get(character) or _GREAT[character]
