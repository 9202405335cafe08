"""Log lines of Scrapy that would be one a page: left out, since the store has it all and they cost CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response


class QuietLogFormatter(LogFormatter):
    """Says nothing of pages that went well."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """Nothing."""
        return None  # type: ignore[return-value]

    def scraped(self, item: Any, response: Any, spider: Spider) -> LogFormatterResult:
        """Nothing."""
        return None  # type: ignore[return-value]
