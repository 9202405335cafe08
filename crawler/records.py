"""The records between the command line and the crawl, all frozen; no behaviour.

sources.toml -> crawler.sources -> CrawlSource; command line -> FetchOptions; both go into
`crawler.fetch.fetch`, which hands out FetchProgress while it runs and a FetchReport at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.records import DEFAULT_TIME_ZONE

DEFAULT_USER_AGENT = "parknews/0.1"
"""What we call ourselves; the contact, where set, follows in brackets."""


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
    time_zone: str = DEFAULT_TIME_ZONE
    """In which the dates on its pages are meant."""
    allowed_paths: tuple[str, ...] = ()
    """Path prefixes (`/news/`) that may be fetched; empty: all."""
    max_depth: int = 12
    """Links away from a start URL; pagination counts as one, however long."""
    max_list_pages: int = 2000
    """List pages fetched in one run: the bound of calendars and other endless lists."""
    max_pages: int | None = 20_000
    """Pages fetched in one run: what one request a second brings in the six hours between two runs."""
    tls: str = "strict"
    """"weak" takes certificates that cannot be verified and TLS 1.0 from this source: a recorded choice."""
    render: bool = False
    """True draws its pages in a browser before they are read (docs/how-to/pages-that-need-a-browser.md)."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How one run fetches."""

    revisit: bool = False
    """Ask again, conditionally, for articles that are known."""
    backlog_max: int = 400
    """Pages that wait for ingest before fetching pauses (400 x 40 KB stored = 16 MB to re-read)."""
    user_agent: str = DEFAULT_USER_AGENT
    contact: str = ""
    """An address or URL at which a site's owner reaches the operator; part of the user agent."""
    concurrency: int = 16
    """Requests in flight, all hosts together."""
    per_host: int = 4
    """Requests in flight to one host:port, where its delay is 0; with a delay there is one at a time."""
    max_pages: int | None = None
    """Pages fetched in this run, all sources together; None: no bound."""
    timeout_s: float = 30.0
    """From a request's start to its last byte."""
    max_body_bytes: int = 8 * 1024 * 1024
    retries: int = 3
    """Further tries of a URL in one run after a timeout, a reset, 429, 500, 502, 503 or 504."""
    retry_base_s: float = 2.0
    """The first wait before a retry; it doubles (plus jitter). Retry-After, where sent, is kept to."""
    retry_max_s: float = 120.0
    """A URL that would have to wait longer is left for a later run."""
    time_limit_s: float | None = None
    """After this long nothing more is asked for; what is in flight is finished. None: no bound."""
    disk_floor_bytes: int = 0
    """The run ends before less than this is free beside the store."""
    runtime: str = ""
    """The folder in which processes share each host's pace; empty: each keeps its own."""
    browser: str = ""
    """The executable that draws the pages of sources with `render`; empty: Chromium, where PATH has it."""
    browser_sandbox: str = ""
    """"off" starts it without its sandbox, "on" insists on it; empty: on, but for root, which cannot."""
    log_level: str = "INFO"


@dataclass(frozen=True, slots=True)
class SourceCounts:
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


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far the run is; handed to `on_progress` about once a second."""

    fetched: int
    unchanged: int
    failed: int
    refused: int
    queued: int
    """Known URLs still to be fetched."""
    pending: int
    """Stored pages that wait for ingest."""
    elapsed_s: float
    host: str = ""
    """The source of the page that came last."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What one run fetched, source by source."""

    sources: tuple[SourceCounts, ...] = field(default_factory=tuple)
    stopped: bool = False
    """Ended by SIGTERM, SIGINT, `stop` or a budget before the frontier was empty."""
    in_a_hurry: bool = False
    """By a signal, `stop`, a full disk or the time limit: what was fetched is read by the next run."""
    all_down: bool = False
    """There were sources and not one of them answered."""
    left: int = 0
    """URLs that wait in the frontier for a later run."""
    elapsed_s: float = 0.0

    @property
    def fetched(self) -> int:
        """Pages stored in this run, all sources together."""
        return sum(counts.fetched for counts in self.sources)

    @property
    def unchanged(self) -> int:
        """Pages asked for again that had not changed."""
        return sum(counts.unchanged for counts in self.sources)

    @property
    def failed(self) -> int:
        """URLs given up."""
        return sum(counts.failed for counts in self.sources)
