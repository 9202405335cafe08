"""The digest of the rules is another one once a rule is, and only then."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from docs.rules import ROOT, digest
from pipelines.archive.rules import RULES

VERDICT = "pipelines/join/verdict.py"
PRESENT = digest()


def test_archives_are_marked_with_the_digest_of_the_present_rules() -> None:
    assert PRESENT == RULES, "a rule is another one: run `make docs`, so that people are told to reprocess"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (VERDICT, "\nMOST = 0.45", "\nMOST = 0.46"),
        ("pipelines/extract/container.py", "_FAR_TEXT = 5", "_FAR_TEXT = 6"),
        ("pipelines/templates/reading.py", "def read(", "def reads("),
        ("pipelines/standing/kept.py", "min(seen", "max(seen"),
        ("pipelines/archive/write/conclusions.py", "SELECT ", "SELECT DISTINCT "),
        ("pipelines/words/names.toml", "\n书记\n", "\n"),
        ("pipelines/words/divisions.txt", "昆山市", "昆市"),
        ("requirements.lock", "\ntrafilatura==", "\ntrafilatura==9"),
    ],
    ids=["threshold", "extraction", "template", "function", "statement", "word", "table", "library"],
)
def test_another_rule_gives_another_digest(tree: Path, file: str, old: str, new: str) -> None:
    _change(tree / file, old, new)
    assert digest(tree) != PRESENT


def test_comments_docstrings_types_and_imports_are_no_rules(tree: Path) -> None:
    _change(tree / VERDICT, "\nMOST = 0.45", "\n# Why so.\n\n\nMOST = (\n    0.45\n)")
    _change(tree / VERDICT, '"""What was found of a pair of texts."""', '"""Said otherwise."""')
    _change(tree / VERDICT, "-> Verdict:", "-> object:")
    _change(tree / VERDICT, "\nimport numpy", "\nimport this\nimport numpy")
    assert digest(tree) == PRESENT


def test_a_function_that_stands_in_another_module_is_the_same_rule(tree: Path) -> None:
    function = re.search(r"^def explain.*?(?=^def )", (tree / VERDICT).read_text("utf-8"), re.M | re.S)
    assert function
    _change(tree / VERDICT, function[0], "")
    _change(tree / "pipelines/join/names.py", "\ndef ", f"\n{function[0]}def ")
    assert digest(tree) == PRESENT


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
