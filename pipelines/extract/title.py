"""The page's own title, which is the line that its `<title>` repeats, and the site's name behind it there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.dates import has_date
from pipelines.extract.metadata import script_values, scripted_value
from pipelines.extract.prose import bare, is_linked, is_prose, size
from pipelines.records import Field
from pipelines.words import pattern, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from pipelines.extract.metadata import Metadata
    from pipelines.extract.scan import Line

_ORIGIN_HEADING = "heading"
_ABOVE_BYLINE = "line above the byline"
_GENERIC = pattern(
    r"^\W{0,3}(?:{title.detail_of}?{title.detail}页?|{title.section_of}?{title.section}|{title.nothing})\W{0,3}$",
    as_written=True,
)
"""Titles that templates give to every page."""
_LONGEST_HEADING = 60
_TITLE_LABEL = pattern(r"^{title.letter}{title.of_letter}[:：\s]\s?")
_LONGEST_SECTION = 8
_LABELLED_LINE = re.compile(r"^[^，。：:]{2,8}[：:]\s?\S")
"""发布单位：企划组: what stands between a headline and its date in templates that give each a line."""
_CUT = re.compile(r"(?:\.{2,}|…+)$")
_HEADINGS = {"h1": 3, "h2": 2, "h3": 1}
_LEAST_TITLE = 6
_IN_SCRIPTS = script_values("markup.script_title")
_SEPARATORS = re.compile(r"\s*[_|｜»«›‹]\s*|\s+[-–—·•]+\s+|\s*(?:--|——)\s*|-(?=[^-]*$)|[·•](?=[^·•]*$)")
_SITE_WORDS = pattern("{title.site}", as_written=True)
_CHANNEL = pattern(r"-[^-\s]{1,6}{title.channel}$", as_written=True)
"""A channel between the title and the site: `-图片频道-海岸网`."""
_TWO_CLAUSES = re.compile("[\u4e00-\u9fff] [\u4e00-\u9fff]")
_LONGEST_SITE = 16
_BODY_NAME = pattern("{title.body}$", as_written=True)


class Title(NamedTuple):
    """The title, and the line of the page where it stands."""

    field: Field | None
    line: int | None


def find_title(lines: Sequence[Line], metadata: Metadata) -> Title:
    """The title and its line; headings that the head of the page confirms come before the head itself."""
    if labelled := _labelled(lines, metadata):
        return labelled
    stated = _stated(metadata)
    index = _confirmed_line(lines, stated)
    index = _second_heading(lines, index, metadata) if index is not None else None
    section = index is not None and _names_section(lines[index])
    above = _above_byline(lines) if index is None or section else None
    if section and index is not None and above is not None and _heads_page(lines, index, above):
        return Title(Field(lines[above].text, _ABOVE_BYLINE, metadata.title_element[:200]), above)
    if index is None or size(lines[index].text) > _LONGEST_HEADING:
        index = _heading_above(lines, stated) or index
    if index is not None:
        text = _whole(lines[index].text, stated) + _second_line(lines, index, stated)
        origin = _ORIGIN_HEADING if lines[index].tag in _HEADINGS else "title line"
        return Title(Field(text, origin, metadata.title_element[:200]), index)
    return _unconfirmed(lines, metadata, above)


def scripted_title(title: Field | None, root: HtmlElement) -> Field | None:
    """The title that the scripts give, where the page's head says no more than the site's name."""
    if title and not (
        title.origin == "title element"
        and (len(bare(title.value)) < _LEAST_TITLE or _may_be_site(title.value))
    ):
        return title
    named = scripted_value(root, _IN_SCRIPTS)
    return Field(named, "script", named) if len(bare(named)) >= _LEAST_TITLE else title


def find_site_name(metadata: Metadata) -> Field | None:
    """The site's name, as the head gives it or as the `<title>` ends with it."""
    named = metadata.first(*words("markup.meta_site"))
    if named and len(named[1]) <= 60:
        return Field(named[1], f"meta:{named[0]}", named[1])
    publisher = metadata.linked("publisher", "name")
    if publisher:
        return Field(publisher, "json-ld", publisher)
    suffix = _site_suffix(metadata.title_element)
    return Field(suffix, "title element", metadata.title_element[:200]) if suffix else None


