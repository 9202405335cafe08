"""How often a host is asked: its delay, how many requests at once, and when it said to wait.

One clock a host:port for the whole process. The scheduler asks `ready_at` before it hands out a
request, and the middleware takes the `turn` right before the request leaves, robots.txt included,
so that the delay holds between any two requests that the host really sees.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.web import run_of
from crawler.web.pace import SharedPace
from pipelines.urls import host_of

Note = Callable[[Request, Response | Exception, float], None]


JITTER = 0.2
"""A delay grows by up to this part of it, at random: never below what was agreed, never in step."""
SLOWEST_S = 60.0
"""The longest gap that a struggling host's own slowness makes us leave."""


LATENCY_FACTOR = 2.0
"""From the start of one request to the next, in times of the host's own: at most half its time is ours."""
_LATENCY_WEIGHT = 0.3
"""Of the latest answer: three slow answers double the gap, one does not."""


PLACE_EVERY_S = 0.02
"""How often a place among another process's requests is asked for."""


class StoppingError(IgnoreRequest):
    """The run is ending; the address stays in the frontier."""


class RestingError(IgnoreRequest):
    """The host asked for a longer rest than a run waits; the address stays in the frontier."""


@dataclass(slots=True)
class HostClock:
    """When one host:port may be asked next; times are `time.monotonic`."""

    delay_s: float
    limit: int
    last_start: float = -1e9
    """When the last request left, or will leave."""
    jitter: float = 0.0
    hold_until: float = 0.0
    """Nothing leaves before: the host asked for a pause."""
    in_flight: int = 0
    strain: int = 0
    """429 and 503 in a row: the gap doubles with each."""
    latency_s: float = 0.0
    """How long the host took to answer lately."""

    def gap_s(self) -> float:
        """The time to leave between two requests now.

        A host with a delay that answers slowly rests as long as it worked.
        """
        slow_s = min(SLOWEST_S, LATENCY_FACTOR * self.latency_s) if self.delay_s else 0.0
        gap_s = max(self.delay_s, slow_s)
        if not self.strain:
            return gap_s
        return max(gap_s, min(SLOWEST_S, max(gap_s, 0.5) * 2.0**self.strain))

    @property
    def opens(self) -> float:
        """When the next request may leave."""
        return max(self.last_start + self.gap_s() * (1 + self.jitter), self.hold_until)

    @property
    def room(self) -> int:
        """Requests that may be handed out now; a host with a delay gets one at a time."""
        return (1 if self.gap_s() else self.limit) - self.in_flight


