"""One Chromium for a run, and one page at a time in it: HTML in, the document as its scripts leave it out.

The browser has no way to any network: its names lead nowhere, its proxy does not exist, and whatever a
page asks for is answered here, by `Fetch`, which is the crawler's own downloader with all its rules
(docs/decisions/0011-a-browser-without-a-network.md). What that does not answer, the page does not get.
This module and page.py alone know Playwright; they are imported only where a source has `render = true`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from scrapy import Request
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.drawing.page import CRASHED, DRAW_S, HANGS, DrawnPage
from crawler.drawing.sheet import BrowserStartError, Drawn, Fetch, Sheet

if TYPE_CHECKING:
    from playwright.async_api import Request as Asked
    from scrapy.crawler import Crawler

_LAST_S = DRAW_S + 30.0
"""Nothing outlasts this, whatever the browser does."""
CLOSE_S = 5.0
PAGES_AT_ONCE = 2
"""The browser, its driver and two pages of the test site took 590 MB together (proportional set size)."""
_HEAP_MB = 512

ISOLATION = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older versions
    "--disable-quic",
    "--dns-prefetch-disable",
    f"--js-flags=--max-old-space-size={_HEAP_MB}",
)
"""No name has an address, no packet goes around the proxy: tests/crawler/drawing/test_hostile_pages.py."""
_NO_PROXY_THERE = "http://nowhere.invalid:9"
"""Literal addresses and loopback go to the proxy as well, and it is not there."""


class Browser:
    """Draws pages; started by the crawl's engine, closed with it."""

    def __init__(self, crawler: Crawler, executable: str, *, sandbox: bool) -> None:
        logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)  # what goes wrong is a rejection
        self._handler = ScrapyPlaywrightDownloadHandler.from_crawler(crawler)
        self._handler.config.launch_options = {
            "executable_path": executable,
            "args": list(ISOLATION),
            "proxy": {"server": _NO_PROXY_THERE},
            "chromium_sandbox": sandbox,
            "handle_sigint": False,  # the crawl finishes what is in flight, and closes the browser itself
            "handle_sigterm": False,
            "handle_sighup": False,
        }
        self._handler.config.target_closed_max_retries = 0
        self._handler.config.download_timeout_secs = 1.0  # there are no downloads to wait for
        self._handler.abort_request = _always  # its own way to the network; ours stands before it
        self._numbers = itertools.count()
        self._room = asyncio.Semaphore(PAGES_AT_ONCE)

    @property
    def version(self) -> str:
        """Its name and number, once it has started."""
        browser = getattr(self._handler, "browser", None)
        return f"Chromium {browser.version}" if browser is not None else "Chromium"

    async def draw(self, sheet: Sheet, fetch: Fetch) -> Drawn:
        """A page as its scripts leave it.

        Raises:
            DrawingError: it hangs, crashes, or is not done in time.
            BrowserStartError: there is no browser to draw it.
        """
        async with self._room:
            drawing = DrawnPage(sheet, fetch)
            name = f"page-{next(self._numbers)}"
            try:
                async with asyncio.timeout(_LAST_S):
                    await self._handler.download_request(_navigation(name, sheet, drawing))
            except TimeoutError:
                drawing.mind(HANGS)
            except PlaywrightError as error:
                if "BrowserType.launch" in str(error):
                    raise BrowserStartError(_first_line(error)) from error
                drawing.mind(CRASHED if _is_end(error) else _first_line(error))
            finally:
                drawing.over = True
                await self._close(name)
            return drawing.drawn

    async def close(self) -> None:
        """End the browser, whatever state it is in."""
        with contextlib.suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(2 * CLOSE_S):
                await self._handler.close()

    async def _close(self, name: str) -> None:
        """Away with a page and all that it left behind; with the browser where it holds on to it."""
        wrapper = self._handler.context_wrappers.get(name)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await wrapper.context.close()
        except PlaywrightError:
            pass  # the browser has ended, and the context with it
        except TimeoutError:
            with contextlib.suppress(TimeoutError, PlaywrightError):
                async with asyncio.timeout(CLOSE_S):
                    await self._handler.browser.close()
        self._handler.context_wrappers.pop(name, None)


def _navigation(name: str, sheet: Sheet, drawing: DrawnPage) -> Request:
    """The request by which scrapy-playwright opens a page in a profile of its own, which nothing outlives."""
    context = {
        "user_agent": sheet.user_agent,
        "locale": "zh-CN",
        "timezone_id": sheet.time_zone,
        "viewport": {"width": 1280, "height": 4000},  # what is drawn only once it is seen is seen
        "service_workers": "block",
        "accept_downloads": False,
    }
    meta = {
        "playwright": True,
        "playwright_context": name,
        "playwright_context_kwargs": context,
        "playwright_page_init_callback": drawing.open,
        "playwright_page_goto_kwargs": {"wait_until": "commit"},
        "playwright_page_methods": [PageMethod(drawing.settle)],
    }
    return Request(sheet.url, meta=meta)


def _always(_asked: Asked) -> bool:
    return True


def _is_end(error: PlaywrightError) -> bool:
    return "crashed" in str(error) or "has been closed" in str(error)


def _first_line(error: PlaywrightError) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0][:200]
