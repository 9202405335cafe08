"""What other extractors make of the same pages: trafilatura, readability-lxml, newspaper4k where it is installed."""

from __future__ import annotations

from dataclasses import dataclass

import trafilatura
from lxml import html as lxml_html
from readability import Document


@dataclass(frozen=True, slots=True)
class Answer:
    """What one system says of one page."""

    text: str = ""
    title: str = ""
    day: str = ""
    credited_source: str = ""
    rejection: str = ""


def by_trafilatura(text: str) -> Answer:
    found = trafilatura.bare_extraction(text, with_metadata=True)
    if found is None:
        return Answer()
    return Answer(found.text or "", found.title or "", found.date or "")  # type: ignore[union-attr]


def by_readability(text: str) -> Answer:
    document = Document(text)
    try:
        body = lxml_html.fromstring(document.summary(html_partial=True))
    except (ValueError, TypeError):
        return Answer()
    return Answer("\n".join(map(str, body.itertext())), document.short_title())


def by_newspaper(text: str) -> Answer:
    import newspaper  # noqa: PLC0415  # optional

    article = newspaper.Article("https://page.example/1.html", language="zh", fetch_images=False)
    try:
        article.download(input_html=text)
        article.parse()
    except Exception as error:  # noqa: BLE001  # a peer that fails on a page has no text there
        print(f"{'':12} newspaper4k: {type(error).__name__}: {str(error)[:80]}")
        return Answer()
    day = article.publish_date.date().isoformat() if article.publish_date else ""
    return Answer(article.text or "", article.title or "", day)
