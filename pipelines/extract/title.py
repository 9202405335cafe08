"""The page's own title, which is the line that its `<title>` repeats, and the site's name behind it there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from pipelines.dates import has_date
from pipelines.extract.metadata import Metadata, script_values, scripted_value
from pipelines.extract.prose import bare, size
from pipelines.extract.scan import Line
from pipelines.normalise import simplify
from pipelines.records import Field
from pipelines.words import pattern, words

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
_COLUMN = re.compile(r"^[\[【［][^\[\]【】［］]{2,30}[\]】］]\s?(?=\S)")
"""The name of a column before a headline: a page may show the two in elements of their own."""
_HEADINGS = {"h1": 3, "h2": 2, "h3": 1}
_LEAST_TITLE = 6
_LEAST_PART = 0.5
"""The share of a stated title that a line must hold which is no heading: kickers hold its first words."""
_LONGEST_OF_SITE = 120
_SOME_PROSE = 60
_IN_SCRIPTS = script_values("markup.script_title")
_SEPARATORS = re.compile(r"\s*[_|｜ㅣ]\s*|\s+[»›–—·•-]+\s+|\s*(?:--|——)\s*|-(?=[^-]*$)|[·•](?=[^·•]*$)")
_SITE_WORDS = pattern("{title.site}", as_written=True)
_SITE_ALONE = pattern("{title.site_alone}$", as_written=True)
_OF_SITE = pattern("{title.of_site|copyright.mark|copyright.sign|copyright.reserved}", as_written=True)
"""What stands beside a site's name in its footers and banners: 版权所有, 欢迎您."""
_BYLINE_BEGINS = pattern(
    r"[\s（(【\[|]\s*(?:(?:{byline.released|byline.done}?{byline.when}|{credit.label}|{byline.author})\s?[:：]"
    r"|{date.full}日?(?:\s*{date.clock}|\s*$|\s+{credit.label}))",
    as_written=True,
)
"""Where a byline begins that stands inside the heading's own element."""
_CHANNEL = pattern(r"-[^-\s]{0,6}{title.channel}$", as_written=True)
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
    site = _own_site(lines, metadata)
    stated = _stated(metadata, site)
    index = _confirmed_line(lines, stated)
    index = None if index is not None and _is_sentence(lines[index]) else index
    index = _second_heading(lines, index, metadata) if index is not None else None
    index = _first_line(lines, index, stated) if index is not None else None
    section = index is not None and _names_section(lines[index])
    above = _above_byline(lines) if index is None or section else None
    if section and index is not None:
        better = above if above is not None and _heads_page(lines, index, above) else None
        better = _other_heading(lines, index, stated) if better is None else better
        if better is not None:
            origin = _ABOVE_BYLINE if better == above else _ORIGIN_HEADING
            return Title(Field(lines[better].text, origin, metadata.title_element[:200]), better)
    if index is None or lines[index].amount > _LONGEST_HEADING:
        index = _heading_above(lines, stated) or index
    if index is not None:
        text = _without_byline(_whole(lines[index].text, stated) + _next_lines(lines, index, stated))
        origin = _ORIGIN_HEADING if lines[index].tag in _HEADINGS else "title line"
        return Title(_agreed(metadata, text) or Field(text, origin, metadata.title_element[:200]), index)
    return _unconfirmed(lines, metadata, above, site)


def _is_sentence(line: Line) -> bool:
    """Whether a line that says words of the `<title>` is one of the text: headlines have no full stop."""
    return line.tag not in _HEADINGS and line.is_prose and "。" in line.plain


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


def _own_site(lines: Sequence[Line], metadata: Metadata) -> str:
    """The whole `<title>`, where the page shows that it is no more than the site's name; else nothing.

    It shows it in a footer (版权所有：…, ©), a banner (…欢迎您), or by ending as sites' names do.
    """
    title = metadata.title_element
    key = bare(title)
    if not 3 < len(key) <= 2 * _LONGEST_SITE or _SEPARATORS.search(title):
        return ""
    if key == bare(metadata.meta.get("og:site_name", "")):
        return title
    headed = any(line.tag in _HEADINGS and bare(line.text) == key for line in lines)
    if _SITE_ALONE.search(title) and not headed:
        return title
    for line in lines:
        if len(line.text) < _LONGEST_OF_SITE and _OF_SITE.search(line.text) and key in bare(line.text):
            return title
    return ""


def _agreed(metadata: Metadata, displayed: str) -> Field | None:
    """The title that og:title and JSON-LD both give, where the page displays another one or a part of it."""
    social, linked = metadata.meta.get("og:title", ""), metadata.linked("headline")
    if bare(social) != bare(linked):
        social = _without_suffix(social, metadata.meta.get("og:site_name", ""))
        linked = _without_suffix(linked)
    if bare(social) != bare(linked) or bare(displayed) in map(bare, (social, metadata.title_element)):
        return None
    if len(bare(social)) < _LEAST_TITLE or _GENERIC.match(social) or _may_be_site(social):
        return None
    if bare(social) == bare(displayed + metadata.meta.get("og:site_name", "")):
        return None
    return Field(social, "meta:og:title", displayed[:200])


