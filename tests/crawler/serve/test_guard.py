"""What the catalogue does not show is withheld from visitors, whatever becomes of the schema."""

from __future__ import annotations

import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crawler.serve.clerk import _answered, _Opened
from crawler.serve.guard import guard
from tests.pipelines.added import COLUMN, TABLE, add_everywhere, tables_of
from tests.readings import rows

SECRET = "被隐藏的正文"


@pytest.fixture
def added(archive_path: Path) -> list[str]:
    return add_everywhere(archive_path, lambda _: SECRET)


def _read(path: Path, sql: str, *, guarded: bool) -> str:
    with closing(sqlite3.connect(path)) as connection:
        if guarded:
            guard(connection, show_contacts=True)
        try:
            return repr(connection.execute(sql).fetchall())
        except sqlite3.DatabaseError as error:
            assert guarded
            return str(error)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {column} FROM {table}",
        "SELECT {column} FROM main.{table}",
        "SELECT * FROM {table}",
        "SELECT * FROM main.{table}",
        "SELECT * FROM {column}_{table}",
        "WITH seen AS (SELECT * FROM main.{table}) SELECT {column} FROM seen",
        "SELECT one.* FROM {table} AS one JOIN articles",
        "SELECT group_concat({column}), max({column}) FROM {table} ORDER BY {column}",
        "SELECT (SELECT {column} FROM {table} LIMIT 1)",
    ],
)
def test_a_column_or_table_that_the_catalogue_does_not_know_reads_as_empty(
    archive_path: Path, added: list[str], sql: str
) -> None:
    asked = {table: sql.format(table=table, column=COLUMN) for table in added}
    open_ = {table for table in added if SECRET in _read(archive_path, asked[table], guarded=False)}
    leaking = {table for table in added if SECRET in _read(archive_path, asked[table], guarded=True)}
    assert (open_, leaking) == (set(added), set())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM {table} WHERE {column} = '" + SECRET + "'",
        "SELECT 1 FROM main.{table} WHERE {column} LIKE '%'",
    ],
)
def test_it_cannot_be_guessed_at_either(archive_path: Path, added: list[str], sql: str) -> None:
    asked = [sql.format(table=table, column=COLUMN) for table in added]
    assert {_read(archive_path, one, guarded=True) for one in asked} == {"[]"}


@pytest.mark.parametrize("pragma", ["table_info", "table_xinfo", "index_list", "foreign_key_check"])
def test_no_pragma_tells_it(archive_path: Path, added: list[str], pragma: str) -> None:
    asked = [f"PRAGMA {pragma}({table})" for table in added]
    asked += [f"SELECT * FROM pragma_{pragma}('{table}')" for table in added]
    assert [one for one in asked if SECRET in _read(archive_path, one, guarded=True)] == []


@pytest.mark.parametrize(
    "of_sqlite",
    [
        "sqlite_stmt",
        "dbstat",
        "sqlite_temp_schema",
        "temp.sqlite_master",
        "pragma_database_list",
        "fts3tokenize",
    ],
)
def test_what_sqlite_knows_of_itself_is_withheld(archive_path: Path, of_sqlite: str) -> None:
    for sql in (f"SELECT * FROM {of_sqlite}", f"SELECT count(*) FROM {of_sqlite}"):
        said = _read(archive_path, sql, guarded=True)
        assert re.search("not authorized|prohibited|no such table", said)  # not every SQLite has each of them


@pytest.mark.parametrize(
    "call",
    [
        "fts3_tokenizer('simple', x'4141414141414141')",
        "fts5(NULL)",
        "zeroblob(9)",
        "randomblob(9)",
        "load_extension('x')",
        "sqlite_compileoption_get(1)",
        "total_changes()",
    ],
)
def test_what_is_no_question_cannot_be_called(archive_path: Path, call: str) -> None:
    said = _read(archive_path, f"SELECT {call}", guarded=True)
    assert said.startswith(("not authorized", "no such function"))


@pytest.mark.parametrize("table", ["texts", "nodes", "pairs"])
def test_a_withheld_text_leaves_no_fingerprint(archive_path: Path, table: str) -> None:
    rows(archive_path, "DELETE FROM copies")
    assert set(_read(archive_path, f"SELECT * FROM {table}", guarded=True)) <= set("[](), None")


def test_what_the_catalogue_shows_is_read(archive_path: Path) -> None:
    with closing(sqlite3.connect(archive_path)) as connection:
        shown = [name for name in tables_of(connection) if name != TABLE]
        guard(connection, show_contacts=True)
        assert [row for table in shown for row in connection.execute(f"SELECT count(*) FROM {table}")]
        [read] = connection.execute(
            "SELECT a.title, r.title, t.text, s.text FROM articles a JOIN copies c ON c.article_id = a.id"
            " JOIN readings r ON r.id = c.reading_id JOIN texts t ON t.id = r.text_id"
            " JOIN stripped s ON s.url = c.url, json_each('[1]') JOIN pragma_table_info('articles') p"
            " WHERE p.name = 'id'"
        )
    assert all(read)


def test_words_of_what_was_hidden_are_not_read_in_the_index(archive_path: Path) -> None:
    blocks = "SELECT count(block) FROM articles_fts_data"
    assert _read(archive_path, blocks, guarded=False) != "[(0,)]" == _read(archive_path, blocks, guarded=True)
    found = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH escape_fts('物流园') ORDER BY rank"
    assert _read(archive_path, found, guarded=True) == "[(2,)]"


def test_a_question_that_names_our_views_is_refused_and_no_answer_tells_the_name(
    archive_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda _: "known")
    mark = "shown_known_texts"
    inside = f"WITH {mark} AS (SELECT text FROM main.texts) SELECT text FROM {mark}"
    plan = "EXPLAIN QUERY PLAN SELECT count(*) OVER (), * FROM pairs a, texts b GROUP BY b.text, a.reason"
    assert _read(archive_path, inside, guarded=True) != "[]"  # the name is all that keeps the text
    opened = _Opened()
    for sql in (inside, inside.upper()):
        said = _answered(opened, str(archive_path), False, sql, (), 5, 10, True)
        assert said == ("error", "not authorized")
    for sql in (plan, "SELECT 'shown_known_texts'||'', shown_known"):
        assert "shown_known" not in repr(_answered(opened, str(archive_path), False, sql, (), 5, 10, True))
