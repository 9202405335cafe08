"""Pages that need a browser: what of a source with `render = true` is drawn, and by which rules.

A page is fetched like any other, by the downloader, with everything that stands before it: removals,
addresses, robots.txt, the host's turn. Only then, and only where it is a document and no shield's
challenge, is it shown to a browser (crawler.drawing.browser); each thing that the browser asks for
meanwhile is a request of ours that passes the same way. The spider sees the answer with the drawn document as
its body.
Nothing of this is imported or run where no source of a run asks for it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse, Response

from crawler.config import FetchOptions, full_user_agent
from crawler.drawing.chromium import browser_path, has_sandbox
from crawler.drawing.errand import Errand, Scripts, passed_on
from crawler.drawing.sheet import BrowserStartError, DrawingError, Drawn, Given, Sheet
from crawler.web import run_of
from crawler.web.reasons import NotDrawnError
from crawler.web.throttle import Throttle
from pipelines.pages.announced import ADDRESS_FORMATS, format_of
from pipelines.pages.frontier import FILE, Entry
from pipelines.pages.kinds import CHALLENGE, is_challenge
from pipelines.records import DEFAULT_TIME_ZONE, CrawlSource

if TYPE_CHECKING:
    from crawler.drawing.browser import Browser  # Playwright is there only with the extra

_log = logging.getLogger(__name__)

PATIENCE_S = 15.0
"""The longest that a script may run without a break: a reader would have left long before."""
_HTML = ("text/html", "application/xhtml+xml", "")
_OF_A_DOCUMENT = frozenset(
    ["content-type", "content-language", "content-security-policy", "referrer-policy", "refresh"]
)


class _Run(Protocol):
    """What of the run (Scrapy's spider) the drawing needs."""

    sources: Sequence[CrawlSource]
    throttle: Throttle
    options: FetchOptions


class NoBrowserError(IgnoreRequest):
    """There is no browser to draw with in this run: what waits for it stays in the frontier."""


def is_drawable(response: Response) -> bool:
    """Whether an answer is a document that a browser would draw, and the site's own word."""
    if not 200 <= response.status < 300 or not response.body.strip():
        return False
    said = (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
    if said not in _HTML or format_of(response.body):
        return False
    return not is_challenge(response.status, response.body)


class RenderMiddleware:
    """Puts the drawn document in the place of what was fetched, for sources that want it."""

    def __init__(self, crawler: Crawler, sources: Sequence[CrawlSource], browser: Browser) -> None:
        self._run: _Run = run_of(crawler)
        self._sources = {source.host: source for source in sources}
        self._browser = browser
        self._crawler = crawler
        self._scripts = Scripts()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderMiddleware:
        """As Scrapy builds it.

        Raises:
            NotConfigured: no source of this run needs a browser.
        """
        run: _Run = run_of(crawler)
        sources = [source for source in run.sources if source.render]
        if not sources:
            raise NotConfigured
        from crawler.drawing.browser import Browser  # noqa: PLC0415

        options = run.options
        sandbox = has_sandbox(options.browser_sandbox)
        if not sandbox:
            _log.info("the browser runs without its sandbox")
        browser = Browser(crawler, browser_path(options.browser), sandbox=sandbox)
        crawler.signals.connect(browser.close, signal=signals.engine_stopped)
        return cls(crawler, sources, browser)

    def process_request(self, request: Request) -> None:
        """Ask for the whole page: that its shell is as it was says nothing of what is drawn into it."""
        if self._source(request) is not None:
            for name in ("If-None-Match", "If-Modified-Since"):
                request.headers.pop(name, None)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The answer with its document drawn, or as it is where there is nothing to draw.

        Raises:
            NotDrawnError: it could not be drawn.
            NoBrowserError: the browser does not start.
            StoppingError, StorageError: as from any request.
        """
        source = self._source(request)
        if source is None or not is_drawable(response):
            return response
        throttle, timeout_s = self._run.throttle, self._run.options.timeout_s
        errand = Errand(self._crawler, throttle, source, response.url, self._scripts, timeout_s=timeout_s)
        try:
            drawn = await self._browser.draw(self._sheet(source, response), errand.fetch)
        except DrawingError as error:
            raise errand.failure or NotDrawnError(f"not drawn: {error}") from error
        except BrowserStartError as error:
            raise NoBrowserError(f"the browser does not start: {error}") from error
        if errand.failure is not None:
            raise errand.failure
        return self._answer(request, response, drawn)

    def _source(self, request: Request) -> CrawlSource | None:
        """The source whose page is asked for, where that page is to be drawn."""
        entry: Entry | None = request.meta.get("entry")
        if entry is None or entry.kind in {FILE, *(form.kind for form in ADDRESS_FORMATS)}:
            return None
        return self._sources.get(entry.source)

    def _sheet(self, source: CrawlSource, response: Response) -> Sheet:
        options = self._run.options
        return Sheet(
            url=response.url,
            given=Given(response.status, passed_on(response, only=_OF_A_DOCUMENT), response.body),
            user_agent=full_user_agent(options.user_agent, options.contact),
            time_zone=source.time_zone or DEFAULT_TIME_ZONE,
            html_max=options.max_body_bytes,
            patience_s=min(PATIENCE_S, options.timeout_s),
        )

    def _answer(self, request: Request, response: Response, drawn: Drawn) -> Response:
        if drawn.leaves_for:
            return _left(request, response, drawn)
        body = drawn.html.encode("utf-8", "replace")
        most = self._run.options.max_body_bytes
        if drawn.too_large or len(body) > most:
            raise NotDrawnError(f"not drawn: larger than {most / 1048576:.3g} MB")
        request.meta["rendered"] = f"drawn by {self._browser.version}, {drawn.requests} requests"
        headers = response.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"  # whatever the host's own bytes were in
        return HtmlResponse(
            response.url,
            status=response.status,
            headers=headers,
            body=body,
            request=request,
            encoding="utf-8",
        )


def _left(request: Request, response: Response, drawn: Drawn) -> Response:
    """A page whose script goes elsewhere is a redirect; one that goes to itself wants to know a browser."""
    if drawn.leaves_for.partition("#")[0] == response.url.partition("#")[0]:
        raise NotDrawnError(f"{CHALLENGE}: it loads itself again instead of answering")
    return HtmlResponse(
        response.url, status=302, headers={"Location": drawn.leaves_for}, body=b"", request=request
    )
