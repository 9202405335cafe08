"""Provinces, prefectures and counties that a text names.

In: a plain text. Out: Mentions in order, each with its code. Full names (昆山市) are taken from the
dictionary; short ones (苏州) only of provinces and prefectures, and of counties and ambiguous names only
beside a region that they belong to. A name that several places have (朝阳区) needs such a neighbour too.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from pipelines.normalise import Beginnings, plain
from pipelines.records import Mention
from pipelines.words import characters, pattern, words

_ENDING = re.compile(
    r"(?:(?:[^市县区]{1,4}族)+自治[州县区]|维吾尔自治区|自治区|特别行政区|省|市|地区|盟|州|县|区|旗|林区)$"
)
_PEOPLES = re.compile(
    r"(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|壮|傣|白|哈尼|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜|满|黎|瑶|畲|各|撒拉|东乡|保安|土|裕固|"
    r"仫佬|毛南|水|仡佬|佤|拉祜|布朗|独龙|怒|普米|纳西|锡伯|塔吉克|达斡尔|鄂温克|鄂伦春)族.*$"
)
_STREET = re.compile(r"[东南西北中]{0,2}(?:路|街|巷|大道|大街|河|桥|日报|晚报|晨报|早报|时报|商报|都市报)")

_DISH = pattern("{places.dish}", case=True)
_OFFICIAL = re.compile(
    r"(?:国家|省)?级?(?:高新区|经开区|开发区|经济(?:技术)?开发区|高新技术(?:产业)?(?:开发|园)?区|综合保税区|保税区"
    r"|工业(?:园区|集中区|园)|产业园区?|市[委政]|市人民政府)"
)
"""What only a town of that name has: 昆山高新区, though 昆山 alone is left out."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    name: str
    codes: tuple[str, ...]
    is_doubtful: bool
    """Believed only right behind a region that it belongs to, or where its full name is in the text too."""


def find_regions(text: str) -> list[Mention]:
    """The regions named in a plain text, in order, not overlapping."""
    found = list(_scan(text))
    certain = {
        found_one.codes[0] for found_one in found if not found_one.is_doubtful and len(found_one.codes) == 1
    }
    mentions: list[Mention] = []
    for one in found:
        before = mentions[-1] if mentions and mentions[-1].end == one.start else None
        code = _resolved(one, certain, before)
        if code is not None:
            end = one.start + len(one.name)
            mentions.append(Mention("region", one.name, one.start, end, code, entity=region_name(code)))
    return mentions


def region_name(code: str) -> str:
    """A region's full name."""
    return division_names()[code]


def short_region_name(code: str) -> str:
    """What a region is called in short (昆山, 苏州); its full name where one character would be left."""
    name = region_name(code)
    short = brief_name(name)
    return short if len(short) > 1 else name


def region_codes(name: str) -> tuple[str, ...]:
    """The codes that a person may mean by a region's name or code; none where it is not known.

    One where the name settles it (苏州, 江苏省昆山, 北京市朝阳区, 320500), several where many places have it.
    """
    asked = plain(name.strip())
    if asked in division_names():
        return (asked,)
    found = find_regions(asked)
    if found and found[0].start == 0 and sum(len(one.name) for one in found) == len(asked):
        return (str(found[-1].code),)
    names = division_names().items() if asked else ()
    return tuple(code for code, full in names if asked in {full, brief_name(full)})


def region_range(code: str) -> tuple[str, str]:
    """The first and the last code that a region covers: a province's counties begin with its digits."""
    kept = 2 if code.endswith("0000") else 4 if code.endswith("00") else 6
    return code[:kept].ljust(6, "0"), code[:kept].ljust(6, "9")


def _resolved(found: _Found, certain: set[str], before: Mention | None) -> str | None:
    """The code that is meant; None where it cannot be told."""
    if len(found.codes) == 1 and not found.is_doubtful:
        return found.codes[0]
    behind = [code for code in found.codes if before and before.code in _above(code)]
    near = [code for code in found.codes if code in certain]
    if not found.is_doubtful:
        near += [code for code in found.codes if certain.intersection(_above(code))]
    supported = behind or near
    return supported[0] if len(supported) == 1 else None


def _above(code: str) -> tuple[str, ...]:
    """The prefecture and province of a code."""
    return tuple(up for up in (code[:4] + "00", code[:2] + "0000") if up != code)


