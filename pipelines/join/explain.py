"""A verdict in words, for people who ask why two pages were joined or kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.join.verdict import APART, BLOCKED

if TYPE_CHECKING:
    from pipelines.join.verdict import Verdict


def explain(verdict: Verdict) -> str:
    """What was found of a pair, as `show` prints it: "94% of its text; 5 of 6 figures differ".

    "Its" is the shorter of the two texts.
    """
    parts = [
        f"{verdict.containment:.0%} of its text" + (", all over it" if verdict.reason == "spread" else "")
    ]
    if verdict.verdict == APART:
        return f"only {parts[0]}"
    if verdict.numbers_differ:
        parts.append(f"{verdict.numbers_differ} of {verdict.numbers_shared} figures differ")
    elif verdict.numbers_shared:
        parts.append(f"{verdict.numbers_shared} figures agree")
    if verdict.names_differ:
        parts.append(f"{verdict.names_differ} of {verdict.exchanges} exchanged wordings are other names")
    if verdict.verdict == BLOCKED and verdict.reason == "body":
        parts.append("each has a long text of its own beside what they share")
    return "; ".join(parts)
