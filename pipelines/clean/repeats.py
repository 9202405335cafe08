"""What a page says twice: its title above the text, a summary, the whole body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.normalise import normalise
from pipelines.records import Stripped
from pipelines.words import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_SUMMARY_LABEL = pattern(r"^[\W_]{0,3}{text.summary}[\W_]{0,3}", as_written=True)
_MACHINE_HEADING = pattern(
    r"^\W{0,3}{text.machine}\s?(?:智能)?{text.machine_summary}\W{0,3}$", as_written=True
)
_MADE_BY_MACHINE = pattern("{text.made_by_machine}", as_written=True)
_LEAST = 30
"""Normalised characters of a repeated line: shorter ones (答：, 谢谢大家) are said twice by people."""
_OFTEN = 4
"""Times on end: people say a sentence three times in a speech, and refrains have verses between them."""
_HEAD = 6
_MOSTLY = 0.35
"""The share of a text that must be said before for it to count as printed twice; half where all of it is."""


def drop_repeats(lines: Sequence[str], title: str) -> tuple[list[str], list[Stripped]]:
    """The lines without repetition, and what was taken out."""
    stripped: list[Stripped] = []
    keys = [normalise(line) for line in lines]
    rules = [""] * len(lines)
    _mark_machine_summary(lines, rules)
    _mark_title(keys, rules, normalise(title))
    _mark_twice(keys, rules)
    _mark_often(keys, rules)
    _mark_summaries(lines, keys, rules, normalise(title))
    kept = []
    for line, rule in zip(lines, rules, strict=True):
        if rule:
            stripped.append(Stripped("repeated", rule, line))
        else:
            kept.append(line)
    return kept, stripped


def _mark_title(keys: Sequence[str], rules: list[str], title: str) -> None:
    for index, key in enumerate(keys[:_HEAD]):
        if (
            title
            and key
            and (
                key == title
                or (
                    len(key) >= 8
                    and (key in title or title in key)
                    and len(title) / 2 <= len(key) < len(title) + 12
                )
            )
        ):
            rules[index] = "title"


def _mark_machine_summary(lines: Sequence[str], rules: list[str]) -> None:
    """A summary that a machine made: from its heading to the line that says so."""
    start = next((i for i, line in enumerate(lines[:_HEAD]) if _MACHINE_HEADING.match(line)), None)
    if start is None:
        return
    near = range(start + 1, min(start + 8, len(lines)))
    end = next((i for i in near if _MADE_BY_MACHINE.search(lines[i]) and len(lines[i]) <= 60), None)
    stop = start if end is None else end
    rules[start : stop + 1] = ["machine-summary"] * (stop + 1 - start)


def _mark_twice(keys: Sequence[str], rules: list[str]) -> None:
    """Lines said before, where they are so many that the page, not its author, says everything twice."""
    seen: set[str] = set()
    again = []
    for index, key in enumerate(keys):
        if len(key) >= _LEAST and key in seen and not rules[index]:
            again.append(index)
        seen.add(key)
    if sum(len(keys[index]) for index in again) >= _MOSTLY * sum(map(len, keys)):
        for index in again:
            rules[index] = "line-twice"


def _mark_often(keys: Sequence[str], rules: list[str]) -> None:
    """A line said many times on end: each picture of a series has the same caption."""
    start = 0
    for index in range(1, len(keys) + 1):
        if index < len(keys) and keys[index] == keys[start]:
            continue
        if index - start >= _OFTEN and keys[start]:
            rules[start:index] = ["line-often"] * (index - start)
        start = index


def _mark_summaries(lines: Sequence[str], keys: Sequence[str], rules: list[str], title: str) -> None:
    """A first line that the lines after it say again: whole, or up to where it was cut; its title aside."""
    for index in range(min(_HEAD, len(lines) - 1)):
        if rules[index] or len(keys[index]) < _LEAST:
            continue
        key = normalise(_SUMMARY_LABEL.sub("", lines[index]))
        key = key.removeprefix(title) if len(title) >= 6 else key
        rest = "".join(
            key for key, rule in zip(keys[index + 1 :], rules[index + 1 :], strict=True) if not rule
        )
        if len(key) >= _LEAST and rest.startswith(key):
            rules[index] = "summary"
        return
