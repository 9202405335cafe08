"""What belongs to nothing in a database is emptied, and what belongs to somebody stays as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.forget.slack import clear_slack

WORD = "已删除之文字"


@pytest.mark.parametrize("row_bytes", [40, 900, 30_000], ids=["free blocks", "gaps", "free pages"])
def test_no_byte_of_a_deleted_row_is_left_and_every_other_row_is_whole(
    tmp_path: Path, row_bytes: int
) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE said (id INTEGER PRIMARY KEY, word TEXT)")
        connection.execute("CREATE INDEX by_word ON said (substr(word, 1, 30))")
        for number in range(400):
            word = WORD if number % 3 else "留下"
            connection.execute("INSERT INTO said (word) VALUES (?)", (f"{word}{number}" * (row_bytes // 20),))
        connection.commit()
        stays = connection.execute("SELECT * FROM said WHERE word LIKE '留下%'").fetchall()
        connection.execute("DELETE FROM said WHERE word LIKE ?", (f"{WORD}%",))
        connection.commit()
    assert WORD.encode() in path.read_bytes()
    assert clear_slack(path)
    assert WORD.encode() not in path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM said").fetchall() == stays
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO said (word) VALUES (?)", ("新" * 5000,))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
