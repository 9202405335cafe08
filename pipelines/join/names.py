"""The name guard: whether the wordings that two near texts exchanged are names for other names.

In: two texts and their exchanges. Out: how many are names, and whether they speak against joining.
Notices, appointments and awards are forms, exact outside their slots; an article written again with
other words is not, so a name for a name counts by how sure it is, how often it comes, and how few
ordinary rewordings there are beside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.join.alignment import LONGEST_HALF, Gap, is_latin, length
from pipelines.join.lexicon import (
    NAMED,
    NONE,
    STRONG,
    ends_as_body,
    is_strange,
    name_evidence,
)
from pipelines.join.shapes import are_one_wording
from pipelines.normalise import are_regional

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.join.features import Features

_NAMES_SHARE = 0.3
_ENOUGH = 2
"""Evidence that counts by its share alone: one person or region for another, or two unknown words."""
_SURE_SHARE = 0.18
"""Of what is sure or repeated: an article with a thesaurus run over it has 25 other words, and 4 from a
synonym that looks like a name; other fillings of a form, reworded, have 20 for 4 at least
(`benchmarks/neardup.py`, names.jsonl)."""
_REPEATED = 2
_LATIN_NAME = 5
_SLOT_SHARE, _SLOT_CHARACTERS = 0.5, 400
"""A slot of an exact form: half of all exchanges, and said once more than every 400 characters."""


def weigh_names(
    a: Features, b: Features, exchanges: list[Gap], halves: Sequence[Gap] = (), edges: Sequence[Gap] = ()
) -> tuple[int, bool]:
    """How many exchanges are a name for a name, and whether that speaks against one piece of news.

    Args:
        a: One text.
        b: The other.
        exchanges: What stands for each other between shared stretches.
        halves: The same with shared text on one side only: they count where they are surely names.
        edges: Names at the edge of shared text (`lexicon.names_at_edge`).
    """
    exchanges = [gap for gap in exchanges if not _say_one_thing(a.text[gap.a], b.text[gap.b])]
    lost = [gap for gap in exchanges if not survives(a, b, gap)]
    sure = {gap: name_evidence(a, gap.a, b, gap.b) for gap in lost}
    sure |= {
        gap: evidence
        for gap in halves
        if not are_one_wording(a.text[gap.a], b.text[gap.b])
        and not survives(a, b, gap)
        and (evidence := name_evidence(a, gap.a, b, gap.b)) >= _half_least(gap)
    }
    sure = {gap: NAMED for gap in edges if not survives(a, b, gap)} | sure
    names = [gap for gap, evidence in sure.items() if evidence]
    evidence, different = _sum(a, b, sure), _distinct(a, b, exchanges)
    share = evidence >= _ENOUGH and _distinct(a, b, names) >= _NAMES_SHARE * different
    alone = different == 1 and any(_is_alone(a, b, gap) for gap in names)
    against = (
        share
        or alone
        or (
            evidence >= _SURE_SHARE * different
            and any(sure[gap] == STRONG or _is_repeated(a, b, gap, names) for gap in names)
        )
    )
    if not against:
        slots = [gap for gap in lost if _is_slot(a, b, gap)]
        against = len(slots) > 0 and _distinct(a, b, slots) >= _SLOT_SHARE * _distinct(a, b, exchanges)
        names = slots if against else names
    return len(names), against


def _is_alone(a: Features, b: Features, gap: Gap) -> bool:
    """Whether a wording is no word, which is enough where all else is the same: so forms differ."""
    sides = (a, gap.a), (b, gap.b)
    return min(length(gap.a), length(gap.b)) > 1 and any(is_strange(one.text, at) for one, at in sides)


def _say_one_thing(one: str, other: str) -> bool:
    """Whether two wordings are one as another region says it, or as another hand draws it."""
    return are_regional(one, other) or are_one_wording(one, other)


def _half_least(gap: Gap) -> int:
    """How sure an exchange with shared text on one side must be: surer where it was cut off."""
    return STRONG if max(length(gap.a), length(gap.b)) >= LONGEST_HALF else NAMED


def _sum(a: Features, b: Features, sure: dict[Gap, int]) -> int:
    """The evidence of all different exchanges together."""
    distinct: dict[tuple[str, str], int] = {}
    for gap, evidence in sure.items():
        wordings = a.sounds[gap.a], b.sounds[gap.b]
        distinct[wordings] = max(evidence, distinct.get(wordings, NONE))
    return sum(distinct.values())


def _distinct(a: Features, b: Features, exchanges: Iterable[Gap]) -> int:
    """How many different exchanges there are: a thesaurus puts 公司 for 企业 throughout, and that is one."""
    return len({(a.sounds[gap.a], b.sounds[gap.b]) for gap in exchanges})


def survives(a: Features, b: Features, gap: Gap) -> bool:
    """Whether what was exchanged also stands in the other text, by sound."""
    return any(whole in b.sounds for whole in _wholes(a, gap.a)) or any(
        whole in a.sounds for whole in _wholes(b, gap.b)
    )


def times_said(a: Features, b: Features, gap: Gap) -> int:
    """How often each text at least says what it has in this place."""
    return min(
        max((one.sounds.count(whole) for whole in _wholes(one, at)), default=1)
        for one, at in ((a, gap.a), (b, gap.b))
    )


def _is_slot(a: Features, b: Features, gap: Gap) -> bool:
    """Whether one wording stands for another throughout a short text, as names do and synonyms do not.

    It is no word, or stands before the same word each time (阳光小区), or is a long latin one.
    """
    often = max(_REPEATED, min(len(a.text), len(b.text)) // _SLOT_CHARACTERS + 1)
    least = min(length(gap.a), length(gap.b))
    if least < 2 or times_said(a, b, gap) < often:
        return False
    if is_latin(a.text[gap.a]) and is_latin(b.text[gap.b]):
        return least >= _LATIN_NAME
    sides = (a, gap.a), (b, gap.b)
    return (
        any(is_strange(one.text, at) for one, at in sides)
        or all(ends_as_body(*side) for side in sides)
        or all(_has_constant_company(*side) for side in sides)
    )


def _has_constant_company(one: Features, at: slice) -> bool:
    """Whether the same two sounds follow a wording wherever it stands, as 小区 follows 阳光."""
    whole = one.sounds[at]
    return len({one.sounds[match.end() :][:2] for match in re.finditer(re.escape(whole), one.sounds)}) == 1


def _is_repeated(a: Features, b: Features, gap: Gap, names: list[Gap]) -> bool:
    """Whether each text says its own name more than once, as a form repeats what stands in a slot."""
    if min(length(gap.a), length(gap.b)) > 1 and times_said(a, b, gap) >= _REPEATED:
        return True
    return any(
        other != gap
        and _have_common(a.sounds[gap.a], a.sounds[other.a])
        and _have_common(b.sounds[gap.b], b.sounds[other.b])
        for other in names
    )


def _wholes(one: Features, at: slice) -> list[str]:
    """The sounds of an exchanged wording; one character alone counts with its neighbour on either side."""
    if length(at) > 1:
        return [one.sounds[at]]
    pairs = one.sounds[max(0, at.start - 1) : at.stop], one.sounds[at.start : at.stop + 1]
    return [pair for pair in pairs if len(pair) > 1]


def _have_common(one: str, other: str) -> bool:
    """Whether two short wordings are the same or share two sounds in a row."""
    return one == other or any(one[i : i + 2] in other for i in range(len(one) - 1))
