"""Who wrote and who edited an article: names from labelled lines, then from the head of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.extract.byline import Byline, value_after
from pipelines.extract.metadata import Metadata
from pipelines.normalise import simplify
from pipelines.records import Field
from pipelines.words import characters, pattern, words

_AUTHOR_LABEL = pattern(
    r"{byline.author}\s?[:：/／|｜丨]\s?"
    r"|[（(【\[]\s?[\u4e00-\u9fff·]{0,12}记者\s?"
    r"|^(?:[□■●◎○◇◆]\s?)?[\u4e00-\u9fff·]{0,8}记者\s(?=[\u4e00-\u9fff ]{2,20}$)"
    r"|(?P<bare>^{byline.author}\s(?=[\u4e00-\u9fff]{2,4}$)|\s记者\s(?=[\u4e00-\u9fff]{2,4}(?:\s|$)))"
    r"|记者\s?(?=[\u4e00-\u9fff]{2,4}\s?[／/])|[／/]记者(?=[\u4e00-\u9fff]{2,4}$)"
    r"|^记者(?=[\u4e00-\u9fff]{2,4}\s+(?:通讯员|摄|报道|{date.full_year}))"
    r"|^[□■●◎○◇◆]\s?{byline.rank}*{byline.role}?\s?(?=[\u4e00-\u9fff]{2,4}(?:\s[\u4e00-\u9fff]{2,4})*$)"
    r"|^{byline.by}\s(?=[A-Z])|(?:^|(?<=:\d\d\s))(?:기자명\s)?(?!{byline.role_kind}\s?{byline.role_behind})(?=[가-힣]{2,4}\s?{byline.role_behind}(?:\s[\w.@-]+)?$)"
)
_EDITOR_LABEL = pattern(r"{byline.editor}\s?[:：/／|｜丨]\s?|(?<![a-z])edit(?:ed|ing) by\s(?=[A-Z])")
_NAME = re.compile(
    r"^(?:[\u4e00-\u9fff·]{2,5}(?:[ 、,，/]{1,2}[\u4e00-\u9fff·]{2,4}){0,4}"
    r"|[A-Z][\w.'’-]{0,20}(?: [A-Za-z][\w.'’-]{0,20}){0,4}"
    r"|(?!\d+$)[\w\u4e00-\u9fff.·-]{2,16})$"
)
_ENGLISH_NAME = re.compile(r"^[A-Z][a-z.'’-]{1,15}(?: [A-Z][a-zA-Z.'’-]{0,15}){1,2}$")
_STAFF = re.compile(
    r"^([A-Z][a-z.'’-]{1,15}(?: [A-Z]\.)?(?: [A-Z][a-zA-Z'’-]{1,15}){1,2}?)\s?[,|·]?\s"
    r"(?:[A-Z][a-zA-Z]+ ){0,3}(?:[Ss]taff(?: [Ww]riter)?|[Rr]eporter|[Ww]riter|[Cc]orrespondent)$"
)
_ANY_NAME = re.compile(r"^(?=[^\d@/]{2,60}$)[^\W\d_][\w.'’&| -]*$")
_LATIN_ASIDE = re.compile(
    r"^(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor) (?=[A-Z])|\s?\([^()]{1,40}\)$|\s[–—]\s.*$"
)
_AND = pattern(r"\s?[,;•·|]\s?|\s(?:{byline.and}|&)\s|\s(?=\d)")
_BY = pattern(r"(?:^|\s[|·•–—-]\s|{date.full_year},?\s){byline.by_elsewhere}[:：]?\s(?=[^\W\d_])")
"""At the beginning of a line, or behind the day and a mark that parts its fields."""
_OFFICE = pattern(r"\b{byline.office}\b")
_LONGEST_BY = 100
_CAPITAL = "A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЁІЇЄ"
_FULL_NAME = re.compile(
    rf"^[{_CAPITAL}][\w'’.-]*(?: (?:v[oa]n|d[aeiu]s?|del|de[nr]|l[ae]|zu|[{_CAPITAL}][\w'’.-]*)){{1,3}}$"
)
_EASTERN_NAME = re.compile("^[\u4e00-\u9fff]{3,5}(?<![聞新局部社者員会集])$")
_BETWEEN = re.compile("[ 、,，/]+")
CHINESE_NAME = re.compile(r"^[\u4e00-\u9fff]{2,3}$")
_NO_NAME_END = "网报社台刊局部处科室组会"
"""余杭网, 金融部: bodies whose first character is a surname."""
_ROLE = pattern(r"^[\u4e00-\u9fff]{0,12}?{byline.role}[\s:：、]*(?=\S)", as_written=True)
_ROLE_BEHIND = pattern(r"(?<=[가-힣]{2})\s?{byline.role_behind}(?:\s.*)?$")
_ASIDE = re.compile(r"\s(?:in|for|from|at|on)(?: [A-Z].*)?$|\s?[–—•·].*$|,\s.*$")
"""What follows an English name in a byline: a place, a role, a paper."""
_COLLEAGUE = pattern(r"\s+{byline.colleague}", as_written=True)
_DAY_AND_TIME = r"{date.full}日?(?:\s?{date.clock})?"
_BESIDE_DATE = pattern(rf"\s?{_DAY_AND_TIME}.*$", as_written=True)
_NAME_AND_DAY = pattern(
    rf"^(?:([\u4e00-\u9fff]{{3}})\s{_DAY_AND_TIME}|{_DAY_AND_TIME}\s([\u4e00-\u9fff]{{3}}))(?:\s|$)",
    as_written=True,
)
_MOST_BEFORE = 6
_GOES_ON = re.compile(r"[。！？!?”」）)】\]:：，,；;|｜]\s?[（(【\[]?\s?$|[:：].{1,30}$|^[（(【\[]")
"""What stands before a label in a line of labels, or in brackets behind the end of a text."""
_PHOTOGRAPHER = pattern(
    r"^(?!.{2,14}文\s?[/／])[\s:：/／]*(?:[\u4e00-\u9fff·]{2,4}[\s、,，]{0,2}){1,3}?[\s/／]{0,2}{byline.shot}(?!\s?[/／:：])",
    as_written=True,
)
_DONE_BY = pattern(r"(?<=[\u4e00-\u9fff]{2}){byline.done_by}$", as_written=True)
_BULLET = re.compile("^[□■●◎○◇◆]")
_ASKS = pattern(r"^{byline.role}\s?[:：]")
"""In an interview, the question of the one who wrote it."""
_SPACED_NAME = re.compile("(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\\s([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
"""赵 航: editors set names of two characters as wide as those of three."""
_STAFF_CODE = re.compile(r"[_\-\s]?[A-Z]{1,4}\d{2,7}$")
_NO_NAME = pattern(r"^{byline.no_name|credit.nobody|credit.empty}$", as_written=True)


def find_author(byline: Byline, metadata: Metadata) -> Field | None:
    """The author or authors: the first label with a name after it, then JSON-LD, then meta tags.

    Else a name alone, in an element that is named for authors; an English one also near the title.
    """
    lines = [*byline.head, *(text for text in byline.tail if not _of_another(text))]
    chinese = metadata.is_chinese
    linked = None if chinese else _linked(metadata)
    if linked and not _names_the_site(linked.value, metadata):
        return linked
    if not chinese and (author := _after_by([*byline.writers, *byline.head])):
        return author
    if author := _labelled(lines, _AUTHOR_LABEL):
        return author
    stated = _stated(metadata, words("markup.meta_author"), "author")
    if stated and (not chinese or _is_shown(stated, byline)):
        return stated
    writers = (_BESIDE_DATE.sub("", text).strip() for text in byline.writers)
    names = filter(None, (*map(_name_alone, writers), *map(_english_alone, byline.named)))
    alone = (n for n in names if not _NO_NAME.match(n) and not _names_the_site(n, metadata))
    if name := next(alone, None):
        return Field(name, "byline element", name)
    if metadata.is_japanese and (name := next(filter(_EASTERN_NAME.match, byline.writers), None)):
        return Field(name, "byline element", name)
    return next((field for text in byline.head if (field := _beside_date(text))), linked)


def _of_another(text: str) -> bool:
    """Whether a line below the text names the author of something else, after its title."""
    label = _AUTHOR_LABEL.search(simplify(text))
    before = text[: label.start()] if label and label[0][:1] not in "（(【[" else ""
    return len(before) > _MOST_BEFORE and not _GOES_ON.search(before)


def _is_shown(author: Field, byline: Byline) -> bool:
    """Whether a page shows the name that a meta tag holds, and not as its editor's.

    Back ends put there whoever typed the page in, or themselves.
    """
    if author.origin == "json-ld":
        return True
    lines = [*byline.head, *byline.tail]
    editor = _labelled([*byline.tail, *byline.head, *byline.inside], _EDITOR_LABEL)
    edits = editor is not None and author.value in editor.value
    return not edits and any(author.value in text for text in lines)


def _beside_date(text: str) -> Field | None:
    """A person's full name alone with the day: 谢若含 2017-03-01 14:27."""
    name = _NAME_AND_DAY.match(text) if len(text) <= 40 else None
    found = (name[1] or name[2]) if name else ""
    return (
        Field(found, "byline", text) if found and _name_alone(found) and not _NO_NAME.match(found) else None
    )


