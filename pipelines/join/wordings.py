"""What two near texts exchanged between the stretches they share, and what that says against joining.

In: the features of two texts. Out: `Wordings`. Two guards look at the exchanges. The name guard:
notices, appointments and awards are forms, exact outside their slots, so a name that stands for
another name speaks against joining, unless it is rare among ordinary rewordings. The body guard:
two pages that share what stands around, and have each a long text of its own between, are two
articles in one site's furniture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.join.alignment import Gap, aligned, gaps, length, short_gaps
from pipelines.join.lexicon import is_name_for_name

if TYPE_CHECKING:
    from pipelines.join.alignment import Run
    from pipelines.join.features import Features

_NAMES_SHARE = 0.3
_REPEATED = 2
_SLOT_REPEATED = 3

# Bylines, counters and links stand on the page beside the news; what differs there is no evidence.
_PAGE_WORDS = re.compile(
    r"首页|正文内容|发布时间|来源|作者|编辑|责编|记者|通讯员|admin|个月前|天前|小时前|icp备|安备|技术支持|版权所有|http|www"
)
_PAGE_REACH = 10
_HAS_DIGIT = re.compile(r"\d")

_BODY_CHARACTERS, _BODY_SHARE = 90, 0.07
_FLANK_CHARACTERS = 40
_ELSEWHERE_SHARE = 0.2
"""A body of its own stands nowhere else in the other text: reordered paragraphs do."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """What was exchanged between two texts."""

    exchanges: int
    """How many short wordings stand for another."""
    names: int
    """How many of these look like one name for another."""
    against: str | None
    """`names` or `body` where it speaks against one piece of news."""


def compare_wordings(a: Features, b: Features, numbers_differ: int) -> Wordings:
    """What two near texts exchanged, and whether it speaks against their being copies."""
    passes = list(aligned(a, b))
    if _has_own_body(a, b, passes[0]):
        return Wordings(0, 0, "body")
    found = [gap for runs in passes for gap in short_gaps(a.sounds, b.sounds, runs)]
    exchanges = [gap for gap in found if not _is_of_page(a, b, gap)]
    names = [gap for gap in exchanges if is_name_for_name(a, gap.a, b, gap.b) and not _survives(a, b, gap)]
    against = None
    if names and (
        len(names) >= _NAMES_SHARE * len(exchanges) or any(_is_repeated(a, b, gap, names) for gap in names)
    ):
        against = "names"
    elif numbers_differ >= 2 and any(_is_slot(a, b, gap) for gap in exchanges):
        against = "numbers"
    return Wordings(len(exchanges), len(names), against)


def _is_of_page(a: Features, b: Features, gap: Gap) -> bool:
    """Whether it is a number (the number guard's matter), or stands in a byline, counter or link."""
    return any(
        _HAS_DIGIT.search(one.text[at]) is not None
        or _PAGE_WORDS.search(one.text[max(0, at.start - _PAGE_REACH) : at.stop + _PAGE_REACH // 2])
        is not None
        for one, at in ((a, gap.a), (b, gap.b))
    )


def _is_repeated(a: Features, b: Features, gap: Gap, names: list[Gap]) -> bool:
    """Whether each text says its own name more than once, as a form repeats what stands in a slot."""
    if min(_count(a, gap.a), _count(b, gap.b)) >= _REPEATED:
        return True
    return any(
        other != gap
        and _have_common(a.sounds[gap.a], a.sounds[other.a])
        and _have_common(b.sounds[gap.b], b.sounds[other.b])
        for other in names
    )


def _is_slot(a: Features, b: Features, gap: Gap) -> bool:
    """Whether one wording stands for another throughout, names or not."""
    return min(_count(a, gap.a), _count(b, gap.b)) >= _SLOT_REPEATED and not _survives(a, b, gap)


def _survives(a: Features, b: Features, gap: Gap) -> bool:
    """Whether what was exchanged also stands in the other text, by sound."""
    return any(whole in b.sounds for whole in _wholes(a, gap.a)) or any(
        whole in a.sounds for whole in _wholes(b, gap.b)
    )


def _count(one: Features, at: slice) -> int:
    """How often a text says what was exchanged."""
    return max(one.sounds.count(whole) for whole in _wholes(one, at))


def _wholes(one: Features, at: slice) -> list[str]:
    """The sounds of an exchanged wording; one character alone counts with its neighbour on either side."""
    if length(at) > 1:
        return [one.sounds[at]]
    return [one.sounds[max(0, at.start - 1) : at.stop], one.sounds[at.start : at.stop + 1]]


def _have_common(one: str, other: str) -> bool:
    """Whether two short wordings share two sounds in a row."""
    return any(one[i : i + 2] in other for i in range(len(one) - 1))


def _has_own_body(a: Features, b: Features, runs: list[Run]) -> bool:
    """Whether shared text stands before and after a long text that each has for itself."""
    shared = sum(size for _, _, size in runs)
    least = max(_BODY_CHARACTERS, _BODY_SHARE * min(len(a.text), len(b.text)))
    before = 0
    for (_, _, size), gap in zip(runs, gaps(runs), strict=False):
        before += size
        if (
            min(length(gap.a), length(gap.b)) >= least
            and min(before, shared - before) >= _FLANK_CHARACTERS
            and _is_own(a, gap.a, b)
            and _is_own(b, gap.b, a)
        ):
            return True
    return False


def _is_own(one: Features, part: slice, other: Features) -> bool:
    hits = np.isin(one.sequence[part], other.shingles)
    return float(hits.mean()) <= _ELSEWHERE_SHARE if len(hits) else False
