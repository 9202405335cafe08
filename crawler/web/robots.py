"""robots.txt as RFC 9309 has it: asked once per authority, kept for a day, never leaking.

    2xx: its rules      4xx: nothing is forbidden      429, 5xx, no answer: nothing is fetched, try later

Everyone who waits for one robots.txt waits for the same future and gets the same answer. (Scrapy's
own middleware lets every waiter but the first through, and takes 5xx for permission.)
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.config import FetchOptions
from crawler.web import run_of
from crawler.web.addresses import AddressRefusedError
from crawler.web.reasons import error_reason
from crawler.web.removed import RemovedError
from crawler.web.throttle import RestingError, StoppingError, Throttle
from pipelines.decode import decode_body
from pipelines.errors import StorageError
from pipelines.signals import HostSignal, robots_signals, tdmrep_signals, that_hold
from pipelines.store import CrawlStore
from pipelines.store.sources import StoredRobots
from pipelines.urls import canonical_url, host_of

_log = logging.getLogger(__name__)

KEPT_S = 24 * 3600.0
"""RFC 9309, 2.4: not longer than 24 hours."""
UNREACHABLE_KEPT_S = 300.0
"""How soon a host whose robots.txt did not answer is asked again by a later run."""
MAX_BYTES = 512 * 1024
"""RFC 9309, 2.5: at least 500 kibibytes are read; what a longer file says further down does not count."""
_MAX_WHOLE_BYTES = 100 * 1024 * 1024
"""A file that says it is longer, or unpacks to more, leaves permission unclear."""
MAX_REDIRECTS = 5
"""RFC 9309, 2.3.1.2. A chain that is longer leaves permission unclear, so nothing is fetched."""
MAX_DELAY_S = 120.0
"""A longer Crawl-delay is taken for this one; at 720 pages a day the site is still read."""
TDMREP = "/.well-known/tdmrep.json"
"""W3C TDM Reservation Protocol, 6.1: asked for with robots.txt, once a day."""
_PRIORITY = 1000
_LINE = re.compile(r"\s*(?P<key>[A-Za-z][A-Za-z -]*?)\s*(?P<mark>[:：])\s*(?P<value>[^#]*)")
_TOKEN = re.compile(r"[^\s/(;,]+")
"""RFC 9309, 2.2.1: the product token of an agent, without a version or a comment behind it."""
_DELAY = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ms|m)?", re.IGNORECASE)
_NOBODY = "another-robot"
"""The agent of groups that are not ours: Protego takes one for ours, too, whose name begins as ours does."""


class RobotsRefusedError(IgnoreRequest):
    """robots.txt forbids this address."""


class RobotsUnreachableError(IgnoreRequest):
    """Nobody knows what is allowed at this host now: try again in a later run."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one authority's robots.txt says to us."""

    stored: StoredRobots
    rules: Protego | None
    """None where everything is allowed (4xx) or nothing is (unreachable)."""
    agent: str
    signals: tuple[HostSignal, ...] = ()
    """What it, and tdmrep.json beside it, say about the use of pages."""

    @property
    def reachable(self) -> bool:
        """Whether permission is known."""
        return self.rules is not None or _is_absent(self.stored.status)

    def allows(self, url: str) -> bool:
        """Whether an address may be fetched."""
        if self.rules is None:
            return self.reachable
        return bool(self.rules.can_fetch(url, self.agent))

    @property
    def verdict(self) -> str:
        """What was in force for an allowed page, in words that are stored with it."""
        return f"allowed, robots.txt {self.stored.status}"

    @property
    def delay_s(self) -> float:
        """The Crawl-delay (or Request-rate) it asks for; 0 where none."""
        if self.rules is None:
            return 0.0
        asked = self.rules.crawl_delay(self.agent) or 0.0
        rate = self.rules.request_rate(self.agent)
        paced = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return min(max(float(asked), float(paced)), MAX_DELAY_S)

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps it names, as written."""
        return [] if self.rules is None else list(self.rules.sitemaps)


def read_policy(stored: StoredRobots, agent: str) -> Policy:
    """The policy of a robots.txt as it was answered."""
    rules, signals = None, tdmrep_signals(stored.tdmrep)
    if stored.status is not None and 200 <= stored.status < 300:
        plain = "\n".join(_plain_lines(_text(stored.body), agent))
        rules = Protego.parse(plain)
        signals = (*robots_signals(plain, agent), *signals)
    return Policy(stored, rules, agent, signals)


def _text(body: bytes) -> str:
    """A robots.txt as it is meant, in whatever it was saved; the line at which the bound cuts is left out."""
    if len(body) >= MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    read = decode_body(body, "text/plain")
    return body.decode("utf-8-sig", "replace") if isinstance(read, str) else read.html


def _plain_lines(text: str, agent: str) -> Iterator[str]:
    """Its lines as the standard has them; whom a group is for is said once: Protego compares all pairs."""
    named: set[str] = set()
    for line in text.splitlines():
        plain = _plainly(line, agent)
        if not plain.startswith("User-agent:"):
            named.clear()
        elif plain in named:
            continue
        else:
            named.add(plain)
        yield plain


def _plainly(line: str, agent: str) -> str:
    """A line as the standard has it: whom a group is for by product token alone, delays in plain seconds."""
    found = _LINE.match(line)
    if not found:
        return line
    key, value = found["key"].lower().replace(" ", "-"), found["value"].strip()
    if key in ("user-agent", "useragent"):
        token = _TOKEN.match(value)
        named = token[0].lower() if token else ""
        return f"User-agent: {named if named in ('*', agent.lower()) else _NOBODY}"
    if key == "crawl-delay" and (delay := _DELAY.match(value)):
        part = {"ms": 0.001, "m": 60.0}.get((delay[2] or "").lower(), 1.0)
        return f"Crawl-delay: {float(delay[1].replace(',', '.')) * part:g}"
    return line.replace(found["mark"], ":", 1)


def _is_absent(status: int | None) -> bool:
    return status is not None and 400 <= status < 500 and status != 429


def authority_of(url: str) -> str:
    """scheme://host:port of an http(s) address in its one spelling: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Run(Protocol):
    """What is needed of the spider."""

    store: CrawlStore
    options: FetchOptions
    throttle: Throttle

    @property
    def agent_name(self) -> str:
        """The product token that groups are chosen by."""

    def robots_fetched(self, policy: Policy) -> None:
        """Told of a robots.txt that was asked for just now."""

    def robots_known(self, policy: Policy) -> None:
        """Told of every robots.txt in force."""


