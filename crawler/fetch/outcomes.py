"""What becomes of each answer, and of each lack of one: exactly one commit, or none where the run ends.

In: a frontier entry with Scrapy's response or failure. Out: a page with its links, an unchanged page, a
redirect, a retry, a failure in the store; counts in the tally; lanes woken. Nothing is awaited.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin

from scrapy.http import Response

from crawler.config import FetchOptions
from crawler.drawing.render import NoBrowserError
from crawler.fetch.hosts import Hosts
from crawler.fetch.scheduler import FrontierScheduler
from crawler.fetch.tally import Tally
from crawler.web.addresses import AddressRefusedError
from crawler.web.reasons import RETRIED, UNCONNECTED, UNREACHED, error_reason, is_too_large, status_reason
from crawler.web.removed import RemovedError
from crawler.web.robots import RobotsRefusedError, RobotsUnreachableError
from crawler.web.throttle import RestingError, StoppingError, backoff_s, retry_after_s
from crawler.web.tls import certificate_end
from pipelines.errors import StorageError
from pipelines.pages.answers import MAX_HOPS, read_answer
from pipelines.pages.frontier import FILE, PRIORITY, Entry, Fetched, Link
from pipelines.pages.kinds import CHALLENGE, is_challenge
from pipelines.pages.links import Territory
from pipelines.pages.signs import Lookout
from pipelines.store import CrawlStore, Round
from pipelines.urls import canonical_url, host_of

_log = logging.getLogger(__name__)


class Outcomes:
    """The commits of one run."""

    def __init__(
        self,
        store: CrawlStore,
        options: FetchOptions,
        territories: Mapping[str, Territory],
        rounds: Mapping[str, Round],
        tally: Tally,
        hosts: Hosts,
        lookout: Lookout,
        is_blocked: Callable[[str], bool],
    ) -> None:
        self.scheduler: FrontierScheduler
        self._store = store
        self._options = options
        self._territories = territories
        self._rounds = rounds
        self._tally = tally
        self._hosts = hosts
        self._lookout = lookout
        self._is_blocked = is_blocked
        self._certified: set[str] = set()

    def answer(self, entry: Entry, response: Response) -> None:
        """Commit what a response means.

        Raises:
            StorageError: the store cannot be written.
        """
        status = response.status
        content_type = (_header(response, "Content-Type") or "").strip().lower()
        challenge = is_challenge(status, response.body, content_type)
        wait_s = retry_after_s(_header(response, "Retry-After"))
        latency_s = response.meta.get("download_latency")
        self._hosts.answered(entry, status, challenge=challenge, wait_s=wait_s, latency_s=latency_s)
        if self._is_blocked(entry.url):  # it may have been removed while it was fetched
            self.forget(entry)
        elif challenge:
            self._fail(entry, "failed", f"{CHALLENGE}: HTTP {status}", status)
        elif status == 304 and entry.known:
            if self._store.commits.unchanged(self._crawl(entry), entry, now=time.time()):
                self.scheduler.wake(entry.source, entry.host)
            self._tally.count(entry.source, unchanged=1)
        elif 300 <= status < 400:
            self._redirect(entry, status, _location(response))
        elif status in RETRIED:
            self._retry(entry, status_reason(status), status, wait_s)
        elif not 200 <= status < 300:
            self._refused_by_host(entry, status)
        else:
            self._page(entry, response, content_type)

    def failure(self, entry: Entry, error: BaseException) -> None:
        """Commit what the lack of a response means.

        Raises:
            StorageError: the store cannot be written.
        """
        if isinstance(error, StoppingError):
            return
        if isinstance(error, StorageError):
            raise error
        if isinstance(error, RemovedError) or self._is_blocked(entry.url):
            self.forget(entry)
        elif isinstance(error, RobotsUnreachableError | RestingError | NoBrowserError):
            self._hosts.leave(entry.source, entry.host, str(error))
        elif isinstance(error, RobotsRefusedError | AddressRefusedError):
            self._fail(entry, "refused", str(error), None)
        elif is_too_large(error):
            size = f"{self._options.max_body_bytes / 1048576:.3g} MB"
            self._fail(entry, "failed", f"larger than {size}", None)
        elif isinstance(error, UNREACHED):
            reason = error_reason(error)
            self._retry(entry, reason, None, None)
            self._hosts.unreached(entry, reason, connected=not isinstance(error, UNCONNECTED))
        else:
            self._fail(entry, "failed", error_reason(error), None)

    def forget(self, entry: Entry) -> None:
        """A removal names this address: it leaves the frontier for good."""
        self._store.commits.forget(self._crawl(entry), entry)
        self._tally.count(entry.source, refused=1)

    def refuse(self, entry: Entry, reason: str) -> None:
        """The sources file says that this address is not asked for."""
        self._fail(entry, "refused", reason, None)

    def _page(self, entry: Entry, response: Response, content_type: str) -> None:
        territory = self._territories[entry.source]
        judged = read_answer(entry, fetched(entry, response), territory)
        why = ""
        if isinstance(judged, Fetched):
            self._mind_certificate(entry, response)
            why = self._lookout.look(entry, response.body, judged.kind, content_type)
        if why:
            _log.warning("%s: %s; held until `parknews sources release`", entry.source, why)
            self._store.sources.quarantine(entry.source, why, at=time.time())
            self._hosts.hold(entry.source, why)
        elif isinstance(judged, str):
            self._fail(entry, "failed", judged, response.status)
        elif isinstance(judged, Link):
            self._redirect_to(entry, response.status, judged)
        else:
            self._commit(entry, judged)
            self._learn(entry.source, territory)

    def _mind_certificate(self, entry: Entry, response: Response) -> None:
        if entry.host == entry.source and entry.host not in self._certified:
            self._certified.add(entry.host)
            if expires := certificate_end(response):
                self._store.sources.put_certificate(entry.source, expires, at=time.time())

    def _commit(self, entry: Entry, fetched: Fetched) -> None:
        committed = self._store.commits.page(self._crawl(entry), entry, fetched)
        changed = committed.page_id is not None
        self._tally.count(
            entry.source,
            fetched=int(changed),
            unchanged=int(not changed),
            articles=int(changed and fetched.article and fetched.kind != FILE),
            found=committed.found_news + committed.found_lists,
        )
        self._tally.page(entry.source)
        if entry.is_list:
            self._territories[entry.source].repeats.note_list(entry.url, committed.found_news)
        woken: set[str] = set()
        if committed.found_news or committed.found_lists or committed.again or fetched.lists:
            woken = {link.host for link in (*fetched.news, *fetched.lists)}
        if committed.again:
            woken |= {host_of(said.url) for said in fetched.announcements}
        for host in woken:
            self.scheduler.wake(entry.source, host)
        most = self._territories[entry.source].source.max_pages
        if most is not None and self._tally.fetched(entry.source) >= most:
            self._hosts.leave_source(entry.source, f"its budget of {most} pages a run is spent (max_pages)")

    def _learn(self, source: str, territory: Territory) -> None:
        """What the pages so far taught about the source's addresses holds for those that wait, too."""
        for idle in territory.repeats.take_learned():
            spared = self._store.frontier.put_idle(source, idle, idle.spell, at=time.time())
            _log.warning("%s: %s makes no difference; %d addresses fewer to ask for", idle.host, idle, spared)
            self.scheduler.reconsider(source, idle.host)

    def _redirect(self, entry: Entry, status: int, location: str | None) -> None:
        if location is None:
            self._fail(entry, "failed", f"HTTP {status} to nowhere", status)
            return
        territory = self._territories[entry.source]
        try:
            url = territory.spelled(canonical_url(location))
        except ValueError:
            self._fail(entry, "failed", f"redirect to no web address: {location[:200]}", status)
            return
        if entry.hops >= MAX_HOPS:
            self._fail(entry, "failed", f"more than {MAX_HOPS} redirects in a row", status)
        elif not territory.holds(host_of(url)):
            self._fail(entry, "failed", f"redirect leaves the source: {host_of(url)}", status)
        elif self._is_blocked(url):
            self._fail(entry, "blocked", "redirect to a removed address", status)
        elif (said := territory.said(url)) and said.kind == "deny":
            self._fail(entry, "refused", f"redirect to {url}, {said.reason}", status)
        elif entry.kind == FILE and host_of(url) != entry.host:
            self._fail(entry, "failed", f"redirect of a file to another host: {host_of(url)}", status)
        elif url != entry.url and entry.kind != FILE:  # a file keeps the address that articles know it by
            self._redirect_to(entry, status, territory.redirected(entry, url))
        elif location == entry.ask_url:
            self._fail(entry, "failed", "redirects to itself", status)
        else:
            self._store.commits.other_way(entry, location)

    def _redirect_to(self, entry: Entry, status: int, target: Link) -> None:
        if self._options.wished:
            target = replace(target, priority=PRIORITY["now"])
        found = self._store.commits.redirect(self._crawl(entry), entry, status, target, now=time.time())
        if found is None:
            self._tally.count(entry.source, failed=1)
            return
        self._tally.count(entry.source, found=found)
        self.scheduler.wake(entry.source, target.host)

    def _refused_by_host(self, entry: Entry, status: int) -> None:
        if entry.asks and not entry.other_way:
            self._store.commits.other_way(entry, entry.asks)
            return
        gone = status in (404, 410)
        if gone and entry.known and not entry.is_list:
            self._store.commits.gone(self._crawl(entry), entry, status, now=time.time())
            self._tally.count(entry.source, gone=1)
            return
        self._fail(entry, "gone" if gone else "failed", status_reason(status), status)

    def _retry(self, entry: Entry, reason: str, status: int | None, wait_s: float | None) -> None:
        if entry.attempts >= self._options.retries:
            self._fail(entry, "failed", reason, status)
            return
        wait = backoff_s(entry.attempts, base_s=self._options.retry_base_s, retry_after_s=wait_s)
        self._store.commits.retry(entry, reason, status, next_at=time.time() + wait)

    def _fail(self, entry: Entry, state: str, reason: str, status: int | None) -> None:
        self._store.commits.failure(self._crawl(entry), entry, state, reason, status, now=time.time())
        if entry.is_list and status:
            self._territories[entry.source].repeats.note_list(entry.url, 0)
        if not entry.guess:
            refused = state in ("refused", "blocked")
            self._tally.count(entry.source, refused=int(refused), failed=int(not refused))
            if not refused:
                self._tally.error(entry.source, reason)

    def _crawl(self, entry: Entry) -> int:
        return self._rounds[entry.source].crawl_id


def _location(response: Response) -> str | None:
    """Where a redirect leads, absolute, as the host wrote it; None where it does not say."""
    location = response.headers.get("Location")
    if not location:
        return None
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("gb18030", "replace")
    return urljoin(response.url, text.strip())


def fetched(entry: Entry, response: Response) -> Fetched:
    """What came for an entry, not yet judged."""
    assert response.request is not None
    return Fetched(
        url_asked=entry.ask_url,
        url_answered=response.url,
        status=response.status,
        headers=_headers(response),
        body=response.body,
        fetched_at=datetime.now(UTC),
        robots=response.request.meta.get("robots", ""),
        signals=response.request.meta.get("signals", ()),
        rendered=response.request.meta.get("rendered", ""),
        kind=entry.kind,
    )


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1").lower(), value.decode("utf-8", "replace"))
        for name, values in response.headers.items()
        for value in values
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")
