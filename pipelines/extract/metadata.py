"""What a page says for machines: meta tags, JSON-LD, link elements, and the state that its scripts hold."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extract.scan import parse_page, scan, squeeze_space
from pipelines.records import Claim
from pipelines.scripts import IDEOGRAPH, KANA
from pipelines.urls import based, resolve
from pipelines.words import pattern

_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|WebPage|NewsItem)$")
_KANA = re.compile(f"[{KANA}]")
_MOST_NAMES = 20
_JSON_LIMIT = 500_000
_TYPED = etree.XPath("descendant::script[@type]")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_STRING = re.compile(r'"((?:[^"\\\n]|\\.){60,400000})"|\'((?:[^\'\\\n]|\\.){60,400000})\'')
_PARAGRAPHS = re.compile(
    r"<(?:p|div|br|section)\b|&lt;(?:p|div|br)\b|\\u003[cC](?:p|div|br)\b", re.IGNORECASE
)
_DATA = re.compile(r"\s*(?:[0-9a-f]{1,4}:)?[\[{]\"?")
_LONGEST_VALUE = 4_000
"""Characters of what a head states in one place that are read; no address that works is longer."""
_PLACEHOLDER = re.compile(r"\$\$\w+\$\$|\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]|%%\w+%%")
"""Where a template would put an advertisement or a picture."""
_SCRIPT_LIMIT = 3_000_000
_OWN_ADDRESSES = ("canonical", "shortlink", "amphtml", "alternate")
"""Relations to other addresses of the same page; `alternate` with a `media` is its form for phones."""
_SHORT_ESCAPES = re.compile(r"\\([^u\"\\/bfnrt]|u(?![0-9a-fA-F]{4}))")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The head of a page."""

    meta: dict[str, str]
    """Lower-case name, property or itemprop of each meta tag, and its first non-empty content."""
    title_element: str
    article: dict[str, Any]
    """The JSON-LD object that describes the article; empty without one."""
    author_link: str = ""
    """The text of the first element that is marked as the author's name."""

    def first(self, *names: str) -> tuple[str, str] | None:
        """The first of these meta tags that has content, as (name, content)."""
        return next(((name, self.meta[name]) for name in names if self.meta.get(name)), None)

    def linked(self, *path: str) -> str:
        """A string inside the JSON-LD object, the first of a list; empty where there is none."""
        value: Any = self.article
        for step in path:
            value = value[0] if isinstance(value, list) and value else value
            value = value.get(step) if isinstance(value, dict) else None
        value = value[0] if isinstance(value, list) and value else value
        return squeeze_space(value) if isinstance(value, str) else ""

    @property
    def is_japanese(self) -> bool:
        """Whether the title has kana: a headline in Japanese may have one among twenty characters."""
        return _KANA.search(self.title_element) is not None

    @property
    def is_chinese(self) -> bool:
        """Whether the title is Chinese, or there is none."""
        ideographs = len(IDEOGRAPH.findall(self.title_element))
        return not self.title_element or (4 * ideographs > len(self.title_element) and not self.is_japanese)

    def linked_names(self, key: str) -> list[str]:
        """The names of all people and bodies that the JSON-LD object has at a key."""
        names: list[str] = []
        pending = [self.article.get(key)]
        while pending and len(names) < _MOST_NAMES:
            thing = pending.pop(0)
            if isinstance(thing, list):
                pending = [*thing[:_MOST_NAMES], *pending]
            elif isinstance(thing, dict):
                parts = (thing.get("givenName"), thing.get("familyName"))
                pending.insert(
                    0, thing.get("name") or " ".join(part for part in parts if isinstance(part, str))
                )
            elif isinstance(thing, str) and thing.strip():
                names.append(squeeze_space(thing[:_LONGEST_VALUE]))
        return names


def read_metadata(root: HtmlElement, authors: Sequence[HtmlElement]) -> Metadata:
    """All that the page says for machines; `authors` are the elements marked as the author's name."""
    meta: dict[str, str] = {}
    for tag in root.iter("meta"):
        content = squeeze_space((tag.get("content") or "")[:_LONGEST_VALUE])
        for attribute in ("name", "property", "itemprop"):
            name = (tag.get(attribute) or "").strip().lower()
            if name and content:
                meta.setdefault(name, content)
    title = next(
        (
            squeeze_space(text[:_LONGEST_VALUE])
            for tag in root.iter("title")
            if (text := tag.text_content()).strip()
        ),
        "",
    )
    return Metadata(meta, title, _article(root), _author_link(authors))


