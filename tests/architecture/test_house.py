"""The house rules that a tool can hold; import-linter holds the directions of imports."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("crawler/**/*.py"), *ROOT.glob("pipelines/**/*.py")])
SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE TABLE|PRAGMA|WITH)\s+[\w*(]", re.ASCII)
SQL_HOMES = (
    "pipelines/database.py",
    "pipelines/archive/",
    "pipelines/store/",
    "pipelines/forget/",
    "pipelines/export/",
    "crawler/serve/",
    "crawler/web/pace.py",
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _strings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_every_module_says_what_it_is() -> None:
    assert [
        _name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ] == []


def test_no_module_is_named_after_nothing() -> None:
    nameless = {"utils", "util", "helpers", "common", "misc", "manager"}
    assert [_name(path) for path in MODULES if path.stem in nameless] == []


def test_sql_stands_in_the_rooms_of_the_files_only() -> None:
    elsewhere = [path for path in MODULES if not _name(path).startswith(SQL_HOMES)]
    assert {_name(path): text for path in elsewhere for text in _strings(path) if SQL.match(text)} == {}


@pytest.mark.parametrize(
    "pattern",
    [r"/work/(main|\.library|shared|wt)|\.\./shared", r"\bTODO\b|\bFIXME\b", r"--index-url +https?://"],
)
def test_nothing_tracked_names_this_machine_or_work_left_over(pattern: str) -> None:
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/architecture"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
