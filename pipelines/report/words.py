"""The words of an interface in its languages, as data.

In: TOML files whose tables give a text in each language (`title = {zh = "标题", en = "Title"}`). Out: a
Words of one language, which fills the places of a text (`{n}`) with what it is handed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"

_OWN = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language; a text that is not there is an error, not a blank."""

    language: str
    texts: dict[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of that name with its places filled; numbers get their thousands separators."""
        shown = {key: f"{v:,}" if isinstance(v, int) else v for key, v in values.items()}
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


@cache
def _read(file: Path) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for group, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
        if set(table) == set(LANGUAGES):
            entries[group] = table
        else:
            entries |= {f"{group}.{name}": both for name, both in table.items()}
    return entries
