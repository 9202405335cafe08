"""A template comes from a source's pages and goes with them, and never holds a word of theirs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from pipelines.store import CrawlStore, store_path
from pipelines.templates import LESSONS
from tests.pipelines.forget.worlds import LETTER
from tests.pipelines.templates.site import HOST, LEARNED, ingest, learned, news, page, paragraphs, title_of
from tests.readings import rows

TABLES = ("templates", "template_pages", "template_changes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "learned.db"
    learned(path)
    CrawlStore(store_path(path)).close()
    return path


def counts(path: Path) -> list[int]:
    return [rows(path, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def test_what_was_learned_of_a_source_goes_with_it(path: Path) -> None:
    assert counts(path) == [1, LEARNED, 0]
    assert remove(path, make_scope(hosts=[HOST]), LETTER).removal.verified
    assert counts(path) == [0, 0, 0]


def test_a_template_that_a_removed_page_taught_goes_and_is_learned_anew(path: Path) -> None:
    scope = make_scope(urls=[f"https://{HOST}/news/3.html"])
    assert remove(path, scope, LETTER).removal.verified
    assert counts(path) == [0, LEARNED - 1, 0]
    with Archive(path) as archive:
        ingest(archive, [page(n, news(n)) for n in range(LEARNED + 1, LEARNED + LESSONS + 1)])
        assert len(archive.templates(HOST)) == 1


def test_no_table_of_templates_holds_a_word_of_a_page(archive: Archive, path: Path) -> None:
    """While it is being learned most is kept: of eleven pages everything that they teach."""
    ingest(archive, [page(n, news(n)) for n in range(1, LESSONS)])
    told = _said(archive.path) + _said(path)
    for number in range(1, LEARNED + 1):
        for words in (title_of(number), *paragraphs(number), "林远", "日报"):
            assert words not in told


def _said(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        rows = [row for table in TABLES for row in connection.execute(f"SELECT * FROM {table}")]
    return repr(rows) + repr([str(value).encode().decode("unicode-escape") for row in rows for value in row])
