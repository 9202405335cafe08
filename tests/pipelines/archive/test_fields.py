"""What is read of a page goes all the way: into its reading, its copy, its article, and to those who ask."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive, read_only
from pipelines.catalogue import archive, exported
from pipelines.records import Field, Published, Source, Story
from pipelines.show import ShownArticle, ShownCopy, show
from tests.readings import Told

APART = {"text", "text_from", "claims", "stripped", "rights", "dateline", "missed", "attachments", "shows"}
"""Parts of a story that have tables of their own, or none, or are told in `origins` alone."""
OF_THE_PAGE = {"editor", "site_name"}
"""Fields that are the page's alone; every other one is its copy's and its article's too."""
FIELDS = {field.name for field in fields(Story)} - APART

UNEXPORTED = {
    "articles": {"kept_because", "first_publisher_because", "credited_source_status"},
    "copies": {"reading_id", "text_id", "credited_publisher"},
}
UNSHOWN = {
    "articles": {"published_earliest", "published_latest"},
    "copies": {
        *("id", "article_id", "reading_id", "text_id", "credited_publisher"),
        *("published_earliest", "published_latest"),
    },
}
"""By `parknews show`."""


def test_every_field_of_a_story_is_a_column_of_its_reading() -> None:
    assert FIELDS - archive()["readings"].columns.keys() == set()


@pytest.mark.parametrize("table", ["copies", "articles"])
def test_every_field_of_a_story_is_a_column_of_its_copy_and_article(table: str) -> None:
    assert FIELDS - OF_THE_PAGE - archive()[table].columns.keys() == set()


@pytest.mark.parametrize("what", ["articles", "copies"])
def test_every_column_is_exported_or_said_not_to_be(what: Any) -> None:
    columns = {column.name for column in exported(what)}
    assert archive()[what].columns.keys() - columns == UNEXPORTED[what]


@pytest.mark.parametrize(("table", "record"), [("articles", ShownArticle), ("copies", ShownCopy)])
def test_every_column_is_shown_or_said_not_to_be(table: str, record: Any) -> None:
    shown = {field.name for field in fields(record)}
    assert archive()[table].columns.keys() - shown == UNSHOWN[table]


def test_what_was_read_stands_in_each_of_them_with_its_origin(tmp_path: Path) -> None:
    page = Told(
        "https://park.example/a", "标题", "青岚湖科技园昨日启用第三期标准厂房,首批十二家企业签约入驻。"
    )
    reading = page.reading(1)
    said = {
        name: Published("2026-01-02", date(2026, 1, 2), f"origin of {name}", "看到的原文")
        if name == "published"
        else "en"
        if name == "language"
        else Field(f"value of {name}", f"origin of {name}", "看到的原文")
        for name in FIELDS
    }
    with Archive(tmp_path / "archive.db") as opened:
        opened.put_sources([Source(page.host, "园区")])
        opened.ingest([replace(reading, story=replace(reading.story, **said))], "2026-03-01T08:00:00Z")
    values = {name: getattr(value, "value", value) for name, value in said.items()}
    with closing(read_only(tmp_path / "archive.db")) as connection:
        for table in ("readings", "copies", "articles"):
            [row] = connection.execute(f"SELECT * FROM {table}").fetchall()
            kept = {name: value for name, value in values.items() if name in row.keys()}  # noqa: SIM118
            assert {name: row[name] for name in kept} == kept
        origins = dict(connection.execute("SELECT field, origin FROM origins").fetchall())
        shown = show(connection, "1")
    assert origins == {name: f"origin of {name}" for name in FIELDS - {"language"}}
    assert isinstance(shown, ShownArticle)
    for record in (asdict(shown), asdict(shown.copies[0])):
        assert {n: v for n, v in record.items() if n in values} == {
            n: v for n, v in values.items() if n in record
        }
    assert {n: field.value for n, field in shown.copies[0].origins.items()} == {
        n: v for n, v in values.items() if n != "language"
    }
