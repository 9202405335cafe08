"""The whole path of a page, every stage named once: read this file first.

    Page -> decode -> extract (by a template of its source, or whole) -> clean -> sign, find mentions
         -> Reading -> (one writer) join -> archive

An article's file (`attached`) is a Page too, and becomes a FileText beside the copies that link to it.

`read_page` is a pure function of its arguments, so it runs in any process or on any machine.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.attached import read_file
from pipelines.clean import clean
from pipelines.decode import decode
from pipelines.furniture import edge_lines, furniture_on
from pipelines.places import find_mentions
from pipelines.records import Claim, FileText, Page, Reading, Rejection, Source
from pipelines.said import word_on
from pipelines.sign import sign
from pipelines.signals import page_signals
from pipelines.templates.reading import read


def read_stored(page: Page, source: Source) -> Reading | FileText | Rejection:
    """What a stored page says, or an article's file."""
    return read_file(page) if page.is_file else read_page(page, source)


def read_page(page: Page, source: Source) -> Reading | Rejection:
    """What one page says, cleaned and signed; or why it is not a piece of news."""
    if source.rejected:
        return Rejection(page.url, page.source, "kind", source.rejected)
    said = word_on(page.url, source.said)
    if said and said.kind != "article":
        return Rejection(page.url, page.source, "kind", said.reason)
    decoded = decode(page)
    if isinstance(decoded, Rejection):
        return decoded
    extracted, lesson = read(decoded, page, source)
    if isinstance(extracted, Rejection):
        return replace(extracted, lesson=lesson)
    used = furniture_on(extracted.lines, source.furniture)
    story = clean(extracted, page, replace(source, furniture=used))
    if isinstance(story, Rejection) and used:
        story = clean(extracted, page, replace(source, furniture=frozenset()))  # it never takes a whole text
    if isinstance(story, Rejection):
        return replace(story, lesson=lesson)
    signals = (*page.signals, *page_signals(page.headers, decoded.html))
    claims = (*story.claims, *(Claim("redirect", url) for url in page.led_from))
    story = replace(story, rights=(*story.rights, *signals), claims=claims)
    if said:  # what it shows of others speaks for a list, and a person has spoken
        story = replace(story, shows=())
    return Reading(
        page_id=page.page_id,
        url=page.url,
        url_answered=page.url_answered,
        source=page.source,
        status=page.status,
        fetched_at=page.fetched_at,
        encoding=decoded.encoding,
        story=story,
        signed=sign(story.text),
        edge_lines=edge_lines(extracted.lines),
        furniture_used=tuple(sorted(used)),
        mentions=find_mentions(story.text),
        announced_at=page.announced_at,
        announced_by=page.announced_by,
        lesson=lesson,
    )
