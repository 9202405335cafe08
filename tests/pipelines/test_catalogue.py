"""Nothing can be forgotten, or shown, by being new: every table and column stands in the catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from pipelines import catalogue
from pipelines.archive import Archive
from pipelines.catalogue import FORGETS, SIGHTS, WHATS, Table, exported
from pipelines.store import CrawlStore
from tests.readings import rows

MISSING = "say in pipelines/catalogue how a removal makes it forget, and who may see it"
_KINDS = {
    "INTEGER": {"integer", "boolean"},
    "REAL": {"number"},
    "TEXT": {"string", "date", "time"},
    "BLOB": {"bytes"},
}


def _schema(path: Path, *kinds: str) -> dict[str, set[str]]:
    tables = rows(path, "SELECT name, type FROM sqlite_schema")
    return {
        table: {row[1] for row in rows(path, f"PRAGMA table_xinfo({table})")}
        for table, kind in tables
        if kind in kinds
    }


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    Archive(tmp_path / "archive.db").close()
    return tmp_path / "archive.db"


def test_every_table_and_column_of_the_archive_is_in_the_catalogue(archive: Path) -> None:
    known = {name: set(table.columns) for name, table in catalogue.archive().items()}
    assert _schema(archive, "table", "view") == known, MISSING


def test_every_table_and_column_of_the_crawl_store_is_in_the_catalogue(tmp_path: Path) -> None:
    CrawlStore(tmp_path / "pages.db").close()
    known = {name: set(table.columns) for name, table in catalogue.store().items()}
    assert _schema(tmp_path / "pages.db", "table", "view") == known, MISSING


def test_every_table_says_how_it_forgets(archive: Path) -> None:
    views = _schema(archive, "view").keys()
    silent = {name for name, table in catalogue.archive().items() if table.forgets not in FORGETS}
    assert silent == views
    assert {table.forgets for table in catalogue.store().values()} <= FORGETS.keys()


@pytest.mark.parametrize("tables", [catalogue.archive(), catalogue.store()], ids=["archive", "store"])
def test_what_is_said_of_columns_is_said_of_columns_that_are_there(tables: Mapping[str, Table]) -> None:
    strays = {
        (name, column)
        for name, table in tables.items()
        for column in (*table.words, *table.addresses, *table.hosts, *table.sentences)
        if column not in table.columns
    }
    assert strays == set()


@pytest.mark.parametrize("file", ["archive", "store"])
def test_an_entry_says_nothing_that_nobody_reads_and_a_column_is_seen_in_one_way(file: str) -> None:
    read = tomllib.loads((Path(catalogue.__file__).with_name(f"{file}.toml")).read_text(encoding="utf-8"))
    known = {field.name for field in fields(Table)} | set(SIGHTS) | {"zh", "en", "means"}
    strays = {(name, key) for name, entry in read["tables"].items() for key in entry.keys() - known}
    listed = [
        (name, column)
        for name, entry in read["tables"].items()
        for sight in SIGHTS
        for column in entry.get(sight, "").split()
    ]
    meant = {(name, column) for name, entry in read["tables"].items() for column in entry.get("means", {})}
    assert (strays, [one for one in listed if listed.count(one) > 1], meant - set(listed)) == (
        set(),
        [],
        set(),
    )


def test_what_is_shown_with_its_copy_alone_says_what_of_a_page_it_holds(archive: Path) -> None:
    """So that the proof of a removal knows whose it is."""
    silent = {
        (name, row[1])
        for name, table in catalogue.archive().items()
        for row in rows(archive, f"PRAGMA table_info({name})")
        if row[1] in table.seen("shown_with_copy", "masked") and row[2] == "TEXT"
        if table.rows and row[1] not in (*table.words, *table.addresses, *table.sentences)
    }
    assert silent == set()


def test_what_depends_on_its_copy_has_rows_to_be_shown(archive: Path) -> None:
    views = _schema(archive, "view")
    hidden = {
        name
        for name, table in catalogue.archive().items()
        if table.seen("shown_with_copy", "masked") and not table.rows
    }
    assert hidden <= views.keys()


@pytest.mark.parametrize("what", WHATS)
def test_an_exports_columns_are_as_the_schema_has_them(archive: Path, what: str) -> None:
    columns = {row[1]: row for row in rows(archive, f"PRAGMA table_info({what})")}
    (is_view,) = rows(archive, "SELECT type = 'view' FROM sqlite_schema WHERE name = ?", what)[0]
    for column in exported(what):  # type: ignore[arg-type]  # one of WHATS
        if column.name in columns and what != "stripped":
            _, _, kind, is_never_null, _, key = columns[column.name]
            assert (column.name, column.kind in _KINDS.get(kind, {column.kind})) == (column.name, True)
            if not is_view:  # of whose columns SQLite does not know what may be NULL
                assert (column.name, column.required) == (column.name, bool(is_never_null or key))
