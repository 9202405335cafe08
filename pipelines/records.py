r"""The records that flow from stage to stage, all frozen; no behaviour, no imports of stages.

    Page --decode--> Decoded --extract--> Extracted --clean--> Story --sign--> Signed
                                                                  \\______ Reading ______/

A stage that finds that a page is not a piece of news returns a Rejection instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

DEFAULT_TIME_ZONE = "Asia/Shanghai"
"""Where a source has no zone of its own and neither its host nor its pages name another."""

StrippedKind = Literal[
    "contact",
    "copyright",
    "related",
    "share",
    "editor",
    "navigation",
    "advertisement",
    "comment",
    "caption",
    "original-title",
    "repeated",
    "hidden",
    "pinyin",
    "dropped",
]
"""What a piece that was taken out of a page is; `[stripped]` in report/words.toml has a label for each."""


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where a person says that things stand on a source's pages, each as CSS or XPath selectors.

    Of several the first that finds something counts; of `drop` each does.
    """

    body: tuple[str, ...] = ()
    """The text: all that readers see of what is found is read, in the order of the page."""
    title: tuple[str, ...] = ()
    """The headline."""
    date: tuple[str, ...] = ()
    """When it was published, in any form that is read elsewhere, with or without a label."""
    author: tuple[str, ...] = ()
    """Who wrote it, with or without a label."""
    credit: tuple[str, ...] = ()
    """The publication that the page names as its origin, with or without a label."""
    drop: tuple[str, ...] = ()
    """What is not the news: the page is read as though it were not there, once the fields above are found."""


