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
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import tldextract
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse
from scrapy.http.request import NO_CALLBACK

from crawler.config import full_user_agent
from crawler.drawing.chromium import browser_path, has_sandbox
from crawler.pages.announced import looks_like_feed, looks_like_sitemap
from crawler.reasons import NotDrawnError
from crawler.web.addresses import AddressRules
from crawler.web.challenges import REASON, is_challenge
from crawler.web.throttle import StoppingError, retry_after_s
from pipelines.errors import StorageError
from pipelines.urls import canonical_url, host_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.drawing.browser import Browser, Drawn, Given, Sheet, Wish
    from crawler.frontier import Entry
    from crawler.records import CrawlSource
    from crawler.spiders.news import NewsSpider

log = logging.getLogger(__name__)

BYTES_MAX = 24 * 1024 * 1024
"""All that one page may bring: three times the largest single answer."""
SCRIPTS_KEPT_BYTES = 64 * 1024 * 1024
"""Scripts kept for the run: a site's pages share theirs, and its host is asked for each of them once."""
HOPS = 5
ANSWER_S = 15.0
"""The longest wait for one thing that a page asks for."""
PATIENCE_S = 15.0
"""The longest that a script may run without a break: a reader would have left long before."""
POST_MAX_BYTES = 64 * 1024
_DOMAINS = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""The bundled list of public suffixes only: nothing is downloaded."""
_HTML = ("text/html", "application/xhtml+xml", "")
_OF_A_DOCUMENT = frozenset(
    ["content-type", "content-language", "content-security-policy", "referrer-policy", "refresh"]
)
_NOT_PASSED_ON = frozenset(
    [
        "set-cookie", "content-encoding", "content-length", "transfer-encoding", "connection", "alt-svc",
        "strict-transport-security", "content-disposition", "report-to", "nel", "keep-alive",
    ]
)  # fmt: skip
_NOT_SENT = frozenset(
    ["user-agent", "cookie", "host", "connection", "accept-encoding", "content-length", "authorization"]
)


class NoBrowserError(IgnoreRequest):
    """There is no browser to draw with in this run: what waits for it stays in the frontier."""


def is_drawable(response: Response) -> bool:
    """Whether an answer is a document that a browser would draw, and the site's own word."""
    if not 200 <= response.status < 300 or not response.body.strip():
        return False
    said = (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
    if said not in _HTML or looks_like_feed(response.body) or looks_like_sitemap(response.body):
        return False
    return not is_challenge(response.status, response.body)


class RenderMiddleware:
    """Puts the drawn document in the place of what was fetched, for sources that want it."""

    def __init__(self, crawler: Crawler, sources: Sequence[CrawlSource], browser: Browser) -> None:
        spider: NewsSpider = crawler.spider  # type: ignore[assignment]
        self._spider = spider
        self._sources = {source.host: source for source in sources}
        self._browser = browser
        self._crawler = crawler
        self._scripts = _Scripts()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderMiddleware:
        """As Scrapy builds it.

        Raises:
            NotConfigured: no source of this run needs a browser.
        """
        spider: NewsSpider = crawler.spider  # type: ignore[assignment]
        sources = [source for source in spider.sources if source.render]
        if not sources:
            raise NotConfigured
        from crawler.drawing.browser import Browser  # noqa: PLC0415  # Playwright is there only with the extra

        options = spider.options
        sandbox = has_sandbox(options.browser_sandbox)
        if not sandbox:
            log.info("the browser runs without its sandbox")
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
        from crawler.drawing.browser import BrowserStartError, DrawingError  # noqa: PLC0415  # as above

        errand = _Errand(self._crawler, self._spider, source, response.url, self._scripts)
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
        if entry is None or entry.kind in ("feed", "sitemap"):
            return None
        return self._sources.get(entry.source)

    def _sheet(self, source: CrawlSource, response: Response) -> Sheet:
        from crawler.drawing.browser import Given, Sheet  # noqa: PLC0415  # as above

        options = self._spider.options
        return Sheet(
            url=response.url,
            given=Given(response.status, _headers(response, only=_OF_A_DOCUMENT), response.body),
            user_agent=full_user_agent(options.user_agent, options.contact),
            time_zone=source.time_zone,
            html_max=options.max_body_bytes,
            patience_s=min(PATIENCE_S, options.timeout_s),
        )

    def _answer(self, request: Request, response: Response, drawn: Drawn) -> Response:
        if drawn.leaves_for:
            return _left(request, response, drawn)
        body = drawn.html.encode("utf-8", "replace")
        most = self._spider.options.max_body_bytes
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
        raise NotDrawnError(f"{REASON}: it loads itself again instead of answering")
    return HtmlResponse(
        response.url, status=302, headers={"Location": drawn.leaves_for}, body=b"", request=request
    )


class _Scripts:
    """The scripts of this run by their addresses; what did not come is known too."""

    def __init__(self) -> None:
        self._kept: dict[str, Given | None] = {}
        self._bytes = 0

    def __contains__(self, url: str) -> bool:
        return url in self._kept

    def get(self, url: str) -> Given | None:
        return self._kept[url]

    def keep(self, url: str, given: Given | None) -> None:
        self._kept[url] = given
        self._bytes += len(given.body) if given else 0
        while self._bytes > SCRIPTS_KEPT_BYTES:
            first = self._kept.pop(next(iter(self._kept)))
            self._bytes -= len(first.body) if first else 0


class _Errand:
    """What one page asks for while it is drawn, fetched as the crawl fetches everything."""

    def __init__(
        self, crawler: Crawler, spider: NewsSpider, source: CrawlSource, page_url: str, scripts: _Scripts
    ) -> None:
        self._crawler = crawler
        self._spider = spider
        self._source = source
        self._page_url = page_url
        self._rules = AddressRules([source])
        self._scripts = scripts
        self._bytes = 0
        self.failure: Exception | None = None
        """What ends the run, and so the page: it is asked for again by the next one."""

    async def fetch(self, wish: Wish) -> Given | None:
        """What a page asks for; None where our rules forbid it, or it does not come."""
        kept = wish.kind == "script" and wish.method == "GET"
        if kept and wish.url in self._scripts:
            return self._scripts.get(wish.url)
        if self.failure is not None or self._bytes > BYTES_MAX or not self._may_ask(wish):
            return None
        try:
            given = await self._follow(wish)
        except (StoppingError, StorageError) as error:
            self.failure = error
            return None
        except Exception as error:  # noqa: BLE001  # whatever it was, the page does without it
            log.info("%s asks for %s: %s", self._page_url, wish.url, error)
            given = None
        if kept:
            self._scripts.keep(wish.url, given)
        return given

    def _may_ask(self, wish: Wish) -> bool:
        """Scripts may come from anywhere public, data only from the site itself."""
        try:
            host = host_of(canonical_url(wish.url))
        except ValueError:
            return False
        own = _site(host) == _site(host_of(self._page_url))
        if wish.method == "POST":
            return own and wish.kind != "script" and len(wish.body or b"") <= POST_MAX_BYTES
        return wish.method == "GET" and (own or wish.kind == "script")

    async def _follow(self, wish: Wish) -> Given | None:
        url = wish.url
        for _ in range(HOPS + 1):
            response = await self._ask(url, wish)
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return self._given(wish, response)
            if wish.method != "GET":
                return None
            url = urljoin(url, location.decode("utf-8", "replace"))
        return None

    async def _ask(self, url: str, wish: Wish) -> Response:
        if why := self._rules.refusal(url):  # another source's private host is not this page's to ask
            raise NotDrawnError(f"private address: {why}")
        host = host_of(canonical_url(url))
        throttle = self._spider.throttle
        throttle.clock(host, self._source.delay_s)
        headers = {name: value for name, value in wish.headers.items() if _is_sent(name)}
        request = Request(
            url,
            method=wish.method,
            body=wish.body or b"",
            headers=headers if _site(host) == _site(host_of(self._page_url)) else {},
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"download_timeout": min(ANSWER_S, self._spider.options.timeout_s)},
        )
        response = await self._crawler.engine.download_async(request)
        strained = response.status in (429, 503)
        wait_s = retry_after_s((response.headers.get("Retry-After") or b"").decode("latin-1")) or 0.0
        throttle.answered(host, strained=strained, wait_s=wait_s)
        self._bytes += len(response.body)
        return response

    def _given(self, wish: Wish, response: Response) -> Given | None:
        from crawler.drawing.browser import Given  # noqa: PLC0415  # loaded by now

        if wish.kind != "script" and not _is_shared(response, wish.url, self._page_url):
            return None
        return Given(response.status, _headers(response), response.body)


def _is_shared(response: Response, url: str, page_url: str) -> bool:
    """Whether a script of the page may read an answer (the Fetch standard's CORS check, no credentials)."""
    if urlsplit(url)[:2] == urlsplit(page_url)[:2]:
        return True
    allowed = (response.headers.get("Access-Control-Allow-Origin") or b"").decode("latin-1").strip()
    return allowed in ("*", "://".join(urlsplit(page_url)[:2]))


def _site(host: str) -> str:
    """The registrable domain of a host, or the host where it has none."""
    return _DOMAINS(host).top_domain_under_public_suffix or host.partition(":")[0]


def _is_sent(name: str) -> bool:
    return name.lower() not in _NOT_SENT and not name.lower().startswith(("sec-", "proxy-", ":"))


def _headers(response: Response, only: frozenset[str] | None = None) -> dict[str, str]:
    """An answer's headers as a page gets them: no cookies, nothing about the connection."""
    found = {}
    for name, values in response.headers.items():
        key = name.decode("latin-1").lower()
        if key not in _NOT_PASSED_ON and (only is None or key in only):
            found[key] = ", ".join(value.decode("latin-1") for value in values)
    return found