def _unconfirmed(lines: Sequence[Line], metadata: Metadata, above: int | None, site: str) -> Title:
    """The title of a page on which no line is what the head states; `above` is the line above the byline."""
    headings = [
        i
        for i, line in enumerate(lines)
        if line.tag == "h1" and not line.hidden and len(line.text) > 3 and not _GENERIC.match(line.text)
    ]
    of_head = _of_head(metadata, site, one_heading=len(headings) == 1)
    if of_head and not _outdone(of_head, lines, above):
        return Title(of_head, None)
    index, origin = headings[0] if headings else above, _ORIGIN_HEADING if headings else _ABOVE_BYLINE
    if index is None:
        index, origin = _above_text(lines), "line above the text"
    if index is None:
        return Title(of_head or _named_by(site), None)
    text = _without_byline(lines[index].text)
    return Title(Field(text, origin, metadata.title_element[:200]), index)


def _named_by(site: str) -> Field | None:
    """The site's name as a title, where a page has no other."""
    return Field(site, "site name", site[:200]) if site else None


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
    """Whether the line that the head announces may name a section (会员动态) or the site, and no article."""
    if line.amount <= _LONGEST_SECTION and _SITE_WORDS.search(line.text):
        return True
    is_link = line.is_linked and line.amount <= _LONGEST_SECTION
    return line.tag not in _HEADINGS and (is_link or _may_be_site(line.text))


def _other_heading(lines: Sequence[Line], index: int, stated: Sequence[str]) -> int | None:
    """The page's one heading of the first rank, where the line that the head announces names the site."""
    if lines[index].tag in _HEADINGS:
        return None
    headings = [i for i, line in enumerate(lines) if line.tag == "h1" and not line.hidden and line.amount > 5]
    if len(headings) != 1 or headings[0] < index or _GENERIC.match(lines[headings[0]].text):
        return None
    announced = any(bare(lines[headings[0]].text) in bare(text) for text in stated)
    return None if announced else headings[0]


def _heads_page(lines: Sequence[Line], index: int, above: int) -> bool:
    """Whether the line above the byline stands below the section's name and says more."""
    return index < above and lines[above].amount >= 1.5 * lines[index].amount


def _of_head(metadata: Metadata, own_site: str, *, one_heading: bool) -> Field | None:
    """The title that the head of the page gives; none where its `<title>` names the site or nothing."""
    for origin, text in (
        ("meta:og:title", metadata.meta.get("og:title", "")),
        ("json-ld", metadata.linked("headline")),
        ("title element", metadata.title_element),
    ):
        stripped = _without_suffix(text, metadata.meta.get("og:site_name", ""))
        site = origin == "title element" and one_heading and _SITE_WORDS.search(stripped)
        if stripped and not _GENERIC.match(stripped) and not site and text != own_site:
            return Field(stripped, origin, text[:200])
    return None


def _heading_above(lines: Sequence[Line], stated: Sequence[str]) -> int | None:
    """The heading above the paragraph with which the stated title begins: some announce their text."""
    starts = [key[:20] for text in stated if len(key := bare(_without_suffix(text))) >= 12]
    for index, line in enumerate(lines):
        if line.amount > _LONGEST_HEADING and any(bare(line.text).startswith(start) for start in starts):
            near = range(index - 1, max(-1, index - 8), -1)
            return next((i for i in near if lines[i].tag in _HEADINGS and 4 < lines[i].amount < 60), None)
    return None


def _above_byline(lines: Sequence[Line]) -> int | None:
    """The line right above the first line that states a full date: the title of a page without one."""
    for index in range(1, min(len(lines), 200)):
        line = lines[index]
        if line.hidden or line.is_linked or line.amount > 60 or not has_date(line.text, relative=False):
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
            and 5 <= above.amount <= 60
            and above.text[-1] not in "。：:"
            and not _GENERIC.match(above.text)
            and any(below.is_prose for below in lines[index + 1 : index + 8])
        ):
            return top
    return None


def _is_label(line: Line) -> bool:
    return line.tag not in _HEADINGS and bool(_LABELLED_LINE.match(line.text))


def _above_text(lines: Sequence[Line]) -> int | None:
    """The short line above the first paragraphs of a page that names itself nowhere."""
    first = next((i for i, line in enumerate(lines) if line.is_prose and not line.hidden), 0)
    for index in range(first - 1, max(-1, first - 5), -1):
        line = lines[index]
        if line.linked or line.hidden or has_date(line.text) or _GENERIC.match(line.text):
            continue
        if 6 <= line.amount <= _LONGEST_HEADING and line.text[-1] not in "。：:，,；;":
            return index
    return None