@dataclass(frozen=True, slots=True)
class AddressWords:
    """What a person says of a source's addresses, as patterns (`pipelines.said`)."""

    articles: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What the stages may know of a publication (the crawl's own settings stay in crawler/)."""

    host: str
    name: str = ""
    time_zone: str = ""
    """In which its dates are meant; empty where its pages say it themselves (`DEFAULT_TIME_ZONE`)."""
    start_urls: tuple[str, ...] = ()
    language: str = ""
    """Of its pages, where they are too short to tell (BCP 47)."""
    furniture: frozenset[int] = frozenset()
    """Keys (`pipelines.furniture.line_key`) of lines learned to be boilerplate of this source."""
    read: Selectors = Selectors()
    """A person's word on where things stand on its pages."""
    kept_lines: frozenset[str] = frozenset()
    """Lines of the page that is read, or pieces that a rule takes out of one, that a person wants in it."""
    removed_lines: frozenset[str] = frozenset()
    """Lines of its text that a person wants out of it."""
    templates: tuple[Template, ...] = ()
    """What was learned of the make of its pages (`pipelines.templates`); none: every page is read whole."""
    paused: bool = False
    """Whether a person leaves it out of runs."""
    said: AddressWords = AddressWords()
    """A person's word on what its addresses lead to."""
    rejected: str = ""
    """Why a person says that the page that is read is no article; empty where nobody does."""


@dataclass(frozen=True, slots=True)
class Template:
    """How one kind of a source's pages is made: where the article stands and what stands around it.

    It has no word of any page: elements are keys (`pipelines.templates.outlines`) of tags, ids and classes.
    """

    key: int
    """64 bits, signed, of all that decides how a page is read by it."""
    container: int
    """The element that holds the article."""
    selector: str
    """The same for people: `div#main > div.content`."""
    passed: frozenset[int]
    """Elements that hold something of the article beside others; what is unknown in them stays."""
    cut: frozenset[int]
    """Elements around the article that never told anything."""
    origins: frozenset[tuple[str, str]]
    """Field and where its value stood (`""`: nowhere), as its pages have them."""
    titles: frozenset[int]
    """Keys of the titles of the pages that it was learned from."""
    least: int
    """Characters of the shortest text among these."""
    most: int
    most_linked: float
    """The greatest share of the article's element that was links."""
    is_used: bool = False
    """False: it is still being confirmed."""
    audit_one_in: int = 50
    """One page of so many is read whole too, to compare."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What one page that was read whole teaches of its template; keys as in Template."""

    container: int
    selector: str
    passed: tuple[int, ...]
    idle: tuple[int, ...]
    """The outermost elements that told nothing."""
    origins: tuple[tuple[str, str], ...]
    title: int
    characters: int
    linked: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """By which way a page was read, and what that tells of its source's templates."""

    way: Literal["whole", "template", "both"]
    """`both`: whole, and by the template to compare; what was read whole counts."""
    fetched_at: datetime
    """As in Page."""
    template: int | None = None
    """The key of the template that was tried; None where none fits the page's elements."""
    agrees: bool | None = None
    """Of `both`: whether the template says the same; of a page that was tried and given up: None."""
    differs: tuple[str, ...] = ()
    """Of `both`: the fields in which they do not say the same."""
    outline: Outline | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched response: the bytes untouched."""

    page_id: int
    source: str
    """The source's host, as in the sources file."""
    url: str
    """The URL asked for, in its one spelling (`pipelines.urls.canonical_url`)."""
    url_answered: str
    """The URL that answered, after redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Name (lower case) and value, in the order received."""
    body: bytes
    fetched_at: datetime
    """Aware, UTC."""
    announced_at: datetime | None = None
    """The earliest time that a feed or sitemap of the same host gave for this URL; aware, UTC."""
    announced_by: str = ""
    """feed, news sitemap, or sitemap, which says when a page was changed, not when it was published."""
    signals: tuple[Right, ...] = ()
    """What files of its host said about the use of this page when it was fetched."""
    led_from: tuple[str, ...] = ()
    """Addresses of its source that redirect to its own."""
    is_file: bool = False
    """It is no page: an article's file, whose text is searched with it."""

    def header(self, name: str) -> str | None:
        """The first value of a header, or None; `name` in lower case."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A URL that did not become a copy, with the stage and the reason."""

    url: str
    source: str
    stage: str
    """fetch, kind, decode, extract, clean, sign, join or archive."""
    reason: str
    """A short phrase a person understands, first words stable: `no text`, `list page`, ..."""
    page_id: int | None = None
    """The page of which this was found, where reading it came to that end (and no worker failed)."""
    lesson: Lesson | None = field(default=None, compare=False)
    """As in Reading."""


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file says that an article gives its readers."""

    url: str
    """In its one spelling, as in Attachment."""
    source: str
    text: str
    fetched_at: datetime
    """Aware, UTC."""
    page_id: int = 0


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text as a browser would decode it."""

    html: str
    encoding: str
    """The WHATWG/Python name of the encoding that was used, e.g. gb18030."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value read from a page, and where it stood."""

    value: str
    origin: str
    """`meta:NAME`, `json-ld`, `byline`, `heading`, `title element`, `url`, `trafilatura`, ..."""
    evidence: str = ""
    """The piece of the page it was read from, shortened to 200 characters."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A selector of the sources file that gave nothing on a page, which was read by rule instead."""

    key: str
    """Its key below `[source.read]`."""
    why: str
    """That it finds nothing, or that what it finds is no date (or name), with what it found."""


@dataclass(frozen=True, slots=True)
class Published:
    """When a page says it was published."""

    value: str
    """ISO 8601: a date (2023-09-27), or a time with its zone (2023-09-27T08:30:00+08:00)."""
    day: date
    """The day in the source's own zone."""
    origin: str
    evidence: str = ""
    earliest: date | None = None
    """For relative or partial dates: the first day they allow; None where the day is exact."""
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Stripped:
    """A piece of text that was taken out of a page."""

    kind: StrippedKind
    rule: str
    """The name of the rule that took it."""
    text: str


@dataclass(frozen=True, slots=True)
class Right:
    """What a notice on a page, or a signal of the page or its host, says about rights in it."""

    kind: str
    """reserved, reprint-needs-consent, reprint-with-credit, licence or takedown (removed on request); or a
    kind of signal (`pipelines.signals.KINDS`)."""
    holder: str = ""
    """Whom it names as the owner; empty where it names nobody."""
    contact: str = ""
    """For takedown: e-mail addresses, telephone numbers or an address, as written; empty where none."""
    evidence: str = ""
    """The notice, shortened to 300 characters."""
    value: str = ""
    """What a signal says: `1`, `ai-train=no`, the address of a licence; empty where its kind says all."""
    origin: str = "notice"
    """Where it stands: notice, meta, link, script, header, robots.txt or tdmrep.json."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A page's word about an address of its own (`canonical`, `shortlink`, …), or a `redirect` to it.

    Another host's is only kept.
    """

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article gives its readers."""

    url: str
    """In its one spelling."""
    name: str
    """As its link says, else the file's own."""
    type: str
    """Its ending: pdf, docx, xls, zip, ..."""
    bytes: int | None
    """As the page states it; None where it does not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Another page of its site to which a page leads."""

    address: int
    """The key of its URL (`pipelines.urls.address_key`)."""
    is_item: bool
    """Whether a headline with a text below it leads there."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What extraction found on a page, before cleaning."""

    lines: tuple[str, ...]
    """The body, a paragraph (or table row, list item, caption) a line, in page order."""
    title: Field | None
    published: Published | None
    author: Field | None
    editor: Field | None
    credited_source: Field | None
    site_name: Field | None
    language: Field | None
    claims: tuple[Claim, ...]
    stripped: tuple[Stripped, ...] = ()
    """What extraction itself left out on purpose (hidden text, bylines), for the account."""
    around: tuple[str, ...] = ()
    """Lines below the article's element that may be notices of rights or name its editor."""
    text_from: Field | None = None
    """Whose opinion the body is (page lines, trafilatura, scripts, sources file); its value is empty."""
    missed: tuple[Missed, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """The files that the article gives its readers, in page order."""
    shows: tuple[Shown, ...] = ()
    """Other pages of the site to which the part that was read leads."""


@dataclass(frozen=True, slots=True)
class Story:
    """A page read and cleaned: the news, and the account of what was taken out."""

    title: Field
    text: str
    """Paragraphs joined by a newline; nothing but the news."""
    language: str
    """BCP 47: zh-Hans, zh-Hant, en, ..., und where unknown."""
    published: Published | None
    author: Field | None
    editor: Field | None
    credited_source: Field | None
    site_name: Field | None
    claims: tuple[Claim, ...]
    stripped: tuple[Stripped, ...]
    rights: tuple[Right, ...] = ()
    dateline: Field | None = None
    """How the text opens where it has a dateline (新华社北京5月8日电); it stays in the text too."""
    text_from: Field | None = None
    """As in Extracted."""
    missed: tuple[Missed, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    shows: tuple[Shown, ...] = ()
    """As in Extracted."""


@dataclass(frozen=True, slots=True, eq=False)
class Signed:
    """What the join stage needs of a text; equal normalised texts give equal values."""

    node_id: int
    """64-bit signed, from the SHA-256 of the normalised text: one node a distinct text."""
    normalised: str
    shingles: npt.NDArray[np.uint64] = field(repr=False)
    """Sorted distinct 64-bit hashes of the text's shingles."""
    keys: npt.NDArray[np.int64] = field(repr=False)
    """Candidate keys: a deterministic sample of the shingles, signed for SQLite."""
    scheme: str
    """How `signature` was made, e.g. `affine32:128:char5`; two schemes are never compared."""
    signature: bytes = field(repr=False)
    """The MinHash values as datasketch serialises them in that scheme (little-endian)."""


MoneyRole = Literal[
    "investment",
    "completed",
    "contract",
    "capital",
    "revenue",
    "output",
    "tax",
    "profit",
    "trade",
    "financing",
    "subsidy",
    "fine",
    "price",
    "part",
]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a text names, and where."""

    kind: Literal["region", "park", "company", "money"]
    name: str
    """As the text has it: `text[start:end]`."""
    start: int
    end: int
    code: str | None = None
    """Of a region, GB/T 2260; of a park or company, that of the region its name begins with."""
    value: float | None = None
    """Of an amount of money: how many units."""
    unit: str | None = None
    """Of an amount of money: CNY, USD, EUR, JPY, HKD, TWD, GBP or KRW (ISO 4217)."""
    role: MoneyRole | None = None
    """What an amount of money is said to be; `part` of another one; None where its clause does not say."""
    role_words: str | None = None
    """The words that say so."""
    entity: str | None = None
    """The one name of a region, park or company, however texts write it; None of an amount of money."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one page, ready for the archive."""

    page_id: int
    url: str
    url_answered: str
    source: str
    status: int
    fetched_at: datetime
    encoding: str
    story: Story
    signed: Signed = field(compare=False)
    edge_lines: tuple[int, ...] = ()
    """Keys of the lines at the page's edges before cleaning (`pipelines.furniture.edge_lines`)."""
    furniture_used: tuple[int, ...] = ()
    """Those of them that cleaning treated as furniture."""
    mentions: tuple[Mention, ...] = ()
    """What the text names, by position (`pipelines.places`)."""
    announced_at: datetime | None = None
    """As in Page."""
    announced_by: str = ""
    lesson: Lesson | None = field(default=None, compare=False)
    """How it was read; no part of what the page says."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reading says in the fields that an analyst quotes, to compare two readings of a page."""

    title: str
    text: str
    published: str | None
    author: str | None
    credited_source: str | None
    language: str
    stripped: tuple[str, ...]
    """The stripped pieces, each as `kind: text`."""


@dataclass(frozen=True, slots=True)
class CrawlSource:
    """One publication we may crawl, as the sources file has it. Host, name and one start URL suffice."""

    host: str
    """With the port where it is not the scheme's own: `www.example.cn`, `news.example.cn:8080`."""
    name: str
    """What the publication calls itself; shown beside everything taken from it."""
    start_urls: tuple[str, ...]
    """Where a reader would begin: the home page or the news lists; feeds and sitemaps are found."""
    every_s: float = 6 * 3600.0
    """How often `crawl --due` takes it."""
    allow_private: bool = False
    """True lets this source's own host:port, and no other, be private or loopback."""
    delay_s: float = 1.0
    """Least time between two requests to this host; robots.txt may ask for more, never for less."""
    include_subdomains: bool = False
    """True makes the hosts below this one part of the source."""
    time_zone: str = ""
    """In which the dates on its pages are meant; without, in the zone they state or their country's."""
    language: str = ""
    """In which its pages are written (`de`, `zh-Hant`), where a text is too short to tell."""
    allowed_paths: tuple[str, ...] = ()
    """Path prefixes (`/news/`) that may be fetched; empty: all."""
    articles: tuple[str, ...] = ()
    """Patterns of addresses that are articles, whatever their pages look like: `/news/*.html`."""
    lists: tuple[str, ...] = ()
    """Patterns of addresses that are lists: their links are followed, and they are never archived."""
    deny: tuple[str, ...] = ()
    """Patterns of addresses that are not asked for."""
    max_depth: int = 12
    """Links away from a start URL; pagination counts as one, however long."""
    max_list_pages: int = 2000
    """List pages fetched in one run: the bound of calendars and other endless lists."""
    max_pages: int | None = 20_000
    """Pages fetched in one run: what one request a second brings in the six hours between two runs."""
    tls: str = "strict"
    """"weak" takes certificates that cannot be verified and TLS 1.0 from this source: a recorded choice."""
    meta_robots: str = "obey"
    """Which of its pages' wishes not to be kept (`noindex`, `noarchive`) are obeyed: "obey" both, "noindex"
    that alone, "ignore" neither, nor `nofollow`."""
    terms: str = ""
    """What allows it to obey less, such as "licence of 2026-03-01"; stored with each page that it is for."""
    respect: tuple[str, ...] = ()
    """Signals about rights that keep a page out: `tdm-reservation`, `ai-train`, `noai`, `rsl` …"""
    render: bool = False
    """True draws its pages in a browser before they are read (docs/how-to/pages-that-need-a-browser.md)."""
    attachments: bool = False
    """True fetches the PDF, DOCX and XLSX files of its articles, whose texts are searched with them."""
    paused: bool = False
    """True leaves it out of runs (`sources pause`); what is archived of it stays."""
    read: Selectors = Selectors()
    """A table of selectors, where its pages are read wrongly (docs/how-to/mend-a-source.md)."""

    @property
    def said(self) -> AddressWords:
        """What the sources file says of its addresses."""
        return AddressWords(self.articles, self.lists, self.deny)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one run did at one source."""

    host: str
    fetched: int = 0
    """Responses with a body that were stored: articles, lists, feeds and sitemaps."""
    articles: int = 0
    """Those of them that may be articles and go on to extraction."""
    unchanged: int = 0
    """304, or the same bytes as before."""
    failed: int = 0
    """URLs given up: HTTP errors, timeouts, too large, redirects that leave the source."""
    refused: int = 0
    """URLs that robots.txt or a standing removal forbids."""
    gone: int = 0
    """Known articles that answer 404 or 410 now."""
    found: int = 0
    """URLs never seen before this run."""
    down: bool = False
    """Not one answer came from this host."""
    last_error: str = ""
    left_early: str = ""
    """Why not all of it was gone through: a budget, a host that asked for rest; empty where all was."""
    left: int = 0
    """URLs that wait for a later run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun(SourceRun):
    """The same of a run that has ended, with what came of its pages."""

    run_id: int
    started_at: datetime
    new: int = 0
    """Pages read for the first time."""
    undated: int = 0
    rejected: int = 0
    """Pages that were fetched and found to be no news."""
    stopped: bool = False
    """It was asked to stop before it had fetched all: the rest waits for the next run."""
