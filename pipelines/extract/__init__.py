"""A decoded page in; its body's lines, title, date, names and claims out, or why it is not news.

The first opinion on where the text is comes from a vote of the page's own lines (`container`), which is
right more often than trafilatura on Chinese news and costs a fifth of it; trafilatura is the second
opinion where the vote is in doubt, and the text that scripts carry the third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.dates import Moment, read_date
from pipelines.extract.body import Body, notices_below, read_body
from pipelines.extract.byline import Byline, Place, read_byline
from pipelines.extract.container import choose, weigh
from pipelines.extract.credit import credit_of_dateline
from pipelines.extract.embedded import embedded_body, embedded_value
from pipelines.extract.kind import LEAST_TEXT, not_news
from pipelines.extract.language import find_language
from pipelines.extract.metadata import Metadata, read_claims, read_metadata
from pipelines.extract.part import size
from pipelines.extract.scan import MOST_LINES, scan
from pipelines.extract.second import second_opinion
from pipelines.extract.site_name import may_be_site, normal, site_suffix
from pipelines.extract.title import find_title
from pipelines.extract.tree import cut_short, parse
from pipelines.extract.trust import trusted
from pipelines.publishers import normalise_publisher
from pipelines.records import Decoded, Extracted, Field, Page, Rejection, Source

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from pipelines.extract.container import Choice
    from pipelines.extract.scan import Scan

_DOUBT_SCORE = 40.0
"""A vote with fewer characters of prose than this is in doubt."""
_SCRIPT_DATES = (
    "newsTime|publishTime|publish_time|publishDate|publish_date|pubTime|pubDate|pub_time|publishedAt|published_at"
    "|releaseTime|release_time|datePublished|ptime|createTime|create_time|ct"
)
_SCRIPT_SOURCES = "source|sourceName|source_name|newsSource|mediaName|media_name|origin"
_SCRIPT_TITLES = "title|articleTitle|article_title|newsTitle|news_title|headline|subject"
_LEAST_TITLE = 6
_DOUBT_SHARE = 0.5
"""So is one that holds less than this share of the page's prose."""

__all__ = ["extract"]


def extract(decoded: Decoded, page: Page, source: Source) -> Extracted | Rejection:
    """What the page says, field by field, each with where it stood; or why it is not a piece of news."""
    root = parse(decoded.html)
    if root is None:
        return Rejection(page.url, page.source, "extract", "no text: no element in the page")
    lines = scan(root)
    metadata = read_metadata(root, lines.authors)
    title, title_line = find_title(lines.lines, metadata)
    trust = trusted(lines, title_line)
    choice = choose(lines, weigh(lines, trust), title_line)
    scripted = False
    reason = not_news(root, lines, choice, metadata.title_element, page.url_answered, digest=trust.digest)
    body = read_body(lines, choice, trust, title_line) if choice and not reason else Body((), ())
    if reason or choice is None or _in_doubt(choice):
        other = _other_body(root, metadata, body, reason)
        if other is None:
            return _rejection(page, reason or "no text: no prose", _limit(decoded, root, lines))
        scripted = bool(reason) or choice is None
        body = body._replace(lines=other)
    place = Place(title_line, choice.first, choice.last) if choice else Place(title_line, 0, 0)
    moment = Moment(page.fetched_at, source.time_zone)
    byline = read_byline(root, lines, place, metadata, moment, page.url_answered)
    if scripted or byline.published is None:
        byline = _scripted(byline, root, moment, names_too=scripted)
    if byline.credited_source is None:
        byline = byline._replace(credited_source=credit_of_dateline(body.lines))
    if scripted:
        title = _scripted_title(title, root)
    around = notices_below(lines, choice) if choice else ()
    return _extracted(body, title, byline, metadata, root, page, around)


def _extracted(
    body: Body,
    title: Field | None,
    byline: Byline,
    metadata: Metadata,
    root: HtmlElement,
    page: Page,
    around: tuple[str, ...],
) -> Extracted:
    return Extracted(
        lines=body.lines,
        title=title,
        published=byline.published,
        author=byline.author,
        editor=byline.editor,
        credited_source=byline.credited_source,
        site_name=_site_name(metadata),
        language=find_language("\n".join(body.lines)),
        claims=read_claims(root, metadata, page.url_answered),
        stripped=body.stripped,
        around=around,
    )


def _scripted(byline: Byline, root: HtmlElement, moment: Moment, *, names_too: bool) -> Byline:
    """The byline with what scripts say: an undated page's date; the source too where they hold the text."""
    published, credited = byline.published, byline.credited_source
    if published is None and (value := embedded_value(root, _SCRIPT_DATES)):
        published = read_date(value, moment, "script")
    named = embedded_value(root, _SCRIPT_SOURCES) if names_too and credited is None else ""
    name = normalise_publisher(named)
    if 2 <= len(name) <= 30:
        credited = Field(name, "script", name)
    return byline._replace(published=published, credited_source=credited)


def _scripted_title(title: Field | None, root: HtmlElement) -> Field | None:
    """The title that the scripts give, where the page's head says no more than the site's name."""
    if title and not (
        title.origin == "title element"
        and (len(normal(title.value)) < _LEAST_TITLE or may_be_site(title.value))
    ):
        return title
    named = embedded_value(root, _SCRIPT_TITLES)
    return Field(named, "script", named) if len(normal(named)) >= _LEAST_TITLE else title


def _rejection(page: Page, reason: str, limit: str) -> Rejection:
    if not reason.startswith("no text"):
        return Rejection(page.url, page.source, "kind", reason)
    return Rejection(page.url, page.source, "extract", f"no text: {limit}" if limit else reason)


def _limit(decoded: Decoded, root: HtmlElement, lines: Scan) -> str:
    """Which limit kept the rest of the page from being read; empty where it was read whole."""
    if len(lines.lines) >= MOST_LINES:
        return f"only its first {MOST_LINES:,} lines were read"
    return cut_short(decoded.html, root)


def _in_doubt(choice: Choice) -> bool:
    return choice.prose < _DOUBT_SCORE or choice.share < _DOUBT_SHARE


def _other_body(
    root: HtmlElement, metadata: Metadata, body: Body, reason: str | None
) -> tuple[str, ...] | None:
    """The body after a second and a third opinion; None where none of them finds one."""
    if reason and reason.startswith(("list page", "search page", "not found page")):
        return None
    embedded = embedded_body(root, metadata)
    if _amount(embedded) > max(2 * _amount(body.lines), 60.0 if reason else 100.0):
        return embedded
    if reason:
        return None
    return _vote(body.lines, second_opinion(root))


def _vote(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """The first opinion, unless the second holds all of it and much more, or the first is next to nothing."""
    held = {normal(line) for line in second}
    shared = sum(size(line) for line in first if normal(line) in held)
    if _amount(first) < LEAST_TEXT or (
        shared >= 0.8 * _amount(first) and _amount(second) > 3 * _amount(first)
    ):
        return second or first
    return first


def _amount(lines: tuple[str, ...]) -> float:
    return sum(map(size, lines))


def _site_name(metadata: Metadata) -> Field | None:
    named = metadata.first("og:site_name", "application-name", "sitename", "site_name")
    if named and len(named[1]) <= 60:
        return Field(named[1], f"meta:{named[0]}", named[1])
    publisher = metadata.linked("publisher", "name")
    if publisher:
        return Field(publisher, "json-ld", publisher)
    suffix = site_suffix(metadata.title_element)
    return Field(suffix, "title element", metadata.title_element[:200]) if suffix else None
