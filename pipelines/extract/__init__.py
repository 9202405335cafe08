"""A decoded page in; its body's lines, title, date, names and claims out, or why it is not news.

Where the text stands has two opinions (decision 0006): a vote of the page's own lines (`container`) comes
first on Chinese pages, trafilatura on all others. The other one is asked where the first is in doubt, and
before a page is refused as a list or as empty; the text that scripts carry is the third. A person's word in
the sources file (`selected`) stands above them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import py3langid
from lxml.html import HtmlElement

from pipelines.dates import Moment, zone_of
from pipelines.extract.attachments import find_attachments
from pipelines.extract.body import (
    Body,
    notices_below,
    own_text,
    read_body,
    reconsidered,
    scripted_body,
    taken_over,
    text_below,
)
from pipelines.extract.byline import read_byline
from pipelines.extract.container import Choice, choose_element
from pipelines.extract.credit import find_credited_source
from pipelines.extract.kind import LEAST_TEXT, not_news
from pipelines.extract.listing import read_listing, shown_pages
from pipelines.extract.metadata import base_of, read_claims, read_metadata
from pipelines.extract.people import find_author, find_editor
from pipelines.extract.published import find_published
from pipelines.extract.scan import Scan, cut_short, is_inside, parse_page, scan, shown_without_scripts
from pipelines.extract.selected import Selected, select, with_kept
from pipelines.extract.title import find_site_name, find_title, scripted_title
from pipelines.extract.trust import trusted
from pipelines.extract.view import View
from pipelines.normalise import is_traditional
from pipelines.records import (
    DEFAULT_TIME_ZONE,
    Attachment,
    Decoded,
    Extracted,
    Field,
    Page,
    Rejection,
    Source,
)
from pipelines.said import word_on
from pipelines.scripts import count_letters, script_of

_LANGUAGE_OF = {"Hangul": "ko", "Kana": "ja"}
_SAMPLE, _LATIN_SAMPLE = 1500, 400
"""Characters that tell the language; of 212 texts of benchmarks/corpus.py py3langid says the same by 300."""
_WITHOUT_TEXT = ("no text", "script page", "list page: headlines with links, no prose")
"""Reasons for which a page is read again with what it shows only without scripts."""
_NAMES_ARTICLES = ("feed", "news sitemap")
"""What names articles only; other sitemaps name lists too."""
_OWN, _OWN_CHINESE = 0.5, 0.8
"""The share of a second opinion that must be prose of its own: articles of five languages that were taken for
lists have .59 and more, most lists next to none, Chinese ones up to .76 (`benchmarks/corpus.py`)."""

_RIGHT_BELOW = 6
"""Lines below a title, its byline among them, in which a notice without text shows what it has instead."""
_MOST_ALONE = 5
"""Files of a notice without text; a page that leads to more is a list of downloads."""
_FAR_TITLE = 20
"""Lines between a title and its text, at most."""

__all__ = ["extract"]


def extract(decoded: Decoded, page: Page, source: Source) -> Extracted | Rejection:
    """What the page says, field by field, each with where it stood; or why it is not a piece of news."""
    root = parse_page(decoded.html)
    if root is None:
        return Rejection(page.url, page.source, "extract", "no text: no element in the page")
    return extract_whole(root, decoded, page, source)[0]


def extract_whole(
    root: HtmlElement, decoded: Decoded, page: Page, source: Source
) -> tuple[Extracted | Rejection, Found | None]:
    """The same of a page that is parsed already, and where on it was found; None where scripts held it."""
    selected = select(root, source.read)
    result, found = extract_shown(root, decoded, page, source, selected)
    if (
        isinstance(result, Rejection)
        and result.reason.startswith(_WITHOUT_TEXT)
        and shown_without_scripts(root)
    ):
        again, _ = extract_shown(root, decoded, page, source, selected)
        if isinstance(again, Extracted) and again.published:  # what asks for scripts has no day
            return again, None
    return result, found


class Found(NamedTuple):
    """Where on a page its article was found."""

    scan: Scan
    title_line: int | None
    choice: Choice


def extract_shown(
    root: HtmlElement,
    decoded: Decoded,
    page: Page,
    source: Source,
    selected: Selected,
    within: HtmlElement | None = None,
) -> tuple[Extracted | Rejection, Found | None]:
    """What the tree shows and its scripts carry, and where that was found; None where scripts held it.

    A Rejection, at a third of the cost, where the article stands elsewhere than `within` an element.
    """
    scanned = scan(root)
    metadata = read_metadata(root, scanned.authors)
    title, title_line = find_title(scanned.lines, metadata)
    title_line = selected.line_of_title(scanned.lines, title_line)
    trust, url = trusted(scanned, title_line), page.url_answered
    view = View(root, scanned, metadata, title_line, trust, url, base_of(root, url))
    body = selected.text(root)
    is_said = word_on(page.url, source.said) is not None  # what is said to be none does not come here
    choice = selected.choice(scanned) if body else _chosen(view, is_said=is_said)
    if within is not None and (choice is None or not is_inside(scanned.elements[choice.node], within)):
        return Rejection(page.url, page.source, "extract", "no text: it stands in another element"), None
    is_chinese = _is_chinese(scanned, choice)
    refusal, items, is_declared_list = None, frozenset[str](), False
    if body is None:
        listing = read_listing(view, is_named=page.announced_by in _NAMES_ARTICLES)
        items, is_declared_list = listing.items, listing.declared > 0
        refusal = (
            None
            if is_said and choice is not None and choice.prose >= LEAST_TEXT
            else not_news(view, choice, listing)
        )
    is_overruled = False
    if refusal:
        body = None if refusal.is_final else scripted_body(root, metadata)
        if body is None and refusal.may_be_doubted and title_line is not None:
            is_overruled = True
            body = _overruling(view, is_chinese=is_chinese, is_declared_list=is_declared_list)
    elif body is None:
        assert choice is not None  # or there were a refusal
        body = read_body(view, choice)
        over = None if is_chinese else taken_over(body, choice, view)
        if over is None and choice.is_doubtful:
            over = reconsidered(body, text_below(scanned, trust, title_line), root, metadata)
        body = over or body
    if body and source.kept_lines:
        body = with_kept(body, scanned.lines, source.kept_lines)
    byline = read_byline(view, choice)
    language = (_language("\n".join(body.lines)) if body else None) or _language_of(source)
    moment = _moment(root, page, source, language)
    published = selected.published(moment) or find_published(view, byline, moment)
    files = find_attachments(view, _place(choice, title_line))
    if refusal and (body is None or (is_overruled and not published)):
        is_dated = published is not None
        if other := _instead_of_text(scanned, title_line, choice, files, is_dated=is_dated):
            return Rejection(page.url, page.source, "kind", other), None
        limit = cut_short(decoded.html, root, scanned) if refusal.stage == "extract" else ""
        reason = f"no text: {limit}" if limit else refusal.reason
        return Rejection(page.url, page.source, refusal.stage, reason + selected.without_body()), None
    assert body is not None
    title = scripted_title(title, root) if refusal else title
    extracted = Extracted(
        lines=body.lines,
        title=selected.title() or title,
        published=published,
        author=selected.author() or find_author(byline, metadata),
        editor=find_editor(byline, metadata),
        credited_source=selected.credited_source()
        or find_credited_source(view, byline, body.lines, is_scripted=refusal is not None),
        site_name=find_site_name(metadata),
        language=language,
        claims=read_claims(root, metadata, url),
        stripped=(*selected.dropped, *body.stripped),
        around=notices_below(scanned, choice) if choice else (),
        text_from=Field("", body.origin, body.evidence),
        missed=tuple(selected.missed),
        attachments=files,
        shows=shown_pages(view, items),
    )
    return extracted, Found(scanned, title_line, choice) if choice and not refusal else None


def _chosen(view: View, *, is_said: bool) -> Choice | None:
    """The article's element; all below the title where there is none and a person says that it is one."""
    choice = choose_element(view)
    if not is_said or (choice is not None and choice.prose >= LEAST_TEXT):
        return choice
    first = min(view.below_title, max(len(view.lines) - 1, 0))
    return Choice(0, first, len(view.lines), 1.0, sum(line.amount for line in view.lines[first:]))


