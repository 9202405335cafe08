"""A look at sites before they become sources: a short crawl by the usual rules, its store thrown away.

In: sources as they might be. Out: one Survey each: what was found, and a few articles as they would be
read. Each look runs in a process of its own, since a reactor starts only once.
"""

from __future__ import annotations

import multiprocessing
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.config import FetchOptions
from crawler.drawing.chromium import lacking
from crawler.sources import stage_source
from crawler.web.removed import Removed
from crawler.web.robots import authority_of, read_policy
from pipelines.archive import Archive
from pipelines.archive.file import reader
from pipelines.archive.read.sources import read_rejections
from pipelines.dates import zone_of
from pipelines.decode import decode
from pipelines.pages.html import read_html
from pipelines.records import DEFAULT_TIME_ZONE, CrawlSource, Decoded, Page, Reading, Rejection
from pipelines.stages import read_page
from pipelines.store import CrawlStore, temporary_folder
from pipelines.urls import canonical_url, host_of
from pipelines.utc import now_utc
from pipelines.words import pattern

PAGES = 20
"""Pages fetched of one site: half a minute at one a second."""
_LISTS = 6
_SAMPLES = 8
"""Articles read for the preview."""
_SHELL_MAX_CHARS = 60
_SHELL_MAX_LINKS = 5
"""A shell has a name, a line that says to turn scripts on, and at most the links of its foot."""
_LEAVES = re.compile(r"redirect leaves the source: (\S+)")
_TITLE = re.compile(r"(?is)<title[^<>]*>(.*?)(?:</title>|\Z)")
_META = re.compile(r"(?i)<meta\b[^>]{1,1000}>")
_SITE_NAME = re.compile(r"""(?i)\b(?:property|name)\s*=\s*["']?(?:og:site_name|application-name)\b""")
_CONTENT = re.compile(r"""(?is)\bcontent\s*=\s*(["'])(.{2,100}?)\1""")
_ADDRESS = re.compile(r"(?i)(?:https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?/?|[\d.:]+)")
_NAME_MAX = 40
_LANGUAGE = re.compile(r"""(?is)<html[^>]{0,500}\blang=["']?([a-z]{2}(?:[-_][a-z0-9]{2,8})*)""")
_HOUR = timedelta(hours=1)
_PARTS = re.compile(
    r"\s*[_|｜—–―>»《》，：]+\s*|\s+[-:·•,]+\s+"
    r"|(?<=[\u3400-\u9fff])\s*[-:·,]+\s*|\s*[-:·,]+\s*(?=[\u3400-\u9fff])"
)
"""A hyphen within a Latin name is part of it."""
_SITE_WORDS = pattern("{title.site}", as_written=True)
_NO_NAME = pattern("^{title.no_name}$", as_written=True)


@dataclass(frozen=True, slots=True)
class Sample:
    """One article as it would be archived."""

    url: str
    title: str
    published: str | None
    characters: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What a short crawl found at one site."""

    source: CrawlSource
    """As it would be written, its name read from the site."""
    encoding: str
    robots: str
    """What its robots.txt answered: `HTTP 200`, `HTTP 404: none`, ..."""
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    lists: tuple[str, ...]
    articles: tuple[Sample, ...]
    rejected: int
    """Pages that looked like articles and could not be read as such."""
    problem: str
    """Why nothing can be taken from it; empty where something can."""
    listlike: int = 0
    """Those of these pages that are lists."""
    announced: Mapping[str, int] = field(default_factory=dict)
    """feed, sitemap → the posts that it names, as far as this short look read them."""
    known: int = 0
    """Addresses that the first run would ask for, as far as they are known."""
    delay_s: float = 0.0
    """Between two requests: the source's own, or what its robots.txt asks for."""
    moved_to: str = ""
    """The host that it sends us to."""

    @property
    def judged(self) -> int:
        """Pages that were read for the preview."""
        return len(self.articles) + self.rejected

    @property
    def first_run_s(self) -> float:
        """How long the first run takes at the least."""
        return self.known * self.delay_s


def survey(
    sources: Sequence[CrawlSource], options: FetchOptions, archive_path: Path | None = None
) -> list[Survey]:
    """Look at sites; one that sends us to another host is looked at there.

    Args:
        sources: sites as they might be sources.
        options: how they are fetched.
        archive_path: whose removals are heeded; it need not exist.

    Raises:
        StorageError: the temporary folder cannot be written.
    """
    lack = lacking(options.browser, options.browser_sandbox) if any(s.render for s in sources) else ""
    blind = [s for s in sources if lack and s.render]
    found = (
        _look([s for s in sources if s not in blind], options, archive_path)
        if len(blind) < len(sources)
        else []
    )
    found += [_unseen(source, f"render = true, and {lack}") for source in blind]
    found.sort(key=lambda survey: sources.index(survey.source) if survey.source in sources else 0)
    names = {s.host: s.name for s in sources if s.name != s.host}
    moved = {s.source.host: _moved(s, names.get(s.source.host, s.moved_to)) for s in found if s.moved_to}
    again = {s.source.host: s for s in (_look(list(moved.values()), options, archive_path) if moved else [])}
    return [again.get(moved[s.source.host].host, s) if s.moved_to else s for s in found]


