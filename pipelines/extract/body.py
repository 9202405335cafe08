"""The lines of the chosen element in; the body's lines, and an account of what was left out, out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.container import is_linked, is_prose, size
from pipelines.records import Stripped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.extract.container import Choice, Trust
    from pipelines.extract.scan import Line, Scan

_ENDS_SENTENCE = re.compile(r"[。！？!?.…”\"）)]$")
_MOST_HIDDEN = 50


class Body(NamedTuple):
    """The body's lines before cleaning."""

    lines: tuple[str, ...]
    stripped: tuple[Stripped, ...]


def read_body(scan: Scan, choice: Choice, trust: Trust) -> Body:
    """The lines of the article's element, without links, hinted boilerplate and hidden text."""
    kept: list[str] = []
    stripped: list[Stripped] = []
    for line in scan.lines[choice.first : choice.last]:
        reason = _left_out(line, choice, trust)
        if reason:
            stripped.append(Stripped(reason[0], reason[1], line.text))
        else:
            kept.append(line.text)
    stripped.extend(_hidden_elsewhere(scan.lines, choice, trust))
    return Body(tuple(kept), tuple(stripped))


def _left_out(line: Line, choice: Choice, trust: Trust) -> tuple[str, str] | None:
    """The kind and the rule by which a line is not part of the body; None where it is."""
    if line.hidden and trust.hidden:
        return "hidden", "hidden-element"
    hint = trust.hint(line, choice.node)
    if hint == "byline":
        return ("editor", "element-named-byline") if not is_prose(line) or size(line.text) < 40 else None
    if hint:
        return hint, f"element-named-{hint}"
    if is_linked(line) and not (size(line.text) > 30 and _ENDS_SENTENCE.search(line.text)):
        return "navigation", "linked-line"
    return None


def _hidden_elsewhere(lines: Sequence[Line], choice: Choice, trust: Trust) -> list[Stripped]:
    """Hidden prose outside the article's element: readers never saw it, and it may be meant for machines."""
    if not trust.hidden:
        return []
    outside = [*lines[: choice.first], *lines[choice.last :]]
    found = [
        Stripped("hidden", "hidden-element", line.text) for line in outside if line.hidden and is_prose(line)
    ]
    return found[:_MOST_HIDDEN]
