"""`scrapy crawl news` as a whole run: the lock, the run record and draining, as a Scrapy extension.

`parknews crawl` brings these itself (crawler/runs/run.py) and turns the extension off.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import run_in_thread

from crawler.fetch.spider import NewsSpider
from crawler.runs.run import Draining, begin_run, end_run, run_lock
from pipelines.workers import WorkerOptions

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler


class RunExtension:
    """Drains into PARKNEWS_DB while the spider fetches; the run ends when both are done."""

    def __init__(self, archive_path: Path) -> None:
        self._archive_path = archive_path
        self._held = ExitStack()
        self._held.enter_context(run_lock(archive_path))
        self._started = time.monotonic()
        self._stop = threading.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunExtension:
        """Off where PARKNEWS_DRAIN is false.

        Raises:
            NotConfigured: somebody else drains.
            LockedError: another run writes to the archive.
        """
        if not crawler.settings.getbool("PARKNEWS_DRAIN"):
            raise NotConfigured
        extension = cls(Path(crawler.settings["PARKNEWS_DB"]))
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self, spider: Spider) -> None:
        """Opens the run record and starts draining."""
        assert isinstance(spider, NewsSpider)
        self._run_id = begin_run(self._archive_path, spider.sources)
        self._draining = Draining(
            self._archive_path, spider.store, spider.sources, WorkerOptions(), self._stop
        )
        self._draining.start()

    async def closed(self, spider: Spider) -> None:
        """Waits until every stored page is archived, and closes the run record."""
        assert isinstance(spider, NewsSpider)
        try:
            report = spider.report()
            await run_in_thread(partial(self._draining.finish, in_a_hurry=report.in_a_hurry))
            elapsed_s = time.monotonic() - self._started
            end_run(self._archive_path, self._run_id, report, self._draining.total, elapsed_s)
        finally:
            self._held.close()