def read_claims(root: HtmlElement, metadata: Metadata, url: str) -> tuple[Claim, ...]:
    """The addresses that the page claims for itself, absolute; a broken one is left out."""
    base = base_of(root, url)
    claims: list[tuple[str, str]] = []
    for link in root.iter("link"):
        named = (link.get("rel") or "").lower().split()
        kind = next((kind for kind in _OWN_ADDRESSES if kind in named), "")
        if kind == "alternate" and not link.get("media"):  # a feed or another language
            continue
        if kind and kind not in dict(claims):
            claims.append((kind, link.get("href") or ""))
    claims.append(("og:url", metadata.meta.get("og:url", "")))
    return tuple(Claim(kind, address) for kind, href in claims if (address := _absolute(base, href)))


def base_of(root: HtmlElement, url: str) -> str:
    """The address that the page's relative ones are meant from."""
    named = (href for tag in root.iter("base") if (href := tag.get("href")) is not None)
    return based(url, next(named, ""))


def linked_data(root: HtmlElement) -> list[HtmlElement]:
    """The scripts that hold JSON-LD; of hundreds of scripts few state a type."""
    typed = cast("list[HtmlElement]", _TYPED(root))
    return [script for script in typed if "ld+json" in script.get("type", "").lower()]


def scripted_lines(root: HtmlElement, metadata: Metadata) -> tuple[str, ...]:
    """The lines of the longest text with paragraphs that the page's scripts hold; none without one."""
    stated = metadata.linked("articleBody")
    candidates = [stated] if len(stated) >= 100 else []
    for script in root.iter("script"):
        source = (script.text or "")[:_SCRIPT_LIMIT]
        if (len(source) >= 200 and "<" in source) or "\\u003" in source or "&lt;" in source:
            candidates.extend(_texts(source))
    best = max(candidates, key=_bare_length, default="")
    return _lines(best) if best else ()


def script_values(names: str) -> re.Pattern[str]:
    """What finds the values that scripts give the names of a list of words, for `scripted_value`."""
    return pattern(
        rf'["\']?\b{{{names}}}\\?["\']?\s*[:=]\s*(?:\\?"([^"\\\n]{{2,60}})\\?"|\'([^\'\\\n]{{2,60}})\''
        rf"|(1\d{{9}}(?:\d{{3}})?)\b)",
        case=True,
    )


def scripted_value(root: HtmlElement, values: re.Pattern[str]) -> str:
    """The first of these strings or numbers that the page's scripts hold; empty without one."""
    for script in root.iter("script"):
        match = values.search((script.text or "")[:_SCRIPT_LIMIT])
        if match:
            return match[1] or match[2] or match[3]
    return ""


def _author_link(marked: Sequence[HtmlElement]) -> str:
    texts = (squeeze_space(element.text_content()) for element in marked[:5])
    return next((text for text in texts if 1 < len(text) <= 40), "")


def _absolute(base: str, href: str) -> str:
    try:
        address = resolve(base, href) if href.strip() else ""
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def _article(root: HtmlElement) -> dict[str, Any]:
    fullest: dict[str, Any] = {}
    for script in linked_data(root):
        for thing in _things(_load(script.text or "")):
            types = thing.get("@type")
            names = [str(name) for name in types] if isinstance(types, list) else [str(types or "")]
            article = any(_ARTICLE_TYPES.search(name) for name in names) or "pubDate" in thing
            if article and len(thing) > len(fullest):
                fullest = thing
    return fullest


def _load(text: str) -> Any:
    text = text.strip()[:_JSON_LIMIT]
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _things(value: Any) -> Iterator[dict[str, Any]]:
    pending = [value]
    for _ in range(200):
        if not pending:
            return
        thing = pending.pop()
        if isinstance(thing, list):
            pending.extend(reversed(thing))
        elif isinstance(thing, dict):
            yield thing
            pending.extend(thing[key] for key in ("@graph", "mainEntity") if key in thing)


def _texts(source: str, *, nested: bool = False) -> Iterator[str]:
    """The string literals with paragraphs; of one that is itself JSON, those within it.

    React's server components send a page as literals of such data, each a row of `ID:JSON`.
    """
    for match in _STRING.finditer(source):
        literal = match[1] or match[2]
        if _PARAGRAPHS.search(literal):
            text = _decoded(literal)
            if _DATA.match(text):
                yield from () if nested else _texts(text, nested=True)
            else:
                yield text


def _decoded(text: str) -> str:
    """A JavaScript string literal's value, with HTML that was escaped for it unescaped."""
    try:
        value = json.loads(f'"{_SHORT_ESCAPES.sub(lambda m: m[1], text)}"', strict=False)
    except ValueError:
        value = text
    value = str(value)
    return html.unescape(value) if "&lt;" in value else value


def _bare_length(text: str) -> int:
    return len(re.sub(r"<[^<>]{0,1000}>", "", text))


def _lines(text: str) -> tuple[str, ...]:
    root = parse_page(f"<html><body><div>{text}</div></body></html>")
    if root is None:
        return ()
    return tuple(
        line.text for line in scan(root).lines if not line.hidden and not _PLACEHOLDER.fullmatch(line.text)
    )