def _stated(metadata: Metadata, site: str) -> list[str]:
    """The titles that the head states, those left out that say nothing or no more than the site's name."""
    named = metadata.meta.get("articletitle", "")  # what Chinese government pages have to give
    texts = (metadata.title_element, metadata.meta.get("og:title", ""), metadata.linked("headline"), named)
    told = [
        text for text in texts if bare(text) and text != site and not _GENERIC.match(_without_suffix(text))
    ]
    return told + [_COLUMN.sub("", text) for text in told[:1] if _COLUMN.match(text)]


def _confirmed_line(lines: Sequence[Line], stated: Sequence[str]) -> int | None:
    """The line that the head announces: headings first, then what the title begins with."""
    best: tuple[float, int] | None = None
    below = _below_text(lines)
    keys = [_key(simplify(text)) for text in stated]
    letters = frozenset("".join(map(simplify, stated)).lower())
    for index, line in enumerate(lines):
        if line.hidden or not 3 < len(line.text) < 250 or not letters.issuperset(line.plain[:2].lower()):
            continue  # most lines begin with other letters: comparing them all costs more than parsing
        if index >= below and line.tag not in _HEADINGS:
            break  # who signed a text below it has the site's name too
        score = _agreement(line, keys)
        if score > 0 and (best is None or score > best[0]):
            best = (score, index)
    return best[1] if best else None


def _below_text(lines: Sequence[Line]) -> int:
    """The first line below more than half of the page's prose, where there is some."""
    prose = [line.amount if line.is_prose and not line.hidden else 0.0 for line in lines]
    said, half = 0.0, max(_SOME_PROSE, sum(prose) / 2)
    for index, amount in enumerate(prose):
        if said > half:
            return index
        said += amount
    return len(lines)


class _Key(NamedTuple):
    """How a stated title is compared."""

    stated: str
    cut: bool
    """Whether it was cut (`…`), before the site's name too."""
    own: int
    """How many of its letters are the title's own, without the site's name."""


def _key(stated: str) -> _Key:
    own = _without_suffix(stated)
    whole = own if _CUT.search(own) else stated
    return _Key(bare(whole), whole is own, len(bare(own)))


def _agreement(line: Line, keys: Sequence[_Key]) -> float:
    key = bare(line.plain)
    if len(key) < 3:
        return 0
    best = 0.0
    for position, (stated, cut, own) in enumerate(keys):
        if not stated or (line.tag not in _HEADINGS and len(key) < _LEAST_PART * own):
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


def _first_line(lines: Sequence[Line], index: int, stated: Sequence[str]) -> int:
    """The first line of a heading of several lines, of which the announced one may be the second."""
    while index > 0 and lines[index - 1].node == lines[index].node:
        whole = bare(lines[index - 1].plain + lines[index].plain)
        if not any(whole in bare(simplify(title)) for title in stated):
            break
        index -= 1
    return index


def _next_lines(lines: Sequence[Line], index: int, stated: Sequence[str]) -> str:
    """The rest of a heading of two or three lines, where the head of the page announces them as one."""
    rest = ""
    for line in lines[index + 1 : index + 3]:
        whole = bare(lines[index].plain + simplify(rest) + line.plain)
        if line.node != lines[index].node or not any(whole in bare(simplify(title)) for title in stated):
            break
        rest += line.text if line.text[:1] in "—-–" else f" {line.text}"
    return rest


def _without_byline(text: str) -> str:
    """A heading without the date and the source that some templates put into its element."""
    found = _BYLINE_BEGINS.search(text)
    head = text[: found.start()].strip() if found else text
    return head if len(bare(head)) >= _LEAST_TITLE else text


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
    if named and re.search(rf"\S[·•]{re.escape(last)}$", title) and not _SITE_ALONE.search(last):
        return ""
    return last if named else ""


def _may_be_site(title: str) -> bool:
    """Whether a `<title>` that no line of the page repeats may be the site's name and not a headline."""
    return size(title) <= _LONGEST_SITE and bool(_SITE_WORDS.search(title) or _BODY_NAME.search(title))


def _is_suffix(part: str, with_separator: str, site_name: str) -> bool:
    key = bare(part)
    if not key or (site_name and key in bare(site_name)):
        return True
    if with_separator[:1] in "·•" and len(with_separator) > 1 and not with_separator[1].isspace():
        return bool(_SITE_ALONE.search(part))  # 高质量发展·北京论坛 is one name
    strong = with_separator.lstrip()[:1] in "_|｜ㅣ»›" or with_separator[:1].isspace()
    if bool(_SITE_WORDS.search(part) and len(part) <= 30) or (strong and len(part) <= 12):
        return True
    return with_separator[:1] in "-—" and len(part) <= 14 and bool(_BODY_NAME.search(part))