class RobotsMiddleware:
    """Lets pass what robots.txt allows, and tells the spider of delays and sitemaps."""

    def __init__(self, crawler: Crawler, spider: _Run) -> None:
        self._crawler = crawler
        self._spider = spider
        self._agent = spider.agent_name
        self._policies: dict[str, asyncio.Future[Policy]] = {}
        self._places = asyncio.Semaphore(spider.options.concurrency)
        """Taken while a host is asked, not while its time is waited for."""
        crawler.signals.connect(self._enough, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """As Scrapy builds it."""
        return cls(crawler, run_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Let a request pass, its verdict in meta["robots"].

        Raises:
            RobotsRefusedError: the rules forbid it.
            RobotsUnreachableError: there is no telling.
            StoppingError: the run ended while waiting.
        """
        if request.meta.get("robots_txt"):
            return
        url = canonical_url(request.url)
        policy = await self._policy(authority_of(url))
        if not policy.reachable:
            raise RobotsUnreachableError(f"robots.txt unreachable: {policy.stored.reason}")
        if not (policy.allows(url) and policy.allows(request.url)):
            raise RobotsRefusedError("robots.txt forbids it")
        request.meta["robots"] = policy.verdict
        request.meta["signals"] = that_hold(policy.signals, url)

    def is_known(self, authority: str) -> bool:
        """Whether a request to an authority would not have to wait for its robots.txt."""
        future = self._policies.get(authority)
        return future is not None and future.done()

    async def learn(self, authority: str) -> None:
        """Ask for an authority's robots.txt, unless it is known; raises what a request would meet."""
        await self._policy(authority)

    def _enough(self, data: bytes, request: Request) -> None:
        """Break a robots.txt off once as much of it has come as is read."""
        if request.meta.get("robots_txt"):
            request.meta["received_bytes"] = request.meta.get("received_bytes", 0) + len(data)
            if request.meta["received_bytes"] >= MAX_BYTES:
                raise StopDownload(fail=False)

    async def _policy(self, authority: str) -> Policy:
        future = self._policies.get(authority)
        if future is None:
            future = self._policies[authority] = asyncio.ensure_future(self._find(authority))
        try:
            return await asyncio.shield(future)
        except (StoppingError, RestingError):
            self._policies.pop(authority, None)
            raise

    async def _find(self, authority: str) -> Policy:
        """From the store while it is fresh, otherwise from the host."""
        stored = self._spider.store.sources.robots(authority)
        if stored is None or stored.expires_at <= time.time():
            stored = await self._fetch(authority)
            policy = read_policy(stored, self._agent)
            self._spider.robots_fetched(policy)
        else:
            policy = read_policy(stored, self._agent)
        self._spider.robots_known(policy)
        return policy

    async def _fetch(self, authority: str) -> StoredRobots:
        status, body, reason = await self._ask(authority + "/robots.txt")
        if status is None or (status >= 500 or status == 429):
            await asyncio.sleep(0 if self._spider.throttle.stopping else self._spider.options.retry_base_s)
            status, body, reason = await self._ask(authority + "/robots.txt")
        now = time.time()
        known = status is not None and (200 <= status < 300 or _is_absent(status))
        stored = StoredRobots(
            authority=authority,
            status=status,
            body=body[:MAX_BYTES],
            fetched_at=now,
            expires_at=now + (KEPT_S if known else UNREACHABLE_KEPT_S),
            reason=reason,
        )
        place, policy = authority + TDMREP, read_policy(stored, self._agent)
        if not policy.allows(place):
            return stored
        self._spider.robots_known(policy)  # its delay holds for this request, too
        found, body, _ = await self._ask(place)
        return replace(stored, tdmrep=body if found == 200 and len(body) <= MAX_BYTES else b"")

    async def _ask(self, url: str) -> tuple[int | None, bytes, str]:
        """Status, body and, where there is no clear answer, why not."""
        for _ in range(MAX_REDIRECTS + 1):
            await self._spider.throttle.opening(host_of(url))
            request = Request(
                url,
                priority=_PRIORITY,
                callback=NO_CALLBACK,
                headers={"Accept-Encoding": "identity"},  # what is broken off could not be unpacked
                meta={"robots_txt": True, "download_maxsize": _MAX_WHOLE_BYTES},
                dont_filter=True,
            )
            try:
                async with self._places:
                    response = await self._crawler.engine.download_async(request)
            except (StoppingError, RestingError, StorageError, RemovedError):
                raise
            except AddressRefusedError as error:
                return None, b"", str(error)
            except Exception as error:  # noqa: BLE001 (whatever went wrong: permission is unclear)
                return None, b"", error_reason(error)
            target = _target(response)
            if target is None:
                return _answer(response)
            url = target
        return None, b"", f"more than {MAX_REDIRECTS} redirects"


def _target(response: Response) -> str | None:
    if response.status not in (301, 302, 303, 307, 308):
        return None
    location = response.headers.get("Location") or b""
    try:
        return canonical_url(location.decode("utf-8", "replace"), response.url)
    except ValueError:
        return None


def _answer(response: Response) -> tuple[int | None, bytes, str]:
    if 300 <= response.status < 400:
        return None, b"", f"HTTP {response.status} to nowhere"
    fine = 200 <= response.status < 300
    return response.status, response.body if fine else b"", "" if fine else f"HTTP {response.status}"
