"""Pages of one cluster that are other news all the same: a site's notices of one form, over and over.

In: the pages whose texts are copies of each other, each with its host, headline and day, and how like two
texts are. Out: a part for each page; mostly one for all. On one host another headline with another day is
another notice, though the bodies are equal (twelve monthly reminders), and a site prints one article under
two headlines on one day only where the texts are nearly the same. Pages of other hosts go with the page of
that host that they are most like. A pure function of the set of pages, whatever their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import Indel

from pipelines.join.alignment import Gap, gaps, length
from pipelines.join.contrasts import exclusive, is_turned
from pipelines.join.numbers import agree, find_numbers
from pipelines.normalise import fold_sounds, normalise

Similarity = Callable[[int, int], float]

SAME_HEADLINE, ADDED, FORM, OTHER = "same", "added", "form", "other"
"""How two headlines stand to each other: one, or one with words before or behind; with words more inside; of
one form with other words in a place; other headlines."""

_APART_BELOW = {
    SAME_HEADLINE: (0.0, 0.0),
    ADDED: (0.8, 0.3),
    FORM: (1.01, 0.97),
    OTHER: (0.8, 0.5),
}
"""Texts less like each other are two articles, on other days and on one day; found by reading the 57 articles
of 18 small real sites that had copies with several headlines. Two notices of 400 characters that say another
word twice are .94 alike, of 800 characters .97."""

_NEAR_DAYS = 2
"""A site's second page of an article comes so soon: on its front page, in a section, in a bulletin."""
_FORM_SHARE = 0.5
"""Of two headlines, what both have in one order."""
_CONTAINED_SHARE, _CONTAINED_LEAST = 0.5, 8
"""With words before or behind, a headline is the same one if so much, or so many characters, are both's."""
_HEADLINE_MOST = 200
_PAGES_MOST = 200
"""Pages that are compared with each other; more of one form go by their headlines alone."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its occasion is told."""

    url: str
    host: str
    headline: str
    day: str | None
    """ISO 8601."""
    node: int
    """Its text."""


def occasions(pages: Sequence[Page], similarity: Similarity) -> dict[str, int]:
    """URL → the part that it belongs to, counted from 0 on.

    Args:
        pages: all of a cluster.
        similarity: of two texts, 0 to 1.
    """
    hosts: dict[str, list[Page]] = {}
    for page in sorted(pages, key=_rank):
        hosts.setdefault(page.host, []).append(page)
    parts: list[list[Page]] = []
    divided = [host for host in hosts if _is_divided(hosts[host], similarity)]
    for host in sorted(divided, key=lambda host: (-len(hosts[host]), host)):
        _place(hosts[host], parts, similarity)
    if not parts:
        return {page.url: 0 for page in pages}
    _place([page for host in sorted(hosts.keys() - set(divided)) for page in hosts[host]], parts, similarity)
    return {page.url: number for number, part in enumerate(parts) for page in part}


def are_two(one: Page, other: Page, similarity: Similarity) -> bool:
    """Whether two pages of one host are other news, though their texts are near."""
    headlines = compare_headlines(one.headline, other.headline)
    least = _APART_BELOW[headlines][not _are_far(one, other)]
    return least > 0 and (least > 1 or bool(similarity(one.node, other.node) < least))


@lru_cache(maxsize=20_000)
def compare_headlines(one: str, other: str) -> str:
    """How two headlines stand to each other: SAME_HEADLINE, ADDED, FORM or OTHER."""
    a, b = sorted((_spelt(one), _spelt(other)))
    if not a or not b or a == b or fold_sounds(a) == fold_sounds(b):
        return SAME_HEADLINE
    runs = [
        (block.a, block.b, block.size) for block in Indel.opcodes(a, b).as_matching_blocks() if block.size
    ]
    shared = sum(size for _, _, size in runs)
    is_form = 2 * shared >= _FORM_SHARE * (len(a) + len(b))
    if is_form and _are_other_figures(a, b):
        return FORM
    if len(runs) == 1 and shared == min(len(a), len(b)) and _is_most(shared, max(len(a), len(b))):
        return SAME_HEADLINE
    parted = [gap for gap in gaps([(0, 0, 0), *runs, (len(a), len(b), 0)]) if length(gap.a) or length(gap.b)]
    if any(exclusive(a, gap.a, b, gap.b) for gap in parted) or any(
        is_turned(a, gap.a, b, gap.b) for gap in parted
    ):
        return FORM
    if not is_form:
        return OTHER
    if any(length(gap.a) and length(gap.b) for gap in parted):
        return FORM
    is_inside = any(gap.a.start and gap.b.start and _goes_on(a, b, gap) for gap in parted)
    return ADDED if is_inside else SAME_HEADLINE


def _are_other_figures(a: str, b: str) -> bool:
    """Whether each has as many figures as the other, and not the same."""
    ours, theirs = find_numbers(a), find_numbers(b)
    return len(ours) == len(theirs) and not all(map(agree, ours, theirs))


def _goes_on(a: str, b: str, gap: Gap) -> bool:
    return bool(gap.a.stop < len(a) and gap.b.stop < len(b))


def _spelt(headline: str) -> str:
    return normalise(headline)[:_HEADLINE_MOST]


def _is_most(shared: int, longer: int) -> bool:
    return shared >= _CONTAINED_LEAST or shared >= _CONTAINED_SHARE * longer


def _is_divided(pages: Sequence[Page], similarity: Similarity) -> bool:
    """Whether a host has two notices among its pages."""
    some = pages[:_PAGES_MOST]
    if len({page.headline for page in some}) < 2:
        return False
    return any(are_two(one, other, similarity) for n, one in enumerate(some) for other in some[n + 1 :])


def _place(pages: Sequence[Page], parts: list[list[Page]], similarity: Similarity) -> None:
    """Puts each page to the part that has it, to the one it is most like, or makes one of it."""
    for number, page in enumerate(pages):
        if number < _PAGES_MOST:
            free = [part for part in parts if not _is_beside(page, part, similarity)]
        else:
            free = [part for part in parts if part[0].headline == page.headline]
        if free:
            max(free, key=lambda part: _likeness(page, part[0], similarity)).append(page)
        else:
            parts.append([page])


def _is_beside(page: Page, part: Sequence[Page], similarity: Similarity) -> bool:
    """Whether a part has another notice of the page's host."""
    return any(other.host == page.host and are_two(page, other, similarity) for other in part)


def _likeness(page: Page, other: Page, similarity: Similarity) -> tuple[bool, float, bool, int]:
    headlines = compare_headlines(page.headline, other.headline)
    return (
        headlines == SAME_HEADLINE,
        1.0 if page.node == other.node else similarity(page.node, other.node),
        page.day == other.day,
        -_rank_of(other),
    )


def _are_far(one: Page, other: Page) -> bool:
    """Whether their days are known and some days apart."""
    if not one.day or not other.day:
        return False
    days = abs((date.fromisoformat(one.day[:10]) - date.fromisoformat(other.day[:10])).days)
    return days > _NEAR_DAYS


def _rank(page: Page) -> tuple[str, str]:
    return page.day or "9999", page.url


def _rank_of(page: Page) -> int:
    return date.fromisoformat(page.day[:10]).toordinal() if page.day else 10**7
