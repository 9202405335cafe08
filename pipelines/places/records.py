"""What is found in a text, and the text as the rules compare it."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from pipelines.normalise import normalise
from pipelines.records import Mention

__all__ = ["Mention", "lists", "plain"]


def plain(text: str) -> str:
    """The text with each character simplified and of half width, as long as before."""
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """Code point to its plain character, where there is one; worked out when first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        spelling = normalise(character)
        self[code] = spelling if len(spelling) == 1 and not character.isascii() else character
        return self[code]


_PLAIN = _Plain()


@cache
def lists() -> dict[str, Any]:
    """The word lists of words.toml."""
    import tomllib  # noqa: PLC0415  # once

    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
