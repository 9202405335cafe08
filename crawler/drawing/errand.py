"""What one page asks for while it is drawn, fetched as the crawl fetches everything.

In: a page's wish. Out: the answer, by the crawler's own downloader and its rules; None where they forbid it.
"""

from __future__ import annotations

import logging
from urllib.parse import urljoin, urlsplit

import tldextract
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.drawing.sheet import Given, Wish
from crawler.web.addresses import AddressRules
from crawler.web.reasons import NotDrawnError
from crawler.web.throttle import StoppingError, Throttle, retry_after_s
from pipelines.errors import StorageError
from pipelines.records import CrawlSource
from pipelines.urls import canonical_url, host_of

_log = logging.getLogger(__name__)

BYTES_MAX = 24 * 1024 * 1024
"""All that one page may bring: three times the largest single answer."""
SCRIPTS_KEPT_BYTES = 64 * 1024 * 1024
"""Scripts kept for the run: a site's pages share theirs, and its host is asked for each of them once."""
HOPS = 5
ANSWER_S = 15.0
"""The longest wait for one thing that a page asks for."""
POST_MAX_BYTES = 64 * 1024
_DOMAINS = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""The bundled list of public suffixes only: nothing is downloaded."""
_NOT_PASSED_ON = frozenset(
    [
        "set-cookie", "content-encoding", "content-length", "transfer-encoding", "connection", "alt-svc",
        "strict-transport-security", "content-disposition", "report-to", "nel", "keep-alive",
    ]
)  # fmt: skip
_NOT_SENT = frozenset(
    ["user-agent", "cookie", "host", "connection", "accept-encoding", "content-length", "authorization"]
)


class Scripts:
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


class Errand:
    """What one page asks for while it is drawn, fetched as the crawl fetches everything."""

    def __init__(
        self,
        crawler: Crawler,
        throttle: Throttle,
        source: CrawlSource,
        page_url: str,
        scripts: Scripts,
        *,
        timeout_s: float,
    ) -> None:
        self._crawler = crawler
        self._throttle = throttle
        self._source = source
        self._page_url = page_url
        self._timeout_s = min(ANSWER_S, timeout_s)
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
            _log.info("%s asks for %s: %s", self._page_url, wish.url, error)
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
        self._throttle.clock(host, self._source.delay_s)
        headers = {name: value for name, value in wish.headers.items() if _is_sent(name)}
        request = Request(
            url,
            method=wish.method,
            body=wish.body or b"",
            headers=headers if _site(host) == _site(host_of(self._page_url)) else {},
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"download_timeout": self._timeout_s},
        )
        response = await self._crawler.engine.download_async(request)
        strained = response.status in (429, 503)
        wait_s = retry_after_s((response.headers.get("Retry-After") or b"").decode("latin-1")) or 0.0
        self._throttle.answered(host, strained=strained, wait_s=wait_s)
        self._bytes += len(response.body)
        return response

    def _given(self, wish: Wish, response: Response) -> Given | None:
        if wish.kind != "script" and not _is_shared(response, wish.url, self._page_url):
            return None
        return Given(response.status, passed_on(response), response.body)


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


def passed_on(response: Response, only: frozenset[str] | None = None) -> dict[str, str]:
    """An answer's headers as a page gets them: no cookies, nothing about the connection."""
    found = {}
    for name, values in response.headers.items():
        key = name.decode("latin-1").lower()
        if key not in _NOT_PASSED_ON and (only is None or key in only):
            found[key] = ", ".join(value.decode("latin-1") for value in values)
    return found
