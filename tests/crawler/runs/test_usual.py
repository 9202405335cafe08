"""A source is judged by its own history."""

from datetime import UTC, datetime, timedelta

from crawler.runs.usual import unusual
from pipelines.records import PastRun

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def runs(*new: int, hours: float = 24, last: dict[str, int] | None = None, **usual: int) -> list[PastRun]:
    """Past runs, the oldest first as given, as `unusual` takes them."""
    made = []
    for place, count in enumerate(reversed(new)):
        values = {"fetched": 3, "articles": count, "unchanged": 5, "failed": 0, "refused": 0, **usual}
        if place == 0:
            values |= last or {}
        at = NOW - timedelta(hours=hours * place)
        made.append(PastRun(run_id=100 - place, host="x.cn", started_at=at, new=count, **values))  # type: ignore[arg-type]
    return made


def kinds(*given: PastRun) -> list[str]:
    return [trouble.kind for trouble in unusual(list(given), NOW)]


def test_a_lively_source_that_yields_nothing_is_told_the_same_day() -> None:
    assert kinds(*runs(200, 10, 0)) == ["yield"]


def test_a_quiet_source_that_yields_nothing_is_not() -> None:
    assert kinds(*runs(200, 1, 0, 0, 1, 0, 0, 0)) == []


def test_a_weekend_is_no_trouble_once_one_was_seen() -> None:
    weeks = [12, 9, 11, 10, 12, 0, 0] * 3
    assert kinds(*runs(300, *weeks)) == []
    assert kinds(*runs(300, *weeks, 0, 0)) == ["yield"]


def test_a_first_weekend_on_which_nothing_changed_is_no_trouble() -> None:
    assert kinds(*runs(300, 12, 10, 0, last={"fetched": 0})) == []


def test_far_less_than_usual_is_told() -> None:
    assert kinds(*runs(300, 30, 28, 33, 31, 30, 29, 2)) == ["yield"]


def test_a_silence_longer_than_the_rhythm_is_told() -> None:
    fortnightly = [int(day % 14 == 0) for day in range(90)]
    assert kinds(*runs(5, *fortnightly)) == []
    assert kinds(*runs(5, *fortnightly, *[0] * 40)) == ["rhythm"]


def test_pages_that_are_no_news_any_more_are_told() -> None:
    assert kinds(*runs(50, 9, 9, 9, 9, 6, last={"rejected": 8}, rejected=1)) == ["rejections"]


def test_dates_that_are_missing_all_at_once_are_told() -> None:
    assert kinds(*runs(50, 9, 9, 9, last={"undated": 9})) == ["dates"]


def test_a_source_without_dates_from_the_beginning_is_not() -> None:
    assert kinds(*runs(50, 9, 9, 9, undated=9)) == []


def test_a_robots_txt_that_forbids_what_it_allowed_is_told() -> None:
    assert kinds(*runs(50, 9, 9, 9, last={"refused": 40})) == ["robots"]


def test_addresses_that_are_gone_at_once_are_told() -> None:
    assert kinds(*runs(50, 9, 9, 9, last={"gone": 20})) == ["gone"]


def test_one_run_is_no_history() -> None:
    assert kinds(*runs(0)) == []
