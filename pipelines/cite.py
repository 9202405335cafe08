"""An article as a reference, in the styles that writers and their programs take.

In: an article as `show` has it. Out: text. What is cited is the first publisher's own page where the archive
has it, else the kept copy's; the day of access is the one on which that page was fetched, so that it is the
text of that day which is cited. Styles: GB/T 7714-2015, 8.4 (electronic resources, [EB/OL]); BibTeX (`@misc`
with `urldate`, as biblatex reads it too); RIS (https://en.wikipedia.org/wiki/RIS_(file_format)); CSL-JSON
1.0.2 (https://github.com/citation-style-language/schema).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.show import ShownArticle, ShownCopy


@dataclass(frozen=True, slots=True)
class Reference:
    """What every style has of an article."""

    id: int
    title: str
    author: str
    """Empty where the page names nobody."""
    publisher: str
    day: str
    """YYYY-MM-DD; empty where unknown."""
    accessed: str
    """YYYY-MM-DD, UTC."""
    url: str
    language: str


def reference(article: ShownArticle) -> Reference:
    """What is cited of an article."""
    copy = _cited(article)
    return Reference(
        id=article.id,
        title=_one_line(copy.title or article.title),
        author=_one_line(copy.author or ""),
        publisher=_one_line(article.first_publisher or copy.source_name),
        day=copy.published_day or "",
        accessed=copy.fetched_at[:10],
        url=copy.url,
        language=article.language,
    )


def cite(article: ShownArticle, style: str) -> str:
    """The article in a style of STYLES, without a line feed at its end."""
    return STYLES[style].write(reference(article))


def _cited(article: ShownArticle) -> ShownCopy:
    own = [copy for copy in article.copies if copy.source_name == article.first_publisher]
    return min(
        own, key=lambda copy: (copy.published_day or "9999", copy.fetched_at), default=article.copies[0]
    )


def _gbt7714(found: Reference) -> str:
    who = f"{found.author or found.publisher}. "
    where = f"{found.publisher}, {found.day[:4]}" if found.author and found.day else ""
    where = where or (found.publisher if found.author else "")
    day = f"({found.day})" if found.day else ""
    return f"{who}{found.title}[EB/OL]. {where}{day}[{found.accessed}]. {found.url}."


_TEX = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _bibtex(found: Reference) -> str:
    values = {
        "title": f"{{{_tex(found.title)}}}",
        "author": f"{{{_tex(found.author or found.publisher)}}}",
        "organization": _tex(found.publisher),
        "date": found.day,
        "year": found.day[:4],
        "month": found.day[5:7].lstrip("0"),
        "day": found.day[8:].lstrip("0"),
        "url": re.sub(r"[{}\\\s]", lambda sign: f"%{ord(sign[0]):02X}", found.url),
        "urldate": found.accessed,
        "langid": "english" if found.language == "en" else "",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in values.items() if value]
    return f"@misc{{parknews{found.id},\n" + ",\n".join(lines) + "\n}"


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text)


def _ris(found: Reference) -> str:
    values = [
        ("TY", "ELEC"),
        ("TI", found.title),
        ("AU", found.author or found.publisher),
        ("PB", found.publisher),
        ("PY", found.day[:4]),
        ("DA", found.day.replace("-", "/") + "/" if found.day else ""),
        ("UR", found.url),
        ("Y2", found.accessed.replace("-", "/") + "/"),
        ("LA", found.language),
        ("ID", f"parknews{found.id}"),
    ]
    lines = [f"{tag}  - {value}" for tag, value in values if value]
    return "\n".join([*lines, "ER  - "])


def _csl_json(found: Reference) -> str:
    item: dict[str, Any] = {
        "id": f"parknews{found.id}",
        "type": "webpage",
        "title": found.title,
        "author": [{"literal": found.author or found.publisher}],
        "container-title": found.publisher,
        "publisher": found.publisher,
        "URL": found.url,
        "accessed": _parts(found.accessed),
        "language": found.language,
    }
    if found.day:
        item["issued"] = _parts(found.day)
    return json.dumps([item], ensure_ascii=False, indent=2)


def _parts(day: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in day.split("-")]]}


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Style:
    """How references are written."""

    title: str
    ending: str
    media_type: str
    write: Callable[[Reference], str]


STYLES = {
    "gbt7714": Style("GB/T 7714", "txt", "text/plain; charset=utf-8", _gbt7714),
    "bibtex": Style("BibTeX", "bib", "application/x-bibtex; charset=utf-8", _bibtex),
    "ris": Style("RIS", "ris", "application/x-research-info-systems; charset=utf-8", _ris),
    "csl-json": Style(
        "CSL-JSON", "json", "application/vnd.citationstyles.csl+json; charset=utf-8", _csl_json
    ),
}