def find_editor(byline: Byline, metadata: Metadata) -> Field | None:
    """The editor, as `find_author` finds the author; footers with one stand inside the text's element too."""
    lines = [*byline.tail, *byline.head, *byline.inside]
    return _labelled(lines, _EDITOR_LABEL) or _stated(metadata, words("markup.meta_editor"), "editor")


def people_in(text: str) -> str:
    """The people whom a piece of a page names as its authors, behind a label or alone; empty without any."""
    labelled = _labelled([text], _AUTHOR_LABEL) or _after_by([text])
    if labelled:
        return labelled.value
    return _person(text) or "; ".join(name for name in _full_names(text) if _ANY_NAME.match(name))


def _name_alone(text: str) -> str:
    """The name in a line that holds a person's name and nothing but a role beside it; empty without one."""
    if english := _english_alone(text):
        return english
    name = _ROLE.sub("", text).strip()
    chinese = CHINESE_NAME.match(name) and simplify(name[0]) in characters("names.surname")
    return name if chinese and simplify(name[-1]) not in _NO_NAME_END else ""


def _english_alone(text: str) -> str:
    staff = _STAFF.match(text)
    return staff[1] if staff else text if _ENGLISH_NAME.match(text) else ""


def _labelled(lines: Sequence[str], label: re.Pattern[str]) -> Field | None:
    for text in lines:
        for match in label.finditer(simplify(text)):
            rest = text[match.end() :]
            name = "" if _PHOTOGRAPHER.match(rest) else _person(rest)
            is_doubtful = match.groupdict().get("bare") or _BULLET.match(text) or _ASKS.match(simplify(text))
            if name and not is_doubtful:
                return Field(name, "byline", text[:200])
            if name and all(map(_name_alone, _BETWEEN.split(name))):
                return Field(name, "byline", text[:200])
    return None


