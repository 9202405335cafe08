"""One Chromium for a run, and one page at a time in it: HTML in, the document as its scripts leave it out.

The browser has no way to any network: its names lead nowhere, its proxy does not exist, and whatever a
page asks for is answered here, by `Fetch`, which is the crawler's own downloader with all its rules
(docs/decisions/0010-a-browser-without-a-network.md). What that does not answer, the page does not get.
This module alone knows Playwright; it is imported only where a source has `render = true`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route, WebSocketRoute
from playwright.async_api import Request as Asked
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.drawing.sheet import BrowserStartError, DrawingError, Drawn, Fetch, Sheet, Wish

REQUESTS_MAX = 60
"""Requests that one page may make: about as many as have their turn in `DRAW_S` at one a second."""
DRAW_S = 60.0
"""From the first byte shown to the browser: room for 50 requests at one a second."""
QUIET_S = 0.5
"""A page that asks for nothing and changes nothing for so long is drawn (Playwright's own "networkidle")."""
_LOOK_EVERY_S = 0.1
CRASHED = "the browser crashed on it"
HANGS = "its script never came to an end"
_NO_PEERS = (
    "for (const n of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete globalThis[n];"
)
_LOOK = """[document.readyState, document.getElementsByTagName('*').length,
  ((document.documentElement || {}).textContent || '').length]"""
_TAKE = """(most => {
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  const text = type + (document.documentElement ? document.documentElement.outerHTML : '');
  return text.length > most ? null : text;
})(%d)"""
_FETCHED = frozenset(["script", "xhr", "fetch"])
"""What a document is drawn with. Pictures, media and fonts are not text; frames are not in the document that
is stored; event streams, beacons and pings only tell the site of a visitor."""
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


@dataclass(eq=False)  # no slots: Playwright keeps a note on whose methods it calls
class DrawnPage:
    """One page while it is drawn."""

    sheet: Sheet
    fetch: Fetch
    drawn: Drawn = field(default_factory=Drawn)
    over: bool = False
    _crashed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _page: Any = None
    _shown: bool = False
    _taken: bool = False
    _pending: dict[str, int] = field(default_factory=lambda: {"script": 0, "other": 0})
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One request of a page at a time: its entry counts as one of its host's requests in flight."""

    def mind(self, why: str) -> None:
        """Something went wrong; that matters unless all there is to take had been taken before.

        Raises:
            DrawingError: it does matter.
        """
        if not self._taken:
            raise DrawingError(why)

    async def open(self, page: Page, _request: Request) -> None:
        """Stand between a new page and everything it asks for, before it asks."""
        await page.add_init_script(_NO_PEERS)
        await page.route_web_socket("**", _refuse_socket)
        await page.route("**/*", self._route)
        page.on("crash", self._note_crash)
        page.on("popup", lambda popup: asyncio.ensure_future(_shut(popup)))
        self._page = page

    def _note_crash(self, _page: Page) -> None:
        if not self._crashed.done():
            self._crashed.set_result(None)

    async def settle(self, page: Page) -> None:
        """Wait until the page is drawn, and take it."""
        if self._page is None:
            raise DrawingError("the browser would not be watched")
        look = await _looker(page, self._crashed, self.sheet.patience_s)
        await self._until_quiet(look)
        if not self.drawn.leaves_for:
            html = await look(_TAKE % self.sheet.html_max)
            self.drawn.too_large, self.drawn.html = html is None, html or ""
        self._taken = True
        await page.goto("about:blank")  # scrapy-playwright would read the page again, without a bound

    async def _until_quiet(self, look: Callable[[str], Awaitable[Any]]) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + DRAW_S
        before, since = None, loop.time()
        while loop.time() < ends and not self.drawn.leaves_for:
            now = [*await look(_LOOK), *self._pending.values(), self.drawn.requests]
            if now != before or any(self._pending.values()) or now[0] == "loading":
                before, since = now, loop.time()
            elif loop.time() - since >= QUIET_S:
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        if self._pending["script"]:
            raise DrawingError(f"its scripts did not come within {DRAW_S:.0f} s")

    async def _route(self, route: Route, asked: Asked) -> None:
        with contextlib.suppress(PlaywrightError):  # the page may have gone meanwhile
            if asked.is_navigation_request():
                await self._navigate(route, asked)
            elif asked.resource_type == "stylesheet":
                await route.fulfill(status=200, content_type="text/css", body="")  # scripts wait for some
            elif asked.resource_type not in _FETCHED or self.over or self.drawn.requests >= REQUESTS_MAX:
                await route.abort()
            else:
                await self._answer(route, asked)

    async def _navigate(self, route: Route, asked: Asked) -> None:
        """The document itself, once; where else its scripts want to go is only noted."""
        is_page = asked.frame == self._page.main_frame
        if is_page and not self._shown:
            self._shown = True
            given = self.sheet.given
            await route.fulfill(status=given.status, headers=given.headers, body=given.body)
            return
        if is_page and asked.method == "GET":
            self.drawn.leaves_for = asked.url
        await route.abort("aborted")  # any other failure puts an error page in the document's place

    async def _answer(self, route: Route, asked: Asked) -> None:
        kind = "script" if asked.resource_type == "script" else "other"
        self.drawn.requests += 1
        self._pending[kind] += 1
        try:
            body = asked.post_data_buffer
            wish = Wish(asked.url, asked.method, asked.resource_type, asked.headers, body)
            async with self._turn:
                given = None if self.over else await self.fetch(wish)
            if given is None:
                await route.abort()
            else:
                await route.fulfill(status=given.status, headers=given.headers, body=given.body)
        finally:
            self._pending[kind] -= 1


async def _looker(
    page: Page, crashed: asyncio.Future[None], patience_s: float
) -> Callable[[str], Awaitable[Any]]:
    """Evaluates in a world of its own, which the page's scripts can neither see nor change."""

    async def answer(asking: Awaitable[Any]) -> Any:
        asked = asyncio.ensure_future(asking)
        done, _ = await asyncio.wait(
            {asked, crashed}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED
        )
        if asked in done:
            return asked.result()
        asked.cancel()
        raise DrawingError(CRASHED if crashed in done else HANGS)

    async def look(expression: str) -> Any:
        asked = {"expression": expression, "contextId": world, "returnByValue": True}
        found = await answer(session.send("Runtime.evaluate", asked))
        if "exceptionDetails" in found:
            raise DrawingError("what it drew cannot be read")
        return found["result"].get("value")

    session = await answer(page.context.new_cdp_session(page))
    frame = (await answer(session.send("Page.getFrameTree")))["frameTree"]["frame"]["id"]
    apart = {"frameId": frame, "worldName": "parknews"}
    world = (await answer(session.send("Page.createIsolatedWorld", apart)))["executionContextId"]
    return look


async def _refuse_socket(socket: WebSocketRoute) -> None:
    await socket.close(code=1000, reason="no sockets here")


async def _shut(popup: Page) -> None:
    with contextlib.suppress(PlaywrightError):
        await popup.close()


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
