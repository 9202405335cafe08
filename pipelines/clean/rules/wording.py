"""What a rule is: a name, a kind and the pattern of one wording; and how a line is held against them.

No pattern nests one repetition in another, so each is linear in the length of a line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

OPEN = r"^[\s\W_]{0,6}"
"""What may stand before a label: brackets, arrows, bullets."""
CLOSE = r"[\s\W_]{0,6}$"


class Rule(NamedTuple):
    """One wording."""

    name: str
    kind: str
    pattern: re.Pattern[str]


def rule(name: str, kind: str, pattern: str) -> Rule:
    """A rule whose pattern knows no case."""
    return Rule(name, kind, re.compile(pattern, re.IGNORECASE))


def first_match(text: str, rules: tuple[Rule, ...]) -> Rule | None:
    """The first of these rules that a line fits; None where none does."""
    return next((rule for rule in rules if rule.pattern.search(text)), None)
