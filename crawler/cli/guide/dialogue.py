"""A conversation with the person who handles a request: what is said, asked and answered.

In: answers, a line each, from a terminal or a pipe. Out: texts of words.toml in one language, and what was
said in the archive at once.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.cli.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.forget.requests import Request
    from pipelines.report.words import Words

_YES = ("y", "yes", "是", "好", "1")


@dataclass
class Dialogue:
    """A conversation about one request."""

    db: Path
    words: Words
    wait_days: int
    number: int = 0

    def say(self, name: str, /, **values: object) -> None:
        """One of the guide's own texts; what it quotes is made harmless."""
        made = {key: one_line(value) if isinstance(value, str) else value for key, value in values.items()}
        print(self.words(name, **made))

    def ask(self, name: str, /, *, must: bool = False, **values: object) -> str:
        """An answer on one line; asked again where there has to be one."""
        while not (said := _line(f"{self.words(name, **values)}: ")) and must:
            pass
        return said

    def agrees(self, name: str) -> bool:
        """Yes or no; no where nothing is said."""
        return _line(f"{self.words(name)} [y/N]: ").lower() in _YES

    def choice(self, name: str, among: str) -> str:
        """One of the digits that the text offers."""
        self.say_block(name)
        while (said := self.ask("number")) not in tuple(among):
            pass
        return said

    def say_block(self, name: str) -> None:
        """A text of several lines."""
        print(self.words(name))

    def lines(self, name: str) -> list[str]:
        """What is pasted, until an empty line."""
        self.say_block(name)
        found: list[str] = []
        while line := _line("> "):
            found.append(line)
        return found

    def equivalent(self, command: str) -> None:
        """The command that does the same."""
        print(self.words("equivalent", command=one_line(command)))

    @property
    def resume(self) -> str:
        """How to go on another day."""
        return f"parknews removals guide {self.number or ''}".rstrip()

    def changed(self, change: Callable[..., Request], *values: object) -> Request:
        """The request after a change of its row, which is in the archive from here on."""
        from pipelines.forget.hide import RemovalArchive  # noqa: PLC0415  # --help needs no archive

        with RemovalArchive(self.db, create=False) as archive:
            return archive.requests(change, *values)


def _line(prompt: str) -> str:
    """A typed line; in a pipe it is shown, so that the dialogue can be read afterwards."""
    said = input(prompt).strip()
    if not sys.stdin.isatty():
        print(one_line(said))
    return said
