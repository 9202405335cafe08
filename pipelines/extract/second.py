"""A second opinion on where the text is: trafilatura's, asked only where the first is in doubt."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING

import trafilatura
from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
_MOST_ELEMENTS = 20_000
"""trafilatura takes seconds on more; such a page keeps the first opinion."""


def second_opinion(root: HtmlElement) -> tuple[str, ...]:
    """The lines that trafilatura takes for the body; none where it finds nothing or gives up."""
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        return ()
    try:
        document = trafilatura.bare_extraction(
            copy.deepcopy(root), with_metadata=False, include_comments=False, include_tables=True
        )
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError, etree.LxmlError):
        return ()
    text = getattr(document, "text", None) or ""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