def _moved(found: Survey, name: str) -> CrawlSource:
    old = urlsplit(found.source.start_urls[0])
    start = old._replace(netloc=found.moved_to).geturl()
    return replace(found.source, host=found.moved_to, name=name, start_urls=(start,))


def _look(sources: Sequence[CrawlSource], options: FetchOptions, archive_path: Path | None) -> list[Survey]:
    short = [replace(s, max_pages=PAGES, max_list_pages=_LISTS) for s in sources]
    with temporary_folder() as folder:
        path = folder / "survey-pages.db"
        child = multiprocessing.get_context("spawn").Process(
            target=_fetch, args=(short, path, options, archive_path)
        )
        child.start()
        child.join()
        with CrawlStore(path) as store:
            pages = store.pages.take(PAGES * len(sources) + 1, 0)
            return [
                _survey(store, s, [page for page in pages if page.source == s.host], options) for s in sources
            ]


def _fetch(
    sources: Sequence[CrawlSource], path: Path, options: FetchOptions, archive_path: Path | None
) -> None:
    from crawler.fetch.spider import fetch  # noqa: PLC0415  # in the child only

    with closing(Removed(archive_path or path.with_name("no archive"))) as removed, CrawlStore(path) as store:
        fetch(sources, store, replace(options, backlog_max=0, retries=1), is_blocked=removed.blocks)


def _survey(store: CrawlStore, source: CrawlSource, pages: list[Page], options: FetchOptions) -> Survey:
    addresses = store.frontier.addresses(source.host)
    start = store.pages.latest(canonical_url(source.start_urls[0]))
    decoded = decode(start) if start is not None else None
    html, encoding = (decoded.html, decoded.encoding) if isinstance(decoded, Decoded) else ("", "")
    read = _as_archived(store, source, pages[: 2 * _SAMPLES])
    samples = [_sample(reading) for reading in read if isinstance(reading, Reading)]
    moved = [m[1] for _, kind, _, why in addresses if kind == "start" and (m := _LEAVES.match(why))]
    language = source.language or _written_in(read)
    zone = source.time_zone or _zone(source.host, html, language, read)
    source = replace(source, time_zone=zone, language=language)
    robots = {host_of(place): status for place, status in store.sources.robots_statuses().items()}
    asked = [state for _, _, state, why in addresses if state in ("done", "queued") and not why]
    return Survey(
        source=_named(source, html, pages, read),
        encoding=encoding,
        robots=_robots(robots.get(source.host)),
        feeds=_done(addresses, "feed"),
        sitemaps=_done(addresses, "sitemap"),
        lists=tuple(url for url, kind, _, _ in addresses if kind in ("list", "more", "tag"))[:_LISTS],
        articles=tuple(samples[:_SAMPLES]),
        rejected=sum(isinstance(reading, Rejection) for reading in read),
        problem="" if samples else _problem(addresses, read) + _hint(source, start, pages),
        moved_to=moved[0] if moved else "",
        listlike=sum(isinstance(one, Rejection) and one.reason.startswith("list page") for one in read),
        announced=store.pages.announced(source.host),
        known=len(asked),
        delay_s=max(source.delay_s, _asked_delay_s(store, source, options)),
    )


def _asked_delay_s(store: CrawlStore, source: CrawlSource, options: FetchOptions) -> float:
    """What its robots.txt asks for between two requests."""
    stored = store.sources.robots(authority_of(canonical_url(source.start_urls[0])))
    return read_policy(stored, options.user_agent.partition("/")[0]).delay_s if stored else 0.0


def _as_archived(store: CrawlStore, source: CrawlSource, pages: Sequence[Page]) -> list[Reading | Rejection]:
    """What an archive would make of some pages: a page is known as a list by those that it leads to, too."""
    path = store.path.with_name(f"survey-{pages[0].page_id}.db") if pages else store.path
    read = [read_page(page, stage_source(source)) for page in pages]
    readings = [one for one in read if isinstance(one, Reading)]
    if not readings:
        return read
    with Archive(path) as archive:
        archive.put_sources([stage_source(source)])
        archive.ingest(readings, now_utc())
    with reader(path) as connection:
        lists = read_rejections(connection)
    reasons = [lists.get(one.url, "") if isinstance(one, Reading) else "" for one in read]
    return [
        Rejection(one.url, one.source, "kind", why) if why else one
        for one, why in zip(read, reasons, strict=True)
    ]


def _done(addresses: list[tuple[str, str, str, str]], wanted: str) -> tuple[str, ...]:
    return tuple(url for url, kind, state, _ in addresses if kind == wanted and state == "done")


