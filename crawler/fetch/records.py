"""The records between the command line and the crawl, all frozen; no behaviour.

sources.toml -> crawler.sources -> CrawlSource; command line -> FetchOptions; both go into
`crawler.fetch.fetch`, which hands out FetchProgress while it runs and a FetchReport at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field


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
