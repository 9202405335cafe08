"""One run of the crawl: fetch what the frontier holds of some sources into the crawl store.

It knows the store and the network, not the archive. Call it once a process and in the main thread:
a Twisted reactor cannot be started twice, and signals reach the main thread only.
"""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.config import full_user_agent
from crawler.fetch import settings as defaults
from crawler.fetch.spider import NewsSpider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.config import FetchOptions
    from crawler.fetch.records import FetchProgress, FetchReport
    from pipelines.pages.records import CrawlSource
    from pipelines.store import CrawlStore


def fetch(
    sources: Sequence[CrawlSource],
    store: CrawlStore,
    options: FetchOptions,
    *,
    is_blocked: Callable[[str], bool] | None = None,
    on_progress: Callable[[FetchProgress], None] | None = None,
    stop: threading.Event | None = None,
) -> FetchReport:
    """Fetch until nothing of these sources waits any more; SIGTERM, SIGINT or `stop` end it cleanly.

    Args:
        sources: what to crawl.
        store: where pages go; somebody has to drain it unless `options.backlog_max` is 0.
        options: how.
        is_blocked: whether a URL (in its one spelling) was removed for good; asked before it is
            queued, before it is fetched and for redirect targets.
        on_progress: called about once a second, in this thread.
        stop: set from any thread to end the run.

    Raises:
        StorageError: the store could not be written; what was committed is safe.
    """
    process = AsyncCrawlerProcess(_settings(options))
    crawler = process.create_crawler(NewsSpider)
    process.crawl(
        crawler,
        sources=sources,
        store=store,
        options=options,
        is_blocked=is_blocked,
        on_progress=on_progress,
        stop=stop,
    )
    with _signals_given_back() as ours:
        process.start(install_signal_handlers=ours)
    spider = crawler.spider
    if not isinstance(spider, NewsSpider):
        raise RuntimeError("the crawl did not start; the log says why")  # noqa: TRY004 (no type of ours)
    if spider.fatal is not None:
        raise spider.fatal
    return spider.report()


@contextmanager
def _signals_given_back() -> Iterator[bool]:
    """Whether signals may be handled here; what handled them before does so again afterwards.

    Scrapy leaves its handlers behind, which speak to a reactor that has ended: nobody could stop
    what the caller does next.
    """
    if threading.current_thread() is not threading.main_thread():
        yield False
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield True
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _settings(options: FetchOptions) -> Settings:
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    settings.setdict(
        {
            "USER_AGENT": full_user_agent(options.user_agent, options.contact),
            "CONCURRENT_REQUESTS": options.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
            "DOWNLOAD_TIMEOUT": options.timeout_s,
            "DOWNLOAD_MAXSIZE": options.max_body_bytes,
            "LOG_LEVEL": options.log_level,
            "PARKNEWS_DRAIN": False,  # whoever calls fetch drains
            "LOG_INSTALL_ROOT_HANDLER": False,  # the command line has its own
        },
        priority="cmdline",
    )
    for name in ("scrapy", "twisted", "asyncio", "filelock"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(options.log_level)))
    return settings
