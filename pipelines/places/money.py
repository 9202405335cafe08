"""Amounts of money that a text names, as numbers with their currency and what they are said to be.

In: a plain text. Out: Mentions in order. A number needs its currency beside it, or a 个 that counts hundreds
of millions (12.5个亿); Chinese numerals need a multiplier or two digits (三十亿元), since 一元 and 二元 are
ordinary words. What an amount is (总投资, 产值) says the nearest word of its own clause; none is guessed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import cast

from ahocorasick_rs import BytesAhoCorasick

from pipelines.numerals import DIGITS, is_numeral, number_value, unit_value
from pipelines.records import Mention, MoneyRole
from pipelines.words import pattern

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
_WORDS = {
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}

_FIGURE = r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.\d{1,12})?"
"""Bounded, and begun where digits begin: a page may have a hundred thousand of them in a row."""
_HAN = f"[{DIGITS}十百千万亿]"
_HAN_NUMBER = rf"{_HAN}{{2,12}}|{_HAN}{{1,8}}点[零〇一二三四五六七八九]{{1,4}}(?:万亿|[十百千]?[亿万])?"
_TIMES = "(?P<times>万亿|兆|[十百千]?[亿万]|[百千])?"
_CURRENCY = rf"(?:多|余)?(?P<currency>{'|'.join(_CURRENCIES)})(?![旦宵素件器首])"
_SIGN = "|".join(re.escape(sign) for sign in _SIGNS)
_SIGNED = BytesAhoCorasick([sign.encode() for sign in _SIGNS])
_OF_CURRENCIES = frozenset(name[-1] for name in _CURRENCIES)
"""The last characters of the names of currencies: most texts have none of them."""
_FOREIGN = re.compile("(新台币|台币|港币|港元|美元|日元|欧元) ?$")
"""What makes the 元 behind a figure no yuan: 港币8亿元."""
_HUNDRED_MILLIONS = r"(?:(?P<hundred_millions>(?<!\d)\d{1,9})亿零?(?=\d{1,4}(?:\.\d+)?万))?"
_BEFORE = pattern(rf"{_HUNDRED_MILLIONS}(?P<figure>{_FIGURE})\s?[多余]?{_TIMES}{_CURRENCY}", case=True)
"""Also in two parts: 1亿2000万元."""
_COUNTED = pattern(
    rf"(?P<figure>{_FIGURE})\s?[多余]?个(?P<times>亿)(?![人次吨度平千立斤种条件户])", case=True
)
_HAN_BEFORE = pattern(rf"(?<![{_HAN[1:-1]}第])(?P<han>{_HAN_NUMBER}){_CURRENCY}", case=True)
_ROUND = pattern(rf"(?<=[近超逾过约达破上])(?P<han>[百千][万亿]|万亿){_CURRENCY}", case=True)
"""近百亿元, 超千亿元: about that much; what is counted in 数百亿 and 几千万 is no figure."""
_RANGE = pattern(
    rf"(?P<figure>{_FIGURE})(?P<own>万亿|[十百千]?[亿万]|[百千])?"
    rf"(?=元?(?:至|到|[-~—–～]{{1,2}})(?P<to>{_FIGURE})[多余]?{_TIMES}{_CURRENCY})",
    case=True,
)
"""The lower end of a range, whose unit and currency stand behind the upper one: 3亿至5亿元, 3-5亿元."""
_AFTER = re.compile(
    rf"(?P<sign>{_SIGN})\s?(?P<figure>{_FIGURE})\s?(?P<times>thousand|million|billion|trillion|mn|bn|万亿|亿|万)?",
    re.IGNORECASE,
)
_FAR_BEFORE, _NEAR = 30, 6
"""Characters before an amount in which the word may stand that says what it is, and within which it counts
before one behind the amount (投资建设的3亿元产值)."""
_RANGED = re.compile("元?(?:至|到|[-~—–～]{1,2})")
_PART = re.compile("其中|of which", re.IGNORECASE)
_CLAUSE = re.compile(r"[。！？；!?;\n]|[.](?=\s|$)|[，,](?!\d{3})")
_JOINS = re.compile(r"\s?(?:的|in|of)?\s?")


def find_money(text: str) -> list[Mention]:
    """The amounts named in a plain text, in order, not overlapping, each with its role where that is said."""
    found = []
    named = text if not _OF_CURRENCIES.isdisjoint(text) else ""
    small = text.encode("utf-8", "surrogatepass").lower()
    signed = text if _SIGNED.find_matches_as_indexes(small) else ""
    for match in _BEFORE.finditer(named):
        value = number_value(match["figure"]) * unit_value(match["times"] or "")
        value += float(match["hundred_millions"] or 0) * 1e8
        foreign = _FOREIGN.search(text, max(match.start() - 4, 0), match.start())
        currency = foreign[1] if foreign and match["currency"] == "元" else match["currency"]
        found.append(_mention(match, value, _CURRENCIES[currency]))
    for match in _COUNTED.finditer(text if "个亿" in text else ""):
        found.append(_mention(match, number_value(match["figure"]) * unit_value(match["times"]), "CNY"))
    for match in _RANGE.finditer(named):
        upper = unit_value(match["times"] or "")
        value = number_value(match["figure"]) * (unit_value(match["own"]) if match["own"] else upper)
        if value < number_value(match["to"]) * upper:
            found.append(_mention(match, value, _CURRENCIES[match["currency"]]))
    for match in _HAN_BEFORE.finditer(named):
        if is_numeral(match["han"]):
            found.append(_mention(match, number_value(match["han"]), _CURRENCIES[match["currency"]]))
    for match in _ROUND.finditer(named):
        found.append(_mention(match, unit_value(match["han"]), _CURRENCIES[match["currency"]]))
    for match in _AFTER.finditer(signed):
        said = (match["times"] or "").lower()
        value = number_value(match["figure"]) * (_WORDS.get(said) or unit_value(said))
        found.append(_mention(match, value, _SIGNS[match["sign"].lower()]))
    return _with_roles(text, _apart(sorted(found, key=lambda mention: (mention.start, -mention.end))))


def _mention(match: re.Match[str], value: float, unit: str) -> Mention:
    name = match[0].rstrip()
    return Mention("money", name, match.start(), match.start() + len(name), None, round(value, 2), unit)


def _apart(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


# --- what an amount is said to be


def _with_roles(text: str, amounts: list[Mention]) -> list[Mention]:
    """The amounts, each with what the words beside it in its own clause call it."""
    told, before = list[Mention](), 0
    for index, amount in enumerate(amounts):
        after = amounts[index + 1].start if index + 1 < len(amounts) else len(text)
        role, evidence = _role(text, amount, before, after)
        if told and _RANGED.fullmatch(text, before, amount.start):
            role, evidence = told[-1].role, told[-1].role_words
        told.append(replace(amount, role=role, role_words=evidence))
        before = amount.end
    return told


def _role(text: str, amount: Mention, before: int, after: int) -> tuple[MoneyRole | None, str | None]:
    """What an amount is, and the words that say so; the parts of another amount are `part`."""
    start = max(before, amount.start - _FAR_BEFORE)
    start = max((match.end() for match in _CLAUSE.finditer(text, start, amount.start)), default=start)
    words = list(_roles().finditer(text, start, amount.start))
    joins = _JOINS.match(text, amount.end)
    behind = _roles().match(text, joins.end() if joins else amount.end, after)
    said = words[-1] if words else None
    if behind and (said is None or amount.start - said.end() > _NEAR):
        said = behind
    if said is None:
        return None, None
    part = _PART.search(text, start, max(start, said.start()))
    evidence = text[part.start() if part else said.start() : said.end()]
    return "part" if part else cast("MoneyRole", said.lastgroup), evidence


@cache
def _roles() -> re.Pattern[str]:
    """What the words of each role are; a Latin one is a word of its own."""
    return pattern(
        "(?<![A-Za-z])(?:(?P<completed>{money.completed})|(?P<investment>{money.investment})"
        "|(?P<contract>{money.contract})|(?P<capital>{money.capital})|(?P<revenue>{money.revenue})"
        "|(?P<output>{money.output})|(?P<tax>{money.tax})|(?P<profit>{money.profit})"
        "|(?P<trade>{money.trade})|(?P<financing>{money.financing})|(?P<subsidy>{money.subsidy})"
        "|(?P<fine>{money.fine})|(?P<price>{money.price}))(?![A-Za-z])"
    )
