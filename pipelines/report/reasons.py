"""Reasons that the archive keeps in English, in the reader's language.

In: a reason as stored, and a language. Out: the same in that language, part by part; a part that
reasons.toml does not have stays as it is, so that nothing is lost where a rule gets new words; what stands
before and after a colon is looked up on its own.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("reasons.toml")
_JOINTS = {"zh": "；"}


def reason_in(language: str, reason: str) -> str:
    """The reason in `language`; English as it is."""
    if language not in _JOINTS:
        return reason
    return _JOINTS[language].join(_part(language, part) for part in reason.split("; "))


def _part(language: str, part: str) -> str:
    for pattern, texts in _reasons():
        if match := pattern.fullmatch(part):
            return texts[language].format(*match.groups())
    what, colon, detail = part.partition(": ")
    return f"{_part(language, what)}：{_part(language, detail)}" if colon else part


@cache
def _reasons() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["reason"]
    return tuple((_pattern(entry["said"]), {"zh": entry["zh"]}) for entry in entries)


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, said.split("{}"))))
