from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime

import pytest

from pipelines.dates import Moment, has_date, is_day, read_date, zone_of

FETCHED = Moment(datetime(2024, 6, 28, 2, 0, tzinfo=UTC))


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"], autouse=True)
def machine_zone(request: pytest.FixtureRequest) -> object:
    """The zone of the machine must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
    time.tzset()


def _value(text: str, **options: bool) -> str | None:
    found = read_date(text, FETCHED, "byline", **options)
    return found.value if found else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024年3月5日 10:22", "2024-03-05T10:22:00+08:00"),
        ("发布时间:[2019-3-5]", "2019-03-05"),
        ("放大字体 缩小字体 发布日期:2015-11-26 16:01:03 来源:新能源网", "2015-11-26T16:01:03+08:00"),
        ("二〇二四年三月十五日", "2024-03-15"),
        ("中華民國一一三年五月廿三日", "2024-05-23"),
        ("2024年十二月", None),
        ("Thu Jun 13 10:22:33 CST 2024", "2024-06-13T10:22:33+08:00"),
        ("1717401600", "2024-06-03T16:00:00+08:00"),
        ("1717401600000", "2024-06-03T16:00:00+08:00"),
        ("项目编号1717401600", None),
        ("发布时间:2024-06-0310:22", "2024-06-03T10:22:00+08:00"),
        ("二〇二四年十十月廿廿日", None),
        ("三三天前", None),
        ("2024-06-01T10:00:00+99:99", "2024-06-01T10:00:00+08:00"),
        ("2024-06-01 10:00 GMT+99", "2024-06-01T10:00:00+08:00"),
        ("Fri, 05/03/2024 - 10:22", "2024-05-03T10:22:00+08:00"),
        ("三天前", "2024-06-25"),
        ("十二天前", "2024-06-16"),
        ("2023-09-27T23:30:00Z", "2023-09-27T23:30:00+00:00"),
        ("2023-09-27T08:30:00+0800", "2023-09-27T08:30:00+08:00"),
        ("2019年09月07日\u300010:22:33", "2019-09-07T10:22:33+08:00"),
        ("2024/06/12 11:35", "2024-06-12T11:35:00+08:00"),
        ("2019.9.7", "2019-09-07"),
        ("星期五 2019-01-04 下午 3:20", "2019-01-04T15:20:00+08:00"),
        ("中華民國113年3月5日", "2024-03-05"),
        ("113-03-05 下午 03:20", "2024-03-05T15:20:00+08:00"),
        ("September 27, 2023 10:05 PM", "2023-09-27T22:05:00+08:00"),
        ("27 Sept 2023", "2023-09-27"),
        ("Wed, 27 Sep 2023 10:00:00 GMT", "2023-09-27T10:00:00+00:00"),
        ("19-09-07 10:22", "2019-09-07T10:22:00+08:00"),
        ("/2019-09/07/content_12.htm", "2019-09-07"),
        ("/2019/0907/c12.html", "2019-09-07"),
        ("/t20190907_1234.html", "2019-09-07"),
        ("昨天 10:22", "2024-06-27T10:22:00+08:00"),
        ("前天 15:30", "2024-06-26T15:30:00+08:00"),
        ("3天前", "2024-06-25"),
        ("2小时前", "2024-06-28"),
        ("3個月前", "2024-03-28"),
        ("5 hours ago", "2024-06-28"),
        ("yesterday", "2024-06-27"),
        ("admin9个月前 (09-27)漳州产业信息28", "2023-09-27"),
        ("6个月前（12-31）", "2023-12-31"),
        ("25/05/2024 08:30", "2024-05-25T08:30:00+08:00"),
        ("09/05/2024", "2024-05-09"),
        ("May 9, 2024 8:30 am EDT", "2024-05-09T08:30:00-04:00"),
        ("May 9, 2024 8:30 am CST", "2024-05-09T08:30:00+08:00"),
        ("2024-05-09 08:30 GMT+8", "2024-05-09T08:30:00+08:00"),
        ("2024-05-09T00:00:00Z", "2024-05-09"),
        ("Thu May 09 2024 23:26:26 GMT+0800 (中国标准时间)", "2024-05-09T23:26:26+08:00"),
        ("2024-05-09 14:26 UTC+5:30", "2024-05-09T14:26:00+05:30"),
        ("2024/5/9 02:26 下午", "2024-05-09T14:26:00+08:00"),
        ("2024/5/9 PM 2:26", "2024-05-09T14:26:00+08:00"),
        ("2024/5/9 上午 12:30", "2024-05-09T00:30:00+08:00"),
        ("2024/5/9 中午12:30", "2024-05-09T12:30:00+08:00"),
        ("２０２４年５月９日 １４：２６", "2024-05-09T14:26:00+08:00"),
        ("/Date(1717401600000)/", "2024-06-03T16:00:00+08:00"),
        ("9. Mai 2024, 14:26 Uhr", "2024-05-09T14:26:00+08:00"),
        ("le 9 mai 2024 à 14h26", "2024-05-09T14:26:00+08:00"),
        ("9 de mayo de 2024", "2024-05-09"),
        ("9 мая 2024 г. 14:26", "2024-05-09T14:26:00+08:00"),
        ("입력 2024.05.09. 오후 2:26", "2024-05-09T14:26:00+08:00"),
        ("2024年5月9日(木) 午後2時26分", "2024-05-09T14:26:00+08:00"),
        ("令和6年5月9日", "2024-05-09"),
        ("9 tháng 5, 2024", "2024-05-09"),
        ("الخميس 9 مايو 2024 - 14:26", "2024-05-09T14:26:00+08:00"),
        ("٩ أيار ٢٠٢٤", "2024-05-09"),
        ("9 พฤษภาคม 2567 เวลา 14:26 น.", "2024-05-09T14:26:00+08:00"),
        ("9 พ.ค. 2567", "2024-05-09"),
        ("9 Μαΐου 2024", "2024-05-09"),
        ("9 मई 2024", "2024-05-09"),
        ("9 במאי 2024", "2024-05-09"),
    ],
)
def test_a_date_is_read_in_every_form_that_pages_use(text: str, value: str) -> None:
    assert _value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "2030-01-01",
        "117年3月5日",
        "1949-10-01",
        "2024-13-45",
        "0558-8123456",
        "9个月前 (03-27)",
        "第2024号",
        "V2021.1.3",
        "3-1",
        "6-7",
        "12-34, 10-11",
        "",
    ],
)
def test_what_is_no_believable_date_gives_none(text: str) -> None:
    assert _value(text, partial=True) is None


def test_the_day_is_that_of_the_sources_own_zone() -> None:
    found = read_date("2023-09-27T23:30:00Z", FETCHED, "json-ld")
    assert found is not None
    assert found.day == date(2023, 9, 28)


def test_the_day_may_be_that_of_the_zone_in_which_the_page_writes_it() -> None:
    for written in ("2023-09-27T23:30:00Z", "2023-09-27T20:30:00+02:00"):
        found = read_date(written, FETCHED._replace(as_stated=True), "json-ld")
        assert found is not None
        assert (found.value[:16], found.day) == (written[:16], date(2023, 9, 27))


@pytest.mark.parametrize(
    ("host", "language", "zone"),
    [
        ("www.example.jp", "", "Asia/Tokyo"),
        ("www.example.co.uk:8080", "en", "Europe/London"),
        ("example.com", "de-AT", "Europe/Vienna"),
        ("example.com", "fr", "Europe/Paris"),
        ("example.com", "en", ""),
    ],
)
def test_a_domain_or_a_language_names_a_zone(host: str, language: str, zone: str) -> None:
    assert zone_of(host, language) == zone


def test_a_time_without_a_zone_is_in_the_sources_zone() -> None:
    found = read_date("June 11, 2024 5:30 PM", FETCHED._replace(time_zone="America/New_York"), "byline")
    assert found is not None
    assert found.value == "2024-06-11T17:30:00-04:00"


def test_a_zones_difference_ahead_of_the_fetching_is_no_future() -> None:
    assert _value("2024-06-28 23:00") == "2024-06-28T23:00:00+08:00"


def test_a_relative_date_tells_what_days_it_allows() -> None:
    found = read_date("3天前", FETCHED, "byline")
    assert found is not None
    assert (found.earliest, found.day, found.latest) == (
        date(2024, 6, 24),
        date(2024, 6, 25),
        date(2024, 6, 25),
    )


def test_a_month_and_day_alone_are_read_only_when_asked_for() -> None:
    assert (_value("09-27 08:30"), _value("09-27 08:30", partial=True)) == (None, "2023-09-27T08:30:00+08:00")


def test_relative_dates_can_be_left_out() -> None:
    assert _value("今天 (06-28)", relative=False) is None


def test_a_date_of_any_form_is_noticed() -> None:
    assert [has_date(text) for text in ("3天前", "2024-01-02", "May 3, 2024", "园区")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Asia/Shanghai", ("2024-03-04", "2024-03-04", "2024-04-03")),
        ("America/Chicago", ("2024-04-03", "2024-03-04", "2024-04-03")),
        ("America/Sao_Paulo", ("2024-03-04", "2024-03-04", "2024-04-03")),
    ],
)
def test_a_day_that_may_be_read_in_two_orders_keeps_both(zone: str, days: tuple[str, str, str]) -> None:
    found = read_date("04/03/2024", Moment(FETCHED.fetched_at, zone), "byline")
    assert found
    assert (str(found.day), str(found.earliest), str(found.latest)) == days


def test_midnight_in_utc_is_a_day_without_a_time_in_every_zone() -> None:
    found = read_date("2024-05-09T00:00:00Z", Moment(FETCHED.fetched_at, "America/New_York"), "meta:date")
    assert found
    assert found.day == date(2024, 5, 9)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("2026年9月3日", True),
        ("（二〇二六年九月三日）", True),
        ("中華民國一一五年九月三日", True),
        ("民國115年9月3日", True),
        ("2026-09-03 星期四", True),
        ("截至2026年9月3日", False),
        ("2026年9月3日起施行", False),
    ],
)
def test_a_line_that_is_a_day_holds_nothing_else(text: str, is_it: bool) -> None:
    assert is_day(text) is is_it