def _overruling(view: View, *, is_chinese: bool, is_declared_list: bool) -> Body | None:
    """The text that overrules a doubt; on a page that calls itself a list it must read like one."""
    body = own_text(view.root, view.scan, _OWN_CHINESE if is_chinese else _OWN)
    return body if body or is_declared_list else text_below(view.scan, view.trust, view.title_line)


def _place(choice: Choice | None, title_line: int | None) -> range:
    """Where the article's lines are, from below its title on; none of them where it has no text."""
    if choice is None or choice.prose < LEAST_TEXT:
        start = 0 if title_line is None else title_line + 1
        return range(start, start + _RIGHT_BELOW)
    is_headed = title_line is not None and 0 <= choice.first - title_line <= _FAR_TITLE
    return range(title_line + 1 if title_line is not None and is_headed else choice.first, choice.last)


def _instead_of_text(
    scanned: Scan,
    title_line: int | None,
    choice: Choice | None,
    files: Sequence[Attachment],
    *,
    is_dated: bool,
) -> str:
    """The reason for a page with a headline that has its files or its images where others have a text."""
    if title_line is None or (choice is not None and choice.prose >= LEAST_TEXT):
        return ""
    if 0 < len(files) <= _MOST_ALONE:
        return "attachment page: its text is in a file"
    shown = any(title_line < place <= title_line + _RIGHT_BELOW for place in scanned.pictures)
    return "gallery page: images without text" if shown and is_dated else ""


def _is_chinese(scanned: Scan, choice: Choice | None) -> bool:
    """Whether what may be the article is written in Chinese."""
    lines = scanned.lines[choice.first : choice.last] if choice else scanned.lines
    text = "".join(line.plain for line in lines)
    return script_of(text)[0] == "Han"


def _moment(root: HtmlElement, page: Page, source: Source, language: Field | None) -> Moment:
    """How dates are read: in the source's zone, else a Chinese page in China's and others as they state them.

    Templates leave a foreign language in their tags; of a Chinese page only the host's domain is believed.
    """
    if source.time_zone:
        return Moment(page.fetched_at, source.time_zone)
    chinese = language is not None and language.value.startswith("zh")
    tag = "" if chinese else root.get("lang") or (language.value if language else "")
    zone = zone_of(urlsplit(page.url_answered).hostname or "", tag) or DEFAULT_TIME_ZONE
    return Moment(page.fetched_at, zone, as_stated=not chinese)


def _language_of(source: Source) -> Field | None:
    return Field(source.language, "sources file") if source.language else None


def _language(text: str) -> Field | None:
    """The BCP 47 language of a text (zh-Hans, en, …), by its script, else by py3langid; None where short."""
    sample = text[:_SAMPLE]
    letters = count_letters(sample)
    if letters < 10:
        return None
    script, count = script_of(sample)
    if script:
        code = _LANGUAGE_OF.get(script) or ("zh-Hant" if is_traditional(sample) else "zh-Hans")
        return Field(code, "script", f"{count} of {letters} letters are {script}")
    code, _ = py3langid.classify(sample[:_LATIN_SAMPLE])
    return Field(str(code), "py3langid", sample[:100])
