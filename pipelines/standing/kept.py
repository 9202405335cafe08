"""Which copy is kept: whose text is shown, and nothing more (docs/decisions/0007-which-copy-is-kept.md).

In: the copies of an article, and what comparing two of them gives. Out: the kept one and the reasons that
decided. In this order: not contradicted by most others' figures; credited by most other owners, and by a
third of them at least; the earliest day that can be believed; fullest in text that another copy also has,
and not mostly of text that none has; first seen; the URL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from pipelines.standing.copies import Copy, believed_day

Shared = Callable[[Copy, Copy], int]

Contradict = Callable[[Copy, Copy], bool]

_PEERS = 16
"""Other owners' copies that one is compared with: enough to see what most of them say, few enough that an
article with hundreds of copies costs little. Those with the lowest text ids: nobody chooses them."""
_ROUNDS = 16
"""So often are contradicted owners left out and the next looked at; beyond it all say something else."""
_WEIGHT, _WEIGHT_OF_DOUBTED = 3, 2
"""Credits of fewer than one in three of the other owners decide nothing: a friend's domain is soon bought.
Nor do those of fewer than half where the page's own date is disproved."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The kept copy and why it is the one."""

    copy: Copy
    because: str


def choose_kept(copies: Sequence[Copy], shared: Shared, contradict: Contradict) -> Kept:
    """The copy whose text is shown.

    Args:
        copies: all of one article.
        shared: how much text one copy has that another also has.
        contradict: whether the figures of two copies differ.
    """
    if len(copies) == 1:
        return Kept(copies[0], "the only copy")
    voices = _Voices(copies)
    left, out = list(copies), 0
    for _ in range(_ROUNDS):
        best, reasons = _foremost(left)
        sound = [copy for copy in best if not _is_contradicted(copy, voices, contradict)]
        if sound:
            return _finest(sound, voices, shared, [*reasons, *_left_out(out + len(best) - len(sound))])
        out += len(best)
        owners = {copy.owner for copy in best}  # all of an owner's: one could print a figure on many pages
        left = [copy for copy in left if copy.owner not in owners]
        if not left:
            break
    best, reasons = _foremost(copies)
    return _finest(best, voices, shared, reasons)


def credits_of(copies: Sequence[Copy]) -> dict[str, set[str]]:
    """Publisher → the owners whose pages credit it."""
    found: dict[str, set[str]] = {}
    for copy in copies:
        if copy.credits:
            found.setdefault(copy.credits, set()).add(copy.owner)
    return found


def weigh_enough(copy: Copy, voices: int, owners: int) -> bool:
    """Whether credits of a copy's publisher by so many other owners decide, of all owners of an article."""
    is_doubted = copy.day is not None and believed_day(copy) is None
    return (_WEIGHT_OF_DOUBTED if is_doubted else _WEIGHT) * voices >= owners - 1


def _foremost(copies: Sequence[Copy]) -> tuple[list[Copy], list[str]]:
    """The copies that credits and dates put first, and which of the two told them from the others."""
    owners, reasons = credits_of(copies), []
    everyone = len({copy.owner for copy in copies})

    def credited(copy: Copy) -> int:
        voices = len(owners.get(copy.publisher, set()) - {copy.owner})
        return voices if weigh_enough(copy, voices, everyone) else 0

    most = max(map(credited, copies))
    best = [copy for copy in copies if credited(copy) == most]
    if len(best) < len(copies):
        reasons.append(f"credited by {most} other {'publisher' if most == 1 else 'publishers'}")
    days = {copy.id: believed_day(copy) or "9999" for copy in best}
    first = min(days.values())
    dated = [copy for copy in best if days[copy.id] == first]
    if len(dated) < len(best):
        reasons.append(f"the earliest date that can be believed, {first}")
    return dated, reasons


def _is_contradicted(copy: Copy, voices: _Voices, contradict: Contradict) -> bool:
    """Whether its figures differ from those of most other owners, as a sample of them tells.

    Owners with the same text are counted, not compared; they must not crowd out the others.
    """
    sample = voices.unlike(copy)
    if not sample:
        return False
    others, unlike = voices.counts(copy)
    return 2 * unlike * sum(contradict(copy, other) for other in sample) > others * len(sample)


def _finest(best: list[Copy], voices: _Voices, shared: Shared, reasons: list[str]) -> Kept:
    if len(best) > 1:
        fullness = _fullness(best, voices, shared)
        most = max(fullness.values())
        fullest = [copy for copy in best if fullness[copy.id] == most]
        fullest = [copy for copy in fullest if 2 * most >= copy.shingles] or fullest
        if len(fullest) < len(best):
            reasons.append("the fullest in text that another copy has too")
        first = min(copy.first_seen for copy in fullest)
        seen = [copy for copy in fullest if copy.first_seen == first]
        if len(seen) < len(fullest):
            reasons.append("seen first")
        if len(seen) > 1:
            reasons.append("the first by its address")
        best = [min(seen, key=lambda copy: copy.url)]
    return Kept(best[0], "; ".join(reasons) or "the only one left")


def _fullness(best: list[Copy], voices: _Voices, shared: Shared) -> dict[int, int]:
    """How much of each one's text another owner's copy has too, or any other where there is one owner."""
    found: dict[tuple[int, str], int] = {}
    for copy in best:
        key = (copy.node, copy.owner)
        if key not in found:
            found[key] = max(shared(copy, other) for other in voices.others(copy) or voices.besides(copy))
    return {copy.id: found[copy.node, copy.owner] for copy in best}


class _Voices:
    """One copy of each owner, for the others to be compared with."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        self._copies = sorted(copies, key=_by_text)
        self._first: dict[str, Copy] = {}
        self._with_text: dict[int, dict[str, Copy]] = {}
        for copy in self._copies:
            self._first.setdefault(copy.owner, copy)
            self._with_text.setdefault(copy.node, {}).setdefault(copy.owner, copy)

    def counts(self, copy: Copy) -> tuple[int, int]:
        """How many other owners there are, and how many of them have not the same text."""
        return len(self._first) - 1, len(self._first) - len(self._with_text[copy.node])

    def unlike(self, copy: Copy) -> list[Copy]:
        """Copies of owners that have not the same text, _PEERS at most."""
        same = self._with_text[copy.node]
        return list(islice((other for owner, other in self._first.items() if owner not in same), _PEERS))

    def others(self, copy: Copy) -> list[Copy]:
        """Other owners' copies, _PEERS at most: those with the same text first."""
        same = [other for owner, other in self._with_text[copy.node].items() if owner != copy.owner]
        if len(same) >= _PEERS:
            return same[:_PEERS]
        known = {other.owner for other in same} | {copy.owner}
        more = (other for owner, other in self._first.items() if owner not in known)
        return same + list(islice(more, _PEERS - len(same)))

    def besides(self, copy: Copy) -> list[Copy]:
        """Any other copies, _PEERS at most."""
        return list(islice((other for other in self._copies if other.id != copy.id), _PEERS))


def _by_text(copy: Copy) -> tuple[int, bytes, str]:
    return copy.node, copy.text_key, copy.url


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count} {'copy' if count == 1 else 'copies'} left out, whose figures most others contradict"]
