"""Settings of Scrapy's users that would drop our rules are refused before anything is asked for."""

from __future__ import annotations

import pytest
from scrapy.crawler import Crawler

from crawler.config import FetchOptions
from crawler.fetch.settings import settings_for
from crawler.fetch.spider import NewsSpider, _require_rules
from pipelines.errors import ConfigurationError


@pytest.mark.parametrize(
    "left_out",
    [
        None,  # all: the dict is replaced
        ["crawler.web.robots.RobotsMiddleware"],
        ["crawler.web.throttle.TurnMiddleware", "crawler.web.removed.RemovedMiddleware"],
    ],
)
def test_middlewares_that_leave_a_rule_out_are_refused(left_out: list[str] | None) -> None:
    settings = settings_for(FetchOptions())
    _require_rules(Crawler(NewsSpider, settings))
    theirs = {} if left_out is None else settings.getdict("DOWNLOADER_MIDDLEWARES") | dict.fromkeys(left_out)
    settings.set("DOWNLOADER_MIDDLEWARES", theirs, priority="cmdline")
    with pytest.raises(ConfigurationError, match=r"DOWNLOADER_MIDDLEWARES lacks .*Middleware: add yours"):
        _require_rules(Crawler(NewsSpider, settings))
