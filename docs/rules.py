"""The digest of what decides: what is read in a page, which texts are joined, how copies stand to each other.

In: the source tree. Out: a few characters, other ones once a rule is another: a statement of a deciding
module, a word of a list or table, a library that reads pages. Comments, docstrings, types, imports and
formatting are no rules, nor is where a statement stands: modules may be split, merged and moved. `make docs`
writes the digest into pipelines/archive/rules.py, so that nobody works it out who only reads an archive; a
test compares.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOTS = ("pipelines.stages", "pipelines.join", "pipelines.join.differences", "pipelines.standing")
"""These decide, and all of our modules that they import."""
ARCHIVE = tuple(
    f"pipelines.archive.write.{name}" for name in ("conclusions", "furniture", "numbering", "standing")
)
"""What the archive hands to them, and what it makes of their answers; what these import only stores."""
LIBRARIES = (
    *("dateparser", "lxml", "openpyxl", "py3langid"),
    *("pypdf", "rapidfuzz", "readability-lxml", "trafilatura"),
)
"""Another release of these may read a page otherwise."""
_NO_RULES = ("annotation", "returns", "type_params", "type_comment", "kind", "ctx")
"""Fields of a syntax tree."""


def digest(root: Path = ROOT) -> str:
    """The digest of the tree at `root`."""
    files = {_file(root, name) for name in ARCHIVE} | set(_imported(root))
    said = sorted(_said(statement) for path in files for statement in _statements(_tree(path).body))
    words = [json.dumps(tomllib.loads(_text(path))) for path in sorted(root.glob("pipelines/words/*.toml"))]
    tables = [_text(path) for path in sorted(root.glob("pipelines/words/*.txt"))]
    pinned = re.findall(rf"^(?:{'|'.join(LIBRARIES)})==\S+", _text(root / "requirements.lock"), re.MULTILINE)
    parts = "\0".join([*said, *words, *tables, *pinned])
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def _imported(root: Path) -> Iterator[Path]:
    """The files of ROOTS and of all that they import."""
    todo, seen = list(ROOTS), set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        yield (file := _file(root, name))
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "pipelines":
                names = (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))
                todo += [one for one in names if _is_module(root, one)]


def _is_module(root: Path, name: str) -> bool:
    path = root / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def _file(root: Path, name: str) -> Path:
    path = root / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _tree(path: Path) -> ast.Module:
    return ast.parse(_text(path))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that may be rules."""
    for statement in body:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        is_import = isinstance(statement, ast.Import | ast.ImportFrom) or "TYPE_CHECKING" in names
        is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not (is_import or is_docstring or "__all__" in names):
            yield statement


def _said(value: object) -> str:
    """A part of a syntax tree in words, the same in every version of Python."""
    if isinstance(value, list):
        if value and isinstance(value[0], ast.stmt):
            value = list(_statements(value))
        return f"[{' '.join(map(_said, value))}]"
    if not isinstance(value, ast.AST):
        return repr(value)
    fields = {
        name: _said(part)
        for name, part in ast.iter_fields(value)
        if name not in _NO_RULES and part is not None and part != []
    }
    return f"({type(value).__name__} {fields})"