def _unconfirmed(lines: Sequence[Line], metadata: Metadata, above: int | None) -> Title:
    """The title of a page on which no line is what the head states; `above` is the line above the byline."""
    headings = [
        i
        for i, line in enumerate(lines)
        if line.tag == "h1" and not line.hidden and len(line.text) > 3 and not _GENERIC.match(line.text)
    ]
    of_head = _of_head(metadata, one_heading=len(headings) == 1)
    if of_head and not _outdone(of_head, lines, above):
        return Title(of_head, None)
    index, origin = headings[0] if headings else above, _ORIGIN_HEADING if headings else _ABOVE_BYLINE
    if index is None:
        index, origin = _above_text(lines), "line above the text"
    if index is None:
        return Title(of_head, None)
    return Title(Field(lines[index].text, origin, metadata.title_element[:200]), index)


def _labelled(lines: Sequence[Line], metadata: Metadata) -> Title | None:
    """The title that a letter's own row gives (信件标题：…), on pages whose `<title>` names none."""
    if metadata.title_element and not _GENERIC.match(_without_suffix(metadata.title_element)):
        return None
    for index, line in enumerate(lines[:200]):
        label = None if line.hidden else _TITLE_LABEL.match(line.plain)
        if label and 4 <= len(bare(line.text[label.end() :])) <= 80:
            return Title(Field(line.text[label.end() :].strip(), "title row", line.text[:200]), index)
    return None


def _outdone(of_head: Field, lines: Sequence[Line], above: int | None) -> bool:
    """Whether a `<title>` that no line repeats says less than a line of the page does.

    A line right above the byline says more; where the `<title>` may be the site's name, so does a heading
    right above the text.
    """
    if of_head.origin != "title element":
        return False
    if above is not None:
        return True
    near = _above_text(lines) if _may_be_site(of_head.value) else None
    return near is not None and lines[near].tag in _HEADINGS


def _second_heading(lines: Sequence[Line], index: int, metadata: Metadata) -> int:
    """The headline below the site's heading, where the `<title>` is the two joined: `Freight Notes: …`."""
    whole, site = bare(metadata.title_element), bare(lines[index].text)
    rest = whole.removeprefix(site)
    if len(rest) <= len(site) or rest == whole:
        return index
    below = range(index + 1, min(len(lines), index + 60))
    return next((i for i in below if lines[i].tag in _HEADINGS and bare(lines[i].text) == rest), index)


def _names_section(line: Line) -> bool:
    """Whether the line that the head announces may name a section (会员动态) and no article."""
    return size(line.text) <= _LONGEST_SECTION and bool(_SITE_WORDS.search(line.text))


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
        stripped = _without_suffix(text, metadata.meta.get("og:site_name", ""))
        site = origin == "title element" and one_heading and _SITE_WORDS.search(stripped)
        if stripped and not _GENERIC.match(stripped) and not site:
            return Field(stripped, origin, text[:200])
    return None


def _heading_above(lines: Sequence[Line], stated: Sequence[str]) -> int | None:
    """The heading above the paragraph with which the stated title begins: some announce their text."""
    starts = [key[:20] for text in stated if len(key := bare(_without_suffix(text))) >= 12]
    for index, line in enumerate(lines):
        if size(line.text) > _LONGEST_HEADING and any(bare(line.text).startswith(start) for start in starts):
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


def _stated(metadata: Metadata) -> list[str]:
    """The titles that the head states, those left out that say nothing."""
    named = metadata.meta.get("articletitle", "")  # what Chinese government pages have to give
    texts = (metadata.title_element, metadata.meta.get("og:title", ""), metadata.linked("headline"), named)
    return [text for text in texts if bare(text) and not _GENERIC.match(_without_suffix(text))]


def _confirmed_line(lines: Sequence[Line], stated: Sequence[str]) -> int | None:
    """The line that the head announces: headings first, then what the title begins with."""
    best: tuple[float, int] | None = None
    keys = [_key(text) for text in stated]
    letters = frozenset("".join(stated).lower())
    for index, line in enumerate(lines):
        if line.hidden or not 3 < len(line.text) < 250 or not letters.issuperset(line.text[:2].lower()):
            continue  # most lines begin with other letters: comparing them all costs more than parsing
        score = _agreement(line, keys)
        if score > 0 and (best is None or score > best[0]):
            best = (score, index)
    return best[1] if best else None


def _key(stated: str) -> tuple[str, bool]:
    """How a stated title is compared, and whether it was cut (`…`), before the site's name too."""
    own = _without_suffix(stated)
    return (bare(own), True) if _CUT.search(own) else (bare(stated), False)


