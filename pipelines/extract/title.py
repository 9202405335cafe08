"""The page's own title: the line that the `<title>` element repeats, without the site's suffix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.dates import has_date
from pipelines.extract.part import size
from pipelines.extract.prose import is_linked, is_prose
from pipelines.extract.site_name import SITE_WORDS, may_be_site, normal, site_suffix, without_suffix
from pipelines.normalise import simplify
from pipelines.records import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.extract.metadata import Metadata
    from pipelines.extract.scan import Line

_ORIGIN_HEADING = "heading"
_ABOVE_BYLINE = "line above the byline"
_GENERIC = re.compile(
    r"^\W{0,3}(?:(?:信息|信件|来信|留言|咨询|新闻|新聞|文章|内容|詳細|详细|资讯|公告|页面|网页|正文|产品|查看|浏览|公司|动态)?"
    r"(?:详情|详细|詳情|正文|内容|信息|查看|页|頁|中心|动态|新闻)(?:页|頁)?|(?:园区|公司|企业|行业|工作"
    r"|政务|通知|媒体|最新|图片|今日|本网|本地|招商|项目|产业|基层|部门|综合|热点|时政|经济)?"
    r"(?:动态|要闻|资讯|公告|公示|快讯|新闻|信息|通知公告|头条|热点|聚焦|播报)|无标题(?:文档)?|首页"
    r"|首頁|untitled(?: document)?|home|news"
    r"|article|detail|document)\W{0,3}$",
    re.IGNORECASE,
)
"""Titles that templates give to every page."""
_LONGEST_HEADING = 60
_TITLE_LABEL = re.compile(r"^(?:信件|来信|留言|咨询|问题|提问|诉求|写信)(?:标题|主题|题目)[:：\s]\s?")
_LONGEST_SECTION = 8
_LABELLED_LINE = re.compile(r"^[^，。：:]{2,8}[：:]\s?\S")
"""发布单位：企划组: what stands between a headline and its date in templates that give each a line."""
_CUT = re.compile(r"(?:\.{2,}|…+)$")
_HEADINGS = {"h1": 3, "h2": 2, "h3": 1}


class TitleFound(NamedTuple):
    """The title, and the line of the page where it stands."""

    field: Field | None
    line: int | None


def find_title(lines: Sequence[Line], metadata: Metadata) -> TitleFound:
    """The title and its line; headings that the head of the page confirms come before the head itself."""
    announced = [
        text for text in _announced(metadata) if normal(text) and not _GENERIC.match(without_suffix(text))
    ]
    labelled = _labelled(lines, metadata)
    if labelled:
        return labelled
    index = _confirmed_line(lines, announced)
    index = _second_heading(lines, index, metadata) if index is not None else None
    section = index is not None and _names_section(lines[index])
    above = _above_byline(lines) if index is None or section else None
    if section and index is not None and above is not None and _heads_page(lines, index, above):
        return TitleFound(Field(lines[above].text, _ABOVE_BYLINE, metadata.title_element[:200]), above)
    if index is None or size(lines[index].text) > _LONGEST_HEADING:
        index = _heading_above(lines, announced) or index
    if index is not None:
        text = _whole(lines[index].text, announced) + _second_line(lines, index, announced)
        origin = _ORIGIN_HEADING if lines[index].tag in _HEADINGS else "title line"
        return TitleFound(Field(text, origin, metadata.title_element[:200]), index)
    headings = [
        i
        for i, line in enumerate(lines)
        if line.tag == "h1" and not line.hidden and len(line.text) > 3 and not _GENERIC.match(line.text)
    ]
    found = _of_head(metadata, one_heading=len(headings) == 1)
    if found and not _outdone(found, lines, above):
        return TitleFound(found, None)
    index, origin = headings[0] if headings else above, _ORIGIN_HEADING if headings else _ABOVE_BYLINE
    if index is None:
        index, origin = _above_text(lines), "line above the text"
    if index is None:
        return TitleFound(found, None)
    return TitleFound(Field(lines[index].text, origin, metadata.title_element[:200]), index)


def _labelled(lines: Sequence[Line], metadata: Metadata) -> TitleFound | None:
    """The title that a letter's own row gives (信件标题：…), on pages whose `<title>` names none."""
    if metadata.title_element and not _GENERIC.match(without_suffix(metadata.title_element)):
        return None
    for index, line in enumerate(lines[:200]):
        label = None if line.hidden else _TITLE_LABEL.match(simplify(line.text))
        if label and 4 <= len(normal(line.text[label.end() :])) <= 80:
            return TitleFound(Field(line.text[label.end() :].strip(), "title row", line.text[:200]), index)
    return None


