"""A page's text in, one lxml tree out, whatever the page does: NUL, XML declarations, endless nesting."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAX_CHARACTERS = 8_000_000
_MAX_DEPTH = 2_048
"""libxml2's own, with `huge_tree`."""
_NEAR_DEPTH = 8


def parse(text: str) -> lxml_html.HtmlElement | None:
    """The root element without comments and processing instructions; None where there is no element.

    `huge_tree` lets unclosed tags nest 2,048 deep (256 otherwise, which loses real pages' text); what
    nests deeper is dropped by libxml2. `cut_short` tells whether that, or the length, cost text.
    """
    text = _XML_DECLARATION.sub("", text[:_MAX_CHARACTERS].replace("\0", ""))
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root


def cut_short(text: str, root: lxml_html.HtmlElement) -> str:
    """Which limit of ours a page went over, in words; empty where all of it was read."""
    if len(text) > _MAX_CHARACTERS:
        return f"only its first {_MAX_CHARACTERS:,} characters were read"
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return f"its elements nest deeper than {_MAX_DEPTH:,}" if deepest >= _MAX_DEPTH - _NEAR_DEPTH else ""
