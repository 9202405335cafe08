"""The name guard: whether the wordings that two near texts exchanged are names for other names.

In: two texts and their exchanges. Out: how many are names, and whether they speak against joining.
Notices, appointments and awards are forms, exact outside their slots; an article written again with
other words is not, so a name for a name counts by how sure it is, how often it comes, and how few
ordinary rewordings there are beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.join.alignment import length
from pipelines.join.lexicon import STRONG, name_evidence
from pipelines.normalise import are_regional

if TYPE_CHECKING:
    from pipelines.join.alignment import Gap
    from pipelines.join.features import Features

_NAMES_SHARE = 0.3
_ENOUGH = 2
"""Evidence that counts by its share alone: one person or region for another, or two unknown words."""
_REPEATED = 2
_SLOT_SHARE, _SLOT_CHARACTERS = 0.5, 400
"""A slot of an exact form: half of all exchanges, and said once more than every 400 characters."""


def weigh_names(a: Features, b: Features, exchanges: list[Gap]) -> tuple[int, bool]:
    """How many exchanges are a name for a name, and whether that speaks against one piece of news."""
    exchanges = [gap for gap in exchanges if not are_regional(a.text[gap.a], b.text[gap.b])]
    lost = [gap for gap in exchanges if not survives(a, b, gap)]
    sure = {gap: name_evidence(a, gap.a, b, gap.b) for gap in lost}
    names = [gap for gap in lost if sure[gap]]
    share = len(names) >= _NAMES_SHARE * len(exchanges) and sum(sure.values()) >= _ENOUGH
    against = share or any(sure[gap] == STRONG or _is_repeated(a, b, gap, names) for gap in names)
    if not against:
        slots = [gap for gap in lost if _is_slot(a, b, gap)]
        against = len(slots) > 0 and len(slots) >= _SLOT_SHARE * len(exchanges)
        names = slots if against else names
    return len(names), against


def survives(a: Features, b: Features, gap: Gap) -> bool:
    """Whether what was exchanged also stands in the other text, by sound."""
    return any(whole in b.sounds for whole in _wholes(a, gap.a)) or any(
        whole in a.sounds for whole in _wholes(b, gap.b)
    )


def times_said(a: Features, b: Features, gap: Gap) -> int:
    """How often each text at least says what it has in this place."""
    return min(
        max(one.sounds.count(whole) for whole in _wholes(one, at)) for one, at in ((a, gap.a), (b, gap.b))
    )


def _is_slot(a: Features, b: Features, gap: Gap) -> bool:
    """Whether one wording, of whatever words, stands for another throughout a short text."""
    often = max(_REPEATED, min(len(a.text), len(b.text)) // _SLOT_CHARACTERS + 1)
    return min(length(gap.a), length(gap.b)) > 1 and times_said(a, b, gap) >= often


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
    return [one.sounds[max(0, at.start - 1) : at.stop], one.sounds[at.start : at.stop + 1]]


def _have_common(one: str, other: str) -> bool:
    """Whether two short wordings are the same or share two sounds in a row."""
    return one == other or any(one[i : i + 2] in other for i in range(len(one) - 1))
