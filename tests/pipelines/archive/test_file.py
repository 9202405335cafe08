"""Opening archives: new, older, newer, foreign, missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive import Archive, file, read_only
from pipelines.errors import ConfigurationError, ForeignArchiveError, NewerArchiveError
from pipelines.records import Source
from tests.pipelines.archive.test_writer import Rows
from tests.readings import rows


def test_an_archive_of_an_older_version_is_migrated_with_all_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old = tmp_path / "archive.db", tmp_path / "migrations"
    old.mkdir()
    first = file.ARCHIVE.scripts / "0001_archive.sql"
    (old / first.name).write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(file, "ARCHIVE", replace(file.ARCHIVE, scripts=old, before_commit=lambda _: None))
        database = file.open_for_writing(path)
        database.conn.execute("INSERT INTO sources (host, name) VALUES ('park.example', '园区')")
        database.close()
    with Archive(path) as archive:
        archive.put_sources([Source("daily.example", "日报")])
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT host FROM sources ORDER BY host").fetchall() == [
            ("daily.example",),
            ("park.example",),
        ]
        assert connection.execute("SELECT count(*) FROM meta WHERE key = 'salt'").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_reader_of_an_older_archive_sees_it_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old = tmp_path / "archive.db", tmp_path / "migrations"
    old.mkdir()
    first = file.ARCHIVE.scripts / "0001_archive.sql"
    (old / first.name).write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(file, "ARCHIVE", replace(file.ARCHIVE, scripts=old, before_commit=lambda _: None))
        file.open_for_writing(path).close()
    reader = read_only(path)
    assert reader.execute("SELECT count(*) FROM mentions").fetchone()[0] == 0
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM mentions")


@pytest.mark.parametrize("open_it", [Archive, read_only])
def test_an_archive_of_a_newer_version_is_refused_untouched(
    tmp_path: Path, open_it: Callable[[Path], object]
) -> None:
    path = tmp_path / "archive.db"
    Archive(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO _sqlite_migrations VALUES (99, 'parknews', '9999_future', '2030')")
    before = path.read_bytes()
    with pytest.raises(NewerArchiveError, match="9999_future"):
        open_it(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("open_it", [Archive, read_only])
def test_a_foreign_file_is_refused_untouched(tmp_path: Path, open_it: Callable[[Path], object]) -> None:
    database, text = tmp_path / "other.db", tmp_path / "text.db"
    rows(database, "CREATE TABLE theirs (x)")
    text.write_text("not a database at all, but long enough to look like one" * 20)
    for path in (database, text):
        before = path.read_bytes()
        with pytest.raises(ForeignArchiveError):
            open_it(path)
        assert path.read_bytes() == before


def test_a_missing_archive_is_not_made_by_readers(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with pytest.raises(ConfigurationError, match="no archive here"):
        read_only(path)
    with pytest.raises(ConfigurationError, match="no archive here"):
        Archive(path, create=False)
    assert not path.exists()


def test_the_plain_shell_can_search(archive: Archive, rows: Rows) -> None:
    assert rows("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"园 区\"'") == [(0,)]


@pytest.mark.parametrize("open_it", [Archive, read_only])
def test_a_file_made_of_an_archives_dump_is_an_archive(
    tmp_path: Path, open_it: Callable[[Path], Archive | sqlite3.Connection]
) -> None:
    """`sqlite3 archive.db .dump | sqlite3 copy.db` leaves out what stands in the header."""
    path = tmp_path / "archive.db"
    Archive(path).close()
    header = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = connection.execute(header).fetchone()
        connection.execute("PRAGMA application_id = 0")
        connection.execute("PRAGMA user_version = 0")
    open_it(path).close()
    Archive(path).close()
    assert rows(path, header)[0] == before != (0, 0)
