"""What a rule is: a name, a kind and the pattern of one wording; and how a line is held against them.

Patterns and lines are compared in simplified characters, so a wording need be written in one script only.
No pattern nests one repetition in another, so each is linear in the length of a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.normalise import simplify

if TYPE_CHECKING:
    from pipelines.records import StrippedKind

OPEN = r"^[\s\W_]{0,6}"
"""What may stand before a label: brackets, arrows, bullets."""
CLOSE = r"[\s\W_]{0,6}$"


class Rule(NamedTuple):
    """One wording."""

    name: str
    kind: StrippedKind
    pattern: re.Pattern[str]

    def find(self, text: str) -> re.Match[str] | None:
        """Where a line fits; the offsets are those of the line as it is written."""
        return self.pattern.search(simplify(text))


def rule(name: str, kind: StrippedKind, pattern: str, *, case: bool = False) -> Rule:
    """A rule; `case` where capitals matter."""
    return Rule(name, kind, re.compile(simplify(pattern), 0 if case else re.IGNORECASE))


def first_match(text: str, rules: tuple[Rule, ...]) -> Rule | None:
    """The first of these rules that a line fits; None where none does."""
    plain = simplify(text)
    return next((rule for rule in rules if rule.pattern.search(plain)), None)
