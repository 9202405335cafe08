"""A page's text in, one lxml tree out, whatever the page does: NUL, XML declarations, endless nesting."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAX_CHARACTERS = 8_000_000


def parse(text: str) -> lxml_html.HtmlElement | None:
    """The root element without comments and processing instructions; None where there is no element.

    `huge_tree` lets unclosed tags nest 2,048 deep (256 otherwise, which loses real pages' text); what
    nests deeper is dropped by libxml2.
    """
    text = _XML_DECLARATION.sub("", text[:_MAX_CHARACTERS].replace("\0", ""))
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root
