"""Which elements of a page its readers never saw: by attribute, inline style or inline style sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem"
    r"|%)?\s*(?:;|$|!)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}(?:\.\d+)?(?:px"
    r"|em|rem|pt)?"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|clip\s*:\s*rect\(\s*0|transform\s*:\s*scale\(0\)",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"(?<![-\w])(width|height)\s*:\s*[01](?:px|em|rem|pt|%)?\s*(?:;|$|!)", re.IGNORECASE)
_CLIPPED = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_DECLARATIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"display\s*:\s*none",
        r"visibility\s*:",
        r"font-size\s*:\s*0",
        r"text-indent\s*:\s*-",
        r"opacity\s*:\s*0",
    )
)
"""What to look for in a style sheet first: each starts with a literal, so the search is fast."""
_AWAY = re.compile(r":\s*-\d{3,}")
_BLOCK_END = re.compile(r"\}\s*\}")
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]{0,9})?([.#])([\w-]{1,60})$", re.IGNORECASE)
_STYLE_LIMIT = 200_000


def invisible_style(style: str) -> bool:
    """Whether the declarations of a style keep an element's text from being seen."""
    if _INVISIBLE.search(style):
        return True
    sizes = {match[1].lower() for match in _NO_SIZE.finditer(style)}
    return bool(sizes) and (len(sizes) == 2 or bool(_CLIPPED.search(style)))


def hiding_names(root: HtmlElement) -> frozenset[str]:
    """The classes (`.name`) and ids (`#name`) that the page's own style sheets hide."""
    found: set[str] = set()
    for sheet in root.iter("style"):
        css = (sheet.text or "")[:_STYLE_LIMIT]
        rules = {
            _rule_at(css, match.start())
            for pattern in (*_DECLARATIONS, _AWAY)
            for match in pattern.finditer(css)
        }
        unseen = _media_spans(css) if rules else ()
        for selector, body, end in rules:
            if not any(begin <= selector < stop for begin, stop in unseen) and invisible_style(css[body:end]):
                found.update(_simple_names(css[selector : body - 1]))
    return frozenset(found)


def hides(attributes: Mapping[str, str], names: frozenset[str]) -> bool:
    """Whether an element with these attributes is hidden; `names` as `hiding_names` gave them."""
    if "hidden" in attributes and attributes["hidden"].lower() != "until-found":
        return True
    style = attributes.get("style")
    if style and invisible_style(style):
        return True
    if not names:
        return False
    if f"#{attributes.get('id')}" in names:
        return True
    return any(f".{name}" in names for name in attributes.get("class", "").split())


def _rule_at(css: str, position: int) -> tuple[int, int, int]:
    """Where the rule around a position has its selector's start, its body's start and its end."""
    body = css.rfind("{", max(0, position - 4000), position) + 1
    selector = max(css.rfind(mark, max(0, body - 2000), max(0, body - 1)) for mark in "{};") + 1
    end = css.find("}", position, position + 4000)
    return selector, body, end if end >= 0 else len(css)


def _media_spans(css: str) -> list[tuple[int, int]]:
    """Where the rules for print or small screens stand: they say nothing about what a reader saw."""
    spans = []
    for match in re.finditer("@media", css):
        stop = _BLOCK_END.search(css, match.start())
        spans.append((match.start(), stop.end() if stop else len(css)))
    return spans


def _simple_names(selectors: str) -> set[str]:
    matches = (_SIMPLE.match(selector.strip()) for selector in selectors.split(","))
    return {match[1] + match[2] for match in matches if match}
