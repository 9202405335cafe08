"""The generated parts of the reference, as Markdown: `make docs` writes them, `make check` compares.

In: the typer application, migrations, the catalogue, the dataclasses of settings and sources, error classes.
Out: Markdown for the cog blocks in docs/reference/.
"""

from __future__ import annotations

import ast
import inspect
import re
import sqlite3
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from typer.main import get_command

from crawler.cli.app import app
from crawler.config import Settings, variable_of
from crawler.sources import KEYS, SELECTORS
from pipelines import catalogue, errors
from pipelines.records import CrawlSource, Selectors

MIGRATIONS = Path("pipelines/archive/migrations")


def commands() -> str:
    """Every command: what it does, its arguments and options, its examples."""
    root = get_command(app)
    return "\n".join(_command("parknews", root))


def archive() -> str:
    """Every table and view of the archive with its columns, and what the catalogue says of them."""
    database = sqlite3.connect(":memory:")
    for script in sorted(MIGRATIONS.glob("*.sql")):
        database.executescript(script.read_text(encoding="utf-8"))
    return "\n".join(line for name in _objects(database) for line in _table(database, name))


def sources() -> str:
    """Every key of a [[source]]."""
    reasons = _attribute_docs(CrawlSource)
    defaults = {field.name: field for field in fields(CrawlSource)}
    rows = [
        (f"`{key}`", _source_default(key, defaults[field]), reasons.get(field, ""))
        for key, (field, _) in KEYS.items()
    ]
    return _markdown_table(("key", "default", "meaning"), rows)


def selectors() -> str:
    """Every key of a [source.read]."""
    reasons = _attribute_docs(Selectors)
    return _markdown_table(("key", "meaning"), [(f"`{key}`", reasons[key]) for key in SELECTORS])


def settings() -> str:
    """Every setting with its option, variable, default, unit and reason."""
    rows = [
        (
            _code(variable_of(field)),
            _code(field.metadata["option"]),
            field.metadata["default"] or _code(str(getattr(Settings(), field.name))),
            field.metadata["unit"],
            field.metadata["reason"],
        )
        for field in fields(Settings)
    ]
    return _markdown_table(("variable", "option", "default", "unit", "reason"), rows)


def error_classes() -> str:
    """Every error with its exit code."""
    classes = [value for value in vars(errors).values() if inspect.isclass(value)]
    rows = [(f"`{cls.__name__}`", str(cls.exit_code), inspect.getdoc(cls) or "") for cls in classes]
    return _markdown_table(("error", "exit code", "what to do"), rows)


# Commands --------------------------------------------------------------------------------------


def _command(path: str, command: Any) -> Iterator[str]:
    """One command and, below it, its subcommands."""
    yield f"## {path}\n" if path == "parknews" else f"## {path.removeprefix('parknews ')}\n"
    yield _unstyled(command.help or "") + "\n"
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    rows = [(f"`{_argument_name(p)}`", p.help or "") for p in arguments]
    rows += [(_option_names(p), _option_help(p)) for p in options if p.name not in _SHELL]
    if rows:
        yield _markdown_table(("", "meaning"), [(name, _unstyled(text)) for name, text in rows])
    if command.epilog:
        yield _unstyled(_examples(command.epilog)) + "\n"
    for name, below in getattr(command, "commands", {}).items():
        yield from _command(f"{path} {name}", below)


_SHELL = {"install_completion", "show_completion", "help"}


def _argument_name(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _option_names(parameter: Any) -> str:
    return ", ".join(f"`{name}`" for name in parameter.opts)


def _option_help(parameter: Any) -> str:
    shown = parameter.default not in (None, False, 0, "")
    default = getattr(parameter.default, "value", parameter.default)
    return (parameter.help or "") + (f" Default: {default}." if shown else "")


def _examples(epilog: str) -> str:
    shown, _, note = epilog.partition("\n\n")
    body = [line.removeprefix("  ") for line in shown.splitlines()[1:]]
    return "\n".join(["```sh", *body, "```", "", note, ""])


def _unstyled(text: str) -> str:
    return re.sub(r"(?<!\\)\[/?[a-z ]*\]", "", inspect.cleandoc(text)).replace("\\[", "[")


# Archive ---------------------------------------------------------------------------------------


def _objects(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'articles_fts_%' ORDER BY rowid"
    )
    return [row[0] for row in rows]


def _table(database: sqlite3.Connection, name: str) -> Iterator[str]:
    kind = database.execute("SELECT type FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]
    known = catalogue.archive()[name]
    yield f"### {name}" + (" (view)" if kind == "view" else "") + "\n"
    yield known.meaning + "\n"
    rows = [
        (f"`{column}`", type_ or "", known.columns[column].meaning)
        for _, column, type_, *_ in database.execute(f"PRAGMA table_info({name})")
    ]
    yield _markdown_table(("column", "type", "meaning"), rows)


# Dataclasses -----------------------------------------------------------------------------------


def _attribute_docs(cls: type) -> dict[str, str]:
    """The string below each field of a class (they are no docstrings to Python, but they are to us)."""
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)
    docs = {}
    for above, below in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(above, ast.AnnAssign)
            and isinstance(below, ast.Expr)
            and isinstance(above.target, ast.Name)
        ):
            docs[above.target.id] = inspect.cleandoc(ast.literal_eval(below.value)).replace("\n", " ")
    return docs


def _source_default(key: str, field: Field[Any]) -> str:
    if field.default is MISSING:
        return "needed"
    if key == "every":
        return '`"6h"`'
    if isinstance(field.default, Selectors):
        return "none"
    if isinstance(field.default, str):
        return f'`"{field.default}"`'
    return _code(
        {"True": "true", "False": "false", "None": "none", "()": "[]"}.get(
            str(field.default), str(field.default)
        )
    )


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _markdown_table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [" | ".join(headings), " | ".join("---" for _ in headings), *(" | ".join(row) for row in cells)]
    return "\n".join(f"| {line} |" for line in lines) + "\n"
