"""A person's selectors in, CSS or XPath; what they find on a page out, in the order of the page.

CSS is read as in Scrapy's shell, `::text` and `::attr(NAME)` included. What begins with `/`, `./` or `(`, or
with a function that gives text or elements (`string(//h1)`), is XPath 1.0, with EXSLT's `re:test`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.html import HtmlElement

_XPATH = re.compile(
    r"\.{0,2}/|\(|(?:string|normalize-space|concat|substring(?:-before|-after)?|translate|id|re:replace)\("
)
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_NOTHING = etree.fromstring("<html><body/></html>")


def found(root: HtmlElement, selectors: Sequence[str]) -> list[HtmlElement | str]:
    """Elements and texts that the first of the selectors to find any finds; empty texts are none.

    Raises:
        ValueError: one that cannot be asked, at all or of this page; the message says why.
    """
    return next((things for selector in selectors if (things := _found(root, selector))), [])


def all_found(root: HtmlElement, selectors: Sequence[str]) -> Iterator[HtmlElement]:
    """The elements that any of the selectors finds; raises ValueError as `found`."""
    for selector in selectors:
        yield from (thing for thing in _found(root, selector) if not isinstance(thing, str))


@lru_cache(maxsize=1000)
def compiled(selector: str) -> etree.XPath:
    """The selector, ready to be asked.

    Raises:
        ValueError: it is neither CSS nor XPath, or gives no pieces of a page; the message says so.
    """
    is_xpath = _XPATH.match(selector) is not None
    try:
        path = etree.XPath(selector if is_xpath else _from_css(selector), namespaces=_NAMESPACES)
        answer = path(_NOTHING)
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"must be {'an XPath' if is_xpath else 'a CSS'} selector ({error})") from None
    if not isinstance(answer, (list, str)):
        raise ValueError("must be a selector of elements or text")  # noqa: TRY004  # one kind for all
    return path


def _from_css(selector: str) -> str:
    from parsel.csstranslator import HTMLTranslator  # noqa: PLC0415  # 40 ms; few sources have selectors

    return HTMLTranslator().css_to_xpath(selector)


def _found(root: HtmlElement, selector: str) -> list[HtmlElement | str]:
    try:
        answer: Any = compiled(selector)(root)
    except etree.XPathError as error:
        raise ValueError(f"{selector!r} cannot be asked ({error})") from None
    things = [answer] if isinstance(answer, str) else answer
    return [
        str(thing) if isinstance(thing, str) else thing
        for thing in things
        if (thing.strip() if isinstance(thing, str) else isinstance(thing.tag, str))
    ]
