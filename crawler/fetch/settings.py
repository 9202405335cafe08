"""Scrapy's settings, the same for `parknews crawl` and `scrapy crawl news`; each differs for a reason.

`parknews crawl` overrides what the user asked for (concurrency, timeouts, agent); `scrapy crawl`
reads the rest from the environment, as the command line does.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.settings import BaseSettings, Settings

from crawler.config import FetchOptions, full_user_agent, read_settings

_DEFAULTS = FetchOptions()
_OURS = read_settings(os.environ)

BOT_NAME = "parknews"
SPIDER_MODULES = ["crawler.fetch"]
NEWSPIDER_MODULE = "crawler.fetch"
USER_AGENT = full_user_agent(_OURS.user_agent, _OURS.contact)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

PARKNEWS_DB = str(_OURS.db)
PARKNEWS_SOURCES = str(_OURS.sources)
PARKNEWS_CONTACT = _OURS.contact
PARKNEWS_SIGNING_KEY = str(_OURS.signing_key or "")
PARKNEWS_SIGNING_AGENT = _OURS.signing_agent
PARKNEWS_RUNTIME = str(_OURS.runtime)
PARKNEWS_BROWSER = _OURS.browser
PARKNEWS_BROWSER_SANDBOX = _OURS.browser_sandbox
PARKNEWS_BACKLOG_MAX = _DEFAULTS.backlog_max
PARKNEWS_DRAIN = True
"""`scrapy crawl news` archives what it fetches; false leaves the pages in the crawl store."""

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_HANDLERS = {"https": "crawler.web.tls.HttpsHandler"}
TWISTED_DNS_RESOLVER = "crawler.web.addresses.GuardedResolver"
LOG_FORMATTER = "crawler.fetch.settings.QuietLogFormatter"

# Ours come first; of Scrapy's own those stay that we have no better one for. The rest is off:
# robots, retries, redirects and offsite rules are in the frontier; a proxy would resolve names
# behind the back of our address rules; cookies would make pages personal.
DOWNLOADER_MIDDLEWARES = {
    "crawler.fetch.looking.ToldMiddleware": 10,
    "crawler.web.addresses.AddressMiddleware": 50,
    "crawler.web.robots.RobotsMiddleware": 100,
    "crawler.drawing.render.RenderMiddleware": 900,  # drawn once its own place at its host is free again
    "crawler.web.throttle.TurnMiddleware": 950,
    "crawler.web.signing.SigningMiddleware": 980,  # once the moment has come at which it leaves
    "crawler.web.removed.RemovedMiddleware": 990,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
EXTENSIONS = {
    "crawler.fetch.looking.LookExtension": 0,
    "crawler.runs.run.RunExtension": 0,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
}

ROBOTSTXT_OBEY = False  # obeyed by crawler.web.robots, which does not leak
REDIRECT_ENABLED = False
RETRY_ENABLED = False
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False
HTTPPROXY_ENABLED = False
REFERER_ENABLED = False
REFERRER_POLICY = "no-referrer"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
AUTOTHROTTLE_ENABLED = False  # crawler.web.throttle keeps one clock a host:port
STATS_DUMP = False
FEED_EXPORT_ENCODING = "utf-8"  # Scrapy would write \u4e2d for each Chinese character

DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = _DEFAULTS.max_body_bytes
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = _DEFAULTS.timeout_s
DOWNLOAD_FAIL_ON_DATALOSS = True
DNS_TIMEOUT = 20
CONCURRENT_REQUESTS = _DEFAULTS.concurrency
CONCURRENT_REQUESTS_PER_DOMAIN = _DEFAULTS.concurrency  # the scheduler's clocks bound each host
DOWNLOAD_DELAY = 0
WARN_ON_GENERATOR_RETURN_VALUE = False
LOG_LEVEL = _DEFAULTS.log_level


def settings_for(options: FetchOptions) -> Settings:
    """These settings with what the user of `parknews crawl` asked for."""
    settings = Settings()
    settings.setmodule(__name__, priority="project")
    settings.setdict(
        {
            "USER_AGENT": full_user_agent(options.user_agent, options.contact),
            "PARKNEWS_SIGNING_KEY": options.signing_key,
            "PARKNEWS_SIGNING_AGENT": options.signing_agent,
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
    for name in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"):
        # Scrapy loads what it is told to leave out, should it be named twice: remote control brings aiohttp
        named = settings.getwithbase(name).items()
        settings.set(name, {part: place for part, place in named if place is not None}, "cmdline")
        settings.set(f"{name}_BASE", {}, "cmdline")
    for name in ("scrapy", "twisted", "asyncio", "filelock"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(options.log_level)))
    return settings


class NewsAddon:
    """Our rules and our spider in a Scrapy project of one's own: `ADDONS = {"…settings.NewsAddon": 0}`.

    What that project sets stays, but for what our rules stand on; its components stand beside ours.
    """

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Before anything is made of them."""
        for name, ours in globals().items():
            if not name.isupper() or name.startswith("_"):
                continue
            given = settings.get(name)
            if isinstance(ours, dict) and name != "DEFAULT_REQUEST_HEADERS":
                settings.set(name, {**dict(given or {}), **ours}, priority="project")
            elif name == "SPIDER_MODULES":
                settings.set(name, [*(given or ()), *ours], priority="project")
            elif name in _STOOD_ON:
                settings.set(name, ours, priority="project")
            else:
                settings.set(name, ours, priority="addon")


_STOOD_ON = ("TWISTED_REACTOR", "TWISTED_DNS_RESOLVER")


class QuietLogFormatter(LogFormatter):
    """Says nothing of pages that went well: the store has it all, and a line a page costs CPU."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """Nothing."""
        return None  # type: ignore[return-value]

    def scraped(self, item: Any, response: Any, spider: Spider) -> LogFormatterResult:
        """Nothing."""
        return None  # type: ignore[return-value]
