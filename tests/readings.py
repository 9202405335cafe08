"""Readings made by hand, for tests of what comes after reading, and what a file says of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.places import find_mentions
from pipelines.records import Attachment, Claim, Field, Published, Reading, Story, Stripped
from pipelines.sign import sign

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NOW = "2026-01-06T00:00:00Z"
HOSTS = ("park.example", "daily.example", "copier.example")

Fill = Callable[..., Path]
"""Makes an archive out of told pages (`fill` in tests/conftest.py)."""


def make_reading(
    url: str,
    text: str,
    *,
    page_id: int = 1,
    at: datetime | None = None,
    minutes: int = 0,
    title: str = "园区新闻",
    day: date | None = None,
    credited: str | None = None,
    author: str | None = None,
    claims: tuple[Claim, ...] = (),
    stripped: tuple[Stripped, ...] = (Stripped("contact", "phone", "电话 0512-0000000"),),
    attachments: tuple[Attachment, ...] = (),
    language: str = "zh-Hans",
    announced_at: datetime | None = None,
    encoding: str = "utf-8",
) -> Reading:
    """What reading a page would give, without the time it takes."""
    story = Story(
        title=Field(title, "heading", title),
        text=text,
        language=language,
        published=day and Published(day.isoformat(), day, "byline", f"发布时间:{day}"),
        author=Field(author, "byline", f"作者:{author}") if author else None,
        editor=None,
        credited_source=Field(credited, "byline", f"来源:{credited}") if credited else None,
        site_name=None,
        claims=claims,
        stripped=stripped,
        attachments=attachments,
    )
    return Reading(
        page_id=page_id,
        url=url,
        url_answered=url,
        source=url.split("/")[2],
        status=200,
        fetched_at=at or START + timedelta(minutes=minutes),
        encoding=encoding,
        story=story,
        signed=sign(text),
        announced_at=announced_at,
        announced_by="feed" if announced_at else "",
    )


@dataclass(frozen=True)
class Told:
    """A page as a test tells it; everything else of its Reading follows."""

    url: str
    title: str
    text: str
    day: date | None = None
    credited: str | None = None
    stripped: tuple[Stripped, ...] = ()
    canonical: str | None = None
    attachments: tuple[Attachment, ...] = ()
    language: str = "zh-Hans"

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    def reading(self, page_id: int) -> Reading:
        made = make_reading(
            self.url,
            self.text,
            page_id=page_id,
            at=datetime(2026, 3, 1, 8, 0, page_id % 60, tzinfo=UTC),
            title=self.title,
            day=self.day,
            credited=self.credited,
            claims=(Claim("canonical", self.canonical),) if self.canonical else (),
            stripped=self.stripped,
            attachments=self.attachments,
            language=self.language,
        )
        return replace(made, mentions=find_mentions(self.text))


def rows(path: Path, sql: str, *values: object) -> list[Any]:
    """What a statement gives; what it changes is kept."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()
