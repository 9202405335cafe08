"""What the documents and docstrings name is there: paths, modules, commands and their options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from crawler.cli.app import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
CODE = sorted(path for top in ("crawler", "pipelines", "benchmarks") for path in ROOT.glob(f"{top}/**/*.py"))
EXAMPLES = {"tests/cases/digest-with-linked-heads/"}
"""What a how-to makes."""
_PATH = re.compile(r"(?<![\w/.-])((?:crawler|pipelines|tests|docs|benchmarks|deploy)/[\w./-]*\w/?)")
_MODULE = re.compile(r"python -m ((?:benchmarks|docs|pipelines|crawler)\.[\w.]*\w)")
_COMMAND = re.compile(r"`parknews ([a-z-][^`]*)`")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", [*DOCUMENTS, *CODE], ids=_name)
def test_every_path_that_is_named_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    places = {*_PATH.findall(text), *(name.replace(".", "/") for name in _MODULE.findall(text))}
    assert {place for place in places - EXAMPLES if not any(ROOT.glob(f"{place.rstrip('/')}*"))} == set()


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted(ROOT.glob("docs/decisions/*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("document", [*DOCUMENTS, *CODE], ids=_name)
def test_every_command_that_is_named_has_these_options(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    wrong = {said: why for said in _COMMAND.findall(text) if (why := _unknown(said.replace("{", "X")))}
    assert wrong == {}


def _unknown(said: str) -> str:
    """The first word of a command line that the program does not know; empty where it knows all."""
    command = get_command(app)
    options = _options(command)
    for word in shlex.split(said, posix=False):
        known = getattr(command, "commands", {})
        if word.startswith("-"):
            if word.partition("=")[0] not in options:
                return word
        elif known and word.islower() and not word.isdigit():
            if word not in known:
                return word
            command = known[word]
            options |= _options(command)
    return ""


def _options(command: object) -> set[str]:
    found = {name for part in command.params for name in (*part.opts, *part.secondary_opts)}  # type: ignore[attr-defined]
    return found | {"-h", "--help"}
