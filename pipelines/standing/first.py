"""Who published an article first, and whether credits are borne out: apart from which copy is kept.

In: all copies of an article. Out: what a credited publication's own pages say to a copy's credit; a publisher
and how sure that is, with the evidence. Credits are followed to their end (A credits B, B credits C: C);
dates count where they can be believed; a forged early date meets the site's feed, the first sight of the page
and the others' credits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from pipelines.standing.copies import FEED, NEWS_SITEMAP, Copy, announced, believed_day
from pipelines.standing.kept import Contradict, credits_of, weigh_enough

Covers = Callable[[str, str | None], bool]

_PAGES = 64
"""Of the credited source's own pages so many are compared, those with the same text first: a source that
prints an article a thousand times must not make a thousand crediting copies compare a million pairs."""

CONFIRMED, UNCONFIRMED, CONTRADICTED = "confirmed", "unconfirmed", "contradicted"

_DISSENT = 3
"""One voice in four or more for somebody else disputes what the others credit: a single page must not."""

CERTAIN, LIKELY, DISPUTED, UNKNOWN = "certain", "likely", "disputed", "unknown"


@dataclass(frozen=True, slots=True)
class FirstPublisher:
    """Who was first, as far as can be told."""

    publisher: str | None
    """In its one spelling; None where nothing tells."""
    status: str
    """`certain`, `likely`, `disputed` or `unknown`."""
    because: str


def first_publisher(copies: Sequence[Copy], statuses: Mapping[int, str | None]) -> FirstPublisher:
    """Who published first.

    Args:
        copies: all of one article.
        statuses: of each copy's credit, by copy id (`credited_status`).
    """
    votes = _votes(copies)
    if votes:
        return _credited(copies, votes, statuses)
    return _dated(copies)


def credited_status(copy: Copy, copies: Sequence[Copy], contradict: Contradict, covers: Covers) -> str | None:
    """What the credited source's own pages say to it; None where the copy credits nobody.

    Args:
        copy: the one that credits.
        copies: all of the article, or all of the credited publisher's.
        contradict: whether the figures of two copies differ.
        covers: whether the archive has pages of a publisher from around a day, so that the article would
            be among them if it carried it.
    """
    if not copy.credits:
        return None
    if copy.credits == copy.publisher:
        return CONFIRMED
    own = [other for other in copies if other.publisher == copy.credits and other.owner != copy.owner]
    if not own:
        return CONTRADICTED if covers(copy.credits, copy.day) else UNCONFIRMED
    nearest = nsmallest(_PAGES, own, key=lambda other: (other.text_key != copy.text_key, other.text_key))
    if any(_bears_out(copy, other, contradict) for other in nearest):
        return CONFIRMED
    return CONTRADICTED


def _bears_out(copy: Copy, other: Copy, contradict: Contradict) -> bool:
    """Whether the credited source's page claims the article for itself, with the same figures."""
    return other.credits in ("", other.publisher) and not contradict(copy, other)


def _votes(copies: Sequence[Copy]) -> dict[str, set[str]]:
    """Publisher at the end of a chain of credits → the owners whose pages lead there.

    Who carries the article needs the credit of a third of the other owners, as in choosing the kept copy.
    """
    word: dict[str, set[str]] = {}
    for copy in copies:
        word.setdefault(copy.publisher, set()).add(copy.credits or copy.publisher)
    votes: dict[str, set[str]] = {}
    for name, owners in credits_of(copies).items():
        votes.setdefault(_end_of(name, word), set()).update(owners)
    own: dict[str, set[str]] = {}
    for copy in copies:
        own.setdefault(copy.owner, set()).add(copy.publisher)
    return {
        name: others
        for name, owners in votes.items()
        if (others := {owner for owner in owners if name not in own[owner]})
        and (
            name not in word
            or any(weigh_enough(copy, len(others), len(own)) for copy in copies if copy.publisher == name)
        )
    }


def _end_of(name: str, word: Mapping[str, set[str]]) -> str:
    """Where the credits that a publisher's own pages give lead to; a circle ends where it began."""
    passed = {name}
    while len(word.get(name, set())) == 1 and name not in word[name]:
        [following] = word[name]
        if following in passed:
            return min(passed)
        passed.add(following)
        name = following
    return name


