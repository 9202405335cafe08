"""What users can type, set or query is named in the documents."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

from crawler.cli.app import app
from crawler.config import Settings, variable_of
from docs import generate

ROOT = Path(__file__).parents[2]
PUBLIC_TABLES = {"articles", "copies", "stripped", "rejections", "sources", "runs", "removals"}


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("cli", generate.commands),
        ("archive", generate.archive),
        ("sources", generate.sources),
        ("settings", generate.settings),
        ("errors", generate.error_classes),
    ],
)
def test_the_reference_is_as_the_code_says_run_make_docs(
    page: str, part: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert callable(part)
    assert part().strip() in _text(f"docs/reference/{page}.md")


def test_every_command_is_in_the_reference() -> None:
    names = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert names - set(re.findall(r"^## ([\w -]+)$", _text("docs/reference/cli.md"), re.MULTILINE)) == set()


def test_every_variable_is_in_the_reference() -> None:
    variables = {variable_of(field) for field in fields(Settings)} - {""}
    assert [name for name in variables if f"`{name}`" not in _text("docs/reference/settings.md")] == []


def test_every_public_table_has_a_meaning_and_columns() -> None:
    text = _text("docs/reference/archive.md")
    headed = set(re.findall(r"^### (\w+)", text, re.MULTILINE))
    undescribed = set(re.findall(r"^### (\w+)(?: \(view\))?\n\n\| column", text, re.MULTILINE))
    assert (PUBLIC_TABLES - headed, PUBLIC_TABLES & undescribed) == (set(), set())


@pytest.mark.parametrize(
    "document", [str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]]
)
def test_every_relative_link_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", _text(document))
    folder = (ROOT / document).parent
    assert [link for link in links if not (folder / link).exists()] == []
