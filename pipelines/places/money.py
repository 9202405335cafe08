"""Amounts of money that a text names, as numbers with their currency.

In: a plain text. Out: Mentions in order. A number needs its currency beside it; Chinese numerals need a
multiplier or two digits (三十亿元), since 一元 and 二元 are ordinary words.
"""

from __future__ import annotations

import re

from pipelines.records import Mention

_CURRENCIES = {
    "元人民币": "CNY",
    "人民币": "CNY",
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "日元": "JPY",
    "港元": "HKD",
    "港币": "HKD",
    "新台币": "TWD",
    "台币": "TWD",
    "英镑": "GBP",
    "韩元": "KRW",
    "元": "CNY",
}
_SIGNS = {
    "us$": "USD",
    "usd": "USD",
    "hk$": "HKD",
    "nt$": "TWD",
    "rmb": "CNY",
    "cny": "CNY",
    "eur": "EUR",
    "\xa5": "CNY",
    "\uffe5": "CNY",
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
}
_TENS = {"": 1.0, "十": 10.0, "百": 1e2, "千": 1e3}
_MULTIPLIERS = {
    tens + unit: factor * size
    for unit, size in (("", 1.0), ("万", 1e4), ("亿", 1e8))
    for tens, factor in _TENS.items()
} | {"万亿": 1e12, "兆": 1e12}
_WORDS = {
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
} | _MULTIPLIERS

_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = "[零〇一二两三四五六七八九十百千万亿]"
_TIMES = "(?P<times>万亿|兆|[十百千]?[亿万]|[百千])?"
_CURRENCY = rf"(?:多|余)?(?P<currency>{'|'.join(_CURRENCIES)})(?![旦宵素件器首])"
_SIGN = "|".join(re.escape(sign) for sign in _SIGNS)
_FOREIGN = re.compile("(新台币|台币|港币|港元|美元|日元|欧元) ?$")
"""What makes the 元 behind a figure no yuan: 港币8亿元."""
_BEFORE = re.compile(rf"(?P<figure>{_FIGURE})\s?[多余]?{_TIMES}{_CURRENCY}")
_HAN_BEFORE = re.compile(rf"(?<!{_HAN})(?P<han>{_HAN}{{2,12}}){_CURRENCY}")
_RANGE = re.compile(
    rf"(?P<figure>{_FIGURE})(?P<own>万亿|[十百千]?[亿万]|[百千])?"
    rf"(?=元?(?:至|到|[-~—–～]{{1,2}})(?P<to>{_FIGURE})[多余]?{_TIMES}{_CURRENCY})"
)
"""The lower end of a range, whose unit and currency stand behind the upper one: 3亿至5亿元, 3-5亿元."""
_AFTER = re.compile(
    rf"(?P<sign>{_SIGN})\s?(?P<figure>{_FIGURE})\s?(?P<times>thousand|million|billion|trillion|mn|bn|万亿|亿|万)?",
    re.IGNORECASE,
)


def find_money(text: str) -> list[Mention]:
    """The amounts named in a plain text, in order, not overlapping."""
    found = []
    for match in _BEFORE.finditer(text):
        times = _MULTIPLIERS[match["times"] or ""]
        foreign = _FOREIGN.search(text, max(match.start() - 4, 0), match.start())
        currency = foreign[1] if foreign and match["currency"] == "元" else match["currency"]
        found.append(_mention(match, _number(match["figure"]) * times, _CURRENCIES[currency]))
    for match in _RANGE.finditer(text):
        upper = _MULTIPLIERS[match["times"] or ""]
        lower = _MULTIPLIERS[match["own"]] if match["own"] else upper
        if _number(match["figure"]) * lower < _number(match["to"]) * upper:
            found.append(_mention(match, _number(match["figure"]) * lower, _CURRENCIES[match["currency"]]))
    for match in _HAN_BEFORE.finditer(text):
        value = han_number(match["han"])
        if value is not None:
            found.append(_mention(match, value, _CURRENCIES[match["currency"]]))
    for match in _AFTER.finditer(text):
        times = _WORDS[(match["times"] or "").lower()]
        found.append(_mention(match, _number(match["figure"]) * times, _SIGNS[match["sign"].lower()]))
    return _apart(sorted(found, key=lambda mention: (mention.start, -mention.end)))


def han_number(numeral: str) -> float | None:
    """The value of a Chinese numeral (三十亿, 两千五百万); None where it is none (万千, 十一五)."""
    total = section = digit = 0.0
    unit_before = 1e16
    for character in numeral:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in "十百千":
            unit = {"十": 10.0, "百": 100.0, "千": 1000.0}[character]
            if not digit and (character != "十" or section):
                return None
            section += (digit or 1.0) * unit
            digit = 0.0
        elif character in "万亿":
            unit = 1e4 if character == "万" else 1e8
            if not (section + digit) and not total:
                return None
            total = (
                (total + section + digit) * unit if unit > unit_before else total + (section + digit) * unit
            )
            unit_before, section, digit = unit, 0.0, 0.0
    return total + section + digit


_DIGITS = {**{c: float(n) for n, c in enumerate("零一二三四五六七八九")}, "〇": 0.0, "两": 2.0}


def _number(figure: str) -> float:
    return float(figure.replace(",", ""))


def _mention(match: re.Match[str], value: float, unit: str) -> Mention:
    name = match[0].rstrip()
    return Mention("money", name, match.start(), match.start() + len(name), None, round(value, 2), unit)


def _apart(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
