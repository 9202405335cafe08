"""Whether two texts are copies of one piece of news: a pure, symmetric verdict with its evidence.

In: the features of two texts. Out: a `Verdict`, and the same in words for people who ask why two pages were
joined or kept apart. It looks at nothing but the two texts, so neither the order of arrival nor any third
text can change it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.join.alignment import coverage, coverage_in_any_order
from pipelines.join.features import Features
from pipelines.join.numbers import compare_numbers, find_numbers
from pipelines.join.wordings import compare_wordings
from pipelines.sign import are_among

SAME, BLOCKED, APART = "same", "blocked", "apart"

# Containment of all pairs of the documents of `benchmarks/neardup.py`: unrelated articles share at most
# .42 of the smaller one, reworded copies keep .20 and more, evenly spread; short items share up to .63.
MOST = 0.45
SPREAD_LEAST = 0.20
LETTERED_MOST, LETTERED_SPREAD = 0.50, 0.40
"""The same of two texts in letters: below .48, reports of one event that share quotes are near, and at .50 no
copy of `benchmarks/neardup.py` is lost (english.jsonl)."""
SHORT_CHARACTERS = 160
SHORT_LEAST = 0.70
SHORT_REWORDED = 0.35
"""Short texts that are worded otherwise throughout: the alignment finds most of the smaller in the other."""
_COVERED, _LONG_COVERED = 0.8, 0.6
"""Of short and of other texts, in runs of two sounds and more. Short copies swapped for synonyms keep .80 and
more, long ones .62; unrelated long texts that are near .20 reach .62 once in 3,000 pairs (neardup.py)."""
_NEWS_SHINGLES = 30
"""Of what is not the page's own words (`Features.of_page`), enough to say whose news it is."""
_TINY_CHARACTERS = 40
"""Below it a text is a headline: to stand in another text does not make it a copy."""
_TINY_SHARE, _TINY_COVERED = 0.6, 0.85
"""Of the longer headline, and of the shorter in runs of two sounds and more."""
_BLOCKS_MOST, _BLOCK_SHINGLES = 12, 40
# A piece so long is no notice: shared teasers of 100 to 250 characters stood in pages of two articles.
_CORE_HIT, _CORE_CHARACTERS, _CORE_SHARE = 0.15, 400, 0.4
_BLOCK_HIT = 0.06
"""All over: a match in every block. Letting one block in six go joined texts by their copyright notices."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a pair of texts."""

    verdict: str
    """`same`: copies; `blocked`: near, but a guard speaks against it; `apart`: not near."""
    reason: str
    """same: `most`, `spread`, `short`; blocked: `numbers`, `names`, `body`; apart: `little`."""
    containment: float
    similarity: float
    numbers_shared: int = 0
    numbers_differ: int = 0
    exchanges: int = 0
    names_differ: int = 0


def judge(a: Features, b: Features) -> Verdict:
    """Whether two texts are copies of each other; the same for (a, b) and (b, a)."""
    small, large = sorted((a, b), key=lambda f: (len(f.shingles), f.node_id))
    containment, similarity = measure(small, large)
    reason = _nearness(small, large, containment, similarity)
    if reason is None:
        return Verdict(APART, "little", containment, similarity)
    if _share_the_page_only(small, large):
        return Verdict(BLOCKED, "body", containment, similarity)
    numbers = compare_numbers(small.numbers, large.numbers)
    if numbers.contradict:
        return Verdict(BLOCKED, "numbers", containment, similarity, numbers.shared, numbers.differ)
    wordings = compare_wordings(small, large)
    against = wordings.against
    if against == "lead":
        return Verdict(APART, "little", containment, similarity)
    return Verdict(
        BLOCKED if against else SAME,
        against or reason,
        containment,
        similarity,
        *max((numbers.differ, numbers.shared), (wordings.figures_differ, wordings.figures))[::-1],
        wordings.exchanges,
        wordings.names,
    )


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


def measure(small: Features, large: Features) -> tuple[float, float]:
    """The share of the smaller text's shingles that the other has, and their Jaccard similarity."""
    common = int(np.count_nonzero(are_among(small.shingles, large.shingles)))
    return common / len(small.shingles), common / (len(small.shingles) + len(large.shingles) - common)


def _nearness(small: Features, large: Features, containment: float, similarity: float) -> str | None:
    """Why two texts are near enough to be copies, if they are."""
    if len(small.text) < _TINY_CHARACTERS:
        return "short" if similarity >= SHORT_LEAST or _is_reworded_headline(small, large) else None
    if len(small.text) < SHORT_CHARACTERS:
        if containment >= SHORT_LEAST:
            return "short"
        if containment < SHORT_REWORDED:
            return None
        return "spread" if coverage_in_any_order(small.sounds, large.sounds) >= _COVERED else None
    are_lettered = small.is_lettered and large.is_lettered
    if containment >= (LETTERED_MOST if are_lettered else MOST):
        return "most"
    if containment < (LETTERED_SPREAD if are_lettered else SPREAD_LEAST):
        return None
    is_covered = coverage(small.sounds, large.sounds) >= _LONG_COVERED
    is_reworded = is_covered if are_lettered else is_covered or _is_spread(small, large)
    return "spread" if is_reworded else None


def _is_reworded_headline(small: Features, large: Features) -> bool:
    """Whether one headline has nearly all that the other says, not much more, and no other figure."""
    less, more = sorted((small.sounds, large.sounds), key=len)
    figures = sorted((set(find_numbers(one.text)) for one in (small, large)), key=len)
    return (
        figures[0] <= figures[1]
        and len(less) >= _TINY_SHARE * len(more)
        and coverage_in_any_order(less, more) >= _TINY_COVERED
    )


def _share_the_page_only(small: Features, large: Features) -> bool:
    """Whether two pages are near by their notices and links alone, each with news of its own."""
    if not (small.of_page.any() and large.of_page.any()):
        return False
    less, more = sorted((small, large), key=lambda features: len(features.news))
    if len(less.news) < _NEWS_SHINGLES:
        return False
    share = int(np.count_nonzero(are_among(less.news, more.shingles))) / len(less.news)
    if share >= MOST:
        return False
    return share < SPREAD_LEAST or coverage(less.news_sounds, more.news_sounds) < _LONG_COVERED


def _is_spread(small: Features, large: Features) -> bool:
    """Whether shared shingles stand all over the smaller text, as in a reworded copy.

    Or all over a long piece of it: what stands before and after may be the page's.
    """
    hits = are_among(small.sequence, large.shingles)
    blocks = np.array_split(hits, min(_BLOCKS_MOST, len(hits) // _BLOCK_SHINGLES))
    shares = np.array([block.mean() for block in blocks])
    if (shares >= _BLOCK_HIT).all():
        return True
    places = np.flatnonzero(shares >= _CORE_HIT)
    if not len(places):
        return False
    core = slice(places[0], places[-1] + 1)
    characters = sum(map(len, blocks[core]))
    return bool(
        (shares[core] >= _CORE_HIT).all() and characters >= max(_CORE_CHARACTERS, _CORE_SHARE * len(hits))
    )