def _credited(
    copies: Sequence[Copy], votes: Mapping[str, set[str]], statuses: Mapping[int, str | None]
) -> FirstPublisher:
    name = min(
        votes, key=lambda publisher: (-len(votes[publisher]), _first_day(copies, publisher), publisher)
    )
    count = len(votes[name])
    said = f"credited by {count} other {'publisher' if count == 1 else 'publishers'}"
    own = [copy for copy in copies if copy.publisher == name]
    dissent = set().union(*(votes[other] for other in votes if other != name))
    if _DISSENT * len(dissent) >= count and dissent:
        others = ", ".join(sorted(votes.keys() - {name}))
        return FirstPublisher(name, DISPUTED, f"{said}; others credit {others}")
    if not own:
        return _absent(copies, name, said, statuses)
    day = _first_day(copies, name)
    if day == _NEVER:
        forged = any(copy.day for copy in own) and any(_day_of(copy) != _NEVER for copy in copies)
        status = DISPUTED if forged else LIKELY
        return FirstPublisher(name, status, f"{said}; its own page has no date that can be believed")
    earlier = [copy for copy in copies if name not in (copy.publisher, copy.credits) and _day_of(copy) < day]
    if earlier:
        first = min(earlier, key=lambda copy: (_day_of(copy), copy.publisher))
        return FirstPublisher(name, DISPUTED, f"{said}; {first.publisher} has the earlier date {first.day}")
    sure = not dissent and (count > 1 or any(_is_witnessed(copy) for copy in own))
    because = f"{said}; nobody else has an earlier date than its {day}"
    return FirstPublisher(name, CERTAIN if sure else LIKELY, because)


def _absent(
    copies: Sequence[Copy], name: str, said: str, statuses: Mapping[int, str | None]
) -> FirstPublisher:
    """Where the credited publisher's own page is not among the copies."""
    if any(copy.credits == name and statuses.get(copy.id) == CONTRADICTED for copy in copies):
        return FirstPublisher(name, DISPUTED, f"{said}; its pages of these days do not carry it")
    return FirstPublisher(name, LIKELY, f"{said}; its own page is not in the archive")


def _dated(copies: Sequence[Copy]) -> FirstPublisher:
    """Where nobody credits another: by the dates that can be believed."""
    publishers = sorted({copy.publisher for copy in copies})
    days = {name: _first_day(copies, name) for name in publishers}
    first = min(days.values())
    leaders = [name for name in publishers if days[name] == first]
    if first == _NEVER:
        if len(publishers) == 1 and all(copy.is_live for copy in copies):
            return FirstPublisher(publishers[0], LIKELY, "the only publisher, seen live")
        return FirstPublisher(None, UNKNOWN, "no date that can be believed, and nobody is credited")
    if len(leaders) > 1:
        return _at_one_day(copies, leaders, first)
    [name] = leaders
    if len(publishers) == 1:
        return FirstPublisher(name, LIKELY, "the only publisher; it credits nobody")
    own = [copy for copy in copies if copy.publisher == name and believed_day(copy) == first]
    undated = [other for other in publishers if days[other] == _NEVER]
    if not undated and any(copy.is_seen_coming or copy.is_corrected for copy in own):
        return FirstPublisher(name, CERTAIN, f"the earliest date, {first}, and we saw it come")
    return FirstPublisher(name, LIKELY, f"the earliest date that can be believed, {first}")


def _at_one_day(copies: Sequence[Copy], leaders: list[str], day: str) -> FirstPublisher:
    """Several on the first day: the time of their feeds tells, where all have one."""
    times: dict[str, str] = {}
    for copy in copies:
        if copy.publisher in leaders and (time := announced(copy)):
            times[copy.publisher] = min(times.get(copy.publisher, _NEVER), time)
    if len(times) == len(leaders):
        first = min(times.values())
        winners = [name for name in leaders if times[name] == first]
        if len(winners) == 1:
            return FirstPublisher(winners[0], LIKELY, f"announced first of those dated {day}")
    return FirstPublisher(None, UNKNOWN, f"{len(leaders)} publishers have it on the first day, {day}")


_NEVER = "9999"


def _first_day(copies: Sequence[Copy], publisher: str) -> str:
    return min(
        (believed_day(copy) or _NEVER for copy in copies if copy.publisher == publisher), default=_NEVER
    )


def _day_of(copy: Copy) -> str:
    return believed_day(copy) or _NEVER


def _is_witnessed(copy: Copy) -> bool:
    """Whether its date rests on more than its own word."""
    is_announced = copy.announced_by in (FEED, NEWS_SITEMAP) and announced(copy) is not None
    return copy.is_seen_coming or copy.is_corrected or is_announced