def _problem(addresses: list[tuple[str, str, str, str]], read: list[Reading | Rejection]) -> str:
    for reading in read:
        if isinstance(reading, Rejection):
            return f"no article could be read ({reading.reason})"
    why = next((why for _, _, _, why in addresses if why), "")
    return (
        f"nothing could be fetched ({why})" if why else "no article was found; name a list page of its news"
    )


def _hint(source: CrawlSource, start: Page | None, pages: list[Page]) -> str:
    """What to try where its pages are empty before their scripts have run."""
    looked = [page for page in (start, *pages) if page is not None]
    if source.render or not any(_is_shell(page) for page in looked):
        return ""
    return "; its pages are empty until their scripts have run: try it with --render (render = true)"


def _is_shell(page: Page) -> bool:
    """Whether a page has scripts and next to nothing that a reader or a crawler could use."""
    leads = read_html(page.body, page.url_answered, dict(page.headers).get("content-type", ""))
    empty = leads.shape.prose_chars < _SHELL_MAX_CHARS and len(leads.anchors) < _SHELL_MAX_LINKS
    return empty and b"<script" in page.body.lower()


def _unseen(source: CrawlSource, why: str) -> Survey:
    return Survey(source, "", "not asked", (), (), (), (), 0, why)


def _robots(status: int | None) -> str:
    if status is None:
        return "unreachable: nothing may be fetched"
    return f"HTTP {status}" + (": none" if 400 <= status < 500 else "")


def _named(
    source: CrawlSource, html: str, pages: Sequence[Page], read: Sequence[Reading | Rejection]
) -> CrawlSource:
    """The source with the name that its pages give the site, where it has none of its own."""
    name = source.name if source.name != source.host else site_name(html, pages, read)
    return replace(source, name=name or source.host)


def site_name(html: str, pages: Sequence[Page], read: Sequence[Reading | Rejection]) -> str:
    """What a site calls itself: og:site_name; the part of its start page's title that other titles have too.

    A title without such a part has a name and a motto: the name sounds like one, or stands first. A page
    without a title is named by who owns its texts.
    """
    tags = (unescape(tag) for tag in _META.findall(html))
    said = next((m[2].strip() for tag in tags if _SITE_NAME.search(tag) and (m := _CONTENT.search(tag))), "")
    if _is_name(said):
        return said
    parts = [part for part in _parts(html) if _is_name(part) and not _NO_NAME.match(part)]
    elsewhere = Counter(part for page in pages for part in set(_parts(_head(page))))
    if parts:
        return max(parts, key=lambda part: (elsewhere[part] > 1, bool(_SITE_WORDS.search(part))))
    stories = (reading.story for reading in read if isinstance(reading, Reading))
    owners = Counter(right.holder for story in stories for right in story.rights if _is_name(right.holder))
    return owners.most_common(1)[0][0] if owners else ""


def _parts(html: str) -> list[str]:
    title = _TITLE.search(html)
    return [part.strip() for part in _PARTS.split(" ".join(unescape(title[1]).split()))] if title else []


def _is_name(text: str) -> bool:
    """Whether a text may name a site: a line, and neither an address nor a number."""
    is_short = text.isprintable() and 1 < len(text) <= _NAME_MAX
    return is_short and any(map(str.isalpha, text)) and not _ADDRESS.fullmatch(text)


def _head(page: Page) -> str:
    decoded = decode(page)
    return decoded.html if isinstance(decoded, Decoded) else ""


def _written_in(read: Sequence[Reading | Rejection]) -> str:
    """The language of most articles."""
    stories = (reading.story for reading in read if isinstance(reading, Reading))
    languages = Counter(story.language for story in stories if story.language not in ("", "und"))
    return languages.most_common(1)[0][0] if languages else ""


def _zone(host: str, html: str, language: str, read: Sequence[Reading | Rejection]) -> str:
    """The zone of the site's country where its articles' offsets fit, or else their own; empty for the usual.

    An offset of zero says nothing: many systems write UTC wherever they stand.
    """
    tag = _LANGUAGE.search(html)
    stated = tag[1] if tag and not language.startswith("zh") else language
    stories = [reading.story for reading in read if isinstance(reading, Reading)]
    stamps = [story.published.value for story in stories if story.published]
    moments = [m for stamp in stamps if "T" in stamp and (m := datetime.fromisoformat(stamp)).utcoffset()]
    offsets = {moment.utcoffset() for moment in moments}
    zone = zone_of(host, stated)
    fits = zone and all(m.astimezone(ZoneInfo(zone)).utcoffset() == m.utcoffset() for m in moments)
    hours = next(iter(offsets)) if len(offsets) == 1 else None
    if not fits and hours and not hours % _HOUR:
        zone = f"Etc/GMT{-hours // _HOUR:+d}"
    usual = datetime.now(ZoneInfo(DEFAULT_TIME_ZONE)).utcoffset()
    return "" if zone == DEFAULT_TIME_ZONE or (zone.startswith("Etc/") and hours == usual) else zone


def _sample(reading: Reading) -> Sample:
    story = reading.story
    day = story.published.day.isoformat() if story.published else None
    return Sample(reading.url, story.title.value, day, len(story.text))
