"""Parks and companies that a text names, by the endings of their names.

In: a plain text and the regions found in it. Out: Mentions in order. Where a name ends is easy; where it
begins is not, for Chinese has no spaces: it begins with a region, after a quotation mark or other break, or
after a word that no name holds. A name made of general words only (生物医药产业园) names nothing.

A park and a company have one name each (`entity`), whatever region, rank and legal form texts give with it:
江苏省昆山市国家高新技术产业开发区 is 昆山高新区, 云澜科技(苏州)有限公司 is 云澜科技.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipelines.places.regions import short_region_name
from pipelines.records import Mention
from pipelines.words import characters, known_names, pattern, words

_STEM_MAX = 14
_COMPANY_MAX = 22
_PARK, _COMPANY = pattern("{places.park}(?!域)", case=True), pattern("{places.company}", case=True)
_GENERAL_PARK = pattern("{places.general_park|places.rank|places.trade|names.trade}", case=True)
_GENERAL_COMPANY = pattern("{places.general_company}", case=True)
_LEADING = pattern(
    "(?!明天(?:科技|控股|集团)|星期|下午茶){places.leading|kind.told|date.today}|星期[一二三四五日天]"
    "|在(?!线)|到(?!家|位)|(?:人|方|单位|机构|商|者|地址|地点)(?:系|为|是)",
    case=True,
)
"""What leads to a name; also no words: 仪式在, 带队到, 招标人为; but 在线 and 到家 are parts of names,
and 明天控股 and 星期六股份 are names."""
_KIND_OF_COMPANY = re.compile(r"\d{3}|(?:一人|独资|[家类])$")
_COUNTED = re.compile(r"\d|[第个家座批期条项们起多]")
_SHORT_COMPANY = pattern("{places.short_company}", case=True)
_TRADE = pattern("{places.trade|names.trade}", case=True)
_LONGEST_LISTED = 6
_RANK = pattern("^[市县区]|{places.rank}", case=True)
"""What a park's name may have and lack: 苏州市吴中, 国家级."""
_OPENING = tuple("“「『《\"'")


def find_parks(text: str, regions: Sequence[Mention]) -> list[Mention]:
    """The parks named in a plain text, in order."""
    found = _ended_by(_PARK, text, regions, _STEM_MAX)
    return [_mention("park", text, one, _park_name(text, one)) for one in found if _names_a_park(text, one)]