def _agreement(line: Line, keys: Sequence[tuple[str, bool]]) -> float:
    key = bare(line.text)
    if len(key) < 3:
        return 0
    best = 0.0
    for position, (stated, cut) in enumerate(keys):
        if not stated:
            continue
        at = stated.find(key)
        prefix = _common_prefix(key, stated)
        if (
            at < 0
            and not (len(stated) >= 5 and key.startswith(stated))
            and prefix < _needed(key, stated, cut)
        ):
            continue
        covered = min(len(key), len(stated), prefix if at < 0 else len(key))
        score = (
            covered / len(stated)
            + _HEADINGS.get(line.tag, 0) * 0.15
            + (0.5 if at <= 0 else 0)
            - 0.1 * position
        )
        if covered >= 0.25 * len(stated) or at == 0:
            best = max(best, score)
    if best < 0.6:
        return 0
    return best - 0.3 * (line.linked > 0.5 * len(line.text))


def _needed(key: str, stated: str, cut: bool) -> float:
    """How many first characters must agree where neither text holds the other."""
    return max(8.0, 0.6 * min(len(key), len(stated))) if cut else max(10.0, 0.9 * min(len(key), len(stated)))


def _common_prefix(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((i for i in range(length) if one[i] != other[i]), length)


def _second_line(lines: Sequence[Line], index: int, stated: Sequence[str]) -> str:
    """The rest of a heading of two lines, where the head of the page announces both as one."""
    if index + 1 >= len(lines) or lines[index + 1].node != lines[index].node:
        return ""
    both = bare(lines[index].text + lines[index + 1].text)
    if not any(both in bare(title) for title in stated):
        return ""
    rest = lines[index + 1].text
    return rest if rest[:1] in "—-–" else f" {rest}"


def _whole(text: str, stated: Sequence[str]) -> str:
    """The heading; or the stated title that continues where the heading was cut (`…`)."""
    if not _CUT.search(text):
        own = stated and bare(text) == bare(stated[0]) and (_site_suffix(text) or "_" in text)
        shorter = _without_suffix(text) if own else text
        return shorter if len(bare(shorter)) >= 4 else text
    start = bare(_CUT.sub("", text))
    for title in stated:
        if bare(title).startswith(start) and not _CUT.search(title.strip()):
            return _without_suffix(title)
    return text


# --- the site's name at the end of a `<title>`


def _without_suffix(title: str, site_name: str = "") -> str:
    """A `<title>` without the site's and the channel's names at its end."""
    head = title.split("_", 1)[0].strip()
    if len(bare(head)) >= 6:  # headlines have no underscores; whatever follows one is the site's
        title = head
    parts = _SEPARATORS.split(title)
    if len(parts) < 2:
        return title.strip()
    ends = [match.start() for match in _SEPARATORS.finditer(title)]
    kept = len(parts)
    while kept > 1 and _is_suffix(parts[kept - 1], title[ends[kept - 2] :], site_name):
        kept -= 1
    text = title[: ends[kept - 1]] if kept < len(parts) else title
    channel = _CHANNEL.search(text) if kept < len(parts) else None
    text = text[: channel.start()] if channel and len(bare(text[: channel.start()])) >= 6 else text
    return text.strip(" -_|｜—·")


def _site_suffix(title: str) -> str:
    """The last part of a `<title>`, where it looks like a site's name; else nothing."""
    parts = [part.strip() for part in _SEPARATORS.split(title)]
    last = parts[-1] if len(parts) > 1 else ""
    named = len(last) <= 20 and _SITE_WORDS.search(last) and not _TWO_CLAUSES.search(last)
    return last if named else ""


def _may_be_site(title: str) -> bool:
    """Whether a `<title>` that no line of the page repeats may be the site's name and not a headline."""
    return size(title) <= _LONGEST_SITE and bool(_SITE_WORDS.search(title) or _BODY_NAME.search(title))


def _is_suffix(part: str, with_separator: str, site_name: str) -> bool:
    key = bare(part)
    if not key or (site_name and key in bare(site_name)):
        return True
    strong = with_separator.lstrip()[:1] in "_|｜»«›‹" or with_separator[:1].isspace()
    if bool(_SITE_WORDS.search(part) and len(part) <= 30) or (strong and len(part) <= 12):
        return True
    return with_separator[:1] == "-" and len(part) <= 14 and bool(_BODY_NAME.search(part))
