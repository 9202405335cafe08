"""A text that an article shows stands in the archive once, and is never lost by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.archive import Archive
from tests.pipelines.archive.older import make_older
from tests.pipelines.archive.sample_texts import HARBOUR, PARK
from tests.readings import NOW, make_reading

Rows = Callable[..., list[tuple[Any, ...]]]
TEXTS = {PARK, PARK + "(完)", HARBOUR}
WHOLE = "SELECT text FROM texts"
KEPT_HERE = "SELECT text FROM unshown_texts"


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Two articles, one of them with a copy that has two characters more."""
    archive.ingest(
        [
            make_reading("https://park.example/1", PARK, page_id=1),
            make_reading("https://daily.example/2", PARK + "(完)", page_id=2, minutes=2),
            make_reading("https://park.example/3", HARBOUR, page_id=3),
        ],
        NOW,
    )
    return archive


def said(found: list[tuple[Any, ...]]) -> set[str]:
    return {text for (text,) in found}


@pytest.mark.usefixtures("filled")
def test_each_text_stands_once(rows: Rows) -> None:
    shown = said(rows("SELECT text FROM articles"))
    assert (said(rows(WHOLE)), said(rows(KEPT_HERE))) == (TEXTS, TEXTS - shown)
    assert len(shown) == 2


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("change", ["UPDATE articles SET text = '别的'", "DELETE FROM articles"])
def test_whoever_changes_an_article_loses_no_text(rows: Rows, change: str) -> None:
    rows(change)
    assert said(rows(WHOLE)) == TEXTS


def test_the_text_of_a_page_that_says_something_else_now_stays_with_its_version(
    filled: Archive, rows: Rows
) -> None:
    filled.ingest([make_reading("https://park.example/3", HARBOUR + "补充。", page_id=9, minutes=9)], NOW)
    versions = rows("SELECT text FROM versions JOIN texts ON texts.id = text_id WHERE page_id IN (3, 9)")
    assert said(versions) == {HARBOUR, HARBOUR + "补充。"}
    assert HARBOUR in said(rows(KEPT_HERE))


def test_an_older_archive_has_its_texts_once_when_it_is_opened(filled: Archive, rows: Rows) -> None:
    before = (rows("SELECT * FROM text_rows ORDER BY id"), rows("SELECT * FROM unshown_texts"))
    filled.close()
    make_older(filled.path, 38)
    assert said(rows("SELECT text FROM texts WHERE text <> ''")) == TEXTS
    Archive(filled.path).close()
    assert (rows("SELECT * FROM text_rows ORDER BY id"), rows("SELECT * FROM unshown_texts")) == before
