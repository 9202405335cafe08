"""What a page says twice: its title above the text, a summary, the whole body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.dates import has_date
from pipelines.normalise import normalise, simplify
from pipelines.records import Stripped
from pipelines.words import pattern

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
_ATTACHED = pattern(r"^\W{0,2}{document.attachment}")
_SENTENCE = re.compile(r"[。！？]$")
_MOST_PARTS = 3
_MOSTLY = 0.35
"""The share of a text that must be said before for it to count as printed twice; half where all of it is."""


def drop_repeats(lines: Sequence[str], title: str) -> tuple[list[str], list[Stripped]]:
    """The lines without repetition, and what was taken out."""
    stripped: list[Stripped] = []
    keys = [normalise(line) for line in lines]
    rules = [""] * len(lines)
    _mark_machine_summary(lines, rules)
    _mark_title(lines, keys, rules, title)
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


def _mark_title(lines: Sequence[str], keys: Sequence[str], rules: list[str], written: str) -> None:
    """The title above the text: whole, with a byline behind it, or in parts on lines of their own.

    A sentence that says what the title says is the text's lead, and a file may have the title's name.
    """
    title = normalise(written)
    if not title:
        return
    for index, key in enumerate(keys[:_HEAD]):
        said = _ATTACHED.search(simplify(lines[index])) or (
            _SENTENCE.search(lines[index]) and not _SENTENCE.search(written)
        )
        if key == title or (not said and (_nearly(key, title) or _has_byline(lines[index], key, title))):
            rules[index] = "title"
        for end in range(index + 2, min(index + _MOST_PARTS, len(keys)) + 1):
            if key and "".join(keys[index:end]) == title:
                rules[index:end] = ["title"] * (end - index)


def _nearly(key: str, title: str) -> bool:
    """Whether one of the two holds the other and is not much longer."""
    near = len(title) / 2 <= len(key) < len(title) + 12
    return len(key) >= 8 and near and (key in title or title in key)


def _has_byline(line: str, key: str, title: str) -> bool:
    """Whether a line is the title and, in the same element, what a byline says."""
    return len(title) >= 8 and key.startswith(title) and len(key) < len(title) + 60 and has_date(line)


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
