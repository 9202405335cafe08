"""Archives as they were before a script of the schema, made of present ones."""

from __future__ import annotations

from pathlib import Path

from tests.readings import rows


def make_older(path: Path, script: int, *undone: str) -> None:
    """Undoes this script, by these statements, and those after it; opening the archive runs them again."""
    if script <= 38:
        _with_texts_twice(path)
    for sql in undone:
        rows(path, sql)
    rows(path, "DELETE FROM _sqlite_migrations WHERE CAST(substr(name, 1, 4) AS INTEGER) >= ?", script)
    rows(path, f"PRAGMA user_version = {script - 1}")


def _with_texts_twice(path: Path) -> None:
    whole = rows(path, "SELECT text, id FROM texts")
    for trigger in ("copies_lend_text", "articles_change_text", "articles_go_with_text"):
        rows(path, f"DROP TRIGGER {trigger}")
    rows(path, "DROP VIEW texts")
    rows(path, "DROP TABLE unshown_texts")
    rows(path, "DROP INDEX text_rows_by_article")
    rows(path, "ALTER TABLE text_rows DROP COLUMN article_id")
    rows(path, "ALTER TABLE text_rows RENAME TO texts")
    rows(path, "ALTER TABLE texts ADD COLUMN text TEXT NOT NULL DEFAULT ''")
    for row in whole:
        rows(path, "UPDATE texts SET text = ? WHERE id = ?", *row)
