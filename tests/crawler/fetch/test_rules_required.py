"""Settings of Scrapy's users that would drop our rules are refused before anything is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawler.config import FetchOptions
from crawler.fetch.settings import NewsAddon, settings_for
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCHEDULER", "scrapy.core.scheduler.Scheduler"),
        ("TWISTED_DNS_RESOLVER", "scrapy.resolver.CachingThreadedResolver"),
        ("DOWNLOAD_HANDLERS", {"https": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"}),
    ],
)
def test_other_parts_that_the_rules_stand_on_are_refused_too(name: str, value: object) -> None:
    settings = settings_for(FetchOptions())
    settings.set(name, value, priority="cmdline")
    with pytest.raises(ConfigurationError, match=rf"{name}.* must be .*NewsAddon"):
        _require_rules(Crawler(NewsSpider, settings))


def test_the_addon_brings_the_rules_into_any_project_and_leaves_its_own_settings() -> None:
    theirs = {"DOWNLOADER_MIDDLEWARES": {"crawler.web.robots.RobotsMiddleware": None}, "BOT_NAME": "theirs"}
    settings = Settings(theirs)
    NewsAddon.update_pre_crawler_settings(settings)
    _require_rules(Crawler(NewsSpider, settings))
    assert settings["BOT_NAME"] == "theirs"


def test_nothing_is_loaded_of_what_a_crawl_leaves_out() -> None:
    code = """if True:
        import sys
        from crawler.config import FetchOptions
        from crawler.fetch.settings import settings_for
        for name in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"):
            settings_for(FetchOptions()).get_component_priority_dict_with_base(name)
        print({"aiohttp", "scrapy.downloadermiddlewares.cookies"} & sys.modules.keys())"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "set()\n"


def test_an_argument_that_the_spider_does_not_have_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"-a host=…: the spider takes hosts, revisit"):
        NewsSpider.from_crawler(Crawler(NewsSpider, settings_for(FetchOptions())), host="a.cn")