class Throttle:
    """The clocks of all hosts."""

    def __init__(
        self, *, per_host: int, shared: SharedPace | None = None, longest_s: float = math.inf
    ) -> None:
        self._per_host = per_host
        self._longest_s = longest_s
        self._shared = shared
        self._clocks: dict[str, HostClock] = {}
        self.stopping = False
        self.ends = math.inf
        """Nothing leaves after (`time.monotonic`): from then on another process may ask."""

    def clocks(self) -> dict[str, HostClock]:
        """Those of all hosts so far."""
        return dict(self._clocks)

    def clock(self, host: str, delay_s: float | None = None) -> HostClock:
        """A host's clock; `delay_s` can only lengthen what is already agreed."""
        clock = self._clocks.get(host)
        if clock is None:
            clock = self._clocks[host] = HostClock(delay_s or 0.0, self._per_host)
        elif delay_s is not None and delay_s > clock.delay_s:
            clock.delay_s = delay_s
        return clock

    async def turn(self, host: str) -> int | None:
        """Return when the host may be asked, having taken that moment; what `over` has to be given.

        Raises:
            StoppingError: the run ended while waiting.
            RestingError: the host asked to be left alone for longer than this run waits.
        """
        clock = self.clock(host)
        now = time.monotonic()
        start = max(now, clock.opens)
        clock.last_start = start
        clock.jitter = JITTER * random.random()  # noqa: S311 (no secret)
        while (start := max(start, clock.hold_until)) > now:
            await self._rest(start - now)
            now = time.monotonic()
        while self._shared is not None and (wait_s := self._shared.take(host, clock.gap_s())):
            await self._rest(wait_s)
        place = None
        while self._shared is not None and not clock.gap_s():
            place = self._shared.enter(host, clock.limit)
            if place is not None:
                break
            await self._rest(PLACE_EVERY_S)
        clock.last_start = max(clock.last_start, time.monotonic())
        if clock.last_start > self.ends:
            self.over(place)
            raise StoppingError("its time is over")
        return place

    async def opening(self, host: str) -> None:
        """Return when the host may be asked, as far as is known now, without having taken that moment.

        Who waits here holds no place among the requests under way, as one that waits for its turn does.

        Raises:
            StoppingError, RestingError: as `turn`.
        """
        clock = self.clock(host)
        while (wait_s := clock.opens - time.monotonic()) > 0:
            await self._rest(wait_s)

    def over(self, place: int | None) -> None:
        """A request that had its turn has ended, however it did."""
        if place is not None and self._shared is not None:
            self._shared.leave(place)

    async def _rest(self, wait_s: float) -> None:
        if self.stopping:
            raise StoppingError("the run is ending")
        if wait_s > self._longest_s + SLOWEST_S:
            raise RestingError(f"asked to be left alone for another {wait_s:.0f} s")
        await asyncio.sleep(min(wait_s, 0.5))

    def hold(self, host: str, wait_s: float) -> None:
        """Nobody of this machine asks a host before so many seconds have passed."""
        clock = self.clock(host)
        clock.hold_until = max(clock.hold_until, time.monotonic() + wait_s)
        if self._shared is not None:
            self._shared.hold(host, clock.hold_until)

    def answered(
        self, host: str, *, strained: bool, wait_s: float = 0.0, latency_s: float | None = None
    ) -> None:
        """Note that a host answered; `strained`: it asked for less (429, 503), perhaps for a pause."""
        clock = self.clock(host)
        if latency_s is not None:
            clock.latency_s += _LATENCY_WEIGHT * (latency_s - clock.latency_s)
            sent = time.monotonic() - latency_s  # on a laden machine it left long after its turn
            clock.last_start = max(clock.last_start, sent)
        if strained:
            clock.strain = min(clock.strain + 1, 8)
            self.hold(host, max(wait_s, clock.gap_s()))
        elif clock.strain:
            clock.strain -= 1


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """The seconds a Retry-After header asks for (RFC 9110, 10.2.3), at most a day; None: not given."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), 86400.0)
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or a zone of too many figures
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return min(max((then - (now or datetime.now(UTC))).total_seconds(), 0.0), 86400.0)


def backoff_s(attempts: int, *, base_s: float, retry_after_s: float | None = None) -> float:
    """The wait after `attempts` + 1 failures: doubling, with jitter, never less than Retry-After."""
    wait = base_s * 2.0**attempts * (1 + JITTER * random.random())  # noqa: S311 (no secret)
    return max(wait, retry_after_s or 0.0)


class TurnMiddleware:
    """Holds each request until its host's turn has come."""

    def __init__(self, throttle: Throttle, note: Note) -> None:
        self._throttle = throttle
        self._note = note

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TurnMiddleware:
        """As Scrapy builds it; the throttle is the run's, which is told of each request that left."""
        run = run_of(crawler)
        return cls(run.throttle, run.asked)

    async def process_request(self, request: Request) -> None:
        """Wait; the download slot is the host with its port, which Scrapy's own key leaves out."""
        host = host_of(request.url)
        request.meta["download_slot"] = host
        request.meta["place"] = await self._throttle.turn(host)
        request.meta["left_at"] = time.monotonic()

    def process_response(self, request: Request, response: Response) -> Response:
        """The host has answered: another one may ask."""
        self._over(request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """No answer came: another one may ask."""
        self._over(request, exception)

    def _over(self, request: Request, came: Response | Exception) -> None:
        self._throttle.over(request.meta.pop("place", None))
        left_at = request.meta.pop("left_at", None)
        if left_at is not None and not isinstance(came, IgnoreRequest):
            self._note(request, came, time.monotonic() - left_at)