def _scan(text: str) -> Iterable[_Found]:
    full, short = _names()
    end = 0
    for at in _beginnings().places(text):
        if at < end:
            continue
        found = _longest(text, at, full, is_full=True) or _longest(text, at, short, is_full=False)
        if found is None:
            continue
        if found.is_doubtful and _OFFICIAL.match(text, at + len(found.name)) and _is_plain(found):
            found = replace(found, is_doubtful=False)
        yield found
        end = at + len(found.name)


def _is_plain(found: _Found) -> bool:
    """Whether the name is one place's, and no common word or a prefecture's: no other word has a 高新区."""
    if len(found.codes) != 1 or found.name in words("places.brand"):
        return False
    return found.codes[0].endswith("00") or found.name not in words("places.ambiguous")


def _longest(
    text: str, at: int, names: dict[str, list[tuple[str, tuple[str, ...], bool]]], *, is_full: bool
) -> _Found | None:
    for name, codes, doubtful in names.get(text[at : at + 2], ()):
        if text.startswith(name, at) and (
            _ends(text, at + len(name)) if is_full else _stands(text, at, name)
        ):
            return _Found(at, name, codes, doubtful)
    return None


def _ends(text: str, end: int) -> bool:
    """Whether a full name ends here: 白银市场 is no city."""
    return not (text[end - 1 : end] == "市" and text[end : end + 1] in {"场", "值"})


def _stands(text: str, at: int, name: str) -> bool:
    """Whether a short name is one here, not part of a word or of a street's, paper's or person's name."""
    end = at + len(name)
    after, before = text[end : end + 1], text[at - 1 : at] if at else ""
    though = _by_word("places.though").get(name + after, "")
    if though and text[end + 1 : end + 2] in tuple(though):
        return True
    for ending, others in _by_word("places.not_before").items():
        if after and name.endswith(ending) and after in others:
            return False
    if (
        before
        and before in characters("places.surname")
        and text[max(at - 2, 0) : at - 1] not in characters("places.no_surname_after")
    ):
        return False
    for ending, others in _by_word("places.not_after").items():
        if before and name.endswith(ending) and before in others:
            return False
    return _STREET.match(text, end) is None and _DISH.match(text, end) is None


@cache
def _by_word(name: str) -> dict[str, str]:
    """A list in which a line is a word and what is said of it."""
    return dict(token.split(" ") for token in words(name))


@cache
def division_names() -> dict[str, str]:
    """Code and full name of every province, prefecture and county."""
    text = resources.files("pipelines").joinpath("words/divisions.txt").read_text(encoding="utf-8")
    return dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))


_Names = dict[str, list[tuple[str, tuple[str, ...], bool]]]


@cache
def _names() -> tuple[_Names, _Names]:
    """Full and short names by their first two characters, the longest first: name, codes, doubtful."""
    full: dict[str, list[str]] = defaultdict(list)
    short: dict[str, list[str]] = defaultdict(list)
    for code, name in division_names().items():
        if len(name) > 2:
            full[name].append(code)
        brief = brief_name(name)
        if len(brief) > 1 and (code.endswith("00") or name.endswith("市")):
            short[brief].append(code)
    for name, code in _by_word("places.further").items():
        full[name].append(code)
    ambiguous = set(words("places.ambiguous"))
    general = set(words("places.general"))
    return (
        _by_beginning({name: (codes, name in general) for name, codes in full.items()}),
        _by_beginning({name: _short_entry(name, codes, ambiguous) for name, codes in short.items()}),
    )


def _short_entry(name: str, codes: list[str], ambiguous: set[str]) -> tuple[list[str], bool]:
    """A short name means the highest place that has it (吉林 the province); counties' are doubtful."""
    provinces = [code for code in codes if code.endswith("0000")]
    prefectures = [code for code in codes if code.endswith("00")]
    best = provinces or prefectures or codes
    return best, name in ambiguous or not (provinces or prefectures)


def brief_name(name: str) -> str:
    """A region's name as people say it: 苏州 of 苏州市."""
    return _ENDING.sub("", _PEOPLES.sub("", name))


@cache
def _beginnings() -> Beginnings:
    return Beginnings(itertools.chain(*_names()))


def _by_beginning(names: dict[str, tuple[list[str], bool]]) -> _Names:
    found: _Names = defaultdict(list)
    for name, (codes, doubtful) in sorted(names.items(), key=lambda entry: -len(entry[0])):
        found[name[:2]].append((name, tuple(codes), doubtful))
    return dict(found)
