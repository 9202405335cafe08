"""The words of an interface in its languages, as data.

In: TOML files whose tables give a text in each language (`title = {zh = "标题", en = "Title"}`). Out: a
Words of one language, which fills the places of a text (`{n}`) with what it is handed; and a reason that the
archive keeps in English, in that language.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"

_OWN = Path(__file__).with_name("words.toml")
_REASONS = Path(__file__).with_name("reasons.toml")
_JOINTS = {"zh": "；"}


class _Number(int):
    """A number in a text: `{n}` is 1,200; `{n:article|articles}` is 1 article, or 1,200 articles."""

    def __format__(self, counted: str) -> str:
        one, _, more = counted.partition("|")
        return f"{int(self):,}{' ' if counted else ''}{one if self == 1 else more}"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language; a text that is not there is an error, not a blank."""

    language: str
    texts: dict[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of that name with its places filled; numbers get their thousands separators."""
        shown = {key: _Number(v) if isinstance(v, int) else v for key, v in values.items()}
        return self.texts[name].format(**shown)

    def or_itself(self, group: str, value: str | None) -> str:
        """A value's own text (`language.zh-Hans`), or the value where nobody gave it one."""
        if value is None:
            return self.texts["unknown"]
        return self.texts.get(f"{group}.{value}", value)


def words(language: str, *files: Path) -> Words:
    """The texts of the report, with those of further files, in one language."""
    texts: dict[str, str] = {}
    for file in (_OWN, *files):
        texts |= {name: both[language] for name, both in _read(file).items()}
    return Words(language, texts)


def reason_in(language: str, reason: str) -> str:
    """A reason as the archive keeps it, in `language`; English as it is.

    It is told part by part, and what stands before and after a colon on its own; a part that reasons.toml
    does not have stays as it is, so that nothing is lost where a rule gets new words.
    """
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
def _read(file: Path) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for group, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
        if set(table) == set(LANGUAGES):
            entries[group] = table
        else:
            entries |= {f"{group}.{name}": both for name, both in table.items()}
    return entries


@cache
def _reasons() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    entries = tomllib.loads(_REASONS.read_text(encoding="utf-8"))["reason"]
    return tuple((_pattern(entry["said"]), {"zh": entry["zh"]}) for entry in entries)


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, said.split("{}"))))
