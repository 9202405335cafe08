"""The text of an article that a page carries for its scripts: JSON-LD's articleBody, or state in JSON."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from pipelines.extract.scan import scan
from pipelines.extract.tree import parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from pipelines.extract.metadata import Metadata

_STRING = re.compile(r'"((?:[^"\\\n]|\\.){60,400000})"|\'((?:[^\'\\\n]|\\.){60,400000})\'')
_PARAGRAPHS = re.compile(
    r"<(?:p|div|br|section)\b|&lt;(?:p|div|br)\b|\\u003[cC](?:p|div|br)\b", re.IGNORECASE
)
_SCRIPT_LIMIT = 3_000_000
_SHORT_ESCAPES = re.compile(r"\\([^u\"\\/bfnrt]|u(?![0-9a-fA-F]{4}))")


def embedded_body(root: HtmlElement, metadata: Metadata) -> tuple[str, ...]:
    """The lines of the longest text with paragraphs that the page's scripts hold; none without one."""
    stated = metadata.linked("articleBody")
    candidates = [stated] if len(stated) >= 100 else []
    for script in root.iter("script"):
        source = (script.text or "")[:_SCRIPT_LIMIT]
        if (len(source) >= 200 and "<" in source) or "\\u003" in source or "&lt;" in source:
            found = (match[1] or match[2] for match in _STRING.finditer(source))
            candidates.extend(_decoded(text) for text in found if _PARAGRAPHS.search(text))
    best = max(candidates, key=_amount, default="")
    return _lines(best) if best else ()


def embedded_value(root: HtmlElement, names: str) -> str:
    """The first string or number that the page's scripts give one of these names; empty without one."""
    wanted = re.compile(
        rf'["\']?\b(?:{names})["\']?\s*[:=]\s*(?:"([^"\\\n]{{2,60}})"|\'([^\'\\\n]{{2,60}})\'|(1\d{{9}}(?:\d{{3}})?)\b)'
    )
    for script in root.iter("script"):
        match = wanted.search((script.text or "")[:_SCRIPT_LIMIT])
        if match:
            return match[1] or match[2] or match[3]
    return ""


def _decoded(text: str) -> str:
    """A JavaScript string literal's value, with HTML that was escaped for it unescaped."""
    try:
        value = json.loads(f'"{_SHORT_ESCAPES.sub(lambda m: m[1], text)}"', strict=False)
    except ValueError:
        value = text
    value = str(value)
    return html.unescape(value) if "&lt;" in value else value


def _amount(text: str) -> int:
    return len(re.sub(r"<[^<>]{0,1000}>", "", text))


def _lines(text: str) -> tuple[str, ...]:
    root = parse(f"<html><body><div>{text}</div></body></html>")
    if root is None:
        return ()
    return tuple(line.text for line in scan(root).lines if not line.hidden)
