"""Reasons are shown in the reader's language, and none of those that the rules give is left in English."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipelines.report.words import reason_in

STANDING = Path(__file__).parents[3] / "pipelines" / "standing"


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("the only copy", "只有这一份"),
        ("credited by 1 other publisher; seen first", "有 1 家其他媒体署其为来源；最先见到"),
        ("the only publisher; it credits nobody", "唯一的发布者；未署其他来源"),
        ("3 publishers have it on the first day, 2026-01-02", "首日（2026-01-02）有 3 家发布"),
        ("list page", "列表页"),
        ("a rule of tomorrow; seen first", "a rule of tomorrow；最先见到"),
        ("HTTP 404", "HTTP 404"),
        ("", ""),
    ],
)
def test_a_reason_is_told_part_by_part(reason: str, chinese: str) -> None:
    assert reason_in("zh", reason) == chinese
    assert reason_in("en", reason) == reason


@pytest.mark.parametrize("said", sorted({"kept.py", "first.py"}))
def test_every_reason_of_the_rules_has_its_chinese(said: str) -> None:
    reasons = [reason for reason in _reasons_of(STANDING / said) if reason]
    assert len(reasons) > 5
    left = [reason for reason in reasons if re.search("[a-z]{3}", reason_in("zh", reason))]
    assert left == []


def _reasons_of(file: Path) -> list[str]:
    """The texts that are handed to Kept, FirstPublisher and `reasons`, with 7 wherever a value stands."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _called(node) in {"Kept", "FirstPublisher", "append"}:
            found += [_text(argument) for argument in node.args]
    return found


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value) if " " in str(node.value) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    text = "".join(map(str, parts)).replace("7 other 7", "7 other publishers")
    return text.removeprefix("7; ")
