import asyncio
import time
from datetime import UTC, datetime

import pytest

from crawler.web.throttle import JITTER, StoppingError, Throttle, backoff_s, retry_after_s

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("999999999", 86400.0),
        ("soon", None),
        ("Mon, 23 Nov 99999999999999999999 12:00:00 GMT", None),
        ("", None),
        (None, None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_a_moment_without_a_zone_is_in_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert (
            retry_after_s("Mon, 23 Nov 2026 12:00:30 -0000", datetime(2026, 11, 23, 12, tzinfo=UTC)) == 30.0
        )
    finally:
        monkeypatch.undo()
        time.tzset()


def test_waits_double_and_never_undercut_retry_after() -> None:
    waits = [backoff_s(attempts, base_s=2.0) for attempts in range(4)]
    assert all(2.0 * 2**n <= wait <= 2.0 * 2**n * (1 + JITTER) for n, wait in enumerate(waits))
    assert backoff_s(0, base_s=2.0, retry_after_s=50.0) == 50.0


def test_a_delay_can_only_be_lengthened() -> None:
    throttle = Throttle(per_host=4)
    throttle.clock("x.cn", 2.0)
    throttle.clock("x.cn", 0.5)
    throttle.clock("x.cn", 3.0)
    assert throttle.clock("x.cn").delay_s == 3.0


def test_a_host_with_a_delay_gets_one_request_at_a_time() -> None:
    throttle = Throttle(per_host=4)
    assert (throttle.clock("slow.cn", 1.0).room, throttle.clock("fast.cn", 0.0).room) == (1, 4)


def test_sixteen_that_want_a_turn_at_once_get_one_each_delay() -> None:
    async def run() -> list[float]:
        throttle = Throttle(per_host=16)
        throttle.clock("x.cn", 0.05)
        left: list[float] = []
        started = time.monotonic()

        async def ask() -> None:
            await throttle.turn("x.cn")
            left.append(time.monotonic() - started)

        await asyncio.gather(*(ask() for _ in range(16)))
        return left

    left = asyncio.run(run())
    assert all(at >= 0.05 * turn * 0.99 for turn, at in enumerate(left)), left


def test_two_ports_of_one_host_do_not_wait_for_each_other() -> None:
    async def run() -> float:
        throttle = Throttle(per_host=1)
        started = time.monotonic()
        for port in range(8001, 8009):
            throttle.clock(f"x.cn:{port}", 5.0)
            await throttle.turn(f"x.cn:{port}")
        return time.monotonic() - started

    assert asyncio.run(run()) < 1.0


def test_who_waits_for_a_turn_is_let_go_when_the_run_ends() -> None:
    async def run() -> None:
        throttle = Throttle(per_host=1)
        throttle.clock("x.cn", 60.0)
        await throttle.turn("x.cn")
        waiting = asyncio.ensure_future(throttle.turn("x.cn"))
        await asyncio.sleep(0.05)
        throttle.stopping = True
        await asyncio.wait_for(waiting, 5)

    with pytest.raises(StoppingError):
        asyncio.run(run())


def test_the_gap_grows_with_each_answer_that_asks_for_less_and_shrinks_again() -> None:
    throttle = Throttle(per_host=4)
    clock = throttle.clock("x.cn", 1.0)
    gaps = [clock.gap_s()]
    for strained in (True, True, True, False, False, False):
        throttle.answered("x.cn", strained=strained)
        gaps.append(clock.gap_s())
    assert gaps == [1.0, 2.0, 4.0, 8.0, 4.0, 2.0, 1.0]


def test_a_host_that_answers_slowly_is_asked_less_often() -> None:
    throttle = Throttle(per_host=4)
    clock = throttle.clock("x.cn", 1.0)
    free = throttle.clock("y.cn", 0.0)
    for _ in range(10):
        throttle.answered("x.cn", strained=False, latency_s=3.0)
        throttle.answered("y.cn", strained=False, latency_s=3.0)
    slowed = clock.gap_s()
    for _ in range(20):
        throttle.answered("x.cn", strained=False, latency_s=0.1)
    assert (5.0 < slowed <= 6.0, clock.gap_s(), free.gap_s()) == (True, 1.0, 0.0)