def _stated(metadata: Metadata, names: Sequence[str], key: str) -> Field | None:
    linked = metadata.linked(key, "name") or metadata.linked(key)
    if linked and (name := _person(linked)) and not _names_the_site(name, metadata):
        return Field(name, "json-ld", linked[:200])
    marked = _person(_LATIN_ASIDE.sub("", metadata.author_link)) if key == "author" else ""
    if marked and not _names_the_site(marked, metadata):
        return Field(marked, "author element", metadata.author_link)
    tag = metadata.first(*names)
    name = _person(tag[1]) if tag else ""
    name = "" if _names_the_site(name, metadata) else name
    return Field(name, f"meta:{tag[0]}", tag[1][:200]) if tag and name else None


def _linked(metadata: Metadata) -> Field | None:
    """All authors that JSON-LD gives, bodies among them."""
    names = [name for stated in metadata.linked_names("author") for name in _full_names(stated)]
    names = [name for name in names if _ANY_NAME.match(name) and not _NO_NAME.match(name)]
    value = "; ".join(dict.fromkeys(names))
    return Field(value[:200], "json-ld", value[:200]) if value else None


def _after_by(lines: Sequence[str]) -> Field | None:
    """The full names after another language's word for by: Von Anna Weiß und Jan Grün, Lille."""
    for text in lines:
        label = _BY.search(text) if len(text) <= _LONGEST_BY else None
        names = _full_names(text[label.end() :]) if label else []
        if names and _FULL_NAME.match(names[0]):
            return Field("; ".join(names), "byline", text)
    return None


def _full_names(text: str) -> list[str]:
    """The people whom a text names one after another, without what they are; else what it names first."""
    parts = [_LATIN_ASIDE.sub("", part).strip(" ,;") for part in _AND.split(text)]
    full = [part for part in parts if _FULL_NAME.match(part) and not _OFFICE.search(part)]
    return [name for name in full if name.isupper() == full[0].isupper()] or parts[:1]


def _names_the_site(name: str, metadata: Metadata) -> bool:
    """Templates that have no author put the site's own name there."""
    known = (
        metadata.meta.get("og:site_name", ""),
        metadata.linked("publisher", "name"),
        metadata.title_element[-20:],
    )
    return any(name in text for text in known) or name.endswith(("网", "新闻", "频道"))


def _person(value: str) -> str:
    """The name or names at the start of a value; empty where it is no name."""
    value = _STAFF.sub(r"\1", value)
    value = value_after(_ROLE.sub("", value.lstrip(" :：/／\u3000[【(（"), count=1), 0).strip(" -–—_、")
    value = _STAFF_CODE.sub("", _COLLEAGUE.split(value, maxsplit=1)[0]).strip()
    value = _ROLE_BEHIND.sub("", _SPACED_NAME.sub(r"\1\2", value))
    value = _ASIDE.sub("", value) if value[:1].isascii() else _DONE_BY.sub("", value)
    return value if 2 <= len(value) <= 30 and _NAME.match(value) and not _NO_NAME.match(value) else ""
