"""Files of earlier versions open as they are; what they lack comes whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import database
from pipelines.archive import file as archive
from pipelines.store import file as store
from tests.readings import rows


@pytest.fixture(autouse=True)
def _scripts_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_migrate", database._migrate.__wrapped__)  # type: ignore[attr-defined]


KINDS = pytest.mark.parametrize("kind", [archive.ARCHIVE, store.STORE], ids=["archive", "crawl store"])


def only(folder: Path, kind: database.FileKind, count: int) -> database.FileKind:
    """The kind as it was when it had so many scripts."""
    folder.mkdir()
    for script in sorted(kind.scripts.glob("*.sql"))[:count]:
        shutil.copy(script, folder)
    return replace(kind, scripts=folder, before_commit=lambda _: None)


def tables(path: Path) -> set[str]:
    return {row[0] for row in rows(path, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}


@KINDS
def test_an_older_file_becomes_as_a_new_one_is(tmp_path: Path, kind: database.FileKind) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    database.open_file(old, only(tmp_path / "scripts", kind, 2)).close()
    database.open_file(old, kind).close()
    database.open_file(new, kind).close()
    assert tables(old) == tables(new)


@KINDS
def test_a_script_that_fails_leaves_the_file_as_it_was(tmp_path: Path, kind: database.FileKind) -> None:
    path = tmp_path / "file.db"
    older = only(tmp_path / "scripts", kind, 2)
    database.open_file(path, older).close()
    before = tables(path)
    (older.scripts / "0003_wrong.sql").write_text("CREATE TABLE x (a);\nCREATE TABLE x (a);\n")
    with pytest.raises(Exception, match="already exists"):
        database.open_file(path, older)
    assert tables(path) == before


def test_an_archive_that_was_killed_as_it_was_made_is_completed_by_who_reads_it(tmp_path: Path) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.open_file(tmp_path / "archive.db", replace(archive.ARCHIVE, on_migrated=killed))
    archive.open_for_writing(tmp_path / "new.db").close()
    assert tables(tmp_path / "archive.db") == set()
    archive.read_only(tmp_path / "archive.db").close()
    assert tables(tmp_path / "archive.db") == tables(tmp_path / "new.db")


def test_an_archive_whose_scripts_are_known_by_name_alone_is_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    archive.open_for_writing(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")  # it was never set before
    before = path.read_bytes()
    archive.open_for_writing(path).close()
    archive.read_only(path).close()
    assert path.read_bytes() == before


def test_a_trigger_is_one_statement(tmp_path: Path) -> None:
    kind = only(tmp_path / "scripts", store.STORE, 1)
    trigger = (
        "CREATE TRIGGER t AFTER INSERT ON robots BEGIN\n  DELETE FROM rejected;\n  DELETE FROM pages;\nEND;\n"
    )
    (kind.scripts / "0002_trigger.sql").write_text(trigger)
    opened = database.open_file(tmp_path / "file.db", kind)
    assert opened.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall() == [("t",)]
    opened.close()


def test_a_part_of_a_transaction_is_undone_by_itself(tmp_path: Path) -> None:
    def fail(opened: database.Database) -> None:
        with opened.atomic() as connection:
            connection.execute("INSERT INTO rests VALUES ('b.cn', 1)")
            raise RuntimeError

    opened = database.open_file(tmp_path / "file.db", store.STORE)
    with opened.atomic() as connection:
        connection.execute("INSERT INTO rests VALUES ('a.cn', 1)")
        with pytest.raises(RuntimeError):
            fail(opened)
    assert opened.conn.execute("SELECT host FROM rests").fetchall() == [("a.cn",)]
    opened.close()


@KINDS
def test_scripts_are_numbered_one_after_another(kind: database.FileKind) -> None:
    numbers = sorted(int(script.name[:4]) for script in kind.scripts.glob("*.sql"))
    assert numbers == list(range(1, len(numbers) + 1))
