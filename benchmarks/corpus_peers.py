"""What other extractors make of the same pages, given our decoding.

trafilatura (as it comes and with favor_precision) and readability-lxml; newspaper4k and magic-html where
they are installed (`pip install newspaper4k magic-html`: they are no dependencies of ours).
"""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING

import trafilatura
from lxml import html as lxml_html

from benchmarks.corpus_sets import Answer

if TYPE_CHECKING:
    from collections.abc import Callable


def peers() -> dict[str, Callable[[str], Answer]]:
    """The readers that are installed, by name."""
    found: dict[str, Callable[[str], Answer]] = {
        "trafilatura": partial(_by_trafilatura, precision=False),
        "trafilatura precision": partial(_by_trafilatura, precision=True),
    }
    for module, name, read in (
        ("readability", "readability-lxml", _by_readability),
        ("newspaper", "newspaper4k", _by_newspaper),
        ("magic_html", "magic-html", _by_magic),
    ):
        if importlib.util.find_spec(module):
            found[name] = read
    return found


def _by_trafilatura(html: str, *, precision: bool) -> Answer:
    found = trafilatura.bare_extraction(html, with_metadata=True, favor_precision=precision)
    if found is None:
        return Answer()
    return Answer(found.text or "", found.title or "", found.date or "", author=found.author or "")  # type: ignore[union-attr]


def _by_readability(html: str) -> Answer:
    from readability import Document  # noqa: PLC0415  # optional

    document = Document(html)
    return Answer(_text(document.summary(html_partial=True)), document.short_title())


def _by_newspaper(html: str) -> Answer:
    import newspaper  # noqa: PLC0415  # optional

    article = newspaper.Article("https://page.example/1.html", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    day = article.publish_date.date().isoformat() if article.publish_date else ""
    return Answer(article.text or "", article.title or "", day, author="; ".join(article.authors))


def _by_magic(html: str) -> Answer:
    from magic_html import GeneralExtractor  # noqa: PLC0415  # optional

    found = GeneralExtractor().extract(html, base_url="https://page.example/1.html")
    return Answer(_text(found["html"]), found.get("title") or "")


def _text(html: str) -> str:
    try:
        return "\n".join(map(str, lxml_html.fromstring(html).itertext()))
    except (ValueError, TypeError):
        return ""
