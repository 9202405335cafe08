"""Every failure is one clear line on stderr and the exit code that INTERFACE.md promises."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.failures import exit_code
from crawler.runs.lock import run_lock
from pipelines.errors import ConfigurationError, NothingReachedError
from tests.commands import Run


def _one_line(found: Any) -> str:
    assert found.out == ""
    assert found.err.count("\n") == 1
    assert found.err.startswith("parknews: ")
    return str(found.err)


def test_a_missing_sources_file_exits_2_and_says_what_to_write(parknews: Run) -> None:
    found = parknews("crawl")
    assert (found.code, "`parknews sources add URL`" in _one_line(found)) == (2, True)


def test_no_sources_exits_2_and_says_what_to_write(parknews: Run, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("# none\n")
    found = parknews("crawl")
    assert (found.code, "no sources yet; write one with `parknews sources add" in _one_line(found)) == (
        2,
        True,
    )


def test_a_broken_sources_file_exits_2_with_its_line(parknews: Run, sources: Path) -> None:
    sources.write_text(sources.read_text() + "dealy_s = 2\n")
    found = parknews("crawl")
    assert (found.code, _one_line(found)) == (
        2,
        f"parknews: {sources}:5: unknown key 'dealy_s' in [[source]] park.example; did you mean 'delay_s'?\n",
    )


@pytest.mark.usefixtures("sources")
def test_an_unknown_host_exits_2(parknews: Run) -> None:
    found = parknews("crawl", "prak.example")
    assert (found.code, "did you mean 'park.example'" in _one_line(found)) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("crawl", "--nonsense"),
        ("nonsense",),
        ("search",),
        ("search", "x", "--limit", "0"),
        ("search", "x", "--by", "y"),
    ],
)
def test_wrong_usage_exits_2(parknews: Run, arguments: tuple[str, ...]) -> None:
    found = parknews(*arguments)
    assert (found.code, found.out) == (2, "")


@pytest.mark.usefixtures("archive")
def test_what_was_not_typed_in_utf_8_is_wrong_usage(parknews: Run) -> None:
    found = parknews("show", "\udcff")
    assert (found.code, "not typed in UTF-8" in _one_line(found)) == (2, True)


def test_a_missing_archive_is_named(parknews: Run, tmp_path: Path) -> None:
    found = parknews("search", "x")
    assert (found.code, str(tmp_path / "archive.db") in _one_line(found)) == (2, True)


def test_an_empty_file_is_no_archive_to_read(parknews: Run, tmp_path: Path) -> None:
    (tmp_path / "archive.db").touch()
    found = parknews("search", "x")
    assert (found.code, "an empty file" in _one_line(found)) == (4, True)


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("command", [("crawl",), ("search", "x")])
def test_a_folder_is_no_archive(parknews: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    found = parknews("--db", str(tmp_path), *command)
    assert (found.code, "a folder" in _one_line(found)) == (4, True)


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("command", [("crawl",), ("search", "x"), ("show", "1")])
def test_a_file_that_is_no_database_exits_4(parknews: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is a letter to my aunt, not a database" * 200)
    found = parknews(*command)
    _one_line(found)
    assert found.code == 4


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("command", [("crawl",), ("search", "x"), ("show", "1")])
def test_somebody_elses_database_exits_4_and_stays_as_it_is(
    parknews: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "archive.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE mine (x)")
    other.close()
    before = path.read_bytes()
    found = parknews(*command)
    _one_line(found)
    assert (found.code, path.read_bytes() == before) == (4, True)


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("command", [("crawl",), ("search", "x"), ("show", "1")])
def test_an_archive_of_a_newer_parknews_exits_2(
    parknews: Run, archive: Path, command: tuple[str, ...]
) -> None:
    connection = sqlite3.connect(archive)
    with connection:
        connection.execute("INSERT INTO _sqlite_migrations VALUES (99, 'parknews', '9999_future', '')")
    connection.close()
    found = parknews(*command)
    assert (found.code, "install that version" in _one_line(found)) == (2, True)


@pytest.mark.usefixtures("sources")
def test_a_damaged_archive_exits_4(parknews: Run, archive: Path) -> None:
    sqlite3.connect(archive).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(archive.read_bytes())
    content[4096 : len(content)] = b"\xff" * (len(content) - 4096)
    archive.write_bytes(bytes(content))
    found = parknews("search", "园区")
    _one_line(found)
    assert found.code == 4


@pytest.mark.usefixtures("sources", "archive")
def test_a_second_run_exits_3(parknews: Run, tmp_path: Path) -> None:
    with run_lock(tmp_path / "archive.db"):
        found = parknews("crawl")
    assert (found.code, "another run" in _one_line(found)) == (3, True)


def test_the_traceback_comes_with_v_only(parknews: Run) -> None:
    assert "Traceback" not in parknews("crawl").err
    assert "Traceback" in parknews("-v", "crawl").err


def test_sqlite_errors_that_escape_have_their_codes() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    assert [exit_code(full), exit_code(locked), exit_code(OSError(28, "No space left on device"))] == [
        4,
        3,
        4,
    ]


def test_typed_errors_have_their_own_codes_and_bugs_have_none() -> None:
    errors = [ConfigurationError("x"), NothingReachedError("x"), KeyError("x"), sqlite3.ProgrammingError("x")]
    assert [exit_code(error) for error in errors] == [2, 1, None, None]


@pytest.mark.usefixtures("archive")
def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    command = f"{sys.executable} -c 'from crawler.cli import main; main()' --db {tmp_path}/archive.db show 1"
    pipe = f"{command} | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", pipe], capture_output=True, check=True)
    assert (done.stdout[-2:], done.stderr) == (b"0\n", b"")