def find_companies(text: str, regions: Sequence[Mention]) -> list[Mention]:
    """The companies named in a plain text, in order."""
    found = _ended_by(_COMPANY, text, regions, _COMPANY_MAX)
    full = [
        _mention("company", text, one, _company_name(text, one, regions))
        for one in found
        if _names_a_company(text, one)
    ]
    inside = {place for mention in full for place in range(mention.start, mention.end)}
    short = (match for match in _SHORT_COMPANY.finditer(text) if match.start() not in inside)
    return [*full, *(Mention("company", m[0], m.start(), m.end(), entity=m[0]) for m in short)]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be a name: where it begins, where its ending begins and ends, the region it begins with."""

    start: int
    stem_end: int
    end: int
    region: Mention | None
    is_introduced: bool
    """By a quotation mark or a word that leads to a name."""


def _ended_by(
    endings: re.Pattern[str], text: str, regions: Sequence[Mention], longest: int
) -> Iterator[_Candidate]:
    inside = {place for r in regions for place in range(r.start, r.end)}
    inside |= {place for r in regions if _in_brackets(text, r) for place in (r.start - 1, r.end)}
    for match in endings.finditer(text):
        broken = _beginning(text, match.start(), inside, longest)
        start, region = _anchored(text, broken, match.start(), regions)
        if region is None:
            start = _after_leading_words(text, broken, match.start())
        opened = start > broken or text[start - 1 : start] in _OPENING
        yield _Candidate(start, match.start(), match.end(), region, bool(start) and opened)


def _in_brackets(text: str, region: Mention) -> bool:
    """中科智芯(苏州)有限公司: the brackets belong to the name."""
    return text[region.start - 1 : region.start] in {"(", "（"} and text[region.end : region.end + 1] in {
        ")",
        "）",
    }


def _mention(kind: Literal["park", "company"], text: str, one: _Candidate, entity: str) -> Mention:
    code = one.region.code if one.region else None
    return Mention(kind, text[one.start : one.end], one.start, one.end, code, entity=entity)


def _park_name(text: str, one: _Candidate) -> str:
    """The last region before it in short, its own words, and the short word for its kind."""
    where, own = "", text[one.start : one.stem_end]
    if one.region is not None and one.region.code is not None:
        where, own = short_region_name(one.region.code), text[one.region.end : one.stem_end]
    kind = text[one.stem_end : one.end]
    return where + _RANK.sub("", own) + _short_kinds().get(kind, kind)


def _company_name(text: str, one: _Candidate, regions: Sequence[Mention]) -> str:
    """Its own words behind the region of its seat in short: two towns may have companies of one name."""
    own, seat = text[one.start : one.stem_end], ""
    for region in regions:
        if (
            one.start <= region.start
            and region.end <= one.stem_end
            and region.code
            and _is_seat(text, one, region)
        ):
            rest = re.sub(rf"[(（]{region.name}[)）]|^{region.name}", "", own)
            if len(_GENERAL_COMPANY.sub("", rest)) >= 2:
                own, seat = rest, short_region_name(region.code)
    return _short_name(own) or _short_name(text[one.start : one.stem_end]) or seat + own


def _short_name(own: str) -> str:
    """The name under which a company is listed, where the rest of its own words tells only its trade."""
    listed = (own[:size] for size in range(min(len(own), _LONGEST_LISTED), 1, -1))
    return next((n for n in listed if n in _listed() and not _TRADE.sub("", own[len(n) :])), "")


@cache
def _listed() -> frozenset[str]:
    companies = (name for kind, names in known_names() if kind == "company" for name in names)
    return frozenset((*companies, *words("places.short_company")))


def _is_seat(text: str, one: _Candidate, region: Mention) -> bool:
    return region.start == one.start or _in_brackets(text, region)


@cache
def _short_kinds() -> dict[str, str]:
    """The short word for each kind of park that has one."""
    return dict(token.split(" ") for token in words("places.park_kind"))


def _beginning(text: str, end: int, inside: set[int], longest: int) -> int:
    """The first character after the last break before `end`; no break stands inside a region's name."""
    start, own = end, 0
    while start > 0 and own < longest and (start - 1 in inside or _holds(text[start - 1])):
        start -= 1
        own += start not in inside
    return start


def _anchored(text: str, start: int, end: int, regions: Sequence[Mention]) -> tuple[int, Mention | None]:
    """Where the last row of regions before the ending begins, and the last of them."""
    anchors = [r for r in regions if r.start >= start and r.end <= end and not _in_brackets(text, r)]
    if not anchors:
        return start, None
    first = anchors[-1]
    for anchor in reversed(anchors[:-1]):
        if anchor.end != first.start:
            break
        first = anchor
    return first.start, anchors[-1]


def _after_leading_words(text: str, start: int, end: int) -> int:
    """The place after the last word that leads to a name."""
    start = max((match.end() for match in _LEADING.finditer(text, start, end)), default=start)
    while start < end and text[start] in characters("places.leading_character"):
        start += 1
    return start


def _holds(character: str) -> bool:
    return character not in characters("places.break") and not character.isspace()


def _names_a_park(text: str, one: _Candidate) -> bool:
    """A region with nothing or a plain name behind it, or a name of its own that the text insists on."""
    if one.region is not None:
        middle = _RANK.sub("", text[one.region.end : one.stem_end])
        return len(middle) <= 8 and not _LEADING.search(middle) and not _COUNTED.search(middle)
    stem = text[one.start : one.stem_end]
    if not 2 <= len(stem) <= 6 or _COUNTED.search(stem) or len(_GENERAL_PARK.sub("", stem)) < 2:
        return False
    return one.is_introduced or text.count(text[one.start : one.end]) > 1


def _names_a_company(text: str, one: _Candidate) -> bool:
    """A stem of its own before 有限公司; before 集团 alone, the same as for a park."""
    stem = text[one.start : one.stem_end]
    if len(stem) < 2 or len(_GENERAL_COMPANY.sub("", stem)) < 2 or _KIND_OF_COMPANY.search(stem):
        return False
    if text[one.stem_end : one.end] not in {"集团", "集团公司"}:
        return True
    insists = one.is_introduced or one.region is not None or text.count(text[one.start : one.end]) > 1
    return len(stem) <= 6 and insists
