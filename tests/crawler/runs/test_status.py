from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.runs.status import Yield, diagnose, due, mostly_failed, own_health, scarce
from pipelines.records import CrawlSource, PastRun, Selectors
from pipelines.store.sources import Watched

SOURCE = CrawlSource("park.example", "园区", ("https://park.example/",), every_s=6 * 3600.0)
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HELD = Yield(articles=4, copies=5, last_read_at="2026-03-01T08:00:30Z")


def _run(**counts: object) -> PastRun:
    values: dict[str, object] = {"host": "park.example", "fetched": 10, "articles": 5, **counts}
    return PastRun(**{"run_id": 1, "started_at": START, **values})  # type: ignore[arg-type]


def _judged(*runs: PastRun, held: Yield = HELD) -> tuple[str, str]:
    [health] = diagnose([SOURCE], runs, {"park.example": held})
    return health.state, health.reason


@pytest.mark.parametrize(
    ("pages", "state", "reason"),
    [
        (2, "ok", ""),
        (
            3,
            "wrong",
            "`date` of [source.read] gave nothing on 3 of its 5 articles; `parknews read` one of them shows"
            " what is read instead",
        ),
    ],
)
def test_a_selector_that_gives_nothing_on_most_pages_is_a_trouble_and_told_in_any_case(
    pages: int, state: str, reason: str
) -> None:
    source = replace(SOURCE, read=Selectors(date=(".day",)))
    held = replace(
        HELD, selector_misses={"date": pages, "title": 5}
    )  # the file has no selector of titles any more
    [health] = diagnose([source], [_run()], {"park.example": held})
    told = (f"`date` of [source.read] gave nothing on {pages} of its 5 articles",)
    assert (health.state, health.reason, health.missed) == (state, reason, told)


def test_a_source_that_was_never_fetched_is_new() -> None:
    assert _judged(held=Yield()) == ("new", "")


def test_a_source_with_pages_and_articles_is_ok() -> None:
    assert _judged(_run()) == ("ok", "")


def test_two_dead_links_beside_one_answer_are_no_trouble_neither_after_a_run_nor_in_status() -> None:
    run = _run(fetched=1, articles=1, failed=2, last_error="HTTP 404: not found")
    assert (_judged(run), mostly_failed(run), mostly_failed(replace(run, failed=3))) == (
        ("ok", ""),
        False,
        True,
    )


def test_a_run_in_which_nothing_had_changed_is_ok() -> None:
    assert _judged(_run(fetched=0, articles=0, unchanged=8)) == ("ok", "")


def test_a_source_that_did_not_answer_is_wrong_and_says_why() -> None:
    assert _judged(_run(fetched=0, articles=0, failed=1, last_error="connection refused")) == (
        "wrong",
        "its last run got no page (connection refused); open a start URL in a browser",
    )


def test_a_source_that_robots_txt_forbids_is_wrong() -> None:
    state, reason = _judged(_run(fetched=0, articles=0, refused=3))
    assert (state, "robots.txt or a removal forbids it" in reason) == ("wrong", True)


def test_a_source_most_of_whose_requests_failed_is_wrong() -> None:
    assert _judged(_run(fetched=3, failed=7, last_error="HTTP 500")) == (
        "wrong",
        "most requests failed, 7 of 10 (HTTP 500)",
    )


def test_a_source_without_a_single_article_is_wrong() -> None:
    state, reason = _judged(_run(), held=Yield(rejections=10))
    assert (state, reason.split(";")[0]) == ("wrong", "10 pages and no article")


def test_a_source_whose_article_pages_can_no_longer_be_read_is_wrong() -> None:
    old = Yield(articles=4, copies=5, last_read_at="2026-02-20T08:00:30Z")
    assert _judged(_run(articles=5), held=old) == (
        "wrong",
        "none of 5 article pages in its last run could be read; was it redesigned?",
    )


def test_a_failure_that_a_later_run_mended_is_ok() -> None:
    assert _judged(_run(), _run(fetched=0, articles=0, failed=1)) == ("ok", "")


def test_a_removed_source_is_neither_ok_nor_wrong() -> None:
    assert _judged(_run(fetched=0, articles=0, refused=1), held=Yield(status="removed")) == ("removed", "")


def test_success_and_due_time_come_from_the_last_run_that_got_an_answer() -> None:
    failed = _run(fetched=0, articles=0, failed=1, run_id=2, started_at=START + timedelta(hours=6))
    [health] = diagnose([SOURCE], [failed, _run()], {"park.example": HELD})
    assert (health.last_success_at, health.next_due_at) == (START, START + timedelta(hours=6))


@pytest.mark.parametrize(("hours", "expected"), [(0, False), (5, False), (5.8, True), (6, True), (100, True)])
def test_a_source_is_due_when_its_interval_has_passed(hours: float, expected: bool) -> None:
    assert bool(due([SOURCE], [_run()], START + timedelta(hours=hours))) is expected


def test_a_run_that_lies_in_the_future_does_not_count() -> None:
    ahead = _run(run_id=2, started_at=START + timedelta(days=400))
    assert due([SOURCE], [ahead, _run()], START + timedelta(hours=5)) == []
    assert due([SOURCE], [ahead, _run()], START + timedelta(hours=6)) == [SOURCE]


def test_a_source_that_was_never_fetched_is_due() -> None:
    assert due([SOURCE], [], START) == [SOURCE]


def test_a_source_that_did_not_answer_is_still_due() -> None:
    assert due([SOURCE], [_run(fetched=0, failed=1)], START) == [SOURCE]


def test_a_source_whose_run_was_stopped_is_still_due() -> None:
    assert due([SOURCE], [_run(stopped=True)], START) == [SOURCE]


def test_a_disk_that_lasts_two_weeks_no_more_is_a_trouble() -> None:
    told = [scarce(days) for days in (None, 400.0, 14.0, 9.0)]
    assert told[:3] == ["", "", ""]
    assert told[3].startswith("full in 9 days at the last week's rate; keep fewer raw pages")
    assert own_health("disk", told[3]).state == "wrong"


def test_addresses_that_rest_are_a_trouble_and_idle_parts_are_none() -> None:
    run = _run(host="x.cn", fetched=5, new=5)
    held = {"x.cn": Yield(copies=5, last_read_at=START.isoformat())}
    watched = {"x.cn": Watched(idle=("`zzz`",)), "y.cn": Watched(resting=("y.cn/old/*.html (9 wait)",))}
    sources = [CrawlSource(host, host, (f"http://{host}/",)) for host in ("x.cn", "y.cn")]
    x, y = diagnose(sources, [run], held, watched, START)
    assert (x.state, x.idle, y.state) == ("ok", ("`zzz`",), "wrong")
    assert "y.cn/old/*.html (9 wait)" in y.reason
