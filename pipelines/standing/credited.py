"""Whether the publication that a copy names as its origin bears that out.

In: a copy and the others of its article. Out: `confirmed`, `contradicted` or `unconfirmed`.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.standing.copies import Copy
    from pipelines.standing.kept import Contradict

    Covers = Callable[[str, str | None], bool]

_PAGES = 64
"""Of the credited source's own pages so many are compared, those with the same text first: a source that
prints an article a thousand times must not make a thousand crediting copies compare a million pairs."""

CONFIRMED, UNCONFIRMED, CONTRADICTED = "confirmed", "unconfirmed", "contradicted"


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