def _outdone(found: Field, lines: Sequence[Line], above: int | None) -> bool:
    """Whether a `<title>` that no line repeats says less than a line of the page does.

    A line right above the byline says more; where the `<title>` may be the site's name, so does a heading
    right above the text.
    """
    if found.origin != "title element":
        return False
    if above is not None:
        return True
    near = _above_text(lines) if may_be_site(found.value) else None
    return near is not None and lines[near].tag in _HEADINGS


def _second_heading(lines: Sequence[Line], index: int, metadata: Metadata) -> int:
    """The headline below the site's heading, where the `<title>` is the two joined: `Freight Notes: …`."""
    whole, site = normal(metadata.title_element), normal(lines[index].text)
    rest = whole.removeprefix(site)
    if len(rest) <= len(site) or rest == whole:
        return index
    below = range(index + 1, min(len(lines), index + 60))
    return next((i for i in below if lines[i].tag in _HEADINGS and normal(lines[i].text) == rest), index)


def _names_section(line: Line) -> bool:
    """Whether the line that the head announces may name a section (会员动态) and no article."""
    return size(line.text) <= _LONGEST_SECTION and bool(SITE_WORDS.search(line.text))


def _heads_page(lines: Sequence[Line], index: int, above: int) -> bool:
    """Whether the line above the byline stands below the section's name and says more."""
    return index < above and size(lines[above].text) >= 1.5 * size(lines[index].text)


def _of_head(metadata: Metadata, *, one_heading: bool) -> Field | None:
    """The title that the head of the page gives; none where its `<title>` names the site or nothing."""
    for origin, text in (
        ("meta:og:title", metadata.meta.get("og:title", "")),
        ("json-ld", metadata.linked("headline")),
        ("title element", metadata.title_element),
    ):
        stripped = without_suffix(text, metadata.meta.get("og:site_name", ""))
        site = origin == "title element" and one_heading and SITE_WORDS.search(stripped)
        if stripped and not _GENERIC.match(stripped) and not site:
            return Field(stripped, origin, text[:200])
    return None


def _heading_above(lines: Sequence[Line], announced: Sequence[str]) -> int | None:
    """The heading above the paragraph with which the announced title begins: some announce their text."""
    starts = [key[:20] for text in announced if len(key := normal(without_suffix(text))) >= 12]
    for index, line in enumerate(lines):
        if size(line.text) > _LONGEST_HEADING and any(
            normal(line.text).startswith(start) for start in starts
        ):
            near = range(index - 1, max(-1, index - 8), -1)
            return next((i for i in near if lines[i].tag in _HEADINGS and 4 < size(lines[i].text) < 60), None)
    return None


def _above_byline(lines: Sequence[Line]) -> int | None:
    """The line right above the first line that states a full date: the title of a page without one."""
    for index in range(1, min(len(lines), 200)):
        line = lines[index]
        if line.hidden or is_linked(line) or size(line.text) > 60 or not has_date(line.text, relative=False):
            continue
        top = next(
            (i for i in range(index - 1, max(-1, index - 4), -1) if not _is_label(lines[i])),
            -1,
        )
        if top < 0:
            continue
        above = lines[top]
        if (
            not above.hidden
            and not above.linked
            and 5 <= size(above.text) <= 60
            and above.text[-1] not in "。：:"
            and not _GENERIC.match(above.text)
            and any(is_prose(below) for below in lines[index + 1 : index + 8])
        ):
            return top
    return None


def _is_label(line: Line) -> bool:
    return line.tag not in _HEADINGS and bool(_LABELLED_LINE.match(line.text))


