"""What is found in a text, and the text as the rules compare it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from pipelines.normalise import normalise

Kind = Literal["region", "park", "company", "money"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a text names, and where."""

    kind: Kind
    name: str
    """As the text has it: `text[start:end]`."""
    start: int
    end: int
    code: str | None = None
    """Of a region, GB/T 2260; of a park or company, that of the region its name begins with."""
    value: float | None = None
    """Of an amount of money: how many units."""
    unit: str | None = None
    """Of an amount of money: CNY, USD, EUR, JPY, HKD, TWD, GBP or KRW (ISO 4217)."""


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
