"""Fixtures that tests of several parts share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.archive import Archive
from pipelines.archive.write.runs import RunCounts
from pipelines.places import find_mentions
from pipelines.records import Attachment, Claim, Field, Published, Reading, Rejection, Source, Story, Stripped
from pipelines.sign import sign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


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

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    def reading(self, page_id: int) -> Reading:
        published = self.day and Published(self.day.isoformat(), self.day, "byline", f"发布时间:{self.day}")
        story = Story(
            title=Field(self.title, "heading", self.title),
            text=self.text,
            language="zh-Hans",
            published=published,
            author=None,
            editor=None,
            credited_source=Field(self.credited, "byline", f"来源:{self.credited}")
            if self.credited
            else None,
            site_name=None,
            claims=(Claim("canonical", self.canonical),) if self.canonical else (),
            stripped=self.stripped,
            attachments=self.attachments,
        )
        return Reading(
            page_id=page_id,
            url=self.url,
            url_answered=self.url,
            source=self.host,
            status=200,
            fetched_at=datetime(2026, 3, 1, 8, 0, page_id % 60, tzinfo=UTC),
            encoding="utf-8",
            story=story,
            signed=sign(self.text),
            mentions=find_mentions(self.text),
        )


@pytest.fixture
def fill(tmp_path: Path) -> Callable[..., Path]:
    """Makes an archive of one run out of told pages and rejections; returns its path."""

    def made(pages: Sequence[Told], rejections: Sequence[Rejection] = (), name: str = "archive.db") -> Path:
        path = tmp_path / name
        hosts = dict.fromkeys([page.host for page in pages] + [r.source for r in rejections])
        with Archive(path) as archive:
            archive.put_sources([Source(host, f"名{host}") for host in hosts])
            run_id = archive.start_run("2026-03-01T07:59:00Z", "test")
            readings = [page.reading(number) for number, page in enumerate(pages, start=1)]
            archive.ingest([*readings, *rejections], "2026-03-01T08:00:30Z")
            archive.finish_run(run_id, "done", RunCounts(pages_fetched=len(pages)), "2026-03-01T08:01:00Z")
        return path

    return made


@pytest.fixture
def told() -> type[Told]:
    """The class of told pages."""
    return Told