def _above_text(lines: Sequence[Line]) -> int | None:
    """The short line above the first paragraphs of a page that names itself nowhere."""
    first = next((i for i, line in enumerate(lines) if is_prose(line) and not line.hidden), 0)
    for index in range(first - 1, max(-1, first - 5), -1):
        line = lines[index]
        if line.linked or line.hidden or has_date(line.text) or _GENERIC.match(line.text):
            continue
        if 6 <= size(line.text) <= _LONGEST_HEADING and line.text[-1] not in "。：:，,；;":
            return index
    return None


def _announced(metadata: Metadata) -> list[str]:
    named = metadata.meta.get("articletitle", "")  # what Chinese government pages have to give
    return [metadata.title_element, metadata.meta.get("og:title", ""), metadata.linked("headline"), named]


def _confirmed_line(lines: Sequence[Line], announced: Sequence[str]) -> int | None:
    """The line that the head announces: headings first, then what the title begins with."""
    best: tuple[float, int] | None = None
    keys = [_key(text) for text in announced]
    letters = frozenset("".join(announced).lower())
    for index, line in enumerate(lines):
        if line.hidden or not 3 < len(line.text) < 250 or not letters.issuperset(line.text[:2].lower()):
            continue  # most lines begin with other letters: comparing them all costs more than parsing
        score = _agreement(line, keys)
        if score > 0 and (best is None or score > best[0]):
            best = (score, index)
    return best[1] if best else None


def _key(announced: str) -> tuple[str, bool]:
    """How an announced title is compared, and whether it was cut (`…`), before the site's name too."""
    own = without_suffix(announced)
    return (normal(own), True) if _CUT.search(own) else (normal(announced), False)


def _agreement(line: Line, keys: Sequence[tuple[str, bool]]) -> float:
    key = normal(line.text)
    if len(key) < 3:
        return 0
    best = 0.0
    for position, (announced, cut) in enumerate(keys):
        if not announced:
            continue
        at = announced.find(key)
        prefix = _common_prefix(key, announced)
        if (
            at < 0
            and not (len(announced) >= 5 and key.startswith(announced))
            and prefix < _needed(key, announced, cut)
        ):
            continue
        covered = min(len(key), len(announced), prefix if at < 0 else len(key))
        score = (
            covered / len(announced)
            + _HEADINGS.get(line.tag, 0) * 0.15
            + (0.5 if at <= 0 else 0)
            - 0.1 * position
        )
        if covered >= 0.25 * len(announced) or at == 0:
            best = max(best, score)
    if best < 0.6:
        return 0
    return best - 0.3 * (line.linked > 0.5 * len(line.text))


def _needed(key: str, announced: str, cut: bool) -> float:
    """How many first characters must agree where neither text holds the other."""
    return (
        max(8.0, 0.6 * min(len(key), len(announced)))
        if cut
        else max(10.0, 0.9 * min(len(key), len(announced)))
    )


def _common_prefix(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((i for i in range(length) if one[i] != other[i]), length)


def _second_line(lines: Sequence[Line], index: int, announced: Sequence[str]) -> str:
    """The rest of a heading of two lines, where the head of the page announces both as one."""
    if index + 1 >= len(lines) or lines[index + 1].node != lines[index].node:
        return ""
    both = normal(lines[index].text + lines[index + 1].text)
    if not any(both in normal(title) for title in announced):
        return ""
    rest = lines[index + 1].text
    return rest if rest[:1] in "—-–" else f" {rest}"


def _whole(text: str, announced: Sequence[str]) -> str:
    """The heading; or the announced title that continues where the heading was cut (`…`)."""
    if not _CUT.search(text):
        own = announced and normal(text) == normal(announced[0]) and (site_suffix(text) or "_" in text)
        shorter = without_suffix(text) if own else text
        return shorter if len(normal(shorter)) >= 4 else text
    start = normal(_CUT.sub("", text))
    for title in announced:
        if normal(title).startswith(start) and not _CUT.search(title.strip()):
            return without_suffix(title)
    return text
