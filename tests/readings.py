"""Readings made by hand, for tests of what comes after reading."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pipelines.records import Claim, Field, Published, Reading, Story, Stripped
from pipelines.sign import sign

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NOW = "2026-01-06T00:00:00Z"
HOSTS = ("park.example", "daily.example", "copier.example")


def make_reading(
    url: str,
    text: str,
    *,
    page_id: int = 1,
    minutes: int = 0,
    title: str = "园区新闻",
    day: date | None = None,
    credited: str | None = None,
    claims: tuple[Claim, ...] = (),
    announced_at: datetime | None = None,
) -> Reading:
    published = None if day is None else Published(day.isoformat(), day, "byline")
    return Reading(
        page_id=page_id,
        url=url,
        url_answered=url,
        source=url.split("/")[2],
        status=200,
        fetched_at=START + timedelta(minutes=minutes),
        encoding="utf-8",
        story=Story(
            title=Field(title, "heading"),
            text=text,
            language="zh-Hans",
            published=published,
            author=None,
            editor=None,
            credited_source=None if credited is None else Field(credited, "byline"),
            site_name=None,
            claims=claims,
            stripped=(Stripped("contact", "phone", "电话 0512-0000000"),),
        ),
        signed=sign(text),
        announced_at=announced_at,
        announced_by="feed" if announced_at else "",
    )
